//! Mapping tables: what a source prints, and what it means here. One CSV file each, beside the recipes.

use crate::input::Input;
use crate::records::Records;
use crate::report::{Mistake, Report, did_you_mean};
use std::collections::BTreeMap;
use std::path::Path;

/// The text that says in a mapping table: known, and nothing that this column can hold.
const NOTHING: &str = "-";

/// Every mapping table of a folder.
#[derive(Debug, Default)]
pub(super) struct Mappings {
    tables: BTreeMap<String, Mapping>,
}

/// One mapping table; its first column is what sources print.
#[derive(Debug)]
pub(super) struct Mapping {
    /// Its file.
    pub file: String,
    headings: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
}

impl Mappings {
    /// Reads every CSV file of a folder.
    pub fn read_all(folder: &Path, report: &mut Report) -> Self {
        let mut mappings = Self::default();
        let Ok(entries) = std::fs::read_dir(folder) else { return mappings };
        let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.sort();
        for path in paths {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if path.extension().is_some_and(|extension| extension == "csv") {
                match Input::open(&path) {
                    Ok(input) => mappings.add(&name, input, report),
                    Err(mistakes) => report.extend(mistakes),
                }
            }
        }
        mappings
    }

    /// Reads one mapping table.
    pub fn add(&mut self, name: &str, input: Input<'_>, report: &mut Report) {
        let file = input.name.clone();
        let Some(mut records) = Records::open(input, b',', report) else { return };
        let headings = records.headings().to_vec();
        let mut rows = BTreeMap::new();
        while let Some(record) = records.next(report) {
            let cells: Vec<String> = (0..headings.len()).map(|index| record.text(index, report).to_owned()).collect();
            let printed = cells.first().cloned().unwrap_or_default();
            if rows.insert(printed, cells).is_some() {
                report.push(record.mistake(0, "stands twice in this mapping table").hint("remove one of the rows"));
            }
        }
        self.tables.insert(name.to_owned(), Mapping { file, headings, rows });
    }

    /// A mapping table by name.
    pub fn get(&self, name: &str) -> Option<&Mapping> {
        self.tables.get(name)
    }
}

impl Mapping {
    /// The row for what a source prints, as column and text.
    pub fn row(&self, printed: &str) -> Option<impl Iterator<Item = (&str, &str)>> {
        let row = self.rows.get(printed)?;
        Some(self.headings.iter().map(String::as_str).zip(row.iter().map(|cell| meant(cell))))
    }

    /// One cell of the row for what a source prints; the second column if none is named.
    pub fn cell(&self, printed: &str, column: Option<&str>) -> Option<&str> {
        let place = match column {
            Some(column) => self.headings.iter().position(|heading| heading == column)?,
            None => 1,
        };
        self.rows.get(printed)?.get(place).map(|cell| meant(cell))
    }

    /// Whether it has a column.
    pub fn has(&self, column: &str) -> bool {
        self.headings.iter().any(|heading| heading == column)
    }

    /// Every row, as the texts of its columns, in order of what is printed.
    pub fn rows(&self) -> impl Iterator<Item = &[String]> {
        self.rows.values().map(Vec::as_slice)
    }

    /// What to do about a text that is not listed.
    pub fn hint(&self, printed: &str) -> String {
        let file =
            Path::new(&self.file).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match did_you_mean(printed, self.rows.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`? otherwise add it to {file}"),
            None => format!("add it to {file}, with - if no row of this kind can hold it"),
        }
    }
}

fn meant(cell: &str) -> &str {
    if cell == NOTHING { "" } else { cell }
}

/// A mistake about a mapping table that a recipe names and nobody wrote.
pub(super) fn missing(recipe: &str, name: &str) -> Mistake {
    Mistake::in_file(recipe, format!("there is no mapping table `{name}`"))
        .hint(format!("write {name}.csv beside the recipes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_text_is_looked_up_and_a_dash_means_nothing() {
        let mut report = Report::new();
        let mut mappings = Mappings::default();
        let text = b"printed,country,note\nDR Congo,COD,x\nEurope,-,\n";
        mappings.add("countries", Input::from_bytes("maps/countries.csv", text), &mut report);
        let countries = mappings.get("countries").unwrap();
        assert_eq!(countries.cell("DR Congo", None), Some("COD"));
        assert_eq!(countries.cell("DR Congo", Some("note")), Some("x"));
        assert_eq!(countries.cell("Europe", None), Some(""));
        assert_eq!(countries.cell("DR Kongo", None), None);
        assert_eq!(countries.hint("DR Kongo"), "did you mean `DR Congo`? otherwise add it to countries.csv");
        assert!(report.is_empty());
    }

    #[test]
    fn a_text_listed_twice_is_a_mistake() {
        let mut report = Report::new();
        Mappings::default().add("units", Input::from_bytes("units.csv", b"printed,unit\nt,t\nt,kg\n"), &mut report);
        assert!(report.to_string().contains("units.csv row 3, column printed: stands twice"), "{report}");
    }
}
