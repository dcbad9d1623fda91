//! Our own JSON: explanations, the table, the survey, the World.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    num::NonZeroU16,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    changed::{self, Difference},
    dig_command,
    failure::bad,
    language::Spoken,
    shared::{Shared, aside},
    world,
};
use crate::{
    export,
    language::Language,
    model::record::RecordType,
    resolve::{
        consequence, dig,
        explain::{self, Explanation},
        fact::{self, Tag},
        hint,
        path::{Aim, Port},
        places,
        public::service_of,
        question::{Asker, Question, Reader},
        snapshot::Snapshot,
        survey, table,
        together::Together,
    },
};

/// Seconds since the epoch.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

#[derive(Debug, Deserialize)]
pub(super) struct ExplainQuery {
    name: String,
    #[serde(rename = "type", default = "type_a")]
    rtype: String,
    from: Option<String>,
    /// Whether the World before the last change is asked.
    before: Option<String>,
    /// The TCP port that the ways go to.
    port: Option<NonZeroU16>,
}

fn type_a() -> String {
    "A".to_owned()
}

pub(super) async fn explain(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<ExplainQuery>,
    Spoken(language): Spoken,
) -> Response {
    aside(shared, move |shared| explained(shared, &asked, language)).await
}

/// The World that a request is about: the current one, or the one before the last change. `None` if there was no change.
fn snapshot(shared: &Shared, before: bool) -> Option<Arc<Snapshot>> {
    let current = shared.live.snapshot();
    if before { Some(Arc::clone(&shared.live.before()?.snapshot)) } else { Some(current) }
}

fn no_change() -> Response {
    bad(StatusCode::NOT_FOUND, "there was no change")
}

fn explained(shared: &Shared, asked: &ExplainQuery, language: Language) -> Response {
    let Some(snapshot) = snapshot(shared, asked.before.is_some()) else { return no_change() };
    let rtype: RecordType = match asked.rtype.parse() {
        Ok(rtype) => rtype,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("type: {error}")),
    };
    let asker = match client(&snapshot, asked.from.as_deref()) {
        Ok(asker) => asker,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("from: {error}")),
    };
    let address = asked.from.as_deref().and_then(|from| from.parse().ok());
    let now = now();
    let explained = hint::explain_typed(
        &snapshot,
        &asked.name,
        |name| Question { address, ..Question::asked(name, rtype, asker, now) },
        asked.port.map_or(Aim::Usual, |port| Aim::To(Port::tcp(port.get()))),
        language,
    );
    let (name, explanation) = match explained {
        Ok(explained) => explained,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("name: {error}")),
    };
    let question = Question { address, ..Question::asked(name.as_ref(), rtype, asker, now) };
    let facts: Facts = explanation
        .steps
        .iter()
        .flat_map(|step| &step.facts)
        .filter_map(|id| fact::fact(id))
        .map(|fact| (fact.id.as_str(), FactJson { tag: fact.tag, line: &fact.line }))
        .collect();
    let told = ExplanationJson {
        before: if asked.before.is_some() {
            None
        } else {
            before(shared, &snapshot, &question, (&explanation, language))
        },
        dig: Dig {
            command: dig_command::command(&shared.config, &snapshot, &question),
            everywhere: dig_command::is_everywhere(&shared.config),
            text: dig::text(&explanation, &server(&snapshot, asker)),
        },
        service: service_of(name.as_ref()).map(|(service, _)| service),
        facts,
        explanation,
    };
    Json(told).into_response()
}

/// The server that a client asks: the resolver of its VPC.
fn server(snapshot: &Snapshot, asker: Asker) -> String {
    let vpc = asker.vpc().and_then(|id| snapshot.world.vpcs.get(&id));
    // A client on the internet has a resolver of its own.
    vpc.and_then(|vpc| vpc.resolver()).unwrap_or(Ipv4Addr::new(192, 0, 2, 53)).to_string()
}

type Facts = BTreeMap<&'static str, FactJson>;

