//! Any delimited file of trade flows, described by a mapping in TOML.
//!
//! ```toml
//! about = "Imports of our plant, from the customs broker"
//! delimiter = ";"               # a comma if not given; also "tab" and "|"
//! encoding = "windows-1252"     # utf-8 if not given
//! decimal = ","                 # a point if not given
//! thousands = "."               # nothing if not given
//! missing = ["-", ":"]          # words for "no number"; empty fields always are
//! hs_revision = "HS22"          # left open if not given
//! role = "importer"             # whose record it is: importer, exporter or reconciled
//! countries = "name"            # iso3, iso2, numeric or name
//!
//! [columns]                     # headings of the file
//! year = "Jahr"                 # or period = …, for 2024, 202407, 2024-07
//! month = "Monat"
//! exporter = "Ursprungsland"
//! code = "Warennummer"
//! value = "Wert"
//! quantity = "Menge"
//!
//! [units]
//! value = "kEUR"
//! quantity = "kg"               # or [columns] quantity_unit = …
//!
//! [constants]                   # what the file does not say because it is always the same
//! importer = "DEU"
//! ```
//!
//! Codes of six digits are taken as they are; of eight, nine or ten digits the first six are the code and the whole is the
//! national line. Countries by `iso2` and `name` are looked up in the table given as [`Known::countries`]; numeric codes
//! are kept for [`harmonise`](super::trade_record::harmonise).

use super::trade_record::{
    CountryEntry, Fault, HsRevision, Known, MOST_TONNES, Party, Period, Place, Role, Tally, TradeFilter, TradeRecord,
    TradeValue, ValueUnit, amount,
};
use crate::input::Input;
use crate::records::{Record, Records, clip, parse_number};
use crate::report::{Mistake, Report, did_you_mean};
use encoding_rs::{Encoding, UTF_8};
use lode_model::{CountryCode, DataQuality, GrossTonnes, HsCode, Year};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a file is to be read. Texts are checked when a file is read with it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// File that the mapping was read from.
    #[serde(skip)]
    pub name: String,
    /// What the file is and who made it.
    pub about: String,
    /// `,`, `;`, `|` or `tab`.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// Name of the encoding as on the web: `utf-8`, `shift_jis`, `windows-1252`.
    #[serde(default = "utf_8")]
    pub encoding: String,
    /// Decimal mark.
    #[serde(default = "point")]
    pub decimal: String,
    /// Mark between thousands.
    #[serde(default)]
    pub thousands: String,
    /// Words that stand for no number.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Edition of the Harmonized System, `HS92` to `HS22`.
    #[serde(default)]
    pub hs_revision: String,
    /// `importer`, `exporter` or `reconciled`.
    pub role: String,
    /// `iso3`, `iso2`, `numeric` or `name`.
    pub countries: String,
    /// Headings.
    pub columns: Columns,
    /// Units that hold for the whole file.
    #[serde(default)]
    pub units: Units,
    /// What is the same in every row.
    #[serde(default)]
    pub constants: Constants,
}

fn comma() -> String {
    ",".to_owned()
}

fn utf_8() -> String {
    "utf-8".to_owned()
}

fn point() -> String {
    ".".to_owned()
}

/// Headings of the file.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Calendar year.
    pub year: Option<String>,
    /// Month, 1 to 12, beside the year.
    pub month: Option<String>,
    /// Year or month in one field.
    pub period: Option<String>,
    /// Seller.
    pub exporter: Option<String>,
    /// Buyer.
    pub importer: Option<String>,
    /// Customs code.
    pub code: Option<String>,
    /// Value.
    pub value: Option<String>,
    /// Weight.
    pub quantity: Option<String>,
    /// Unit of the value, where it changes from row to row.
    pub value_unit: Option<String>,
    /// Unit of the weight, where it changes from row to row.
    pub quantity_unit: Option<String>,
}

/// Units that hold for the whole file.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// A word of [`ValueUnit`].
    pub value: Option<String>,
    /// `g`, `kg`, `t` or `kt`.
    pub quantity: Option<String>,
}

/// What is the same in every row.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constants {
    /// Calendar year.
    pub year: Option<Year>,
    /// Seller, ISO 3166-1 alpha-3.
    pub exporter: Option<String>,
    /// Buyer, ISO 3166-1 alpha-3.
    pub importer: Option<String>,
    /// Customs code.
    pub code: Option<String>,
}

impl Mapping {
    /// Reads a mapping file. Only its form is checked here, what it says when a file is read with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        let mut mapping: Mapping = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let row = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            Mistake::in_row(name, row, error.message().trim()).hint("see the example mappings in the guide")
        })?;
        name.clone_into(&mut mapping.name);
        Ok(mapping)
    }
}

