//! What is imposed on a market in a step.

use crate::market::Market;

/// What is imposed in a step, by lane.
#[derive(Clone, PartialEq, Debug)]
pub struct Conditions<const L: usize> {
    /// By link: most that may be sent, t a month.
    pub most: Vec<[f64; L]>,
    /// By link: part of the established flow that is stopped, and the part of the step in which any of it is: what several
    /// measures stop adds up.
    pub stopped: Vec<[(f64, f64); L]>,
    /// By link: whether it is held up, so that its established flow is remembered and orders pile up.
    pub held_up: Vec<[bool; L]>,
    /// By link: whether old orders lapse although it is held up.
    pub lapses: Vec<[bool; L]>,
    /// By link: what is contracted, t a month.
    pub contracted: Vec<[f64; L]>,
    /// By link: export tax, in parts of the expected price.
    pub tax: Vec<[f64; L]>,
    /// By link: premium for remembered risk, in parts of the expected price.
    pub premium: Vec<[f64; L]>,
    /// By link: further months under way; looked at only if the instruments have a delay.
    pub delay: Vec<[f64; L]>,
    /// By plant: capacity in parts of the base.
    pub capacity: Vec<[f64; L]>,
    /// By plant: what it is paid beyond the price, USD for a kilogram of activity.
    pub support: Vec<[f64; L]>,
    /// By limit: most that may pass, t a month; infinite for none.
    pub limit: Vec<[f64; L]>,
    /// By node: part of the supply that is at risk.
    pub risk: Vec<[f64; L]>,
    /// By node: multiple of the usual cover.
    pub cover: Vec<[f64; L]>,
    /// By node: released from public stocks, t a month.
    pub release: Vec<[f64; L]>,
    /// By public buyer: price at which it buys, USD/kg; 0 for none.
    pub floor: Vec<[f64; L]>,
    /// By sector: multiple of use.
    pub demand: Vec<[f64; L]>,
    /// By sector: multiple of the rate of thrift.
    pub thrift: Vec<[f64; L]>,
}

/// What an engine must be able to do beyond the market's own rows: found from the events.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Instruments {
    /// Nodes with a public buyer, each once.
    pub buyers: Vec<usize>,
    /// Longest further time under way, months.
    pub delay: f64,
}

impl<const L: usize> Conditions<L> {
    /// Nothing beyond the base.
    pub fn none(market: &Market, instruments: &Instruments) -> Self {
        let (links, plants, nodes, sectors) =
            (market.links.len(), market.plants.len(), market.nodes.len(), market.sectors.len());
        Self {
            most: vec![[f64::INFINITY; L]; links],
            stopped: vec![[(0.0, 0.0); L]; links],
            held_up: vec![[false; L]; links],
            lapses: vec![[false; L]; links],
            contracted: vec![[0.0; L]; links],
            tax: market.links.iter().map(|link| [link.tax; L]).collect(),
            premium: market.links.iter().map(|link| [link.premium; L]).collect(),
            delay: vec![[0.0; L]; links],
            capacity: vec![[1.0; L]; plants],
            support: vec![[0.0; L]; plants],
            limit: vec![[f64::INFINITY; L]; market.limits.len()],
            risk: vec![[0.0; L]; nodes],
            cover: vec![[1.0; L]; nodes],
            release: vec![[0.0; L]; nodes],
            floor: vec![[0.0; L]; instruments.buyers.len()],
            demand: vec![[1.0; L]; sectors],
            thrift: vec![[1.0; L]; sectors],
        }
    }
}
