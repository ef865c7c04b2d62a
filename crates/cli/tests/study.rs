//! Citing, packing and making again, templates and workbooks, as a user meets them.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn lode(arguments: &[&str]) -> Output {
    let command = arguments.iter().position(|argument| *argument == "--").unwrap_or(arguments.len());
    let (before, after) = arguments.split_at(command);
    Command::new(env!("CARGO_BIN_EXE_lode")).args(before).args(["--today", "2026-11-24"]).args(after).output().unwrap()
}

fn answered(arguments: &[&str]) -> String {
    let output = lode(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = lode(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// The file with one text inside changed.
fn changed(from: &str, to: &str, entry: &str, change: impl Fn(String) -> String) {
    let mut files = lode_catalogue::files_of_zip(from, std::fs::read(from).unwrap()).unwrap();
    let text = String::from_utf8(files.remove(entry).unwrap()).unwrap();
    files.insert(entry.into(), change(text).into_bytes());
    std::fs::write(to, lode_catalogue::zip_of(&files).unwrap()).unwrap();
}

const SIMULATE: [&str; 7] = ["simulate", "--scenario", "gallium-germanium-2023", "--replicates", "8", "--horizon", "6"];

#[test]
fn a_packed_study_is_made_again_and_every_difference_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (path(folder.path(), "study.zip"), path(folder.path(), "other.zip"));
    let assess = ["assess", "--country", "JPN", "--commodity", "rare-earths", "--year", "2019..2024"];
    answered(&[&["study", "pack", "--output", &file, "--"][..], &assess, &["--"], &SIMULATE].concat());
    let again = answered(&["study", "run", &file, "--format", "json"]);
    let rows: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((rows[0]["state"].as_str(), rows[1]["state"].as_str()), (Some("the same"), Some("the same")));
    assert_eq!(rows[0]["rows"], 6);

    // A number inside that somebody changed, and the hash of another package.
    changed(&file, &other, "results/1.json", |text| text.replacen("\"value\":0.", "\"value\":7.", 1));
    assert!(refused(&["study", "run", &other]).contains("the file was changed"));
    changed(&file, &other, "study.json", |text| {
        let mut study: Value = serde_json::from_str(&text).unwrap();
        study["package"]["sha256"] = "0000".into();
        study["results"][0]["question"]["commodity"] = "gallium".into();
        study.to_string()
    });
    let text = refused(&["study", "run", &other]);
    assert!(text.contains("the sha256 of the package was 0000"), "{text}");
    assert!(text.contains("column commodity: was \"rare-earths\", is \"gallium\""), "{text}");
}

#[test]
fn own_values_are_not_inside_unless_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (overlay, file) = (path(folder.path(), "own.csv"), path(folder.path(), "study.zip"));
    let secret = "table,key,field,value,reason\nassumptions,assumption=market.cover,value,1.2345,our own survey\n";
    std::fs::write(&overlay, secret).unwrap();
    let pack = |more: &[&str]| {
        answered(&[&["study", "pack", "--output", &file, "--overlay", &overlay][..], more, &["--"], &SIMULATE].concat())
    };
    let inside = || {
        let files = lode_catalogue::files_of_zip(&file, std::fs::read(&file).unwrap()).unwrap();
        files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect::<String>()
    };
    assert!(pack(&[]).contains("by hash only"));
    assert!(!inside().contains("1.2345") && !inside().contains("our own survey") && !inside().contains("p50"));
    assert!(refused(&["study", "run", &file]).contains("give the same files in the same order with --overlay"));
    answered(&["study", "run", &file, "--overlay", &overlay]);
    std::fs::write(&overlay, secret.replace("1.2345", "1.5")).unwrap();
    assert!(refused(&["study", "run", &file, "--overlay", &overlay]).contains("other values of the user's own"));
    std::fs::write(&overlay, secret).unwrap();

    assert!(pack(&["--own-values"]).contains("CONFIDENTIAL"));
    assert!(inside().contains("1.2345") && inside().contains("p50"));
    answered(&["study", "run", &file]);
}

#[test]
fn what_cannot_be_packed_or_read_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (file, list) = (path(folder.path(), "study.zip"), path(folder.path(), "list.csv"));
    let commands = ["study", "pack", "--output", &file, "--", "desk", "--", "fetch", "--", "exposure", "--bom", &list];
    let text = refused(&commands);
    assert!(text.contains("`desk`") && text.contains("`fetch` asks no question"), "{text}");
    answered(&["template", "parts", "--output", &list]);
    let own = ["study", "pack", "--output", &file, "--", "exposure", "--bom", &list, "--cut", "dysprosium=1"];
    assert!(refused(&own).contains("holds a list of your own"));
    assert!(!Path::new(&file).exists());
    std::fs::write(&file, b"PK no zip").unwrap();
    assert!(refused(&["study", "run", &file]).contains("is not a zip file"));
}

#[test]
fn a_citation_names_package_hash_method_and_seed() {
    let hash = answered(&["package", "show", "--format", "table"]);
    let text =
        answered(&["cite", "--", "assess", "--country", "JPN", "--commodity", "Dy", "--indicator", "hhi,geopolrisk"]);
    for told in ["critical-minerals", "SHA-256", "Method card `geopolrisk`", "doi:", "assess country=JPN commodity=Dy"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    let bibtex = answered(&[&["cite", "--style", "bibtex", "--"][..], &SIMULATE].concat());
    assert!(
        bibtex.contains("@software{lode-") && bibtex.contains("seed 1") && bibtex.contains("lode-method-market"),
        "{bibtex}"
    );
    let csl: Value = serde_json::from_str(&answered(&["cite", "--style", "csl-json"])).unwrap();
    assert_eq!((csl[0]["type"].as_str(), csl[1]["type"].as_str()), (Some("software"), Some("dataset")));
    let sha256 = csl[1]["note"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(sha256.len(), 64);
    assert!(hash.contains(&sha256) || answered(&["desk", "JPN"]).contains(&sha256[..12]));
}

#[test]
fn every_table_is_a_workbook_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "answer.xlsx");
    for command in [
        &["desk", "JPN"][..],
        &["claims", "meti-2020"],
        &["sources"],
        &["explain"],
        &["exposure", "--list"],
        &["steps", "logic", "--replicates", "20"],
        &["package", "show"],
        &SIMULATE,
    ] {
        answered(&[command, &["--format", "xlsx", "--output", &file]].concat());
        let input = lode_catalogue::Input::open(Path::new(&file)).unwrap();
        let sheets = lode_catalogue::Workbook::open(input).unwrap().unwrap().sheets();
        assert_eq!(sheets, ["data", "sources", "assumptions", "about"], "{command:?}");
        std::fs::remove_file(&file).unwrap();
    }
    assert!(refused(&["desk", "JPN", "--format", "xlsx"]).contains("add --output FILE.xlsx"));
}

#[test]
fn templates_are_filled_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let (overlay, parts) = (path(folder.path(), "overlay.xlsx"), path(folder.path(), "parts.xlsx"));
    answered(&["template", "overlay", "--output", &overlay]);
    answered(&["template", "parts", "--output", &parts]);
    let told = answered(&["check", &overlay, &parts]);
    assert!(told.contains("0 values of the user's") && told.contains("list of parts"), "{told}");
    let rows = answered(&["exposure", "--bom", &parts, "--format", "json"]);
    assert!(rows.contains("dysprosium-metal"));
    assert!(refused(&["template", "parts", "--output", &path(folder.path(), "x.txt")]).contains("neither"));
    assert!(refused(&["template", "parts"]).contains("needs a file"));
}
