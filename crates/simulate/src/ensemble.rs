//! Many runs of one plan: each replicate draws its assumptions, all draws come from the seed.

use crate::behaviour::Behaviour;
use crate::conditions::Instruments;
use crate::draw::{self, Shape};
use crate::engine::Engine;
use crate::event::{self, Event, Field};
use crate::market::Market;
use crate::mistakes::Mistakes;
use crate::parameters::Parameters;
use crate::programme::{self, Programme};
use crate::record::Record;
use crate::sketch::Sketch;
use crate::trajectory::{Observe, Quantity, Summary, Trajectory};
use std::array::from_fn;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

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
    /// What use of a form at base prices is multiplied by in a year.
    Growth {
        /// Of which form; of all forms if `None`.
        form: Option<String>,
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
    /// By figure: its values in [`DOTS`] equally likely futures, the lowest first.
    pub dots: Vec<Vec<f64>>,
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
                for month in first.iter().take(3) {
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

/// Equally likely futures in which a figure is shown where a band says too little.
pub const DOTS: usize = 50;
/// Replicates that step in one sweep. Results must not depend on the number of threads, so it is always the same.
const LANES: usize = 4;
/// Parts of a range between which a figure is compared.
const STRATA: usize = 10;
/// Most replicates without solution that are told.
const TOLD: usize = 10;
/// Figures are summed as whole numbers of this part, so that the order of summing does not matter.
const PART: f64 = 1.0 / (1_u64 << 20) as f64;
/// Figures beyond this count as this.
const LARGEST: f64 = 1e9;

/// Runs a plan.
///
/// # Errors
///
/// If the plan is wrong, if it was cancelled, or if any replicate came to a month without solution: what is given is whole.
pub fn run(plan: &Plan<'_>, progress: &Progress) -> Result<Outcome, Failure> {
    check(plan).map_err(Failure::Mistakes)?;
    let shared = Shared::new(plan);
    let central = shared.one(None)?;
    let tallies = sweep(
        &shared,
        progress,
        || Tally::new(plan),
        |tally: &mut Tally, runner, lane, replicate, unsolved| {
            match unsolved {
                None => tally.add(runner, lane, replicate, plan),
                Some(month) => tally.fail(month),
            }
            tally.steps += u64::from(plan.horizon_months * plan.steps_per_month);
            tally.fell_back += runner.fell_back[lane];
        },
    )?;
    let mut all = Tally::new(plan);
    tallies.into_iter().for_each(|tally| all.merge(tally));
    if all.failed > 0 {
        return Err(Failure::Unsolved { count: all.failed, first: all.unsolved });
    }
    Ok(all.outcome(plan, central))
}

/// Every replicate of a plan by itself, in their order: what an [`Outcome`] is a summary of. It needs memory for all of them.
///
/// # Errors
///
/// As [`run`].
pub fn replicates(plan: &Plan<'_>, progress: &Progress) -> Result<Vec<Trajectory>, Failure> {
    type Found = (Vec<(u32, Trajectory)>, Vec<UnsolvedMonth>);
    check(plan).map_err(Failure::Mistakes)?;
    let shared = Shared::new(plan);
    let found = sweep(&shared, progress, Found::default, |found, runner, lane, replicate, unsolved| match unsolved {
        None => found.0.push((replicate, runner.record.trajectory(lane))),
        Some(month) => found.1.push(month),
    })?;
    let (mut done, mut first) = Found::default();
    for (mut some, mut unsolved) in found {
        done.append(&mut some);
        first.append(&mut unsolved);
    }
    if !first.is_empty() {
        let count = first.len() as u32;
        first.sort_by_key(|month| month.replicate);
        first.truncate(TOLD);
        return Err(Failure::Unsolved { count, first });
    }
    done.sort_by_key(|(replicate, _)| *replicate);
    Ok(done.into_iter().map(|(_, trajectory)| trajectory).collect())
}

/// Runs all replicates on the threads of the plan; each thread gathers into what it was given, in no certain order.
fn sweep<T: Send>(
    shared: &Shared<'_>,
    progress: &Progress,
    new: impl Fn() -> T + Sync,
    add: impl Fn(&mut T, &Runner<'_>, usize, u32, Option<UnsolvedMonth>) + Sync,
) -> Result<Vec<T>, Failure> {
    let plan = shared.plan;
    let batches = plan.replicates.div_ceil(LANES as u32);
    let next = AtomicU32::new(0);
    let work = || {
        let mut gathered = new();
        let mut runner = shared.runner(&[None; LANES]);
        loop {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            if batch >= batches || progress.cancel.load(Ordering::Relaxed) {
                return gathered;
            }
            let first = batch * LANES as u32;
            let replicates: [Option<u32>; LANES] =
                from_fn(|lane| Some(first + lane as u32).filter(|replicate| *replicate < plan.replicates));
            runner.start(&replicates);
            let unsolved = runner.run(&progress.cancel);
            if progress.cancel.load(Ordering::Relaxed) {
                return gathered;
            }
            for (lane, replicate) in replicates.iter().enumerate() {
                let Some(replicate) = replicate else { continue };
                let unsolved =
                    unsolved[lane].clone().map(|month| UnsolvedMonth { replicate: Some(*replicate), ..month });
                add(&mut gathered, &runner, lane, *replicate, unsolved);
                let done = progress.done.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(report) = &progress.report {
                    report(done);
                }
            }
        }
    };
    let threads = plan.threads.clamp(1, batches.max(1) as usize);
    let gathered: Vec<T> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        // A thread that panicked has said why; its panic goes on here.
        let joined =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(joined).collect()
    });
    if progress.cancel.load(Ordering::Relaxed) { Err(Failure::Cancelled) } else { Ok(gathered) }
}

/// The run with every range at its value and every other draw at its middle.
///
/// # Errors
///
/// If the plan is wrong, or if a month has no solution.
pub fn central(plan: &Plan<'_>) -> Result<Trajectory, Failure> {
    check(plan).map_err(Failure::Mistakes)?;
    Shared::new(plan).one(None)
}

/// One replicate of a plan, as it is in the ensemble.
///
/// # Errors
///
/// If the plan is wrong, or if a month has no solution.
pub fn replicate(plan: &Plan<'_>, replicate: u32) -> Result<Trajectory, Failure> {
    check(plan).map_err(Failure::Mistakes)?;
    Shared::new(plan).one(Some(replicate))
}

/// Everything that is wrong with a plan.
fn check(plan: &Plan<'_>) -> Result<(), Mistakes> {
    let mut mistakes = Mistakes::default();
    for found in [plan.market.check(), event::check(plan.market, plan.events)] {
        mistakes.all.extend(found.err().unwrap_or_default().all);
    }
    if plan.market.check().is_err() {
        return mistakes.into_result();
    }
    for (name, number) in [("horizon", plan.horizon_months), ("steps of a month", plan.steps_per_month)] {
        if number == 0 {
            mistakes.add(format!("the {name} must be 1 or more"));
        }
    }
    let mut parameters = plan.parameters.clone();
    for assumed in Parameters::ASSUMED {
        match parameters.by_name(assumed.name) {
            Some(value) if value.is_finite() && *value >= 0.0 => {}
            Some(value) => mistakes.add(format!("parameter `{}` is {value}; it must be 0 or more", assumed.name)),
            None => {}
        }
    }
    if !(1..=12).contains(&plan.first_month) {
        mistakes.add(format!("there is no month {} in a year", plan.first_month));
    }
    for (at, range) in plan.ranges.iter().enumerate() {
        let Range { id, low, value, high, .. } = range;
        if !(low <= value && value <= high && low.is_finite() && high.is_finite()) {
            mistakes.add(format!("range `{id}`: {value} does not lie between {low} and {high}"));
        }
        if !matches!(range.moves, Moves::Event { .. }) && *low < 0.0 {
            mistakes.add(format!("range `{id}`: {low} is less than 0"));
        }
        if range.shape == Shape::LogTriangular && *low <= 0.0 {
            mistakes.add(format!("range `{id}`: it starts at {low}; one in logarithms must start above 0"));
        }
        // One name is one draw: it may move several things, all between the same ends.
        let ends = |range: &Range| (range.low, range.value, range.high);
        if plan.ranges[..at].iter().any(|other| other.id == *id && ends(other) != ends(range)) {
            mistakes.add(format!("range `{id}`: there are two of this name"));
        }
        let mut behaviour = Behaviour::new(plan.market, plan.parameters.clone());
        if let Moves::Event { event: name, field } = &range.moves {
            let event = plan.events.iter().find(|event| event.id == *name);
            match event {
                None => mistakes.add(format!("range `{id}`: there is no event `{name}`")),
                Some(event) if event.clone().number(*field).is_none() => {
                    mistakes.add(format!("range `{id}`: event `{name}` has no {}", field.name()));
                }
                // What is drawn must be as right as what is written.
                Some(event) => {
                    for end in [low, high] {
                        let mut drawn = event.clone();
                        if let Some(number) = drawn.number(*field) {
                            *number = *end;
                        }
                        let found = event::check(plan.market, &[drawn]).err().unwrap_or_default().all;
                        let new =
                            found.into_iter().filter(|mistake| !mistakes.all.contains(mistake)).collect::<Vec<_>>();
                        mistakes.all.extend(new.into_iter().map(|mistake| format!("range `{id}`: {mistake}")));
                    }
                }
            }
        } else if !range.moves.apply(plan.market, &mut behaviour, *value) {
            mistakes.add(format!("range `{id}`: {} is not in the market", range.moves));
        }
    }
    let series = plan.observe.series.len();
    for figure in &plan.observe.figures {
        let missing = match figure.summary {
            Summary::FirstStop { node } => node >= plan.market.nodes.len(),
            Summary::Month { series: of, month } => of >= series || month >= plan.horizon_months,
            Summary::Sum { series: of }
            | Summary::Within { series: of, .. }
            | Summary::Highest { series: of }
            | Summary::Lowest { series: of }
            | Summary::Recovery { series: of, .. } => of >= series,
        };
        if missing {
            mistakes.add(format!("figure `{}`: it is of something that is not looked at", figure.name));
        }
    }
    let market = plan.market;
    for series in &plan.observe.series {
        let all = |of: &[usize], count: usize| of.iter().all(|at| *at < count);
        let there = match &series.quantity {
            Quantity::Price { node }
            | Quantity::ContractPrice { node }
            | Quantity::Cover { node }
            | Quantity::Stock { node }
            | Quantity::Made { node }
            | Quantity::HaltedFirms { node } => all(&[*node], market.nodes.len()),
            Quantity::PriceRatio { node, beside } => all(&[*node, *beside], market.nodes.len()),
            Quantity::Use { sectors }
            | Quantity::Unmet { sectors }
            | Quantity::Thrift { sectors }
            | Quantity::Shortage { sectors }
            | Quantity::ValueLost { sectors }
            | Quantity::OutputLost { sectors } => all(sectors, market.sectors.len()),
            Quantity::Sent { links } | Quantity::Arrived { links } => all(links, market.links.len()),
        };
        if !there {
            mistakes.add(format!("series `{}`: it is of something that is not in the market", series.name));
        }
    }
    mistakes.into_result()
}

impl fmt::Display for Moves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |f: &mut fmt::Formatter<'_>, what: &str, of: &Option<String>, country: &Option<String>| {
            let of = of.as_deref().map_or(String::new(), |of| format!(" of {of}"));
            let place = country.as_deref().map_or(String::new(), |country| format!(" in {country}"));
            write!(f, "{what}{of}{place}")
        };
        match self {
            Self::Parameter(name) => f.write_str(name),
            Self::Cover { form, country } => of(f, "cover", form, country),
            Self::Elasticity { use_name, country } => of(f, "elasticity", use_name, country),
            Self::Choke { use_name, country } => of(f, "choke", use_name, country),
            Self::Growth { form, country } => of(f, "growth", form, country),
            Self::ValueAtStake { industry, country } => of(f, "value at stake", industry, country),
            Self::PlantElasticity { process, country } => of(f, "elasticity", process, country),
            Self::Event { event, field } => write!(f, "{} of {event}", field.name()),
        }
    }
}

