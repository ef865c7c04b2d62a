//! Who supplies what to whom, stage by stage: the use of a country traced back to who made it.
//!
//! The balanced reference market says who makes, trades and uses how much of each form. What arrives at a node is taken to
//! be a mixture of what it makes and what it buys, in proportion, through every country that only passes it on. So each
//! tonne used is traced to the makers of each stage. Amounts are tonnes contained, measured where the commodity is
//! separated; losses on the way are counted in.

use crate::Session;
use lode_assess::Economy;
use lode_model::{CommodityId, CountryCode, DataQuality, OriginId, Project, Stage, Year};
use lode_simulate::reference::{Base, Reference, build};
use std::collections::{BTreeMap, BTreeSet};

/// Months in a year: the market counts by the month.
const MONTHS: f64 = 12.0;
/// Links below this part of all that is used are left out.
const LEAST: f64 = 0.001;
/// Rounds in which mixtures are passed on; each re-export needs one.
const ROUNDS: usize = 24;
/// What is made for others by the country itself.
pub const EXPORTED: &str = "exported";

/// Where a tonne stands: made at a stage in a region, or used for something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Made at a stage in a region.
    Made(Stage, String),
    /// Used in a region for something.
    Used(String, String),
}

/// Tonnes from one place to the next.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Amount {
    /// Tonnes a year that rest on records.
    pub recorded: f64,
    /// Tonnes a year that were shared out without a record.
    pub shared_out: f64,
}

/// A yearly flow of one form.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    /// Form.
    pub form: String,
    /// Its stage.
    pub stage: Stage,
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// Tonnes a year.
    pub tonnes: f64,
    /// On which basis.
    pub basis: String,
    /// Nominal dollars, where customs record them.
    pub value: Option<f64>,
    /// How good it is.
    pub quality: DataQuality,
    /// Where it comes from.
    pub origins: Vec<OriginId>,
}

/// The chain of a commodity to a country.
#[derive(Clone, Debug)]
pub struct Chain<'w> {
    /// Year of the market.
    pub year: Year,
    /// Years that the package can answer.
    pub years: Vec<Year>,
    /// Basis of the tonnes of links.
    pub basis: String,
    /// Links between places; empty where the package has no market of the commodity.
    pub links: BTreeMap<(Place, Place), Amount>,
    /// Flows of single forms, the largest first.
    pub flows: Vec<Flow>,
    /// Plants and projects with a capacity or output.
    pub plants: Vec<&'w Project>,
    /// Where the links come from.
    pub origins: BTreeSet<OriginId>,
}

impl Chain<'_> {
    /// What passes through each place.
    pub fn places(&self) -> BTreeMap<&Place, Amount> {
        let (mut comes, mut goes) = (BTreeMap::<&Place, Amount>::new(), BTreeMap::<&Place, Amount>::new());
        for ((from, to), amount) in &self.links {
            for (place, sums) in [(from, &mut goes), (to, &mut comes)] {
                let sum = sums.entry(place).or_default();
                sum.recorded += amount.recorded;
                sum.shared_out += amount.shared_out;
            }
        }
        let mut all = goes;
        for (place, amount) in comes {
            all.entry(place).or_insert(amount);
        }
        all
    }

    /// Makers at a stage with their share, the largest first.
    pub fn makers(&self, stage: Stage) -> Vec<(String, f64)> {
        let mut makers: Vec<(String, f64)> = Vec::new();
        for (place, amount) in self.places() {
            if let Place::Made(of, region) = place
                && *of == stage
            {
                makers.push((region.clone(), amount.recorded + amount.shared_out));
            }
        }
        let total: f64 = makers.iter().map(|(_, amount)| amount).sum();
        makers.iter_mut().for_each(|(_, amount)| *amount /= total);
        makers.sort_by(|a, b| b.1.total_cmp(&a.1));
        makers
    }
}

/// The column of the picture that a stage belongs to.
pub fn column(stage: Stage) -> Stage {
    match stage {
        Stage::MixedCompound => Stage::Refined,
        Stage::Alloy => Stage::Metal,
        Stage::Component => Stage::Magnet,
        other => other,
    }
}

