//! Origins in the shapes of the wire.

use crate::wire::{Origin, Sources};
use lode_catalogue::Mistake;
use lode_study::{Answer, Cell, Session, sources as study};

/// Every origin.
pub fn sources(session: &Session) -> Sources {
    let origins = rows(&study::sources(session));
    Sources { records: origins.iter().map(|origin| origin.records).sum(), origins }
}

/// One origin.
pub fn source(session: &Session, id: &str) -> Result<Option<Origin>, Mistake> {
    Ok(rows(&study::source(session, id)?).into_iter().next())
}

/// Some origins, in the order asked for; those that the package does not hold are left out.
pub fn some_of(session: &Session, ids: &[String]) -> Vec<Origin> {
    let all = rows(&study::sources(session));
    ids.iter().filter_map(|id| all.iter().find(|origin| origin.origin == *id).cloned()).collect()
}

fn rows(answer: &Answer) -> Vec<Origin> {
    let place = |name: &str| answer.rows.columns.iter().position(|column| *column == name);
    let origin = |row: &Vec<Cell>| {
        let cell = |name: &str| place(name).and_then(|at| row.get(at));
        let text = |name: &str| match cell(name) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        };
        Origin {
            origin: text("origin").unwrap_or_default(),
            producer: text("producer").unwrap_or_default(),
            title: text("title").unwrap_or_default(),
            version: text("version"),
            date: text("date"),
            licence: text("licence"),
            redistributable: text("redistributable"),
            secondary: text("secondary"),
            records: match cell("records") {
                Some(Cell::Integer(records)) => *records,
                _ => 0,
            },
            url: text("url"),
            citation: text("citation"),
            sha256: text("sha256"),
            note: text("note"),
        }
    };
    answer.rows.rows.iter().map(origin).collect()
}
