//! UN Comtrade: answers of its API (JSON, version 1) and its bulk files (tab- or comma-separated), annual and monthly.
//!
//! Both have the same fields. Only totals are kept: second partner 0, customs procedure `C00`, mode of transport 0 (a
//! field that is absent counts as the total). Imports (`M`) are the importer's record, exports (`X`) the exporter's, and
//! both are kept; re-imports, re-exports and the flows of processing are parts of them and are left out, as are the world
//! and country groups as partners and other levels of the classification than six digits, all of them counted.
//! Remainders (`Areas, nes` and the like) are no groups: they are kept under their own code, because their trade stands
//! nowhere else.
//!
//! Weights are net kilograms, values US dollars. A weight of 0 beside a value means that none is known. Weights and
//! quantities that the service marks as estimated make the record's quality `estimated`. `isAggregate` is no reason to
//! leave a record out: six-digit totals are sums of national lines and carry it.
//!
//! JSON is read record by record: a document of any size takes the memory of one record. The fields are those of the
//! service's own documentation and of published answers; the fixtures are made after them, and no bulk file was at hand.

use super::trade_record::{
    Fault, HsRevision, Known, MOST_TONNES, Party, Period, Place, Role, SecondQuantity, Tally, TradeFilter, TradeRecord,
    TradeValue, ValueUnit, amount, peek,
};
use crate::input::Input;
use crate::records::{Column, Records, clip, parse_number};
use crate::report::{Mistake, Report, did_you_mean};
use lode_model::{CountryCode, DataQuality, GrossTonnes, HsCode};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

/// The fields that are read, in the order of [`COLUMNS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    FreqCode,
    RefYear,
    Period,
    ReporterCode,
    ReporterIso,
    FlowCode,
    PartnerCode,
    PartnerIso,
    Partner2Code,
    ClassificationCode,
    CmdCode,
    CustomsCode,
    MotCode,
    QtyUnitCode,
    Qty,
    IsQtyEstimated,
    AltQtyUnitCode,
    AltQty,
    NetWgt,
    IsNetWgtEstimated,
    PrimaryValue,
}

const COLUMNS: [Column; 21] = [
    Column::required("freqCode"),
    Column::optional("refYear"),
    Column::required("period"),
    Column::required("reporterCode"),
    Column::optional("reporterISO"),
    Column::required("flowCode"),
    Column::required("partnerCode"),
    Column::optional("partnerISO"),
    Column::optional("partner2Code"),
    Column::required("classificationCode"),
    Column::required("cmdCode"),
    Column::optional("customsCode"),
    Column::optional("motCode"),
    Column::optional("qtyUnitCode"),
    Column::optional("qty"),
    Column::optional("isQtyEstimated"),
    Column::optional("altQtyUnitCode"),
    Column::optional("altQty"),
    Column::required("netWgt"),
    Column::optional("isNetWgtEstimated"),
    Column::required("primaryValue"),
];

/// Partner and reporter codes that are sums of others.
const GROUPS: [&str; 3] = ["0", "97", "975"];

/// Codes of remainders: trade that the reporter assigns to no country.
pub const REMAINDERS: [&str; 20] = [
    "129", "221", "290", "471", "472", "473", "492", "490", "527", "536", "568", "577", "636", "637", "697", "837",
    "838", "839", "879", "899",
];

/// Codes of quantity units; the first two mean that there is none.
const UNITS: [(&str, &str); 14] = [
    ("-1", ""),
    ("1", ""),
    ("2", "m2"),
    ("3", "1000 kWh"),
    ("4", "m"),
    ("5", "u"),
    ("6", "2u"),
    ("7", "l"),
    ("8", "kg"),
    ("9", "1000u"),
    ("10", "U (jeu/pack)"),
    ("11", "12u"),
    ("12", "m3"),
    ("13", "carat"),
];

/// Numbers of records at which the service cuts an answer short, by kind of access.
const ANSWER_LIMITS: [u64; 3] = [500, 100_000, 250_000];

/// Reads an answer of the API or a bulk file; which it is, and its delimiter, is seen from its first bytes.
pub fn read(
    input: Input,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let (start, input) = match peek(input, 1 << 14) {
        Ok(peeked) => peeked,
        Err(mistakes) => {
            report.extend(mistakes);
            return Tally::default();
        }
    };
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => read_json(input, start.len() - text.len(), filter, known, report, sink),
        _ => read_delimited(input, delimiter(text), filter, known, report, sink),
    }
}

/// Tab if the first line has one, else comma: a line of another mark then says which it has.
fn delimiter(text: &[u8]) -> u8 {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.contains(&b'\t') { b'\t' } else { b',' }
}

