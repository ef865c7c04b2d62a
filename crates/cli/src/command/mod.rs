//! The subcommands. To add one: write its file and add its lines to the list here.

mod assess;
mod brief;
mod check;
mod claims;
mod desk;
mod explain;
mod exposure;
mod fetch;
mod package;
mod profile;
mod serve;
mod simulate;
mod sources;
mod steps;
mod stress;

use crate::output::Format;
use clap::{Args, Subcommand};
use lode_catalogue::{Mistake, Report, TradeFiles};
use lode_study::{Answer, Day, Options, Session};
use std::path::PathBuf;

/// Options that every subcommand takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Package to ask instead of the built-in one: a folder or a zip file
    #[arg(long, global = true, value_name = "PATH")]
    pub package: Option<PathBuf>,
    /// Your own values for any record or assumption, as CSV `table,key,field,value,reason`; they stay on this machine
    #[arg(long, global = true, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,
    /// Trade as customs declared it, beside the package's reconciled record: UN Comtrade, Japan Customs, or a CSV with
    /// --trade-mapping
    #[arg(long, global = true, value_name = "FILE")]
    pub trade: Vec<PathBuf>,
    /// How the columns of such a CSV of your own are laid out (TOML)
    #[arg(long, global = true, value_name = "FILE", requires = "trade")]
    pub trade_mapping: Option<PathBuf>,
    /// The table that country names or codes in such files are looked up in, where they are no ISO codes
    #[arg(long, global = true, value_name = "FILE", requires = "trade")]
    pub trade_countries: Option<PathBuf>,
    /// The day on which the question is asked, e.g. 2026-11-24, instead of today
    #[arg(long, global = true, value_name = "DAY")]
    pub today: Option<String>,
}

impl Global {
    fn options(&self) -> Result<Options, Failure> {
        let day = match &self.today {
            Some(text) => Day::parse(text).ok_or_else(|| {
                Mistake::in_file("command line", format!("`{text}` is not a day")).hint("write it as 2026-11-24")
            })?,
            None => today(),
        };
        let trade = TradeFiles {
            files: self.trade.clone(),
            mapping: self.trade_mapping.clone(),
            countries: self.trade_countries.clone(),
        };
        Ok(Options { package: self.package.clone(), overlays: self.overlay.clone(), trade, day })
    }

    fn session(&self) -> Result<Session, Failure> {
        Ok(Session::open(&self.options()?)?)
    }

    fn show(&self, answer: &Answer) -> Result<(), Failure> {
        crate::output::write(answer, self.format).map_err(Failure::Output)
    }
}

/// What the clock of this machine says, in universal time.
fn today() -> Day {
    Day::from_days_since_1970(seconds_since_1970() / 86_400)
}

/// Seconds since 1970, in universal time.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the clock: everything below is told the day")]
pub fn seconds_since_1970() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Why a command gave no answer.
pub enum Failure {
    /// The user's input has mistakes.
    Mistakes(Report),
    /// The answer could not be written.
    Output(std::io::Error),
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::Mistakes(report)
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Mistakes(mistake.into())
    }
}

/// What can be asked.
#[derive(Subcommand)]
pub enum Command {
    /// How dependent is a country, on whom, at which stage? The matrix on one screen
    Desk(desk::Desk),
    /// Ask indicators about a country and a commodity over the years
    Assess(assess::Assess),
    /// A country's role, reserves, output, partners, controls, projects and agreements
    Profile(profile::Profile),
    /// What runs out, when, at what price: a scenario on the market, over many futures
    Simulate(simulate::Simulate),
    /// The largest suppliers of every form to every importer stop for a year, one after the other
    Stress(stress::Stress),
    /// Which elements halt which step of a product, ranked, and who supplies them
    Steps(steps::Steps),
    /// What stops: sets whose loss halts a product, days to halt, all that an element touches
    Exposure(exposure::Exposure),
    /// Published claims held against the record, under every reasonable definition
    Claims(claims::Claims),
    /// Build a package, show what is in one, what differs between two
    Package(package::Package),
    /// The method of an indicator: equation, source, worked number
    Explain(explain::Explain),
    /// Read files to their end and report every mistake in them at once
    Check(check::Check),
    /// Download a release from its publisher, with your own key where it wants one
    Fetch(fetch::Fetch),
    /// The two-page brief for a minister, as PDF or DOCX
    Brief(brief::Brief),
    /// The workbench in a browser: pages, HTTP interface, studies
    Serve(serve::Serve),
    /// Where the numbers come from
    Sources(sources::Sources),
}

impl Command {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Desk(command) => command.run(global),
            Self::Assess(command) => command.run(global),
            Self::Profile(command) => command.run(global),
            Self::Simulate(command) => command.run(global),
            Self::Stress(command) => command.run(global),
            Self::Steps(command) => command.run(global),
            Self::Exposure(command) => command.run(global),
            Self::Claims(command) => command.run(global),
            Self::Package(command) => command.run(global),
            Self::Explain(command) => command.run(global),
            Self::Check(command) => command.run(global),
            Self::Fetch(command) => command.run(global),
            Self::Brief(command) => command.run(global),
            Self::Serve(command) => command.run(global),
            Self::Sources(command) => command.run(global),
        }
    }
}
