//! `lode profile COUNTRY`

use super::{Failure, Global};
use clap::Args;
use lode_study::{economy, profile};

/// Arguments of `lode profile`.
#[derive(Args)]
pub struct Profile {
    /// ISO code, name or group: AUS, Australia, EU27
    country: String,
}

impl Profile {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        let country = economy(&session.world, &self.country, session.day.year)?;
        global.show(&profile::profile(&session, &country))
    }
}
