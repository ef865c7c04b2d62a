//! Optimisation without words of the domain.
//!
//! [`Program`] is a separable, strictly convex program with equality rows: minimise the sum of one convex cost for each
//! column, subject to `A x = b`. A column is given by its [`Response`]: the amount that it chooses for a net dual. Such a
//! program is smooth in its duals but for kinks, and [`Newton`] finds them in a few steps from those of a similar program.
//! Several programs of one [`Structure`] are solved in one sweep: each number is an array of lanes, one for each program.
//!
//! [`interior_point`] solves the same program with a general solver: the oracle of the tests, and what is left when
//! Newton's method does not come to an end.

// Loops over lanes index several arrays at once.
#![allow(clippy::needless_range_loop)]

mod factor;
mod newton;
mod pattern;
mod program;
mod response;

pub mod elementary;
pub mod interior_point;
pub mod synthetic;

/// Does work on lanes with the widest numbers that the processor has. The bits of the result do not depend on it.
#[inline(always)]
pub fn in_lanes<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

pub use newton::{Newton, Outcome, Settings};
pub use program::{Lanes, Program, Structure};
pub use response::Response;
