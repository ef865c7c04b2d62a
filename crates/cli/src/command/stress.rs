//! `lode stress`

use super::simulate::threads;
use super::{Failure, Global};
use crate::interrupt;
use clap::Args;
use lode_study::market;

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
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        let request = market::StressRequest {
            country: self.country,
            chains: self.chain,
            suppliers: self.suppliers as usize,
            replicates: self.replicates,
            seed: self.seed,
            threads: threads(self.threads),
        };
        let count = u32::try_from(market::stress_count(&session, &request)?).ok();
        let progress = interrupt::progress("scenarios", count);
        let answer = market::stress(&session, &request, &progress);
        interrupt::finish();
        global.show(&answer?)
    }
}
