//! A separable convex program: rows, columns, and what each column answers to a net dual.

use crate::response::{Kind, Parameters, Response};
use std::sync::Arc;

/// Numbers of several programs that are solved in one sweep.
pub type Lanes<const L: usize> = [f64; L];

/// Which column stands in which rows: shared by all months and all programs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Structure {
    pub(crate) rows: usize,
    /// Where the entries of each column start.
    pub(crate) starts: Vec<u32>,
    pub(crate) row_of: Vec<u32>,
}

impl Structure {
    /// Takes the rows of each column, each row at most once in a column.
    pub fn new<'c>(rows: usize, columns: impl IntoIterator<Item = &'c [usize]>) -> Self {
        let (mut starts, mut row_of) = (vec![0], Vec::new());
        for column in columns {
            debug_assert!(column.iter().all(|row| *row < rows), "a column stands in a row that is not there");
            row_of.extend(column.iter().map(|row| *row as u32));
            starts.push(row_of.len() as u32);
        }
        Self { rows, starts, row_of }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where the entries of a column stand.
    pub fn entries(&self, column: usize) -> std::ops::Range<usize> {
        self.starts[column] as usize..self.starts[column + 1] as usize
    }

    /// The row of an entry.
    pub fn row(&self, entry: usize) -> usize {
        self.row_of[entry] as usize
    }
}

/// Minimise the cost of all columns subject to `A x = b`, in each lane.
#[derive(Clone, Debug)]
pub struct Program<const L: usize> {
    pub(crate) structure: Arc<Structure>,
    pub(crate) coefficients: Vec<Lanes<L>>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) parameters: Vec<Parameters<L>>,
    pub(crate) target: Vec<Lanes<L>>,
    pub(crate) amount_scale: Vec<Lanes<L>>,
    pub(crate) dual_scale: Vec<Lanes<L>>,
}

impl<const L: usize> Program<L> {
    /// Programs of one structure, one in each lane.
    ///
    /// # Panics
    ///
    /// Unless there are as many programs as lanes.
    pub fn join(programs: &[Program<1>]) -> Self {
        assert_eq!(programs.len(), L, "one program for each lane");
        let mut joined = Self::new(Arc::clone(&programs[0].structure));
        joined.kinds.clone_from(&programs[0].kinds);
        for (lane, program) in programs.iter().enumerate() {
            debug_assert_eq!(program.kinds, joined.kinds, "a column has responses of one kind in all lanes");
            let lay = |into: &mut Vec<Lanes<L>>, from: &[Lanes<1>]| {
                into.iter_mut().zip(from).for_each(|(into, from)| into[lane] = from[0]);
            };
            lay(&mut joined.coefficients, &program.coefficients);
            lay(&mut joined.target, &program.target);
            lay(&mut joined.amount_scale, &program.amount_scale);
            lay(&mut joined.dual_scale, &program.dual_scale);
            for (into, from) in joined.parameters.iter_mut().zip(&program.parameters) {
                into.iter_mut().zip(from).for_each(|(into, from)| into[lane] = from[0]);
            }
        }
        joined
    }

    /// A program whose columns all are nothing until they are set.
    pub fn new(structure: Arc<Structure>) -> Self {
        let (rows, columns) = (structure.rows(), structure.columns());
        let entries = structure.row_of.len();
        Self {
            structure,
            coefficients: vec![[0.0; L]; entries],
            kinds: vec![Kind::Kinked; columns],
            parameters: vec![[[0.0; L]; 6]; columns],
            target: vec![[0.0; L]; rows],
            amount_scale: vec![[1.0; L]; rows],
            dual_scale: vec![[1.0; L]; rows],
        }
    }

    /// Its structure.
    pub fn structure(&self) -> &Arc<Structure> {
        &self.structure
    }

    /// Sets what a column answers in a lane. All lanes of a column have responses of one kind.
    pub fn set_response(&mut self, column: usize, lane: usize, response: Response) {
        self.kinds[column] = response.kind();
        for (all, number) in self.parameters[column].iter_mut().zip(response.parameters()) {
            all[lane] = number;
        }
    }

    /// Sets kinked responses in all lanes: the numbers of [`Response::Kinked`] in their order.
    #[inline(always)]
    pub fn set_kinked(&mut self, column: usize, numbers: [Lanes<L>; 6]) {
        self.kinds[column] = Kind::Kinked;
        self.parameters[column] = numbers;
    }

    /// Sets isoelastic responses in all lanes: the numbers of [`Response::Isoelastic`] in their order, and the amount at
    /// the choke.
    #[inline(always)]
    pub fn set_isoelastic(&mut self, column: usize, numbers: [Lanes<L>; 6]) {
        self.kinds[column] = Kind::Isoelastic;
        self.parameters[column] = numbers;
    }

    /// The right-hand sides of all rows.
    pub fn targets_mut(&mut self) -> &mut [Lanes<L>] {
        &mut self.target
    }

    /// What a column answers in a lane.
    pub fn response(&self, column: usize, lane: usize) -> Response {
        Response::from_parameters(self.kinds[column], self.parameters[column].map(|all| all[lane]))
    }

    /// Sets the coefficient of an entry in a lane.
    pub fn set_coefficient(&mut self, entry: usize, lane: usize, coefficient: f64) {
        self.coefficients[entry][lane] = coefficient;
    }

    /// The coefficient of an entry in a lane.
    pub fn coefficient(&self, entry: usize, lane: usize) -> f64 {
        self.coefficients[entry][lane]
    }

    /// Sets the right-hand side of a row in a lane.
    pub fn set_target(&mut self, row: usize, lane: usize, target: f64) {
        self.target[row][lane] = target;
    }

    /// The right-hand side of a row in a lane.
    pub fn target(&self, row: usize, lane: usize) -> f64 {
        self.target[row][lane]
    }

    /// Sets what amounts and duals of a row are small or large beside: its residual is measured in the former.
    pub fn set_scale(&mut self, row: usize, lane: usize, amount: f64, dual: f64) {
        self.amount_scale[row][lane] = amount;
        self.dual_scale[row][lane] = dual;
    }

    /// What the duals of a row are measured beside.
    pub fn dual_scale(&self, row: usize, lane: usize) -> f64 {
        self.dual_scale[row][lane]
    }

    /// What the amounts of a row are measured beside.
    pub fn amount_scale(&self, row: usize, lane: usize) -> f64 {
        self.amount_scale[row][lane]
    }
}
