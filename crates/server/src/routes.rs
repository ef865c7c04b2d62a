//! Every address, and what answers it.

use crate::answers::{chain, claims, desk, meta, record, sources, tables};
use crate::download::{self, Kind};
use crate::fault::{Answered, Fault};
use crate::guard::{self, COOKIE, User, cookie};
use crate::interface;
use crate::jobs::{self, Order};
use crate::pages;
use crate::parameters::Parameters;
use crate::state::{App, OWN_VALUES};
use crate::vault;
use crate::wire::*;
use crate::workspace::{Broken, Kind as Kept, Record as Saved, Workspace};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use lode_study::Session;
use lode_study::chain::chain as trace;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Most bytes of a body that is not a file.
const MOST_BODY: usize = 256 * 1024;
/// Most bytes of a file.
const MOST_FILE: usize = 16 << 20;
/// Longest name of a study or file.
const LONGEST_NAME: usize = 200;
/// Longest public state of a study.
const LONGEST_STATE: usize = 8000;
/// Server-sent events: a sign of life at least this often.
const ALIVE: Duration = Duration::from_secs(15);
/// A listener is told of progress at most this often.
const PACE: Duration = Duration::from_millis(100);

pub mod brief;
pub mod lab;
pub mod steps;

type Shared = State<Arc<App>>;
type Asker = Extension<User>;

/// All addresses.
pub fn router(app: Arc<App>) -> Router {
    let interface = Router::new()
        .route("/meta", get(get_meta))
        .route("/desk", get(get_desk))
        .route("/chain", get(get_chain))
        .route("/claims", get(get_claims))
        .route("/sources", get(get_sources))
        .route("/sources/{origin}", get(get_source))
        .route("/record", get(get_record))
        .route("/explain", get(get_explain))
        .route("/assess", get(get_assess))
        .route("/profile", get(get_profile))
        .merge(brief::addresses())
        .merge(steps::addresses())
        .merge(lab::addresses())
        .route("/runs", get(get_runs).post(post_run))
        .route("/runs/{id}", get(get_run).delete(delete_run))
        .route("/runs/{id}/events", get(follow_run))
        .route("/studies", get(get_studies).post(post_study))
        .route("/studies/{id}", get(get_study).put(put_study).delete(delete_study))
        .route("/studies/{id}/share", post(share_study))
        .route("/uploads", get(get_uploads).post(post_upload).layer(DefaultBodyLimit::max(MOST_FILE)))
        .route("/uploads/{id}", get(get_upload).delete(delete_upload))
        .route("/confidential", get(get_confidential).post(post_value))
        .route("/confidential/unlock", post(unlock))
        .route("/confidential/lock", post(lock))
        .route("/confidential/export", post(export_values))
        .route("/confidential/{id}", axum::routing::put(put_value).delete(delete_value))
        .route("/openapi.json", get(openapi))
        .route("/{file}", get(get_file))
        .fallback(no_address);
    Router::new()
        .nest("/api", interface)
        .route("/api/", get(readable))
        .route("/api", get(readable))
        .route("/login", get(login_page).post(login))
        .route("/logout", post(logout))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(get(pages::page))
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}

async fn no_address() -> Fault {
    Fault::not_found("no_address", "there is no such address").hint("/api lists them")
}

async fn no_method() -> Fault {
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, "no_method", "this address does not take that method")
        .hint("/api lists them")
}

// ------------------------------------------------------------------------------------------------------------ helpers

/// A JSON body; everything wrong with it is told in our own words.
pub struct Sent<T>(T);

impl<T: DeserializeOwned> axum::extract::FromRequest<Arc<App>> for Sent<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Fault> {
        let is_json = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.to_str().unwrap_or("");
            kind == "application/json" || kind.starts_with("application/json;")
        });
        if !is_json {
            return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_json", "the body must be JSON")
                .hint("send `Content-Type: application/json`"));
        }
        let bytes = body(request, app).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let what = error.to_string();
            Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_json", format!("the body is not understood: {what}"))
        })
    }
}

async fn body(request: Request, app: &Arc<App>) -> Answered<Bytes> {
    use axum::extract::FromRequest;
    Bytes::from_request(request, app).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::new(status, "too_large", "the body is too large").hint(format!(
                "files may have {} MiB, everything else {} KiB",
                MOST_FILE >> 20,
                MOST_BODY >> 10
            )),
            _ => Fault::new(StatusCode::BAD_REQUEST, "broken_body", "the body broke off"),
        }
    })
}

/// Work that may wait for the disk or compute for long.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Answered<T> + Send + 'static) -> Answered<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::internal("an answer broke off")))
}

