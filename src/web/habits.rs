//! Routes of moto and LocalStack that tests often use, so that the same script works here.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};

use super::{labs, model_data::model_data, shared::Shared};
use crate::api::SERVICES;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/moto-api/data.json", get(model_data))
        .route("/moto-api/reset", post(moto_reset))
        .route("/_localstack/health", get(health))
        .route("/_localstack/info", get(info))
        .route("/_localstack/state/reset", post(labs::reset))
}

/// Answers like moto after a reset. If the reset fails, says why.
async fn moto_reset(state: State<Arc<Shared>>) -> Response {
    let done = labs::reset(state).await;
    if done.status().is_success() { Json(json!({ "status": "ok" })).into_response() } else { done }
}

async fn health() -> Json<Value> {
    let services: Map<String, Value> =
        SERVICES.iter().map(|service| (service.name.to_owned(), json!("running"))).collect();
    Json(json!({ "services": services, "edition": "vpcdns", "version": env!("CARGO_PKG_VERSION") }))
}

async fn info() -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "edition": "vpcdns",
        "is_license_activated": false,
        "system": std::env::consts::OS,
    }))
}
