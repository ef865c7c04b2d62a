//! One step of the market: prices at which every node balances, then everything that follows from them.

use crate::market::{Cost, Market};
use crate::parameters::Parameters;
use crate::state::{Lag, State, throughput, usual_throughput};
use lode_solve::{Newton, Program, Response, Settings, Structure, interior_point};
use std::fmt;
use std::sync::Arc;

/// What is imposed on a market in a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Conditions {
    /// By link: most that may be sent, t a month.
    pub most: Vec<f64>,
    /// By link: whether it is held up, so that its established flow is remembered and orders pile up.
    pub held_up: Vec<bool>,
    /// By link: export tax, in parts of the expected price.
    pub tax: Vec<f64>,
    /// By link: premium for remembered risk, in parts of the expected price.
    pub premium: Vec<f64>,
    /// By plant: capacity in parts of the base.
    pub capacity: Vec<f64>,
    /// By limit: most that may pass, t a month; infinite for none.
    pub limit: Vec<f64>,
    /// By node: part of the supply that is at risk.
    pub risk: Vec<f64>,
    /// By node: multiple of the usual cover.
    pub cover: Vec<f64>,
}

impl Conditions {
    /// Nothing beyond the base.
    pub fn none(market: &Market) -> Self {
        Self {
            most: vec![f64::INFINITY; market.links.len()],
            held_up: vec![false; market.links.len()],
            tax: market.links.iter().map(|link| link.tax).collect(),
            premium: market.links.iter().map(|link| link.premium).collect(),
            capacity: vec![1.0; market.plants.len()],
            limit: vec![f64::INFINITY; market.limits.len()],
            risk: vec![0.0; market.nodes.len()],
            cover: vec![1.0; market.nodes.len()],
        }
    }
}

/// What happened in a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// By node: price, USD/kg.
    pub price: Vec<f64>,
    /// By plant: activity, t a month.
    pub activity: Vec<f64>,
    /// By sector: use, t a month.
    pub used: Vec<f64>,
    /// By link: sent, t a month.
    pub sent: Vec<f64>,
    /// By link: arrived, t a month.
    pub arrived: Vec<f64>,
    /// By node: thrown away, t a month.
    pub lost: Vec<f64>,
    /// By limit: what a further tonne would be worth, USD/kg.
    pub rent: Vec<f64>,
    /// Newton steps.
    pub steps: u32,
    /// Whether the general solver had to help.
    pub fell_back: bool,
}

/// A step without a solution.
#[derive(Clone, PartialEq, Debug)]
pub struct Unsolved {
    /// What is left of the rows that do not close, the largest first: name and tonnes.
    pub rows: Vec<(String, f64)>,
}

