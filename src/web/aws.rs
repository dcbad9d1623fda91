//! AWS's APIs over HTTP: gives a request to `api` and sends its reply.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use super::{aws_upstream::MAX_CARRIED, secret::Trusted, shared::Shared};
use crate::api::{self, MAX_BODY, most_body};

/// The most long bodies for the APIs that are built at once. Further ones wait before they are read.
static LONG_BODIES: Semaphore = Semaphore::const_new(4);

/// The path as the client sent it, where the path of the request is only a part of that.
#[derive(Clone, Debug)]
pub(super) struct SentPath(pub(super) String);

/// Whether a request is for an AWS API. On `/` these are a `POST`, a signed request, and a `GET` with an `Action`. On a
/// path that no route has, these are a signed request, one with an action in `X-Amz-Target`, and one of Route 53's.
pub(super) fn is_for_aws(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let given = |name: &str| query.split('&').any(|parameter| parameter.starts_with(name));
    let header = request.headers().get(header::AUTHORIZATION);
    let is_signed = header.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "))
        || given("X-Amz-Algorithm=");
    if request.uri().path() == "/" {
        return is_signed
            || request.method() == Method::POST
            || (request.method() == Method::GET && given("Action="));
    }
    let is_free = request.extensions().get::<MatchedPath>().is_none();
    let is_route53 = request.uri().path().starts_with("/2013-04-01/");
    is_free && (is_signed || is_route53 || request.headers().contains_key("x-amz-target"))
}

/// Answers a request on a path that no route has.
pub(super) async fn elsewhere(state: State<Arc<Shared>>, request: Request) -> Response {
    if is_for_aws(&request) {
        answer(state, request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Answers a request for an AWS API. The work may use the disk, so it runs on a thread that may block.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let trusted = request.extensions().get::<Trusted>().is_some_and(|trusted| trusted.0);
    let (head, body) = request.into_parts();
    let upstream = shared.config.aws_upstream.clone();
    let own = most_body(head.uri.path());
    let is_long = may_be_longer(&head.headers);
    let turn = match &upstream {
        Some(upstream) if is_long => upstream.turn().await,
        _ => None,
    };
    let _long = if is_long && own > MAX_BODY { LONG_BODIES.acquire().await.ok() } else { None };
    let most = if turn.is_some() { MAX_CARRIED.max(own) } else { own };
    let Ok(body) = to_bytes(body, most).await else {
        return too_long(most);
    };
    let headers = head.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let mut request = api::Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        sent: head.extensions.get::<SentPath>().map(|sent| sent.0.clone()).unwrap_or_default(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.into(),
    };
    if let Some(upstream) = upstream
        && shared.api.is_for_others(&request, trusted)
    {
        let unanswered = shared.api.unanswered(&request);
        let given = upstream.hand_on(turn, &head, std::mem::take(&mut request.body)).await;
        return given.unwrap_or_else(|| written(unanswered));
    }
    drop(turn);
    if request.body.len() > own {
        return too_long(own);
    }
    let done = tokio::task::spawn_blocking(move || shared.api.handle(&request, trusted)).await;
    done.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), written)
}

/// Whether a body may be longer than the APIs that are built take. Such a body waits for its turn before it is read, so
/// that few of them are held at once.
fn may_be_longer(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    match length.and_then(|text| text.parse::<usize>().ok()) {
        Some(length) => length > MAX_BODY,
        None => headers.contains_key(header::TRANSFER_ENCODING),
    }
}

fn too_long(most: usize) -> Response {
    let text = format!("the body is longer than {most} bytes\n");
    (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
}

fn written(reply: api::Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if let Ok(id) = HeaderValue::from_str(&reply.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
