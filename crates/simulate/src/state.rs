//! What moves from step to step.

use crate::market::{Link, Market};

/// Markets in motion, one in each lane.
#[derive(Clone, PartialEq, Debug)]
pub struct State<const L: usize> {
    /// By node: at hand, t.
    pub stock: Vec<[f64; L]>,
    /// By node: price of the last step, USD/kg.
    pub price: Vec<[f64; L]>,
    /// By node: price expected, USD/kg.
    pub expected: Vec<[f64; L]>,
    /// By node: price of contracts, USD/kg.
    pub contract: Vec<[f64; L]>,
    /// By node: the use or trade that stock targets follow, t a month.
    pub throughput: Vec<[f64; L]>,
    /// By node: multiple of the usual stock target.
    pub caution: Vec<[f64; L]>,
    /// By sector: use given up by thrift, in parts.
    pub thrift: Vec<[f64; L]>,
    /// By sector: use at base prices, in parts of the base.
    pub scale: Vec<[f64; L]>,
    /// By plant: part of its capacity that is taken up.
    pub adopted: Vec<[f64; L]>,
    /// By link: established flow, t a month.
    pub established: Vec<[f64; L]>,
    /// By link: ordered and not sent, t.
    pub back_orders: Vec<[f64; L]>,
    /// What arrives in each of the steps to come, t: the steps of the first link, then those of the second, and so on.
    pub(crate) queue: Vec<[f64; L]>,
    /// Where the steps of each link start in it.
    pub(crate) starts: Vec<u32>,
}

impl<const L: usize> State<L> {
    /// What arrives over a link in each of the steps to come, t.
    pub fn under_way(&self, link: usize) -> &[[f64; L]] {
        &self.queue[self.starts[link] as usize..self.starts[link + 1] as usize]
    }
}

/// How many steps later the first part of a shipment arrives, and which part a step later than that.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Lag {
    /// Whole steps under way.
    pub steps: usize,
    /// Part that is one step later than that.
    pub later: f64,
}

impl Lag {
    pub fn of(link: &Link, delay: f64, months: f64) -> Self {
        let steps = (link.transit.max(0.0) + delay) / months;
        Self { steps: steps as usize, later: steps.fract() }
    }

    /// Part that arrives within the step in which it is sent.
    pub fn now(&self) -> f64 {
        if self.steps == 0 { 1.0 - self.later } else { 0.0 }
    }
}

/// Stock targets of traders follow part of what they send on.
const TRADERS: f64 = 0.3;

/// The larger of what a node uses and part of what it sends on.
pub(crate) fn throughput(used: f64, sent: f64) -> f64 {
    let traded = TRADERS * sent;
    if used > traded { used } else { traded }
}

pub(crate) fn usual_throughput(market: &Market) -> Vec<f64> {
    let mut sent = vec![0.0; market.nodes.len()];
    for link in &market.links {
        sent[link.from] += link.amount;
    }
    market.use_at_base().iter().zip(&sent).map(|(used, sent)| throughput(*used, *sent)).collect()
}
