//! The private-DNS table: flags × private DNS × name → answer and way, computed by the resolver.
//!
//! For every interface endpoint of a World. Nothing in it is written down: each cell is a question asked of the World
//! after the Changes that make its row. A row AWS refuses to make carries the refusal.

use serde::Serialize;

use super::{
    explain::{self, Explanation, Verdict},
    question::{Chain, Question, Reader},
    snapshot::Snapshot,
    survey::Progress,
    together::Together,
};
use crate::{
    language::Language,
    model::{
        change::Change,
        endpoint::{Endpoint, EndpointKind, EndpointState, ServiceRef},
        endpoint_change::{ModifyVpcEndpoint, Settle},
        id::EndpointId,
        name::Name,
        record::RecordType,
        refusal::Refusal,
        vpc::ModifyVpcAttribute,
    },
};

/// The table of one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// The endpoint's id.
    pub endpoint: String,
    /// Its service.
    pub service: String,
    /// Its VPC's name.
    pub vpc: String,
    /// Who asks.
    pub from: String,
    /// The chapter's table: both attributes on, private DNS off and on.
    pub rows: Vec<TableRow>,
    /// The same with DNS hostnames and DNS support off (spec §3.2).
    pub flags: Vec<TableRow>,
}

/// One row.
#[derive(Clone, Debug, Serialize)]
pub struct TableRow {
    /// `enableDnsSupport`.
    pub dns_support: bool,
    /// `enableDnsHostnames`.
    pub dns_hostnames: bool,
    /// `PrivateDnsEnabled`.
    pub private_dns: bool,
    /// Which name: the service's default name, or the endpoint's own.
    pub name_of: NameOf,
    /// The name asked.
    pub name: String,
    /// The answer.
    pub cell: Cell,
    /// Whether the World is in this state now.
    pub in_force: bool,
}

/// Whose name is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameOf {
    /// The service's default DNS host name.
    Service,
    /// The endpoint's own DNS host name.
    Endpoint,
}

/// What a row answers.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// An answer.
    Answer {
        /// `PRIVATE`, `PUBLIC` and so on.
        verdict: Verdict,
        /// The addresses.
        addresses: Vec<String>,
        /// The way the traffic takes.
        #[serde(flatten)]
        together: Together,
    },
    /// AWS does not let the row be made.
    Refused {
        /// The error's code.
        code: &'static str,
        /// Its text.
        message: String,
    },
}

impl NameOf {
    /// In one word.
    pub fn short(self, say: Language) -> String {
        match self {
            Self::Service => say.service_short(),
            Self::Endpoint => say.endpoint_short(),
        }
    }

    /// In the chapter's words.
    pub fn words(self, say: Language) -> String {
        match self {
            Self::Service => say.service_name(),
            Self::Endpoint => say.endpoint_name(),
        }
    }
}

/// The tables of as many interface endpoints as `most`, as the reader sees them: VPC by VPC, the asker's own first.
pub fn tables(
    snapshot: &Snapshot,
    reader: Reader,
    most: usize,
    progress: Progress<'_>,
) -> Vec<Table> {
    let world = &snapshot.world;
    let mut vpcs: Vec<_> = world.vpcs_in_order().iter().map(|vpc| vpc.id).collect();
    vpcs.sort_by_key(|vpc| Some(*vpc) != reader.asker.vpc());
    let endpoints: Vec<_> = vpcs
        .into_iter()
        .flat_map(|vpc| world.endpoints_of(vpc))
        .filter(|endpoint| has_table(endpoint))
        .take(most)
        .collect();
    endpoints
        .iter()
        .enumerate()
        .map(|(done, endpoint)| {
            progress(done, endpoints.len());
            table(snapshot, endpoint, reader)
        })
        .collect()
}

/// How many endpoints have a table.
pub fn count(snapshot: &Snapshot) -> usize {
    snapshot.world.endpoints.values().filter(|endpoint| has_table(endpoint)).count()
}

fn has_table(endpoint: &Endpoint) -> bool {
    endpoint.kind == EndpointKind::Interface
}

