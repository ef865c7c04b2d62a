//! What happens: a market of many countries, goods and stages, stepped month by month.
//!
//! A [`Market`] says who makes, trades and uses what at base prices, a [`Behaviour`] how everybody answers. An [`Engine`]
//! steps several replicates in one sweep under [`Conditions`]: it finds the prices at which every node balances, then moves
//! expectations, habits, stocks and cargo on. [`Event`]s make the conditions of each step, and an [`ensemble`] runs them
//! over what is not known. Masses are tonnes of contained material, prices USD/kg, i.e. thousand USD per tonne, times months.

// Loops over lanes index several arrays at once.
#![allow(clippy::needless_range_loop)]

mod behaviour;
mod conditions;
mod draw;
mod engine;
mod event;
mod market;
mod mistakes;
mod parameters;
mod programme;
mod record;
mod sketch;
mod state;
mod trajectory;

pub mod compile;
pub mod ensemble;
pub mod reference;
pub mod synthetic;

pub use behaviour::Behaviour;
pub use conditions::{Conditions, Instruments};
pub use draw::Shape;
pub use engine::{Engine, Step, Unsolved};
pub use ensemble::{Band, Failure, Moves, Outcome, Plan, Progress, Range, Sensitivity, UnsolvedMonth};
pub use event::{End, Event, Field, Floor, Kind, check};
pub use market::{Adoption, Cost, Imbalance, Limit, Link, Market, Node, Plant, Sector};
pub use mistakes::Mistakes;
pub use parameters::{Assumed, Parameters};
pub use state::State;
pub use trajectory::{Figure, Observe, Quantity, Series, Summary, Trajectory};
