//! BACI, the reconciled bilateral trade of CEPII: the release as published, and the tidy extract of some codes.
//!
//! A release is a zip file, or the folder unpacked from it, with
//!
//! * `BACI_HSyy_Yyyyy_Vyyyymm.csv` for each year, columns `t,i,j,k,v,q`: year, exporter, importer, product, value in
//!   thousand US dollars, quantity in tonnes. Numbers may be padded with spaces; `q` is `NA` or empty where unknown;
//! * `country_codes_Vyyyymm.csv` and `product_codes_HSyy_Vyyyymm.csv`.
//!
//! Product codes that lost their leading zero on the way through a spreadsheet are read as what they were. The tidy
//! extract has `year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t`.
//!
//! The tidy extracts were read in full. No release as published was at hand: its layout is taken from CEPII's
//! documentation and from published programs that read it, and the fixtures are made after it.

use super::trade_record::{
    CountryCodes, HsRevision, Known, MOST_TONNES, Party, Period, Place, ProductCodes, Role, Tally, TradeFilter,
    TradeRecord, TradeValue, ValueUnit,
};
use crate::input::{Input, Limits};
use crate::records::{Column, Record, Records, clip};
use crate::report::{Mistake, Report};
use lode_model::{DataQuality, GrossTonnes, Year};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows between two calls of the progress callback.
const PROGRESS_ROWS: u64 = 1 << 16;

/// Bytes of a zip entry allowed before its expansion ratio is looked at.
const EXPANSION_FREE: u64 = 16 << 20;

/// How far a reading has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    /// The file being read.
    pub file: &'p str,
    /// Its number, the first being 1.
    pub file_number: usize,
    /// Number of files.
    pub files: usize,
    /// Rows read so far in all files.
    pub rows: u64,
    /// Records kept so far.
    pub kept: u64,
}

/// What the name of a yearly file says.
#[derive(Clone, PartialEq, Eq, Debug)]
struct FileName {
    revision: HsRevision,
    year: Year,
    version: String,
}

impl FileName {
    /// Reads `BACI_HS92_Y1995_V202401b.csv`, with or without a folder before it and `.gz` after it.
    fn parse(name: &str) -> Option<Self> {
        let file = name.rsplit(['/', '\\']).next()?;
        let stem = file.strip_suffix(".gz").unwrap_or(file).strip_suffix(".csv")?;
        let mut parts = stem.strip_prefix("BACI_")?.split('_');
        let revision = HsRevision::parse(parts.next()?)?;
        let year = parts.next()?.strip_prefix('Y').filter(|digits| digits.len() == 4)?.parse().ok()?;
        let version = parts.next()?.to_owned();
        parts.next().is_none().then_some(Self { revision, year, version })
    }
}

enum Files {
    Folder(PathBuf),
    Zip(Box<zip::ZipArchive<BufReader<File>>>, u64),
}

/// A release as published: a folder or a zip file.
pub struct Release {
    name: String,
    files: Files,
    limits: Limits,
    years: Vec<(FileName, String)>,
    countries: Option<CountryCodes>,
    products: Option<ProductCodes>,
}

impl Release {
    /// Opens a folder or a zip file and reads its two tables of codes; the yearly files are only listed.
    pub fn open(path: &Path) -> Result<Self, Report> {
        Self::open_within(path, Limits::default())
    }

