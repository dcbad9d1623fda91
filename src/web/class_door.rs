//! The door of a class: who comes to which World.
//!
//! `/students/NAME/…` is a student's World. Only the student's own secret opens it, as a session, as `Authorization: Bearer`,
//! or in the signature of an AWS request. `/students/NAME/teacher/…` is the teacher's World as that student may see it: only
//! while the teacher shows it, and only to read. `/join` is for whoever has the code. Everything else is the teacher's.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, Uri, header, uri::PathAndQuery},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use serde_json::json;

use super::{
    aws::{SentPath, is_for_aws},
    class::{Class, Refused, Student, mount},
    failure::bad,
    guard,
    language::Spoken,
    page, routes,
    shared::Shared,
};
use crate::api::path_part;

/// The most bytes of a request to join.
const LONGEST_WISH: usize = 4_096;

/// Where the Worlds of the students are.
const STUDENTS: &str = "/students/";

/// The door, with what is behind it.
#[derive(Clone)]
pub(super) struct Door {
    class: Arc<Class>,
    /// The teacher's World.
    teacher: Router,
    /// The teacher's World, to look at.
    shown: Router,
    /// The page to join, and what belongs to it.
    joining: Router,
}

/// What a request to join says.
#[derive(Debug, Deserialize)]
struct Wish {
    name: String,
    code: Option<String>,
    secret: Option<String>,
}

impl Door {
    pub(super) fn new(class: Arc<Class>, teacher: Router) -> Self {
        let shown = routes::shown(&class.teacher);
        let joining = joining(&class);
        Self { class, teacher, shown, joining }
    }

    /// The router of the whole class.
    pub(super) fn router(self) -> Router {
        Router::new().fallback(enter).with_state(Arc::new(self))
    }
}

/// The routes for somebody who is not in the class yet.
fn joining(class: &Arc<Class>) -> Router {
    let shared = Arc::clone(&class.teacher);
    let join = {
        let class = Arc::clone(class);
        move |language: Spoken, Json(wish): Json<Wish>| join(class, language, wish)
    };
    Router::new()
        .route("/", get(page::join))
        .route("/api/class/join", post(join).layer(DefaultBodyLimit::max(LONGEST_WISH)))
        .merge(page::routes())
        .layer(middleware::from_fn(page::secure))
        .layer(middleware::from_fn(guard::sane))
        .with_state::<()>(shared)
}

async fn join(class: Arc<Class>, Spoken(language): Spoken, wish: Wish) -> Response {
    let joined = tokio::task::spawn_blocking(move || {
        class.join((&wish.name, wish.code.as_deref(), wish.secret.as_deref()), language)
    });
    match joined.await {
        Ok(Ok(student)) => {
            let path = format!("{}/", mount(&student.name)).trim_start_matches('/').to_owned();
            Json(json!({ "path": path, "secret": student.secret })).into_response()
        }
        Ok(Err(Refused(status, text))) => bad(status, text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Leads a request to its World.
async fn enter(State(door): State<Arc<Door>>, request: Request) -> Response {
    if !guard::may_come(&door.class.teacher, request.headers()) {
        return call(&door.teacher, request).await;
    }
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix(STUDENTS) {
        let (name, rest) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (name, rest) = (path_part(name), rest.to_owned());
        return of_student(&door, &name, &rest, request).await;
    }
    match path {
        "/join" => call(&door.joining, below(request, "/")).await,
        "/api/class/join" => call(&door.joining, request).await,
        // Who shows no token comes to join.
        "/" if door.is_new(&request) => call(&door.joining, request).await,
        path if page::is_file(path) => call(&door.joining, request).await,
        _ => call(&door.teacher, request).await,
    }
}

impl Door {
    /// Whether a request of `/` is of somebody who has to join first.
    fn is_new(&self, request: &Request) -> bool {
        let shows = request.uri().query().is_some_and(|query| query.starts_with("token="));
        let teacher: &Shared = &self.class.teacher;
        teacher.config.token.is_some()
            && *request.method() == Method::GET
            && !shows
            && !is_for_aws(request)
            && !guard::has_shown(teacher, request.headers())
    }
}

/// A request below `/students/NAME`.
async fn of_student(door: &Door, name: &str, rest: &str, request: Request) -> Response {
    let class = &door.class;
    let language = Spoken::of(request.headers(), request.uri(), class.teacher.config.language);
    let Some(student) = class.find(name) else {
        let text = format!("{}\n", language.class_nobody());
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if rest.is_empty() && reads && !is_for_aws(&of_root(&request)) {
        // The page's own addresses are relative.
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let page = [(header::LOCATION, format!("{}/{query}", mount(&student.name)))];
        return (StatusCode::SEE_OTHER, page).into_response();
    }
    if let Some(rest) = rest.strip_prefix("/teacher/") {
        return look(door, &student, rest, request).await;
    }
    let counts = !reads || rest == "/" || rest == "/api/explain";
    let rest = if rest.is_empty() { "/" } else { rest };
    let response = call(&student.router, below(request, rest)).await;
    if counts && response.status().is_success() {
        student.touch();
    }
    response
}

/// Shows the teacher's World to a student.
async fn look(door: &Door, student: &Student, rest: &str, request: Request) -> Response {
    let teacher = &door.class.teacher;
    let language = Spoken::of(request.headers(), request.uri(), teacher.config.language);
    if !guard::has_shown(&student.shared, request.headers()) {
        let text = format!("{}\n", language.class_not_yours(&student.name));
        return (StatusCode::UNAUTHORIZED, text).into_response();
    }
    // The page itself says who may go on, so that it can lead back.
    let is_page = rest.is_empty() || page::is_file(&format!("/{rest}"));
    if !is_page && teacher.common.screen.link().is_none() {
        let text = format!("{}\n", language.class_nothing_shown());
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    call(&door.shown, below(request, &format!("/{rest}"))).await
}

/// The head of a request, as if it were one of `/`.
fn of_root(request: &Request) -> Request {
    let mut head = Request::new(axum::body::Body::empty());
    *head.method_mut() = request.method().clone();
    head.headers_mut().clone_from(request.headers());
    *head.uri_mut() = at(request.uri(), "/");
    head
}

/// A request with another path. Remembers the path that was sent, which AWS's clients sign.
fn below(mut request: Request, path: &str) -> Request {
    let sent = request.uri().path().to_owned();
    *request.uri_mut() = at(request.uri(), path);
    request.extensions_mut().insert(SentPath(sent));
    request
}

/// An address with another path, which is a part of a valid one.
fn at(uri: &Uri, path: &str) -> Uri {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let target = PathAndQuery::try_from(target);
    // `authority` is checked by the routes: a request with one is refused.
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = target.ok();
    Uri::from_parts(parts).unwrap_or_default()
}

async fn call(router: &Router, request: Request) -> Response {
    let Ok(response) = TowerToHyperService::new(router.clone()).call(request).await;
    response
}

#[cfg(test)]
mod tests {
    use super::{super::class::is_name, *};

    #[test]
    fn a_name_in_a_path_is_read_as_it_was_written() {
        for name in ["kim", "김철수", "a-1"] {
            let path = mount(name);
            let part = path.strip_prefix(STUDENTS).unwrap();
            assert_eq!(path_part(part), name);
        }
        assert_eq!(path_part("%ea%b9%80"), "김");
        for bad in ["%", "%1", "%zz", "%ff", "a%"] {
            assert!(!is_name(&path_part(bad)), "{bad}");
        }
    }
}
