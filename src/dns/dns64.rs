//! DNS64 for forwarded names: an AAAA made from the A that another server answered (R32; RFC 6147).
//!
//! `resolve` knows which subnet has it on, and how an address is made.

use std::net::{Ipv4Addr, SocketAddr};

use super::{
    forward::Key,
    forwarded::{End, Job, KeptAlias, keep, servers},
    heard::HeardRecord,
};
use crate::{
    model::record::{Rdata, RecordType},
    resolve::{
        answer::{Data, Outcome, Rcode},
        dns64,
        question::{Chain, Question},
    },
};

impl Job {
    /// The question for A that follows an answer to AAAA without any, if the asker's subnet has DNS64 on.
    pub(super) fn for_dns64(&self, end: &End<'_>, upstream: &[SocketAddr]) -> Option<Self> {
        if self.key.rtype != RecordType::AAAA
            || !dns64::is_on(&self.snapshot, self.asker)
            || !end.lacks_aaaa()
        {
            return None;
        }
        let question = Question {
            name: self.name.as_ref(),
            rtype: RecordType::A,
            asker: self.asker,
            address: self.address,
            now: self.now,
            seed: self.seed,
            chain: Chain::default(),
        };
        let Outcome::Forward { target, name, known, chain, asker, alias } =
            self.snapshot.answer(&question, &mut ())
        else {
            return None;
        };
        let servers = servers(&self.snapshot, (target, asker), upstream)?;
        let name = name.into_owned();
        let key = Key { servers, name, rtype: RecordType::A, caps: self.key.caps };
        let known = keep(&known, &self.name);
        let alias = alias.map(|alias| KeptAlias::new(alias, &self.name));
        Some(Self { key, chain, view: asker, known, alias, ..self.clone() })
    }
}

impl End<'_> {
    fn lacks_aaaa(&self) -> bool {
        let local = self.local.as_ref();
        !self.blocked
            && local.map_or(self.code == 0, |local| local.rcode == Rcode::NoError)
            && !self.records.iter().any(|record| record.rtype == RecordType::AAAA)
            && !local.is_some_and(|local| {
                local.records.iter().any(|record| record.data.rtype() == RecordType::AAAA)
            })
    }

    /// The TTL of the SOA that says that there is none.
    pub(super) fn negative_ttl(&self) -> Option<u32> {
        let local = self.local.as_ref().and_then(|local| local.soa.as_ref());
        self.soa.as_ref().map(|soa| soa.ttl).or(local.map(|soa| soa.ttl))
    }

    /// Makes AAAA records from all A records. Their TTL is no longer than that of the negative AAAA answer (RFC 6147
    /// section
    /// 5.1.7). False if there are none.
    pub(super) fn synthesise(&mut self, ttl: Option<u32>) -> bool {
        let longest = ttl.unwrap_or(u32::MAX);
        let mut made = false;
        for record in &mut self.records {
            if let Some(data) = made_of(record) {
                let (ttl, rtype) = (record.ttl.min(longest), RecordType::AAAA);
                *record = HeardRecord { ttl, rtype, data, ..record.clone() };
                made = true;
            }
        }
        for record in self.local.iter_mut().flat_map(|local| &mut local.records) {
            if let Data::A(address) = record.data {
                record.data = Data::Aaaa(dns64::made_of(address));
                record.ttl = record.ttl.min(longest);
                made = true;
            }
        }
        if let Some(local) = &mut self.local {
            local.soa = None;
        }
        made && !self.blocked
    }
}

fn made_of(record: &HeardRecord) -> Option<Rdata> {
    let octets = <[u8; 4]>::try_from(record.data.wire()).ok()?;
    let address = dns64::made_of(Ipv4Addr::from(octets));
    (record.rtype == RecordType::A).then(|| Rdata::from_wire(&address.octets()))
}
