//! Mineral Commodity Summaries of the U.S. Geological Survey: the data releases of 2025 and 2026, whose layouts differ.
//!
//! Cells are read as printed: `W` is withheld, `NA` not available, `—` nothing, `>95` and `<25` bounds, `50–300` a range,
//! `e` an estimate, `E` a net exporter, `XX` not applicable, `s` a footnote: less than half a unit where its note says so. Units stand in a column and are
//! brought to tonnes, dollars and per cent; what is outside the vocabulary is a mistake, not a guess.

use super::{Unique, each_record};
use crate::input::Input;
use crate::records::{Column, Record, parse_number};
use crate::report::Report;
use lode_model::{CountryCode, Year};

/// What a cell says beside or in place of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flag {
    /// A number.
    Reported,
    /// A number that the source marks as an estimate.
    Estimated,
    /// Nothing: the source prints a dash.
    Zero,
    /// Kept secret by the source.
    Withheld,
    /// Not available, or an empty cell.
    NotAvailable,
    /// Only a bound or a range is printed.
    Bounded,
    /// Less than half of the unit shown.
    Small,
    /// The country is a net exporter.
    NetExporter,
    /// Not applicable, or words.
    Words,
}

/// A cell with its number in the unit of the row.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// As printed.
    pub raw: String,
    /// Central value.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What it says.
    pub flag: Flag,
}

impl Cell {
    /// Reads a cell as printed.
    pub fn parse(raw: &str) -> Self {
        let text = raw.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
        let cell = |value, low, high, flag| Self { raw: text.to_owned(), value, low, high, flag };
        let plain = |text: &str| parse_number(&text.trim().replace(',', ""));
        match text {
            "" | "NA" | "N.A." => return cell(None, None, None, Flag::NotAvailable),
            "—" | "–" | "-" | "--" | "\u{97}" | "â€”" => return cell(Some(0.0), None, None, Flag::Zero),
            "W" => return cell(None, None, None, Flag::Withheld),
            "E" => return cell(None, None, None, Flag::NetExporter),
            "XX" => return cell(None, None, None, Flag::Words),
            "s" | "<½" | "Less than ½ unit" => return cell(Some(0.25), Some(0.0), Some(0.5), Flag::Small),
            _ => {}
        }
        if let Some(number) = plain(text) {
            return cell(Some(number), None, None, Flag::Reported);
        }
        if let Some(number) = text.strip_prefix('e').or_else(|| text.strip_suffix('e')).and_then(plain) {
            return cell(Some(number), None, None, Flag::Estimated);
        }
        if let Some(low) = text.strip_prefix('>').and_then(plain) {
            return cell(None, Some(low), None, Flag::Bounded);
        }
        if let Some(high) = text.strip_prefix('<').and_then(plain) {
            return cell(None, None, Some(high), Flag::Bounded);
        }
        for dash in ['–', '-'] {
            if let Some((low, high)) = text.split_once(dash)
                && let (Some(low), Some(high)) = (plain(low), plain(high))
                && low <= high
            {
                return cell(None, Some(low), Some(high), Flag::Bounded);
            }
        }
        cell(None, None, None, Flag::Words)
    }

    /// The cell with its numbers multiplied.
    pub fn scaled(mut self, factor: f64) -> Self {
        for number in [&mut self.value, &mut self.low, &mut self.high].into_iter().flatten() {
            *number *= factor;
        }
        self
    }
}

