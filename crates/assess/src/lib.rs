//! How exposed are we: indicators of dependence, concentration and supply risk.
//!
//! Each indicator is one file in `indicator/` with its [`Card`]: the equation, the source with its DOI, the direction,
//! the unit and a worked number, which is also its first test. An indicator reads a [`lode_model::World`] and answers a
//! [`Query`] with [`Measure`]s; it reads no file and decides no layout.

mod band;
mod card;
mod concentration;
mod measure;
mod query;
mod suppliers;

pub mod indicator;

#[cfg(test)]
mod testing;

pub use band::Band;
pub use card::{Card, Direction, Method};
pub use concentration::{Concentration, herfindahl_hirschman};
pub use indicator::{Indicator, all, find};
pub use measure::Measure;
pub use query::{Basis, Economy, Query};
pub use suppliers::{
    ESTIMATE_BAND, OUTLIER_LEAST_SHARE, OUTLIER_RATIO, Outlier, Output, Suppliers, outliers, output_by_country,
    suppliers,
};
