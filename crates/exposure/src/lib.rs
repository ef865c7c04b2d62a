//! What stops: how elements reach process steps and products, which of them halt what, and on which day.
//!
//! [`Graph`] is compiled from the tables of processes; [`network`] spreads shortages through stocks, wear and substitutes;
//! [`mod@cut_sets`] finds the smallest sets whose loss halts a product. Reads no file, asks no clock; draws come from named streams.

pub mod availability;
pub mod bill;
pub mod cut_sets;
pub mod extra_stock;
pub mod graph;
pub mod halting;
pub mod needs;
pub mod network;
mod number;
pub mod score;

pub use availability::{Availability, Shortage};
pub use bill::Bill;
pub use cut_sets::{CutSets, cut_sets};
pub use graph::{Graph, Group, Member, Node, Substitutes, Supply, SupplyShare};
pub use halting::{Draws, Halting, Spread};
pub use number::{Number, Range, stream, uniform, uniform_of};
