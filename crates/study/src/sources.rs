//! Where the numbers come from: every origin, or one with all that rests on it.

use crate::market::history;
use crate::{Answer, Cell, Rows, Section, Session, Text};
use lode_catalogue::{Mistake, did_you_mean};
use lode_model::{Origin, OriginId, Redistribution, World};
use std::collections::{BTreeMap, BTreeSet};

type Counts = BTreeMap<OriginId, BTreeMap<String, usize>>;

/// The columns of `lode sources`.
pub const COLUMNS: [&str; 13] = [
    "origin",
    "producer",
    "title",
    "version",
    "date",
    "licence",
    "redistributable",
    "secondary",
    "records",
    "url",
    "citation",
    "sha256",
    "note",
];

/// Every origin, those of the market of an earlier time included, and what rests on each.
fn all(session: &Session) -> (BTreeMap<OriginId, Origin>, Counts) {
    let mut counts: BTreeMap<OriginId, BTreeMap<String, usize>> = BTreeMap::new();
    let mut count = |world: &World, name: &dyn Fn(&str) -> String| {
        for (origin, tables) in world.records_by_origin() {
            for (table, records) in tables {
                *counts.entry(origin.clone()).or_default().entry(name(table)).or_default() += records;
            }
        }
    };
    count(&session.world, &str::to_owned);
    let mut origins = session.world.origins.clone();
    if let Some(past) = history::earliest(&session.world) {
        let market = World { market: past.market, ..World::empty() };
        count(&market, &|table| format!("{table} of an earlier time"));
        for (id, origin) in past.origins {
            origins.entry(id).or_insert(origin);
        }
    }
    (origins, counts)
}

/// Every origin with the number of records that rest on it.
pub fn sources(session: &Session) -> Answer {
    let (origins, counts) = all(session);
    let mut origins: Vec<&Origin> = origins.values().collect();
    origins.sort_by_key(|origin| std::cmp::Reverse(records(&counts, origin)));
    let table = origins.iter().map(|origin| {
        vec![
            Text::words(origin.id.as_str()),
            Text::words(&origin.title),
            Text::words(&origin.date),
            Text::words(&origin.licence),
            Text::words(if origin.secondary { "second-hand" } else { "" }),
            Text::number(records(&counts, origin).to_string()),
        ]
    });
    let headings = ["origin", "title", "date", "licence", "", "records"].map(str::to_owned).to_vec();
    Answer {
        rows: rows(&counts, &origins),
        sections: vec![Section::Table { title: format!("{} origins", origins.len()), headings, rows: table.collect() }],
        remarks: vec![format!("From {}.", session.identity())],
    }
}

/// One origin in full.
pub fn source(session: &Session, id: &str) -> Result<Answer, Mistake> {
    let (origins, counts) = all(session);
    let Some(origin) = origins.get(id) else {
        let mistake = Mistake::in_file("command line", format!("`{id}` is not an origin of this package"));
        let known = origins.keys().map(|id| id.as_str());
        return Err(match did_you_mean(id, known) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint("`lode sources` lists them"),
        });
    };
    let line = |name: &str, text: &str| (!text.is_empty()).then(|| format!("{name}: {text}"));
    let tables: Vec<String> = counts
        .get(&origin.id)
        .into_iter()
        .flatten()
        .map(|(table, count)| format!("{table}: {count} records"))
        .collect();
    let facts = [
        line("Producer", &origin.producer),
        line("Title", &origin.title),
        line("Version", &origin.version),
        line("Date", &origin.date),
        line("Cite as", &origin.citation),
        line("Address", &origin.url),
        line("Licence", &origin.licence),
        line("May be passed on", redistribution(origin)),
        line(
            "Read",
            if origin.secondary {
                "second-hand: check the original before relying on it"
            } else {
                "from the publisher's own text or file"
            },
        ),
        line("SHA-256 of the file read", &origin.sha256),
        line("Mistrust", &origin.note),
    ];
    Ok(Answer {
        rows: rows(&counts, &[origin]),
        sections: vec![
            Section::List { title: origin.id.as_str().into(), lines: facts.into_iter().flatten().collect() },
            Section::List { title: "What rests on it".into(), lines: tables },
        ],
        remarks: vec![format!("From {}.", session.identity())],
    })
}

/// The origins that the rows of an answer name, in the order of their ids; those that the package does not hold are left out.
pub fn named_by(session: &Session, named: &Rows) -> Rows {
    let places = named.columns.iter().enumerate().filter(|(_, column)| ["origins", "origin"].contains(*column));
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for (place, _) in places {
        for row in &named.rows {
            match row.get(place) {
                Some(Cell::List(items)) => ids.extend(items.iter().map(String::as_str)),
                Some(Cell::Text(text)) => drop(ids.insert(text)),
                _ => {}
            }
        }
    }
    let (origins, counts) = all(session);
    let origins: Vec<&Origin> = ids.into_iter().filter_map(|id| origins.get(id)).collect();
    rows(&counts, &origins)
}

fn records(counts: &Counts, origin: &Origin) -> usize {
    counts.get(&origin.id).map_or(0, |tables| tables.values().sum())
}

fn rows(counts: &Counts, origins: &[&Origin]) -> Rows {
    let mut rows = Rows::new(&COLUMNS);
    for origin in origins {
        rows.rows.push(vec![
            Cell::text(origin.id.as_str()),
            Cell::text(&origin.producer),
            Cell::text(&origin.title),
            Cell::text(&origin.version),
            Cell::text(&origin.date),
            Cell::text(&origin.licence),
            Cell::text(redistribution(origin)),
            Cell::text(if origin.secondary { "yes" } else { "no" }),
            Cell::Integer(i64::try_from(records(counts, origin)).unwrap_or(i64::MAX)),
            Cell::text(&origin.url),
            Cell::text(&origin.citation),
            Cell::text(&origin.sha256),
            Cell::text(&origin.note),
        ]);
    }
    rows
}

fn redistribution(origin: &Origin) -> &'static str {
    match origin.redistribution {
        Redistribution::Yes => "yes",
        Redistribution::DerivedOnly => "derived-only",
        Redistribution::Facts => "facts",
        Redistribution::No => "no",
    }
}
