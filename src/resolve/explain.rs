//! An explanation: the steps of a decision in words, the facts they rest on, the assumptions, and the way of the
//! traffic.
//!
//! Made from the trace after the decision, so it never changes an answer.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Data, Outcome, Owner, Rcode, Record},
    fact::{self, Tag},
    hint::told::Hint,
    hop::HopDetails,
    journey::{self, Rung},
    path::{self, Aim, Goal, Path, PathKind, Stands},
    places::Located,
    public,
    question::{Asker, Question},
    snapshot::Snapshot,
    trace::{Step, Trace},
    why_not, words,
};
use crate::{
    language::Language,
    model::{
        id::{SubnetId, VpcId},
        name::{Name, NameRef},
        record::{RecordType, dotted},
        world::World,
    },
};

/// The explanation of an answer: why a client gets it, and which way the traffic takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// What was asked.
    pub question: QuestionText,
    /// The steps, in order.
    pub steps: Vec<StepWords>,
    /// How many of the steps are about the asker's own VPC, before a Resolver rule leads to another VPC.
    #[serde(skip)]
    pub own_steps: usize,
    /// Where the resolver looked.
    #[serde(default)]
    pub journey: Vec<Rung>,
    /// What is answered.
    pub answer: Answered,
    /// `PRIVATE`, `PUBLIC`, `NXDOMAIN`, `NODATA`, `SILENCE`, `SERVFAIL` or `FORWARDED`.
    pub verdict: Verdict,
    /// The way to each address.
    pub paths: Vec<PathWords>,
    /// What is assumed or synthetic in this explanation.
    pub assumptions: Vec<String>,
    /// What is wrong with the name, and what a reader may wonder about; `hint::explain` makes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
}

/// The question in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuestionText {
    /// The name, with its final dot.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Where it was asked from.
    pub from: String,
}

/// A step in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepWords {
    /// Its place, from 1.
    pub step: usize,
    /// The rule, one of a closed list.
    pub rule: Cow<'static, str>,
    /// What was found.
    pub text: String,
    /// The facts it rests on.
    pub facts: Vec<Cow<'static, str>>,
    /// Whether one of them is assumed.
    pub assumed: bool,
}

/// The answer in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The response code, or `SILENCE`.
    pub status: Cow<'static, str>,
    /// The answer section.
    pub records: Vec<RecordWords>,
    /// The SOA of a negative answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soa: Option<RecordWords>,
}

/// A record in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordWords {
    /// Its owner, with the final dot.
    pub name: String,
    /// Its TTL in seconds.
    pub ttl: u32,
    /// Its type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Its data.
    pub data: String,
}

/// The way to an address, in words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PathWords {
    /// The address.
    pub address: Ipv4Addr,
    /// The subnets with this way, if the client is a whole VPC whose subnets have different ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// `private`, `public`, `gateway` or `nowhere`.
    pub kind: Cow<'static, str>,
    /// Why the way leads nowhere, one of the codes in docs/json.md; none if it leads somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// The way in one phrase.
    #[serde(default)]
    pub phrase: String,
    /// The hops, the asker first.
    pub hops: Vec<String>,
    /// The same hops with what each is, for a drawing.
    #[serde(default, rename = "places")]
    pub details: Vec<HopDetails>,
    /// What the way assumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
}

/// The verdict on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Every address is private.
    Private,
    /// An address is public.
    Public,
    /// The name does not exist.
    NxDomain,
    /// The name exists, but has no record of the type.
    NoData,
    /// No reply at all.
    Silence,
    /// The server could not find out.
    ServFail,
    /// Another server is asked.
    Forwarded,
    /// Records without addresses.
    Records,
}

