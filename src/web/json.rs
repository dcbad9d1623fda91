//! Our own JSON: explanations, the table, the labs.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use crate::{
    import,
    model::{name::Name, record::RecordType},
    resolve::{
        explain, places,
        question::{Chain, Question},
        table,
    },
};

/// Seconds since the epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

fn bad(status: StatusCode, message: impl std::fmt::Display) -> Response {
    (status, Json(json!({ "error": message.to_string() }))).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    name: String,
    #[serde(rename = "type", default = "type_a")]
    rtype: String,
    from: Option<String>,
}

fn type_a() -> String {
    "A".to_owned()
}

pub(super) async fn explain(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
) -> Response {
    let snapshot = shared.live.snapshot();
    let name = match Name::parse(&asked.name) {
        Ok(name) => name,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("name: {error}")),
    };
    let rtype: RecordType = match asked.rtype.parse() {
        Ok(rtype) => rtype,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("type: {error}")),
    };
    let asker = match asked.from.as_deref().map(|from| places::client(&snapshot, from)) {
        None => snapshot.default_asker(),
        Some(Ok(asker)) => asker,
        Some(Err(error)) => return bad(StatusCode::BAD_REQUEST, format!("from: {error}")),
    };
    let question = Question {
        name: name.as_ref(),
        rtype,
        asker,
        now: now(),
        seed: 0,
        chain: Chain::default(),
    };
    Json(explain::explain(&snapshot, &question)).into_response()
}

pub(super) async fn table(State(shared): State<Arc<Shared>>) -> Response {
    Json(table::tables(&shared.live.snapshot(), now())).into_response()
}

pub(super) async fn labs() -> Response {
    let labs: Vec<_> = import::builtin::labs()
        .iter()
        .filter_map(|name| import::builtin::lab(name))
        .map(|lab| {
            let steps: Vec<_> = lab
                .steps
                .iter()
                .map(|step| json!({ "name": step.name, "title": step.title }))
                .collect();
            json!({ "name": lab.name, "title": lab.title, "steps": steps })
        })
        .collect();
    Json(labs).into_response()
}

#[derive(Debug, Deserialize)]
pub(super) struct Force {
    #[serde(default)]
    force: Option<String>,
}

/// The World becomes LAB@STEP; 409 without `force` if it holds a VPC that the lab did not make.
pub(super) async fn lab_step(
    State(shared): State<Arc<Shared>>,
    Path((lab, step)): Path<(String, String)>,
    Query(force): Query<Force>,
) -> Response {
    let wanted = format!("{lab}@{step}");
    let loaded = match import::open::open(&wanted, &shared.config.defaults) {
        Ok(loaded) if import::builtin::lab(&lab).is_some() => loaded,
        Ok(_) => return bad(StatusCode::NOT_FOUND, format!("there is no lab {lab}")),
        Err(failure) => return bad(StatusCode::NOT_FOUND, failure),
    };
    let snapshot = shared.live.snapshot();
    let foreign = snapshot.world.vpcs.keys().any(|vpc| !loaded.world.vpcs.contains_key(vpc));
    if foreign && force.force.is_none() {
        return bad(
            StatusCode::CONFLICT,
            "the World holds VPCs that the lab did not make; repeat with ?force=1 to replace it",
        );
    }
    if let Err(error) = shared.live.replace(loaded.world) {
        return bad(StatusCode::SERVICE_UNAVAILABLE, error);
    }
    Json(json!({ "world": wanted })).into_response()
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    if let Err(error) = shared.live.reset() {
        return bad(StatusCode::SERVICE_UNAVAILABLE, error);
    }
    Json(json!({ "world": "start" })).into_response()
}
