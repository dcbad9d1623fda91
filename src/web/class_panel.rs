//! What the teacher sees of the class, and does to it: who is at which step, resets, and what the class is shown.

use std::sync::{Arc, PoisonError};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    class::{Class, Student, mount},
    failure::bad,
    shared::{Shared, aside},
};

/// The most bytes of a request.
const LONGEST: usize = 8_192;

/// The routes, for a router that lets only the teacher in.
pub(super) fn routes(class: &Arc<Class>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/class", get(list))
        .route("/api/class/reset", post(reset_all))
        .route("/api/class/follow", post(follow).layer(DefaultBodyLimit::max(LONGEST)))
        .route("/api/class/{name}/reset", post(reset))
        .with_state(Arc::clone(class))
}

/// Does something that may take long.
async fn slowly(
    class: Arc<Class>,
    work: impl FnOnce(&Class) -> Response + Send + 'static,
) -> Response {
    aside(Arc::clone(&class.teacher), move |_| work(&class)).await
}

/// The class.
async fn list(State(class): State<Arc<Class>>) -> Response {
    slowly(class, |class| {
        let students: Vec<Value> = class.all().iter().map(|it| student(it)).collect();
        Json(json!({
            "students": students,
            "most": class.most(),
            "join": class.join_path(),
            "follow": class.teacher.common.screen.link(),
        }))
        .into_response()
    })
    .await
}

fn student(student: &Student) -> Value {
    let mut standing = student.standing.lock().unwrap_or_else(PoisonError::into_inner);
    let place = standing.place(&student.shared);
    drop(standing);
    let dns: Vec<String> =
        student.shared.config.dns.iter().map(|(address, _)| address.to_string()).collect();
    let path = mount(&student.name).trim_start_matches('/').to_owned();
    json!({
        "name": student.name,
        "place": place,
        "active": student.active(),
        "dns": dns,
        "open": format!("{path}/?token={}", student.secret),
    })
}

/// Starts one student over.
async fn reset(State(class): State<Arc<Class>>, Path(name): Path<String>) -> Response {
    slowly(class, move |class| match class.find(&name) {
        Some(student) => done(&[student]),
        None => bad(StatusCode::NOT_FOUND, "there is no student of that name"),
    })
    .await
}

/// Starts all students over.
async fn reset_all(State(class): State<Arc<Class>>) -> Response {
    slowly(class, |class| done(&class.all())).await
}

fn done(students: &[Arc<Student>]) -> Response {
    for student in students {
        if let Err(error) = student.shared.live.reset() {
            return bad(StatusCode::SERVICE_UNAVAILABLE, error);
        }
    }
    Json(json!({ "reset": students.len() })).into_response()
}

/// What the teacher wants to show.
#[derive(Debug, Deserialize)]
struct Wanted {
    /// What a link says after `#`. `None` shows nothing any more.
    link: Option<String>,
}

/// Shows the teacher's page to the class, or ends that.
async fn follow(State(class): State<Arc<Class>>, Json(wanted): Json<Wanted>) -> Response {
    let screen = &class.teacher.common.screen;
    if !screen.show(wanted.link.as_deref()) {
        return bad(StatusCode::BAD_REQUEST, "link: expected what a link says after `#`");
    }
    // These fail for pages that nobody has open.
    let _ = class.teacher.events.sender.send(screen.event());
    for student in class.all() {
        let _ = student.shared.events.sender.send(screen.event());
    }
    Json(json!({ "follow": wanted.link })).into_response()
}
