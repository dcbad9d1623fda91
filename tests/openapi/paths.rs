//! The routes, with what they take and answer.

#![allow(dead_code, unreachable_pub, reason = "the functions only describe")]

use serde_json::{Value, json};
use utoipa::{OpenApi, openapi::OpenApi as Document};

use crate::schemas::{
    Error, Explanation, Fault, Faults, Forgotten, Format, Kept, Labs, Level, Line, Meaning, Placed,
    Report, Shown, Status, Steps, Table, Tested, Tops,
};

/// Describes a route: its operation, method, path, summary, parameters, replies and body.
macro_rules! path {
    ($name:ident, $method:ident, $path:literal, $summary:literal, ($($params:tt)*), ($($responses:tt)*) $(, $body:ty)?) => {
        #[utoipa::path($method, path = $path, operation_id = stringify!($name), summary = $summary, tag = "vpcdns",
            params($($params)*), responses($($responses)*) $(, request_body = $body)?)]
        fn $name() {}
    };
}

path!(
    health,
    get,
    "/health",
    "Whether the process runs",
    (),
    ((status = 200, content_type = "text/plain", body = String))
);
path!(
    healthz,
    get,
    "/healthz",
    "As /health",
    (),
    ((status = 200, content_type = "text/plain", body = String))
);
path!(
    ready,
    get,
    "/ready",
    "Whether the server answers questions; `degraded: …` if changes cannot be saved",
    (),
    (
        (status = 200, content_type = "text/plain", body = String),
        (
            status = 503,
            description = "It starts or ends",
            content_type = "text/plain",
            body = String
        )
    )
);
path!(
    metrics,
    get,
    "/metrics",
    "Counts in Prometheus' text format",
    (),
    ((status = 200, content_type = "text/plain", body = String))
);
path!(status, get, "/api/status", "How the server stands", (), ((status = 200, body = Status)));
path!(cache, get, "/api/cache", "Kept answers of other servers",
    (("name" = Option<String>, Query, example = "example.com", description = "Of this name and all names below it"), ("limit" = Option<u32>, Query, description = "The most answers; at most 10,000")),
    ((status = 200, body = Kept), (status = 400, description = "A parameter is wrong", body = Error)));
path!(flush, delete, "/api/cache", "Forgets them",
    (("name" = Option<String>, Query, example = "example.com", description = "Of this name and all names below it"), ("limit" = Option<u32>, Query, description = "Not used")),
    ((status = 200, body = Forgotten), (status = 400, description = "A parameter is wrong", body = Error)));
path!(top, get, "/api/top", "Counts for some seconds: the names and sources that ask most",
    (("seconds" = Option<u32>, Query, description = "For how long: 1 to 60; 5 if it is left out"), ("limit" = Option<u32>, Query, description = "How many of each: 20 if it is left out, at most 1,000")),
    ((status = 200, body = Tops), (status = 400, description = "A parameter is wrong", body = Error), (status = 429, description = "Too many count already", body = Error)));
path!(
    log_level,
    get,
    "/api/log-level",
    "What is logged, in the form of RUST_LOG",
    (),
    (
        (status = 200, body = Level),
        (status = 404, description = "It cannot be changed here", body = Error)
    )
);
path!(
    set_log_level,
    put,
    "/api/log-level",
    "Changes what is logged, until the server ends",
    (),
    (
        (status = 200, body = Level),
        (status = 400, description = "The level is wrong", body = Error),
        (status = 404, description = "It cannot be changed here", body = Error),
        (
            status = 413,
            description = "The body is too long",
            content_type = "text/plain",
            body = String
        )
    ),
    String
);
path!(openapi, get, "/api/openapi.json", "This document", (), ((status = 200, body = Value)));
path!(explain, get, "/api/explain", "Why a name gets its answer, and which way the traffic goes",
    (("name" = String, Query, example = "cloudformation.ap-northeast-2.amazonaws.com", description = "The name"), ("type" = Option<String>, Query, description = "The record type; A if it is left out"),
     ("from" = Option<String>, Query, description = "The client: an instance, an address, a subnet, a VPC, an inbound endpoint or `internet`"),
     ("before" = Option<String>, Query, description = "Any value: the World before the last change"),
     ("port" = Option<i32>, Query, minimum = 1, maximum = 65535, description = "The TCP port that the ways go to; usually that of the load balancer's listener, 53 at an inbound endpoint, else 443"),
     ("lang" = Option<String>, Query, description = "The language of sentences: en or ko")),
    ((status = 200, body = Explanation), (status = 400, description = "A parameter is wrong", body = Error), (status = 404, description = "There was no change", body = Error)));
