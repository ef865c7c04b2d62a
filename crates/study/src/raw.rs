//! The raw rows behind a number: records of the package as they stand in its tables.

use crate::{Options, Session, exposure, open_package};
use lode_assess::{Economy, Measure};
use lode_catalogue::{Mistake, Report, Schema, did_you_mean};
use lode_model::{CommodityId, HsCode, Year};

/// Rows of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawRows {
    /// Table.
    pub table: String,
    /// What it holds, in a sentence.
    pub about: String,
    /// Columns.
    pub columns: Vec<String>,
    /// Rows, as text.
    pub rows: Vec<Vec<String>>,
    /// Rows beyond those listed.
    pub more: usize,
}

/// Rows of a table whose cells hold the given texts. A list holds a text if one of its items is it.
pub fn rows(options: &Options, table: &str, filters: &[(String, String)], most: usize) -> Result<RawRows, Report> {
    let unknown = |what: String, near: Option<&str>, all: String| -> Report {
        let mistake = Mistake::in_file("", what);
        match near {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(all),
        }
        .into()
    };
    let Some(schema) = Schema::of(table).filter(|schema| !schema.parts) else {
        let names: Vec<&str> = Schema::all().iter().filter(|schema| !schema.parts).map(|schema| schema.name).collect();
        let near = did_you_mean(table, names.iter().copied());
        return Err(unknown("there is no such table".into(), near, format!("the tables are {}", names.join(", "))));
    };
    let mut places = Vec::new();
    for (column, text) in filters {
        let Some(place) = schema.position(column) else {
            let near = did_you_mean(column, schema.headings());
            let all = format!("its columns are {}", schema.headings().collect::<Vec<_>>().join(", "));
            return Err(unknown(format!("table {table} has no such column"), near, all));
        };
        places.push((place, text));
    }
    let mut report = Report::new();
    // The tables of processes are a package of their own.
    let mut package = if table.starts_with("step_") { exposure::built_in() } else { open_package(options) }?;
    let found = package.table(schema, &mut report);
    let found = report.into_result(found)?;
    let matches = |cell: &str, text: &str| cell == text || cell.split('|').any(|item| item.trim() == text);
    let rows = found.into_iter().flat_map(|table| table.rows).map(|row| row.cells);
    let mut rows: Vec<Vec<String>> =
        rows.filter(|cells| places.iter().all(|(place, text)| matches(&cells[*place], text))).collect();
    let more = rows.len().saturating_sub(most);
    rows.truncate(most);
    Ok(RawRows {
        table: table.to_owned(),
        about: schema.about.clone(),
        columns: schema.headings().map(str::to_owned).collect(),
        rows,
        more,
    })
}

/// What an economy bought under some customs codes in a year, the largest in value first.
pub fn imports(session: &Session, country: &Economy, codes: &[HsCode], year: Year, most: usize) -> RawRows {
    let trade = &session.world.trade;
    let mut flows = Vec::new();
    for code in codes {
        for member in &country.members {
            flows.extend(trade.imports(*code, *member, year).iter().map(|flow| (*code, flow)));
        }
    }
    flows.retain(|(_, flow)| !country.contains(flow.exporter));
    flows.sort_by(|a, b| b.1.value.value().total_cmp(&a.1.value.value()));
    let more = flows.len().saturating_sub(most);
    let row = |(code, flow): &(HsCode, &lode_model::TradeFlow)| {
        vec![
            code.to_string(),
            flow.importer.to_string(),
            flow.year.to_string(),
            flow.exporter.to_string(),
            (flow.value.value() / 1000.0).to_string(),
            flow.quantity.map_or(String::new(), |quantity| quantity.value().to_string()),
        ]
    };
    RawRows {
        table: "trade".into(),
        about: Schema::of("trade").map_or(String::new(), |schema| schema.about.clone()),
        columns: ["hs_code", "importer", "year", "exporter", "value_kusd", "quantity_t"].map(str::to_owned).to_vec(),
        rows: flows.iter().take(most).map(row).collect(),
        more,
    }
}

/// The customs codes that a measure's basis names: `quantity 284610+284690`, or the name of a set.
pub fn codes(session: &Session, measure: &Measure) -> Vec<HsCode> {
    let Some((_, label)) = measure.basis.split_once(' ') else { return Vec::new() };
    if let Some(set) = session.world.hs_sets.get(label) {
        return set.codes.clone();
    }
    label.split('+').filter_map(HsCode::parse).collect()
}

/// The customs codes that count for a commodity when none are named.
pub fn default_codes(session: &Session, commodity: &CommodityId) -> Vec<HsCode> {
    session.world.default_hs_set(commodity).map_or(Vec::new(), |set| set.codes.clone())
}
