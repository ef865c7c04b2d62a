//! `lode stress`

use clap::Args;
use lode_study::{Question, question};

/// Arguments of `lode stress`.
#[derive(Args)]
pub struct Stress {
    /// Only this importer; every region of the market if not named
    #[arg(long)]
    country: Option<String>,
    /// Only these chains, e.g. rare-earths,gallium
    #[arg(long, value_delimiter = ',')]
    chain: Vec<String>,
    /// How many suppliers of each form to each importer stop, the largest first
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10))]
    suppliers: u32,
    /// Futures of each scenario
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: u32,
    /// Seed of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the numbers do not depend on it
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

impl Stress {
    /// The threads that are wanted.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What is asked.
    pub fn question(self) -> Question {
        Question::Stress(question::Stress {
            country: self.country,
            chain: self.chain,
            suppliers: self.suppliers.into(),
            replicates: self.replicates.into(),
            seed: self.seed,
        })
    }
}