/// The chain of a commodity to an economy, or to everybody.
pub fn chain<'w>(
    session: &'w Session,
    country: &Economy,
    commodity: &CommodityId,
    year: Option<Year>,
) -> Result<Chain<'w>, Vec<String>> {
    let world = &session.world;
    let mut years: Vec<Year> = world.market.plants.iter().map(|plant| plant.year).collect();
    years.sort_unstable();
    years.dedup();
    let newest = world.trade.newest_year().unwrap_or(session.day.year - 1);
    years.retain(|year| *year <= newest);
    let year = year.unwrap_or(newest);
    let mut chain = Chain {
        year,
        years,
        basis: String::new(),
        links: BTreeMap::new(),
        flows: Vec::new(),
        plants: plants(session, commodity),
        origins: BTreeSet::new(),
    };
    let group = |form: &CommodityId| world.commodities.get(form).and_then(|commodity| commodity.group.clone());
    let form = world.market.forms.iter().find(|form| {
        form.chain == commodity.as_str()
            || form.commodity == *commodity
            || group(&form.commodity).as_ref() == Some(commodity)
    });
    let Some(form) = form else {
        chain.flows = customs_flows(session, country, commodity, year);
        return Ok(chain);
    };
    let base = Base { year, chains: vec![form.chain.clone()], regions: Vec::new() };
    let reference = build(world, &base)?;
    chain.origins.clone_from(&reference.origins);
    let tracer = Tracer::new(session, &reference, commodity, &form.chain);
    chain.basis = tracer.basis();
    chain.links = tracer.trace(country);
    chain.flows = market_flows(session, &reference, &tracer);
    Ok(chain)
}

fn is_shared_out(quality: DataQuality) -> bool {
    matches!(quality, DataQuality::Imputed | DataQuality::Assumed | DataQuality::Withheld)
}

struct Tracer<'r> {
    session: &'r Session,
    reference: &'r Reference,
    /// Forms that are followed.
    followed: BTreeSet<&'r str>,
    /// Tonnes contained in a tonne of each form.
    contained: BTreeMap<&'r str, f64>,
    /// For each node the part that each region made, recorded and shared out.
    makers: Vec<BTreeMap<&'r str, Amount>>,
    /// A form whose tonnes are those of the chain.
    measured: Option<&'r str>,
}

impl<'r> Tracer<'r> {
    fn new(session: &'r Session, reference: &'r Reference, commodity: &CommodityId, chain: &str) -> Self {
        let tables = &session.world.market;
        let forms: Vec<_> = tables.forms.iter().filter(|form| form.chain == chain).collect();
        let whole = forms.iter().all(|form| form.commodity != *commodity) || chain == commodity.as_str();
        let column_of = |stage: Stage| column(stage);
        // Measured where the commodity is separated, or where it leaves the ground if it is used as ore.
        let measured_at = if forms.iter().any(|form| column_of(form.stage) == Stage::Refined) {
            Stage::Refined
        } else {
            forms.iter().map(|form| form.stage).min().unwrap_or(Stage::Mine)
        };
        let mut contained: BTreeMap<&str, f64> = BTreeMap::new();
        let mut followed: BTreeSet<&str> = BTreeSet::new();
        for form in &forms {
            let own = whole || form.commodity == *commodity;
            if own && column_of(form.stage) == measured_at {
                // Of two forms of one column the one that is made of the other is counted below.
                contained.insert(form.id.as_str(), 1.0);
                followed.insert(form.id.as_str());
            }
        }
        let measured = followed.iter().next().copied();
        // What is made of followed forms is followed, and holds what went into it.
        for _ in 0..forms.len() {
            for form in &forms {
                let id = form.id.as_str();
                if followed.contains(id) || column_of(form.stage) <= measured_at {
                    continue;
                }
                let (mut held, mut weight) = (0.0, 0.0);
                for (process, makes) in
                    tables.recipes.iter().filter(|r| r.makes && r.form == form.id).map(|r| (&r.process, r))
                {
                    let activity: f64 = reference
                        .market
                        .plants
                        .iter()
                        .filter(|plant| plant.process == process.as_str())
                        .map(|plant| plant.activity)
                        .sum();
                    let inputs: f64 = tables
                        .recipes
                        .iter()
                        .filter(|r| !r.makes && r.process == *process)
                        .filter_map(|r| Some(contained.get(r.form.as_str())? * r.quantity.value?))
                        .sum();
                    held += activity * inputs;
                    weight += activity * makes.quantity.value.unwrap_or(0.0);
                }
                if held > 0.0 && weight > 0.0 {
                    contained.insert(id, held / weight);
                    followed.insert(id);
                }
            }
        }
        // What followed forms are made of, up to the ground.
        for _ in 0..forms.len() {
            let inputs: Vec<&str> = tables
                .recipes
                .iter()
                .filter(|makes| makes.makes && followed.contains(makes.form.as_str()))
                .flat_map(|makes| tables.recipes.iter().filter(|needs| !needs.makes && needs.process == makes.process))
                .map(|needs| needs.form.as_str())
                .filter(|id| forms.iter().any(|form| form.id.as_str() == *id && column_of(form.stage) < measured_at))
                .collect();
            followed.extend(inputs);
        }
        let mut tracer = Self { session, reference, followed, contained, makers: Vec::new(), measured };
        tracer.makers = tracer.mix();
        tracer
    }

