//! Series and figures of the replicates in the lanes of an engine, while they run.

use crate::behaviour::Behaviour;
use crate::conditions::Conditions;
use crate::draw;
use crate::engine::Step;
use crate::market::Market;
use crate::state::State;
use crate::trajectory::{Observe, Quantity, Summary, Trajectory};

/// Days of a month.
const DAYS: f64 = 365.25 / 12.0;

/// What is recorded of all lanes.
#[derive(Debug)]
pub(crate) struct Record<'o, const L: usize> {
    market: &'o Market,
    observe: &'o Observe,
    months: f64,
    steps_per_month: u32,
    /// By series, then month.
    series: Vec<Vec<[f64; L]>>,
    firms: Vec<Firms<L>>,
    /// By plant and by node: what is used at the base.
    needed: Vec<f64>,
    usual: Vec<f64>,
    value_at_stake: Vec<[f64; L]>,
    loss_of_thrift: [f64; L],
    /// By node, while a step is worked on: made and arrived less what is sent on, and needed.
    supply: Vec<[f64; L]>,
    made: Vec<[f64; L]>,
    need: Vec<[f64; L]>,
}

/// The firms of a country that need a form: all get the same part of what they need and draw the rest from stocks of their
/// own, which differ: their logarithms are normal around the cover of the country. A firm whose stock is used up runs on
/// what it gets. Critical firms have one qualified supplier each: they get the part that still comes from there.
#[derive(Debug)]
struct Firms<const L: usize> {
    node: usize,
    coping: [f64; L],
    /// Months of use at hand, of firms at even ranks of cover.
    stocks: [[f64; L]; FIRMS],
    /// Where they buy: a link or the country's own plants, and its part of what comes in at the base, t a month.
    sources: Vec<(Option<usize>, f64)>,
    /// By source: months of use at hand of the first of the critical firms that buy there alone.
    least: Vec<[f64; L]>,
    /// The day on which the first of them ran out.
    first_stop: [f64; L],
    /// Share of activity that stands still.
    halted: [f64; L],
}

/// Firms that stand for all.
const FIRMS: usize = 20;

impl<'o, const L: usize> Record<'o, L> {
    /// Room for all months.
    pub fn new(market: &'o Market, observe: &'o Observe, usual: &[f64], horizon: u32, steps_per_month: u32) -> Self {
        let mut nodes: Vec<usize> = observe
            .series
            .iter()
            .filter_map(|series| match series.quantity {
                Quantity::HaltedFirms { node } => Some(node),
                _ => None,
            })
            .chain(observe.figures.iter().filter_map(|figure| match figure.summary {
                Summary::FirstStop { node } => Some(node),
                _ => None,
            }))
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut needed = vec![0.0; market.nodes.len()];
        for plant in &market.plants {
            plant.inputs.iter().for_each(|(node, tonnes)| needed[*node] += tonnes * plant.activity);
        }
        let none = [0.0; L];
        let firms = |node| {
            let links = market.links.iter().enumerate().filter(|(_, link)| link.to == node && link.amount > 0.0);
            let mut sources: Vec<(Option<usize>, f64)> =
                links.map(|(index, link)| (Some(index), link.amount)).collect();
            let outputs = market.plants.iter().flat_map(|plant| {
                plant.outputs.iter().filter(|(of, _)| *of == node).map(|(_, tonnes)| tonnes * plant.activity)
            });
            sources.push((None, outputs.sum()));
            sources.retain(|(_, amount)| *amount > 0.0);
            let least = vec![none; sources.len()];
            Firms { node, coping: none, stocks: [none; FIRMS], sources, least, first_stop: none, halted: none }
        };
        Self {
            months: 1.0 / f64::from(steps_per_month),
            steps_per_month,
            series: vec![vec![none; horizon as usize]; observe.series.len()],
            firms: nodes.into_iter().map(firms).collect(),
            needed,
            usual: usual.to_vec(),
            value_at_stake: vec![none; market.sectors.len()],
            loss_of_thrift: none,
            supply: vec![none; market.nodes.len()],
            made: vec![none; market.nodes.len()],
            need: vec![none; market.nodes.len()],
            market,
            observe,
        }
    }