/// Units of weight, and how many of them a tonne is.
const WEIGHTS: [(&str, f64); 4] = [("g", 1e6), ("kg", 1e3), ("t", 1.0), ("kt", 1e-3)];

/// A quantity's unit: the same everywhere, or in a column.
#[derive(Clone, Copy)]
enum UnitOf<T> {
    Fixed(T),
    Column(usize),
}

/// Where a value comes from.
enum Source<T> {
    Constant(T),
    Column(usize),
}

#[derive(Clone, Copy, PartialEq)]
enum CountryKind {
    Iso3,
    Numeric,
    /// Looked up in the table: by `iso2` or by name in lower case.
    LookedUp,
}

/// The mapping once it is understood, with the places of its columns in the file.
struct Plan {
    role: Role,
    hs_revision: Option<HsRevision>,
    countries: CountryKind,
    lookup: BTreeMap<String, CountryCode>,
    numbers: Numbers,
    when: When,
    exporter: Source<Party>,
    importer: Source<Party>,
    code: Source<HsCode>,
    value: Option<(usize, UnitOf<ValueUnit>)>,
    quantity: Option<(usize, UnitOf<f64>)>,
}

enum When {
    Constant(Period),
    Period(usize),
    Year(usize, Option<usize>),
}

struct Numbers {
    decimal: char,
    thousands: Option<char>,
    missing: Vec<String>,
}

impl Numbers {
    /// The number; `Ok(None)` if the text stands for none.
    fn read(&self, text: &str) -> Result<Option<f64>, Fault> {
        if text.is_empty() || self.missing.iter().any(|word| word == text) {
            return Ok(None);
        }
        let mut plain = String::with_capacity(text.len());
        let mut strange = false;
        for character in text.chars() {
            if Some(character) == self.thousands
                || (self.thousands == Some(' ') && matches!(character, '\u{a0}' | '\u{202f}'))
            {
                // A mark after the decimal mark is not between thousands.
                strange |= plain.contains('.');
            } else if character == self.decimal {
                plain.push('.');
            } else {
                strange |= character == '.';
                plain.push(character);
            }
        }
        if let Some(number) = parse_number(&plain).filter(|_| !strange) {
            return Ok(Some(number));
        }
        let thousands = self.thousands.map_or("no mark".to_owned(), |mark| format!("`{mark}`"));
        let hint = format!(
            "the mapping says `{}` for decimals and {thousands} between thousands; the columns may be swapped",
            self.decimal
        );
        Err(Fault::new(format!("`{}` is not a number", clip(text)), hint))
    }
}

/// Reads a file as the mapping says. Mistakes of the mapping, of the headings and of the rows come in one report.
pub fn read(
    input: Input,
    mapping: &Mapping,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let mut tally = Tally::default();
    let before = report.count();
    let mut words = Words { mapping, report };
    let delimiter = words.delimiter();
    let encoding = words.encoding();
    let input = if encoding == UTF_8 { input } else { input.decode(encoding) };
    let Some(mut records) = Records::open(input, delimiter, report) else { return tally };
    let plan = Planning { words: Words { mapping, report }, records: &records, known }.plan();
    let Some(plan) = plan.filter(|_| report.count() == before) else { return tally };
    let file: Arc<str> = records.name().into();
    while let Some(record) = records.next(report) {
        tally.rows += 1;
        let mut row = Row { record: &record, plan: &plan, known, encoding, report };
        let period = row.period();
        let code = row.code();
        let exporter = row.party(&plan.exporter);
        let importer = row.party(&plan.importer);
        let (Some(period), Some((code, national_code)), Some(exporter), Some(importer)) =
            (period, code, exporter, importer)
        else {
            continue;
        };
        if !filter.wants(code, period.year) {
            continue;
        }
        let value = row.value();
        let quantity = row.quantity();
        let (Some(value), Some(quantity)) = (value, quantity) else { continue };
        tally.kept += 1;
        sink(TradeRecord {
            period,
            role: plan.role,
            exporter,
            importer,
            hs_revision: plan.hs_revision,
            code,
            national_code,
            value,
            quantity,
            second_quantity: None,
            quality: DataQuality::Reported,
            place: Place { file: file.clone(), row: record.row() },
        });
    }
    tally
}

/// The words of the mapping while they are understood.
struct Words<'w> {
    mapping: &'w Mapping,
    report: &'w mut Report,
}