    fn basis(&self) -> String {
        let form = self.measured.and_then(|id| self.session.world.market.form(id));
        form.map_or(String::new(), |form| form.basis.clone())
    }

    /// What each region made of what is at each node: mixtures are passed on until they settle.
    fn mix(&self) -> Vec<BTreeMap<&'r str, Amount>> {
        let market = &self.reference.market;
        let mut own = vec![(0.0, false); market.nodes.len()];
        for (plant, quality) in market.plants.iter().zip(&self.reference.quality.plants) {
            for (node, tonnes) in &plant.outputs {
                own[*node].0 += tonnes * plant.activity;
                own[*node].1 |= is_shared_out(*quality) && tonnes * plant.activity > 0.0;
            }
        }
        let mut total: Vec<f64> = own.iter().map(|(amount, _)| *amount).collect();
        for link in &market.links {
            total[link.to] += link.amount;
        }
        let mut makers: Vec<BTreeMap<&'r str, Amount>> = vec![BTreeMap::new(); market.nodes.len()];
        for _ in 0..ROUNDS {
            let mut next: Vec<BTreeMap<&'r str, Amount>> = vec![BTreeMap::new(); market.nodes.len()];
            for (node, (amount, shared_out)) in own.iter().enumerate().filter(|(_, (amount, _))| *amount > 0.0) {
                let entry = next[node].entry(market.nodes[node].country.as_str()).or_default();
                let part = amount / total[node];
                if *shared_out { entry.shared_out += part } else { entry.recorded += part }
            }
            for (link, quality) in market.links.iter().zip(&self.reference.quality.links) {
                let part = if total[link.to] > 0.0 { link.amount / total[link.to] } else { 0.0 };
                if part <= 1e-9 {
                    continue;
                }
                for (maker, amount) in &makers[link.from] {
                    let entry = next[link.to].entry(maker).or_default();
                    if is_shared_out(*quality) {
                        entry.shared_out += part * (amount.recorded + amount.shared_out);
                    } else {
                        entry.recorded += part * amount.recorded;
                        entry.shared_out += part * amount.shared_out;
                    }
                }
            }
            makers = next;
        }
        makers
    }

    fn stage(&self, form: &str) -> Stage {
        column(self.session.world.market.form(form).map_or(Stage::Trade, |form| form.stage))
    }

    fn belongs(&self, country: &Economy, region: &str) -> bool {
        let of =
            |code: &CountryCode| self.session.world.market.region_of(code.as_str()).map(|region| region.id.as_str());
        country.contains(CountryCode::WORLD) || country.members.iter().any(|member| of(member) == Some(region))
    }

    fn trace(&self, country: &Economy) -> BTreeMap<(Place, Place), Amount> {
        let market = &self.reference.market;
        let mut links: BTreeMap<(Place, Place), Amount> = BTreeMap::new();
        for (sector, quality) in market.sectors.iter().zip(&self.reference.quality.sectors) {
            let node = &market.nodes[sector.node];
            let Some(contained) = self.contained.get(node.form.as_str()) else { continue };
            if sector.amount > 0.0 && self.belongs(country, &node.country) {
                let amount = sector.amount * MONTHS * contained;
                let place = Place::Used(node.country.clone(), sector.use_name.clone());
                let amount = if is_shared_out(*quality) && sector.use_name == lode_simulate::reference::OTHER_USE {
                    Amount { recorded: 0.0, shared_out: amount }
                } else {
                    Amount { recorded: amount, shared_out: 0.0 }
                };
                self.follow(sector.node, place, amount, &mut links, 0);
            }
        }
        if !country.contains(CountryCode::WORLD) {
            self.exports(country, &mut links);
        }
        let used: f64 = links
            .iter()
            .filter(|((_, to), _)| matches!(to, Place::Used(..)))
            .map(|(_, amount)| amount.recorded + amount.shared_out)
            .sum();
        links.retain(|_, amount| amount.recorded + amount.shared_out > LEAST * used);
        links
    }

    /// What the country makes and others use: it depends on what goes into it all the same.
    fn exports(&self, country: &Economy, links: &mut BTreeMap<(Place, Place), Amount>) {
        let market = &self.reference.market;
        let last = self.followed.iter().map(|form| self.stage(form)).max().unwrap_or(Stage::Magnet);
        for link in &market.links {
            let (from, to) = (&market.nodes[link.from], &market.nodes[link.to]);
            let (Some(contained), true) = (self.contained.get(from.form.as_str()), self.stage(&from.form) == last)
            else {
                continue;
            };
            if self.belongs(country, &from.country) && !self.belongs(country, &to.country) {
                // Only what it made itself: what it passes on is nobody's making here.
                let own = self.makers[link.from].get(from.country.as_str()).copied().unwrap_or_default();
                let amount = link.amount * MONTHS * contained;
                let made = Place::Made(last, from.country.clone());
                let place = Place::Used(from.country.clone(), EXPORTED.to_owned());
                let sum = links.entry((made, place)).or_default();
                sum.recorded += amount * own.recorded;
                sum.shared_out += amount * own.shared_out;
                self.follow_inputs(
                    &from.form,
                    &from.country,
                    Amount { recorded: amount * own.recorded, shared_out: amount * own.shared_out },
                    links,
                    0,
                );
            }
        }
    }

    /// From what is at a node to who made it, and on to what that was made of.
    fn follow(
        &self,
        node: usize,
        to: Place,
        amount: Amount,
        links: &mut BTreeMap<(Place, Place), Amount>,
        depth: usize,
    ) {
        let form = self.reference.market.nodes[node].form.as_str();
        let stage = self.stage(form);
        let whole = amount.recorded + amount.shared_out;
        for (maker, part) in &self.makers[node] {
            let recorded = amount.recorded * part.recorded;
            let passed = Amount { recorded, shared_out: whole * (part.recorded + part.shared_out) - recorded };
            let sum = links.entry((Place::Made(stage, (*maker).to_owned()), to.clone())).or_default();
            sum.recorded += passed.recorded;
            sum.shared_out += passed.shared_out;
            self.follow_inputs(
                form,
                maker,
                Amount { recorded: passed.recorded + passed.shared_out, shared_out: 0.0 },
                links,
                depth,
            );
        }
    }

    fn follow_inputs(
        &self,
        form: &str,
        maker: &str,
        amount: Amount,
        links: &mut BTreeMap<(Place, Place), Amount>,
        depth: usize,
    ) {
        let market = &self.reference.market;
        let whole = amount.recorded + amount.shared_out;
        if depth > 6 || whole <= 0.0 {
            return;
        }
        // Which inputs this region's plants take for the form, in proportion to what they make and what it holds.
        let mut taken: BTreeMap<usize, f64> = BTreeMap::new();
        for plant in &market.plants {
            let makes: f64 = plant
                .outputs
                .iter()
                .filter(|(node, _)| market.nodes[*node].form == form && market.nodes[*node].country == maker)
                .map(|(_, tonnes)| tonnes * plant.activity)
                .sum();
            let inputs: Vec<(usize, f64)> = plant
                .inputs
                .iter()
                .filter(|(node, _)| self.followed.contains(market.nodes[*node].form.as_str()))
                .map(|(node, tonnes)| {
                    let held = self.contained.get(market.nodes[*node].form.as_str()).copied().unwrap_or(1.0);
                    (*node, tonnes * held)
                })
                .collect();
            let all: f64 = inputs.iter().map(|(_, tonnes)| tonnes).sum();
            for (node, tonnes) in inputs {
                if makes > 0.0 && all > 0.0 {
                    *taken.entry(node).or_default() += makes * tonnes / all;
                }
            }
        }
        let all: f64 = taken.values().sum();
        let here = Place::Made(self.stage(form), maker.to_owned());
        for (node, part) in taken {
            let input = market.nodes[node].form.as_str();
            // Forms of one column are one place: what is made of another form of it is followed further up.
            let to = if self.stage(input) == self.stage(form) { None } else { Some(here.clone()) };
            let amount = Amount { recorded: whole * part / all, shared_out: 0.0 };
            match to {
                Some(to) => self.follow(node, to, amount, links, depth + 1),
                None => {
                    for (source, share) in &self.makers[node] {
                        let part = share.recorded + share.shared_out;
                        let passed = Amount { recorded: amount.recorded * part, shared_out: 0.0 };
                        self.follow_inputs(input, source, passed, links, depth + 1);
                    }
                }
            }
        }
    }
}

