//! Turns a request into a reply: versions, tokens, status codes (M2 to M9). No I/O; the caller gives the time.

use super::{keys, subject::Subject, token::Tokens, tree::Item};
use crate::{
    model::{id::InstanceId, world::World},
    resolve::question::Asker,
};

/// The longest lifetime of a token, in seconds (M2).
const LONGEST: u64 = 21_600;

/// The versions in the path. The tree is the same under each.
const VERSIONS: &[&str] = &[
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
    "latest",
];

/// The parts of a request that matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'r> {
    /// `GET`, `HEAD`, `PUT`.
    pub method: &'r str,
    /// The path, without a query.
    pub path: &'r str,
    /// `X-aws-ec2-metadata-token`.
    pub token: Option<&'r [u8]>,
    /// `X-aws-ec2-metadata-token-ttl-seconds`.
    pub ttl: Option<&'r [u8]>,
    /// Whether the request came through a proxy: it has `X-Forwarded-For` (M4).
    pub forwarded: bool,
}

/// A reply, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200, 400, 401, 403, 404 or 503.
    pub status: u16,
    /// The text, without a line feed at its end.
    pub body: Vec<u8>,
    /// For how many more seconds the token is valid.
    pub token_ttl: Option<u64>,
}

impl Reply {
    fn ok(body: impl Into<Vec<u8>>, token_ttl: Option<u64>) -> Self {
        Self { status: 200, body: body.into(), token_ttl }
    }

    fn error(status: u16, text: &str) -> Self {
        Self { status, body: format!("{status} - {text}").into_bytes(), token_ttl: None }
    }

    /// 503: the source has sent too many requests in this second (M5, M10).
    pub(super) fn too_many() -> Self {
        Self::error(503, "Service Unavailable")
    }

    /// 400: a request that names no `Host`, or several.
    pub(super) fn bad_request() -> Self {
        Self::error(400, "Bad Request: name one Host")
    }

    /// 403, with a reason for the user.
    pub(super) fn forbidden(why: &str) -> Self {
        Self::error(403, why)
    }
}

/// The time, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// Since the epoch, by the system's clock.
    pub clock: u64,
    /// Since the process began. It never goes back, as the system's clock may, so tokens end by it.
    pub running: u64,
}

/// Answers a request from `asker`.
pub fn reply(
    world: &World,
    asker: Asker,
    request: &Request<'_>,
    tokens: &Tokens,
    now: Now,
) -> Reply {
    let Asker::Instance(_, _, id) = asker else {
        return Reply::forbidden("Forbidden: only an instance of this configuration has metadata");
    };
    let Some(subject) = Subject::of(world, id, now.clock) else {
        return Reply::error(404, "Not Found");
    };
    if !subject.guest.options.enabled {
        return Reply::forbidden("Forbidden: the instance's metadata service is switched off");
    }
    match request.method {
        "PUT" => put(request, id, tokens, now),
        "GET" | "HEAD" => get(&subject, request, tokens, now),
        _ => Reply::forbidden("Forbidden"),
    }
}

/// Answers a request for a token: `PUT /latest/api/token`. A dated version in its place is refused (M3).
fn put(request: &Request<'_>, id: InstanceId, tokens: &Tokens, now: Now) -> Reply {
    if request.path != "/latest/api/token" || request.forwarded {
        return Reply::forbidden("Forbidden");
    }
    let ttl = request
        .ttl
        .and_then(|text| std::str::from_utf8(text).ok())
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<u64>().ok())
        .filter(|ttl| (1..=LONGEST).contains(ttl));
    match ttl {
        Some(ttl) => Reply::ok(tokens.make(id, now.running.saturating_add(ttl)), Some(ttl)),
        None => Reply::error(400, "Bad Request"),
    }
}

fn get(subject: &Subject<'_>, request: &Request<'_>, tokens: &Tokens, now: Now) -> Reply {
    let ttl = match request.token {
        Some(token) => match tokens.end(token, subject.instance.id, now.running) {
            Some(end) => Some(end - now.running),
            None => return Reply::error(401, "Unauthorized"),
        },
        None if subject.guest.options.tokens_required => {
            return Reply::error(401, "Unauthorized");
        }
        None => None,
    };
    let path = request.path.trim_start_matches('/');
    if path.is_empty() {
        return Reply::ok(VERSIONS.join("\n"), ttl);
    }
    let (version, path) = path.split_once('/').unwrap_or((path, ""));
    if !VERSIONS.contains(&version) {
        return Reply::error(404, "Not Found");
    }
    match keys::all(subject).find(path) {
        Some(Item::Value(value)) => Reply::ok(value, ttl),
        Some(Item::Folder(names)) => Reply::ok(names, ttl),
        None => Reply::error(404, "Not Found"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{import, resolve::places};

    #[test]
    fn a_clock_that_goes_back_brings_no_token_back() {
        let world = import::open::open("lab09-1", &import::Defaults::default()).unwrap().world;
        let snapshot = crate::resolve::snapshot::Snapshot::new(world, std::sync::Arc::default());
        let asker = places::client(&snapshot, "CloudNeta-Public-EC2").unwrap();
        let tokens = Tokens::default();
        let ask = |method, token: Option<&[u8]>, clock, running| {
            let request = Request {
                method,
                path: if method == "PUT" {
                    "/latest/api/token"
                } else {
                    "/latest/meta-data/instance-id"
                },
                token,
                ttl: (method == "PUT").then_some(b"60".as_slice()),
                forwarded: false,
            };
            reply(&snapshot.world, asker, &request, &tokens, Now { clock, running })
        };
        let token = ask("PUT", None, 10_000, 5).body;
        for (clock, running, status) in
            [(10_000, 5, 200), (20_000, 64, 200), (10_000, 65, 401), (1, 66, 401), (1, 64, 200)]
        {
            assert_eq!(
                ask("GET", Some(&token), clock, running).status,
                status,
                "{clock} {running}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_request_gets_a_reply(
            method in "GET|HEAD|PUT|POST|.{0,5}",
            path in "/latest(/[a-z0-9:.=%-]{0,12}){0,8}|/latest/meta-data/.{0,40}|.{0,60}",
            token in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..80)),
            ttl in proptest::option::of("[0-9+-]{0,24}|.{0,6}"),
            forwarded in any::<bool>(),
            now in any::<u64>(),
        ) {
            let world = import::open::open("lab09-1", &import::Defaults::default()).unwrap().world;
            let snapshot = crate::resolve::snapshot::Snapshot::new(world, std::sync::Arc::default());
            let asker = places::client(&snapshot, "CloudNeta-Public-EC2").unwrap();
            let request = Request {
                method: &method,
                path: &path,
                token: token.as_deref(),
                ttl: ttl.as_deref().map(str::as_bytes),
                forwarded,
            };
            let got = reply(&snapshot.world, asker, &request, &Tokens::default(), Now { clock: now, running: now });
            prop_assert!([200, 400, 401, 403, 404].contains(&got.status));
            // A token that this service did not make never gives access.
            prop_assert!(token.is_none() || got.status != 200 || method == "PUT");
        }
    }
}
