//! Looks at a file that a user has: what it is, whether a reader accepts it, and every mistake if not.

use crate::input::Input;
use crate::package::{Overlay, Package};
use crate::read::trade_record::{CountryCodes, Known, Party, Tally, TradeFilter, TradeRecord};
use crate::read::{
    baci, comtrade, iea_critical_minerals, japan_customs, pink_sheet, trade_csv, usgs_mcs, world_governance,
    world_mining_data,
};
use crate::report::{Mistake, Report, did_you_mean};
use crate::workbook::Workbook;
use lode_model::{Country, CountryCode};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inspected {
    /// What the file is.
    pub kind: &'static str,
    /// How much was read, in words.
    pub content: String,
    /// What the user should know although it is no mistake.
    pub notes: Vec<String>,
}

/// How a trade CSV of the user's own is laid out.
#[derive(Clone, Copy, Default, Debug)]
pub struct Layout<'l> {
    /// The mapping file.
    pub mapping: Option<&'l Path>,
    /// The table that its country names or codes are looked up in.
    pub countries: Option<&'l Path>,
    /// Countries and territories that a record may name; any code passes without it.
    pub known: Option<&'l BTreeMap<CountryCode, Country>>,
}

/// Reads a file or folder to its end and gives all mistakes at once.
pub fn inspect(path: &Path, layout: Layout<'_>) -> Result<Inspected, Report> {
    if let Some(mapping) = layout.mapping {
        return trade_by_mapping(path, mapping, layout.countries);
    }
    if path.is_dir() {
        return if path.join("datapackage.json").exists() { package(path) } else { release(path) };
    }
    let start = beginning(Input::open(path)?);
    if Workbook::may_start_with(&start) {
        if let Some(workbook) = Workbook::open(Input::open(path)?)? {
            return by_sheet(workbook, layout.known);
        }
        return if holds_descriptor(path) { package(path) } else { release(path) };
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(Mistake::in_file(&path.display().to_string(), "is written in UTF-16")
            .hint("save it as `CSV UTF-8`")
            .into());
    }
    let mut report = Report::new();
    // The United States survey writes some releases in an older encoding.
    let input = if has(&start, &["unit_meas"]) || has(&start, &["statistics_detail"]) {
        Input::open_in_either(path, encoding_rs::WINDOWS_1252)?
    } else {
        Input::open(path)?
    };
    match by_content(&start, input, layout.known, &mut report) {
        Some(found) => report.into_result(found?),
        None => Err(of_no_kind(&path.display().to_string())),
    }
}

/// Whether a zip file lists a `datapackage.json`; nothing of it is unpacked for that.
fn holds_descriptor(path: &Path) -> bool {
    let archive = std::fs::File::open(path).map(|file| zip::ZipArchive::new(std::io::BufReader::new(file)));
    matches!(archive, Ok(Ok(archive)) if archive.file_names().any(|name| name == "datapackage.json"))
}

fn of_no_kind(name: &str) -> Report {
    Mistake::in_file(name, "is of no kind that Lode reads")
        .hint("if it holds trade records, describe its columns in a mapping file and give --mapping FILE (docs/src/data/sources.md)")
        .into()
}

/// The first sheet that is of a known kind.
fn by_sheet(mut workbook: Workbook, countries: Option<&BTreeMap<CountryCode, Country>>) -> Result<Inspected, Report> {
    for sheet in workbook.sheets() {
        let text = workbook.sheet(&sheet)?;
        let mut report = Report::new();
        if let Some(found) = by_content(&beginning(text.input()), text.input(), countries, &mut report) {
            let mut found = report.into_result(found?)?;
            found.notes.insert(0, format!("read from the sheet `{sheet}`"));
            return Ok(found);
        }
    }
    Err(of_no_kind(workbook.name()))
}

/// The first bytes, unpacked if the file is gzip.
pub(crate) fn beginning(mut input: Input<'_>) -> Vec<u8> {
    let mut start = vec![0; 4096];
    let filled = input.fill(&mut start);
    start.truncate(filled);
    start
}

fn heading(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start).to_lowercase();
    text.trim_start_matches('\u{feff}').lines().next().unwrap_or("").to_owned()
}

/// Whether the first line has all of these headings.
fn has(start: &[u8], columns: &[&str]) -> bool {
    let head = heading(start);
    let headings: Vec<&str> = head.split([',', ';', '\t']).map(|heading| heading.trim_matches('"').trim()).collect();
    columns.iter().all(|column| headings.contains(column))
}

fn package(path: &Path) -> Result<Inspected, Report> {
    let mut package = Package::open(path)?;
    let rows: u64 = package.descriptor().resources.iter().map(|resource| resource.rows).sum();
    let content = format!(
        "{} {}, {} tables, {rows} rows",
        package.descriptor().name,
        package.descriptor().version,
        package.descriptor().resources.len()
    );
    package.check().into_result(Inspected { kind: "package", content, notes: Vec::new() })
}

