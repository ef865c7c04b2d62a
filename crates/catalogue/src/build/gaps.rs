//! Gaps that the tables themselves show: a commodity without a row where a user would look for one gets a row that says so.

use super::AS_OF;
use super::tables::{Step, Tables};

/// Tables that every commodity should have a row in, and what the row would be.
const LOOKED_FOR: [(&str, &str); 5] = [
    ("trade", "a customs code"),
    ("production", "output by country"),
    ("reserves", "reserves by country"),
    ("prices", "a price"),
    ("demand", "demand"),
];

/// Adds a row for each gap that nobody has described.
pub(super) fn add(tables: &mut Tables, steps: &mut Vec<Step>) {
    let mut step = Step::new("gaps that the tables show");
    let commodities: Vec<String> = tables.rows("commodities").iter().map(|row| row.text("commodity")).collect();
    for commodity in &commodities {
        for (table, what) in LOOKED_FOR {
            step.read += 1;
            let described =
                tables.rows("gaps").iter().any(|row| row.get("commodity") == commodity && row.get("table") == table);
            let reason =
                if table == "trade" { bundled(tables, commodity) } else { absent(tables, commodity, table, what) };
            let Some(reason) = reason.filter(|_| !described) else { continue };
            step.made("gaps");
            tables.add(
                "gaps",
                &[
                    ("commodity", commodity),
                    ("table", table),
                    ("reason", &reason),
                    ("quality", "withheld"),
                    ("as_of", AS_OF),
                    ("origin", "lode-curated"),
                    ("note", "found by the build"),
                ],
            );
        }
    }
    steps.push(step);
}

/// Why the trade of a commodity cannot be told; `None` if a whole record holds it alone.
fn bundled(tables: &Tables, commodity: &str) -> Option<String> {
    let forms = || tables.rows("forms").iter().filter(|row| row.get("commodity") == commodity);
    if forms().any(|row| row.get("mixed") == "no" && row.get("record") == "full") {
        return None;
    }
    let codes = |mixed: &str| {
        let codes: Vec<&str> = forms().filter(|row| row.get("mixed") == mixed).map(|row| row.get("hs_code")).collect();
        codes.join(", ")
    };
    let (alone, mixed) = (codes("no"), codes("yes"));
    Some(if !alone.is_empty() {
        format!("of {alone} only value shares of the largest partners may be passed on")
    } else if !mixed.is_empty() {
        format!("customs bundle it with others in {mixed}: shares can only be bounded")
    } else {
        "no customs code of this package holds it".into()
    })
}

fn absent(tables: &Tables, commodity: &str, table: &str, what: &str) -> Option<String> {
    let any = tables.rows(table).iter().any(|row| row.get("commodity") == commodity && !row.get("value").is_empty());
    (!any).then(|| format!("no row of this package has {what} of it: not in the sources read, or not taken from them"))
}
