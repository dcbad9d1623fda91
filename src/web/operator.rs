//! What an operator asks of a running server: how it stands, what is kept, who asks most, and what is logged.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    failure::bad,
    shared::{Shared, degraded},
};
use crate::{
    model::name::Name,
    seen::{CODES, Counts, KeptAnswer, Ranked, SILENCE, ServerCounts},
    store::Reloads,
};

/// The most kept answers that are told at once.
const MOST_KEPT: usize = 10_000;
/// The most names and sources that are told.
const MOST_TOPS: usize = 1_000;
/// The longest time for which is counted.
const LONGEST: u64 = 60;

/// `GET /api/status`: how the server stands.
pub(super) async fn status(State(shared): State<Arc<Shared>>) -> Response {
    let trouble = degraded(&shared).await;
    let counts = shared.watch.counts();
    let process = (shared.config.process)();
    let snapshot = shared.live.snapshot();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let uptime = now.unwrap_or_default().as_secs_f64() - process.started;
    let listeners: Vec<String> =
        shared.config.dns.iter().map(|(address, _)| SocketAddr::to_string(address)).collect();
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": uptime.max(0.0).floor(),
        "dns": listeners,
        "world": {
            "generation": snapshot.world.generation,
            "changes": shared.live.changes(),
            "vpcs": snapshot.world.vpcs.len(),
            "endpoints": snapshot.world.endpoints.len(),
            "trouble": trouble,
        },
        "queries": queries(&counts),
        "cache": counts.cache.positive + counts.cache.negative + counts.cache.failures,
        "servers": counts.servers.iter().map(server).collect::<Vec<_>>(),
        "tcp_connections": counts.connections.open,
        "reloads": reloads(&shared.live.reloads()),
        "query_log": counts.query_log.map(|log| json!({
            "lines": log.written,
            "dropped": log.dropped,
            "failed": log.failed,
        })),
        "log_level": shared.config.log_level.as_ref().map(crate::seen::LogLevel::now),
        "process": {
            "cpu_seconds": process.cpu_seconds,
            "resident_bytes": process.resident_bytes,
            "open_files": process.open_files,
        },
    }))
    .into_response()
}

fn reloads(it: &Reloads) -> Value {
    json!({ "ok": it.ok, "failed": it.failed, "last": it.last, "error": it.error })
}

fn queries(counts: &Counts) -> Value {
    let mut all = [0_u64; CODES.len()];
    for (_, counted) in &counts.queries {
        all.iter_mut().zip(counted.codes).for_each(|(sum, count)| *sum += count);
    }
    let codes = CODES.iter().zip(all).enumerate();
    let replies: serde_json::Map<String, Value> = codes
        .filter(|(code, (_, count))| *code != SILENCE && *count > 0)
        .map(|(_, (code, count))| ((*code).to_owned(), count.into()))
        .collect();
    let silence = all.get(SILENCE).copied().unwrap_or_default();
    json!({ "all": all.iter().sum::<u64>(), "replies": replies, "silence": silence })
}

fn server(it: &ServerCounts) -> Value {
    json!({
        "address": it.address.to_string(),
        "health": it.health.label(),
        "round_trip_ms": it.round_trip.map(|seconds| (seconds * 1e6).round() / 1e3),
        "in_flight": it.in_flight,
        "waiting": it.waiting,
        "sent": it.sent,
        "replies": it.replies.iter().sum::<u64>(),
        "timeouts": it.timeouts,
        "failures": it.failures,
    })
}

/// Which of the kept answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this name and all names below it.
    name: Option<String>,
    /// At most so many.
    limit: Option<usize>,
}

impl Which {
    fn name(&self) -> Result<Option<Name>, Box<Response>> {
        let parsed = self.name.as_deref().map(Name::parse).transpose();
        parsed.map_err(|error| Box::new(bad(StatusCode::BAD_REQUEST, format!("name: {error}"))))
    }
}

/// `GET /api/cache`: the kept answers of other servers.
pub(super) async fn cache(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Response {
    let name = match which.name() {
        Ok(name) => name,
        Err(refusal) => return *refusal,
    };
    let most = which.limit.unwrap_or(MOST_KEPT).min(MOST_KEPT);
    let kept = shared.watch.kept(name.as_ref(), most);
    Json(json!({ "answers": kept.iter().map(answer).collect::<Vec<_>>() })).into_response()
}

fn answer(it: &KeptAnswer) -> Value {
    json!({
        "name": it.name.to_string(),
        "type": it.rtype.to_string(),
        "servers": it.servers.iter().map(SocketAddr::to_string).collect::<Vec<_>>(),
        "status": it.code,
        "seconds": it.seconds,
        "stale": it.is_stale,
        "data": it.data,
    })
}

/// `DELETE /api/cache`: forgets them.
pub(super) async fn flush(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Response {
    match which.name() {
        Ok(name) => {
            Json(json!({ "forgotten": shared.watch.forget(name.as_ref()) })).into_response()
        }
        Err(refusal) => *refusal,
    }
}

/// For how long is counted, and how many are told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    seconds: Option<u64>,
    limit: Option<usize>,
}

/// `GET /api/top`: counts for some seconds, and tells the names and sources that asked most.
pub(super) async fn top(
    State(shared): State<Arc<Shared>>,
    Query(window): Query<Window>,
) -> Response {
    let seconds = window.seconds.unwrap_or(5);
    if !(1..=LONGEST).contains(&seconds) {
        let text = format!("seconds: expected a number from 1 to {LONGEST}");
        return bad(StatusCode::BAD_REQUEST, text);
    }
    let Some(count) = shared.watch.count_tops() else {
        let text = "others count names and sources already; try again in a moment";
        return bad(StatusCode::TOO_MANY_REQUESTS, text);
    };
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let tops = count.tops(window.limit.unwrap_or(20).min(MOST_TOPS));
    let names: Vec<Value> = tops
        .names
        .iter()
        .map(|Ranked { what: (name, rtype), count }| {
            json!({ "name": name.to_string(), "type": rtype.to_string(), "queries": count })
        })
        .collect();
    let sources: Vec<Value> = tops
        .sources
        .iter()
        .map(|Ranked { what, count }| json!({ "source": what.to_string(), "queries": count }))
        .collect();
    let body =
        json!({ "seconds": seconds, "queries": tops.seen, "names": names, "sources": sources });
    Json(body).into_response()
}

/// `GET /api/log-level`: what is logged, in the form of `RUST_LOG`.
pub(super) async fn log_level(State(shared): State<Arc<Shared>>) -> Response {
    match &shared.config.log_level {
        Some(level) => Json(json!({ "level": level.now() })).into_response(),
        None => fixed(),
    }
}

/// `PUT /api/log-level`: changes it.
pub(super) async fn set_log_level(State(shared): State<Arc<Shared>>, text: String) -> Response {
    let Some(level) = &shared.config.log_level else { return fixed() };
    if text.trim().is_empty() {
        return bad(StatusCode::BAD_REQUEST, "the level: expected one, such as debug");
    }
    match level.change(text.trim()) {
        Ok(level) => Json(json!({ "level": level })).into_response(),
        Err(error) => bad(StatusCode::BAD_REQUEST, format!("the level: {error}")),
    }
}

fn fixed() -> Response {
    bad(StatusCode::NOT_FOUND, "what is logged cannot be changed here")
}
