//! Events made conditions, step by step, with what each replicate remembers of them.

use crate::conditions::{Conditions, Instruments};
use crate::draw;
use crate::engine::Step;
use crate::event::{End, Event, Floor, Kind};
use crate::market::Market;
use crate::parameters::Parameters;
use crate::state::State;
use std::sync::Arc;

/// Where a replicate takes its draws from: a name gives a number between 0 and 1.
pub(crate) type Draws<'d> = &'d dyn Fn(&str) -> f64;

/// Events in all lanes.
#[derive(Debug)]
pub(crate) struct Programme<const L: usize> {
    market: Arc<Market>,
    instruments: Instruments,
    months: f64,
    /// Calendar month of the first month, from 0.
    first_month: u32,
    none: Conditions<L>,
    lanes: Vec<Lane>,
    /// Links that some event puts at risk, with their share in what reaches their destination at the base.
    at_risk: Vec<(usize, f64)>,
    /// By node: made and imported at the base, t a month.
    inflow: Vec<f64>,
}

/// Events of one replicate.
#[derive(Debug, Default)]
struct Lane {
    events: Vec<Event>,
    memory: Vec<Memory>,
    /// By link at risk: what stock targets and premiums remember.
    risk: Vec<f64>,
    premium: Vec<f64>,
    fade_risk: f64,
    fade_premium: f64,
    risk_premium: f64,
    rush: f64,
}

/// What is remembered of an event.
#[derive(Clone, Debug)]
struct Memory {
    /// When it ends.
    end: f64,
    /// By link of the event: established flow when it became known, t a month.
    established: Option<Vec<f64>>,
    /// Tonnes left of a quota in its year, or of a public stock.
    left: f64,
    /// Year of the quota.
    year: Option<u32>,
    /// Whether it happens at all in this replicate.
    happens: bool,
}

/// A step in time.
#[derive(Clone, Copy)]
struct Span {
    from: f64,
    to: f64,
}

impl Span {
    /// The part of the step between two times.
    fn covered(self, start: f64, end: f64) -> f64 {
        ((self.to.min(end) - self.from.max(start)) / (self.to - self.from)).clamp(0.0, 1.0)
    }

    /// The middle of that part, as months after its start.
    fn middle(self, start: f64, end: f64) -> f64 {
        0.5 * (self.from.max(start) + self.to.min(end)) - start
    }
}

/// What an engine needs for events.
pub(crate) fn instruments(market: &Market, events: &[Event]) -> Instruments {
    let mut instruments = Instruments::default();
    for event in events {
        match &event.kind {
            Kind::RouteClosure { delay, .. } => instruments.delay = instruments.delay.max(*delay),
            Kind::PriceFloor { plants, how: Floor::Purchase, .. } => {
                instruments.buyers.extend(plants.iter().map(|plant| market.plants[*plant].outputs[0].0));
            }
            _ => {}
        }
    }
    instruments.buyers.sort_unstable();
    instruments.buyers.dedup();
    instruments
}

impl<const L: usize> Programme<L> {
    /// Room for events like these in all lanes.
    pub fn new(
        market: &Arc<Market>,
        instruments: &Instruments,
        events: &[Event],
        months: f64,
        first_month: u32,
    ) -> Self {
        let mut inflow = vec![0.0; market.nodes.len()];
        for plant in &market.plants {
            for (node, tonnes) in &plant.outputs {
                inflow[*node] += tonnes * plant.activity;
            }
        }
        for link in &market.links {
            inflow[link.to] += link.amount;
        }
        let mut links: Vec<usize> = events.iter().flat_map(|event| threatened(market, event)).collect();
        links.sort_unstable();
        links.dedup();
        let share = |link: usize| {
            let link = &market.links[link];
            if link.amount > 0.0 { link.amount / inflow[link.to] } else { 0.0 }
        };
        Self {
            none: Conditions::none(market, instruments),
            lanes: (0..L).map(|_| Lane::default()).collect(),
            at_risk: links.into_iter().map(|link| (link, share(link))).collect(),
            inflow,
            market: Arc::clone(market),
            instruments: instruments.clone(),
            months,
            first_month,
        }
    }

