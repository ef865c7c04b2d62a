//! `lode check PATH...`

use super::{Failure, Global};
use clap::Args;
use lode_study::check::check;
use std::path::PathBuf;

/// Arguments of `lode check`.
#[derive(Args)]
pub struct Check {
    /// Files or folders: packages, overlays, lists of parts, releases, trade records
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
        let opened = global.opened(Vec::new())?;
        let answer = check(&opened, &self.paths, self.mapping.as_deref(), self.countries.as_deref())?;
        global.show_from(&opened, &answer)
    }
}
