//! The files of the page, which are built into the program, and their headers.
//!
//! Does not know what they show. The files are sent as they are in `page/`: nothing is built or downloaded.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::hash::stable_hash;

/// A file of the page.
struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

macro_rules! files {
    ($($path:literal: $kind:literal,)*) => {
        &[$(File { path: $path, kind: $kind, text: include_str!(concat!("page", $path)) }),*]
    };
}

const FILES: &[File] = files! {
    "/index.html": "text/html; charset=utf-8",
    "/join.html": "text/html; charset=utf-8",
    "/page.css": "text/css; charset=utf-8",
    "/js/main.js": "text/javascript; charset=utf-8",
    "/js/api.js": "text/javascript; charset=utf-8",
    "/js/ask.js": "text/javascript; charset=utf-8",
    "/js/class.js": "text/javascript; charset=utf-8",
    "/js/change.js": "text/javascript; charset=utf-8",
    "/js/commands.js": "text/javascript; charset=utf-8",
    "/js/dom.js": "text/javascript; charset=utf-8",
    "/js/finder.js": "text/javascript; charset=utf-8",
    "/js/forms/endpoint.js": "text/javascript; charset=utf-8",
    "/js/forms/endpoint_edit.js": "text/javascript; charset=utf-8",
    "/js/forms/fields.js": "text/javascript; charset=utf-8",
    "/js/forms/resources.js": "text/javascript; charset=utf-8",
    "/js/forms/service.js": "text/javascript; charset=utf-8",
    "/js/forms/vpc.js": "text/javascript; charset=utf-8",
    "/js/frame.js": "text/javascript; charset=utf-8",
    "/js/join.js": "text/javascript; charset=utf-8",
    "/js/journey.js": "text/javascript; charset=utf-8",
    "/js/lab.js": "text/javascript; charset=utf-8",
    "/js/lesson.js": "text/javascript; charset=utf-8",
    "/js/link.js": "text/javascript; charset=utf-8",
    "/js/live.js": "text/javascript; charset=utf-8",
    "/js/picture.js": "text/javascript; charset=utf-8",
    "/js/predict.js": "text/javascript; charset=utf-8",
    "/js/racks.js": "text/javascript; charset=utf-8",
    "/js/router.js": "text/javascript; charset=utf-8",
    "/js/scene.js": "text/javascript; charset=utf-8",
    "/js/state.js": "text/javascript; charset=utf-8",
    "/js/stream.js": "text/javascript; charset=utf-8",
    "/js/switches.js": "text/javascript; charset=utf-8",
    "/js/table.js": "text/javascript; charset=utf-8",
    "/js/wires.js": "text/javascript; charset=utf-8",
    "/js/words.js": "text/javascript; charset=utf-8",
    "/icon.svg": "image/svg+xml",
};

/// Allows nothing from other sites and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of the files. The caller adds `/`, which is `index.html`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.iter().skip(1).fold(Router::new(), |router, file| {
        router.route(file.path, get(move |headers: HeaderMap| async move { send(file, &headers) }))
    })
}

/// `index.html`.
pub(super) fn index(headers: &HeaderMap) -> Response {
    FILES.first().map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| send(file, headers))
}

/// `index.html`, as a handler.
pub(super) async fn index_of(headers: HeaderMap) -> Response {
    index(&headers)
}

/// The page on which a student joins a class.
pub(super) async fn join(headers: HeaderMap) -> Response {
    let file = FILES.iter().find(|file| file.path == "/join.html");
    file.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| send(file, &headers))
}

/// Whether a path is one of the files besides `index.html`.
pub(super) fn is_file(path: &str) -> bool {
    FILES.iter().skip(1).any(|file| file.path == path)
}

/// Sends a file, or 304 if the browser has it already.
fn send(file: &File, headers: &HeaderMap) -> Response {
    let tag = format!("\"{:032x}\"", stable_hash(file.text));
    let same = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|given| given.split(',').any(|one| one.trim() == tag));
    let fixed = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, [(header::CONTENT_TYPE, file.kind)], file.text).into_response()
}

/// Adds the headers that stop a browser from running foreign code, from framing the page, and from guessing types.
pub(super) async fn secure(request: Request, next: axum::middleware::Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
