//! The names for which the instance was told addresses: a service stands behind an address because of its name.
//!
//! Reads the replies that the resolver sends. Forgets the oldest.

use std::{
    net::Ipv4Addr,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use hickory_proto::{op::Message, rr::RData};
use lru::LruCache;

use crate::model::name::Name;

/// How many addresses are remembered.
const MOST: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// The names by address.
#[derive(Debug)]
pub(super) struct Names(Mutex<LruCache<Ipv4Addr, Name>>);

impl Default for Names {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Names {
    /// Learns from a reply. The name is the one that was asked for, not the last of a chain of CNAMEs.
    pub(super) fn learn(&self, reply: &[u8]) {
        let Ok(message) = Message::from_vec(reply) else { return };
        let Some(asked) = message.queries.first() else { return };
        let Ok(name) = Name::parse(&asked.name().to_string()) else { return };
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for record in &message.answers {
            if let RData::A(address) = &record.data {
                names.put(address.0, name.clone());
            }
        }
    }

    /// The name for which this address was told last.
    pub(super) fn of(&self, address: Ipv4Addr) -> Option<Name> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&address).cloned()
    }
}
