//! Programs of the size and shape of a market of many places and goods, drawn from a seed: to test and to time solvers.
//!
//! Places trade goods with lags, plants turn goods into others, and everything that is at hand or under way has a value.
//! The base amounts are optimal at the base duals, as in a calibrated model.

use crate::program::{Program, Structure};
use crate::response::Response;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::sync::Arc;

/// Size of a synthetic program.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Size {
    /// Places.
    pub places: usize,
    /// Goods.
    pub goods: usize,
    /// Plants.
    pub plants: usize,
    /// Users.
    pub users: usize,
    /// Links drawn for each good; those drawn twice count once.
    pub links: usize,
    /// Rows that limit the links out of the first place.
    pub limits: usize,
    /// Rise of the marginal cost of the flattest plants over their amount, in parts of the cost.
    pub flattest: f64,
}

impl Size {
    /// Twenty places and twenty-four goods: 972 rows.
    pub const REFERENCE: Self =
        Self { places: 20, goods: 24, plants: 250, users: 200, links: 70, limits: 12, flattest: 0.05 };
    /// Six places and eight goods: 104 rows or so.
    pub const FOCUS: Self = Self { places: 6, goods: 8, plants: 40, users: 40, links: 20, limits: 8, flattest: 0.05 };
}

/// How users answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Users {
    /// In straight pieces, which a general solver can read exactly.
    Pieces,
    /// By a power.
    Isoelastic,
}

/// A drawn program, with the duals that it was made around.
#[derive(Clone, Debug)]
pub struct Synthetic {
    /// The program, in one lane.
    pub program: Program<1>,
    /// Base duals.
    pub duals: Vec<f64>,
    /// Rows of limits.
    pub limits: std::ops::Range<usize>,
    balances: usize,
}

struct Draft {
    rows: Vec<Vec<usize>>,
    coefficients: Vec<Vec<f64>>,
    responses: Vec<Response>,
    amounts: Vec<f64>,
}

impl Draft {
    fn add(&mut self, entries: &[(usize, f64)], amount: f64, response: Response) {
        self.rows.push(entries.iter().map(|(row, _)| *row).collect());
        self.coefficients.push(entries.iter().map(|(_, coefficient)| *coefficient).collect());
        self.responses.push(response);
        self.amounts.push(amount);
    }
}

