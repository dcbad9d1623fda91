//! The OpenAPI document at `/api/openapi.json`: it is what `paths.rs` and `schemas.rs` say, has each route of
//! `src/web/routes.rs` and no other, and tells what the routes answer.
//!
//! `VPCDNS_WRITE_OPENAPI=1 cargo test --test openapi` writes `src/web/openapi.json`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

#[path = "../common/mod.rs"]
mod common;
mod paths;
mod schemas;

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::Command,
    time::Duration,
};

use common::{Server, client::Client, root};
use serde_json::{Value, json};

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

#[test]
fn the_document_is_the_one_that_is_served() {
    let text = serde_json::to_string_pretty(&paths::document()).unwrap() + "\n";
    let file = root().join("src/web/openapi.json");
    if std::env::var_os("VPCDNS_WRITE_OPENAPI").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap();
    assert!(kept == text, "run VPCDNS_WRITE_OPENAPI=1 cargo test --test openapi");
    let version = paths::document()["openapi"].clone();
    assert!(version.as_str().unwrap().starts_with("3.1"), "{version}");
}

/// The routes of `src/web/routes.rs` as `get /path`, without `/`, which is the page and AWS's.
fn routes() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("src/web/routes.rs")).unwrap();
    let mut found = BTreeSet::new();
    for part in text.split(".route(").skip(1) {
        let path = part.split('"').nth(1).unwrap();
        // The handlers: up to the next call of the router.
        let handlers = part.split("\n        .").next().unwrap();
        let names = METHODS.into_iter().filter(|method| {
            let call = format!("{method}(");
            handlers.match_indices(&call).any(|(at, _)| {
                handlers[..at].ends_with([' ', '.', '(']) || handlers[..at].ends_with('\n')
            })
        });
        found.extend(names.filter(|_| path != "/").map(|method| format!("{method} {path}")));
    }
    found
}

/// The operations of the document in the same form.
fn operations() -> BTreeSet<String> {
    let document = paths::document();
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
    });
    all.collect()
}

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let routes = routes();
    assert!(routes.len() > 15 && routes.contains("delete /api/faults"), "{routes:?}");
    assert_eq!(operations(), routes);
}

/// The status, the content type without its parameters, and the body.
fn get(server: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    (status, kind.to_owned(), body.to_owned())
}

/// What is wrong with a reply; empty if the document has it.
fn wrong(path: &str, (status, kind, body): &(u16, String, String)) -> String {
    let document = paths::strict();
    let content = &document["paths"][path]["get"]["responses"][status.to_string()]["content"];
    let schema = &content[kind.as_str()]["schema"];
    if schema.is_null() {
        return format!("{status} {kind} is not in the document");
    }
    let value = match kind.as_str() {
        "application/json" => serde_json::from_str(body).unwrap(),
        _ => json!(body),
    };
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::validator_for(&whole).unwrap();
    let errors = validator.iter_errors(&value);
    errors.map(|error| format!("{}: {error}\n", error.instance_path())).collect()
}