    /// Opens with other limits than the default.
    pub fn open_within(path: &Path, limits: Limits) -> Result<Self, Report> {
        let name = path.display().to_string();
        let fail = |message: String, hint: &str| Report::from(Mistake::in_file(&name, message).hint(hint));
        let no_access = "check the path and your permission to read it";
        let mut entries: Vec<String> = Vec::new();
        let files = if path.is_dir() {
            let listing =
                std::fs::read_dir(path).map_err(|error| fail(format!("cannot be read: {error}"), no_access))?;
            for entry in listing {
                let entry = entry.map_err(|error| fail(format!("cannot be read: {error}"), no_access))?;
                entries.push(entry.file_name().to_string_lossy().into_owned());
            }
            Files::Folder(path.to_owned())
        } else {
            let file = File::open(path).map_err(|error| fail(format!("cannot be opened: {error}"), no_access))?;
            let length = file.metadata().map_or(0, |data| data.len());
            let archive = zip::ZipArchive::new(BufReader::with_capacity(1 << 16, file)).map_err(|error| {
                let hint = "give the zip file as published, or the folder with its files; a zip file that is cut short has no list of contents";
                fail(format!("is not a whole zip file: {error}"), hint)
            })?;
            entries.extend(archive.file_names().map(str::to_owned));
            Files::Zip(Box::new(archive), length)
        };
        entries.sort();
        let mut years: Vec<(FileName, String)> =
            entries.iter().filter_map(|entry| Some((FileName::parse(entry)?, entry.clone()))).collect();
        years.sort_by_key(|(file, _)| file.year);
        let mut report = Report::new();
        if years.is_empty() {
            let hint = "the yearly files of a release are called like BACI_HS92_Y2022_V202401b.csv";
            report.push(Mistake::in_file(&name, "holds no yearly file of BACI").hint(hint));
        }
        for pair in years.windows(2) {
            let [(first, first_name), (second, second_name)] = pair else { continue };
            if (first.revision, &first.version) != (second.revision, &second.version) {
                let message = format!("is of another release or edition than {first_name}");
                report.push(
                    Mistake::in_file(&format!("{name}/{second_name}"), message).hint("put one release in one folder"),
                );
            } else if first.year == second.year {
                let message = format!("holds the same year as {first_name}");
                report.push(Mistake::in_file(&format!("{name}/{second_name}"), message).hint("keep one of the two"));
            }
        }
        let mut release = Self { name, files, limits, years, countries: None, products: None };
        let table = |start: &str| {
            let base = |entry: &&String| {
                entry.rsplit('/').next().is_some_and(|file| file.starts_with(start) && file.ends_with(".csv"))
            };
            entries.iter().find(base).cloned()
        };
        if let Some(entry) = table("country_codes") {
            release.countries = release.with_entry(&entry, &mut report, CountryCodes::read).flatten();
        }
        if let Some(entry) = table("product_codes") {
            release.products = release.with_entry(&entry, &mut report, ProductCodes::read).flatten();
        }
        report.into_result(release)
    }

    /// The years that it holds.
    pub fn years(&self) -> impl Iterator<Item = Year> + '_ {
        self.years.iter().map(|(file, _)| file.year)
    }

    /// The version that its files name, e.g. `V202401b`.
    pub fn version(&self) -> &str {
        self.years.first().map_or("", |(file, _)| file.version.as_str())
    }

    /// The edition of the Harmonized System that its codes belong to.
    pub fn revision(&self) -> Option<HsRevision> {
        self.years.first().map(|(file, _)| file.revision)
    }

    /// Its table of country codes, if it has one.
    pub fn countries(&self) -> Option<&CountryCodes> {
        self.countries.as_ref()
    }

    /// Its table of product codes, if it has one.
    pub fn products(&self) -> Option<&ProductCodes> {
        self.products.as_ref()
    }

    /// Reads the years that the filter wants, oldest first. `progress` is called now and then, and ends the reading with
    /// `Break`. Country codes are given as the release has them: [`super::trade_record::harmonise`] with
    /// [`Release::countries`] makes ISO codes of them.
    pub fn read(
        &mut self,
        filter: &TradeFilter,
        report: &mut Report,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
        sink: &mut dyn FnMut(TradeRecord),
    ) -> Tally {
        let wanted: Vec<(FileName, String)> =
            self.years.iter().filter(|(file, _)| filter.years.contains(&file.year)).cloned().collect();
        // Taken out for the time of reading, so that the files may be borrowed for writing.
        let (countries, products) = (self.countries.take(), self.products.take());
        let known = Known { countries: countries.as_ref(), products: products.as_ref() };
        let mut tally = Tally::default();
        for (number, (_, entry)) in wanted.iter().enumerate() {
            let (rows, kept) = (tally.rows, tally.kept);
            let mut tell = |file: &str, rows_here: u64, kept_here: u64| {
                progress(Progress {
                    file,
                    file_number: number + 1,
                    files: wanted.len(),
                    rows: rows + rows_here,
                    kept: kept + kept_here,
                })
            };
            let one = self
                .with_entry(entry, report, |input, report| read_rows(input, filter, &known, report, &mut tell, sink));
            tally.add(one.unwrap_or_default());
            if tally.cancelled {
                break;
            }
        }
        (self.countries, self.products) = (countries, products);
        tally
    }

    fn with_entry<T>(
        &mut self,
        entry: &str,
        report: &mut Report,
        read: impl FnOnce(Input, &mut Report) -> T,
    ) -> Option<T> {
        let shown = format!("{}/{entry}", self.name);
        match &mut self.files {
            Files::Folder(folder) => match Input::open(&folder.join(entry)) {
                Ok(mut input) => {
                    input.name = shown;
                    Some(read(input, report))
                }
                Err(mistakes) => {
                    report.extend(mistakes);
                    None
                }
            },
            Files::Zip(archive, length) => {
                let file = match archive.by_name(entry) {
                    Ok(file) => file,
                    Err(error) => {
                        let hint = "fetch the zip file again";
                        report.push(Mistake::in_file(&shown, format!("cannot be unpacked: {error}")).hint(hint));
                        return None;
                    }
                };
                // The sizes stand in the file and may be wrong: the packed size cannot exceed the file's own, and the
                // unpacked bytes are counted as they come.
                let packed = file.compressed_size().min(*length);
                let allowed = EXPANSION_FREE.saturating_add(packed.saturating_mul(self.limits.expansion));
                let allowed = allowed.min(self.limits.total_bytes);
                if file.size() > allowed {
                    let message = "expands far more than data do; this looks like a decompression bomb";
                    report.push(Mistake::in_file(&shown, message).hint("fetch the zip file from its publisher"));
                    return None;
                }
                let limits = Limits { total_bytes: allowed, ..self.limits };
                Some(read(Input::from_reader(&shown, file, limits), report))
            }
        }
    }
}

