//! The model's futures of an episode: a built-in scenario run on the market of its time, every replicate kept.

use crate::period::Month;
use crate::points::{Market as Place, Point};
use crate::readings::{Border, Futures, PriceKind};
use lode_catalogue::{Report, read_market};
use lode_simulate::{Market, Observe, Progress, Quantity, Summary, Trajectory};
use lode_study::market::{self, Request};
use lode_study::{Day, Options, Session};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is run for an episode or a forecast.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The scenario by its name.
    pub scenario: &'static str,
    /// Its case.
    pub case: Option<&'static str>,
    /// Folder of tables of another market, below `validation`.
    pub market: Option<&'static str>,
    /// Chains to run; those of the scenario if empty.
    pub chains: &'static [&'static str],
    /// Who restricts.
    pub exporter: &'static str,
    /// Who is looked at.
    pub importer: &'static str,
    /// Months to run.
    pub months: u32,
}

/// The three episodes of the past by their letters.
pub const EPISODES: [(&str, Setup); 3] = [
    (
        "a",
        Setup {
            scenario: "senkaku-2010",
            case: None,
            market: Some("rare-earths-2010/market"),
            chains: &[],
            exporter: "CHN",
            importer: "JPN",
            months: 72,
        },
    ),
    (
        "b",
        Setup {
            scenario: "gallium-germanium-2023",
            case: Some("licence-only"),
            market: None,
            chains: &[],
            exporter: "CHN",
            importer: "JPN",
            months: 15,
        },
    ),
    (
        "c",
        Setup {
            scenario: "heavy-rare-earths-2025",
            case: Some("deal-of-june"),
            market: None,
            chains: &[],
            exporter: "CHN",
            importer: "JPN",
            months: 14,
        },
    ),
];

/// How it is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Futures.
    pub replicates: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Threads; no result depends on it.
    pub threads: usize,
    /// Numbers that are set by name, as `lode simulate --set` takes them.
    pub set: Vec<String>,
}

/// The built-in World.
pub fn session() -> Result<Session, Report> {
    let day = Day { year: 2026, month: 11, day: 25 };
    Session::open(&Options::built_in(day))
}

/// Futures of an episode.
#[derive(Clone, Debug)]
pub struct Run {
    /// The market at its base.
    pub market: Market,
    exporter: String,
    first: Month,
    trajectories: Vec<Trajectory>,
    /// By node: usual use, t a month.
    used: Vec<f64>,
    prices: Vec<Option<[usize; 2]>>,
    links: BTreeMap<String, Vec<(usize, [usize; 2])>>,
    stops: Vec<Option<usize>>,
    /// What a reader must know.
    pub remarks: Vec<String>,
}

/// Forms that points name.
pub fn forms_of<'p>(points: impl Iterator<Item = &'p Point>) -> BTreeSet<String> {
    let quantities = points.filter_map(|point| point.quantity.as_ref());
    quantities.flat_map(|quantity| quantity.forms.iter().map(|(form, _)| form.clone())).collect()
}

/// Runs a setup and keeps what is asked of some forms.
pub fn run(session: &Session, setup: &Setup, forms: &BTreeSet<String>, settings: &Settings) -> Result<Run, Report> {
    let mut session = session.clone();
    let scenario = market::scenario(&session, setup.scenario, None)?;
    if let Some(tables) = setup.market {
        session.world.market = read_market(&crate::folder().join(tables), &session.world)?.market;
    }
    let request = Request {
        scenario,
        case: setup.case.map(str::to_owned),
        country: setup.importer.to_owned(),
        chains: setup.chains.iter().map(|chain| (*chain).to_owned()).collect(),
        regions: Vec::new(),
        replicates: settings.replicates,
        seed: settings.seed,
        horizon: Some(setup.months),
        set: settings.set.clone(),
        threads: settings.threads,
    };
    let (mut prices, mut links, mut stops) = (Vec::new(), BTreeMap::<_, Vec<_>>::new(), Vec::new());
    let look = |market: &Market| {
        let mut observe = Observe::default();
        for (node, at) in market.nodes.iter().enumerate() {
            let seen = forms.contains(&at.form);
            prices.push(seen.then(|| {
                [Quantity::Price { node }, Quantity::ContractPrice { node }]
                    .map(|quantity| observe.series("", quantity))
            }));
            let stop = (seen && at.country == setup.importer).then(|| observe.figure("", Summary::FirstStop { node }));
            stops.push(stop);
        }
        for (index, link) in market.links.iter().enumerate() {
            let form = &market.nodes[link.from].form;
            if forms.contains(form) {
                let one = || vec![index];
                let seen = [Quantity::Sent { links: one() }, Quantity::Arrived { links: one() }]
                    .map(|quantity| observe.series("", quantity));
                links.entry(form.clone()).or_default().push((index, seen));
            }
        }
        observe
    };
    let found = market::futures(&session, &request, look, &Progress::default())?;
    let start = found.scenario.start;
    Ok(Run {
        exporter: setup.exporter.to_owned(),
        first: Month::of(start.year, start.month as i32),
        trajectories: found.trajectories,
        used: found.market.use_at_base(),
        market: found.market,
        prices,
        links,
        stops,
        remarks: found.remarks,
    })
}

