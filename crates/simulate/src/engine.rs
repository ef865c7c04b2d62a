//! One step of the market: prices at which every node balances, then everything that follows from them.

use crate::behaviour::Behaviour;
use crate::conditions::{Conditions, Instruments};
use crate::market::{Cost, Market};
use crate::parameters::Parameters;
use crate::state::{Lag, State, throughput, usual_throughput};
use lode_solve::elementary::{exp, ln, power};
use lode_solve::{Newton, Program, Response, Settings, Structure, in_lanes, interior_point};
use std::array::from_fn;
use std::fmt;
use std::sync::Arc;

/// What happened in a step, by lane.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<const L: usize> {
    /// By node: price, USD/kg.
    pub price: Vec<[f64; L]>,
    /// By plant: activity, t a month.
    pub activity: Vec<[f64; L]>,
    /// By sector: use, t a month.
    pub used: Vec<[f64; L]>,
    /// By link: sent, t a month.
    pub sent: Vec<[f64; L]>,
    /// By link: arrived, t a month.
    pub arrived: Vec<[f64; L]>,
    /// By node: thrown away, t a month.
    pub lost: Vec<[f64; L]>,
    /// By public buyer: bought, t a month.
    pub bought: Vec<[f64; L]>,
    /// By limit: what a further tonne would be worth, USD/kg.
    pub rent: Vec<[f64; L]>,
    /// By sector: usual use, t a month: that of the base with growth and surges.
    pub usual: Vec<[f64; L]>,
    /// By sector: what of it thrift has given up, t a month.
    pub saved: Vec<[f64; L]>,
    /// Newton steps.
    pub steps: [u32; L],
    /// Whether the general solver had to help.
    pub fell_back: [bool; L],
}

/// A step without a solution.
#[derive(Clone, PartialEq, Debug)]
pub struct Unsolved {
    /// Which lane.
    pub lane: usize,
    /// What is left of the rows that do not close, the largest first: name and tonnes.
    pub rows: Vec<(String, f64)>,
    /// What is imposed on them in this step: limits, closed flows, lost capacity.
    pub binding: Vec<String>,
}

