//! The laboratory: a case of one exporter or of a built-in file, with levers, run beside the same futures without them.
//!
//! What is run is the scenario file that the case stands for, so that `lode simulate` gives the same numbers from the same file.

mod case;
mod levers;
mod offer;
mod outlook;
mod own;
pub mod words;

pub use case::{Case, File, HORIZONS, Licence, MONTHS_BEFORE, MOST_FUTURES, Reach, Shock, Spread};
pub use levers::{Lever, levers};
pub use offer::{FormWord, Happening, Offer, Offered, Unknown, vocabulary};
pub(crate) use outlook::assumption_name;
pub use outlook::{Assumption, Fan, FormFans, How, Loss, Lost, Observed, Outlook, Prices, RunOut, View};
pub use own::{OwnAmount, OwnUse};
pub use words::Name;

use crate::market::{self, Ground, Request, Simulation};
use crate::{Session, names};
use case::Place;
use lode_catalogue::{Mistake, Report};
use lode_scenario::Scenario;
use lode_simulate::Progress;
use lode_simulate::reference::Base;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Markets that are kept at their base.
const MOST_GROUNDS: usize = 24;
/// Runs without levers that are kept.
const MOST_RUNS: usize = 8;
/// Nodes of a focus market, beyond which regions are folded into the rest of the world.
const FOCUS_NODES: usize = 60;
/// Nodes of a market beyond which a preview takes months as its steps instead of half months.
const HALF_MONTH_NODES: usize = 60;
/// Regions that a focus market keeps apart at least.
const FOCUS_REGIONS: usize = 4;

/// How wide to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// Every region of the market.
    Whole,
    /// The largest regions: the rest of the world is one.
    Focus,
}

/// A session with the markets that cases are laid over, made once.
#[derive(Debug)]
pub struct Lab {
    session: Arc<Session>,
    own: Vec<OwnAmount>,
    grounds: Mutex<Vec<(Base, Arc<Ground>)>>,
    runs: Mutex<Vec<(String, Arc<Simulation>)>>,
}

/// A month as `2027-01`.
pub fn month(text: &str) -> Option<lode_scenario::Month> {
    lode_scenario::Month::parse(text)
}

fn no_market() -> Report {
    Mistake::in_file("package", "holds no market: the tables market_* are empty").into()
}

