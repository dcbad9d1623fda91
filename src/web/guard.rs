//! Who may use the HTTP side: `Origin`, `Host` and token.
//!
//! `Origin` is always checked, so that no page of another site drives the server. `Host` is checked while no token
//! is set, so that no name somebody points at loopback (DNS rebinding) does. A browser shows the token once, as
//! `/?token=`, and then carries it in a cookie that no script and no other site can use.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Query, Request, State},
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
    // A picture or a link of another site sends a GET without `Origin`; the browser says so in this header.
    if is_for_aws(&request) && from_other_site(request.headers()) {
        return (StatusCode::FORBIDDEN, OTHER_ORIGIN).into_response();
    }
    let verdict = verdict(&shared, request.headers(), request.uri());
    // An AWS request may show the token by its signature, which `api` checks.
    let by_signature =
        matches!(verdict, Err((StatusCode::UNAUTHORIZED, _))) && is_for_aws(&request);
    request.extensions_mut().insert(Trusted(verdict.is_ok()));
    match verdict {
        Err((status, text)) if !by_signature => (status, text).into_response(),
        Ok(Pass::Keep(cookie)) => {
            let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(Pass::Go) | Err(_) => next.run(request).await,
    }
}

const OTHER_ORIGIN: &str = "requests from other origins are refused\n";

/// Whether a browser says that a page of another site made it send the request (Fetch Metadata, `Sec-Fetch-Site`).
fn from_other_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// The cookie's name.
const COOKIE: &str = "vpcdns";

enum Pass {
    Go,
    /// The browser showed the token in the address: keep it in this cookie and come back without.
    Keep(String),
}

fn verdict(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &axum::http::Uri,
) -> Result<Pass, (StatusCode, &'static str)> {
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
            return Err((StatusCode::FORBIDDEN, OTHER_ORIGIN));
        }
    }
    match &shared.config.token {
        Some(token) => {
            let given = headers
                .get(header::AUTHORIZATION)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| value.strip_prefix("Bearer "));
            if given.is_some_and(|given| same_secret(given, token))
                || cookies(headers).any(|kept| same_secret(kept, &hex(token.as_bytes())))
            {
                return Ok(Pass::Go);
            }
            match shown(uri) {
                Some(given) if same_secret(&given, token) => Ok(Pass::Keep(format!(
                    "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/",
                    hex(token.as_bytes())
                ))),
                _ => Err((
                    StatusCode::UNAUTHORIZED,
                    "send the token as `Authorization: Bearer TOKEN`, or open /?token=TOKEN in a browser\n",
                )),
            }
        }
        None if host.is_some_and(|host| is_ours(shared, host)) => Ok(Pass::Go),
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

/// The token in the address of the page.
fn shown(uri: &axum::http::Uri) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Shown {
        token: String,
    }
    if uri.path() != "/" {
        return None;
    }
    Query::<Shown>::try_from_uri(uri).ok().map(|Query(Shown { token })| token)
}

/// The values of our cookie.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Digits, which a cookie may hold whatever the token is made of.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
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
