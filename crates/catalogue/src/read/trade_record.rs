//! What all trade readers give: one record for each flow, as the source has it, with its place in the file.
//!
//! A reader streams: it calls a sink for each record that the filter wants and keeps none itself, so that memory is
//! bounded by what is asked for and not by the file. Readers report mistakes into the caller's [`Report`]; if it is not
//! empty afterwards, the records given so far are not to be used.
//!
//! Records are verbatim. Two steps follow, each declared:
//!
//! * [`Collector`] gathers records of one or several files and refuses the same flow twice, naming both places.
//! * [`harmonise`] turns the source's country codes into ISO codes, merges former codes into their successors, sums what
//!   falls together, and says in [`Step`]s what it did and to how many rows.

use crate::input::Input;
use crate::records::{Column, Record, Records, clip};
use crate::report::{Mistake, Report, did_you_mean};
pub use lode_model::Role;
use lode_model::{CountryCode, DataQuality, GrossTonnes, HsCode, NominalUsd, TradeFlow, Year};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// More tonnes than any flow has: world trade in all goods is about 1e10 t a year.
pub const MOST_TONNES: f64 = 1e10;
/// More dollars than any flow has: world trade in all goods is about 3e13 USD a year.
pub const MOST_USD: f64 = 1e14;

/// A calendar year, or one month of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Period {
    /// Calendar year.
    pub year: Year,
    /// 1 to 12; `None` for the whole year.
    pub month: Option<u8>,
}

impl Period {
    /// A whole year.
    pub fn year(year: Year) -> Self {
        Self { year, month: None }
    }

    /// Reads `2024`, `202407`, `2024-07` or `2024/07`, within 1900 to 2100.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = match text.len() {
            4 => (text, None),
            6 => (text.get(..4)?, Some(text.get(4..)?)),
            7 if matches!(text.as_bytes().get(4), Some(b'-' | b'/')) => (text.get(..4)?, Some(text.get(5..)?)),
            _ => return None,
        };
        let number =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
        let year = number(year).filter(|year| (1900..=2100).contains(year))?;
        let month = match month {
            None => None,
            Some(text) => Some(u8::try_from(number(text).filter(|month| (1..=12).contains(month))?).ok()?),
        };
        Some(Self { year: Year::from(year), month })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.month {
            None => write!(f, "{}", self.year),
            Some(month) => write!(f, "{}-{month:02}", self.year),
        }
    }
}

/// A side of a flow.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Party {
    /// A country by its code.
    Country(CountryCode),
    /// The source's own code, not yet looked up.
    Code(Box<str>),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Country(code) => f.pad(code.as_str()),
            Party::Code(code) => f.pad(code),
        }
    }
}

/// An edition of the Harmonized System.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum HsRevision {
    /// 1988 and 1992.
    Hs92,
    /// 1996.
    Hs96,
    /// 2002.
    Hs02,
    /// 2007.
    Hs07,
    /// 2012.
    Hs12,
    /// 2017.
    Hs17,
    /// 2022.
    Hs22,
}

impl HsRevision {
    /// Every edition with its word in tables, oldest first; the place in the list is the digit of Comtrade's `H0` to `H6`.
    pub const ALL: [(HsRevision, &'static str); 7] = [
        (HsRevision::Hs92, "HS92"),
        (HsRevision::Hs96, "HS96"),
        (HsRevision::Hs02, "HS02"),
        (HsRevision::Hs07, "HS07"),
        (HsRevision::Hs12, "HS12"),
        (HsRevision::Hs17, "HS17"),
        (HsRevision::Hs22, "HS22"),
    ];

    /// The edition that the World Customs Organization had in force in a year; editions begin on 1 January.
    pub fn in_force(year: Year) -> Self {
        match year {
            ..1996 => HsRevision::Hs92,
            1996..2002 => HsRevision::Hs96,
            2002..2007 => HsRevision::Hs02,
            2007..2012 => HsRevision::Hs07,
            2012..2017 => HsRevision::Hs12,
            2017..2022 => HsRevision::Hs17,
            2022.. => HsRevision::Hs22,
        }
    }

    /// The word used in tables.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(revision, _)| *revision == self).map_or("", |(_, word)| word)
    }