impl Synthetic {
    /// Draws a program.
    pub fn draw(size: Size, users: Users, seed: u64) -> Self {
        let random = &mut Pcg64Mcg::seed_from_u64(seed);
        let balances = size.places * size.goods;
        let row = |place: usize, good: usize| good * size.places + place;
        let level: Vec<f64> = (0..size.goods).map(|_| log_uniform(random, 3.0, 2000.0)).collect();
        let total: Vec<f64> =
            level.iter().map(|dual| log_uniform(random, 100.0, 15_000.0) * libm::pow(30.0 / dual, 0.4)).collect();
        let mut stage: Vec<u32> = (0..size.goods).map(|_| random.random_range(0..4)).collect();
        stage.sort_unstable();
        let makers: Vec<Vec<f64>> = (0..size.goods).map(|_| shares(random, size.places, 3.0)).collect();
        let takers: Vec<Vec<f64>> = (0..size.goods).map(|_| shares(random, size.places, 2.0)).collect();
        let duals: Vec<f64> = (0..balances).map(|at| level[at / size.places] * log_uniform(random, 0.9, 1.1)).collect();
        let mut draft =
            Draft { rows: Vec::new(), coefficients: Vec::new(), responses: Vec::new(), amounts: Vec::new() };
        let mut through: Vec<f64> = (0..balances).map(|at| 1e-3 * total[at / size.places]).collect();

        for _ in 0..size.plants {
            let good = random.random_range(0..size.goods);
            let place = pick(random, &makers[good]);
            let made = total[good] * makers[good][place] * random.random_range(0.2..0.6);
            let mut entries = vec![(row(place, good), 1.0)];
            let second = random.random_range(0..size.goods);
            if random.random_bool(0.4) && second != good {
                entries.push((row(place, second), 0.2));
            }
            let input = random.random_range(0..size.goods);
            if stage[input] < stage[good] && entries.iter().all(|(at, _)| *at != row(place, input)) {
                let needed = (0.5 * duals[row(place, good)] / duals[row(place, input)]).min(3.0);
                entries.push((row(place, input), -needed));
            }
            let worth: f64 = entries.iter().map(|(at, coefficient)| coefficient * duals[*at]).sum();
            let worth_of_good = duals[row(place, good)];
            let rise = if random.random_bool(0.3) { size.flattest } else { 0.8 } * worth.max(0.02 * worth_of_good);
            for (at, coefficient) in &entries {
                through[*at] += coefficient.abs() * made;
            }
            draft.add(&entries, made, Response::straight(worth, made, made / rise, 0.0, 1.3 * made));
        }

        let mut limited: Vec<Vec<(usize, f64)>> = vec![Vec::new(); size.limits];
        let lags = [0.0, 0.3, 0.5, 0.8];
        let mut links: Vec<(usize, usize, usize, f64)> = Vec::new();
        for good in 0..size.goods {
            let mut drawn: Vec<(usize, usize)> = (0..size.links)
                .map(|_| {
                    let even = |random: &mut Pcg64Mcg, shares: &[f64]| {
                        if random.random_bool(0.5) { pick(random, shares) } else { random.random_range(0..size.places) }
                    };
                    (even(random, &makers[good]), even(random, &takers[good]))
                })
                .filter(|(from, to)| from != to)
                .collect();
            drawn.sort_unstable();
            drawn.dedup();
            for (from, to) in drawn {
                let amount = total[good] * (0.5 * makers[good][from] * takers[good][to] + 1e-3);
                links.push((row(from, good), row(to, good), good, amount));
                through[row(from, good)] += amount;
                through[row(to, good)] += amount;
            }
        }
        let limit_row = |good: usize| 2 * balances + good;
        for (from, to, good, amount) in links {
            let lag = lags[random.random_range(0..lags.len())];
            let mut entries = vec![(from, -1.0), (to, 1.0 - lag)];
            if lag > 0.0 {
                entries.push((balances + to, -lag));
            }
            if from % size.places == 0 && good < size.limits {
                entries.push((limit_row(good), 1.0));
                limited[good].push((draft.rows.len(), amount));
            }
            let between = 0.5 * (duals[from] + duals[to]);
            // At the base, what arrives now and what is under way is worth the same.
            let net = duals[to] - duals[from];
            draft.add(&entries, amount, Response::straight(net, amount, amount / (0.7 * between), 0.0, f64::INFINITY));
        }

        for _ in 0..size.users {
            let good = random.random_range(0..size.goods);
            let place = pick(random, &takers[good]);
            let at = row(place, good);
            let amount = total[good] * (takers[good][place] * random.random_range(0.1..0.4) + 1e-4);
            through[at] += amount;
            let whole = Response::Isoelastic { dual: duals[at], amount, elasticity: 0.15, choke: 25.0, end: 1.3 };
            match users {
                Users::Isoelastic => draft.add(&[(at, -1.0)], amount, whole),
                Users::Pieces => {
                    for pair in [0.05, 0.3, 0.6, 1.0, 1.7, 4.0, 10.0, 25.0, 32.5].windows(2) {
                        let (high, low) = (whole.at(-pair[0] * duals[at]).0, whole.at(-pair[1] * duals[at]).0);
                        let slope = (high - low) / ((pair[1] - pair[0]) * duals[at]);
                        let piece = Response::straight(-pair[1] * duals[at], 0.0, slope, 0.0, high - low);
                        let taken = piece.at(-duals[at]).0;
                        draft.add(&[(at, -1.0)], taken, piece);
                    }
                }
            }
        }

        for at in 0..balances {
            let (dual, kept, held) = (duals[at], 2.0 * through[at], 2.6 * through[at]);
            let stock = Response::Kinked {
                dual: 0.0,
                amount: kept,
                slope_below: kept / (0.5 * dual),
                slope_above: kept / (0.1 * dual),
                least: 0.0,
                most: f64::INFINITY,
            };
            draft.add(&[(at, -1.0), (balances + at, -1.0)], kept, stock);
            let position = Response::Kinked {
                dual: -dual,
                amount: held,
                slope_below: held / (0.3 * dual),
                slope_above: held / (0.06 * dual),
                least: 0.0,
                most: f64::INFINITY,
            };
            draft.add(&[(balances + at, 1.0)], held, position);
            let lost = Response::straight(0.02 * dual, 0.0, through[at] / (0.01 * dual), 0.0, f64::INFINITY);
            draft.add(&[(at, -1.0)], 0.0, lost);
        }
        for (good, links) in limited.iter().enumerate() {
            let limit: f64 = links.iter().map(|(_, amount)| amount).sum();
            let slack = limit.max(1.0) / (1e-4 * 50.0);
            // A limit on nothing is not tight.
            let unused = if links.is_empty() { 1.0 } else { 0.0 };
            draft.add(&[(limit_row(good), 1.0)], unused, Response::straight(0.0, 0.0, slack, 0.0, f64::INFINITY));
        }

        let rows = 2 * balances + size.limits;
        let structure = Arc::new(Structure::new(rows, draft.rows.iter().map(Vec::as_slice)));
        let mut program = Program::new(Arc::clone(&structure));
        let mut target = vec![0.0; rows];
        for column in 0..structure.columns() {
            program.set_response(column, 0, draft.responses[column]);
            for (entry, coefficient) in structure.entries(column).zip(&draft.coefficients[column]) {
                program.set_coefficient(entry, 0, *coefficient);
                target[structure.row(entry)] += coefficient * draft.amounts[column];
            }
        }
        let mut base = duals.clone();
        base.extend(duals.iter().map(|dual| -dual));
        base.extend(std::iter::repeat_n(0.0, size.limits));
        for at in 0..rows {
            program.set_target(at, 0, target[at]);
            let (amount, dual) = match at.checked_sub(2 * balances) {
                Some(good) => (limited[good].iter().map(|(_, amount)| amount).sum::<f64>().max(1.0), 50.0),
                None => (through[at % balances], duals[at % balances]),
            };
            program.set_scale(at, 0, amount, dual);
        }
        Self { program, duals: base, limits: 2 * balances..rows, balances }
    }

