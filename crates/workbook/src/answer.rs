//! An answer as a workbook.

use lode_study::column::{self, Kind};
use lode_study::{Answer, Cell, Rows, Section, Session, sources};
use rust_xlsxwriter::{DocProperties, Format, Note, Workbook, Worksheet, XlsxError};
use std::collections::BTreeSet;

/// What stands on files that hold values of the user's own.
pub const MARKING: &str = "CONFIDENTIAL: holds values of the user's own";
/// Longest text of a cell that a spreadsheet takes.
const LONGEST_TEXT: usize = 32_000;
/// Widest column, in pixels.
pub(crate) const WIDEST: u32 = 420;

/// An answer as a workbook: its rows, the origins that they name, the assumptions that they rest on, and its remarks.
pub fn answer(session: &Session, answer: &Answer, own_values: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = answer.sections.iter().find_map(|section| match section {
        Section::Table { title, .. } if !title.is_empty() => Some(title.as_str()),
        _ => None,
    });
    let title = format!("Lode: {}", title.unwrap_or("answer"));
    workbook.set_properties(&DocProperties::new().set_title(clipped_to(&title, 200)).set_comment(session.identity()));
    let sheet = workbook.add_worksheet().set_name("data")?;
    let mut from = 0;
    if own_values {
        sheet.write_string(0, 0, MARKING)?;
        from = 1;
    }
    fill(sheet, &answer.rows, from)?;
    let sheet = workbook.add_worksheet().set_name("sources")?;
    fill(sheet, &sources::named_by(session, &answer.rows), 0)?;
    let sheet = workbook.add_worksheet().set_name("assumptions")?;
    fill(sheet, &assumptions(session, &answer.rows), 0)?;
    let sheet = workbook.add_worksheet().set_name("about")?;
    let lines = answer.remarks.iter().map(String::as_str).chain(own_values.then_some(MARKING));
    for (line, text) in (0_u32..).zip(lines) {
        sheet.write_string(line, 0, clipped(text))?;
    }
    workbook.save_to_buffer()
}

fn clipped(text: &str) -> &str {
    clipped_to(text, LONGEST_TEXT)
}

fn clipped_to(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// How a number in some unit is shown; the cell holds it in full.
fn format_of(number: f64, unit: &str) -> &'static str {
    match number.abs() {
        _ if unit == "year" => "0",
        _ if unit == "share" || unit.starts_with("share of") => "0.0%",
        size if size >= 1000.0 => "#,##0",
        size if size >= 10.0 => "#,##0.0",
        size if size == 0.0 || size >= 0.01 => "0.00",
        _ => "0.0E+00",
    }
}

/// Writes rows under a bold header that stays in sight; every number in the format of its unit.
pub(crate) fn fill(sheet: &mut Worksheet, rows: &Rows, from: u32) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let kinds = column::kinds(rows);
    let unit_of_row = rows.columns.iter().position(|column| *column == "unit");
    for ((place, name), kind) in (0_u16..).zip(&rows.columns).zip(&kinds) {
        sheet.write_string_with_format(from, place, *name, &bold)?;
        let unit = column::unit(name).filter(|_| matches!(kind, Kind::Number | Kind::Integer));
        if let Some(unit) = unit {
            sheet.insert_note(from, place, &Note::new(format!("unit: {unit}")).add_author_prefix(false))?;
        }
    }
    for (line, row) in (from + 1..).zip(&rows.rows) {
        let unit = unit_of_row.and_then(|place| row.get(place)).map(Cell::plain).unwrap_or_default();
        for ((place, name), cell) in (0_u16..).zip(&rows.columns).zip(row) {
            let unit = column::unit(name).unwrap_or(&unit);
            match cell {
                Cell::Empty => {}
                Cell::Number(number) => {
                    let format = Format::new().set_num_format(format_of(*number, unit));
                    sheet.write_number_with_format(line, place, *number, &format)?;
                }
                Cell::Integer(number) => {
                    let shown = if unit == "year" { "0" } else { "#,##0" };
                    sheet.write_number_with_format(
                        line,
                        place,
                        *number as f64,
                        &Format::new().set_num_format(shown),
                    )?;
                }
                words => drop(sheet.write_string(line, place, clipped(&words.plain()))?),
            }
        }
    }
    sheet.set_freeze_panes(from + 1, 0)?;
    if let (Ok(columns), Ok(lines)) = (u16::try_from(rows.columns.len()), u32::try_from(rows.rows.len()))
        && columns > 0
        && lines > 0
    {
        sheet.autofilter(from, 0, from + lines, columns - 1)?;
    }
    sheet.set_autofit_max_width(WIDEST);
    sheet.autofit();
    Ok(())
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
    fn numbers_are_shown_in_the_format_of_their_unit() {
        let shown = [(0.661, "share"), (2024.0, "year"), (12_345.6, "t"), (41.2, "USD/kg"), (0.0004, "t"), (0.0, "t")]
            .map(|(number, unit)| format_of(number, unit));
        assert_eq!(shown, ["0.0%", "0", "#,##0", "#,##0.0", "0.0E+00", "0.00"]);
    }
}
