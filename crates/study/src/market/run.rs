//! A run: the market at its base, the scenario laid over it, an ensemble, and what each of its series shows.

use super::history;
use super::request::{Request, assumptions, set_all, set_later};
use crate::{Session, names};
use lode_catalogue::{Mistake, Report};
use lode_model::{MarketForm, OriginId, UseMetric, World};
use lode_scenario::{Month, Scenario, Start};
use lode_simulate::compile::{Compiled, compile};
use lode_simulate::ensemble;
use lode_simulate::reference::{Adjustment, Base, Qualities, Reference, build};
use lode_simulate::{
    Event, Failure, Kind, Market, Observe, Outcome, Parameters, Plan, Progress, Quantity, Range, Summary,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a series of an outcome shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// Id of the quantity, e.g. `price`.
    pub quantity: &'static str,
    /// Region in which it is looked at.
    pub region: String,
    /// Form; empty for what is summed over forms.
    pub form: String,
    /// Industry; empty for all.
    pub industry: String,
    /// Unit.
    pub unit: &'static str,
    /// Value at the base, where it has one.
    pub base: Option<f64>,
}

/// What a figure of an outcome shows.
#[derive(Clone, PartialEq, Debug)]
pub struct ShownFigure {
    /// Id of the quantity, e.g. `first-stop`.
    pub quantity: &'static str,
    /// Form; empty for what is summed over forms.
    pub form: String,
    /// Industry; empty for all.
    pub industry: String,
    /// Unit.
    pub unit: &'static str,
    /// Value at the base, where it has one.
    pub base: Option<f64>,
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The scenario as it was run.
    pub scenario: Scenario,
    /// Its case.
    pub case: Option<String>,
    /// Region of the market that the country belongs to.
    pub region: String,
    /// The country as the user wrote it.
    pub country: String,
    /// First month.
    pub start: Month,
    /// Months run.
    pub horizon: u32,
    /// Seed.
    pub seed: u64,
    /// The market.
    pub market: Market,
    /// What happened on it.
    pub events: Vec<Event>,
    /// What was drawn.
    pub ranges: Vec<Range>,
    /// Regions that restrict exports or output.
    pub exporters: BTreeSet<String>,
    /// What the series show.
    pub series: Vec<Shown>,
    /// What the figures show.
    pub figures: Vec<ShownFigure>,
    /// What came out.
    pub outcome: Outcome,
    /// Records that were moved to close balances.
    pub adjustments: Vec<Adjustment>,
    /// How good the base amounts are.
    pub quality: Qualities,
    /// Every origin used.
    pub origins: BTreeSet<OriginId>,
    /// By form: origins of what the market knows of it.
    pub origins_by_form: BTreeMap<String, Vec<String>>,
    /// What a reader must know.
    pub remarks: Vec<String>,
    /// Names of ranges that the user set.
    pub set: Vec<String>,
}

impl Simulation {
    /// The place of a series.
    pub fn series(&self, quantity: &str, form: &str) -> Option<usize> {
        self.series
            .iter()
            .position(|shown| shown.quantity == quantity && shown.form == form && shown.industry.is_empty())
    }

    /// The place of a figure.
    pub fn figure(&self, quantity: &str, form: &str) -> Option<usize> {
        self.figures
            .iter()
            .position(|shown| shown.quantity == quantity && shown.form == form && shown.industry.is_empty())
    }
}

/// Steps of a month: halts begin and end within months.
const STEPS_PER_MONTH: u32 = 2;

/// What is common to all runs of one scenario on one market: made once, run with many seeds or settings.
pub(crate) struct Prepared {
    pub scenario: Scenario,
    pub region: String,
    pub compiled: Compiled,
    pub ranges: Vec<Range>,
    pub adjustments: Vec<Adjustment>,
    pub quality: Qualities,
    pub origins: BTreeSet<OriginId>,
    pub origins_by_form: BTreeMap<String, Vec<String>>,
    pub exporters: BTreeSet<String>,
    pub set: Vec<String>,
    /// Steps of a month; coarser ones are for previews that say so.
    pub steps_per_month: u32,
}

