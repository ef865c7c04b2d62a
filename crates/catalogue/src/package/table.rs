//! One table of a package as text cells, with typed access once it has been checked.

use crate::input::Input;
use crate::records::{Records, parse_number};
use crate::report::{Mistake, Report};
use crate::schema::Schema;
use lode_model::{CommodityId, CountryCode, DataQuality, HsCode, OriginId, Provenance, Quantity, Stage, Year};

/// A table read whole: text cells in the order of its schema.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its schema.
    pub schema: &'static Schema,
    /// The file it was read from.
    pub file: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One row of a [`Table`].
#[derive(Clone, Debug)]
pub struct Row {
    /// Its schema.
    pub schema: &'static Schema,
    /// Row in the file as a spreadsheet shows it; 0 for a row that the user's overlay added.
    pub number: u64,
    /// Cells in the order of the schema.
    pub cells: Vec<String>,
    /// File and row of the overlay that changed or added it last.
    pub given: Option<(String, u64)>,
}

impl Table {
    /// Reads a table; columns may stand in any order.
    pub fn read(schema: &'static Schema, input: Input<'_>, report: &mut Report) -> Self {
        let mut table = Self { schema, file: input.name.clone(), rows: Vec::new() };
        let Some(mut records) = Records::open(input, b',', report) else { return table };
        let places: Vec<Option<usize>> =
            schema.headings().map(|heading| records.headings().iter().position(|other| other == heading)).collect();
        for (heading, place) in schema.headings().zip(&places) {
            if place.is_none() {
                report.push(Mistake::in_row(&table.file, 1, format!("there is no column `{heading}`")).hint(format!(
                    "table {} has the columns {}",
                    schema.name,
                    schema.headings().collect::<Vec<_>>().join(", ")
                )));
            }
        }
        for heading in records.headings() {
            if schema.position(heading).is_none() {
                report.push(Mistake::in_row(&table.file, 1, format!("column `{heading}` is unknown")).hint(
                    match crate::report::did_you_mean(heading, schema.headings()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "remove it, or put it into the column note".to_owned(),
                    },
                ));
            }
        }
        while let Some(record) = records.next(report) {
            let cells = places
                .iter()
                .map(|place| place.map_or(String::new(), |index| record.text(index, report).to_owned()))
                .collect();
            table.rows.push(Row { schema, number: record.row(), cells, given: None });
        }
        table
    }
}

impl Table {
    /// A mistake in one of its rows, told where the user can mend it: in the overlay if that changed the row.
    pub(super) fn mistake(&self, row: &Row, message: impl Into<String>) -> Mistake {
        match &row.given {
            Some((file, number)) => Mistake::in_row(file, *number, message),
            None => Mistake::in_row(&self.file, row.number, message),
        }
    }
}

impl Row {
    /// An empty row.
    pub fn new(schema: &'static Schema) -> Self {
        Self { schema, number: 0, cells: vec![String::new(); schema.fields.len()], given: None }
    }

    /// The text of a cell; empty for a column that the table does not have.
    pub fn get(&self, column: &str) -> &str {
        self.schema.position(column).map_or("", |index| &self.cells[index])
    }

    /// Puts a text into a cell; a column that the table does not have is a mistake in Lode and is ignored in release.
    pub fn set(&mut self, column: &str, text: impl Into<String>) {
        let place = self.schema.position(column);
        debug_assert!(place.is_some(), "table {} has no column {column}", self.schema.name);
        if let Some(index) = place {
            self.cells[index] = text.into();
        }
    }

    /// The text of a cell.
    pub fn text(&self, column: &str) -> String {
        self.get(column).to_owned()
    }

    /// The number in a cell.
    pub fn number(&self, column: &str) -> Option<f64> {
        parse_number(self.get(column))
    }

    /// The whole number in a cell.
    pub fn integer(&self, column: &str) -> Option<i64> {
        self.get(column).parse().ok()
    }

    /// Whether a cell says `yes`.
    pub fn yes(&self, column: &str) -> bool {
        self.get(column) == "yes"
    }

    /// The year in a cell; 0 if a check let none through.
    pub fn year(&self, column: &str) -> Year {
        self.get(column).parse().unwrap_or(0)
    }

    /// The country in a cell.
    pub fn country(&self, column: &str) -> Option<CountryCode> {
        CountryCode::parse(self.get(column))
    }

    /// The commodity in a cell.
    pub fn commodity(&self, column: &str) -> CommodityId {
        CommodityId::new(self.get(column))
    }

    /// The stage in a cell.
    pub fn stage(&self, column: &str) -> Option<Stage> {
        Stage::parse(self.get(column))
    }

    /// The customs code in a cell.
    pub fn hs_code(&self, column: &str) -> Option<HsCode> {
        HsCode::parse(self.get(column))
    }

    /// The items of a list.
    pub fn list(&self, column: &str) -> Vec<String> {
        self.get(column).split('|').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// The columns value, low, high, unit and basis.
    pub fn quantity(&self) -> Quantity {
        Quantity {
            value: self.number("value"),
            low: self.number("low"),
            high: self.number("high"),
            unit: self.text("unit"),
            basis: self.text("basis"),
        }
    }

    /// The columns quality, as_of, origin and note.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            quality: DataQuality::parse(self.get("quality")).unwrap_or(DataQuality::Assumed),
            as_of: self.text("as_of"),
            origin: OriginId::new(self.get("origin")),
            note: self.text("note"),
        }
    }
}
