//! Replies to packets without a listener, for tests, benchmarks, fuzzing, and programs that have packets of their
//! own.

use std::{
    cell::Cell,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use super::{
    identity::Identity,
    placement::{Access, loopback_networks},
    real::Real,
    reply_action::ReplyAction,
    respond::{self, Inputs},
};
use crate::{
    ask::Transport,
    resolve::{question::Asker, snapshot::Snapshot},
};

/// Answers packets like a listener that received them over UDP from loopback, unless set otherwise. It keeps nothing
/// between packets except the buffer for the reply.
#[derive(Debug)]
pub struct Responder {
    snapshot: Arc<Snapshot>,
    access: Access,
    view: Option<Asker>,
    identity: Identity,
    source: IpAddr,
    transport: Transport,
    exact: bool,
    real: Real,
    reply: Vec<u8>,
}

impl Responder {
    /// Answers from a Snapshot, to `view`; `None` leaves the place to Client Subnet and the source.
    pub fn new(snapshot: Arc<Snapshot>, view: Option<Asker>) -> Self {
        Self {
            snapshot,
            access: Access { fallback: None, allow: Vec::new(), trust_ecs: loopback_networks() },
            view,
            identity: Identity::of_this_host().explaining(true),
            source: IpAddr::V4(Ipv4Addr::LOCALHOST),
            transport: Transport::DATAGRAM,
            exact: false,
            real: Real::default(),
            reply: Vec::with_capacity(4096),
        }
    }

    /// The packets come from another address.
    #[must_use]
    pub fn from_source(self, source: IpAddr) -> Self {
        Self { source, ..self }
    }

    /// The replies hold nothing that AWS would not send: no extended errors (RFC 8914).
    #[must_use]
    pub fn exact(self) -> Self {
        Self { exact: true, ..self }
    }

    /// The packets come over TCP.
    #[must_use]
    pub fn over_tcp(self) -> Self {
        Self { transport: Transport::STREAM, ..self }
    }

    /// The reply to a packet at second `now` with a rotation seed; `None` for silence, and for what another server would
    /// have to be asked.
    pub fn reply(&mut self, packet: &[u8], now: u64, seed: u32) -> Option<&[u8]> {
        let inputs = Inputs {
            snapshot: &self.snapshot,
            access: &self.access,
            view: self.view,
            identity: &self.identity,
            upstream: &[],
            source: self.source,
            transport: self.transport,
            now,
            seed,
            exact: self.exact,
            real: &self.real,
            about: &Cell::default(),
        };
        match respond::respond(&inputs, packet, &mut self.reply) {
            ReplyAction::Send => Some(&self.reply),
            ReplyAction::Later(_, action) if matches!(*action, ReplyAction::Send) => {
                Some(&self.reply)
            }
            ReplyAction::Silence | ReplyAction::Forward(_) | ReplyAction::Later(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dns::fixture::{main_vpc, query, snapshot},
        model::{
            fault::{Fault, SetFaults},
            firewall::DomainPattern,
            name::Name,
            record::RecordType,
            resolver_rule::{CreateResolverRule, ResolverRule, RuleDetails, RuleKind},
            world::Tags,
        },
        resolve::public::PublicNames,
    };

    #[test]
    fn a_source_in_no_vpc_is_told_so_unless_replies_are_exact() {
        let snapshot = Arc::new(snapshot());
        let packet = query("two.corp.test", RecordType::A, &[0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
        let outside = || {
            let source = "203.0.113.1".parse().unwrap();
            Responder::new(Arc::clone(&snapshot), None).from_source(source)
        };
        let told = outside().reply(&packet, 1, 0).unwrap().to_vec();
        let option = told.windows(6).find(|it| it[..2] == [0, 15] && it[4..] == [0, 18]);
        assert!(told[3] & 0x0f == 5 && option.is_some(), "{told:?}");
        let exact = outside().exact().reply(&packet, 1, 0).unwrap().to_vec();
        // An OPT record without options.
        assert!(exact[3] & 0x0f == 5 && exact.ends_with(&[0, 0]), "{exact:?}");
        assert_eq!(exact.len(), packet.len());
    }

    #[test]
    fn a_source_outside_gets_little_over_udp_until_it_asked_over_a_stream() {
        let snapshot = Arc::new(snapshot());
        let payload = [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0];
        let packet = query("some.corp.test", RecordType::TXT, &payload);
        let vpc = Some(Asker::Vpc(main_vpc()));
        let size = |responder: &mut Responder| responder.reply(&packet, 1, 0).unwrap().len();
        let whole = size(&mut Responder::new(Arc::clone(&snapshot), vpc).over_tcp());
        assert!((512..1_232).contains(&whole), "{whole}");
        for inside in ["127.0.0.1", "10.0.1.10"] {
            let source = inside.parse().unwrap();
            let mut responder = Responder::new(Arc::clone(&snapshot), vpc).from_source(source);
            assert_eq!(size(&mut responder), whole, "{inside}");
        }
        let outside = "203.0.113.1".parse().unwrap();
        let mut responder = Responder::new(snapshot, vpc).from_source(outside);
        assert!(size(&mut responder) < 100);
        let mut responder = responder.over_tcp();
        assert_eq!(size(&mut responder), whole);
        let mut responder = Responder { transport: Transport::DATAGRAM, ..responder };
        assert_eq!(size(&mut responder), whole);
        assert!(size(&mut responder.from_source("203.0.113.2".parse().unwrap())) < 100);
    }

    #[test]
    fn what_another_server_would_be_asked_has_no_reply_late_or_at_once() {
        let names = DomainPattern::parse("late.example.net").unwrap();
        let faults = vec![Fault { names, from: None, answer: None, delay: 50 }];
        let rule = ResolverRule {
            id: "rslvr-rr-0000000a".parse().unwrap(),
            tags: Tags::default(),
            domain: Some(Name::parse("example.net").unwrap()),
            kind: RuleKind::Forward,
            targets: vec!["192.0.2.53:53".parse().unwrap()],
            targets_told: true,
            vpcs: vec![main_vpc()],
            details: RuleDetails::default(),
        };
        let world = snapshot().world.apply(&SetFaults { faults }.into()).unwrap().0;
        let world = world.apply(&CreateResolverRule { rule }.into()).unwrap().0;
        let public = PublicNames { forward_rules: true, ..PublicNames::default() };
        let snapshot = Arc::new(Snapshot::new(world, Arc::new(public)));
        let mut responder = Responder::new(snapshot, Some(Asker::Vpc(main_vpc())));
        let mut has_reply =
            |name: &str| responder.reply(&query(name, RecordType::A, &[]), 0, 0).is_some();
        assert!(has_reply("two.corp.test"));
        assert!(!has_reply("late.example.net"));
        assert!(!has_reply("soon.example.net"));
    }
}
