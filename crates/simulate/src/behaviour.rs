//! What one replicate assumes of everybody's behaviour.

use crate::market::{Cost, Market};
use crate::parameters::Parameters;

/// The behaviour of one replicate: the market's parameters, and the numbers of nodes, sectors and plants that differ from
/// place to place.
#[derive(Clone, PartialEq, Debug)]
pub struct Behaviour {
    /// Parameters that hold everywhere.
    pub parameters: Parameters,
    /// By node: months of use that are kept at hand.
    pub cover: Vec<f64>,
    /// By sector: relative loss of use for a relative rise of the price.
    pub elasticity: Vec<f64>,
    /// By sector: multiple of the base price at which use starts to stop.
    pub choke: Vec<f64>,
    /// By sector: growth of use at base prices, in parts a year.
    pub growth: Vec<f64>,
    /// By sector: value lost with a kilogram that is missing, USD.
    pub value_at_stake: Vec<f64>,
    /// By plant: relative gain of activity for a relative gain of margin; used where the cost is calibrated.
    pub plant_elasticity: Vec<f64>,
}

impl Behaviour {
    /// What a market says, and the parameters where it says nothing.
    pub fn new(market: &Market, parameters: Parameters) -> Self {
        Self {
            cover: market.nodes.iter().map(|node| node.cover.unwrap_or(parameters.cover)).collect(),
            elasticity: market.sectors.iter().map(|s| s.elasticity.unwrap_or(parameters.use_elasticity)).collect(),
            choke: market.sectors.iter().map(|sector| sector.choke.unwrap_or(parameters.choke)).collect(),
            growth: market.sectors.iter().map(|sector| sector.growth + parameters.use_growth - 1.0).collect(),
            value_at_stake: market.sectors.iter().map(|sector| sector.value_at_stake).collect(),
            plant_elasticity: market
                .plants
                .iter()
                .map(|plant| match plant.cost {
                    Cost::Calibrated { elasticity } => elasticity,
                    Cost::Given { .. } => 1.0,
                })
                .collect(),
            parameters,
        }
    }
}