impl Words<'_> {
    fn wrong(&mut self, key: &str, message: impl Into<String>, hint: impl Into<String>) {
        self.report.push(Mistake::in_file(&self.mapping.name, message).column(key).hint(hint));
    }

    /// The meaning of a word.
    fn choose<T: Copy>(&mut self, key: &str, word: &str, known: &[(&str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(name, _)| *name).filter(|name| !name.trim().is_empty()).collect();
            let near = did_you_mean(word, words.iter().copied());
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let message = format!("`{}` is not a {key}", clip(word));
            self.wrong(key, message, format!("{near}known are {}", words.join(" ")));
        }
        found
    }

    /// The delimiter, a comma if the mapping's cannot be understood.
    fn delimiter(&mut self) -> u8 {
        let known = [(",", b','), (";", b';'), ("|", b'|'), ("tab", b'\t'), ("\t", b'\t')];
        self.choose("delimiter", &self.mapping.delimiter, &known).unwrap_or(b',')
    }

    /// The encoding, UTF-8 if the mapping's cannot be understood.
    fn encoding(&mut self) -> &'static Encoding {
        let label = &self.mapping.encoding;
        Encoding::for_label(label.as_bytes()).unwrap_or_else(|| {
            let near = did_you_mean(label, ["utf-8", "shift_jis", "windows-1252", "iso-8859-1", "utf-16le"]);
            let hint = format!("did you mean `{}`?", near.unwrap_or("utf-8"));
            self.wrong("encoding", format!("`{}` is not an encoding", clip(label)), hint);
            UTF_8
        })
    }

    fn hs_revision(&mut self) -> Option<HsRevision> {
        let word = &self.mapping.hs_revision;
        let known = HsRevision::ALL.map(|(revision, word)| (word, revision));
        if word.is_empty() { None } else { self.choose("hs_revision", word, &known) }
    }

    /// One character, or none.
    fn mark(&mut self, key: &str, text: &str) -> Option<char> {
        let mut characters = text.chars();
        let first = characters.next();
        if characters.next().is_some() || first.is_some_and(|mark| mark.is_ascii_alphanumeric() || mark == '-') {
            let message = format!("`{}` is not a mark in numbers", clip(text));
            self.wrong(key, message, "give one character, e.g. `,` or `.`");
            return None;
        }
        first
    }

    fn numbers(&mut self) -> Numbers {
        let decimal = self.mark("decimal", &self.mapping.decimal).unwrap_or('.');
        let thousands = self.mark("thousands", &self.mapping.thousands);
        if thousands == Some(decimal) {
            self.wrong("thousands", "is the same mark as decimal", "numbers could not be told apart");
        }
        Numbers { decimal, thousands, missing: self.mapping.missing.clone() }
    }
}

/// The mapping while it is joined with the headings of a file.
struct Planning<'p> {
    words: Words<'p>,
    records: &'p Records<'p>,
    known: &'p Known<'p>,
}

