//! BACI: bilateral trade by six-digit customs code, reconciled by CEPII from what both sides declare.
//!
//! Two layouts are read: CEPII's own, one file a year named like `BACI_HS92_Y2020_V202401b.csv` with the columns
//! `t,i,j,k,v,q` and code lists beside it, in a folder or in the zip file of a release; and a tidy extract with ISO codes.
//! CEPII's own layout was written from its documentation and tested on fixtures: it was not run on a live release.
//!
//! Known defects of the record: quantities are missing in places (`NA` or blank); two numeric codes each for Belgium,
//! Germany and Sudan, and a customs union before South Africa in 2000, which [`CountryCodes`] brings together.

use super::{Unique, each_record};
use crate::input::{Input, Limits};
use crate::records::{Column, parse_number};
use crate::report::{Mistake, Report};
use lode_model::{CountryCode, GrossTonnes, HsCode, NominalUsd, TradeFlow, Year};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

/// No flow of one code between two countries in a year is larger than this, in tonnes.
const MOST_TONNES: f64 = 1e10;
/// Nor worth more than this, in thousand dollars.
const MOST_KUSD: f64 = 1e10;

/// What is wanted of a release.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Customs codes; all if empty.
    pub codes: BTreeSet<HsCode>,
    /// Years.
    pub years: RangeInclusive<Year>,
}

impl Wanted {
    fn holds(&self, code: HsCode, year: Year) -> bool {
        self.years.contains(&year) && (self.codes.is_empty() || self.codes.contains(&code))
    }
}

/// Flows by code, gathered from one or several files; a flow that stands twice is a mistake.
#[derive(Default)]
pub struct Flows {
    flows: BTreeMap<HsCode, BTreeMap<(CountryCode, Year, CountryCode), (TradeFlow, u64)>>,
    /// Records that were merged because two numeric codes stand for one country.
    pub merged: u64,
    /// Records read, wanted or not.
    pub records: u64,
}

impl Flows {
    /// The flows of each code, sorted by importer, year and exporter.
    pub fn into_flows(self) -> BTreeMap<HsCode, Vec<TradeFlow>> {
        self.flows
            .into_iter()
            .map(|(code, flows)| (code, flows.into_values().map(|(flow, _)| flow).collect()))
            .collect()
    }

    /// Number of flows.
    pub fn len(&self) -> usize {
        self.flows.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// Adds a flow; `Err` gives the row that had the same key.
    fn add(&mut self, code: HsCode, flow: TradeFlow, row: u64, merge: bool) -> Result<(), u64> {
        let flows = self.flows.entry(code).or_default();
        match flows.entry((flow.importer, flow.year, flow.exporter)) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert((flow, row));
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(mut place) if merge => {
                let known = &mut place.get_mut().0;
                known.value += flow.value;
                known.quantity = match (known.quantity, flow.quantity) {
                    (Some(a), Some(b)) => Some(a + b),
                    (a, b) => a.or(b),
                };
                self.merged += 1;
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(place) => Err(place.get().1),
        }
    }
}

const TIDY: [Column; 6] = [
    Column::required("year"),
    Column::required("exporter_iso3"),
    Column::required("importer_iso3"),
    Column::required("hs92"),
    Column::required("value_kusd"),
    Column::required("quantity_t"),
];

/// Reads a tidy extract: `year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t`.
pub fn read_tidy(input: Input<'_>, wanted: &Wanted, flows: &mut Flows, report: &mut Report) {
    each_record(input, b',', &TIDY, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        flows.records += 1;
        let year = record.year(at(0), report);
        let exporter = record.country_code(at(1), report);
        let importer = record.country_code(at(2), report);
        let code = record.hs_code(at(3), report);
        let value = record.amount(at(4), MOST_KUSD, report);
        let quantity = record.amount(at(5), MOST_TONNES, report);
        if value.is_none() && record.bytes(at(4)).is_empty() {
            report.push(record.mistake(at(4), "is empty").hint("a flow has a value"));
        }
        if let (Some(year), Some(exporter), Some(importer), Some(code), Some(value)) =
            (year, exporter, importer, code, value)
            && wanted.holds(code, year)
        {
            let flow = flow(importer, year, exporter, value, quantity);
            if let Err(first) = flows.add(code, flow, record.row(), false) {
                report.push(
                    record
                        .mistake(
                            at(3),
                            format!("{exporter} to {importer}, {code}, {year} stands in row {first} already"),
                        )
                        .hint("the same codes may stand in two extracts: read each code from one of them only"),
                );
            }
        }
    });
}