    /// Reads the word; `None` if it is no edition.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(revision, _)| *revision)
    }
}

/// What a value is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueUnit {
    /// United States dollars.
    Usd,
    /// Thousand dollars.
    ThousandUsd,
    /// Million dollars.
    MillionUsd,
    /// Euros.
    Eur,
    /// Thousand euros.
    ThousandEur,
    /// Yen.
    Jpy,
    /// Thousand yen.
    ThousandJpy,
    /// Million yen.
    MillionJpy,
}

impl ValueUnit {
    /// Every unit with its word, its currency and how many of the currency it is.
    pub const ALL: [(ValueUnit, &'static str, &'static str, f64); 8] = [
        (ValueUnit::Usd, "USD", "USD", 1.0),
        (ValueUnit::ThousandUsd, "kUSD", "USD", 1e3),
        (ValueUnit::MillionUsd, "MUSD", "USD", 1e6),
        (ValueUnit::Eur, "EUR", "EUR", 1.0),
        (ValueUnit::ThousandEur, "kEUR", "EUR", 1e3),
        (ValueUnit::Jpy, "JPY", "JPY", 1.0),
        (ValueUnit::ThousandJpy, "kJPY", "JPY", 1e3),
        (ValueUnit::MillionJpy, "MJPY", "JPY", 1e6),
    ];

    fn row(self) -> (&'static str, &'static str, f64) {
        Self::ALL.iter().find(|row| row.0 == self).map_or(("", "", 1.0), |row| (row.1, row.2, row.3))
    }

    /// The word used in tables.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The currency.
    pub fn currency(self) -> &'static str {
        self.row().1
    }

    /// How many of the currency one unit is.
    pub fn factor(self) -> f64 {
        self.row().2
    }

    /// Reads the word; `None` if it is no unit.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// More of this unit than any flow has.
    pub fn most(self) -> f64 {
        // A bound, not a conversion: no month since 1973 saw 400 yen to the dollar.
        let per_dollar = if self.currency() == "JPY" { 400.0 } else { 1.0 };
        MOST_USD * per_dollar / self.factor()
    }
}

/// A value as the source has it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TradeValue {
    /// How many.
    pub amount: f64,
    /// Of what.
    pub unit: ValueUnit,
}

impl TradeValue {
    /// In dollars; `None` for another currency, which takes a sourced exchange rate.
    pub fn usd(self) -> Option<NominalUsd> {
        (self.unit.currency() == "USD").then(|| NominalUsd::new(self.amount * self.unit.factor()))
    }
}

/// A quantity in a unit that is not weight.
#[derive(Clone, PartialEq, Debug)]
pub struct SecondQuantity {
    /// How many.
    pub amount: f64,
    /// Unit in the source's word.
    pub unit: Box<str>,
}

/// Where a record stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// File as the user named it.
    pub file: Arc<str>,
    /// Row as a spreadsheet shows it; in JSON the number of the record, the first being 1.
    pub row: u64,
}

/// One flow as one source has it.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeRecord {
    /// Year or month.
    pub period: Period,
    /// Whose record it is.
    pub role: Role,
    /// Seller.
    pub exporter: Party,
    /// Buyer.
    pub importer: Party,
    /// Edition of the Harmonized System that the code belongs to; `None` if the source does not say.
    pub hs_revision: Option<HsRevision>,
    /// Six-digit code.
    pub code: HsCode,
    /// The country's own line of nine or ten digits under that code.
    pub national_code: Option<Box<str>>,
    /// Value.
    pub value: Option<TradeValue>,
    /// Weight of the traded good, not of the element in it; `None` where the source has none.
    pub quantity: Option<GrossTonnes>,
    /// Quantity in another unit.
    pub second_quantity: Option<SecondQuantity>,
    /// Whether the source marks its figures as estimates.
    pub quality: DataQuality,
    /// Where it stands.
    pub place: Place,
}

/// What no two records may share.
pub type Key<'r> = (HsCode, Option<HsRevision>, Option<&'r str>, Period, &'r Party, &'r Party, Role);

