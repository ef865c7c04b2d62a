//! What runs compute. To add a kind: one line in [`KINDS`], one in [`of`].

use crate::answers::claims;
use crate::brief;
use crate::fault::{Answered, Fault};
use crate::jobs::{Handle, Work};
use crate::parameters::Parameters;
use crate::state::App;
use crate::wire::{Claims, Sentence, Table};
use axum::http::StatusCode;
use lode_catalogue::{Mistake, Report};
use lode_simulate::Progress;
use lode_study::Session;
use lode_study::market::{self, Request, scenario, scenario_ids};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Kinds of run that can be started.
pub const KINDS: [&str; 3] = ["brief", "claims", "market"];

/// Most futures and months of a run.
const MOST_FUTURES: u32 = 20_000;
const MOST_MONTHS: u32 = 240;
/// How often a run looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// The work of a kind, its input checked.
pub fn of(app: &Arc<App>, session: &Arc<Session>, own_values: bool, kind: &str, input: Value) -> Answered<Work> {
    match kind {
        "brief" if own_values => {
            Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "own_values", "a brief holds no values of the user's own"))
        }
        "brief" => write_brief(Arc::clone(app), Arc::clone(session), &input),
        "claims" => Ok(hold_claims(Arc::clone(app), Arc::clone(session), own_values)),
        "market" => simulate(Arc::clone(app), Arc::clone(session), own_values, input),
        _ => Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_kind", "there is no such kind of run")
            .hint(format!("the kinds are {}", KINDS.join(", ")))),
    }
}

pub fn value(answer: &impl serde::Serialize) -> Answered<Value> {
    serde_json::to_value(answer).map_err(|_| Fault::internal("a result is no JSON"))
}

/// Holds each claim of the ledger against the record.
fn hold_claims(app: Arc<App>, session: Arc<Session>, own_values: bool) -> Work {
    Box::new(move |handle| {
        let ledger = lode_study::claims::ids()?;
        let total = ledger.len() as u64;
        let mut tested = Vec::new();
        for (done, claim) in ledger.iter().enumerate() {
            if handle.is_cancelled() {
                break;
            }
            handle.progress(done as u64, total);
            tested.extend(claims::claims(&session, Some(claim))?.claims);
        }
        handle.progress(tested.len() as u64, total);
        value(&app.envelope(&session, own_values, None, Claims { claims: tested }))
    })
}

/// The numbers of a brief; `/api/runs/ID/brief.pdf` sets them.
fn write_brief(app: Arc<App>, session: Arc<Session>, input: &Value) -> Answered<Work> {
    let question = brief::question(&session, Parameters::of(input)?)?;
    Ok(Box::new(move |handle| value(&app.envelope(&session, false, None, brief::run(&session, &question, handle)?))))
}

/// Computes beside a thread that tells how many futures are done and looks whether the run was cancelled.
pub fn watch<T: Send>(
    handle: &Handle<'_>,
    futures: u32,
    compute: impl FnOnce(&Progress) -> Answered<T> + Send,
) -> Answered<T> {
    let total = u64::from(futures);
    handle.progress(0, total);
    let progress = Progress::default();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| compute(&progress));
        while !worker.is_finished() {
            std::thread::sleep(LOOK);
            handle.progress(u64::from(progress.done.load(Ordering::Relaxed)).min(total), total);
            if handle.is_cancelled() {
                progress.cancel.store(true, Ordering::Relaxed);
            }
        }
        worker.join().map_err(|_| Fault::internal("a run broke off"))?
    })
}

/// A scenario on the market, as `lode simulate` takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    scenario: String,
    #[serde(default)]
    case: Option<String>,
    country: String,
    #[serde(default)]
    chains: Vec<String>,
    #[serde(default)]
    replicates: Option<u32>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    horizon: Option<u32>,
    #[serde(default)]
    set: Vec<String>,
}

fn simulate(app: Arc<App>, session: Arc<Session>, own_values: bool, input: Value) -> Answered<Work> {
    let asked: Market = serde_json::from_value(input).map_err(|error| {
        Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_input", format!("the input is not understood: {error}"))
    })?;
    let mut report = Report::new();
    let mut wrong = |column: &str, message: String, hint: String| {
        report.push(Mistake::in_file("", message).column(column).hint(hint));
    };
    // Only built-in scenarios: what is sent must name no file of this machine.
    if !scenario_ids().any(|known| known == asked.scenario) {
        let known: Vec<&str> = scenario_ids().collect();
        wrong("scenario", "there is no such scenario".into(), format!("built in are {}", known.join(", ")));
    }
    let replicates = asked.replicates.unwrap_or(1000);
    if !(1..=MOST_FUTURES).contains(&replicates) {
        wrong("replicates", "too few or too many futures".into(), format!("from 1 to {MOST_FUTURES}"));
    }
    if asked.horizon.is_some_and(|months| !(1..=MOST_MONTHS).contains(&months)) {
        wrong("horizon", "too few or too many months".into(), format!("from 1 to {MOST_MONTHS}"));
    }
    if let Err(mistake) = lode_study::economy(&session.world, &asked.country, session.day.year) {
        report.push(Mistake { file: String::new(), ..mistake.column("country") });
    }
    report.into_result(())?;
    let seed = asked.seed.unwrap_or(1);
    let request = Request {
        scenario: scenario(&session, &asked.scenario, None)?,
        case: asked.case,
        country: asked.country,
        chains: asked.chains,
        regions: Vec::new(),
        replicates,
        seed,
        horizon: asked.horizon,
        set: asked.set,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    Ok(Box::new(move |handle| {
        let run = watch(handle, replicates, |progress| Ok(market::simulate(&session, &request, progress)?))?;
        let answer = market::answer(&session, &run);
        let table = Table { rows: answer.rows.json(), remarks: answer.remarks };
        let sentence = Sentence::new("market.answer").with("scenario", asked.scenario.clone());
        let mut envelope = app.envelope(&session, own_values, Some(sentence), table);
        envelope.seed = Some(seed);
        value(&envelope)
    }))
}
