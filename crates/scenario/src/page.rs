//! The page of the book on scenario files, made from the declarations of the nouns.

use crate::built_in::BUILT_IN;
use crate::reader::{Record, RecordAbout};
use crate::scenario::{
    Allowance, Case, Control, ControlKind, DemandSurge, Dumping, FloorInstrument, Leak, LeakKind, Lever, LeverKind,
    Outage, RouteClosure, Scenario, Statement, Suspension,
};
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Scenario files

Made from the code; a test holds this page to it. A scenario says what is supposed to happen and what is done about it. It is a
TOML file of a screen or two, which an analyst can write in five minutes from the template below. Every mistake in a file is told at
once, with its line and a hint, and nothing is run until the file is right.

## How things are written

- Countries: by code, or by English or Japanese name (`JPN`, `Japan`, `日本`); also regions of the market and groups such as `EU27`.
- Days as `2026-01-06`, months as `2026-01`. The last day of a measure is its last day in force.
- Shares are fractions: 60 % is `0.6`.
- A number is a point, `0.6`, or a range, `{ value = 0.6, low = 0.4, high = 0.9, assumed = \"why\" }`. Instead of `assumed` it may name
  `origin = \"id of a record\"` or `source = \"title, date\"`. A bare number is the author's own statement and is shown as such. A range is
  drawn triangularly, or on the logarithm with `draw = \"log-triangular\"`.
- An event starts on a day or after another event: `start = { after = \"ban\", delay_months = 2, chance = 0.3 }`. That is how a retaliation
  is written.
- An event ends with a day, `\"never\"`, after some time, `{ months = 6 }`, or by a deal, `{ earliest = \"2026-10-01\", monthly_chance = 0.1 }`.
- What was in force before the run starts is held by the flows of the base year: give the date on which something changes.
- A number has a name, the id of its event and its field, as in `ban.severity`. Cases override numbers by these names.

";

/// The page as Markdown.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    // Writing to a text cannot fail.
    let _ = write!(
        page,
        "## Template\n\n```toml\n{}```\n\n## Built in\n\n| id | what | cases |\n|---|---|---|\n",
        Scenario::template()
    );
    for (id, text) in BUILT_IN {
        let table: toml::Table = text.parse().unwrap_or_default();
        let text = |table: &toml::Table, key: &str| {
            table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
        };
        let cases = table.get("cases").and_then(toml::Value::as_array).into_iter().flatten();
        let cases: Vec<String> = cases.filter_map(toml::Value::as_table).map(|case| text(case, "id")).collect();
        let outside = text(&table, "outside_market");
        let remark = if outside.is_empty() { String::new() } else { format!(" Not run: {outside}.") };
        let _ = writeln!(page, "| `{id}` | {}.{remark} | {} |", text(&table, "name_en"), cases.join(", "));
    }
    page.push_str("\nGenerated: for every form and importer, a supplier stops for a year (`stress-FORM-STAGE-SUPPLIER-IMPORTER`).\n");
    for (place, record) in [
        ("the file itself", Scenario::record_about()),
        ("`[[known]]` and `[[unknown]]`", Statement::record_about()),
        ("`[[cases]]`", Case::record_about()),
        ("`[[controls]]`", Control::record_about()),
    ] {
        section(&mut page, place, &record);
    }
    kinds(&mut page, "control", ControlKind::kinds_about());
    section(&mut page, "`allowances` of a quota", &Allowance::record_about());
    section(&mut page, "`suspended` of a control", &Suspension::record_about());
    for (place, record) in [
        ("`[[outages]]`", Outage::record_about()),
        ("`[[route_closures]]`", RouteClosure::record_about()),
        ("`[[demand_surges]]`", DemandSurge::record_about()),
        ("`[[dumping]]`", Dumping::record_about()),
        ("`[[leaks]]`", Leak::record_about()),
    ] {
        section(&mut page, place, &record);
    }
    kinds(&mut page, "leak", LeakKind::kinds_about());
    section(&mut page, "`[[levers]]`", &Lever::record_about());
    kinds(&mut page, "lever", LeverKind::kinds_about());
    kinds(&mut page, "price-floor instrument", FloorInstrument::kinds_about());
    page
}

/// Every noun of a scenario file: the file itself first, then what stands in its lists, and the kinds of each.
pub fn nouns() -> Vec<RecordAbout> {
    let records = [
        Scenario::record_about(),
        Statement::record_about(),
        Case::record_about(),
        Control::record_about(),
        Allowance::record_about(),
        Suspension::record_about(),
        Outage::record_about(),
        RouteClosure::record_about(),
        DemandSurge::record_about(),
        Dumping::record_about(),
        Leak::record_about(),
        Lever::record_about(),
    ];
    let kinds =
        [ControlKind::kinds_about(), LeakKind::kinds_about(), LeverKind::kinds_about(), FloorInstrument::kinds_about()];
    records.into_iter().chain(kinds.into_iter().flatten()).collect()
}

fn section(page: &mut String, place: &str, record: &RecordAbout) {
    let _ = write!(page, "\n## {}: {place}\n\n{}\n\n", spaced(record.name), record.about);
    fields(page, record);
}

fn kinds(page: &mut String, noun: &str, kinds: Vec<RecordAbout>) {
    for kind in kinds {
        let _ = write!(page, "\n### {noun} `{}`\n\n{}\n", kind.word.unwrap_or_default(), kind.about);
        if !kind.fields.is_empty() {
            page.push('\n');
            fields(page, &kind);
        }
    }
}

fn fields(page: &mut String, record: &RecordAbout) {
    page.push_str("| field | what is written | left out | meaning |\n|---|---|---|---|\n");
    for field in &record.fields {
        let default = match field.default.as_deref() {
            None => "must be given".to_owned(),
            Some("none") => String::new(),
            Some(value) => format!("`{value}`"),
        };
        let name = if field.default.is_none() { format!("**{}**", field.name) } else { field.name.to_owned() };
        let shape = field
            .shape
            .replace(", or { value, low, high, assumed = \"why\" }", " or a range")
            .replace("a text in quotes", "a text");
        let _ = writeln!(page, "| {name} | {shape} | {default} | {} |", field.about);
    }
}

/// `RouteClosure` as `Route closure`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