impl Moves {
    /// Sets a number of behaviour; whether there was one to set.
    fn apply(&self, market: &Market, behaviour: &mut Behaviour, value: f64) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let mut found = false;
        match self {
            Self::Parameter(name) => {
                let Some(parameter) = behaviour.parameters.by_name(name) else { return false };
                *parameter = value;
                // What stands at the market's own number in places moves with it.
                let places = match name.as_str() {
                    "cover" => market.nodes.iter().map(|node| node.cover).zip(&mut behaviour.cover).collect(),
                    "use_elasticity" => {
                        market.sectors.iter().map(|sector| sector.elasticity).zip(&mut behaviour.elasticity).collect()
                    }
                    "use_growth" => {
                        for (sector, growth) in market.sectors.iter().zip(&mut behaviour.growth) {
                            *growth = sector.growth + value - 1.0;
                        }
                        Vec::new()
                    }
                    "choke" => market.sectors.iter().map(|sector| sector.choke).zip(&mut behaviour.choke).collect(),
                    _ => Vec::new(),
                };
                places.into_iter().filter(|(own, _)| own.is_none()).for_each(|(_, number)| *number = value);
                return true;
            }
            Self::Cover { form, country } => {
                for (node, cover) in market.nodes.iter().zip(&mut behaviour.cover) {
                    if is(form, &node.form) && is(country, &node.country) {
                        (*cover, found) = (value, true);
                    }
                }
            }
            Self::Elasticity { use_name, country } | Self::Choke { use_name, country } => {
                let numbers = match self {
                    Self::Choke { .. } => &mut behaviour.choke,
                    _ => &mut behaviour.elasticity,
                };
                for (sector, number) in market.sectors.iter().zip(numbers) {
                    if is(use_name, &sector.use_name) && is(country, &market.nodes[sector.node].country) {
                        (*number, found) = (value, true);
                    }
                }
            }
            Self::Growth { form, country } => {
                // What is needed by plants alone grows with what they make.
                found = market.nodes.iter().any(|node| is(form, &node.form) && is(country, &node.country));
                for (sector, growth) in market.sectors.iter().zip(&mut behaviour.growth) {
                    let node = &market.nodes[sector.node];
                    if is(form, &node.form) && is(country, &node.country) {
                        *growth = sector.growth + value - 1.0;
                    }
                }
            }
            Self::ValueAtStake { industry, country } => {
                for (sector, number) in market.sectors.iter().zip(&mut behaviour.value_at_stake) {
                    if is(industry, &sector.industry) && is(country, &market.nodes[sector.node].country) {
                        (*number, found) = (value * sector.value_at_stake, true);
                    }
                }
            }
            Self::PlantElasticity { process, country } => {
                for (plant, number) in market.plants.iter().zip(&mut behaviour.plant_elasticity) {
                    let at = plant.outputs.first().map_or("", |(node, _)| market.nodes[*node].country.as_str());
                    if is(process, &plant.process) && is(country, at) {
                        (*number, found) = (value, true);
                    }
                }
            }
            Self::Event { .. } => found = true,
        }
        found
    }
}