fn flow(importer: CountryCode, year: Year, exporter: CountryCode, value: f64, quantity: Option<f64>) -> TradeFlow {
    TradeFlow {
        importer,
        year,
        exporter,
        value: NominalUsd::new(value * 1000.0),
        quantity: quantity.map(GrossTonnes::new),
    }
}

/// CEPII's numeric country codes and the countries that they stand for today.
#[derive(Clone, Debug, Default)]
pub struct CountryCodes {
    by_number: BTreeMap<u32, CountryCode>,
    /// Numbers that share a country with another number.
    shared: BTreeSet<u32>,
}

const CODES: [Column; 2] =
    [Column::required("country_code"), Column::required("country_iso3").also(&["iso_3digit_alpha", "iso3"])];

impl CountryCodes {
    /// Reads `country_codes_Vyyyymm.csv`.
    pub fn read(input: Input<'_>, report: &mut Report) -> Self {
        let mut codes = Self::default();
        let mut unique = Unique::new();
        each_record(input, b',', &CODES, report, |record, places, report| {
            let at = |index: usize| places[index].unwrap_or(0);
            let text = record.text(at(0), report);
            let Ok(number) = text.parse::<u32>() else {
                report.push(record.mistake(at(0), format!("`{}` is not a numeric country code", crate::clip(text))));
                return;
            };
            // A few former territories have no ISO code: they are kept out, and their flows reported.
            if record.bytes(at(1)).is_empty() || !unique.is_new(number, record, at(0), report) {
                return;
            }
            if let Some(country) = record.country_code(at(1), report) {
                if let Some((other, _)) = codes.by_number.iter().find(|(_, known)| **known == country) {
                    let other = *other;
                    codes.shared.insert(other);
                    codes.shared.insert(number);
                }
                codes.by_number.insert(number, country);
            }
        });
        codes
    }

    /// The country of a number.
    pub fn country(&self, number: u32) -> Option<CountryCode> {
        self.by_number.get(&number).copied()
    }

    /// Numbers that stand for a country which has another number too.
    pub fn shared(&self) -> impl Iterator<Item = u32> + '_ {
        self.shared.iter().copied()
    }
}

const YEARLY: [Column; 6] = [
    Column::required("t"),
    Column::required("i"),
    Column::required("j"),
    Column::required("k"),
    Column::required("v"),
    Column::required("q"),
];

/// Reads one yearly file of CEPII's own layout: `t,i,j,k,v,q` are year, exporter, importer, product, thousand dollars, tonnes.
pub fn read_yearly(
    input: Input<'_>,
    countries: &CountryCodes,
    wanted: &Wanted,
    flows: &mut Flows,
    report: &mut Report,
) {
    each_record(input, b',', &YEARLY, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        flows.records += 1;
        // What is not wanted is looked at no further: a release has ten million records a year.
        let year = record.year(at(0), report);
        let code = record.hs_code(at(3), report);
        let (Some(year), Some(code)) = (year, code) else { return };
        if !wanted.holds(code, year) {
            return;
        }
        let mut country = |index: usize| {
            let text = record.text(at(index), report);
            let number = text.parse::<u32>().ok();
            let known = number.and_then(|number| countries.country(number));
            if known.is_none() {
                let mistake =
                    record.mistake(at(index), format!("`{}` is not in the list of country codes", crate::clip(text)));
                report.push(mistake.hint("use the country_codes file of the same release; the columns may be swapped"));
            }
            number.zip(known)
        };
        let (exporter, importer) = (country(1), country(2));
        let value = record.amount(at(4), MOST_KUSD, report);
        let quantity = match record.text(at(5), report) {
            "NA" | "" => None,
            text if parse_number(text).is_some() => record.amount(at(5), MOST_TONNES, report),
            _ => record.number(at(5), report),
        };
        if let (Some(exporter), Some(importer), Some(value)) = (exporter, importer, value) {
            let merge = [exporter.0, importer.0].iter().any(|number| countries.shared.contains(number));
            let flow = flow(importer.1, year, exporter.1, value, quantity);
            if let Err(first) = flows.add(code, flow, record.row(), merge) {
                report.push(
                    record
                        .mistake(at(3), format!("the same flow stands in row {first} already"))
                        .hint("a release has each flow once; the file may have been joined with itself"),
                );
            }
        }
    });
}

