//! How requests to the API are read, checked and refused, whatever the action: forms, JSON, versions, services that are not
//! built, scopes, and signatures.
//!
//! `tests/fixtures/api-requests.txt` has a request in a line: the method, the query, the headers between `;` and the body,
//! with ` | ` between; `SIGNED SERVICE` as a header stands for an unchecked signature. Below it is the whole reply.
//! `VPCDNS_BLESS=1` writes the replies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    fmt::Write as _,
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        self, PayloadChecksumKind, SignableBody, SignableRequest, SignatureLocation,
        SigningSettings,
    },
    sign::v4,
};
use common::{compile, root};
use vpcdns::{
    api::{Api, Reply, Request},
    model::world::World,
    store::Live,
};

const TOKEN: &str = "a token of some length";

fn api(token: Option<&str>) -> Api {
    let live = Arc::new(Live::new(compile(World::default())));
    Api::new(live, "ap-northeast-2", token.map(str::to_owned))
}

/// A request of a line of the fixture.
fn request(line: &str) -> Request {
    let mut parts = line.splitn(4, " | ");
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (method, query, headers, body) = (part(), part(), part(), part());
    let headers = headers.split(" ; ").filter(|it| !it.trim().is_empty()).map(|header| {
        if let Some(scope) = header.strip_prefix("SIGNED ") {
            let value =
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
            return ("authorization".to_owned(), value);
        }
        let (name, value) = header.split_once(": ").unwrap();
        (name.to_owned(), value.to_owned())
    });
    let body = body.into_bytes();
    Request {
        method,
        path: "/".to_owned(),
        query,
        headers: headers.collect(),
        body,
        ..Request::default()
    }
}

fn shown(reply: &Reply) -> String {
    let body = reply.text().replace(&reply.request_id, "ID");
    format!("{} {}\n{body}", reply.status, reply.content_type)
}

#[test]
fn every_form_of_request_is_answered_as_it_always_was() {
    let path = root().join("tests/fixtures/api-requests.txt");
    let kept = fs::read_to_string(&path).unwrap();
    let mut text = String::new();
    let (mut secret, open) = (false, api(None));
    let guarded = api(Some(TOKEN));
    for line in kept.lines() {
        if line.starts_with("# ") {
            secret = line.contains("token");
            writeln!(text, "{line}").unwrap();
        } else if let Some(request_line) = line.strip_prefix("> ") {
            let server = if secret { &guarded } else { &open };
            let reply = server.handle(&request(request_line), false);
            writeln!(text, "{line}\n{}", shown(&reply)).unwrap();
        }
    }
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let differs = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
    assert!(kept == text, "{differs:#?}");
}

/// What is signed and how; each test changes some of it.
#[derive(Clone)]
struct Signing {
    key: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
    /// Seconds from now.
    at: i64,
    expires: Option<u64>,
    method: &'static str,
    query: &'static str,
    body: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    unsigned_payload: bool,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            key: "vpcdns",
            secret: TOKEN,
            region: "ap-northeast-2",
            service: "ec2",
            at: 0,
            expires: None,
            method: "POST",
            query: "",
            body: "Action=DescribeRegions&Version=2016-11-15&RegionName.1=us-east-1",
            headers: Vec::new(),
            unsigned_payload: false,
        }
    }
}

impl Signing {
    /// The request with its signature.
    fn request(&self) -> Request {
        let identity = Credentials::new(self.key, self.secret, None, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        if let Some(expires) = self.expires {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(expires));
        }
        let step = Duration::from_secs(self.at.unsigned_abs());
        let now = SystemTime::now();
        let time = if self.at < 0 { now - step } else { now + step };
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(time)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let mut uri = "http://server.test/".to_owned();
        if !self.query.is_empty() {
            uri = format!("{uri}?{}", self.query);
        }
        let body = if self.unsigned_payload {
            SignableBody::UnsignedPayload
        } else {
            SignableBody::Bytes(self.body.as_bytes())
        };
        let headers = self.headers.iter().copied();
        let signable = SignableRequest::new(self.method, &uri, headers, body).unwrap();
        let (made, _) = http_request::sign(signable, &parameters).unwrap().into_parts();
        let (headers, query) = made.into_parts();
        let mut request = Request {
            method: self.method.to_owned(),
            path: "/".to_owned(),
            sent: String::new(),
            query: self.query.to_owned(),
            headers: vec![("host".to_owned(), "server.test".to_owned())],
            body: self.body.as_bytes().to_vec(),
        };
        let own =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        request.headers.extend(own);
        for header in headers {
            request.headers.push((header.name().to_ascii_lowercase(), header.value().to_owned()));
        }
        for (name, value) in query {
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            if !request.query.is_empty() {
                request.query.push('&');
            }
            write!(request.query, "{name}={value}").unwrap();
        }
        request
    }
}

