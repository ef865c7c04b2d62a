//! World Bank Commodity Price Data (the Pink Sheet): monthly prices, as a tidy table.
//!
//! The tidy table has `commodity, unit, month, price_nominal_usd`. The original workbook is read by [`read_sheet`] from its
//! sheet `Monthly Prices` saved as CSV: some heading rows, a row of names, a row of units in brackets, then months as
//! `1960M01`. That layout was written from its documentation: it was not run on a live file.

use super::{Unique, each_record};
use crate::input::Input;
use crate::records::{Column, Records, parse_number};
use crate::report::{Mistake, Report};

/// A price of a month.
#[derive(Clone, PartialEq, Debug)]
pub struct Price {
    /// Commodity as printed.
    pub commodity: String,
    /// Unit, e.g. `USD/t`.
    pub unit: &'static str,
    /// Month as `2024-07`.
    pub month: String,
    /// Price in nominal dollars.
    pub price: f64,
}

const UNITS: [(&str, &str); 11] = [
    ("($/mt)", "USD/t"),
    ("($/dmtu)", "USD/dry t unit"),
    ("($/bbl)", "USD/barrel"),
    ("($/mmbtu)", "USD/mmbtu"),
    ("($/kg)", "USD/kg"),
    ("($/troy oz)", "USD/troy oz"),
    ("($/cubic meter)", "USD/m3"),
    ("(cents/sheet)", "US cents/sheet"),
    ("(2010=100)", "index 2010=100"),
    ("(cents/kg)", "US cents/kg"),
    ("($/toz)", "USD/troy oz"),
];

fn unit(text: &str) -> Option<&'static str> {
    UNITS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim())).map(|(_, unit)| *unit)
}

/// `1960M01` or `1960-01` as `1960-01`.
fn month(text: &str) -> Option<String> {
    let (year, month) = text.trim().split_once(['M', '-'])?;
    let number =
        |text: &str, low: u32, high: u32| text.parse::<u32>().ok().filter(|number| (low..=high).contains(number));
    (year.len() == 4 && month.len() == 2).then_some(())?;
    Some(format!("{:04}-{:02}", number(year, 1900, 2100)?, number(month, 1, 12)?))
}

const COLUMNS: [Column; 4] = [
    Column::required("commodity"),
    Column::required("unit"),
    Column::required("month"),
    Column::required("price_nominal_usd"),
];

/// Reads the tidy table.
pub fn read(input: Input<'_>, report: &mut Report) -> Vec<Price> {
    let mut prices = Vec::new();
    let mut unique = Unique::new();
    each_record(input, b',', &COLUMNS, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let commodity = record.text(at(0), report).to_owned();
        let word = record.text(at(1), report);
        let unit = unit(word);
        if unit.is_none() {
            report.push(unknown_unit(
                record.mistake(at(1), format!("`{}` is not a unit of this source", crate::clip(word))),
            ));
        }
        let text = record.text(at(2), report);
        let month = month(text);
        if month.is_none() {
            report.push(
                record
                    .mistake(at(2), format!("`{}` is not a month", crate::clip(text)))
                    .hint("write 2024-07 or 2024M07; the columns may be swapped"),
            );
        }
        let price = record.amount(at(3), 1e7, report);
        if let (Some(unit), Some(month), Some(price)) = (unit, month, price)
            && unique.is_new((commodity.clone(), month.clone()), record, at(2), report)
        {
            prices.push(Price { commodity, unit, month, price });
        }
    });
    prices
}

fn unknown_unit(mistake: Mistake) -> Mistake {
    mistake.hint(format!("known are {}", UNITS.map(|(word, _)| word).join(", ")))
}

