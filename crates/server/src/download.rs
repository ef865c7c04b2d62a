//! Tables as files: CSV, JSON and XLSX with a sheet of data, of sources and of assumptions.

use crate::fault::{Answered, Fault};
use crate::wire::Origin;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lode_catalogue::csv_line;
use lode_study::{Answer, Cell, Rows, Session};
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};
use std::collections::BTreeSet;

/// What stands on files that hold values of the user's own.
pub const MARKING: &str = "CONFIDENTIAL: holds values of the user's own";
/// Longest text of a cell that a spreadsheet takes.
const LONGEST_TEXT: usize = 32_000;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Numbers in full, a header, one row a line.
    Csv,
    /// An array of rows.
    Json,
    /// A workbook with sheets of data, sources and assumptions.
    Xlsx,
}

impl Kind {
    /// Every kind with its ending and media type.
    const ALL: [(Kind, &'static str, &'static str); 3] = [
        (Kind::Csv, "csv", "text/csv; charset=utf-8"),
        (Kind::Json, "json", "application/json"),
        (Kind::Xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ];

    /// The kind with an ending.
    pub fn of(ending: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == ending).map(|(kind, ..)| *kind)
    }

    fn ending(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or(("", ""), |(_, ending, media)| (ending, media))
    }
}

/// Writes a table.
pub fn write(session: &Session, name: &str, answer: &Answer, kind: Kind, own_values: bool) -> Answered<Vec<u8>> {
    match kind {
        Kind::Csv => Ok(csv(answer, own_values).into_bytes()),
        Kind::Json => serde_json::to_vec_pretty(&answer.rows.json()).map_err(|_| Fault::internal("a table is no JSON")),
        Kind::Xlsx => workbook(session, name, answer, own_values)
            .map_err(|error| Fault::internal(&format!("a workbook cannot be written: {error}"))),
    }
}

/// An answer that is saved as a file.
pub fn file(name: &str, kind: Kind, own_values: bool, body: impl Into<Body>) -> Response {
    let (ending, media) = kind.ending();
    let mark = if own_values { "-confidential" } else { "" };
    attachment(&format!("lode-{name}{mark}.{ending}"), media, body)
}

/// Bytes that are saved as a file; the name is ours, never a user's.
pub fn attachment(name: &str, media: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A text that a spreadsheet would take for a formula is written as the text that it is.
fn harmless(cell: &Cell) -> String {
    let text = cell.plain();
    let is_word = matches!(cell, Cell::Text(_) | Cell::List(_));
    if is_word && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

fn csv(answer: &Answer, own_values: bool) -> String {
    let mut text = String::new();
    if own_values {
        text += &csv_line(std::iter::once(format!("# {MARKING}").as_str()));
    }
    text += &csv_line(answer.rows.columns.iter().copied());
    for row in &answer.rows.rows {
        let cells: Vec<String> = row.iter().map(harmless).collect();
        text += &csv_line(cells.iter().map(String::as_str));
    }
    text
}

fn clipped(text: &str) -> &str {
    text.char_indices().nth(LONGEST_TEXT).map_or(text, |(end, _)| &text[..end])
}

fn fill(sheet: &mut Worksheet, rows: &Rows, from: u32) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(&rows.columns) {
        sheet.write_string_with_format(from, column, *name, &bold)?;
    }
    for (line, row) in (from + 1..).zip(&rows.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Empty => {}
                Cell::Number(number) => drop(sheet.write_number(line, column, *number)?),
                Cell::Integer(number) => drop(sheet.write_number(line, column, *number as f64)?),
                words => drop(sheet.write_string(line, column, clipped(&words.plain()))?),
            }
        }
    }
    sheet.set_freeze_panes(from + 1, 0)?;
    sheet.set_autofit_max_width(420);
    sheet.autofit();
    Ok(())
}

