//! Builds the package from curated tables, releases and recipes: verbatim rows are corrected, harmonised and reconciled,
//! each step declared in data and reported. The same inputs give the same bytes.

mod corrections;
mod facts;
mod gaps;
mod prefer;
mod releases;
mod tables;
mod trade;

pub use tables::Step;

use crate::input::Input;
use crate::package::{Package, PackageWriter, Table};
use crate::report::{Mistake, Report};
use crate::schema::Schema;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tables::Tables;

/// What to build from.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Folder with the raw releases (`data/`, `facts/`).
    pub inputs: PathBuf,
    /// Folder with curated tables, name tables and recipes: `data/sources` of the project.
    pub sources: PathBuf,
    /// Also take releases that may not be passed on: the package is then for this machine only.
    pub include_restricted: bool,
}

/// A package with the account of how it came to be.
#[derive(Clone, Debug)]
pub struct Built {
    /// The package as a zip file.
    pub zip: Vec<u8>,
    /// SHA-256 of its content.
    pub content_sha256: String,
    /// What each step read, made and left out.
    pub steps: Vec<Step>,
}

/// The day up to which the sources were read.
const AS_OF: &str = "2026-11-24";
const CURATED: [&str; 18] = [
    "commodities",
    "countries",
    "country_groups",
    "forms",
    "hs_sets",
    "assumptions",
    "gaps",
    "corrections",
    "stockpile_rules",
    "market_regions",
    "market_forms",
    "market_processes",
    "market_prices",
    "market_recipes",
    "market_plants",
    "market_uses",
    "market_flows",
    "market_transit",
];

/// Builds a package. `progress` is told what is being read and may stop.
pub fn build(options: &BuildOptions, progress: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Built, Report> {
    let mut report = Report::new();
    let mut tables = Tables::new();
    let mut steps = Vec::new();
    read_curated(options, &mut tables, &mut report);
    // Everything below looks names up in the curated tables.
    if !report.is_empty() {
        return Err(report);
    }
    let cancelled = || Report::from(Mistake::in_file("package", "was not built: cancelled"));
    let mut tell = |what: &str| if progress(what).is_break() { Err(cancelled()) } else { Ok(()) };
    tell("releases")?;
    releases::add(options, &mut tables, &mut steps, &mut report);
    tell("facts")?;
    steps.extend(facts::add(&options.sources.join("facts"), &options.inputs, &mut tables, &mut report));
    tell("trade")?;
    let trade = trade::read(options, &tables, &mut steps, &mut report);
    trade::add_shares(options, &mut tables, &mut steps, &mut report);
    tell("reconciling")?;
    for (table, keys) in prefer::QUANTITIES {
        steps.push(prefer::choose(&mut tables, table, keys, &mut report));
    }
    gaps::add(&mut tables, &mut steps);
    if !report.is_empty() {
        return Err(report);
    }
    tell("writing")?;
    let mut writer = if options.include_restricted {
        PackageWriter::new(
            "critical-minerals-local",
            "2026.1",
            "Critical minerals, with releases that may not be passed on",
            "For this machine only: holds releases whose terms do not allow passing them on",
            AS_OF,
        )
    } else {
        PackageWriter::new(
            "critical-minerals",
            "2026.1",
            "Critical minerals: from mine to magnet",
            "Commodities, forms, output, reserves, bilateral trade, prices, controls, projects, demand and governance, each row with its origin",
            AS_OF,
        )
    };
    tables.drop_unused_origins(trade.origin());
    for table in tables.into_tables() {
        if !table.rows.is_empty() {
            writer.table(table);
        }
    }
    trade.write(&mut writer);
    let zip = writer.into_zip()?;
    // What was built must load: a mistake in a recipe is found here, not by a user.
    let mut package = Package::from_zip("built package".into(), zip.clone().into())?;
    let mistakes = package.check();
    mistakes.into_result(Built { content_sha256: package.descriptor().content_sha256.clone(), zip, steps })
}

fn read_curated(options: &BuildOptions, tables: &mut Tables, report: &mut Report) {
    for name in CURATED.into_iter().chain(["origins"]) {
        let Some(schema) = Schema::of(name) else { continue };
        // Tables of the market stand in a folder of their own.
        let file = name.strip_prefix("market_").map_or(format!("{name}.csv"), |table| format!("market/{table}.csv"));
        match Input::open(&options.sources.join(file)) {
            Ok(input) => tables.put(Table::read(schema, input, report)),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    tables.hash_files(&options.sources.join("files.csv"), &options.inputs, report);
}

/// A file of the inputs, opened.
fn open(options: &BuildOptions, file: &str, report: &mut Report) -> Option<Input<'static>> {
    open_path(&options.inputs.join(file), report)
}

fn open_path(path: &Path, report: &mut Report) -> Option<Input<'static>> {
    Input::open(path).map_err(|mistakes| report.extend(mistakes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::testing::shared;
    use lode_model::{CommodityId, CountryCode, HsCode};

    #[test]
    fn the_same_inputs_give_the_same_package_and_it_holds_what_was_promised() {
        let Some(inputs) = shared("data").and_then(|data| data.parent().map(Path::to_owned)) else { return };
        let options = BuildOptions {
            inputs,
            sources: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sources"),
            include_restricted: false,
        };
        let built = build(&options, &mut |_| ControlFlow::Continue(())).unwrap_or_else(|report| panic!("{report}"));
        let again = build(&options, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(crate::sha256(&built.zip), crate::sha256(&again.zip));
        assert!(built.zip.len() <= 10 << 20, "{} bytes", built.zip.len());
        for step in &built.steps {
            println!("{step}");
        }
        println!("package: {} bytes, content {}", built.zip.len(), built.content_sha256);

        // The package in the repository is the one that these inputs give.
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/packages/critical-minerals-2026.1.zip");
        let committed = Package::open(&committed).unwrap();
        assert_eq!(committed.descriptor().content_sha256, built.content_sha256, "run `make package`");

        let world = Package::from_zip("built".into(), built.zip.into()).unwrap().load(&[]).unwrap();
        assert!(world.commodities.len() >= 20);
        for id in world.commodities.keys() {
            let gap = world.gaps.iter().any(|gap| gap.commodity == *id && gap.table == "trade");
            assert!(world.default_hs_set(id).is_some() || gap, "{} has neither customs codes nor a gap", id.as_str());
            let has_output = world.production.iter().any(|row| row.commodity == *id);
            let says_none = world.gaps.iter().any(|gap| gap.commodity == *id && gap.table == "production");
            assert!(has_output || says_none, "{} has neither output nor a gap", id.as_str());
        }
        let share = |by_value: bool| {
            let set = world.default_hs_set(&CommodityId::new("rare-earths")).unwrap();
            let japan = CountryCode::parse("JPN").unwrap();
            let flows = set.codes.iter().flat_map(|code| world.trade.imports(*code, japan, 2024));
            let amount = |flow: &&lode_model::TradeFlow| {
                if by_value { flow.value.value() } else { flow.quantity.map_or(0.0, |q| q.value()) }
            };
            let total: f64 = flows.clone().map(|flow| amount(&flow)).sum();
            let china: f64 = flows.filter(|flow| flow.exporter.as_str() == "CHN").map(|flow| amount(&flow)).sum();
            (china / total * 1000.0).round() / 10.0
        };
        assert_eq!((share(false), share(true)), (66.1, 37.8));
        assert_eq!(world.trade.codes().count(), 40);
        assert!(world.trade.codes().all(|code| code != HsCode::parse("850511").unwrap()));
        assert!(world.origins.values().all(|origin| origin.id.as_str() != "world-mining-data"));
    }
}