/// Everything that is wanted of a list that was used by another thread when that one broke off is still in it.
fn open<T>(list: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    list.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A case as it is run.
struct Laid {
    with: Scenario,
    without: Scenario,
    ranges: Vec<lode_simulate::Range>,
    how: How,
}

impl Lab {
    /// A laboratory on a session, with what the user holds.
    pub fn new(session: Arc<Session>, own: Vec<OwnAmount>) -> Self {
        Self { session, own, grounds: Mutex::default(), runs: Mutex::default() }
    }

    /// Its session.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// A market at its base, made when it is first asked for.
    fn ground(&self, year: i32, chains: &[String], regions: &[String]) -> Result<Arc<Ground>, Report> {
        self.ground_of(&Base { year, chains: chains.to_vec(), regions: regions.to_vec() })
    }

    fn ground_of(&self, base: &Base) -> Result<Arc<Ground>, Report> {
        let mut grounds = open(&self.grounds);
        if let Some(at) = grounds.iter().position(|(known, _)| known == base) {
            let found = grounds.remove(at);
            let ground = Arc::clone(&found.1);
            grounds.push(found);
            return Ok(ground);
        }
        let ground = Arc::new(Ground::new(&self.session, base)?);
        if grounds.len() >= MOST_GROUNDS {
            grounds.remove(0);
        }
        grounds.push((base.clone(), Arc::clone(&ground)));
        Ok(ground)
    }

    /// The command that gives the numbers of a case from its file.
    pub fn command(&self, case: &Case) -> String {
        let set = case.overrides.iter().map(|(name, value)| format!(" --set {name}={value}")).collect::<String>();
        let country = case::region_or_code(&self.session, &case.country);
        format!(
            "lode simulate --scenario FILE --country {country} --replicates {} --seed {}{set}",
            case.replicates, case.seed
        )
    }

    /// The scenario file of a case, which begins with the command that gives its numbers. What the user holds is not in it.
    pub fn file(&self, case: &Case) -> Result<String, Report> {
        let laid = self.lay(case, Width::Whole, &[])?;
        Ok(format!("# {}\n# {}\n\n{}", self.command(case), self.session.identity(), laid.with.to_text()))
    }

    /// Everything that is wrong with a case.
    pub fn check(&self, case: &Case) -> Result<(), Report> {
        case::check(&self.session, case, &levers(&self.session, &case.country))?;
        // What is set is checked against what can be set.
        let laid = self.lay(case, Width::Whole, &self.own)?;
        market::prepare_on(&self.session, &request(case, &laid, laid.with.clone(), 1), &laid.ranges, |base| {
            self.ground_of(base)
        })
        .map(|_| ())
    }

    fn lay(&self, case: &Case, width: Width, own: &[OwnAmount]) -> Result<Laid, Report> {
        let session = &self.session;
        case::check(session, case, &levers(session, &case.country))?;
        let chains = case::chains(session, case);
        let year = case::base_year(session, case, &chains)?;
        let ground = self.ground(year, &chains, &[])?;
        let tables = &ground.world(session).market;
        let economy = names::economy(&session.world, &case.country, session.day.year)?;
        let region = tables.region_of(&economy.name).ok_or_else(no_market)?.id.clone();
        let place = Place { market: &ground.reference.market, region: &region };
        let read = |text: &str| market::scenario(session, "case", Some(text));
        let without = read(&case::file(session, case, &place, false, own)?)?;
        let with = read(&case::file(session, case, &place, true, own)?)?;
        let (ranges, own) = own::stocks(session, own, &place);
        let pulled = levers(session, &case.country)
            .into_iter()
            .filter(|lever| case.levers.iter().any(|(id, level)| *id == lever.name.id && *level != lever.rest));
        let acts = |id: &str| {
            with.levers.iter().any(|lever| lever.id.as_str() == id || lever.id.as_str().starts_with(&format!("{id}-")))
        };
        let idle = pulled.map(|lever| lever.name.id).filter(|id| !acts(id)).collect();
        let regions = match width {
            Width::Whole => Vec::new(),
            Width::Focus => focus(session, &ground, &with, &region),
        };
        let base = &ground.reference.market;
        let forms = base.nodes.iter().map(|node| node.form.as_str()).collect::<BTreeSet<_>>().len();
        // Of what is kept apart, and the rest of the world.
        let nodes = if regions.is_empty() { base.nodes.len() } else { forms * (regions.len() + 1) };
        let whole_months = width == Width::Focus && nodes > HALF_MONTH_NODES;
        Ok(Laid { with, without, ranges, how: How { regions, whole_months, idle, own } })
    }

    /// Runs a case and the same futures without its levers.
    pub fn run(
        &self,
        case: &Case,
        width: Width,
        replicates: u32,
        threads: usize,
        progress: &Progress,
    ) -> Result<Outlook, Report> {
        let laid = self.lay(case, width, &self.own)?;
        let request = |scenario: &Scenario| Request { threads, ..request(case, &laid, scenario.clone(), replicates) };
        let without = self.kept_run(&request(&laid.without), &laid, progress)?;
        let with = if laid.with == laid.without {
            Arc::clone(&without)
        } else {
            Arc::new(self.simulate(&request(&laid.with), &laid, progress)?)
        };
        Ok(outlook::outlook(&self.session, case, &with, &without, laid.how))
    }

    /// The run of a case with its levers, for what comes after the market.
    pub fn simulation(
        &self,
        case: &Case,
        width: Width,
        replicates: u32,
        threads: usize,
        progress: &Progress,
    ) -> Result<Simulation, Report> {
        let laid = self.lay(case, width, &self.own)?;
        let request = Request { threads, ..request(case, &laid, laid.with.clone(), replicates) };
        self.simulate(&request, &laid, progress)
    }

    fn simulate(&self, request: &Request, laid: &Laid, progress: &Progress) -> Result<Simulation, Report> {
        let mut prepared = market::prepare_on(&self.session, request, &laid.ranges, |base| self.ground_of(base))?;
        if laid.how.whole_months {
            prepared.steps_per_month = 1;
        }
        market::run(prepared, request, progress)
    }

    /// A run without levers, which stays the same while levers move.
    fn kept_run(&self, request: &Request, laid: &Laid, progress: &Progress) -> Result<Arc<Simulation>, Report> {
        // What is set for a lever does not concern the run without it.
        let events: Vec<String> = request.scenario.numbers().into_iter().map(|number| number.name).collect();
        let levers = levers(&self.session, &request.country);
        let is_lever = |text: &String| {
            let name = text.split('=').next().unwrap_or("");
            let Some((event, _)) = name.split_once('.') else { return false };
            let of = |id: &str| event == id || event.starts_with(&format!("{id}-"));
            events.iter().all(|event| event != name) && levers.iter().any(|lever| of(&lever.name.id))
        };
        let set = request.set.iter().filter(|text| !is_lever(text)).cloned().collect();
        let request = Request { set, ..request.clone() };
        let key = format!(
            "{}\n{} {} {} {:?} {} {:?} {:?}",
            request.scenario.to_text(),
            request.country,
            request.replicates,
            request.seed,
            request.regions,
            laid.how.whole_months,
            request.set,
            request.horizon
        );
        let found = open(&self.runs).iter().find(|(known, _)| *known == key).map(|(_, run)| Arc::clone(run));
        if let Some(run) = found {
            return Ok(run);
        }
        let run = Arc::new(self.simulate(&request, laid, progress)?);
        let mut runs = open(&self.runs);
        if runs.len() >= MOST_RUNS {
            runs.remove(0);
        }
        runs.push((key, Arc::clone(&run)));
        Ok(run)
    }
}

fn request(case: &Case, laid: &Laid, scenario: Scenario, replicates: u32) -> Request {
    Request {
        scenario,
        case: None,
        country: case.country.clone(),
        chains: Vec::new(),
        regions: laid.how.regions.clone(),
        replicates,
        seed: case.seed,
        horizon: None,
        set: case.overrides.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        threads: 1,
    }
}

/// The regions that a focus market keeps apart: whom the scenario names, and those that sell most to the region that is looked
/// at; then the largest by what they make and use.
fn focus(session: &Session, ground: &Ground, scenario: &Scenario, region: &str) -> Vec<String> {
    let market = &ground.reference.market;
    let tables = &ground.world(session).market;
    let forms = market.nodes.iter().map(|node| node.form.as_str()).collect::<BTreeSet<_>>().len().max(1);
    let most = (FOCUS_NODES / forms).max(FOCUS_REGIONS);
    let all: BTreeSet<&str> = market.nodes.iter().map(|node| node.country.as_str()).collect();
    if all.len() <= most {
        return Vec::new();
    }
    let mut kept: BTreeSet<String> = BTreeSet::from([region.to_owned()]);
    let mut name = |place: &str| {
        let members: Vec<String> =
            session.world.members(place, scenario.base_year).iter().map(ToString::to_string).collect();
        for code in members.iter().map(String::as_str).chain([place]) {
            if let Some(region) = tables.region_of(code).filter(|region| region.id != "ROW") {
                kept.insert(region.id.clone());
            }
        }
    };
    for control in &scenario.controls {
        control.exporters.iter().for_each(|place| name(place.as_str()));
        if let lode_scenario::Places::Only(places) | lode_scenario::Places::AllExcept(places) = &control.destinations {
            places.iter().for_each(|place| name(place.as_str()));
        }
    }
    scenario.outages.iter().flat_map(|outage| &outage.places).for_each(|place| name(place.as_str()));
    scenario.dumping.iter().flat_map(|event| &event.exporters).for_each(|place| name(place.as_str()));
    scenario.leaks.iter().flat_map(|leak| &leak.exporters).for_each(|place| name(place.as_str()));
    let used = market.use_at_base();
    let size = |country: &str| -> f64 {
        let use_here = market.nodes.iter().zip(&used).filter(|(node, _)| node.country == country);
        let made =
            market.plants.iter().flat_map(|plant| plant.outputs.iter().map(|(node, t)| (node, t * plant.activity)));
        let made = made.filter(|(node, _)| market.nodes[**node].country == country);
        use_here.map(|(node, used)| used * node.price).sum::<f64>()
            + made.map(|(node, tonnes)| tonnes * market.nodes[*node].price).sum::<f64>()
    };
    let mut others: Vec<&str> = all.into_iter().filter(|id| *id != "ROW" && !kept.contains(*id)).collect();
    let sells = |country: &str| -> f64 {
        let flows = market
            .links
            .iter()
            .filter(|link| market.nodes[link.from].country == country && market.nodes[link.to].country == region);
        flows.map(|link| link.amount * market.nodes[link.to].price).sum()
    };
    others.sort_by(|a, b| {
        let weight = |country: &str| (sells(country), size(country));
        let (a_sells, a_size) = weight(a);
        let (b_sells, b_size) = weight(b);
        b_sells.total_cmp(&a_sells).then(b_size.total_cmp(&a_size)).then(a.cmp(b))
    });
    // One place is that of the rest of the world.
    let room = most.saturating_sub(1 + kept.len());
    kept.extend(others.into_iter().take(room).map(str::to_owned));
    kept.into_iter().collect()
}
