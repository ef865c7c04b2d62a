//! Numbers of behaviour that hold for a whole market: judgement with a wide range unless the reason says otherwise.

/// A parameter as it is assumed: its value, how low and how high it might be, and why.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Assumed {
    /// Name, as in [`Parameters`].
    pub name: &'static str,
    /// Value of the defaults.
    pub value: f64,
    /// As low as it might be.
    pub low: f64,
    /// As high as it might be.
    pub high: f64,
    /// Why.
    pub reason: &'static str,
}

macro_rules! parameters {
    ($($(#[$doc:meta])+ $name:ident = $value:expr, $low:expr, $high:expr, $reason:literal;)*) => {
        /// How makers, traders and users behave. Rates are per month.
        #[derive(Clone, PartialEq, Debug)]
        pub struct Parameters {
            $($(#[$doc])+ pub $name: f64,)*
        }

        impl Default for Parameters {
            fn default() -> Self {
                Self { $($name: $value,)* }
            }
        }

        impl Parameters {
            /// Every parameter with its assumed range and the reason.
            pub const ASSUMED: &[Assumed] =
                &[$(Assumed { name: stringify!($name), value: $value, low: $low, high: $high, reason: $reason },)*];

            /// A parameter by its name.
            pub fn by_name(&mut self, name: &str) -> Option<&mut f64> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

parameters! {
    /// Relative loss of use for a relative rise of the price within a month.
    use_elasticity = 0.045, 0.018, 0.11, "fitted to the prices and amounts of 2010-15; Japan's use of rare earths in 2010-11 gave 0.18 over a year, and a month gives less";
    /// Multiple of the base price at which use starts to stop.
    choke = 15.0, 5.0, 40.0, "in 2011 users paid 10 to 25 times the low prices of 2009, which for dysprosium and neodymium is 3 to 6 times those of 2024, and went on";
    /// What use at base prices is multiplied by in a year.
    use_growth = 1.0, 0.9, 1.1, "judgement: use of a minor metal grows or shrinks by up to a tenth in most years, for reasons that no scenario holds";
    /// Lasting loss of use for a lasting relative rise of the price: thrift and substitution.
    thrift_elasticity = 0.35, 0.25, 0.45, "use of rare earths after 2011; fits gave 0.26 to 0.45";
    /// Part of the way to that loss that is gone in a month while prices are high.
    thrift_rate = 1.0 / 36.0, 1.0 / 72.0, 0.07, "fitted to 2010-15; redesign takes one to several years";
    /// Part of the way back that is gone in a month while they are low.
    thrift_return_rate = 1.0 / 72.0, 1.0 / 120.0, 1.0 / 36.0, "what was saved once stays saved for years";
    /// Months of use that are kept at hand, where a node says nothing of its own.
    cover = 2.5, 0.7, 7.0, "18 to 60 days at a firm, and makers, traders and users stand one behind the other; public targets of 60 to 180 days lie beside them in some countries";
    /// Relative loss of stock targets for a relative rise of the expected price.
    stock_elasticity = 0.3, 0.0, 1.0, "judgement: a stock is money tied up; between the same tonnes (0) and the same worth (1) are kept";
    /// Rise of the worth of a tonne at hand, in parts of the price, from a full to an empty stock.
    stock_slope = 1.5, 0.5, 3.75, "fitted to 2010-15: at an empty stock two to five times the expected price is paid to have some at once";
    /// The same for what is at hand or under way.
    position_slope = 0.3, 0.15, 0.6, "judgement";
    /// The slope above the target, in parts of the slope below.
    surplus_slope = 0.2, 0.1, 0.5, "judgement: surplus is stored cheaply, or prices would fall to nothing in a glut";
    /// Months over which stock targets follow use.
    use_memory = 6.0, 3.0, 12.0, "judgement: half a year of plans";
    /// Part of the way that the expected price goes to the price in a month.
    expectation_rate = 0.3, 0.1, 0.4, "judgement: traders look back a few months";
    /// How much of a relative price rise is expected to go on. Above 0 it is speculation.
    momentum = 0.0, 0.0, 0.2, "0.3 to 0.6 is a scenario of speculation, as in 2011";
    /// Part of the way that the expected price goes back to the long-run price in a month.
    long_run_pull = 0.03, 0.01, 0.06, "without it stocks and expectations swing for years";
    /// Relative price gap that doubles an established flow.
    friction = 0.5, 0.3, 1.5, "monthly Armington elasticities of 1 to 2";
    /// The slope of that gap for less than the established flow, in parts of the slope for more.
    friction_down = 0.6, 0.3, 1.0, "0.3 gives right price ratios and too small flows in 2011, 1 the reverse";
    /// Part of the way that an established flow follows the flow in a month: qualification of suppliers.
    qualification_rate = 1.0 / 12.0, 1.0 / 24.0, 1.0 / 6.0, "qualification of a supplier takes about a year";
    /// Least flow that a new relation is measured beside, in parts of the use at its destination.
    newcomer = 0.03, 0.01, 0.05, "judgement: new relations start with a few parts in a hundred";
    /// Part of what was blocked that is ordered again.
    back_orders = 0.7, 0.4, 1.0, "the rebound of December 2010 and January 2011";
    /// Part of the back-orders that lapses in a month.
    back_orders_lapse = 0.1, 0.05, 0.3, "judgement";
    /// Most that is ordered again, in months of the established flow.
    back_orders_most = 3.0, 1.5, 6.0, "judgement: orders older than a quarter are met elsewhere";
    /// Most of an established flow that is sent in the open days of a step that is closed for the others.
    rush = 1.4, 1.0, 2.0, "September 2010, with three weeks open and one closed, was an ordinary month";
    /// Rise of stock targets, in parts, where all supply is at risk.
    precaution = 1.0, 0.0, 2.0, "fitted to 2010-15: where all supply is at risk buyers want to hold up to three times as much";
    /// Part of the way that stock targets rise in a month.
    precaution_rate = 0.5, 0.3, 0.7, "judgement";
    /// Part of the way that they fall in a month.
    precaution_return_rate = 0.15, 0.08, 0.3, "judgement";
    /// Months after which a risk that has ended is remembered by a third in stock targets.
    risk_memory = 12.0, 6.0, 24.0, "judgement";
    /// Premium on a flow at risk, in parts of the price, where all of it was once stopped.
    risk_premium = 0.15, 0.0, 0.4, "fits of 2010-12 gave 0.3 to 0.5, without them 0.15 gives the right ratios";
    /// Months after which that premium is remembered by a third.
    premium_memory = 36.0, 12.0, 60.0, "Japan's share bought elsewhere grew for years after 2010";
    /// Weight of the newest month in contract prices.
    contract_weight = 0.25, 0.1, 0.5, "contracts are priced by the quarter";
    /// Spread of the months of cover of single firms around the cover of their country, as the deviation of its logarithm.
    firm_spread = 0.5, 0.3, 0.8, "judgement: no survey of firms is public";
    /// Number of firms of which each alone would halt a visible line.
    critical_firms = 20.0, 10.0, 30.0, "judgement: makers of parts that buy from a single qualified supplier";
    /// Part of its supply that a firm does without before it draws on its stock.
    coping = 0.02, 0.0, 0.05, "judgement: small shortfalls are met by scheduling and scrap";
    /// Part of the value at stake that is lost with use that thrift gave up.
    loss_of_thrift = 0.0, 0.0, 0.5, "thrift makes the same goods of less; some of it is goods no longer made";
}

impl Parameters {
    /// What a monthly rate is over a step.
    pub(crate) fn over(rate: f64, months: f64) -> f64 {
        if months == 1.0 { rate } else { 1.0 - libm::pow(1.0 - rate, months) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_lies_in_its_range_and_is_found_by_name() {
        let mut parameters = Parameters::default();
        for assumed in Parameters::ASSUMED {
            assert!(assumed.low <= assumed.value && assumed.value <= assumed.high, "{}", assumed.name);
            assert_eq!(parameters.by_name(assumed.name).copied(), Some(assumed.value));
        }
        assert!(parameters.by_name("luck").is_none());
    }
}
