//! Workbooks to be filled: an overlay of a user's own values, and a firm's own list of parts.

use crate::answer::{WIDEST, fill};
use lode_catalogue::Schema;
use lode_catalogue::read::bill_of_materials;
use lode_study::{Cell, Rows, Session};
use rust_xlsxwriter::{DataValidation, Format, Formula, Workbook, Worksheet, XlsxError};

/// What is filled in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Template {
    /// Values of the user's own for any record or assumption.
    Overlay,
    /// A firm's own list of products, parts and materials.
    Parts,
}

/// The columns of an overlay, each with what is written there.
const OVERLAY: [(&str, &str); 6] = [
    ("table", "the table of the package that holds the record; the sheet `tables` lists them"),
    ("key", "which record, e.g. assumption=market.cover or commodity=dysprosium;country=JPN"),
    ("field", "which column of it: value, low, high ..."),
    ("value", "your own value"),
    ("unit", "its unit, if you want it compared with the record's; may stay empty"),
    ("reason", "why, for whoever reads the answer"),
];
/// Rows of a template that offer a choice.
const ROWS: u32 = 1000;

/// A template workbook. `lode check` reads it when it is filled.
pub fn template(session: &Session, which: Template) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    match which {
        Template::Overlay => overlay(session, &mut workbook)?,
        Template::Parts => parts(&mut workbook)?,
    }
    workbook.save_to_buffer()
}

fn overlay(session: &Session, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name("overlay")?;
    header(sheet, &OVERLAY)?;
    let names = Schema::all().iter().filter(|schema| !schema.parts).count();
    let last = u32::try_from(names + 1).unwrap_or(ROWS);
    let choice = DataValidation::new()
        .allow_list_formula(Formula::new(format!("tables!$A$2:$A${last}")))
        .set_error_message("The sheet `tables` lists the tables.")?;
    sheet.add_data_validation(1, 0, ROWS, 0, &choice)?;

    let mut assumptions =
        Rows::new(&["table", "key", "field", "value", "low", "high", "unit", "quality", "reason", "origin"]);
    for assumption in session.world.assumptions.values() {
        let quantity = &assumption.quantity;
        assumptions.rows.push(vec![
            Cell::text("assumptions"),
            Cell::text(format!("assumption={}", assumption.id)),
            Cell::text("value"),
            Cell::number(quantity.value),
            Cell::number(quantity.low),
            Cell::number(quantity.high),
            Cell::text(&quantity.unit),
            Cell::text(assumption.provenance.quality.word()),
            Cell::text(&assumption.reason),
            Cell::text(assumption.provenance.origin.as_str()),
        ]);
    }
    fill(workbook.add_worksheet().set_name("assumptions today")?, &assumptions, 0)?;
    let mut tables = Rows::new(&["table", "keys", "columns", "about"]);
    for schema in Schema::all().iter().filter(|schema| !schema.parts) {
        let keys: Vec<&str> = schema.fields.iter().filter(|field| field.key).map(|field| field.name.as_str()).collect();
        tables.rows.push(vec![
            Cell::text(schema.name),
            Cell::text(keys.join("; ")),
            Cell::text(schema.headings().collect::<Vec<_>>().join(", ")),
            Cell::text(&schema.about),
        ]);
    }
    fill(workbook.add_worksheet().set_name("tables")?, &tables, 0)?;
    guide(
        workbook,
        &OVERLAY,
        &[
            "Fill the sheet `overlay`: one row for each value that you know better. Copy table, key and field from `assumptions today`.",
            "A central value of your own stands alone; give low and high in rows of their own for a band.",
            "lode check FILE.xlsx tells every mistake; lode assess ... --overlay FILE.xlsx answers with your values, labelled `user`.",
            "The file stays on this machine. Formulas and macros are refused: paste values.",
        ],
    )
}

fn parts(workbook: &mut Workbook) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name("parts")?;
    let about = bill_of_materials::columns();
    header(sheet, &about)?;
    for (line, row) in (1_u32..).zip(bill_of_materials::example()) {
        for (place, cell) in (0_u16..).zip(row) {
            match cell.parse::<f64>() {
                Ok(number) => drop(sheet.write_number(line, place, number)?),
                Err(_) if cell.is_empty() => {}
                Err(_) => drop(sheet.write_string(line, place, cell)?),
            }
        }
    }
    let place = |name: &str| {
        about.iter().position(|(heading, _)| *heading == name).and_then(|place| u16::try_from(place).ok()).unwrap_or(0)
    };
    for (column, words) in [("kind", &["product", "part", "material"][..]), ("unit", &["piece", "mg", "g", "kg", "t"])]
    {
        let choice = DataValidation::new().allow_list_strings(words)?;
        sheet.add_data_validation(1, place(column), ROWS, place(column), &choice)?;
    }
    guide(
        workbook,
        &about,
        &[
            "The sheet `parts` holds an example: replace its rows by your own. One row for each product, part or material of a plant.",
            "lode check FILE.xlsx tells every mistake; lode exposure --bom FILE.xlsx --cut dysprosium@CHN=1:6 says when lines stop.",
            "The list stays on this machine. Formulas and macros are refused: paste values.",
        ],
    )
}

fn header(sheet: &mut Worksheet, columns: &[(&str, &str)]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (place, (name, _)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, place, *name, &bold)?;
        sheet.set_column_width(place, if ["key", "reason", "note"].contains(name) { 42 } else { 16 })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn guide(workbook: &mut Workbook, columns: &[(&str, &str)], lines: &[&str]) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name("how to")?;
    let mut line = 0;
    for text in lines {
        sheet.write_string(line, 0, *text)?;
        line += 1;
    }
    line += 1;
    for (name, about) in columns {
        sheet.write_string(line, 0, *name)?;
        sheet.write_string(line, 1, *about)?;
        line += 1;
    }
    sheet.set_column_width(0, 24)?;
    sheet.set_autofit_max_width(WIDEST);
    Ok(())
}