impl TradeRecord {
    /// What no two records may share: code, edition, national line, period, importer, exporter, role.
    pub fn key(&self) -> Key<'_> {
        let national = self.national_code.as_deref();
        (self.code, self.hs_revision, national, self.period, &self.importer, &self.exporter, self.role)
    }

    /// The flow that a package keeps: annual, between two countries, in dollars. `None` for any other record.
    pub fn flow(&self) -> Option<TradeFlow> {
        let (Party::Country(importer), Party::Country(exporter)) = (&self.importer, &self.exporter) else {
            return None;
        };
        if self.period.month.is_some() {
            return None;
        }
        Some(TradeFlow {
            importer: *importer,
            year: self.period.year,
            exporter: *exporter,
            value: self.value?.usd()?,
            quantity: self.quantity,
        })
    }
}

/// Which records are wanted. The default wants all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TradeFilter {
    /// The codes wanted; empty for all.
    pub codes: BTreeSet<HsCode>,
    /// The years wanted.
    pub years: RangeInclusive<Year>,
}

impl Default for TradeFilter {
    fn default() -> Self {
        Self { codes: BTreeSet::new(), years: Year::MIN..=Year::MAX }
    }
}

impl TradeFilter {
    /// Wants some codes in all years.
    pub fn codes(codes: impl IntoIterator<Item = HsCode>) -> Self {
        Self { codes: codes.into_iter().collect(), ..Self::default() }
    }

    /// Whether a record of this code and year is wanted.
    pub fn wants(&self, code: HsCode, year: Year) -> bool {
        self.years.contains(&year) && (self.codes.is_empty() || self.codes.contains(&code))
    }
}

/// What a reading came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Records in the input, without the header.
    pub rows: u64,
    /// Records given to the sink.
    pub kept: u64,
    /// Records left out for a reason other than the filter, counted by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// What the user should know although it is no mistake.
    pub notes: Vec<String>,
    /// Whether the caller ended the reading early.
    pub cancelled: bool,
}

impl Tally {
    /// Counts a record that is left out.
    pub fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// Adds the tally of another file.
    pub fn add(&mut self, other: Tally) {
        self.rows += other.rows;
        self.kept += other.kept;
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
        self.notes.extend(other.notes);
        self.cancelled |= other.cancelled;
    }
}

/// Gathers the records of one or several readings and refuses the same flow twice.
#[derive(Default)]
pub struct Collector {
    records: Vec<TradeRecord>,
}

impl Collector {
    /// Takes a record; this is the sink to hand to a reader.
    pub fn take(&mut self, record: TradeRecord) {
        self.records.push(record);
    }

    /// The records in order of their keys. A key that stands twice is reported with both places.
    pub fn finish(mut self, report: &mut Report) -> Vec<TradeRecord> {
        self.records.sort_by(|a, b| a.key().cmp(&b.key()));
        for pair in self.records.windows(2) {
            let [first, second] = pair else { continue };
            if first.key() != second.key() {
                continue;
            }
            let message = format!(
                "the flow of {} from {} to {} in {} stands already in {} row {}",
                second.national_code.as_deref().unwrap_or(&second.code.to_string()),
                second.exporter,
                second.importer,
                second.period,
                first.place.file,
                first.place.row,
            );
            report.push(Mistake::in_row(&second.place.file, second.place.row, message).hint(
                if first.place.file == second.place.file {
                    "a flow may stand once; drop one of the rows, or add them up if they are parts"
                } else {
                    "both files hold the same codes; read only one of them"
                },
            ));
        }
        self.records
    }
}

/// A declared change to records on their way from verbatim to harmonised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// How many records it touched.
    pub rows: u64,
    /// What was done.
    pub what: String,
}

/// What a source calls a territory, and the code that Lode counts it under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CountryEntry {
    /// Name as the source writes it.
    pub name: String,
    /// ISO 3166-1 alpha-2; empty where the source has none.
    pub iso2: String,
    /// ISO 3166-1 alpha-3, or the source's own three characters where ISO has none.
    pub country: CountryCode,
}

/// A source's table of country codes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CountryCodes {
    entries: BTreeMap<String, CountryEntry>,
    countries: BTreeSet<CountryCode>,
}

