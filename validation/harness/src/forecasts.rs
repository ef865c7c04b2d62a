//! Forecasts to be frozen: of what had happened but was not looked at, and of what has not happened.

use crate::frozen::{FORMAT, Frozen, Quantity, Row};
use crate::model::{self, Run, Settings, Setup};
use crate::period::{Month, Period};
use crate::points::{self, Average, Kind, Market};
use crate::readings::{Noise, noisy};
use crate::score::quantile;
use lode_study::Session;
use std::collections::BTreeSet;

/// Futures of a frozen forecast.
pub const REPLICATES: u32 = 1000;
/// Seed of a frozen forecast.
pub const SEED: u64 = 1;

/// A forecast to be frozen.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// File below `validation`.
    pub file: &'static str,
    /// What is forecast.
    pub title: &'static str,
    /// How it is run.
    pub setup: Setup,
    /// Form of the prices.
    pub form: &'static str,
    /// Form of the price inside the exporter, if another.
    pub inside: &'static str,
    /// Forms of the exports.
    pub exports: &'static [&'static str],
    /// The month before the announcement.
    pub before: (i32, i32),
    /// First month that is forecast.
    pub first: (i32, i32),
    /// What a reader must know.
    pub remarks: &'static [&'static str],
}

/// What every frozen forecast is made of.
const COMMON: [&str; 3] = [
    "All numbers are ratios to the month before the announcement. Prices are spot; outside is the mean of the other regions by use.",
    "Bands hold the assumed ranges of the model, what a month of a customs record scatters (0.22 in logarithms) and prices that move for other reasons (0.068 in logarithms a month, as a walk).",
    "The controls are those of the scenario file; no outcome was looked up before the forecast was frozen.",
];

const fn china(scenario: &'static str, chains: &'static [&'static str], months: u32) -> Setup {
    Setup { scenario, case: None, market: None, chains, exporter: "CHN", importer: "JPN", months }
}

/// What had happened but was not looked at.
pub const BLIND: [Forecast; 4] = [
    Forecast {
        file: "blind/antimony.json",
        title: "Antimony after China's licences of September 2024 and the ban to the United States of December 2024",
        setup: china("antimony-2024", &["antimony"], 20),
        form: "antimony-metal-oxide",
        inside: "antimony-metal-oxide",
        exports: &["antimony-metal-oxide"],
        before: (2024, 7),
        first: (2024, 8),
        remarks: &["Exports are of antimony metal and oxide together, t of antimony."],
    },
    Forecast {
        file: "blind/cobalt.json",
        title: "Cobalt after the suspension of exports by the Democratic Republic of the Congo of February 2025",
        setup: Setup {
            scenario: "cobalt-drc-2025",
            case: None,
            market: None,
            chains: &["cobalt"],
            exporter: "COD",
            importer: "JPN",
            months: 24,
        },
        form: "cobalt-refined",
        inside: "cobalt-intermediate",
        exports: &["cobalt-intermediate", "cobalt-refined"],
        before: (2025, 1),
        first: (2025, 2),
        remarks: &[
            "The price outside is that of refined cobalt, the price inside that of hydroxide and other intermediates in the Democratic Republic of the Congo; exports are all forms together, t of cobalt.",
        ],
    },
    Forecast {
        file: "blind/tungsten.json",
        title: "Tungsten after China's licences of February 2025",
        setup: china("tungsten-bismuth-2025", &["tungsten"], 18),
        form: "ammonium-paratungstate",
        inside: "ammonium-paratungstate",
        exports: &["ammonium-paratungstate"],
        before: (2025, 1),
        first: (2025, 2),
        remarks: &["Prices and exports are of ammonium paratungstate and oxides, t of tungsten."],
    },
    Forecast {
        file: "blind/bismuth.json",
        title: "Bismuth after China's licences of February 2025",
        setup: china("tungsten-bismuth-2025", &["bismuth"], 18),
        form: "bismuth",
        inside: "bismuth",
        exports: &["bismuth"],
        before: (2025, 1),
        first: (2025, 2),
        remarks: &["Exports are of bismuth metal and its compounds as far as the market holds them, t of bismuth."],
    },
];

/// What has not happened: three cases for each of four metals, from December 2026 to November 2027.
pub fn forward() -> Vec<Forecast> {
    const CASES: [(&str, [&str; 4]); 3] = [
        (
            "applied-as-written",
            [
                "forward/gallium-applied-as-written.json",
                "forward/germanium-applied-as-written.json",
                "forward/antimony-applied-as-written.json",
                "forward/graphite-anode-applied-as-written.json",
            ],
        ),
        (
            "extended",
            [
                "forward/gallium-extended.json",
                "forward/germanium-extended.json",
                "forward/antimony-extended.json",
                "forward/graphite-anode-extended.json",
            ],
        ),
        (
            "lapse-not-applied",
            [
                "forward/gallium-lapse-not-applied.json",
                "forward/germanium-lapse-not-applied.json",
                "forward/antimony-lapse-not-applied.json",
                "forward/graphite-anode-lapse-not-applied.json",
            ],
        ),
    ];
    const METALS: [Metal; 4] = [
        ("gallium", &["gallium"], &["gallium"], "Gallium after the suspension of the ban to the United States"),
        ("germanium", &["germanium"], &["germanium"], "Germanium after the suspension of the ban to the United States"),
        (
            "antimony-metal-oxide",
            &["antimony"],
            &["antimony-metal-oxide"],
            "Antimony after the suspension of the ban to the United States",
        ),
        (
            "graphite-anode",
            &["graphite"],
            &["graphite-anode"],
            "Natural graphite for anodes after the suspension of the notices of October 2025",
        ),
    ];
    let of = |(case, files): (&'static str, [&'static str; 4])| {
        METALS.into_iter().zip(files).map(move |((form, chains, exports, title), file)| Forecast {
            file,
            title,
            setup: Setup { case: Some(case), ..china("controls-after-suspension-2026", chains, 14) },
            form,
            inside: form,
            exports,
            before: (2026, 10),
            first: (2026, 12),
            remarks: &[
                "The base is that of the newest tables of the market (2024, antimony 2023), not the state of October 2026: licences that were needed before are in it as far as the tables hold them. Compare changes from October 2026, not levels.",
            ],
        })
    };
    CASES.into_iter().flat_map(of).collect()
}