/// What all threads share.
struct Shared<'p> {
    plan: &'p Plan<'p>,
    market: Arc<Market>,
    instruments: Instruments,
}

impl<'p> Shared<'p> {
    fn new(plan: &'p Plan<'p>) -> Self {
        let mut events = plan.events.to_vec();
        for range in plan.ranges {
            if let Moves::Event { event, field: field @ Field::Months } = &range.moves {
                let drawn = events.iter_mut().find(|other| other.id == *event);
                if let Some(number) = drawn.and_then(|event| event.number(*field)) {
                    *number = number.max(range.high);
                }
            }
        }
        Self { instruments: programme::instruments(plan.market, &events), market: Arc::new(plan.market.clone()), plan }
    }

    /// The draw of a name: at the middle for the central run.
    fn draw(&self, replicate: Option<u32>, name: &str) -> f64 {
        replicate.map_or(0.5, |replicate| draw::even(self.plan.seed, name, replicate))
    }

    /// Behaviour and events of a replicate.
    fn assume(&self, replicate: Option<u32>) -> (Behaviour, Vec<Event>) {
        let plan = self.plan;
        let mut behaviour = Behaviour::new(&self.market, plan.parameters.clone());
        let mut events = plan.events.to_vec();
        for range in plan.ranges {
            let value = match replicate {
                None => range.value,
                Some(replicate) => {
                    let draw = draw::latin(plan.seed, &range.id, replicate, plan.replicates);
                    draw::in_range(range.shape, range.low, range.value, range.high, draw)
                }
            };
            match &range.moves {
                Moves::Event { event, field } => {
                    let drawn = events.iter_mut().find(|other| other.id == *event);
                    if let Some(number) = drawn.and_then(|event| event.number(*field)) {
                        *number = value;
                    }
                }
                moves => {
                    moves.apply(&self.market, &mut behaviour, value);
                }
            }
        }
        // A drawn start may lie before what became known at the time written.
        for event in &mut events {
            event.announced = event.announced.min(event.start);
        }
        (behaviour, events)
    }

