//! From a scenario's words to events on the links, plants and sectors of a market.

use crate::draw::Shape;
use crate::ensemble::{Moves, Range};
use crate::event::{End, Event, Field, Floor, Kind};
use crate::market::{Adoption, Cost, Limit, Link, Market, Plant};
use crate::mistakes::Mistakes;
use lode_model::{FormId, ReferenceMarket};
use lode_scenario::{
    Control, ControlKind, Draw, Ending, FloorInstrument, LeakKind, Lever, LeverKind, Number, PlaceId, Places, Scenario,
    Start, Unit,
};
use std::collections::{BTreeMap, BTreeSet};

/// A scenario on a market.
#[derive(Clone, PartialEq, Debug)]
pub struct Compiled {
    /// The market, with what the scenario adds to it: limits, plants, channels around a control.
    pub market: Market,
    /// What happens.
    pub events: Vec<Event>,
    /// The scenario's numbers that are not known exactly.
    pub ranges: Vec<Range>,
    /// What a reader must know: places that act as part of a region, controls that touch no flow.
    pub remarks: Vec<String>,
}

/// Part of the base flow that a channel around a control has at the base.
const CHANNEL: f64 = 0.002;
/// Premium of such a channel, in parts of the price: what secrecy and detours cost. Judgement.
const CHANNEL_PREMIUM: f64 = 0.3;
/// Cost of the first and of the last tonne of a plant that the market does not know yet, in parts of the base price of
/// what it makes: judgement.
const NEW_COST: (f64, f64) = (0.6, 0.35);
/// Rise of stock targets between the announcement and the start of a ban or licence, in parts: buyers bring forward what
/// they will miss. Judgement: between nothing and a doubling.
const FRONT_LOADING: (f64, f64, f64) = (0.0, 0.5, 1.0);
/// Months that a public stock lasts at most speed where the scenario does not say it.
const RELEASE_MONTHS: f64 = 3.0;

/// Lays a scenario over a market. Groups of countries are given as their members.
pub fn compile(
    scenario: &Scenario,
    tables: &ReferenceMarket,
    groups: &BTreeMap<String, Vec<String>>,
    market: Market,
) -> Result<Compiled, Mistakes> {
    let mut compiler = Compiler {
        scenario,
        tables,
        groups,
        done: Compiled { market, events: Vec::new(), ranges: Vec::new(), remarks: Vec::new() },
        spells: BTreeMap::new(),
        mistakes: Mistakes::default(),
    };
    compiler.controls();
    compiler.accidents();
    compiler.leaks();
    compiler.levers();
    // Channels around a control have taken part of what its limits were laid on.
    let market = &mut compiler.done.market;
    for limit in &mut market.limits {
        limit.usual = limit.links.iter().map(|(link, weight)| weight * market.links[*link].amount).sum();
    }
    compiler.mistakes.into_result()?;
    Ok(compiler.done)
}

struct Compiler<'s> {
    scenario: &'s Scenario,
    tables: &'s ReferenceMarket,
    groups: &'s BTreeMap<String, Vec<String>>,
    done: Compiled,
    /// When each event starts, for those that follow it.
    spells: BTreeMap<String, f64>,
    mistakes: Mistakes,
}

/// When an event is in force, and how likely it is at all.
struct Spell {
    start: f64,
    end: End,
    chance: f64,
}

