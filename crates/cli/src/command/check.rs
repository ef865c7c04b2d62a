//! `lode check PATH...`

use super::{Failure, Global};
use clap::Args;
use lode_catalogue::{Layout, Report, inspect};
use lode_study::packages;
use std::path::PathBuf;

/// Arguments of `lode check`.
#[derive(Args)]
pub struct Check {
    /// Files or folders: packages, overlays, releases, trade records
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How the columns of a trade CSV of your own are laid out (TOML)
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The table that country names or codes of such a CSV are looked up in
    #[arg(long, value_name = "FILE")]
    countries: Option<PathBuf>,
}

impl Check {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        // Codes are held against the countries of the package that is asked, the built-in one if none is named.
        let session = global.session()?;
        let known = Some(&session.world.countries);
        let layout = Layout { mapping: self.mapping.as_deref(), countries: self.countries.as_deref(), known };
        let mut report = Report::new();
        let mut found = Vec::new();
        for path in self.paths {
            match inspect(&path, layout) {
                Ok(inspected) => found.push((path, inspected)),
                Err(mistakes) => report.extend(mistakes),
            }
        }
        report.into_result(())?;
        global.show(&packages::inspected(&found))
    }
}
