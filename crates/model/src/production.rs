//! Production, capacity and reserves by country.

use crate::{CommodityId, CountryCode, Provenance, Quantity, Stage, Year};

/// What was measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProductionMetric {
    /// Output.
    Production,
    /// Installed capacity.
    Capacity,
    /// Announced capacity.
    CapacityPlanned,
    /// Deliveries.
    Shipments,
    /// Use.
    Consumption,
    /// A published share of the world.
    Share,
}

/// Output or capacity of a country or plant at a stage.
#[derive(Clone, PartialEq, Debug)]
pub struct Production {
    /// What is produced.
    pub commodity: CommodityId,
    /// At which stage.
    pub stage: Stage,
    /// By whom.
    pub country: CountryCode,
    /// Plant or firm, empty for the whole country.
    pub entity: String,
    /// Narrower product if the source names one.
    pub product: String,
    /// What was measured.
    pub metric: ProductionMetric,
    /// Year.
    pub year: Year,
    /// Whether this is the value used where sources disagree.
    pub preferred: bool,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Reserves or resources.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReserveMetric {
    /// Economically extractable.
    Reserves,
    /// In the ground.
    Resources,
}

/// Reserves or resources of a country.
#[derive(Clone, PartialEq, Debug)]
pub struct Reserve {
    /// Commodity.
    pub commodity: CommodityId,
    /// Country.
    pub country: CountryCode,
    /// Reserves or resources.
    pub metric: ReserveMetric,
    /// Year of the estimate.
    pub year: Year,
    /// Whether this is the value used where sources disagree.
    pub preferred: bool,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}
