//! The command line as a user meets it: answers from the built-in package, exit codes, overlays, mistakes.

use serde_json::Value;
use std::process::{Command, Output};

fn lode(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lode")).args(arguments).args(["--today", "2026-11-24"]).output().unwrap()
}

fn json(arguments: &[&str]) -> Vec<Value> {
    let output = lode(&[arguments, &["--format", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap().as_array().unwrap().clone()
}

const DEPENDENCE: [&str; 9] =
    ["assess", "--country", "JPN", "--commodity", "rare-earths", "--indicator", "dependence", "--partner", "CHN"];
const KEYS: [&str; 14] = [
    "indicator",
    "country",
    "commodity",
    "stage",
    "partner",
    "year",
    "value",
    "low",
    "high",
    "unit",
    "basis",
    "quality",
    "origins",
    "note",
];

#[test]
fn rows_have_the_documented_keys_in_order_and_the_known_values() {
    for (basis, expected) in [("quantity", 0.661), ("value", 0.378)] {
        let rows = json(&[&DEPENDENCE[..], &["--year", "2024", "--basis", basis]].concat());
        let keys: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, KEYS);
        assert!((rows[0]["value"].as_f64().unwrap() - expected).abs() < 0.0005, "{basis}: {}", rows[0]["value"]);
        assert_eq!((rows[0]["partner"].as_str(), rows[0]["year"].as_i64()), (Some("CHN"), Some(2024)));
        assert_eq!(rows[0]["origins"], serde_json::json!(["baci"]));
    }
    for command in [&["desk", "JPN"][..], &["profile", "AUS"]] {
        assert!(json(command).iter().all(|row| row.as_object().unwrap().keys().eq(KEYS)));
    }
}

#[test]
fn what_is_wrong_in_an_overlay_is_told_where_it_stands_there() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = folder.path().join("mine.csv");
    let rows = "production,commodity=gallium;stage=refined;country=CHN;metric=capacity;year=2024,value,much,\n\
                controls,control=china-2010-halt-to-japan,announced,autumn,\n";
    std::fs::write(&overlay, format!("table,key,field,value,reason\n{rows}")).unwrap();
    let output = lode(&["desk", "JPN", "--overlay", overlay.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for row in ["mine.csv row 2", "mine.csv row 3"] {
        assert!(told.contains(row), "{row}: {told}");
    }
    assert!(!told.contains("production.csv") && !told.contains("controls.csv"), "{told}");
}

#[test]
fn the_importers_record_and_the_mirror_stand_beside_the_reconciled_record() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogue/tests/fixtures/comtrade/annual.json");
    let asked = [&DEPENDENCE[..], &["--year", "2023", "--hs-set", "rare-earth-compounds", "--trade", file]].concat();
    let rows = json(&asked);
    let bases: Vec<&str> = rows.iter().map(|row| row["basis"].as_str().unwrap()).collect();
    let of = |detail: &str| format!("quantity rare-earth-compounds{detail}");
    assert_eq!(bases, [of(""), of(", importer's record"), of(", exporters' records")]);
    let value = |row: &Value| row["value"].as_f64().unwrap();
    assert_eq!(rows[0]["origins"], serde_json::json!(["baci"]));
    // One record of each side differs from the reconciled one, and says that it is the user's.
    for row in &rows[1..] {
        assert!((value(row) - value(&rows[0])).abs() > 1e-6, "{row}");
        assert_eq!(row["quality"], "user");
        assert!(row["origins"].as_array().unwrap().iter().any(|origin| origin == "user"), "{row}");
    }
    let one = json(&[&asked[..], &["--record", "exporter"]].concat());
    assert_eq!(one, rows[2..]);
    let wrong = lode(&[&asked[..], &["--record", "exporters"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `exporter`?"));
    let missing = lode(&[&DEPENDENCE[..], &["--trade", "nothing-here.json"]].concat());
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn every_number_has_an_origin_that_is_listed() {
    let known: Vec<String> = json(&["sources"]).iter().map(|row| row["origin"].as_str().unwrap().to_owned()).collect();
    let mut rows = json(&["desk", "JPN"]);
    rows.extend(json(&["profile", "CHN"]));
    for row in rows.iter().filter(|row| !row["value"].is_null()) {
        let origins = row["origins"].as_array().unwrap();
        assert!(!origins.is_empty(), "{row}");
        assert!(origins.iter().all(|origin| known.iter().any(|known| known == origin)), "{row}");
        assert!(!row["unit"].is_null() && !row["quality"].is_null(), "{row}");
    }
}

#[test]
fn the_user_s_own_value_is_used_and_labelled_in_every_answer_it_touches() {
    let folder = tempfile::tempdir().unwrap();
    let overlay = folder.path().join("mine.csv");
    std::fs::write(&overlay, "table,key,field,value,reason\ntrade,hs_code=284690;importer=JPN;year=2020;exporter=MYS,quantity_t,1484,neighbours\n").unwrap();
    let path = overlay.to_str().unwrap();
    let with = json(&[&DEPENDENCE[..], &["--year", "2020", "--overlay", path]].concat());
    let without = json(&[&DEPENDENCE[..], &["--year", "2020"]].concat());
    assert!((without[0]["value"].as_f64().unwrap() - 0.473).abs() < 0.0005);
    assert!((with[0]["value"].as_f64().unwrap() - 0.530).abs() < 0.0005, "{}", with[0]["value"]);
    assert_eq!((with[0]["quality"].as_str(), without[0]["quality"].as_str()), (Some("user"), Some("derived")));
    assert!(with[0]["origins"].as_array().unwrap().iter().any(|origin| origin == "user"));
    // A year that the user did not touch is not labelled.
    let other = json(&[&DEPENDENCE[..], &["--year", "2021", "--overlay", path]].concat());
    assert_eq!(other[0]["quality"], "derived");
    let table = lode(&[&DEPENDENCE[..], &["--year", "2020", "--overlay", path]].concat());
    assert!(String::from_utf8_lossy(&table.stdout).contains("with the user's values from"));
}

#[test]
fn all_mistakes_come_at_once_with_suggestions_and_exit_code_2() {
    let output = lode(&[
        "assess",
        "--country",
        "Japn",
        "--commodity",
        "dysprosum",
        "--indicator",
        "dependance",
        "--year",
        "2024..2010",
        "--stage",
        "refind",
    ]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for expected in [
        "did you mean `JPN`",
        "did you mean `dysprosium`",
        "did you mean `dependence`",
        "write 2024 or 2010..2024",
        "did you mean `refined`",
        "5 mistakes in all",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(output.stdout.is_empty());
    for arguments in [
        &["sources", "bacci"][..],
        &["claims", "meti-2021"],
        &["desk", "JPN", "--overlay", "none.csv"],
        &["desk", "JPN", "--package", "none.zip"],
        &["check", "none.csv"],
        &["fetch", "baci2"],
    ] {
        assert_eq!(lode(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_failed_build_leaves_the_package_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("package.zip");
    std::fs::write(&output, b"good").unwrap();
    let missing = folder.path().join("nothing");
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sources");
    let result = lode(&[
        "package",
        "build",
        "--inputs",
        missing.to_str().unwrap(),
        "--sources",
        sources,
        "--output",
        output.to_str().unwrap(),
    ]);
    assert_eq!(result.status.code(), Some(2));
    assert_eq!(std::fs::read(&output).unwrap(), b"good");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn names_in_two_languages_and_symbols_are_understood() {
    let ask = |country: &str, commodity: &str| {
        json(&["assess", "--country", country, "--commodity", commodity, "--year", "2024"])[0]["country"].clone()
    };
    assert_eq!(ask("日本", "レアアース"), "JPN");
    assert_eq!(ask("日本", "ジスプロシウム"), "JPN");
    assert_eq!(ask("world", "Co"), "WLD");
    for (country, code) in [
        ("Japan", "JPN"),
        ("jp", "JPN"),
        ("Republic of Korea", "KOR"),
        ("EU", "EU27"),
        ("イギリス", "GBR"),
        ("DRC", "COD"),
    ] {
        assert_eq!(ask(country, "Co"), code, "{country}");
    }
}

#[test]
fn an_old_record_is_called_stale() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_lode")).args(DEPENDENCE).args(["--today", "2028-01-01"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Newest record: 2024, which ended 36 months ago. Warning: this is stale"), "{text}");
    let fresh = String::from_utf8_lossy(&lode(&DEPENDENCE).stdout).into_owned();
    assert!(fresh.contains("22 months ago") && !fresh.contains("stale"), "{fresh}");
}

#[test]
fn csv_and_json_hold_the_same_rows() {
    let csv = lode(&[&DEPENDENCE[..], &["--year", "2010..2024", "--format", "csv"]].concat());
    let text = String::from_utf8(csv.stdout).unwrap();
    assert_eq!(text.lines().next(), Some(KEYS.join(",").as_str()));
    assert_eq!(text.lines().count() - 1, json(&[&DEPENDENCE[..], &["--year", "2010..2024"]].concat()).len());
}