    /// Conditions to start from.
    pub fn none(&self) -> Conditions<L> {
        self.none.clone()
    }

    /// Gives a lane to another replicate: its events as drawn, and draws for how they end.
    pub fn start(&mut self, lane: usize, events: Vec<Event>, parameters: &Parameters, draws: Draws<'_>) {
        let fade = |months: f64| libm::exp(-self.months / months.max(1e-6));
        let memory = |event: &Event| Memory {
            end: match event.end {
                End::Never => f64::INFINITY,
                End::At(at) => at,
                End::Deal { earliest, monthly_chance } => {
                    earliest + draw::waiting(monthly_chance, draws(&format!("deal of {}", event.id)))
                }
            },
            established: None,
            left: match event.kind {
                Kind::StockRelease { tonnes, .. } => tonnes,
                _ => 0.0,
            },
            year: None,
            happens: event.chance >= 1.0 || draws(&format!("happening of {}", event.id)) <= event.chance,
        };
        self.lanes[lane] = Lane {
            memory: events.iter().map(memory).collect(),
            events,
            risk: vec![0.0; self.at_risk.len()],
            premium: vec![0.0; self.at_risk.len()],
            fade_risk: fade(parameters.risk_memory),
            fade_premium: fade(parameters.premium_memory),
            risk_premium: parameters.risk_premium,
            rush: parameters.rush,
        };
    }

    /// The conditions of a step, from what is at its start and what happened in the step before.
    pub fn impose(&mut self, step: u32, state: &State<L>, last: &Step<L>, conditions: &mut Conditions<L>) {
        conditions.clone_from(&self.none);
        let from = f64::from(step) * self.months;
        let span = Span { from, to: from + self.months };
        let mut lanes = std::mem::take(&mut self.lanes);
        for (at, lane) in lanes.iter_mut().enumerate() {
            for (event, memory) in lane.events.iter().zip(&mut lane.memory) {
                if span.to > event.announced && memory.established.is_none() {
                    memory.established = Some(event.links().iter().map(|link| state.established[*link][at]).collect());
                }
                self.apply(event, memory, lane.rush, span, at, state, last, step, conditions);
            }
            self.remember(lane, span, at, conditions);
        }
        self.lanes = lanes;
    }

