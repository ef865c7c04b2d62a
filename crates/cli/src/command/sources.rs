//! `lode sources [ORIGIN]`

use clap::Args;
use lode_study::{Question, question};

/// Arguments of `lode sources`.
#[derive(Args)]
pub struct Sources {
    /// Id of one origin; all of them if none is named
    origin: Option<String>,
}

impl Sources {
    /// What is asked.
    pub fn question(self) -> Question {
        Question::Sources(question::Sources { origin: self.origin })
    }
}