/// Columns of a table of country codes, with the headings of older releases of BACI.
const COUNTRY_COLUMNS: [Column; 4] = [
    Column::required("country_code").also(&["code", "i"]),
    Column::required("country_name").also(&["country_name_full", "name", "name_english"]),
    Column::optional("country_iso2").also(&["iso_2digit_alpha", "iso2"]),
    Column::required("country_iso3").also(&["iso_3digit_alpha", "iso3"]),
];

impl CountryCodes {
    /// Reads a table with the columns `country_code, country_name, country_iso2, country_iso3`, as BACI ships it.
    /// Several codes may name one country; a code may stand once. `None` if it cannot be read.
    pub fn read(input: Input, report: &mut Report) -> Option<Self> {
        let mut records = Records::open(input, b',', report)?;
        let columns = records.columns(&COUNTRY_COLUMNS, report)?;
        let [Some(code), Some(name), iso2, Some(iso3)] = columns[..] else { return None };
        let mut codes = Self::default();
        while let Some(record) = records.next(report) {
            let Some(country) = record.country_code(iso3, report) else { continue };
            let text = record.text(code, report);
            if text.is_empty() {
                report.push(record.mistake(code, "is empty").hint("every row needs the code that the source writes"));
                continue;
            }
            let entry = CountryEntry {
                name: record.text(name, report).to_owned(),
                iso2: iso2.map_or("", |index| record.text(index, report)).to_owned(),
                country,
            };
            if codes.insert(text, entry).is_some() {
                report.push(
                    record.mistake(code, format!("`{}` stands twice", clip(text))).hint("a code may have one row"),
                );
            }
        }
        Some(codes)
    }

    /// Adds or replaces a code; gives what stood there.
    pub fn insert(&mut self, code: &str, entry: CountryEntry) -> Option<CountryEntry> {
        self.countries.insert(entry.country);
        self.entries.insert(normal(code).to_owned(), entry)
    }

    /// The entry of a code; leading zeros of numbers do not matter.
    pub fn get(&self, code: &str) -> Option<&CountryEntry> {
        self.entries.get(normal(code))
    }

    /// The country by its ISO 3166-1 alpha-2 code.
    pub fn by_iso2(&self, iso2: &str) -> Option<CountryCode> {
        self.entries.values().find(|entry| entry.iso2 == iso2 && !iso2.is_empty()).map(|entry| entry.country)
    }

    /// The country by its name, upper and lower case alike.
    pub fn by_name(&self, name: &str) -> Option<CountryCode> {
        let name = name.to_lowercase();
        self.entries.values().find(|entry| entry.name.to_lowercase() == name).map(|entry| entry.country)
    }

    /// Whether any code names this country.
    pub fn has(&self, country: CountryCode) -> bool {
        self.countries.contains(&country)
    }

    /// Every code with its entry, in order of code.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &CountryEntry)> + '_ {
        self.entries.iter().map(|(code, entry)| (code.as_str(), entry))
    }

    /// Whether it says that a code is of former times and another code holds the same country now.
    fn is_former(&self, code: &str, entry: &CountryEntry) -> bool {
        let former = |name: &str| name.contains("(...");
        let elsewhere = |(other, known): (&String, &CountryEntry)| {
            other != normal(code) && known.country == entry.country && !former(&known.name)
        };
        former(&entry.name) && self.entries.iter().any(elsewhere)
    }
}

fn normal(code: &str) -> &str {
    if code.bytes().all(|byte| byte.is_ascii_digit()) {
        let short = code.trim_start_matches('0');
        if short.is_empty() && !code.is_empty() { "0" } else { short }
    } else {
        code
    }
}

/// A source's table of product codes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProductCodes {
    entries: BTreeMap<HsCode, String>,
}

impl ProductCodes {
    /// Reads a table with the columns `code, description`, as BACI ships it; also the tidy list of `hs92`,
    /// `baci_description`. `None` if it cannot be read.
    pub fn read(input: Input, report: &mut Report) -> Option<Self> {
        const COLUMNS: [Column; 2] = [
            Column::required("code").also(&["hs92", "hs6"]),
            Column::required("description").also(&["baci_description"]),
        ];
        let mut records = Records::open(input, b',', report)?;
        let columns = records.columns(&COLUMNS, report)?;
        let [Some(code), Some(description)] = columns[..] else { return None };
        let mut entries = BTreeMap::new();
        while let Some(record) = records.next(report) {
            // BACI's list has `9999AA`, commodities not specified, which is no code of the Harmonized System.
            if record.bytes(code).eq_ignore_ascii_case(b"9999AA") {
                continue;
            }
            let Some(hs_code) = record.hs_code(code, report) else { continue };
            if entries.insert(hs_code, record.text(description, report).to_owned()).is_some() {
                report.push(record.mistake(code, format!("`{hs_code}` stands twice")).hint("a code may have one row"));
            }
        }
        Some(Self { entries })
    }

