//! The tables of a package while it is being built.

use super::open_path;
use crate::package::{Row, Table, sha256};
use crate::read::each_record;
use crate::records::Column;
use crate::report::{Mistake, Report};
use crate::schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// What a step of the build read, made and left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// What was done.
    pub name: String,
    /// Rows or numbers read.
    pub read: usize,
    /// Rows made, by table.
    pub made: BTreeMap<String, usize>,
    /// Rows left out, by reason.
    pub left_out: BTreeMap<String, usize>,
}

impl Step {
    /// A step that has done nothing yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn made(&mut self, table: &str) {
        *self.made.entry(table.to_owned()).or_default() += 1;
    }

    pub(super) fn left_out(&mut self, reason: impl Into<String>) {
        *self.left_out.entry(reason.into()).or_default() += 1;
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: &BTreeMap<String, usize>| {
            counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
        };
        write!(f, "{}: {} read", self.name, self.read)?;
        if !self.made.is_empty() {
            write!(f, "; made {}", list(&self.made))?;
        }
        if !self.left_out.is_empty() {
            write!(f, "; left out {}", list(&self.left_out))?;
        }
        Ok(())
    }
}

/// One table for each schema but that of trade.
pub(super) struct Tables {
    tables: BTreeMap<&'static str, Table>,
    names: BTreeMap<String, String>,
}

impl Tables {
    pub fn new() -> Self {
        let empty = |schema: &'static Schema| (schema.name, Table { schema, file: String::new(), rows: Vec::new() });
        Self {
            tables: Schema::all().iter().filter(|schema| !schema.parts).map(empty).collect(),
            names: BTreeMap::new(),
        }
    }

    /// Puts a curated table in place, and remembers the names of countries.
    pub fn put(&mut self, table: Table) {
        if table.schema.name == "countries" {
            for row in &table.rows {
                let code = row.get("country").to_owned();
                let names = [row.get("name_en"), row.get("iso2"), &code]
                    .map(str::to_owned)
                    .into_iter()
                    .chain(row.list("aliases"));
                for name in names.filter(|name| !name.is_empty()) {
                    self.names.insert(name.to_lowercase(), code.clone());
                }
            }
            for (name, code) in [
                ("world", "WLD"),
                ("world total", "WLD"),
                ("total", "WLD"),
                ("global", "WLD"),
                ("rest of world", "OTH"),
                ("other countries", "OTH"),
                ("other", "OTH"),
            ] {
                self.names.insert(name.into(), code.into());
            }
        }
        self.tables.insert(table.schema.name, table);
    }

    /// The code of a country as people write it.
    pub fn country(&self, name: &str) -> Option<&str> {
        let name = name.trim().to_lowercase();
        self.names.get(name.strip_suffix(" (rounded)").unwrap_or(&name)).map(String::as_str)
    }

    /// The code of an ISO 3166-1 alpha-2 code.
    pub fn country_by_iso2(&self, iso2: &str) -> Option<&str> {
        self.names.get(&iso2.to_lowercase()).filter(|_| iso2.len() == 2).map(String::as_str)
    }

    /// A new row of a table, filled from columns and texts.
    pub fn add(&mut self, table: &str, cells: &[(&str, &str)]) {
        let Some(table) = self.tables.get_mut(table) else { return };
        let mut row = Row::new(table.schema);
        for (column, text) in cells {
            row.set(column, *text);
        }
        table.rows.push(row);
    }

    /// A row that is already filled.
    pub fn push(&mut self, row: Row) {
        if let Some(table) = self.tables.get_mut(row.schema.name) {
            table.rows.push(row);
        }
    }

    pub fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], |table| &table.rows)
    }

    pub fn rows_mut(&mut self, table: &str) -> Option<&mut Vec<Row>> {
        self.tables.get_mut(table).map(|table| &mut table.rows)
    }

    pub fn into_tables(self) -> impl Iterator<Item = Table> {
        self.tables.into_values()
    }

    /// Writes the hash of each input file into its origin.
    pub fn hash_files(&mut self, list: &Path, inputs: &Path, report: &mut Report) {
        let Some(input) = open_path(list, report) else { return };
        let mut hashes = BTreeMap::new();
        each_record(
            input,
            b',',
            &[Column::required("origin"), Column::required("file")],
            report,
            |record, _, report| {
                let (origin, file) = (record.text(0, report).to_owned(), record.text(1, report));
                match std::fs::read(inputs.join(file)) {
                    Ok(bytes) => {
                        hashes.insert(origin, sha256(&bytes));
                    }
                    Err(error) => report.push(Mistake::in_file(
                        &inputs.join(file).display().to_string(),
                        format!("cannot be opened: {error}"),
                    )),
                }
            },
        );
        for row in self.rows_mut("origins").into_iter().flatten() {
            if let Some(hash) = hashes.get(row.get("origin")) {
                row.set("sha256", hash.as_str());
            }
        }
    }

    /// An origin on which nothing rests is not listed.
    pub fn drop_unused_origins(&mut self, trade: &str) {
        let mut used: BTreeSet<String> = BTreeSet::from([trade.to_owned(), "baci-critical-minerals".to_owned()]);
        for table in self.tables.values().filter(|table| table.schema.tail) {
            used.extend(table.rows.iter().map(|row| row.text("origin")));
        }
        if let Some(origins) = self.rows_mut("origins") {
            origins.retain(|row| used.contains(row.get("origin")));
        }
        if let Some(corrections) = self.rows_mut("corrections") {
            corrections.retain(|row| used.contains(row.get("origin")));
        }
    }
}

/// A number as text, without the noise of binary fractions.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 && value != 0.0 { format!("{value:e}") } else { rounded.to_string() }
}
