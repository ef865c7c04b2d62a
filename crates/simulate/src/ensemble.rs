//! Many runs of one plan: each replicate draws its assumptions, all draws come from the seed.

use crate::draw::Shape;
use crate::event::{Event, Field};
use crate::market::Market;
use crate::mistakes::Mistakes;
use crate::parameters::Parameters;
use crate::trajectory::{Observe, Trajectory};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32};

/// What a range moves.
#[derive(Clone, PartialEq, Debug)]
pub enum Moves {
    /// A parameter of the whole market, by its name.
    Parameter(String),
    /// Months of use that are kept at hand.
    Cover {
        /// Of which form; of all forms if `None`.
        form: Option<String>,
        /// In which country; in all if `None`.
        country: Option<String>,
    },
    /// Elasticity of a use.
    Elasticity {
        /// Which use; all if `None`.
        use_name: Option<String>,
        /// In which country; in all if `None`.
        country: Option<String>,
    },
    /// Multiple of the base price at which a use starts to stop.
    Choke {
        /// Which use; all if `None`.
        use_name: Option<String>,
        /// In which country; in all if `None`.
        country: Option<String>,
    },
    /// Value at stake of an industry, as a multiple of that of the market.
    ValueAtStake {
        /// Which industry; all if `None`.
        industry: Option<String>,
        /// In which country; in all if `None`.
        country: Option<String>,
    },
    /// Elasticity of the activity of a process.
    PlantElasticity {
        /// Which process; all if `None`.
        process: Option<String>,
        /// In which country; in all if `None`.
        country: Option<String>,
    },
    /// A number of an event.
    Event {
        /// Name of the event.
        event: String,
        /// Which number.
        field: Field,
    },
}

/// A number that is not known: where it may lie. One without width sets the number. Later ranges overrule earlier ones.
#[derive(Clone, PartialEq, Debug)]
pub struct Range {
    /// Name; draws are named after it.
    pub id: String,
    /// What it moves.
    pub moves: Moves,
    /// As low as it might be.
    pub low: f64,
    /// Most likely value.
    pub value: f64,
    /// As high as it might be.
    pub high: f64,
    /// How values lie between.
    pub shape: Shape,
}

impl Range {
    /// The assumed ranges of all parameters.
    pub fn of_parameters() -> Vec<Self> {
        Parameters::ASSUMED
            .iter()
            .map(|assumed| Self {
                id: assumed.name.to_owned(),
                moves: Moves::Parameter(assumed.name.to_owned()),
                low: assumed.low,
                value: assumed.value,
                high: assumed.high,
                shape: Shape::Triangular,
            })
            .collect()
    }
}

/// What is run.
#[derive(Clone, Debug)]
pub struct Plan<'p> {
    /// The market at its base.
    pub market: &'p Market,
    /// Parameters that no range moves.
    pub parameters: Parameters,
    /// What is not known.
    pub ranges: &'p [Range],
    /// What happens.
    pub events: &'p [Event],
    /// Months of the run.
    pub horizon_months: u32,
    /// Steps of a month: 2 where halts matter.
    pub steps_per_month: u32,
    /// Calendar month of the first month, 1 for January: quotas start anew with the year.
    pub first_month: u32,
    /// Number of runs.
    pub replicates: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Threads. The result does not depend on it.
    pub threads: usize,
    /// What is looked at.
    pub observe: &'p Observe,
}

/// How far an ensemble is, and a way to stop it from another thread.
#[derive(Default)]
pub struct Progress {
    /// Replicates done.
    pub done: AtomicU32,
    /// Set to stop.
    pub cancel: AtomicBool,
    /// Called with the number done whenever it grows, from whichever thread made it grow.
    pub report: Option<Box<dyn Fn(u32) + Sync + Send>>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("done", &self.done).field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// Where a number lies over all replicates: below `p05` lie 5 % of them, and so on.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Band {
    pub p05: f64,
    pub p10: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p95: f64,
}

/// How much of the variance of a figure comes from a range alone.
#[derive(Clone, PartialEq, Debug)]
pub struct Sensitivity {
    /// Place of the figure.
    pub figure: usize,
    /// Name of the range.
    pub range: String,
    /// Part of the variance, between 0 and 1. Parts sum to less than 1 where ranges work together.
    pub share: f64,
    /// Mean of the figure where the range is in its lowest part.
    pub at_low: f64,
    /// Mean of the figure where the range is in its highest part.
    pub at_high: f64,
}

/// What came out.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The run with every range at its value and every other draw at its middle.
    pub central: Trajectory,
    /// By series, then month.
    pub series: Vec<Vec<Band>>,
    /// By figure.
    pub figures: Vec<Band>,
    /// By figure, then range, the largest share first.
    pub sensitivity: Vec<Sensitivity>,
    /// Replicates.
    pub replicates: u32,
    /// Steps of the market that were solved.
    pub steps: u64,
    /// Steps in which the general solver had to help.
    pub fell_back: u64,
}

/// A replicate that came to a month without solution.
#[derive(Clone, PartialEq, Debug)]
pub struct UnsolvedMonth {
    /// Which replicate; `None` for the central run.
    pub replicate: Option<u32>,
    /// Which month, from 0.
    pub month: u32,
    /// Where.
    pub unsolved: crate::engine::Unsolved,
}

/// Why there is no outcome.
#[derive(Clone, PartialEq, Debug)]
pub enum Failure {
    /// The plan is wrong.
    Mistakes(Mistakes),
    /// Some replicates came to a month without solution.
    Unsolved {
        /// How many of them.
        count: u32,
        /// The first of them, in their order.
        first: Vec<UnsolvedMonth>,
    },
    /// It was cancelled.
    Cancelled,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistakes(mistakes) => mistakes.fmt(f),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Unsolved { count, first } => {
                write!(f, "{count} replicates came to a month without solution; no result is given")?;
                for month in first {
                    match month.replicate {
                        Some(replicate) => write!(f, "\nreplicate {replicate}")?,
                        None => f.write_str("\ncentral run")?,
                    }
                    write!(f, ", month {}: {}", month.month, month.unsolved)?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Failure {}