/// An explanation, and what a reader needs with it.
#[derive(Debug, Serialize)]
struct ExplanationJson {
    #[serde(flatten)]
    explanation: Explanation,
    dig: Dig,
    /// The AWS service that the name belongs to.
    service: Option<&'static str>,
    /// The facts that the steps refer to.
    facts: Facts,
    /// The result of the same question before the last change. `None` if it was the same, if there was no change, or if
    /// the World was replaced, except by a later step of the same lab.
    before: Option<Summary>,
}

/// The result of a question, to compare two Worlds.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Summary {
    status: String,
    verdict: &'static str,
    /// The data of the records, sorted.
    data: Vec<String>,
    /// The ways in words, sorted, without duplicates.
    ways: Vec<String>,
    /// The worst kind of the ways.
    path: Option<&'static str>,
    /// What differs between the World before the last change and the current one.
    changes: Vec<Difference>,
}

impl Summary {
    fn of(explanation: &Explanation) -> Self {
        let records = &explanation.answer.records;
        let mut data: Vec<String> = records.iter().map(|record| record.data.clone()).collect();
        data.sort();
        let mut ways: Vec<String> =
            explanation.paths.iter().map(|path| path.phrase.clone()).collect();
        ways.sort();
        ways.dedup();
        Self {
            status: explanation.answer.status.clone().into_owned(),
            verdict: explanation.verdict.text(),
            data,
            ways,
            path: Together::worst(&explanation.paths),
            changes: Vec::new(),
        }
    }
}

/// The result of the same question in the World before the last change, if it was different.
fn before(
    shared: &Shared,
    snapshot: &Snapshot,
    question: &Question<'_>,
    (now, language): (&Explanation, Language),
) -> Option<Summary> {
    let before = shared.live.before()?;
    let old = &before.snapshot;
    // The client has the same id in the old World, or it did not exist there.
    let asker = places::client(old, &asker_id(question.asker)).ok()?;
    let question = Question { asker, ..*question };
    let summary = Summary::of(&explain::explain(old, &question, language));
    if summary == Summary::of(now) {
        return None;
    }
    let told = !before.replaced
        || shared.common.stages.goes_on(
            shared.common.courses.all(&shared.config.defaults),
            &old.world,
            &snapshot.world,
        );
    let changes = changed::between(&old.world, &snapshot.world);
    told.then_some(Summary { changes, ..summary })
}

#[derive(Debug, Serialize)]
struct Dig {
    /// `None` if dig cannot ask as this client on any listener.
    command: Option<String>,
    /// Whether the server listens at every address of its machine. `command` then names loopback.
    everywhere: bool,
    text: String,
}

#[derive(Debug, Serialize)]
struct FactJson {
    tag: Tag,
    line: &'static str,
}

/// The most tables in one reply. Each table needs about a dozen Worlds.
const MOST_TABLES: usize = 200;

/// The tables of at most `limit` interface endpoints, as `from` sees them. Endpoints in its VPC come first. A header
/// gives the number of all endpoints.
pub(super) async fn table(
    State(shared): State<Arc<Shared>>,
    Query(From { from, limit }): Query<From>,
    Spoken(language): Spoken,
) -> Response {
    aside(shared, move |shared| {
        let snapshot = shared.live.snapshot();
        let asker = match client(&snapshot, from.as_deref()) {
            Ok(asker) => asker,
            Err(error) => return bad(StatusCode::BAD_REQUEST, format!("from: {error}")),
        };
        let most = limit.unwrap_or(MOST_TABLES).min(MOST_TABLES);
        let reader = Reader { asker, now: now(), language };
        let tables = table::tables(&snapshot, reader, most, &mut |_, _| ());
        let total = [("x-total-count", table::count(&snapshot).to_string())];
        (total, Json(tables)).into_response()
    })
    .await
}

