//! Holds the model against history.
//!
//! [`model`] runs the scenarios of the past, [`points`] says what is compared, [`readings`] reads it from a model's futures, [`score`] judges, [`report`] shows the
//! judgement, [`charts`] draws it, and [`frozen`] keeps forecasts that may not change any more.

pub mod charts;
pub mod forecasts;
pub mod frozen;
pub mod losses;
pub mod model;
pub mod period;
pub mod points;
pub mod readings;
pub mod report;
pub mod results;
pub mod score;

use std::path::PathBuf;

/// The folder `validation` of the project.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
