//! Delimited text read record by record in bounded memory, with the place of every mistake.

use crate::input::Input;
use crate::report::{Mistake, Report, did_you_mean};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use lode_model::{CountryCode, HsCode, Year};
use std::io::Read;

/// A column that a reader expects.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Heading in the file.
    pub heading: &'static str,
    /// Other headings that the publisher has used for it.
    pub also: &'static [&'static str],
    /// Whether the file is useless without it.
    pub required: bool,
}

impl Column {
    /// A column that must be there.
    pub const fn required(heading: &'static str) -> Self {
        Self { heading, also: &[], required: true }
    }

    /// A column that may be there.
    pub const fn optional(heading: &'static str) -> Self {
        Self { heading, also: &[], required: false }
    }

    /// Other headings for the same column.
    pub const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

/// A stream of records of equal length under a header row.
pub struct Records<'a> {
    input: Input<'a>,
    reader: Reader,
    buffer: Vec<u8>,
    buffered: std::ops::Range<usize>,
    fields: Vec<u8>,
    ends: Vec<usize>,
    row: u64,
    width: usize,
    headings: Vec<String>,
    stopped: bool,
}

impl<'a> Records<'a> {
    /// Reads the header row. `None` if there is none or it cannot be read: the report says why.
    pub fn open(input: Input<'a>, delimiter: u8, report: &mut Report) -> Option<Self> {
        let mut records = Self {
            input,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: vec![0; 1 << 16],
            buffered: 0..0,
            fields: vec![0; 1 << 12],
            ends: vec![0; 64],
            row: 0,
            width: 0,
            headings: Vec::new(),
            stopped: false,
        };
        if !records.read_record(report) {
            if !records.stopped {
                report.push(
                    Mistake::in_file(&records.input.name, "is empty").hint("it must begin with a row of headings"),
                );
            }
            return None;
        }
        let mut headings = Vec::with_capacity(records.width);
        for index in 0..records.width {
            match std::str::from_utf8(records.bytes(index)) {
                Ok(text) => headings.push(text.trim_start_matches('\u{feff}').trim().to_owned()),
                Err(_) => {
                    report.push(
                        Mistake::in_row(&records.input.name, 1, "the headings are not UTF-8 text")
                            .hint("save the file as CSV UTF-8, or say which encoding it has"),
                    );
                    return None;
                }
            }
        }
        records.headings = headings;
        Some(records)
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.input.name
    }

    /// The headings as they stand in the file.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Finds the columns that a reader expects; `None` for an optional column that is not there. Reports every missing
    /// one at once, with a guess at what was meant.
    pub fn columns(&self, wanted: &[Column], report: &mut Report) -> Option<Vec<Option<usize>>> {
        let mut complete = true;
        let found = wanted
            .iter()
            .map(|column| {
                let index = self.headings.iter().position(|heading| {
                    heading.eq_ignore_ascii_case(column.heading)
                        || column.also.iter().any(|other| heading.eq_ignore_ascii_case(other))
                });
                if index.is_none() && column.required {
                    complete = false;
                    report.push(self.missing(column));
                }
                index
            })
            .collect();
        let mut seen: Vec<&str> = Vec::new();
        for heading in self.headings.iter().map(String::as_str).filter(|heading| !heading.is_empty()) {
            let known = |column: &Column| column.heading.eq_ignore_ascii_case(heading);
            if seen.contains(&heading) && wanted.iter().any(known) {
                complete = false;
                report.push(Mistake::in_row(self.name(), 1, "the heading stands twice").column(heading));
            }
            seen.push(heading);
        }
        complete.then_some(found)
    }

