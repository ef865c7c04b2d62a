//! `validation results`: scores, charts and `RESULTS.md` anew. `validation try NAME=VALUE …`: scores with numbers set.
//! `validation freeze blind|forward COMMIT DAY`: freezes forecasts; what is frozen stays.

use lode_validation::results::{Inputs, REPLICATES};
use lode_validation::{folder, forecasts, frozen, model, report};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["results"] => results(),
        ["losses"] => losses(),
        ["try", ..] => attempt(&words[1..]),
        ["freeze", "blind", commit, day] => freeze(&forecasts::BLIND, commit, day),
        ["freeze", "forward", commit, day] => freeze(&forecasts::forward(), commit, day),
        _ => Err("usage: validation results | try NAME=VALUE … | freeze blind|forward COMMIT DAY".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// The part of `RESULTS.md` that is written by hand ends here.
const MADE: &str = "<!-- made by `make validation` from here on -->\n";

fn results() -> Result<(), String> {
    let inputs = Inputs::read()?;
    let runs = inputs.runs(REPLICATES, &[])?;
    let scores = inputs.scores(&runs)?;
    let tables = inputs.tables(&scores)?;
    let failed = |error: std::io::Error| error.to_string();
    inputs.draw(&runs, &folder().join("plots")).map_err(failed)?;
    let path = folder().join("RESULTS.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let by_hand = written.split(MADE).next().unwrap_or_default();
    let ablations = inputs.ablations(REPLICATES / 2)?;
    let text = format!("{by_hand}{MADE}\n{tables}\n## Without one mechanism\n\n{ablations}");
    std::fs::write(&path, text).map_err(failed)?;
    println!("{}\n{}\n{ablations}", report::summary_table(&scores), report::headline_table(&scores));
    let (beside, json) = (inputs.prototype()?, report::json(&scores));
    for (name, other) in beside {
        println!("beside the prototype, {name}\n{}", report::beside_table(&scores, "prototype", &other));
    }
    let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    std::fs::write(folder().join("results.json"), json + "\n").map_err(failed)
}

fn losses() -> Result<(), String> {
    let session = model::session().map_err(|report| report.to_string())?;
    let tables = lode_validation::losses::tables(&session)?;
    println!("{tables}");
    let path = folder().join("losses/README.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let by_hand = written.split(MADE).next().unwrap_or_default();
    std::fs::write(&path, format!("{by_hand}{MADE}\n{tables}")).map_err(|error| error.to_string())
}

fn attempt(set: &[&str]) -> Result<(), String> {
    let inputs = Inputs::read()?;
    let scores = inputs.scores(&inputs.runs(REPLICATES / 2, set)?)?;
    println!("{}\n{}", report::summary_table(&scores), report::headline_table(&scores));
    Ok(())
}

fn freeze(all: &[forecasts::Forecast], commit: &str, day: &str) -> Result<(), String> {
    let session = model::session().map_err(|report| report.to_string())?;
    for forecast in all {
        let made = forecasts::make(&session, forecast, commit, day)?;
        frozen::freeze(&folder(), forecast.file, &made).map_err(|mistakes| mistakes.join("\n"))?;
        println!("{}: {} rows", forecast.file, made.rows.len());
    }
    Ok(())
}