impl fmt::Display for Unsolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no prices balance the market; left open: ")?;
        for (place, (name, tonnes)) in self.rows.iter().enumerate() {
            write!(f, "{}{name}", if place == 0 { "" } else { ", " })?;
            if tonnes.is_finite() {
                write!(f, " by {tonnes:.3e} t")?;
            }
        }
        if !self.binding.is_empty() {
            write!(f, "; in force there: {}", self.binding.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Unsolved {}

/// Below this part of the base price what nobody wants is thrown away; at a price of nothing as much as this many times
/// what usually passes through. No price falls below nothing.
const DISPOSAL: (f64, f64) = (0.02, 50.0);
/// Rows close to this part of what passes through them.
const TOLERANCE: f64 = 1e-9;
/// Expected prices do not follow beyond these multiples of the base price. Above, hardly anybody buys: without a bound an
/// empty node would bid for stocks ever higher.
const EXPECTED: (f64, f64) = (0.02, 50.0);
/// What slack of a limit costs, in parts of a usual price: so little that it shows in no result.
const SLACK: f64 = 1e-4;
/// A usual price, to measure rents beside, USD/kg.
const USUAL_PRICE: f64 = 50.0;
/// Least rise of a marginal cost over capacity, in parts of the worth of what is made: flat costs leave activity
/// undetermined.
const LEAST_RISE: f64 = 0.05;
/// Least use or trade that a node is measured beside, t a month.
const LEAST_THROUGHPUT: f64 = 1e-3;
/// Below the choke use is a power of the price, and from there to this multiple it falls to nothing.
const END_OF_USE: f64 = 1.3;
/// Least part of its capacity that an alternative plant has taken up.
const LEAST_ADOPTED: f64 = 1e-3;
/// An alternative is given up so much more slowly than it is taken up.
const GIVING_UP: f64 = 0.25;
/// A contract is met as if less of it cost so much more friction.
const CONTRACT: f64 = 5.0;
/// Price a public buyer bids below its floor when it buys its most, in parts of the floor.
const BUYER_SLOPE: f64 = 0.02;
/// Nobody buys at this multiple of the base price.
const HIGHEST_START: f64 = 60.0;
/// Least stock target, in months.
const LEAST_COVER: f64 = 0.02;

/// Parameters of each lane, turned to what a step needs.
#[derive(Clone, Debug)]
struct Rates<const L: usize> {
    stock_slope: [f64; L],
    position_slope: [f64; L],
    surplus_slope: [f64; L],
    stock_elasticity: [f64; L],
    friction: [f64; L],
    friction_down: [f64; L],
    newcomer: [f64; L],
    back_orders: [f64; L],
    back_orders_kept: [f64; L],
    back_orders_most: [f64; L],
    qualification: [f64; L],
    use_memory: [f64; L],
    expectation: [f64; L],
    momentum: [f64; L],
    long_run: [f64; L],
    contract: [f64; L],
    precaution: [f64; L],
    precaution_up: [f64; L],
    precaution_down: [f64; L],
    thrift_elasticity: [f64; L],
    thrift_up: [f64; L],
    thrift_down: [f64; L],
}

impl<const L: usize> Rates<L> {
    fn of(lanes: &[Behaviour; L], months: f64) -> Self {
        let of = |get: fn(&Parameters) -> f64| from_fn(|lane| get(&lanes[lane].parameters));
        let over = |get: fn(&Parameters) -> f64| from_fn(|lane| Parameters::over(get(&lanes[lane].parameters), months));
        Self {
            stock_slope: of(|p| p.stock_slope),
            position_slope: of(|p| p.position_slope),
            surplus_slope: of(|p| p.surplus_slope),
            stock_elasticity: of(|p| p.stock_elasticity),
            friction: of(|p| p.friction),
            friction_down: of(|p| p.friction_down),
            newcomer: of(|p| p.newcomer),
            back_orders: of(|p| p.back_orders),
            back_orders_kept: from_fn(|lane| libm::pow(1.0 - lanes[lane].parameters.back_orders_lapse, months)),
            back_orders_most: of(|p| p.back_orders_most),
            qualification: over(|p| p.qualification_rate),
            use_memory: over(|p| 1.0 / p.use_memory),
            expectation: over(|p| p.expectation_rate),
            momentum: of(|p| p.momentum),
            long_run: over(|p| p.long_run_pull),
            contract: over(|p| p.contract_weight),
            precaution: of(|p| p.precaution),
            precaution_up: over(|p| p.precaution_rate),
            precaution_down: over(|p| p.precaution_return_rate),
            thrift_elasticity: of(|p| p.thrift_elasticity),
            thrift_up: over(|p| p.thrift_rate),
            thrift_down: over(|p| p.thrift_return_rate),
        }
    }
}

/// Steps a market in several lanes: one structure, in each lane another behaviour, state and conditions.
#[derive(Clone, Debug)]
pub struct Engine<const L: usize> {
    market: Arc<Market>,
    instruments: Instruments,
    months: f64,
    rates: Rates<L>,
    cover: Vec<[f64; L]>,
    elasticity: Vec<[f64; L]>,
    choke: Vec<[f64; L]>,
    /// By sector: use at the choke, in parts of that at the base price.
    kept_at_choke: Vec<[f64; L]>,
    /// By sector: what use at base prices is multiplied by in a step.
    growth: Vec<[f64; L]>,
    lags: Vec<Lag>,
    starts: Vec<u32>,
    /// By link: cost of carrying that makes the base flow right at base prices, USD/kg.
    carriage: Vec<f64>,
    /// By plant: cost of the first tonne and rise over capacity.
    costs: Vec<([f64; L], [f64; L])>,
    usual: Vec<f64>,
    usual_under_way: Vec<f64>,
    use_at_base: Vec<f64>,
    log_price: Vec<f64>,
    /// Entries of limits: where, which limit, which weight.
    limited: Vec<(usize, usize, f64)>,
    columns: Columns,
    program: Program<L>,
    newton: Newton<L>,
    duals: Vec<[f64; L]>,
    step: Step<L>,
    /// By node, while a step is worked on.
    used: Vec<[f64; L]>,
    sent: Vec<[f64; L]>,
}

impl<const L: usize> Engine<L> {
    /// An engine for steps of a length in months, calibrated to the base, with the behaviour of each lane.
    pub fn new(market: &Arc<Market>, months: f64, instruments: Instruments, lanes: &[Behaviour; L]) -> Self {
        let nodes = market.nodes.len();
        let lags: Vec<Lag> = market.links.iter().map(|link| Lag::of(link, 0.0, months)).collect();
        let further = (instruments.delay.max(0.0) / months).ceil() as usize;
        let mut starts = vec![0];
        for lag in &lags {
            starts.push(starts[starts.len() - 1] + (lag.steps + 1 + further) as u32);
        }
        let carriage = market.links.iter().map(|link| {
            let (from, to) = (market.nodes[link.from].price, market.nodes[link.to].price);
            let gap = to - from - link.tax * from - link.premium * 0.5 * (from + to);
            // Where nothing flows at the base, it does not pay at base prices.
            if link.amount > 0.0 { gap } else { gap.max(0.0) + 0.05 * from }
        });
        let mut usual_under_way = vec![0.0; nodes];
        for link in &market.links {
            usual_under_way[link.to] += link.amount * link.transit;
        }
        let structure = Arc::new(structure(market, &instruments));
        let columns = Columns::of(market, &instruments);
        let mut limited = Vec::new();
        for (limit, row) in market.limits.iter().enumerate() {
            for (link, weight) in &row.links {
                let mut entries = structure.entries(columns.links + link);
                if let Some(entry) = entries.find(|entry| structure.row(*entry) == 2 * nodes + limit) {
                    limited.push((entry, limit, *weight));
                }
            }
        }
        let zeros = |count: usize| vec![[0.0; L]; count];
        let mut engine = Self {
            rates: Rates::of(lanes, months),
            cover: Vec::new(),
            elasticity: Vec::new(),
            choke: Vec::new(),
            kept_at_choke: Vec::new(),
            growth: Vec::new(),
            lags,
            starts,
            carriage: carriage.collect(),
            costs: Vec::new(),
            usual: usual_throughput(market).into_iter().map(|usual| usual.max(LEAST_THROUGHPUT)).collect(),
            usual_under_way,
            use_at_base: market.use_at_base(),
            log_price: market.nodes.iter().map(|node| ln(&[node.price])[0]).collect(),
            limited,
            columns,
            program: Program::new(Arc::clone(&structure)),
            newton: Newton::new(&structure),
            duals: zeros(structure.rows()),
            step: Step {
                price: zeros(nodes),
                activity: zeros(market.plants.len()),
                used: zeros(market.sectors.len()),
                sent: zeros(market.links.len()),
                arrived: zeros(market.links.len()),
                lost: zeros(nodes),
                bought: zeros(instruments.buyers.len()),
                rent: zeros(market.limits.len()),
                usual: zeros(market.sectors.len()),
                saved: zeros(market.sectors.len()),
                steps: [0; L],
                fell_back: [false; L],
            },
            used: zeros(nodes),
            sent: zeros(nodes),
            market: Arc::clone(market),
            instruments,
            months,
        };
        engine.lay_out();
        engine.behave(lanes);
        engine
    }

    /// The market.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// Other replicates: their behaviour, and prices as at the base.
    pub fn behave(&mut self, lanes: &[Behaviour; L]) {
        let market = &self.market;
        let by = |count: usize, get: &dyn Fn(&Behaviour, usize) -> f64| -> Vec<[f64; L]> {
            (0..count).map(|at| from_fn(|lane| get(&lanes[lane], at))).collect()
        };
        self.rates = Rates::of(lanes, self.months);
        self.cover = by(market.nodes.len(), &|lane, at| lane.cover[at].max(LEAST_COVER));
        self.elasticity = by(market.sectors.len(), &|lane, at| lane.elasticity[at]);
        self.choke = by(market.sectors.len(), &|lane, at| lane.choke[at]);
        self.growth =
            by(market.sectors.len(), &|lane, at| libm::pow(1.0 + lane.growth[at].max(-0.99), self.months / 12.0));
        self.kept_at_choke = by(market.sectors.len(), &|lane, at| power(&[lane.choke[at]], &[-lane.elasticity[at]])[0]);
        self.costs = market
            .plants
            .iter()
            .enumerate()
            .map(|(index, plant)| {
                let (makes, needs) = market.worth(plant);
                let least = LEAST_RISE * makes;
                match plant.cost {
                    Cost::Given { first, rise } => ([first; L], [rise.max(LEAST_RISE * first.abs()).max(1e-9); L]),
                    Cost::Calibrated { .. } => {
                        let margin = makes - needs;
                        let used = plant.activity / plant.capacity;
                        let rise: [f64; L] =
                            from_fn(|lane| (margin / lanes[lane].plant_elasticity[index] / used).max(least).max(1e-9));
                        (rise.map(|rise| margin - rise * used), rise)
                    }
                }
            })
            .collect();
        let nodes = market.nodes.len();
        for (row, dual) in self.duals.iter_mut().enumerate() {
            *dual = match row {
                price if price < nodes => [market.nodes[price].price; L],
                position if position < 2 * nodes => [-market.nodes[position - nodes].price; L],
                _ => [0.0; L],
            };
        }
    }

    /// The state in which nothing moves.
    pub fn base(&self) -> State<L> {
        let (market, months) = (&self.market, self.months);
        let price: Vec<[f64; L]> = market.nodes.iter().map(|node| [node.price; L]).collect();
        let throughput: Vec<[f64; L]> = usual_throughput(market).into_iter().map(|usual| [usual; L]).collect();
        let mut queue = vec![[0.0; L]; self.starts[market.links.len()] as usize];
        for (index, (link, lag)) in market.links.iter().zip(&self.lags).enumerate() {
            // The newest whole step is first to have its later part still to come.
            let start = self.starts[index] as usize;
            queue[start..start + lag.steps].fill([link.amount * months; L]);
            queue[start + lag.steps] = [link.amount * months * lag.later; L];
        }
        State {
            stock: throughput
                .iter()
                .zip(&self.cover)
                .map(|(throughput, cover)| from_fn(|lane| cover[lane] * throughput[lane]))
                .collect(),
            expected: price.clone(),
            contract: price.clone(),
            price,
            throughput,
            caution: vec![[1.0; L]; market.nodes.len()],
            thrift: vec![[0.0; L]; market.sectors.len()],
            scale: vec![[1.0; L]; market.sectors.len()],
            adopted: market
                .plants
                .iter()
                .map(|plant| [if plant.adoption.is_some() { LEAST_ADOPTED } else { 1.0 }; L])
                .collect(),
            established: market.links.iter().map(|link| [link.amount; L]).collect(),
            back_orders: vec![[0.0; L]; market.links.len()],
            queue,
            starts: self.starts.clone(),
        }
    }

    /// By node: use, or trade where that is more, at the base, t a month.
    pub(crate) fn usual(&self) -> &[f64] {
        &self.usual
    }

    /// The program of the last step, for another solver to check.
    pub fn program(&self) -> &Program<L> {
        &self.program
    }

    /// What happened in the last step.
    pub fn last(&self) -> &Step<L> {
        &self.step
    }

    /// One step: solves, and moves the state on. A lane without a solution stays as it was.
    pub fn step(&mut self, state: &mut State<L>, conditions: &Conditions<L>) -> Result<&Step<L>, Vec<Unsolved>> {
        in_lanes(
            #[inline(always)]
            || self.assemble(state, conditions),
        );
        let unsolved = self.solve(state, conditions);
        if unsolved.is_empty() {
            in_lanes(
                #[inline(always)]
                || {
                    self.read(state);
                    self.advance(state, conditions);
                },
            );
            return Ok(&self.step);
        }
        let before = state.clone();
        self.read(state);
        self.advance(state, conditions);
        for lane in unsolved.iter().map(|unsolved| unsolved.lane) {
            state.restore(&before, lane);
        }
        Err(unsolved)
    }

    /// What is the same in all steps.
    fn lay_out(&mut self) {
        let (market, columns, months) = (Arc::clone(&self.market), self.columns, self.months);
        let structure = Arc::clone(self.program.structure());
        let nodes = market.nodes.len();
        let program = &mut self.program;
        let set = |program: &mut Program<L>, column: usize, coefficients: &[f64]| {
            for (entry, coefficient) in structure.entries(column).zip(coefficients) {
                (0..L).for_each(|lane| program.set_coefficient(entry, lane, *coefficient));
            }
        };
        for (index, plant) in market.plants.iter().enumerate() {
            let outputs = plant.outputs.iter().map(|(_, tonnes)| *tonnes);
            let coefficients: Vec<f64> = outputs.chain(plant.inputs.iter().map(|(_, tonnes)| -tonnes)).collect();
            set(program, columns.plants + index, &coefficients);
        }
        for (node, at) in market.nodes.iter().enumerate() {
            let from = DISPOSAL.0 * at.price;
            let slope = DISPOSAL.1 * self.usual[node] * months / from;
            set(program, columns.lost + node, &[-1.0]);
            set(program, columns.stocks + node, &[-1.0, -1.0]);
            set(program, columns.positions + node, &[1.0]);
            for lane in 0..L {
                let thrown = Response::straight(-from, 0.0, slope, 0.0, f64::INFINITY);
                program.set_response(columns.lost + node, lane, thrown);
                for row in [node, nodes + node] {
                    program.set_scale(row, lane, self.usual[node], at.price);
                }
            }
        }
        for index in 0..market.sectors.len() {
            set(program, columns.sectors + index, &[-1.0]);
        }
        for index in 0..self.instruments.buyers.len() {
            set(program, columns.buyers + index, &[-1.0]);
        }
        for index in 0..market.links.len() {
            let now = self.lags[index].now();
            set(program, columns.links + index, &[-1.0, now, now - 1.0]);
        }
        for (index, limit) in market.limits.iter().enumerate() {
            let usual = limit.usual.max(LEAST_THROUGHPUT) * months;
            set(program, columns.slacks + index, &[1.0]);
            for lane in 0..L {
                let slack = Response::straight(0.0, 0.0, usual / (SLACK * USUAL_PRICE), 0.0, f64::INFINITY);
                program.set_response(columns.slacks + index, lane, slack);
                program.set_scale(2 * nodes + index, lane, usual, USUAL_PRICE);
            }
        }
    }

    #[inline(always)]
    fn assemble(&mut self, state: &State<L>, conditions: &Conditions<L>) {
        let (market, rates, columns, months) = (&*self.market, &self.rates, self.columns, self.months);
        let program = &mut self.program;
        let nodes = market.nodes.len();
        let infinite = [f64::INFINITY; L];
        for (index, plant) in market.plants.iter().enumerate() {
            let (first, rise) = &self.costs[index];
            let (part, adopted) = (&conditions.capacity[index], &state.adopted[index]);
            let capacity: [f64; L] =
                from_fn(|lane| at_least(plant.capacity * part[lane] * adopted[lane], 1e-9) * months);
            let slope: [f64; L] = from_fn(|lane| capacity[lane] / rise[lane]);
            let dual = from_fn(|lane| first[lane] - conditions.support[index][lane]);
            program.set_kinked(columns.plants + index, [dual, [0.0; L], slope, slope, [0.0; L], capacity]);
        }
        for (index, sector) in market.sectors.iter().enumerate() {
            let (scale, demand, thrift) = (&state.scale[index], &conditions.demand[index], &state.thrift[index]);
            let usual: [f64; L] = from_fn(|lane| sector.amount * scale[lane] * demand[lane]);
            let amount: [f64; L] = from_fn(|lane| usual[lane] * months * (1.0 - thrift[lane]));
            self.step.saved[index] = from_fn(|lane| usual[lane] * thrift[lane]);
            self.step.usual[index] = usual;
            let at_choke = from_fn(|lane| amount[lane] * self.kept_at_choke[index][lane]);
            let price = market.nodes[sector.node].price;
            program.set_isoelastic(
                columns.sectors + index,
                [[price; L], amount, self.elasticity[index], self.choke[index], [END_OF_USE; L], at_choke],
            );
        }
        for (index, link) in market.links.iter().enumerate() {
            let (from, to) = (&state.expected[link.from], &state.expected[link.to]);
            let (established, ordered) = (&state.established[index], &state.back_orders[index]);
            let (tax, premium) = (&conditions.tax[index], &conditions.premium[index]);
            let (contracted, most) = (&conditions.contracted[index], &conditions.most[index]);
            let use_there = at_least(self.use_at_base[link.to], LEAST_THROUGHPUT);
            let mut numbers = [[0.0; L]; 6];
            for lane in 0..L {
                let expected = 0.5 * (from[lane] + to[lane]);
                let least = link.newcomer.unwrap_or(rates.newcomer[lane] * use_there);
                let orders = rates.back_orders[lane] * ordered[lane] * months;
                let usual = at_least(established[lane], contracted[lane]);
                let reference = usual * months + orders;
                let beside = at_least(usual, least) * months + 0.5 * orders;
                let rise = rates.friction[lane] * link.friction * expected / beside;
                let bound = if contracted[lane] > 0.0 { CONTRACT } else { 1.0 };
                numbers[0][lane] = self.carriage[index] + tax[lane] * from[lane] + premium[lane] * expected;
                numbers[1][lane] = reference;
                numbers[2][lane] = 1.0 / (rates.friction_down[lane] * bound * rise);
                numbers[3][lane] = 1.0 / rise;
                numbers[5][lane] = at_least(most[lane] * months, 0.0);
            }
            program.set_kinked(columns.links + index, numbers);
        }
        if self.instruments.delay > 0.0 {
            let structure = Arc::clone(program.structure());
            for (index, link) in market.links.iter().enumerate() {
                let entry = structure.entries(columns.links + index).start;
                for lane in 0..L {
                    let now = Lag::of(link, conditions.delay[index][lane], months).now();
                    program.set_coefficient(entry + 1, lane, now);
                    program.set_coefficient(entry + 2, lane, now - 1.0);
                }
            }
        }
        for (entry, limit, weight) in &self.limited {
            for lane in 0..L {
                let in_force = conditions.limit[*limit][lane].is_finite();
                program.set_coefficient(*entry, lane, if in_force { *weight } else { 0.0 });
            }
        }
        for (index, node) in self.instruments.buyers.iter().enumerate() {
            // A floor of nothing buys nothing.
            let floor: [f64; L] = from_fn(|lane| conditions.floor[index][lane]);
            let most = from_fn(|lane| if floor[lane] > 0.0 { DISPOSAL.1 * self.usual[*node] * months } else { 0.0 });
            let slope = from_fn(|lane| self.usual[*node] * months / at_least(BUYER_SLOPE * floor[lane], 1e-6));
            let dual = from_fn(|lane| -floor[lane]);
            program.set_kinked(columns.buyers + index, [dual, [0.0; L], slope, slope, [0.0; L], most]);
        }
        for node in 0..nodes {
            let (expected, caution) = (&state.expected[node], &state.caution[node]);
            let under_way = self.usual_under_way[node] / self.usual[node];
            let base = market.nodes[node].price;
            let dearer = from_fn(|lane| at_least(expected[lane] / base, 1.0));
            let target = power(&dearer, &rates.stock_elasticity.map(|elasticity| -elasticity));
            let (mut kept, mut worth) = ([[0.0; L]; 6], [[0.0; L]; 6]);
            for lane in 0..L {
                let throughput = at_least(state.throughput[node][lane], LEAST_THROUGHPUT);
                let cover = self.cover[node][lane] * conditions.cover[node][lane] * caution[lane] * target[lane];
                let stock = cover * throughput;
                let position = stock + under_way * throughput;
                let at_hand = rates.stock_slope[lane] * expected[lane];
                let held = rates.position_slope[lane] * expected[lane];
                kept[1][lane] = stock;
                kept[2][lane] = stock / at_hand;
                kept[3][lane] = stock / (rates.surplus_slope[lane] * at_hand);
                worth[0][lane] = -expected[lane];
                worth[1][lane] = position;
                worth[2][lane] = position / held;
                worth[3][lane] = position / (rates.surplus_slope[lane] * held);
            }
            kept[5] = infinite;
            worth[5] = infinite;
            program.set_kinked(columns.stocks + node, kept);
            program.set_kinked(columns.positions + node, worth);
        }
        let targets = program.targets_mut();
        for node in 0..nodes {
            for lane in 0..L {
                targets[node][lane] = -state.stock[node][lane] - conditions.release[node][lane] * months;
            }
            targets[nodes + node] = [0.0; L];
        }
        for (index, link) in market.links.iter().enumerate() {
            let queue = &state.queue[self.starts[index] as usize..self.starts[index + 1] as usize];
            add(&mut targets[link.to], &queue[0], -1.0);
            for later in &queue[1..] {
                add(&mut targets[nodes + link.to], later, 1.0);
            }
        }
        for index in 0..market.limits.len() {
            for lane in 0..L {
                let most = conditions.limit[index][lane];
                targets[2 * nodes + index][lane] = if most.is_finite() { most * months } else { 0.0 };
            }
        }
    }

    fn solve(&mut self, state: &State<L>, conditions: &Conditions<L>) -> Vec<Unsolved> {
        let settings = Settings { tolerance: TOLERANCE, ..Settings::default() };
        self.step.fell_back = [false; L];
        let mut outcomes = self.newton.solve(&self.program, &mut self.duals, settings);
        self.step.steps = outcomes.map(|outcome| outcome.steps);
        for general in [false, true] {
            if outcomes.iter().all(|outcome| outcome.solved) {
                return Vec::new();
            }
            for lane in (0..L).filter(|lane| !outcomes[*lane].solved) {
                self.start_again(lane, general, state);
            }
            // Lanes that are solved do not move.
            outcomes = self.newton.solve(&self.program, &mut self.duals, settings);
            for (steps, outcome) in self.step.steps.iter_mut().zip(outcomes) {
                *steps += outcome.steps;
            }
        }
        let open: Vec<Unsolved> =
            (0..L).filter(|lane| !outcomes[*lane].solved).map(|lane| self.unsolved(lane, conditions)).collect();
        for unsolved in &open {
            self.start_again(unsolved.lane, false, state);
        }
        open
    }

    /// Other prices for a lane to start from: those expected, where everybody moves; or what the general solver finds.
    fn start_again(&mut self, lane: usize, general: bool, state: &State<L>) {
        let nodes = self.market.nodes.len();
        for (row, dual) in self.duals.iter_mut().enumerate() {
            dual[lane] = match row {
                price if price < nodes => state.expected[price][lane],
                position if position < 2 * nodes => -state.expected[position - nodes][lane],
                _ => 0.0,
            };
        }
        if !general {
            return;
        }
        self.step.fell_back[lane] = true;
        if let Some(solution) = interior_point::solve(&self.program, lane, 1e-9) {
            for (row, (dual, found)) in self.duals.iter_mut().zip(&solution.duals).enumerate() {
                // Where nothing is for sale every high price is as right as another.
                let most = self.market.nodes.get(row).map_or(f64::INFINITY, |node| HIGHEST_START * node.price);
                dual[lane] = if *found < most { *found } else { most };
            }
        }
    }

    /// Which rows of a lane stay open, and what is imposed on them.
    fn unsolved(&self, lane: usize, conditions: &Conditions<L>) -> Unsolved {
        let market = &self.market;
        let nodes = market.nodes.len();
        let name = |row: usize| match row.checked_sub(2 * nodes) {
            Some(limit) => market.limits[limit].name.clone(),
            None => market.node_name(row % nodes),
        };
        let left = self.newton.residuals().iter().enumerate();
        let mut rows: Vec<(f64, usize, f64)> = left
            .map(|(row, left)| (left[lane].abs() / self.program.amount_scale(row, lane), row, left[lane]))
            .filter(|(relative, ..)| relative.is_nan() || *relative > TOLERANCE)
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rows.truncate(5);
        let open = |node: usize| rows.iter().any(|(_, row, _)| *row < 2 * nodes && row % nodes == node);
        let mut binding: Vec<String> = Vec::new();
        for (limit, most) in market.limits.iter().zip(&conditions.limit) {
            if most[lane].is_finite() {
                binding.push(format!("{} of {:.1} t a month", limit.name, most[lane]));
            }
        }
        for (index, _) in market.links.iter().enumerate().filter(|(_, link)| open(link.from) || open(link.to)) {
            if conditions.most[index][lane].is_finite() {
                let most = conditions.most[index][lane];
                binding.push(format!("at most {most:.1} t a month of {}", market.link_name(index)));
            }
            if conditions.contracted[index][lane] > 0.0 {
                binding.push(format!("a contract for {}", market.link_name(index)));
            }
        }
        for (plant, part) in market.plants.iter().zip(&conditions.capacity) {
            if part[lane] != 1.0 && plant.outputs.iter().any(|(node, _)| open(*node)) {
                binding.push(format!("{} at {:.0} % of its capacity", plant.name, 100.0 * part[lane]));
            }
        }
        binding.truncate(8);
        Unsolved { lane, rows: rows.into_iter().map(|(_, row, left)| (name(row), left)).collect(), binding }
    }

    #[inline(always)]
    fn read(&mut self, state: &State<L>) {
        let (columns, step) = (self.columns, &mut self.step);
        let amounts = self.newton.amounts();
        let per_month = 1.0 / self.months;
        let copy = |into: &mut [[f64; L]], first: usize| {
            for (into, amount) in into.iter_mut().zip(&amounts[first..]) {
                *into = amount.map(|amount| amount * per_month);
            }
        };
        copy(&mut step.activity, columns.plants);
        copy(&mut step.used, columns.sectors);
        copy(&mut step.sent, columns.links);
        copy(&mut step.lost, columns.lost);
        copy(&mut step.bought, columns.buyers);
        let nodes = step.price.len();
        step.price.copy_from_slice(&self.duals[..nodes]);
        for (rent, dual) in step.rent.iter_mut().zip(&self.duals[2 * nodes..]) {
            *rent = dual.map(|dual| -dual);
        }
        let structure = self.program.structure();
        for link in 0..step.sent.len() {
            let entry = structure.entries(columns.links + link).start + 1;
            let queued = &state.queue[self.starts[link] as usize];
            step.arrived[link] = from_fn(|lane| {
                step.sent[link][lane] * self.program.coefficient(entry, lane) + queued[lane] * per_month
            });
        }
    }

    #[inline(always)]
    fn advance(&mut self, state: &mut State<L>, conditions: &Conditions<L>) {
        let (market, rates, months, step) = (&*self.market, &self.rates, self.months, &self.step);
        let nodes = market.nodes.len();
        self.used.fill([0.0; L]);
        self.sent.fill([0.0; L]);
        for (sector, amount) in market.sectors.iter().zip(&step.used) {
            add(&mut self.used[sector.node], amount, 1.0);
        }
        for (plant, activity) in market.plants.iter().zip(&step.activity) {
            for (node, tonnes) in &plant.inputs {
                add(&mut self.used[*node], activity, *tonnes);
            }
        }
        let delays = self.instruments.delay > 0.0;
        for (index, link) in market.links.iter().enumerate() {
            let sent = &step.sent[index];
            add(&mut self.sent[link.from], sent, 1.0);
            let queue = &mut state.queue[self.starts[index] as usize..self.starts[index + 1] as usize];
            queue.copy_within(1.., 0);
            queue[queue.len() - 1] = [0.0; L];
            // What the step before sent later is now one step nearer.
            if delays {
                for lane in 0..L {
                    let lag = Lag::of(link, conditions.delay[index][lane], months);
                    if lag.steps > 0 {
                        queue[lag.steps - 1][lane] += sent[lane] * months * (1.0 - lag.later);
                    }
                    queue[lag.steps][lane] += sent[lane] * months * lag.later;
                }
            } else {
                let lag = self.lags[index];
                if lag.steps > 0 {
                    add(&mut queue[lag.steps - 1], sent, months * (1.0 - lag.later));
                }
                add(&mut queue[lag.steps], sent, months * lag.later);
            }
            let (established, orders) = (&mut state.established[index], &mut state.back_orders[index]);
            let (held_up, lapses) = (&conditions.held_up[index], &conditions.lapses[index]);
            for lane in 0..L {
                let held = held_up[lane];
                let kept = if held && !lapses[lane] { 1.0 } else { rates.back_orders_kept[lane] };
                let missing = (established[lane] - sent[lane]) * months;
                // While it is held up what is missing is ordered again; else what is sent beyond the usual works off.
                let change = if held == (missing > 0.0) { missing } else { 0.0 };
                let most = rates.back_orders_most[lane] * established[lane];
                let left = at_least(kept * orders[lane] + change, 0.0);
                orders[lane] = if left > most { most } else { left };
                let follow = if held { 0.0 } else { rates.qualification[lane] };
                established[lane] += follow * (sent[lane] - established[lane]);
            }
        }
        let (amounts, open) = (self.newton.amounts(), self.newton.residuals());
        for node in 0..nodes {
            // What is left open of a balance lies in the stock, so that no mass is lost.
            let stock = &amounts[self.columns.stocks + node];
            state.stock[node] = from_fn(|lane| at_least(stock[lane] - open[node][lane], 0.0));
            let (base, log_base) = (market.nodes[node].price, self.log_price[node]);
            let bound = |price: &[f64; L]| price.map(|price| price.clamp(EXPECTED.0 * base, EXPECTED.1 * base));
            let (price, before) = (bound(&step.price[node]), bound(&state.price[node]));
            let (expected, log_price, log_before) = (ln(&state.expected[node]), ln(&price), ln(&before));
            let mut log_expected = [0.0; L];
            for lane in 0..L {
                let change = (log_price[lane] - log_before[lane]).clamp(-0.5, 0.5);
                log_expected[lane] = expected[lane]
                    + rates.expectation[lane] * (log_price[lane] - expected[lane])
                    + rates.momentum[lane] * change
                    - rates.long_run[lane] * (expected[lane] - log_base);
                let through = throughput(self.used[node][lane], self.sent[node][lane]);
                state.throughput[node][lane] += rates.use_memory[lane] * (through - state.throughput[node][lane]);
                state.contract[node][lane] += rates.contract[lane] * (price[lane] - state.contract[node][lane]);
                let caution = 1.0 + rates.precaution[lane] * conditions.risk[node][lane];
                let rises = caution > state.caution[node][lane];
                let rate = if rises { rates.precaution_up[lane] } else { rates.precaution_down[lane] };
                state.caution[node][lane] += rate * (caution - state.caution[node][lane]);
            }
            state.expected[node] = exp(&log_expected);
            state.price[node] = step.price[node];
        }
        for (index, sector) in market.sectors.iter().enumerate() {
            let (expected, base) = (&state.expected[sector.node], market.nodes[sector.node].price);
            let multiples = from_fn(|lane| at_least(expected[lane] / base, 1e-3));
            let kept = power(&multiples, &rates.thrift_elasticity.map(|elasticity| -elasticity));
            for lane in 0..L {
                let wanted = at_least(1.0 - kept[lane], -0.3);
                let rises = wanted > state.thrift[index][lane];
                let up = rates.thrift_up[lane] * conditions.thrift[index][lane];
                let rate = if rises { if up > 1.0 { 1.0 } else { up } } else { rates.thrift_down[lane] };
                state.thrift[index][lane] += rate * (wanted - state.thrift[index][lane]);
                state.scale[index][lane] *= self.growth[index][lane];
            }
        }
        for (index, plant) in market.plants.iter().enumerate() {
            let Some(adoption) = plant.adoption else { continue };
            let mut margin: [f64; L] = from_fn(|lane| conditions.support[index][lane] - self.costs[index].0[lane]);
            for (node, tonnes) in &plant.outputs {
                add(&mut margin, &state.price[*node], *tonnes);
            }
            for (node, tonnes) in &plant.inputs {
                add(&mut margin, &state.price[*node], -tonnes);
            }
            for lane in 0..L {
                // What is not allowed to run is not taken up.
                let pays = margin[lane] > 0.0 && conditions.capacity[index][lane] > 0.0;
                let rate = months / adoption.months * if pays { 1.0 } else { -GIVING_UP };
                state.adopted[index][lane] = (state.adopted[index][lane] + rate).clamp(LEAST_ADOPTED, 1.0);
            }
        }
    }
}

impl<const L: usize> State<L> {
    /// Puts a lane back to what it was.
    pub(crate) fn restore(&mut self, before: &Self, lane: usize) {
        for (into, from) in [
            (&mut self.stock, &before.stock),
            (&mut self.price, &before.price),
            (&mut self.expected, &before.expected),
            (&mut self.contract, &before.contract),
            (&mut self.throughput, &before.throughput),
            (&mut self.caution, &before.caution),
            (&mut self.thrift, &before.thrift),
            (&mut self.scale, &before.scale),
            (&mut self.adopted, &before.adopted),
            (&mut self.established, &before.established),
            (&mut self.back_orders, &before.back_orders),
            (&mut self.queue, &before.queue),
        ] {
            into.iter_mut().zip(from).for_each(|(into, from)| into[lane] = from[lane]);
        }
    }
}

/// The larger of two numbers; the second if the first is no number.
#[inline(always)]
fn at_least(number: f64, least: f64) -> f64 {
    if number > least { number } else { least }
}

#[inline(always)]
fn add<const L: usize>(sum: &mut [f64; L], of: &[f64; L], times: f64) {
    for lane in 0..L {
        sum[lane] += of[lane] * times;
    }
}

/// Where the columns of each kind start.
#[derive(Clone, Copy, Debug)]
struct Columns {
    plants: usize,
    lost: usize,
    sectors: usize,
    links: usize,
    stocks: usize,
    positions: usize,
    slacks: usize,
    buyers: usize,
}

impl Columns {
    fn of(market: &Market, _: &Instruments) -> Self {
        let nodes = market.nodes.len();
        let lost = market.plants.len();
        let sectors = lost + nodes;
        let links = sectors + market.sectors.len();
        let stocks = links + market.links.len();
        let slacks = stocks + 2 * nodes;
        let buyers = slacks + market.limits.len();
        Self { plants: 0, lost, sectors, links, stocks, positions: stocks + nodes, slacks, buyers }
    }
}

/// Rows: balances of the nodes, positions of the nodes, limits.
fn structure(market: &Market, instruments: &Instruments) -> Structure {
    let nodes = market.nodes.len();
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for plant in &market.plants {
        columns.push(plant.outputs.iter().chain(&plant.inputs).map(|(node, _)| *node).collect());
    }
    columns.extend((0..nodes).map(|node| vec![node]));
    columns.extend(market.sectors.iter().map(|sector| vec![sector.node]));
    let links = columns.len();
    columns.extend(market.links.iter().map(|link| vec![link.from, link.to, nodes + link.to]));
    for (limit, row) in market.limits.iter().enumerate() {
        row.links.iter().for_each(|(link, _)| columns[links + link].push(2 * nodes + limit));
    }
    columns.extend((0..nodes).map(|node| vec![node, nodes + node]));
    columns.extend((0..nodes).map(|node| vec![nodes + node]));
    columns.extend((0..market.limits.len()).map(|limit| vec![2 * nodes + limit]));
    columns.extend(instruments.buyers.iter().map(|node| vec![*node]));
    Structure::new(2 * nodes + market.limits.len(), columns.iter().map(Vec::as_slice))
}
