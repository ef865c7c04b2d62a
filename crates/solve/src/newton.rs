//! Newton's method on the duals of a separable program, with a line search on the derivative along the step.

use crate::factor::Factor;
use crate::pattern::Pattern;
use crate::program::{Lanes, Program, Structure};
use crate::response::respond;
use std::sync::Arc;

/// When to stop.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// Largest residual of a row, in parts of its amount scale.
    pub tolerance: f64,
    /// Most steps.
    pub steps: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tolerance: 1e-8, steps: 60 }
    }
}

/// How a lane ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Outcome {
    /// Largest residual of a row, in parts of its amount scale.
    pub residual: f64,
    /// Steps taken.
    pub steps: u32,
    /// Whether the residual is within the tolerance.
    pub solved: bool,
}

/// A solver for the programs of one structure, with all the room that it needs.
#[derive(Clone, Debug)]
pub struct Newton<const L: usize> {
    structure: Arc<Structure>,
    pattern: Arc<Pattern>,
    factor: Factor<L>,
    /// By column: net dual, its change along the step, amount and slope.
    net_dual: Vec<Lanes<L>>,
    change: Vec<Lanes<L>>,
    amount: Vec<Lanes<L>>,
    slope: Vec<Lanes<L>>,
    residual: Vec<Lanes<L>>,
    /// By place: the step of the duals.
    step: Vec<Lanes<L>>,
    products: Vec<Lanes<L>>,
}

/// A solve that is compiled once for each kind of processor.
struct Run<'r, const L: usize> {
    newton: &'r mut Newton<L>,
    program: &'r Program<L>,
    duals: &'r mut [Lanes<L>],
    settings: Settings,
}

impl<const L: usize> pulp::WithSimd for Run<'_, L> {
    type Output = [Outcome; L];

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        self.newton.run(self.program, self.duals, self.settings)
    }
}

/// Tries of a line search.
const TRIES: usize = 25;
/// A step is taken if the derivative at its end is at most this part of that at its start; a shorter one need not be
/// longer than the full step.
const DERIVATIVE_LEFT: f64 = 0.5;
/// What is added to the second derivatives, in parts of amount over dual of the row: far from the solution, and at it.
const SHIFT: f64 = 1e-4;
const LEAST_SHIFT: f64 = 1e-12;

impl<const L: usize> Newton<L> {
    /// Finds the pattern of a structure. A clone shares it.
    pub fn new(structure: &Arc<Structure>) -> Self {
        let pattern = Arc::new(Pattern::new(structure));
        let (rows, columns) = (structure.rows(), structure.columns());
        Self {
            structure: Arc::clone(structure),
            factor: Factor::new(&pattern),
            net_dual: vec![[0.0; L]; columns],
            change: vec![[0.0; L]; columns],
            amount: vec![[0.0; L]; columns],
            slope: vec![[0.0; L]; columns],
            residual: vec![[0.0; L]; rows],
            step: vec![[0.0; L]; rows],
            products: vec![[0.0; L]; pattern.products.len()],
            pattern,
        }
    }

    /// The amount of each column at the end of the last solve.
    pub fn amounts(&self) -> &[Lanes<L>] {
        &self.amount
    }

    /// What is left of each row at the end of the last solve.
    pub fn residuals(&self) -> &[Lanes<L>] {
        &self.residual
    }

    /// Solves from the duals given, and leaves those found in their place.
    pub fn solve(&mut self, program: &Program<L>, duals: &mut [Lanes<L>], settings: Settings) -> [Outcome; L] {
        debug_assert!(Arc::ptr_eq(&self.structure, program.structure()) || *self.structure == **program.structure());
        pulp::Arch::new().dispatch(Run { newton: self, program, duals, settings })
    }

    #[inline(always)]
    fn run(&mut self, program: &Program<L>, duals: &mut [Lanes<L>], settings: Settings) -> [Outcome; L] {
        for (into, product) in self.products.iter_mut().zip(&self.pattern.products) {
            let (first, second) =
                (&program.coefficients[product.first as usize], &program.coefficients[product.second as usize]);
            for lane in 0..L {
                into[lane] = first[lane] * second[lane];
            }
        }
        self.evaluate(program, duals);
        let mut outcomes = [Outcome { residual: 0.0, steps: 0, solved: false }; L];
        loop {
            let residual = self.largest_residual(program);
            let mut moving = [false; L];
            for lane in 0..L {
                outcomes[lane].residual = residual[lane];
                outcomes[lane].solved = residual[lane] <= settings.tolerance;
                moving[lane] = !outcomes[lane].solved && outcomes[lane].steps < settings.steps;
                outcomes[lane].steps += u32::from(moving[lane]);
            }
            if moving == [false; L] {
                return outcomes;
            }
            self.find_step(program, &residual);
            let length = self.search(program, &moving);
            for (row, at) in self.pattern.order.iter().zip(&self.step) {
                let dual = &mut duals[*row as usize];
                for lane in 0..L {
                    dual[lane] += length[lane] * at[lane];
                }
            }
            self.evaluate(program, duals);
        }
    }