    #[allow(clippy::too_many_arguments)]
    fn apply(
        &self,
        event: &Event,
        memory: &mut Memory,
        rush: f64,
        span: Span,
        at: usize,
        state: &State<L>,
        last: &Step<L>,
        step: u32,
        conditions: &mut Conditions<L>,
    ) {
        let market = &self.market;
        let (start, end) = (event.start, memory.end);
        // What does not happen is never in force.
        let covered = if memory.happens { span.covered(start, end) } else { 0.0 };
        let between = |without: f64, with: f64| without + covered * (with - without);
        match &event.kind {
            Kind::FrontLoading { nodes, extra } => {
                let before = if memory.happens { span.covered(event.announced, start.min(end)) } else { 0.0 };
                nodes.iter().for_each(|node| conditions.cover[*node][at] *= 1.0 + before * extra);
            }
            Kind::NewPlant { plant, ramp, .. } => {
                let reached = if *ramp > 0.0 { (span.middle(start, end) / ramp).clamp(0.0, 1.0) } else { 1.0 };
                conditions.capacity[*plant][at] *= covered * reached;
            }
            Kind::Substitute { plant } => conditions.capacity[*plant][at] *= covered,
            _ if covered == 0.0 => {}
            Kind::Halt { links, severity } => {
                hold_up(links, memory, severity.clamp(0.0, 1.0), covered, rush, at, conditions);
            }
            Kind::RouteClosure { links, cut, delay } => {
                hold_up(links, memory, cut.clamp(0.0, 1.0), covered, rush, at, conditions);
                links.iter().for_each(|link| conditions.delay[*link][at] += covered * delay.max(0.0));
            }
            Kind::Licence { links, covered: controlled, review, ramp, ceiling, over } => {
                let after = span.middle(start, end) - review;
                let approved = match after > 0.0 {
                    true if *ramp > 0.0 => 1.0 - libm::exp(-after / ramp),
                    true => 1.0,
                    false => 0.0,
                };
                let free = rush.max(*over);
                let cap = (1.0 - controlled) * free + controlled * approved.min(*ceiling) * over;
                let cap = covered * cap + (1.0 - covered) * free;
                for (place, link) in links.iter().enumerate() {
                    let most = &mut conditions.most[*link][at];
                    *most = most.min(cap * established(memory, place));
                    conditions.held_up[*link][at] = true;
                    conditions.lapses[*link][at] = true;
                }
            }
            Kind::Quota { limit, tonnes } => {
                if covered < 0.5 {
                    return;
                }
                let month = f64::from(self.first_month) + f64::from(step) * self.months;
                let (year, left) = ((month / 12.0) as u32, 12.0 - month % 12.0);
                if memory.year != Some(year) {
                    // A quota that comes in the middle of a year is that of the rest of it.
                    memory.left = if memory.year.is_none() { tonnes * left / 12.0 } else { *tonnes };
                    memory.year = Some(year);
                }
                let rate = (memory.left / self.months).min(2.0 * memory.left / left);
                let least = 1e-6 * market.limits[*limit].usual;
                conditions.limit[*limit][at] = rate.max(least);
            }
            Kind::ExportTax { links, rate } => {
                for link in links {
                    conditions.tax[*link][at] = between(market.links[*link].tax, *rate);
                }
            }
            Kind::OutputControl { plants, cut } => {
                for plant in plants {
                    let usual = market.plants[*plant].activity / market.plants[*plant].capacity.max(1e-9);
                    let part = &mut conditions.capacity[*plant][at];
                    *part = part.min(between(1.0, usual * (1.0 - cut.clamp(0.0, 1.0))));
                }
            }
            Kind::Outage { plants, cut } => {
                for plant in plants {
                    conditions.capacity[*plant][at] *= between(1.0, 1.0 - cut.clamp(0.0, 1.0));
                }
            }
            Kind::DemandSurge { sectors, factor } => {
                sectors.iter().for_each(|sector| conditions.demand[*sector][at] *= between(1.0, *factor));
            }
            Kind::Thrift { sectors, factor } => {
                sectors.iter().for_each(|sector| conditions.thrift[*sector][at] *= between(1.0, *factor));
            }
            Kind::Dumping { plants, cut } => {
                for plant in plants {
                    conditions.support[*plant][at] += covered * cut * market.worth(&market.plants[*plant]).0;
                }
            }
            Kind::Leak { links, ceiling } => {
                for link in links {
                    let most = &mut conditions.most[*link][at];
                    *most = most.min(ceiling * market.links[*link].amount);
                }
            }
            Kind::StockRelease { node, share, months, .. } => {
                // Nothing is known of supply before the first step.
                let supply = if step == 0 { self.inflow[*node] } else { self.supply(last, *node, at) };
                let dear = state.price[*node][at] > market.nodes[*node].price;
                let missing = if dear { (self.inflow[*node] - supply).max(0.0) } else { 0.0 };
                let fastest =
                    if let Kind::StockRelease { tonnes, .. } = event.kind { tonnes / months.max(0.5) } else { 0.0 };
                let released = (covered * share * missing).min(fastest).min(memory.left / self.months);
                memory.left -= released * self.months;
                conditions.release[*node][at] += released;
            }
            Kind::Offtake { links, tonnes } => {
                let all: f64 = links.iter().map(|link| market.links[*link].amount).sum();
                for link in links {
                    let even = 1.0 / links.len() as f64;
                    let share = if all > 0.0 { market.links[*link].amount / all } else { even };
                    conditions.contracted[*link][at] += covered * share * tonnes / 12.0;
                }
            }
            Kind::PriceFloor { plants, floor, how } => {
                for plant in plants {
                    let (node, tonnes) = market.plants[*plant].outputs[0];
                    match how {
                        Floor::TopUp => {
                            let missing = (floor - state.expected[node][at]).max(0.0);
                            conditions.support[*plant][at] += covered * missing * tonnes;
                        }
                        Floor::Purchase => {
                            if let Ok(buyer) = self.instruments.buyers.binary_search(&node) {
                                let bid = &mut conditions.floor[buyer][at];
                                *bid = bid.max(if covered >= 0.5 { *floor } else { 0.0 });
                            }
                        }
                    }
                }
            }
        }
    }

