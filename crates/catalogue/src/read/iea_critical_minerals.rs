//! Critical minerals tables of the International Energy Agency, as tidy tables of supply by country and of demand.
//!
//! Traps: a row `TOTAL` and a row `TOP3_SHARE` stand among the countries; the notes under the original sheet have been read
//! as rows; the values of `table` in the demand file overlap, so they are never summed across. The original workbook was
//! not at hand: its sheets must be brought into these two layouts first.

use super::{Unique, each_record};
use crate::input::Input;
use crate::records::Column;
use crate::report::Report;
use lode_model::Year;

/// Whose supply a row is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Supplier {
    /// A country as printed.
    Country(String),
    /// All others.
    RestOfWorld,
    /// The total as printed.
    Total,
    /// Share of the three largest.
    TopThreeShare,
}

/// A row of supply.
#[derive(Clone, PartialEq, Debug)]
pub struct Supply {
    /// Mineral as printed.
    pub mineral: String,
    /// `mining` or `refining`.
    pub stage: String,
    /// Whose.
    pub supplier: Supplier,
    /// Year.
    pub year: Year,
    /// Thousand tonnes, or a share for the three largest.
    pub value: f64,
}

/// A row of demand.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// Which table of the original: they overlap.
    pub table: String,
    /// Mineral as printed.
    pub mineral: String,
    /// Sector as printed.
    pub sector: String,
    /// `base`, `STEPS`, `APS` or `NZE`.
    pub scenario: String,
    /// Year.
    pub year: Year,
    /// Thousand tonnes; a share where the sector is `cleanShare`.
    pub value: f64,
}

const SUPPLY: [Column; 6] = [
    Column::required("mineral"),
    Column::required("stage"),
    Column::required("country"),
    Column::required("year"),
    Column::required("value"),
    Column::required("unit"),
];

/// Reads supply by country. Rows without a value, and notes that stand among the rows, are counted and left out.
pub fn read_supply(input: Input<'_>, report: &mut Report) -> (Vec<Supply>, u64) {
    let mut rows = Vec::new();
    let mut notes = 0;
    let mut unique = Unique::new();
    each_record(input, b',', &SUPPLY, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let unit = record.text(at(5), report);
        if record.bytes(at(4)).is_empty() {
            notes += 1;
            return;
        }
        let supplier = match record.text(at(2), report) {
            "TOTAL" => Supplier::Total,
            "TOP3_SHARE" => Supplier::TopThreeShare,
            "Rest of world" => Supplier::RestOfWorld,
            name => Supplier::Country(name.to_owned()),
        };
        let stage = record.text(at(1), report).to_owned();
        if stage != "mining" && stage != "refining" {
            report.push(
                record
                    .mistake(at(1), format!("`{}` is not a stage of this source", crate::clip(&stage)))
                    .hint("use mining or refining"),
            );
            return;
        }
        let expected = if supplier == Supplier::TopThreeShare { "share" } else { "kt" };
        if unit != expected {
            report.push(
                record
                    .mistake(at(5), format!("`{}` is not the unit of this row", crate::clip(unit)))
                    .hint(format!("it must be {expected}")),
            );
            return;
        }
        let most = if expected == "share" { 1.0 } else { 1e7 };
        let (year, value) = (record.year(at(3), report), record.amount(at(4), most, report));
        if let (Some(year), Some(value)) = (year, value) {
            let mineral = record.text(at(0), report).to_owned();
            if unique.is_new((mineral.clone(), stage.clone(), supplier.clone(), year), record, at(0), report) {
                rows.push(Supply { mineral, stage, supplier, year, value });
            }
        }
    });
    (rows, notes)
}

const DEMAND: [Column; 6] = [
    Column::required("table"),
    Column::required("mineral"),
    Column::required("sector"),
    Column::required("scenario"),
    Column::required("year"),
    Column::required("value_kt"),
];
const SCENARIOS: [&str; 4] = ["base", "STEPS", "APS", "NZE"];