/// The status and the code of a reply.
fn outcome(request: &Request) -> String {
    let reply = api(Some(TOKEN)).handle(request, false);
    let part = |name: &str| {
        let text = reply.text();
        let rest = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
        rest.split("</").next().unwrap_or_default().to_owned()
    };
    match reply.status {
        200 => "200".to_owned(),
        status if reply.text().starts_with('{') => format!("{status} {}", reply.text()),
        status => format!("{status} {}: {}", part("Code"), part("Message").replace("&apos;", "'")),
    }
}

const MISMATCH: &str = "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.";
const EXPIRED: &str = "403 RequestExpired: Request has expired.";
const WHO: &str = "401 AuthFailure: Sign with the access key id `vpcdns` or a 12-digit account id, and the token as the secret";

#[test]
fn a_signature_in_the_header_counts_for_what_it_signs_and_for_fifteen_minutes() {
    let base = Signing::default();
    let rows: Vec<(&str, Signing, &str)> = vec![
        ("as it is", base.clone(), "200"),
        ("an account", Signing { key: "123456789012", ..base.clone() }, "200"),
        ("too short an account", Signing { key: "12345678901", ..base.clone() }, WHO),
        ("letters", Signing { key: "12345678901a", ..base.clone() }, WHO),
        ("somebody", Signing { key: "AKIDEXAMPLE", ..base.clone() }, WHO),
        ("another secret", Signing { secret: "b token of some length", ..base.clone() }, MISMATCH),
        ("another region", Signing { region: "us-east-1", ..base.clone() }, "200"),
        ("899 s ago", Signing { at: -890, ..base.clone() }, "200"),
        ("901 s ago", Signing { at: -910, ..base.clone() }, EXPIRED),
        ("in 890 s", Signing { at: 890, ..base.clone() }, "200"),
        ("in 910 s", Signing { at: 910, ..base.clone() }, EXPIRED),
        (
            "a query",
            Signing { query: "a=%20b&c=d", body: "", ..base.clone() },
            "400 MissingParameter: The request must contain the parameter Action",
        ),
        (
            "by GET",
            Signing {
                method: "GET",
                query: "Action=CreateVpc&DryRun=true&CidrBlock=10.0.0.0%2F16",
                body: "",
                ..base.clone()
            },
            "412 DryRunOperation: Request would have succeeded, but DryRun flag is set.",
        ),
        (
            "for another service than its target's",
            Signing {
                headers: vec![("x-amz-target", "AmazonSSM.GetParameter")],
                body: "{}",
                ..base.clone()
            },
            "403 {\"__type\":\"SignatureDoesNotMatch\",\"message\":\"Credential should be scoped to correct service: 'ssm'. \"}",
        ),
        (
            "another header",
            Signing { headers: vec![("x-more", "  a   b ")], ..base.clone() },
            "200",
        ),
        (
            "the payload unsigned",
            Signing {
                unsigned_payload: true,
                headers: vec![("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
                ..base.clone()
            },
            "200",
        ),
        (
            "the payload unsigned, untold",
            Signing { unsigned_payload: true, ..base.clone() },
            MISMATCH,
        ),
    ];
    for (what, signing, expected) in rows {
        assert_eq!(outcome(&signing.request()), expected, "{what}");
    }
}

#[test]
fn a_request_that_was_changed_after_it_was_signed_is_refused() {
    type Change = fn(&mut Request);
    fn header(request: &mut Request, name: &str, change: impl Fn(&str) -> String) {
        for (own, value) in &mut request.headers {
            if own == name {
                *value = change(value);
            }
        }
    }
    let scoped = |what: &str| format!("403 SignatureDoesNotMatch: {what}");
    let today = {
        let now = time::OffsetDateTime::from(SystemTime::now());
        format!("{:04}{:02}{:02}", now.year(), u8::from(now.month()), now.day())
    };
    let rows: Vec<(&str, Change, String)> = vec![
        ("the body", |it| it.body.push(b'1'), MISMATCH.to_owned()),
        ("the query", |it| it.query.push_str("a=b"), MISMATCH.to_owned()),
        ("the path", |it| it.path.push('x'), MISMATCH.to_owned()),
        ("the method", |it| "PUT".clone_into(&mut it.method), MISMATCH.to_owned()),
        ("the host", |it| header(it, "host", |_| "other.test".to_owned()), MISMATCH.to_owned()),
        ("no host", |it| it.headers.retain(|(name, _)| name != "host"), MISMATCH.to_owned()),
        ("no time", |it| it.headers.retain(|(name, _)| name != "x-amz-date"), MISMATCH.to_owned()),
        (
            "a time of no form",
            |it| header(it, "x-amz-date", |_| "2026-01-01T00:00:00Z".to_owned()),
            MISMATCH.to_owned(),
        ),
        (
            "a longer signature",
            |it| header(it, "authorization", |old| format!("{old}0")),
            MISMATCH.to_owned(),
        ),
        (
            "no signature",
            |it| {
                header(it, "authorization", |old| {
                    old.split(", Signature").next().unwrap().to_owned()
                });
            },
            MISMATCH.to_owned(),
        ),
        (
            "no headers named",
            |it| header(it, "authorization", |old| old.replace("SignedHeaders", "Other")),
            MISMATCH.to_owned(),
        ),
        (
            "another day in the scope",
            |it| {
                header(it, "authorization", |old| {
                    let day = old.split('/').nth(1).unwrap().to_owned();
                    old.replace(&format!("/{day}/"), "/20200101/")
                });
            },
            scoped(&format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != '{today}'."
            )),
        ),
        (
            "another service in the scope",
            |it| header(it, "authorization", |old| old.replace("/ec2/", "/ssm/")),
            String::new(),
        ),
        (
            "another end of the scope",
            |it| header(it, "authorization", |old| old.replace("/aws4_request", "/aws4")),
            scoped(
                "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'.",
            ),
        ),
        (
            "a region that is none",
            |it| {
                header(it, "authorization", |old| {
                    old.replace("/ap-northeast-2/", "/ap-nowhere-9/")
                });
            },
            "400 AuthFailure: Credential should be scoped to a valid region, not 'ap-nowhere-9'."
                .to_owned(),
        ),
        (
            "another way of signing",
            |it| {
                header(it, "authorization", |old| {
                    old.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
                });
            },
            "401 MissingAuthenticationToken: Request is missing Authentication Token".to_owned(),
        ),
        (
            "a scope that is cut",
            |it| header(it, "authorization", |old| old.replace("/ec2/aws4_request", "")),
            "401 MissingAuthenticationToken: Request is missing Authentication Token".to_owned(),
        ),
        (
            "nothing signed",
            |it| it.headers.retain(|(name, _)| name != "authorization"),
            "401 MissingAuthenticationToken: Request is missing Authentication Token".to_owned(),
        ),
    ];
    for (what, change, expected) in rows {
        let mut request = Signing::default().request();
        change(&mut request);
        let found = outcome(&request);
        if expected.is_empty() {
            assert!(!found.starts_with("200"), "{what}: {found}");
        } else {
            assert_eq!(found, expected, "{what}");
        }
    }
}

#[test]
fn a_presigned_request_is_good_for_as_long_as_it_says() {
    let base = Signing {
        expires: Some(60),
        method: "GET",
        query: "Action=DescribeRegions&Version=2016-11-15&RegionName.1=us-east-1",
        body: "",
        ..Signing::default()
    };
    for (what, signing, expected) in [
        ("as it is", base.clone(), "200"),
        ("at its end", Signing { at: -55, ..base.clone() }, "200"),
        ("after its end", Signing { at: -70, ..base.clone() }, EXPIRED),
        ("ahead", Signing { at: 290, ..base.clone() }, "200"),
        ("too far ahead", Signing { at: 310, ..base.clone() }, EXPIRED),
        ("seven days", Signing { expires: Some(604_800), at: -604_700, ..base.clone() }, "200"),
        (
            "after seven days",
            Signing { expires: Some(604_800), at: -604_900, ..base.clone() },
            EXPIRED,
        ),
        ("another secret", Signing { secret: "other", ..base.clone() }, MISMATCH),
        (
            "what changes",
            Signing {
                query: "Action=CreateVpc&DryRun=true&CidrBlock=10.0.0.0%2F16",
                ..base.clone()
            },
            "412 DryRunOperation: Request would have succeeded, but DryRun flag is set.",
        ),
    ] {
        assert_eq!(outcome(&signing.request()), expected, "{what}");
    }
    let limit = "400 AuthorizationQueryParametersError: X-Amz-Expires";
    for (from, to, expected) in [
        ("X-Amz-Expires=60", "X-Amz-Expires=61", MISMATCH.to_owned()),
        (
            "X-Amz-Expires=60",
            "X-Amz-Expires=",
            format!("{limit} must be given with the other X-Amz- query parameters"),
        ),
        ("X-Amz-Expires=60", "X-Amz-Expires=-1", format!("{limit} must be non-negative")),
        ("X-Amz-Expires=60", "X-Amz-Expires=1h", format!("{limit} should be a number")),
        (
            "X-Amz-Expires=60",
            "X-Amz-Expires=604801",
            format!(
                "{limit} must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
            ),
        ),
        ("RegionName.1=us-east-1", "RegionName.1=us-west-1", MISMATCH.to_owned()),
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Algorithm=AWS4",
            "401 MissingAuthenticationToken: Request is missing Authentication Token".to_owned(),
        ),
    ] {
        let mut request = base.request();
        assert!(request.query.contains(from), "{}", request.query);
        request.query = request.query.replace(from, to);
        assert_eq!(outcome(&request), expected, "{to}");
    }
}
