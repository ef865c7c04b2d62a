//! Addresses of the two-page brief.

use super::{Asker, Shared, answered, apart, kept_run, no_run, question};
use crate::brief::{self, Kept};
use crate::download;
use crate::fault::{Answered, Fault};
use crate::parameters::Parameters;
use crate::state::{App, OWN_VALUES};
use crate::wire::FailureBody;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;
use std::sync::Arc;

const PDF: (&str, &str) = ("lode-brief.pdf", "application/pdf");
const DOCX: (&str, &str) =
    ("lode-brief.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");

/// The addresses.
pub fn addresses() -> Router<Arc<App>> {
    Router::new()
        .route("/brief.pdf", get(get_brief))
        .route("/brief.docx", get(get_brief))
        .route("/runs/{id}/{file}", get(get_kept_brief))
}

/// The two-page brief: `/api/brief.pdf`, or `/api/brief.docx` to edit. With a scenario it takes a while: a run of kind `brief`
/// tells how far it is, can be cancelled and is kept.
#[utoipa::path(get, path = "/api/brief.{ending}", tag = "answers",
    params(("ending" = String, Path, description = "pdf or docx"), ("country" = String, Query), ("commodity" = String, Query), ("scenario" = Option<String>, Query, description = "a built-in scenario; without one nothing is simulated"), ("case" = Option<String>, Query), ("lang" = Option<String>, Query, description = "en or ja"), ("futures" = Option<u32>, Query, description = "20 to 2000"), ("seed" = Option<u64>, Query)),
    responses((status = 200, description = "The file"), (status = 422, body = FailureBody)))]
pub async fn get_brief(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    uri: axum::http::Uri,
    parameters: Parameters,
) -> Answered<Response> {
    let is_pdf = uri.path().ends_with(".pdf");
    let (name, media) = if is_pdf { PDF } else { DOCX };
    let asked = question(name, &uri);
    // Own values enter no brief: a brief is passed on.
    if headers.contains_key(OWN_VALUES) {
        return Err(Fault::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "own_values",
            "a brief holds no values of the user's own",
        ));
    }
    let mut response =
        answered(app, &user, &headers, asked, move |_, session, _| brief::make(session, parameters, is_pdf)).await?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The file of a brief that was run, in either language.
#[utoipa::path(get, path = "/api/runs/{id}/brief.{ending}", tag = "runs",
    params(("id" = String, Path), ("ending" = String, Path, description = "pdf or docx"), ("lang" = Option<String>, Query, description = "en or ja")),
    responses((status = 200, description = "The file"), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn get_kept_brief(
    State(app): Shared,
    Extension(user): Asker,
    Path((id, file)): Path<(String, String)>,
    mut parameters: Parameters,
) -> Answered<Response> {
    let is_pdf = match file.as_str() {
        "brief.pdf" => true,
        "brief.docx" => false,
        _ => return Err(super::no_address().await),
    };
    let language = brief::language(&mut parameters);
    parameters.finish()?;
    let state = match app.jobs.find(&user.0, &id) {
        Some(job) => job.state(true),
        None => kept_run(&app, &user, &id).await?,
    };
    let kept = state.result.as_ref().filter(|_| state.kind == "brief" && state.state == "done");
    let kept = kept.and_then(|result| Kept::deserialize(&result["data"]).ok()).ok_or_else(no_run)?;
    apart(move || {
        let (name, media) = if is_pdf { PDF } else { DOCX };
        let session = app.session()?;
        Ok(download::attachment(name, media, brief::set_kept(&session, &kept, language, is_pdf)?))
    })
    .await
}