/// Printed unit, unit used here, and what to multiply by.
const UNITS: [(&str, &str, f64); 35] = [
    ("metric tons", "t", 1.0),
    ("tons", "t", 1.0),
    ("thousand metric tons", "t", 1e3),
    ("thousand metric dry tons", "t", 1e3),
    ("million metric tons", "t", 1e6),
    ("kilograms", "t", 1e-3),
    ("percent", "percent", 1.0),
    ("number", "number", 1.0),
    ("index", "index", 1.0),
    ("million carats", "carat", 1e6),
    ("thousand carats", "carat", 1e3),
    ("thousands of carats", "carat", 1e3),
    ("million cubic meters", "m3", 1e6),
    ("million liters", "l", 1e6),
    ("million dollars", "USD", 1e6),
    ("dollars per metric ton", "USD/t", 1.0),
    ("dollars per ton", "USD/t", 1.0),
    ("dollars per short ton", "USD/short t", 1.0),
    ("dollars per kilogram", "USD/kg", 1.0),
    ("dollars per gram", "USD/g", 1.0),
    ("dollars per pound", "USD/lb", 1.0),
    ("cents per pound", "USD/lb", 0.01),
    ("dollars per troy ounce", "USD/troy oz", 1.0),
    ("dollars per carat", "USD/carat", 1.0),
    ("dollars per dry metric ton unit", "USD/dry t unit", 1.0),
    ("dollars per metric ton unit", "USD/t unit", 1.0),
    ("dollars per flask", "USD/flask", 1.0),
    ("dollars per 10-grams", "USD/10 g", 1.0),
    ("dollars per 25 grams", "USD/25 g", 1.0),
    ("dollars per 50 grams", "USD/50 g", 1.0),
    ("dollars per 100 mililiters", "USD/100 ml", 1.0),
    ("dollars per 100 milliliters", "USD/100 ml", 1.0),
    ("metric tons of contained metal", "t", 1.0),
    ("thousand dollars", "USD", 1e3),
    ("", "", 1.0),
];

/// A row of either release.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Section of the 2026 release; `World` for that of 2025.
    pub section: String,
    /// Commodity as printed.
    pub commodity: String,
    /// Country as printed.
    pub country: String,
    /// Country code of the release; `None` for totals and remainders.
    pub code: Option<CountryCode>,
    /// `Production`, `Capacity`, `Reserves`, `Price` and others as printed.
    pub statistic: String,
    /// What exactly is counted, with the mass basis, as printed.
    pub detail: String,
    /// Year; the last one where the release prints a span.
    pub year: Year,
    /// The cell, in `unit`.
    pub cell: Cell,
    /// Unit.
    pub unit: &'static str,
    /// Remarks of the source.
    pub notes: String,
}

impl Row {
    /// Whether it is a total of the world.
    pub fn is_world(&self) -> bool {
        self.country.to_lowercase().starts_with("world")
    }

    /// Whether it stands for countries that are not named.
    pub fn is_other(&self) -> bool {
        self.country.to_lowercase().starts_with("other")
    }
}

fn unit(record: &Record<'_>, index: usize, report: &mut Report) -> Option<(&'static str, f64)> {
    let text = record.text(index, report);
    let found =
        UNITS.iter().find(|(word, ..)| word.eq_ignore_ascii_case(text)).map(|(_, unit, factor)| (*unit, *factor));
    if found.is_none() {
        let near = crate::did_you_mean(text, UNITS.iter().map(|(word, ..)| *word));
        let mistake = record.mistake(index, format!("`{}` is not a unit of this source", crate::clip(text)));
        report.push(
            mistake.hint(near.map_or("the columns may be swapped".into(), |near| format!("did you mean `{near}`?"))),
        );
    }
    found
}

fn code(record: &Record<'_>, index: Option<usize>, report: &mut Report) -> Option<Option<CountryCode>> {
    match index {
        Some(index) if !record.bytes(index).is_empty() => record.country_code(index, report).map(Some),
        _ => Some(None),
    }
}

/// Amounts beyond this are mistakes, in any unit of this source.
const MOST: f64 = 1e16;

fn sensible(cell: &Cell, record: &Record<'_>, index: usize, report: &mut Report) -> bool {
    let numbers = [cell.value, cell.low, cell.high];
    if numbers.into_iter().flatten().any(|number| number < 0.0) {
        report.push(
            record.mistake(index, format!("{} is negative", crate::clip(&cell.raw))).hint("amounts are 0 or more"),
        );
        return false;
    }
    if numbers.into_iter().flatten().any(|number| number > MOST) {
        report.push(record.mistake(index, format!("{} is absurdly large", crate::clip(&cell.raw))));
        return false;
    }
    true
}

