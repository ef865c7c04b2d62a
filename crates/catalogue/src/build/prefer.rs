//! Where sources give the same quantity: which is used, which is kept beside it, and the difference.

use super::tables::{Step, Tables, number};
use crate::package::Row;
use crate::report::{Mistake, Report};
use lode_model::DataQuality;
use std::collections::BTreeMap;

/// Sources in order of trust where several give one quantity: publishers of statistics before agencies before quotations.
const ORDER: [&str; 5] = ["world-mining-data", "usgs-mcs-2026", "usgs-mcs-2025", "iea-supply", "usgs-outlook-2029"];
/// Differences below this are rounding.
const ROUNDING: f64 = 0.02;
/// Sources that differ as many times do not disagree: one has the wrong unit.
const WRONG_UNIT: f64 = 100.0;

/// Tables in which sources may give the same quantity, and what the quantity is known by.
pub(super) const QUANTITIES: [(&str, &[&str]); 4] = [
    ("production", &["commodity", "stage", "country", "entity", "product", "metric", "year"]),
    ("reserves", &["commodity", "country", "metric", "year"]),
    ("prices", &["commodity", "form", "market", "period", "kind"]),
    ("demand", &["commodity", "country", "use", "metric", "scenario", "year"]),
];

/// Sets `preferred` for every quantity of a table, and lists the rivals that differ.
pub(super) fn choose(tables: &mut Tables, table: &'static str, keys: &[&str], report: &mut Report) -> Step {
    let mut step = Step::new(format!("rival values of {table}"));
    let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (index, row) in tables.rows(table).iter().enumerate() {
        groups.entry(keys.iter().map(|key| row.text(key)).collect()).or_default().push(index);
    }
    let mut rivals: Vec<[String; 8]> = Vec::new();
    if let Some(rows) = tables.rows_mut(table) {
        step.read = rows.len();
        for (key, mut indices) in groups {
            indices.sort_by(|a, b| rank(&rows[*a]).cmp(&rank(&rows[*b])));
            let used = indices[0];
            if rows[used].schema.position("preferred").is_some() {
                for index in &indices {
                    rows[*index].set("preferred", if *index == used { "yes" } else { "no" });
                }
            }
            let Some(value) = rows[used].number("value") else { continue };
            for index in indices.into_iter().skip(1) {
                let same = rows[index].get("unit") == rows[used].get("unit")
                    && rows[index].get("basis") == rows[used].get("basis");
                let Some(other) = rows[index].number("value").filter(|_| same) else { continue };
                let difference = if value == 0.0 { f64::INFINITY } else { other / value - 1.0 };
                let times = if value > 0.0 && other > 0.0 { (other / value).max(value / other) } else { 1.0 };
                if times >= WRONG_UNIT {
                    let [used, rival] = [used, index]
                        .map(|index| format!("{} of {}", rows[index].get("value"), rows[index].get("origin")));
                    let message = format!("{}: {rival} is {times:.0} times away from {used}", key.join(" "));
                    report.push(
                        Mistake::in_file(table, message)
                            .hint("one has the wrong unit: declare a factor in corrections.csv"),
                    );
                }
                if difference.abs() > ROUNDING {
                    let pairs: Vec<String> = keys
                        .iter()
                        .zip(&key)
                        .filter(|(_, text)| !text.is_empty())
                        .map(|(name, text)| format!("{name}={text}"))
                        .collect();
                    rivals.push([
                        table.into(),
                        pairs.join(";"),
                        number(value),
                        rows[used].text("origin"),
                        number(other),
                        rows[index].text("origin"),
                        if difference.is_finite() { number(difference) } else { String::new() },
                        "the source earlier in the order of trust, then the better quality, then the newer date is used".into(),
                    ]);
                }
            }
        }
    }
    rivals.sort();
    rivals.dedup_by(|a, b| (&a[1], &a[5]) == (&b[1], &b[5]));
    for rival in &rivals {
        step.made("reconciliation");
        let columns = ["table", "key", "used", "used_origin", "not_used", "not_used_origin", "difference", "reason"];
        let cells: Vec<(&str, &str)> = columns.into_iter().zip(rival.iter().map(String::as_str)).collect();
        tables.add("reconciliation", &cells);
    }
    step
}

/// Smaller is used first.
fn rank(row: &Row) -> (usize, bool, Option<DataQuality>, std::cmp::Reverse<String>, String) {
    let origin = row.get("origin");
    let place = ORDER.iter().position(|known| *known == origin).unwrap_or(ORDER.len());
    let missing = row.number("value").is_none() && row.get("quality") != "withheld";
    (
        place,
        missing,
        DataQuality::parse(row.get("quality")),
        std::cmp::Reverse(row.text("as_of")),
        row.cells.join("\u{1f}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trusted_source_is_used_and_the_rival_is_listed_with_the_gap() {
        let mut tables = Tables::new();
        let mut add = |origin: &str, value: &str, quality: &str| {
            tables.add(
                "production",
                &[
                    ("commodity", "rare-earths"),
                    ("stage", "mine"),
                    ("country", "AUS"),
                    ("metric", "production"),
                    ("year", "2024"),
                    ("value", value),
                    ("unit", "t"),
                    ("basis", "t REO"),
                    ("quality", quality),
                    ("origin", origin),
                ],
            );
        };
        add("usgs-mcs-2025", "13000", "estimated");
        add("usgs-mcs-2026", "29000", "reported");
        add("some-paper", "29100", "reported");
        let mut report = Report::new();
        choose(&mut tables, QUANTITIES[0].0, QUANTITIES[0].1, &mut report);
        assert!(report.is_empty(), "{report}");
        let preferred: Vec<&str> = tables.rows("production").iter().map(|row| row.get("preferred")).collect();
        assert_eq!(preferred, ["no", "yes", "no"]);
        let rivals = tables.rows("reconciliation");
        assert_eq!(rivals.len(), 1);
        assert_eq!((rivals[0].get("used"), rivals[0].get("not_used")), ("29000", "13000"));
        assert_eq!(rivals[0].get("difference"), "-0.551724");
    }
    #[test]
    fn a_thousandfold_difference_is_a_wrong_unit_not_a_disagreement() {
        let mut tables = Tables::new();
        for (origin, value) in [("usgs-mcs-2026", "3040000"), ("usgs-mcs-2025", "3300")] {
            let cells = [("commodity", "titanium"), ("country", "CHN"), ("metric", "production"), ("year", "2024")];
            let rest = [("stage", "mine"), ("unit", "t"), ("basis", "t TiO2"), ("origin", origin), ("value", value)];
            tables.add("production", &[cells.as_slice(), &rest].concat());
        }
        let mut report = Report::new();
        choose(&mut tables, QUANTITIES[0].0, QUANTITIES[0].1, &mut report);
        let text = report.to_string();
        assert!(text.contains("3300 of usgs-mcs-2025 is 921 times away from 3040000 of usgs-mcs-2026"), "{text}");
        assert!(text.contains("declare a factor in corrections.csv"), "{text}");
    }
}
