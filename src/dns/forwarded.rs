//! A question on its way to another server, and the reply made of what comes back.
//!
//! Each CNAME that is heard is looked at in the asker's View, with its firewall. What the View answers is answered from
//! there: nothing public overrides what is private, and no name goes out that `resolve` would not forward. Where an alias
//! led to the question, only the end of what was heard is shown, under the alias's name (R57).

use std::{borrow::Cow, fmt, net::SocketAddr, sync::Arc};

use ipnetwork::IpNetwork;
use tokio::time::Instant;

use super::{
    edns::Opt,
    extended::Extended,
    forward::{Forwarder, Key, PATIENCE, Unheard},
    heard::{Heard, HeardRecord},
    reader::Head,
    single::minimal_any,
    writer::{MAX_MESSAGE, Reply, code},
};
use crate::{
    ask::{Size, Transport},
    model::{
        name::Name,
        record::{Rdata, RecordType},
    },
    resolve::{
        answer::{Alias, Answer, Data, Outcome, Owner, Rcode, Record, Records, Target},
        chase,
        question::{Asker, Chain, Question},
        rule,
        snapshot::Snapshot,
    },
};

/// How many questions one question may lead to, itself included.
const EXCHANGES: usize = 8;
/// DNAME: an alias for a whole subtree of names (RFC 6672).
const DNAME: RecordType = RecordType(39);

/// Everything needed for the reply once the answer arrives.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) key: Key,
    pub(super) head: Head,
    pub(super) question: Vec<u8>,
    /// The name asked, lower-case.
    pub(super) name: Name,
    pub(super) opt: Option<Opt>,
    /// Whether extended errors are left out.
    pub(super) exact: bool,
    pub(super) limit: usize,
    pub(super) transport: Transport,
    pub(super) asker: Asker,
    /// The client's network, as far as it is known.
    pub(super) address: Option<IpNetwork>,
    pub(super) now: u64,
    pub(super) seed: u32,
    /// The links that led to the forwarded question.
    pub(super) chain: Chain,
    /// The VPC whose View resolves CNAME targets. Differs from the client's VPC after a Resolver rule handed the
    /// question over.
    pub(super) view: Asker,
    /// CNAMEs already followed.
    pub(super) known: Vec<HeardRecord>,
    /// The alias that led to the question.
    pub(super) alias: Option<KeptAlias>,
    pub(super) snapshot: Arc<Snapshot>,
}

/// Ids alone: a job holds the World, which is megabytes of text.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("view", &self.view)
            .field("first", &self.key.servers.first())
            .field("servers", &self.key.servers.len())
            .finish_non_exhaustive()
    }
}

/// An alias, as it is kept in a job.
#[derive(Clone)]
pub(super) struct KeptAlias {
    owner: Name,
    /// The answer of its zone if the target has no records.
    code: u16,
    soa: Option<HeardRecord>,
}

impl KeptAlias {
    /// Copies an alias into a job.
    pub(super) fn new(alias: Alias<'_>, question: &Name) -> Self {
        let soa = alias.soa.and_then(|mut soa| {
            chase::own(&mut soa, question.as_ref());
            let (Owner::Name(owner), Data::Wire(rtype, wire)) = (soa.owner, soa.data) else {
                return None;
            };
            let (owner, data) = (owner.into_owned(), Rdata::from_wire(wire));
            Some(HeardRecord { owner, ttl: soa.ttl, rtype, data })
        });
        let owner = match alias.owner {
            Owner::Question | Owner::QuestionSuffix(_) => question.clone(),
            Owner::Name(name) => name.into_owned(),
        };
        Self { owner, code: alias.rcode.number().into(), soa }
    }
}

/// The servers for a question; `None` if there are none any more.
pub(super) fn servers(
    snapshot: &Snapshot,
    (target, asker): (Target, Asker),
    upstream: &[SocketAddr],
) -> Option<Vec<SocketAddr>> {
    let servers = match target {
        Target::Upstream => upstream.to_vec(),
        Target::Rule(id) => rule::outside(snapshot, asker, id),
    };
    (!servers.is_empty()).then_some(servers)
}

/// The CNAMEs followed so far, as a job keeps them.
pub(super) fn keep(records: &[Record<'_>], question: &Name) -> Vec<HeardRecord> {
    records
        .iter()
        .filter_map(|record| {
            let owner = match &record.owner {
                Owner::Question | Owner::QuestionSuffix(_) => question.clone(),
                Owner::Name(name) => Name::clone(name),
            };
            let Data::Name(rtype, target) = &record.data else { return None };
            let data = Rdata::name(target);
            Some(HeardRecord { owner, ttl: record.ttl, rtype: *rtype, data })
        })
        .collect()
}

/// What is said in the end.
#[derive(Default)]
pub(super) struct End<'s> {
    /// The records that come before those of `local`.
    pub(super) records: Vec<HeardRecord>,
    pub(super) code: u16,
    pub(super) soa: Option<HeardRecord>,
    /// The World's own answer, used instead of code and SOA.
    pub(super) local: Option<Answer<'s>>,
    /// Whether it is the firewall's answer.
    pub(super) blocked: bool,
    /// Why it is what it is.
    pub(super) error: Option<Extended>,
}

