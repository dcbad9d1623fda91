//! `--aws-upstream`: forwards requests for AWS services that are not built to another server, such as moto or
//! LocalStack. Requests and replies pass unchanged.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, Uri, header, request::Parts},
    response::Response,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body of a request or reply that is forwarded.
pub(super) const MAX_CARRIED: usize = 64 * 1024 * 1024;
/// How long the other server may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most requests at the other server at once. Further ones wait.
const WAITING: usize = 8;

/// Headers that belong to one connection (RFC 9110 section 7.6.1), and headers that follow from the body. They are not
/// forwarded.
const OWN: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The server that gets the requests.
#[derive(Clone, Debug)]
pub struct AwsUpstream {
    url: String,
    agent: ureq::Agent,
    turns: Arc<Semaphore>,
}

impl AwsUpstream {
    /// The server at a URL such as `http://127.0.0.1:5000`.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL, in words for the user.
    pub fn to(url: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{url}` {why}; write it as http://HOST:PORT");
        let parsed: Uri = url.parse().map_err(|_| wrong("is not a URL"))?;
        if parsed.scheme_str() != Some("http") {
            return Err(wrong("does not begin with http://"));
        }
        let authority = parsed.authority().ok_or_else(|| wrong("names no host"))?;
        if parsed.path_and_query().is_some_and(|it| it.as_str() != "/") {
            return Err(wrong("has more than a host and a port"));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .build()
            .into();
        let turns = Arc::new(Semaphore::new(WAITING));
        Ok(Self { url: format!("http://{authority}"), agent, turns })
    }

    /// Waits for a turn to forward a request.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// Forwards a request. `None`, with a line in the log, if the other server gives no reply.
    pub(super) async fn hand_on(
        &self,
        turn: Option<OwnedSemaphorePermit>,
        head: &Parts,
        body: Vec<u8>,
    ) -> Option<Response> {
        let target = head.uri.path_and_query().map_or("/", |it| it.as_str());
        let mut request = axum::http::Request::builder()
            .method(head.method.clone())
            .uri(format!("{}{target}", self.url));
        if let Some(headers) = request.headers_mut() {
            *headers = carried(&head.headers);
        }
        let request = request.body(body).ok()?;
        let _turn = match turn {
            Some(turn) => turn,
            None => self.turn().await?,
        };
        let agent = self.agent.clone();
        let asked = move || -> Result<_, ureq::Error> {
            let (head, body) = agent.run(request)?.into_parts();
            let limit = u64::try_from(MAX_CARRIED).unwrap_or(u64::MAX);
            Ok((head, body.into_with_config().limit(limit).read_to_vec()?))
        };
        let reply = tokio::task::spawn_blocking(asked).await.ok()?;
        match reply {
            Ok((head, body)) => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = head.status;
                *response.headers_mut() = carried(&head.headers);
                Some(response)
            }
            Err(error) => {
                tracing::warn!(url = self.url, %error, "--aws-upstream gives no reply");
                None
            }
        }
    }
}

/// The headers to forward: all except those of one connection, and those that `Connection` names.
fn carried(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let goes_on =
        |name: &HeaderName| !OWN.contains(name) && !named.iter().any(|it| it == name.as_str());
    let kept = headers.iter().filter(|(name, _)| goes_on(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_host_and_a_port_by_http() {
        for (url, is_taken) in [
            ("http://127.0.0.1:5000", true),
            ("http://moto:5000/", true),
            ("http://[::1]:5000", true),
            ("https://moto:5000", false),
            ("moto:5000", false),
            ("http://moto/path", false),
            ("http://moto/?a=b", false),
            ("", false),
        ] {
            assert_eq!(AwsUpstream::to(url).is_ok(), is_taken, "{url}");
        }
    }

    #[test]
    fn headers_between_neighbours_stay() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("transfer-encoding", "chunked"),
            ("host", "bucket.localhost"),
            ("authorization", "AWS4-HMAC-SHA256 x"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let mut kept: Vec<_> =
            carried(&headers).keys().map(|name| name.as_str().to_owned()).collect();
        kept.sort();
        assert_eq!(kept, ["authorization", "host"]);
    }
}