    /// Gives a lane to another replicate.
    pub fn start(&mut self, lane: usize, behaviour: &Behaviour, draws: &dyn Fn(&str) -> f64) {
        let parameters = &behaviour.parameters;
        self.series.iter_mut().flatten().for_each(|month| month[lane] = 0.0);
        for (into, from) in self.value_at_stake.iter_mut().zip(&behaviour.value_at_stake) {
            into[lane] = *from;
        }
        self.loss_of_thrift[lane] = parameters.loss_of_thrift;
        for firms in &mut self.firms {
            let (cover, spread) = (behaviour.cover[firms.node], parameters.firm_spread);
            let node = self.market.node_name(firms.node);
            let cover_at = |rank: f64| cover * libm::exp(spread * draw::normal(rank) - 0.5 * spread * spread);
            for (rank, stock) in firms.stocks.iter_mut().enumerate() {
                stock[lane] = cover_at((rank as f64 + 0.5) / FIRMS as f64);
            }
            firms.coping[lane] = parameters.coping;
            let all: f64 = firms.sources.iter().map(|(_, amount)| amount).sum();
            for ((link, amount), least) in firms.sources.iter().zip(&mut firms.least) {
                let place = link.map_or(node.clone(), |link| self.market.link_name(link));
                // The least of the draws of those that buy there, from one.
                let count = parameters.critical_firms * amount / all;
                let chance = 1.0 - libm::pow(1.0 - draws(&format!("first stop for want of {place}")), 1.0 / count);
                least[lane] = cover_at(chance.clamp(1e-9, 1.0 - 1e-9));
            }
            firms.first_stop[lane] = f64::INFINITY;
            firms.halted[lane] = 0.0;
        }
    }

    /// Notes a step, with the state after it and the conditions under which it was taken.
    pub fn note(&mut self, at: u32, step: &Step<L>, state: &State<L>, conditions: &Conditions<L>) {
        self.note_firms(at, step, conditions);
        let month = (at / self.steps_per_month) as usize;
        let last = (at + 1).is_multiple_of(self.steps_per_month);
        let weight = 1.0 / f64::from(self.steps_per_month);
        for (series, values) in self.observe.series.iter().zip(&mut self.series) {
            let value = &mut values[month];
            let mut mean = |amounts: &[f64; L]| (0..L).for_each(|lane| value[lane] += weight * amounts[lane]);
            match &series.quantity {
                Quantity::Price { node } => mean(&step.price[*node]),
                Quantity::ContractPrice { node } => mean(&state.contract[*node]),
                Quantity::PriceRatio { node, beside } => {
                    mean(&ratio(&step.price[*node], &step.price[*beside]));
                }
                Quantity::Cover { node } if last => {
                    *value = state.stock[*node].map(|stock| stock / self.usual[*node]);
                }
                Quantity::Stock { node } if last => *value = state.stock[*node],
                Quantity::Cover { .. } | Quantity::Stock { .. } => {}
                Quantity::Made { node } => {
                    for (plant, activity) in self.market.plants.iter().zip(&step.activity) {
                        for (_, tonnes) in plant.outputs.iter().filter(|(of, _)| of == node) {
                            mean(&activity.map(|activity| tonnes * activity));
                        }
                    }
                }
                Quantity::Use { sectors } => sectors.iter().for_each(|sector| mean(&step.used[*sector])),
                Quantity::Unmet { sectors } => {
                    sectors.iter().for_each(|sector| mean(&missing(step, *sector, 1.0, 1.0)));
                }
                Quantity::Thrift { sectors } => {
                    sectors.iter().for_each(|sector| mean(&missing(step, *sector, 0.0, 1.0)));
                }
                Quantity::Shortage { sectors } => {
                    sectors.iter().for_each(|sector| mean(&missing(step, *sector, 1.0, 0.0)));
                }
                Quantity::ValueLost { sectors } => {
                    for sector in sectors {
                        let (short, saved) = (missing(step, *sector, 1.0, 0.0), missing(step, *sector, 0.0, 1.0));
                        let value = &self.value_at_stake[*sector];
                        mean(&std::array::from_fn(|lane| {
                            (short[lane] + self.loss_of_thrift[lane] * saved[lane]) * value[lane] / 1000.0
                        }));
                    }
                }
                Quantity::OutputLost { sectors } => {
                    let (mut lost, mut all) = ([0.0; L], [0.0; L]);
                    for sector in sectors {
                        let (short, saved) = (missing(step, *sector, 1.0, 0.0), missing(step, *sector, 0.0, 1.0));
                        let value = &self.value_at_stake[*sector];
                        for lane in 0..L {
                            lost[lane] += (short[lane] + self.loss_of_thrift[lane] * saved[lane]) * value[lane];
                            all[lane] += step.usual[*sector][lane] * value[lane];
                        }
                    }
                    mean(&std::array::from_fn(|lane| if all[lane] > 0.0 { lost[lane] / all[lane] } else { 0.0 }));
                }
                Quantity::Sent { links } => links.iter().for_each(|link| mean(&step.sent[*link])),
                Quantity::Arrived { links } => links.iter().for_each(|link| mean(&step.arrived[*link])),
                Quantity::HaltedFirms { node } => {
                    if let Ok(place) = self.firms.binary_search_by_key(node, |firms| firms.node) {
                        mean(&self.firms[place].halted);
                    }
                }
            }
        }
    }