path!(table, get, "/api/table", "The private-DNS table of each interface endpoint",
    (("from" = Option<String>, Query, description = "The client"), ("limit" = Option<u32>, Query, description = "The most tables; at most 200"),
     ("lang" = Option<String>, Query, description = "The language of sentences: en or ko")),
    ((status = 200, body = Vec<Table>, headers(("x-total-count" = u32, description = "The number of all endpoints"))),
     (status = 400, description = "A parameter is wrong", body = Error)));
path!(doctor, get, "/api/doctor", "What is broken, dangerous or surprising in the World",
    (("limit" = Option<u32>, Query, description = "The most findings; at most 1,000"),
     ("lang" = Option<String>, Query, description = "The language of sentences: en or ko")),
    ((status = 200, body = Report), (status = 400, description = "A parameter is wrong", body = Error)));
path!(survey, get, "/api/survey", "Every service of the region, as one client sees it",
    (("from" = Option<String>, Query, description = "The client"), ("limit" = Option<u32>, Query, description = "Not used"),
     ("lang" = Option<String>, Query, description = "The language of sentences: en or ko")),
    ((status = 200, body = Vec<Line>), (status = 400, description = "A parameter is wrong", body = Error), (status = 404, description = "The region is not known", body = Error)));
path!(world, get, "/api/world", "The World, or a part of it",
    (("from" = Option<String>, Query, description = "The client whose VPC comes first"), ("limit" = Option<u32>, Query, description = "The most resources; at most 10,000"),
     ("format" = Option<Format>, Query, description = "yaml gives the whole World as a world file"),
     ("before" = Option<String>, Query, description = "Any value: the World before the last change")),
    ((status = 200, content((Shown = "application/json"), (Value = "application/yaml"))), (status = 400, description = "A parameter is wrong", body = Error),
     (status = 404, description = "There was no change", body = Error)));
path!(
    labs,
    get,
    "/api/labs",
    "The labs, and how far the World has come in them",
    (),
    ((status = 200, body = Labs))
);
path!(lab_step, post, "/api/labs/{lab}/steps/{step}", "The World becomes that of a step",
    (("lab" = String, Path, example = "lab09-1", description = "The lab's name"), ("step" = String, Path, example = "base", description = "The step's name"),
     ("force" = Option<String>, Query, description = "Any value: replace also what no step of the lab made"),
     ("begin" = Option<String>, Query, description = "Any value: the World in which the step begins"),
     ("show" = Option<String>, Query, description = "Any value: do the step in the current World")),
    ((status = 200, body = Placed), (status = 404, description = "There is no such lab or step", body = Error),
     (status = 409, description = "Something would be lost, or the step cannot be done here", body = Error),
     (status = 503, description = "The World cannot be saved", body = Error)));
path!(
    reset,
    post,
    "/api/reset",
    "Starts over",
    (),
    (
        (status = 200, body = Placed),
        (
            status = 503,
            description = "The World cannot be saved, or there is none to begin with",
            body = Error
        )
    )
);
path!(
    test,
    post,
    "/api/test",
    "Checks the steps of a test file against the World, and after changes that only the test sees. The body may also be YAML",
    (("lang" = Option<String>, Query, description = "The language of sentences: en or ko")),
    (
        (status = 200, body = Tested),
        (status = 400, description = "The steps are wrong", body = Error),
        (
            status = 413,
            description = "The body is too long",
            content_type = "text/plain",
            body = String
        )
    ),
    Steps
);
path!(faults, get, "/api/faults", "The faults that are made on purpose", (), ((status = 200, body = Vec<Fault>)));
path!(
    put_faults,
    put,
    "/api/faults",
    "Replaces all faults. The body may also be YAML",
    (),
    (
        (status = 200, body = Faults),
        (status = 400, description = "A fault is wrong", body = Error),
        (
            status = 413,
            description = "The body is too long",
            content_type = "text/plain",
            body = String
        ),
        (status = 503, description = "The change cannot be saved", body = Error)
    ),
    Vec<Fault>
);
path!(
    clear_faults,
    delete,
    "/api/faults",
    "Removes all faults",
    (),
    (
        (status = 200, body = Faults),
        (status = 503, description = "The change cannot be saved", body = Error)
    )
);
path!(refusal, get, "/api/refusals/{code}", "A code of AWS's errors in plain words",
    (("code" = String, Path, example = "InvalidVpcID.NotFound", description = "The code"), ("lang" = Option<String>, Query, description = "The language of sentences: en or ko")), ((status = 200, body = Meaning)));