impl Prepared {
    /// What is run, as one looks at it.
    fn plan<'p>(&'p self, request: &Request, observe: &'p Observe) -> Plan<'p> {
        Plan {
            market: &self.compiled.market,
            parameters: Parameters::default(),
            ranges: &self.ranges,
            events: &self.compiled.events,
            horizon_months: request.horizon.unwrap_or(self.scenario.horizon_months.max(1) as u32),
            steps_per_month: self.steps_per_month,
            first_month: self.scenario.start.month,
            replicates: request.replicates,
            seed: request.seed,
            threads: request.threads,
            observe,
        }
    }
}

/// Runs a scenario.
pub fn simulate(session: &Session, request: &Request, progress: &Progress) -> Result<Simulation, Report> {
    run(prepare(session, request)?, request, progress)
}

/// Runs what was prepared.
pub(crate) fn run(prepared: Prepared, request: &Request, progress: &Progress) -> Result<Simulation, Report> {
    let first = first_of(&prepared.compiled.events);
    let first = if first.is_finite() { first as u32 } else { 0 };
    let (observe, series, figures) = look(&prepared.compiled.market, &prepared.region, &prepared.exporters, first);
    let plan = prepared.plan(request, &observe);
    let horizon = plan.horizon_months;
    let outcome = ensemble::run(&plan, progress).map_err(|failure| failed(&prepared.scenario, failure))?;
    Ok(Simulation {
        start: prepared.scenario.start,
        case: request.case.clone(),
        country: request.country.clone(),
        region: prepared.region,
        horizon,
        seed: request.seed,
        market: prepared.compiled.market,
        events: prepared.compiled.events,
        ranges: prepared.ranges,
        exporters: prepared.exporters,
        series,
        figures,
        outcome,
        adjustments: prepared.adjustments,
        quality: prepared.quality,
        origins: prepared.origins,
        origins_by_form: prepared.origins_by_form,
        remarks: prepared.compiled.remarks,
        set: prepared.set,
        scenario: prepared.scenario,
    })
}

/// Every future of a run by itself, as one looks at it: for scores against what came, and for figures that bands do not
/// give.
#[derive(Clone, Debug)]
pub struct Futures {
    /// The scenario as it was run.
    pub scenario: Scenario,
    /// The market.
    pub market: Market,
    /// Regions that restrict exports or output.
    pub exporters: BTreeSet<String>,
    /// What was looked at.
    pub observe: Observe,
    /// By replicate.
    pub trajectories: Vec<lode_simulate::Trajectory>,
    /// What a reader must know.
    pub remarks: Vec<String>,
}

/// Runs a scenario and keeps every future.
pub fn futures(
    session: &Session,
    request: &Request,
    look: impl FnOnce(&Market) -> Observe,
    progress: &Progress,
) -> Result<Futures, Report> {
    let prepared = prepare(session, request)?;
    let observe = look(&prepared.compiled.market);
    let trajectories = ensemble::replicates(&prepared.plan(request, &observe), progress)
        .map_err(|failure| failed(&prepared.scenario, failure))?;
    Ok(Futures {
        scenario: prepared.scenario,
        market: prepared.compiled.market,
        exporters: prepared.exporters,
        observe,
        trajectories,
        remarks: prepared.compiled.remarks,
    })
}

/// Every future of a run by itself, looked at as a run is.
#[derive(Clone, Debug)]
pub struct EveryFuture {
    /// The scenario as it was run.
    pub scenario: Scenario,
    /// Its case.
    pub case: Option<String>,
    /// First month.
    pub start: Month,
    /// What the series show.
    pub series: Vec<Shown>,
    /// By replicate, series and month.
    pub trajectories: Vec<lode_simulate::Trajectory>,
    /// Every origin used.
    pub origins: BTreeSet<OriginId>,
    /// What a reader must know.
    pub remarks: Vec<String>,
}

