//! `lode sources [ORIGIN]`

use super::{Failure, Global};
use clap::Args;
use lode_study::exposure::Processes;
use lode_study::sources;

/// Arguments of `lode sources`.
#[derive(Args)]
pub struct Sources {
    /// Id of one origin; all of them if none is named
    origin: Option<String>,
}

impl Sources {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        // The tables of processes have origins of their own.
        let session = Processes::open(&global.options()?, &[])?.session;
        let answer = match &self.origin {
            Some(id) => sources::source(&session, id)?,
            None => sources::sources(&session),
        };
        global.show(&answer)
    }
}
