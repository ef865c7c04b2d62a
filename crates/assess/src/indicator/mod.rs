//! The indicators. To add one: write its file and add its lines to the list here.

pub mod concentration;
pub mod dependence;
pub mod eu_supply_risk;
pub mod geopolrisk;
pub mod most_concentrated_stage;
pub mod n_minus_1;
pub mod net_import_reliance;
pub mod price_volatility;
pub mod stockpile_rule;

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
        &n_minus_1::NMinus1,
        &most_concentrated_stage::MostConcentratedStage,
        &price_volatility::PriceVolatility,
        &stockpile_rule::StockpileRuleTonnes,
    ]
}

/// The indicator with an id.
pub fn find(id: &str) -> Option<&'static dyn Indicator> {
    all().iter().copied().find(|indicator| indicator.card().id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_is_complete_and_every_id_is_unique() {
        let mut ids: Vec<&str> = Vec::new();
        for indicator in all() {
            let card = indicator.card();
            assert!(!ids.contains(&card.id), "{}", card.id);
            ids.push(card.id);
            for (what, text) in [
                ("name_en", card.name_en),
                ("name_ja", card.name_ja),
                ("plain", card.plain),
                ("equation", card.equation),
                ("unit", card.unit),
                ("worked", card.worked),
            ] {
                assert!(!text.is_empty(), "{} has no {what}", card.id);
            }
            assert!(
                !card.symbols.is_empty()
                    && !card.sources.is_empty()
                    && !card.reads.is_empty()
                    && !card.caveats.is_empty()
            );
            assert!(card.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            assert!(std::ptr::eq(find(card.id).unwrap().card(), card));
        }
    }

    #[test]
    fn an_empty_world_gives_not_enough_data_and_no_panic() {
        let query = crate::testing::query("JPN", "rare-earths", 2024);
        for indicator in all() {
            let measures = indicator.assess(&World::empty(), &query);
            assert!(!measures.is_empty() && measures.iter().all(Measure::is_missing), "{}", indicator.card().id);
        }
    }
}