/// Runs a scenario and keeps every month of every future: the same draws as [`simulate`].
pub fn every_future(session: &Session, request: &Request, progress: &Progress) -> Result<EveryFuture, Report> {
    let prepared = prepare(session, request)?;
    let first = first_of(&prepared.compiled.events);
    let first = if first.is_finite() { first as u32 } else { 0 };
    let (observe, series, _) = look(&prepared.compiled.market, &prepared.region, &prepared.exporters, first);
    let trajectories = ensemble::replicates(&prepared.plan(request, &observe), progress)
        .map_err(|failure| failed(&prepared.scenario, failure))?;
    let mut remarks = prepared.compiled.remarks;
    if !prepared.set.is_empty() {
        remarks.push(format!("Set by the user: {}.", prepared.set.join(", ")));
    }
    remarks.push("Explores, does not forecast: behaviour and most amounts of the base are assumed ranges.".into());
    remarks.push(format!(
        "{} futures, seed {}. From {}, asked on {}.",
        trajectories.len(),
        request.seed,
        session.identity(),
        session.day
    ));
    Ok(EveryFuture {
        case: request.case.clone(),
        start: prepared.scenario.start,
        scenario: prepared.scenario,
        series,
        trajectories,
        origins: prepared.origins,
        remarks,
    })
}

/// A failure as a report.
pub(super) fn failed(scenario: &Scenario, failure: Failure) -> Report {
    let file = format!("scenario {}", scenario.id);
    let mut report = Report::new();
    match failure {
        Failure::Mistakes(mistakes) => {
            mistakes.all.into_iter().for_each(|mistake| report.push(Mistake::in_file(&file, mistake)));
        }
        Failure::Cancelled => report.push(Mistake::in_file(&file, "was cancelled; no result is given")),
        unsolved @ Failure::Unsolved { .. } => report.push(
            Mistake::in_file(&file, unsolved.to_string())
                .hint("lower a severity, give a stock, or name other forms; please report it with the scenario"),
        ),
    }
    report
}

/// Builds the market and lays the scenario over it.
pub(super) fn prepare(session: &Session, request: &Request) -> Result<Prepared, Report> {
    prepare_on(session, request, &[], |base| Ok(Arc::new(Ground::new(session, base)?)))
}

/// A market at its base, before any scenario: made once, many scenarios are laid over it.
#[derive(Debug)]
pub(crate) struct Ground {
    /// The World of an earlier time, if the base year lies before the package's own market.
    earlier: Option<World>,
    pub reference: Reference,
    origins_by_form: BTreeMap<String, Vec<String>>,
}

impl Ground {
    /// Builds it.
    pub fn new(session: &Session, base: &Base) -> Result<Self, Report> {
        let earlier = history::world(&session.world, base.year)?;
        let world = earlier.as_ref().unwrap_or(&session.world);
        let reference = build(world, base).map_err(|mistakes| {
            let mut report = Report::new();
            mistakes.into_iter().for_each(|mistake| report.push(Mistake::in_file("market", mistake)));
            report
        })?;
        let forms = reference.market.nodes.iter().map(|node| node.form.clone()).collect::<BTreeSet<_>>();
        let origins_by_form = forms.into_iter().map(|form| (form.clone(), origins_of(world, &form))).collect();
        Ok(Self { earlier, reference, origins_by_form })
    }

    /// The World whose market it is.
    pub fn world<'w>(&'w self, session: &'w Session) -> &'w World {
        self.earlier.as_ref().unwrap_or(&session.world)
    }
}