    fn runner(&self, replicates: &[Option<u32>; LANES]) -> Runner<'_> {
        let months = 1.0 / f64::from(self.plan.steps_per_month);
        let assumed = replicates.map(|replicate| self.assume(replicate).0);
        let engine = Engine::new(&self.market, months, self.instruments.clone(), &assumed);
        let programme =
            Programme::new(&self.market, &self.instruments, self.plan.events, months, self.plan.first_month - 1);
        let record = Record::new(
            self.plan.market,
            self.plan.observe,
            engine.usual(),
            self.plan.horizon_months,
            self.plan.steps_per_month,
        );
        Runner { shared: self, engine, programme, record, fell_back: [0; LANES] }
    }

    /// A replicate, or the central run, in all lanes.
    fn one(&self, replicate: Option<u32>) -> Result<Trajectory, Failure> {
        let mut runner = self.runner(&[replicate; LANES]);
        runner.start(&[replicate; LANES]);
        let [unsolved, ..] = runner.run(&AtomicBool::new(false));
        match unsolved {
            None => Ok(runner.record.trajectory(0)),
            Some(month) => Err(Failure::Unsolved { count: 1, first: vec![UnsolvedMonth { replicate, ..month }] }),
        }
    }
}

/// An engine with its events and what is recorded of them.
struct Runner<'s> {
    shared: &'s Shared<'s>,
    engine: Engine<LANES>,
    programme: Programme<LANES>,
    record: Record<'s, LANES>,
    /// By lane: steps in which the general solver had to help.
    fell_back: [u64; LANES],
}