fn release(path: &Path) -> Result<Inspected, Report> {
    let mut report = Report::new();
    let mut release = baci::Release::open(path)?;
    let mut records = Seen::default();
    let tally = release.read(&TradeFilter::default(), &mut report, &mut |_| ControlFlow::Continue(()), &mut |record| {
        records.take(&record);
    });
    let mut notes = tally.notes;
    notes.extend(records.finish(&mut report));
    report.into_result(Inspected { kind: "BACI release", content: format!("{} flows", tally.kept), notes })
}

fn trade_by_mapping(path: &Path, mapping: &Path, countries: Option<&Path>) -> Result<Inspected, Report> {
    let name = mapping.display().to_string();
    let text = std::fs::read_to_string(mapping)
        .map_err(|error| Mistake::in_file(&name, format!("cannot be opened: {error}")))?;
    let mapping = trade_csv::Mapping::parse(&name, &text)?;
    let mut report = Report::new();
    let countries = match countries {
        Some(path) => CountryCodes::read(Input::open(path)?, &mut report),
        None => None,
    };
    let known = Known { countries: countries.as_ref(), products: None };
    let mut records = Seen::default();
    let tally =
        trade_csv::read(Input::open(path)?, &mapping, &TradeFilter::default(), &known, &mut report, &mut |record| {
            records.take(&record);
        });
    let mut notes = tally.notes;
    notes.extend(records.finish(&mut report));
    report.into_result(Inspected {
        kind: "trade records by a mapping",
        content: format!("{} flows", tally.kept),
        notes,
    })
}

/// Most records whose keys are remembered: 16 bytes each.
const REMEMBERED: usize = 8 << 20;

/// What a look through trade records remembers of them: enough to find a flow that stands twice and a country that is
/// none, and no more than fits.
#[derive(Default)]
struct Seen<'k> {
    countries: Option<&'k BTreeMap<CountryCode, Country>>,
    /// Fingerprint of the key, and the row.
    keys: Vec<(u64, u64)>,
    forgotten: u64,
    mistakes: Report,
    file: String,
}

impl Seen<'_> {
    fn take(&mut self, record: &TradeRecord) {
        if self.file != *record.place.file {
            // A file of a release holds one year: no flow of it can stand in another.
            self.find_repeats();
            self.file = record.place.file.to_string();
        }
        for party in [&record.exporter, &record.importer] {
            let (Some(countries), Party::Country(code)) = (self.countries, party) else { continue };
            if !countries.contains_key(code) {
                let message = format!("`{code}` is not a country or territory that Lode knows");
                let near = did_you_mean(code.as_str(), countries.keys().map(CountryCode::as_str));
                let hint =
                    near.map_or("use ISO 3166-1 alpha-3, e.g. JPN".into(), |near| format!("did you mean `{near}`?"));
                self.mistakes.push(Mistake::in_row(&self.file, record.place.row, message).hint(hint));
            }
        }
        if self.keys.len() < REMEMBERED {
            self.keys.push((fingerprint(record), record.place.row));
        } else {
            self.forgotten += 1;
        }
    }

    fn find_repeats(&mut self) {
        self.keys.sort_unstable();
        for pair in self.keys.windows(2) {
            if pair[0].0 == pair[1].0 {
                let message = format!("the flow stands already in row {}", pair[0].1);
                let hint = "a flow may stand once; drop one of the rows, or add them up if they are parts";
                self.mistakes.push(Mistake::in_row(&self.file, pair[1].1, message).hint(hint));
            }
        }
        self.keys.clear();
    }

    /// Reports what was found; a note if not all keys could be remembered.
    fn finish(mut self, report: &mut Report) -> Option<String> {
        self.find_repeats();
        report.extend(self.mistakes);
        (self.forgotten > 0)
            .then(|| format!("{} records were not compared with the others: too many to remember", self.forgotten))
    }
}

/// Sixty-four bits of a record's key (FNV-1a): equal keys have equal ones.
fn fingerprint(record: &TradeRecord) -> u64 {
    let text = format!("{:?}", record.key());
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Trade as customs declared it, in a layout that says so itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Declaration {
    /// UN Comtrade.
    Comtrade,
    /// Japan Customs.
    JapanCustoms(japan_customs::Frequency),
}

/// What the beginning of a file says.
pub(crate) fn declaration(start: &[u8]) -> Option<Declaration> {
    let head = heading(start);
    let text = String::from_utf8_lossy(start);
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') || head.contains("reportercode") {
        Some(Declaration::Comtrade)
    } else if head.contains("quantity1-") || head.contains("quantity2-") {
        let monthly = head.contains("-jan");
        let frequency = if monthly { japan_customs::Frequency::Monthly } else { japan_customs::Frequency::Annual };
        Some(Declaration::JapanCustoms(frequency))
    } else {
        None
    }
}

