//! World Mining Data of the Austrian ministry of finance: production by country, as a tidy table.
//!
//! Its terms were not seen, so it is read by tests and by the user and never passed on. Rows named `Total` have no country
//! code and omit countries: they are kept apart and never mixed with the countries' own rows. In the extract at hand French
//! Guiana carries the code of Guyana, so rows are told apart by their name as printed.

use super::{Unique, each_record};
use crate::input::Input;
use crate::records::Column;
use crate::report::Report;
use lode_model::{CountryCode, Year};

/// A row of production.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Commodity as printed.
    pub commodity: String,
    /// Country as printed.
    pub name: String,
    /// Its code; `None` for a row `Total`.
    pub country: Option<CountryCode>,
    /// Year.
    pub year: Year,
    /// Amount in `unit`.
    pub amount: f64,
    /// Unit: t, kg, ct or Mio m3.
    pub unit: &'static str,
    /// Whether the source marks it as an estimate.
    pub estimated: bool,
}

const COLUMNS: [Column; 7] = [
    Column::required("commodity"),
    Column::required("country"),
    Column::required("iso3"),
    Column::required("year"),
    Column::required("production"),
    Column::required("unit"),
    Column::optional("source_flag"),
];

const UNITS: [(&str, &str); 6] =
    [("t", "t"), ("metr. t", "t"), ("kg", "kg"), ("ct", "ct"), ("Mio m3", "Mio m3"), ("Mio. m3", "Mio m3")];

/// Reads the table.
pub fn read(input: Input<'_>, report: &mut Report) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut unique = Unique::new();
    each_record(input, b',', &COLUMNS, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let commodity = record.text(at(0), report).to_owned();
        let name = record.text(at(1), report);
        let country = if record.bytes(at(2)).is_empty() {
            if !name.to_lowercase().starts_with("total") {
                report.push(
                    record
                        .mistake(at(2), format!("{} has no country code", crate::clip(name)))
                        .hint("only rows named Total have none"),
                );
                return;
            }
            None
        } else {
            match record.country_code(at(2), report) {
                Some(code) => Some(code),
                None => return,
            }
        };
        let year = record.year(at(3), report);
        let amount = record.amount(at(4), 1e13, report);
        let text = record.text(at(5), report);
        let unit = UNITS.iter().find(|(word, _)| *word == text).map(|(_, unit)| *unit);
        if unit.is_none() {
            let known: Vec<&str> = UNITS.iter().map(|(word, _)| *word).collect();
            report.push(
                record
                    .mistake(at(5), format!("`{}` is not a unit of this source", crate::clip(text)))
                    .hint(format!("use one of {}", known.join(", "))),
            );
        }
        let flag = places[6].map_or("", |place| record.text(place, report));
        if let (Some(year), Some(amount), Some(unit)) = (year, amount, unit)
            && unique.is_new((commodity.clone(), name.to_owned(), year), record, at(0), report)
        {
            rows.push(Row {
                commodity,
                name: name.to_owned(),
                country,
                year,
                amount,
                unit,
                estimated: flag.contains('e'),
            });
        }
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;

    const GOOD: &str = "commodity,country,iso3,year,production,unit,source_flag\nRare Earths (REO),China,CHN,2022,210000,t,r\nRare Earths (REO),Total,,2022,296837,t,\n";

    #[test]
    fn totals_are_kept_apart() {
        let rows = read(Input::from_bytes("wmd.csv", GOOD.as_bytes()), &mut Report::new());
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].country, None);
    }

    #[test]
    fn broken_files() {
        let run = |input: Input<'_>, report: &mut Report| drop(read(input, report));
        survives_broken_files(&run, GOOD);
        let head = "commodity,country,iso3,year,production,unit\n";
        for (row, expected) in [
            ("Gallium,China,CHN,2022,5,lb", "row 2, column unit: `lb` is not a unit of this source"),
            ("Gallium,China,CHN,2022,-5,kg", "row 2, column production: -5 is negative"),
            ("Gallium,China,,2022,5,kg", "row 2, column iso3: China has no country code"),
            ("Gallium,China,2022,CHN,5,kg", "row 2, column iso3: `2022` is not a country code"),
            ("Gallium,China,CHN,2022,1e20,kg", "is absurdly large"),
            (
                "Gallium,China,CHN,2022,5,kg\nGallium,China,CHN,2022,6,kg",
                "row 3, column commodity: repeats the key of row 2",
            ),
        ] {
            let text = complaint(&run, format!("{head}{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn the_real_table_and_its_total_that_omits_countries() {
        let Some(path) = shared("data/world_mining_data_2018_2024.csv") else { return };
        let mut report = Report::new();
        let rows = read(Input::open(&path).unwrap(), &mut report);
        assert!(report.is_empty(), "{report}");
        let of_2022 = |row: &&Row| row.commodity == "Rare Earths (REO)" && row.year == 2022;
        let sum: f64 = rows.iter().filter(of_2022).filter(|row| row.country.is_some()).map(|row| row.amount).sum();
        let total = rows.iter().filter(of_2022).find(|row| row.country.is_none()).unwrap().amount;
        assert_eq!((sum, total), (298_667.0, 296_837.0));
    }
}
