//! Tables as files: CSV, JSON and XLSX with a sheet of data, of sources and of assumptions.

use crate::fault::{Answered, Fault};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use lode_catalogue::csv_line;
use lode_study::{Answer, Cell, Session};
pub use lode_workbook::MARKING;

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
pub fn write(session: &Session, answer: &Answer, kind: Kind, own_values: bool) -> Answered<Vec<u8>> {
    match kind {
        Kind::Csv => Ok(csv(answer, own_values).into_bytes()),
        Kind::Json => serde_json::to_vec_pretty(&answer.rows.json()).map_err(|_| Fault::internal("a table is no JSON")),
        Kind::Xlsx => lode_workbook::answer(session, answer, own_values)
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

#[cfg(test)]
mod tests {
    use super::*;
    use lode_study::Rows;

    #[test]
    fn a_text_is_never_a_formula() {
        let mut answer = Answer { rows: Rows::new(&["note", "value"]), ..Answer::default() };
        answer.rows.rows.push(vec![Cell::text("=HYPERLINK(\"http://x\")"), Cell::Number(-1.5)]);
        let text = csv(&answer, true);
        assert!(text.starts_with("# CONFIDENTIAL"), "{text}");
        assert!(text.contains("'=HYPERLINK") && text.ends_with(",-1.5\n"), "{text}");
    }
}