/// How far reading has come: name of the file, its number and the number of files.
pub type Progress<'p> = &'p mut dyn FnMut(&str, usize, usize) -> ControlFlow<()>;

/// Reads a release: a folder, or the zip file as CEPII publishes it. `progress` is told of each file and may stop.
pub fn read_release(path: &Path, wanted: &Wanted, progress: Progress<'_>) -> Result<Flows, Report> {
    let mut report = Report::new();
    let mut release = Release::open(path)?;
    let yearly =
        |name: &String| name.starts_with("BACI_HS") && year_of(name).is_some_and(|year| wanted.years.contains(&year));
    let files: Vec<String> = release.names().into_iter().filter(yearly).collect();
    let Some(codes) = release.names().into_iter().find(|name| name.starts_with("country_codes")) else {
        return Err(Mistake::in_file(&path.display().to_string(), "has no file country_codes_Vyyyymm.csv")
            .hint("give the whole release: its code lists lie beside the yearly files")
            .into());
    };
    if files.is_empty() {
        return Err(Mistake::in_file(
            &path.display().to_string(),
            "has no yearly file BACI_HSyy_Yyyyy_Vyyyymm.csv of the years asked for",
        )
        .into());
    }
    let mut countries = CountryCodes::default();
    release.with(&codes, &mut |input| countries = CountryCodes::read(input, &mut report))?;
    let mut flows = Flows::default();
    for (index, name) in files.iter().enumerate() {
        if progress(name, index, files.len()).is_break() {
            return Err(Mistake::in_file(&path.display().to_string(), "was not read to its end: cancelled").into());
        }
        release.with(name, &mut |input| read_yearly(input, &countries, wanted, &mut flows, &mut report))?;
    }
    report.into_result(flows)
}

/// The year in `BACI_HS92_Y2020_V202401b.csv`.
fn year_of(name: &str) -> Option<Year> {
    name.split("_Y").nth(1)?.get(..4)?.parse().ok()
}

enum Release {
    Folder(std::path::PathBuf),
    Zip(String, Box<zip::ZipArchive<fs::File>>),
}