async fn keeping<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&dyn Workspace) -> Result<T, Broken> + Send + 'static,
) -> Answered<T> {
    let workspace = Arc::clone(&app.workspace);
    apart(move || work(&*workspace).map_err(broken)).await
}

fn broken(broken: Broken) -> Fault {
    match broken {
        Broken::Full(_) => Fault::new(StatusCode::INSUFFICIENT_STORAGE, "workspace_full", broken.to_string())
            .hint("delete what is no longer needed"),
        Broken::Database(_) => Fault::internal(&broken.to_string()),
    }
}

fn bytes(value: &impl Serialize) -> Answered<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Fault::internal("an answer is no JSON"))
}

fn json_response(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer from a session, made once for each package, day and question. Answers from own values are made anew.
async fn answered<F>(app: Arc<App>, user: &User, headers: &HeaderMap, question: String, make: F) -> Answered<Response>
where
    F: FnOnce(&App, &Session, bool) -> Answered<Vec<u8>> + Send + 'static,
{
    let (session, own) = if headers.contains_key(OWN_VALUES) {
        let (asked, owner, headers) = (Arc::clone(&app), user.0.clone(), headers.clone());
        apart(move || asked.session_for(&owner, &headers)).await?
    } else {
        (app.session()?, false)
    };
    let maker = Arc::clone(&app);
    let body = if own {
        Bytes::from(apart(move || make(&maker, &session, true)).await?)
    } else {
        app.cache.get(format!("{} {question}", session.day), move || make(&maker, &session, false)).await?
    };
    Ok(json_response(body))
}

fn question(path: &str, uri: &axum::http::Uri) -> String {
    format!("{path}?{}", uri.query().unwrap_or(""))
}

// ---------------------------------------------------------------------------------------------------- public answers

/// What this server is: package, day, countries, commodities, pages.
#[utoipa::path(get, path = "/api/meta", tag = "answers", responses((status = 200, body = Meta)))]
pub async fn get_meta(State(app): Shared, Extension(user): Asker, parameters: Parameters) -> Answered<Json<Meta>> {
    parameters.finish()?;
    let session = app.session()?;
    Ok(Json(meta::meta(&session, &user.0, vec!["desk", "chain", "steps", "lab", "ledger"])))
}

/// How dependent is a country, on whom, at which stage?
#[utoipa::path(get, path = "/api/desk", tag = "answers",
    params(("country" = String, Query, description = "ISO code, name or group"), ("basis" = Option<String>, Query, description = "`quantity` or `value`")),
    responses((status = 200, body = Envelope<Desk>), (status = 422, body = FailureBody)))]
pub async fn get_desk(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Answered<Response> {
    let asked = question("desk", &uri);
    answered(app, &user, &headers, asked, move |app, session, own| {
        let (country, basis) = (parameters.country(&session.world, session.day.year), parameters.basis());
        parameters.finish()?;
        let country = country.ok_or_else(|| Fault::internal("a checked question is incomplete"))?;
        let (desk, sentence, warnings) = desk::desk(session, &country, basis);
        let mut envelope = app.envelope(session, own, Some(sentence), desk);
        envelope.warnings.extend(warnings);
        bytes(&envelope)
    })
    .await
}

/// Who supplies what to whom, stage by stage?
#[utoipa::path(get, path = "/api/chain", tag = "answers",
    params(("country" = String, Query, description = "whose supply is followed, or WLD"), ("commodity" = String, Query, description = "id, name or symbol"), ("year" = Option<String>, Query, description = "one of `years`")),
    responses((status = 200, body = Envelope<Chain>), (status = 422, body = FailureBody)))]
pub async fn get_chain(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Answered<Response> {
    let asked = question("chain", &uri);
    answered(app, &user, &headers, asked, move |app, session, own| {
        let country = parameters.country(&session.world, session.day.year);
        let commodity = parameters.commodity(&session.world);
        let year = parameters.years().map(|years| *years.end());
        parameters.finish()?;
        let incomplete = || Fault::internal("a checked question is incomplete");
        let (country, commodity) = (country.ok_or_else(incomplete)?, commodity.ok_or_else(incomplete)?);
        let traced = trace(session, &country, &commodity, year).map_err(tables::problems)?;
        let (chain, sentence) = chain::chain(&country, &commodity, &traced);
        bytes(&app.envelope(session, own, Some(sentence), chain))
    })
    .await
}

/// Published claims held against the record.
#[utoipa::path(get, path = "/api/claims", tag = "answers",
    params(("claim" = Option<String>, Query, description = "id of one")),
    responses((status = 200, body = Envelope<Claims>), (status = 422, body = FailureBody)))]
