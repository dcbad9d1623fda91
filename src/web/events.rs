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

use super::{failure::bad, listeners::NamedEvent, shared::Shared};
use crate::{
    language::Language,
    resolve::{explain, snapshot::Snapshot, words},
    seen::{Batch, Sample, Watch},
    store::Live,
};

/// The time between two looks at the World and the queries.
const TICK: Duration = Duration::from_millis(100);
/// The most listeners at once.
const MOST: usize = 32;

/// Answers with the stream of events.
pub(super) async fn events(State(shared): State<Arc<Shared>>) -> Response {
    let receiver = {
        let mut running = shared.events.running.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.events.listeners() >= MOST {
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
    let first = world_event(&shared.live);
    let stream = stream::unfold((Some(first), receiver), next);
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

async fn next(
    (first, mut receiver): (Option<NamedEvent>, Receiver<NamedEvent>),
) -> Option<(Result<Event, Infallible>, (Option<NamedEvent>, Receiver<NamedEvent>))> {
    let (name, data) = match first {
        Some(first) => first,
        None => match receiver.recv().await {
            Ok(told) => told,
            Err(RecvError::Lagged(lost)) => ("lost", json!({ "events": lost }).to_string().into()),
            Err(RecvError::Closed) => return None,
        },
    };
    Some((Ok(Event::default().event(name).data(&*data)), (None, receiver)))
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
    let samples: Vec<Value> = samples.iter().map(|sample| sample_json(snapshot, sample)).collect();
    (seen > 0).then(|| ("queries", json!({ "seen": seen, "samples": samples }).to_string().into()))
}

fn sample_json(snapshot: &Snapshot, sample: &Sample) -> Value {
    let judged = sample
        .asker
        .and_then(|asker| explain::judge(snapshot, asker, sample.name.as_ref(), &sample.addresses));
    let verdict = judged.map(|(private, _)| if private { "PRIVATE" } else { "PUBLIC" });
    json!({
        "at": sample.at,
        "source": sample.source.to_string(),
        "from": sample.asker.map(|asker| words::asker(&snapshot.world, asker, Language::default())),
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
