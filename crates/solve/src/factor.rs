//! Factorisation of a symmetric positive definite matrix in all lanes, on a fixed pattern.

use crate::pattern::Pattern;
use crate::program::Lanes;

/// `L D Lᵀ` of a matrix, and room to make it.
#[derive(Clone, Debug)]
pub(crate) struct Factor<const L: usize> {
    /// Diagonal of the matrix, then its entries above the diagonal.
    pub matrix: Vec<Lanes<L>>,
    lower: Vec<Lanes<L>>,
    inverse_diagonal: Vec<Lanes<L>>,
    row: Vec<Lanes<L>>,
}

impl<const L: usize> Factor<L> {
    pub fn new(pattern: &Pattern) -> Self {
        let rows = pattern.order.len();
        Self {
            matrix: vec![[0.0; L]; rows + pattern.upper_rows.len()],
            lower: vec![[0.0; L]; pattern.factor_rows.len()],
            inverse_diagonal: vec![[0.0; L]; rows],
            row: vec![[0.0; L]; rows],
        }
    }

    /// Factorises the matrix, row by row.
    #[inline(always)]
    pub fn factorise(&mut self, pattern: &Pattern) {
        let rows = pattern.order.len();
        let (diagonal, upper) = self.matrix.split_at(rows);
        for at in 0..rows {
            let entries = pattern.upper_starts[at] as usize..pattern.upper_starts[at + 1] as usize;
            for (row, value) in pattern.upper_rows[entries.clone()].iter().zip(&upper[entries]) {
                self.row[*row as usize] = *value;
            }
            let mut pivot = diagonal[at];
            let columns = pattern.row_starts[at] as usize..pattern.row_starts[at + 1] as usize;
            for (column, entry) in &pattern.row_entries[columns] {
                let (column, entry) = (*column as usize, *entry as usize);
                let value = std::mem::replace(&mut self.row[column], [0.0; L]);
                let before = pattern.factor_starts[column] as usize..entry;
                for (row, lower) in pattern.factor_rows[before.clone()].iter().zip(&self.lower[before]) {
                    let target = &mut self.row[*row as usize];
                    for lane in 0..L {
                        target[lane] -= lower[lane] * value[lane];
                    }
                }
                let inverse = &self.inverse_diagonal[column];
                let lower = &mut self.lower[entry];
                for lane in 0..L {
                    lower[lane] = value[lane] * inverse[lane];
                    pivot[lane] -= lower[lane] * value[lane];
                }
            }
            for lane in 0..L {
                // Rounding may eat a pivot that is all but nothing: then the row does not move.
                let least = diagonal[at][lane] * 1e-14;
                self.inverse_diagonal[at][lane] = if pivot[lane] > least { 1.0 / pivot[lane] } else { 0.0 };
            }
        }
    }

    /// Solves for a right-hand side in the order of places, in place.
    #[inline(always)]
    pub fn solve(&self, pattern: &Pattern, side: &mut [Lanes<L>]) {
        let rows = pattern.order.len();
        for column in 0..rows {
            let value = side[column];
            let entries = pattern.factor_starts[column] as usize..pattern.factor_starts[column + 1] as usize;
            for (row, lower) in pattern.factor_rows[entries.clone()].iter().zip(&self.lower[entries]) {
                let target = &mut side[*row as usize];
                for lane in 0..L {
                    target[lane] -= lower[lane] * value[lane];
                }
            }
        }
        for column in (0..rows).rev() {
            let mut value = side[column];
            for lane in 0..L {
                value[lane] *= self.inverse_diagonal[column][lane];
            }
            let entries = pattern.factor_starts[column] as usize..pattern.factor_starts[column + 1] as usize;
            for (row, lower) in pattern.factor_rows[entries.clone()].iter().zip(&self.lower[entries]) {
                let other = &side[*row as usize];
                for lane in 0..L {
                    value[lane] -= lower[lane] * other[lane];
                }
            }
            side[column] = value;
        }
    }
}