impl Runner<'_> {
    /// Gives the lanes to replicates. A lane without one runs the central run, and nobody looks.
    fn start(&mut self, replicates: &[Option<u32>; LANES]) {
        let assumed = replicates.map(|replicate| self.shared.assume(replicate));
        let behaviours = from_fn(|lane| assumed[lane].0.clone());
        self.engine.behave(&behaviours);
        self.fell_back = [0; LANES];
        for (lane, (behaviour, events)) in assumed.into_iter().enumerate() {
            let draws = |name: &str| self.shared.draw(replicates[lane], name);
            self.record.start(lane, &behaviour, &draws);
            self.programme.start(lane, events, &behaviour.parameters, &draws);
        }
    }

    /// Runs all months; by lane, the month without solution.
    fn run(&mut self, cancel: &AtomicBool) -> [Option<UnsolvedMonth>; LANES] {
        let plan = self.shared.plan;
        let mut state = self.engine.base();
        let mut conditions = self.programme.none();
        let base = state.clone();
        let mut unsolved: [Option<UnsolvedMonth>; LANES] = from_fn(|_| None);
        for at in 0..plan.horizon_months * plan.steps_per_month {
            if cancel.load(Ordering::Relaxed) {
                break;
            }
            self.programme.impose(at, &state, self.engine.last(), &mut conditions);
            if let Err(open) = self.engine.step(&mut state, &conditions) {
                for unsolved_lane in open {
                    let (lane, month) = (unsolved_lane.lane, at / plan.steps_per_month);
                    unsolved[lane].get_or_insert(UnsolvedMonth { replicate: None, month, unsolved: unsolved_lane });
                    // Nobody looks at the lane any more: it stands at the base until the others are through.
                    state.restore(&base, lane);
                    self.programme.start(lane, Vec::new(), &plan.parameters, &|_| 0.5);
                }
            }
            let step = self.engine.last();
            for (count, fell_back) in self.fell_back.iter_mut().zip(step.fell_back) {
                *count += u64::from(fell_back);
            }
            self.programme.note(step);
            self.record.note(at, step, &state, &conditions);
        }
        unsolved
    }
}

