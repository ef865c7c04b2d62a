//! `lode steps` and `lode exposure` as a user meets them.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn lode(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lode")).args(arguments).args(["--today", "2026-11-25"]).output().unwrap()
}

fn json(arguments: &[&str]) -> Vec<Value> {
    let output = lode(&[arguments, &["--format", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap().as_array().unwrap().clone()
}

fn refused(arguments: &[&str]) -> String {
    let output = lode(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn tungsten_halts_the_fill_and_its_weakest_stage_is_named() {
    let rows = json(&["steps", "semiconductor", "--replicates", "50"]);
    let known: Vec<String> = json(&["sources"]).iter().map(|row| row["origin"].as_str().unwrap().to_owned()).collect();
    let of =
        |step: &str, element: &str| rows.iter().find(|row| row["step"] == step && row["element"] == element).unwrap();
    let fill = of("tungsten-fill", "tungsten");
    assert_eq!((fill["effect"].as_str(), fill["supplier"].as_str()), (Some("halts"), Some("CHN")));
    assert!(fill["supplier_share"].as_f64().unwrap() > 0.7);
    assert_eq!(fill["through"], serde_json::json!(["tungsten-hexafluoride"]));
    assert!(fill["days_10"].as_f64() < fill["days_90"].as_f64());
    assert_eq!(of("duv-exposure", "helium")["effect"], "passes", "nitrogen purges in its place");
    assert_eq!(of("leak-test", "helium")["effect"], "degrades");
    for row in &rows {
        assert!(["judgement", "reported"].contains(&row["basis"].as_str().unwrap()), "{row}");
        let origins = row["origins"].as_array().unwrap();
        assert!(!origins.is_empty() && !row["quality"].is_null(), "{row}");
        assert!(origins.iter().all(|origin| known.iter().any(|known| known == origin)), "{row}");
    }
}

#[test]
fn an_assumption_can_be_changed_and_the_answer_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = path(folder.path(), "mine.csv");
    std::fs::write(&overlay, "table,key,field,value,reason\nstep_assumptions,assumption=stock-raw,value,300,ours\n")
        .unwrap();
    let ask = ["steps", "optical-fibre", "--replicates", "50"];
    let of = |rows: Vec<Value>| rows.into_iter().find(|row| row["element"] == "germanium").unwrap();
    let (without, with) = (of(json(&ask)), of(json(&[&ask[..], &["--overlay", &overlay]].concat())));
    let day = |row: &Value| row["days_50"].as_f64().unwrap();
    assert!(day(&with) > day(&without) + 150.0, "{} {}", day(&with), day(&without));
    assert!(with["assumed_share"].as_f64() < without["assumed_share"].as_f64());
}

#[test]
fn cut_sets_come_with_their_count_and_say_what_rests_on_an_assumption() {
    let rows = json(&["exposure", "--cutsets", "semiconductor", "--size", "2"]);
    let has = |losses: Value| rows.iter().find(|row| row["losses"] == losses);
    assert_eq!(has(serde_json::json!(["tungsten"])).unwrap()["holds_at_best"], "yes");
    assert!(has(serde_json::json!(["CHN"])).is_some());
    assert!(has(serde_json::json!(["neon"])).is_none(), "recycling and a leaner recipe carry more than half");
    let early = json(&["exposure", "--cutsets", "semiconductor", "--size", "1", "--before-substitution"]);
    assert!(early.iter().any(|row| row["losses"] == serde_json::json!(["neon"])));
    let text = String::from_utf8(lode(&["exposure", "--cutsets", "semiconductor", "--size", "2"]).stdout).unwrap();
    let elements = rows.iter().filter(|row| row["kind"] == "element" && row["size"] == 1).count();
    assert!(text.contains(&format!("elements: {elements} of 1, ")), "{text}");
}

#[test]
fn a_scenario_by_file_and_by_flag_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "cut.csv");
    std::fs::write(&file, "supply,exporter,from_month,arrives\ndysprosium,,0,0\ndysprosium,,6,1\n").unwrap();
    let of = |scenario: [&str; 2]| {
        json(&[&["exposure", "--product", "traction-motor", "--replicates", "100"], &scenario[..]].concat())
    };
    let (by_file, by_flag) = (of(["--halt", &file]), of(["--cut", "dysprosium=1:6"]));
    assert_eq!(by_file, by_flag);
    let falls = |rows: &[Value]| {
        rows.iter().find(|row| row["node"] == "traction-motor" && row["falls"] == "below 50 %").unwrap().clone()
    };
    assert!(falls(&by_flag)["share_of_lines"].as_f64().unwrap() > 0.0);
    assert_eq!(falls(&by_flag)["first_cause"], "dysprosium");
    let deeper = falls(&of(["--cut", "dysprosium=1"]));
    assert!(deeper["share_of_lines"].as_f64() >= falls(&by_flag)["share_of_lines"].as_f64());

    std::fs::write(
        &file,
        "supply,exporter,from_month,arrives,low,high\ndysprosum,,0,0,,\nneon,Ukrane,0,2,,\nneon,,0,0.5,0.6,\n",
    )
    .unwrap();
    let text = refused(&["exposure", "--halt", &file, "--cut", "tungsten", "--cut", "helium@JPN=0.5"]);
    for expected in [
        "row 2, column supply: `dysprosum` is no element",
        "did you mean `dysprosium`?",
        "2 is absurdly large",
        "row 4, column arrives: low, arrives and high are not in order",
        "`tungsten` says no share",
        "no source says which share of helium comes from JPN",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn the_template_is_answered_and_the_request_sheet_asks_what_matters() {
    let folder = tempfile::tempdir().unwrap();
    let (list, ask) = (path(folder.path(), "list.csv"), path(folder.path(), "ask.csv"));
    assert!(lode(&["template", "parts", "--output", &list]).status.success());
    let contents = json(&["exposure", "--bom", &list]);
    let dysprosium = contents.iter().find(|row| row["first_cause"] == "dysprosium-metal").unwrap();
    assert_eq!((dysprosium["quality"].as_str(), dysprosium["unit"].as_str()), (Some("assumed"), Some("g/unit")));
    assert!(dysprosium["low"].as_f64() < dysprosium["high"].as_f64());
    let scenario = ["exposure", "--bom", &list, "--cut", "ndfeb-magnet-hot@CHN=1", "--replicates", "200"];
    let rows = json(&[&scenario[..], &["--survive", "12", "--ask", &ask]].concat());
    let of = |row: &str| rows.iter().find(|found| found["row"] == row).unwrap();
    assert_eq!(of("line below 50 %")["days_05"], 30.0, "20 days of magnets, 10 of motors");
    assert_eq!(of("stops first")["item"], "steering-motor");
    assert!(of("line below 50 %")["value"].as_f64().unwrap() > 0.0);
    let extra = rows.iter().find(|row| row["row"] == "extra stock" && row["item"] == "steering-motor").unwrap();
    assert!((extra["value"].as_f64().unwrap() - 54.0).abs() < 0.01, "84 days less the 30 in stock");
    let sheet = std::fs::read_to_string(&ask).unwrap();
    assert!(sheet.lines().nth(1).unwrap().contains("Magnet Maker"), "{sheet}");
}

#[test]
fn a_list_with_mistakes_is_refused_as_a_whole_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (list, ask) = (path(folder.path(), "list.csv"), path(folder.path(), "ask.csv"));
    std::fs::write(
        &list,
        "plant,item,parent,kind,quantity,unit,weight_g\na,car,,product,1,piece,\na,motor,car,part,1,piece,100\na,Dy,motor,material,1,kg,\na,coper,motr,material,1,ounce,\n",
    )
    .unwrap();
    let text = refused(&["exposure", "--bom", &list, "--cut", "dysprosium=2", "--ask", &ask]);
    for expected in [
        "more than the part itself",
        "did you mean `copper`?",
        "`ounce` is not a unit",
        "`motr` is not in the list",
        "`2` is not a share",
        "5 mistakes",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!Path::new(&ask).exists());
    assert!(
        refused(&["exposure", "--bom", &list, "--survive", "3"]).contains("need a scenario")
            || !Path::new(&ask).exists()
    );
}

#[test]
fn drawings_and_their_data_are_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    for (product, cards) in [("semiconductor", true), ("traction-motor", false)] {
        let (svg, data) = (path(folder.path(), "a.svg"), path(folder.path(), "a.json"));
        assert!(lode(&["steps", product, "--draw", &svg, "--replicates", "1"]).status.success());
        let drawn = std::fs::read_to_string(&svg).unwrap();
        assert!(drawn.starts_with("<svg xmlns") && drawn.trim_end().ends_with("</svg>"));
        assert_eq!(drawn.matches("<text").count(), drawn.matches("</text>").count());
        assert_eq!(drawn.contains("<path"), !cards);
        assert!(lode(&["steps", product, "--draw", &data, "--replicates", "1"]).status.success());
        let graph: Value = serde_json::from_str(&std::fs::read_to_string(&data).unwrap()).unwrap();
        let nodes = graph["nodes"].as_array().unwrap();
        assert!(
            graph["links"].as_array().unwrap().iter().all(|link| nodes.iter().any(|node| node["id"] == link["of"]))
        );
        assert!(
            nodes.iter().any(|node| node["kind"] == "step" && !node["halts_without"].as_array().unwrap().is_empty())
        );
    }
    assert!(refused(&["steps", "logic", "--draw", "a.png"]).contains("neither an .svg nor a .json"));
    assert!(refused(&["steps", "semiconducter"]).contains("did you mean `semiconductor`?"));
}

#[test]
fn an_industry_of_one_s_own_is_read_beside_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "origins.csv",
        "origin,producer,title,version,citation,url,date,licence,redistributable,secondary,sha256,note\nours,We,Our plant,,,,,ours,no,no,,\n",
    );
    write(
        "step_nodes.csv",
        "node,kind,class,name_en,name_ja,symbol,commodity,purity,section,family,quality,as_of,origin,note\n\
         bell,product,product,Bell,鐘,,,,,bells,reported,,ours,\ncasting,step,step,Casting,鋳造,,,,casting,,reported,,ours,\nbronze,material,solid,Bronze,青銅,,,,,,reported,,ours,\n",
    );
    write(
        "step_links.csv",
        "of,input,group,role,use,effect,substitutable,single_source,basis,quality,as_of,origin,note\n\
         bell,casting,,usual,consumed,halts,none,,reported,reported,,ours,\ncasting,bronze,,usual,consumed,halts,none,,reported,reported,,ours,\n",
    );
    let zip = path(folder.path(), "bells.zip");
    let packed = lode(&["package", "pack", folder.path().to_str().unwrap(), "--name", "bells", "--output", &zip]);
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let rows = json(&["exposure", "--industry", &zip, "--cut", "bronze=1", "--product", "bells", "--replicates", "50"]);
    let bell = rows.iter().find(|row| row["node"] == "bell" && row["falls"] == "to 0").unwrap();
    assert_eq!(bell["share_of_lines"], 1.0);
}
