//! Projects that add capacity, one fact to a record.

use crate::{CommodityId, CountryCode, Provenance, Quantity};

/// One sourced fact about a mine, refinery, metal or magnet plant.
#[derive(Clone, PartialEq, Debug)]
pub struct Project {
    /// Project.
    pub project: String,
    /// Sponsor.
    pub company: String,
    /// Countries of its sites.
    pub countries: Vec<CountryCode>,
    /// Commodities.
    pub commodities: Vec<CommodityId>,
    /// Stage as printed.
    pub stage: String,
    /// What the value says.
    pub metric: String,
    /// Period as printed.
    pub period: String,
    /// Value as printed.
    pub value_text: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}