/// What a thread has counted.
struct Tally {
    /// By series, then month.
    series: Vec<Vec<Sketch>>,
    figures: Vec<Figures>,
    unsolved: Vec<UnsolvedMonth>,
    failed: u32,
    steps: u64,
    fell_back: u64,
}

/// Counts of a figure. Sums are whole numbers, so that no order shows in them.
struct Figures {
    sketch: Sketch,
    count: u64,
    sum: i128,
    squares: i128,
    /// By range and stratum: count and sum.
    strata: Vec<[(u64, i128); STRATA]>,
}

impl Tally {
    fn new(plan: &Plan<'_>) -> Self {
        let figures = |_| Figures {
            sketch: Sketch::default(),
            count: 0,
            sum: 0,
            squares: 0,
            strata: vec![[(0, 0); STRATA]; plan.ranges.len()],
        };
        Self {
            series: plan
                .observe
                .series
                .iter()
                .map(|_| (0..plan.horizon_months).map(|_| Sketch::default()).collect())
                .collect(),
            figures: plan.observe.figures.iter().map(figures).collect(),
            unsolved: Vec::new(),
            failed: 0,
            steps: 0,
            fell_back: 0,
        }
    }

    fn add(&mut self, runner: &Runner<'_>, lane: usize, replicate: u32, plan: &Plan<'_>) {
        for (series, months) in self.series.iter_mut().enumerate() {
            months.iter_mut().zip(runner.record.series(series, lane)).for_each(|(sketch, value)| sketch.add(value));
        }
        let strata: Vec<usize> = plan
            .ranges
            .iter()
            .map(|range| {
                let draw = draw::latin(plan.seed, &range.id, replicate, plan.replicates);
                ((draw * STRATA as f64) as usize).min(STRATA - 1)
            })
            .collect();
        for (figure, figures) in self.figures.iter_mut().enumerate() {
            let value = runner.record.figure(figure, lane);
            figures.sketch.add(value);
            // What does not happen within the run counts as its end, to have a variance at all.
            let latest = match plan.observe.figures[figure].summary {
                Summary::FirstStop { .. } => f64::from(plan.horizon_months) * 365.25 / 12.0,
                Summary::Recovery { .. } => f64::from(plan.horizon_months),
                _ => LARGEST,
            };
            let value = value.clamp(-LARGEST, latest);
            let whole = (value / PART) as i128;
            figures.count += 1;
            figures.sum += whole;
            figures.squares += whole * whole;
            for (stratum, strata) in strata.iter().zip(&mut figures.strata) {
                let (count, sum) = &mut strata[*stratum];
                *count += 1;
                *sum += whole;
            }
        }
    }

