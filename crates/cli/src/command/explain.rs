//! `lode explain [INDICATOR]`

use clap::Args;
use lode_study::{Question, question};

/// Arguments of `lode explain`.
#[derive(Args)]
pub struct Explain {
    /// Id of an indicator; a list of all if none is named
    indicator: Option<String>,
}

impl Explain {
    /// What is asked.
    pub fn question(self) -> Question {
        Question::Explain(question::Explain { indicator: self.indicator })
    }
}
