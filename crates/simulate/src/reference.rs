//! From the records of a [`World`] to a market at its base.
//!
//! Records of output, use and trade never agree. Each is taken as a first guess with a weight by its quality, and the
//! balances of every node are closed by the smallest weighted change: minimise `Σ w (v − v₀)² / v₀` subject to
//! `made + imported = needed + used + exported`. What was changed is reported.

use crate::market::{Adoption, Cost, Link, Market, Node, Plant, Sector};
use lode_model::{
    DataQuality, MarketForm, MarketUse, OriginId, ProcessId, Provenance, ReferenceMarket, UseMetric, World, Year,
};
use lode_solve::{Newton, Program, Response, Settings, Structure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which market to build.
#[derive(Clone, PartialEq, Debug)]
pub struct Base {
    /// Records up to this year count, and its trade flows.
    pub year: Year,
    /// Chains to take; all if empty.
    pub chains: Vec<String>,
    /// Regions to keep apart; all others join the rest of the world. All if empty.
    pub regions: Vec<String>,
}

/// A record that was moved to close a balance.
#[derive(Clone, PartialEq, Debug)]
pub struct Adjustment {
    /// What it is, e.g. `use of gallium in JPN: light-emitting diodes`.
    pub what: String,
    /// As recorded, t a year; 0 for what no record holds.
    pub recorded: f64,
    /// As taken, t a year.
    pub taken: f64,
    /// Quality of the record.
    pub quality: DataQuality,
}

/// A market with the account of how it came to be.
#[derive(Clone, PartialEq, Debug)]
pub struct Reference {
    /// The market.
    pub market: Market,
    /// What was moved by more than a tenth, the largest in value first.
    pub adjustments: Vec<Adjustment>,
    /// Year whose records were used: the base year, or the first year of which there are records.
    pub year: Year,
    /// Every origin that was used.
    pub origins: BTreeSet<OriginId>,
    /// Quality of the output of each plant, the amount of each sector and each link.
    pub quality: Qualities,
}

/// How good the base amounts are.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Qualities {
    /// By plant.
    pub plants: Vec<DataQuality>,
    /// By sector.
    pub sectors: Vec<DataQuality>,
    /// By link.
    pub links: Vec<DataQuality>,
}

/// How much a record resists being moved, by its quality: judgement.
fn weight(quality: DataQuality) -> f64 {
    match quality {
        DataQuality::Reported | DataQuality::User => 100.0,
        DataQuality::Secondary | DataQuality::Derived => 30.0,
        DataQuality::Estimated => 10.0,
        DataQuality::Imputed => 3.0,
        DataQuality::Assumed | DataQuality::Withheld => 1.0,
    }
}

/// Years by which the first records may be younger than the base year that is asked for.
const NEAR_ENOUGH: Year = 6;
/// Months in a year.
const MONTHS: f64 = 12.0;
/// Capacity where no record says it, in parts of the output.
const CAPACITY: f64 = 1.15;
/// Trade below this part of what the world makes is left out.
const LEAST_FLOW: f64 = 0.001;
/// A new relation is possible between regions with at least this part of output and of use.
const LEAST_EXPORTER: f64 = 0.02;
const LEAST_IMPORTER: f64 = 0.005;
/// What nobody recorded may come in where it must, measured beside this part of the node's need.
const UNRECORDED: f64 = 0.02;
/// A recorded plant or use keeps at least this part of what is recorded.
const LEAST_KEPT: f64 = 0.05;
/// Use that no record holds.
pub const OTHER_USE: &str = "all-other";
/// Cost of the first tonne of an idle plant and its rise over capacity, in parts of the margin at base prices: judgement.
const IDLE_COST: (f64, f64) = (1.1, 0.5);
/// Months that another recipe needs to reach all its capacity: judgement, between 12 and 48.
const ADOPTION: f64 = 24.0;
/// What another recipe costs beyond what it earns at base prices, for the first tonne, and its rise over capacity, in parts
/// of the worth of what it makes: judgement.
const ALTERNATIVE_COST: (f64, f64) = (0.02, 0.1);
/// A recipe that could make so many times its output, beside another one for the same good, spreads where it pays.
const SPREADS: f64 = 2.0;

