//! `lode package build|show|diff`

use super::{Failure, Global};
use clap::{Args, Subcommand};
use lode_catalogue::Package as Opened;
use lode_study::packages;
use std::path::PathBuf;

/// Arguments of `lode package`.
#[derive(Args)]
pub struct Package {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// What is in a package (the built-in one if none is named)
    Show {
        /// Folder or zip file of a package
        path: Option<PathBuf>,
    },
    /// Every record that differs between two packages
    Diff {
        /// The older package
        before: PathBuf,
        /// The newer package; the built-in one if not named
        after: Option<PathBuf>,
    },
}

impl Package {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        match self.action {
            Action::Show { path } => global.show(&packages::show(&open(global, path)?)),
            Action::Diff { before, after } => {
                let answer = packages::diff(&mut open(global, Some(before))?, &mut open(global, after)?)?;
                global.show(&answer)
            }
        }
    }
}

fn open(global: &Global, path: Option<PathBuf>) -> Result<Opened, Failure> {
    let mut options = global.options()?;
    options.package = path.or(options.package);
    Ok(lode_study::open_package(&options)?)
}
