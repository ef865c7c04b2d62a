//! The record behind a number: what it is, how it was made, what else is said, the rows it came from.

use super::sources;
use crate::fault::{Answered, Fault};
use crate::parameters::Parameters;
use crate::state::App;
use crate::wire::{Labelled, Number, RawTable, Record, Sentence, some};
use lode_assess::{Basis, Measure, Query, find};
use lode_catalogue::{Mistake, parse_number};
use lode_model::{CountryCode, Stage, World};
use lode_study::exposure::Processes;
use lode_study::raw::{self, RawRows};
use lode_study::{Options, Session, economy, explain, measures};
use serde_json::{Value, json};

/// Rows shown of each table.
const MOST_ROWS: usize = 100;
/// Columns that may choose rows of a table.
const FILTERS: [&str; 27] = [
    "project",
    "metric",
    "period",
    "form",
    "exporter",
    "importer",
    "control",
    "commodity",
    "country",
    "stage",
    "year",
    "process",
    "region",
    "use",
    "topic",
    "subject",
    "assumption",
    "origin",
    "price",
    "market",
    "indicator",
    "hs_code",
    "item",
    "industry",
    "of",
    "input",
    "parameter",
];

/// The answer.
pub fn record(app: &App, session: &Session, mut parameters: Parameters) -> Answered<Record> {
    let options = &app.options;
    match parameters.take("table") {
        Some(table) if table.starts_with("step_") => row(&app.processes()?.session, options, &table, parameters),
        Some(table) if table == "trade" => trade(session, parameters),
        Some(table) => row(session, options, &table, parameters),
        None if parameters.has("claim") => claim(session, parameters),
        None if parameters.has("step") => {
            let processes = app.processes()?;
            step(&processes, options, parameters)
        }
        None => measure(session, options, parameters),
    }
}

fn raw_table(rows: RawRows) -> RawTable {
    let cell = |text: String| match parse_number(&text) {
        // Codes such as 010121 are words.
        Some(number) if !(text.starts_with('0') && text.len() > 1 && !text.starts_with("0.")) => json!(number),
        _ if text.is_empty() => Value::Null,
        _ => Value::String(text),
    };
    let words: Vec<bool> = rows.columns.iter().map(|column| column == "hs_code" || column == "hs_codes").collect();
    let row = |cells: Vec<String>| {
        let typed = cells.into_iter().zip(&words);
        typed.map(|(text, word)| if *word { Value::String(text) } else { cell(text) }).collect()
    };
    RawTable {
        table: rows.table,
        about: rows.about,
        columns: rows.columns,
        rows: rows.rows.into_iter().map(row).collect(),
        more: rows.more,
    }
}

fn nothing() -> Fault {
    Fault::not_found("no_record", "this package holds no record for this question")
}

// ---------------------------------------------------------------------------------------------------------- measures

fn measure(session: &Session, options: &Options, mut parameters: Parameters) -> Answered<Record> {
    let world = &session.world;
    let day = session.day.year;
    let indicator = parameters.need("indicator", "dependence");
    let indicator = indicator.and_then(|id| match measures::indicator(&id) {
        Ok(indicator) => Some(indicator),
        Err(mistake) => {
            parameters.wrong("indicator", mistake.message, mistake.hint);
            None
        }
    });
    let country = parameters.country(world, day);
    let commodity = parameters.commodity(world);
    let stage = parameters.stage().filter(|stage| *stage != Stage::Trade);
    let partner = parameters.read("partner", |text| economy(world, text, day));
    let years = parameters.years();
    let basis = parameters.basis();
    let hs_set = parameters.read("hs_set", |text| match world.hs_sets.get(text) {
        Some(set) => Ok(set.id.clone()),
        None => Err(Mistake::in_file("", "there is no such set of customs codes")),
    });
    parameters.finish()?;
    let (Some(indicator), Some(country), Some(commodity)) = (indicator, country, commodity) else {
        return Err(nothing());
    };
    let newest = world.trade.newest_year().unwrap_or(day - 1);
    let years = years.unwrap_or(newest..=newest);
    let query = Query { country, commodity, stage, partner, years, basis, hs_set, record: None };
    let Some(found) = indicator.assess(world, &query).into_iter().next_back() else { return Err(nothing()) };
    let found = of_partner(session, &query, found);
    let year = found.year.map_or(String::new(), |year| year.to_string());
    let label = Sentence::new("record.share")
        .commodity("commodity", query.commodity.as_str())
        .country("partner", &found.partner)
        .country("country", &query.country.name)
        .with("year", year);
    let origins: Vec<String> = found.origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    let card = explain::explain(&[indicator]).rows.json();
    Ok(Record {
        label,
        num: Number::measure(&found),
        card: card.as_array().and_then(|cards| cards.first()).cloned(),
        rivals: rivals(world, &query, &found),
        raw: behind(session, options, &query, &found)?,
        origins: sources::some_of(session, &origins),
        command: Some(command(&query, &found)),
    })
}

