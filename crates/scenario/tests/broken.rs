//! Broken files beside the whole message that they give. With `UPDATE_MESSAGES=1` the messages are written, to be read by a person.

mod common;

use common::vocabulary;
use lode_scenario::{BUILT_IN, Scenario};
use std::path::Path;

#[test]
fn every_broken_file_gives_its_whole_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert_eq!(files.len(), 8);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let report = Scenario::parse(&text, &name, &vocabulary()).expect_err(&name);
        let message = format!("{report}\n");
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_MESSAGES").is_some() {
            std::fs::write(&expected, &message).unwrap();
        }
        assert_eq!(message, std::fs::read_to_string(&expected).unwrap(), "{name}");
    }
}

/// Whatever a file is cut to or has swapped, reading it ends with a scenario or a report, never with a panic.
#[test]
fn no_cut_or_swapped_file_panics() {
    let words = vocabulary();
    for (id, text) in BUILT_IN.iter().chain([&("template", Scenario::template())]) {
        for cut in (0..text.len()).step_by(97).filter(|cut| text.is_char_boundary(*cut)) {
            let _ = Scenario::parse(&text[..cut], id, &words);
        }
        for (from, to) in
            [("\"", ""), ("=", ":"), ("[[", "["), ("{", "["), ("0.", "-"), ("20", "99999999999999999999"), ("-", "")]
        {
            let swapped = text.replace(from, to);
            if let Err(report) = Scenario::parse(&swapped, id, &words) {
                assert!(report.count() > 0 && !report.to_string().is_empty());
            }
        }
    }
}

#[test]
fn a_file_of_a_thousand_mistakes_names_two_hundred_and_counts_the_rest() {
    let mut text = "id = \"many\"\nname_en = \"many\"\nstart = \"2025-01\"\nbase_year = 2024\n".to_owned();
    for number in 0..1000 {
        text.push_str(&format!("[[controls]]\nid = \"c{number}\"\nkind = \"ban\"\nexporters = [\"X\"]\nforms = [\"gallium\"]\nstart = \"2025-02-01\"\n"));
    }
    let report = Scenario::parse(&text, "many.toml", &vocabulary()).unwrap_err();
    assert_eq!((report.count(), report.mistakes().len()), (1000, 200));
    assert!(report.to_string().ends_with("... and 800 more mistakes\n1000 mistakes in all; nothing was run"));
}