fn read_delimited(
    input: Input,
    delimiter: u8,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let mut tally = Tally::default();
    let Some(mut records) = Records::open(input, delimiter, report) else { return tally };
    let Some(columns) = records.columns(&COLUMNS, report) else { return tally };
    let file: Arc<str> = records.name().into();
    while let Some(record) = records.next(report) {
        tally.rows += 1;
        let mut cells = [const { Cell::Empty }; COLUMNS.len()];
        let mut readable = true;
        for (cell, column) in cells.iter_mut().zip(&columns) {
            let Some(index) = *column else { continue };
            let before = report.count();
            let text = record.text(index, report);
            readable &= report.count() == before;
            if !text.is_empty() {
                *cell = Cell::Text(Cow::Borrowed(text));
            }
        }
        if readable {
            let place = Place { file: file.clone(), row: record.row() };
            understand(&cells, place, filter, known, &mut tally, report, sink);
        }
    }
    tally
}

fn read_json(
    input: Input,
    skip: usize,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let file: Arc<str> = input.name.as_str().into();
    let most = input.limits.record_bytes;
    let mut reader = BufReader::with_capacity(1 << 16, Guard { inner: input, since_record: 0, most });
    // The byte order mark, which JSON does not allow and some programs write.
    let _ = (&mut reader).take(skip as u64).read_to_end(&mut Vec::new());
    let mut tally = Tally::default();
    let mut answer = Answer { file: &file, filter, known, tally: &mut tally, report, sink, count: None, error: None };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let result = answer.deserialize(&mut json).and_then(|()| json.end());
    let (count, error) = (answer.count.take(), answer.error.take());
    if let Some(error) = error.filter(|error| !error.is_empty()) {
        let hint = "nothing can be read from a refused request; ask the service again";
        report
            .push(Mistake::in_file(&file, format!("the service answered with an error: {}", clip(&error))).hint(hint));
    }
    if let Err(error) = result {
        let row = tally.rows + 1;
        report.push(match error.classify() {
            serde_json::error::Category::Eof => Mistake::in_row(&file, row, "the JSON ends in the middle of a record")
                .hint("the file is cut short; fetch it again"),
            serde_json::error::Category::Io => {
                Mistake::in_row(&file, row, error.to_string()).hint("fetch or unpack the file again")
            }
            _ => Mistake::in_row(&file, row, format!("is not JSON as the API gives it: {error}"))
                .hint("save the answer of the API unchanged"),
        });
    } else if let Some(count) = count.filter(|count| *count != tally.rows) {
        let message = format!("says that it has {count} records and has {}", tally.rows);
        report.push(Mistake::in_file(&file, message).hint("the file is cut short or was joined; fetch it again"));
    }
    if ANSWER_LIMITS.contains(&tally.rows) {
        tally.notes.push(format!(
            "{file} has exactly {} records, a number at which the service cuts answers short: ask for less at a time",
            tally.rows
        ));
    }
    tally
}

/// Refuses to pass on more than `most` bytes without the end of a record among them.
struct Guard<R> {
    inner: R,
    since_record: usize,
    most: usize,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut start = 0;
        for end in memchr::memchr_iter(b'}', &buffer[..read]) {
            self.check(end - start)?;
            self.since_record = 0;
            start = end;
        }
        self.check(read - start)?;
        Ok(read)
    }
}

impl<R> Guard<R> {
    fn check(&mut self, more: usize) -> io::Result<()> {
        self.since_record += more;
        if self.since_record > self.most {
            return Err(io::Error::other(format!("a record is longer than {} bytes", self.most)));
        }
        Ok(())
    }
}

/// A field of a record, whichever way it was written.
#[derive(Clone, PartialEq, Debug)]
enum Cell<'c> {
    Empty,
    Text(Cow<'c, str>),
    Number(f64),
    Flag(bool),
    Nested,
}

impl Cell<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty | Cell::Nested => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text.trim()),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Flag(flag) => Cow::Owned(flag.to_string()),
        }
    }

    fn number(&self, most: f64) -> Result<Option<f64>, Fault> {
        let number = match self {
            Cell::Empty => return Ok(None),
            Cell::Number(number) => Some(*number),
            Cell::Text(text) if text.trim().is_empty() => return Ok(None),
            Cell::Text(text) => parse_number(text.trim()),
            Cell::Flag(_) | Cell::Nested => None,
        };
        match number {
            Some(number) => amount(number, most).map(Some),
            None => Err(Fault::new(
                format!("`{}` is not a number", clip(&self.text())),
                "the columns may be swapped, or decimals written with a comma",
            )),
        }
    }

    fn flag(&self) -> Result<bool, Fault> {
        match self.text().to_ascii_lowercase().as_str() {
            "" | "false" | "0" => Ok(false),
            "true" | "1" => Ok(true),
            other => {
                Err(Fault::new(format!("`{}` is neither true nor false", clip(other)), "the columns may be swapped"))
            }
        }
    }
}