/// Reads one yearly file in the layout of a release. The edition and the year are taken from its name if it has kept it.
pub fn read_year(
    input: Input,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    read_rows(input, filter, known, report, &mut |_, _, _| ControlFlow::Continue(()), sink)
}

fn read_rows(
    input: Input,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    tell: &mut dyn FnMut(&str, u64, u64) -> ControlFlow<()>,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    const COLUMNS: [Column; 6] = [
        Column::required("t"),
        Column::required("i"),
        Column::required("j"),
        Column::required("k"),
        Column::required("v"),
        Column::required("q"),
    ];
    let name = FileName::parse(&input.name);
    let revision = name.as_ref().map(|name| name.revision);
    let party = |record: &Record, index: usize, report: &mut Report| {
        let text = record.text(index, report);
        let number = text.len() <= 3 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !number {
            let mistake = record.mistake(index, format!("`{}` is not a country code of BACI", clip(text)));
            report.push(mistake.hint("it has up to three digits, e.g. 392; the columns may be swapped"));
        }
        number.then(|| Party::Code(text.into()))
    };
    let layout = Layout { columns: &COLUMNS, revision, year: name.map(|name| name.year), party: &party };
    read_table(input, &layout, filter, known, report, tell, sink)
}

/// Reads the tidy extract, whose codes are those of HS92 and whose countries are ISO codes.
pub fn read_tidy(
    input: Input,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    const COLUMNS: [Column; 6] = [
        Column::required("year"),
        Column::required("exporter_iso3"),
        Column::required("importer_iso3"),
        Column::required("hs92"),
        Column::required("value_kusd"),
        Column::required("quantity_t"),
    ];
    let party = |record: &Record, index: usize, report: &mut Report| {
        // A number of three digits would pass as a code; what has no letter is no code of a country.
        let code = record.country_code(index, report)?;
        if !code.as_str().bytes().any(|byte| byte.is_ascii_alphabetic()) {
            let mistake = record.mistake(index, format!("`{code}` is not a country code"));
            report.push(mistake.hint("use ISO 3166-1 alpha-3, e.g. JPN; the columns may be swapped"));
            return None;
        }
        Some(Party::Country(code))
    };
    let layout = Layout { columns: &COLUMNS, revision: Some(HsRevision::Hs92), year: None, party: &party };
    read_table(input, &layout, filter, known, report, &mut |_, _, _| ControlFlow::Continue(()), sink)
}

type ReadParty<'l> = &'l dyn Fn(&Record, usize, &mut Report) -> Option<Party>;

