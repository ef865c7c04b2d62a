//! The interface as a browser or a program meets it: every route, its errors, and who may not come in.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use lode_server::workspace::Sqlite;
use lode_server::{App, Doors, Settings, router, token_hash};
use lode_study::{Day, Options, Session};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

const NOON: u64 = 1_795_608_000;

fn options() -> Options {
    Options::built_in(Day::parse("2026-11-25").unwrap())
}

/// Opened once for all tests: it takes a second.
fn session() -> Session {
    static SESSION: OnceLock<Session> = OnceLock::new();
    SESSION.get_or_init(|| Session::open(&options()).unwrap()).clone()
}

struct Server {
    router: Router,
    folder: tempfile::TempDir,
}

fn server_with(doors: Doors) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Arc::new(Sqlite::open(&folder.path().join("workspace.sqlite")).unwrap());
    let settings = Settings {
        options: options(),
        fixed_day: true,
        clock: || NOON,
        doors,
        hosts: ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
    };
    Server { router: router(Arc::new(App::new(settings, session(), workspace))), folder }
}

fn server() -> Server {
    server_with(Doors::Loopback { user: "local".into() })
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or("").to_owned()
    }
}

impl Server {
    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec();
        Answer { status, headers, bytes }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:7777");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], Body::empty()).await
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        self.ask(method, path, &[("content-type", "application/json")], Body::from(body.to_string())).await
    }
}

