//! Commodities: elements, groups of elements and minerals.

use crate::{CommodityId, Provenance};

/// What kind of thing a commodity is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommodityKind {
    /// A chemical element.
    Element,
    /// A named group of elements, e.g. the rare earths.
    Group,
    /// A mineral, e.g. natural graphite.
    Mineral,
}

/// What a tonne of a commodity means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MassBasis {
    /// Tonnes of rare-earth-oxide equivalent.
    RareEarthOxide,
    /// Tonnes of contained element.
    Content,
    /// Tonnes of the material itself.
    Gross,
    /// Tonnes of lithium-carbonate equivalent.
    LithiumCarbonateEquivalent,
}

impl MassBasis {
    /// Every basis with its word.
    pub const ALL: [(MassBasis, &'static str); 4] = [
        (MassBasis::RareEarthOxide, "t REO"),
        (MassBasis::Content, "t content"),
        (MassBasis::Gross, "t gross"),
        (MassBasis::LithiumCarbonateEquivalent, "t LCE"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(basis, _)| *basis == self).map_or("", |(_, word)| word)
    }
}

/// An element, group of elements or mineral that is traded, stocked and missed.
#[derive(Clone, PartialEq, Debug)]
pub struct Commodity {
    /// Its id.
    pub id: CommodityId,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Chemical symbol, empty for a group.
    pub symbol: String,
    /// Element, group or mineral.
    pub kind: CommodityKind,
    /// The group that it belongs to.
    pub group: Option<CommodityId>,
    /// What a tonne of it means.
    pub mass_basis: MassBasis,
    /// Host metals when it is won as a by-product.
    pub by_product_of: Vec<String>,
    /// Where it comes from.
    pub provenance: Provenance,
}
