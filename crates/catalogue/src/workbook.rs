//! Sheets of XLSX workbooks as delimited text, so that one reader serves both and a mistake names the row that the
//! spreadsheet shows.
//!
//! A workbook is a zip archive of XML, and a hostile one is a few kilobytes that fill any memory. So every entry is first
//! unpacked into nothing and counted; what the archive's directory says about sizes is not believed. Cells are then taken
//! one by one, never as the rectangle that a sheet claims to span.

use crate::input::Input;
use crate::records::clip;
use crate::report::Mistake;
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use std::collections::BTreeMap;
use std::io::{self, Cursor};

/// Largest workbook as stored.
const MOST_BYTES: u64 = 64 << 20;
/// Most bytes of all entries unpacked.
const MOST_UNPACKED: u64 = 256 << 20;
/// Most bytes unpacked for each byte stored, beyond what small entries may have anyway.
const MOST_RATIO: u64 = 200;
const RATIO_FREE: u64 = 4 << 20;
const MOST_ENTRIES: usize = 4096;
/// Most cells of a sheet, the blank ones between included, and bytes of their text.
const MOST_CELLS: u64 = 8_000_000;
const MOST_TEXT: usize = 64 << 20;

/// A workbook within bounds.
pub struct Workbook {
    name: String,
    inner: Xlsx<Cursor<Vec<u8>>>,
}

impl Workbook {
    /// Whether these are the first bytes of a zip archive, which a workbook is.
    pub fn may_start_with(start: &[u8]) -> bool {
        start.starts_with(b"PK\x03\x04")
    }

    /// Opens a workbook; `None` if the archive holds none.
    pub fn open(input: Input<'_>) -> Result<Option<Self>, crate::Report> {
        let name = input.name.clone();
        let bytes = input.read_all(MOST_BYTES)?;
        if !unpack_into_nothing(&bytes)
            .map_err(|reason| Mistake::in_file(&name, reason).hint("fetch the file again; is it what it should be?"))?
        {
            return Ok(None);
        }
        let inner = Xlsx::new(Cursor::new(bytes)).map_err(|error| {
            Mistake::in_file(&name, format!("is no workbook that can be read: {}", clip(&error.to_string())))
                .hint("save it again as .xlsx, or the sheet as CSV UTF-8")
        })?;
        Ok(Some(Self { name, inner }))
    }

    /// What a list of plain data does not have: macros, links to other files, and formulas, each with its cell. A value that
    /// a formula left behind may not be what the spreadsheet shows today.
    pub fn living_parts(input: Input<'_>) -> Result<crate::Report, crate::Report> {
        let mut report = crate::Report::new();
        let name = input.name.clone();
        let bytes = input.read_all(MOST_BYTES)?;
        let broken = |error: &dyn std::fmt::Display| {
            Mistake::in_file(&name, format!("the archive is damaged or cut short: {}", clip(&error.to_string())))
        };
        unpack_into_nothing(&bytes).map_err(|reason| Mistake::in_file(&name, reason))?;
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).map_err(|error| broken(&error))?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(|error| broken(&error))?;
            let path = entry.name().to_owned();
            let part = path.to_lowercase();
            if part.ends_with("vbaproject.bin") || part.contains("macrosheets/") {
                let mistake = Mistake::in_file(&name, "holds macros");
                report.push(mistake.hint("save it as .xlsx without macros, or as CSV UTF-8"));
            } else if part.contains("externallinks/") && part.ends_with(".xml") {
                report.push(Mistake::in_file(&name, "links to other files").hint("paste values and save it again"));
            } else if part.contains("worksheets/") && part.ends_with(".xml") {
                let mut sheet = Vec::new();
                io::Read::read_to_end(&mut entry, &mut sheet).map_err(|error| broken(&error))?;
                formulas(&format!("{name} [{}]", clip(&path)), &sheet, &mut report);
            }
        }
        Ok(report)
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sheets in their order.
    pub fn sheets(&self) -> Vec<String> {
        self.inner.sheet_names()
    }

    /// A sheet as text with commas, every row as wide as the widest; the first row is the first of the sheet, even if blank.
    pub fn sheet(&mut self, sheet: &str) -> Result<Text, crate::Report> {
        let name = format!("{} [{}]", self.name, clip(sheet));
        let text = delimited(&mut self.inner, sheet)
            .map_err(|reason| Mistake::in_file(&name, reason).hint("save the sheet as CSV UTF-8"))?;
        Ok(Text { name, bytes: text })
    }
}