impl Declaration {
    fn kind(self) -> &'static str {
        match self {
            Self::Comtrade => "UN Comtrade",
            Self::JapanCustoms(_) => "Japan Customs trade statistics",
        }
    }

    pub(crate) fn read(
        self,
        input: Input<'_>,
        filter: &TradeFilter,
        known: &Known<'_>,
        report: &mut Report,
        sink: &mut dyn FnMut(TradeRecord),
    ) -> Tally {
        match self {
            Self::Comtrade => comtrade::read(input, filter, known, report, sink),
            Self::JapanCustoms(frequency) => japan_customs::read(input, frequency, filter, known, report, sink),
        }
    }
}

/// Reads a table by what its beginning says it is; `None` if that is nothing that Lode reads.
fn by_content(
    start: &[u8],
    input: Input<'_>,
    countries: Option<&BTreeMap<CountryCode, Country>>,
    report: &mut Report,
) -> Option<Result<Inspected, Report>> {
    let text = String::from_utf8_lossy(start).to_lowercase();
    let has = |columns: &[&str]| has(start, columns);
    let counted =
        |kind, count: usize, what: &str| Inspected { kind, content: format!("{count} {what}"), notes: Vec::new() };
    let filter = TradeFilter::default();
    let known = Known::default();
    let mut records = Seen { countries, ..Seen::default() };
    let tallied = |kind, tally: Tally, seen: Seen<'_>, report: &mut Report| {
        let mut notes = tally.notes;
        notes.extend(seen.finish(report));
        Inspected { kind, content: format!("{} of {} records kept", tally.kept, tally.rows), notes }
    };
    Some(Ok(if has(&["table", "key", "field", "value"]) {
        return Some(Overlay::read(input).map(|overlay| counted("overlay", overlay.len(), "values of the user's")));
    } else if has(&["year", "exporter_iso3", "importer_iso3", "hs92"]) {
        let tally = baci::read_tidy(input, &filter, &known, report, &mut |record| records.take(&record));
        tallied("BACI extract", tally, records, report)
    } else if has(&["t", "i", "j", "k", "v", "q"]) {
        let tally = baci::read_year(input, &filter, &known, report, &mut |record| records.take(&record));
        tallied("BACI, one year of a release", tally, records, report)
    } else if has(&["statistics_detail", "value_raw"]) || has(&["statistics_detail", "value"]) {
        counted("USGS Mineral Commodity Summaries 2026", usgs_mcs::read_2026(input, report).len(), "rows")
    } else if has(&["type", "unit_meas", "prod_2023"]) {
        counted("USGS Mineral Commodity Summaries 2025", usgs_mcs::read_2025(input, report).len(), "numbers")
    } else if has(&["mineral", "stage", "country", "value"]) {
        counted("IEA supply by country", iea_critical_minerals::read_supply(input, report).0.len(), "rows")
    } else if has(&["table", "mineral", "sector", "scenario"]) {
        counted("IEA demand by scenario", iea_critical_minerals::read_demand(input, report).len(), "rows")
    } else if has(&["commodity", "month", "price_nominal_usd"]) {
        counted("Pink Sheet", pink_sheet::read(input, report).len(), "prices")
    } else if text.contains("($/") && text.contains("m01") {
        counted("Pink Sheet, sheet of monthly prices", pink_sheet::read_sheet(input, report).len(), "prices")
    } else if has(&["year", "estimate"]) {
        let read = world_governance::read(input, report);
        let notes = vec![format!("{} rows without an estimate are missing, not zero", read.without_estimate)];
        Inspected { notes, ..counted("Worldwide Governance Indicators", read.estimates.len(), "estimates") }
    } else if has(&["commodity", "iso3", "production", "unit"]) {
        counted("World Mining Data", world_mining_data::read(input, report).len(), "rows")
    } else if let Some(declaration) = declaration(start) {
        let tally = declaration.read(input, &filter, &known, report, &mut |record| records.take(&record));
        tallied(declaration.kind(), tally, records, report)
    } else {
        return None;
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
    }

    #[test]
    fn files_are_known_by_what_they_hold() {
        let kind =
            |name: &str| inspect(&fixture(name), Layout::default()).unwrap_or_else(|report| panic!("{report}")).kind;
        assert_eq!(kind("comtrade/annual.json"), "UN Comtrade");
        assert_eq!(kind("comtrade/monthly.txt"), "UN Comtrade");
        assert_eq!(kind("japan_customs/imports_2024.csv"), "Japan Customs trade statistics");
        assert_eq!(kind("baci"), "BACI release");
        assert_eq!(kind("trade_csv/baci_tidy.csv"), "BACI extract");
        let mapping = fixture("trade_csv/baci_tidy.toml");
        let layout = Layout { mapping: Some(&mapping), ..Layout::default() };
        let mapped = inspect(&fixture("trade_csv/baci_tidy.csv"), layout).unwrap();
        assert_eq!(mapped.kind, "trade records by a mapping");
    }

    #[test]
    fn a_flow_twice_and_a_country_that_is_none_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flows.csv");
        let rows =
            "2020,CHN,JPN,284690,5,1\n2020,QQQ,JPN,284690,5,1\n2020,USA,JPN,284690,5,1\n2020,CHN,JPN,284690,7,2\n";
        std::fs::write(&path, format!("year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n{rows}")).unwrap();
        let country = |code: &str| Country {
            code: CountryCode::parse(code).unwrap(),
            iso2: String::new(),
            numeric: None,
            name_en: String::new(),
            name_ja: String::new(),
            baci_codes: Vec::new(),
            aliases: Vec::new(),
        };
        let known = ["CHN", "JPN", "USA"].map(|code| (CountryCode::parse(code).unwrap(), country(code))).into();
        let layout = Layout { known: Some(&known), ..Layout::default() };
        let report = inspect(&path, layout).unwrap_err();
        assert_eq!(report.mistakes().len(), 2, "{report}");
        let text = report.to_string();
        assert!(text.contains("row 3: `QQQ` is not a country or territory that Lode knows"), "{text}");
        assert!(text.contains("row 5: the flow stands already in row 2"), "{text}");
    }

    #[test]
    fn a_package_that_is_a_bomb_is_refused_before_it_fills_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.zip");
        let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        writer.start_file("datapackage.json", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::copy(&mut std::io::repeat(b' ').take(40 << 20), &mut writer).unwrap();
        writer.finish().unwrap();
        let report = inspect(&path, Layout::default()).unwrap_err().to_string();
        assert!(report.contains("datapackage.json: expands far more than data do"), "{report}");
    }

    #[test]
    fn a_workbook_is_known_by_one_of_its_sheets() {
        let read = |name: &str| inspect(&fixture("workbook").join(name), Layout::default());
        let prices = read("prices.xlsx").unwrap();
        assert_eq!((prices.kind, prices.content.as_str()), ("Pink Sheet, sheet of monthly prices", "5 prices"));
        assert_eq!(prices.notes, ["read from the sheet `Monthly Prices`"]);
        let governance = read("governance.xlsx").unwrap();
        assert_eq!((governance.kind, governance.content.as_str()), ("Worldwide Governance Indicators", "2 estimates"));
        assert_eq!(governance.notes[0], "read from the sheet `Data`");
        assert!(read("unknown.xlsx").unwrap_err().to_string().contains("is of no kind that Lode reads"));
    }

    #[test]
    fn a_release_of_the_survey_in_its_older_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("MCS2026.csv");
        let text = "mcs_chapter,section,commodity,country,iso3,statistics,statistics_detail,unit,year,value_raw,value_num,notes\n\
                    X,World,Gallium,China,CHN,Production,Primary,kilograms,2024,\u{97},,Less than \u{bd} unit.\n";
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(inspect(&path, Layout::default()).unwrap().content, "1 rows");
    }

    #[test]
    fn what_is_no_file_or_of_no_kind_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let unknown = folder.path().join("x.csv");
        std::fs::write(&unknown, "a,b\n1,2\n").unwrap();
        assert!(
            inspect(&unknown, Layout::default()).unwrap_err().to_string().contains("is of no kind that Lode reads")
        );
        assert!(
            inspect(&folder.path().join("none"), Layout::default())
                .unwrap_err()
                .to_string()
                .contains("cannot be opened")
        );
        let broken = folder.path().join("overlay.csv");
        std::fs::write(&broken, "table,key,field,value\nproductoin,commodity=gallium,value,1\n").unwrap();
        let report = inspect(&broken, Layout::default()).unwrap_err().to_string();
        assert!(report.contains("row 2") && report.contains("production"), "{report}");
        // What a spreadsheet writes as `Unicode text`.
        let wide = folder.path().join("wide.csv");
        std::fs::write(&wide, [0xff, 0xfe, b'a', 0]).unwrap();
        assert!(inspect(&wide, Layout::default()).unwrap_err().to_string().contains("is written in UTF-16"));
        std::fs::write(folder.path().join("broken.zip"), b"PK\x03\x04 no zip").unwrap();
        assert!(inspect(&folder.path().join("broken.zip"), Layout::default()).is_err());
    }
}
