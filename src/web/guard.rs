//! Decides who may use HTTP: checks the form of a request, the site it comes from, `Host` and the token.
//!
//! A page of another site cannot control the server. Browsers say which site made them send a request, in
//! `Sec-Fetch-Site` and `Origin`, or only in `Referer`. Every route checks this. The check misses one case: an image on
//! a page without a `Referer`, loaded over plain HTTP by a name. So `api` lets `GET` only read.
//!
//! `Host` is checked while no token is set. This stops an attacker who points a name at loopback (DNS rebinding). A
//! browser shows the token once, as `/?token=`, and then has a session (`session.rs`).

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    aws::is_for_aws,
    language::Spoken,
    secret::{Trusted, same_secret},
    shared::{Role, Shared},
};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks every request: 400 if it is malformed for this server, 403 if a page of another site made it.
pub(super) async fn sane(request: Request, next: Next) -> Response {
    if let Err(text) = well_formed(&request) {
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    if from_elsewhere(&request) {
        return (StatusCode::FORBIDDEN, "requests from other origins are refused\n")
            .into_response();
    }
    next.run(request).await
}

/// Refuses a request that two readers could understand differently (RFC 9112 section 3.2).
fn well_formed(request: &Request) -> Result<(), &'static str> {
    let count = |name| request.headers().get_all(name).iter().count();
    if request.uri().authority().is_some() || request.uri().scheme().is_some() {
        return Err("send only the path as the request target; this server is not a proxy\n");
    }
    match count(header::HOST) {
        0 if request.version() == Version::HTTP_11 => return Err("the header Host is missing\n"),
        0 | 1 => {}
        _ => return Err("the header Host is there more than once; send it once\n"),
    }
    if count(header::ORIGIN) > 1 || count(FETCH_SITE) > 1 {
        return Err("the header Origin or Sec-Fetch-Site is there more than once\n");
    }
    Ok(())
}

/// Whether a page of another site made a browser send the request. A link to our page that the user follows does not
/// count.
fn from_elsewhere(request: &Request) -> bool {
    let headers = request.headers();
    let host = host(headers).unwrap_or_default();
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin.to_str().is_ok_and(|origin| is_origin(origin, host))
    {
        return true;
    }
    if let Some(site) = headers.get(FETCH_SITE) {
        let own = matches!(site.as_bytes(), b"same-origin" | b"none");
        let says = |name: &str, text: &str| headers.get(name).is_some_and(|value| value == text);
        let visits = says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document");
        let follows_a_link = visits && is_page(request);
        return !own && !follows_a_link;
    }
    match headers.get(header::REFERER) {
        Some(page) if !headers.contains_key(header::ORIGIN) => {
            let own = page.to_str().is_ok_and(|page| is_origin(&origin_of(page), host));
            !own && !is_page(request)
        }
        _ => false,
    }
}

/// Whether a request only loads the page.
fn is_page(request: &Request) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    reads && request.uri().path() == "/" && !is_for_aws(request)
}

/// The scheme and the host of a URL.
fn origin_of(url: &str) -> String {
    url.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// Whether an origin is that of a host. The scheme does not count, because a proxy in front of the server may use
/// HTTPS.
fn is_origin(origin: &str, host: &str) -> bool {
    let same = |scheme: &str, port: &str| {
        let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
        origin.strip_prefix(scheme).is_some_and(|origin| bare(origin) == bare(host))
    };
    !host.is_empty() && (same("http://", ":80") || same("https://", ":443"))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST).and_then(|value| value.to_str().ok())
}

/// Whether a request has shown the token, by a session or in `Authorization`. False if no token is set.
pub(super) fn has_shown(shared: &Shared, headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    shared.config.token.as_ref().is_some_and(|token| {
        given.is_some_and(|given| same_secret(given, token)) || shared.sessions.hold(headers)
    })
}

/// Whether `Host` lets a request in: it is checked while no token is set.
pub(super) fn may_come(shared: &Shared, headers: &HeaderMap) -> bool {
    shared.config.token.is_some() || host(headers).is_some_and(|host| is_ours(shared, host))
}

