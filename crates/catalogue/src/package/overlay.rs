//! The user's own values, laid over a package for one answer. They never leave the machine and are labelled `user`.

use super::check::KnownIds;
use super::table::{Row, Table};
use crate::input::Input;
use crate::records::{Column, Records, clip, parse_number};
use crate::report::{Mistake, Report, did_you_mean};
use crate::schema::Schema;
use crate::workbook::Workbook;
use lode_model::{CountryCode, GrossTonnes, HsCode, NominalUsd, TradeFlow, TradeTable};
use std::path::Path;

/// Id of the origin that overlaid values name.
pub const USER_ORIGIN: &str = "user";

/// The user's values: `table,key,field,value,reason`, the key written as `commodity=dysprosium;country=JPN`.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// The file as the user named it.
    pub file: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    row: u64,
    schema: &'static Schema,
    key: Vec<(usize, String)>,
    hs_code: Option<HsCode>,
    field: usize,
    value: String,
    unit: String,
    reason: String,
}

const COLUMNS: [Column; 6] = [
    Column::required("table"),
    Column::required("key"),
    Column::required("field"),
    Column::required("value"),
    Column::optional("unit"),
    Column::optional("reason"),
];

/// Whether the first row has the columns that an overlay must have.
fn has_columns(text: &[u8]) -> bool {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first).to_lowercase();
    let headings: Vec<&str> = first.split(',').map(|heading| heading.trim_matches(['"', '\r']).trim()).collect();
    COLUMNS.iter().filter(|column| column.required).all(|column| headings.contains(&column.heading))
}

impl Overlay {
    /// Reads an overlay from a CSV file, or from the first sheet of a workbook that has its columns.
    pub fn open(path: &Path) -> Result<Self, Report> {
        Self::read_any(&|| Input::open(path))
    }

    /// The same from bytes in memory.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Report> {
        Self::read_any(&|| Ok(Input::from_bytes(name, bytes)))
    }

    fn read_any<'i>(open: &dyn Fn() -> Result<Input<'i>, Report>) -> Result<Self, Report> {
        let mut start = [0; 4];
        let filled = open()?.fill(&mut start);
        if !Workbook::may_start_with(&start[..filled]) {
            return Self::read(open()?);
        }
        let name = open()?.name.clone();
        let Some(mut workbook) = Workbook::open(open()?)? else {
            return Err(Mistake::in_file(&name, "is an archive without a workbook")
                .hint("give a CSV or an XLSX file")
                .into());
        };
        for sheet in workbook.sheets() {
            let text = workbook.sheet(&sheet)?;
            if has_columns(text.bytes()) {
                let mut report = Workbook::living_parts(open()?)?;
                return match Self::read(text.input()) {
                    Ok(overlay) => report.into_result(overlay),
                    Err(mistakes) => {
                        report.extend(mistakes);
                        Err(report)
                    }
                };
            }
        }
        let columns: Vec<&str> = COLUMNS.iter().map(|column| column.heading).collect();
        Err(Mistake::in_file(&name, "has no sheet with the columns of an overlay")
            .hint(format!("the first row of the sheet is {}", columns.join(", ")))
            .into())
    }

    /// Reads an overlay file.
    pub fn read(input: Input<'_>) -> Result<Self, Report> {
        let mut report = Report::new();
        let mut overlay = Self { file: input.name.clone(), entries: Vec::new() };
        if let Some(mut records) = Records::open(input, b',', &mut report)
            && let Some(places) = records.columns(&COLUMNS, &mut report)
        {
            let at = |index: usize| places[index];
            while let Some(record) = records.next(&mut report) {
                let cell = |index: usize, report: &mut Report| at(index).map_or("", |place| record.text(place, report));
                let (table, key) = (cell(0, &mut report), cell(1, &mut report));
                let (field, value) = (cell(2, &mut report), cell(3, &mut report));
                let (unit, reason) = (cell(4, &mut report), cell(5, &mut report));
                // A row of a template that nobody filled says nothing.
                if [table, key, field, value].iter().all(|cell| cell.is_empty()) {
                    continue;
                }
                match entry(record.row(), [table, key, field, value, unit, reason]) {
                    Ok(entry) => overlay.entries.push(entry),
                    Err((column, message, hint)) => {
                        let mistake = Mistake::in_row(&overlay.file, record.row(), message).column(column);
                        report.push(if hint.is_empty() { mistake } else { mistake.hint(hint) });
                    }
                }
            }
        }
        report.into_result(overlay)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Lays the values over a table; a value for which there is no row adds one.
    pub(super) fn apply(&self, table: &mut Table, report: &mut Report) {
        for entry in self.entries.iter().filter(|entry| std::ptr::eq(entry.schema, table.schema)) {
            let matches = |row: &&mut Row| entry.key.iter().all(|(index, value)| row.cells[*index] == *value);
            let mut found = false;
            for row in table.rows.iter_mut().filter(matches) {
                found = true;
                if let Some(mistake) = entry.other_unit(&self.file, row) {
                    report.push(mistake);
                    break;
                }
                entry.put(row);
                row.given = Some((self.file.clone(), entry.row));
            }
            if !found {
                match entry.new_row() {
                    Ok(row) => {
                        table.rows.push(Row { given: Some((self.file.clone(), entry.row)), ..row });
                    }
                    Err(missing) => report.push(
                        Mistake::in_row(
                            &self.file,
                            entry.row,
                            "no record has this key, and it is not complete enough to add one",
                        )
                        .column("key")
                        .hint(format!(
                            "a new row of {} also needs {}",
                            table.schema.name,
                            missing.join(", ")
                        )),
                    ),
                }
            }
        }
    }

    /// Lays the values over trade flows.
    pub(super) fn apply_trade(&self, trade: &mut TradeTable, known: &KnownIds, report: &mut Report) {
        for entry in self.entries.iter().filter(|entry| entry.schema.name == "trade") {
            let part = |name: &str| {
                entry
                    .key
                    .iter()
                    .find(|(index, _)| entry.schema.fields[*index].name == name)
                    .map(|(_, value)| value.as_str())
            };
            let country = |name: &str| part(name).filter(|code| known.knows_country(code)).and_then(CountryCode::parse);
            let (Some(code), Some(importer), Some(exporter), Some(year)) = (
                entry.hs_code,
                country("importer"),
                country("exporter"),
                part("year").and_then(|year| year.parse().ok()),
            ) else {
                report.push(
                    Mistake::in_row(&self.file, entry.row, "the key of a trade flow is not complete").column("key").hint(
                        "write hs_code=284690;importer=JPN;year=2020;exporter=MYS, with codes of countries in the package",
                    ),
                );
                continue;
            };
            let Some(number) = parse_number(&entry.value).filter(|number| *number >= 0.0) else {
                report.push(
                    Mistake::in_row(
                        &self.file,
                        entry.row,
                        format!("`{}` is not a number of 0 or more", clip(&entry.value)),
                    )
                    .column("value"),
                );
                continue;
            };
            let mut flow = trade
                .imports(code, importer, year)
                .iter()
                .find(|flow| flow.exporter == exporter)
                .copied()
                .unwrap_or(TradeFlow { importer, year, exporter, value: NominalUsd::ZERO, quantity: None });
            match entry.schema.fields[entry.field].name.as_str() {
                "quantity_t" => flow.quantity = Some(GrossTonnes::new(number)),
                _ => flow.value = NominalUsd::new(number * 1000.0),
            }
            trade.overlay(code, flow);
        }
    }
}