/// The indicators of concentration answer for the largest supplier; of another one its share of the same amounts is given.
fn of_partner(session: &Session, query: &Query, found: Measure) -> Measure {
    let Some(partner) = query.partner.as_ref().and_then(|partner| CountryCode::parse(&partner.name)) else {
        return found;
    };
    if found.indicator != "top-1" || found.partner == partner.to_string() {
        return found;
    }
    let rank = lode_study::desk::rank(session, &query.country, &found, usize::MAX);
    match rank.into_iter().find(|(code, _)| *code == partner) {
        Some((_, band)) => Measure { partner: partner.to_string(), band, ..found },
        None => found,
    }
}

fn rivals(world: &World, query: &Query, found: &Measure) -> Vec<Labelled> {
    let mut rivals = Vec::new();
    if found.indicator != "dependence" || query.country.contains(CountryCode::WORLD) {
        return rivals;
    }
    let Some(year) = found.year else { return rivals };
    let partner = economy(world, &found.partner, year).ok();
    let asked = |basis: Basis, hs_set: Option<lode_model::HsSetId>| {
        let query = Query { partner: partner.clone(), years: year..=year, basis, hs_set, ..query.clone() };
        find("dependence").and_then(|indicator| indicator.assess(world, &query).into_iter().next())
    };
    let other = if query.basis == Basis::Quantity { Basis::Value } else { Basis::Quantity };
    let key = if other == Basis::Value { "rival.by_value" } else { "rival.by_weight" };
    let mut add = |label: Sentence, measure: Option<Measure>| {
        if let Some(measure) = measure.filter(|measure| !measure.is_missing() && measure.basis != found.basis) {
            rivals.push(Labelled { label, num: Number::measure(&measure) });
        }
    };
    add(Sentence::new(key), asked(other, query.hs_set.clone()));
    for set in world.hs_sets.values().filter(|set| set.commodity == query.commodity) {
        for basis in [Basis::Quantity, Basis::Value] {
            let label = Sentence::new("rival.partner")
                .country("partner", &found.partner)
                .with("basis", format!("{}, {}", set.name_en, basis.word()));
            add(label, asked(basis, Some(set.id.clone())));
        }
    }
    rivals.dedup_by(|a, b| a.num.basis == b.num.basis);
    rivals
}

/// The rows that a measure was taken of.
fn behind(session: &Session, options: &Options, query: &Query, found: &Measure) -> Answered<Vec<RawTable>> {
    let Some(year) = found.year else { return Ok(Vec::new()) };
    let mut tables = Vec::new();
    let production = found.basis.starts_with("production") || found.basis.starts_with("published");
    if production {
        let mut filters =
            vec![("commodity".to_owned(), query.commodity.as_str().to_owned()), ("year".to_owned(), year.to_string())];
        filters.extend(found.stage.map(|stage| ("stage".to_owned(), stage.word().to_owned())));
        tables.push(raw_table(raw::rows(options, "production", &filters, MOST_ROWS)?));
    } else {
        let codes = raw::codes(session, found);
        if !codes.is_empty() && !query.country.contains(CountryCode::WORLD) {
            tables.push(raw_table(raw::imports(session, &query.country, &codes, year, MOST_ROWS)));
        }
    }
    tables.retain(|table| !table.rows.is_empty());
    Ok(tables)
}