impl Release {
    fn open(path: &Path) -> Result<Self, Report> {
        let name = path.display().to_string();
        if path.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let failed = |error: &dyn std::fmt::Display| {
            Mistake::in_file(&name, format!("cannot be opened: {error}"))
                .hint("give the folder or the zip file of a BACI release")
        };
        let file = fs::File::open(path).map_err(|error| failed(&error))?;
        let archive = zip::ZipArchive::new(file).map_err(|error| failed(&error))?;
        Ok(Self::Zip(name, Box::new(archive)))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Folder(folder) => fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .collect(),
            Self::Zip(_, archive) => archive.file_names().map(str::to_owned).collect(),
        };
        names.sort();
        names
    }

    fn with(&mut self, name: &str, read: &mut dyn FnMut(Input<'_>)) -> Result<(), Report> {
        match self {
            Self::Folder(folder) => read(Input::open(&folder.join(name))?),
            Self::Zip(path, archive) => {
                let shown = format!("{path}/{name}");
                let entry = archive
                    .by_name(name)
                    .map_err(|error| Mistake::in_file(&shown, format!("cannot be read: {error}")))?;
                let limits = Limits {
                    total_bytes: entry.compressed_size().saturating_mul(Limits::default().expansion).max(16 << 20),
                    ..Limits::default()
                };
                read(Input::from_reader(&shown, entry, limits));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaint, shared, survives_broken_files};
    use super::*;
    use std::io::Write;

    const CODES_FILE: &str = "country_code,country_name,country_iso2,country_iso3\n56,Belgium,BE,BEL\n58,Belgium-Luxembourg (...1998),BE,BEL\n\
        156,China,CN,CHN\n392,Japan,JP,JPN\n490,\"Other Asia, not elsewhere specified\",,S19\n";
    const YEAR_FILE: &str = "t,i,j,k,v,q\n1998,156,392,284690,      10.5,       2.000\n1998,56,392,284690,1.0,NA\n1998,58,392,284690,2.0,  0.5\n\
        1998,156,392,10121,9.0,1\n";

    fn all() -> Wanted {
        Wanted { codes: BTreeSet::new(), years: 1990..=2030 }
    }

    fn code(text: &str) -> HsCode {
        HsCode::parse(text).unwrap()
    }

    fn countries() -> CountryCodes {
        let mut report = Report::new();
        let codes = CountryCodes::read(Input::from_bytes("country_codes.csv", CODES_FILE.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        codes
    }

    #[test]
    fn cepii_s_own_layout_with_padding_missing_quantities_lost_zeros_and_former_codes() {
        let mut report = Report::new();
        let mut flows = Flows::default();
        read_yearly(
            Input::from_bytes("BACI_HS92_Y1998_V202401b.csv", YEAR_FILE.as_bytes()),
            &countries(),
            &all(),
            &mut flows,
            &mut report,
        );
        assert!(report.is_empty(), "{report}");
        assert_eq!((flows.records, flows.merged), (4, 1));
        let flows = flows.into_flows();
        let rows = &flows[&code("284690")];
        // Belgium's two codes become one flow; the quantity is what is known of it.
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].exporter.as_str(), rows[0].value.value(), rows[0].quantity),
            ("BEL", 3000.0, Some(GrossTonnes::new(0.5)))
        );
        assert_eq!((rows[1].value.value(), rows[1].quantity), (10_500.0, Some(GrossTonnes::new(2.0))));
        assert!(flows.contains_key(&code("010121")));
    }

    #[test]
    fn a_release_is_read_from_a_folder_and_from_its_zip_and_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("country_codes_V202401b.csv"), CODES_FILE).unwrap();
        fs::write(folder.path().join("BACI_HS92_Y1998_V202401b.csv"), YEAR_FILE).unwrap();
        fs::write(folder.path().join("BACI_HS92_Y1999_V202401b.csv"), YEAR_FILE.replace("1998", "1999")).unwrap();
        let zip_path = folder.path().join("BACI_HS92_V202401b.zip");
        let mut zip = zip::ZipWriter::new(fs::File::create(&zip_path).unwrap());
        for name in ["country_codes_V202401b.csv", "BACI_HS92_Y1998_V202401b.csv", "BACI_HS92_Y1999_V202401b.csv"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&fs::read(folder.path().join(name)).unwrap()).unwrap();
        }
        zip.finish().unwrap();
        let wanted = Wanted { codes: [code("284690")].into(), years: 1998..=1999 };
        let mut seen = Vec::new();
        let from_folder = read_release(folder.path(), &wanted, &mut |name, index, count| {
            seen.push(format!("{name} {index}/{count}"));
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(seen, ["BACI_HS92_Y1998_V202401b.csv 0/2", "BACI_HS92_Y1999_V202401b.csv 1/2"]);
        let from_zip = read_release(&zip_path, &wanted, &mut |_, _, _| ControlFlow::Continue(())).unwrap();
        assert_eq!(from_folder.into_flows(), from_zip.into_flows());
        let cancelled = read_release(&zip_path, &wanted, &mut |_, _, _| ControlFlow::Break(())).err().unwrap();
        assert!(cancelled.to_string().contains("cancelled"));
        assert!(
            read_release(&folder.path().join("none.zip"), &wanted, &mut |_, _, _| ControlFlow::Continue(())).is_err()
        );
    }

    #[test]
    fn broken_yearly_files() {
        let countries = countries();
        let read = |input: Input<'_>, report: &mut Report| {
            read_yearly(input, &countries, &all(), &mut Flows::default(), report)
        };
        survives_broken_files(&read, YEAR_FILE);
        for (row, expected) in [
            ("1998,999,392,284690,1,1", "row 2, column i: `999` is not in the list of country codes"),
            ("1998,156,392,284690,-1,1", "row 2, column v: -1 is negative"),
            ("1998,156,392,284690,1,1e15", "row 2, column q: 1000000000000000 is absurdly large"),
            ("392,156,1998,284690,1,1", "row 2, column t: `392` is not a year"),
            ("1998,156,392,1.5,284690,1", "row 2, column k: `1.5` is not a six-digit customs code"),
            ("1998,156,392,284690,1,t", "row 2, column q: `t` is not a number"),
            (
                "1998,156,392,284690,1,1\n1998,156,392,284690,1,1",
                "row 3, column k: the same flow stands in row 2 already",
            ),
        ] {
            let text = complaint(&read, format!("t,i,j,k,v,q\n{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn broken_code_lists() {
        let read = |input: Input<'_>, report: &mut Report| drop(CountryCodes::read(input, report));
        survives_broken_files(&read, CODES_FILE);
        let text = complaint(&read, b"country_code,country_iso3\nJPN,392\n392,JPN\n392,JPN\n");
        assert!(
            text.contains("row 2, column country_code: `JPN` is not a numeric")
                && text.contains("row 4, column country_code: repeats the key of row 3"),
            "{text}"
        );
    }

    #[test]
    fn broken_tidy_files() {
        let read = |input: Input<'_>, report: &mut Report| read_tidy(input, &all(), &mut Flows::default(), report);
        let head = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n";
        survives_broken_files(&read, &format!("{head}2020,CHN,JPN,284690,1.0,2.0\n2020,VNM,JPN,284690,1.0,\n"));
        for (row, expected) in [
            ("CHN,2020,JPN,284690,1,1", "row 2, column year: `CHN` is not a year"),
            ("2020,CHN,JPN,1.0,284690,1", "row 2, column hs92: `1.0` is not a six-digit customs code"),
            ("2020,CHN,JPN,284690,,1", "row 2, column value_kusd: is empty"),
            ("2020,CHN,JPN,284690,1,-4", "row 2, column quantity_t: -4 is negative"),
            ("2020,China,JPN,284690,1,4", "row 2, column exporter_iso3: `China` is not a country code"),
            ("2020,CHN,JPN,284690,1,4\n2020,CHN,JPN,284690,1,4", "CHN to JPN, 284690, 2020 stands in row 2 already"),
        ] {
            let text = complaint(&read, format!("{head}{row}\n").as_bytes());
            assert!(text.contains(expected), "{row}: {text}");
        }
    }

    #[test]
    fn the_real_extracts_are_read_whole_and_not_twice() {
        let (Some(three), Some(forty)) =
            (shared("data/baci_rare_earths_1995_2024.csv"), shared("data/baci_critical_minerals_1995_2024.csv"))
        else {
            return;
        };
        let mut report = Report::new();
        let mut flows = Flows::default();
        read_tidy(Input::open(&three).unwrap(), &all(), &mut flows, &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!(flows.len(), 56_942);
        // The file of forty codes holds the three again: reading both without saying so is refused.
        read_tidy(Input::open(&forty).unwrap(), &all(), &mut flows, &mut report);
        assert_eq!(report.count(), 56_942);
        assert_eq!(flows.len(), 550_367);
        assert!(report.to_string().contains("the same codes may stand in two extracts"));
    }
}