/// What distinguishes the release's layout from the tidy one. The columns are year, exporter, importer, code, value,
/// quantity.
struct Layout<'l> {
    columns: &'l [Column; 6],
    revision: Option<HsRevision>,
    year: Option<Year>,
    party: ReadParty<'l>,
}

fn read_table(
    input: Input,
    layout: &Layout,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    tell: &mut dyn FnMut(&str, u64, u64) -> ControlFlow<()>,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let mut tally = Tally::default();
    let Some(mut records) = Records::open(input, b',', report) else { return tally };
    let Some(columns) = records.columns(layout.columns, report) else { return tally };
    let [Some(t), Some(i), Some(j), Some(k), Some(v), Some(q)] = columns[..] else { return tally };
    let file: Arc<str> = records.name().into();
    let mut cancelled = tell(&file, 0, 0).is_break();
    while !cancelled && let Some(record) = records.next(report) {
        tally.rows += 1;
        if tally.rows.is_multiple_of(PROGRESS_ROWS) {
            cancelled = tell(&file, tally.rows, tally.kept).is_break();
        }
        let year = record.year(t, report);
        if let (Some(year), Some(named)) = (year, layout.year)
            && year != named
        {
            let hint = "the file may have been renamed, or two files joined";
            report.push(record.mistake(t, format!("{year} stands in the file of {named}")).hint(hint));
        }
        let code = record.hs_code(k, report);
        let exporter = (layout.party)(&record, i, report);
        let importer = (layout.party)(&record, j, report);
        for (party, index) in [(&exporter, i), (&importer, j)] {
            if let Some(fault) = party.as_ref().and_then(|party| known.fault_of_party(party)) {
                report.push(fault.in_record(&record, index));
            }
        }
        if let Some(fault) = code.and_then(|code| known.fault_of_code(code)) {
            report.push(fault.in_record(&record, k));
        }
        let (Some(year), Some(code), Some(exporter), Some(importer)) = (year, code, exporter, importer) else {
            continue;
        };
        if !filter.wants(code, year) {
            continue;
        }
        let value = record.amount(v, ValueUnit::ThousandUsd.most(), report);
        if value.is_none() && record.text(v, report).is_empty() {
            report
                .push(record.mistake(v, "is empty").hint("every flow of BACI has a value; the file may be cut short"));
        }
        let quantity = match record.text(q, report) {
            "NA" => None,
            _ => record.amount(q, MOST_TONNES, report),
        };
        let Some(amount) = value else { continue };
        tally.kept += 1;
        sink(TradeRecord {
            period: Period::year(year),
            role: Role::Reconciled,
            exporter,
            importer,
            hs_revision: layout.revision,
            code,
            national_code: None,
            value: Some(TradeValue { amount, unit: ValueUnit::ThousandUsd }),
            quantity: quantity.map(GrossTonnes::new),
            second_quantity: None,
            quality: DataQuality::Reported,
            place: Place { file: file.clone(), row: record.row() },
        });
    }
    tally.cancelled = cancelled || tell(&file, tally.rows, tally.kept).is_break();
    tally
}

#[cfg(test)]
mod tests {
    use super::super::trade_record::{Collector, harmonise, trap};
    use super::*;
    use lode_model::{CountryCode, HsCode};
    use std::io::Write;
    use trap::Trap;

    /// Share of one supplier in what a country bought of all the records' codes in one year, by quantity and by value.
    /// Records without a quantity count in the value only.
    fn dependence(records: &[TradeRecord], importer: &str, supplier: &str, year: Year) -> (f64, f64) {
        let of = |party: &Party, code: &str| matches!(party, Party::Country(country) if country.as_str() == code);
        let (mut tonnes, mut value) = ([0.0; 2], [0.0; 2]);
        for record in records.iter().filter(|record| record.period.year == year && of(&record.importer, importer)) {
            let from_supplier = f64::from(u8::from(of(&record.exporter, supplier)));
            let quantity = record.quantity.map_or(0.0, GrossTonnes::value);
            let amount = record.value.map_or(0.0, |value| value.amount);
            tonnes = [tonnes[0] + quantity * from_supplier, tonnes[1] + quantity];
            value = [value[0] + amount * from_supplier, value[1] + amount];
        }
        (100.0 * tonnes[0] / tonnes[1], 100.0 * value[0] / value[1])
    }