impl Planning<'_> {
    /// Goes through everything before it gives up, so that all mistakes are reported.
    fn plan(mut self) -> Option<Plan> {
        let mapping = self.words.mapping;
        let (columns, constants, units) = (&mapping.columns, &mapping.constants, &mapping.units);
        let roles = [("importer", Role::Importer), ("exporter", Role::Exporter), ("reconciled", Role::Reconciled)];
        let role = self.words.choose("role", &mapping.role, &roles);
        let hs_revision = self.words.hs_revision();
        let numbers = self.words.numbers();
        let countries = self.countries();
        let when = self.when();
        let exporter = self.source("exporter", &columns.exporter, &constants.exporter, Self::constant_party);
        let importer = self.source("importer", &columns.importer, &constants.importer, Self::constant_party);
        let code = self.source("code", &columns.code, &constants.code, Self::constant_code);
        if columns.value.is_none() && columns.quantity.is_none() {
            self.words.wrong("value", "neither value nor quantity has a column", "name at least one of them");
        }
        let value_words = ValueUnit::ALL.map(|(unit, word, ..)| (word, unit));
        let value = self.figure("value", [&columns.value, &columns.value_unit], &units.value, &value_words);
        let quantity = self.figure("quantity", [&columns.quantity, &columns.quantity_unit], &units.quantity, &WEIGHTS);
        let (countries, lookup) = countries?;
        Some(Plan {
            role: role?,
            hs_revision,
            countries,
            lookup,
            numbers,
            when: when?,
            exporter: exporter?,
            importer: importer?,
            code: code?,
            value,
            quantity,
        })
    }

    fn find(&mut self, name: &Option<String>) -> Option<usize> {
        name.as_ref().and_then(|name| heading(self.records, name, self.words.report))
    }

    /// The kind of country codes, and the table to look them up in if they are no codes.
    fn countries(&mut self) -> Option<(CountryKind, BTreeMap<String, CountryCode>)> {
        type Text = fn(&CountryEntry) -> String;
        let kinds: [(&str, (CountryKind, Option<Text>)); 4] = [
            ("iso3", (CountryKind::Iso3, None)),
            ("iso2", (CountryKind::LookedUp, Some(|entry| entry.iso2.clone()))),
            ("numeric", (CountryKind::Numeric, None)),
            ("name", (CountryKind::LookedUp, Some(|entry| entry.name.to_lowercase()))),
        ];
        let (kind, text) = self.words.choose("countries", &self.words.mapping.countries, &kinds)?;
        let mut lookup = BTreeMap::new();
        match (text, self.known.countries) {
            (None, _) => {}
            (Some(_), None) => {
                let hint = "give one with the columns country_code, country_name, country_iso2, country_iso3";
                self.words.wrong("countries", "cannot be looked up without a table of countries", hint);
            }
            (Some(text), Some(table)) => {
                lookup.extend(table.entries().map(|(_, entry)| (text(entry), entry.country)));
                lookup.remove("");
            }
        }
        Some((kind, lookup))
    }

    fn when(&mut self) -> Option<When> {
        let mapping = self.words.mapping;
        let (columns, constant) = (&mapping.columns, mapping.constants.year);
        let (year, month, period) = (self.find(&columns.year), self.find(&columns.month), self.find(&columns.period));
        let ways = [columns.year.is_some(), columns.period.is_some(), constant.is_some()];
        let month_without_year = columns.month.is_some() && columns.year.is_none();
        if ways.iter().filter(|given| **given).count() != 1 || month_without_year {
            let hint = "give [columns] year, with month or without, or [columns] period, or [constants] year";
            self.words.wrong("year", "the time of a flow must be given in exactly one way", hint);
            return None;
        }
        if let Some(year) = constant {
            if !(1900..=2100).contains(&year) {
                self.words.wrong("year", format!("{year} is not a year"), "years have four digits, 1900 to 2100");
                return None;
            }
            return Some(When::Constant(Period::year(year)));
        }
        period.map(When::Period).or(year.map(|year| When::Year(year, month)))
    }

    /// What has a column or is the same everywhere, and not both.
    fn source<T>(
        &mut self,
        key: &str,
        column: &Option<String>,
        constant: &Option<String>,
        read: fn(&Self, &str) -> Result<T, Fault>,
    ) -> Option<Source<T>> {
        match (column, constant) {
            (Some(_), None) => self.find(column).map(Source::Column),
            (None, Some(text)) => match read(self, text) {
                Ok(constant) => Some(Source::Constant(constant)),
                Err(fault) => {
                    self.words.wrong(key, fault.message, fault.hint);
                    None
                }
            },
            (Some(_), Some(_)) => {
                self.find(column);
                self.words.wrong(key, "is both a column and a constant", "give one of them");
                None
            }
            (None, None) => {
                self.words.wrong(
                    key,
                    "is neither a column nor a constant",
                    "name its column, or put it in [constants]",
                );
                None
            }
        }
    }

    fn constant_party(&self, text: &str) -> Result<Party, Fault> {
        let country = CountryCode::parse(text).filter(|_| has_letter(text)).map(Party::Country).ok_or_else(|| {
            Fault::new(format!("`{}` is not a country code", clip(text)), "use ISO 3166-1 alpha-3, e.g. JPN")
        })?;
        self.known.fault_of_party(&country).map_or(Ok(country), Err)
    }

    fn constant_code(&self, text: &str) -> Result<HsCode, Fault> {
        let code = HsCode::parse(text).ok_or_else(|| {
            Fault::new(format!("`{}` is not a six-digit customs code", clip(text)), "it looks like 284690")
        })?;
        self.known.fault_of_code(code).map_or(Ok(code), Err)
    }

    /// The column of a figure with its unit, which is fixed or has a column of its own, and not both.
    fn figure<T: Copy>(
        &mut self,
        key: &str,
        [column, unit_column]: [&Option<String>; 2],
        unit: &Option<String>,
        words: &[(&str, T)],
    ) -> Option<(usize, UnitOf<T>)> {
        let place = self.find(column);
        let unit_place = self.find(unit_column);
        column.as_ref()?;
        let unit = match (unit, unit_column) {
            (Some(word), None) => self.words.choose(&format!("unit of {key}"), word, words).map(UnitOf::Fixed),
            (None, Some(_)) => unit_place.map(UnitOf::Column),
            _ => {
                let message = format!("the unit of {key} must be given in exactly one way");
                self.words.wrong(key, message, format!("give [units] {key}, or [columns] {key}_unit"));
                None
            }
        };
        place.zip(unit)
    }
}