/// Reads the sheet of monthly prices as the World Bank lays it out, saved as CSV.
pub fn read_sheet(input: Input<'_>, report: &mut Report) -> Vec<Price> {
    let mut prices = Vec::new();
    let Some(mut records) = Records::open(input, b',', report) else { return prices };
    let name = records.name().to_owned();
    let mut names: Vec<String> = records.headings().to_vec();
    let mut units: Vec<Option<&'static str>> = Vec::new();
    let width = names.len();
    while let Some(record) = records.next(report) {
        let cells: Vec<&str> = (0..width).map(|index| record.text(index, report)).collect();
        if units.is_empty() {
            if cells.iter().skip(1).any(|cell| unit(cell).is_some()) {
                for (index, cell) in cells.iter().enumerate().skip(1).filter(|(_, cell)| !cell.is_empty()) {
                    if unit(cell).is_none() {
                        report.push(unknown_unit(
                            record.mistake(index, format!("`{}` is not a unit of this source", crate::clip(cell))),
                        ));
                    }
                }
                units = cells.iter().map(|cell| unit(cell)).collect();
            } else {
                names = cells.iter().map(|cell| (*cell).to_owned()).collect();
            }
            continue;
        }
        let Some(month) = month(cells[0]) else {
            if !cells[0].is_empty() {
                report.push(
                    record
                        .mistake(0, format!("`{}` is not a month", crate::clip(cells[0])))
                        .hint("months are written 1960M01"),
                );
            }
            continue;
        };
        for index in 1..width {
            let Some(unit) = units[index] else { continue };
            match cells[index] {
                "" | "…" | ".." | "..." => {}
                text => match parse_number(text).filter(|price| *price >= 0.0) {
                    Some(price) => {
                        prices.push(Price { commodity: names[index].clone(), unit, month: month.clone(), price })
                    }
                    None => report.push(record.mistake(index, format!("`{}` is not a price", crate::clip(text)))),
                },
            }
        }
    }
    if units.is_empty() {
        report.push(
            Mistake::in_file(&name, "has no row of units such as ($/mt)")
                .hint("save the sheet `Monthly Prices` as CSV"),
        );
    }
    prices
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;

    const GOOD: &str =
        "commodity,unit,month,price_nominal_usd\nNickel,($/mt),2024-01,16103.9\nNickel,($/mt),2024-02,16310\n";

    #[test]
    fn the_sheet_as_the_world_bank_lays_it_out() {
        let sheet = "World Bank Commodity Price Data,,\nmonthly prices,,\n,Crude oil,Nickel\n,($/bbl),($/mt)\n1960M01,1.63,1631\n1960M02,…,1631\n";
        let mut report = Report::new();
        let prices = read_sheet(Input::from_bytes("sheet.csv", sheet.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!(prices.len(), 3);
        assert_eq!(
            (prices[1].commodity.as_str(), prices[1].unit, prices[1].month.as_str(), prices[1].price),
            ("Nickel", "USD/t", "1960-01", 1631.0)
        );
        let text = complaint(&|input, report| drop(read_sheet(input, report)), b"a,b\nc,d\n");
        assert!(text.contains("has no row of units"), "{text}");
    }

    #[test]
    fn broken_files() {
        let run = |input: Input<'_>, report: &mut Report| drop(read(input, report));
        survives_broken_files(&run, GOOD);
        let head = "commodity,unit,month,price_nominal_usd\n";
        for (row, expected) in [
            ("Nickel,($/lb),2024-01,1", "row 2, column unit: `($/lb)` is not a unit of this source"),
            ("Nickel,($/mt),1.5,2024-01", "row 2, column month: `1.5` is not a month"),
            ("Nickel,($/mt),2024-13,1", "row 2, column month: `2024-13` is not a month"),
            ("Nickel,($/mt),2024-01,-1", "row 2, column price_nominal_usd: -1 is negative"),
            ("Nickel,($/mt),2024-01,1\nNickel,($/mt),2024-01,2", "row 3, column month: repeats the key of row 2"),
        ] {
            let text = complaint(&run, format!("{head}{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn the_real_table() {
        let Some(path) = shared("data/worldbank_pinksheet_metals_monthly_1960_2026M05.csv") else { return };
        let mut report = Report::new();
        let prices = read(Input::open(&path).unwrap(), &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!(prices.len(), 10_834);
    }
}