impl fmt::Display for Unsolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no prices balance the market; left open: ")?;
        for (place, (name, tonnes)) in self.rows.iter().enumerate() {
            write!(f, "{}{name} by {tonnes:.3} t", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Unsolved {}

/// Below this part of the base price what nobody wants is thrown away; at a price of nothing as much as this many times
/// what usually passes through. No price falls below nothing.
const DISPOSAL: (f64, f64) = (0.02, 50.0);
/// Rows close to this part of what passes through them.
const TOLERANCE: f64 = 1e-10;
/// Expected prices do not follow below this part of the base price.
const LEAST_EXPECTED: f64 = 0.02;
/// What slack of a limit costs, in parts of a usual price: so little that it shows in no result.
const SLACK: f64 = 1e-4;
/// A usual price, to measure rents beside, USD/kg.
const USUAL_PRICE: f64 = 50.0;
/// Least rise of a marginal cost over capacity, in parts of the cost: flat costs leave activity undetermined.
const LEAST_RISE: f64 = 0.05;
/// Least use or trade that a node is measured beside, t a month.
const LEAST_THROUGHPUT: f64 = 1e-3;
/// Below the choke use is a power of the price, and from there to this multiple it falls to nothing.
const END_OF_USE: f64 = 1.3;

/// Steps a market.
#[derive(Clone, Debug)]
pub struct Engine {
    market: Market,
    parameters: Parameters,
    months: f64,
    lags: Vec<Lag>,
    /// By link: cost of carrying that makes the base flow right at base prices, USD/kg.
    carriage: Vec<f64>,
    /// By plant: cost of the first tonne and rise over capacity.
    costs: Vec<(f64, f64)>,
    usual: Vec<f64>,
    usual_under_way: Vec<f64>,
    use_at_base: Vec<f64>,
    program: Program<1>,
    newton: Newton<1>,
    duals: Vec<[f64; 1]>,
}

impl Engine {
    /// An engine for steps of a length in months, calibrated to the base.
    pub fn new(market: Market, parameters: Parameters, months: f64) -> Self {
        let nodes = market.nodes.len();
        let lags: Vec<Lag> = market.links.iter().map(|link| Lag::of(link, months)).collect();
        let carriage = market.links.iter().map(|link| {
            let (from, to) = (market.nodes[link.from].price, market.nodes[link.to].price);
            if link.amount > 0.0 { to - from - link.tax * from - link.premium * 0.5 * (from + to) } else { 0.05 * from }
        });
        let costs = market.plants.iter().map(|plant| match plant.cost {
            Cost::Given { first, rise } => (first, rise.max(LEAST_RISE * first.abs())),
            Cost::Calibrated { elasticity } => {
                let margin = market.margin(plant);
                let rise = margin / elasticity * plant.capacity / plant.activity;
                (margin - margin / elasticity, rise.max(LEAST_RISE * margin.abs()))
            }
        });
        let mut usual_under_way = vec![0.0; nodes];
        for link in &market.links {
            usual_under_way[link.to] += link.amount * link.transit;
        }
        let structure = Arc::new(structure(&market));
        let mut duals: Vec<[f64; 1]> = market.nodes.iter().map(|node| [node.price]).collect();
        duals.extend(market.nodes.iter().map(|node| [-node.price]));
        duals.extend(market.limits.iter().map(|_| [0.0]));
        Self {
            lags,
            carriage: carriage.collect(),
            costs: costs.collect(),
            usual: usual_throughput(&market).into_iter().map(|usual| usual.max(LEAST_THROUGHPUT)).collect(),
            usual_under_way,
            use_at_base: market.use_at_base(),
            program: Program::new(Arc::clone(&structure)),
            newton: Newton::new(&structure),
            duals,
            market,
            parameters,
            months,
        }
    }

    /// The market.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The state in which nothing moves.
    pub fn base(&self) -> State {
        State::at_base(&self.market, &self.parameters, self.months)
    }

    /// One step: solves, and moves the state on. If there is no solution the state stays as it is.
    pub fn step(&mut self, state: &mut State, conditions: &Conditions) -> Result<Step, Unsolved> {
        self.assemble(state, conditions);
        let (steps, fell_back) = self.solve()?;
        let step = self.read(state, steps, fell_back);
        self.advance(state, conditions, &step);
        Ok(step)
    }

    fn assemble(&mut self, state: &State, conditions: &Conditions) {
        let (market, parameters, months) = (&self.market, &self.parameters, self.months);
        let columns = Columns::of(market);
        let nodes = market.nodes.len();
        let targets: Vec<(f64, f64)> = (0..nodes).map(|node| self.targets(state, conditions, node)).collect();
        let structure = Arc::clone(self.program.structure());
        let program = &mut self.program;
        let set = |program: &mut Program<1>, column: usize, coefficients: &[f64], response: Response| {
            program.set_response(column, 0, response);
            for (entry, coefficient) in structure.entries(column).zip(coefficients) {
                program.set_coefficient(entry, 0, *coefficient);
            }
        };
        for (index, plant) in market.plants.iter().enumerate() {
            let capacity = (plant.capacity * conditions.capacity[index]).max(1e-9) * months;
            let (first, rise) = self.costs[index];
            let coefficients: Vec<f64> = plant
                .outputs
                .iter()
                .map(|(_, tonnes)| *tonnes)
                .chain(plant.inputs.iter().map(|(_, tonnes)| -tonnes))
                .collect();
            set(
                program,
                columns.plants + index,
                &coefficients,
                Response::straight(first, 0.0, capacity / rise, 0.0, capacity),
            );
        }
        for node in 0..nodes {
            let price = market.nodes[node].price;
            let from = DISPOSAL.0 * price;
            let slope = DISPOSAL.1 * self.usual[node] * months / from;
            set(program, columns.lost + node, &[-1.0], Response::straight(-from, 0.0, slope, 0.0, f64::INFINITY));
        }
        for (index, sector) in market.sectors.iter().enumerate() {
            let response = Response::Isoelastic {
                dual: market.nodes[sector.node].price,
                amount: sector.amount * months * state.scale[index] * (1.0 - state.thrift[index]),
                elasticity: parameters.use_elasticity,
                choke: parameters.choke,
                end: END_OF_USE,
            };
            set(program, columns.sectors + index, &[-1.0], response);
        }
        for (index, link) in market.links.iter().enumerate() {
            let expected = 0.5 * (state.expected[link.from] + state.expected[link.to]);
            let least = link.newcomer.unwrap_or(parameters.newcomer * self.use_at_base[link.to].max(LEAST_THROUGHPUT));
            let orders = parameters.back_orders * state.back_orders[index];
            let reference = state.established[index] * months + orders * months;
            let beside = state.established[index].max(least) * months + 0.5 * orders * months;
            let rise = parameters.friction * link.friction * expected / beside;
            let cost = self.carriage[index]
                + conditions.tax[index] * state.expected[link.from]
                + conditions.premium[index] * expected;
            let response = Response::Kinked {
                dual: cost,
                amount: reference,
                slope_below: 1.0 / (parameters.friction_down * rise),
                slope_above: 1.0 / rise,
                least: 0.0,
                most: (conditions.most[index] * months).max(0.0),
            };
            let now = self.lags[index].now();
            let mut coefficients = vec![-1.0, now, now - 1.0];
            for (limit, row) in market.limits.iter().enumerate() {
                for (_, weight) in row.links.iter().filter(|(of, _)| *of == index) {
                    coefficients.push(if conditions.limit[limit].is_finite() { *weight } else { 0.0 });
                }
            }
            set(program, columns.links + index, &coefficients, response);
        }
        for (node, (stock, position)) in targets.into_iter().enumerate() {
            let expected = state.expected[node];
            let (at_hand, held) = (parameters.stock_slope * expected, parameters.position_slope * expected);
            let kept = Response::Kinked {
                dual: 0.0,
                amount: stock,
                slope_below: stock / at_hand,
                slope_above: stock / (parameters.surplus_slope * at_hand),
                least: 0.0,
                most: f64::INFINITY,
            };
            set(program, columns.stocks + node, &[-1.0, -1.0], kept);
            let worth = Response::Kinked {
                dual: -expected,
                amount: position,
                slope_below: position / held,
                slope_above: position / (parameters.surplus_slope * held),
                least: 0.0,
                most: f64::INFINITY,
            };
            set(program, columns.positions + node, &[1.0], worth);
        }
        for (index, limit) in market.limits.iter().enumerate() {
            let usual = limit.usual.max(LEAST_THROUGHPUT) * months;
            let slack = Response::straight(0.0, 0.0, usual / (SLACK * USUAL_PRICE), 0.0, f64::INFINITY);
            set(program, columns.slacks + index, &[1.0], slack);
            let most = conditions.limit[index];
            program.set_target(2 * nodes + index, 0, if most.is_finite() { most * months } else { 0.0 });
            program.set_scale(2 * nodes + index, 0, usual, USUAL_PRICE);
        }
        let (mut arriving, mut later) = (vec![0.0; nodes], vec![0.0; nodes]);
        for (link, queue) in market.links.iter().zip(&state.under_way) {
            let (now, rest) = queue.split_first().map_or((0.0, 0.0), |(now, rest)| (*now, rest.iter().sum::<f64>()));
            arriving[link.to] += now;
            later[link.to] += rest;
        }
        for node in 0..nodes {
            program.set_target(node, 0, -(state.stock[node] + arriving[node]));
            program.set_target(nodes + node, 0, later[node]);
            for row in [node, nodes + node] {
                program.set_scale(row, 0, self.usual[node], market.nodes[node].price);
            }
        }
    }

    /// Targets of what is at hand, and of that with what is under way, t.
    fn targets(&self, state: &State, conditions: &Conditions, node: usize) -> (f64, f64) {
        let throughput = state.throughput[node].max(LEAST_THROUGHPUT);
        let stock = self.parameters.cover * conditions.cover[node] * throughput * state.caution[node];
        let under_way = self.usual_under_way[node] * throughput / self.usual[node];
        (stock, stock + under_way)
    }

    fn solve(&mut self) -> Result<(u32, bool), Unsolved> {
        let settings = Settings { tolerance: TOLERANCE, ..Settings::default() };
        let [outcome] = self.newton.solve(&self.program, &mut self.duals, settings);
        if outcome.solved {
            return Ok((outcome.steps, false));
        }
        if let Some(solution) = interior_point::solve(&self.program, 0, 1e-9) {
            for (dual, found) in self.duals.iter_mut().zip(&solution.duals) {
                *dual = [*found];
            }
            let [again] = self.newton.solve(&self.program, &mut self.duals, settings);
            if again.solved {
                return Ok((outcome.steps + again.steps, true));
            }
        }
        let nodes = self.market.nodes.len();
        let name = |row: usize| match row.checked_sub(2 * nodes) {
            Some(limit) => self.market.limits[limit].name.clone(),
            None => {
                let node = &self.market.nodes[row % nodes];
                format!("{} in {}", node.form, node.country)
            }
        };
        let left = self.newton.residuals().iter().enumerate();
        let mut rows: Vec<(f64, usize, f64)> = left
            .map(|(row, left)| (left[0].abs() / self.program.amount_scale(row, 0), row, left[0]))
            .filter(|(relative, ..)| relative.is_nan() || *relative > TOLERANCE)
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // The duals of a step without a solution are no start for another.
        for (row, dual) in self.duals.iter_mut().enumerate() {
            let price = self.market.nodes.get(row % nodes).map_or(0.0, |node| node.price);
            *dual = [if row < nodes {
                price
            } else if row < 2 * nodes {
                -price
            } else {
                0.0
            }];
        }
        Err(Unsolved { rows: rows.into_iter().take(5).map(|(_, row, left)| (name(row), left)).collect() })
    }

    fn read(&self, state: &State, steps: u32, fell_back: bool) -> Step {
        let columns = Columns::of(&self.market);
        let per_month = |column: usize| self.newton.amounts()[column][0] / self.months;
        let all = |first: usize, count: usize| (first..first + count).map(per_month).collect::<Vec<f64>>();
        let (nodes, links) = (self.market.nodes.len(), self.market.links.len());
        let sent = all(columns.links, links);
        let arrived = (0..links).map(|link| {
            let queued = state.under_way[link].first().copied().unwrap_or(0.0);
            sent[link] * self.lags[link].now() + queued / self.months
        });
        Step {
            price: self.duals[..nodes].iter().map(|dual| dual[0]).collect(),
            activity: all(columns.plants, self.market.plants.len()),
            used: all(columns.sectors, self.market.sectors.len()),
            arrived: arrived.collect(),
            sent,
            lost: all(columns.lost, nodes),
            rent: self.duals[2 * nodes..].iter().map(|dual| -dual[0]).collect(),
            steps,
            fell_back,
        }
    }

    fn advance(&self, state: &mut State, conditions: &Conditions, step: &Step) {
        let (market, parameters, months) = (&self.market, &self.parameters, self.months);
        let columns = Columns::of(market);
        let over = |rate: f64| Parameters::over(rate, months);
        let nodes = market.nodes.len();
        let (mut used, mut sent) = (vec![0.0; nodes], vec![0.0; nodes]);
        for (sector, amount) in market.sectors.iter().zip(&step.used) {
            used[sector.node] += amount;
        }
        for (plant, activity) in market.plants.iter().zip(&step.activity) {
            for (node, tonnes) in &plant.inputs {
                used[*node] += tonnes * activity;
            }
        }
        for (index, link) in market.links.iter().enumerate() {
            let (amount, lag) = (step.sent[index] * months, self.lags[index]);
            sent[link.from] += step.sent[index];
            let queue = &mut state.under_way[index];
            queue.rotate_left(1);
            if let Some(last) = queue.last_mut() {
                *last = 0.0;
            }
            // What the step before sent later is now one step nearer.
            match lag.steps {
                0 => queue[0] += amount * lag.later,
                whole => {
                    queue[whole - 1] += amount * (1.0 - lag.later);
                    queue[whole] += amount * lag.later;
                }
            }
            let established = state.established[index] * months;
            if conditions.held_up[index] {
                state.back_orders[index] += (established - amount).max(0.0);
            } else {
                let kept = libm::pow(1.0 - parameters.back_orders_lapse, months) * state.back_orders[index];
                state.back_orders[index] = (kept - (amount - established).max(0.0)).max(0.0);
                state.established[index] +=
                    over(parameters.qualification_rate) * (step.sent[index] - state.established[index]);
            }
        }
        for node in 0..nodes {
            state.stock[node] = self.newton.amounts()[columns.stocks + node][0];
            let follow = over(1.0 / parameters.use_memory);
            state.throughput[node] += follow * (throughput(used[node], sent[node]) - state.throughput[node]);
            let base = market.nodes[node].price;
            let price = step.price[node].max(LEAST_EXPECTED * base);
            let before = state.price[node].max(LEAST_EXPECTED * base);
            let expected = libm::log(state.expected[node]);
            let change = (libm::log(price) - libm::log(before)).clamp(-0.5, 0.5);
            state.expected[node] = libm::exp(
                expected
                    + over(parameters.expectation_rate) * (libm::log(price) - expected)
                    + parameters.momentum * change
                    - over(parameters.long_run_pull) * (expected - libm::log(base)),
            );
            state.price[node] = step.price[node];
            state.contract[node] += over(parameters.contract_weight) * (price - state.contract[node]);
            let caution = 1.0 + parameters.precaution * conditions.risk[node];
            let rate = if caution > state.caution[node] {
                parameters.precaution_rate
            } else {
                parameters.precaution_return_rate
            };
            state.caution[node] += over(rate) * (caution - state.caution[node]);
        }
        for (index, sector) in market.sectors.iter().enumerate() {
            let multiple = (state.expected[sector.node] / market.nodes[sector.node].price).max(1e-3);
            let wanted = (1.0 - libm::pow(multiple, -parameters.thrift_elasticity)).max(-0.3);
            let rate =
                if wanted > state.thrift[index] { parameters.thrift_rate } else { parameters.thrift_return_rate };
            state.thrift[index] += over(rate) * (wanted - state.thrift[index]);
            state.scale[index] *= libm::pow(1.0 + sector.growth, months / 12.0);
        }
    }
}

/// Where the columns of each kind start.
struct Columns {
    plants: usize,
    lost: usize,
    sectors: usize,
    links: usize,
    stocks: usize,
    positions: usize,
    slacks: usize,
}

impl Columns {
    fn of(market: &Market) -> Self {
        let nodes = market.nodes.len();
        let lost = market.plants.len();
        let sectors = lost + nodes;
        let links = sectors + market.sectors.len();
        let stocks = links + market.links.len();
        Self { plants: 0, lost, sectors, links, stocks, positions: stocks + nodes, slacks: stocks + 2 * nodes }
    }
}

/// Rows: balances of the nodes, positions of the nodes, limits.
fn structure(market: &Market) -> Structure {
    let nodes = market.nodes.len();
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for plant in &market.plants {
        columns.push(plant.outputs.iter().chain(&plant.inputs).map(|(node, _)| *node).collect());
    }
    columns.extend((0..nodes).map(|node| vec![node]));
    columns.extend(market.sectors.iter().map(|sector| vec![sector.node]));
    for (index, link) in market.links.iter().enumerate() {
        let limits = market.limits.iter().enumerate();
        let within = limits.flat_map(|(limit, row)| {
            row.links.iter().filter(move |(of, _)| *of == index).map(move |_| 2 * nodes + limit)
        });
        columns.push([link.from, link.to, nodes + link.to].into_iter().chain(within).collect());
    }
    columns.extend((0..nodes).map(|node| vec![node, nodes + node]));
    columns.extend((0..nodes).map(|node| vec![nodes + node]));
    columns.extend((0..market.limits.len()).map(|limit| vec![2 * nodes + limit]));
    Structure::new(2 * nodes + market.limits.len(), columns.iter().map(Vec::as_slice))
}