pub async fn get_claims(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Answered<Response> {
    let asked = question("claims", &uri);
    answered(app, &user, &headers, asked, move |app, session, own| {
        let claim = parameters.take("claim");
        parameters.finish()?;
        let claims = claims::claims(session, claim.as_deref())?;
        bytes(&app.envelope(session, own, Some(sources_sentence(session)), claims))
    })
    .await
}

fn sources_sentence(session: &Session) -> Sentence {
    let records: usize = session.world.records_by_origin().values().flat_map(|tables| tables.values()).sum();
    Sentence::new("sources.answer").with("records", records).with("origins", session.world.origins.len())
}

/// Every origin.
#[utoipa::path(get, path = "/api/sources", tag = "answers", responses((status = 200, body = Envelope<Sources>)))]
pub async fn get_sources(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    parameters.finish()?;
    answered(app, &user, &headers, "sources".into(), |app, session, own| {
        // The tables of processes have origins of their own.
        let sources = sources::sources(&app.processes()?.session);
        let sentence =
            Sentence::new("sources.answer").with("records", sources.records).with("origins", sources.origins.len());
        bytes(&app.envelope(session, own, Some(sentence), sources))
    })
    .await
}

/// One origin.
#[utoipa::path(get, path = "/api/sources/{origin}", tag = "answers", params(("origin" = String, Path)),
    responses((status = 200, body = Envelope<Origin>), (status = 404, body = FailureBody)))]
pub async fn get_source(State(app): Shared, Path(origin): Path<String>, parameters: Parameters) -> Answered<Response> {
    parameters.finish()?;
    apart(move || {
        let session = app.session()?;
        let unknown = |hint: Option<String>| {
            let fault = Fault::not_found("unknown_origin", "there is no such origin");
            hint.into_iter().fold(fault, Fault::hint)
        };
        match sources::source(&app.processes()?.session, &origin) {
            Ok(Some(origin)) => Ok(json_response(bytes(&app.envelope(&session, false, None, origin))?)),
            Ok(None) => Err(unknown(None)),
            Err(mistake) => Err(unknown(mistake.hint)),
        }
    })
    .await
}

/// The record behind a number: what it is, how it was made, its rivals and raw rows. The question stands in each number.
#[utoipa::path(get, path = "/api/record", tag = "answers",
    params(("indicator" = Option<String>, Query, description = "with country, commodity, stage, partner, year, basis"), ("table" = Option<String>, Query, description = "or a table, with columns that choose its rows")),
    responses((status = 200, body = Envelope<Record>), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn get_record(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    let asked = question("record", &uri);
    answered(app, &user, &headers, asked, move |app, session, own| {
        bytes(&app.envelope(session, own, None, record::record(app, session, parameters)?))
    })
    .await
}

/// The method of an indicator, or of all.
#[utoipa::path(get, path = "/api/explain", tag = "answers",
    params(("indicator" = Option<String>, Query, description = "id; all if none is named")),
    responses((status = 200, description = "A method card, or `{cards}`"), (status = 422, body = FailureBody)))]
pub async fn get_explain(State(app): Shared, uri: axum::http::Uri, parameters: Parameters) -> Answered<Response> {
    let one = uri.query().is_some_and(|query| query.contains("indicator="));
    apart(move || {
        let session = app.session()?;
        let cards = tables::table(&session, "explain", parameters)?.rows.json();
        let data = if one { cards.get(0).cloned().unwrap_or(Value::Null) } else { json!({ "cards": cards }) };
        Ok(json_response(bytes(&app.envelope(&session, false, None, data))?))
    })
    .await
}

async fn rows(
    app: Arc<App>,
    user: User,
    headers: HeaderMap,
    name: &'static str,
    asked: String,
    parameters: Parameters,
) -> Answered<Response> {
    answered(app, &user, &headers, asked, move |app, session, own| {
        let answer = tables::table(session, name, parameters)?;
        let table = Table { rows: answer.rows.json(), remarks: answer.remarks };
        bytes(&app.envelope(session, own, None, table))
    })
    .await
}

/// Indicators of a country and a commodity: rows as `lode assess --format json` gives them.
#[utoipa::path(get, path = "/api/assess", tag = "answers",
    params(("country" = String, Query), ("commodity" = String, Query), ("indicator" = Option<String>, Query, description = "ids with commas between, or `all`"), ("partner" = Option<String>, Query), ("stage" = Option<String>, Query), ("year" = Option<String>, Query, description = "2024 or 2010..2024"), ("basis" = Option<String>, Query), ("hs_set" = Option<String>, Query)),
    responses((status = 200, body = Envelope<Table>), (status = 422, body = FailureBody)))]
pub async fn get_assess(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    rows(app, user, headers, "assess", question("assess", &uri), parameters).await
}