#[test]
fn replies_are_as_the_document_says() {
    const NAME: &str = "cloudformation.ap-northeast-2.amazonaws.com";
    let asked: Vec<(&str, Vec<String>)> = vec![
        ("/health", vec!["".to_owned()]),
        ("/healthz", vec!["".to_owned()]),
        ("/ready", vec!["".to_owned()]),
        ("/metrics", vec!["".to_owned()]),
        ("/api/openapi.json", vec!["".to_owned()]),
        ("/api/status", vec!["".to_owned()]),
        ("/api/cache", ["", "?name=a.b", "?name=a..b", "?limit=x"].map(str::to_owned).to_vec()),
        ("/api/top", ["?seconds=1", "?seconds=0", "?seconds=x"].map(str::to_owned).to_vec()),
        ("/api/log-level", vec!["".to_owned()]),
        ("/api/labs", vec!["".to_owned()]),
        ("/api/faults", vec!["".to_owned()]),
        (
            "/api/explain",
            [
                "",
                "?name=..",
                "?name=a&type=b",
                "?name=a&from=nobody",
                "?name=a&name=b",
                "?name=a&before=1",
                &format!("?name={NAME}"),
                &format!("?name={NAME}&from=internet"),
                &format!("?name={NAME}&lang=ko"),
                "?name=no.such.name.test",
                "?name=amazon.com&type=SOA",
                "?name=vpce.amazonaws.com",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        (
            "/api/table",
            ["", "?limit=1", "?limit=x", "?from=nobody", "?from=internet"]
                .map(str::to_owned)
                .to_vec(),
        ),
        ("/api/doctor", ["", "?limit=1", "?limit=x", "?lang=ko"].map(str::to_owned).to_vec()),
        ("/api/survey", ["", "?from=nobody", "?from=internet"].map(str::to_owned).to_vec()),
        (
            "/api/world",
            ["", "?limit=3", "?format=yaml", "?format=x", "?before=1", "?limit=-1"]
                .map(str::to_owned)
                .to_vec(),
        ),
        (
            "/api/refusals/{code}",
            ["/InvalidVpcID.NotFound", "/Nothing", "/%ff"].map(str::to_owned).to_vec(),
        ),
        ("/facts/{id}", ["/P20", "/P0", "/%ff"].map(str::to_owned).to_vec()),
    ];
    let gets = operations().into_iter().filter_map(|it| it.strip_prefix("get ").map(str::to_owned));
    let gets: BTreeSet<String> = gets.filter(|path| path != "/api/events").collect();
    assert_eq!(gets, asked.iter().map(|(path, _)| (*path).to_owned()).collect());
    let mut problems = Vec::new();
    // The worlds have all kinds of resources among them; the third one was changed.
    for (number, world) in ["lab09-1", "lab09-2", "lab09-4", "on-premises"].iter().enumerate() {
        let server = Server::start(&[world]);
        let mut client = Client::new(server.http);
        if number == 0 {
            assert_eq!(client.hostnames(false).0, 200);
        }
        for (path, ends) in &asked {
            let stem = path.split("/{").next().unwrap();
            for end in ends {
                let reply = get(server.http, &format!("{stem}{end}"));
                let wrong = wrong(path, &reply);
                if !wrong.is_empty() {
                    problems.push(format!("{world} {stem}{end}: {wrong}"));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_document_is_read_over_http_and_events_are_a_stream() {
    let server = Server::start(&["lab09-1"]);
    let (status, kind, body) = get(server.http, "/api/openapi.json");
    assert_eq!((status, kind.as_str()), (200, "application/json"));
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), paths::document());
    let mut stream = TcpStream::connect(server.http).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut said = String::new();
    while !said.contains("event: world") {
        let mut bytes = [0; 4096];
        let length = stream.read(&mut bytes).unwrap();
        said.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    assert!(said.contains("content-type: text/event-stream"), "{said}");
}

/// Checks that no schema can promise: a name or a client may be a text and still mean nothing here.
const LEFT_OUT: &str = "positive_data_acceptance";

#[test]
fn schemathesis_finds_nothing() {
    let tool = root().join("target/tools/schemathesis/bin/schemathesis");
    if !tool.exists() {
        eprintln!("SKIPPED: schemathesis is missing; run tests/run --install");
        return;
    }
    let folder = common::scratch("schemathesis");
    let server = Server::start(&["lab09-1"]);
    let url = format!("http://{}", server.http);
    let output = Command::new(tool)
        .current_dir(&folder)
        .env("HYPOTHESIS_STORAGE_DIRECTORY", folder.join("examples"))
        .args(["run", &format!("{url}/api/openapi.json"), "--url", &url])
        .args(["--seed", "7", "--max-examples", "100", "--phases", "examples,coverage,fuzzing"])
        // It counts for up to a minute.
        .args(["--exclude-path", "/api/events", "--exclude-path", "/api/top"])
        .args(["--exclude-checks", LEFT_OUT])
        .args(["--generation-database", "none", "--request-timeout", "30", "--no-color"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{err}");
    eprintln!("{}", said.lines().rev().take(12).collect::<Vec<_>>().join("\n"));
    fs::remove_dir_all(folder).unwrap();
}