fn command(query: &Query, found: &Measure) -> String {
    let mut command = format!(
        "lode assess --country {} --commodity {} --indicator {}",
        query.country.name,
        query.commodity.as_str(),
        found.indicator
    );
    if let Some(stage) = query.stage {
        command += &format!(" --stage {stage}");
    }
    if let Some(partner) = query.partner.as_ref().filter(|_| found.indicator == "dependence") {
        command += &format!(" --partner {}", partner.name);
    }
    if let Some(year) = found.year {
        command += &format!(" --year {year}");
    }
    if query.basis == Basis::Value {
        command += " --basis value";
    }
    if let Some(set) = &query.hs_set {
        command += &format!(" --hs-set {}", set.as_str());
    }
    command
}

// ------------------------------------------------------------------------------------------------------------ claims

/// A published number: who said it, and our numbers under each definition beside it.
fn claim(session: &Session, mut parameters: Parameters) -> Answered<Record> {
    let id = parameters.take("claim");
    parameters.finish()?;
    let claims = super::claims::claims(session, id.as_deref())?.claims;
    let Some(claim) = claims.into_iter().next() else { return Err(nothing()) };
    let cells = [
        claim.claim.clone(),
        claim.statement_en.clone(),
        claim.who.clone(),
        claim.when.clone(),
        claim.source.clone(),
        claim.url.clone().unwrap_or_default(),
        claim.published.clone(),
    ];
    let columns =
        ["claim", "statement", "who", "when", "source", "source_url", "published"].map(str::to_owned).to_vec();
    let raw = RawTable {
        table: "claims".into(),
        about: "Published claims, held against the record under every reasonable definition.".into(),
        columns,
        rows: vec![cells.map(Value::String).to_vec()],
        more: 0,
    };
    let num = Number {
        value: parse_number(&claim.published),
        unit: claim.rows.first().map_or(String::new(), |row| row.num.unit.clone()),
        quality: some("secondary"),
        as_of: some(&claim.when),
        note: Some(format!("{}: {}", claim.who, claim.statement_en)),
        ..Number::default()
    };
    let mut origins: Vec<String> = claim.rows.iter().flat_map(|row| row.num.origins.clone()).collect();
    origins.sort();
    origins.dedup();
    let rivals = claim.rows.into_iter().map(|row| {
        let label = Sentence::new("record.value").with("what", row.definition);
        Labelled { label, num: row.num }
    });
    Ok(Record {
        label: Sentence::new("rival.published").with("who", claim.who),
        num,
        card: None,
        rivals: rivals.collect(),
        raw: vec![raw],
        origins: sources::some_of(session, &origins),
        command: Some(format!("lode claims {}", claim.claim)),
    })
}

// ------------------------------------------------------------------------------------------------------------ tables

/// The days until a step halts without an element, and the links that they rest on.
fn step(processes: &Processes, options: &Options, mut parameters: Parameters) -> Answered<Record> {
    let (step, element) = (parameters.need("step", "tungsten-fill"), parameters.need("element", "tungsten"));
    parameters.finish()?;
    let (Some(step), Some(element)) = (step, element) else { return Err(nothing()) };
    let (found, num) = super::steps::one(processes, &step, &element)?;
    let graph = &processes.graph;
    let touched = graph.downstream(found.need.element);
    // Every link between the element and the step, those of the step last.
    let mut raw: Option<RawTable> = None;
    for place in graph.upstream(found.need.step).into_iter().filter(|place| touched.contains(place)) {
        let filter = [("of".to_owned(), graph.nodes[place].id.clone())];
        let mut rows = raw_table(raw::rows(options, "step_links", &filter, MOST_ROWS)?);
        let at = rows.columns.iter().position(|column| column == "input");
        rows.rows.retain(|row| {
            let input = at.and_then(|at| row.get(at)?.as_str()).and_then(|input| graph.find(input));
            input.is_some_and(|input| touched.contains(&input))
        });
        match &mut raw {
            Some(raw) => raw.rows.extend(rows.rows),
            None => raw = Some(rows),
        }
    }
    let label = Sentence::new("record.halt_days").with("step", both(graph, found.need.step));
    Ok(Record {
        label: label.with("element", both(graph, found.need.element)),
        origins: sources::some_of(&processes.session, &found.origins),
        num,
        card: None,
        rivals: Vec::new(),
        raw: raw.into_iter().collect(),
        command: Some(format!("lode exposure --element {element}")),
    })
}