impl Run {
    /// First month of the run.
    pub fn first(&self) -> Month {
        self.first
    }

    /// A series of a replicate in a month; its base before the run, nothing after it.
    fn at(&self, replicate: usize, series: usize, month: Month, base: f64) -> Option<f64> {
        match usize::try_from(month.0 - self.first.0) {
            Err(_) => Some(base),
            Ok(at) => self.trajectories[replicate].series[series].get(at).copied(),
        }
    }
}

impl Futures for Run {
    fn replicates(&self) -> usize {
        self.trajectories.len()
    }

    fn amount(
        &self,
        replicate: usize,
        border: Border,
        form: &str,
        exporter: &str,
        importer: &str,
        month: Month,
    ) -> Option<f64> {
        let mut sum = None;
        for (index, series) in self.links.get(form)? {
            let link = &self.market.links[*index];
            let (from, to) = (&self.market.nodes[link.from].country, &self.market.nodes[link.to].country);
            let meant = |wanted: &str, place: &str| wanted == "*" || wanted == place;
            // Customs do not see what is undeclared.
            let seen = link.premium == 0.0 && from != to;
            if seen && meant(exporter, from) && meant(importer, to) {
                let series = series[usize::from(border == Border::Importer)];
                *sum.get_or_insert(0.0) += self.at(replicate, series, month, link.amount)?;
            }
        }
        sum
    }

    fn price(&self, replicate: usize, kind: PriceKind, form: &str, place: Place, month: Month) -> Option<f64> {
        // The market of 2009 counts metals as oxides.
        let oxide = form.strip_suffix("metal").map(|group| format!("{group}oxide"));
        let form = match &oxide {
            Some(oxide) if self.market.nodes.iter().all(|at| at.form != form) => oxide,
            _ => form,
        };
        let (mut above, mut below) = (0.0, 0.0);
        for (node, at) in self.market.nodes.iter().enumerate().filter(|(_, at)| at.form == form) {
            let meant = match place {
                Place::Inside => at.country == self.exporter,
                Place::Outside => at.country != self.exporter,
                Place::World => true,
            };
            if let (true, Some(series)) = (meant, self.prices[node]) {
                let series = series[usize::from(kind == PriceKind::Contract)];
                // Inside the exporter there is one market, used there or not.
                let weight = if place == Place::Inside { 1.0 } else { self.used[node] };
                above += weight * self.at(replicate, series, month, at.price)?;
                below += weight;
            }
        }
        (below > 0.0).then(|| above / below)
    }

    fn first_stop(&self, replicate: usize, forms: &[(String, f64)], importer: &str, from: Month) -> Option<f64> {
        let nodes = self.market.nodes.iter().enumerate().filter(|(_, at)| at.country == importer);
        let days = f64::from(from.0 - self.first.0) * 365.25 / 12.0;
        nodes
            .filter(|(_, at)| forms.iter().any(|(form, _)| *form == at.form))
            .filter_map(|(node, _)| self.stops[node])
            .map(|figure| (self.trajectories[replicate].figures[figure] - days).max(0.0))
            .min_by(f64::total_cmp)
    }
}

/// Reads a file of the folder `validation`.
pub fn read(file: impl AsRef<Path>) -> std::io::Result<String> {
    std::fs::read_to_string(crate::folder().join(file))
}
