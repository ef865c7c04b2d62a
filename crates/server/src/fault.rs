//! What the server says no to: a status, a word for machines, a sentence for people, all mistakes at once.

use crate::wire::{FailureBody, FailureText, WireMistake, mistakes};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lode_catalogue::{Mistake, Report};

/// An answer with a status of 400 or above.
#[derive(Clone, Debug)]
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
    hint: Option<String>,
    mistakes: Vec<WireMistake>,
    more: u64,
}

/// What a handler gives.
pub type Answered<T> = Result<T, Fault>;

impl Fault {
    /// A fault with a status.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), hint: None, mistakes: Vec::new(), more: 0 }
    }

    /// Says what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// There is nothing of that name.
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// Something broke that is not the user's doing. What it was stands in the log of the server, not in the answer.
    pub fn internal(what: &str) -> Self {
        eprintln!("lode serve: {what}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed; its log says why")
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Report> for Fault {
    fn from(report: Report) -> Self {
        let (listed, more) = mistakes(&report);
        let message = listed.first().map_or("the input has mistakes".to_owned(), |mistake| mistake.message.clone());
        let hint = listed.first().and_then(|mistake| mistake.hint.clone());
        Self { hint, mistakes: listed, more, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_input", message) }
    }
}

impl From<Mistake> for Fault {
    fn from(mistake: Mistake) -> Self {
        Report::from(mistake).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = FailureBody {
            error: FailureText { code: self.code.to_owned(), message: self.message, hint: self.hint },
            mistakes: self.mistakes,
            more: (self.more > 0).then_some(self.more),
        };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS || self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        response
    }
}
