//! `GET /api/events`: changes of the World and queries, as server-sent events.
//!
//! While somebody listens, one task looks at the World and at the queries that `dns` recorded, ten times a second. It
//! gives every listener the same text. A listener that is too slow loses events, and gets their number; nobody waits for
//! it. A `queries` event has some of the queries and the number of all.

use std::{
    convert::Infallible,
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    failure::bad,
    json::asker_id,
    listeners::NamedEvent,
    shared::{Role, Shared},
};
use crate::{
    language::Language,
    resolve::{
        explain,
        journey::{Found, Place},
        path::Aim,
        question::Question,
        snapshot::Snapshot,
        words,
    },
    seen::{Batch, Sample, Watch},
    store::Live,
};

/// The time between two looks at the World and the queries.
const TICK: Duration = Duration::from_millis(100);
/// How many samples of an event say which place answered. A page shows no more on its picture.
const EXPLAINED: usize = 3;
/// The most listeners at once, besides a class that looks at its teacher's World.
const MOST: usize = 32;

/// Answers with the stream of events.
pub(super) async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let receiver = {
        let mut running = shared.events.running.lock().unwrap_or_else(PoisonError::into_inner);
        let class = match shared.config.role {
            Some(Role::Teacher(most)) => most,
            _ => 0,
        };
        if shared.events.listeners() >= MOST + class {
            return bad(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many clients read events already; close one and try again",
            );
        }
        let receiver = shared.events.sender.subscribe();
        if !*running {
            *running = true;
            tokio::spawn(pump(Arc::clone(&shared)));
        }
        receiver
    };
    // The last comes first.
    let mut first = Vec::new();
    if shared.config.role.is_some() {
        first.push(shared.common.screen.event());
    }
    first.push(world_event(&shared.live));
    let stream = stream::unfold((first, receiver), next);
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

async fn next(
    (mut first, mut receiver): (Vec<NamedEvent>, Receiver<NamedEvent>),
) -> Option<(Result<Event, Infallible>, (Vec<NamedEvent>, Receiver<NamedEvent>))> {
    let (name, data) = match first.pop() {
        Some(first) => first,
        None => match receiver.recv().await {
            Ok(told) => told,
            Err(RecvError::Lagged(lost)) => ("lost", json!({ "events": lost }).to_string().into()),
            Err(RecvError::Closed) => return None,
        },
    };
    Some((Ok(Event::default().event(name).data(&*data)), (first, receiver)))
}

/// Sends events until nobody listens.
async fn pump(shared: Arc<Shared>) {
    let listening = shared.watch.listen();
    let mut told = shared.live.snapshot();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let current = shared.live.snapshot();
        if !Arc::ptr_eq(&told, &current) {
            tell(&shared, world_event(&shared.live));
            told = current;
        }
        if let Some(event) = queries(&*shared.watch, &told) {
            tell(&shared, event);
        }
        let mut running = shared.events.running.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.events.listeners() == 0 {
            *running = false;
            break;
        }
    }
    drop(listening);
}

fn tell(shared: &Shared, event: NamedEvent) {
    // This fails if the last listener has gone. Then the loop ends.
    let _ = shared.events.sender.send(event);
}

fn world_event(live: &Live) -> NamedEvent {
    let generation = live.snapshot().world.generation;
    ("world", json!({ "generation": generation }).to_string().into())
}

fn queries(watch: &dyn Watch, snapshot: &Snapshot) -> Option<NamedEvent> {
    let Batch { seen, samples } = watch.drain();
    let samples: Vec<Value> = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| sample_json(snapshot, sample, index < EXPLAINED))
        .collect();
    (seen > 0).then(|| ("queries", json!({ "seen": seen, "samples": samples }).to_string().into()))
}

/// The place that decided the answer: `rules`, `zones` or `public`.
fn rung(snapshot: &Snapshot, sample: &Sample) -> Option<Place> {
    let asker = sample.asker.filter(|_| sample.class == 1)?;
    let question = Question::asked(sample.name.as_ref(), sample.rtype, asker, sample.at / 1_000);
    let explanation = explain::explain(snapshot, &question, Language::default());
    let hit = explanation.journey.iter().find(|rung| rung.outcome == Found::Hit)?;
    Some(hit.rung)
}

fn sample_json(snapshot: &Snapshot, sample: &Sample, explained: bool) -> Value {
    let judged = sample.asker.and_then(|asker| {
        let (name, addresses) = (sample.name.as_ref(), &sample.addresses);
        explain::judge(snapshot, asker, name, addresses, Aim::Usual)
    });
    let verdict = judged.map(|(private, _)| if private { "PRIVATE" } else { "PUBLIC" });
    json!({
        "at": sample.at,
        "source": sample.source.to_string(),
        "from": sample.asker.map(|asker| words::asker(&snapshot.world, asker, Language::default())),
        "asker": sample.asker.map(asker_id),
        "rung": explained.then(|| rung(snapshot, sample)).flatten(),
        "transport": if sample.tcp { "tcp" } else { "udp" },
        "name": sample.name.to_string(),
        "class": match sample.class { 1 => "IN".to_owned(), 3 => "CH".to_owned(), other => format!("CLASS{other}") },
        "type": sample.rtype.to_string(),
        "status": sample.status,
        "data": sample.data,
        "verdict": verdict,
        "path": judged.and_then(|(_, way)| way).map(|way| way.text()),
    })
}
