//! The labs: their texts, which step the World is at, and the way from step to step.
//!
//! What a step changes is in the lab's file; here Worlds are only compared and put in place.

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
    Shared,
    json::bad,
    world::{self, WorldJson},
};
use crate::{
    import::{self, Defaults, lab_file::Lab},
    model::world::World,
    resolve::question::Asker,
    store::{Live, StoreError, row},
};

/// The World after one step, as it is told.
#[derive(Debug)]
pub(super) struct Stage {
    lab: &'static str,
    step: String,
    world: WorldJson,
}

/// The labs with everything a page shows of them, and the step that the World equals, if it equals one.
pub(super) async fn labs(State(shared): State<Arc<Shared>>) -> Response {
    static LABS: OnceLock<Vec<Value>> = OnceLock::new();
    let labs = LABS.get_or_init(|| {
        import::builtin::labs()
            .iter()
            .filter_map(|name| import::builtin::lab(name))
            .map(|lab| lab_json(&lab))
            .collect()
    });
    Json(json!({ "labs": labs, "at": at(&shared) })).into_response()
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

/// The last step whose World is told as this one is.
fn at(shared: &Shared) -> Value {
    let current = world::world(
        &shared.live.snapshot().world,
        Asker::Internet,
        // No step of a built-in lab holds nearly as much.
        world::DEFAULT_LIMIT,
    );
    shared
        .stages
        .get_or_init(|| stages(&shared.config.defaults))
        .iter()
        .rev()
        .find(|stage| stage.world == current)
        .map_or(Value::Null, |stage| json!({ "lab": stage.lab, "step": stage.step }))
}

fn stages(defaults: &Defaults) -> Vec<Stage> {
    let mut stages = Vec::new();
    for name in import::builtin::labs() {
        let Some(lab) = import::builtin::lab(name) else { continue };
        for step in lab.steps {
            if let Ok(loaded) = import::open::open(&format!("{name}@{}", step.name), defaults) {
                let world = world::world(&loaded.world, Asker::Internet, world::DEFAULT_LIMIT);
                stages.push(Stage { lab: name, step: step.name, world });
            }
        }
    }
    stages
}

#[derive(Debug, Deserialize)]
pub(super) struct Force {
    #[serde(default)]
    force: Option<String>,
}

/// What a World is made of: its resources, without what is only said about them.
fn resources(world: &World) -> HashSet<(&'static str, String)> {
    let about = ["members", "guests", "terminated", "client_tokens", "derived_tags"];
    row::keys(world).into_iter().filter(|(table, _)| !about.contains(table)).collect()
}

/// The World becomes LAB@STEP; 409 without `force` if it holds anything that no step of the lab made.
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
    // The whole lab's, so that going back a step needs no force.
    let whole = import::open::open(&lab, &shared.config.defaults);
    let made = whole.map(|whole| resources(&whole.world)).unwrap_or_default();
    let foreign = resources(&snapshot.world).into_iter().filter(|it| !made.contains(it)).min();
    if let Some((_, key)) = foreign.filter(|_| force.force.is_none()) {
        let text = "is not the lab's and would be lost; repeat with ?force=1 to replace the World";
        return bad(StatusCode::CONFLICT, format!("{key} {text}"));
    }
    put(&shared, &wanted, move |live| live.replace(loaded.world)).await
}

/// Puts another World in place, on a thread that may wait for a disk.
async fn put(
    shared: &Shared,
    name: &str,
    put: impl FnOnce(&Live) -> Result<(), StoreError> + Send + 'static,
) -> Response {
    let live = Arc::clone(&shared.live);
    match tokio::task::spawn_blocking(move || put(&live)).await {
        Ok(Ok(())) => Json(json!({ "world": name })).into_response(),
        Ok(Err(error)) => bad(StatusCode::SERVICE_UNAVAILABLE, error),
        Err(error) => bad(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    put(&shared, "start", Live::reset).await
}