/// A country's role, reserves, output, partners, controls, projects and agreements.
#[utoipa::path(get, path = "/api/profile", tag = "answers", params(("country" = String, Query)),
    responses((status = 200, body = Envelope<Table>), (status = 422, body = FailureBody)))]
pub async fn get_profile(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    rows(app, user, headers, "profile", question("profile", &uri), parameters).await
}

/// A table as a file: `/api/desk.csv`, `.xlsx` or `.json`; the same rows as the command line gives.
#[utoipa::path(get, path = "/api/{table}.{ending}", tag = "answers",
    params(("table" = String, Path, description = "assess, chain, claims, desk, explain, profile or sources"), ("ending" = String, Path, description = "csv, xlsx or json")),
    responses((status = 200, description = "The file"), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn get_file(
    State(app): Shared,
    Extension(user): Asker,
    Path(file): Path<String>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    let Some((name, ending)) = file.rsplit_once('.') else { return Err(no_address().await) };
    let known = tables::NAMES.into_iter().find(|known| *known == name);
    let (Some(name), Some(kind)) = (known, Kind::of(ending)) else { return Err(no_address().await) };
    apart(move || {
        let (session, own) = app.session_for(&user.0, &headers)?;
        let answer = tables::table(&session, name, parameters)?;
        Ok(download::file(name, kind, own, download::write(&session, &answer, kind, own)?))
    })
    .await
}

// --------------------------------------------------------------------------------------------------------------- runs

/// The user's runs, and the kinds that can be started.
#[utoipa::path(get, path = "/api/runs", tag = "runs", responses((status = 200, body = Runs)))]
pub async fn get_runs(State(app): Shared, Extension(user): Asker, parameters: Parameters) -> Answered<Json<Runs>> {
    parameters.finish()?;
    let mut runs = app.jobs.of(&user.0);
    let owner = user.0;
    let kept = keeping(&app, move |workspace| workspace.list(&owner, Kept::Result)).await?;
    for record in kept {
        if let Ok(state) = serde_json::from_slice::<RunState>(&record.body)
            && !runs.iter().any(|run| run.run == state.run)
        {
            runs.push(RunState { result: None, ..state });
        }
    }
    Ok(Json(Runs { kinds: crate::work::KINDS.to_vec(), runs }))
}

/// Starts a run.
#[utoipa::path(post, path = "/api/runs", tag = "runs", request_body = RunRequest,
    responses((status = 202, body = Started), (status = 422, body = FailureBody), (status = 429, body = FailureBody)))]
pub async fn post_run(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    Sent(request): Sent<RunRequest>,
) -> Answered<Response> {
    let (asked, owner) = (Arc::clone(&app), user.0.clone());
    let (session, own) = apart(move || asked.session_for(&owner, &headers)).await?;
    let (maker, kind, input) = (Arc::clone(&app), request.kind.clone(), request.input.clone());
    // Everything that is wrong with the input is told now, not when the run's turn comes.
    let work = apart(move || crate::work::of(&maker, &session, own, &kind, input)).await?;
    let order = Order { owner: user.0, kind: request.kind, input: request.input, secret: own, work };
    let run = app.jobs.start(order)?;
    Ok((StatusCode::ACCEPTED, Json(Started { run })).into_response())
}

fn no_run() -> Fault {
    Fault::not_found("unknown_run", "there is no such run")
}

async fn kept_run(app: &Arc<App>, user: &User, id: &str) -> Answered<RunState> {
    let (owner, id) = (user.0.clone(), id.to_owned());
    let record = keeping(app, move |workspace| workspace.get(&owner, Kept::Result, &id)).await?;
    record.and_then(|record| serde_json::from_slice(&record.body).ok()).ok_or_else(no_run)
}

/// Where a run stands, with its result once there is one.
#[utoipa::path(get, path = "/api/runs/{id}", tag = "runs", params(("id" = String, Path)),
    responses((status = 200, body = RunState), (status = 404, body = FailureBody)))]
