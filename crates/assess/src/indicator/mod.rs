//! The indicators. To add one: write its file and add its lines to the list here.

pub mod concentration;
pub mod dependence;
pub mod eu_supply_risk;
pub mod geopolrisk;
pub mod net_import_reliance;

use crate::{Card, Measure, Query};
use lode_model::World;

/// A measure of a World.
pub trait Indicator: Sync {
    /// Its method card.
    fn card(&self) -> &'static Card;

    /// Its answers to a question, one for each year or row asked for; `not enough data` is an answer too.
    fn assess(&self, world: &World, query: &Query) -> Vec<Measure>;
}

/// Every indicator, in the order in which they are listed to users.
pub fn all() -> &'static [&'static dyn Indicator] {
    &[
        &dependence::Dependence,
        &concentration::LARGEST,
        &concentration::LARGEST_THREE,
        &concentration::HERFINDAHL_HIRSCHMAN,
        &concentration::HERFINDAHL_HIRSCHMAN_NORMALISED,
        &net_import_reliance::NetImportReliance,
        &eu_supply_risk::EuSupplyRisk,
        &geopolrisk::MINE,
        &geopolrisk::REFINED,
    ]
}

/// The indicator with an id.
pub fn find(id: &str) -> Option<&'static dyn Indicator> {
    all().iter().copied().find(|indicator| indicator.card().id == id)
}
