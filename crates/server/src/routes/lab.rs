//! Addresses of the Disruption page.

use super::{Asker, Sent, Shared, answered, apart, bytes, json_response, question};
use crate::answers::lab;
use crate::download;
use crate::fault::{Answered, Fault};
use crate::jobs::Order;
use crate::parameters::Parameters;
use crate::state::App;
use crate::wire::lab::{LabResult, LabScenario, Scenarios};
use crate::wire::{Envelope, FailureBody, Started};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, extract::State};
use lode_simulate::Progress;
use lode_study::lab::{Case, Lab, Width};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Futures of a preview.
const PREVIEW: u32 = 100;
/// Futures of the partial answer of a run that has many more.
const PARTIAL: u32 = 200;
/// How often a run looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// All addresses.
pub fn addresses() -> Router<Arc<App>> {
    Router::new()
        .route("/scenarios", get(get_scenarios))
        .route("/lab/preview", post(post_lab_preview))
        .route("/lab/runs", post(post_lab_run))
        .route("/lab/scenario.toml", post(post_lab_file))
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Cases to start from: the largest supplier of each chain stops, and the built-in files; levers, forms, exporters.
#[utoipa::path(get, path = "/api/scenarios", tag = "lab",
    params(("country" = String, Query, description = "ISO code, name or group")),
    responses((status = 200, body = Envelope<Scenarios>), (status = 422, body = FailureBody)))]
pub async fn get_scenarios(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Answered<Response> {
    let asked = question("scenarios", &uri);
    let plain = app.clone();
    // What is offered rests on the package alone: own values change no list.
    let mut headers = headers;
    headers.remove(crate::state::OWN_VALUES);
    answered(app, &user, &headers.clone(), asked, move |app, session, own| {
        let country = parameters.country(&session.world, session.day.year);
        parameters.finish()?;
        let country = country.ok_or_else(|| Fault::internal("a checked question is incomplete"))?;
        let (lab, _) = plain.lab_for("", &headers)?;
        bytes(&app.envelope(session, own, None, lab::scenarios(&lab, &country.name)?))
    })
    .await
}

/// Sets the sign to stop when nobody waits for the answer any more.
struct Waiting(Arc<Progress>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel.store(true, Ordering::Relaxed);
    }
}

/// A case as it was sent, checked, with its laboratory; every mistake at once.
fn read(app: &App, user: &str, headers: &HeaderMap, sent: &LabScenario) -> Answered<(Arc<Lab>, bool, Case)> {
    let (lab, own) = app.lab_for(user, headers)?;
    Ok((lab, own, lab::case(sent)?))
}

fn answer(
    app: &App,
    lab: &Lab,
    own: bool,
    sent: &LabScenario,
    outlook: &lode_study::lab::Outlook,
    spent: Duration,
) -> Envelope<LabResult> {
    let (result, sentence, warnings) = lab::result(lab, sent, outlook, spent);
    let mut envelope = app.envelope(lab.session(), own, Some(sentence), result);
    envelope.seed = Some(sent.seed);
    envelope.warnings.extend(warnings);
    envelope
}

/// A case on a hundred futures of a focus market, at once: the chains of its forms, the largest regions kept apart.
#[utoipa::path(post, path = "/api/lab/preview", tag = "lab", request_body = LabScenario,
    responses((status = 200, body = Envelope<LabResult>), (status = 422, body = FailureBody)))]
pub async fn post_lab_preview(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    Sent(sent): Sent<LabScenario>,
) -> Answered<Response> {
    let waiting = Waiting(Arc::default());
    let progress = Arc::clone(&waiting.0);
    let answered = apart(move || {
        let (lab, own, case) = read(&app, &user.0, &headers, &sent)?;
        let began = Instant::now();
        let futures = case.replicates.clamp(1, PREVIEW);
        let outlook = lab.run(&case, Width::Focus, futures, threads(), &progress)?;
        Ok(json_response(bytes(&answer(&app, &lab, own, &sent, &outlook, began.elapsed()))?))
    })
    .await;
    drop(waiting);
    answered
}

/// Starts a full run of a case on the whole market; its events tell progress, a partial answer and the end.
#[utoipa::path(post, path = "/api/lab/runs", tag = "lab", request_body = LabScenario,
    responses((status = 202, body = Started), (status = 422, body = FailureBody), (status = 429, body = FailureBody)))]
pub async fn post_lab_run(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    Sent(sent): Sent<LabScenario>,
) -> Answered<Response> {
    let (asked, owner, case) = (Arc::clone(&app), user.0.clone(), sent.clone());
    let (lab, own, case) = apart(move || {
        let (lab, own, case) = read(&asked, &owner, &headers, &case)?;
        lab.check(&case)?;
        Ok((lab, own, case))
    })
    .await?;
    let input = serde_json::to_value(&sent).map_err(|_| Fault::internal("a case is no JSON"))?;
    let maker = Arc::clone(&app);
    let work = Box::new(move |handle: &crate::jobs::Handle<'_>| {
        let began = Instant::now();
        let total = u64::from(case.replicates);
        handle.progress(0, total);
        let run = |futures: u32, tell: bool| {
            let progress = Progress::default();
            std::thread::scope(|scope| {
                let worker = scope.spawn(|| lab.run(&case, Width::Whole, futures, threads(), &progress));
                while !worker.is_finished() {
                    std::thread::sleep(LOOK);
                    if tell {
                        // With and without levers are two runs of the same futures.
                        let done = u64::from(progress.done.load(Ordering::Relaxed));
                        let runs = if case.levers.is_empty() { 1 } else { 2 };
                        handle.progress((done / runs).min(total), total);
                    }
                    if handle.is_cancelled() {
                        progress.cancel.store(true, Ordering::Relaxed);
                    }
                }
                worker.join().map_err(|_| Fault::internal("a run broke off"))
            })?
            .map_err(Fault::from)
        };
        if case.replicates >= 3 * PARTIAL {
            let outlook = run(PARTIAL, false)?;
            let partial = answer(&maker, &lab, own, &sent, &outlook, began.elapsed());
            handle.partial(crate::work::value(&partial)?);
        }
        let outlook = run(case.replicates, true)?;
        crate::work::value(&answer(&maker, &lab, own, &sent, &outlook, began.elapsed()))
    });
    let run = app.jobs.start(Order { owner: user.0, kind: "lab".into(), input, secret: own, work })?;
    Ok((StatusCode::ACCEPTED, Json(Started { run })).into_response())
}

/// The scenario file that a case stands for, which `lode simulate` runs to the same numbers. Own values are not in it.
#[utoipa::path(post, path = "/api/lab/scenario.toml", tag = "lab", request_body = LabScenario,
    responses((status = 200, description = "A scenario file"), (status = 422, body = FailureBody)))]
pub async fn post_lab_file(
    State(app): Shared,
    Extension(user): Asker,
    Sent(sent): Sent<LabScenario>,
) -> Answered<Response> {
    apart(move || {
        let (lab, _, case) = read(&app, &user.0, &HeaderMap::new(), &sent)?;
        Ok(download::attachment("lode-scenario.toml", "application/toml", lab.file(&case)?.into_bytes()))
    })
    .await
}
