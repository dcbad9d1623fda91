//! `/api/faults`: what goes wrong on purpose, in the form of a world file's `faults`, as YAML or JSON.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Shared;
use crate::{
    import::{diagnostic::Source, open::Failure, world_fault},
    model::{
        fault::{Fault, Place, SetFaults},
        firewall::DomainPattern,
    },
    store::CommitError,
};

/// `GET`: the faults there are.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Response {
    let faults: Vec<_> = shared.live.snapshot().world.faults.iter().map(shown).collect();
    Json(faults).into_response()
}

/// `PUT`: these faults in place of those there are.
pub(super) async fn put(State(shared): State<Arc<Shared>>, text: String) -> Response {
    let source = Arc::new(Source { name: "faults".to_owned(), text });
    match world_fault::parse_faults(&source, &shared.live.snapshot().world) {
        Ok(change) => set(&shared, change),
        Err(problems) => bad(StatusCode::BAD_REQUEST, &Failure::of(&source, problems)),
    }
}

/// `DELETE`: none.
pub(super) async fn clear(State(shared): State<Arc<Shared>>) -> Response {
    set(&shared, SetFaults { faults: Vec::new() })
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

fn shown(fault: &Fault) -> serde_json::Value {
    let name = match &fault.names {
        DomainPattern::Exactly(name) => name.to_string(),
        DomainPattern::Below(name) => format!("*.{name}"),
        DomainPattern::Every => "*".to_owned(),
    };
    let mut shown = json!({ "name": name });
    if let Some(place) = fault.from {
        shown["from"] = match place {
            Place::Vpc(id) => id.to_string(),
            Place::Subnet(id) => id.to_string(),
            Place::Instance(id) => id.to_string(),
        }
        .into();
    }
    if let Some(answer) = fault.answer {
        shown["answer"] = answer.text().into();
    }
    if fault.delay > 0 {
        shown["delay"] = fault.delay.into();
    }
    shown
}