fn market_flows(session: &Session, reference: &Reference, tracer: &Tracer<'_>) -> Vec<Flow> {
    let market = &reference.market;
    let mut flows: Vec<Flow> = Vec::new();
    for (link, quality) in market.links.iter().zip(&reference.quality.links) {
        let (from, to) = (&market.nodes[link.from], &market.nodes[link.to]);
        let Some(form) = session.world.market.form(&from.form) else { continue };
        if link.amount * MONTHS < 1.0 || !tracer.followed.contains(from.form.as_str()) {
            continue;
        }
        let mut origins: Vec<OriginId> = session
            .world
            .market
            .flows
            .iter()
            .filter(|flow| flow.form == form.id && flow.exporter == from.country && flow.importer == to.country)
            .map(|flow| flow.provenance.origin.clone())
            .collect();
        if origins.is_empty() {
            origins.push(session.world.trade.provenance().origin.clone());
        }
        origins.sort();
        origins.dedup();
        flows.push(Flow {
            form: from.form.clone(),
            stage: column(form.stage),
            from: from.country.clone(),
            to: to.country.clone(),
            tonnes: link.amount * MONTHS,
            basis: form.basis.clone(),
            value: None,
            quality: *quality,
            origins,
        });
    }
    flows.sort_by(|a, b| b.tonnes.total_cmp(&a.tonnes));
    flows
}

