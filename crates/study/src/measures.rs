//! Measures of indicators as an answer.

use crate::answer::{percent, readable};
use crate::{Age, Answer, Cell, Rows, Section, Session, Text, names};
use lode_assess::{Indicator, Measure, Query};
use lode_catalogue::{Mistake, did_you_mean};
use lode_model::{Role, Year};

/// The columns of every answer that gives numbers: stable, documented in `docs/src/data/answers.md`.
pub const COLUMNS: [&str; 14] = [
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

/// The indicator that a user names.
pub fn indicator(id: &str) -> Result<&'static dyn Indicator, Mistake> {
    let wanted = id.trim().to_lowercase();
    lode_assess::find(&wanted).ok_or_else(|| {
        let known: Vec<&str> = lode_assess::all().iter().map(|indicator| indicator.card().id).collect();
        let mistake = Mistake::in_file("command line", format!("`{id}` is not an indicator"));
        match did_you_mean(&wanted, known.iter().copied()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("known are {}", known.join(", "))),
        }
    })
}

/// The record of trade that a user names.
pub fn record(text: &str) -> Result<Role, Mistake> {
    let wanted = text.trim().to_lowercase();
    let known = || Role::ALL.iter().map(|role| role.word());
    Role::ALL.iter().copied().find(|role| role.word() == wanted).ok_or_else(|| {
        let mistake = Mistake::in_file("command line", format!("`{text}` is no record of trade"));
        match did_you_mean(&wanted, known()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("known are {}", known().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// Asks indicators a question. Unless one record of trade is asked for, those that read trade are asked by every record
/// there is: the package's own, and what the user gave of each side's declarations.
pub fn assess(session: &Session, indicators: &[&'static dyn Indicator], query: &Query) -> Answer {
    let world = &session.world;
    let mut measures = Vec::new();
    for indicator in indicators {
        measures.extend(indicator.assess(world, query));
        if query.record.is_none() && !query.country.is_world() && indicator.card().reads.contains(&"trade") {
            for role in world.declared.keys() {
                measures.extend(indicator.assess(world, &Query { record: Some(*role), ..query.clone() }));
            }
        }
    }
    let mut answer = Answer { rows: rows(&measures), ..Answer::default() };
    let heading = format!(
        "{} of {} ({})",
        if let [one] = indicators { one.card().name_en } else { "Exposure" },
        names::shown(&session.world, &query.country.name),
        session
            .world
            .commodities
            .get(&query.commodity)
            .map_or(query.commodity.as_str(), |commodity| &commodity.name_en),
    );
    answer.sections.push(table(session, heading, &measures, indicators.len() > 1));
    let notes = numbered_notes(&measures);
    if !notes.is_empty() {
        answer.sections.push(Section::List {
            title: "Notes".into(),
            lines: notes.iter().enumerate().map(|(index, note)| format!("[{}] {note}", index + 1)).collect(),
        });
    }
    answer.remarks = remarks(session, &measures);
    answer.remarks.extend(names::remark_on(&query.country));
    answer.remarks.extend(query.partner.as_ref().and_then(names::remark_on));
    answer
}

/// Measures as rows of [`COLUMNS`].
pub fn rows(measures: &[Measure]) -> Rows {
    let mut rows = Rows::new(&COLUMNS);
    rows.rows = measures.iter().map(row).collect();
    rows
}

/// One measure as a row of [`COLUMNS`].
pub fn row(measure: &Measure) -> Vec<Cell> {
    vec![
        Cell::text(measure.indicator),
        Cell::text(&measure.country),
        Cell::text(measure.commodity.as_str()),
        Cell::text(measure.stage.map_or("", |stage| stage.word())),
        Cell::text(&measure.partner),
        measure.year.map_or(Cell::Empty, |year| Cell::Integer(year.into())),
        Cell::number(measure.band.value),
        Cell::number(measure.band.low),
        Cell::number(measure.band.high),
        Cell::text(&measure.unit),
        Cell::text(&measure.basis),
        Cell::text(measure.quality.word()),
        Cell::List(measure.origins.iter().map(|origin| origin.as_str().to_owned()).collect()),
        Cell::text(measure.notes.join("; ")),
    ]
}

/// What every answer says at its foot: the age of its newest record, the worst quality, the package.
pub fn remarks(session: &Session, measures: &[Measure]) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(newest) = newest_year(measures) {
        remarks.push(Age::of_year(newest, session.day).sentence("record"));
    }
    let mut origins: Vec<&str> =
        measures.iter().flat_map(|measure| &measure.origins).map(|origin| origin.as_str()).collect();
    origins.sort_unstable();
    origins.dedup();
    if !origins.is_empty() {
        remarks.push(format!("Origins: {} (`lode sources ORIGIN` shows one).", origins.join(", ")));
    }
    remarks.push(format!("From {}, asked on {}.", session.identity(), session.day));
    remarks
}

/// The newest year for which there is a number.
pub fn newest_year(measures: &[Measure]) -> Option<Year> {
    measures.iter().filter(|measure| !measure.is_missing()).filter_map(|measure| measure.year).max()
}

fn numbered_notes(measures: &[Measure]) -> Vec<&str> {
    let mut notes: Vec<&str> = Vec::new();
    for note in measures.iter().flat_map(|measure| &measure.notes) {
        if !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    notes
}

fn table(session: &Session, title: String, measures: &[Measure], name_indicator: bool) -> Section {
    let notes = numbered_notes(measures);
    let with_stage = measures.iter().any(|measure| measure.stage.is_some());
    let with_partner = measures.iter().any(|measure| !measure.partner.is_empty());
    let mut headings: Vec<&str> = Vec::new();
    if name_indicator {
        headings.push("indicator");
    }
    headings.push("year");
    if with_stage {
        headings.push("stage");
    }
    if with_partner {
        headings.push("partner");
    }
    headings.extend(["value", "low – high", "unit", "basis", "quality", "notes"]);
    let rows = measures.iter().map(|measure| {
        let mut cells = Vec::new();
        if name_indicator {
            cells.push(Text::words(measure.indicator));
        }
        cells.push(Text::words(measure.year.map_or(String::new(), |year| year.to_string())));
        if with_stage {
            cells.push(Text::words(measure.stage.map_or("", |stage| stage.word())));
        }
        if with_partner {
            cells.push(Text::words(names::shown(&session.world, &measure.partner)));
        }
        let marks: Vec<String> = measure
            .notes
            .iter()
            .filter_map(|note| notes.iter().position(|known| known == note))
            .map(|index| format!("[{}]", index + 1))
            .collect();
        cells.extend([
            Text::number(value(measure)),
            Text::number(band(measure)),
            Text::words(if measure.unit == "share" { "" } else { &measure.unit }),
            Text::words(&measure.basis),
            Text::words(measure.quality.word()),
            Text::words(marks.join(" ")),
        ]);
        cells
    });
    let rows = rows.collect();
    Section::Table { title, headings: headings.into_iter().map(str::to_owned).collect(), rows }
}

/// The central value for people.
pub fn value(measure: &Measure) -> String {
    match measure.band.value {
        Some(value) => number(value, &measure.unit),
        None if measure.is_missing() => "not enough data".into(),
        None => "only bounds".into(),
    }
}

fn band(measure: &Measure) -> String {
    match (measure.band.low, measure.band.high) {
        // A band that cannot be told from the value at this rounding says nothing more.
        (Some(low), Some(high)) if [low, high].iter().all(|end| number(*end, &measure.unit) == value(measure)) => {
            String::new()
        }
        (Some(low), Some(high)) => format!("{} – {}", number(low, &measure.unit), number(high, &measure.unit)),
        (Some(low), None) => format!("≥ {}", number(low, &measure.unit)),
        (None, Some(high)) => format!("≤ {}", number(high, &measure.unit)),
        (None, None) => String::new(),
    }
}

fn number(value: f64, unit: &str) -> String {
    if unit == "share" { percent(value) } else { readable(value) }
}
