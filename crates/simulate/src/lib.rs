//! What happens: a market of many countries, goods and stages, stepped month by month.
//!
//! A [`Market`] says who makes, trades and uses what at base prices. An [`Engine`] steps it under [`Conditions`]: it finds
//! the prices at which every node balances, then moves expectations, habits, stocks and cargo on. Masses are tonnes of
//! contained material, prices USD/kg, i.e. thousand USD per tonne, times months.

mod engine;
mod market;
mod parameters;
mod state;

pub use engine::{Conditions, Engine, Step, Unsolved};
pub use market::{Cost, Imbalance, Limit, Link, Market, Node, Plant, Sector};
pub use parameters::Parameters;
pub use state::State;
