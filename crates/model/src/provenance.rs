//! No number without an origin: every record names one, and says how good it is.

use crate::OriginId;
use std::fmt;

/// How a number came to be, from best to worst; a result is as good as the worst of its inputs, and whatever the user
/// has touched says so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DataQuality {
    /// Printed by the source itself.
    Reported,
    /// Printed by somebody who quotes the source.
    Secondary,
    /// Arithmetic on reported figures.
    Derived,
    /// Marked as an estimate by the source, or vaguely worded.
    Estimated,
    /// Filled in by a stated rule because the source has none.
    Imputed,
    /// Assumed by Lode, with a range and a reason.
    Assumed,
    /// Known to exist and withheld by the source.
    Withheld,
    /// Given by the user in an overlay; the user answers for it.
    User,
}

impl DataQuality {
    /// Every quality with its word, best first.
    pub const ALL: [(DataQuality, &'static str); 8] = [
        (DataQuality::Reported, "reported"),
        (DataQuality::Secondary, "secondary"),
        (DataQuality::Derived, "derived"),
        (DataQuality::Estimated, "estimated"),
        (DataQuality::Imputed, "imputed"),
        (DataQuality::Assumed, "assumed"),
        (DataQuality::Withheld, "withheld"),
        (DataQuality::User, "user"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(quality, _)| *quality == self).map_or("", |(_, word)| word)
    }

    /// Reads the word; `None` if it is no quality.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(quality, _)| *quality)
    }
}

impl fmt::Display for DataQuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whether rows of a release may be passed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redistribution {
    /// With attribution.
    Yes,
    /// Only figures derived from it.
    DerivedOnly,
    /// Single facts with their source.
    Facts,
    /// Read by tests or by the user only.
    No,
}

/// A release or document that numbers come from.
#[derive(Clone, PartialEq, Debug)]
pub struct Origin {
    /// Id that records name.
    pub id: OriginId,
    /// Who published it.
    pub producer: String,
    /// Its title.
    pub title: String,
    /// Version or edition.
    pub version: String,
    /// How to cite it.
    pub citation: String,
    /// Where it was published.
    pub url: String,
    /// When it was published, as printed.
    pub date: String,
    /// Licence or terms.
    pub licence: String,
    /// Whether rows may be passed on.
    pub redistribution: Redistribution,
    /// Read second-hand.
    pub secondary: bool,
    /// SHA-256 of the file that was read, if one was.
    pub sha256: String,
    /// What to mistrust.
    pub note: String,
}

/// The tail that every record carries.
#[derive(Clone, PartialEq, Debug)]
pub struct Provenance {
    /// How good the number is.
    pub quality: DataQuality,
    /// The date that the number speaks for or was last seen, as year, month or day.
    pub as_of: String,
    /// Where it comes from.
    pub origin: OriginId,
    /// Remark of the source or of the harmoniser.
    pub note: String,
}

/// A number as a source gives it: a point, a range, or only a bound.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Quantity {
    /// The central value; `None` where it is withheld or only bounded.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Unit in full, e.g. `t`, `USD/kg`, `percent`.
    pub unit: String,
    /// Mass basis for masses, e.g. `t REO`; else empty.
    pub basis: String,
}

/// A declared correction of a release, with the guard that fails once the source is mended.
#[derive(Clone, PartialEq, Debug)]
pub struct Correction {
    /// Id.
    pub id: String,
    /// Release that is corrected.
    pub origin: OriginId,
    /// Which row, as `column=value` pairs.
    pub matches: String,
    /// Which column.
    pub field: String,
    /// `drop`, `override` or `flag`.
    pub action: String,
    /// The wrong value that is expected there.
    pub guard: String,
    /// The new value.
    pub value: String,
    /// Why.
    pub reason: String,
}

/// Two sources for one quantity: which was used, which not, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Reconciliation {
    /// Table of the record.
    pub table: String,
    /// Key of the record.
    pub key: String,
    /// Value used.
    pub used: f64,
    /// Origin of the value used.
    pub used_origin: OriginId,
    /// Value not used.
    pub not_used: f64,
    /// Origin of the value not used.
    pub not_used_origin: OriginId,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_quality_round_trip_and_are_ordered_best_first() {
        for (quality, word) in DataQuality::ALL {
            assert_eq!(DataQuality::parse(word), Some(quality));
            assert_eq!(quality.word(), word);
        }
        assert!(DataQuality::Reported < DataQuality::Estimated && DataQuality::Estimated < DataQuality::Assumed);
        assert_eq!(DataQuality::parse("guess"), None);
    }
}