/// Lays the scenario over a market that is handed in, with ranges of the user's own after all others.
pub(crate) fn prepare_on(
    session: &Session,
    request: &Request,
    own: &[Range],
    ground: impl FnOnce(&Base) -> Result<Arc<Ground>, Report>,
) -> Result<Prepared, Report> {
    let mut report = Report::new();
    let mut scenario = request.scenario.clone();
    if let Some(case) = &request.case {
        match scenario.in_case(case) {
            Some(found) => scenario = found,
            None => {
                let known: Vec<&str> = scenario.cases.iter().map(|case| case.id.as_str()).collect();
                let hint = if known.is_empty() { "it has none".into() } else { format!("it has {}", known.join(", ")) };
                report.push(
                    Mistake::in_file("command line", format!("scenario {} has no case `{case}`", scenario.id))
                        .hint(hint),
                );
            }
        }
    }
    if !scenario.is_in_market() {
        report.push(
            Mistake::in_file(&format!("scenario {}", scenario.id), scenario.outside_market.clone())
                .hint("the file states facts only; `lode simulate --show` prints them"),
        );
    }
    let economy =
        names::economy(&session.world, &request.country, session.day.year).map_err(|mistake| report.push(mistake));
    let (Ok(economy), true) = (economy, report.is_empty()) else { return Err(report) };
    let chains: Vec<String> = if request.chains.is_empty() {
        scenario.chains.iter().map(|chain| chain.as_str().to_owned()).collect()
    } else {
        request.chains.clone()
    };
    let ground = ground(&Base { year: scenario.base_year, chains, regions: request.regions.clone() })?;
    let world = ground.world(session);
    let Some(region) = world.market.region_of(&economy.name).map(|region| region.id.clone()) else {
        return Err(Mistake::in_file("package", "holds no market: the tables market_* are empty").into());
    };
    // A region that is not kept apart is part of the rest of the world.
    let kept = request.regions.is_empty() || request.regions.contains(&region);
    let region = if kept { region } else { "ROW".to_owned() };

    let reference = &ground.reference;
    let forms: Vec<&str> = {
        let mut forms: Vec<&str> = reference.market.nodes.iter().map(|node| node.form.as_str()).collect();
        forms.dedup();
        forms
    };
    let industries = stakes(world, &reference.market, &region);
    let mut ranges = assumptions(world, &forms, &industries);
    let later = set_all(&mut scenario, &mut ranges, &request.set)?;
    // Forms of chains that are not run are no concern of this run.
    let mut narrowed = scenario.clone();
    narrow(&mut narrowed, &forms);
    let groups: BTreeMap<String, Vec<String>> = world
        .country_groups
        .iter()
        .map(|member| member.group.as_str())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|group| {
            let members = world.members(group, scenario.base_year);
            (group.to_owned(), members.iter().map(ToString::to_string).collect())
        })
        .collect();
    let mut compiled = compile(&narrowed, &world.market, &groups, reference.market.clone())
        .map_err(|mistakes| failed(&scenario, Failure::Mistakes(mistakes)))?;
    set_later(&mut compiled.ranges, later)?;
    ranges.append(&mut compiled.ranges);
    ranges.extend_from_slice(own);
    if reference.year != scenario.base_year {
        compiled.remarks.push(format!(
            "records of {}, the first there are, stand in for the base year {}",
            reference.year, scenario.base_year
        ));
    }
    let mut origins = reference.origins.clone();
    origins.extend(scenario.origins());
    origins.extend(
        world.assumptions.values().filter(|row| row.used_by == "market").map(|row| row.provenance.origin.clone()),
    );
    let exporters = scenario.controls.iter().flat_map(|control| &control.exporters);
    let exporters =
        exporters.filter_map(|place| world.market.region_of(place.as_str())).map(|region| region.id.clone()).collect();
    Ok(Prepared {
        scenario,
        region,
        compiled,
        ranges,
        adjustments: reference.adjustments.clone(),
        quality: reference.quality.clone(),
        origins,
        origins_by_form: ground.origins_by_form.clone(),
        exporters,
        set: request.set.clone(),
        steps_per_month: STEPS_PER_MONTH,
    })
}

/// Months from the start of a run to the first measure or accident; to what is done about it, if there is neither.
pub(super) fn first_of(events: &[Event]) -> f64 {
    let answers = |event: &&Event| {
        !matches!(
            event.kind,
            Kind::StockRelease { .. }
                | Kind::Offtake { .. }
                | Kind::NewPlant { .. }
                | Kind::Thrift { .. }
                | Kind::Substitute { .. }
                | Kind::PriceFloor { .. }
        )
    };
    let first =
        |events: &mut dyn Iterator<Item = &Event>| events.map(|event| event.start).fold(f64::INFINITY, f64::min);
    let measure = first(&mut events.iter().filter(answers));
    if measure.is_finite() { measure } else { first(&mut events.iter()) }
}

/// The month of the first measure or accident of a scenario that names its day; else that of its start.
pub fn first_month(scenario: &Scenario) -> Month {
    let starts = scenario.controls.iter().map(|event| &event.start);
    let starts = starts.chain(scenario.outages.iter().map(|event| &event.start));
    let starts = starts.chain(scenario.route_closures.iter().map(|event| &event.start));
    let starts = starts.chain(scenario.demand_surges.iter().map(|event| &event.start));
    let starts = starts.chain(scenario.dumping.iter().map(|event| &event.start));
    let days = starts.filter_map(|start| match start {
        Start::On(day) => Some(day.month()),
        Start::After { .. } => None,
    });
    days.min().unwrap_or(scenario.start)
}