    fn missing(&self, column: &Column) -> Mistake {
        let mistake = Mistake::in_row(self.name(), 1, format!("there is no column `{}`", column.heading));
        let other = [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "bar")]
            .into_iter()
            .find(|(mark, _)| self.headings.len() == 1 && self.headings[0].contains(*mark));
        if let Some((_, mark)) = other {
            return mistake.hint(format!("the headings are separated by another mark (a {mark}) than this format has"));
        }
        match did_you_mean(column.heading, self.headings.iter().map(String::as_str)) {
            Some(near) => mistake.hint(format!("`{near}` is near; rename it to `{}`", column.heading)),
            None => mistake.hint(format!("the headings are: {}", clip(&self.headings.join(", ")))),
        }
    }

    /// The next record, or `None` at the end of the file or after a mistake that reading cannot go on from. A record of
    /// another length than the header is reported and skipped.
    pub fn next(&mut self, report: &mut Report) -> Option<Record<'_>> {
        loop {
            if !self.read_record(report) {
                return None;
            }
            if self.width == self.headings.len() {
                break;
            }
            if self.width == 1 && self.bytes(0).iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            report.push(
                Mistake::in_row(
                    self.name(),
                    self.row,
                    format!("has {} fields where the header has {}", self.width, self.headings.len()),
                )
                .hint("the file may be cut short, or a text with the delimiter in it is not in quotes"),
            );
        }
        Some(Record {
            name: &self.input.name,
            row: self.row,
            headings: &self.headings,
            fields: &self.fields,
            ends: &self.ends,
        })
    }

    fn bytes(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.fields[start..self.ends[index]]
    }

    /// Reads one record into the buffers; `false` at the end or after a mistake that stops reading.
    fn read_record(&mut self, report: &mut Report) -> bool {
        if self.stopped {
            return false;
        }
        let (mut written, mut ended) = (0, 0);
        loop {
            if self.buffered.is_empty() {
                match self.input.read(&mut self.buffer) {
                    Ok(read) => self.buffered = 0..read,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(error) => return self.stop(report, error.to_string(), "fetch or unpack the file again"),
                }
            }
            let (result, used, filled, closed) = self.reader.read_record(
                &self.buffer[self.buffered.clone()],
                &mut self.fields[written..],
                &mut self.ends[ended..],
            );
            self.buffered.start += used;
            written += filled;
            ended += closed;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.fields.len() >= self.input.limits.record_bytes {
                        let message = format!("a record is longer than {} bytes", self.input.limits.record_bytes);
                        return self.stop(
                            report,
                            message,
                            "a quotation mark may be open, or this is not delimited text",
                        );
                    }
                    let length = (self.fields.len() * 2).min(self.input.limits.record_bytes);
                    self.fields.resize(length, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() >= 1 << 14 {
                        return self.stop(report, "a record has more than 16,384 fields".into(), "check the delimiter");
                    }
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::Record => {
                    self.row += 1;
                    self.width = ended;
                    return true;
                }
                ReadRecordResult::End => return false,
            }
        }
    }

    fn stop(&mut self, report: &mut Report, message: String, hint: &str) -> bool {
        report.push(Mistake::in_row(&self.input.name, self.row + 1, message).hint(hint));
        self.stopped = true;
        false
    }
}

/// One record with its place.
#[derive(Clone, Copy)]
pub struct Record<'r> {
    name: &'r str,
    row: u64,
    headings: &'r [String],
    fields: &'r [u8],
    ends: &'r [usize],
}