/// The text of a sheet.
pub struct Text {
    name: String,
    bytes: Vec<u8>,
}

impl Text {
    /// The text to be read.
    pub fn input(&self) -> Input<'_> {
        Input::from_bytes(&self.name, &self.bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn delimited(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<Vec<u8>, String> {
    let unreadable = |error: XlsxError| format!("cannot be read: {}", clip(&error.to_string()));
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let (mut count, mut bytes, mut width) = (0_u64, 0_usize, 0_u64);
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let text = cell_text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        count += 1;
        bytes = bytes.saturating_add(text.len());
        width = width.max(u64::from(column) + 1);
        if count > MOST_CELLS || bytes > MOST_TEXT {
            return Err(format!("has more than {MOST_CELLS} cells or {MOST_TEXT} bytes of text"));
        }
        rows.entry(row).or_default().insert(column, text);
    }
    let height = rows.last_key_value().map_or(0, |(row, _)| u64::from(*row) + 1);
    if height.saturating_mul(width) > MOST_CELLS {
        return Err(format!("spreads {count} cells over {height} rows and {width} columns"));
    }
    let mut text = Vec::with_capacity(bytes);
    for row in 0..height {
        let cells = u32::try_from(row).ok().and_then(|row| rows.remove(&row)).unwrap_or_default();
        for column in 0..width {
            if column > 0 {
                text.push(b',');
            }
            let cell = u32::try_from(column).ok().and_then(|column| cells.get(&column)).map_or("", String::as_str);
            // Quotes also keep the count of rows where a sheet of one column has a blank row.
            if !cell.is_empty() || width == 1 {
                text.push(b'"');
                text.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
                text.push(b'"');
            }
        }
        text.push(b'\n');
    }
    Ok(text)
}

/// Every formula of a sheet, with the cell that stands before it. Looks at tags only: nothing of the sheet is interpreted.
fn formulas(shown: &str, sheet: &[u8], report: &mut crate::Report) {
    let mut cell = String::new();
    for start in memchr::memchr_iter(b'<', sheet) {
        let rest = &sheet[start + 1..];
        let end =
            rest.iter().take(MOST_NAME).position(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r'));
        let Some(end) = end else { continue };
        // A name may carry a namespace: x:f.
        match rest[..end].rsplit(|byte| *byte == b':').next() {
            Some(b"c") => {
                let tag = &rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())];
                cell = String::from_utf8_lossy(reference(tag).unwrap_or_default()).into_owned();
            }
            Some(b"f") => {
                let digits = cell.find(|letter: char| letter.is_ascii_digit()).unwrap_or(cell.len());
                let (column, row) = cell.split_at(digits);
                let mistake = match row.parse() {
                    Ok(row) => Mistake::in_row(shown, row, "holds a formula").column(&clip(column)),
                    Err(_) => Mistake::in_file(shown, "holds a formula"),
                };
                report.push(mistake.hint("paste values: what a formula gives depends on who opens the file"));
            }
            _ => {}
        }
    }
}

/// Longest name of a tag that is looked at.
const MOST_NAME: usize = 64;

/// The attribute `r` of a cell, e.g. AB7.
fn reference(tag: &[u8]) -> Option<&[u8]> {
    let place = tag.windows(4).position(|window| window[0].is_ascii_whitespace() && window[1..3] == *b"r=")?;
    let quote = tag[place + 3];
    let value = &tag[place + 4..];
    matches!(quote, b'"' | b'\'').then(|| &value[..memchr::memchr(quote, value).unwrap_or(value.len())])
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Unpacks every entry and keeps nothing; whether a workbook is among them.
fn unpack_into_nothing(bytes: &[u8]) -> Result<bool, String> {
    let broken =
        |error: &dyn std::fmt::Display| format!("the archive is damaged or cut short: {}", clip(&error.to_string()));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Ok(false);
    }
    if archive.len() > MOST_ENTRIES {
        return Err(format!("has {} entries; no workbook has so many", archive.len()));
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(&error))?;
        let allowed = left.min(RATIO_FREE.max(entry.compressed_size().saturating_mul(MOST_RATIO)));
        let unpacked =
            io::copy(&mut io::Read::take(entry, allowed + 1), &mut io::sink()).map_err(|error| broken(&error))?;
        if unpacked > allowed {
            return Err("expands far more than data do; this looks like a decompression bomb".to_owned());
        }
        left -= unpacked;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::{Path, PathBuf};

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/workbook").join(name)
    }

