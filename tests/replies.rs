//! The EC2 API's replies, byte for byte: a battery of requests in three worlds, with what each was answered.
//!
//! `tests/fixtures/ec2-replies/` has a file for each world. A `>` line is a request, the line below it the status and the
//! number of the reply; the replies, each once, follow: a short one as it is, a long one by its length and its hash. Only
//! the request's id is left out. No request here changes the World. `VPCDNS_BLESS=1 cargo test --test replies` writes the
//! replies; with `VPCDNS_WHOLE=1` as well, long ones as they are, so that two versions can be compared.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{fmt::Write as _, fs, sync::Arc};

use common::{compile, root};
use vpcdns::{
    api::{Api, Request},
    hash::stable_hash,
    import::{Defaults, open},
    store::Live,
};

/// The longest reply that is kept as it is, in bytes.
const LONG: usize = 800;

/// Answers a request: `GET` and a query, `POST` and a form, either with a region behind `@`.
fn answer(api: &Api, line: &str) -> (u16, String) {
    let (method, form) = line.split_once(' ').unwrap();
    let (method, region) = method.split_once('@').unwrap_or((method, "ap-northeast-2"));
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential=123456789012/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0"
    );
    let signed = ("authorization".to_owned(), credential);
    let (query, body, headers) = match method {
        "GET" => (form.to_owned(), Vec::new(), Vec::new()),
        _ => (String::new(), form.as_bytes().to_vec(), vec![signed]),
    };
    let (method, path) = (method.to_owned(), "/".to_owned());
    let reply =
        api.handle(&Request { method, path, query, headers, body, ..Request::default() }, true);
    (reply.status, reply.text().replace(&reply.request_id, "ID"))
}

fn battery(name: &str, world: &str) {
    let path = root().join("tests/fixtures/ec2-replies").join(format!("{name}.txt"));
    let kept = fs::read_to_string(&path).unwrap();
    let world = match world.strip_suffix(".yaml") {
        Some(_) => root().join(world).to_str().unwrap().to_owned(),
        None => world.to_owned(),
    };
    let loaded = open::open(&world, &Defaults::default()).unwrap();
    let api = Api::new(Arc::new(Live::new(compile(loaded.world))), "ap-northeast-2", None);
    let mut bodies: Vec<String> = Vec::new();
    let mut text = String::new();
    for line in kept.lines().filter_map(|line| line.strip_prefix("> ")) {
        let (status, body) = answer(&api, line);
        let place = bodies.iter().position(|it| *it == body).unwrap_or_else(|| {
            bodies.push(body);
            bodies.len() - 1
        });
        writeln!(text, "> {line}\n{status} #{place}").unwrap();
    }
    let whole = std::env::var_os("VPCDNS_WHOLE").is_some();
    for (place, body) in bodies.iter().enumerate() {
        if body.len() <= LONG || whole {
            writeln!(text, "#{place} {body}").unwrap();
        } else {
            writeln!(text, "#{place} {} bytes, {:032x}", body.len(), stable_hash(body)).unwrap();
        }
    }
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let differs = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
    assert!(kept == text, "{name}: {differs:#?}");
}

#[test]
fn described_worlds_are_answered_as_they_always_were() {
    battery("described", "tests/aws/described.yaml");
}

#[test]
fn the_first_lab_is_answered_as_it_always_was() {
    battery("lab09-1", "lab09-1@s3-gateway");
}

#[test]
fn the_second_lab_is_answered_as_it_always_was() {
    battery("lab09-2", "lab09-2");
}