fn table(snapshot: &Snapshot, endpoint: &Endpoint, reader: Reader) -> Table {
    let vpc = snapshot.world.vpcs.get(&endpoint.vpc);
    let state = |support, hostnames, private_dns| State { support, hostnames, private_dns };
    let rows = [state(true, true, false), state(true, true, true)];
    let flags = [
        state(true, true, false),
        state(true, true, true),
        state(true, false, false),
        state(true, false, true),
        state(false, true, false),
        state(false, true, true),
        state(false, false, false),
        state(false, false, true),
    ];
    let fill = |states: &[State]| {
        states.iter().flat_map(|state| rows_of(snapshot, endpoint, *state, reader)).collect()
    };
    Table {
        endpoint: endpoint.id.to_string(),
        service: endpoint.service.name().to_owned(),
        vpc: vpc.map_or_else(|| endpoint.vpc.to_string(), |vpc| vpc.label()),
        from: super::words::asker(&snapshot.world, reader.asker, reader.language),
        rows: fill(&rows),
        flags: fill(&flags),
    }
}

#[derive(Clone, Copy)]
struct State {
    support: bool,
    hostnames: bool,
    private_dns: bool,
}

fn rows_of(
    snapshot: &Snapshot,
    endpoint: &Endpoint,
    state: State,
    reader: Reader,
) -> Vec<TableRow> {
    let made = make(snapshot, endpoint, state);
    let vpc = snapshot.world.vpcs.get(&endpoint.vpc);
    let in_force = endpoint.private_dns == state.private_dns
        && vpc.is_some_and(|vpc| {
            vpc.dns_support == state.support && vpc.dns_hostnames == state.hostnames
        });
    names(snapshot, endpoint)
        .into_iter()
        .map(|(name_of, name)| TableRow {
            dns_support: state.support,
            dns_hostnames: state.hostnames,
            private_dns: state.private_dns,
            name_of,
            name: name.to_string(),
            cell: match &made {
                Ok(made) => ask(made, &name, reader),
                Err(refusal) => {
                    Cell::Refused { code: refusal.code, message: refusal.message.clone() }
                }
            },
            in_force,
        })
        .collect()
}

/// The World of a row: private DNS is set while both attributes are on, then the attributes are.
fn make(snapshot: &Snapshot, endpoint: &Endpoint, state: State) -> Result<Snapshot, Refusal> {
    let attribute = |dns_support, dns_hostnames| ModifyVpcAttribute {
        vpc: endpoint.vpc,
        dns_support,
        dns_hostnames,
        network_metrics: None,
    };
    let mut changes: Vec<Change> =
        vec![attribute(Some(true), None).into(), attribute(None, Some(true)).into()];
    changes.extend(become_available(endpoint.id, endpoint.state));
    if endpoint.private_dns != state.private_dns {
        let private_dns = Some(state.private_dns);
        changes.push(
            ModifyVpcEndpoint {
                id: Some(endpoint.id),
                private_dns,
                ..ModifyVpcEndpoint::default()
            }
            .into(),
        );
        changes.push(Settle { id: endpoint.id }.into());
    }
    if !state.hostnames {
        changes.push(attribute(None, Some(false)).into());
    }
    if !state.support {
        changes.push(attribute(Some(false), None).into());
    }
    changes.iter().try_fold(snapshot.clone(), |snapshot, change| snapshot.apply(change))
}

fn become_available(id: EndpointId, state: EndpointState) -> Option<Change> {
    (state == EndpointState::Pending).then(|| Settle { id }.into())
}

/// The names of a row: the service's first private name, where it has one, and the endpoint's regional name.
fn names(snapshot: &Snapshot, endpoint: &Endpoint) -> Vec<(NameOf, Name)> {
    let service = match &endpoint.service {
        ServiceRef::Aws(aws) => {
            aws.private_names.first().map(|name| name.zone.clone()).or_else(|| {
                aws.service.public_hosts.first().and_then(|host| Name::parse(host).ok())
            })
        }
        ServiceRef::Customer { id, .. } => snapshot
            .world
            .endpoint_services
            .get(id)
            .and_then(|service| service.private_name.as_ref())
            .map(|private| private.name.zone.clone()),
    };
    service
        .map(|name| (NameOf::Service, name))
        .into_iter()
        .chain(endpoint.regional_name().map(|name| (NameOf::Endpoint, name)))
        .collect()
}

fn ask(snapshot: &Snapshot, name: &Name, reader: Reader) -> Cell {
    let Reader { asker, now, language } = reader;
    let question = Question {
        name: name.as_ref(),
        rtype: RecordType::A,
        asker,
        address: None,
        now,
        seed: 0,
        chain: Chain::default(),
    };
    let Explanation { answer, verdict, paths, .. } =
        explain::explain(snapshot, &question, language);
    Cell::Answer {
        verdict,
        addresses: answer
            .records
            .into_iter()
            .filter(|record| record.rtype == "A")
            .map(|record| record.data)
            .collect(),
        together: Together::of(&paths, language),
    }
}