/// A number of three digits would pass as a country code.
fn has_letter(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The place of a heading, or a mistake with a guess at what was meant.
fn heading(records: &Records, name: &str, report: &mut Report) -> Option<usize> {
    let headings = records.headings();
    let found: Vec<usize> =
        headings.iter().enumerate().filter(|(_, heading)| *heading == name).map(|(index, _)| index).collect();
    match found[..] {
        [index] => Some(index),
        [] => {
            let mistake = Mistake::in_row(records.name(), 1, format!("there is no column `{}`", clip(name)));
            let one = headings.len() == 1;
            let other = [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "bar")]
                .into_iter()
                .find(|(mark, _)| one && headings.iter().any(|heading| heading.contains(*mark)));
            let near = did_you_mean(name, headings.iter().map(String::as_str));
            report.push(match (other, near) {
                (Some((_, word)), _) => {
                    mistake.hint(format!("the headings are separated by a {word}; change `delimiter` in the mapping"))
                }
                (None, Some(near)) => mistake.hint(format!("did you mean `{near}`? Change the mapping")),
                (None, None) => mistake.hint(format!(
                    "the headings are: {}; delimiter or encoding may be another",
                    clip(&headings.join(" "))
                )),
            });
            None
        }
        _ => {
            report.push(Mistake::in_row(records.name(), 1, "the heading stands twice").column(name));
            None
        }
    }
}

/// One row while it is read.
struct Row<'r> {
    record: &'r Record<'r>,
    plan: &'r Plan,
    known: &'r Known<'r>,
    encoding: &'static Encoding,
    report: &'r mut Report,
}