    fn complaint(bytes: &[u8]) -> String {
        let opened = Workbook::open(Input::from_bytes("x.xlsx", bytes));
        match opened {
            Err(report) => report.to_string(),
            Ok(None) => "no workbook".into(),
            Ok(Some(mut workbook)) => {
                let first = workbook.sheets().into_iter().next().unwrap_or_default();
                workbook.sheet(&first).err().map_or("read".into(), |report| report.to_string())
            }
        }
    }

    fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn parts(name: &str) -> Vec<(String, Vec<u8>)> {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(fixture(name)).unwrap()).unwrap();
        (0..archive.len())
            .map(|index| {
                let mut entry = archive.by_index(index).unwrap();
                let mut bytes = Vec::new();
                io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
                (entry.name().to_owned(), bytes)
            })
            .collect()
    }

    #[test]
    fn a_sheet_is_text_with_the_rows_that_the_spreadsheet_shows() {
        let mut workbook = Workbook::open(Input::open(&fixture("prices.xlsx")).unwrap()).unwrap().unwrap();
        assert_eq!(workbook.sheets(), ["Contents", "Monthly Prices"]);
        let text = workbook.sheet("Monthly Prices").unwrap();
        let lines: Vec<&str> = std::str::from_utf8(text.bytes()).unwrap().lines().collect();
        assert_eq!(lines[0], "\"World Bank Commodity Price Data (The Pink Sheet)\",,");
        assert_eq!(lines[3], ",,", "a blank row stays");
        assert_eq!(lines[6], "\"2024M01\",\"8000.5\",\"16000.25\"");
        assert_eq!(workbook.sheet("None").err().unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_workbook_or_a_hostile_one_says_so() {
        let spaces = vec![b' '; 16 << 20];
        let mut bomb = zipped(&[("xl/workbook.xml".into(), spaces)]);
        assert!(complaint(&bomb).contains("decompression bomb"));
        // The directory at the end claims that the entry unpacks to 16 bytes.
        let directory = bomb.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        bomb[directory + 24..directory + 28].copy_from_slice(&16_u32.to_le_bytes());
        assert!(complaint(&bomb).contains("decompression bomb"));
        assert_eq!(complaint(&zipped(&[("a.csv".into(), b"a,b\n".to_vec())])), "no workbook");
        assert!(complaint(b"PK\x03\x04 no archive").contains("damaged or cut short"));
        let whole = std::fs::read(fixture("prices.xlsx")).unwrap();
        assert!(complaint(&whole[..whole.len() / 2]).contains("damaged or cut short"));

        let mut far = parts("prices.xlsx");
        let sheet = br#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>"#;
        for (_, bytes) in far.iter_mut().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
            *bytes = sheet.to_vec();
        }
        assert!(complaint(&zipped(&far)).contains("spreads 2 cells over 1048576 rows and 16384 columns"));
    }

    #[test]
    fn formulas_and_macros_are_told_with_their_place() {
        let mut living = parts("prices.xlsx");
        let sheet = br#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="7"><c r="AB7"><f>A1*2</f><v>2</v></c></row></sheetData></worksheet>"#;
        for (_, bytes) in living.iter_mut().filter(|(name, _)| name.starts_with("xl/worksheets/sheet1")) {
            *bytes = sheet.to_vec();
        }
        living.push(("xl/vbaProject.bin".into(), vec![1, 2, 3]));
        let bytes = zipped(&living);
        let text = Workbook::living_parts(Input::from_bytes("bill.xlsx", &bytes)).unwrap().to_string();
        assert!(text.contains("bill.xlsx: holds macros"), "{text}");
        assert!(text.contains("row 7, column AB: holds a formula"), "{text}");
        let plain = zipped(&parts("prices.xlsx"));
        assert!(Workbook::living_parts(Input::from_bytes("bill.xlsx", &plain)).unwrap().is_empty());
    }

    #[test]
    fn damaged_parts_are_reported_and_never_panic() {
        let good = parts("prices.xlsx");
        let mut refused = 0;
        for part in 0..good.len() {
            for place in (0..good[part].1.len()).step_by(29) {
                for byte in *b"<>\"/&0A\0\xff" {
                    let mut changed = good.clone();
                    changed[part].1[place] = byte;
                    refused += usize::from(complaint(&zipped(&changed)) != "read");
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