impl<'s> End<'s> {
    fn failed(why: Extended) -> Self {
        Self { code: code::SERVFAIL, error: Some(why), ..Self::default() }
    }

    fn local(records: Vec<HeardRecord>, answer: Answer<'s>) -> Self {
        Self { records, local: Some(answer), ..Self::default() }
    }
}

/// Where an answer leads.
#[expect(clippy::large_enum_variant, reason = "it is looked at once, where it is returned")]
enum Next<'s> {
    /// Nowhere.
    End(End<'s>),
    /// The answer leads to a question for another name, or for other servers.
    Ask(Key),
    /// The answer leads to a name that gets no reply (V10).
    Silence,
}

/// A forwarded question while its CNAME targets are followed.
struct Trail {
    key: Key,
    chain: Chain,
    view: Asker,
    /// What the reply begins with.
    records: Vec<HeardRecord>,
    /// The first alias that was followed, and how many records come before it.
    alias: Option<(KeptAlias, usize)>,
    /// Why the reply will be what it is.
    error: Option<Extended>,
}

/// What a client is told of a server that gave no answer.
fn why(unheard: Unheard) -> Extended {
    match unheard {
        Unheard::Busy => Extended::BUSY,
        Unheard::Failed => Extended::NO_ANSWER,
        Unheard::FailedBefore => Extended::NO_ANSWER_BEFORE,
        Unheard::Loop => Extended::LOOP,
    }
}

impl Job {
    /// Asks the servers, follows CNAMEs, and writes the reply; `None` for silence.
    pub(super) async fn answer(
        &self,
        forwarder: &Arc<Forwarder>,
        upstream: &[SocketAddr],
        out: &mut Vec<u8>,
    ) {
        let until = Instant::now() + PATIENCE;
        let Some(end) = self.follow(forwarder, upstream, until).await else { return out.clear() };
        if let Some(job) = self.for_dns64(&end, upstream)
            && let Some(mut found) = job.follow(forwarder, upstream, until).await
            && found.synthesise(end.negative_ttl())
        {
            return job.write(&found, out);
        }
        self.write(&end, out);
    }