pub async fn get_run(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<Json<RunState>> {
    match app.jobs.find(&user.0, &id) {
        Some(job) => Ok(Json(job.state(true))),
        None => kept_run(&app, &user, &id).await.map(Json),
    }
}

/// Cancels a run that is open, or forgets one that has ended. A partial answer of a cancelled run is kept.
#[utoipa::path(delete, path = "/api/runs/{id}", tag = "runs", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = FailureBody)))]
pub async fn delete_run(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<StatusCode> {
    if app.jobs.cancel(&user.0, &id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let removed = keeping(&app, move |workspace| workspace.delete(&user.0, Kept::Result, &id)).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(no_run()) }
}

/// Follows a run by server-sent events: `progress`, `partial`, then `done`, `cancelled` or `failed`.
#[utoipa::path(get, path = "/api/runs/{id}/events", tag = "runs", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = FailureBody)))]
pub async fn follow_run(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<Response> {
    let stream = match app.jobs.find(&user.0, &id) {
        Some(job) => Body::from_stream(events_of(job.follow())),
        None => {
            // Ended before this server began: its end is told at once.
            let state = kept_run(&app, &user, &id).await?;
            let name = if state.state == "done" { "done" } else { "cancelled" };
            Body::from(jobs::event(name, &json!({ "type": name, "done": state.done, "result": state.result })))
        }
    };
    let mut response = Response::new(stream);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn events_of(
    follow: tokio::sync::watch::Receiver<jobs::Standing>,
) -> impl futures_util::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let start = (follow, 0_u64, false, true);
    futures_util::stream::unfold(start, |(mut follow, mut heard, ended, first)| async move {
        if ended {
            return None;
        }
        if !first {
            tokio::time::sleep(PACE).await;
            match tokio::time::timeout(ALIVE, follow.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((Ok(Bytes::from_static(b": alive\n\n")), (follow, heard, false, false))),
            }
        }
        let standing = follow.borrow_and_update().clone();
        let text = jobs::events(&standing, &mut heard);
        Some((Ok(Bytes::from(text)), (follow, heard, standing.has_ended(), false)))
    })
}

// ------------------------------------------------------------------------------------------------------------ studies

fn check_study(study: &Study) -> Answered<()> {
    let mut report = lode_catalogue::Report::new();
    let mut wrong = |column: &str, message: String| {
        report.push(lode_catalogue::Mistake::in_file("", message).column(column));
    };
    if study.name.trim().is_empty() || study.name.chars().count() > LONGEST_NAME {
        wrong("name", format!("a study needs a name of at most {LONGEST_NAME} characters"));
    }
    let is_word =
        |text: &str| !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_word(&study.page) {
        wrong("page", "a study needs the name of a page".into());
    }
    if study.state.len() > LONGEST_STATE {
        wrong("state", format!("the state has more than {LONGEST_STATE} bytes"));
    }
    Ok(report.into_result(())?)
}

fn no_study() -> Fault {
    Fault::not_found("unknown_study", "there is no such study")
}

fn study_of(record: &Saved) -> Option<Study> {
    let study: Study = serde_json::from_slice(&record.body).ok()?;
    Some(Study { id: record.id.clone(), saved: record.saved.clone(), ..study })
}

async fn find_study(app: &Arc<App>, user: &User, id: &str) -> Answered<Study> {
    let (owner, id) = (user.0.clone(), id.to_owned());
    let record = keeping(app, move |workspace| workspace.get(&owner, Kept::Study, &id)).await?;
    record.as_ref().and_then(study_of).ok_or_else(no_study)
}

async fn keep_study(app: &Arc<App>, user: User, study: Study) -> Answered<Study> {
    check_study(&study)?;
    let study = Study { saved: app.now(), ..study };
    let record = Saved { id: study.id.clone(), saved: study.saved.clone(), body: bytes(&study)? };
    keeping(app, move |workspace| workspace.put(&user.0, &[(Kept::Study, record)])).await?;
    Ok(study)
}

/// The user's studies, newest first.
#[utoipa::path(get, path = "/api/studies", tag = "workspace", responses((status = 200, body = Studies)))]
pub async fn get_studies(State(app): Shared, Extension(user): Asker) -> Answered<Json<Studies>> {
    let records = keeping(&app, move |workspace| workspace.list(&user.0, Kept::Study)).await?;
    Ok(Json(Studies { studies: records.iter().filter_map(study_of).collect() }))
}

/// Saves a study. What was answered for is on the disk.
#[utoipa::path(post, path = "/api/studies", tag = "workspace", request_body = Study,
    responses((status = 201, body = Study), (status = 422, body = FailureBody), (status = 507, body = FailureBody)))]
pub async fn post_study(State(app): Shared, Extension(user): Asker, Sent(study): Sent<Study>) -> Answered<Response> {
    let id = crate::random_id("s_").ok_or_else(|| Fault::internal("this machine gives no random numbers"))?;
    let study = keep_study(&app, user, Study { id, ..study }).await?;
    Ok((StatusCode::CREATED, Json(study)).into_response())
}

/// One study.
#[utoipa::path(get, path = "/api/studies/{id}", tag = "workspace", params(("id" = String, Path)),
    responses((status = 200, body = Study), (status = 404, body = FailureBody)))]
