//! Countries by ISO 3166-1 alpha-3 code, and dated groups of them.

use crate::{Provenance, Year};
use std::fmt;

/// ISO 3166-1 alpha-3 code, or a source's own three-character code where ISO has none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// The world as a whole.
    pub const WORLD: CountryCode = CountryCode(*b"WLD");
    /// All countries that a source does not list by name.
    pub const OTHER: CountryCode = CountryCode(*b"OTH");
    /// `Other Asia, not elsewhere specified` in trade records, which is mostly Taiwan.
    pub const OTHER_ASIA: CountryCode = CountryCode(*b"S19");

    /// Reads three upper-case letters or digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).then_some(Self(bytes))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // The constructors admit ASCII only.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Whether this is one country rather than a total or a remainder.
    pub fn is_single(self) -> bool {
        self != Self::WORLD && self != Self::OTHER
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A country or territory with the names that sources and users write.
#[derive(Clone, PartialEq, Debug)]
pub struct Country {
    /// Its code.
    pub code: CountryCode,
    /// ISO 3166-1 alpha-2, empty where there is none.
    pub iso2: String,
    /// ISO 3166-1 numeric.
    pub numeric: Option<i64>,
    /// English name.
    pub name_en: String,
    /// Japanese name, empty where not known.
    pub name_ja: String,
    /// Codes of this country in BACI, former territories included.
    pub baci_codes: Vec<u32>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A member of a dated group.
#[derive(Clone, PartialEq, Debug)]
pub struct CountryGroup {
    /// Name of the group, e.g. `EU27`.
    pub group: String,
    /// The member.
    pub country: CountryCode,
    /// First day, month or year of membership; empty if not stated.
    pub from: String,
    /// Last day, month or year; empty if current.
    pub to: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl CountryGroup {
    /// Whether the membership holds at the end of a year.
    pub fn holds_in(&self, year: Year) -> bool {
        let year_of = |text: &str| text.get(..4).and_then(|digits| digits.parse::<Year>().ok());
        year_of(&self.from).is_none_or(|from| from <= year) && year_of(&self.to).is_none_or(|to| to > year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_capital_letters_or_digits() {
        assert_eq!(CountryCode::parse("JPN").map(|code| code.to_string()), Some("JPN".to_owned()));
        assert_eq!(CountryCode::parse("S19"), Some(CountryCode::OTHER_ASIA));
        for wrong in ["", "JP", "jpn", "JAPAN", "日本", "J\u{e9}"] {
            assert_eq!(CountryCode::parse(wrong), None, "{wrong}");
        }
    }
}