    fn fail(&mut self, month: UnsolvedMonth) {
        self.failed += 1;
        self.unsolved.push(month);
        self.unsolved.sort_by_key(|month| month.replicate);
        self.unsolved.truncate(TOLD);
    }

    fn merge(&mut self, other: Self) {
        for (months, others) in self.series.iter_mut().zip(other.series) {
            months.iter_mut().zip(others).for_each(|(sketch, other)| sketch.merge(&other));
        }
        for (figures, others) in self.figures.iter_mut().zip(other.figures) {
            figures.sketch.merge(&others.sketch);
            figures.count += others.count;
            figures.sum += others.sum;
            figures.squares += others.squares;
            for (strata, others) in figures.strata.iter_mut().flatten().zip(others.strata.iter().flatten()) {
                strata.0 += others.0;
                strata.1 += others.1;
            }
        }
        let failed = self.failed + other.failed;
        other.unsolved.into_iter().for_each(|month| self.fail(month));
        self.failed = failed;
        self.steps += other.steps;
        self.fell_back += other.fell_back;
    }

    fn outcome(self, plan: &Plan<'_>, central: Trajectory) -> Outcome {
        Outcome {
            central,
            series: self.series.iter().map(|months| months.iter().map(Sketch::band).collect()).collect(),
            figures: self.figures.iter().map(|figures| figures.sketch.band()).collect(),
            dots: self.figures.iter().map(|figures| figures.sketch.dots(DOTS)).collect(),
            sensitivity: self.figures.iter().enumerate().flat_map(|(at, figures)| figures.shares(at, plan)).collect(),
            replicates: plan.replicates,
            steps: self.steps,
            fell_back: self.fell_back,
        }
    }
}

impl Figures {
    /// What each range explains of the variance, the largest share first: the variance between the strata of its draws,
    /// less what chance alone would give.
    fn shares(&self, figure: usize, plan: &Plan<'_>) -> Vec<Sensitivity> {
        let count = self.count as f64;
        let mean = self.sum as f64 * PART / count;
        let all = self.squares as f64 * PART * PART - count * mean * mean;
        if self.count < 4 * STRATA as u64 || all <= 1e-12 * count * mean * mean {
            return Vec::new();
        }
        let mut shares: Vec<Sensitivity> = plan
            .ranges
            .iter()
            .zip(&self.strata)
            .enumerate()
            .filter(|(at, (range, _))| {
                range.high > range.low && plan.ranges[..*at].iter().all(|other| other.id != range.id)
            })
            .map(|(_, (range, strata))| {
                let means = strata.map(|(count, sum)| sum as f64 * PART / count.max(1) as f64);
                let between: f64 =
                    strata.iter().zip(means).map(|((count, _), of)| *count as f64 * (of - mean) * (of - mean)).sum();
                let degrees = (STRATA - 1) as f64;
                let by_chance = degrees * (all - between) / (count - degrees - 1.0);
                Sensitivity {
                    figure,
                    range: range.id.clone(),
                    share: ((between - by_chance) / all).clamp(0.0, 1.0),
                    at_low: means[0],
                    at_high: means[STRATA - 1],
                }
            })
            .collect();
        shares.sort_by(|a, b| b.share.total_cmp(&a.share));
        shares
    }
}