/// Flows as customs record them, for a commodity of which the package has no market.
fn customs_flows(session: &Session, country: &Economy, commodity: &CommodityId, year: Year) -> Vec<Flow> {
    let world = &session.world;
    let mut flows: Vec<Flow> = Vec::new();
    for form in world.forms.iter().filter(|form| form.commodity == *commodity && !form.mixed) {
        for flow in world.trade.of_code(form.hs_code).iter().filter(|flow| flow.year == year) {
            let whole_world = country.contains(CountryCode::WORLD);
            if !whole_world && !country.contains(flow.importer) && !country.contains(flow.exporter) {
                continue;
            }
            let Some(tonnes) = flow.quantity else { continue };
            flows.push(Flow {
                form: form.id.as_str().to_owned(),
                stage: column(form.stage),
                from: flow.exporter.to_string(),
                to: flow.importer.to_string(),
                tonnes: tonnes.value(),
                basis: "t gross".into(),
                value: Some(flow.value.value()),
                quality: world.trade.provenance().quality,
                origins: vec![world.trade.provenance().origin.clone()],
            });
        }
    }
    flows.sort_by(|a, b| b.tonnes.total_cmp(&a.tonnes));
    flows.truncate(400);
    flows
}

fn plants<'w>(session: &'w Session, commodity: &CommodityId) -> Vec<&'w Project> {
    let world = &session.world;
    let related = |id: &CommodityId| {
        let group = |id: &CommodityId| world.commodities.get(id).and_then(|commodity| commodity.group.clone());
        id == commodity || group(id).as_ref() == Some(commodity) || group(commodity).as_ref() == Some(id)
    };
    let counts = |project: &&Project| {
        let metric = project.metric.to_lowercase();
        (metric.contains("capacity") || metric.contains("output"))
            && project.quantity.unit == "t/year"
            && (project.quantity.value.is_some() || project.quantity.low.is_some())
            && project.commodities.iter().any(related)
    };
    world.projects.iter().filter(counts).collect()
}
