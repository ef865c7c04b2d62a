//! `lode desk COUNTRY`

use super::{Failure, Global};
use crate::output::BasisWord;
use clap::Args;
use lode_study::{desk, economy};

/// Arguments of `lode desk`.
#[derive(Args)]
pub struct Desk {
    /// ISO code, name or group: JPN, Japan, 日本, EU27
    country: String,
    /// Shares by weight or by value
    #[arg(long, value_enum, default_value_t = BasisWord::Quantity)]
    basis: BasisWord,
}

impl Desk {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        let country = economy(&session.world, &self.country, session.day.year)?;
        global.show(&desk::desk(&session, &country, self.basis.into()))
    }
}