    /// Made and arrived at a node in a step, t a month.
    fn supply(&self, step: &Step<L>, node: usize, lane: usize) -> f64 {
        let mut supply = 0.0;
        for (plant, activity) in self.market.plants.iter().zip(&step.activity) {
            for (_, tonnes) in plant.outputs.iter().filter(|(of, _)| *of == node) {
                supply += tonnes * activity[lane];
            }
        }
        for (link, arrived) in self.market.links.iter().zip(&step.arrived) {
            if link.to == node {
                supply += arrived[lane];
            }
        }
        supply
    }

    /// What is at risk, and what is remembered of it.
    fn remember(&self, lane: &mut Lane, span: Span, at: usize, conditions: &mut Conditions<L>) {
        for (place, (link, share)) in self.at_risk.iter().enumerate() {
            let mut now = 0.0_f64;
            for (event, memory) in lane.events.iter().zip(&lane.memory) {
                if memory.happens && span.to > event.announced && span.from < memory.end {
                    now = now.max(severity(&self.market, event, *link));
                }
            }
            lane.risk[place] = now.max(lane.risk[place] * lane.fade_risk);
            lane.premium[place] = now.max(lane.premium[place] * lane.fade_premium);
            conditions.risk[self.market.links[*link].to][at] += share * lane.risk[place];
            conditions.premium[*link][at] += lane.risk_premium * lane.premium[place];
        }
    }

    /// Notes what happened in a step.
    pub fn note(&mut self, step: &Step<L>) {
        for (at, lane) in self.lanes.iter_mut().enumerate() {
            for (event, memory) in lane.events.iter().zip(&mut lane.memory) {
                if let (Kind::Quota { limit, .. }, true) = (&event.kind, memory.year.is_some()) {
                    for (link, weight) in &self.market.limits[*limit].links {
                        memory.left -= weight * step.sent[*link][at] * self.months;
                    }
                    memory.left = memory.left.max(0.0);
                }
            }
        }
    }
}

fn established(memory: &Memory, place: usize) -> f64 {
    memory.established.as_ref().map_or(0.0, |all| all[place])
}

/// Stops part of established flows. Measures for different users and uses add up.
fn hold_up<const L: usize>(
    links: &[usize],
    memory: &Memory,
    severity: f64,
    covered: f64,
    rush: f64,
    at: usize,
    conditions: &mut Conditions<L>,
) {
    for (place, link) in links.iter().enumerate() {
        let (cut, closed) = &mut conditions.stopped[*link][at];
        *cut += covered * severity;
        *closed = closed.max(covered);
        let cap = ((1.0 - *closed) * rush + *closed - *cut).max(0.0);
        let most = &mut conditions.most[*link][at];
        *most = most.min(cap * established(memory, place));
        conditions.held_up[*link][at] = true;
    }
}

/// Links that an event puts at risk.
fn threatened(market: &Market, event: &Event) -> Vec<usize> {
    match &event.kind {
        Kind::Halt { links, .. } | Kind::Licence { links, .. } | Kind::RouteClosure { links, .. } => links.clone(),
        Kind::Quota { limit, .. } => market.limits[*limit].links.iter().map(|(link, _)| *link).collect(),
        _ => Vec::new(),
    }
}

/// The part of a flow that an event puts at risk.
fn severity(market: &Market, event: &Event, link: usize) -> f64 {
    match &event.kind {
        Kind::Halt { links, severity } if links.contains(&link) => *severity,
        Kind::Licence { links, covered, .. } if links.contains(&link) => *covered,
        Kind::RouteClosure { links, cut, .. } if links.contains(&link) => *cut,
        Kind::Quota { limit, tonnes } if market.limits[*limit].links.iter().any(|(of, _)| *of == link) => {
            (1.0 - tonnes / 12.0 / market.limits[*limit].usual.max(1e-9)).clamp(0.0, 1.0)
        }
        _ => 0.0,
    }
}