fn numbers(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("value") && fields.contains_key("unit") {
                found.push(value.clone());
            }
            fields.values().for_each(|value| numbers(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| numbers(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_gives_the_numbers_of_the_command_line_with_their_origins() {
    let server = server();
    let answer = server.get("/api/desk?country=JPN").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let desk = answer.json();
    assert_eq!(desk["snap"].as_str().unwrap().len(), 12);
    assert_eq!(desk["newest"], json!({ "trade": "2024", "months_old": 22 }));
    assert_eq!(desk["answer"]["key"], "desk.answer.two_bases");
    assert!((desk["answer"]["args"]["weight"]["words"].as_f64().unwrap() - 0.661).abs() < 5e-4);
    assert!((desk["answer"]["args"]["value"]["share"].as_f64().unwrap() - 0.378).abs() < 5e-4);
    let mut found = Vec::new();
    numbers(&desk["data"], &mut found);
    assert!(found.len() > 500, "{}", found.len());
    for number in &found {
        let known = !number["value"].is_null() || !number["low"].is_null();
        if known {
            // What others published leads to its claim, which names who said it and where.
            let is_claim = number["record"].as_str().is_some_and(|record| record.starts_with("claim="));
            assert!(is_claim || !number["origins"].as_array().is_none_or(Vec::is_empty), "{number}");
            assert!(number["quality"].is_string(), "{number}");
        } else {
            assert!(number["why"].is_string(), "{number}");
        }
    }
    // The same rows as the command line gives.
    let rows = server.get("/api/desk.json?country=JPN").await.json();
    let of_table = rows.as_array().unwrap().iter().find(|row| {
        row["indicator"] == "top-1"
            && row["commodity"] == "gallium"
            && row["stage"] == "refined"
            && !row["value"].is_null()
    });
    let row = desk["data"]["matrix"].as_array().unwrap().iter().find(|row| row["commodity"] == "gallium").unwrap();
    let cell = row["cells"].as_array().unwrap().iter().find(|cell| cell["stage"] == "refined").unwrap();
    assert_eq!(of_table.unwrap()["value"], cell["world"]["top"]["value"]);
    let rank = cell["world"]["rank"].as_array().unwrap();
    assert_eq!(rank[0]["value"], cell["world"]["top"]["value"]);
    assert!(rank.windows(2).all(|pair| pair[0]["value"].as_f64() >= pair[1]["value"].as_f64()));
    // Asked again it is the same, to the byte.
    assert_eq!(server.get("/api/desk?country=JPN").await.bytes, answer.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_behind_a_number_has_its_method_rivals_and_raw_rows() {
    let server = server();
    let desk = server.get("/api/desk?country=JPN").await.json();
    let figure = &desk["data"]["figures"][0]["num"];
    let record = server.get(&format!("/api/record?{}", figure["record"].as_str().unwrap())).await;
    assert_eq!(record.status, StatusCode::OK, "{}", record.text());
    let record = record.json();
    assert_eq!(record["data"]["num"]["value"], figure["value"]);
    assert_eq!(record["data"]["card"]["indicator"], "dependence");
    let raw = &record["data"]["raw"][0];
    let rows = raw["rows"].as_array().unwrap();
    let tonnes = |wanted: Option<&str>| -> f64 {
        rows.iter().filter(|row| wanted.is_none_or(|who| row[3] == who)).filter_map(|row| row[5].as_f64()).sum()
    };
    assert_eq!(raw["more"], 0, "all rows are needed for this sum");
    assert!((tonnes(Some("CHN")) / tonnes(None) - figure["value"].as_f64().unwrap()).abs() < 1e-9);
    assert!(record["data"]["rivals"].as_array().unwrap().len() > 3);
    assert!(record["data"]["origins"][0]["title"].as_str().unwrap().contains("BACI"));
    // Every number of the matrix leads to a record with the same value.
    let mut found = Vec::new();
    numbers(&desk["data"]["matrix"], &mut found);
    for number in found.iter().filter(|number| number["record"].is_string()).step_by(60) {
        let record = server.get(&format!("/api/record?{}", number["record"].as_str().unwrap())).await;
        assert_eq!(record.status, StatusCode::OK, "{number}: {}", record.text());
        let told = record.json()["data"]["num"]["value"].clone();
        let same = match (told.as_f64(), number["value"].as_f64()) {
            (Some(told), Some(number)) => (told - number).abs() <= 1e-9 * number.abs(),
            (told, number) => told.is_none() && number.is_none(),
        };
        assert!(same, "{number} is {told} in its record");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_keeps_its_tonnes_and_draws_the_unknown_as_unknown() {
    let server = server();
    let answer = server.get("/api/chain?country=JPN&commodity=rare-earths").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let chain = answer.json()["data"].clone();
    let links = chain["links"].as_array().unwrap();
    assert!(links.len() > 20 && links.iter().any(|link| link["known"] == false), "{}", links.len());
    let ids: Vec<&str> = chain["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    let sum = |side: &str, prefix: &str| -> f64 {
        let of = links.iter().filter(|link| link[side].as_str().unwrap().starts_with(prefix));
        of.map(|link| link["num"]["value"].as_f64().unwrap()).sum()
    };
    for link in links {
        assert!(ids.contains(&link["from"].as_str().unwrap()) && ids.contains(&link["to"].as_str().unwrap()), "{link}");
    }
    // What reaches the refineries was mined; what reaches uses was refined. Small links are left out.
    let (mined, refined) = (sum("from", "mine:"), sum("from", "refined:"));
    assert!((mined / refined - 1.0).abs() < 0.05, "mined {mined}, refined {refined}");
    let used = sum("to", "use:");
    assert!((refined / used - 1.0).abs() < 0.05, "refined {refined}, used {used}");
    let world = server.get("/api/chain?country=WLD&commodity=tungsten").await;
    assert_eq!(world.status, StatusCode::OK, "{}", world.text());
    // A commodity without a market has flows as customs record them, and no links.
    let copper = server.get("/api/chain?country=JPN&commodity=copper").await.json()["data"].clone();
    assert!(copper["links"].as_array().unwrap().is_empty() && !copper["flows"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn public_answers_come_and_their_mistakes_are_told_at_once() {
    let server = server();
    for path in [
        "/api/meta",
        "/api/claims",
        "/api/claims?claim=meti-2020",
        "/api/sources",
        "/api/sources/baci",
        "/api/explain",
        "/api/explain?indicator=hhi",
        "/api/assess?country=JPN&commodity=Dy&year=2020..2024",
        "/api/profile?country=AUS",
        "/api/record?claim=meti-2020",
        "/api/record?table=projects&project=Mount%20Weld",
        "/api/record?table=trade&country=JPN&commodity=rare-earths&year=2024",
        "/api/steps?product=traction-motor",
        "/api/steps?element=Dy",
        "/api/record?step=tungsten-fill&element=tungsten",
        "/api/record?table=step_assumptions&assumption=stock-gas",
        "/api/validation",
        "/api/sources/lode-process-steps",
        "/api/runs",
        "/api/studies",
        "/api/uploads",
        "/api/uploads/template.csv",
        "/api/uploads/template.xlsx",
        "/api/confidential",
        "/api/openapi.json",
        "/api",
        "/api/",
        "/",
        "/healthz",
        "/login",
    ] {
        let answer = server.get(path).await;
        let missing = path.contains("Mount%20Weld") && answer.status == StatusCode::NOT_FOUND;
        assert!(answer.status == StatusCode::OK || missing, "{path}: {} {}", answer.status, answer.text());
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    for (path, status, told) in [
        ("/api/desk", 422, "`country` is missing"),
        ("/api/desk?country=Atlantis", 422, "`Atlantis` is not a country"),
        ("/api/desk?contry=JPN", 422, "did you mean `country`?"),
        ("/api/desk?country=JPN&basis=mass", 422, "write quantity or value"),
        ("/api/desk?country=%ff", 422, "is not UTF-8 text"),
        ("/api/meta?x=1", 422, "takes none"),
        ("/api/chain?country=JPN", 422, "`commodity` is missing"),
        ("/api/chain?country=JPN&commodity=unobtainium", 422, "is not a commodity"),
        ("/api/chain?country=JPN&commodity=rare-earths&year=1066", 422, "is not a year"),
        ("/api/claims?claim=meti-2021", 422, "is not a claim"),
        ("/api/steps?product=perpetuum", 422, "is no product of these tables"),
        ("/api/steps?element=unobtainium", 422, "is no element or form or material"),
        ("/api/steps?product=logic&element=neon", 422, "two questions"),
        ("/api/steps?step=etch", 422, "this address takes product, element"),
        ("/api/validation?x=1", 422, "takes none"),
        ("/api/record?step=tungsten-fill&element=neon", 404, "does not need it"),
        ("/api/sources/nowhere", 404, "unknown_origin"),
        ("/api/explain?indicator=luck", 422, "is not an indicator"),
        ("/api/assess?country=JPN&commodity=Dy&indicator=hhi,luck&year=24", 422, "is not a year or a span"),
        ("/api/assess?country=JPN&commodity=Dy&hs_set=all", 422, "no such set of customs codes"),
        ("/api/profile?country=", 422, "`country` is missing"),
        ("/api/record", 422, "`indicator` is missing"),
        ("/api/record?table=secrets", 422, "there is no such table"),
        ("/api/record?table=projects&project=none", 404, "no_record"),
        ("/api/record?table=prices&project=none", 422, "no such column"),
        ("/api/runs/r_none", 404, "unknown_run"),
        ("/api/runs/r_none/events", 404, "unknown_run"),
        ("/api/studies/s_none", 404, "unknown_study"),
        ("/api/uploads/u_none", 404, "unknown_upload"),
        ("/api/uploads/template.exe", 404, "no such template"),
        ("/api/nothing", 404, "no_address"),
        ("/api/desk.exe?country=JPN", 404, "no_address"),
        ("/api/secrets.csv", 404, "no_address"),
        ("/api/desk/more", 404, "no_address"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert!(answer.text().contains(told), "{path}: {}", answer.text());
    }
    let both = server.get("/api/desk?country=Atlantis&basis=mass&color=red").await.json();
    assert_eq!(both["mistakes"].as_array().unwrap().len(), 3, "{both}");
    let wrong = server.ask("DELETE", "/api/desk", &[], Body::empty()).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::METHOD_NOT_ALLOWED, "no_method".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_come_as_files_with_their_sources() {
    let server = server();
    let csv = server.get("/api/assess.csv?country=JPN&commodity=rare-earths&year=2024").await;
    assert!(csv.header("content-disposition").contains("lode-assess.csv"));
    assert!(csv.text().starts_with(
        "indicator,country,commodity,stage,partner,year,value,low,high,unit,basis,quality,origins,note\n"
    ));
    let xlsx = server.get("/api/desk.xlsx?country=JPN").await;
    assert_eq!(xlsx.status, StatusCode::OK);
    let path = server.folder.path().join("desk.xlsx");
    std::fs::write(&path, &xlsx.bytes).unwrap();
    let mut workbook = lode_catalogue::Workbook::open(lode_catalogue::Input::open(&path).unwrap()).unwrap().unwrap();
    assert_eq!(workbook.sheets(), ["data", "sources", "assumptions", "about"]);
    let sources = String::from_utf8(workbook.sheet("sources").unwrap().bytes().to_vec()).unwrap();
    assert!(sources.contains("baci") && sources.contains("usgs-mcs-2026"), "{sources}");
    let assumptions = String::from_utf8(workbook.sheet("assumptions").unwrap().bytes().to_vec()).unwrap();
    assert!(assumptions.contains("outlier-ratio"), "{assumptions}");
    for table in [
        "profile.csv?country=AUS",
        "claims.csv",
        "sources.csv",
        "explain.csv",
        "chain.csv?country=JPN&commodity=rare-earths",
    ] {
        let answer = server.get(&format!("/api/{table}")).await;
        assert!(answer.status == StatusCode::OK && answer.text().lines().count() > 5, "{table}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn studies_are_saved_changed_found_and_deleted() {
    let server = server();
    let study = json!({ "name": "<script>alert(1)</script>", "page": "desk", "state": "#/desk?c=JPN" });
    let saved = server.json("POST", "/api/studies", study.clone()).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let id = saved.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(saved.json()["saved"], "2026-11-25T12:00:00Z");
    // What a user wrote comes back as data, never as a page.
    let found = server.get(&format!("/api/studies/{id}")).await;
    assert_eq!(
        (found.json()["name"].as_str(), found.header("content-type")),
        (study["name"].as_str(), "application/json")
    );
    let changed =
        server.json("PUT", &format!("/api/studies/{id}"), json!({ "name": "two", "page": "lab", "state": "" })).await;
    assert_eq!(changed.json()["name"], "two");
    assert_eq!(server.get("/api/studies").await.json()["studies"].as_array().unwrap().len(), 1);
    for (method, path, body, status, told) in [
        (
            "POST",
            "/api/studies".to_owned(),
            json!({ "name": "", "page": "Desk!", "state": "x".repeat(9000) }),
            422,
            "needs the name of a page",
        ),
        ("POST", "/api/studies".to_owned(), json!({ "name": "x" }), 422, "missing field"),
        ("PUT", "/api/studies/s_none".to_owned(), study.clone(), 404, "unknown_study"),
        ("DELETE", "/api/studies/s_none".to_owned(), json!({}), 404, "unknown_study"),
    ] {
        let answer = server.json(method, &path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        assert!(answer.text().contains(told), "{method} {path}: {}", answer.text());
    }
    let form = server.ask("POST", "/api/studies", &[("content-type", "text/plain")], Body::from("{}")).await;
    assert_eq!((form.status.as_u16(), form.code()), (415, "no_json".into()));
    let large =
        server.json("POST", "/api/studies", json!({ "name": "x".repeat(300_000), "page": "desk", "state": "" })).await;
    assert_eq!((large.status.as_u16(), large.code()), (413, "too_large".into()));
    assert_eq!(
        server.ask("DELETE", &format!("/api/studies/{id}"), &[], Body::empty()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(server.get(&format!("/api/studies/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_followed_to_its_end_and_kept() {
    let server = server();
    let wrong = server.json("POST", "/api/runs", json!({ "kind": "magic" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "unknown_kind".into()));
    let started = server.json("POST", "/api/runs", json!({ "kind": "claims" })).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    let run = started.json()["run"].as_str().unwrap().to_owned();
    let events = server.get(&format!("/api/runs/{run}/events")).await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let text = events.text();
    assert!(text.contains("event: progress\ndata: {\"type\":\"progress\""), "{text}");
    let last = text.trim_end().rsplit("event: ").next().unwrap();
    assert!(last.starts_with("done\n"), "{last}");
    let kept = server.get(&format!("/api/runs/{run}")).await.json();
    assert_eq!((kept["state"].as_str(), kept["done"].as_u64()), (Some("done"), kept["total"].as_u64()));
    // The numbers of the run are those of the answer.
    let answer = server.get("/api/claims").await.json();
    assert_eq!(kept["result"]["data"], answer["data"]);
    assert_eq!(server.get("/api/runs").await.json()["runs"][0]["run"].as_str(), Some(run.as_str()));
    // Another server on the same workspace finds it.
    let workspace = Arc::new(Sqlite::open(&server.folder.path().join("workspace.sqlite")).unwrap());
    let settings = Settings {
        options: options(),
        fixed_day: true,
        clock: || NOON,
        doors: Doors::Loopback { user: "local".into() },
        hosts: vec!["127.0.0.1".into()],
    };
    let later = Server {
        router: router(Arc::new(App::new(settings, session(), workspace))),
        folder: tempfile::tempdir().unwrap(),
    };
    assert_eq!(later.get(&format!("/api/runs/{run}")).await.json()["state"], "done");
    assert!(later.get(&format!("/api/runs/{run}/events")).await.text().starts_with("event: done"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_market_runs_with_progress_and_stops_when_it_is_cancelled() {
    let server = server();
    let input = |replicates: u32| json!({ "kind": "market", "input": { "scenario": "gallium-germanium-2023", "country": "JPN", "replicates": replicates, "horizon": 12, "seed": 7 } });
    for (input, told) in [
        (
            json!({ "scenario": "../../etc/passwd", "country": "Atlantis", "replicates": 0, "horizon": 999 }),
            "there is no such scenario",
        ),
        (json!({ "country": "JPN" }), "missing field `scenario`"),
        (json!({ "scenario": "gallium-germanium-2023", "country": "JPN", "wish": 1 }), "unknown field `wish`"),
    ] {
        let answer = server.json("POST", "/api/runs", json!({ "kind": "market", "input": input })).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text().contains(told), "{}", answer.text());
    }
    let run = server.json("POST", "/api/runs", input(20)).await.json()["run"].as_str().unwrap().to_owned();
    let events = server.get(&format!("/api/runs/{run}/events")).await.text();
    assert!(events.contains("event: done"), "{events}");
    let result = server.get(&format!("/api/runs/{run}")).await.json()["result"].clone();
    assert_eq!((result["seed"].as_u64(), result["snap"].as_str().map(str::len)), (Some(7), Some(12)));
    let rows = result["data"]["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["quality"] == "simulated" && !row["origins"].as_array().unwrap().is_empty()));
    assert!(rows.iter().any(|row| row["quantity"] == "first-stop" && row["form"] == "gallium"));
    // The same seed gives the same numbers.
    let again = server.json("POST", "/api/runs", input(20)).await.json()["run"].as_str().unwrap().to_owned();
    server.get(&format!("/api/runs/{again}/events")).await;
    assert_eq!(server.get(&format!("/api/runs/{again}")).await.json()["result"]["data"], result["data"]);
    let long = server.json("POST", "/api/runs", input(20_000)).await.json()["run"].as_str().unwrap().to_owned();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(
        server.ask("DELETE", &format!("/api/runs/{long}"), &[], Body::empty()).await.status,
        StatusCode::NO_CONTENT
    );
    let events = server.get(&format!("/api/runs/{long}/events")).await.text();
    assert!(events.contains("event: cancelled"), "{events}");
}

/// The case that is offered first for a chain, with fewer futures.
async fn offered(server: &Server, id: &str) -> Value {
    let answer = server.get("/api/scenarios?country=JPN").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let offer = answer.json();
    let all = offer["data"]["scenarios"].as_array().unwrap().clone();
    let mut case = all.into_iter().find(|case| case["id"] == id).unwrap()["scenario"].clone();
    case["replicates"] = json!(30);
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_levers_and_forms_are_offered_with_their_origins() {
    let server = server();
    let meta = server.get("/api/meta").await.json();
    assert!(meta["pages"].as_array().unwrap().contains(&json!("lab")));
    let japan = meta["countries"].as_array().unwrap().iter().find(|country| country["id"] == "JPN").unwrap();
    assert_eq!(japan["numeric"], "392");
    assert!(meta["forms"].as_array().unwrap().iter().any(|form| form["id"] == "gallium" && form["name_ja"] != ""));
    assert!(
        meta["uses"].as_array().unwrap().iter().any(|of| of["id"] == "cutting-tools" && of["name_ja"] == "切削工具")
    );
    let offer = server.get("/api/scenarios?country=JPN").await.json()["data"].clone();
    let cases = offer["scenarios"].as_array().unwrap();
    assert_eq!(cases[0]["id"], "largest-rare-earths");
    assert!(cases[0]["share"]["value"].as_f64().unwrap() > 0.2 && !cases[0]["share"]["origins"][0].is_null());
    let ban = cases.iter().find(|case| case["id"] == "japan-ban-2026").unwrap();
    assert_eq!(ban["scenario"]["file"], "japan-ban-2026");
    assert!(ban["events"].as_array().unwrap().len() == 6 && ban["unknown"].as_array().unwrap().len() == 5);
    let levers: Vec<&str> =
        offer["levers"].as_array().unwrap().iter().filter_map(|lever| lever["id"].as_str()).collect();
    assert_eq!(levers, ["stock-release", "offtake", "thrift", "substitute", "recycling", "new-plant", "price-floor"]);
    for lever in offer["levers"].as_array().unwrap() {
        assert!(!lever["origins"][0].is_null() && lever["reason"] != "" && lever["name_ja"] != "", "{lever}");
    }
    assert!(offer["exporters"].as_array().unwrap().contains(&json!("JPN")));
    let unknown = server.get("/api/scenarios?country=Atlantis").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_answers_at_once_and_its_mistakes_come_together() {
    let server = server();
    let case = offered(&server, "largest-gallium").await;
    let answer = server.json("POST", "/api/lab/preview", case.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let seen = answer.json();
    assert_eq!((&seen["seed"], &seen["own_values"], &seen["data"]["done"]), (&json!(1), &json!(false), &json!(30)));
    assert_eq!(seen["data"]["t"][0], -1);
    assert_eq!(seen["data"]["case"]["run_out"][0]["days"].as_array().unwrap().len(), 50);
    assert_eq!(seen["data"]["case"]["loss"]["unit"], "JPY");
    assert_eq!(seen["data"]["case"], seen["data"]["base"]);
    assert!(!seen["data"]["case"]["cover"][0]["origins"][0].is_null());
    // Estimates of others are of rare earths: they stand beside nothing else.
    assert_eq!(seen["data"]["published"], json!([]));
    let mut wrong = case.clone();
    wrong["shock"]["start"] = json!("soon");
    wrong["shock"]["licence"] = json!("perhaps");
    let answer = server.json("POST", "/api/lab/preview", wrong).await;
    let told: Vec<Value> =
        answer.json()["mistakes"].as_array().unwrap().iter().map(|mistake| mistake["column"].clone()).collect();
    assert_eq!((answer.status.as_u16(), told), (422, vec![json!("shock.start"), json!("shock.licence")]));
    let mut wrong = case.clone();
    wrong["shock"]["forms"] = json!([]);
    wrong["horizon"] = json!(1);
    wrong["levers"] = json!([{ "id": "stock-release", "level": 9000 }]);
    let answer = server.json("POST", "/api/lab/preview", wrong).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["mistakes"].as_array().unwrap().len()),
        (422, 3),
        "{}",
        answer.text()
    );
    let mut unknown = case;
    unknown["surprise"] = json!(1);
    assert_eq!(server.json("POST", "/api/lab/preview", unknown).await.code(), "bad_json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_runs_to_its_end_is_kept_and_stands_in_a_file() {
    let server = server();
    let mut case = offered(&server, "largest-gallium").await;
    case["levers"] = json!([{ "id": "stock-release", "level": 60 }]);
    let started = server.json("POST", "/api/lab/runs", case.clone()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    let run = started.json()["run"].as_str().unwrap().to_owned();
    let events = server.get(&format!("/api/runs/{run}/events")).await.text();
    assert!(events.contains("event: done"), "{events}");
    let kept = server.get(&format!("/api/runs/{run}")).await.json();
    let result = &kept["result"]["data"];
    assert_eq!((&kept["kind"], &result["done"], &result["regions"]), (&json!("lab"), &json!(30), &json!([])));
    assert_ne!(result["case"]["loss"]["q50"], result["base"]["loss"]["q50"]);
    let file = server.json("POST", "/api/lab/scenario.toml", case.clone()).await;
    assert!(file.header("content-disposition").contains("lode-scenario.toml"));
    assert!(file.text().starts_with("# lode simulate --scenario FILE --country JPN --replicates 30 --seed 1\n"));
    assert!(file.text().contains("kind = \"stock-release\""), "{}", file.text());
    // A long one is cancelled; what it had told before is kept.
    case["replicates"] = json!(20_000);
    let long = server.json("POST", "/api/lab/runs", case.clone()).await.json()["run"].as_str().unwrap().to_owned();
    let stopped = server.ask("DELETE", &format!("/api/runs/{long}"), &[], Body::empty()).await;
    assert_eq!(stopped.status, StatusCode::NO_CONTENT);
    let events = server.get(&format!("/api/runs/{long}/events")).await.text();
    assert!(events.contains("event: cancelled"), "{events}");
    case["overrides"] = json!([{ "id": "market.covr", "value": 1 }]);
    let refused = server.json("POST", "/api/lab/runs", case).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("did you mean `market.cover`?"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn own_stocks_reach_the_market_where_they_are_asked_for_and_stay_out_of_the_workspace() {
    let server = server();
    let open = json!({ "passphrase": "four words make a key" });
    assert_eq!(server.json("POST", "/api/confidential/unlock", open).await.status, StatusCode::NO_CONTENT);
    let value = json!({ "kind": "stock", "form": "gallium", "holder": "Depot nine", "value": 8, "unit": "months", "reason": "counted" });
    assert_eq!(server.json("POST", "/api/confidential", value).await.status, StatusCode::CREATED);
    let case = offered(&server, "largest-gallium").await;
    let plain = server.json("POST", "/api/lab/preview", case.clone()).await.json();
    let headers = [("content-type", "application/json"), ("lode-own-values", "use")];
    let own = server.ask("POST", "/api/lab/preview", &headers, Body::from(case.to_string())).await.json();
    assert_eq!((&plain["own_values"], &own["own_values"]), (&json!(false), &json!(true)));
    let loss = |answer: &Value| answer["data"]["case"]["loss"]["q50"].as_f64().unwrap();
    assert!(loss(&own) < loss(&plain), "{} and {}", loss(&own), loss(&plain));
    let row = |answer: &Value| {
        let rows = answer["data"]["assumptions"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == "own.stock.gallium").cloned()
    };
    assert_eq!(row(&own).unwrap()["quality"], "user");
    assert_eq!(row(&plain), None);
    assert!(own["warnings"].to_string().contains("warning.lab_own_stock"));
    let started = server.ask("POST", "/api/lab/runs", &headers, Body::from(case.to_string())).await.json();
    let run = started["run"].as_str().unwrap().to_owned();
    assert!(server.get(&format!("/api/runs/{run}/events")).await.text().contains("event: done"));
    for entry in std::fs::read_dir(server.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["own.stock.gallium", "Depot nine"] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret} is kept in clear"
            );
        }
    }
    assert_eq!(server.json("POST", "/api/confidential/lock", json!({})).await.status, StatusCode::NO_CONTENT);
    let closed = server.ask("POST", "/api/lab/preview", &headers, Body::from(case.to_string())).await;
    assert_eq!((closed.status.as_u16(), closed.code()), (403, "vault_closed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_cancelled_and_too_many_are_refused() {
    let server = server();
    let mut runs = Vec::new();
    let refused = loop {
        let started = server.json("POST", "/api/runs", json!({ "kind": "claims" })).await;
        match started.status {
            StatusCode::ACCEPTED => runs.push(started.json()["run"].as_str().unwrap().to_owned()),
            _ => break started,
        }
        assert!(runs.len() < 100, "there is no bound");
    };
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "too_many_runs".into()));
    for run in &runs {
        server.ask("DELETE", &format!("/api/runs/{run}"), &[], Body::empty()).await;
    }
    let mut cancelled = 0;
    for run in &runs {
        let events = server.get(&format!("/api/runs/{run}/events")).await.text();
        cancelled += usize::from(events.contains("event: cancelled"));
    }
    assert!(cancelled >= 4, "{cancelled} of {} were cancelled", runs.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_kept_only_if_it_has_no_mistake() {
    let server = server();
    let template = server.get("/api/uploads/template.csv").await.bytes;
    let kind = [("content-type", "application/octet-stream")];
    let sent = server.ask("POST", "/api/uploads?name=our%20list.csv", &kind, Body::from(template.clone())).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    let upload = sent.json();
    assert!(upload["parts"].as_u64().unwrap() > 2 && upload["plants"] == json!(["plant-a"]), "{upload}");
    let xlsx = server.get("/api/uploads/template.xlsx").await.bytes;
    let sheet = server.ask("POST", "/api/uploads?name=list.xlsx", &kind, Body::from(xlsx)).await;
    assert_eq!(sheet.status, StatusCode::CREATED, "{}", sheet.text());
    assert_eq!(sheet.json()["parts"], upload["parts"]);
    let broken = String::from_utf8(template).unwrap().replace("part,1", "part,one").replace("THA", "Atlantis");
    let refused = server.ask("POST", "/api/uploads?name=list.csv", &kind, Body::from(broken)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["mistakes"].as_array().unwrap().len() >= 2, "{}", refused.text());
    for (path, body, status) in [
        ("/api/uploads?name=a.csv", vec![0_u8, 159, 146, 150], 422),
        ("/api/uploads?name=a.xlsx", b"PK\x03\x04 not a workbook".to_vec(), 422),
        ("/api/uploads?name=a.csv", Vec::new(), 422),
        ("/api/uploads", b"x".to_vec(), 422),
        ("/api/uploads?name=a.csv", vec![b'a'; (16 << 20) + 1], 413),
    ] {
        let answer = server.ask("POST", path, &kind, Body::from(body)).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    }
    assert_eq!(server.get("/api/uploads").await.json()["uploads"].as_array().unwrap().len(), 2);
    let id = upload["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/api/uploads/{id}")).await.json()["name"], "our list.csv");
    assert_eq!(
        server.ask("DELETE", &format!("/api/uploads/{id}"), &[], Body::empty()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        server.ask("DELETE", &format!("/api/uploads/{id}"), &[], Body::empty()).await.status,
        StatusCode::NOT_FOUND
    );
}

const SECRET: &str = "Kobe depot seven";

/// Texts of a column of the answer for machines, in its order.
fn texts<'v>(rows: &'v Value, column: &str) -> Vec<&'v str> {
    rows.as_array().unwrap().iter().map(|row| row[column].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_are_those_of_the_command_line_and_every_number_has_an_origin() {
    let server = server();
    let answer = server.get("/api/steps?product=semiconductor").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let steps = answer.json();
    let data = &steps["data"];
    // As `lode steps semiconductor`.
    let processes = lode_study::exposure::Processes::open(&options(), &[]).unwrap();
    let products = processes.products("semiconductor").unwrap();
    let draws = lode_exposure::Draws { replicates: 200, ..lode_exposure::Draws::default() };
    let rows = lode_study::exposure::steps(&processes, &products, draws).rows.json();
    assert_eq!(texts(&rows, "step"), texts(&data["needs"], "step"));
    assert_eq!(texts(&rows, "element"), texts(&data["needs"], "element"));
    for (row, need) in rows.as_array().unwrap().iter().zip(data["needs"].as_array().unwrap()) {
        assert_eq!(row["effect"] == "halts", need["halts"] == true, "{row} {need}");
        assert_eq!(row["days_50"].as_f64(), need["halt_days"]["value"].as_f64(), "{row} {need}");
        assert_eq!(row["supplier"].as_str(), need["supplier"]["top"]["partner"].as_str(), "{row}");
        assert_eq!(row["supplier_share"].as_f64(), need["supplier"]["top"]["value"].as_f64(), "{row}");
        assert_eq!(row["basis"] == "judgement", need["judgement"] == true);
        assert_eq!(row["origins"], need["origins"]);
    }
    let mut found = Vec::new();
    numbers(&data["needs"], &mut found);
    for number in &found {
        let told = number["origins"].is_array() || number["why"].is_string() || number["unit"] == "share";
        assert!(told && (number["quality"].is_string() || number["why"].is_string()), "{number}");
    }
    let is_set = |set: &Value, elements: Value| set["elements"] == elements;
    let sets = data["cut_sets"].as_array().unwrap();
    let tungsten = sets.iter().find(|set| is_set(set, json!(["tungsten"]))).unwrap();
    assert!(tungsten["count"].as_u64().unwrap() > 0 && !sets.iter().any(|set| is_set(set, json!(["neon"]))));
    let missed = data["episodes"].as_array().unwrap().iter();
    let missed = missed.filter(|told| told["halted"] != (told["predicted"]["value"].as_f64().unwrap() >= 0.5));
    assert!(missed.count() > 0, "misses are shown");
    // From an element: the same needs, and one click to what they rest on.
    let touches = server.get("/api/steps?element=W").await.json();
    let fill =
        touches["data"]["touches"].as_array().unwrap().iter().find(|touch| touch["need"]["step"] == "tungsten-fill");
    let days = &fill.unwrap()["need"]["halt_days"];
    let record = server.get(&format!("/api/record?{}", days["record"].as_str().unwrap())).await.json();
    assert_eq!(record["data"]["num"]["value"], days["value"]);
    assert_eq!(record["data"]["label"]["key"], "record.halt_days");
    assert!(!record["data"]["raw"][0]["rows"].as_array().unwrap().is_empty(), "{record}");
    for number in found.iter().filter(|number| number["record"].is_string()).take(40) {
        let path = format!("/api/record?{}", number["record"].as_str().unwrap());
        let answer = server.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn back_tests_say_what_they_are_worth_and_show_their_misses() {
    let server = server();
    let tests = server.get("/api/validation").await.json();
    let tests = tests["data"]["tests"].as_array().unwrap().clone();
    let kinds: Vec<&str> = tests.iter().map(|test| test["kind"].as_str().unwrap()).collect();
    for kind in ["calibrated", "test", "blind", "forward"] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    for test in &tests {
        let frozen = matches!(test["kind"].as_str(), Some("blind" | "forward"));
        assert_eq!(frozen, test["frozen"].is_string(), "{}", test["id"]);
        assert_eq!(frozen, test["scores"].as_array().unwrap().is_empty(), "{}", test["id"]);
        for point in test["series"].as_array().unwrap().iter().flat_map(|series| series["points"].as_array().unwrap()) {
            assert_eq!(point["fan"].as_array().unwrap().len(), 7);
            assert_eq!(frozen, point["observed"].is_null(), "{point}");
            assert_eq!(frozen, point["source"].is_null(), "{point}");
        }
    }
    let calibrated = tests.iter().filter(|test| test["kind"] == "calibrated");
    assert!(calibrated.clone().all(|test| !test["misses"].as_array().unwrap().is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_held_against_a_cut_and_everything_wrong_is_told_at_once() {
    let server = server();
    let template = server.get("/api/uploads/template.csv").await.bytes;
    let kind = [("content-type", "application/octet-stream")];
    let upload = server.ask("POST", "/api/uploads?name=list.csv", &kind, Body::from(template)).await.json();
    let path = format!("/api/uploads/{}/exposure", upload["id"].as_str().unwrap());
    let cut = json!({ "cuts": ["dysprosium@CHN=1:12"], "weeks": 12, "confidence": 0.9 });
    let answer = server.json("POST", &path, cut.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let result = answer.json();
    assert_eq!(result["own_values"], true, "a list is the user's own");
    let stops = result["data"]["stops"].as_array().unwrap();
    for stop in stops {
        let days = stop["days"].as_array().unwrap();
        assert_eq!(days.len(), 50);
        // Sorted, and those that never come last.
        let days: Vec<f64> = days.iter().map(|day| day.as_f64().unwrap_or(f64::INFINITY)).collect();
        assert!(days.is_sorted(), "{days:?}");
    }
    assert!(stops.iter().any(|stop| stop["days"][0].is_number() && !stop["first"].as_array().unwrap().is_empty()));
    let asked = result["data"]["ask"].as_array().unwrap();
    assert!(asked[0]["matters"] == 1.0 && asked.iter().all(|ask| !ask["questions"].as_array().unwrap().is_empty()));
    assert_eq!(server.json("POST", &path, cut).await.json()["data"], result["data"], "the same draws");
    // A case of the page Disruption, as it is offered.
    let offered = server.get("/api/scenarios?country=JPN").await.json();
    let case = offered["data"]["scenarios"].as_array().unwrap().iter().map(|offered| offered["scenario"].clone());
    let case = case.clone().find(|case| case["shock"]["forms"].to_string().contains("dysprosium")).unwrap();
    let of_case = json!({ "scenario": case, "weeks": 12, "confidence": 0.9 });
    let answer = server.json("POST", &path, of_case).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json()["data"]["stops"].as_array().unwrap().len(), stops.len());
    let nothing = json!({ "cuts": [], "weeks": 12, "confidence": 0.9 });
    let wrong = json!({ "cuts": ["tungsten", "helium@JPN=0.5"], "weeks": 0, "confidence": 2,
        "scenario": { "country": "Atlantis", "file": "../../etc/passwd", "replicates": 100, "seed": 1, "horizon": 18,
            "shock": { "exporter": "CHN", "forms": [], "cut": { "low": 0.9, "mid": 1, "high": 1 }, "start": "2027-01",
                "months": { "low": 12, "high": 12 }, "licence": "none" } } });
    for (question, told) in [
        (nothing, vec!["names no scenario and no cut"]),
        (
            wrong,
            vec![
                "too few or too many weeks",
                "not a share of futures",
                "`tungsten` says no share",
                "no source says which share",
                "`Atlantis`",
            ],
        ),
        (json!({ "weeks": 1, "confidence": 0.9, "wish": 1 }), vec!["unknown field `wish`"]),
    ] {
        let answer = server.json("POST", &path, question).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
        told.iter().for_each(|told| assert!(answer.text().contains(told), "{told}: {}", answer.text()));
    }
    let other = server.json("POST", "/api/uploads/u_none/exposure", json!({ "weeks": 1, "confidence": 0.9 })).await;
    assert_eq!((other.status.as_u16(), other.code()), (404, "unknown_upload".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_values_are_sealed_used_when_asked_for_and_withheld_unless_ticked() {
    let server = server();
    let value = json!({ "kind": "other", "form": "rare-earths", "holder": SECRET, "grade": "3N", "value": 1484.0, "unit": "t", "reason": "own count",
        "replaces": { "table": "trade", "key": "hs_code=284690;importer=JPN;year=2020;exporter=MYS", "field": "quantity_t" } });
    let closed = server.json("POST", "/api/confidential", value.clone()).await;
    assert_eq!((closed.status.as_u16(), closed.code()), (403, "vault_closed".into()));
    let short = server.json("POST", "/api/confidential/unlock", json!({ "passphrase": "short" })).await;
    assert_eq!((short.status.as_u16(), short.code()), (422, "short_passphrase".into()));
    let open = json!({ "passphrase": "four words make a key" });
    assert_eq!(server.json("POST", "/api/confidential/unlock", open.clone()).await.status, StatusCode::NO_CONTENT);
    let added = server.json("POST", "/api/confidential", value.clone()).await;
    assert_eq!(
        (added.status, added.json()["quality"].as_str()),
        (StatusCode::CREATED, Some("user")),
        "{}",
        added.text()
    );
    for (field, wrong, told) in [
        ("kind", json!("rumour"), "must be stock"),
        ("value", json!(-1.0), "0 or more"),
        ("unit", json!(" "), "without a unit"),
        ("low", json!(2000.0), "the band must hold the value"),
    ] {
        let mut broken = value.clone();
        broken[field] = wrong;
        let answer = server.json("POST", "/api/confidential", broken).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text().contains(told),
            "{field}: {}",
            answer.text()
        );
    }
    let mut misplaced = value.clone();
    misplaced["replaces"]["table"] = json!("secrets");
    assert_eq!(server.json("POST", "/api/confidential", misplaced).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Used only where the header asks for it, and then labelled.
    let path = "/api/assess?country=JPN&commodity=rare-earths&year=2020&partner=CHN";
    let plain = server.get(path).await;
    let own = server.ask("GET", path, &[("lode-own-values", "1")], Body::empty()).await;
    assert_eq!((plain.json()["own_values"].clone(), own.json()["own_values"].clone()), (json!(false), json!(true)));
    let row = |answer: &Answer| answer.json()["data"]["rows"][0].clone();
    assert!((row(&plain)["value"].as_f64().unwrap() - 0.473).abs() < 5e-4, "{}", row(&plain));
    assert!((row(&own)["value"].as_f64().unwrap() - 0.530).abs() < 5e-4, "{}", row(&own));
    assert_eq!((row(&plain)["quality"].as_str(), row(&own)["quality"].as_str()), (Some("derived"), Some("user")));
    assert!(
        (row(&server.get(path).await)["value"].as_f64().unwrap() - 0.473).abs() < 5e-4,
        "own values are in no cache"
    );
    let file = server
        .ask(
            "GET",
            "/api/assess.csv?country=JPN&commodity=rare-earths&year=2020",
            &[("lode-own-values", "1")],
            Body::empty(),
        )
        .await;
    assert!(
        file.text().starts_with("# CONFIDENTIAL") && file.header("content-disposition").contains("-confidential.csv")
    );
    // A shared study holds them only where it was ticked.
    let saved = server.json("POST", "/api/studies", json!({ "name": "x", "page": "desk", "state": "" })).await.json();
    let share = format!("/api/studies/{}/share", saved["id"].as_str().unwrap());
    let without = server.json("POST", &share, json!({})).await;
    assert!(
        !without.text().contains(SECRET) && without.json()["withheld"][0]["why"] == "confidential",
        "{}",
        without.text()
    );
    let with = server.json("POST", &share, json!({ "include_own_values": true })).await;
    assert!(with.text().contains(SECRET) && with.json()["marking"].is_string());
    let redacted = server.json("POST", "/api/confidential/export", json!({})).await;
    assert!(!redacted.text().contains(SECRET) && !redacted.text().contains("1484"), "{}", redacted.text());
    assert_eq!(redacted.json()["withheld"][0]["form"], "rare-earths");
    assert_eq!(server.json("POST", "/api/confidential/lock", json!({})).await.status, StatusCode::NO_CONTENT);
    let closed = server.ask("GET", path, &[("lode-own-values", "1")], Body::empty()).await;
    assert_eq!((closed.status.as_u16(), closed.code()), (403, "vault_closed".into()));
    assert_eq!(server.json("POST", &share, json!({ "include_own_values": true })).await.status, StatusCode::FORBIDDEN);
    let state = server.get("/api/confidential").await.json();
    assert_eq!(state, json!({ "exists": true, "open": false, "values": [] }));
    // Guessing is slow: after a few tries nothing is tried for a while, not even the right one.
    let mut last = StatusCode::FORBIDDEN;
    for _ in 0..8 {
        last =
            server.json("POST", "/api/confidential/unlock", json!({ "passphrase": "a guess of twelve" })).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(server.json("POST", "/api/confidential/unlock", open).await.status, StatusCode::TOO_MANY_REQUESTS);
    for entry in std::fs::read_dir(server.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()),
            "the workspace holds it in clear"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_elsewhere_and_names_that_are_not_ours_are_refused() {
    let server = server();
    let study = || Body::from(json!({ "name": "x", "page": "desk", "state": "" }).to_string());
    let json = ("content-type", "application/json");
    for (headers, status) in [
        (vec![json, ("origin", "http://evil.example")], 403),
        (vec![json, ("origin", "null")], 403),
        (vec![json, ("sec-fetch-site", "cross-site")], 403),
        (vec![json, ("origin", "http://127.0.0.1:7777"), ("sec-fetch-site", "same-origin")], 201),
    ] {
        let answer = server.ask("POST", "/api/studies", &headers, study()).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.text());
    }
    let reading = server.ask("GET", "/api/studies", &[("sec-fetch-site", "cross-site")], Body::empty()).await;
    assert_eq!(reading.status, StatusCode::FORBIDDEN);
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7777", ""] {
        let request = Request::builder().uri("/api/meta").header("host", host).body(Body::empty()).unwrap();
        assert_eq!(server.send(request).await.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    let nameless = Request::builder().uri("/api/meta").body(Body::empty()).unwrap();
    assert_eq!(server.send(nameless).await.status, StatusCode::MISDIRECTED_REQUEST);
    for path in [
        "/../Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/assets/../../Cargo.toml",
        "//etc/passwd",
        "/%2e%2e/Cargo.toml",
        "/.git/config",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
        assert!(!answer.text().contains("[workspace]") && !answer.text().contains("root:"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_this_machine_every_user_shows_a_token_and_sees_only_what_is_theirs() {
    let (ann, bob) = ("ann-has-a-long-token-1", "bob-has-a-long-token-2");
    let tokens = BTreeMap::from([(token_hash(ann), "ann".to_owned()), (token_hash(bob), "bob".to_owned())]);
    let server = server_with(Doors::Tokens(tokens));
    for path in ["/api/meta", "/api/desk?country=JPN", "/", "/api/studies", "/api", "/api/openapi.json"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "no_token".into()), "{path}");
    }
    assert_eq!(server.get("/login").await.status, StatusCode::OK);
    let (of_ann, of_bob) = (format!("Bearer {ann}"), format!("Bearer {bob}"));
    let body = || Body::from(json!({ "name": "of ann", "page": "desk", "state": "" }).to_string());
    let json = ("content-type", "application/json");
    let saved = server.ask("POST", "/api/studies", &[json, ("authorization", &of_ann)], body()).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let id = saved.json()["id"].as_str().unwrap().to_owned();
    let one = format!("/api/studies/{id}");
    let run =
        server.ask("POST", "/api/runs", &[json, ("authorization", &of_ann)], Body::from("{\"kind\":\"claims\"}")).await;
    let run = run.json()["run"].as_str().unwrap().to_owned();
    for (method, path) in [
        ("GET", one.clone()),
        ("PUT", one.clone()),
        ("DELETE", one.clone()),
        ("POST", format!("{one}/share")),
        ("GET", format!("/api/runs/{run}")),
        ("GET", format!("/api/runs/{run}/events")),
        ("DELETE", format!("/api/runs/{run}")),
    ] {
        let body = if path.ends_with("share") { Body::from("{}") } else { body() };
        let answer = server.ask(method, &path, &[json, ("authorization", &of_bob)], body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.text());
    }
    let none = server.ask("GET", "/api/studies", &[("authorization", &of_bob)], Body::empty()).await;
    assert_eq!(none.json(), json!({ "studies": [] }));
    assert_eq!(server.ask("GET", &one, &[("authorization", &of_ann)], Body::empty()).await.status, StatusCode::OK);
    // A browser shows its token once, and gets a cookie that no script can read.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let login = server.ask("POST", "/login", &form, Body::from(format!("token={ann}"))).await;
    let cookie = login.header("set-cookie").to_owned();
    assert!(
        login.status == StatusCode::SEE_OTHER && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert!(!cookie.contains(ann));
    assert_eq!(server.ask("GET", &one, &[("cookie", &cookie)], Body::empty()).await.status, StatusCode::OK);
    assert_eq!(
        server.ask("POST", "/logout", &[("cookie", &cookie)], Body::empty()).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(server.ask("GET", &one, &[("cookie", &cookie)], Body::empty()).await.status, StatusCode::UNAUTHORIZED);
    let mut last = StatusCode::OK;
    for _ in 0..10 {
        last = server.ask("POST", "/login", &form, Body::from("token=guess")).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brief_is_two_pages_with_the_numbers_of_the_desk_and_no_own_values() {
    let server = server();
    let desk = server.get("/api/desk?country=JPN").await.json();
    let share = (desk["data"]["figures"][0]["num"]["value"].as_f64().unwrap() * 100.0).round();
    // One run, whose numbers are those of the market, and from it files in both languages.
    let run = async |kind: &str, input: Value| {
        let started = server.json("POST", "/api/runs", json!({ "kind": kind, "input": input })).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
        let id = started.json()["run"].as_str().unwrap().to_owned();
        let events = server.get(&format!("/api/runs/{id}/events")).await.text();
        assert!(events.contains("event: progress") && events.contains("event: done"), "{events}");
        let kept = server.get(&format!("/api/runs/{id}")).await.json();
        (id, kept["result"]["data"].clone())
    };
    let asked = json!({ "country": "JPN", "commodity": "rare-earths", "scenario": "heavy-rare-earths-2025", "futures": 20, "seed": 3 });
    let (id, kept) = run("brief", asked).await;
    let market = json!({ "country": "JPN", "scenario": "heavy-rare-earths-2025", "replicates": 20, "seed": 3 });
    let (_, market) = run("market", market).await;
    let lost = market["rows"].as_array().unwrap().iter();
    let lost = lost
        .clone()
        .find(|row| row["quantity"] == "first-year-value-lost" && row["industry"].as_str().unwrap_or("").is_empty());
    let lost = lost.unwrap();
    assert_eq!(kept["market"]["loss"], json!([lost["p10"], lost["p50"], lost["p90"]]), "{lost}");
    let rate = lode_study::market::Scale::of(&session().world).unwrap();
    let billions = (rate.billion_yen(lost["p50"].as_f64().unwrap()), "billion JPY");
    for (lang, told) in
        [("en", format!("{share} % of the rare earths that Japan imported")), ("ja", format!("重量で{share} %"))]
    {
        let pdf = server.get(&format!("/api/runs/{id}/brief.pdf?lang={lang}")).await;
        assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"), "{}", pdf.text());
        assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.header("content-disposition").contains("lode-brief.pdf"));
        assert!(pdf.text().contains("/Count 2"), "{lang}: not two pages");
        let docx = server.get(&format!("/api/runs/{id}/brief.docx?lang={lang}")).await;
        let file = server.folder.path().join("brief.docx");
        std::fs::write(&file, &docx.bytes).unwrap();
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&file).unwrap()).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut text).unwrap();
        let shown = format!("{} {}", lode_study::readable(billions.0), billions.1);
        for told in [&told, &shown] {
            assert!(text.contains(told), "{told}: {text}");
        }
        // Published estimates stand beside it.
        for loss in lode_study::market::published_losses(&session().world).iter().take(1) {
            assert!(text.contains(&loss.printed), "{}", loss.printed);
        }
    }
    let unknown = server.get("/api/runs/r_none/brief.pdf").await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "unknown_run".into()));
    assert_eq!(server.get(&format!("/api/runs/{id}/brief.exe")).await.status, StatusCode::NOT_FOUND);
    let wrong = json!({ "country": "Atlantis", "commodity": "unobtainium", "futures": 1, "wish": "x" });
    let wrong = server.json("POST", "/api/runs", json!({ "kind": "brief", "input": wrong })).await;
    for told in ["`Atlantis`", "is not a commodity", "from 20 to 2000", "`wish` is not a parameter"] {
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains(told), "{}", wrong.text());
    }
    for (path, told) in [
        ("/api/brief.pdf?country=JPN", "`commodity` is missing"),
        ("/api/brief.pdf?country=JPN&commodity=rare-earths&scenario=../x", "there is no such scenario"),
        ("/api/brief.docx?country=JPN&commodity=rare-earths&lang=fr&futures=1", "not a language of the brief"),
    ] {
        let answer = server.get(path).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text().contains(told),
            "{path}: {}",
            answer.text()
        );
    }
    let own = server
        .ask("GET", "/api/brief.pdf?country=JPN&commodity=rare-earths", &[("lode-own-values", "1")], Body::empty())
        .await;
    assert_eq!((own.status.as_u16(), own.code()), (422, "own_values".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route_and_its_page_needs_nothing_from_elsewhere() {
    let server = server();
    let document = server.get("/api/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/api/desk",
        "/api/chain",
        "/api/record",
        "/api/runs/{id}/events",
        "/api/studies/{id}",
        "/api/confidential/unlock",
        "/api/uploads",
        "/api/uploads/{id}/exposure",
        "/api/steps",
        "/api/validation",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let page = server.get("/api").await.text();
    assert!(
        page.contains("GET /api/desk")
            && !page.contains("<script")
            && !page.contains("http://")
            && !page.contains("https://"),
        "{page}"
    );
}