    /// What the code holds.
    pub fn description(&self, code: HsCode) -> Option<&str> {
        self.entries.get(&code).map(String::as_str)
    }

    /// The codes.
    pub fn codes(&self) -> impl Iterator<Item = HsCode> + '_ {
        self.entries.keys().copied()
    }
}

/// The codes that may occur; a table that is not given is not checked against.
#[derive(Clone, Copy, Default, Debug)]
pub struct Known<'k> {
    /// Countries.
    pub countries: Option<&'k CountryCodes>,
    /// Products.
    pub products: Option<&'k ProductCodes>,
}

impl Known<'_> {
    /// Why a party is not among the countries, if it is not.
    pub(super) fn fault_of_party(&self, party: &Party) -> Option<Fault> {
        let countries = self.countries?;
        match party {
            Party::Country(code) if countries.has(*code) => None,
            Party::Country(code) => {
                let known: Vec<&str> = countries.countries.iter().map(CountryCode::as_str).collect();
                Some(unknown("country", code.as_str(), did_you_mean(code.as_str(), known.iter().copied()), ""))
            }
            Party::Code(code) if countries.get(code).is_some() => None,
            Party::Code(code) => {
                let near = did_you_mean(code, countries.entries.keys().map(String::as_str));
                let name = near.and_then(|near| countries.get(near)).map_or("", |entry| entry.name.as_str());
                Some(unknown("country", code, near, name))
            }
        }
    }

    /// Why a code is not among the products, if it is not.
    pub(super) fn fault_of_code(&self, code: HsCode) -> Option<Fault> {
        let products = self.products?;
        if products.entries.contains_key(&code) {
            return None;
        }
        let known: Vec<String> = products.entries.keys().map(HsCode::to_string).collect();
        let typed = code.to_string();
        let near = did_you_mean(&typed, known.iter().map(String::as_str));
        let name = near.and_then(HsCode::parse).and_then(|near| products.description(near)).unwrap_or_default();
        Some(unknown("product", &typed, near, name))
    }
}

fn unknown(what: &str, typed: &str, near: Option<&str>, name: &str) -> Fault {
    let hint = match near {
        Some(near) if name.is_empty() => format!("did you mean `{near}`? The columns may also be swapped"),
        Some(near) => format!("did you mean `{near}` ({})? The columns may also be swapped", clip(name)),
        None => format!("it is not in the table of {what} codes; the columns may be swapped"),
    };
    Fault { message: format!("`{}` is not a {what} code of this release", clip(typed)), hint }
}

/// What is wrong with a field, before it is known where it stands.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// The mistake in a delimited record.
    pub(super) fn in_record(self, record: &Record, column: usize) -> Mistake {
        record.mistake(column, self.message).hint(self.hint)
    }
}

/// A number that may be an amount, or why not.
pub(super) fn amount(number: f64, most: f64) -> Result<f64, Fault> {
    if number < 0.0 {
        return Err(Fault::new(format!("{number} is negative"), "amounts are 0 or more"));
    }
    if number > most {
        let hint = format!("no amount here exceeds {most}; the columns may be swapped, or the unit may be another");
        return Err(Fault::new(format!("{number} is absurdly large"), hint));
    }
    Ok(number)
}

/// Looks at the first bytes of an input, which still gives them afterwards.
pub(super) fn peek(mut input: Input<'_>, most: usize) -> Result<(Vec<u8>, Input<'_>), Report> {
    let mut start = Vec::new();
    (&mut input)
        .take(most as u64)
        .read_to_end(&mut start)
        .map_err(|error| Mistake::in_file(&input.name, error.to_string()).hint("fetch or unpack the file again"))?;
    let (name, limits) = (input.name.clone(), input.limits);
    let whole = Input::from_reader(&name, std::io::Cursor::new(start.clone()).chain(input), limits);
    Ok((start, whole))
}