fn both(graph: &lode_exposure::Graph, place: usize) -> Value {
    let node = &graph.nodes[place];
    json!({ "name_en": node.name_en, "name_ja": node.name_ja })
}

fn trade(session: &Session, mut parameters: Parameters) -> Answered<Record> {
    let country = parameters.country(&session.world, session.day.year);
    let commodity = parameters.commodity(&session.world);
    let years = parameters.years();
    parameters.finish()?;
    let (Some(country), Some(commodity)) = (country, commodity) else { return Err(nothing()) };
    let newest = session.world.trade.newest_year().unwrap_or(session.day.year - 1);
    let year = years.map_or(newest, |years| *years.end());
    let codes = raw::default_codes(session, &commodity);
    let all = raw::imports(session, &country, &codes, year, usize::MAX);
    if all.rows.is_empty() {
        return Err(nothing());
    }
    let value: f64 = all.rows.iter().filter_map(|row| row.get(4)?.parse::<f64>().ok()).sum::<f64>() * 1000.0;
    let origin = session.world.trade.provenance().origin.as_str().to_owned();
    let label = Sentence::new("record.imports")
        .commodity("commodity", commodity.as_str())
        .country("country", &country.name)
        .with("year", year);
    let num = Number {
        basis: some("value"),
        as_of: Some(year.to_string()),
        origins: vec![origin.clone()],
        ..Number::of(value, "USD", "derived")
    };
    Ok(Record {
        label,
        num,
        card: None,
        rivals: Vec::new(),
        raw: vec![raw_table(raw::imports(session, &country, &codes, year, MOST_ROWS))],
        origins: sources::some_of(session, &[origin]),
        command: None,
    })
}

fn row(session: &Session, options: &Options, table: &str, mut parameters: Parameters) -> Answered<Record> {
    let mut filters = Vec::new();
    for column in FILTERS {
        filters.extend(parameters.take(column).map(|text| (column.to_owned(), text)));
    }
    parameters.finish()?;
    let found = raw::rows(options, table, &filters, MOST_ROWS)?;
    let Some(first) = found.rows.first() else { return Err(nothing()) };
    let number_of = |row: &Vec<String>| {
        let cell = |name: &str| found.columns.iter().position(|column| column == name).and_then(|at| row.get(at));
        let text = |name: &str| cell(name).and_then(|text| some(text));
        let number = |name: &str| cell(name).and_then(|text| parse_number(text));
        Number {
            value: number("value"),
            low: number("low"),
            high: number("high"),
            unit: text("unit").unwrap_or_default(),
            basis: text("basis"),
            quality: text("quality"),
            as_of: text("as_of"),
            origins: text("origin").into_iter().collect(),
            note: text("note"),
            why: number("value").is_none().then_some("no_source"),
            ..Number::default()
        }
    };
    let num = number_of(first);
    let what: Vec<&str> = filters.iter().map(|(_, text)| text.as_str()).collect();
    let mut origins: Vec<String> = found.rows.iter().flat_map(|row| number_of(row).origins).collect();
    origins.sort();
    origins.dedup();
    let rivals =
        found.rows.iter().skip(1).take(5).map(number_of).filter(|rival| rival.unit == num.unit && !num.unit.is_empty());
    let rivals = rivals.map(|num| {
        let who = num.note.clone().or_else(|| num.origins.first().cloned()).unwrap_or_default();
        Labelled { label: Sentence::new("rival.published").with("who", who), num }
    });
    let rivals = rivals.collect();
    Ok(Record {
        label: Sentence::new("record.value").with("what", format!("{table}: {}", what.join(", "))),
        num,
        card: None,
        rivals,
        origins: sources::some_of(session, &origins),
        raw: vec![raw_table(found)],
        command: None,
    })
}
