//! Scenarios on the built-in market.

use lode_simulate::Progress;
use lode_study::market::{self, Request, StressRequest};
use lode_study::{Day, Options, Session};

fn session() -> Session {
    let day = Day::parse("2026-11-25").unwrap();
    Session::open(&Options::built_in(day)).unwrap_or_else(|report| panic!("{report}"))
}

fn request(session: &Session, id: &str, country: &str, replicates: u32) -> Request {
    Request {
        scenario: market::scenario(session, id, None).unwrap_or_else(|report| panic!("{report}")),
        case: None,
        country: country.to_owned(),
        chains: Vec::new(),
        regions: Vec::new(),
        replicates,
        seed: 1,
        horizon: None,
        set: Vec::new(),
        threads: 2,
    }
}

/// Every built-in scenario that the market can run gives a whole answer, and those that it cannot say so.
#[test]
fn every_built_in_scenario_runs_or_says_why_not() {
    let session = session();
    for id in market::scenario_ids() {
        // Its market of 2009 is a table of its own, in validation/rare-earths-2010.
        let request = Request { horizon: Some(18), ..request(&session, id, "JPN", 8) };
        match market::simulate(&session, &request, &Progress::default()) {
            Ok(run) => {
                assert!(request.scenario.is_in_market(), "{id}");
                let answer = market::answer(&session, &run);
                let months = run.series.len() * 18 + run.figures.len();
                assert_eq!(answer.rows.rows.len(), months, "{id}");
                for row in &answer.rows.rows {
                    assert_eq!(row.len(), market::COLUMNS.len());
                }
            }
            Err(report) => {
                assert!(!request.scenario.is_in_market(), "{id}: {report}");
                assert!(report.to_string().contains("facts only"), "{report}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_rows_on_one_thread_and_on_two() {
    let session = session();
    let two = Request { horizon: Some(12), ..request(&session, "gallium-germanium-2023", "JPN", 40) };
    let one = Request { threads: 1, ..two.clone() };
    let rows = |request: &Request| {
        let run = market::simulate(&session, request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"));
        market::answer(&session, &run).rows.json().to_string()
    };
    let first = rows(&two);
    assert_eq!(first, rows(&one));
    assert_eq!(first, rows(&two));
    assert_ne!(first, rows(&Request { seed: 2, ..two }));
}

/// A supposed stop with any country as exporter, written as a user would.
fn stop(exporter: &str, destination: &str, form: &str, severity: f64) -> String {
    format!(
        r#"id = "stop"
name_en = "A supposed stop"
start = "2025-01"
base_year = 2024
horizon_months = 18

[[controls]]
id = "halt"
kind = "ban"
exporters = ["{exporter}"]
destinations = ["{destination}"]
forms = ["{form}"]
severity = {severity}
start = "2025-04-01"
ends = {{ months = 6 }}
"#
    )
}

#[test]
fn a_deeper_stop_leaves_no_more_to_use_and_any_country_can_be_the_exporter() {
    let session = session();
    let total = |exporter: &str, country: &str, form: &str, severity: f64| {
        let text = stop(exporter, country, form, severity);
        let scenario = market::scenario(&session, "stop.toml", Some(&text)).unwrap_or_else(|report| panic!("{report}"));
        let request =
            Request { scenario, country: country.into(), ..request(&session, "gallium-germanium-2023", country, 16) };
        let run =
            market::simulate(&session, &request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"));
        let figure = run.figure("total-shortage", form).unwrap();
        run.outcome.central.figures[figure]
    };
    for (exporter, country, form) in [("CHN", "JPN", "gallium"), ("JPN", "KOR", "gallium")] {
        let shortages = [0.0, 0.5, 1.0].map(|severity| total(exporter, country, form, severity));
        assert!(
            shortages[0] <= shortages[1] + 1e-9 && shortages[1] <= shortages[2] + 1e-9,
            "{exporter} to {country}: {shortages:?}"
        );
    }
}

#[test]
fn all_mistakes_of_a_request_come_at_once_with_hints() {
    let session = session();
    let wrong =
        Request { country: "Japn".into(), case: Some("worst".into()), ..request(&session, "japan-ban-2026", "JPN", 4) };
    let report = market::simulate(&session, &wrong, &Progress::default()).unwrap_err().to_string();
    assert!(report.contains("no case `worst`") && report.contains("low, central, high"), "{report}");
    assert!(report.contains("did you mean `JPN`?"), "{report}");
    let wrong = Request {
        set: vec!["market.covr=3".into(), "civil-slow-down.severity=1.5".into(), "cover".into()],
        ..request(&session, "japan-ban-2026", "JPN", 4)
    };
    let report = market::simulate(&session, &wrong, &Progress::default()).unwrap_err().to_string();
    assert!(report.contains("did you mean `market.cover`?"), "{report}");
    assert!(report.contains("1.5 is above 1") && report.contains("`cover` sets nothing"), "{report}");
    let unknown = market::scenario(&session, "japan-ban-2025", None).unwrap_err().to_string();
    assert!(unknown.contains("did you mean `japan-ban-2026`?"), "{unknown}");
    let text = stop("Chna", "JPN", "galium", 60.0);
    let report = market::scenario(&session, "mine.toml", Some(&text)).unwrap_err().to_string();
    assert!(
        report.contains("did you mean `CHN`?")
            && report.contains("did you mean `gallium`?")
            && report.contains("60 % is 0.6"),
        "{report}"
    );
}

#[test]
fn a_number_that_the_user_sets_is_used_and_named() {
    let session = session();
    let base = Request {
        horizon: Some(12),
        chains: vec!["rare-earths".into()],
        ..request(&session, "heavy-rare-earths-2025", "JPN", 16)
    };
    let set = Request { set: vec!["cover=6".into()], ..base.clone() };
    let stop = |request: &Request| {
        let run = market::simulate(&session, request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"));
        let remarks = market::answer(&session, &run).remarks.join("\n");
        let at = run.figure("first-stop", "dysprosium-terbium-metal").unwrap();
        (run.outcome.figures[at].p50, remarks)
    };
    let (usual, _) = stop(&base);
    let (stocked, remarks) = stop(&set);
    assert!(stocked > usual, "{stocked} after {usual}");
    assert!(remarks.contains("Set by the user: cover=6"), "{remarks}");
}

#[test]
fn the_stress_table_has_a_line_for_each_supplier_importer_and_reach() {
    let session = session();
    let request = StressRequest {
        country: Some("Japan".into()),
        chains: vec!["gallium".into(), "germanium".into()],
        suppliers: 1,
        replicates: 8,
        seed: 1,
        threads: 2,
    };
    let answer = market::stress(&session, &request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(answer.rows.rows.len(), 4);
    assert_eq!(market::stress_count(&session, &request).unwrap(), 4);
    // Three suppliers of every form to every importer are more than a thousand scenarios.
    let all = StressRequest { country: None, chains: Vec::new(), suppliers: 3, ..request };
    let count = market::stress_count(&session, &all).unwrap();
    assert!(count > 1000, "{count}");
    let ids: Vec<String> = answer.rows.rows.iter().map(|row| row[0].plain()).collect();
    assert_eq!(
        ids,
        [
            "stress-gallium-refined-CHN-JPN",
            "stress-gallium-refined-CHN-JPN-everybody",
            "stress-germanium-refined-CAN-JPN",
            "stress-germanium-refined-CAN-JPN-everybody"
        ]
    );
}

fn cell_text(cell: &lode_study::Cell) -> &str {
    match cell {
        lode_study::Cell::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

/// Every number names where it comes from: no row without an origin, none with one that belongs to another market.
#[test]
fn every_row_names_origins_of_its_own_market() {
    let session = session();
    let sources = lode_study::sources::sources(&session);
    let listed: Vec<&str> = sources.rows.rows.iter().map(|row| cell_text(&row[0])).collect();
    for id in ["senkaku-2010", "gallium-germanium-2023"] {
        let request = Request { horizon: Some(6), ..request(&session, id, "JPN", 4) };
        let run =
            market::simulate(&session, &request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"));
        let known: Vec<String> = run.origins.iter().map(ToString::to_string).collect();
        for row in &market::answer(&session, &run).rows.rows {
            let lode_study::Cell::List(origins) = &row[market::COLUMNS.len() - 1] else { panic!("{row:?}") };
            assert!(!origins.is_empty(), "{id}: {row:?}");
            for origin in origins {
                assert!(listed.contains(&origin.as_str()), "{id}: `lode sources` does not know {origin}");
            }
        }
        for origins in run.origins_by_form.values() {
            assert!(origins.iter().any(|origin| known.contains(origin)), "{id}: {origins:?}");
        }
    }
}
