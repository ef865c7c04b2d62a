//! Numbers of behaviour that hold for a whole market: judgement unless the reason says otherwise.

/// How makers, traders and users behave. Rates are per month.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameters {
    /// Relative loss of use for a relative rise of the price within a month.
    pub use_elasticity: f64,
    /// Multiple of the base price at which use starts to stop.
    pub choke: f64,
    /// Lasting loss of use for a lasting relative rise of the price: thrift and substitution.
    pub thrift_elasticity: f64,
    /// Part of the way to that loss that is gone in a month while prices are high.
    pub thrift_rate: f64,
    /// Part of the way back that is gone in a month while they are low.
    pub thrift_return_rate: f64,
    /// Months of use that are kept at hand.
    pub cover: f64,
    /// Rise of the worth of a tonne at hand, in parts of the price, from a full to an empty stock.
    pub stock_slope: f64,
    /// The same for what is at hand or under way.
    pub position_slope: f64,
    /// The slope above the target, in parts of the slope below.
    pub surplus_slope: f64,
    /// Months over which stock targets follow use.
    pub use_memory: f64,
    /// Part of the way that the expected price goes to the price in a month.
    pub expectation_rate: f64,
    /// How much of a relative price rise is expected to go on. Above 0 it is speculation.
    pub momentum: f64,
    /// Part of the way that the expected price goes back to the long-run price in a month.
    pub long_run_pull: f64,
    /// Relative price gap that doubles an established flow.
    pub friction: f64,
    /// The slope of that gap for less than the established flow, in parts of the slope for more.
    pub friction_down: f64,
    /// Part of the way that an established flow follows the flow in a month: qualification of suppliers.
    pub qualification_rate: f64,
    /// Least flow that a new relation is measured beside, in parts of the use at its destination.
    pub newcomer: f64,
    /// Part of what was blocked that is ordered again.
    pub back_orders: f64,
    /// Part of the back-orders that lapses in a month.
    pub back_orders_lapse: f64,
    /// Rise of stock targets, in parts, where all supply is at risk.
    pub precaution: f64,
    /// Part of the way that stock targets rise in a month.
    pub precaution_rate: f64,
    /// Part of the way that they fall in a month.
    pub precaution_return_rate: f64,
    /// Weight of the newest month in contract prices.
    pub contract_weight: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            use_elasticity: 0.10,
            choke: 25.0,
            thrift_elasticity: 0.35,
            thrift_rate: 1.0 / 18.0,
            thrift_return_rate: 1.0 / 72.0,
            cover: 2.0,
            stock_slope: 0.5,
            position_slope: 0.3,
            surplus_slope: 0.2,
            use_memory: 6.0,
            expectation_rate: 0.3,
            momentum: 0.0,
            long_run_pull: 0.03,
            friction: 0.5,
            friction_down: 0.6,
            qualification_rate: 1.0 / 12.0,
            newcomer: 0.03,
            back_orders: 0.7,
            back_orders_lapse: 0.1,
            precaution: 0.3,
            precaution_rate: 0.5,
            precaution_return_rate: 0.15,
            contract_weight: 0.25,
        }
    }
}

impl Parameters {
    /// What a monthly rate is over a step.
    pub(crate) fn over(rate: f64, months: f64) -> f64 {
        if months == 1.0 { rate } else { 1.0 - libm::pow(1.0 - rate, months) }
    }
}