const LAYOUT_2026: [Column; 11] = [
    Column::required("mcs_chapter").also(&["chapter"]),
    Column::required("section"),
    Column::required("commodity"),
    Column::required("country"),
    Column::optional("iso3"),
    Column::required("statistics"),
    Column::required("statistics_detail"),
    Column::required("unit"),
    Column::required("year"),
    Column::required("value_raw").also(&["value"]),
    Column::optional("value_num"),
];

/// Reads the release of 2026: one row for each number.
pub fn read_2026(input: Input<'_>, report: &mut Report) -> Vec<Row> {
    let mut rows = Vec::new();
    let columns: Vec<Column> = LAYOUT_2026.into_iter().chain([Column::optional("notes")]).collect();
    let mut unique = Unique::new();
    each_record(input, b',', &columns, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let text = |index: usize, report: &mut Report| record.text(at(index), report).to_owned();
        let Some((unit, factor)) = unit(record, at(7), report) else { return };
        let Some(code) = code(record, places[4], report) else { return };
        let printed = record.text(at(8), report);
        // `2021–24` is the span of the import sources.
        let last =
            printed.rsplit('–').next().map(|end| if end.len() == 2 { format!("20{end}") } else { end.to_owned() });
        let Some(year) = last.and_then(|text| text.parse::<Year>().ok()).filter(|year| (1900..=2100).contains(year))
        else {
            report.push(
                record
                    .mistake(at(8), format!("`{}` is not a year", crate::clip(printed)))
                    .hint("the columns may be swapped"),
            );
            return;
        };
        let mut cell = Cell::parse(record.text(at(9), report));
        if let Some(place) = places[10]
            && let Some(number) = record.number(place, report)
            && cell.value.is_some_and(|value| (value - number).abs() > 1e-9 * number.abs())
        {
            report.push(
                record
                    .mistake(place, format!("{number} is not what value_raw says, {}", cell.raw))
                    .hint("value_raw is what the source prints"),
            );
        }
        if !sensible(&cell, record, at(9), report) {
            return;
        }
        let notes = places[11].map_or("", |place| record.text(place, report));
        if cell.flag == Flag::Reported && notes.contains("Estimated.") {
            cell.flag = Flag::Estimated;
        }
        if cell.flag == Flag::Small && cell.raw == "s" && !notes.to_lowercase().contains("less than ½") {
            // A footnote that says another thing: included elsewhere, or below another limit.
            cell = Cell { value: None, low: None, high: None, flag: Flag::Words, ..cell };
        }
        let row = Row {
            section: text(1, report),
            commodity: text(2, report),
            country: text(3, report),
            code,
            statistic: text(5, report),
            detail: text(6, report),
            year,
            cell: cell.scaled(factor),
            unit,
            notes: notes.to_owned(),
        };
        // In the salient statistics two kinds of mica share every heading: there only a whole row can repeat.
        let raw = if row.section.starts_with("World") { "" } else { &row.cell.raw };
        let what = [&row.section, &row.commodity, &row.country, &row.statistic, &row.detail, raw].map(str::to_owned);
        let key = (what, unit, printed.to_owned());
        if unique.is_new(key, record, at(2), report) {
            rows.push(row);
        }
    });
    rows
}

const LAYOUT_2025: [Column; 14] = [
    Column::required("source"),
    Column::required("commodity"),
    Column::required("country"),
    Column::required("type"),
    Column::required("unit_meas"),
    Column::required("prod_2023"),
    Column::required("prod_est_2024").also(&["prod_est_ 2024"]),
    Column::optional("prod_notes"),
    Column::required("cap_2023"),
    Column::required("cap_est_2024").also(&["cap_est_ 2024"]),
    Column::optional("cap_notes"),
    Column::required("reserves_2024"),
    Column::optional("reserve_notes"),
    Column::optional("iso3"),
];

