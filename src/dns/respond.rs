//! From the bytes of a query to the bytes of a reply: one pure function for every transport.
//!
//! It decides what the protocol asks for: errors of form, classes, ANY, EDNS, sizes. What a name's answer is, `resolve`
//! decides. It does no I/O; the clock and the rotation seed are given.

use std::{
    cell::Cell,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use ipnetwork::IpNetwork;

use super::{
    arrival::About,
    edns::{ClientSubnet, OUR_PAYLOAD, Opt},
    explained,
    extended::Extended,
    forward::Key,
    forwarded::{self, Job, KeptAlias},
    heard::Caps,
    identity::Identity,
    placement::{Access, Placed},
    reader::{Head, Query, Unread, question},
    real::Real,
    reply_action::ReplyAction,
    single::{minimal_any, one_record},
    unusual::{self, TsigRecord, Unusual},
    writer::{MAX_MESSAGE, Reply, code},
};
use crate::{
    ask::{Size, Transport},
    model::record::RecordType,
    resolve::{
        answer::{Answer, Data, Outcome, Owner, Rcode, Record, Records},
        fault,
        question::{Asker, Chain, Question},
        snapshot::Snapshot,
    },
};

const CLASS_IN: u16 = 1;
const CLASS_CHAOS: u16 = 3;
/// The least UDP payload every client takes (RFC 1035 section 4.2.1, RFC 6891 section 6.2.5).
const LEAST_PAYLOAD: u16 = 512;

/// The network of a client: the one it names in Client Subnet, else its address, unless that is loopback.
fn client_network(source: IpAddr, subnet: Option<ClientSubnet>) -> Option<IpNetwork> {
    match subnet {
        Some(subnet) => subnet.network(),
        None => Some(source.to_canonical()).filter(|it| !it.is_loopback()).map(Into::into),
    }
}

/// Everything a reply depends on beside the packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'c> {
    /// The World and its Views.
    pub(super) snapshot: &'c Arc<Snapshot>,
    /// Who may ask.
    pub(super) access: &'c Access,
    /// The listener's view.
    pub(super) view: Option<Asker>,
    /// What class CHAOS answers.
    pub(super) identity: &'c Identity,
    /// The forwarder for names outside the World.
    pub(super) upstream: &'c [SocketAddr],
    /// Where the packet came from.
    pub(super) source: IpAddr,
    /// How it came.
    pub(super) transport: Transport,
    /// Seconds since the epoch.
    pub(super) now: u64,
    /// Chooses the rotation of answers.
    pub(super) seed: u32,
    /// Whether extended errors are left out, as AWS does.
    pub(super) exact: bool,
    /// The sources outside every VPC that are not forged.
    pub(super) real: &'c Real,
    /// Where what was read of the query is put.
    pub(super) about: &'c Cell<About>,
}

/// Answers a packet.
pub(super) fn respond(inputs: &Inputs<'_>, packet: &[u8], out: &mut Vec<u8>) -> ReplyAction {
    let (head, unusual) = match Query::read(packet) {
        Ok(query) => return inputs.reply(&query, out),
        Err(Unread::NotAQuery) => return ReplyAction::Silence,
        // A client that sent an OPT record gets one (RFC 6891 section 6.1.1).
        Err(Unread::Malformed(head)) => {
            let opt = Some(Opt::default());
            return send(&Reply::empty(head, question(packet), code::FORMERR, opt), out);
        }
        Err(Unread::Unusual(head)) => (head, unusual::normalise(packet)),
    };
    match unusual {
        Unusual::Query(plain) => match Query::read(&plain) {
            Ok(query) => inputs.reply(&query, out),
            Err(_) => send(&Reply::empty(head, question(&plain), code::FORMERR, None), out),
        },
        Unusual::Signed { query, tsig } => match Query::read(&query) {
            Ok(query) => inputs.bad_key(&query, &tsig, out),
            Err(_) => send(&Reply::empty(head, question(&query), code::FORMERR, None), out),
        },
        Unusual::NotOneQuestion { edns } => {
            let code = if head.opcode == 0 { code::FORMERR } else { code::NOTIMP };
            send(&Reply::empty(head, &[], code, edns.then(Opt::default)), out)
        }
        Unusual::Malformed => send(&Reply::empty(head, question(packet), code::FORMERR, None), out),
    }
}

/// Only a header, for messages of which only the header can be read.
pub(super) fn bare(head: Head, code: u16, out: &mut Vec<u8>) -> ReplyAction {
    send(&Reply::empty(head, &[], code, None), out)
}

/// Writes a reply that is short by its nature.
fn send(reply: &Reply<'_>, out: &mut Vec<u8>) -> ReplyAction {
    match reply.write(MAX_MESSAGE, out) {
        Ok(()) => ReplyAction::Send,
        Err(_) => ReplyAction::Silence,
    }
}

