//! `lode explain [INDICATOR]`

use super::{Failure, Global};
use clap::Args;
use lode_study::{explain, measures};

/// Arguments of `lode explain`.
#[derive(Args)]
pub struct Explain {
    /// Id of an indicator; a list of all if none is named
    indicator: Option<String>,
}

impl Explain {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let indicators = match &self.indicator {
            Some(id) => vec![measures::indicator(id)?],
            None => lode_assess::all().to_vec(),
        };
        global.show(&explain::explain(&indicators))
    }
}