/// Reads the release of 2025: one row for each country, with columns for two years of output and capacity, and reserves.
pub fn read_2025(input: Input<'_>, report: &mut Report) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut unique = Unique::new();
    each_record(input, b',', &LAYOUT_2025, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let optional =
            |index: usize, report: &mut Report| places[index].map_or("", |place| record.text(place, report)).to_owned();
        let Some((unit, factor)) = unit(record, at(4), report) else { return };
        let Some(code) = code(record, places[13], report) else { return };
        let (commodity, country) = (record.text(at(1), report).to_owned(), record.text(at(2), report).to_owned());
        let detail = record.text(at(3), report).to_owned();
        if !unique.is_new((commodity.clone(), country.clone(), detail.clone()), record, at(2), report) {
            return;
        }
        let estimated = detail.to_lowercase().contains("estimated");
        for (column, notes, statistic, year, estimate) in [
            (5, 7, "Production", 2023, estimated),
            (6, 7, "Production", 2024, true),
            (8, 10, "Capacity", 2023, estimated),
            (9, 10, "Capacity", 2024, true),
            (11, 12, "Reserves", 2024, false),
        ] {
            let mut cell = Cell::parse(record.text(at(column), report));
            if cell.flag == Flag::NotAvailable || !sensible(&cell, record, at(column), report) {
                continue;
            }
            let notes = optional(notes, report);
            if cell.flag == Flag::Reported && (estimate || notes.to_lowercase().starts_with("estimated")) {
                cell.flag = Flag::Estimated;
            }
            rows.push(Row {
                section: "World".into(),
                commodity: commodity.clone(),
                country: country.clone(),
                code,
                statistic: statistic.into(),
                detail: detail.clone(),
                year,
                cell: cell.scaled(factor),
                unit,
                notes,
            });
        }
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;

    #[test]
    fn every_kind_of_cell() {
        let read = |raw: &str| {
            let cell = Cell::parse(raw);
            (cell.value, cell.low, cell.high, cell.flag)
        };
        assert_eq!(read("270,000"), (Some(270_000.0), None, None, Flag::Reported));
        assert_eq!(read("e45,000"), (Some(45_000.0), None, None, Flag::Estimated));
        assert_eq!(read("—"), (Some(0.0), None, None, Flag::Zero));
        assert_eq!(read("W"), (None, None, None, Flag::Withheld));
        assert_eq!(read("NA"), (None, None, None, Flag::NotAvailable));
        assert_eq!(read(""), (None, None, None, Flag::NotAvailable));
        assert_eq!(read(">95"), (None, Some(95.0), None, Flag::Bounded));
        assert_eq!(read("<1,000"), (None, None, Some(1000.0), Flag::Bounded));
        assert_eq!(read("50–300"), (None, Some(50.0), Some(300.0), Flag::Bounded));
        assert_eq!(read("330 - 390"), (None, Some(330.0), Some(390.0), Flag::Bounded));
        assert_eq!(read("s"), (Some(0.25), Some(0.0), Some(0.5), Flag::Small));
        assert_eq!(read("E"), (None, None, None, Flag::NetExporter));
        assert_eq!(read("68\u{a0}").0, Some(68.0));
        assert_eq!(read("Large").3, Flag::Words);
        assert_eq!(read("?10").3, Flag::Words);
    }

    const HEAD_2026: &str =
        "mcs_chapter,section,commodity,country,iso3,statistics,statistics_detail,unit,year,value_raw,value_num,notes\n";
    const HEAD_2025: &str = "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES\n";

    #[test]
    fn the_layout_of_2026_in_tonnes() {
        let text = format!(
            "{HEAD_2026}GALLIUM,World,Gallium,China,CHN,Production,Primary production,kilograms,2024,\"839,000\",839000.0,Estimated.\n"
        );
        let mut report = Report::new();
        let rows = read_2026(Input::from_bytes("mcs.csv", text.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!((rows[0].cell.value, rows[0].unit, rows[0].cell.flag), (Some(839.0), "t", Flag::Estimated));
    }

    #[test]
    fn the_layout_of_2025_with_the_original_headings() {
        let text = format!(
            "{HEAD_2025}MCS2025,Rare earths,China,\"Mine production, rare-earth-oxide equivalent\",metric tons,255000,270000,,,,,44000000,\n"
        );
        let mut report = Report::new();
        let rows = read_2025(Input::from_bytes("mcs.csv", text.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        let read: Vec<_> =
            rows.iter().map(|row| (row.statistic.as_str(), row.year, row.cell.value, row.cell.flag)).collect();
        assert_eq!(
            read,
            [
                ("Production", 2023, Some(255_000.0), Flag::Reported),
                ("Production", 2024, Some(270_000.0), Flag::Estimated),
                ("Reserves", 2024, Some(44_000_000.0), Flag::Reported)
            ]
        );
    }

    #[test]
    fn broken_files() {
        let new = |input: Input<'_>, report: &mut Report| drop(read_2026(input, report));
        let old = |input: Input<'_>, report: &mut Report| drop(read_2025(input, report));
        survives_broken_files(
            &new,
            &format!("{HEAD_2026}X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,5,5.0,\n"),
        );
        survives_broken_files(
            &old,
            &format!("{HEAD_2025}MCS2025,Gallium,China,Primary production,kilograms,5,6,,,,,7,\n"),
        );
        for (row, expected) in [
            (
                "X,World,Gallium,China,CHN,Production,Primary,kilogramms,2024,5,5.0,",
                "column unit: `kilogramms` is not a unit of this source\n  hint: did you mean `kilograms`?",
            ),
            (
                "X,World,Gallium,China,China,Production,Primary,kilograms,2024,5,5.0,",
                "column iso3: `China` is not a country code",
            ),
            ("X,World,Gallium,China,CHN,Production,Primary,kilograms,5,2024,2024,", "column year: `5` is not a year"),
            ("X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,-5,-5,", "column value_raw: -5 is negative"),
            (
                "X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,9e30,,",
                "column value_raw: 9e30 is absurdly large",
            ),
            (
                "X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,5,6,",
                "column value_num: 6 is not what value_raw says, 5",
            ),
            (
                "X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,5,5,\nX,World,Gallium,China,CHN,Production,Primary,kilograms,2024,6,6,",
                "row 3, column commodity: repeats the key of row 2",
            ),
        ] {
            let text = complaint(&new, format!("{HEAD_2026}{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
        for (row, expected) in [
            ("MCS2025,Gallium,China,Primary production,ounces,5,6,,,,,7,", "column UNIT_MEAS: `ounces` is not a unit"),
            ("MCS2025,Gallium,China,Primary production,kilograms,-5,6,,,,,7,", "column PROD_2023: -5 is negative"),
            (
                "MCS2025,Gallium,China,P,kilograms,5,6,,,,,7,\nMCS2025,Gallium,China,P,kilograms,5,6,,,,,7,",
                "row 3, column COUNTRY: repeats the key of row 2",
            ),
        ] {
            let text = complaint(&old, format!("{HEAD_2025}{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn the_real_releases_are_read_without_a_mistake() {
        let (Some(new), Some(old)) =
            (shared("data/usgs_mcs2026_commodities.csv"), shared("data/usgs_mcs2025_world_data.csv"))
        else {
            return;
        };
        let mut report = Report::new();
        let new = read_2026(Input::open(&new).unwrap(), &mut report);
        let old = read_2025(Input::open(&old).unwrap(), &mut report);
        assert!(report.is_empty(), "{report}");
        println!("USGS: {} rows of 2026, {} numbers of 2025", new.len(), old.len());
        let mined = |rows: &[Row], country: &str| {
            let of = |row: &&Row| row.commodity == "Rare Earths" || row.commodity == "Rare earths";
            let found = rows
                .iter()
                .filter(of)
                .find(|row| row.statistic == "Production" && row.country == country && row.year == 2024);
            found.and_then(|row| row.cell.value).unwrap()
        };
        assert_eq!((mined(&new, "China"), mined(&old, "China")), (270_000.0, 270_000.0));
        assert_eq!((mined(&new, "Australia"), mined(&old, "Australia")), (29_000.0, 13_000.0));
        // The printed total of 2024 is the rounded sum of its rows: 384,000 becomes 380,000.
        let rows = new.iter().filter(|row| {
            row.commodity == "Rare Earths"
                && row.statistic == "Production"
                && row.year == 2024
                && row.section.starts_with("World")
        });
        let sum: f64 = rows.filter(|row| !row.is_world()).filter_map(|row| row.cell.value).sum();
        assert_eq!((sum, mined(&new, "World total")), (384_000.0, 380_000.0));
    }
}