/// Codes of former territories that a source gives a code of its own, and the successor that they count under.
const FORMER: [(&str, &str, &str); 1] =
    [("ZA1", "ZAF", "Southern African Customs Union (until 1999), of which South Africa is the largest member")];

/// Turns the source's country codes into ISO codes, merges former codes into their successors and sums the flows that
/// then share a key. A code that the table does not have is reported and its records are dropped. Flows between two
/// codes that become one country are dropped as internal. A sum whose part has no quantity has none either.
pub fn harmonise(
    records: Vec<TradeRecord>,
    codes: &CountryCodes,
    report: &mut Report,
) -> (Vec<TradeRecord>, Vec<Step>) {
    let mut looked_up = 0_u64;
    let mut former: BTreeMap<String, u64> = BTreeMap::new();
    let mut internal = 0_u64;
    let mut unknown_codes: BTreeSet<Box<str>> = BTreeSet::new();
    let mut kept = Vec::with_capacity(records.len());
    for mut record in records {
        let was_internal = record.exporter == record.importer;
        let mut touched = false;
        let mut complete = true;
        for party in [&mut record.exporter, &mut record.importer] {
            if let Party::Code(code) = party {
                let Some(entry) = codes.get(code) else {
                    complete = false;
                    if unknown_codes.insert(code.clone()) {
                        let fault = Known { countries: Some(codes), products: None }.fault_of_party(party);
                        let fault = fault.unwrap_or_else(|| Fault::new("is not a country code", ""));
                        report.push(
                            Mistake::in_row(&record.place.file, record.place.row, fault.message).hint(fault.hint),
                        );
                    }
                    continue;
                };
                touched = true;
                if codes.is_former(code, entry) {
                    let what = format!("code {code} `{}` counts as {}", entry.name, entry.country);
                    *former.entry(what).or_default() += 1;
                }
                *party = Party::Country(entry.country);
            }
            if let Party::Country(country) = party {
                let successor = FORMER.iter().find(|(old, ..)| *old == country.as_str());
                if let Some((new, (old, _, about))) = successor.and_then(|row| Some((CountryCode::parse(row.1)?, row)))
                {
                    *former.entry(format!("{old}, {about}, counts as {new}")).or_default() += 1;
                    *party = Party::Country(new);
                }
            }
        }
        looked_up += u64::from(touched);
        if !complete {
            continue;
        }
        if record.exporter == record.importer && !was_internal {
            internal += 1;
            continue;
        }
        kept.push(record);
    }
    let (summed, merged) = sum_equal_keys(kept);
    let mut steps = Vec::new();
    let mut step = |name, rows, what: String| {
        if rows > 0 {
            steps.push(Step { name, rows, what });
        }
    };
    step("country codes to ISO 3166-1", looked_up, "the source's own country codes were looked up in its table".into());
    for (what, rows) in former {
        step("former country codes", rows, what);
    }
    step("internal flows", internal, "flows between codes that became one country were dropped".into());
    step("sum of equal keys", merged, "flows that share a key after merging were added up".into());
    (summed, steps)
}

fn sum_equal_keys(mut records: Vec<TradeRecord>) -> (Vec<TradeRecord>, u64) {
    // Stable, so that sums are taken in the order of the input and repeat to the bit.
    records.sort_by(|a, b| a.key().cmp(&b.key()));
    let before = records.len();
    records.dedup_by(|next, sum| {
        if next.key() != sum.key() {
            return false;
        }
        let same_unit = |a: TradeValue, b: TradeValue| (a.unit == b.unit).then_some(a.amount + b.amount);
        sum.value = match (sum.value, next.value) {
            (Some(a), Some(b)) => same_unit(a, b).map(|amount| TradeValue { amount, unit: a.unit }),
            _ => None,
        };
        sum.quantity = sum.quantity.zip(next.quantity).map(|(a, b)| a + b);
        sum.second_quantity = match (sum.second_quantity.take(), next.second_quantity.take()) {
            (Some(a), Some(b)) if a.unit == b.unit => {
                Some(SecondQuantity { amount: a.amount + b.amount, unit: a.unit })
            }
            _ => None,
        };
        sum.quality = sum.quality.max(next.quality);
        true
    });
    let merged = (before - records.len()) as u64;
    (records, merged)
}

