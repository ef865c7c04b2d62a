//! Delimited text read record by record in bounded memory, with the place of every mistake.

use crate::input::Input;
use crate::report::{Mistake, Report, did_you_mean};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use lode_model::{CountryCode, HsCode, Year};
use std::io::{self, Read};

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

/// Bytes read at once: small enough to stay near the processor.
const BUFFER: usize = 1 << 18;

/// A stream of records of equal length under a header row.
pub struct Records<'a> {
    input: Input<'a>,
    delimiter: u8,
    reader: Reader,
    buffer: Vec<u8>,
    buffered: std::ops::Range<usize>,
    /// Places in `buffer` of every delimiter, line end and quotation mark from `buffered.start` on, and of other bytes that
    /// are as small.
    marks: Vec<u32>,
    next_mark: usize,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// Where the last record lies: a line of `buffer`, or `fields` if it had quotation marks.
    line: Option<std::ops::Range<usize>>,
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
            delimiter,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: vec![0; BUFFER],
            buffered: 0..0,
            marks: Vec::new(),
            next_mark: 0,
            fields: vec![0; 1 << 12],
            ends: vec![0; 64],
            line: None,
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
    #[inline]
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
            fields: self.record_bytes(),
            ends: &self.ends,
            gap: self.gap(),
        })
    }

    fn record_bytes(&self) -> &[u8] {
        self.line.clone().map_or(&self.fields, |line| &self.buffer[line])
    }

    /// In a plain line a delimiter stands between the fields.
    fn gap(&self) -> usize {
        usize::from(self.line.is_some())
    }

    fn bytes(&self, index: usize) -> &[u8] {
        field(self.record_bytes(), &self.ends, self.gap(), index)
    }

    /// Reads one record; `false` at the end or after a mistake that stops reading.
    fn read_record(&mut self, report: &mut Report) -> bool {
        if self.stopped {
            return false;
        }
        match self.read_plain_line() {
            Ok(true) => {
                self.row += 1;
                return true;
            }
            Ok(false) => {}
            Err(error) => return self.stop(report, error.to_string(), "fetch or unpack the file again"),
        }
        self.line = None;
        let read = self.read_quoted(report);
        self.skip_marks();
        read
    }

    /// Takes the next line as it stands in the buffer. `false` if it is not plain, i.e. has a quotation mark or a line
    /// end of its own, or if no whole line is left: the general reader then takes it from the same place.
    fn read_plain_line(&mut self) -> io::Result<bool> {
        loop {
            let start = self.buffered.start;
            let (buffered, delimiter) = (&self.buffer[..self.buffered.end], self.delimiter);
            let mut ended = 0;
            let mut end = None;
            let mut used = 0;
            for mark in &self.marks[self.next_mark..] {
                used += 1;
                let place = *mark as usize;
                let byte = buffered[place];
                // More fields than there are places for: the general reader makes room.
                let Some(field_end) = self.ends.get_mut(ended) else { return Ok(false) };
                if byte == delimiter {
                    *field_end = place - start;
                    ended += 1;
                } else if byte == b'\n' || (byte == b'\r' && buffered.get(place + 1) == Some(&b'\n')) {
                    *field_end = place - start;
                    end = Some(place);
                    break;
                } else if byte == b'\r' || byte == b'"' {
                    return Ok(false);
                }
            }
            if let Some(end) = end {
                let next = if self.buffer[end] == b'\r' { end + 2 } else { end + 1 };
                if end - start > self.input.limits.record_bytes {
                    return Ok(false);
                }
                self.buffered.start = next;
                self.next_mark += used + next - end - 1;
                if end == start {
                    continue;
                }
                self.width = ended + 1;
                self.line = Some(start..end);
                return Ok(true);
            }
            // A part of a line is left: bring it to the front and read on. A line longer than the buffer is not for here.
            let left = self.buffered.len();
            if left == self.buffer.len() {
                return Ok(false);
            }
            self.buffer.copy_within(start..start + left, 0);
            self.buffered = 0..left;
            let read = self.fill()?;
            self.mark();
            if read == 0 {
                return Ok(false);
            }
        }
    }

    /// Reads more bytes behind those buffered.
    fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.input.read(&mut self.buffer[self.buffered.end..]) {
                Ok(read) => {
                    self.buffered.end += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Finds the marks of what is buffered, eight bytes at a time.
    fn mark(&mut self) {
        self.marks.clear();
        self.next_mark = 0;
        let delimiter = self.delimiter;
        let bytes = &self.buffer[self.buffered.clone()];
        let offset = self.buffered.start;
        // The marks are small bytes: all bytes up to the largest of them are kept, and looked at when a line is taken.
        let bound = u64::from(0x80 - delimiter.clamp(b'"', 0x7e) - 1) * 0x0101_0101_0101_0101;
        let mut words = bytes.chunks_exact(8);
        let mut place = offset as u32;
        for word in words.by_ref() {
            let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
            let mut found = small_bytes(word, bound);
            while found != 0 {
                self.marks.push(place + found.trailing_zeros() / 8);
                found &= found - 1;
            }
            place += 8;
        }
        let done = bytes.len() - words.remainder().len();
        for (index, byte) in words.remainder().iter().enumerate() {
            if *byte == self.delimiter || matches!(byte, b'\n' | b'\r' | b'"') {
                self.marks.push((offset + done + index) as u32);
            }
        }
    }

    /// After the general reader has taken bytes, the marks before them are of no use.
    fn skip_marks(&mut self) {
        let start = self.buffered.start as u32;
        self.next_mark = self.marks.partition_point(|mark| *mark < start);
    }

    fn read_quoted(&mut self, report: &mut Report) -> bool {
        let (mut written, mut ended) = (0, 0);
        loop {
            if self.buffered.is_empty() {
                self.buffered = 0..0;
                if let Err(error) = self.fill() {
                    return self.stop(report, error.to_string(), "fetch or unpack the file again");
                }
                self.mark();
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

/// A field of a record whose fields end at `ends`, with `gap` bytes between them.
fn field<'b>(bytes: &'b [u8], ends: &[usize], gap: usize, index: usize) -> &'b [u8] {
    let start = if index == 0 { 0 } else { ends[index - 1] + gap };
    &bytes[start..ends[index]]
}

/// The highest bit of each ASCII byte that is at most a limit, given as `0x80 - limit - 1` in every byte.
fn small_bytes(word: u64, bound: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW) + bound) | word | LOW)
}

