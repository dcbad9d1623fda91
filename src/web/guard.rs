//! Who may use the HTTP side: `Origin`, `Host` and token.
//!
//! `Origin` is always checked, so that no page of another site drives the server. `Host` is checked while no token
//! is set, so that no name somebody points at loopback (DNS rebinding) does.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Shared, aws::is_for_aws};

/// Whether a request has shown the token, or none is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trusted(pub(super) bool);

/// Lets a request through, or answers 401 or 403.
pub(super) async fn check(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let verdict = verdict(&shared, request.headers(), request.uri());
    // An AWS request may show the token by its signature, which `api` checks.
    let by_signature = verdict.is_err_and(|(status, _)| status == StatusCode::UNAUTHORIZED)
        && is_for_aws(&request);
    request.extensions_mut().insert(Trusted(verdict.is_ok()));
    match verdict {
        _ if by_signature => next.run(request).await,
        Ok(()) => next.run(request).await,
        Err((status, text)) => (status, text).into_response(),
    }
}

fn verdict(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &axum::http::Uri,
) -> Result<(), (StatusCode, &'static str)> {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| uri.authority().map(|it| it.as_str()));
    if let Some(origin) = headers.get(header::ORIGIN) {
        let same = origin
            .to_str()
            .ok()
            .and_then(|origin| {
                origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
            })
            .is_some_and(|origin| Some(origin) == host);
        if !same {
            return Err((StatusCode::FORBIDDEN, "requests from other origins are refused\n"));
        }
    }
    match &shared.config.token {
        Some(token) => {
            let given = headers
                .get(header::AUTHORIZATION)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| value.strip_prefix("Bearer "));
            if given.is_some_and(|given| same_secret(given, token)) {
                Ok(())
            } else {
                Err((StatusCode::UNAUTHORIZED, "send the token as `Authorization: Bearer TOKEN`\n"))
            }
        }
        None if host.is_some_and(|host| is_ours(shared, host)) => Ok(()),
        None => Err((
            StatusCode::FORBIDDEN,
            "unknown Host; start the server with --http-host NAME to allow it\n",
        )),
    }
}

/// Whether `Host` is a loopback name, an address of the listener or `--http-host`.
fn is_ours(shared: &Shared, host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    if name.eq_ignore_ascii_case("localhost")
        || shared.config.host.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    {
        return true;
    }
    name.parse::<IpAddr>().is_ok_and(|address| {
        address.is_loopback() || shared.config.addresses.iter().any(|own| own.ip() == address)
    })
}

/// Compares without telling by its time how much was right.
fn same_secret(given: &str, expected: &str) -> bool {
    given.len() == expected.len()
        && given
            .bytes()
            .zip(expected.bytes())
            .fold(0, |difference, (one, other)| difference | (one ^ other))
            == 0
}
