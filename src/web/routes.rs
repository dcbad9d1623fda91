//! The routes of a World: its page, our JSON, AWS's APIs; and those of a page that only shows it.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};

use super::{
    aws, events, facts, faults, guard, habits, json, labs,
    language::{self, Spoken},
    metrics, openapi, operator, page,
    shared::{Shared, degraded},
    suites,
};

/// The routes of a World, with `more` behind the same checks.
pub(super) fn world(shared: &Arc<Shared>, more: Router<Arc<Shared>>) -> Router {
    let guarded = Router::new()
        .route("/", any(front_or_aws))
        .merge(page::routes())
        .merge(habits::routes())
        .merge(more)
        .merge(reading())
        .merge(operating())
        .route("/api/labs/{lab}/steps/{step}", post(labs::lab_step))
        .route("/api/reset", post(labs::reset))
        .route("/api/test", post(suites::test))
        .route("/api/openapi.json", get(openapi::document))
        .route("/api/faults", get(faults::list).put(faults::put).delete(faults::clear))
        .fallback(aws::elsewhere)
        .layer(middleware::from_fn_with_state(Arc::clone(shared), guard::check))
        .layer(middleware::from_fn(page::secure));
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .merge(guarded)
        .layer(middleware::from_fn(guard::sane))
        .with_state(Arc::clone(shared))
}

/// What an operator reads and changes.
fn operating() -> Router<Arc<Shared>> {
    Router::new()
        .route("/metrics", get(metrics::metrics))
        .route("/api/status", get(operator::status))
        .route("/api/cache", get(operator::cache).delete(operator::flush))
        .route("/api/top", get(operator::top))
        .route("/api/log-level", get(operator::log_level).put(operator::set_log_level))
}

/// What a page reads.
fn reading() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/world", get(json::world))
        .route("/api/survey", get(json::survey))
        .route("/api/events", get(events::events))
        .route("/api/explain", get(json::explain))
        .route("/api/table", get(json::table))
        .route("/api/doctor", get(json::doctor))
        .route("/api/labs", get(labs::labs))
        .route("/api/refusals/{code}", get(language::refusal))
        .route("/facts/{id}", get(facts::fact))
}

/// The routes of a page that shows a World and cannot change it. Whether the reader may see it is checked before.
pub(super) fn shown(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::index_of))
        .merge(page::routes())
        .merge(reading())
        .fallback(only_shown)
        .method_not_allowed_fallback(only_shown)
        .layer(middleware::from_fn(page::secure))
        .layer(middleware::from_fn(guard::sane))
        .with_state(Arc::clone(shared))
}

async fn only_shown(Spoken(language): Spoken) -> Response {
    (StatusCode::FORBIDDEN, format!("{}\n", language.class_only_shown())).into_response()
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if !shared.ready.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response();
    }
    // A degraded server still answers questions, so the status is 200.
    match degraded(&shared).await {
        Some(why) => format!("degraded: {why}\n").into_response(),
        None => "ready\n".into_response(),
    }
}

/// Answers a request of `/`: AWS's API if it is signed or has an action, else the page.
async fn front_or_aws(state: State<Arc<Shared>>, request: Request) -> Response {
    if aws::is_for_aws(&request) {
        aws::answer(state, request).await
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        page::index(request.headers())
    } else {
        let allow = [(header::ALLOW, "GET,HEAD,POST")];
        (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
    }
}
