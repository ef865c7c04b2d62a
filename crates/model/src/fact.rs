//! Smaller records: demand, costs, outlooks, recycling rates, deposits, assumptions, gaps and other sourced facts.

use crate::{CommodityId, CountryCode, Provenance, Quantity, Stage, Year};

/// Demand for a commodity.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// Commodity.
    pub commodity: CommodityId,
    /// Where it is used.
    pub country: CountryCode,
    /// End use, `all` for the total.
    pub end_use: String,
    /// What was measured.
    pub metric: String,
    /// Scenario of an outlook, empty for an observation.
    pub scenario: String,
    /// Year or period.
    pub year: String,
    /// Value as printed.
    pub value_text: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A published outlook of supply.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlook {
    /// Commodity.
    pub commodity: CommodityId,
    /// Stage.
    pub stage: Stage,
    /// Country, world total or rest of the world.
    pub country: CountryCode,
    /// What was projected: `supply`, `capacity`, `share` or `top3-share`.
    pub metric: String,
    /// Case.
    pub scenario: String,
    /// Year.
    pub year: Year,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A cost, incentive price or damage estimate.
#[derive(Clone, PartialEq, Debug)]
pub struct Cost {
    /// Topic.
    pub topic: String,
    /// Item.
    pub item: String,
    /// Stage, region or product.
    pub scope: String,
    /// Commodity where one is meant.
    pub commodity: Option<CommodityId>,
    /// Period as printed.
    pub period: String,
    /// Value as printed.
    pub value_text: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A recycling rate.
#[derive(Clone, PartialEq, Debug)]
pub struct Recycling {
    /// Commodity.
    pub commodity: CommodityId,
    /// Where the rate holds.
    pub region: String,
    /// What the rate measures.
    pub metric: String,
    /// Year of the study.
    pub year: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A deposit with coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct Deposit {
    /// Name.
    pub deposit: String,
    /// Country.
    pub country: CountryCode,
    /// State or province.
    pub region: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Status as printed.
    pub status: String,
    /// Commodity as printed.
    pub commodity_group: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A sourced fact that has no table of its own yet.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// The collection that it belongs to.
    pub topic: String,
    /// Who or what, as printed.
    pub subject: String,
    /// Commodity as printed.
    pub commodity: String,
    /// Country or scope as printed.
    pub country: String,
    /// What was measured.
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

/// What Lode assumes where no source decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumption {
    /// Its id.
    pub id: String,
    /// Indicator that uses it.
    pub used_by: String,
    /// Why this value and range.
    pub reason: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Something known to be missing.
#[derive(Clone, PartialEq, Debug)]
pub struct Gap {
    /// Commodity.
    pub commodity: CommodityId,
    /// Table with the gap.
    pub table: String,
    /// Stage, empty for all.
    pub stage: String,
    /// Since when, empty for all years.
    pub from: String,
    /// Why.
    pub reason: String,
    /// Where it comes from.
    pub provenance: Provenance,
}
