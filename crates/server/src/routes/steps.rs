//! Addresses of what stops (steps, a firm's list held against a scenario) and of the model held against the past.

use super::{Asker, Sent, Shared, answered, apart, broken, bytes, json_response, no_upload, question};
use crate::answers::{steps, validation};
use crate::fault::{Answered, Fault};
use crate::parameters::Parameters;
use crate::state::App;
use crate::upload;
use crate::wire::steps::{ListRequest, ListResult, Steps};
use crate::wire::validation::Validation;
use crate::wire::{Envelope, FailureBody, Sentence};
use crate::workspace::Kind as Kept;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;
use std::sync::Arc;

/// The addresses.
pub fn addresses() -> Router<Arc<App>> {
    Router::new()
        .route("/steps", get(get_steps))
        .route("/uploads/{id}/exposure", post(post_exposure))
        .route("/validation", get(get_validation))
}

/// Which elements halt which step of a product, or everything that an element touches.
#[utoipa::path(get, path = "/api/steps", tag = "answers",
    params(("product" = Option<String>, Query, description = "product or family; semiconductor if neither is given"), ("element" = Option<String>, Query, description = "or an element, form or material: id, name or symbol")),
    responses((status = 200, description = "`Steps` of a product, `Touches` of an element", body = Envelope<Steps>), (status = 422, body = FailureBody)))]
pub async fn get_steps(
    State(app): Shared,
    Extension(user): Asker,
    uri: axum::http::Uri,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Answered<Response> {
    let asked = question("steps", &uri);
    answered(app, &user, &headers, asked, move |app, session, own| {
        let (product, element) = (parameters.take("product"), parameters.take("element"));
        if product.is_some() && element.is_some() {
            parameters.wrong(
                "element",
                "a product and an element are two questions".into(),
                Some("ask for one".into()),
            );
        }
        parameters.finish()?;
        let processes = app.processes()?;
        if let Some(element) = element {
            return bytes(&app.envelope(session, own, None, steps::touches(&processes, &element)?));
        }
        let (answer, sentence) = steps::steps(&processes, product.as_deref().unwrap_or(steps::FIRST))?;
        let assumed = answer.assumed.value.unwrap_or(0.0);
        let mut envelope = app.envelope(session, own, Some(sentence), answer);
        envelope.warnings = vec![Sentence::new("warning.assumed_share").with("share", json!({ "share": assumed }))];
        bytes(&envelope)
    })
    .await
}

/// When the lines of a list stop under a scenario, the cheapest extra stock, and whom to ask.
#[utoipa::path(post, path = "/api/uploads/{id}/exposure", tag = "workspace", params(("id" = String, Path)), request_body = ListRequest,
    responses((status = 200, body = Envelope<ListResult>), (status = 404, body = FailureBody), (status = 422, body = FailureBody)))]
pub async fn post_exposure(
    State(app): Shared,
    Extension(user): Asker,
    Path(id): Path<String>,
    Sent(request): Sent<ListRequest>,
) -> Answered<Response> {
    apart(move || {
        let file = app.workspace.get(&user.0, Kept::UploadFile, &id).map_err(broken)?.ok_or_else(no_upload)?;
        let kept = app.workspace.get(&user.0, Kept::Upload, &id).map_err(broken)?.ok_or_else(no_upload)?;
        let kept: crate::wire::Upload =
            serde_json::from_slice(&kept.body).map_err(|_| Fault::internal("a list is not understood"))?;
        let session = app.session()?;
        let result = upload::exposure(&app, &kept, &file.body, &request)?;
        let mut envelope = app.envelope(&session, true, None, result);
        envelope.seed = Some(request.scenario.map_or(1, |scenario| scenario.seed));
        Ok(json_response(bytes(&envelope)?))
    })
    .await
}

/// The model held against the past, with every miss, and forecasts that were frozen before anybody looked.
#[utoipa::path(get, path = "/api/validation", tag = "answers", responses((status = 200, body = Envelope<Validation>)))]
pub async fn get_validation(
    State(app): Shared,
    Extension(user): Asker,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answered<Response> {
    parameters.finish()?;
    answered(app, &user, &headers, "validation".into(), |app, session, own| {
        bytes(&app.envelope(session, own, None, validation::validation(session)?))
    })
    .await
}
