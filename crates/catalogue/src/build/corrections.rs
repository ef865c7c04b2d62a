//! Declared corrections: what `corrections.csv` says is done to a release, each only while its guard, the wrong value,
//! is still there.

use super::tables::Tables;
use crate::package::Row;
use crate::records::parse_number;
use crate::report::{Mistake, Report};

const FILE: &str = "corrections.csv";

/// What `multiply` does: which rows, by how much, and the largest number that they print while they are wrong.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Factor {
    id: String,
    conditions: Vec<(String, String)>,
    /// Factor for the numbers.
    pub factor: f64,
    guard: f64,
}

impl Factor {
    /// Whether it is meant for a row with these cells.
    pub fn fits(&self, cells: &[(&str, &str)]) -> bool {
        fit(&self.conditions, cells)
    }

    /// Reports it as outdated unless the largest of the numbers that it fits is its guard.
    pub fn check(&self, numbers: impl Iterator<Item = f64>, report: &mut Report) {
        let largest = numbers.fold(f64::NEG_INFINITY, f64::max);
        if largest != self.guard {
            report
                .push(outdated(&self.id, &format!("expects {} as the largest number and finds {largest}", self.guard)));
        }
    }
}

/// The factors declared for a release.
pub(super) fn factors(tables: &Tables, origin: &str, report: &mut Report) -> Vec<Factor> {
    let mut factors = Vec::new();
    for row in declared(tables, origin, "multiply") {
        match (parse_number(row.get("value")), parse_number(row.get("guard"))) {
            (Some(factor), Some(guard)) => {
                factors.push(Factor { id: row.text("correction"), conditions: conditions(row), factor, guard });
            }
            _ => report.push(
                Mistake::in_row(FILE, row.number, "a factor needs a number as value and as guard")
                    .hint("the guard is the largest number that the rows print while they are wrong"),
            ),
        }
    }
    factors
}

/// The rows of one action for a release.
pub(super) fn declared<'t>(tables: &'t Tables, origin: &str, action: &str) -> impl Iterator<Item = &'t Row> {
    let (origin, action) = (origin.to_owned(), action.to_owned());
    tables
        .rows("corrections")
        .iter()
        .filter(move |row| row.get("origin") == origin.as_str() && row.get("action") == action.as_str())
}

/// The cells that a row must have for a correction to be meant for it: `commodity=Vanadium;statistic=Reserves`.
pub(super) fn conditions(row: &Row) -> Vec<(String, String)> {
    let pairs = row.get("match").split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(column, text)| (column.trim().to_owned(), text.trim().to_owned())).collect()
}

/// Whether a row with these cells meets all conditions.
pub(super) fn fit(conditions: &[(String, String)], cells: &[(&str, &str)]) -> bool {
    conditions
        .iter()
        .all(|(column, text)| cells.iter().any(|(name, cell)| name == column && cell.trim().eq_ignore_ascii_case(text)))
}

/// The mistake of a correction whose guard is no longer met.
pub(super) fn outdated(id: &str, found: &str) -> Mistake {
    Mistake::in_file(FILE, format!("correction {id} {found}")).hint("the source was mended: remove the correction")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_fits_its_rows_and_stops_once_the_source_is_mended() {
        let mut tables = Tables::new();
        tables.add(
            "corrections",
            &[
                ("correction", "thousands"),
                ("origin", "usgs-mcs-2025"),
                ("match", "commodity=Vanadium;statistic=Reserves"),
                ("action", "multiply"),
                ("guard", "18000"),
                ("value", "1000"),
            ],
        );
        let mut report = Report::new();
        assert!(factors(&tables, "usgs-mcs-2026", &mut report).is_empty());
        let factors = factors(&tables, "usgs-mcs-2025", &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!(factors[0].factor, 1000.0);
        assert!(factors[0].fits(&[("commodity", "Vanadium "), ("statistic", "reserves")]));
        assert!(!factors[0].fits(&[("commodity", "Vanadium"), ("statistic", "Production")]));
        factors[0].check([45.0, 18_000.0].into_iter(), &mut report);
        assert!(report.is_empty(), "{report}");
        factors[0].check([45_000.0, 18e6].into_iter(), &mut report);
        let text = report.to_string();
        assert!(text.contains("correction thousands expects 18000 as the largest number and finds 18000000"), "{text}");
        assert!(text.contains("the source was mended: remove the correction"), "{text}");
    }
}