impl Entry {
    /// The mistake of a value that is given in another unit than the record's.
    fn other_unit(&self, file: &str, row: &Row) -> Option<Mistake> {
        let has_unit =
            self.schema.measure && ["value", "low", "high"].contains(&self.schema.fields[self.field].name.as_str());
        let unit = if has_unit { row.get("unit") } else { "" };
        (has_unit && !self.unit.is_empty() && self.unit != unit).then(|| {
            Mistake::in_row(file, self.row, format!("is given in `{}`; the record is in `{unit}`", clip(&self.unit)))
                .column("unit")
                .hint(format!("give the value in {unit}"))
        })
    }

    fn put(&self, row: &mut Row) {
        row.cells[self.field].clone_from(&self.value);
        // A central value of the user's own stands alone: the band of the record no longer belongs to it.
        if self.schema.measure && self.schema.fields[self.field].name == "value" {
            row.set("low", "");
            row.set("high", "");
        }
        if self.schema.tail {
            row.set("quality", "user");
            row.set("origin", USER_ORIGIN);
            row.set("note", self.reason.clone());
        }
    }

    fn new_row(&self) -> Result<Row, Vec<String>> {
        let mut row = Row::new(self.schema);
        for (index, value) in &self.key {
            row.cells[*index].clone_from(value);
        }
        self.put(&mut row);
        if self.schema.measure && row.get("unit").is_empty() {
            row.set("unit", self.unit.clone());
        }
        if let Some(index) = self.schema.position("preferred") {
            "yes".clone_into(&mut row.cells[index]);
        }
        let missing: Vec<String> = self
            .schema
            .fields
            .iter()
            .enumerate()
            .filter(|(index, field)| {
                let given = self.key.iter().any(|(place, _)| place == index);
                (field.required || (field.key && field.kind != crate::schema::FieldType::Text))
                    && row.cells[*index].is_empty()
                    && !given
            })
            .map(|(_, field)| field.name.clone())
            .collect();
        if self.schema.measure && row.get("unit").is_empty() && missing.is_empty() {
            return Err(vec!["unit".into()]);
        }
        if missing.is_empty() { Ok(row) } else { Err(missing) }
    }
}

fn entry(row: u64, cells: [&str; 6]) -> Result<Entry, (&'static str, String, String)> {
    let [table, key, field, value, unit, reason] = cells;
    let schema = Schema::of(table).ok_or_else(|| {
        let names = || Schema::all().iter().map(|schema| schema.name);
        let hint = match did_you_mean(table, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the tables are {}", names().collect::<Vec<_>>().join(", ")),
        };
        ("table", format!("there is no table `{}`", clip(table)), hint)
    })?;
    let place = |column: &'static str, name: &str| {
        schema.position(name).ok_or_else(|| {
            let hint = format!("its columns are {}", schema.headings().collect::<Vec<_>>().join(", "));
            (column, format!("table {table} has no column `{}`", clip(name)), hint)
        })
    };
    let mut parts = Vec::new();
    let mut hs_code = None;
    for part in key.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(|| {
            (
                "key",
                format!("`{}` is not column=value", clip(part)),
                "write commodity=dysprosium;country=JPN".to_owned(),
            )
        })?;
        if schema.name == "trade" && name.trim() == "hs_code" {
            hs_code = HsCode::parse(value.trim());
        } else {
            parts.push((place("key", name.trim())?, value.trim().to_owned()));
        }
    }
    if parts.is_empty() {
        return Err(("key", "is empty".into(), "write commodity=dysprosium;country=JPN".into()));
    }
    Ok(Entry {
        row,
        schema,
        key: parts,
        hs_code,
        field: place("field", field)?,
        value: value.to_owned(),
        unit: unit.to_owned(),
        reason: reason.to_owned(),
    })
}