/// Makes a record of the fields, or counts why it is left out, or reports what is wrong with it.
fn understand(
    cells: &[Cell; COLUMNS.len()],
    place: Place,
    filter: &TradeFilter,
    known: &Known,
    tally: &mut Tally,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) {
    let mut row = Row { cells, place: &place, known, report, faults: 0 };
    row.require_fields();
    if let Some(reason) = row.reason_to_leave_out() {
        return tally.leave_out(reason);
    }
    let role = row.role();
    let reporter = row.party(Field::ReporterCode, Field::ReporterIso);
    let partner = row.party(Field::PartnerCode, Field::PartnerIso);
    let period = row.period();
    let hs_revision = row.hs_revision();
    let code = row.code();
    let value = row.number(Field::PrimaryValue, ValueUnit::Usd.most());
    let (quantity, second_quantity, estimated) = row.quantities();
    if row.faults > 0 {
        return;
    }
    let (Some(role), Some(reporter), Some(partner), Some(period), Some(code), Some(value)) =
        (role, reporter, partner, period, code, value)
    else {
        return;
    };
    if !filter.wants(code, period.year) {
        return;
    }
    let (importer, exporter) = if role == Role::Importer { (reporter, partner) } else { (partner, reporter) };
    tally.kept += 1;
    sink(TradeRecord {
        period,
        role,
        exporter,
        importer,
        hs_revision,
        code,
        national_code: None,
        value: Some(TradeValue { amount: value, unit: ValueUnit::Usd }),
        quantity,
        second_quantity,
        quality: if estimated { DataQuality::Estimated } else { DataQuality::Reported },
        place,
    });
}

/// The fields of one record while they are understood.
struct Row<'r> {
    cells: &'r [Cell<'r>; COLUMNS.len()],
    place: &'r Place,
    known: &'r Known<'r>,
    report: &'r mut Report,
    faults: usize,
}

impl<'r> Row<'r> {
    fn cell(&self, field: Field) -> &'r Cell<'r> {
        &self.cells[field as usize]
    }

