//! `/api/faults`: the World's faults in the form of a world file, as YAML or JSON.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::shared::{Shared, aside};
use crate::{
    export,
    import::{open::Failure, text::diagnostic::Source, world::fault},
    model::fault::SetFaults,
    store::CommitError,
};

/// `GET`: lists the faults.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, |shared| Json(export::fault::list(&shared.live.snapshot().world)).into_response())
        .await
}

/// `PUT`: replaces all faults.
pub(super) async fn put(State(shared): State<Arc<Shared>>, text: String) -> Response {
    if matches!(text.trim(), "" | "null" | "~") {
        return bad(StatusCode::BAD_REQUEST, &"send a list of faults; DELETE removes all of them");
    }
    aside(shared, move |shared| {
        let source = Arc::new(Source { name: "faults".to_owned(), text });
        match fault::parse_faults(&source, &shared.live.snapshot().world) {
            Ok(change) => set(shared, change),
            Err(problems) => bad(StatusCode::BAD_REQUEST, &Failure::of(&source, problems)),
        }
    })
    .await
}

/// `DELETE`: removes all faults.
pub(super) async fn clear(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, |shared| set(shared, SetFaults { faults: Vec::new() })).await
}

fn set(shared: &Shared, change: SetFaults) -> Response {
    let count = change.faults.len();
    match shared.live.commit(&[change.into()]) {
        Ok(_) => Json(json!({ "faults": count })).into_response(),
        Err(CommitError::Refused(refusal)) => bad(StatusCode::BAD_REQUEST, &refusal),
        Err(error @ CommitError::Unavailable(_)) => bad(StatusCode::SERVICE_UNAVAILABLE, &error),
    }
}

fn bad(status: StatusCode, error: &dyn std::fmt::Display) -> Response {
    (status, Json(json!({ "error": error.to_string() }))).into_response()
}