/// Takes out of a scenario what stands on none of the forms that are run.
pub(crate) fn narrow(scenario: &mut Scenario, forms: &[&str]) {
    let run = |listed: &Vec<lode_model::FormId>| listed.iter().any(|form| forms.contains(&form.as_str()));
    scenario.controls.retain(|event| run(&event.forms));
    scenario.outages.retain(|event| run(&event.forms));
    scenario.route_closures.retain(|event| event.forms.is_empty() || run(&event.forms));
    scenario.demand_surges.retain(|event| run(&event.forms));
    scenario.dumping.retain(|event| run(&event.forms));
    scenario.leaks.retain(|event| event.forms.is_empty() || run(&event.forms));
    scenario.levers.retain(|event| event.forms.is_empty() || run(&event.forms));
}

/// How uncertain the value at stake is for each industry of a region: low and high as multiples of the value.
fn stakes(world: &World, market: &Market, region: &str) -> Vec<(String, f64, f64)> {
    let mut sums: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
    for sector in market.sectors.iter().filter(|sector| market.nodes[sector.node].country == region) {
        let form = &market.nodes[sector.node].form;
        let record = world.market.uses.iter().find(|record| {
            record.metric == UseMetric::ValueAtStake
                && record.form.as_str() == form
                && record.use_id == sector.use_name
                && (record.region == region || record.region == "*")
        });
        let Some(quantity) = record.map(|record| &record.quantity) else { continue };
        let value = quantity.value.unwrap_or(0.0);
        let sum = sums.entry(&sector.industry).or_default();
        sum.0 += sector.amount * quantity.low.unwrap_or(value);
        sum.1 += sector.amount * value;
        sum.2 += sector.amount * quantity.high.unwrap_or(value);
    }
    let known = sums.into_iter().filter(|(_, (low, value, _))| *low > 0.0 && *value > 0.0);
    known.map(|(industry, (low, value, high))| (industry.to_owned(), low / value, high / value)).collect()
}