    fn note_firms(&mut self, at: u32, step: &Step<L>, conditions: &Conditions<L>) {
        if self.firms.is_empty() {
            return;
        }
        let add = |sum: &mut [f64; L], of: &[f64; L], times: f64| {
            (0..L).for_each(|lane| sum[lane] += times * of[lane]);
        };
        for ((supply, need), needed) in self.supply.iter_mut().zip(&mut self.need).zip(&self.needed) {
            (*supply, *need) = ([0.0; L], [*needed; L]);
        }
        for (sector, (usual, saved)) in self.market.sectors.iter().zip(step.usual.iter().zip(&step.saved)) {
            add(&mut self.need[sector.node], usual, 1.0);
            add(&mut self.need[sector.node], saved, -1.0);
        }
        for (plant, activity) in self.market.plants.iter().zip(&step.activity) {
            plant.outputs.iter().for_each(|(node, tonnes)| add(&mut self.supply[*node], activity, *tonnes));
        }
        self.made.clone_from(&self.supply);
        for (index, link) in self.market.links.iter().enumerate() {
            add(&mut self.supply[link.to], &step.arrived[index], 1.0);
            add(&mut self.supply[link.from], &step.sent[index], -1.0);
        }
        for firms in &mut self.firms {
            for lane in 0..L {
                let need = self.need[firms.node][lane].max(1e-9);
                let supply = self.supply[firms.node][lane] + conditions.release[firms.node][lane];
                let part = supply / need;
                // Small shortfalls are met without stocks.
                let part = if part < 1.0 { (part + firms.coping[lane]).min(1.0) } else { part };
                let change = self.months * (part - 1.0);
                let mut missing = 0.0;
                for stock in &mut firms.stocks {
                    let left = stock[lane] + change;
                    missing += (-left).max(0.0);
                    stock[lane] = left.max(0.0);
                }
                firms.halted[lane] = missing / (FIRMS as f64 * self.months);
                // Those with a single supplier get what comes from there.
                for ((link, amount), least) in firms.sources.iter().zip(&mut firms.least) {
                    let came = link.map_or(self.made[firms.node][lane], |link| step.arrived[link][lane]);
                    let part = came / amount + conditions.release[firms.node][lane] / need;
                    let part = if part < 1.0 { (part + firms.coping[lane]).min(1.0) } else { part };
                    let change = self.months * (part - 1.0);
                    let left = least[lane] + change;
                    if left < 0.0 {
                        let within = least[lane] / -change;
                        let day = DAYS * self.months * (f64::from(at) + within);
                        firms.first_stop[lane] = firms.first_stop[lane].min(day);
                    }
                    least[lane] = left.max(0.0);
                }
            }
        }
    }

    /// A series of a lane.
    pub fn series(&self, series: usize, lane: usize) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.series[series].iter().map(move |month| month[lane])
    }

    /// A figure of a lane.
    pub fn figure(&self, figure: usize, lane: usize) -> f64 {
        match self.observe.figures[figure].summary {
            Summary::Sum { series } => self.series(series, lane).sum(),
            Summary::Within { series, from, months } => {
                self.series(series, lane).skip(from as usize).take(months as usize).sum()
            }
            Summary::Highest { series } => self.series(series, lane).fold(f64::NEG_INFINITY, f64::max),
            Summary::Lowest { series } => self.series(series, lane).fold(f64::INFINITY, f64::min),
            Summary::Month { series, month } => self.series[series].get(month as usize).map_or(f64::NAN, |at| at[lane]),
            Summary::Recovery { series, beyond } => {
                let months = self.series[series].len();
                match self.series[series].iter().rposition(|month| month[lane] > beyond) {
                    None => 0.0,
                    Some(last) if last + 1 == months => f64::INFINITY,
                    Some(last) => last as f64 + 1.0,
                }
            }
            Summary::FirstStop { node } => self
                .firms
                .binary_search_by_key(&node, |firms| firms.node)
                .map_or(f64::NAN, |place| self.firms[place].first_stop[lane]),
        }
    }

    /// All of a lane.
    pub fn trajectory(&self, lane: usize) -> Trajectory {
        Trajectory {
            series: (0..self.series.len()).map(|series| self.series(series, lane).collect()).collect(),
            figures: (0..self.observe.figures.len()).map(|figure| self.figure(figure, lane)).collect(),
        }
    }
}

fn ratio<const L: usize>(of: &[f64; L], to: &[f64; L]) -> [f64; L] {
    std::array::from_fn(|lane| if to[lane] > 0.0 { of[lane] / to[lane] } else { f64::NAN })
}

/// What of the usual use of a sector did not take place: the part beyond thrift, and that of thrift, each so many times.
fn missing<const L: usize>(step: &Step<L>, sector: usize, short: f64, saved: f64) -> [f64; L] {
    std::array::from_fn(|lane| {
        let (usual, given_up) = (step.usual[sector][lane], step.saved[sector][lane]);
        let shortage = (usual - given_up - step.used[sector][lane]).max(0.0);
        short * shortage + saved * given_up.max(0.0)
    })
}
