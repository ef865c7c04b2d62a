//! Forms: tradable things at a stage, known to customs by a code.

use crate::{CommodityId, FormId, HsSetId, Provenance, Stage};
use std::fmt;

/// A six-digit code of the Harmonized System.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HsCode(u32);

impl HsCode {
    /// Reads six digits, with or without a dot after the fourth; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok().map(Self))
            .flatten()
    }

    /// The code as a number: 284690.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for HsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for HsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What trade record a package holds for a customs code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TradeRecord {
    /// Every flow that the source has.
    Full,
    /// Derived shares of the largest partners only.
    TopPartners,
    /// None that may be passed on.
    None,
}

/// A tradable form of a commodity at a stage, and one customs code that holds it.
#[derive(Clone, PartialEq, Debug)]
pub struct Form {
    /// Its id; a form with several codes has several records.
    pub id: FormId,
    /// What it is a form of.
    pub commodity: CommodityId,
    /// Its stage.
    pub stage: Stage,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Revision of the Harmonized System that the code belongs to.
    pub hs_revision: String,
    /// The customs code.
    pub hs_code: HsCode,
    /// Whether the code holds other commodities too, so that shares can only be bounded.
    pub mixed: bool,
    /// The commodities that share a mixed code.
    pub contains: Vec<String>,
    /// What trade record the package holds.
    pub record: TradeRecord,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A named set of customs codes: one way to define what counts as trade in a commodity.
#[derive(Clone, PartialEq, Debug)]
pub struct HsSet {
    /// Its id.
    pub id: HsSetId,
    /// The commodity measured.
    pub commodity: CommodityId,
    /// The codes, in order.
    pub codes: Vec<HsCode>,
    /// Whether it is the one used when none is named.
    pub default: bool,
    /// English name.
    pub name_en: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customs_codes_have_six_digits() {
        assert_eq!(HsCode::parse("284690").map(HsCode::number), Some(284_690));
        assert_eq!(HsCode::parse("2846.90").map(|code| code.to_string()), Some("284690".to_owned()));
        assert_eq!(HsCode::parse("010121").map(|code| code.to_string()), Some("010121".to_owned()));
        for wrong in ["", "2846", "28469000", "28469x", "２８４６９０"] {
            assert_eq!(HsCode::parse(wrong), None, "{wrong}");
        }
    }
}