pub async fn get_study(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<Json<Study>> {
    find_study(&app, &user, &id).await.map(Json)
}

/// Saves a study in place of an older one.
#[utoipa::path(put, path = "/api/studies/{id}", tag = "workspace", params(("id" = String, Path)), request_body = Study,
    responses((status = 200, body = Study), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn put_study(
    State(app): Shared,
    Extension(user): Asker,
    Path(id): Path<String>,
    Sent(study): Sent<Study>,
) -> Answered<Json<Study>> {
    find_study(&app, &user, &id).await?;
    keep_study(&app, user, Study { id, ..study }).await.map(Json)
}

/// Deletes a study.
#[utoipa::path(delete, path = "/api/studies/{id}", tag = "workspace", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = FailureBody)))]
pub async fn delete_study(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<StatusCode> {
    let removed = keeping(&app, move |workspace| workspace.delete(&user.0, Kept::Study, &id)).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(no_study()) }
}

/// A study to pass on. Own values go with it only where the user ticked it; else it says what was withheld.
#[utoipa::path(post, path = "/api/studies/{id}/share", tag = "workspace", params(("id" = String, Path)), request_body = Share,
    responses((status = 200, body = SharedStudy), (status = 403, body = FailureBody), (status = 404, body = FailureBody)))]
pub async fn share_study(
    State(app): Shared,
    Extension(user): Asker,
    Path(id): Path<String>,
    Sent(share): Sent<Share>,
) -> Answered<Response> {
    let study = find_study(&app, &user, &id).await?;
    let values = match (app.vaults.values(&user.0), share.include_own_values) {
        (Ok(values), _) => values,
        (Err(closed), true) => return Err(closed),
        (Err(_), false) => Vec::new(),
    };
    let snap = app.session()?.world.package.sha256.chars().take(12).collect();
    let shared = if share.include_own_values {
        let marking = Some(download::MARKING);
        SharedStudy { study, snap, own_values: Some(values), withheld: Vec::new(), marking }
    } else {
        SharedStudy { study, snap, own_values: None, withheld: vault::withheld(&values), marking: None }
    };
    let mark = if share.include_own_values { "-confidential" } else { "" };
    Ok(download::attachment(&format!("lode-study{mark}.json"), "application/json", bytes(&shared)?))
}

// ------------------------------------------------------------------------------------------------------------ uploads

fn no_upload() -> Fault {
    Fault::not_found("unknown_upload", "there is no such upload")
}

/// The user's lists, newest first.
#[utoipa::path(get, path = "/api/uploads", tag = "workspace", responses((status = 200, body = Uploads)))]
pub async fn get_uploads(State(app): Shared, Extension(user): Asker) -> Answered<Json<Uploads>> {
    let records = keeping(&app, move |workspace| workspace.list(&user.0, Kept::Upload)).await?;
    let uploads = records.iter().filter_map(|record| serde_json::from_slice(&record.body).ok()).collect();
    Ok(Json(Uploads { uploads }))
}

/// Takes a firm's list: the file is the body, its name a parameter. It is read to its end; all mistakes are told at once,
/// and nothing is kept if there is one.
#[utoipa::path(post, path = "/api/uploads", tag = "workspace", params(("name" = String, Query)),
    responses((status = 201, body = Upload), (status = 413, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn post_upload(State(app): Shared, Extension(user): Asker, request: Request) -> Answered<Response> {
    let mut parameters = Parameters::parse(request.uri().query().unwrap_or(""));
    let name = parameters.need("name", "list.csv");
    parameters.finish()?;
    let name: String =
        name.unwrap_or_default().chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    let file = body(request, &app).await?;
    let asked = Arc::clone(&app);
    let upload = apart(move || {
        let id = crate::random_id("u_").ok_or_else(|| Fault::internal("this machine gives no random numbers"))?;
        let upload = crate::upload::read(&asked, &id, &name, &file)?;
        let saved = |body: Vec<u8>| Saved { id: id.clone(), saved: upload.saved.clone(), body };
        let records = [(Kept::Upload, saved(bytes(&upload)?)), (Kept::UploadFile, saved(file.to_vec()))];
        asked.workspace.put(&user.0, &records).map_err(broken)?;
        Ok(upload)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(upload)).into_response())
}

/// What is known of one list.
#[utoipa::path(get, path = "/api/uploads/{id}", tag = "workspace", params(("id" = String, Path)),
    responses((status = 200, body = Upload), (status = 404, body = FailureBody)))]