impl Verdict {
    /// One word in capitals.
    pub fn text(self) -> &'static str {
        match self {
            Self::Private => "PRIVATE",
            Self::Public => "PUBLIC",
            Self::NxDomain => "NXDOMAIN",
            Self::NoData => "NODATA",
            Self::Silence => "SILENCE",
            Self::ServFail => "SERVFAIL",
            Self::Forwarded => "FORWARDED",
            Self::Records => "RECORDS",
        }
    }

    /// Whether the answer has records of the type that was asked for.
    pub fn has_records(self) -> bool {
        matches!(self, Self::Private | Self::Public | Self::Records)
    }

    /// The exit code of `vpcdns explain`: 0 all private, 10 any public, 11 no address.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Private | Self::Records => 0,
            Self::Public | Self::Forwarded => 10,
            Self::NxDomain | Self::NoData | Self::Silence | Self::ServFail => 11,
        }
    }
}

/// Answers a question and explains the answer.
pub fn explain(snapshot: &Snapshot, question: &Question<'_>, say: Language) -> Explanation {
    explain_to(snapshot, question, Aim::Usual, say)
}

/// The same, with the ways to a port of the answer's addresses.
pub fn explain_to(
    snapshot: &Snapshot,
    question: &Question<'_>,
    aim: Aim,
    say: Language,
) -> Explanation {
    traced(snapshot, question, aim, say).0
}

/// The explanation, and the steps that it tells.
pub(super) fn traced(
    snapshot: &Snapshot,
    question: &Question<'_>,
    aim: Aim,
    say: Language,
) -> (Explanation, Trace) {
    let mut trace = Trace::default();
    let outcome = snapshot.answer(question, &mut trace);
    let mut steps: Vec<StepWords> = Vec::new();
    let mut own_steps = None;
    let silent = trace.0.iter().any(|step| matches!(step, Step::SupportOff(_)));
    for step in &trace.0 {
        let (rule, text, facts) = words::step(snapshot, question, *step, say);
        push(&mut steps, rule, text, facts);
        if matches!(step, Step::Attributes { .. }) && !silent {
            for (rule, text, facts) in why_not::reasons(snapshot, question, say) {
                push(&mut steps, rule, text, facts);
            }
        }
        if let Step::RuleInside(id) = step {
            let there = snapshot.world.inbound_endpoints.get(id).map(|endpoint| endpoint.vpc);
            if there != question.asker.vpc() {
                own_steps.get_or_insert(steps.len());
            }
        }
    }
    let answered = answered(&outcome, question.name);
    let addresses = addresses(&outcome);
    let verdict = verdict(snapshot, question, &outcome, &addresses);
    let stands = stands(question.name);
    let mut paths = Vec::new();
    for address in v4(&addresses) {
        let goal = Goal { address, stands, aim };
        for (subnets, path) in path::ways(&snapshot.world, question.asker, goal) {
            paths.push(path_words(&snapshot.world, address, (&subnets, &path), say));
        }
    }
    let mut assumptions = assumptions(&trace, &steps, say);
    assumptions.extend(assumed(&paths));
    let explanation = Explanation {
        question: QuestionText {
            name: dotted(question.name),
            rtype: question.rtype.to_string(),
            from: words::asker(&snapshot.world, question.asker, say),
        },
        own_steps: own_steps.unwrap_or(steps.len()),
        journey: {
            let data: Vec<String> =
                answered.records.iter().map(|record| record.data.clone()).collect();
            journey::journey(snapshot, question, &trace.0, &data)
        },
        steps,
        answer: answered,
        verdict,
        paths,
        assumptions,
        hints: Vec::new(),
    };
    (explanation, trace)
}

/// The verdict on an answer and the worst way to its IPv4 addresses, without text.
pub fn summary(
    snapshot: &Snapshot,
    question: &Question<'_>,
    aim: Aim,
) -> (Verdict, Option<PathKind>) {
    let outcome = snapshot.answer(question, &mut ());
    let addresses = addresses(&outcome);
    let worst =
        judge(snapshot, question.asker, question.name, &addresses, aim).and_then(|(_, way)| way);
    (verdict(snapshot, question, &outcome, &addresses), worst)
}