fn workbook(session: &Session, name: &str, answer: &Answer, own_values: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = format!("Lode: {name}");
    workbook.set_properties(&DocProperties::new().set_title(&title).set_comment(session.identity()));
    let sheet = workbook.add_worksheet().set_name("data")?;
    let mut from = 0;
    if own_values {
        sheet.write_string(0, 0, MARKING)?;
        from = 1;
    }
    fill(sheet, &answer.rows, from)?;
    let sheet = workbook.add_worksheet().set_name("sources")?;
    fill(sheet, &sources(session, &answer.rows), 0)?;
    let sheet = workbook.add_worksheet().set_name("assumptions")?;
    fill(sheet, &assumptions(session, &answer.rows), 0)?;
    let sheet = workbook.add_worksheet().set_name("about")?;
    let lines = answer.remarks.iter().map(String::as_str).chain(own_values.then_some(MARKING));
    for (line, text) in (0_u32..).zip(lines) {
        sheet.write_string(line, 0, clipped(text))?;
    }
    workbook.save_to_buffer()
}

/// The origins that the rows name, one row each.
fn sources(session: &Session, rows: &Rows) -> Rows {
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (at, _) in rows.columns.iter().enumerate().filter(|(_, column)| ["origins", "origin"].contains(*column)) {
        for row in &rows.rows {
            match row.get(at) {
                Some(Cell::List(items)) => named.extend(items.iter().cloned()),
                Some(Cell::Text(text)) => drop(named.insert(text.clone())),
                _ => {}
            }
        }
    }
    let ids: Vec<String> = named.into_iter().collect();
    let mut table =
        Rows::new(&["origin", "producer", "title", "version", "date", "licence", "url", "citation", "sha256", "note"]);
    for origin in crate::answers::sources::some_of(session, &ids) {
        let Origin { origin, producer, title, version, date, licence, url, citation, sha256, note, .. } = origin;
        let optional = |text: Option<String>| Cell::text(text.unwrap_or_default());
        table.rows.push(vec![
            Cell::text(origin),
            Cell::text(producer),
            Cell::text(title),
            optional(version),
            optional(date),
            optional(licence),
            optional(url),
            optional(citation),
            optional(sha256),
            optional(note),
        ]);
    }
    table
}

/// The assumptions that the indicators of the rows use; all of the market where none is named.
fn assumptions(session: &Session, rows: &Rows) -> Rows {
    let indicators: BTreeSet<String> = rows
        .columns
        .iter()
        .position(|column| *column == "indicator")
        .map(|at| rows.rows.iter().filter_map(|row| Some(row.get(at)?.plain())).collect())
        .unwrap_or_default();
    let used: BTreeSet<&str> = indicators
        .iter()
        .filter_map(|id| lode_assess::find(id))
        .flat_map(|indicator| indicator.card().assumptions.iter().copied())
        .collect();
    let mut table = Rows::new(&["assumption", "value", "low", "high", "unit", "quality", "reason", "origin"]);
    let market = !rows.columns.contains(&"indicator");
    for assumption in session.world.assumptions.values() {
        let wanted = used.contains(assumption.id.as_str()) || (market && assumption.id.starts_with("market."));
        if wanted {
            let quantity = &assumption.quantity;
            table.rows.push(vec![
                Cell::text(&assumption.id),
                Cell::number(quantity.value),
                Cell::number(quantity.low),
                Cell::number(quantity.high),
                Cell::text(&quantity.unit),
                Cell::text(assumption.provenance.quality.word()),
                Cell::text(&assumption.reason),
                Cell::text(assumption.provenance.origin.as_str()),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_a_formula() {
        let mut answer = Answer { rows: Rows::new(&["note", "value"]), ..Answer::default() };
        answer.rows.rows.push(vec![Cell::text("=HYPERLINK(\"http://x\")"), Cell::Number(-1.5)]);
        let text = csv(&answer, true);
        assert!(text.starts_with("# CONFIDENTIAL"), "{text}");
        assert!(text.contains("'=HYPERLINK") && text.ends_with(",-1.5\n"), "{text}");
    }
}