#[cfg(test)]
pub(super) mod trap {
    //! Broken inputs that every trade reader must refuse in plain words, with the place.

    use super::*;
    use crate::input::Limits;
    use std::io::Write;

    /// A broken input and what the report must say of it.
    pub struct Trap {
        pub name: &'static str,
        pub content: Vec<u8>,
        pub row: Option<u64>,
        pub column: Option<&'static str>,
        /// Must stand in the message or the hint.
        pub says: &'static str,
    }

    impl Trap {
        pub fn new(
            name: &'static str,
            content: impl Into<Vec<u8>>,
            row: u64,
            column: &'static str,
            says: &'static str,
        ) -> Self {
            let column = (!column.is_empty()).then_some(column);
            Self { name, content: content.into(), row: (row > 0).then_some(row), column, says }
        }
    }

    pub type Reader<'r> = &'r dyn Fn(Input) -> Report;

    /// Asserts that each trap is reported at its place and in its words.
    pub fn assert_all(file: &str, read: Reader, traps: &[Trap]) {
        for trap in traps {
            let report = read(Input::from_bytes(file, &trap.content));
            assert_says(trap.name, file, &report, trap.row, trap.column, trap.says);
        }
    }

    pub fn assert_says(name: &str, file: &str, report: &Report, row: Option<u64>, column: Option<&str>, says: &str) {
        let found = report.mistakes().iter().any(|mistake| {
            mistake.file.ends_with(file)
                && (mistake.row == row || row.is_some_and(|row| mistake.also.contains(&row)))
                && mistake.column.as_deref() == column
                && (mistake.message.contains(says) || mistake.hint.as_deref().is_some_and(|hint| hint.contains(says)))
        });
        assert!(found, "{name}: no mistake says `{says}` at {file} {row:?} {column:?} in\n{report}");
    }

    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Asserts what holds for every reader of delimited text: `good` is a whole file that it reads without a mistake.
    pub fn assert_delimited(file: &str, good: &str, read: Reader) {
        let report = read(Input::from_bytes(file, good.as_bytes()));
        assert!(report.is_empty(), "{report}");

        let packed = gzip(good.as_bytes());
        let report = read(Input::from_bytes(file, &packed[..packed.len() - 6]));
        assert!(report.to_string().contains("cut short"), "{report}");
        assert!(report.mistakes()[0].file == file, "{report}");

        let bomb = gzip(&[good.as_bytes(), &vec![b'\n'; 64 << 20]].concat());
        let report = read(Input::from_bytes(file, &bomb));
        assert!(report.to_string().contains("decompression bomb"), "{report}");

        let header = good.lines().next().unwrap();
        let endless = std::io::Cursor::new(format!("{header}\n")).chain(std::io::repeat(b'x').take(1 << 32));
        let report = read(Input::from_reader(file, endless, Limits { record_bytes: 1 << 16, ..Limits::default() }));
        assert_says("endless line", file, &report, Some(2), None, "a record is longer than 65536 bytes");

        let report = read(Input::from_bytes(file, b""));
        assert!(report.to_string().contains("is empty"), "{report}");
    }

