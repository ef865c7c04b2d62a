//! Readers of the real releases, one file each. A reader keeps what its source says; names become ids and rivals are
//! reconciled when a package is built. To add a reader: write its file and add one line here.

pub mod baci;
pub mod bill_of_materials;
pub mod comtrade;
pub mod iea_critical_minerals;
pub mod japan_customs;
pub mod pink_sheet;
pub mod trade_csv;
pub mod trade_record;
pub mod usgs_mcs;
pub mod world_governance;
pub mod world_mining_data;

use crate::input::Input;
use crate::records::{Column, Record, Records};
use crate::report::{Mistake, Report};
use std::collections::BTreeMap;

/// Hands each record of a delimited file to a function, with the places of the columns asked for. Whatever is wrong
/// with the file is in the report.
pub(crate) fn each_record(
    input: Input<'_>,
    delimiter: u8,
    columns: &[Column],
    report: &mut Report,
    mut take: impl FnMut(&Record<'_>, &[Option<usize>], &mut Report),
) {
    let Some(mut records) = Records::open(input, delimiter, report) else { return };
    let Some(places) = records.columns(columns, report) else { return };
    while let Some(record) = records.next(report) {
        take(&record, &places, report);
    }
}

/// Finds keys that stand twice.
pub(crate) struct Unique<K> {
    rows: BTreeMap<K, u64>,
}

impl<K: Ord> Unique<K> {
    pub fn new() -> Self {
        Self { rows: BTreeMap::new() }
    }

    /// Whether the key is new; if it is not, the report says which row had it first.
    pub fn is_new(&mut self, key: K, record: &Record<'_>, column: usize, report: &mut Report) -> bool {
        match self.rows.insert(key, record.row()) {
            None => true,
            Some(first) => {
                let mistake: Mistake = record.mistake(column, format!("repeats the key of row {first}"));
                report.push(mistake.hint("remove one of the two rows"));
                false
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Broken files that every reader must survive with a message.

    use super::*;
    use crate::input::Limits;
    use std::io::{Read, Write};
    use std::path::{Path, PathBuf};

    /// A raw release beside the project, or a line that says that the test was skipped.
    pub fn shared(file: &str) -> Option<PathBuf> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(file);
        if !path.exists() {
            eprintln!("skipped: {file} is not beside the project");
            return None;
        }
        Some(path)
    }

    /// Runs a reader over a text and gives the report as text.
    pub fn complaint(read: &dyn Fn(Input<'_>, &mut Report), text: &[u8]) -> String {
        let mut report = Report::new();
        read(Input::from_bytes("file.csv", text), &mut report);
        report.to_string()
    }

    /// What every reader of delimited text must say of broken files; `good` is a whole file that it accepts.
    pub fn survives_broken_files(read: &dyn Fn(Input<'_>, &mut Report), good: &str) {
        assert!(complaint(read, good.as_bytes()).starts_with("0 mistakes"), "{}", complaint(read, good.as_bytes()));
        assert!(complaint(read, b"").contains("file.csv: is empty"));
        // Cut short in the middle of the last record.
        let cut = good.trim_end().rfind(',').unwrap();
        assert!(
            complaint(read, &good.as_bytes()[..cut]).contains("may be cut short"),
            "cut: {}",
            complaint(read, &good.as_bytes()[..cut])
        );
        // Another delimiter.
        let text = complaint(read, good.replace(',', ";").as_bytes());
        assert!(text.contains("there is no column") && text.contains("semicolon"), "delimiter: {text}");
        // Another encoding, in the headings.
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let text = complaint(read, &utf16);
        assert!(text.contains("not UTF-8") || text.contains("there is no column"), "encoding: {text}");
        // A bomb and an endless line stop within their limits.
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(good.as_bytes()).unwrap();
        std::io::copy(&mut std::io::repeat(b'\n').take(64 << 20), &mut encoder).unwrap();
        let text = complaint(read, &encoder.finish().unwrap());
        assert!(text.contains("decompression bomb"), "bomb: {text}");
        let mut report = Report::new();
        let endless = std::io::Cursor::new(good.as_bytes().to_vec()).chain(std::io::repeat(b'x').take(10 << 30));
        read(
            Input::from_reader("file.csv", endless, Limits { record_bytes: 1 << 16, ..Limits::default() }),
            &mut report,
        );
        assert!(report.to_string().contains("a record is longer than 65536 bytes"), "line: {report}");
    }
}