/// The newest record up to a year for each key, else the oldest.
fn newest<'r, T, K: Ord>(
    records: impl IntoIterator<Item = &'r T>,
    year: Year,
    key: impl Fn(&T) -> (K, Year),
) -> BTreeMap<K, &'r T> {
    let mut found: BTreeMap<K, (Year, &T)> = BTreeMap::new();
    for record in records {
        let (key, of) = key(record);
        let better = found.get(&key).is_none_or(|(best, _)| {
            let (before, best_before) = (of <= year, *best <= year);
            if before && best_before { of > *best } else { before || (!best_before && of < *best) }
        });
        if better {
            found.insert(key, (of, record));
        }
    }
    found.into_iter().map(|(key, (_, record))| (key, record)).collect()
}

/// A guess of an amount, t a month, with the coefficients of its balances.
struct Guess {
    what: String,
    kind: Kind,
    rows: Vec<(usize, f64)>,
    amount: f64,
    quality: DataQuality,
    /// What a change is measured beside.
    beside: f64,
    /// USD/kg, to order the account of what was moved.
    worth: f64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Plant(usize),
    Sector(usize),
    Link(usize),
}

fn link(from: usize, to: usize, amount: f64, transit: f64) -> Link {
    Link { from, to, amount, transit, tax: 0.0, premium: 0.0, friction: 1.0, newcomer: None }
}

struct Builder<'w> {
    world: &'w World,
    tables: &'w ReferenceMarket,
    base: &'w Base,
    /// The base year, or the first year of which there are records.
    year: Year,
    market: Market,
    places: BTreeMap<(String, String), usize>,
    guesses: Vec<Guess>,
    origins: BTreeSet<OriginId>,
    mistakes: Vec<String>,
}

/// Builds a market, or says everything that is missing or contradicts itself.
pub fn build(world: &World, base: &Base) -> Result<Reference, Vec<String>> {
    let mut builder = Builder {
        world,
        tables: &world.market,
        base,
        year: base.year,
        market: Market::default(),
        places: BTreeMap::new(),
        guesses: Vec::new(),
        origins: BTreeSet::new(),
        mistakes: Vec::new(),
    };
    builder.check_names();
    if !builder.mistakes.is_empty() {
        return Err(builder.mistakes);
    }
    builder.add_nodes();
    builder.add_plants();
    builder.add_flows();
    builder.add_uses();
    if !builder.mistakes.is_empty() {
        return Err(builder.mistakes);
    }
    builder.close()
}