/// One record with its place.
#[derive(Clone, Copy)]
pub struct Record<'r> {
    name: &'r str,
    row: u64,
    headings: &'r [String],
    fields: &'r [u8],
    ends: &'r [usize],
    gap: usize,
}

impl<'r> Record<'r> {
    /// Row as a spreadsheet shows it.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The raw bytes of a field.
    pub fn bytes(&self, index: usize) -> &'r [u8] {
        field(self.fields, self.ends, self.gap, index)
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

/// A short decimal number without sign or exponent: exact, because its digits and the power of ten both fit a float.
pub fn parse_decimal(bytes: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if bytes.len() > 16 {
        return None;
    }
    let (mut digits, mut decimals, mut value) = (0, None, 0_u64);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                value = value * 10 + u64::from(byte - b'0');
            }
            b'.' if decimals.is_none() => decimals = Some(digits),
            _ => return None,
        }
    }
    let power = POWERS.get(decimals.map_or(0, |before| digits - before))?;
    (0 < digits && digits <= 15).then(|| value as f64 / power)
}

/// A plain finite decimal number; words such as `nan` and `inf` are none.
pub fn parse_number(text: &str) -> Option<f64> {
    if let Some(number) = parse_decimal(text.as_bytes()) {
        return Some(number);
    }
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

    proptest::proptest! {
        #[test]
        fn plain_lines_are_read_as_the_general_reader_does(text in "([a-z\u{e9}]{0,3}[,\n\r\" ;]?){0,60}") {
            let mut general = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<Vec<u8>>> =
                general.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            let mut found: Vec<Vec<Vec<u8>>> = Vec::new();
            let mut report = Report::new();
            let input = Input::from_bytes("x.csv", text.as_bytes());
            if let Some(mut records) = Records::open(input, b',', &mut report) {
                let width = records.width;
                found.push((0..width).map(|index| records.bytes(index).to_vec()).collect());
                while records.read_record(&mut report) {
                    found.push((0..records.width).map(|index| records.bytes(index).to_vec()).collect());
                }
            }
            proptest::prop_assert_eq!(found, expected);
        }

        #[test]
        fn short_decimals_are_what_the_standard_library_reads(whole in 0..999_999_999_u64, decimals in "[0-9]{0,6}") {
            let text = if decimals.is_empty() { whole.to_string() } else { format!("{whole}.{decimals}") };
            proptest::prop_assert_eq!(parse_decimal(text.as_bytes()), text.parse::<f64>().ok());
        }
    }

    #[test]
    fn a_line_across_the_end_of_the_buffer_is_whole() {
        let line = "abcdefg,hijklmn\n";
        let text = format!("x,y\n{}", line.repeat(3 * BUFFER / line.len()));
        let (rows, report) = read(text.as_bytes());
        assert!(report.is_empty());
        assert_eq!(rows.len(), 3 * BUFFER / line.len());
        assert!(rows.iter().all(|row| row == &["abcdefg", "hijklmn"]));
    }

    #[test]
    fn words_are_not_numbers() {
        for text in ["nan", "inf", "-inf", "infinity", "1,5", "0x10", "1e999", "", "W"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
        assert_eq!(parse_number("-1.5e3"), Some(-1500.0));
    }
}
