//! `lode simulate --scenario NAME|FILE --country C`

use super::{Failure, Global};
use clap::Args;
use lode_scenario::Scenario;
use lode_study::market::read_scenario;
use lode_study::{Question, question};

/// Arguments of `lode simulate`.
#[derive(Args)]
pub struct Simulate {
    /// A built-in scenario by name, or a file; the built-in ones are listed if none is named
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<String>,
    /// A case of the scenario, such as low or high
    #[arg(long)]
    case: Option<String>,
    /// Who is looked at: ISO code, name or group
    #[arg(long, default_value = "JPN")]
    country: String,
    /// Only these chains of the scenario, e.g. rare-earths,gallium
    #[arg(long, value_delimiter = ',')]
    chain: Vec<String>,
    /// Number of futures
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replicates: u32,
    /// Seed of all draws: the same seed gives the same numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Months to run; the scenario's own if not named
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=240))]
    horizon: Option<u32>,
    /// Set a number of the scenario or an assumption: NAME=VALUE or NAME=LOW:VALUE:HIGH
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Threads; the numbers do not depend on it
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Print what the scenario states, without running it
    #[arg(long)]
    show: bool,
    /// List every number that --set can change, with its range and reason, without running
    #[arg(long)]
    list_assumptions: bool,
    /// Print a scenario file to start from
    #[arg(long)]
    template: bool,
}

impl Simulate {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        if self.template {
            print!("{}", Scenario::template());
            return Ok(());
        }
        let threads = self.threads;
        global.ask_with(&self.question()?, threads)
    }

    /// What is asked.
    pub fn question(self) -> Result<Question, Failure> {
        let Some(scenario) = self.scenario else { return Ok(Question::Scenarios(question::Scenarios {})) };
        let text = read_scenario(&scenario)?;
        if self.show {
            return Ok(Question::Statements(question::Statements { scenario, text }));
        }
        let Self { case, country, chain, seed, set, .. } = self;
        if self.list_assumptions {
            return Ok(Question::Assumptions(question::Assumptions { scenario, text, case, country, chain, set }));
        }
        Ok(Question::Simulate(question::Simulate {
            scenario,
            text,
            case,
            country,
            chain,
            replicates: self.replicates.into(),
            seed,
            horizon: self.horizon.map(Into::into),
            set,
        }))
    }
}
