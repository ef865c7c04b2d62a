//! Pages of the book that are made from the code: indicators from their cards, tables from their schemas. With
//! `UPDATE_DOCUMENTS=1` the pages are written instead of compared.

use lode_assess::{Direction, all};
use lode_catalogue::{FieldType, Schema};
use std::fmt::Write;
use std::path::Path;

fn compare(page: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src").join(page);
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == expected,
        "{page} is not what the code says: run UPDATE_DOCUMENTS=1 cargo test --package lode-cli --test documents"
    );
}

#[test]
fn the_page_of_indicators_is_their_cards() {
    let mut page = String::from(
        "# Indicators\n\nMade from the method cards; a test holds this page to them. `lode explain INDICATOR` shows one.\n",
    );
    for indicator in all() {
        let card = indicator.card();
        let direction = match card.direction {
            Direction::HigherIsRiskier => "Higher means more exposed.",
            Direction::LowerIsRiskier => "Lower means more exposed.",
            Direction::Amount => "An amount, not a risk.",
        };
        write!(
            page,
            "\n## {}\n\n**{}** ({}). {} {direction} Unit: {}.\n\n```\n{}\n```\n\n",
            card.id, card.name_en, card.name_ja, card.plain, card.unit, card.equation
        )
        .unwrap();
        page.push_str("| symbol | meaning |\n|---|---|\n");
        card.symbols.iter().for_each(|(symbol, meaning)| writeln!(page, "| {symbol} | {meaning} |").unwrap());
        write!(page, "\nWorked number: {}.\n\nSources:\n", card.worked).unwrap();
        for source in card.sources {
            let doi = if source.doi.is_empty() { String::new() } else { format!(" doi:{}", source.doi) };
            writeln!(page, "- {}{doi}", source.citation).unwrap();
        }
        page.push_str("\nWhat it cannot say:\n");
        card.caveats.iter().for_each(|caveat| writeln!(page, "- {caveat}").unwrap());
        write!(page, "\nReads {}.", card.reads.join(", ")).unwrap();
        if !card.assumptions.is_empty() {
            write!(page, " Assumptions: {}.", card.assumptions.join(", ")).unwrap();
        }
        page.push('\n');
    }
    compare("methods/indicators.md", &page);
}

#[test]
fn the_page_of_tables_is_their_schemas() {
    let mut page = String::from(
        "# Tables of a package\n\nMade from `data/schemas`; a test holds this page to them. A package is a Frictionless Data Package: \
         `datapackage.json` and one CSV for each table. Columns of the key are bold.\n",
    );
    for schema in Schema::all() {
        write!(page, "\n## {}\n\n{}\n\n| column | type | meaning |\n|---|---|---|\n", schema.name, schema.about)
            .unwrap();
        for field in &schema.fields {
            let name = if field.key { format!("**{}**", field.name) } else { field.name.clone() };
            let unit = field.unit.as_ref().map_or(String::new(), |unit| format!(" ({unit})"));
            let words = if field.vocabulary.is_empty() {
                String::new()
            } else {
                format!(". One of `{}`", field.vocabulary.join("`, `"))
            };
            writeln!(page, "| {name} | {} | {}{unit}{words} |", kind(field.kind), field.about).unwrap();
        }
    }
    compare("data/tables.md", &page);
}

fn kind(kind: FieldType) -> String {
    let mut words = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// The first screen of the README is what the program prints.
#[test]
fn the_readme_shows_real_output() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lode"))
            .args(arguments)
            .args(["--today", "2026-11-24"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for arguments in [["desk", "JPN"], ["claims", "meti-2020"]] {
        let shown = run(&arguments);
        assert!(
            readme.contains(shown.trim_end()),
            "the README does not show what `lode {}` prints:\n{shown}",
            arguments.join(" ")
        );
    }
}