#[derive(Debug, Deserialize)]
pub(super) struct From {
    from: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Format {
    format: Option<String>,
    /// Whether the World before the last change is shown.
    before: Option<String>,
}

/// The World with at most `limit` resources, the VPC of `from` first; or the whole World as a world file.
pub(super) async fn world(
    State(shared): State<Arc<Shared>>,
    Query(From { from, limit }): Query<From>,
    Query(Format { format, before }): Query<Format>,
) -> Response {
    match format.as_deref() {
        None | Some("json") => {
            aside(shared, move |shared| drawn(shared, from.as_deref(), limit, before.is_some()))
                .await
        }
        Some("yaml") => aside(shared, written).await,
        Some(other) => {
            bad(StatusCode::BAD_REQUEST, format!("format: `{other}` is not json or yaml"))
        }
    }
}

fn written(shared: &Shared) -> Response {
    let yaml = [(header::CONTENT_TYPE, "application/yaml; charset=utf-8")];
    (yaml, export::yaml(&shared.live.snapshot().world)).into_response()
}

/// The client around which the World is shown. If the requested one no longer exists, the default client.
fn focus(snapshot: &Snapshot, from: Option<&str>) -> Asker {
    client(snapshot, from).unwrap_or_else(|_| snapshot.default_asker())
}

fn drawn(shared: &Shared, from: Option<&str>, limit: Option<usize>, before: bool) -> Response {
    let Some(snapshot) = snapshot(shared, before) else { return no_change() };
    let focus = focus(&snapshot, from);
    let limit = limit.unwrap_or(world::DEFAULT_LIMIT).min(world::DEFAULT_LIMIT);
    let body = json!({
        "generation": snapshot.world.generation,
        "default_client": asker_id(snapshot.default_asker()),
        "world": world::world(&snapshot.world, focus, limit),
    });
    Json(body).into_response()
}

/// Every service of the region, as one client sees it.
pub(super) async fn survey(
    State(shared): State<Arc<Shared>>,
    Query(From { from, .. }): Query<From>,
    Spoken(language): Spoken,
) -> Response {
    aside(shared, move |shared| surveyed(shared, from.as_deref(), language)).await
}

fn surveyed(shared: &Shared, from: Option<&str>, language: Language) -> Response {
    let snapshot = shared.live.snapshot();
    let asker = match client(&snapshot, from) {
        Ok(asker) => asker,
        Err(error) => return bad(StatusCode::BAD_REQUEST, format!("from: {error}")),
    };
    let region = survey::region_of(&snapshot, asker)
        .or_else(|| crate::catalog::region(shared.config.defaults.region));
    match region {
        Some(region) => {
            let reader = Reader { asker, now: now(), language };
            Json(survey::survey(&snapshot, region, reader, &mut |_, _| ())).into_response()
        }
        None => bad(StatusCode::NOT_FOUND, "vpcdns does not know the region"),
    }
}

/// The most findings in one reply.
const MOST_FINDINGS: usize = 1000;

#[derive(Debug, Deserialize)]
pub(super) struct Most {
    limit: Option<usize>,
}

/// What is broken, dangerous or surprising in the World. The counts are those of all findings, the first of which are
/// listed.
pub(super) async fn doctor(
    State(shared): State<Arc<Shared>>,
    Query(Most { limit }): Query<Most>,
    Spoken(language): Spoken,
) -> Response {
    aside(shared, move |shared| {
        let snapshot = shared.live.snapshot();
        let mut report = consequence::of_world(&snapshot, language, &mut |_, _| ());
        report.findings.truncate(limit.unwrap_or(MOST_FINDINGS).min(MOST_FINDINGS));
        Json(report).into_response()
    })
    .await
}

fn client(snapshot: &Snapshot, from: Option<&str>) -> Result<Asker, places::ClientError> {
    from.map_or_else(|| Ok(snapshot.default_asker()), |from| places::client(snapshot, from))
}

/// The id of a client, by which it can be requested again.
pub(super) fn asker_id(asker: Asker) -> String {
    match asker {
        Asker::Internet => "internet".to_owned(),
        Asker::Vpc(vpc) => vpc.to_string(),
        Asker::Subnet(_, subnet) => subnet.to_string(),
        Asker::Instance(_, _, instance) => instance.to_string(),
        Asker::Inbound(_, endpoint) => endpoint.to_string(),
    }
}