/// Form, chains, forms of the exports, title.
type Metal = (&'static str, &'static [&'static str], &'static [&'static str], &'static str);

/// Runs a forecast. The commit names the code, the day when it was made.
pub fn make(session: &Session, forecast: &Forecast, commit: &str, day: &str) -> Result<Frozen, String> {
    let forms: BTreeSet<String> =
        forecast.exports.iter().chain([&forecast.form, &forecast.inside]).map(|form| (*form).to_owned()).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings { replicates: REPLICATES, seed: SEED, threads, set: Vec::new() };
    let run = model::run(session, &forecast.setup, &forms, &settings).map_err(|report| report.to_string())?;
    let noise = Noise::of(&Default::default());
    let start = run.first().0;
    let before = Month::of(forecast.before.0, forecast.before.1);
    let first = Month::of(forecast.first.0, forecast.first.1);
    let mut rows = Vec::new();
    for quantity in [Quantity::PriceOutside, Quantity::PriceInside, Quantity::Exports] {
        for month in (first.0..start + forecast.setup.months as i32).map(Month) {
            rows.push(row(forecast, &run, &noise, quantity, before, month)?);
        }
    }
    let package = &session.world.package;
    let remarks = forecast.remarks.iter().chain(&COMMON).map(|text| (*text).to_owned());
    Ok(Frozen {
        format: FORMAT.into(),
        title: forecast.title.into(),
        scenario: forecast.setup.scenario.into(),
        case: forecast.setup.case.unwrap_or("as the scenario says").into(),
        form: forecast.form.into(),
        exporter: forecast.setup.exporter.into(),
        ratio_to: before.to_string(),
        package: format!("{} {}", package.name, package.version),
        package_sha256: package.sha256.clone(),
        commit: commit.into(),
        seed: SEED,
        replicates: REPLICATES,
        frozen_on: day.into(),
        remarks: remarks.chain(run.remarks.iter().cloned()).collect(),
        rows,
    })
}

fn row(
    forecast: &Forecast,
    run: &Run,
    noise: &Noise,
    quantity: Quantity,
    before: Month,
    month: Month,
) -> Result<Row, String> {
    let (kind, market, forms): (_, _, &[&str]) = match quantity {
        Quantity::PriceOutside => (Kind::Price, Some(Market::Outside), &[forecast.form]),
        Quantity::PriceInside => (Kind::Price, Some(Market::Inside), &[forecast.inside]),
        Quantity::Exports => (Kind::Export, None, forecast.exports),
    };
    let asked = points::Quantity {
        kind,
        forms: forms.iter().map(|form| ((*form).to_owned(), 1.0)).collect(),
        average: Average::OfPrices,
        exporter: forecast.setup.exporter.into(),
        importer: "*".into(),
        market,
        period: Period::Months(month, month),
        base_period: Some(Period::Months(before, before)),
        observed: 1.0,
        no_change: None,
        headline: None,
    };
    let name = format!("{} {quantity:?} {month}", forecast.file);
    let read: Option<Vec<f64>> =
        (0..REPLICATES as usize).map(|replicate| noisy(&name, &asked, run, noise, replicate)).collect();
    let mut read = read.ok_or_else(|| format!("{name}: the model has no such number"))?;
    read.sort_by(f64::total_cmp);
    Ok(Row::new(month, quantity, [0.05, 0.25, 0.5, 0.75, 0.95].map(|part| quantile(&read, part))))
}
