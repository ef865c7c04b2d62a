//! The scenarios that there are, and what one states.

use super::request::{scenario, scenario_ids};
use crate::{Answer, Cell, Rows, Section, Session, Text};
use lode_catalogue::{Mistake, Report};
use lode_scenario::Scenario;
use std::path::Path;

/// The largest scenario file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// The text of a file; `None` if there is no such file and the name may be that of a built-in scenario.
pub fn read_scenario(name: &str) -> Result<Option<String>, Report> {
    let path = Path::new(name);
    if !path.is_file() {
        return match path.extension() {
            Some(_) => Err(Mistake::in_file(name, "cannot be read: there is no such file").into()),
            None => Ok(None),
        };
    }
    let large = || Mistake::in_file(name, "is too large for a scenario").hint("a scenario file is a few pages of TOML");
    if std::fs::metadata(path).is_ok_and(|data| data.len() > MOST_BYTES) {
        return Err(large().into());
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(Some(text)),
        Ok(Err(_)) => Err(Mistake::in_file(name, "is not UTF-8 text").hint("save it as UTF-8").into()),
        Err(error) => Err(Mistake::in_file(name, format!("cannot be read: {error}")).into()),
    }
}

/// The built-in scenarios.
pub fn list(session: &Session) -> Result<Answer, Report> {
    let mut rows = Rows::new(&["scenario", "name_en", "name_ja", "start", "cases", "summary_en"]);
    let mut table = Vec::new();
    for id in scenario_ids() {
        let read = scenario(session, id, None)?;
        let cases: Vec<String> = read.cases.iter().map(|case| case.id.to_string()).collect();
        table.push(vec![
            Text::words(id),
            Text::words(&read.name_en),
            Text::words(read.start.to_string()),
            Text::words(cases.join(", ")),
        ]);
        rows.rows.push(vec![
            Cell::text(id),
            Cell::text(&read.name_en),
            Cell::text(&read.name_ja),
            Cell::text(read.start.to_string()),
            Cell::List(cases),
            Cell::text(&read.summary_en),
        ]);
    }
    let headings = ["scenario", "name", "starts", "cases"].map(str::to_owned).to_vec();
    Ok(Answer {
        rows,
        sections: vec![Section::Table { title: "Built-in scenarios".into(), headings, rows: table }],
        remarks: vec![
            "Run one with --scenario NAME, read it with --show, write your own from --template.".into(),
            format!("From {}, asked on {}.", session.identity(), session.day),
        ],
    })
}

/// What a scenario states, without running it.
pub fn statements(session: &Session, scenario: &Scenario) -> Answer {
    let mut rows = Rows::new(&["scenario", "kind", "text_en", "text_ja", "origins"]);
    let mut add = |kind: &str, of: &[lode_scenario::Statement]| {
        for statement in of {
            let mut origins: Vec<String> = statement.origins.iter().map(ToString::to_string).collect();
            origins.extend(Some(statement.source.clone()).filter(|source| !source.is_empty()));
            rows.rows.push(vec![
                Cell::text(scenario.id.as_str()),
                Cell::text(kind),
                Cell::text(&statement.text_en),
                Cell::text(&statement.text_ja),
                Cell::List(origins),
            ]);
        }
    };
    add("known", &scenario.known);
    add("unknown", &scenario.unknown);
    let lines = |of: &[lode_scenario::Statement]| of.iter().map(|line| line.text_en.clone()).collect();
    let numbers = scenario.numbers().into_iter().map(|number| {
        let value = number.number;
        let range = if value.is_range() { format!(" ({} – {})", value.low, value.high) } else { String::new() };
        format!("{} = {}{range}, {}", number.name, value.value, number.unit)
    });
    let mut sections = vec![
        Section::Paragraph(format!("{}: {}", scenario.name_en, scenario.summary_en)),
        Section::List { title: "What is known".into(), lines: lines(&scenario.known) },
        Section::List { title: "What is not stated anywhere".into(), lines: lines(&scenario.unknown) },
        Section::List { title: "Its numbers".into(), lines: numbers.collect() },
    ];
    if !scenario.is_in_market() {
        sections.push(Section::Paragraph(format!("The market cannot run it: {}", scenario.outside_market)));
    }
    Answer { rows, sections, remarks: vec![format!("From {}, asked on {}.", session.identity(), session.day)] }
}