impl Compiler<'_> {
    /// The regions of the market in which places lie.
    fn regions(&mut self, places: &[PlaceId], of: &str) -> BTreeSet<String> {
        let mut regions = BTreeSet::new();
        for place in places {
            let place = place.as_str();
            let members = self
                .groups
                .get(place)
                .map_or(std::slice::from_ref(&place).to_vec(), |members| members.iter().map(String::as_str).collect());
            for member in members {
                let Some(region) = self.tables.region_of(member) else { continue };
                if region.id != member && region.id != place {
                    self.remark(format!("{of}: {member} acts as part of {}", region.name_en));
                }
                regions.insert(region.id.clone());
            }
        }
        regions
    }

    fn remark(&mut self, remark: String) {
        if !self.done.remarks.contains(&remark) {
            self.done.remarks.push(remark);
        }
    }

    /// Regions among those of the market; `not` are never meant, such as the exporter itself.
    fn meant(&mut self, places: &Places, not: &BTreeSet<String>, of: &str) -> BTreeSet<String> {
        let all: BTreeSet<String> = self.done.market.nodes.iter().map(|node| node.country.clone()).collect();
        let chosen = match places {
            Places::All => all,
            Places::AllExcept(places) => {
                let except = self.regions(places, of);
                all.difference(&except).cloned().collect()
            }
            Places::Only(places) => self.regions(places, of),
        };
        chosen.difference(not).cloned().collect()
    }

    fn links(&self, from: &BTreeSet<String>, to: &BTreeSet<String>, forms: &[FormId]) -> Vec<usize> {
        let market = &self.done.market;
        let meant = |link: &Link| {
            let (source, target) = (&market.nodes[link.from], &market.nodes[link.to]);
            (forms.is_empty() || forms.iter().any(|form| form.as_str() == source.form))
                && from.contains(&source.country)
                && to.contains(&target.country)
        };
        (0..market.links.len()).filter(|link| meant(&market.links[*link])).collect()
    }

    /// Plants in some regions that make one of some forms.
    fn plants(&self, regions: &BTreeSet<String>, forms: &[FormId], processes: &[&str]) -> Vec<usize> {
        let market = &self.done.market;
        let meant = |plant: &Plant| {
            let Some((first, _)) = plant.outputs.first() else { return false };
            regions.contains(&market.nodes[*first].country)
                && (processes.is_empty() || processes.contains(&plant.process.as_str()))
                && (forms.is_empty()
                    || plant
                        .outputs
                        .iter()
                        .any(|(node, _)| forms.iter().any(|form| form.as_str() == market.nodes[*node].form)))
        };
        (0..market.plants.len()).filter(|plant| meant(&market.plants[*plant])).collect()
    }

    fn sectors(&self, regions: &BTreeSet<String>, forms: &[FormId], uses: &[&str]) -> Vec<usize> {
        let market = &self.done.market;
        (0..market.sectors.len())
            .filter(|sector| {
                let sector = &market.sectors[*sector];
                let node = &market.nodes[sector.node];
                regions.contains(&node.country)
                    && (forms.is_empty() || forms.iter().any(|form| form.as_str() == node.form))
                    && (uses.is_empty() || uses.contains(&sector.use_name.as_str()))
            })
            .collect()
    }

    fn spell(&mut self, id: &str, start: &Start, ends: &Ending) -> Spell {
        let zero = self.scenario.start;
        let (start, chance) = match start {
            Start::On(day) => (day.months_since(zero), 1.0),
            Start::After { event, delay_months, chance } => {
                let first = self.spells.get(event.as_str()).copied();
                if first.is_none() {
                    self.mistakes.add(format!("event `{id}` follows `{event}`, which is no event before it"));
                }
                let start = first.unwrap_or(0.0) + delay_months.value;
                if delay_months.is_range() {
                    let shift = start - delay_months.value;
                    self.range(id, Field::Start, delay_months, |months| shift + months);
                }
                if chance.is_range() {
                    self.range(id, Field::Chance, chance, |chance| chance);
                }
                (start, chance.value)
            }
        };
        let end = match ends {
            Ending::Never => End::Never,
            Ending::On(day) => End::At(day.next().months_since(zero)),
            Ending::Deal { earliest, monthly_chance } => {
                let inside = |chance: f64| chance.clamp(1e-6, 1.0 - 1e-6);
                self.range(id, Field::MonthlyChance, monthly_chance, inside);
                let certain = inside(monthly_chance.value);
                End::Deal { earliest: earliest.months_since(zero).max(start.max(0.0)), monthly_chance: certain }
            }
            Ending::Lasting { months } => {
                let from = start;
                self.range(id, Field::End, months, |months| from + months);
                End::At(start + months.value)
            }
        };
        self.spells.entry(id.to_owned()).or_insert(start);
        Spell { start, end, chance }
    }

    /// Takes a number's range, as the engine counts it.
    fn range<U: Unit>(&mut self, event: &str, field: Field, number: &Number<U>, as_counted: impl Fn(f64) -> f64) {
        if !number.is_range() {
            return;
        }
        let (low, high) = (as_counted(number.low), as_counted(number.high));
        self.done.ranges.push(Range {
            id: format!("{event}.{}", field.name()),
            moves: Moves::Event { event: event.to_owned(), field },
            low: low.min(high),
            value: as_counted(number.value),
            high: low.max(high),
            shape: if number.draw == Draw::LogTriangular { Shape::LogTriangular } else { Shape::Triangular },
        });
    }

    /// Adds an event. What began before the run is in force from its start.
    fn add(&mut self, id: &str, announced: Option<f64>, spell: &Spell, kind: Kind) {
        let over = matches!(spell.end, End::At(at) if at <= 0.0);
        if over {
            self.remark(format!("{id} is over before the run starts"));
            return;
        }
        let start = spell.start.max(0.0);
        let announced = announced.unwrap_or(start).min(start);
        if let (Kind::Halt { links, .. } | Kind::Licence { links, .. }, true) = (&kind, announced < start) {
            let mut nodes: Vec<usize> = links.iter().map(|link| self.done.market.links[*link].to).collect();
            nodes.sort_unstable();
            nodes.dedup();
            let (low, value, high) = FRONT_LOADING;
            let name = format!("{id}.front-loading");
            self.done.ranges.push(Range {
                id: format!("{name}.{}", Field::Extra.name()),
                moves: Moves::Event { event: name.clone(), field: Field::Extra },
                low,
                value,
                high,
                shape: Shape::Triangular,
            });
            let kind = Kind::FrontLoading { nodes, extra: value };
            let event =
                Event { id: name, announced: announced.max(0.0), start, end: End::Never, chance: spell.chance, kind };
            self.done.events.push(event);
        }
        self.done.events.push(Event {
            id: id.to_owned(),
            announced,
            start,
            end: spell.end,
            chance: spell.chance,
            kind,
        });
    }

    fn controls(&mut self) {
        let scenario = self.scenario;
        for control in &scenario.controls {
            let id = control.id.as_str();
            let exporters = self.regions(&control.exporters, id);
            let destinations = self.meant(&control.destinations, &exporters, id);
            let spell = self.spell(id, &control.start, &control.ends);
            let announced = control.announced.map(|day| day.months_since(scenario.start));
            let links = self.links(&exporters, &destinations, &control.forms);
            let at_home = matches!(control.kind, ControlKind::DomesticOutputControl { .. });
            if links.is_empty() && !at_home {
                self.remark(format!("{id}: no flow of the market is covered"));
                continue;
            }
            self.control(control, &exporters, links, announced, spell);
        }
    }

    fn control(
        &mut self,
        control: &Control,
        exporters: &BTreeSet<String>,
        links: Vec<usize>,
        announced: Option<f64>,
        spell: Spell,
    ) {
        let id = control.id.as_str();
        let covered = &control.covered;
        let kinds: Vec<(Spell, Kind)> = match &control.kind {
            ControlKind::Ban { severity } | ControlKind::ReserveOwnOre { kept: severity } => {
                let product = Number::<lode_scenario::Fraction>::new(
                    severity.value * covered.value,
                    severity.low * covered.low,
                    severity.high * covered.high,
                    severity.ground.clone(),
                );
                self.range(id, Field::Severity, &product, |severity| severity);
                vec![(spell, Kind::Halt { links, severity: product.value })]
            }
            ControlKind::Quota { tonnes_per_year, allowances, counted_tonnes, .. } => {
                let limit = self.done.market.limits.len();
                let usual = links.iter().map(|link| self.done.market.links[*link].amount).sum::<f64>();
                self.done.market.limits.push(Limit {
                    name: format!("quota {id}"),
                    links: links.iter().map(|link| (*link, counted_tonnes.value)).collect(),
                    usual: usual * counted_tonnes.value,
                });
                let mut kinds = Vec::new();
                if let Some(tonnes) = tonnes_per_year {
                    self.range(id, Field::Tonnes, tonnes, |tonnes| tonnes);
                    kinds.push((spell, Kind::Quota { limit, tonnes: tonnes.value }));
                }
                let zero = self.scenario.start;
                for allowance in allowances {
                    let (from, to) = (allowance.from.months_since(zero), allowance.to.next().months_since(zero));
                    let yearly = allowance.tonnes.value * 12.0 / (to - from);
                    kinds.push((
                        Spell { start: from, end: End::At(to), chance: 1.0 },
                        Kind::Quota { limit, tonnes: yearly },
                    ));
                }
                kinds
            }
            ControlKind::Licence { review_months, ramp_months, approved_at_most, catch_up, .. } => {
                self.range(id, Field::Covered, covered, |covered| covered);
                self.range(id, Field::Review, review_months, |months| months);
                self.range(id, Field::Ramp, ramp_months, |months| months);
                self.range(id, Field::Ceiling, approved_at_most, |share| share);
                self.range(id, Field::Over, catch_up, |multiple| multiple);
                vec![(
                    spell,
                    Kind::Licence {
                        links,
                        covered: covered.value,
                        review: review_months.value,
                        ramp: ramp_months.value,
                        ceiling: approved_at_most.value,
                        over: catch_up.value,
                    },
                )]
            }
            ControlKind::ExportTax { rate, in_base } => {
                let part = covered.value;
                links.iter().for_each(|link| self.done.market.links[*link].tax += in_base.value * part);
                self.range(id, Field::Rate, rate, |rate| rate * part);
                vec![(spell, Kind::ExportTax { links, rate: rate.value * part })]
            }
            ControlKind::DomesticOutputControl { cut } => {
                self.range(id, Field::Severity, cut, |cut| cut);
                let plants = self.plants(exporters, &control.forms, &[]);
                if plants.is_empty() {
                    self.remark(format!("{id}: no plant of the market is covered"));
                }
                vec![(spell, Kind::OutputControl { plants, cut: cut.value })]
            }
        };
        let several = kinds.len() > 1;
        for (place, (spell, kind)) in kinds.into_iter().enumerate() {
            let name = if several { format!("{id}.{}", place + 1) } else { id.to_owned() };
            self.in_force(&name, control, announced, spell, kind);
        }
    }

    /// Adds a control for the spells in which it is not suspended.
    fn in_force(&mut self, id: &str, control: &Control, announced: Option<f64>, spell: Spell, kind: Kind) {
        let zero = self.scenario.start;
        let mut start = spell.start;
        for (place, suspension) in control.suspended.iter().enumerate() {
            let from = suspension.from.months_since(zero);
            if from > start {
                let before = Spell { start, end: End::At(from), chance: spell.chance };
                self.add(&format!("{id}.before-suspension-{}", place + 1), announced, &before, kind.clone());
                self.copy_ranges(id, &format!("{id}.before-suspension-{}", place + 1));
            }
            match suspension.to {
                Some(day) => start = day.next().months_since(zero),
                None => return,
            }
        }
        let over = matches!(spell.end, End::At(at) if at <= start);
        if !over {
            self.add(id, announced, &Spell { start, ..spell }, kind);
        }
    }

    /// The same draws for another spell of the same measure.
    fn copy_ranges(&mut self, from: &str, to: &str) {
        let copies: Vec<Range> = self
            .done
            .ranges
            .iter()
            .filter_map(|range| match &range.moves {
                Moves::Event { event, field } if event == from && !matches!(field, Field::Start | Field::End) => {
                    Some(Range { moves: Moves::Event { event: to.to_owned(), field: *field }, ..range.clone() })
                }
                _ => None,
            })
            .collect();
        self.done.ranges.extend(copies);
    }

    fn accidents(&mut self) {
        let scenario = self.scenario;
        let none = BTreeSet::new();
        for outage in &scenario.outages {
            let id = outage.id.as_str();
            let spell = self.spell(id, &outage.start, &outage.ends);
            let regions = self.regions(&outage.places, id);
            let processes: Vec<&str> = outage.processes.iter().map(|process| process.as_str()).collect();
            let plants = self.plants(&regions, &outage.forms, &processes);
            if plants.is_empty() {
                self.remark(format!("{id}: no plant of the market stands there"));
                continue;
            }
            self.range(id, Field::Severity, &outage.cut, |cut| cut);
            self.add(id, None, &spell, Kind::Outage { plants, cut: outage.cut.value });
        }
        for closure in &scenario.route_closures {
            let id = closure.id.as_str();
            let spell = self.spell(id, &closure.start, &closure.ends);
            let from = self.meant(&closure.exporters, &none, id);
            let to = self.meant(&closure.destinations, &none, id);
            let links = self.links(&from, &to, &closure.forms);
            if links.is_empty() {
                self.remark(format!("{id}: no flow of the market takes that route"));
                continue;
            }
            self.range(id, Field::Severity, &closure.cut, |cut| cut);
            self.range(id, Field::Months, &closure.delay_months, |months| months);
            let kind = Kind::RouteClosure { links, cut: closure.cut.value, delay: closure.delay_months.value };
            self.add(id, None, &spell, kind);
        }
        for surge in &scenario.demand_surges {
            let id = surge.id.as_str();
            let spell = self.spell(id, &surge.start, &surge.ends);
            let regions = self.meant(&surge.places, &none, id);
            let uses: Vec<&str> = surge.uses.iter().map(|name| name.as_str()).collect();
            let sectors = self.sectors(&regions, &surge.forms, &uses);
            if sectors.is_empty() {
                self.remark(format!("{id}: no use of the market is meant"));
                continue;
            }
            self.range(id, Field::Factor, &surge.factor, |factor| factor);
            self.add(id, None, &spell, Kind::DemandSurge { sectors, factor: surge.factor.value });
        }
        for dumping in &scenario.dumping {
            let id = dumping.id.as_str();
            let spell = self.spell(id, &dumping.start, &dumping.ends);
            let regions = self.regions(&dumping.exporters, id);
            let plants = self.plants(&regions, &dumping.forms, &[]);
            if plants.is_empty() {
                self.remark(format!("{id}: no plant of the market is meant"));
                continue;
            }
            self.range(id, Field::Severity, &dumping.price_cut, |cut| cut);
            self.add(id, None, &spell, Kind::Dumping { plants, cut: dumping.price_cut.value });
        }
    }

    fn leaks(&mut self) {
        let scenario = self.scenario;
        for leak in &scenario.leaks {
            let id = leak.id.as_str();
            let spell = self.spell(id, &leak.start, &leak.ends);
            let exporters = self.regions(&leak.exporters, id);
            let targets = self.meant(&leak.destinations, &exporters, id);
            let blocked = self.links(&exporters, &targets, &leak.forms);
            let mut channels = Vec::new();
            let mut ceiling = leak.ceiling.value;
            let at_base = leak.at_base.value.max(CHANNEL);
            match &leak.kind {
                LeakKind::Smuggling {} => {
                    // A channel beside each blocked flow, with a ceiling in parts of that flow.
                    for link in blocked {
                        let declared = self.done.market.links[link].clone();
                        if declared.amount > 0.0 {
                            self.done.market.links[link].amount *= 1.0 - leak.at_base.value;
                            channels.push(self.channel(declared, at_base));
                        }
                    }
                    ceiling /= at_base;
                    self.range(id, Field::Ceiling, &leak.ceiling, |multiple| multiple / at_base);
                }
                LeakKind::Transshipment { via } => {
                    let via = self.regions(via, id);
                    channels = self.links(&via, &targets, &leak.forms);
                    for link in blocked {
                        let declared = self.done.market.links[link].clone();
                        let target = declared.to;
                        for third in &via {
                            let form = self.done.market.nodes[target].form.clone();
                            let Some(from) = self.done.market.node(third, &form) else { continue };
                            let known = |link: &Link| (link.from, link.to) == (from, target);
                            if from != target && !self.done.market.links.iter().any(known) {
                                channels.push(self.channel(Link { from, ..declared.clone() }, CHANNEL));
                            }
                        }
                    }
                    self.range(id, Field::Ceiling, &leak.ceiling, |multiple| multiple);
                }
            }
            if channels.is_empty() {
                self.remark(format!("{id}: the market has no flow to get around"));
                continue;
            }
            channels.sort_unstable();
            channels.dedup();
            self.add(id, None, &spell, Kind::Leak { links: channels, ceiling });
        }
    }

    /// A way around beside a declared flow, which carries part of it at the base.
    fn channel(&mut self, declared: Link, at_base: f64) -> usize {
        let amount = at_base * declared.amount;
        self.done.market.links.push(Link {
            amount,
            transit: declared.transit + 0.5,
            tax: 0.0,
            premium: CHANNEL_PREMIUM,
            newcomer: Some(declared.amount.max(1e-6)),
            ..declared
        });
        self.done.market.links.len() - 1
    }

    fn levers(&mut self) {
        let scenario = self.scenario;
        for lever in &scenario.levers {
            let id = lever.id.as_str();
            let mut spell = self.spell(id, &lever.start, &lever.ends);
            spell.chance *= lever.chance.value;
            let regions = self.regions(&lever.places, id);
            for region in &regions {
                self.lever(lever, &spell, region, regions.len() > 1);
            }
        }
    }

    fn lever(&mut self, lever: &Lever, spell: &Spell, region: &str, several: bool) {
        let here = BTreeSet::from([region.to_owned()]);
        let name = if several { format!("{}.{region}", lever.id) } else { lever.id.to_string() };
        if lever.chance.is_range() {
            self.range(&name, Field::Chance, &lever.chance, |chance| chance);
        }
        match &lever.kind {
            LeverKind::StockRelease { stock_tonnes, stock_months, covers, most_months } => {
                let nodes: Vec<(usize, String)> = lever
                    .forms
                    .iter()
                    .filter_map(|form| Some((self.done.market.node(region, form.as_str())?, form.to_string())))
                    .collect();
                let alone = nodes.len() == 1;
                for (node, form) in nodes {
                    let name = if alone { name.clone() } else { format!("{name}.{form}") };
                    let usual = self.done.market.use_at_base()[node];
                    let tonnes = match (stock_tonnes, stock_months) {
                        (Some(tonnes), _) => {
                            self.range(&name, Field::Tonnes, tonnes, |tonnes| tonnes);
                            tonnes.value
                        }
                        (None, Some(months)) => {
                            self.range(&name, Field::Tonnes, months, |months| months * usual);
                            months.value * usual
                        }
                        (None, None) => continue,
                    };
                    self.range(&name, Field::Share, covers, |share| share);
                    let months = most_months.as_ref().map_or(RELEASE_MONTHS, |months| months.value);
                    let kind = Kind::StockRelease { node, tonnes, share: covers.value, months };
                    self.add(&name, None, spell, kind);
                }
            }
            LeverKind::Offtake { suppliers, tonnes_per_year } => {
                let from = self.regions(suppliers, &name);
                let links = self.links(&from, &here, &lever.forms);
                if links.is_empty() {
                    self.remark(format!("{name}: the market has no way from these suppliers to {region}"));
                    return;
                }
                self.range(&name, Field::Tonnes, tonnes_per_year, |tonnes| tonnes);
                self.add(&name, None, spell, Kind::Offtake { links, tonnes: tonnes_per_year.value });
            }
            LeverKind::Recycling { tonnes_per_year, ramp_months } => {
                for form in &lever.forms {
                    self.new_plant(&name, spell, region, form, None, tonnes_per_year.value, ramp_months);
                }
            }
            LeverKind::NewPlant { process, tonnes_per_year, ramp_months } => {
                for form in &lever.forms {
                    let process = process.as_ref().map(|process| process.as_str().to_owned()).or_else(|| {
                        let makes = |recipe: &&lode_model::MarketRecipe| recipe.makes && recipe.form == *form;
                        self.tables.recipes.iter().find(makes).map(|recipe| recipe.process.to_string())
                    });
                    self.new_plant(&name, spell, region, form, process.as_deref(), tonnes_per_year.value, ramp_months);
                }
            }
            LeverKind::Thrift { uses, faster } => {
                let uses: Vec<&str> = uses.iter().map(|name| name.as_str()).collect();
                let sectors = self.sectors(&here, &lever.forms, &uses);
                self.range(&name, Field::Factor, faster, |factor| factor);
                self.add(&name, None, spell, Kind::Thrift { sectors, factor: faster.value });
            }
            LeverKind::Substitute { process, ramp_months } => {
                let plants = self.plants(&here, &[], &[process.as_str()]);
                if plants.is_empty() {
                    self.remark(format!("{name}: nobody in {region} could run {process}"));
                }
                for plant in plants {
                    self.done.market.plants[plant].adoption = Some(Adoption { months: ramp_months.value.max(1e-6) });
                    self.add(&name, None, spell, Kind::Substitute { plant });
                }
            }
            LeverKind::PriceFloor { floor, instrument } => {
                let plants = self.plants(&here, &lever.forms, &[]);
                if plants.is_empty() {
                    self.remark(format!("{name}: nobody in {region} makes it"));
                    return;
                }
                let how = match instrument {
                    FloorInstrument::TopUp {} => Floor::TopUp,
                    FloorInstrument::Purchase {} => Floor::Purchase,
                };
                self.range(&name, Field::Floor, floor, |floor| floor);
                self.add(&name, None, spell, Kind::PriceFloor { plants, floor: floor.value, how });
            }
        }
    }

    /// A plant that the market does not have. What it needs and the region does not have is bought at base prices.
    #[allow(clippy::too_many_arguments)]
    fn new_plant<U: Unit>(
        &mut self,
        name: &str,
        spell: &Spell,
        region: &str,
        form: &FormId,
        process: Option<&str>,
        tonnes_a_year: f64,
        ramp: &Number<U>,
    ) {
        let Some(node) = self.done.market.node(region, form.as_str()) else {
            self.remark(format!("{name}: nobody in {region} uses {form}"));
            return;
        };
        let price = self.done.market.nodes[node].price;
        let (mut inputs, mut bought) = (Vec::new(), 0.0);
        let recipes = self.tables.recipes.iter().filter(|recipe| Some(recipe.process.as_str()) == process);
        let made = recipes.clone().find(|recipe| recipe.makes && recipe.form == *form);
        let for_a_tonne = 1.0 / made.and_then(|recipe| recipe.quantity.value).filter(|made| *made > 0.0).unwrap_or(1.0);
        for recipe in recipes.filter(|recipe| !recipe.makes) {
            let tonnes = recipe.quantity.value.unwrap_or(0.0) * for_a_tonne;
            match self.done.market.node(region, recipe.form.as_str()) {
                Some(input) => inputs.push((input, tonnes)),
                None => {
                    let nodes = self.done.market.nodes.iter().filter(|other| other.form == recipe.form.as_str());
                    bought += tonnes * nodes.map(|node| node.price).fold(f64::INFINITY, f64::min);
                }
            }
        }
        let worth: f64 = inputs.iter().map(|(input, tonnes)| tonnes * self.done.market.nodes[*input].price).sum();
        if bought.is_infinite() {
            self.remark(format!("{name}: the market does not have what it needs"));
            return;
        }
        let margin = (price - worth - bought).max(0.05 * price);
        let plant = self.done.market.plants.len();
        self.done.market.plants.push(Plant {
            name: format!("{name} in {region}"),
            process: process.unwrap_or("recycling").to_owned(),
            capacity: tonnes_a_year / 12.0,
            activity: 0.0,
            outputs: vec![(node, 1.0)],
            inputs,
            cost: Cost::Given { first: bought + NEW_COST.0 * margin, rise: NEW_COST.1 * margin },
            adoption: None,
        });
        self.range(name, Field::Ramp, ramp, |months| months);
        self.add(name, None, spell, Kind::NewPlant { plant, ramp: ramp.value });
    }
}
