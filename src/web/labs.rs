//! The labs: their texts, the step that the World is at, and moving from step to step.
//!
//! The lab's file says what a step changes. This file only compares and replaces Worlds. A request names a lab and a
//! step. Both first become a [`BuiltInStep`](crate::import::builtin::BuiltInStep), which cannot name a file on the
//! disk.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    failure::bad,
    shared::{Shared, aside},
};
use crate::{
    import::{
        lab::Lab,
        open::builtin::{self, BuiltInLab},
    },
    model::world::World,
    store::{StoreError, row},
};

/// The labs with everything a page shows of them, and the step whose World equals the current one, if there is one.
pub(super) async fn labs(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, with_steps).await
}

fn with_steps(shared: &Shared) -> Response {
    static LABS: OnceLock<Vec<Value>> = OnceLock::new();
    let labs = LABS.get_or_init(|| {
        let labs = builtin::labs().into_iter().filter_map(builtin::lab);
        labs.map(|lab| lab_json(&lab)).collect()
    });
    Json(json!({ "labs": labs, "at": at(shared) })).into_response()
}

fn lab_json(lab: &Lab) -> Value {
    let steps: Vec<Value> = lab
        .steps
        .iter()
        .map(|step| {
            let digs: Vec<Value> = step
                .digs
                .iter()
                .map(|dig| {
                    json!({
                        "row": dig.row,
                        "from": dig.from,
                        "name": dig.name,
                        "type": dig.rtype.to_string(),
                        "prints": dig.prints,
                    })
                })
                .collect();
            json!({
                "name": step.name,
                "title": step.title,
                "text": step.text,
                "commands": step.commands,
                "digs": digs,
                "ways": step.ways,
            })
        })
        .collect();
    json!({ "name": lab.name, "title": lab.title, "steps": steps })
}

fn at(shared: &Shared) -> Value {
    shared.stages.find(&shared.config.defaults, &shared.live.snapshot().world).map_or(
        Value::Null,
        |(_, stage)| json!({ "lab": stage.step.lab().name(), "step": stage.step.step() }),
    )
}

#[derive(Debug, Deserialize)]
pub(super) struct Force {
    #[serde(default)]
    force: Option<String>,
}

/// The resources in a World, without the tables that only describe them.
fn resources(world: &World) -> HashSet<(&'static str, String)> {
    let about = [
        "stacks",
        "cloud_map_namespaces",
        "members",
        "guests",
        "terminated",
        "client_tokens",
        "derived_tags",
        "other_names",
    ];
    row::keys(world).into_iter().filter(|(table, _)| !about.contains(table)).collect()
}

/// Replaces the World by LAB@STEP. Without `force`, answers 409 if the World has a resource that no step of the lab
/// made.
pub(super) async fn lab_step(
    State(shared): State<Arc<Shared>>,
    Path((lab, step)): Path<(String, String)>,
    Query(Force { force }): Query<Force>,
) -> Response {
    aside(shared, move |shared| put_step(shared, &lab, &step, force.is_some())).await
}

fn put_step(shared: &Shared, lab: &str, step: &str, force: bool) -> Response {
    let Some(lab) = BuiltInLab::find(lab) else {
        let labs = builtin::labs().join(", ");
        return bad(StatusCode::NOT_FOUND, format!("there is no lab `{lab}`; the labs are {labs}"));
    };
    let Some(step) = lab.step(step) else {
        let steps: Vec<_> = lab.steps().map(|step| step.step().to_owned()).collect();
        let (lab, steps) = (lab.name(), steps.join(", "));
        let text = format!("{lab} has no step `{step}`; its steps are {steps}");
        return bad(StatusCode::NOT_FOUND, text);
    };
    let defaults = &shared.config.defaults;
    let loaded = match step.load(defaults) {
        Ok(loaded) => loaded,
        Err(failure) => return bad(StatusCode::INTERNAL_SERVER_ERROR, failure),
    };
    let snapshot = shared.live.snapshot();
    // The resources of the whole lab, so that going back a step needs no `force`.
    let made = lab.load(defaults).map(|whole| resources(&whole.world)).unwrap_or_default();
    let foreign = resources(&snapshot.world).into_iter().filter(|it| !made.contains(it)).min();
    if let Some((_, key)) = foreign.filter(|_| !force) {
        let text =
            "is not part of the lab and would be lost; repeat with ?force=1 to replace the World";
        return bad(StatusCode::CONFLICT, format!("{key} {text}"));
    }
    put(&step.name(), shared.live.replace(loaded.world))
}

fn put(name: &str, outcome: Result<(), StoreError>) -> Response {
    match outcome {
        Ok(()) => Json(json!({ "world": name })).into_response(),
        Err(error) => bad(StatusCode::SERVICE_UNAVAILABLE, error),
    }
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, |shared| put("start", shared.live.reset())).await
}
