//! Files of a user's own, read to their end: what they are, and every mistake in them at once. Overlays are laid over the
//! package, lists of parts are held against the tables of processes.

use crate::exposure::read_bill;
use crate::{Answer, Opened, Session, packages};
use lode_catalogue::read::bill_of_materials;
use lode_catalogue::{Inspected, Layout, Overlay, Report, inspect};
use std::path::{Path, PathBuf};

/// Reads files and folders; all mistakes of all of them in one report.
pub fn check(
    opened: &Opened,
    paths: &[PathBuf],
    mapping: Option<&Path>,
    countries: Option<&Path>,
) -> Result<Answer, Report> {
    // Codes are held against the countries of the package that is asked.
    let known = Some(&opened.session()?.world.countries);
    let layout = Layout { mapping, countries, known };
    let mut report = Report::new();
    let mut found = Vec::new();
    for path in paths {
        match one(opened, path, layout) {
            Ok(inspected) => found.push((path.clone(), inspected)),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    report.into_result(())?;
    Ok(packages::inspected(&found))
}

fn one(opened: &Opened, path: &Path, layout: Layout<'_>) -> Result<Inspected, Report> {
    if layout.mapping.is_none() && bill_of_materials::is_list(path) {
        let list = read_bill(opened.processes()?, path)?;
        let content = format!("{} products, {} parts and bought materials", list.products.len(), list.parts.len());
        let filled = list.parts.values().filter(|part| part.typical.is_some()).count();
        let notes = match filled {
            0 => Vec::new(),
            filled => vec![format!("{filled} parts are filled with typical content")],
        };
        return Ok(Inspected { kind: "list of parts", content, notes });
    }
    let inspected = inspect(path, layout)?;
    if inspected.kind == "overlay" {
        Session::open_with(&opened.options, &[Overlay::open(path)?])?;
    }
    Ok(inspected)
}