    /// The same program a month on: what is carried over differs by 5 %, and every limit is multiplied.
    pub fn vary(&self, seed: u64, limit: f64) -> Self {
        let random = &mut Pcg64Mcg::seed_from_u64(seed);
        let mut varied = self.clone();
        for at in 0..self.balances {
            let target = self.program.target(at, 0);
            varied.program.set_target(at, 0, target * (1.0 + 0.05 * normal(random)));
        }
        for at in self.limits.clone() {
            varied.program.set_target(at, 0, self.program.target(at, 0) * limit);
        }
        varied
    }
}

fn log_uniform(random: &mut impl Rng, least: f64, most: f64) -> f64 {
    least * libm::pow(most / least, random.random::<f64>())
}

/// About normal: the sum of twelve even draws.
fn normal(random: &mut impl Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

/// Uneven shares that sum to 1.
fn shares(random: &mut impl Rng, count: usize, unevenness: f64) -> Vec<f64> {
    let weights: Vec<f64> = (0..count).map(|_| libm::pow(random.random::<f64>(), unevenness)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn pick(random: &mut impl Rng, shares: &[f64]) -> usize {
    let mut left = random.random::<f64>();
    shares
        .iter()
        .position(|share| {
            left -= share;
            left < 0.0
        })
        .unwrap_or(shares.len() - 1)
}