/// What is looked at: every form that the region uses, and the industries that stand on them.
/// `first` is the month of the first measure.
fn look(
    market: &Market,
    region: &str,
    exporters: &BTreeSet<String>,
    first: u32,
) -> (Observe, Vec<Shown>, Vec<ShownFigure>) {
    let (mut observe, mut series, mut figures) = (Observe::default(), Vec::new(), Vec::new());
    let mut industries: Vec<(String, Vec<usize>)> = Vec::new();
    for (node, at) in market.nodes.iter().enumerate().filter(|(_, at)| at.country == region) {
        let sectors: Vec<usize> =
            (0..market.sectors.len()).filter(|sector| market.sectors[*sector].node == node).collect();
        let needed = market.plants.iter().any(|plant| plant.inputs.iter().any(|(input, _)| *input == node));
        if sectors.is_empty() && !needed {
            continue;
        }
        let links: Vec<usize> = (0..market.links.len()).filter(|link| market.links[*link].to == node).collect();
        let imports = links.iter().map(|link| market.links[*link].amount).sum();
        let mut add = |quantity, of, unit, base| {
            series.push(Shown {
                quantity,
                region: region.to_owned(),
                form: at.form.clone(),
                industry: String::new(),
                unit,
                base,
            });
            observe.series(quantity, of)
        };
        let price = add("price", Quantity::Price { node }, "USD/kg", Some(at.price));
        add("contract-price", Quantity::ContractPrice { node }, "USD/kg", Some(at.price));
        add("cover", Quantity::Cover { node }, "months", None);
        add("imports", Quantity::Arrived { links }, "t/month", Some(imports));
        let halted = add("halted-firms", Quantity::HaltedFirms { node }, "share", Some(0.0));
        let mut shortage = None;
        if !sectors.is_empty() {
            let used = sectors.iter().map(|sector| market.sectors[*sector].amount).sum();
            add("use", Quantity::Use { sectors: sectors.clone() }, "t/month", Some(used));
            add("thrift", Quantity::Thrift { sectors: sectors.clone() }, "t/month", Some(0.0));
            shortage = Some(add("shortage", Quantity::Shortage { sectors: sectors.clone() }, "t/month", Some(0.0)));
        }
        let mut figure = |quantity, summary, unit, base| {
            figures.push(ShownFigure { quantity, form: at.form.clone(), industry: String::new(), unit, base });
            observe.figure(quantity, summary);
        };
        figure("first-stop", Summary::FirstStop { node }, "days", None);
        figure("recovery", Summary::Recovery { series: halted, beyond: 0.05 }, "months", None);
        figure("highest-price", Summary::Highest { series: price }, "USD/kg", Some(at.price));
        if let Some(series) = shortage {
            figure("total-shortage", Summary::Sum { series }, "t", Some(0.0));
        }
        for sector in sectors {
            let industry = &market.sectors[sector].industry;
            match industries.iter_mut().find(|(name, _)| name == industry) {
                Some((_, sectors)) => sectors.push(sector),
                None => industries.push((industry.clone(), vec![sector])),
            }
        }
    }
    // What the restricting country pays itself, and what it sends.
    for exporter in exporters {
        for (node, at) in market.nodes.iter().enumerate().filter(|(_, at)| at.country == *exporter) {
            let links: Vec<usize> = (0..market.links.len()).filter(|link| market.links[*link].from == node).collect();
            if links.is_empty() {
                continue;
            }
            let sent = links.iter().map(|link| market.links[*link].amount).sum();
            let mut add = |quantity, of, unit, base| {
                series.push(Shown {
                    quantity,
                    region: exporter.clone(),
                    form: at.form.clone(),
                    industry: String::new(),
                    unit,
                    base,
                });
                observe.series(quantity, of);
            };
            add("price-at-exporter", Quantity::Price { node }, "USD/kg", Some(at.price));
            add("exports", Quantity::Sent { links }, "t/month", Some(sent));
            if let Some(outside) = market.node(region, &at.form).filter(|outside| *outside != node) {
                let base = market.nodes[outside].price / at.price;
                add("price-ratio", Quantity::PriceRatio { node: outside, beside: node }, "1", Some(base));
            }
        }
    }
    let all: Vec<usize> = industries.iter().flat_map(|(_, sectors)| sectors.iter().copied()).collect();
    industries.push((String::new(), all));
    for (industry, sectors) in industries {
        let shown = |quantity, unit| Shown {
            quantity,
            region: region.to_owned(),
            form: String::new(),
            industry: industry.clone(),
            unit,
            base: Some(0.0),
        };
        series.push(shown("value-lost", "million USD/month"));
        let place = observe.series("value-lost", Quantity::ValueLost { sectors: sectors.clone() });
        series.push(shown("output-lost", "share"));
        observe.series("output-lost", Quantity::OutputLost { sectors });
        for (quantity, summary) in [
            ("total-value-lost", Summary::Sum { series: place }),
            ("first-year-value-lost", Summary::Within { series: place, from: first, months: 12 }),
        ] {
            figures.push(ShownFigure {
                quantity,
                form: String::new(),
                industry: industry.clone(),
                unit: "million USD",
                base: Some(0.0),
            });
            observe.figure(quantity, summary);
        }
    }
    (observe, series, figures)
}

/// A form of the market by its id.
pub(super) fn form<'w>(world: &'w World, id: &str) -> Option<&'w MarketForm> {
    world.market.form(id)
}

/// Origins of what a market knows of a form: its prices, flows, plants and uses.
pub(super) fn origins_of(world: &World, id: &str) -> Vec<String> {
    let tables = &world.market;
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let processes: BTreeSet<&str> = tables
        .recipes
        .iter()
        .filter(|recipe| recipe.makes && recipe.form.as_str() == id)
        .map(|recipe| recipe.process.as_str())
        .collect();
    found.extend(tables.prices.iter().filter(|row| row.form.as_str() == id).map(|row| row.provenance.origin.as_str()));
    found.extend(tables.flows.iter().filter(|row| row.form.as_str() == id).map(|row| row.provenance.origin.as_str()));
    found.extend(tables.uses.iter().filter(|row| row.form.as_str() == id).map(|row| row.provenance.origin.as_str()));
    found.extend(
        tables
            .plants
            .iter()
            .filter(|row| processes.contains(row.process.as_str()))
            .map(|row| row.provenance.origin.as_str()),
    );
    if tables.form(id).is_some_and(|form| !form.hs_codes.is_empty()) {
        found.insert(world.trade.provenance().origin.as_str());
    }
    found.into_iter().map(str::to_owned).collect()
}