    /// Amounts, slopes and residuals at the duals.
    #[inline(always)]
    fn evaluate(&mut self, program: &Program<L>, duals: &[Lanes<L>]) {
        self.residual.copy_from_slice(&program.target);
        for column in 0..self.structure.columns() {
            let entries = self.structure.entries(column);
            let mut net = [0.0; L];
            for (row, coefficient) in
                self.structure.row_of[entries.clone()].iter().zip(&program.coefficients[entries.clone()])
            {
                let dual = &duals[*row as usize];
                for lane in 0..L {
                    net[lane] += coefficient[lane] * dual[lane];
                }
            }
            let (amount, slope) = respond(program.kinds[column], &program.parameters[column], &net);
            for (row, coefficient) in self.structure.row_of[entries.clone()].iter().zip(&program.coefficients[entries])
            {
                let residual = &mut self.residual[*row as usize];
                for lane in 0..L {
                    residual[lane] -= coefficient[lane] * amount[lane];
                }
            }
            (self.net_dual[column], self.amount[column], self.slope[column]) = (net, amount, slope);
        }
    }

    #[inline(always)]
    fn largest_residual(&self, program: &Program<L>) -> Lanes<L> {
        let mut largest = [0.0_f64; L];
        for (residual, scale) in self.residual.iter().zip(&program.amount_scale) {
            for lane in 0..L {
                let relative = residual[lane].abs() / scale[lane];
                // Once something is no number, so is the largest: it counts as unsolved.
                if relative > largest[lane] || relative.is_nan() {
                    largest[lane] = relative;
                }
            }
        }
        largest
    }

    /// The step of the duals that the second derivatives at hand ask for.
    #[inline(always)]
    fn find_step(&mut self, program: &Program<L>, residual: &Lanes<L>) {
        let matrix = &mut self.factor.matrix;
        matrix.fill([0.0; L]);
        for (product, value) in self.pattern.products.iter().zip(&self.products) {
            let (into, slope) = (&mut matrix[product.into as usize], &self.slope[product.column as usize]);
            for lane in 0..L {
                into[lane] += slope[lane] * value[lane];
            }
        }
        let mut shift = [0.0; L];
        for lane in 0..L {
            shift[lane] = LEAST_SHIFT + SHIFT * residual[lane].min(1.0);
        }
        for (at, row) in self.pattern.order.iter().enumerate() {
            let row = *row as usize;
            for lane in 0..L {
                // A row in which nothing moves has no second derivative of its own, and would run away.
                let natural = program.amount_scale[row][lane] / program.dual_scale[row][lane];
                matrix[at][lane] += shift[lane] * natural;
            }
            self.step[at] = self.residual[row];
        }
        self.factor.factorise(&self.pattern);
        self.factor.solve(&self.pattern, &mut self.step);
    }

    /// How far to go along the step: the derivative of the dual along it must not turn by too much.
    #[inline(always)]
    fn search(&mut self, program: &Program<L>, moving: &[bool; L]) -> Lanes<L> {
        // Along the step the target counts as a straight line.
        let (mut target, mut before) = ([0.0; L], [0.0; L]);
        for (row, step) in self.pattern.order.iter().zip(&self.step) {
            let row = *row as usize;
            for lane in 0..L {
                target[lane] += program.target[row][lane] * step[lane];
                before[lane] += self.residual[row][lane] * step[lane];
            }
        }
        // The order of places has done its work: by row from here on.
        let mut by_row = std::mem::take(&mut self.residual);
        for (row, step) in self.pattern.order.iter().zip(&self.step) {
            by_row[*row as usize] = *step;
        }
        for column in 0..self.structure.columns() {
            let entries = self.structure.entries(column);
            let mut change = [0.0; L];
            for (row, coefficient) in self.structure.row_of[entries.clone()].iter().zip(&program.coefficients[entries])
            {
                let step = &by_row[*row as usize];
                for lane in 0..L {
                    change[lane] += coefficient[lane] * step[lane];
                }
            }
            self.change[column] = change;
        }
        self.residual = by_row;
        let mut length = [0.0; L];
        for lane in 0..L {
            length[lane] = if moving[lane] { 1.0 } else { 0.0 };
        }
        // Between the longest step known to be too short and the shortest known to be too long.
        let (mut low, mut low_after, mut high, mut high_after) = ([0.0; L], before, [0.0; L], [0.0; L]);
        for _ in 0..TRIES {
            let mut after = target;
            for column in 0..self.structure.columns() {
                let (net, change) = (&self.net_dual[column], &self.change[column]);
                let mut there = [0.0; L];
                for lane in 0..L {
                    there[lane] = net[lane] + length[lane] * change[lane];
                }
                let (amount, _) = respond(program.kinds[column], &program.parameters[column], &there);
                for lane in 0..L {
                    after[lane] -= amount[lane] * change[lane];
                }
            }
            let mut again = false;
            for lane in (0..L).filter(|lane| moving[*lane]) {
                let enough = DERIVATIVE_LEFT * before[lane];
                if after[lane] < -enough {
                    (high[lane], high_after[lane]) = (length[lane], after[lane]);
                } else if after[lane] > enough && high[lane] > 0.0 {
                    (low[lane], low_after[lane]) = (length[lane], after[lane]);
                } else {
                    continue;
                }
                let secant = low_after[lane] / (low_after[lane] - high_after[lane]);
                length[lane] = low[lane] + (high[lane] - low[lane]) * secant.clamp(0.1, 0.7);
                again = true;
            }
            if !again {
                break;
            }
        }
        length
    }
}