/// Whether every address an asker was given for a name is private, and the worst of the ways to the IPv4 ones; `None`
/// without addresses.
pub fn judge(
    snapshot: &Snapshot,
    asker: Asker,
    name: NameRef<'_>,
    addresses: &[IpAddr],
    aim: Aim,
) -> Option<(bool, Option<PathKind>)> {
    let stands = stands(name);
    let kinds: Vec<PathKind> = v4(addresses)
        .map(|address| Goal { address, stands, aim })
        .flat_map(|goal| path::ways(&snapshot.world, asker, goal))
        .map(|(_, path)| path.kind)
        .collect();
    let private = addresses.iter().all(|address| is_private(snapshot, asker, *address));
    let worst = PathKind::WORST_FIRST.into_iter().find(|kind| kinds.contains(kind));
    (!addresses.is_empty()).then_some((private, worst))
}

/// The service and region that a name belongs to.
pub(super) fn stands(name: NameRef<'_>) -> Option<Stands> {
    public::service_of(name).map(|(service, region)| Stands { service, region })
}

fn path_words(
    world: &World,
    address: Ipv4Addr,
    (subnets, path): (&[SubnetId], &Path),
    say: Language,
) -> PathWords {
    let label = |id: &SubnetId| {
        world.subnets.get(id).map_or_else(|| id.to_string(), |subnet| subnet.label())
    };
    let labels: Vec<String> = subnets.iter().map(label).collect();
    PathWords {
        address,
        from: (!labels.is_empty()).then(|| labels.join(", ")),
        kind: path.kind.text().into(),
        reason: path.lost().map(|lost| lost.code().into()),
        phrase: path.phrase(world, say),
        hops: path.words(world, say),
        details: path.details(world),
        assumed: path.assumed.iter().map(|it| it.words(world, say)).collect(),
    }
}

/// The assumptions of ways, each once.
pub(super) fn assumed(paths: &[PathWords]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in paths.iter().flat_map(|path| &path.assumed) {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    all
}

fn v4(addresses: &[IpAddr]) -> impl Iterator<Item = Ipv4Addr> {
    addresses.iter().filter_map(|address| match address {
        IpAddr::V4(address) => Some(*address),
        IpAddr::V6(_) => None,
    })
}

fn push(
    steps: &mut Vec<StepWords>,
    rule: &'static str,
    text: String,
    facts: &'static [&'static str],
) {
    let assumed =
        facts.iter().any(|id| fact::fact(id).is_some_and(|fact| fact.tag == Tag::Assumed));
    let facts = facts.iter().map(|id| Cow::Borrowed(*id)).collect();
    steps.push(StepWords {
        step: steps.len() + 1,
        rule: Cow::Borrowed(rule),
        text,
        facts,
        assumed,
    });
}

fn assumptions(trace: &Trace, steps: &[StepWords], say: Language) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for id in steps.iter().flat_map(|step| &step.facts) {
        let Some(fact) = fact::fact(id).filter(|fact| fact.tag == Tag::Assumed) else { continue };
        let text = format!("{id}: {}", fact.line);
        if !list.contains(&text) {
            list.push(text);
        }
    }
    for step in &trace.0 {
        if let Step::SyntheticAddress { known, offered } = step {
            list.push(say.synthetic());
            if !offered {
                list.push(say.offered_untold());
            } else if !known {
                list.push(say.name_inferred());
            }
        }
    }
    list
}

/// The outcome in words.
pub fn answered(outcome: &Outcome<'_>, question: NameRef<'_>) -> Answered {
    match outcome {
        Outcome::Answer(answer) | Outcome::Blocked(answer) => Answered {
            status: answer.rcode.text().into(),
            records: answer.records.iter().map(|record| record_words(record, question)).collect(),
            soa: answer.soa.as_ref().map(|soa| record_words(soa, question)),
        },
        Outcome::Forward { known, .. } => Answered {
            status: "FORWARDED".into(),
            records: known.iter().map(|record| record_words(record, question)).collect(),
            soa: None,
        },
        Outcome::Silence => Answered { status: "SILENCE".into(), records: Vec::new(), soa: None },
    }
}

