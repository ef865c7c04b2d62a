//! `lode claims [CLAIM]`

use clap::Args;
use lode_study::{Question, question};

/// Arguments of `lode claims`.
#[derive(Args)]
pub struct Claims {
    /// Id of one claim; the whole ledger if none is named
    claim: Option<String>,
}

impl Claims {
    /// What is asked.
    pub fn question(self) -> Question {
        Question::Claims(question::Claims { claim: self.claim })
    }
}
