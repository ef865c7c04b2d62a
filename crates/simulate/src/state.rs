//! What moves from step to step.

use crate::market::{Link, Market};
use crate::parameters::Parameters;

/// A market in motion.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// By node: at hand, t.
    pub stock: Vec<f64>,
    /// By node: price of the last step, USD/kg.
    pub price: Vec<f64>,
    /// By node: price expected, USD/kg.
    pub expected: Vec<f64>,
    /// By node: price of contracts, USD/kg.
    pub contract: Vec<f64>,
    /// By node: the use or trade that stock targets follow, t a month.
    pub throughput: Vec<f64>,
    /// By node: multiple of the usual stock target.
    pub caution: Vec<f64>,
    /// By sector: use given up by thrift, in parts.
    pub thrift: Vec<f64>,
    /// By sector: use at base prices, in parts of the base.
    pub scale: Vec<f64>,
    /// By link: established flow, t a month.
    pub established: Vec<f64>,
    /// By link: ordered and not sent, t.
    pub back_orders: Vec<f64>,
    /// By link: what arrives in each of the steps to come, t.
    pub under_way: Vec<Vec<f64>>,
}

/// What of a shipment arrives now, and how many steps later the first and the second part arrive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Lag {
    /// Whole steps under way.
    pub steps: usize,
    /// Part that is one step later than that.
    pub later: f64,
}

impl Lag {
    pub fn of(link: &Link, months: f64) -> Self {
        let steps = link.transit.max(0.0) / months;
        Self { steps: steps as usize, later: steps.fract() }
    }

    /// Part that arrives within the step in which it is sent.
    pub fn now(&self) -> f64 {
        if self.steps == 0 { 1.0 - self.later } else { 0.0 }
    }
}

impl State {
    /// The state in which nothing moves at base prices, for steps of a length in months.
    pub fn at_base(market: &Market, parameters: &Parameters, months: f64) -> Self {
        let price: Vec<f64> = market.nodes.iter().map(|node| node.price).collect();
        let throughput = usual_throughput(market);
        let under_way = market.links.iter().map(|link| {
            let lag = Lag::of(link, months);
            // The newest whole step is first to have its later part still to come.
            let mut queue = vec![link.amount * months; lag.steps];
            queue.push(link.amount * months * lag.later);
            queue
        });
        Self {
            stock: throughput.iter().map(|throughput| parameters.cover * throughput).collect(),
            expected: price.clone(),
            contract: price.clone(),
            price,
            throughput,
            caution: vec![1.0; market.nodes.len()],
            thrift: vec![0.0; market.sectors.len()],
            scale: vec![1.0; market.sectors.len()],
            established: market.links.iter().map(|link| link.amount).collect(),
            back_orders: vec![0.0; market.links.len()],
            under_way: under_way.collect(),
        }
    }
}

/// Stock targets of traders follow part of what they send on.
const TRADERS: f64 = 0.3;

/// The larger of what a node uses and part of what it sends on.
pub(crate) fn throughput(used: f64, sent: f64) -> f64 {
    used.max(TRADERS * sent)
}

pub(crate) fn usual_throughput(market: &Market) -> Vec<f64> {
    let mut sent = vec![0.0; market.nodes.len()];
    for link in &market.links {
        sent[link.from] += link.amount;
    }
    market.use_at_base().iter().zip(&sent).map(|(used, sent)| throughput(*used, *sent)).collect()
}
