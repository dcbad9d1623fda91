//! The labs: their texts, how far the World has come in them, and moving from step to step.
//!
//! The lab's file says what a step changes. This file only compares and replaces Worlds. A request names a lab
//! that was read at the start, and one of its steps, so it cannot name a file on the disk.

use std::{collections::HashSet, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    failure::bad,
    racks::racks,
    shared::{Role, Shared, aside},
};
use crate::{
    import::{
        course::Course,
        lab::{Asked, LabStep},
    },
    model::world::World,
    store::{CommitError, StoreError, row},
};

fn courses(shared: &Shared) -> &[Course] {
    shared.common.courses.all(&shared.config.defaults)
}

/// The labs with everything a page shows of them, the step whose World equals the current one, if there is one, and how
/// far the World has come in each lab.
pub(super) async fn labs(State(shared): State<Arc<Shared>>) -> Response {
    aside(shared, with_steps).await
}

fn with_steps(shared: &Shared) -> Response {
    let courses = courses(shared);
    let labs: Vec<Value> = courses.iter().map(lab_json).collect();
    let snapshot = shared.live.snapshot();
    let progress: Map<String, Value> = courses
        .iter()
        .map(|course| (course.lab.name.clone(), json!(course.progress(&snapshot.world))))
        .collect();
    let token = shared.config.token.is_some();
    let at = at(shared, &snapshot.world);
    let class = class(shared);
    let racks = racks(&snapshot.world);
    Json(json!({
        "labs": labs,
        "at": at,
        "progress": progress,
        "racks": racks,
        "token": token,
        "class": class,
    }))
    .into_response()
}

/// What a page needs to know of the class. Whoever reads it may use the World, so it has the World's secret.
fn class(shared: &Shared) -> Value {
    match &shared.config.role {
        None => Value::Null,
        Some(Role::Teacher(_)) => json!({ "teacher": true }),
        Some(Role::Student(name)) => json!({ "student": name, "secret": shared.config.token }),
    }
}

fn lab_json(course: &Course) -> Value {
    let lab = &course.lab;
    let steps: Vec<Value> = lab.steps.iter().map(step_json).collect();
    json!({ "name": lab.name, "title": lab.title, "chapter": lab.chapter, "steps": steps })
}

fn step_json(step: &LabStep) -> Value {
    let asked =
        |it: &Asked| json!({ "from": it.from, "name": it.name, "type": it.rtype.to_string() });
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
    let curls: Vec<Value> = step
        .curls
        .iter()
        .map(|curl| {
            json!({
                "from": curl.from,
                "command": curl.command(),
                "shell": curl.in_shell(),
                "status": curl.status,
                "prints": curl.prints,
            })
        })
        .collect();
    let pings = step.pings.iter().map(|ping| {
        let command = ping.command();
        json!({ "from": ping.from, "command": command, "shell": command, "answers": ping.answers })
    });
    let pings: Vec<Value> = pings.collect();
    let refusals = step.refusals.iter();
    let refusals: Vec<Value> =
        refusals.map(|it| json!({ "command": it.command, "code": it.code })).collect();
    json!({
        "name": step.name,
        "title": step.title,
        "goal": step.goal,
        "text": step.text,
        "point": step.point,
        "question": step.question.as_ref().map(asked),
        "commands": step.commands,
        "digs": digs,
        "curls": curls,
        "pings": pings,
        "refusals": refusals,
        "ways": step.ways,
    })
}

fn at(shared: &Shared, world: &World) -> Value {
    shared
        .common
        .stages
        .find(courses(shared), world)
        .map_or(Value::Null, |(_, stage)| json!({ "lab": stage.lab, "step": stage.step }))
}

/// What a request for a step wants.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// Replace a World that has resources of other origin too.
    #[serde(default)]
    force: Option<String>,
    /// The World in which the step begins, not the one after it.
    #[serde(default)]
    begin: Option<String>,
    /// Do the step in the current World, as far as it is not done there.
    #[serde(default)]
    show: Option<String>,
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

/// Replaces the World by LAB@STEP, by the World in which the step begins, or does the step in the current World. Without
/// `force`, answers 409 if a World would be replaced that has a resource that no step of the lab made, or if the step
/// cannot be done in the current World.
pub(super) async fn lab_step(
    State(shared): State<Arc<Shared>>,
    Path((lab, step)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    aside(shared, move |shared| put_step(shared, &lab, &step, &wanted)).await
}

fn put_step(shared: &Shared, lab: &str, step: &str, wanted: &Wanted) -> Response {
    let Some(course) = courses(shared).iter().find(|it| it.lab.name == lab) else {
        let names: Vec<_> = courses(shared).iter().map(|it| it.lab.name.as_str()).collect();
        let labs = names.join(", ");
        return bad(StatusCode::NOT_FOUND, format!("there is no lab `{lab}`; the labs are {labs}"));
    };
    let Some(index) = course.index(step) else {
        let steps: Vec<_> = course.lab.steps.iter().map(|it| it.name.as_str()).collect();
        let text = format!("{lab} has no step `{step}`; its steps are {}", steps.join(", "));
        return bad(StatusCode::NOT_FOUND, text);
    };
    let force = wanted.force.is_some();
    let snapshot = shared.live.snapshot();
    let name = format!("{lab}@{step}");
    if wanted.show.is_some() && !force {
        let changes = course.show(index, &snapshot.world);
        return match shared.live.commit(&changes) {
            Ok(_) => Json(json!({ "world": name })).into_response(),
            Err(CommitError::Refused(refusal)) => {
                let text = "; repeat with ?force=1 to replace this configuration by the lab's";
                bad(StatusCode::CONFLICT, format!("{refusal}{text}"))
            }
            Err(CommitError::Unavailable(error)) => {
                bad(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
        };
    }
    // The resources of the whole lab, so that going back a step needs no `force`.
    let made = course.after(course.lab.steps.len() - 1).map(resources).unwrap_or_default();
    let foreign = resources(&snapshot.world).into_iter().filter(|it| !made.contains(it)).min();
    if let Some((_, key)) = foreign.filter(|_| !force) {
        let text = "is not part of the lab and would be lost; repeat with ?force=1 to replace this configuration";
        return bad(StatusCode::CONFLICT, format!("{key} {text}"));
    }
    let world = if wanted.begin.is_some() { course.before(index) } else { course.after(index) };
    put(&name, shared.live.replace(world.cloned().unwrap_or_default()))
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