impl Row<'_> {
    fn wrong(&mut self, index: usize, fault: Fault) {
        self.report.push(fault.in_record(self.record, index));
    }

    /// The text of a field; bytes that the encoding does not have are reported.
    fn text(&mut self, index: usize) -> &str {
        let text = self.record.text(index, self.report);
        if text.contains('\u{fffd}') && self.encoding != UTF_8 {
            let message = format!("`{}` has bytes that are not {}", clip(text), self.encoding.name());
            self.wrong(index, Fault::new(message, "change `encoding` in the mapping"));
        }
        self.record.text(index, &mut Report::new())
    }

    fn period(&mut self) -> Option<Period> {
        match self.plan.when {
            When::Constant(period) => Some(period),
            When::Period(index) => {
                let text = self.text(index).to_owned();
                let period = Period::parse(&text);
                if period.is_none() {
                    let message = format!("`{}` is not a year or month", clip(&text));
                    let hint = "write 2024, 202407 or 2024-07, between 1900 and 2100; the columns may be swapped";
                    self.wrong(index, Fault::new(message, hint));
                }
                period
            }
            When::Year(index, None) => self.record.year(index, self.report).map(Period::year),
            When::Year(index, Some(month_index)) => {
                let year = self.record.year(index, self.report);
                let text = self.text(month_index).to_owned();
                let month = text.parse::<u8>().ok().filter(|month| (1..=12).contains(month));
                if month.is_none() {
                    let message = format!("`{}` is not a month", clip(&text));
                    self.wrong(month_index, Fault::new(message, "months are 1 to 12; the columns may be swapped"));
                }
                Some(Period { year: year?, month: Some(month?) })
            }
        }
    }

    /// The six-digit code and the national line, if the file has one.
    fn code(&mut self) -> Option<(HsCode, Option<Box<str>>)> {
        let index = match &self.plan.code {
            Source::Constant(code) => return Some((*code, None)),
            Source::Column(index) => *index,
        };
        let digits: String = self.text(index).chars().filter(|mark| !matches!(mark, '.' | ' ' | '\'')).collect();
        let code = match digits.len() {
            // Spreadsheets drop the leading zero of chapters 01 to 09.
            5 => HsCode::parse(&format!("0{digits}")),
            6 => HsCode::parse(&digits),
            8..=10 if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.get(..6).and_then(HsCode::parse),
            _ => None,
        };
        let Some(code) = code else {
            let message = format!("`{}` is not a customs code", clip(self.text(index)));
            self.wrong(
                index,
                Fault::new(message, "codes have six, eight, nine or ten digits; the columns may be swapped"),
            );
            return None;
        };
        if let Some(fault) = self.known.fault_of_code(code) {
            self.wrong(index, fault);
        }
        Some((code, (digits.len() > 6).then(|| digits.into())))
    }

    fn party(&mut self, source: &Source<Party>) -> Option<Party> {
        let index = match source {
            Source::Constant(party) => return Some(party.clone()),
            Source::Column(index) => *index,
        };
        let text = self.text(index).to_owned();
        let party = match self.plan.countries {
            CountryKind::Iso3 => CountryCode::parse(&text)
                .filter(|_| has_letter(&text))
                .map(Party::Country)
                .ok_or_else(|| "use ISO 3166-1 alpha-3, e.g. JPN; the columns may be swapped".to_owned()),
            CountryKind::Numeric => {
                let digits = matches!(text.len(), 1..=3) && text.bytes().all(|byte| byte.is_ascii_digit());
                digits
                    .then(|| Party::Code(text.as_str().into()))
                    .ok_or_else(|| "it has up to three digits, e.g. 392; the columns may be swapped".to_owned())
            }
            CountryKind::LookedUp => {
                let lookup = &self.plan.lookup;
                let found = lookup.get(&text).or_else(|| lookup.get(&text.to_lowercase()));
                found.map(|country| Party::Country(*country)).ok_or_else(|| {
                    let near = did_you_mean(&text, lookup.keys().map(String::as_str));
                    let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
                    format!("{near}It is not in the table of countries; the columns may be swapped")
                })
            }
        };
        match party {
            Ok(party) => {
                if let Some(fault) = self.known.fault_of_party(&party) {
                    self.wrong(index, fault);
                }
                Some(party)
            }
            Err(hint) => {
                self.wrong(index, Fault::new(format!("`{}` is not a country of this mapping", clip(&text)), hint));
                None
            }
        }
    }

    /// An amount of at most `most`; the outer `None` means that it was reported.
    fn amount(&mut self, index: usize, most: f64) -> Option<Option<f64>> {
        let text = self.text(index).to_owned();
        let number =
            self.plan.numbers.read(&text).and_then(|number| number.map(|number| amount(number, most)).transpose());
        match number {
            Ok(number) => Some(number),
            Err(fault) => {
                self.wrong(index, fault);
                None
            }
        }
    }

    fn unit<T: Copy>(&mut self, unit: UnitOf<T>, words: &[(&str, T)]) -> Option<T> {
        let index = match unit {
            UnitOf::Fixed(unit) => return Some(unit),
            UnitOf::Column(index) => index,
        };
        let text = self.text(index).to_owned();
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, unit)| *unit);
        if found.is_none() {
            let near = did_you_mean(&text, words.iter().map(|(word, _)| *word));
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = format!("{near}known are {}; the columns may be swapped", known.join(", "));
            self.wrong(index, Fault::new(format!("`{}` is not a unit", clip(&text)), hint));
        }
        found
    }

    fn value(&mut self) -> Option<Option<TradeValue>> {
        let Some((index, unit)) = self.plan.value else { return Some(None) };
        let unit = self.unit(unit, &ValueUnit::ALL.map(|(unit, word, ..)| (word, unit)))?;
        let amount = self.amount(index, unit.most())?;
        Some(amount.map(|amount| TradeValue { amount, unit }))
    }

    fn quantity(&mut self) -> Option<Option<GrossTonnes>> {
        let Some((index, unit)) = self.plan.quantity else { return Some(None) };
        let in_a_tonne = self.unit(unit, &WEIGHTS)?;
        let amount = self.amount(index, MOST_TONNES * in_a_tonne)?;
        Some(amount.map(|amount| GrossTonnes::new(amount / in_a_tonne)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::trade_record::{Collector, CountryCodes, ProductCodes, trap};
    use super::*;
    use std::path::{Path, PathBuf};
    use trap::Trap;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/trade_csv").join(name)
    }

    fn mapping(name: &str) -> Mapping {
        let text = std::fs::read_to_string(fixture(name)).unwrap();
        Mapping::parse(name, &text).unwrap_or_else(|report| panic!("{report}"))
    }

    fn countries() -> CountryCodes {
        CountryCodes::read(Input::open(&fixture("countries.csv")).unwrap(), &mut Report::new()).unwrap()
    }

    fn collect(input: Input, mapping: &Mapping, known: &Known) -> (Vec<TradeRecord>, Report) {
        let (mut collector, mut report) = (Collector::default(), Report::new());
        read(input, mapping, &TradeFilter::default(), known, &mut report, &mut |record| collector.take(record));
        let records = collector.finish(&mut report);
        (records, report)
    }

    #[test]
    fn a_european_file_is_read_in_its_own_marks_names_and_encoding() {
        let countries = countries();
        let known = Known { countries: Some(&countries), products: None };
        let input = Input::open(&fixture("european.csv")).unwrap();
        let (records, report) = collect(input, &mapping("european.toml"), &known);
        assert!(report.is_empty(), "{report}");
        let shown: Vec<String> = records
            .iter()
            .map(|record| {
                let (value, tonnes) = (record.value.unwrap(), record.quantity.map(GrossTonnes::value));
                let national = record.national_code.as_deref().unwrap_or("");
                let unit = value.unit.word();
                format!(
                    "{national} {} {} {} {} {unit} {tonnes:?}",
                    record.period, record.exporter, record.importer, value.amount
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "28053010 2024-02 CIV DEU 15.5 kEUR None",
                "28469030 2024-01 CHN DEU 1234.5 kEUR Some(12.3455)",
                "28469030 2024-01 JPN DEU 0.75 kEUR Some(0.0025)",
            ]
        );
        assert_eq!(records[0].code.to_string(), "280530");
        assert_eq!(records[0].role, Role::Importer);
    }

    #[test]
    fn the_tidy_extract_read_by_mapping_gives_what_its_own_reader_gives() {
        let mapping = mapping("baci_tidy.toml");
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/baci_rare_earths_1995_2024.csv");
        let mut files = vec![fixture("baci_tidy.csv")];
        if shared.exists() {
            files.push(shared);
        } else {
            eprintln!("skipped: {} is not there", shared.display());
        }
        for file in files {
            let (records, mut report) = collect(Input::open(&file).unwrap(), &mapping, &Known::default());
            let mut collector = Collector::default();
            let input = Input::open(&file).unwrap();
            super::super::baci::read_tidy(
                input,
                &TradeFilter::default(),
                &Known::default(),
                &mut report,
                &mut |record| {
                    collector.take(record);
                },
            );
            let same = collector.finish(&mut report);
            assert!(report.is_empty() && !records.is_empty(), "{report}");
            assert!(records == same, "{} records of {}", records.len(), file.display());
        }
    }

    #[test]
    fn all_mistakes_of_the_mapping_and_the_headings_come_in_one_report() {
        let text = "about = \"x\"\ndelimiter = \";;\"\nencoding = \"utf-9\"\ndecimal = \"comma\"\nrole = \"import\"\n\
            hs_revision = \"HS21\"\ncountries = \"names\"\n[columns]\nyear = \"yaer\"\nperiod = \"year\"\nvalue = \"value\"\n\
            quantity = \"tonnes\"\n[units]\nvalue = \"USDk\"\n[constants]\nimporter = \"Japan\"\n";
        let mapping = Mapping::parse("m.toml", text).unwrap();
        let (_, report) = collect(Input::from_bytes("x.csv", b"year,value\n2024,1\n"), &mapping, &Known::default());
        for (column, says) in [
            ("delimiter", "`;;` is not a delimiter"),
            ("encoding", "did you mean `utf-8`"),
            ("decimal", "`comma` is not a mark in numbers"),
            ("role", "did you mean `importer`"),
            ("hs_revision", "did you mean `HS"),
            ("countries", "did you mean `name`"),
            ("year", "in exactly one way"),
            ("exporter", "is neither a column nor a constant"),
            ("importer", "`Japan` is not a country code"),
            ("code", "is neither a column nor a constant"),
            ("unit of value", "did you mean `"),
            ("quantity", "the unit of quantity must be given in exactly one way"),
        ] {
            trap::assert_says(column, "m.toml", &report, None, Some(column), says);
        }
        trap::assert_says("heading", "x.csv", &report, Some(1), None, "did you mean `year`");
        trap::assert_says("heading", "x.csv", &report, Some(1), None, "there is no column `tonnes`");
        assert_eq!(report.count(), 14, "{report}");
    }

    #[test]
    fn a_mapping_of_another_form_is_refused_with_its_row() {
        for (text, row, says) in [
            ("about = \"x\"\ndelimeter = \";\"\n", 2, "unknown field `delimeter`"),
            ("about = \"x\"\nrole = importer\n", 2, ""),
            (
                "about = \"x\"\nrole = \"importer\"\ncountries = \"iso3\"\n[columns]\nyaer = \"y\"\n",
                5,
                "unknown field `yaer`",
            ),
        ] {
            let report = Mapping::parse("m.toml", text).unwrap_err();
            trap::assert_says(text, "m.toml", &report, Some(row), None, says);
        }
    }

    #[test]
    fn traps_in_a_file_are_reported_with_row_and_column() {
        let mapping = mapping("baci_tidy.toml");
        let countries = countries();
        let products = b"code,description\n284690,rare earth compounds\n";
        let products = ProductCodes::read(Input::from_bytes("p.csv", products), &mut Report::new());
        let known = Known { countries: Some(&countries), products: products.as_ref() };
        let read = |input: Input| collect(input, &mapping, &known).1;
        let head = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t";
        let file = |row: &str| format!("{head}\n2010,CHN,JPN,284690,10.5,2\n{row}\n");
        trap::assert_delimited("x.csv", &file(""), &read);
        let traps = [
            Trap::new("cut", format!("{head}\n2010,CHN,JP"), 2, "", "the file may be cut short"),
            Trap::new("delimiter", file("").replace(',', ";"), 1, "", "separated by a semicolon; change `delimiter`"),
            Trap::new("encoding", trap::utf16(&file("")), 1, "", "the headings are not UTF-8 text"),
            Trap::new(
                "value and code swapped",
                file("2010,DEU,JPN,10.5,284690,2"),
                3,
                "hs92",
                "the columns may be swapped",
            ),
            Trap::new(
                "exporter and year swapped",
                file("DEU,2010,JPN,284690,1,2"),
                3,
                "year",
                "the columns may be swapped",
            ),
            Trap::new(
                "exporter and year swapped",
                file("DEU,2010,JPN,284690,1,2"),
                3,
                "exporter_iso3",
                "the columns may be swapped",
            ),
            Trap::new("negative", file("2010,DEU,JPN,284690,1,-2"), 3, "quantity_t", "-2 is negative"),
            Trap::new("absurd", file("2010,DEU,JPN,284690,1,1e11"), 3, "quantity_t", "is absurdly large"),
            Trap::new("absurd value", file("2010,DEU,JPN,284690,1e12,1"), 3, "value_kusd", "is absurdly large"),
            Trap::new(
                "decimal",
                file("2010,DEU,JPN,284690,\"1,5\",1"),
                3,
                "value_kusd",
                "the mapping says `.` for decimals",
            ),
            Trap::new("year", file("3024,DEU,JPN,284690,1,2"), 3, "year", "`3024` is not a year"),
            Trap::new("country", file("2010,DEV,JPN,284690,1,2"), 3, "exporter_iso3", "did you mean `DEU`"),
            Trap::new("product", file("2010,DEU,JPN,284691,1,2"), 3, "hs92", "did you mean `284690`"),
            Trap::new("seven digits", file("2010,DEU,JPN,2846901,1,2"), 3, "hs92", "is not a customs code"),
            Trap::new("twice", file("2010,CHN,JPN,284690,3,1"), 3, "", "stands already in x.csv row 2"),
            Trap::new("unit", file("2010,DEU,JPN,284690,1,2 kg"), 3, "quantity_t", "`2 kg` is not a number"),
        ];
        trap::assert_all("x.csv", &read, &traps);
    }

    #[test]
    fn traps_of_marks_names_encodings_and_units_in_columns() {
        let countries = countries();
        let known = Known { countries: Some(&countries), products: None };
        let mut mapping = mapping("european.toml");
        let good = std::fs::read(fixture("european.csv")).unwrap();
        let text = encoding_rs::WINDOWS_1252.decode(&good).0.into_owned();
        let bytes = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        let read = |input: Input| collect(input, &mapping, &known).1;
        let traps = [
            Trap::new("UTF-8", text.as_bytes(), 1, "", "there is no column `Ursprungsland (Länder)`"),
            Trap::new(
                "name",
                bytes(&text.replace("Japan", "Japon")),
                3,
                "Ursprungsland (Länder)",
                "did you mean `japan`",
            ),
            Trap::new(
                "point",
                bytes(&text.replace("0,75", "0,75.5")),
                3,
                "Wert in 1000 €",
                "the mapping says `,` for decimals and `.`",
            ),
            Trap::new("month", bytes(&text.replace(";02;", ";13;")), 4, "Monat", "`13` is not a month"),
        ];
        trap::assert_all("european.csv", &read, &traps);

        mapping.units.quantity = None;
        mapping.columns.quantity_unit = Some("Warennummer".into());
        let (_, report) = collect(Input::from_bytes("european.csv", &good), &mapping, &known);
        trap::assert_says("unit", "european.csv", &report, Some(2), Some("Warennummer"), "known are g, kg, t, kt");

        mapping.countries = "iso2".into();
        let (_, report) = collect(Input::from_bytes("european.csv", &good), &mapping, &Known::default());
        trap::assert_says("table", "european.toml", &report, None, Some("countries"), "without a table of countries");
    }

    #[test]
    fn bytes_that_the_encoding_does_not_have_are_reported() {
        let mut mapping = mapping("baci_tidy.toml");
        mapping.encoding = "shift_jis".into();
        let file = b"year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n2010,C\x81,JPN,284690,1,2\n";
        let (_, report) = collect(Input::from_bytes("x.csv", file), &mapping, &Known::default());
        trap::assert_says(
            "bytes",
            "x.csv",
            &report,
            Some(2),
            Some("exporter_iso3"),
            "has bytes that are not Shift_JIS",
        );
    }
}
