//! Forecasts that were made before the outcome was looked at, and may not change any more.
//!
//! A forecast is one JSON file. Its SHA-256 is written into a list when it is frozen; a test compares every file with the list.

use crate::period::Month;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// The word of this layout.
pub const FORMAT: &str = "lode frozen forecast 1";
/// The list of hashes in the folder `validation`, as `sha256sum` writes and checks it.
pub const LIST: &str = "frozen.sha256";
/// Folders of frozen forecasts: of what had happened but was not looked at, and of what had not happened.
pub const FOLDERS: [&str; 2] = ["blind", "forward"];

/// A frozen forecast.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// [`FORMAT`].
    pub format: String,
    /// What is forecast, in a sentence.
    pub title: String,
    /// Scenario by its name.
    pub scenario: String,
    /// The stated case of the scenario, e.g. what a government is assumed to do.
    pub case: String,
    /// Form of the commodity.
    pub form: String,
    /// Region that exports.
    pub exporter: String,
    /// The month before the announcement: every number is a ratio to it.
    pub ratio_to: String,
    /// Package and its hash.
    pub package: String,
    /// SHA-256 of the package.
    pub package_sha256: String,
    /// Commit of the code.
    pub commit: String,
    /// Seed of the draws.
    pub seed: u64,
    /// Futures.
    pub replicates: u32,
    /// Day on which it was frozen.
    pub frozen_on: String,
    /// What a reader must know.
    pub remarks: Vec<String>,
    /// By month and quantity.
    pub rows: Vec<Row>,
}

/// What is forecast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Spot price outside the exporter.
    PriceOutside,
    /// Spot price inside it.
    PriceInside,
    /// Its exports to all others, t a month.
    Exports,
}

/// One month of one quantity: parts of the futures lie below these ratios to the month before the announcement.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Month.
    pub month: String,
    /// Quantity.
    pub quantity: Quantity,
    /// 5 %.
    pub p05: f64,
    /// 25 %.
    pub p25: f64,
    /// Half.
    pub p50: f64,
    /// 75 %.
    pub p75: f64,
    /// 95 %.
    pub p95: f64,
}

/// Rounds to four digits of meaning, so that the file holds no false precision.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

impl Row {
    /// A row from quantiles.
    pub fn new(month: Month, quantity: Quantity, quantiles: [f64; 5]) -> Self {
        let [p05, p25, p50, p75, p95] = quantiles.map(rounded);
        Self { month: month.to_string(), quantity, p05, p25, p50, p75, p95 }
    }