    fn text(&self, field: Field) -> Cow<'r, str> {
        self.cell(field).text()
    }

    fn wrong(&mut self, field: Field, fault: Fault) {
        self.wrong_at(field as usize, fault);
    }

    fn wrong_at(&mut self, index: usize, fault: Fault) {
        let mistake = Mistake::in_row(&self.place.file, self.place.row, fault.message);
        self.report.push(mistake.column(COLUMNS[index].heading).hint(fault.hint));
        self.faults += 1;
    }

    /// A weight may be unknown; any other field that is required must hold something.
    fn require_fields(&mut self) {
        for (index, column) in COLUMNS.iter().enumerate() {
            if column.required && index != Field::NetWgt as usize && self.cells[index] == Cell::Empty {
                let hint = "every flow of Comtrade has this field; the file may be cut short";
                self.wrong_at(index, Fault::new("is missing", hint));
            }
        }
    }

    fn reason_to_leave_out(&self) -> Option<&'static str> {
        let total =
            |field: Field, word: &str| matches!(self.text(field).as_ref(), text if text.is_empty() || text == word);
        if !(total(Field::Partner2Code, "0") && total(Field::CustomsCode, "C00") && total(Field::MotCode, "0")) {
            return Some("a part of a total (second partner, customs procedure or mode of transport)");
        }
        let code = self.text(Field::CmdCode);
        let short = matches!(code.len(), 2 | 4) && code.bytes().all(|byte| byte.is_ascii_digit());
        if short || code == "TOTAL" || code.starts_with("AG") {
            return Some("another level of the classification than six digits");
        }
        if matches!(self.text(Field::FlowCode).as_ref(), "RM" | "RX" | "DX" | "FM" | "MIP" | "XIP" | "MOP" | "XOP") {
            return Some("a part of imports or exports (re-trade, domestic, processing)");
        }
        let group = |field: Field| GROUPS.contains(&self.text(field).as_ref());
        (group(Field::PartnerCode) || group(Field::ReporterCode)).then_some("the world or a group of countries")
    }

    fn role(&mut self) -> Option<Role> {
        match self.text(Field::FlowCode).as_ref() {
            "" => None,
            "M" => Some(Role::Importer),
            "X" => Some(Role::Exporter),
            other => {
                let message = format!("`{}` is not a flow of Comtrade", clip(other));
                let hint = "flows are M, X, RM, RX and the like; the columns may be swapped";
                self.wrong(Field::FlowCode, Fault::new(message, hint));
                None
            }
        }
    }

    fn party(&mut self, code_field: Field, iso_field: Field) -> Option<Party> {
        let code = self.text(code_field);
        if code.is_empty() {
            return None;
        }
        if code.len() > 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`{}` is not a country code of Comtrade", clip(&code));
            let hint = "it has up to three digits, e.g. 392; the columns may be swapped";
            self.wrong(code_field, Fault::new(message, hint));
            return None;
        }
        let iso = self.text(iso_field);
        let letters = iso.bytes().any(|byte| byte.is_ascii_alphabetic());
        let (party, field) = match CountryCode::parse(&iso).filter(|_| letters) {
            Some(country) => (Party::Country(country), iso_field),
            None => (Party::Code(code.as_ref().into()), code_field),
        };
        if !REMAINDERS.contains(&code.as_ref())
            && let Some(fault) = self.known.fault_of_party(&party)
        {
            self.wrong(field, fault);
        }
        Some(party)
    }

    fn period(&mut self) -> Option<Period> {
        let (frequency, text, year) = (self.text(Field::FreqCode), self.text(Field::Period), self.text(Field::RefYear));
        if !matches!(frequency.as_ref(), "" | "A" | "M") {
            let message = format!("`{}` is not a frequency of Comtrade", clip(&frequency));
            let hint = "it is A for years or M for months; the columns may be swapped";
            self.wrong(Field::FreqCode, Fault::new(message, hint));
        }
        let period = Period::parse(&text).filter(|period| match frequency.as_ref() {
            "A" => period.month.is_none(),
            "M" => period.month.is_some(),
            _ => true,
        });
        match period {
            None if text.is_empty() => {}
            None => {
                let message = format!("`{}` is not a period of this frequency", clip(&text));
                let hint =
                    "years look like 2024, months like 202407, between 1900 and 2100; the columns may be swapped";
                self.wrong(Field::Period, Fault::new(message, hint));
            }
            Some(period) if !year.is_empty() && *year != *period.year.to_string() => {
                let message = format!("`{}` is not the year of the period {period}", clip(&year));
                self.wrong(Field::RefYear, Fault::new(message, "the columns may be swapped"));
            }
            Some(_) => {}
        }
        period
    }

    fn hs_revision(&mut self) -> Option<HsRevision> {
        let text = self.text(Field::ClassificationCode);
        let digit = text.strip_prefix('H').and_then(|digit| digit.parse::<usize>().ok());
        let revision = digit.and_then(|digit| HsRevision::ALL.get(digit)).map(|(revision, _)| *revision);
        if revision.is_none() && !matches!(text.as_ref(), "" | "HS") {
            let message = format!("`{}` is not an edition of the Harmonized System", clip(&text));
            let hint = "editions are H0 to H6; ask for classification HS";
            self.wrong(Field::ClassificationCode, Fault::new(message, hint));
        }
        revision
    }

    fn code(&mut self) -> Option<HsCode> {
        let text = self.text(Field::CmdCode);
        if text.is_empty() {
            return None;
        }
        // Spreadsheets drop the leading zero of chapters 01 to 09.
        let padded = if text.len() == 5 { format!("0{text}") } else { text.to_string() };
        let code = HsCode::parse(&padded).filter(|_| !padded.contains('.'));
        let fault = match code {
            Some(code) => self.known.fault_of_code(code),
            None => {
                let message = format!("`{}` is not a six-digit customs code", clip(&text));
                Some(Fault::new(message, "the columns may be swapped"))
            }
        };
        if let Some(fault) = fault {
            self.wrong(Field::CmdCode, fault);
        }
        code
    }

    fn number(&mut self, field: Field, most: f64) -> Option<f64> {
        match self.cell(field).number(most) {
            Ok(number) => number,
            Err(fault) => {
                self.wrong(field, fault);
                None
            }
        }
    }

    fn flag(&mut self, field: Field) -> bool {
        match self.cell(field).flag() {
            Ok(flag) => flag,
            Err(fault) => {
                self.wrong(field, fault);
                false
            }
        }
    }

    /// A quantity above 0 with its unit, which is empty if there is none.
    fn quantity(&mut self, field: Field, unit_field: Field) -> Option<(f64, &'static str)> {
        let number = self.number(field, f64::MAX).filter(|number| *number > 0.0);
        let code = self.text(unit_field);
        let unit = UNITS.iter().find(|(known, _)| *known == code).map(|(_, unit)| *unit);
        if unit.is_none() && !code.is_empty() {
            let message = format!("`{}` is not a unit of Comtrade", clip(&code));
            let near = did_you_mean(&code, UNITS.iter().map(|(code, _)| *code));
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            self.wrong(unit_field, Fault::new(message, format!("units are -1 and 1 to 13{near}")));
        }
        Some((number?, unit?)).filter(|(_, unit)| !unit.is_empty())
    }

    /// The weight, the first quantity in another unit, and whether either is an estimate.
    fn quantities(&mut self) -> (Option<GrossTonnes>, Option<SecondQuantity>, bool) {
        let most = MOST_TONNES * 1e3;
        let net = self.number(Field::NetWgt, most).filter(|kg| *kg > 0.0);
        let net_is_estimated = self.flag(Field::IsNetWgtEstimated);
        let first = self.quantity(Field::Qty, Field::QtyUnitCode);
        let first_is_estimated = self.flag(Field::IsQtyEstimated);
        let second = self.quantity(Field::AltQty, Field::AltQtyUnitCode);
        let in_kg = |quantity: Option<(f64, &'static str)>| quantity.filter(|(kg, unit)| *unit == "kg" && *kg <= most);
        let (weight, weight_is_estimated) = match (net, in_kg(first)) {
            (Some(kg), _) => (Some(kg), net_is_estimated),
            (None, Some((kg, _))) => (Some(kg), first_is_estimated),
            (None, None) => (in_kg(second).map(|(kg, _)| kg), false),
        };
        let in_other = |quantity: Option<(f64, &'static str)>| quantity.filter(|(_, unit)| *unit != "kg");
        let (other, other_is_estimated) = match in_other(first) {
            Some(quantity) => (Some(quantity), first_is_estimated),
            None => (in_other(second), false),
        };
        let estimated = (weight.is_some() && weight_is_estimated) || (other.is_some() && other_is_estimated);
        let other = other.map(|(amount, unit)| SecondQuantity { amount, unit: unit.into() });
        (weight.map(|kg| GrossTonnes::new(kg / 1e3)), other, estimated)
    }
}

/// The whole answer: an object with `data`, or the bare list of records.
struct Answer<'a> {
    file: &'a Arc<str>,
    filter: &'a TradeFilter,
    known: &'a Known<'a>,
    tally: &'a mut Tally,
    report: &'a mut Report,
    sink: &'a mut dyn FnMut(TradeRecord),
    count: Option<u64>,
    error: Option<String>,
}

