//! Where the numbers of `A D Aᵀ` and of its factor stand: found once for a structure.

use crate::program::Structure;

/// Places of the matrix of second derivatives and of its factor, in an order of rows that keeps the factor sparse.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// Row of the program at each place.
    pub order: Vec<u32>,
    /// Entries above the diagonal, by place of the column: where they start, and the place of their row.
    pub upper_starts: Vec<u32>,
    pub upper_rows: Vec<u32>,
    /// The factor below the diagonal, by place of the column: where it starts, and the place of the row.
    pub factor_starts: Vec<u32>,
    pub factor_rows: Vec<u32>,
    /// For each row of the factor, the columns before the diagonal in their order, each with where its entry stands.
    pub row_starts: Vec<u32>,
    pub row_entries: Vec<(u32, u32)>,
    /// Products that make up the matrix: entry (diagonal first, then above it), column of the program, and the two entries
    /// of that column.
    pub products: Vec<Product>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub into: u32,
    pub column: u32,
    pub first: u32,
    pub second: u32,
}

impl Pattern {
    pub fn new(structure: &Structure) -> Self {
        let rows = structure.rows();
        let order = order(structure);
        let mut place = vec![0_u32; rows];
        for (at, row) in order.iter().enumerate() {
            place[*row as usize] = at as u32;
        }
        // Entries above the diagonal, as (column, row) in places, each once.
        let mut upper: Vec<(u32, u32)> = Vec::new();
        for (a, b) in pairs(structure).map(|(_, a, b)| (place[structure.row(a)], place[structure.row(b)])) {
            if a != b {
                upper.push((a.max(b), a.min(b)));
            }
        }
        upper.sort_unstable();
        upper.dedup();
        let upper_starts = starts(rows, upper.iter().map(|(column, _)| *column));
        let upper_rows: Vec<u32> = upper.iter().map(|(_, row)| *row).collect();
        let products = pairs(structure).map(|(column, first, second)| {
            let (a, b) = (place[structure.row(first)], place[structure.row(second)]);
            let into = if a == b {
                a as usize
            } else {
                // Every pair was put into `upper`, which is sorted.
                rows + upper.partition_point(|entry| *entry < (a.max(b), a.min(b)))
            };
            Product { into: into as u32, column: column as u32, first: first as u32, second: second as u32 }
        });
        let mut products: Vec<Product> = products.collect();
        products.sort_by_key(|product| (product.into, product.column));
        let (factor_starts, factor_rows, row_starts, row_entries) = factor(rows, &upper_starts, &upper_rows);
        Self { order, upper_starts, upper_rows, factor_starts, factor_rows, row_starts, row_entries, products }
    }
}

/// All pairs of entries of a column, each with itself too.
fn pairs(structure: &Structure) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..structure.columns()).flat_map(|column| {
        let entries = structure.entries(column);
        entries.clone().flat_map(move |first| (first..entries.end).map(move |second| (column, first, second)))
    })
}

/// Starts of the groups of sorted group numbers.
fn starts(groups: usize, sorted: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; groups + 1];
    sorted.for_each(|group| starts[group as usize + 1] += 1);
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    starts
}

/// An order of rows by approximate minimum degree.
fn order(structure: &Structure) -> Vec<u32> {
    let rows = structure.rows();
    let mut neighbours: Vec<(u32, u32)> = Vec::new();
    for (_, first, second) in pairs(structure) {
        let (a, b) = (structure.row(first) as u32, structure.row(second) as u32);
        if a != b {
            neighbours.extend([(a, b), (b, a)]);
        }
    }
    neighbours.sort_unstable();
    neighbours.dedup();
    let starts: Vec<usize> =
        starts(rows, neighbours.iter().map(|(row, _)| *row)).into_iter().map(|start| start as usize).collect();
    let others: Vec<usize> = neighbours.iter().map(|(_, other)| *other as usize).collect();
    match amd::order(rows, &starts, &others, &amd::Control::default()) {
        Ok((order, ..)) => order.into_iter().map(|row| row as u32).collect(),
        // The order only saves work: any is right.
        Err(_) => (0..rows as u32).collect(),
    }
}

type Factor = (Vec<u32>, Vec<u32>, Vec<u32>, Vec<(u32, u32)>);

/// The pattern of the factor, by the tree of eliminations.
fn factor(rows: usize, upper_starts: &[u32], upper_rows: &[u32]) -> Factor {
    const NONE: u32 = u32::MAX;
    let mut parent = vec![NONE; rows];
    let mut seen = vec![NONE; rows];
    let mut columns_of_row: Vec<Vec<u32>> = vec![Vec::new(); rows];
    let mut length = vec![0_u32; rows];
    for row in 0..rows {
        seen[row] = row as u32;
        for entry in upper_starts[row] as usize..upper_starts[row + 1] as usize {
            let mut column = upper_rows[entry] as usize;
            while seen[column] != row as u32 {
                if parent[column] == NONE {
                    parent[column] = row as u32;
                }
                columns_of_row[row].push(column as u32);
                length[column] += 1;
                seen[column] = row as u32;
                column = parent[column] as usize;
            }
        }
        columns_of_row[row].sort_unstable();
    }
    let mut factor_starts = vec![0_u32; rows + 1];
    for column in 0..rows {
        factor_starts[column + 1] = factor_starts[column] + length[column];
    }
    let mut filled = factor_starts.clone();
    let mut factor_rows = vec![0_u32; factor_starts[rows] as usize];
    let (mut row_starts, mut row_entries) = (vec![0_u32], Vec::new());
    for (row, columns) in columns_of_row.iter().enumerate() {
        for column in columns {
            let entry = &mut filled[*column as usize];
            factor_rows[*entry as usize] = row as u32;
            row_entries.push((*column, *entry));
            *entry += 1;
        }
        row_starts.push(row_entries.len() as u32);
    }
    (factor_starts, factor_rows, row_starts, row_entries)
}