    fn quantiles(&self) -> [f64; 5] {
        [self.p05, self.p25, self.p50, self.p75, self.p95]
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Frozen {
    /// Everything that is wrong with it.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut say = |wrong: bool, message: &str| {
            if wrong {
                mistakes.push(message.to_owned());
            }
        };
        say(self.format != FORMAT, "format is not the one of this version");
        for (text, name) in [
            (&self.title, "title"),
            (&self.scenario, "scenario"),
            (&self.case, "case"),
            (&self.form, "form"),
            (&self.exporter, "exporter"),
            (&self.package, "package"),
        ] {
            say(text.trim().is_empty(), &format!("{name} is empty"));
        }
        say(
            self.package_sha256.len() != 64 || !is_hexadecimal(&self.package_sha256),
            "package_sha256 is not 64 hexadecimal digits",
        );
        say(self.commit.len() != 40 || !is_hexadecimal(&self.commit), "commit is not 40 hexadecimal digits");
        say(self.replicates < 100, "fewer than 100 futures give no 5 and 95 %");
        say(
            !matches!(crate::period::Period::parse(&self.frozen_on), Some(crate::period::Period::Day(..))),
            "frozen_on is not a day",
        );
        let before = Month::parse(&self.ratio_to);
        say(before.is_none(), "ratio_to is not a month");
        say(self.rows.is_empty(), "there are no rows");
        let mut months: BTreeMap<Quantity, BTreeSet<Month>> = BTreeMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let place = format!("row {}, {}", index + 1, row.month);
            let quantiles = row.quantiles();
            say(
                quantiles.iter().any(|value| !value.is_finite() || *value < 0.0),
                &format!("{place}: a ratio is not a number from zero"),
            );
            say(!quantiles.is_sorted(), &format!("{place}: quantiles fall"));
            match Month::parse(&row.month) {
                None => say(true, &format!("{place}: not a month")),
                Some(month) => {
                    say(before.is_some_and(|before| month <= before), &format!("{place}: not after the base"));
                    say(
                        !months.entry(row.quantity).or_default().insert(month),
                        &format!("{place}: the quantity stands twice"),
                    );
                }
            }
        }
        for (quantity, months) in &months {
            let (first, last) = (months.first().map_or(0, |month| month.0), months.last().map_or(0, |month| month.0));
            say((last - first + 1) as usize != months.len(), &format!("{quantity:?}: months are missing"));
        }
        let spans: BTreeSet<_> = months.values().map(|months| (months.first(), months.last())).collect();
        say(spans.len() > 1, "the quantities do not cover the same months");
        mistakes
    }

    /// The text of the file: header first, then one line for each row.
    pub fn text(&self) -> String {
        let head = Self { rows: Vec::new(), ..self.clone() };
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        let mut text = head.trim_end_matches("[]\n}").to_owned();
        text.push_str("[\n");
        for (index, row) in self.rows.iter().enumerate() {
            let comma = if index + 1 == self.rows.len() { "" } else { "," };
            writeln!(text, "    {}{comma}", serde_json::to_string(row).unwrap_or_default()).unwrap_or_default();
        }
        text.push_str("  ]\n}\n");
        text
    }

    /// Reads the text of a file; an error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let frozen: Self = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mistakes = frozen.mistakes();
        if mistakes.is_empty() { Ok(frozen) } else { Err(mistakes) }
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Writes a forecast as `name`, e.g. `blind/antimony.json`, below a folder and its hash into the list. What is frozen already
/// stays: the same forecast is accepted, another is refused.
pub fn freeze(folder: &Path, name: &str, frozen: &Frozen) -> Result<(), Vec<String>> {
    let mistakes = frozen.mistakes();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    if !FOLDERS.iter().any(|folder| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))) {
        return Err(vec![format!("{name}: forecasts are frozen in {}", FOLDERS.join(" and "))]);
    }
    let failed = |error: std::io::Error| vec![format!("{name}: {error}")];
    let (path, text) = (folder.join(name), frozen.text());
    if path.exists() {
        let there = std::fs::read_to_string(&path).map_err(failed)?;
        return if there == text { Ok(()) } else { Err(vec![format!("{name} is frozen already, with other numbers")]) };
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let list = folder.join(LIST);
    let mut lines = if list.exists() { std::fs::read_to_string(&list).map_err(failed)? } else { String::new() };
    writeln!(lines, "{}  {name}", hash(text.as_bytes())).unwrap_or_default();
    std::fs::write(&path, text).map_err(failed)?;
    std::fs::write(&list, lines).map_err(failed)
}