impl<'de> DeserializeSeed<'de> for &mut Answer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Answer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with `data`, a list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "data" => map.next_value_seed(&mut *self)?,
                "count" => {
                    let count = map.next_value_seed(CellSeed)?;
                    self.count = count.text().parse().ok();
                }
                "error" => self.error = Some(map.next_value_seed(CellSeed)?.text().into_owned()),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(cells) = list.next_element_seed(RowSeed)? {
            self.tally.rows += 1;
            let place = Place { file: self.file.clone(), row: self.tally.rows };
            understand(&cells, place, self.filter, self.known, self.tally, self.report, self.sink);
        }
        Ok(())
    }
}

/// One record of the list.
struct RowSeed;

impl<'de> DeserializeSeed<'de> for RowSeed {
    type Value = [Cell<'static>; COLUMNS.len()];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed {
    type Value = [Cell<'static>; COLUMNS.len()];

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a record with named fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = [const { Cell::Empty }; COLUMNS.len()];
        while let Some(place) = map.next_key_seed(PlaceSeed)? {
            match place {
                Some(index) => cells[index] = map.next_value_seed(CellSeed)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(cells)
    }
}

/// The place of a field by its name; `None` for a field that is not read.
struct PlaceSeed;

impl<'de> DeserializeSeed<'de> for PlaceSeed {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for PlaceSeed {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(COLUMNS.iter().position(|column| column.heading.eq_ignore_ascii_case(name)))
    }
}

struct CellSeed;

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell<'static>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cell::Empty)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Cell::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Cell::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Cell::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Cell::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text.to_owned())) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trade_record::{Collector, CountryCodes, ProductCodes, trap};
    use super::*;
    use crate::input::Limits;
    use std::path::Path;
    use trap::Trap;

    fn fixture(folder: &str, name: &str) -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder).join(name)).unwrap()
    }

    fn kept(name: &str, bytes: &[u8]) -> (Vec<TradeRecord>, Tally) {
        let (mut collector, mut report) = (Collector::default(), Report::new());
        let input = Input::from_bytes(name, bytes);
        let tally = read(input, &TradeFilter::default(), &Known::default(), &mut report, &mut |record| {
            collector.take(record);
        });
        let records = collector.finish(&mut report);
        assert!(report.is_empty(), "{report}");
        (records, tally)
    }

    fn refusing(input: Input) -> Report {
        let mut report = Report::new();
        let countries = fixture("baci", "country_codes_V202401b.csv");
        let products = fixture("baci", "product_codes_HS92_V202401b.csv");
        let countries = CountryCodes::read(Input::from_bytes("c", &countries), &mut report).unwrap();
        let products = ProductCodes::read(Input::from_bytes("p", &products), &mut report).unwrap();
        let known = Known { countries: Some(&countries), products: Some(&products) };
        let mut collector = Collector::default();
        read(input, &TradeFilter::default(), &known, &mut report, &mut |record| collector.take(record));
        collector.finish(&mut report);
        report
    }

    #[test]
    fn an_annual_answer_keeps_both_sides_and_counts_what_it_leaves_out() {
        let (records, tally) = kept("annual.json", &fixture("comtrade", "annual.json"));
        assert_eq!((tally.rows, tally.kept), (8, 4));
        let left_out: Vec<u64> = tally.left_out.values().copied().collect();
        assert_eq!(left_out.iter().sum::<u64>(), 4, "{:?}", tally.left_out);
        assert_eq!(tally.left_out["the world or a group of countries"], 1);
        let shown: Vec<(String, String, Role, Option<f64>, DataQuality)> = records
            .iter()
            .map(|record| {
                let tonnes = record.quantity.map(GrossTonnes::value);
                (record.exporter.to_string(), record.importer.to_string(), record.role, tonnes, record.quality)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("CHN".into(), "JPN".into(), Role::Importer, Some(9_150.25), DataQuality::Reported),
                ("CHN".into(), "JPN".into(), Role::Exporter, Some(9_300.0), DataQuality::Estimated),
                ("S19".into(), "JPN".into(), Role::Importer, Some(0.5), DataQuality::Reported),
                ("899".into(), "JPN".into(), Role::Importer, None, DataQuality::Reported),
            ]
        );
        assert_eq!(records[0].value.and_then(TradeValue::usd).unwrap().value(), 412_000_123.5);
        assert_eq!(records[0].hs_revision, Some(HsRevision::Hs17));
        assert_eq!(records[2].second_quantity, Some(SecondQuantity { amount: 12.0, unit: "u".into() }));
    }

    #[test]
    fn a_monthly_bulk_file_gives_what_the_answer_with_the_same_records_gives() {
        let (bulk, tally) = kept("monthly.txt", &fixture("comtrade", "monthly.txt"));
        assert_eq!((tally.rows, tally.kept), (3, 2));
        assert_eq!(bulk[0].period.to_string(), "2024-01");
        assert_eq!(bulk[0].importer, Party::Code("392".into()), "bulk files have no ISO codes");
        let commas = String::from_utf8(fixture("comtrade", "monthly.txt")).unwrap().replace('\t', ",");
        let json = fixture("comtrade", "monthly.json");
        for (name, bytes) in [("monthly.csv", commas.as_bytes()), ("monthly.json", &json)] {
            let (records, _) = kept(name, bytes);
            assert_eq!(records.len(), bulk.len());
            for (record, same) in records.iter().zip(&bulk) {
                assert_eq!((record.key(), record.quantity, record.value), (same.key(), same.quantity, same.value));
            }
        }
    }

    fn object(changes: &[(&str, &str)]) -> String {
        let mut fields = vec![
            ("freqCode", "\"A\""),
            ("refYear", "2023"),
            ("period", "\"2023\""),
            ("reporterCode", "392"),
            ("reporterISO", "\"JPN\""),
            ("flowCode", "\"M\""),
            ("partnerCode", "156"),
            ("partnerISO", "\"CHN\""),
            ("partner2Code", "0"),
            ("classificationCode", "\"H6\""),
            ("cmdCode", "\"284690\""),
            ("customsCode", "\"C00\""),
            ("motCode", "0"),
            ("qtyUnitCode", "8"),
            ("qty", "1000"),
            ("isQtyEstimated", "false"),
            ("netWgt", "1000"),
            ("isNetWgtEstimated", "false"),
            ("primaryValue", "5000.5"),
        ];
        for (name, value) in changes {
            fields.iter_mut().filter(|field| field.0 == *name).for_each(|field| field.1 = value);
        }
        fields.retain(|field| !field.1.is_empty());
        let written: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", written.join(","))
    }

    fn answer(changes: &[(&str, &str)]) -> String {
        format!(
            "{{\"count\":2,\"data\":[{},{}],\"error\":\"\"}}",
            object(&[("partnerCode", "842"), ("partnerISO", "\"USA\"")]),
            object(changes)
        )
    }

    #[test]
    fn traps_in_an_answer_are_reported_with_record_and_field() {
        assert!(refusing(Input::from_bytes("x.json", answer(&[]).as_bytes())).is_empty());
        let whole = answer(&[]);
        let change = |changes: &[(&str, &str)]| answer(changes).into_bytes();
        let usa = [("partnerCode", "842"), ("partnerISO", "\"USA\"")];
        let traps = [
            Trap::new("cut", &whole.as_bytes()[..whole.len() - 60], 2, "", "cut short"),
            Trap::new(
                "count",
                whole.replace("\"count\":2", "\"count\":7"),
                0,
                "",
                "says that it has 7 records and has 2",
            ),
            Trap::new("error", "{\"count\":0,\"data\":[],\"error\":\"quota exceeded\"}", 0, "", "quota exceeded"),
            Trap::new("not JSON", "{\"data\":[{'a':1}]}", 1, "", "is not JSON as the API gives it"),
            Trap::new("two documents", format!("{whole}{whole}"), 3, "", "is not JSON as the API gives it"),
            Trap::new("encoding", trap::utf16(&whole), 1, "", "the headings are not UTF-8 text"),
            Trap::new(
                "bytes",
                whole.replace("H6", "H\u{e9}").replace('\u{e9}', "\u{fffd}"),
                2,
                "classificationCode",
                "editions are H0 to H6",
            ),
            Trap::new(
                "value and code swapped",
                change(&[("cmdCode", "5000.5"), ("primaryValue", "284690")]),
                2,
                "cmdCode",
                "is not a six-digit customs code",
            ),
            Trap::new(
                "partner and year swapped",
                change(&[("partnerCode", "2023"), ("period", "156")]),
                2,
                "partnerCode",
                "the columns may be swapped",
            ),
            Trap::new("negative", change(&[("netWgt", "-1")]), 2, "netWgt", "-1 is negative"),
            Trap::new("absurd", change(&[("netWgt", "1e14")]), 2, "netWgt", "is absurdly large"),
            Trap::new(
                "text for a number",
                change(&[("primaryValue", "\"5,5\"")]),
                2,
                "primaryValue",
                "`5,5` is not a number",
            ),
            Trap::new("nested", change(&[("netWgt", "[1]")]), 2, "netWgt", "is not a number"),
            Trap::new("year", change(&[("period", "\"3024\"")]), 2, "period", "`3024` is not a period"),
            Trap::new("month of a year", change(&[("period", "\"202301\"")]), 2, "period", "`202301` is not a period"),
            Trap::new(
                "another year",
                change(&[("refYear", "2022")]),
                2,
                "refYear",
                "`2022` is not the year of the period 2023",
            ),
            Trap::new("country", change(&[("partnerISO", "\"CHM\"")]), 2, "partnerISO", "did you mean `CHN`"),
            Trap::new(
                "country without ISO",
                change(&[("partnerCode", "155"), ("partnerISO", "")]),
                2,
                "partnerCode",
                "did you mean `156` (China)",
            ),
            Trap::new("product", change(&[("cmdCode", "\"284691\"")]), 2, "cmdCode", "did you mean `284690`"),
            Trap::new("twice", change(&usa), 2, "", "stands already in x.json row 1"),
            Trap::new("unit", change(&[("qtyUnitCode", "14")]), 2, "qtyUnitCode", "did you mean `1"),
            Trap::new("flow", change(&[("flowCode", "\"import\"")]), 2, "flowCode", "is not a flow of Comtrade"),
            Trap::new("missing", change(&[("cmdCode", "")]), 2, "cmdCode", "is missing"),
            Trap::new("no value", change(&[("primaryValue", "null")]), 2, "primaryValue", "is missing"),
            Trap::new(
                "other classification",
                change(&[("classificationCode", "\"S4\"")]),
                2,
                "classificationCode",
                "editions are H0 to H6",
            ),
        ];
        trap::assert_all("x.json", &refusing, &traps);
    }

    #[test]
    fn an_endless_record_and_a_bomb_stop_within_the_limits() {
        let endless = io::Cursor::new("{\"data\":[{\"cmdDesc\":\"").chain(io::repeat(b'x').take(1 << 32));
        let limits = Limits { record_bytes: 1 << 16, ..Limits::default() };
        let report = refusing(Input::from_reader("x.json", endless, limits));
        trap::assert_says("endless", "x.json", &report, Some(1), None, "a record is longer than 65536 bytes");

        let nested = io::Cursor::new("{\"data\":").chain(io::repeat(b'[').take(1 << 32));
        let report = refusing(Input::from_reader("x.json", nested, limits));
        trap::assert_says("nested", "x.json", &report, Some(1), None, "is not JSON as the API gives it");

        let record = format!(
            "{},",
            object(&[("cmdCode", "\"TOTAL\"")]).replace('}', &format!(",\"x\":\"{}\"}}", "a".repeat(500_000)))
        );
        let bomb = trap::gzip(format!("{{\"data\":[{}", record.repeat(130)).as_bytes());
        let report = refusing(Input::from_bytes("x.json", &bomb));
        assert!(report.to_string().contains("decompression bomb"), "{report}");

        let packed = trap::gzip(answer(&[]).as_bytes());
        let report = refusing(Input::from_bytes("x.json", &packed[..packed.len() - 6]));
        assert!(report.to_string().contains("cut short"), "{report}");
    }

    #[test]
    fn traps_in_a_bulk_file_are_reported_with_row_and_column() {
        let names: Vec<&str> = COLUMNS.iter().map(|column| column.heading).collect();
        let head = names.join("\t");
        let good = "M\t2024\t202401\t392\t\tM\t156\t\t0\tH6\t284690\tC00\t0\t8\t10\tFalse\t-1\t\t10\tFalse\t99.5";
        let with = |from: &str, to: &str| {
            format!("{head}\n{good}\n{}\n", good.replace("\t156\t", "\t842\t").replacen(from, to, 1))
        };
        trap::assert_delimited("x.txt", &format!("{head}\n{good}\n"), &refusing);
        let traps = [
            Trap::new("cut", format!("{head}\n{good}\nM\t2024\t2024"), 3, "", "the file may be cut short"),
            Trap::new("delimiter", format!("{head}\n{good}\n").replace('\t', ";"), 1, "", "a semicolon"),
            Trap::new("encoding", trap::utf16(&format!("{head}\n{good}\n")), 1, "", "the headings are not UTF-8 text"),
            Trap::new(
                "bytes",
                [with("H6", "H6").into_bytes(), b"M\t\xff".to_vec(), vec![b'\t'; 19], b"\n".to_vec()].concat(),
                4,
                "refYear",
                "is not UTF-8",
            ),
            Trap::new(
                "swapped",
                with(
                    "284690\tC00\t0\t8\t10\tFalse\t-1\t\t10\tFalse\t99.5",
                    "99.5\tC00\t0\t8\t10\tFalse\t-1\t\t10\tFalse\t284690",
                ),
                3,
                "cmdCode",
                "the columns may be swapped",
            ),
            Trap::new("negative", with("99.5", "-99.5"), 3, "primaryValue", "-99.5 is negative"),
            Trap::new("absurd", with("\t10\tFalse\t99.5", "\t1e14\tFalse\t99.5"), 3, "netWgt", "is absurdly large"),
            Trap::new("year", with("202401", "302401"), 3, "period", "is not a period"),
            Trap::new("country", with("\t842\t", "\t843\t"), 3, "partnerCode", "did you mean `842` (USA)"),
            Trap::new("product", with("284690", "284699"), 3, "cmdCode", "did you mean `284690`"),
            Trap::new("twice", with("\t842\t", "\t156\t"), 3, "", "stands already in x.txt row 2"),
            Trap::new("unit", with("\t8\t10\t", "\tKG\t10\t"), 3, "qtyUnitCode", "is not a unit of Comtrade"),
            Trap::new("heading", with("x", "x").replace("cmdCode", "cmdCod"), 1, "", "`cmdCod` is near"),
            Trap::new("flag", with("False\t99.5", "maybe\t99.5"), 3, "isNetWgtEstimated", "is neither true nor false"),
        ];
        trap::assert_all("x.txt", &refusing, &traps);
    }

    #[test]
    fn an_answer_of_exactly_the_limit_is_noted() {
        let part = object(&[("motCode", "2100")]);
        let list = vec![part; 500].join(",");
        let (records, tally) = kept("x.json", format!("[{list}]").as_bytes());
        assert!(records.is_empty());
        assert_eq!(tally.left_out.values().sum::<u64>(), 500);
        assert!(tally.notes[0].contains("x.json has exactly 500 records"), "{:?}", tally.notes);
    }
}
