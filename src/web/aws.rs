//! AWS's APIs over HTTP: carries a request to `api` and its reply back.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{secret::Trusted, shared::Shared};
use crate::api::{self, MAX_BODY};

/// Whether a request is for an AWS API: a `POST` to `/`, or a `GET` of it with an `Action`.
pub(super) fn is_for_aws(request: &Request) -> bool {
    let action = || {
        request
            .uri()
            .query()
            .is_some_and(|query| query.split('&').any(|parameter| parameter.starts_with("Action=")))
    };
    request.uri().path() == "/"
        && (request.method() == Method::POST || (request.method() == Method::GET && action()))
}

/// Answers a request for an AWS API. Its work may wait for a disk, so it is done on a thread that may block.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let trusted = request.extensions().get::<Trusted>().is_some_and(|trusted| trusted.0);
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        let text = format!("the body is longer than {MAX_BODY} bytes\n");
        return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
    };
    let headers = head.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let request = api::Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.into(),
    };
    let done = tokio::task::spawn_blocking(move || shared.api.handle(&request, trusted)).await;
    let Ok(reply) = done else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml;charset=UTF-8"));
    if let Ok(id) = HeaderValue::from_str(&reply.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
