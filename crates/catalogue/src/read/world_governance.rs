//! Worldwide Governance Indicators of the World Bank: political stability and absence of violence.
//!
//! Two layouts are read: a tidy extract of one indicator, and the long table of the dataset (`code, countryname, year,
//! indicator, estimate, stddev, nsource, pctrank ...`) saved as CSV, of which only the indicator `pv` is taken. The long
//! layout was written from its documentation: it was not run on a live file.
//!
//! Traps: a country without an estimate has no row here, whatever a normalised column says (the tidy extract carries 0.0
//! there, which would read as the safest of all); some countries stand twice; the method changes between 2022 and 2023.

use super::{Unique, each_record};
use crate::input::Input;
use crate::records::{Column, Record};
use crate::report::Report;
use lode_model::{CountryCode, GovernanceSeries, Year};

/// An estimate as published.
#[derive(Clone, PartialEq, Debug)]
pub struct Estimate {
    /// Country.
    pub country: CountryCode,
    /// Year.
    pub year: Year,
    /// Estimate, about -2.5 to 2.5.
    pub estimate: f64,
    /// Standard error.
    pub standard_error: Option<f64>,
    /// Number of sources.
    pub sources: Option<i64>,
    /// Which method.
    pub series: GovernanceSeries,
    /// 0, or 1 for the second series that the tidy extract marks under one code: two countries, of which one is not this.
    pub occurrence: u32,
}

/// What was read, and what was left out with the number of rows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Governance {
    /// The estimates.
    pub estimates: Vec<Estimate>,
    /// Rows without an estimate.
    pub without_estimate: u64,
    /// Rows of other indicators.
    pub other_indicators: u64,
}

const COLUMNS: [Column; 8] = [
    Column::required("iso3").also(&["code", "countrycode"]),
    Column::required("year"),
    Column::required("estimate"),
    Column::optional("std_err").also(&["stddev", "stderr"]),
    Column::optional("n_sources").also(&["nsource"]),
    Column::optional("duplicate_code_occurrence"),
    Column::optional("indicator"),
    Column::optional("series_vintage"),
];

/// The first year of the revised method.
const REVISED_FROM: Year = 2023;

/// Reads either layout.
pub fn read(input: Input<'_>, report: &mut Report) -> Governance {
    let mut read = Governance::default();
    let mut unique = Unique::new();
    each_record(input, b',', &COLUMNS, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let optional = |index: usize, report: &mut Report| places[index].map_or("", |place| record.text(place, report));
        let indicator = optional(6, report).to_lowercase();
        if !(indicator.is_empty()
            || indicator == "pv"
            || indicator.contains("political stability")
            || indicator.contains("(pv)"))
        {
            read.other_indicators += 1;
            return;
        }
        let country = country(record, at(0), report);
        let year = record.year(at(1), report);
        let estimate = match record.text(at(2), report) {
            "" | ".." | "#N/A" | "NA" => {
                read.without_estimate += 1;
                return;
            }
            _ => record.number(at(2), report),
        };
        let (Some(country), Some(year), Some(estimate)) = (country, year, estimate) else { return };
        if estimate.abs() > 4.0 {
            report.push(
                record
                    .mistake(at(2), format!("{estimate} is no estimate of this indicator"))
                    .hint("estimates lie between about -2.5 and 2.5; the columns may be swapped"),
            );
            return;
        }
        let occurrence = if matches!(optional(5, report), "" | "0") { 0 } else { 1 };
        if !unique.is_new((country, year, occurrence), record, at(0), report) {
            return;
        }
        let number = |index: usize, report: &mut Report| match optional(index, report) {
            "" | ".." | "#N/A" | "NA" => None,
            _ => places[index].and_then(|place| record.amount(place, 100.0, report)),
        };
        let series = match optional(7, report) {
            text if text.starts_with("old") => GovernanceSeries::Old,
            text if text.starts_with("revised") => GovernanceSeries::Revised,
            _ if year >= REVISED_FROM => GovernanceSeries::Revised,
            _ => GovernanceSeries::Old,
        };
        let standard_error = number(3, report);
        let sources = number(4, report).map(|count| count.round() as i64);
        read.estimates.push(Estimate { country, year, estimate, standard_error, sources, series, occurrence });
    });
    read
}