fn record_words(record: &Record<'_>, question: NameRef<'_>) -> RecordWords {
    let name = match &record.owner {
        Owner::Question => dotted(question),
        Owner::QuestionSuffix(start) => question
            .suffixes()
            .find(|suffix| question.wire().len() - suffix.wire().len() == *start)
            .map_or_else(|| ".".to_owned(), dotted),
        Owner::Name(name) => dotted(Name::as_ref(name)),
    };
    RecordWords {
        name,
        ttl: record.ttl,
        rtype: record.data.rtype().to_string(),
        data: record.data.text(),
    }
}

fn records<'a, 's>(outcome: &'a Outcome<'s>) -> &'a [Record<'s>] {
    match outcome {
        Outcome::Answer(Answer { records, .. })
        | Outcome::Blocked(Answer { records, .. })
        | Outcome::Forward { known: records, .. } => records,
        Outcome::Silence => &[],
    }
}

/// The addresses of an answer.
pub(super) fn addresses(outcome: &Outcome<'_>) -> Vec<IpAddr> {
    records(outcome)
        .iter()
        .filter_map(|record| match &record.data {
            Data::A(address) => Some(IpAddr::V4(*address)),
            Data::Aaaa(address) => Some(IpAddr::V6(*address)),
            Data::Wire(RecordType::AAAA, wire) => {
                <[u8; 16]>::try_from(*wire).ok().map(IpAddr::from)
            }
            _ => None,
        })
        .collect()
}

pub(super) fn verdict(
    snapshot: &Snapshot,
    question: &Question<'_>,
    outcome: &Outcome<'_>,
    addresses: &[IpAddr],
) -> Verdict {
    match outcome {
        Outcome::Silence => return Verdict::Silence,
        Outcome::Forward { .. } => return Verdict::Forwarded,
        Outcome::Answer(answer) | Outcome::Blocked(answer) => match answer.rcode {
            Rcode::NxDomain => return Verdict::NxDomain,
            Rcode::ServFail | Rcode::Refused => return Verdict::ServFail,
            Rcode::NoError if answer.records.is_empty() || answer.soa.is_some() => {
                return Verdict::NoData;
            }
            Rcode::NoError => {}
        },
    }
    if addresses.is_empty() {
        return Verdict::Records;
    }
    let private = addresses.iter().all(|address| is_private(snapshot, question.asker, *address));
    if private { Verdict::Private } else { Verdict::Public }
}

/// Whether an address is private: by its range, or because a VPC that the asker is in, or an endpoint, holds it.
fn is_private(snapshot: &Snapshot, asker: Asker, address: IpAddr) -> bool {
    let world = &snapshot.world;
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_loopback()
                || asker
                    .vpc()
                    .and_then(|vpc| world.vpcs.get(&vpc))
                    .is_some_and(|vpc| vpc.contains(v4))
                || endpoint_holds(snapshot, v4)
        }
        IpAddr::V6(v6) => {
            snapshot.locate(None, address) != Located::Nowhere
                || v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
                    && is_private(snapshot, asker, IpAddr::V4(low_v4(v6)))
        }
    }
}

/// Whether an endpoint holds an address. The interfaces of an endpoint lie in the ranges of its VPC.
fn endpoint_holds(snapshot: &Snapshot, address: Ipv4Addr) -> bool {
    let world = &snapshot.world;
    let holds = |vpc: VpcId| {
        let holder = world.interface_addresses.get(&(vpc, address));
        holder.is_some_and(|id| {
            world.endpoints_of(vpc).any(|it| it.interfaces.iter().any(|held| held.id == *id))
        })
    };
    match snapshot.locate(None, address.into()) {
        Located::Nowhere => false,
        Located::One(asker) => asker.vpc().is_some_and(holds),
        Located::Several => world.vpcs.keys().any(|vpc| holds(*vpc)),
    }
}

fn low_v4(address: std::net::Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}
