//! The loss to Japan beside published estimates: which assumptions give which end.

use crate::model;
use lode_simulate::Progress;
use lode_study::Session;
use lode_study::market::{self, Request, Scale};
use std::fmt::Write;

/// Futures of each row.
const REPLICATES: u32 = 200;

/// A row: what is assumed, and what is set for it.
type Assumed = (&'static str, &'static [&'static str]);

/// Without the stop of magnets.
const NO_MAGNETS: &str = "stop-magnets.severity=0";

/// What is assumed.
const ROWS: [Assumed; 12] = [
    ("oxides, metals and magnets stop", &[]),
    ("oxides and metals alone", &[NO_MAGNETS]),
    ("four fifths of all stop", &["stop.severity=0.8", "stop-magnets.severity=0.8"]),
    ("stocks of three weeks", &["market.cover=0.7"]),
    ("stocks of seven months", &["market.cover=7"]),
    ("use hardly gives way", &["market.use-elasticity=0.018", "market.thrift-rate=0.0139"]),
    ("use gives way easily", &["market.use-elasticity=0.11", "market.thrift-rate=0.07"]),
    ("what thrift gave up is half lost", &["market.loss-of-thrift=0.5"]),
    (
        "low value at stake in cars and machines",
        &["market.value-at-stake.automotive=0.125", "market.value-at-stake.machinery=0.12"],
    ),
    (
        "high value at stake in cars and machines",
        &["market.value-at-stake.automotive=3.5", "market.value-at-stake.machinery=2.4"],
    ),
    (
        "the low ends together",
        &[
            NO_MAGNETS,
            "market.cover=7",
            "market.use-elasticity=0.11",
            "market.thrift-rate=0.07",
            "market.value-at-stake.automotive=0.125",
            "market.value-at-stake.machinery=0.12",
        ],
    ),
    (
        "the high ends together",
        &[
            "market.cover=0.7",
            "market.use-elasticity=0.018",
            "market.thrift-rate=0.0139",
            "market.loss-of-thrift=0.5",
            "market.value-at-stake.automotive=3.5",
            "market.value-at-stake.machinery=2.4",
        ],
    ),
];

/// A number of a row: billion yen, at 10, 50 and 90 % of the futures.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Loss {
    /// 10 %, 50 %, 90 %.
    pub billion_yen: [f64; 3],
}

/// The losses of a case by row, of the first rows.
pub fn losses(session: &Session, case: &str, rows: usize) -> Result<Vec<(&'static str, Loss)>, String> {
    let text = model::read("losses/japan-stop.toml").map_err(|error| error.to_string())?;
    let scale = Scale::of(&session.world).ok_or("the package has no assumptions loss.*")?;
    let scenario = market::scenario(session, "japan-stop", Some(&text)).map_err(|report| report.to_string())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    ROWS.into_iter()
        .take(rows)
        .map(|(name, set)| {
            let request = Request {
                scenario: scenario.clone(),
                case: Some(case.to_owned()),
                country: "JPN".into(),
                chains: Vec::new(),
                regions: Vec::new(),
                replicates: REPLICATES,
                seed: 1,
                horizon: None,
                set: set.iter().map(|text| (*text).to_owned()).collect(),
                threads,
            };
            let run = market::simulate(session, &request, &Progress::default()).map_err(|report| report.to_string())?;
            let total = run.figure("total-value-lost", "").ok_or("no total loss")?;
            let band = &run.outcome.figures[total];
            let billion_yen = [band.p10, band.p50, band.p90].map(|dollars| scale.billion_yen(dollars));
            Ok((name, Loss { billion_yen }))
        })
        .collect()
}

/// The table of published estimates and the table of runs.
pub fn tables(session: &Session) -> Result<String, String> {
    let scale = Scale::of(&session.world).ok_or("the package has no assumptions loss.*")?;
    let mut text = String::from(
        "## Published\n\n| estimate | as printed | billion yen | % of product | origin |\n|---|---|---|---|---|\n",
    );
    for loss in market::published_losses(&session.world) {
        writeln!(
            text,
            "| {} ({}) | {}; {} | {:.0} | {:.2} | `{}` |",
            loss.what, loss.period, loss.printed, loss.note, loss.billion_yen, loss.per_cent_of_product, loss.origin
        )
        .unwrap_or_default();
    }
    for (case, title) in [("three-months", "Three months"), ("one-year", "One year")] {
        write!(
            text,
            "\n## {title}\n\n| assumed | billion yen, 10 % – median – 90 % of futures | % of product |\n|---|---|---|\n"
        )
        .unwrap_or_default();
        for (name, loss) in losses(session, case, ROWS.len())? {
            writeln!(text, "{}", line(name, loss.billion_yen, &scale)).unwrap_or_default();
        }
    }
    Ok(text)
}

/// A line of the table of runs.
pub fn line(name: &str, [low, median, high]: [f64; 3], scale: &Scale) -> String {
    format!("| {name} | {low:.0} – {median:.0} – {high:.0} | {:.2} |", scale.per_cent(median))
}