pub async fn get_upload(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<Response> {
    if let Some(ending) = id.strip_prefix("template.") {
        return crate::upload::template(&app, ending);
    }
    let record = keeping(&app, move |workspace| workspace.get(&user.0, Kept::Upload, &id)).await?;
    Ok(json_response(record.ok_or_else(no_upload)?.body))
}

/// Deletes a list.
#[utoipa::path(delete, path = "/api/uploads/{id}", tag = "workspace", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = FailureBody)))]
pub async fn delete_upload(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<StatusCode> {
    let removed = keeping(&app, move |workspace| {
        workspace.delete(&user.0, Kept::UploadFile, &id)?;
        workspace.delete(&user.0, Kept::Upload, &id)
    })
    .await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(no_upload()) }
}

// ------------------------------------------------------------------------------------------------- confidential values

/// The encrypted part: whether there is one, whether it is open, and its values while it is.
#[utoipa::path(get, path = "/api/confidential", tag = "confidential", responses((status = 200, body = Confidential)))]
pub async fn get_confidential(State(app): Shared, Extension(user): Asker) -> Answered<Json<Confidential>> {
    let owner = user.0.clone();
    let exists = keeping(&app, move |workspace| workspace.list(&owner, Kept::Sealed)).await?;
    let open = app.vaults.is_open(&user.0);
    let values = if open { app.vaults.values(&user.0)? } else { Vec::new() };
    Ok(Json(Confidential { exists: !exists.is_empty(), open, values }))
}

/// Opens the encrypted part with its passphrase; makes it if there is none. With `new_passphrase`, changes it.
#[utoipa::path(post, path = "/api/confidential/unlock", tag = "confidential", request_body = Passphrase,
    responses((status = 204), (status = 403, body = FailureBody), (status = 422, body = FailureBody), (status = 429, body = FailureBody)))]
