//! Scenarios on the reference market: what runs out, when, at what price.

mod answer;
pub(crate) mod history;
mod list;
mod losses;
mod request;
mod run;
mod stress;
mod vocabulary;

pub use answer::{COLUMNS, answer, assumption_list, first_event};
pub use list::{list, read_scenario, statements};
pub(crate) use losses::beside;
pub use losses::{PublishedLoss, Scale, published_losses};
pub use request::{Request, scenario, scenario_ids};
pub use run::{EveryFuture, Futures, Shown, ShownFigure, Simulation, every_future, first_month, futures, simulate};
pub(crate) use run::{Ground, narrow, prepare_on, run};
pub(crate) use stress::newest_year;
pub use stress::{StressRequest, stress, stress_count};
pub use vocabulary::vocabulary;