path!(
    events,
    get,
    "/api/events",
    "Changes of the World and queries, as server-sent events: `world`, `queries`, `follow`, `lost`",
    (),
    (
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 503, description = "Too many clients listen", body = Error)
    )
);
path!(fact, get, "/facts/{id}", "A page that tells a fact about the resolver",
    (("id" = String, Path, example = "P20", description = "The fact's id, such as P20"), ("lang" = Option<String>, Query, description = "The language: en or ko")),
    ((status = 200, content_type = "text/html", body = String), (status = 404, description = "There is no such fact", content_type = "text/html", body = String)));

#[derive(OpenApi)]
#[openapi(
    info(
        title = "vpcdns",
        version = env!("CARGO_PKG_VERSION"),
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
        description = "The HTTP API of `vpcdns serve`, without the APIs of AWS. A server with `--token` takes `Authorization: Bearer TOKEN`."
    ),
    paths(
        health, healthz, ready, metrics, status, cache, flush, top, log_level, set_log_level, openapi, explain, table, doctor, survey, world, labs, lab_step, reset, test, faults, put_faults,
        clear_faults, refusal, events, fact
    ),
    components(schemas(Format)),
    tags((name = "vpcdns", description = "vpcdns's own API"))
)]
struct Api;

/// Routes that need neither a token nor a `Host`.
const FREE: [&str; 3] = ["/health", "/healthz", "/ready"];

/// The document. A reply may get more members one day; only a fault that is sent may not have others.
pub fn document() -> Value {
    let mut document = strict();
    for (name, schema) in document["components"]["schemas"].as_object_mut().unwrap() {
        if name != "Fault" {
            schema.as_object_mut().unwrap().remove("additionalProperties");
        }
    }
    document
}

/// The document with the members that replies have now, and no others: the routes, and the refusals that stand before each.
pub fn strict() -> Value {
    let document: Document = Api::openapi();
    let mut document = serde_json::to_value(document).unwrap();
    let text = |description: &str| json!({ "description": description, "content": { "text/plain": { "schema": { "type": "string" } } } });
    for (path, operations) in document["paths"].as_object_mut().unwrap() {
        for operation in operations.as_object_mut().unwrap().values_mut() {
            for parameter in
                operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten()
            {
                // A parameter is there or not. Numbers without bounds are of any size.
                without_null(&mut parameter["schema"]);
                if parameter["schema"]["type"] == "integer"
                    && parameter["schema"]["maximum"].is_null()
                {
                    parameter["schema"] = json!({ "type": "integer", "minimum": 0 });
                }
            }
            let responses = operation["responses"].as_object_mut().unwrap();
            match responses.get_mut("400") {
                Some(there) => {
                    there["content"]["text/plain"] = json!({ "schema": { "type": "string" } });
                }
                None => drop(responses.insert("400".to_owned(), text("The request is malformed"))),
            }
            responses.insert(
                "403".to_owned(),
                text("A page of another site sent it, or Host is unknown"),
            );
            if !FREE.contains(&path.as_str()) {
                responses.insert("401".to_owned(), text("The token is missing"));
            }
            for response in responses.values_mut() {
                response.as_object_mut().unwrap().entry("description").or_insert(json!("Done"));
            }
            responses.sort_keys();
        }
    }
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        let required = schema["required"].clone();
        let is_required =
            |name: &str| required.as_array().is_some_and(|all| all.contains(&json!(name)));
        for (name, member) in schema["properties"].as_object_mut().into_iter().flatten() {
            // A member that may be left out is never null.
            if !is_required(name) {
                without_null(member);
            }
        }
        schema.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    document
}

/// Takes null out of what a schema allows.
fn without_null(schema: &mut Value) {
    let null = json!("null");
    if let Some(types) = schema["type"].as_array_mut() {
        types.retain(|it| *it != null);
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema["oneOf"].as_array_mut() {
        choices.retain(|it| it["type"] != null);
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
    if let Some(members) = schema.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}