    /// The text in UTF-16 with its byte order mark.
    pub fn utf16(text: &str) -> Vec<u8> {
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &str = "country_code,country_name,country_iso2,country_iso3\n56,Belgium,BE,BEL\n\
        58,Belgium-Luxembourg (...1998),BE,BEL\n392,Japan,JP,JPN\n710,South Africa,ZA,ZAF\n\
        711,Southern African Customs Union (...1999),,ZA1\n";

    fn codes() -> CountryCodes {
        let mut report = Report::new();
        let codes = CountryCodes::read(Input::from_bytes("country_codes.csv", CODES.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        codes.unwrap()
    }

    fn record(row: u64, exporter: &str, importer: &str, value: f64, tonnes: Option<f64>) -> TradeRecord {
        TradeRecord {
            period: Period::year(1998),
            role: Role::Reconciled,
            exporter: Party::Code(exporter.into()),
            importer: Party::Code(importer.into()),
            hs_revision: Some(HsRevision::Hs92),
            code: HsCode::parse("284690").unwrap(),
            national_code: None,
            value: Some(TradeValue { amount: value, unit: ValueUnit::ThousandUsd }),
            quantity: tonnes.map(GrossTonnes::new),
            second_quantity: None,
            quality: DataQuality::Reported,
            place: Place { file: "x.csv".into(), row },
        }
    }

    #[test]
    fn former_codes_are_merged_and_their_flows_summed_with_a_step_for_each() {
        let records = vec![
            record(2, "56", "392", 10.0, Some(1.0)),
            record(3, "58", "392", 5.0, Some(2.0)),
            record(4, "711", "392", 7.0, None),
            record(5, "710", "392", 1.0, Some(4.0)),
            record(6, "711", "710", 9.0, Some(9.0)),
        ];
        let mut report = Report::new();
        let (flows, steps) = harmonise(records, &codes(), &mut report);
        assert!(report.is_empty(), "{report}");
        let shown: Vec<(String, f64, Option<f64>)> = flows
            .iter()
            .map(|flow| (flow.exporter.to_string(), flow.value.unwrap().amount, flow.quantity.map(GrossTonnes::value)))
            .collect();
        assert_eq!(shown, [("BEL".to_owned(), 15.0, Some(3.0)), ("ZAF".to_owned(), 8.0, None)]);
        assert_eq!(flows[0].flow().unwrap().value, NominalUsd::new(15_000.0));
        let said: Vec<(&str, u64)> = steps.iter().map(|step| (step.name, step.rows)).collect();
        assert_eq!(
            said,
            [
                ("country codes to ISO 3166-1", 5),
                ("former country codes", 2),
                ("former country codes", 1),
                ("internal flows", 1),
                ("sum of equal keys", 2)
            ]
        );
        assert!(steps[1].what.contains("counts as ZAF"), "{steps:?}");
        assert!(steps[2].what.contains("Belgium-Luxembourg (...1998)` counts as BEL"), "{steps:?}");
    }

    #[test]
    fn an_unknown_code_is_reported_once_with_a_guess() {
        let mut report = Report::new();
        let records = vec![record(2, "393", "56", 1.0, None), record(3, "393", "710", 1.0, None)];
        let (flows, _) = harmonise(records, &codes(), &mut report);
        assert!(flows.is_empty());
        assert_eq!(report.count(), 1);
        assert!(report.to_string().contains("did you mean `392` (Japan)"), "{report}");
    }

    #[test]
    fn the_same_flow_twice_is_a_mistake_with_both_places() {
        let mut collector = Collector::default();
        collector.take(record(9, "56", "392", 10.0, None));
        collector.take(record(2, "58", "392", 10.0, None));
        let mut other = record(7, "56", "392", 3.0, None);
        other.place.file = "y.csv".into();
        collector.take(other);
        let mut report = Report::new();
        assert_eq!(collector.finish(&mut report).len(), 3);
        assert_eq!(report.count(), 1);
        trap::assert_says(
            "twice",
            "y.csv",
            &report,
            Some(7),
            None,
            "from 56 to 392 in 1998 stands already in x.csv row 9",
        );
    }

    #[test]
    fn periods_are_years_or_months() {
        assert_eq!(Period::parse("2024"), Some(Period::year(2024)));
        assert_eq!(Period::parse("202407").map(|period| period.to_string()), Some("2024-07".to_owned()));
        assert_eq!(Period::parse("2024-07"), Period::parse("2024/07"));
        for wrong in ["", "3024", "202413", "202400", "20247", "2024-7", "+202", "二〇二四", "2024x07"] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_know_their_currency() {
        assert_eq!(TradeValue { amount: 2.5, unit: ValueUnit::ThousandUsd }.usd(), Some(NominalUsd::new(2500.0)));
        assert_eq!(TradeValue { amount: 2.5, unit: ValueUnit::ThousandJpy }.usd(), None);
        for (unit, word, ..) in ValueUnit::ALL {
            assert_eq!(ValueUnit::parse(word), Some(unit));
            assert_eq!(unit.word(), word);
        }
    }
}
