//! `lode fetch SOURCE`

use super::{Failure, Global};
use clap::Args;
use lode_catalogue::fetch::{Caller, fetch, release, releases};
use lode_catalogue::{Mistake, Report};
use lode_study::packages;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `lode fetch`.
#[derive(Args)]
pub struct Fetch {
    /// Which release; a list of all if none is named
    source: Option<String>,
    /// Folder to put it into
    #[arg(long, value_name = "FOLDER", default_value = "releases")]
    to: PathBuf,
    /// The key that the publisher gave you; LODE_KEY if not given
    #[arg(long)]
    key: Option<String>,
    /// A value that the address needs, e.g. --set reporter=392 (may be given several times)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// One answer may take this long before it is cut and taken up again.
const PATIENCE: Duration = Duration::from_secs(300);

impl Fetch {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let Some(source) = &self.source else { return global.show(&packages::downloads(&releases())) };
        let mut report = Report::new();
        let release = release(source).map_err(|mistake| report.push(mistake)).ok();
        let mut parameters = BTreeMap::new();
        for pair in &self.set {
            match pair.split_once('=') {
                Some((name, value)) => drop(parameters.insert(name.to_owned(), value.to_owned())),
                None => report.push(Mistake::in_file("command line", format!("`{pair}` is not NAME=VALUE"))),
            }
        }
        let Some(release) = release else { return Err(report.into()) };
        report.into_result(())?;
        // The key may come from the environment, so that it does not stand in the history of a shell.
        let key = self.key.or_else(|| std::env::var("LODE_KEY").ok());
        let shows = std::io::stderr().is_terminal();
        let mut caller = Caller {
            key: key.as_deref(),
            parameters: &parameters,
            sleep: &mut std::thread::sleep,
            progress: &mut |bytes, total| {
                if shows {
                    let of = total.map_or(String::new(), |total| format!(" of {:.1}", total as f64 / 1e6));
                    let _ = write!(std::io::stderr(), "\r{:.1}{of} MB ", bytes as f64 / 1e6);
                }
                ControlFlow::Continue(())
            },
            patience: PATIENCE,
        };
        let fetched = fetch(&release, &self.to, &mut caller)?;
        global.show(&packages::fetched(&release, &fetched))
    }
}
