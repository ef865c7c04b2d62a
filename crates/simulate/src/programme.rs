//! Events made conditions, step by step, with what each replicate remembers of them.

use crate::conditions::{Conditions, Instruments};
use crate::draw;
use crate::engine::Step;
use crate::event::{End, Event, Floor, Kind};
use crate::market::Market;
use crate::parameters::Parameters;
use crate::state::State;
use std::sync::Arc;

/// Months after the end of a licence in which flows are limited to what catches up.
const AFTER_LICENCES: f64 = 12.0;

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
            // Licences that are no longer needed, or freely given, are worked off at the pace of those that catch up.
            Kind::Licence { links, over, .. } if covered == 0.0 => {
                if memory.happens && span.from >= end && span.from < end + AFTER_LICENCES {
                    for (place, link) in links.iter().enumerate() {
                        let most = &mut conditions.most[*link][at];
                        *most = most.min(over * established(memory, place));
                    }
                }
            }
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
                let year = (month / 12.0) as u32;
                // A quota that comes or ends within a year is for that part of it.
                let new_year = 12.0 * f64::from(year) - f64::from(self.first_month);
                let (first, last) = (start.max(new_year), end.min(new_year + 12.0));
                if memory.year != Some(year) {
                    memory.left = tonnes * (last - first) / 12.0;
                    memory.year = Some(year);
                }
                let months_left = (last - span.from).max(self.months);
                let rate = (memory.left / self.months).min(2.0 * memory.left / months_left);
                let least = 1e-6 * market.limits[*limit].usual;
                conditions.limit[*limit][at] = rate.max(least);
            }
            Kind::ExportTax { links, rate } => {
                for link in links {
                    conditions.tax[*link][at] += covered * rate;
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
            // Stocks are built from the announcement on; a supplier is dearer from the start on.
            let (mut now, mut in_force) = (0.0_f64, 0.0_f64);
            for (event, memory) in lane.events.iter().zip(&lane.memory) {
                if memory.happens && span.to > event.announced && span.from < memory.end {
                    now = now.max(severity(&self.market, event, *link));
                    if span.to > event.start {
                        in_force = in_force.max(severity(&self.market, event, *link));
                    }
                }
            }
            lane.risk[place] = now.max(lane.risk[place] * lane.fade_risk);
            lane.premium[place] = in_force.max(lane.premium[place] * lane.fade_premium);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::Behaviour;
    use crate::engine::Engine;
    use crate::synthetic::{Size, market};

    const SMALL: Size = Size { places: 4, chains: 1, stages: 3, makers: 3, suppliers: 2, limits: 2 };

    /// A run of one lane in half months.
    struct Run {
        engine: Engine<1>,
        programme: Programme<1>,
        state: State<1>,
        conditions: Conditions<1>,
        at: u32,
    }

    impl Run {
        fn new(events: &[Event]) -> Self {
            Self::with(&Arc::new(market(SMALL, 1)), events)
        }

        fn with(market: &Arc<Market>, events: &[Event]) -> Self {
            crate::event::check(market, events).unwrap();
            let instruments = instruments(market, events);
            let behaviour = Behaviour::new(market, Parameters::default());
            let engine =
                Engine::new(market, 0.5, instruments.clone(), std::slice::from_ref(&behaviour).try_into().unwrap());
            // A run from April on.
            let mut programme = Programme::new(market, &instruments, events, 0.5, 3);
            programme.start(0, events.to_vec(), &behaviour.parameters, &|_| 0.5);
            let (state, conditions) = (engine.base(), programme.none());
            Self { engine, programme, state, conditions, at: 0 }
        }

        /// The conditions of the next step, which is taken.
        fn step(&mut self) -> &Conditions<1> {
            self.programme.impose(self.at, &self.state, self.engine.last(), &mut self.conditions);
            let step = self.engine.step(&mut self.state, &self.conditions).unwrap().clone();
            self.programme.note(&step);
            self.at += 1;
            &self.conditions
        }
    }

    fn event(kind: Kind, start: f64, end: End) -> Event {
        Event { id: "event".into(), announced: start, start, end, chance: 1.0, kind }
    }

    #[test]
    fn a_halt_is_prorated_by_the_part_of_the_step_that_it_covers() {
        let flow = market(SMALL, 1).links[0].amount;
        let kind = Kind::Halt { links: vec![0], severity: 0.9 };
        let mut run = Run::new(&[event(kind, 1.3, End::At(2.1))]);
        let most: Vec<f64> = (0..6).map(|_| run.step().most[0][0]).collect();
        // Of the third half month, three fifths are open, with a rush of at most 1.4 times the usual pace: 0.4 x 0.1 + 0.6
        // x 1.4 = 0.88. Of the fifth, a fifth is closed: 0.2 x 0.1 + 0.8 x 1.4 = 1.14.
        for (at, expected) in [(2, 0.88), (3, 0.1), (4, 1.14)] {
            assert!((most[at] / flow - expected).abs() < 1e-3, "{at}: {} for {expected}", most[at] / flow);
        }
        assert!(most[0].is_infinite() && most[1].is_infinite() && most[5].is_infinite(), "{most:?}");
    }

    #[test]
    fn the_clock_of_licences_starts_after_the_review() {
        let flow = market(SMALL, 1).links[0].amount;
        let kind = Kind::Licence { links: vec![0], covered: 0.75, review: 1.0, ramp: 4.0, ceiling: 0.5, over: 1.2 };
        let mut run = Run::new(&[event(kind, 0.0, End::Never)]);
        let most: Vec<f64> = (0..20).map(|_| run.step().most[0][0]).collect();
        // A quarter is free, at a rush of 1.4: 0.35. Then in the middle of the third half month, 0.25 months after the
        // review: 0.35 + 0.75 x (1 - exp(-0.0625)) x 1.2 = 0.40453.
        assert!((most[1] / flow - 0.35).abs() < 1e-3, "{}", most[1] / flow);
        assert!((most[2] / flow - 0.404_53).abs() < 1e-3, "{}", most[2] / flow);
        // At last half of what is controlled is approved: 0.35 + 0.75 x 0.5 x 1.2 = 0.8.
        assert!((most[19] / flow - 0.8).abs() < 1e-3, "{}", most[19] / flow);
        assert!(run.conditions.held_up[0][0] && run.conditions.lapses[0][0]);
    }

    #[test]
    fn a_quota_holds_in_each_calendar_year() {
        let market = Arc::new(market(SMALL, 1));
        let tonnes = 12.0 * 0.6 * market.limits[0].usual;
        let mut run = Run::with(&market, &[event(Kind::Quota { limit: 0, tonnes }, 0.0, End::Never)]);
        let mut sent = [0.0; 3];
        for at in 0..2 * (9 + 12 + 12) {
            run.step();
            let year = if at < 18 { 0 } else { 1 + (at - 18) / 24 };
            let links = &market.limits[0].links;
            sent[year] +=
                links.iter().map(|(link, weight)| weight * run.engine.last().sent[*link][0] * 0.5).sum::<f64>();
        }
        // From April to December there are nine months.
        for (year, (sent, allowed)) in sent.into_iter().zip([0.75 * tonnes, tonnes, tonnes]).enumerate() {
            assert!(sent <= allowed * (1.0 + 1e-3) && sent > 0.9 * allowed, "{year}: {sent} of {allowed}");
        }
    }

    #[test]
    fn a_public_stock_gives_no_more_than_it_has_nor_than_is_missing() {
        let market = Arc::new(market(SMALL, 1));
        let links: Vec<usize> = (0..market.links.len()).filter(|link| market.links[*link].from == 0).collect();
        let node = market.links[links[0]].to;
        let tonnes = market.links[links[0]].amount;
        let halt = Event { id: "halt".into(), ..event(Kind::Halt { links, severity: 1.0 }, 1.0, End::Never) };
        let release = Kind::StockRelease { node, tonnes, share: 0.5, months: 3.0 };
        let mut run = Run::with(&market, &[halt, event(release, 0.0, End::Never)]);
        let released: Vec<f64> = (0..60).map(|_| run.step().release[node][0]).collect();
        assert!(released[..2].iter().all(|tonnes| *tonnes == 0.0), "{released:?}");
        assert!(released.iter().all(|pace| *pace <= tonnes / 3.0 + 1e-12), "{released:?}");
        let all = 0.5 * released.iter().sum::<f64>();
        assert!(all > 0.2 * tonnes && all <= tonnes * (1.0 + 1e-9), "{all} of {tonnes}");
    }

    #[test]
    fn a_new_plant_makes_nothing_before_its_start_and_all_after_its_ramp() {
        let kind = Kind::NewPlant { plant: 0, ramp: 2.0 };
        let mut run = Run::new(&[event(kind.clone(), 2.0, End::Never)]);
        let capacity: Vec<f64> = (0..10).map(|_| run.step().capacity[0][0]).collect();
        // The middle of the fifth half month is a quarter of a month after the start.
        assert_eq!(capacity, [0.0, 0.0, 0.0, 0.0, 0.125, 0.375, 0.625, 0.875, 1.0, 1.0]);
        // With a chance of 0.4 it is not built at a draw of 0.5.
        let mut run = Run::new(&[Event { chance: 0.4, ..event(kind, 2.0, End::Never) }]);
        assert!((0..10).all(|_| run.step().capacity[0][0] == 0.0));
    }

    #[test]
    fn output_is_cut_from_output_and_an_outage_from_capacity() {
        let market = Arc::new(market(SMALL, 1));
        let (activity, capacity) = (market.plants[0].activity, market.plants[0].capacity);
        let control = event(Kind::OutputControl { plants: vec![0], cut: 0.2 }, 0.0, End::Never);
        let mut run = Run::with(&market, &[control]);
        assert!((run.step().capacity[0][0] * capacity / activity - 0.8).abs() < 1e-12);
        assert!(run.engine.last().activity[0][0] <= 0.8 * activity * (1.0 + 1e-9));
        let mut run = Run::with(&market, &[event(Kind::Outage { plants: vec![0], cut: 0.2 }, 0.25, End::Never)]);
        assert!((run.step().capacity[0][0] - 0.9).abs() < 1e-12);
        assert!((run.step().capacity[0][0] - 0.8).abs() < 1e-12);
    }

    #[test]
    fn prices_taxes_surges_and_routes_do_what_they_say() {
        let market = Arc::new(market(SMALL, 1));
        let named = |id: &str, kind: Kind| Event { id: id.into(), ..event(kind, 0.0, End::At(6.0)) };
        let (node, price) = (market.plants[0].outputs[0].0, market.nodes[market.plants[0].outputs[0].0].price);
        let mut run = Run::with(
            &market,
            &[
                named("tax", Kind::ExportTax { links: vec![0], rate: 0.3 }),
                named("surge", Kind::DemandSurge { sectors: vec![0], factor: 1.5 }),
                named("thrift", Kind::Thrift { sectors: vec![0], factor: 2.0 }),
                named("dumping", Kind::Dumping { plants: vec![1], cut: 0.1 }),
                named("top-up", Kind::PriceFloor { plants: vec![0], floor: 1.5 * price, how: Floor::TopUp }),
                named("purchase", Kind::PriceFloor { plants: vec![0], floor: 3.0 * price, how: Floor::Purchase }),
                named("route", Kind::RouteClosure { links: vec![1], cut: 0.25, delay: 1.0 }),
                named("leak", Kind::Leak { links: vec![2], ceiling: 2.0 }),
                named("offtake", Kind::Offtake { links: vec![3], tonnes: 120.0 }),
            ],
        );
        let conditions = run.step().clone();
        assert_eq!((conditions.tax[0][0], conditions.demand[0][0], conditions.thrift[0][0]), (0.3, 1.5, 2.0));
        assert!((conditions.support[1][0] - 0.1 * market.worth(&market.plants[1]).0).abs() < 1e-12);
        assert!((conditions.support[0][0] - 0.5 * price).abs() < 1e-9);
        assert!((conditions.floor[0][0] - 3.0 * price).abs() < 1e-9);
        assert!((conditions.most[1][0] - 0.75 * market.links[1].amount).abs() < 1e-9);
        assert_eq!(conditions.delay[1][0], 1.0);
        assert_eq!(conditions.most[2][0], 2.0 * market.links[2].amount);
        assert_eq!(conditions.contracted[3][0], 10.0);
        (1..12).for_each(|_| {
            run.step();
        });
        // The public buyer holds the price near its floor.
        let step = run.engine.last();
        assert!(
            step.bought[0][0] > 0.0 && step.price[node][0] > 2.8 * price,
            "{} {}",
            step.bought[0][0],
            step.price[node][0]
        );
        let after = run.step();
        assert_eq!((after.tax[0][0], after.demand[0][0], after.floor[0][0], after.delay[1][0]), (0.0, 1.0, 0.0, 0.0));
    }

    #[test]
    fn a_deal_ends_an_event_at_its_draw_and_a_risk_is_remembered() {
        let kind = Kind::Halt { links: vec![0], severity: 0.8 };
        let mut announced = event(kind, 1.0, End::Deal { earliest: 1.5, monthly_chance: 0.5 });
        announced.announced = 0.0;
        let mut run = Run::new(&[announced]);
        let node = run.engine.market().links[0].to;
        let first = run.step().risk[node][0];
        assert!(first > 0.0, "known before the start");
        // Half of all deals with an even chance a month are made within one month: at 2.5.
        let held: Vec<bool> = (1..8).map(|_| run.step().held_up[0][0]).collect();
        assert_eq!(held, [false, true, true, true, false, false, false]);
        let risk = run.conditions.risk[node][0];
        // Four half months after the end of what was known, at a memory of twelve months.
        assert!((risk / first - libm::exp(-1.5 / 12.0)).abs() < 1e-9, "{}", risk / first);
    }

    /// Opening stock, arrivals, output and releases are use, shipments, loss, purchases and closing stock, and what is sent
    /// is under way or has arrived, while routes take longer and public buyers and stocks are at work.
    #[test]
    fn mass_closes_under_every_instrument() {
        let market = Arc::new(market(SMALL, 4));
        let named = |id: &str, kind: Kind| Event { id: id.into(), ..event(kind, 1.2, End::At(9.3)) };
        let links: Vec<usize> = (0..market.links.len()).collect();
        let node = market.links[0].to;
        let price = market.nodes[market.plants[0].outputs[0].0].price;
        let mut run = Run::with(
            &market,
            &[
                named("route", Kind::RouteClosure { links: links.clone(), cut: 0.4, delay: 1.3 }),
                named("release", Kind::StockRelease { node, tonnes: 100.0, share: 0.8, months: 2.0 }),
                named("purchase", Kind::PriceFloor { plants: vec![0], floor: 1.3 * price, how: Floor::Purchase }),
                named("quota", Kind::Quota { limit: 0, tonnes: 6.0 * market.limits[0].usual }),
                named("offtake", Kind::Offtake { links: links[..2].to_vec(), tonnes: 10.0 }),
            ],
        );
        let (mut released, mut bought) = (0.0, 0.0);
        for at in 0..60 {
            let before = run.state.clone();
            let conditions = run.step().clone();
            let step = run.engine.last();
            for node in 0..market.nodes.len() {
                let mut flow = conditions.release[node][0] - step.lost[node][0];
                let mut through = flow.abs();
                let mut count = |amount: f64| {
                    flow += amount;
                    through += amount.abs();
                };
                let sectors = market.sectors.iter().zip(&step.used).filter(|(sector, _)| sector.node == node);
                sectors.for_each(|(_, used)| count(-used[0]));
                for (plant, activity) in market.plants.iter().zip(&step.activity) {
                    plant.outputs.iter().filter(|(of, _)| *of == node).for_each(|(_, t)| count(t * activity[0]));
                    plant.inputs.iter().filter(|(of, _)| *of == node).for_each(|(_, t)| count(-t * activity[0]));
                }
                for (link, (sent, arrived)) in market.links.iter().zip(step.sent.iter().zip(&step.arrived)) {
                    count(if link.to == node { arrived[0] } else { 0.0 });
                    count(if link.from == node { -sent[0] } else { 0.0 });
                }
                if let Ok(buyer) = run.programme.instruments.buyers.binary_search(&node) {
                    count(-step.bought[buyer][0]);
                    bought += step.bought[buyer][0];
                }
                released += conditions.release[node][0];
                let left = before.stock[node][0] + 0.5 * flow - run.state.stock[node][0];
                assert!(left.abs() <= 1e-9 * (through + before.stock[node][0]), "step {at}, node {node}: {left}");
            }
            for link in 0..market.links.len() {
                let sum = |state: &State<1>| state.under_way(link).iter().map(|[tonnes]| tonnes).sum::<f64>();
                let (was, is) = (sum(&before), sum(&run.state));
                let left = was + 0.5 * (step.sent[link][0] - step.arrived[link][0]) - is;
                assert!(left.abs() <= 1e-9 * (was + is + 1.0), "step {at}, link {link}: {left}");
            }
        }
        assert!(released > 0.0 && bought > 0.0, "{released} {bought}");
    }
}
