//! A package, opened with the user's overlays, on a given day.

use crate::Day;
use lode_catalogue::{Overlay, Package, Report, TradeFiles};
use lode_model::World;
use std::path::PathBuf;

/// The package that every copy of Lode carries.
const BUILT_IN: &[u8] = include_bytes!("../../../data/packages/critical-minerals-2026.1.zip");

/// What to open.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder or zip file of a package; `None` for the built-in one.
    pub package: Option<PathBuf>,
    /// Overlays, laid over the package in their order.
    pub overlays: Vec<PathBuf>,
    /// Trade as customs declared it, kept beside the package's reconciled record.
    pub trade: TradeFiles,
    /// The day on which the question is asked.
    pub day: Day,
}

impl Options {
    /// The built-in package as it is.
    pub fn built_in(day: Day) -> Self {
        Self { package: None, overlays: Vec::new(), trade: TradeFiles::default(), day }
    }
}

/// A World with the day on which it is asked.
#[derive(Clone, Debug)]
pub struct Session {
    /// All inputs.
    pub world: World,
    /// The day on which the question is asked.
    pub day: Day,
}

impl Session {
    /// Opens a package and lays the overlays over it: all mistakes of all files in one report.
    pub fn open(options: &Options) -> Result<Self, Report> {
        Self::open_with(options, &[])
    }

    /// The same with values of the user's own that stand in no file, laid over last.
    pub fn open_with(options: &Options, own: &[Overlay]) -> Result<Self, Report> {
        let mut report = Report::new();
        let overlays = overlays(options, own, &mut report);
        let mut package = match open_package(options) {
            Ok(package) => package,
            Err(mistakes) => {
                report.extend(mistakes);
                return Err(report);
            }
        };
        match package.load(&overlays) {
            Ok(mut world) => {
                if let Err(mistakes) = options.trade.lay_beside(&mut world) {
                    report.extend(mistakes);
                }
                report.into_result(Self { world, day: options.day })
            }
            Err(mistakes) => {
                report.extend(mistakes);
                Err(report)
            }
        }
    }

    /// Whether values of the user's own are laid over the package.
    pub fn has_own_values(&self) -> bool {
        !self.world.package.overlays.is_empty() || !self.world.declared.is_empty()
    }

    /// Name, version, hash and overlays of what was opened, for the foot of an answer.
    pub fn identity(&self) -> String {
        let package = &self.world.package;
        let hash = package.sha256.get(..12).unwrap_or(&package.sha256);
        let overlays = if package.overlays.is_empty() {
            String::new()
        } else {
            format!(", with the user's values from {}", package.overlays.join(", "))
        };
        format!("package {} {} ({hash}){overlays}", package.name, package.version)
    }
}

/// The overlays of the options, and those that stand in no file.
pub(crate) fn overlays(options: &Options, own: &[Overlay], report: &mut Report) -> Vec<Overlay> {
    let mut overlays = Vec::new();
    for path in &options.overlays {
        match Overlay::open(path) {
            Ok(overlay) => overlays.push(overlay),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    overlays.extend_from_slice(own);
    overlays
}

/// Opens the package of the options, the built-in one if none is named.
pub fn open_package(options: &Options) -> Result<Package, Report> {
    match &options.package {
        Some(path) => Package::open(path),
        None => Package::from_zip("built-in package".into(), BUILT_IN.into()),
    }
}
