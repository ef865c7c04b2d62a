//! `lode profile COUNTRY`

use clap::Args;
use lode_study::{Question, question};

/// Arguments of `lode profile`.
#[derive(Args)]
pub struct Profile {
    /// ISO code, name or group: AUS, Australia, EU27
    country: String,
}

impl Profile {
    /// What is asked.
    pub fn question(self) -> Question {
        Question::Profile(question::Profile { country: self.country })
    }
}