impl<'w> Builder<'w> {
    fn region(&self, country: &str) -> Option<&'w str> {
        let region = self.tables.region_of(country)?.id.as_str();
        let kept = self.base.regions.is_empty() || self.base.regions.iter().any(|kept| kept == region);
        Some(if kept { region } else { "ROW" })
    }

    fn forms(&self) -> impl Iterator<Item = &'w MarketForm> {
        let chains = &self.base.chains;
        let taken = move |form: &&MarketForm| chains.is_empty() || chains.contains(&form.chain);
        self.tables.forms.iter().filter(taken)
    }

    fn takes(&self, form: &str) -> bool {
        self.forms().any(|known| known.id.as_str() == form)
    }

    fn from(&mut self, provenance: &Provenance) {
        self.origins.insert(provenance.origin.clone());
    }

    fn check_names(&mut self) {
        if self.tables.forms.is_empty() {
            self.mistakes.push("this package has no market: the tables market_* are empty".into());
        }
        for chain in &self.base.chains {
            if !self.tables.forms.iter().any(|form| form.chain == *chain) {
                self.mistakes.push(format!("no form belongs to the chain `{chain}`"));
            }
        }
        // Records that begin after the base year stand in for it, if they are near enough.
        let makes = |process: &ProcessId| {
            self.tables.recipes.iter().any(|recipe| recipe.process == *process && self.takes(recipe.form.as_str()))
        };
        let years = self.tables.plants.iter().filter(|plant| makes(&plant.process)).map(|plant| plant.year);
        if let Some(first) = years.min().filter(|first| *first > self.base.year) {
            self.year = first;
            if first - self.base.year > NEAR_ENOUGH {
                self.mistakes.push(format!(
                    "there is no market of {}: records of these chains begin in {first}",
                    self.base.year
                ));
            }
        }
    }

    /// A node for each region in which a form is made, needed, used or traded.
    fn node(&mut self, form: &str, region: &str) -> usize {
        let key = (form.to_owned(), region.to_owned());
        if let Some(node) = self.places.get(&key) {
            return *node;
        }
        let prices = newest(&self.tables.prices, self.year, |price| {
            ((price.form.to_string(), price.market.clone()), price.year)
        });
        let of = |market: &str| prices.get(&(form.to_owned(), market.to_owned()));
        let price = of(region).or_else(|| of("world"));
        let value = price.and_then(|price| price.quantity.value).filter(|value| *value > 0.0);
        match (price, value) {
            (Some(price), Some(_)) => self.origins.insert(price.provenance.origin.clone()),
            _ => {
                self.mistakes.push(format!("no base price of {form} in {region}, nor of the world"));
                false
            }
        };
        let node = self.market.nodes.len();
        self.market.nodes.push(Node {
            country: region.to_owned(),
            form: form.to_owned(),
            price: value.unwrap_or(1.0),
            cover: None,
        });
        self.places.insert(key, node);
        node
    }

    fn add_nodes(&mut self) {
        // In the order of the tables, so that forms of a chain and regions stand together.
        let forms: Vec<&str> = self.forms().map(|form| form.id.as_str()).collect();
        let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
        for plant in &self.tables.plants {
            let Some(region) = self.region(&plant.region) else { continue };
            for recipe in self.tables.recipes.iter().filter(|recipe| recipe.process == plant.process) {
                wanted.insert((recipe.form.to_string(), region.to_owned()));
            }
        }
        for record in self.tables.uses.iter().filter(|record| record.region != "*") {
            if let Some(region) = self.region(&record.region) {
                wanted.insert((record.form.to_string(), region.to_owned()));
            }
        }
        let mut regions: Vec<&str> = Vec::new();
        for region in &self.tables.regions {
            if let Some(region) = self.region(&region.id)
                && !regions.contains(&region)
            {
                regions.push(region);
            }
        }
        for form in forms {
            for region in &regions {
                if wanted.contains(&(form.to_owned(), (*region).to_owned())) {
                    self.node(form, region);
                }
            }
        }
    }

    fn add_plants(&mut self) {
        let year = self.year;
        let records = newest(&self.tables.plants, year, |plant| {
            ((plant.process.to_string(), plant.region.clone(), plant.capacity), plant.year)
        });
        let mut by_place: BTreeMap<(String, String), (f64, f64, Option<&Provenance>)> = BTreeMap::new();
        for ((process, region, capacity), record) in records {
            // What opens after the base year is no part of the base.
            let (Some(region), true) = (self.region(&region), record.year <= year) else { continue };
            let amount = record.quantity.value.unwrap_or(0.0) / MONTHS;
            let (output, most, from) = by_place.entry((process, region.to_owned())).or_default();
            if capacity {
                *most += amount
            } else {
                *output += amount
            }
            if from.is_none() || !capacity {
                *from = Some(&record.provenance);
            }
        }
        let makes = |process: &str| {
            let mut recipes = self.tables.recipes.iter();
            recipes.find(|recipe| recipe.makes && recipe.process.as_str() == process).map(|recipe| &recipe.form)
        };
        let beside: BTreeSet<(String, String)> = by_place
            .keys()
            .filter(|(process, region)| {
                by_place.iter().any(|((other, at), (output, ..))| {
                    other != process && at == region && *output > 0.0 && makes(other) == makes(process)
                })
            })
            .cloned()
            .collect();
        for ((process, region), (output, most, from)) in by_place {
            let recipes: Vec<_> =
                self.tables.recipes.iter().filter(|recipe| recipe.process.as_str() == process).collect();
            if !recipes.iter().any(|recipe| self.takes(recipe.form.as_str())) {
                continue;
            }
            let Some(kind) = self.tables.processes.iter().find(|kind| kind.id.as_str() == process) else { continue };
            let (Some(from), Some(elasticity)) = (from, kind.quantity.value) else { continue };
            self.from(from);
            self.from(&kind.provenance);
            let (mut outputs, mut inputs) = (Vec::new(), Vec::new());
            for recipe in &recipes {
                self.from(&recipe.provenance);
                let node = self.node(recipe.form.as_str(), &region);
                let tonnes = recipe.quantity.value.unwrap_or(0.0);
                if recipe.makes { &mut outputs } else { &mut inputs }.push((node, tonnes));
            }
            // Capacity without output: a recipe that nobody uses yet, or a plant that does not pay at base prices.
            let idle = output <= 0.0;
            let elsewhere = idle
                && self.tables.plants.iter().any(|plant| {
                    plant.process.as_str() == process && !plant.capacity && plant.quantity.value.unwrap_or(0.0) > 0.0
                });
            let new = idle && !elsewhere;
            let spreads = !idle && most > SPREADS * output && beside.contains(&(process.clone(), region.clone()));
            let activity = if new { 1e-4 * most } else { output };
            let mut plant = Plant {
                name: format!("{process} in {region}"),
                process: process.clone(),
                capacity: if spreads { CAPACITY * output } else { most.max(CAPACITY * output) },
                activity,
                outputs,
                inputs,
                cost: Cost::Calibrated { elasticity },
                adoption: new.then_some(Adoption { months: ADOPTION }),
            };
            let (worth, inputs) = self.market.worth(&plant);
            if worth <= inputs {
                self.mistakes.push(format!(
                    "{}: at base prices a tonne of activity makes {worth:.2} USD/kg and needs inputs of {inputs:.2}",
                    plant.name
                ));
            }
            let margin = worth - inputs;
            let alternative =
                Cost::Given { first: margin + ALTERNATIVE_COST.0 * worth, rise: ALTERNATIVE_COST.1 * worth };
            if new {
                plant.cost = alternative;
            }
            if elsewhere {
                plant.cost = Cost::Given { first: IDLE_COST.0 * margin, rise: IDLE_COST.1 * margin };
            }
            let further = spreads.then(|| Plant {
                name: format!("more {}", plant.name),
                capacity: most - plant.capacity,
                activity: 0.0,
                cost: alternative,
                adoption: Some(Adoption { months: ADOPTION }),
                ..plant.clone()
            });
            let quality = from.quality;
            let rows = plant.outputs.iter().copied().chain(plant.inputs.iter().map(|(node, tonnes)| (*node, -tonnes)));
            self.guesses.push(Guess {
                what: format!("output of {}", plant.name),
                kind: Kind::Plant(self.market.plants.len()),
                rows: rows.collect(),
                amount: activity,
                quality,
                beside: activity,
                worth,
            });
            self.market.plants.push(plant);
            // What nobody runs at the base is in no balance.
            self.market.plants.extend(further);
        }
    }

    /// What the world makes of a form, t a month.
    fn made(&self, form: &str) -> f64 {
        let of_form = |node: &usize| self.market.nodes[*node].form == form;
        let plants = self.market.plants.iter();
        plants
            .flat_map(|plant| plant.outputs.iter().filter(|(node, _)| of_form(node)).map(|(_, t)| t * plant.activity))
            .sum()
    }

    fn transit(&self, from: &str, to: &str) -> f64 {
        let matches = |pattern: &str, region: &str| pattern == "*" || pattern == region;
        let exact = |pattern: &str| usize::from(pattern != "*");
        let known = self.tables.transit.iter().filter(|row| matches(&row.exporter, from) && matches(&row.importer, to));
        known
            .max_by_key(|row| exact(&row.exporter) + exact(&row.importer))
            .and_then(|row| row.quantity.value)
            .unwrap_or(1.0)
    }

    fn add_flows(&mut self) {
        let world = self.world;
        let year = self.year;
        let forms: Vec<&MarketForm> = self.forms().collect();
        for form in forms {
            let id = form.id.as_str();
            let mut flows: BTreeMap<(&str, &str), (f64, DataQuality)> = BTreeMap::new();
            let explicit = newest(self.tables.flows.iter().filter(|flow| flow.form == form.id), year, |flow| {
                ((flow.exporter.clone(), flow.importer.clone()), flow.year)
            });
            if explicit.is_empty() {
                let last = world.trade.newest_year().unwrap_or(year).min(year);
                for code in &form.hs_codes {
                    for flow in world.trade.of_code(*code).iter().filter(|flow| flow.year == last) {
                        let (from, to) = (self.region(flow.exporter.as_str()), self.region(flow.importer.as_str()));
                        let (Some(from), Some(to), Some(gross)) = (from, to, flow.quantity) else { continue };
                        let tonnes = gross.value() * form.content.unwrap_or(1.0) / MONTHS;
                        flows.entry((from, to)).or_insert((0.0, DataQuality::Derived)).0 += tonnes;
                    }
                }
                if !flows.is_empty() {
                    self.origins.insert(world.trade.provenance().origin.clone());
                }
            }
            for ((from, to), record) in explicit {
                let (Some(from), Some(to)) = (self.region(&from), self.region(&to)) else { continue };
                self.origins.insert(record.provenance.origin.clone());
                let flow = flows.entry((from, to)).or_insert((0.0, record.provenance.quality));
                flow.0 += record.quantity.value.unwrap_or(0.0) / MONTHS;
                flow.1 = flow.1.max(record.provenance.quality);
            }
            let least = LEAST_FLOW * self.made(id);
            for ((from, to), (amount, quality)) in flows {
                if from != to && amount > least {
                    self.add_link(id, from, to, amount, quality);
                }
            }
        }
    }

    fn add_link(&mut self, form: &str, from: &str, to: &str, amount: f64, quality: DataQuality) {
        let (source, target) = (self.node(form, from), self.node(form, to));
        let worth = self.market.nodes[target].price;
        self.guesses.push(Guess {
            what: format!("{form} from {from} to {to}"),
            kind: Kind::Link(self.market.links.len()),
            rows: vec![(source, -1.0), (target, 1.0)],
            amount,
            quality,
            beside: amount.max(LEAST_FLOW * self.made(form)),
            worth,
        });
        let transit = self.transit(from, to);
        self.market.links.push(link(source, target, amount, transit));
    }

    /// What comes to a node by first guesses less what leaves it, t a month.
    fn surplus(&self) -> Vec<f64> {
        let mut surplus = vec![0.0; self.market.nodes.len()];
        for guess in &self.guesses {
            for (node, coefficient) in &guess.rows {
                surplus[*node] += coefficient * guess.amount;
            }
        }
        surplus
    }

    fn add_uses(&mut self) {
        let year = self.year;
        let tables = self.tables;
        let amounts = tables.uses.iter().filter(|record| record.metric == UseMetric::Amount && record.region != "*");
        let amounts = newest(amounts, year, |record| {
            ((record.form.to_string(), record.region.clone(), record.use_id.clone()), record.year)
        });
        let mut by_place: BTreeMap<(String, String, String), (f64, &MarketUse)> = BTreeMap::new();
        for ((form, region, use_id), record) in amounts {
            let (Some(region), true) = (self.region(&region), self.takes(&form)) else { continue };
            let entry = by_place.entry((form, region.to_owned(), use_id)).or_insert((0.0, record));
            entry.0 += record.quantity.value.unwrap_or(0.0) / MONTHS;
        }
        for ((form, region, use_id), (amount, record)) in by_place {
            self.from(&record.provenance);
            let industry = record.industry.clone();
            self.add_sector(&form, &region, &use_id, &industry, amount, record.provenance.quality);
        }
        // Where nobody recorded a use, what comes in is used for something.
        let surplus = self.surplus();
        let recorded: BTreeSet<usize> = self.market.sectors.iter().map(|sector| sector.node).collect();
        for node in 0..self.market.nodes.len() {
            let Node { country, form, .. } = self.market.nodes[node].clone();
            let left = surplus[node].max(0.0);
            if !recorded.contains(&node) && left > 0.0 {
                self.add_sector(&form, &country, OTHER_USE, OTHER_USE, left, DataQuality::Imputed);
            }
        }
        self.add_new_relations(&surplus);
    }

    fn add_sector(
        &mut self,
        form: &str,
        region: &str,
        use_id: &str,
        industry: &str,
        amount: f64,
        quality: DataQuality,
    ) {
        let node = self.node(form, region);
        let stakes = self.tables.uses.iter().filter(|record| {
            record.metric == UseMetric::ValueAtStake
                && record.form.as_str() == form
                && (record.region == region || record.region == "*")
                && (record.use_id == use_id || use_id == OTHER_USE)
        });
        let stakes: Vec<&MarketUse> = stakes.collect();
        let own = stakes.iter().find(|record| record.region == region && record.use_id == use_id);
        let any = stakes.iter().find(|record| record.use_id == use_id);
        // A use that nobody recorded is worth as much as the least of those recorded.
        let least = stakes.iter().min_by(|a, b| {
            a.quantity.value.unwrap_or(f64::INFINITY).total_cmp(&b.quantity.value.unwrap_or(f64::INFINITY))
        });
        let stake = own.or(any).or(least);
        if let Some(record) = stake {
            self.origins.insert(record.provenance.origin.clone());
        }
        let worth = self.market.nodes[node].price;
        self.guesses.push(Guess {
            what: format!("use of {form} in {region}: {use_id}"),
            kind: Kind::Sector(self.market.sectors.len()),
            rows: vec![(node, -1.0)],
            amount,
            quality,
            beside: amount,
            worth,
        });
        self.market.sectors.push(Sector {
            use_name: use_id.to_owned(),
            industry: industry.to_owned(),
            value_at_stake: stake.and_then(|record| record.quantity.value).unwrap_or(0.0),
            node,
            amount,
            growth: 0.0,
            elasticity: None,
            choke: None,
        });
    }

    /// Links without a flow at the base: between whoever makes much and whoever needs some. They carry what balances
    /// need and no record holds, and are what a shortage may open.
    fn add_new_relations(&mut self, surplus: &[f64]) {
        let needed = self.market.use_at_base();
        let (mut made, mut at_base) = (vec![0.0; self.market.nodes.len()], vec![0.0; self.market.nodes.len()]);
        for plant in &self.market.plants {
            // Idle capacity can sell too.
            let activity =
                if plant.activity > 0.0 && plant.adoption.is_none() { plant.activity } else { plant.capacity };
            for (node, tonnes) in &plant.outputs {
                made[*node] += tonnes * activity;
                at_base[*node] += tonnes * plant.activity;
            }
        }
        let forms: Vec<String> = self.forms().map(|form| form.id.to_string()).collect();
        for form in forms {
            let nodes: Vec<usize> =
                (0..self.market.nodes.len()).filter(|node| self.market.nodes[*node].form == form).collect();
            let total = |amounts: &[f64]| nodes.iter().map(|node| amounts[*node]).sum::<f64>();
            let (all_made, all_needed) = (total(&made), total(&needed));
            let largest = nodes.iter().copied().max_by(|a, b| made[*a].total_cmp(&made[*b]));
            let sourceless =
                |node: usize| at_base[node] <= 0.0 && !self.market.links.iter().any(|link| link.to == node);
            let alone: Vec<bool> = nodes.iter().map(|node| sourceless(*node)).collect();
            for from in nodes.iter().filter(|node| made[**node] > LEAST_EXPORTER * all_made) {
                for (to, alone) in nodes.iter().zip(&alone).filter(|(node, _)| *node != from) {
                    // Whoever needs it and has no source at all buys from the largest.
                    if needed[*to] <= LEAST_IMPORTER * all_needed
                        && !(*alone && needed[*to] > 0.0 && largest == Some(*from))
                    {
                        continue;
                    }
                    if self.market.links.iter().any(|link| (link.from, link.to) == (*from, *to)) {
                        continue;
                    }
                    let missing = (-surplus[*to]).max(0.0);
                    let (source, target) =
                        (self.market.nodes[*from].country.clone(), self.market.nodes[*to].country.clone());
                    self.guesses.push(Guess {
                        what: format!("{form} from {source} to {target}, not recorded"),
                        kind: Kind::Link(self.market.links.len()),
                        rows: vec![(*from, -1.0), (*to, 1.0)],
                        amount: 0.0,
                        quality: DataQuality::Imputed,
                        beside: UNRECORDED * needed[*to].max(missing),
                        worth: self.market.nodes[*to].price,
                    });
                    let transit = self.transit(&source, &target);
                    self.market.links.push(link(*from, *to, 0.0, transit));
                }
            }
        }
    }

    /// Closes every balance by the smallest weighted change.
    fn close(mut self) -> Result<Reference, Vec<String>> {
        let rows = self.market.nodes.len();
        let columns: Vec<Vec<usize>> =
            self.guesses.iter().map(|guess| guess.rows.iter().map(|(node, _)| *node).collect()).collect();
        let structure = Arc::new(Structure::new(rows, columns.iter().map(Vec::as_slice)));
        let mut program = Program::<1>::new(Arc::clone(&structure));
        let mut through = vec![0.0; rows];
        for (column, guess) in self.guesses.iter().enumerate() {
            let slope = guess.beside.max(1e-9) / weight(guess.quality);
            let least = if matches!(guess.kind, Kind::Link(_)) { 0.0 } else { LEAST_KEPT * guess.amount };
            program.set_response(column, 0, Response::straight(0.0, guess.amount, slope, least, f64::INFINITY));
            for (entry, (node, coefficient)) in structure.entries(column).zip(&guess.rows) {
                program.set_coefficient(entry, 0, *coefficient);
                through[*node] += coefficient.abs() * guess.amount;
            }
        }
        for (node, through) in through.iter().enumerate() {
            program.set_target(node, 0, 0.0);
            program.set_scale(node, 0, through.max(1e-6), 1.0);
        }
        let mut duals = vec![[0.0]; rows];
        let mut newton = Newton::<1>::new(&structure);
        let [outcome] = newton.solve(&program, &mut duals, Settings { tolerance: 1e-10, steps: 200 });
        if !outcome.solved {
            let left = newton.residuals().iter().enumerate();
            let open = left.filter(|(node, left)| left[0].abs() > 1e-6 * through[*node].max(1e-6));
            return Err(open
                .map(|(node, left)| {
                    let Node { form, country, .. } = &self.market.nodes[node];
                    let (word, more) = if left[0] < 0.0 { ("too much", "a use") } else { ("too little", "a source") };
                    format!("{form} in {country}: {word} by {:.3} t a month; it needs {more}", left[0].abs())
                })
                .collect());
        }
        let mut quality = Qualities {
            plants: vec![DataQuality::Imputed; self.market.plants.len()],
            sectors: vec![DataQuality::Imputed; self.market.sectors.len()],
            links: vec![DataQuality::Imputed; self.market.links.len()],
        };
        let mut moved: Vec<(f64, Adjustment)> = Vec::new();
        for (guess, taken) in self.guesses.iter().zip(newton.amounts()) {
            let taken = taken[0];
            match guess.kind {
                Kind::Plant(at) => {
                    let plant = &mut self.market.plants[at];
                    plant.capacity = plant.capacity.max(CAPACITY * taken);
                    plant.activity = taken;
                    quality.plants[at] = guess.quality;
                }
                Kind::Sector(at) => {
                    self.market.sectors[at].amount = taken;
                    quality.sectors[at] = guess.quality;
                }
                Kind::Link(at) => {
                    self.market.links[at].amount = taken;
                    quality.links[at] = guess.quality;
                }
            }
            let change = taken - guess.amount;
            if change.abs() > 0.1 * guess.amount && change.abs() > 1e-3 * through[guess.rows[0].0] {
                moved.push((
                    change.abs() * guess.worth,
                    Adjustment {
                        what: guess.what.clone(),
                        recorded: guess.amount * MONTHS,
                        taken: taken * MONTHS,
                        quality: guess.quality,
                    },
                ));
            }
        }
        self.leave_out_idle_nodes(&mut quality);
        moved.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.what.cmp(&b.1.what)));
        Ok(Reference {
            market: self.market,
            adjustments: moved.into_iter().map(|(_, adjustment)| adjustment).collect(),
            year: self.year,
            origins: self.origins,
            quality,
        })
    }

    /// Nodes through which nothing passes are no part of the market, nor are the links to them.
    fn leave_out_idle_nodes(&mut self, quality: &mut Qualities) {
        let mut busy = vec![false; self.market.nodes.len()];
        for plant in &self.market.plants {
            plant.outputs.iter().chain(&plant.inputs).for_each(|(node, _)| busy[*node] = true);
        }
        self.market.sectors.iter().filter(|sector| sector.amount > 0.0).for_each(|sector| busy[sector.node] = true);
        for link in self.market.links.iter().filter(|link| link.amount > 1e-9) {
            (busy[link.from], busy[link.to]) = (true, true);
        }
        let mut place = vec![0; busy.len()];
        let mut kept = 0;
        for (node, busy) in busy.iter().enumerate() {
            place[node] = kept;
            kept += usize::from(*busy);
        }
        let mut at = 0..;
        self.market.nodes.retain(|_| at.next().is_some_and(|node: usize| busy[node]));
        for plant in &mut self.market.plants {
            plant.outputs.iter_mut().chain(&mut plant.inputs).for_each(|(node, _)| *node = place[*node]);
        }
        keep(&mut self.market.sectors, &mut quality.sectors, |sector| busy[sector.node]);
        self.market.sectors.iter_mut().for_each(|sector| sector.node = place[sector.node]);
        keep(&mut self.market.links, &mut quality.links, |link| busy[link.from] && busy[link.to]);
        self.market.links.iter_mut().for_each(|link| (link.from, link.to) = (place[link.from], place[link.to]));
    }
}

/// Keeps what is wanted of two lists that go together.
fn keep<T>(things: &mut Vec<T>, qualities: &mut Vec<DataQuality>, wanted: impl Fn(&T) -> bool) {
    let kept: Vec<bool> = things.iter().map(wanted).collect();
    let (mut thing, mut quality) = (kept.iter(), kept.iter());
    things.retain(|_| thing.next() == Some(&true));
    qualities.retain(|_| quality.next() == Some(&true));
}
