//! `lode desk COUNTRY`

use crate::output::BasisWord;
use clap::Args;
use lode_study::{Question, question};

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
    /// What is asked.
    pub fn question(self) -> Question {
        Question::Desk(question::Desk { country: self.country, basis: self.basis.word().to_owned() })
    }
}