/// Passes a request on, or answers 401 or 403.
pub(super) async fn check(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let verdict = verdict(&shared, request.headers(), request.uri());
    // An AWS request may prove the token by its signature. `api` checks that.
    let by_signature =
        matches!(verdict, Err((StatusCode::UNAUTHORIZED, _))) && is_for_aws(&request);
    request.extensions_mut().insert(Trusted(verdict.is_ok()));
    let student = match &shared.config.role {
        Some(Role::Student(name)) => Some(name),
        _ => None,
    };
    match verdict {
        Err((StatusCode::UNAUTHORIZED, _)) if !by_signature && student.is_some() => {
            let language = Spoken::of(request.headers(), request.uri(), shared.config.language);
            let text = language.class_not_yours(student.map_or("", String::as_str));
            (StatusCode::UNAUTHORIZED, format!("{text}\n")).into_response()
        }
        Err((status, text)) if !by_signature => (status, text).into_response(),
        Ok(Pass::Keep(cookie)) => {
            let headers =
                [(header::SET_COOKIE, cookie), (header::LOCATION, shared.sessions.page())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Ok(Pass::Go) | Err(_) => next.run(request).await,
    }
}

enum Pass {
    Go,
    /// The browser sent the token in the address. Start a session in this cookie, and redirect to the address without
    /// the token.
    Keep(String),
}

fn verdict(
    shared: &Shared,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Pass, (StatusCode, &'static str)> {
    match &shared.config.token {
        Some(token) => {
            if has_shown(shared, headers) {
                return Ok(Pass::Go);
            }
            match shown(uri) {
                Some(given) if same_secret(&given, token) => {
                    shared.sessions.begin().map(Pass::Keep).ok_or((
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "the system gives no random numbers, so no session can start\n",
                    ))
                }
                _ => Err((
                    StatusCode::UNAUTHORIZED,
                    "send the token as `Authorization: Bearer TOKEN`, or open /?token=TOKEN in a browser\n",
                )),
            }
        }
        None if may_come(shared, headers) => Ok(Pass::Go),
        None => Err((
            StatusCode::FORBIDDEN,
            "unknown Host; start the server with --http-host NAME to allow it\n",
        )),
    }
}

/// Names that mean loopback everywhere, with all names below them: the first by RFC 6761, the second in public DNS.
const LOOPBACK_NAMES: [&str; 2] = ["localhost", "localhost.localstack.cloud"];

fn is_or_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

/// Whether `Host` is a loopback name, the name by which containers reach their host, this machine's own name (in a
/// container, the container's), an address of the listener, or `--http-host`. An attacker's page cannot be under one of
/// these names: they lead to loopback, or whoever runs the network answers them. The second loopback name is LocalStack's,
/// who could point it elsewhere.
fn is_ours(shared: &Shared, host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let name = &name.to_ascii_lowercase();
    if LOOPBACK_NAMES.iter().any(|own| is_or_below(name, own))
        || name == "host.docker.internal"
        || shared.config.machine.as_deref() == Some(name.as_str())
        || shared.config.host.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    {
        return true;
    }
    name.parse::<IpAddr>().is_ok_and(|address| {
        address.is_loopback() || shared.config.addresses.iter().any(|own| own.ip() == address)
    })
}

/// The token in the page's address.
fn shown(uri: &Uri) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct TokenQuery {
        token: String,
    }
    if uri.path() != "/" {
        return None;
    }
    Query::<TokenQuery>::try_from_uri(uri).ok().map(|Query(TokenQuery { token })| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().method(method).uri(target).header("host", "H.test:81");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(axum::body::Body::empty()).unwrap()
    }

    #[test]
    fn what_a_browser_says_of_the_site_decides() {
        let elsewhere = |headers: &[(&str, &str)]| {
            // Requests that read and requests that write. A link to the page is tested below.
            let all = [("GET", "/api/world"), ("POST", "/"), ("GET", "/health"), ("PUT", "/x")];
            let told =
                all.map(|(method, target)| from_elsewhere(&request(method, target, headers)));
            assert!(told.iter().all(|it| *it == told[0]), "{headers:?}: {told:?}");
            told[0]
        };
        for own in [
            &[][..],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://h.test:81")],
            &[("origin", "http://h.test:81"), ("referer", "http://other.test/")],
            &[("origin", "https://h.test:81")],
            &[("referer", "http://h.test:81/page?x=/y")],
            &[("sec-fetch-site", "none"), ("referer", "http://other.test/")],
        ] {
            assert!(!elsewhere(own), "{own:?}");
        }
        for others in [
            &[("sec-fetch-site", "same-site")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://h.test:81")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://h.test:82")],
            &[("origin", "http://h.test")],
            &[("origin", "http://h.test:81.other.test")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("referer", "http://h.test:82/")],
            &[("referer", "http://other.test/http://h.test:81")],
            &[("referer", "about:blank")],
        ] {
            assert!(elsewhere(others), "{others:?}");
        }
    }

    #[test]
    fn a_link_to_the_page_may_stand_anywhere_and_leads_nowhere_else() {
        let browser = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        let plain = [("referer", "http://other.test/")];
        let frame = [browser[0], browser[1], ("sec-fetch-dest", "iframe")];
        for (method, target, headers, elsewhere) in [
            ("GET", "/", &browser[..], false),
            ("GET", "/?token=x", &browser, false),
            ("GET", "/?Action=DescribeVpcs", &browser, true),
            ("POST", "/", &browser, true),
            ("GET", "/api/world", &browser, true),
            ("GET", "/", &frame, true),
            ("GET", "/", &plain, false),
            ("GET", "/?Action=DescribeVpcs", &plain, true),
            ("POST", "/", &plain, true),
            ("GET", "/", &[("origin", "http://other.test")], true),
        ] {
            let told = from_elsewhere(&request(method, target, headers));
            assert_eq!(told, elsewhere, "{method} {target} {headers:?}");
        }
    }

    #[test]
    fn a_default_port_may_be_left_out() {
        assert!(is_origin("http://a.test", "a.test:80") && is_origin("http://a.test:80", "A.test"));
        assert!(is_origin("https://a.test", "a.test:443"));
        assert!(!is_origin("http://a.test:443", "a.test") && !is_origin("http://", ""));
    }
}
