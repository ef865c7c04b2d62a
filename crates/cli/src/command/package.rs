//! `lode package build|pack|show|diff`

use super::{Failure, Global};
use clap::{Args, Subcommand};
use lode_catalogue::{BuildOptions, Package as Opened, Packed, build, pack, write_whole};
use lode_study::packages;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Arguments of `lode package`.
#[derive(Args)]
pub struct Package {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Build the package from raw releases: the same inputs give the same bytes
    Build {
        /// Folder with the raw releases
        #[arg(long, value_name = "FOLDER")]
        inputs: PathBuf,
        /// Folder with curated tables and recipes
        #[arg(long, value_name = "FOLDER", default_value = "data/sources")]
        sources: PathBuf,
        /// File to write
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// Also take releases that may not be passed on: the package is then for this machine only
        #[arg(long)]
        include_restricted: bool,
    },
    /// Pack a folder of tables, such as those of an industry of your own, into a package
    Pack {
        /// Folder with CSV files named after their tables
        folder: PathBuf,
        /// Name of the package
        #[arg(long)]
        name: String,
        /// Version of the package
        #[arg(long, default_value = "1")]
        version: String,
        /// Title for people
        #[arg(long, default_value = "")]
        title: String,
        /// What it holds
        #[arg(long, default_value = "")]
        description: String,
        /// File to write
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
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
            Action::Build { inputs, sources, output, include_restricted } => {
                let options = BuildOptions { inputs, sources, include_restricted };
                let built = build(&options, &mut |what| {
                    eprintln!("reading {what} ...");
                    ControlFlow::Continue(())
                })?;
                write_whole(&output, &built.zip)?;
                global.show(&packages::built(&built, &output))
            }
            Action::Pack { folder, name, version, title, description, output } => {
                let as_of = global.options()?.day.to_string();
                let zip = pack(
                    &folder,
                    &Packed { name: &name, version: &version, title: &title, description: &description, as_of: &as_of },
                )?;
                write_whole(&output, &zip)?;
                global.show(&packages::show(&open(global, Some(output))?))
            }
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