    async fn follow(
        &self,
        forwarder: &Arc<Forwarder>,
        upstream: &[SocketAddr],
        until: Instant,
    ) -> Option<End<'_>> {
        let mut trail = Trail {
            key: self.key.clone(),
            chain: self.chain,
            view: self.view,
            records: self.known.clone(),
            alias: self.alias.clone().map(|alias| (alias, self.known.len())),
            error: None,
        };
        for _ in 0..EXCHANGES {
            let heard = match forwarder.ask(&trail.key, until).await {
                Ok(heard) => heard,
                Err(unheard) => return Some(End::failed(why(unheard))),
            };
            if heard.is_stale {
                trail.error = Some(match heard.code {
                    0 => Extended::STALE,
                    _ => Extended::STALE_NO_NAME,
                });
            }
            match self.take(&heard, &mut trail, upstream) {
                Next::End(end) => {
                    let end = End { error: end.error.or(trail.error), ..end };
                    return Some(match trail.alias {
                        Some((alias, before)) => self.under(end, alias, before, trail.key.rtype),
                        None => end,
                    });
                }
                Next::Ask(key) => trail.key = key,
                Next::Silence => return None,
            }
        }
        Some(End::failed(Extended::NO_END))
    }

    /// Resolves each CNAME target of an answer in the asker's View.
    fn take(&self, heard: &Heard, trail: &mut Trail, upstream: &[SocketAddr]) -> Next<'_> {
        let any = trail.key.rtype == RecordType::ANY;
        let mut names = vec![trail.key.name.clone()];
        while trail.key.rtype != RecordType::CNAME
            && let Some(target) = names.last().and_then(|last| heard.cname(last))
        {
            if trail.chain.followed >= chase::LONGEST_CHAIN {
                return Next::End(End::failed(Extended::NO_END));
            }
            trail.chain = trail.chain.handed_on();
            match self.ask_view(&target, trail) {
                Outcome::Answer(answer) if answer.rcode == Rcode::ServFail => {
                    let end = End::local(Vec::new(), answer);
                    return Next::End(End { error: Some(Extended::OWN_FAILURE), ..end });
                }
                Outcome::Answer(_) if any => {
                    return Next::End(End::local(Vec::new(), minimal_any()));
                }
                Outcome::Answer(mut answer) => {
                    for record in answer.records.iter_mut().chain(&mut answer.soa) {
                        chase::own(record, target.as_ref());
                    }
                    self.add(heard, &names, true, trail);
                    return Next::End(End::local(std::mem::take(&mut trail.records), answer));
                }
                // It stands in place of everything else.
                Outcome::Blocked(answer) => {
                    let end = End::local(Vec::new(), answer);
                    let error = Some(Extended::BLOCKED);
                    return Next::End(End { blocked: true, error, ..end });
                }
                Outcome::Silence => return Next::Silence,
                Outcome::Forward { known, alias, .. }
                    if any && (!known.is_empty() || alias.is_some()) =>
                {
                    return Next::End(End::local(Vec::new(), minimal_any()));
                }
                Outcome::Forward { target: to, name, known, chain, asker, alias } => {
                    (trail.chain, trail.view) = (chain, asker);
                    let Some(servers) = servers(&self.snapshot, (to, asker), upstream) else {
                        return Next::End(End::failed(Extended::NO_SERVER));
                    };
                    // What a rule's servers say of a public name is taken from them.
                    let elsewhere = to != Target::Upstream && servers != trail.key.servers;
                    let unknown = !heard.knows(&target) && !any;
                    if !known.is_empty() || elsewhere || unknown || alias.is_some() {
                        self.add(heard, &names, true, trail);
                        trail.records.extend(keep(&known, &target));
                        if let (None, Some(alias)) = (&trail.alias, alias) {
                            trail.alias =
                                Some((KeptAlias::new(alias, &target), trail.records.len()));
                        }
                        let (name, caps) = (name.into_owned(), trail.key.caps);
                        return Next::Ask(Key { servers, name, rtype: trail.key.rtype, caps });
                    }
                }
            }
            names.push(target);
        }
        self.add(heard, &names, false, trail);
        let (soa, records) = (heard.soa.clone(), std::mem::take(&mut trail.records));
        Next::End(End { records, code: heard.code, soa, ..End::default() })
    }

    /// Adds the records of these names, or only their CNAMEs. CNAMEs come first and in chain order, as clients read
    /// them, in whatever order the server sent them.
    fn add(&self, heard: &Heard, names: &[Name], links_only: bool, trail: &mut Trail) {
        for (at, name) in names.iter().enumerate() {
            let (before, name) = (names.get(..at).unwrap_or_default(), name.as_ref());
            let links = heard.records.iter().filter(|record| match record.rtype {
                // Once, though several names may lie below it.
                DNAME => {
                    let owner = record.owner.as_ref();
                    name.is_within(owner) && !before.iter().any(|it| it.as_ref().is_within(owner))
                }
                RecordType::CNAME => record.owner.as_ref() == name,
                _ => false,
            });
            trail.records.extend(links.cloned());
        }
        if !links_only {
            let wanted = heard.records.iter().filter(|record| {
                !matches!(record.rtype, DNAME | RecordType::CNAME) && names.contains(&record.owner)
            });
            trail.records.extend(wanted.cloned());
        }
    }

    /// The records shown for an alias: the final records of the asked type, under the alias's name, with a TTL no
    /// longer than that of any link (R57).
    fn under<'s>(
        &self,
        mut end: End<'s>,
        alias: KeptAlias,
        before: usize,
        rtype: RecordType,
    ) -> End<'s> {
        let failed = |code: u16| {
            ![Rcode::NoError, Rcode::NxDomain].iter().any(|it| u16::from(it.number()) == code)
        };
        let said = end.local.as_ref().map_or(end.code, |local| local.rcode.number().into());
        if end.blocked || failed(said) {
            return end;
        }
        let heard = end.records.split_off(before.min(end.records.len()));
        let longest = heard.iter().map(|record| record.ttl).min().unwrap_or(u32::MAX);
        let wanted = heard.into_iter().filter(|record| record.rtype == rtype);
        let wanted =
            wanted.map(|it| HeardRecord { owner: alias.owner.clone(), ttl: longest, ..it });
        let known = end.records.len();
        end.records.extend(wanted);
        let mut local = end.local.take().map(|local| local.records).unwrap_or_default();
        local.retain(|record| record.data.rtype() == rtype);
        for record in &mut local {
            record.ttl = record.ttl.min(longest);
            record.owner = if alias.owner == self.name {
                Owner::Question
            } else {
                Owner::Name(Cow::Owned(alias.owner.clone()))
            };
        }
        if end.records.len() == known && local.is_empty() {
            return End { code: alias.code, soa: alias.soa, ..end };
        }
        let local = (!local.is_empty()).then(|| Answer::found(local));
        End { code: Rcode::NoError.number().into(), soa: None, local, ..end }
    }

    /// Writes a SERVFAIL reply.
    pub(super) fn fail(&self, unheard: Unheard, out: &mut Vec<u8>) {
        self.write(&End::failed(why(unheard)), out);
    }

    fn write(&self, end: &End<'_>, out: &mut Vec<u8>) {
        let mut records: Records<'_> =
            end.records.iter().map(|record| self.record(record)).collect();
        let (code, soa) = match &end.local {
            None => (end.code, end.soa.as_ref().map(|soa| self.record(soa))),
            Some(local) => {
                records.extend(local.records.iter().cloned());
                (u16::from(local.rcode.number()), local.soa.clone())
            }
        };
        let opt = self.opt.map(|opt| Opt { error: end.error.filter(|_| !self.exact), ..opt });
        let reply = Reply {
            records: &records,
            authority: soa.as_ref(),
            ..Reply::empty(self.head, &self.question, code, opt)
        };
        if reply.write(self.limit, out).is_ok() {
            return;
        }
        let cut = match self.transport.size {
            Size::Announced => Reply { truncated: true, records: &[], authority: None, ..reply },
            Size::Whole => Reply::empty(self.head, &self.question, code::SERVFAIL, self.opt),
        };
        write(&cut, out);
    }

    /// The asker's View's answer for a CNAME target. ANY is resolved as in `respond`.
    fn ask_view(&self, target: &Name, trail: &Trail) -> Outcome<'_> {
        let any = self.key.rtype == RecordType::ANY;
        let question = Question {
            name: target.as_ref(),
            rtype: if any { RecordType::A } else { self.key.rtype },
            asker: trail.view,
            address: self.address,
            now: self.now,
            seed: self.seed,
            chain: trail.chain,
        };
        self.snapshot.answer(&question, &mut ())
    }

    fn record<'h>(&self, heard: &'h HeardRecord) -> Record<'h> {
        let owner = if heard.owner == self.name {
            Owner::Question
        } else {
            Owner::Name(Cow::Borrowed(&heard.owner))
        };
        Record { owner, ttl: heard.ttl, data: Data::Wire(heard.rtype, heard.data.wire()) }
    }
}