impl<'r> Record<'r> {
    /// Row as a spreadsheet shows it.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The raw bytes of a field.
    pub fn bytes(&self, index: usize) -> &'r [u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.fields[start..self.ends[index]]
    }

    /// A mistake in this record's field.
    pub fn mistake(&self, index: usize, message: impl Into<String>) -> Mistake {
        Mistake::in_row(self.name, self.row, message).column(self.headings.get(index).map_or("", String::as_str))
    }

    /// The trimmed text of a field; text that is not UTF-8 is reported and read as empty.
    pub fn text(&self, index: usize, report: &mut Report) -> &'r str {
        match std::str::from_utf8(self.bytes(index)) {
            Ok(text) => text.trim(),
            Err(_) => {
                report.push(self.mistake(index, "is not UTF-8 text").hint("save the file as CSV UTF-8"));
                ""
            }
        }
    }

    /// A finite number, or `None` for an empty field; anything else is reported.
    pub fn number(&self, index: usize, report: &mut Report) -> Option<f64> {
        let text = self.text(index, report);
        if text.is_empty() {
            return None;
        }
        let number = parse_number(text);
        if number.is_none() {
            let mistake = self.mistake(index, format!("`{}` is not a number", clip(text)));
            report.push(if text.contains(',') {
                mistake.hint("write 1234.5, without marks for thousands and with a point for decimals")
            } else {
                mistake.hint("write a plain number, or leave the field empty if there is none")
            });
        }
        number
    }

    /// A number of at least 0 and below `most`, or `None` for an empty field; anything else is reported.
    pub fn amount(&self, index: usize, most: f64, report: &mut Report) -> Option<f64> {
        let number = self.number(index, report)?;
        if number < 0.0 {
            report.push(self.mistake(index, format!("{number} is negative")).hint("amounts are 0 or more"));
            return None;
        }
        if number > most {
            report.push(
                self.mistake(index, format!("{number} is absurdly large"))
                    .hint(format!("no amount here exceeds {most}")),
            );
            return None;
        }
        Some(number)
    }

    /// A year between 1900 and 2100; anything else is reported.
    pub fn year(&self, index: usize, report: &mut Report) -> Option<Year> {
        let text = self.text(index, report);
        let year = text.parse::<Year>().ok().filter(|year| (1900..=2100).contains(year));
        if year.is_none() {
            report.push(
                self.mistake(index, format!("`{}` is not a year", clip(text)))
                    .hint("years have four digits, 1900 to 2100; the columns may be swapped"),
            );
        }
        year
    }

    /// A six-digit customs code; anything else is reported.
    pub fn hs_code(&self, index: usize, report: &mut Report) -> Option<HsCode> {
        let text = self.text(index, report);
        // Spreadsheets drop the leading zero of chapters 01 to 09.
        let code =
            HsCode::parse(text).or_else(|| (text.len() == 5).then(|| HsCode::parse(&format!("0{text}"))).flatten());
        if code.is_none() {
            report.push(
                self.mistake(index, format!("`{}` is not a six-digit customs code", clip(text)))
                    .hint("the columns may be swapped"),
            );
        }
        code
    }

    /// A country code of three letters; anything else is reported.
    pub fn country_code(&self, index: usize, report: &mut Report) -> Option<CountryCode> {
        let text = self.text(index, report);
        let code = CountryCode::parse(text);
        if code.is_none() {
            report.push(
                self.mistake(index, format!("`{}` is not a country code", clip(text)))
                    .hint("use ISO 3166-1 alpha-3, e.g. JPN; the columns may be swapped"),
            );
        }
        code
    }
}

/// A plain finite decimal number; words such as `nan` and `inf` are none.
pub fn parse_number(text: &str) -> Option<f64> {
    if text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte != b'e' && byte != b'E') {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The start of a text, for messages.
pub fn clip(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(60).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Limits;

    fn read(bytes: &[u8]) -> (Vec<Vec<String>>, Report) {
        let mut report = Report::new();
        let mut rows = Vec::new();
        if let Some(mut records) = Records::open(Input::from_bytes("x.csv", bytes), b',', &mut report) {
            while let Some(record) = records.next(&mut report) {
                let row = (0..record.headings.len()).map(|index| record.text(index, &mut Report::new()).to_owned());
                rows.push(row.collect());
            }
        }
        (rows, report)
    }

    #[test]
    fn quoted_fields_byte_order_mark_and_missing_last_newline_are_read() {
        let (rows, report) = read("\u{feff}a,b\n\"x, y\",2\n3,4".as_bytes());
        assert_eq!(rows, [["x, y", "2"], ["3", "4"]]);
        assert!(report.is_empty());
    }

    #[test]
    fn every_short_row_is_reported_and_the_rest_is_read() {
        let (rows, report) = read(b"a,b\n1\n2,3\n4,5,6\n");
        assert_eq!(rows, [["2", "3"]]);
        assert_eq!(report.count(), 2);
        assert!(report.to_string().contains("x.csv row 2: has 1 fields where the header has 2"), "{report}");
    }

    #[test]
    fn an_endless_record_stops_reading_within_the_limit() {
        let endless = std::io::repeat(b'x').take(1 << 32);
        let limits = Limits { record_bytes: 1 << 16, ..Limits::default() };
        let mut report = Report::new();
        assert!(Records::open(Input::from_reader("line.csv", endless, limits), b',', &mut report).is_none());
        assert!(report.to_string().contains("a record is longer than 65536 bytes"), "{report}");
    }

    #[test]
    fn a_wrong_delimiter_is_named() {
        let mut report = Report::new();
        let records = Records::open(Input::from_bytes("x.csv", b"year;value\n2024;1\n"), b',', &mut report).unwrap();
        assert!(records.columns(&[Column::required("year")], &mut report).is_none());
        assert!(report.to_string().contains("separated by another mark (a semicolon)"), "{report}");
    }

    #[test]
    fn words_are_not_numbers() {
        for text in ["nan", "inf", "-inf", "infinity", "1,5", "0x10", "1e999", "", "W"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
        assert_eq!(parse_number("-1.5e3"), Some(-1500.0));
    }
}