pub async fn unlock(State(app): Shared, Extension(user): Asker, Sent(sent): Sent<Passphrase>) -> Answered<StatusCode> {
    let who = format!("vault of {}", user.0);
    if !app.limits.may_try(&who) {
        return Err(guard::too_many("passphrases"));
    }
    apart(move || {
        let sent = zeroize::Zeroizing::new([sent.passphrase, sent.new_passphrase.unwrap_or_default()]);
        app.vaults.unlock(&*app.workspace, &user.0, &sent[0], &app.now())?;
        if !sent[1].is_empty() {
            app.vaults.change(&*app.workspace, &user.0, &sent[1], &app.now())?;
        }
        app.limits.forgive(&who);
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Closes the encrypted part.
#[utoipa::path(post, path = "/api/confidential/lock", tag = "confidential", responses((status = 204)))]
pub async fn lock(State(app): Shared, Extension(user): Asker) -> StatusCode {
    app.vaults.lock(&user.0);
    StatusCode::NO_CONTENT
}

fn check_value(app: &App, value: &OwnValue) -> Answered<()> {
    let mut report = lode_catalogue::Report::new();
    let mut wrong = |column: &str, message: &str| {
        report.push(lode_catalogue::Mistake::in_file("own value", message).column(column));
    };
    if !["stock", "contract", "cost", "other"].contains(&value.kind.as_str()) {
        wrong("kind", "must be stock, contract, cost or other");
    }
    let session = app.session()?;
    let forms = &session.world.market.forms;
    if value.replaces.is_none() && !forms.iter().any(|form| form.id.as_str() == value.form) {
        wrong("form", "is not a form that this package knows");
    }
    if value.unit.trim().is_empty() {
        wrong("unit", "no number without a unit");
    }
    let texts = [&value.grade, &value.holder, &value.unit, &value.reason, &value.form];
    if texts.iter().any(|text| text.chars().count() > 500) {
        wrong("reason", "a text has more than 500 characters");
    }
    let numbers = [Some(value.value), value.low, value.high];
    if numbers.iter().flatten().any(|number| !number.is_finite() || *number < 0.0) {
        wrong("value", "must be a number of 0 or more");
    }
    if value.low.is_some_and(|low| low > value.value) || value.high.is_some_and(|high| high < value.value) {
        wrong("low", "the band must hold the value");
    }
    if value.low.is_some() != value.high.is_some() {
        wrong("high", "low and high are given together or not at all");
    }
    report.into_result(())?;
    if value.replaces.is_some() {
        vault::overlaid(app, std::slice::from_ref(value), &session)?;
    }
    Ok(())
}

async fn write_values(
    app: Arc<App>,
    user: User,
    value: OwnValue,
    change: impl FnOnce(&mut Vec<OwnValue>, OwnValue) -> Answered<OwnValue> + Send + 'static,
) -> Answered<OwnValue> {
    apart(move || {
        let mut values = app.vaults.values(&user.0)?;
        check_value(&app, &value)?;
        let value = change(&mut values, OwnValue { quality: "user".into(), ..value })?;
        app.vaults.write(&*app.workspace, &user.0, values, &app.now())?;
        Ok(value)
    })
    .await
}

fn no_value() -> Fault {
    Fault::not_found("unknown_value", "there is no such value")
}

/// Adds a value of the user's own; it is written encrypted and shows as `user`.
#[utoipa::path(post, path = "/api/confidential", tag = "confidential", request_body = OwnValue,
    responses((status = 201, body = OwnValue), (status = 403, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn post_value(State(app): Shared, Extension(user): Asker, Sent(value): Sent<OwnValue>) -> Answered<Response> {
    let id = crate::random_id("v_").ok_or_else(|| Fault::internal("this machine gives no random numbers"))?;
    let added = write_values(app, user, value, move |values, value| {
        let value = OwnValue { id, ..value };
        values.push(value.clone());
        Ok(value)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(added)).into_response())
}

/// Puts a value in place of an older one.
#[utoipa::path(put, path = "/api/confidential/{id}", tag = "confidential", params(("id" = String, Path)), request_body = OwnValue,
    responses((status = 200, body = OwnValue), (status = 403, body = FailureBody), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn put_value(
    State(app): Shared,
    Extension(user): Asker,
    Path(id): Path<String>,
    Sent(value): Sent<OwnValue>,
) -> Answered<Json<OwnValue>> {
    let changed = write_values(app, user, value, move |values, value| {
        let place = values.iter_mut().find(|known| known.id == id).ok_or_else(no_value)?;
        *place = OwnValue { id, ..value };
        Ok(place.clone())
    });
    changed.await.map(Json)
}

/// Deletes a value.
#[utoipa::path(delete, path = "/api/confidential/{id}", tag = "confidential", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = FailureBody), (status = 404, body = FailureBody)))]
pub async fn delete_value(State(app): Shared, Extension(user): Asker, Path(id): Path<String>) -> Answered<StatusCode> {
    apart(move || {
        let mut values = app.vaults.values(&user.0)?;
        let before = values.len();
        values.retain(|value| value.id != id);
        if values.len() == before {
            return Err(no_value());
        }
        app.vaults.write(&*app.workspace, &user.0, values, &app.now())?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// The values as a marked file; without `include_own_values` a redacted one that shows what was withheld.
#[utoipa::path(post, path = "/api/confidential/export", tag = "confidential", request_body = Share,
    responses((status = 200, description = "A JSON file"), (status = 403, body = FailureBody)))]
pub async fn export_values(State(app): Shared, Extension(user): Asker, Sent(share): Sent<Share>) -> Answered<Response> {
    let values = app.vaults.values(&user.0)?;
    if share.include_own_values {
        let body = bytes(&json!({ "marking": download::MARKING, "values": values }))?;
        return Ok(download::attachment("lode-own-values-confidential.json", "application/json", body));
    }
    let body = bytes(&json!({ "values": [], "withheld": vault::withheld(&values) }))?;
    Ok(download::attachment("lode-own-values-redacted.json", "application/json", body))
}

// -------------------------------------------------------------------------------------------------------------- others

async fn openapi() -> Response {
    json_response(interface::document())
}

async fn readable() -> Response {
    pages::html(StatusCode::OK, interface::page())
}

async fn login_page() -> Response {
    let text = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
        <title>Lode</title>\n<h1>Lode</h1>\n<form method=\"post\" action=\"/login\">\n<label>Token <input type=\"password\" name=\"token\" \
        autocomplete=\"current-password\" required autofocus></label> <button>Open</button>\n</form>\n</html>\n";
    pages::html(StatusCode::OK, text.to_owned())
}

async fn login(State(app): Shared, request: Request) -> Answered<Response> {
    let peer = request.extensions().get::<guard::Peer>().map_or(String::new(), |peer| peer.0.to_string());
    if !app.limits.may_try(&peer) {
        return Err(guard::too_many("tokens"));
    }
    let form = body(request, &app).await?;
    let mut parameters = Parameters::parse(std::str::from_utf8(&form).unwrap_or(""));
    let token = parameters.take("token").unwrap_or_default();
    let user = match &app.doors {
        guard::Doors::Tokens(tokens) => tokens.get(&guard::token_hash(token.trim())).cloned(),
        guard::Doors::Loopback { .. } => None,
    };
    let Some(user) = user else {
        return Err(Fault::new(StatusCode::UNAUTHORIZED, "wrong_token", "this token is not known"));
    };
    app.limits.forgive(&peer);
    let cookie = app.sessions.open(&user).ok_or_else(|| Fault::internal("no room for one more browser"))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    let text = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

async fn logout(State(app): Shared, headers: HeaderMap) -> Response {
    if let Some(cookie) = cookie(&headers) {
        app.sessions.close(&cookie);
    }
    let clear = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/login".to_owned()), (header::SET_COOKIE, clear)]).into_response()
}