/// Reads demand by sector and scenario.
pub fn read_demand(input: Input<'_>, report: &mut Report) -> Vec<Demand> {
    let mut rows = Vec::new();
    let mut unique = Unique::new();
    each_record(input, b',', &DEMAND, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let scenario = record.text(at(3), report).to_owned();
        if !SCENARIOS.contains(&scenario.as_str()) {
            report.push(
                record
                    .mistake(at(3), format!("`{}` is not a scenario of this source", crate::clip(&scenario)))
                    .hint(format!("use one of {}", SCENARIOS.join(", "))),
            );
            return;
        }
        let (year, value) = (record.year(at(4), report), record.amount(at(5), 1e7, report));
        if let (Some(year), Some(value)) = (year, value) {
            let cell = |index: usize, report: &mut Report| record.text(at(index), report).to_owned();
            let (table, mineral, sector) = (cell(0, report), cell(1, report), cell(2, report));
            if unique.is_new(
                (table.clone(), mineral.clone(), sector.clone(), scenario.clone(), year),
                record,
                at(1),
                report,
            ) {
                rows.push(Demand { table, mineral, sector, scenario, year, value });
            }
        }
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;

    const GOOD_SUPPLY: &str = "mineral,stage,country,year,value,unit\nCobalt,mining,Indonesia,2024,33.2,kt\nCobalt,mining,TOP3_SHARE,2024,0.81,share\n";
    const GOOD_DEMAND: &str =
        "table,mineral,sector,scenario,year,value_kt\ntotalDemand,Cobalt,totalDemand,base,2024,220\n";

    #[test]
    fn totals_shares_and_notes_are_no_countries() {
        let text = format!(
            "{GOOD_SUPPLY}Cobalt,mining,Rest of world,2024,45.7,kt\nCobalt,mining,TOTAL,2024,273.3,kt\nCobalt,mining,\"Notes: a remark\",2024,,\n"
        );
        let mut report = Report::new();
        let (rows, notes) = read_supply(Input::from_bytes("iea.csv", text.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!((rows.len(), notes), (4, 1));
        assert_eq!(rows[1].supplier, Supplier::TopThreeShare);
    }

    #[test]
    fn broken_files() {
        let supply = |input: Input<'_>, report: &mut Report| drop(read_supply(input, report));
        let demand = |input: Input<'_>, report: &mut Report| drop(read_demand(input, report));
        survives_broken_files(&supply, GOOD_SUPPLY);
        survives_broken_files(&demand, GOOD_DEMAND);
        for (row, expected) in [
            ("Cobalt,smelting,Indonesia,2024,33.2,kt", "row 2, column stage: `smelting` is not a stage"),
            ("Cobalt,mining,Indonesia,2024,33.2,t", "row 2, column unit: `t` is not the unit of this row"),
            ("Cobalt,mining,TOP3_SHARE,2024,81,share", "row 2, column value: 81 is absurdly large"),
            ("Cobalt,mining,Indonesia,33.2,2024,kt", "row 2, column year: `33.2` is not a year"),
            ("Cobalt,mining,Indonesia,2024,-1,kt", "row 2, column value: -1 is negative"),
            (
                "Cobalt,mining,Indonesia,2024,1,kt\nCobalt,mining,Indonesia,2024,2,kt",
                "row 3, column mineral: repeats the key of row 2",
            ),
        ] {
            let text = complaint(&supply, format!("mineral,stage,country,year,value,unit\n{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
        let text =
            complaint(&demand, b"table,mineral,sector,scenario,year,value_kt\ntotalDemand,Cobalt,all,best,2024,1\n");
        assert!(text.contains("row 2, column scenario: `best` is not a scenario"), "{text}");
    }

    #[test]
    fn the_real_tables() {
        let (Some(supply), Some(demand)) =
            (shared("data/iea_supply_by_country_2024_2040.csv"), shared("data/iea_demand_scenarios_2024_2050.csv"))
        else {
            return;
        };
        let mut report = Report::new();
        let (rows, notes) = read_supply(Input::open(&supply).unwrap(), &mut report);
        assert_eq!(read_demand(Input::open(&demand).unwrap(), &mut report).len(), 2288);
        assert!(report.is_empty(), "{report}");
        assert!(notes > 0);
        // The printed total of cobalt mining 2024 is the sum of its rows.
        let cobalt = |row: &&Supply| row.mineral == "Cobalt" && row.stage == "mining" && row.year == 2024;
        let sum: f64 = rows
            .iter()
            .filter(cobalt)
            .filter(|r| matches!(r.supplier, Supplier::Country(_) | Supplier::RestOfWorld))
            .map(|r| r.value)
            .sum();
        let total = rows.iter().filter(cobalt).find(|r| r.supplier == Supplier::Total).unwrap().value;
        assert!((sum - total).abs() < 1e-6);
    }
}