    fn shared(file: &str) -> Option<PathBuf> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            return None;
        }
        Some(path)
    }

    fn fixtures() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/baci")
    }

    fn tidy(path: &Path, filter: &TradeFilter, collector: &mut Collector) -> Tally {
        let mut report = Report::new();
        let tally = read_tidy(Input::open(path).unwrap(), filter, &Known::default(), &mut report, &mut |record| {
            collector.take(record);
        });
        assert!(report.is_empty(), "{report}");
        tally
    }

    fn release_zip(folder: &Path, entries: &[(&str, &[u8])]) -> PathBuf {
        let path = folder.join("BACI_HS92_V202401b.zip");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn read_release(path: &Path, filter: &TradeFilter) -> (Vec<TradeRecord>, Tally, Release) {
        let mut release = Release::open(path).unwrap_or_else(|report| panic!("{report}"));
        let (mut collector, mut report) = (Collector::default(), Report::new());
        let tally = release.read(filter, &mut report, &mut |_| ControlFlow::Continue(()), &mut |record| {
            collector.take(record);
        });
        let records = collector.finish(&mut report);
        assert!(report.is_empty(), "{report}");
        (records, tally, release)
    }

    #[test]
    fn japans_dependence_on_china_for_rare_earths_is_what_the_release_gives() {
        let Some(path) = shared("baci_rare_earths_1995_2024.csv") else { return };
        let mut collector = Collector::default();
        let tally = tidy(&path, &TradeFilter::default(), &mut collector);
        assert_eq!((tally.rows, tally.kept), (56_942, 56_942));
        let mut report = Report::new();
        let records = collector.finish(&mut report);
        assert!(report.is_empty(), "{report}");
        let published = [
            (2007, 85.8, 91.2),
            (2008, 88.7, 87.5),
            (2009, 82.7, 64.4),
            (2010, 78.5, 79.6),
            (2011, 64.1, 79.1),
            (2012, 53.7, 61.8),
            (2013, 58.4, 40.4),
            (2014, 52.8, 40.3),
            (2015, 51.6, 34.5),
            (2016, 48.4, 36.6),
            (2017, 58.1, 39.2),
            (2018, 57.2, 41.9),
            (2019, 60.6, 40.9),
            (2020, 47.3, 34.2),
            (2021, 63.0, 48.5),
            (2022, 58.9, 60.0),
            (2023, 49.7, 50.6),
            (2024, 66.1, 37.8),
        ];
        for (year, by_quantity, by_value) in published {
            let (quantity, value) = dependence(&records, "JPN", "CHN", year);
            assert!((quantity - by_quantity).abs() <= 0.05 + 1e-9, "{year}: {quantity} % by quantity");
            assert!((value - by_value).abs() <= 0.05 + 1e-9, "{year}: {value} % by value");
        }
    }

    #[test]
    fn the_forty_codes_hold_the_rare_earths_again_and_reading_both_is_refused() {
        let (Some(all), Some(rare)) =
            (shared("baci_critical_minerals_1995_2024.csv"), shared("baci_rare_earths_1995_2024.csv"))
        else {
            return;
        };
        let mut collector = Collector::default();
        assert_eq!(tidy(&all, &TradeFilter::default(), &mut collector).kept, 550_367);
        tidy(&rare, &TradeFilter::default(), &mut collector);
        let mut report = Report::new();
        collector.finish(&mut report);
        assert_eq!(report.count(), 56_942);
        let first = &report.mistakes()[0];
        assert!(first.file.ends_with("baci_rare_earths_1995_2024.csv") && first.row.is_some(), "{first}");
        assert!(first.message.contains("stands already in"), "{first}");
        assert!(first.message.contains("baci_critical_minerals_1995_2024.csv row "), "{first}");
        assert!(first.hint.as_deref().is_some_and(|hint| hint.contains("both files hold the same codes")), "{first}");
    }

    #[test]
    fn every_code_of_the_forty_codes_is_in_the_tables_and_the_customs_union_is_merged() {
        let names = ["baci_critical_minerals_1995_2024.csv", "baci_country_codes.csv", "baci_hs92_codes.csv"];
        let [Some(flows), Some(countries), Some(products)] = names.map(shared) else { return };
        let mut report = Report::new();
        let countries = CountryCodes::read(Input::open(&countries).unwrap(), &mut report).unwrap();
        let products = ProductCodes::read(Input::open(&products).unwrap(), &mut report).unwrap();
        assert_eq!((countries.entries().count(), products.codes().count()), (238, 40));
        let known = Known { countries: Some(&countries), products: Some(&products) };
        let mut collector = Collector::default();
        read_tidy(Input::open(&flows).unwrap(), &TradeFilter::default(), &known, &mut report, &mut |record| {
            collector.take(record);
        });
        let (records, steps) = harmonise(collector.finish(&mut report), &countries, &mut report);
        assert!(report.is_empty(), "{report}");
        let said: Vec<(&str, u64)> = steps.iter().map(|step| (step.name, step.rows)).collect();
        let summed = 550_367 - records.len() as u64;
        assert_eq!(said[0], ("former country codes", 2_920));
        assert!(said[1..].iter().map(|(_, rows)| rows).sum::<u64>() == summed, "{said:?}");
        assert!(records.iter().all(|record| record.flow().is_some_and(|flow| flow.exporter.as_str() != "ZA1")));
    }

    #[test]
    fn the_filter_bounds_what_is_kept() {
        let Some(path) = shared("baci_critical_minerals_1995_2024.csv") else { return };
        let filter = TradeFilter { years: 2024..=2024, ..TradeFilter::codes(HsCode::parse("284690")) };
        let mut collector = Collector::default();
        let tally = tidy(&path, &filter, &mut collector);
        let records = collector.finish(&mut Report::new());
        assert_eq!((tally.rows, tally.kept), (550_367, records.len() as u64));
        assert!(records.len() > 500 && records.iter().all(|record| record.period.year == 2024));
    }

    #[test]
    fn a_release_folder_is_read_with_padding_missing_quantities_and_lost_zeros() {
        let (records, tally, release) = read_release(&fixtures(), &TradeFilter::default());
        assert_eq!((tally.rows, tally.kept), (8, 8));
        assert_eq!((release.version(), release.revision()), ("V202401b", Some(HsRevision::Hs92)));
        assert_eq!(release.years().collect::<Vec<_>>(), [1998, 2010]);
        let horses = &records[0];
        assert_eq!(horses.code.to_string(), "010121");
        assert_eq!(horses.quantity, None, "an empty quantity");
        let japan: Vec<(String, Option<f64>, f64)> = records
            .iter()
            .filter(|record| record.importer == Party::Code("392".into()) && record.period.year == 2010)
            .map(|record| {
                (record.exporter.to_string(), record.quantity.map(GrossTonnes::value), record.value.unwrap().amount)
            })
            .collect();
        assert_eq!(japan, [("156".to_owned(), Some(12.5), 0.123), ("842".to_owned(), None, 300.0)]);

        let mut report = Report::new();
        let (flows, steps) = harmonise(records, release.countries().unwrap(), &mut report);
        assert!(report.is_empty(), "{report}");
        let of = |exporter: &str| flows.iter().find(|flow| flow.exporter.to_string() == exporter).unwrap();
        assert_eq!(of("DEU").value.unwrap().amount, 30.0, "276 and 280 are one country");
        assert_eq!(of("ZAF").value.unwrap().amount, 7.0, "711 counts as ZAF");
        assert!(steps.iter().any(|step| step.what.contains("Fed. Rep. of Germany") && step.rows == 1), "{steps:?}");
    }

    #[test]
    fn a_release_zip_gives_the_same_records_as_its_folder_and_can_be_cancelled() {
        let temporary = tempfile::tempdir().unwrap();
        let names = [
            "country_codes_V202401b.csv",
            "product_codes_HS92_V202401b.csv",
            "BACI_HS92_Y2010_V202401b.csv",
            "BACI_HS92_Y1998_V202401b.csv",
        ];
        let bytes: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(fixtures().join(name)).unwrap()).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().zip(&bytes).map(|(name, bytes)| (*name, &bytes[..])).collect();
        let path = release_zip(temporary.path(), &entries);
        let verbatim = |path: &Path| -> Vec<(String, Option<GrossTonnes>)> {
            let (records, ..) = read_release(path, &TradeFilter::default());
            records.iter().map(|record| (format!("{:?}", record.key()), record.quantity)).collect()
        };
        assert_eq!(verbatim(&path), verbatim(&fixtures()));

        let mut release = Release::open(&path).unwrap();
        let (mut seen, mut kept, mut report) = (Vec::new(), 0, Report::new());
        let mut progress = |progress: Progress| {
            seen.push((progress.file_number, progress.files, progress.rows));
            if progress.file_number == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let tally = release.read(&TradeFilter::default(), &mut report, &mut progress, &mut |_| kept += 1);
        assert!(tally.cancelled && report.is_empty(), "{report}");
        assert_eq!(kept, 4, "only the first year");
        assert_eq!(seen, [(1, 2, 0), (1, 2, 4), (2, 2, 4)]);
        assert!(release.countries().is_some(), "the tables are still there after reading");
    }

    #[test]
    fn broken_releases_are_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let path = release_zip(temporary.path(), &[("BACI_HS92_Y2010_V202401b.csv", &vec![b'\n'; 64 << 20])]);
        let mut release = Release::open(&path).unwrap();
        let mut report = Report::new();
        release.read(&TradeFilter::default(), &mut report, &mut |_| ControlFlow::Continue(()), &mut |_| {});
        trap::assert_says("bomb", "BACI_HS92_Y2010_V202401b.csv", &report, None, None, "decompression bomb");

        let cut = temporary.path().join("cut.zip");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&cut, &bytes[..bytes.len() - 30]).unwrap();
        let report = Release::open(&cut).err().unwrap();
        trap::assert_says("cut", "cut.zip", &report, None, None, "is not a whole zip file");

        let folder = temporary.path().join("mixed");
        std::fs::create_dir(&folder).unwrap();
        for name in ["BACI_HS92_Y2010_V202401b.csv", "BACI_HS92_Y2011_V202501.csv", "BACI_HS17_Y2020_V202501.csv"] {
            std::fs::write(folder.join(name), "t,i,j,k,v,q\n").unwrap();
        }
        let report = Release::open(&folder).err().unwrap();
        assert_eq!(report.count(), 2, "{report}");
        trap::assert_says("mixed", "BACI_HS92_Y2011_V202501.csv", &report, None, None, "another release or edition");

        let empty = temporary.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let report = Release::open(&empty).err().unwrap();
        trap::assert_says("empty", "empty", &report, None, None, "no yearly file of BACI");
    }

    const YEARLY: &str = "BACI_HS92_Y2010_V202401b.csv";

    fn codes() -> (CountryCodes, ProductCodes) {
        let mut report = Report::new();
        let open = |name: &str| Input::open(&fixtures().join(name)).unwrap();
        let countries = CountryCodes::read(open("country_codes_V202401b.csv"), &mut report);
        let products = ProductCodes::read(open("product_codes_HS92_V202401b.csv"), &mut report);
        assert!(report.is_empty(), "{report}");
        (countries.unwrap(), products.unwrap())
    }

    type ReadFile = fn(Input, &TradeFilter, &Known, &mut Report, &mut dyn FnMut(TradeRecord)) -> Tally;

    fn refusing(read: ReadFile, input: Input) -> Report {
        let (countries, products) = codes();
        let known = Known { countries: Some(&countries), products: Some(&products) };
        let (mut report, mut collector) = (Report::new(), Collector::default());
        read(input, &TradeFilter::default(), &known, &mut report, &mut |record| collector.take(record));
        collector.finish(&mut report);
        report
    }

    #[test]
    fn traps_in_a_yearly_file_are_reported_with_their_place() {
        let read = |input: Input| refusing(read_year, input);
        let file = |rows: &str| format!("t,i,j,k,v,q\n2010,156,392,284690,10.5,2\n{rows}\n");
        trap::assert_delimited(YEARLY, &file(""), &read);
        let traps = [
            Trap::new("cut in a row", "t,i,j,k,v,q\n2010,156,392,2846", 2, "", "the file may be cut short"),
            Trap::new("no value", file("2010,842,392,284690,,"), 3, "v", "every flow of BACI has a value"),
            Trap::new("wrong delimiter", "t;i;j;k;v;q\n2010;156;392;284690;1;1\n", 1, "", "a semicolon"),
            Trap::new("wrong encoding", trap::utf16(&file("")), 1, "", "the headings are not UTF-8 text"),
            Trap::new(
                "value and code swapped",
                file("2010,842,392,10.5,284690,2"),
                3,
                "k",
                "the columns may be swapped",
            ),
            Trap::new(
                "exporter and year swapped",
                file("842,2010,392,284690,1,2"),
                3,
                "t",
                "the columns may be swapped",
            ),
            Trap::new("negative", file("2010,842,392,284690,1,-2"), 3, "q", "-2 is negative"),
            Trap::new("absurd", file("2010,842,392,284690,1,1e11"), 3, "q", "is absurdly large"),
            Trap::new("absurd value", file("2010,842,392,284690,1e12,1"), 3, "v", "is absurdly large"),
            Trap::new("year", file("3024,842,392,284690,1,2"), 3, "t", "`3024` is not a year"),
            Trap::new("another year", file("2011,842,392,284690,1,2"), 3, "t", "2011 stands in the file of 2010"),
            Trap::new("country", file("2010,842,393,284690,1,2"), 3, "j", "did you mean `392` (Japan)"),
            Trap::new("product", file("2010,842,392,284691,1,2"), 3, "k", "did you mean `284690`"),
            Trap::new(
                "twice",
                file("2010,156,392,284690,3,1"),
                3,
                "",
                "stands already in BACI_HS92_Y2010_V202401b.csv row 2",
            ),
            Trap::new("unit", file("2010,842,392,284690,1,2 kg"), 3, "q", "`2 kg` is not a number"),
            Trap::new("words", file("2010,842,392,284690,1,nan"), 3, "q", "`nan` is not a number"),
        ];
        trap::assert_all(YEARLY, &read, &traps);
    }

    #[test]
    fn traps_in_a_tidy_file_are_reported_with_their_place() {
        let read = |input: Input| refusing(read_tidy, input);
        let head = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t";
        let file = |rows: &str| format!("{head}\n2010,CHN,JPN,284690,10.5,2\n{rows}\n");
        trap::assert_delimited("tidy.csv", &file(""), &read);
        let traps = [
            Trap::new("cut in a row", format!("{head}\n2010,CHN,JP"), 2, "", "the file may be cut short"),
            Trap::new("wrong delimiter", file("").replace(',', "\t"), 1, "", "a tab"),
            Trap::new("wrong encoding", trap::utf16(&file("")), 1, "", "the headings are not UTF-8 text"),
            Trap::new(
                "value and code swapped",
                file("2010,USA,JPN,10.5,284690,2"),
                3,
                "hs92",
                "the columns may be swapped",
            ),
            Trap::new(
                "exporter and year swapped",
                file("USA,2010,JPN,284690,1,2"),
                3,
                "year",
                "the columns may be swapped",
            ),
            Trap::new("numeric country", file("2010,842,JPN,284690,1,2"), 3, "exporter_iso3", "use ISO 3166-1 alpha-3"),
            Trap::new("negative", file("2010,USA,JPN,284690,-1,2"), 3, "value_kusd", "-1 is negative"),
            Trap::new("absurd", file("2010,USA,JPN,284690,1,1e11"), 3, "quantity_t", "is absurdly large"),
            Trap::new("year", file("3024,USA,JPN,284690,1,2"), 3, "year", "`3024` is not a year"),
            Trap::new("country", file("2010,USA,JPM,284690,1,2"), 3, "importer_iso3", "did you mean `JPN`"),
            Trap::new("product", file("2010,USA,JPN,284691,1,2"), 3, "hs92", "did you mean `284690`"),
            Trap::new("twice", file("2010,CHN,JPN,284690,3,1"), 3, "", "stands already in tidy.csv row 2"),
            Trap::new("unit", file("").replace("value_kusd", "value_usd"), 1, "", "`value_usd` is near"),
        ];
        trap::assert_all("tidy.csv", &read, &traps);
    }

    #[test]
    fn names_of_yearly_files_are_understood() {
        let name = FileName::parse("folder/BACI_HS17_Y2020_V202501.csv.gz").unwrap();
        assert_eq!((name.revision, name.year, name.version.as_str()), (HsRevision::Hs17, 2020, "V202501"));
        for other in
            ["country_codes_V202401b.csv", "BACI_HS92_V202401b.zip", "BACI_HS92_Y20_V1.csv", "BACI_SITC_Y2020_V1.csv"]
        {
            assert_eq!(FileName::parse(other), None, "{other}");
        }
        assert!(CountryCode::parse("392").is_some(), "why the tidy reader looks for a letter");
    }
}