/// The dataset has a few codes of its own for countries that ISO has another for.
fn country(record: &Record<'_>, index: usize, report: &mut Report) -> Option<CountryCode> {
    let code = record.country_code(index, report)?;
    let iso = match code.as_str() {
        "ADO" => "AND",
        "ZAR" => "COD",
        "ROM" => "ROU",
        "TMP" => "TLS",
        "WBG" => "PSE",
        "KSV" => "XKX",
        same => same,
    };
    CountryCode::parse(iso)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;

    const TIDY: &str = "country,iso3,duplicate_code_occurrence,year,estimate,std_err,n_sources,geopolrisk_normalised_0_1,indicator,series_vintage\n\
        China,CHN,0,2022,-0.44,0.2,8,0.58821,Political Stability and Absence of Violence/Terrorism (PV),old methodology (percentile rank)\n\
        Guyana,GUY,1,2022,0.1,0.2,8,0.48,Political Stability and Absence of Violence/Terrorism (PV),old methodology (percentile rank)\n\
        Aruba,ABW,0,2022,,,,0.0,Political Stability and Absence of Violence/Terrorism (PV),old methodology (percentile rank)\n";

    #[test]
    fn a_missing_estimate_is_missing_and_never_the_normalised_zero() {
        let mut report = Report::new();
        let read = read(Input::from_bytes("wgi.csv", TIDY.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        let occurrences: Vec<u32> = read.estimates.iter().map(|estimate| estimate.occurrence).collect();
        assert_eq!((occurrences, read.without_estimate), (vec![0, 1], 1));
        assert_eq!(
            (read.estimates[0].country.as_str(), read.estimates[0].estimate, read.estimates[0].sources),
            ("CHN", -0.44, Some(8))
        );
    }

    #[test]
    fn the_long_layout_takes_one_indicator_and_old_codes() {
        let long = "code,countryname,year,indicator,estimate,stddev,nsource,pctrank\nZAR,\"Congo, Dem. Rep.\",2021,pv,-1.6,0.2,7,5\nZAR,\"Congo, Dem. Rep.\",2021,va,-1.2,0.1,9,12\nJPN,Japan,2024,pv,1.1,0.2,9,85\nPRK,Korea,2021,pv,..,..,..,..\n";
        let mut report = Report::new();
        let read = read(Input::from_bytes("wgidataset.csv", long.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        let codes: Vec<&str> = read.estimates.iter().map(|estimate| estimate.country.as_str()).collect();
        assert_eq!(codes, ["COD", "JPN"]);
        assert_eq!((read.other_indicators, read.without_estimate), (1, 1));
        assert_eq!(read.estimates[1].series, GovernanceSeries::Revised);
    }

    #[test]
    fn broken_files() {
        let run = |input: Input<'_>, report: &mut Report| drop(read(input, report));
        survives_broken_files(&run, TIDY);
        for (row, expected) in [
            ("2022,CHN,-0.4", "row 2, column iso3: `2022` is not a country code"),
            ("CHN,-0.4,2022", "row 2, column year: `-0.4` is not a year"),
            ("CHN,2022,85.2", "row 2, column estimate: 85.2 is no estimate of this indicator"),
            ("CHN,2022,low", "row 2, column estimate: `low` is not a number"),
            ("CHN,2022,0.1\nCHN,2022,0.2", "row 3, column iso3: repeats the key of row 2"),
        ] {
            let text = complaint(&run, format!("iso3,year,estimate\n{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn the_real_extract() {
        let Some(path) = shared("data/wgi_political_stability_1996_2024.csv") else { return };
        let mut report = Report::new();
        let read = read(Input::open(&path).unwrap(), &mut report);
        assert!(report.is_empty(), "{report}");
        let of = |code: &str, year| {
            read.estimates.iter().find(|e| e.country.as_str() == code && e.year == year).unwrap().estimate
        };
        assert!((lode_instability(of("CHN", 2022)) - 0.58821).abs() < 1e-5);
        assert!(read.estimates.iter().all(|estimate| estimate.country != CountryCode::OTHER_ASIA));
        let second = read.estimates.iter().filter(|estimate| estimate.occurrence == 1);
        let second: Vec<&str> = second.map(|estimate| estimate.country.as_str()).collect();
        assert_eq!(second, vec!["GUY"; 26]);
        assert!(read.without_estimate > 0);
    }

    fn lode_instability(estimate: f64) -> f64 {
        (2.5 - estimate) / 5.0
    }
}
