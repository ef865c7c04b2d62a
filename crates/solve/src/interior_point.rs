//! The same programs by a general interior-point solver: an oracle for tests, and a start for Newton's method where it
//! does not come to an end by itself.

use crate::program::Program;
use crate::response::Response;
use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, SupportedConeT, ZeroConeT,
};

/// What the solver found.
#[derive(Clone, PartialEq, Debug)]
pub struct Solution {
    /// Amount of each column.
    pub amounts: Vec<f64>,
    /// Dual of each row.
    pub duals: Vec<f64>,
    /// Iterations.
    pub iterations: u32,
}

/// A straight piece of a marginal cost: from `dual` it rises by `rise` for each unit, for at most `most` units.
struct Piece {
    column: usize,
    dual: f64,
    rise: f64,
    most: f64,
}

/// Multiples of the reference at which an isoelastic response is cut into straight pieces.
const CUTS: [f64; 14] = [0.01, 0.05, 0.25, 0.5, 0.8, 1.0, 1.3, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Solves one lane. Kinked responses are exact; isoelastic ones are cut into straight pieces. `None` if the solver gives up.
pub fn solve<const L: usize>(program: &Program<L>, lane: usize, tolerance: f64) -> Option<Solution> {
    let structure = program.structure();
    let columns = structure.columns();
    // Each column is its least amount and pieces from there on.
    let mut least = vec![0.0; columns];
    let mut pieces: Vec<Piece> = Vec::new();
    for column in 0..columns {
        least[column] = cut(column, program.response(column, lane), &mut pieces);
    }
    let mut target: Vec<f64> = (0..structure.rows()).map(|row| program.target(row, lane)).collect();
    for column in 0..columns {
        for entry in structure.entries(column) {
            target[structure.row(entry)] -= program.coefficient(entry, lane) * least[column];
        }
    }

    // Rows and columns are scaled so that all numbers are of one order: each square of the cost becomes 1.
    let rows = structure.rows();
    let row_scale: Vec<f64> =
        (0..rows).map(|row| (program.dual_scale(row, lane) / program.amount_scale(row, lane)).sqrt()).collect();
    let column_scale: Vec<f64> = pieces.iter().map(|piece| piece.rise.sqrt().recip()).collect();
    for (target, scale) in target.iter_mut().zip(&row_scale) {
        *target *= scale;
    }
    let bounded: Vec<usize> = (0..pieces.len()).filter(|piece| pieces[*piece].most.is_finite()).collect();
    let (mut from, mut of, mut values) = (vec![0], Vec::new(), Vec::new());
    let mut bound = 0;
    for (index, piece) in pieces.iter().enumerate() {
        for entry in structure.entries(piece.column) {
            let row = structure.row(entry);
            of.push(row);
            values.push(program.coefficient(entry, lane) * row_scale[row] * column_scale[index]);
        }
        of.push(rows + index);
        values.push(-1.0);
        if piece.most.is_finite() {
            of.push(rows + pieces.len() + bound);
            values.push(1.0);
            bound += 1;
        }
        from.push(of.len());
    }
    let height = rows + pieces.len() + bounded.len();
    let sides: Vec<f64> = target
        .into_iter()
        .chain(std::iter::repeat_n(0.0, pieces.len()))
        .chain(bounded.iter().map(|piece| pieces[*piece].most / column_scale[*piece]))
        .collect();
    let cones: [SupportedConeT<f64>; 2] = [ZeroConeT(rows), NonnegativeConeT(height - rows)];
    let square = CscMatrix::identity(pieces.len());
    let matrix = CscMatrix::new(height, pieces.len(), from, of, values);
    let costs: Vec<f64> = pieces.iter().zip(&column_scale).map(|(piece, scale)| piece.dual * scale).collect();
    let settings = DefaultSettingsBuilder::default()
        .verbose(false)
        .max_threads(1)
        .tol_gap_abs(tolerance)
        .tol_gap_rel(tolerance)
        .tol_feas(tolerance)
        // The scaled matrix is far from singular; the usual 1e-8 would show in the duals.
        .static_regularization_constant(1e-13)
        .build()
        .ok()?;
    let mut solver = DefaultSolver::new(&square, &costs, &matrix, &sides, &cones, settings).ok()?;
    solver.solve();
    if !matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved) {
        return None;
    }
    let mut amounts = least;
    for ((piece, scale), amount) in pieces.iter().zip(&column_scale).zip(&solver.solution.x) {
        amounts[piece.column] += amount * scale;
    }
    let duals = solver.solution.z.iter().zip(&row_scale).map(|(dual, scale)| -dual * scale).collect();
    Some(Solution { amounts, duals, iterations: solver.solution.iterations })
}

/// Cuts a response into straight pieces of rising marginal cost, and gives the amount below the first.
fn cut(column: usize, response: Response, pieces: &mut Vec<Piece>) -> f64 {
    let mut add = |dual: f64, slope: f64, most: f64| {
        if slope > 0.0 && most > 0.0 {
            pieces.push(Piece { column, dual, rise: 1.0 / slope, most });
        }
    };
    match response {
        Response::Kinked { dual, amount, slope_below, slope_above, least, most } => {
            let middle = amount.clamp(least, most);
            if middle > least {
                let reach = if slope_below > 0.0 { (amount - least) / slope_below } else { 0.0 };
                add(dual - reach, slope_below, middle - least);
            }
            let reach = if slope_above > 0.0 { (middle - amount) / slope_above } else { 0.0 };
            add(dual + reach, slope_above, most - middle);
            least
        }
        Response::Isoelastic { dual, choke, end, .. } => {
            let mut multiples: Vec<f64> = CUTS.iter().copied().filter(|multiple| *multiple < choke * 0.99).collect();
            multiples.extend([choke, choke * end]);
            for pair in multiples.windows(2).rev() {
                let (high, low) = (response.at(-pair[0] * dual).0, response.at(-pair[1] * dual).0);
                let width = (pair[1] - pair[0]) * dual;
                add(-pair[1] * dual, (high - low) / width, high - low);
            }
            0.0
        }
    }
}