impl Inputs<'_> {
    fn reply(&self, query: &Query<'_>, out: &mut Vec<u8>) -> ReplyAction {
        let action = self.check(query, out);
        self.log(query, &action, out);
        action
    }

    /// Says that the key of a TSIG is not known.
    fn bad_key(&self, query: &Query<'_>, tsig: &TsigRecord, out: &mut Vec<u8>) -> ReplyAction {
        let action = Self::code(query, code::NOTAUTH, out);
        unusual::add_bad_key(tsig, self.now, self.limit(query), out);
        self.log(query, &action, out);
        action
    }

    /// The reply to what the protocol refuses before the name is resolved.
    fn check(&self, query: &Query<'_>, out: &mut Vec<u8>) -> ReplyAction {
        self.about.set(About { rtype: Some(query.rtype), ..About::default() });
        if query.head.opcode != 0 {
            return Self::code(query, code::NOTIMP, out);
        }
        if query.edns.is_some_and(|edns| edns.version > 0) {
            return Self::code(query, code::BADVERS, out);
        }
        match query.rtype {
            // Types of records that stand in a message for its own sake.
            RecordType::OPT | RecordType::TKEY | RecordType::TSIG => {
                return Self::code(query, code::FORMERR, out);
            }
            RecordType::MAILA | RecordType::MAILB => {
                return Self::code(query, code::NOTIMP, out);
            }
            _ => {}
        }
        match query.class {
            CLASS_IN if matches!(query.rtype, RecordType::AXFR | RecordType::IXFR) => {
                self.refuse(query, Extended::NO_TRANSFER, out)
            }
            CLASS_IN => self.internet(query, out),
            CLASS_CHAOS => self.chaos(query, out),
            _ => self.refuse(query, Extended::NO_CLASS, out),
        }
    }

    fn internet(&self, query: &Query<'_>, out: &mut Vec<u8>) -> ReplyAction {
        let subnet = query.edns.and_then(|edns| edns.subnet);
        let Some(Placed { asker, by_subnet, may_forward, may_know_why }) =
            self.access.place(self.snapshot, self.view, self.source, subnet)
        else {
            return self.refuse(query, Extended::NOWHERE, out);
        };
        self.about.set(About {
            asker: Some(asker),
            subnet: subnet.filter(|_| by_subnet).map(|subnet| subnet.address),
            rtype: Some(query.rtype),
            is_outside: !may_know_why,
        });
        if !may_know_why && self.transport.size == Size::Whole {
            self.real.seen(self.source, self.now);
        }
        let any = query.rtype == RecordType::ANY;
        let question = Question {
            name: query.name(),
            rtype: if any { RecordType::A } else { query.rtype },
            asker,
            address: client_network(self.source, subnet.filter(|_| by_subnet)),
            now: self.now,
            seed: self.seed,
            chain: Chain::default(),
        };
        let opt = Opt::echo(subnet.filter(|_| by_subnet));
        let action = self.ask(query, &question, (opt, may_forward), out);
        match fault::delay(self.snapshot, &question) {
            Some(time) if !matches!(action, ReplyAction::Silence) => {
                ReplyAction::Later(time, Box::new(action))
            }
            _ => action,
        }
    }

    /// Answers a question whose client is known.
    fn ask(
        &self,
        query: &Query<'_>,
        question: &Question<'_>,
        (opt, may_forward): (Opt, bool),
        out: &mut Vec<u8>,
    ) -> ReplyAction {
        let any = query.rtype == RecordType::ANY;
        match self.snapshot.answer(question, &mut ()) {
            Outcome::Answer(answer) if any && exists(&answer) => {
                self.write(query, &minimal_any(), opt, out)
            }
            Outcome::Answer(answer) => {
                let error = match answer.rcode {
                    Rcode::ServFail => Some(Extended::OWN_FAILURE),
                    Rcode::Refused => Some(Extended::NO_VPC),
                    Rcode::NoError | Rcode::NxDomain => None,
                };
                self.write(query, &answer, self.because(opt, error), out)
            }
            Outcome::Blocked(answer) => {
                self.write(query, &answer, self.because(opt, Some(Extended::BLOCKED)), out)
            }
            Outcome::Forward { .. } if !may_forward => {
                self.refuse(query, Extended::NOT_FORWARDED, out)
            }
            // An alias has what its target has.
            Outcome::Forward { alias: Some(_), .. } if any => {
                self.write(query, &minimal_any(), opt, out)
            }
            Outcome::Forward { target, name, known, chain, asker, alias } => {
                let to = (target, asker);
                let Some(servers) = forwarded::servers(self.snapshot, to, self.upstream) else {
                    let opt = self.because(Opt::default(), Some(Extended::NO_SERVER));
                    return send(&empty(query, code::SERVFAIL, opt), out);
                };
                let asked = query.name().to_name();
                // ANY goes out as it is: whoever answers may minimise it.
                let caps = Caps::of(self.snapshot, question.asker);
                let key = Key { servers, name: name.into_owned(), rtype: query.rtype, caps };
                ReplyAction::Forward(Box::new(Job {
                    key,
                    head: query.head,
                    question: query.question.to_vec(),
                    known: forwarded::keep(&known, &asked),
                    alias: alias.map(|alias| KeptAlias::new(alias, &asked)),
                    name: asked,
                    opt: query.edns.map(|_| opt),
                    exact: self.exact,
                    limit: self.limit(query),
                    transport: self.transport,
                    asker: question.asker,
                    address: question.address,
                    now: self.now,
                    seed: self.seed,
                    chain,
                    view: asker,
                    snapshot: Arc::clone(self.snapshot),
                }))
            }
            Outcome::Silence => ReplyAction::Silence,
        }
    }

    fn chaos(&self, query: &Query<'_>, out: &mut Vec<u8>) -> ReplyAction {
        match self.identity.txt(query.name().wire()) {
            Some(data) if query.rtype == RecordType::TXT => {
                let answer = one_record(0, Data::Wire(RecordType::TXT, data));
                self.write(query, &answer, Opt::default(), out)
            }
            None if query.rtype == RecordType::TXT && self.identity.explains => {
                self.explain(query, out)
            }
            _ => self.refuse(query, Extended::NO_CLASS, out),
        }
    }

    /// Explains the A records of a name, to loopback and to clients in a VPC.
    fn explain(&self, query: &Query<'_>, out: &mut Vec<u8>) -> ReplyAction {
        let subnet = query.edns.and_then(|edns| edns.subnet);
        let placed = self.access.place(self.snapshot, self.view, self.source, subnet);
        let Some(placed) = placed.filter(|placed| placed.may_know_why) else {
            return self.refuse(query, Extended::NOT_EXPLAINED, out);
        };
        let address = client_network(self.source, subnet.filter(|_| placed.by_subnet));
        let question = Question::asked(query.name(), RecordType::A, placed.asker, self.now);
        let question = Question { address, ..question };
        let texts = explained::texts(self.snapshot, &question);
        let mut records = Records::new();
        records.extend(texts.iter().map(|text| Record {
            owner: Owner::Question,
            ttl: 0,
            data: Data::Wire(RecordType::TXT, text),
        }));
        let opt = Opt::echo(subnet.filter(|_| placed.by_subnet));
        self.write(query, &Answer::found(records), opt, out)
    }

    /// Refuses the query, and says why.
    fn refuse(&self, query: &Query<'_>, why: Extended, out: &mut Vec<u8>) -> ReplyAction {
        send(&empty(query, code::REFUSED, self.because(Opt::default(), Some(why))), out)
    }

    /// The OPT record that says why, unless nothing is said that AWS would not say.
    fn because(&self, opt: Opt, error: Option<Extended>) -> Opt {
        Opt { error: error.filter(|_| !self.exact), ..opt }
    }

    /// A code without records.
    fn code(query: &Query<'_>, code: u16, out: &mut Vec<u8>) -> ReplyAction {
        send(&empty(query, code, Opt::default()), out)
    }

    /// Writes the answer, or a truncated reply if it does not fit.
    fn write(
        &self,
        query: &Query<'_>,
        answer: &Answer<'_>,
        opt: Opt,
        out: &mut Vec<u8>,
    ) -> ReplyAction {
        let reply = Reply {
            records: &answer.records,
            authority: answer.soa.as_ref(),
            ..empty(query, u16::from(answer.rcode.number()), opt)
        };
        if reply.write(self.limit(query), out).is_ok() {
            return ReplyAction::Send;
        }
        match self.transport.size {
            // No records at all: a client must not take part of a set for the whole (RFC 2181 section 9).
            Size::Announced => {
                send(&Reply { truncated: true, records: &[], authority: None, ..reply }, out)
            }
            Size::Whole => {
                let opt = self.because(opt, Some(Extended::TOO_LONG));
                send(&empty(query, code::SERVFAIL, opt), out)
            }
        }
    }

    fn limit(&self, query: &Query<'_>) -> usize {
        match self.transport.size {
            Size::Announced => {
                let theirs = query.edns.map_or(LEAST_PAYLOAD, |edns| edns.payload);
                let most = match self.about.get().is_outside {
                    true => self.real.most(self.source, self.now),
                    false => OUR_PAYLOAD,
                };
                usize::from(theirs.clamp(LEAST_PAYLOAD, most))
            }
            Size::Whole => MAX_MESSAGE,
        }
    }

    fn log(&self, query: &Query<'_>, action: &ReplyAction, out: &[u8]) {
        tracing::debug!(
            source = %self.source,
            limit = self.limit(query),
            id = query.head.id,
            name = %query.name(),
            rtype = %query.rtype,
            class = query.class,
            verdict = ?action,
            rcode = out.get(3).map(|flags| flags & 0x0f),
            size = out.len(),
            "query"
        );
    }
}

/// A reply without records; its OPT record stays away if the query had none.
fn empty<'q>(query: &'q Query<'_>, code: u16, opt: Opt) -> Reply<'q> {
    Reply {
        suffixes: Some(&query.suffixes),
        ..Reply::empty(query.head, query.question, code, query.edns.map(|_| opt))
    }
}

/// Whether the name exists: a CNAME before NXDOMAIN says that it does.
fn exists(answer: &Answer<'_>) -> bool {
    match answer.rcode {
        Rcode::NoError => true,
        Rcode::NxDomain => !answer.records.is_empty(),
        Rcode::ServFail | Rcode::Refused => false,
    }
}

#[cfg(test)]
mod tests;