fn write(reply: &Reply<'_>, out: &mut Vec<u8>) {
    if reply.write(MAX_MESSAGE, out).is_err() {
        out.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dns::{
            fixture::{self, Bench},
            reader::HEADER,
            reply_action::ReplyAction,
            respond::{Inputs, respond},
        },
        resolve::public::PublicNames,
    };

    #[test]
    fn only_clients_with_a_place_have_other_servers_asked() {
        let bench = Bench::new();
        let public = PublicNames { upstream: true, ..PublicNames::default() };
        let world = fixture::snapshot().world;
        let snapshot = Arc::new(Snapshot::new(world, Arc::new(public)));
        let packet = fixture::query("www.example", RecordType::A, &[]);
        let (internet, vpc) = (Asker::Internet, Asker::Vpc(fixture::main_vpc()));
        for (source, view, forwards) in [
            ("127.0.0.1", None, true),
            ("127.0.0.1", Some(internet), true),
            ("10.0.1.29", None, true),
            ("192.0.2.7", None, true),
            ("192.0.2.7", Some(internet), true),
            ("203.0.113.1", None, false),
            ("203.0.113.1", Some(internet), false),
            ("203.0.113.1", Some(vpc), false),
        ] {
            let inputs = Inputs {
                snapshot: &snapshot,
                access: &bench.access,
                view,
                identity: &bench.identity,
                upstream: &["192.0.2.53:53".parse().unwrap()],
                source: source.parse().unwrap(),
                transport: Transport::DATAGRAM,
                now: 0,
                seed: 0,
                exact: false,
                real: &crate::dns::real::Real::default(),
                about: &std::cell::Cell::default(),
            };
            let mut out = Vec::new();
            match respond(&inputs, &packet, &mut out) {
                ReplyAction::Forward(_) => assert!(forwards, "{source} {view:?}"),
                ReplyAction::Send => assert!(!forwards && out[3] & 0x0f == 5, "{source} {view:?}"),
                action => panic!("{source} {view:?}: {action:?}"),
            }
        }
    }

    #[test]
    fn a_reply_longer_than_any_message_is_not_sent() {
        let head = Head { id: 1, opcode: 0, recursion_desired: true, checking_disabled: false };
        let mut out = Vec::new();
        write(&Reply::empty(head, &[0; 5], code::SERVFAIL, None), &mut out);
        assert_eq!(out.len(), HEADER + 5);
        write(&Reply::empty(head, &[0; MAX_MESSAGE], code::SERVFAIL, None), &mut out);
        assert!(out.is_empty());
    }
}
