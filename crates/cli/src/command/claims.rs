//! `lode claims [CLAIM]`

use super::{Failure, Global};
use clap::Args;
use lode_study::claims;

/// Arguments of `lode claims`.
#[derive(Args)]
pub struct Claims {
    /// Id of one claim; the whole ledger if none is named
    claim: Option<String>,
}

impl Claims {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        global.show(&claims::claims(&session, self.claim.as_deref())?)
    }
}