/// Compares all frozen forecasts with the list: none changed, gone, unlisted, or broken. Gives how many there are.
pub fn check(folder: &Path) -> Result<usize, Vec<String>> {
    let mut mistakes = Vec::new();
    let list = std::fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    for line in list.lines() {
        match line.split_once("  ") {
            Some((hash, name)) => {
                if listed.insert(name, hash).is_some() {
                    mistakes.push(format!("{name} is listed twice"));
                }
            }
            None => mistakes.push(format!("{LIST}: `{line}` is not a hash and a name")),
        }
    }
    let mut found = BTreeSet::new();
    for kind in FOLDERS {
        let Ok(entries) = std::fs::read_dir(folder.join(kind)) else { continue };
        for entry in entries.flatten() {
            let name = format!("{kind}/{}", entry.file_name().to_string_lossy());
            if !name.ends_with(".json") {
                continue;
            }
            match std::fs::read(entry.path()) {
                Err(error) => mistakes.push(format!("{name}: {error}")),
                Ok(bytes) => {
                    match listed.get(name.as_str()) {
                        None => mistakes.push(format!("{name} is not in the list")),
                        Some(listed) if **listed != hash(&bytes) => {
                            mistakes.push(format!("{name} was changed after it was frozen"));
                        }
                        Some(_) => {}
                    }
                    if let Err(wrong) = Frozen::parse(&String::from_utf8_lossy(&bytes)) {
                        mistakes.extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
                    }
                }
            }
            found.insert(name);
        }
    }
    mistakes.extend(listed.keys().filter(|name| !found.contains(**name)).map(|name| format!("{name} is gone")));
    if mistakes.is_empty() { Ok(found.len()) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> Frozen {
        let first = Month::of(2030, 3);
        let row = |after: i32, quantity, median: f64| {
            Row::new(first.after(after), quantity, [0.5, 0.9, 1.0, 1.1, 1.123_456].map(|part| part * median))
        };
        Frozen {
            format: FORMAT.into(),
            title: "Made up for a test".into(),
            scenario: "made-up".into(),
            case: "central".into(),
            form: "gallium".into(),
            exporter: "AUS".into(),
            ratio_to: "2030-02".into(),
            package: "critical-minerals 2026.1".into(),
            package_sha256: "0123456789abcdef".repeat(4),
            commit: "0123456789".repeat(4),
            seed: 1,
            replicates: 1000,
            frozen_on: "2030-04-05".into(),
            remarks: vec!["a remark".into()],
            rows: vec![
                row(0, Quantity::PriceOutside, 1.0),
                row(1, Quantity::PriceOutside, 2.0),
                row(0, Quantity::Exports, 0.0),
                row(1, Quantity::Exports, 0.5),
            ],
        }
    }

    #[test]
    fn a_forecast_is_written_and_read_back() {
        let text = made().text();
        assert_eq!(Frozen::parse(&text).unwrap(), made());
        let line = r#"    {"month":"2030-04","quantity":"price_outside","p05":1.0,"p25":1.8,"p50":2.0,"p75":2.2,"p95":2.247},"#;
        assert!(text.lines().any(|written| written == line), "{text}");
    }

    #[test]
    fn what_is_wrong_with_a_forecast_is_told_at_once() {
        let mut broken = made();
        broken.package_sha256.pop();
        broken.frozen_on = "soon".into();
        broken.replicates = 10;
        broken.rows[0].p05 = 7.0;
        broken.rows[2].p95 = f64::NAN;
        broken.rows[3].month = "2030-02".into();
        let mistakes = broken.mistakes();
        for part in
            ["64 hexadecimal", "not a day", "100 futures", "row 1", "row 3", "not after the base", "same months"]
        {
            assert!(mistakes.iter().any(|mistake| mistake.contains(part)), "{part}: {mistakes:?}");
        }
        assert!(Frozen::parse("{\"format\": 1}").is_err());
        let unknown = made().text().replace("\"seed\"", "\"sead\"");
        assert!(Frozen::parse(&unknown).unwrap_err()[0].contains("sead"));
    }

    #[test]
    fn what_is_frozen_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert_eq!(check(path), Ok(0));
        freeze(path, "blind/one.json", &made()).unwrap();
        freeze(path, "forward/two.json", &made()).unwrap();
        freeze(path, "blind/one.json", &made()).unwrap();
        assert_eq!(check(path), Ok(2));
        let other = Frozen { seed: 2, ..made() };
        assert!(freeze(path, "blind/one.json", &other).unwrap_err()[0].contains("frozen already"));
        assert!(freeze(path, "elsewhere/one.json", &made()).is_err());
        assert!(freeze(path, "blind/three.json", &Frozen { rows: vec![], ..made() }).is_err());
        assert_eq!(check(path), Ok(2));

        std::fs::write(path.join("blind/one.json"), other.text()).unwrap();
        std::fs::write(path.join("blind/four.json"), "{}").unwrap();
        std::fs::remove_file(path.join("forward/two.json")).unwrap();
        let mistakes = check(path).unwrap_err();
        for part in
            ["one.json was changed", "four.json is not in the list", "four.json: missing field", "two.json is gone"]
        {
            assert!(mistakes.iter().any(|mistake| mistake.contains(part)), "{part}: {mistakes:?}");
        }
    }
}
