//! A question on its way to another server, and the reply made of what comes back.
//!
//! A CNAME that leads back to a name the asker's View holds is answered from the View, with its firewall: nothing public
//! overrides what is private. TTLs are capped as the resolver caps them.

use std::{net::SocketAddr, sync::Arc};

use super::{
    edns::Opt,
    forward::{Heard, HeardRecord, Key, Unheard},
    reader::Head,
    respond::Transport,
    writer::{MAX_MESSAGE, Reply, code},
};
use crate::{
    model::{name::Name, record::RecordType},
    resolve::{
        answer::{Answer, Data, Outcome, Owner, Record, Records},
        chase,
        question::{Asker, Chain, Question},
        snapshot::Snapshot,
    },
};

/// Everything needed to reply once the answer is there.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) key: Key,
    pub(super) head: Head,
    pub(super) question: Vec<u8>,
    /// The name asked, lower-case.
    pub(super) name: Name,
    pub(super) opt: Option<Opt>,
    pub(super) limit: usize,
    pub(super) transport: Transport,
    pub(super) asker: Asker,
    pub(super) now: u64,
    pub(super) seed: u32,
    /// CNAMEs already followed.
    pub(super) known: Vec<HeardRecord>,
    pub(super) snapshot: Arc<Snapshot>,
}

/// The servers a question goes to; `None` if there are none any more.
pub(super) fn servers(
    snapshot: &Snapshot,
    target: crate::resolve::answer::Target,
    upstream: &[SocketAddr],
) -> Option<Vec<SocketAddr>> {
    use crate::resolve::answer::Target;
    let servers = match target {
        Target::Upstream => upstream.to_vec(),
        Target::Rule(id) => snapshot.world.resolver_rules.get(&id)?.targets.clone(),
    };
    (!servers.is_empty()).then_some(servers)
}

/// CNAMEs followed so far, as they are kept in a job.
pub(super) fn keep(records: &[Record<'_>], question: &Name) -> Vec<HeardRecord> {
    records
        .iter()
        .filter_map(|record| {
            let owner = match &record.owner {
                Owner::Question | Owner::QuestionSuffix(_) => question.clone(),
                Owner::Name(name) => Name::clone(name),
            };
            let Data::Name(rtype, target) = &record.data else { return None };
            let data = crate::model::record::Rdata::name(target);
            Some(HeardRecord { owner, ttl: record.ttl, rtype: *rtype, data })
        })
        .collect()
}

impl Job {
    /// Writes the reply.
    pub(super) fn finish(&self, heard: Result<Arc<Heard>, Unheard>, out: &mut Vec<u8>) {
        let heard = match heard {
            Ok(heard) => heard,
            Err(_) => return self.code(code::SERVFAIL, out),
        };
        let inside = self.asker.vpc().is_some();
        let switches = &self.snapshot.world.switches;
        let cap = if inside { switches.public_ttl_cap } else { u32::MAX };
        let negative_cap = if inside { switches.negative_ttl_cap } else { u32::MAX };
        let mut records: Records<'_> =
            self.known.iter().map(|known| self.record(known, u32::MAX)).collect();
        let mut turned = None;
        for heard in &heard.records {
            records.push(self.record(heard, cap));
            if heard.rtype == RecordType::CNAME && self.key.rtype != RecordType::CNAME {
                turned = self.local(heard);
                if turned.is_some() {
                    break;
                }
            }
        }
        let (code, soa) = match &turned {
            None => (heard.code, heard.soa.as_ref().map(|soa| self.record(soa, negative_cap))),
            Some(local) => {
                records.extend(local.records.iter().cloned());
                (u16::from(local.rcode.number()), local.soa.clone())
            }
        };
        let reply = Reply {
            records: &records,
            authority: soa.as_ref(),
            ..Reply::empty(self.head, &self.question, code, self.opt)
        };
        if reply.write(self.limit, out).is_ok() {
            return;
        }
        let cut = match self.transport {
            Transport::Udp => Reply { truncated: true, records: &[], authority: None, ..reply },
            Transport::Tcp => Reply::empty(self.head, &self.question, code::SERVFAIL, self.opt),
        };
        write(&cut, out);
    }

    /// A code without records.
    pub(super) fn code(&self, code: u16, out: &mut Vec<u8>) {
        write(&Reply::empty(self.head, &self.question, code, self.opt), out);
    }

    /// What the View itself answers for a CNAME's target, if it does.
    fn local(&self, cname: &HeardRecord) -> Option<Answer<'_>> {
        let target = Name::from_wire(cname.data.wire())?;
        let question = Question {
            name: target.as_ref(),
            rtype: self.key.rtype,
            asker: self.asker,
            now: self.now,
            seed: self.seed,
            chain: Chain { followed: 1, trusted: false },
        };
        match self.snapshot.answer(&question, &mut ()) {
            Outcome::Answer(mut answer) => {
                for record in answer.records.iter_mut().chain(&mut answer.soa) {
                    chase::own(record, target.as_ref());
                }
                Some(answer)
            }
            Outcome::Blocked(answer) => Some(answer),
            Outcome::Forward { .. } | Outcome::Silence => None,
        }
    }

    fn record<'h>(&self, heard: &'h HeardRecord, cap: u32) -> Record<'h> {
        let owner = if heard.owner == self.name {
            Owner::Question
        } else {
            Owner::Name(std::borrow::Cow::Borrowed(&heard.owner))
        };
        Record { owner, ttl: heard.ttl.min(cap), data: Data::Wire(heard.rtype, heard.data.wire()) }
    }
}

fn write(reply: &Reply<'_>, out: &mut Vec<u8>) {
    if reply.write(MAX_MESSAGE, out).is_err() {
        out.clear();
    }
}
