//! Watches the replies of every listener. A sample is read from the bytes that were sent.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hickory_proto::{
    op::Message,
    rr::{RData, Record},
};

use super::{arrival::Arrival, front::Shared, tap::Kept, top::Window, unusual};
use crate::{
    ask::Size,
    model::name::Name,
    seen::{Batch, CODES, CountTops, Counts, KeptAnswer, Sample, Tops, Watch},
};

/// Watches the replies of every listener.
#[derive(Clone, Debug)]
pub(super) struct Watcher {
    shared: Arc<Shared>,
}

/// Keeps replies being kept, until it is dropped.
#[derive(Debug)]
struct Listening {
    shared: Arc<Shared>,
}

impl Watch for Watcher {
    fn listen(&self) -> Box<dyn Send> {
        self.shared.tap.watch();
        Box::new(Listening { shared: Arc::clone(&self.shared) })
    }

    fn drain(&self) -> Batch {
        let (seen, kept) = self.shared.tap.drain();
        Batch { seen, samples: kept.iter().filter_map(|kept| self.sample(kept)).collect() }
    }

    fn counts(&self) -> Counts {
        let Shared { tally, forwarder, connections, .. } = &*self.shared;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            queries: tally.counts(),
            panics: count(&tally.panics),
            over_allowance: count(&tally.over_allowance),
            delays_dropped: count(&tally.delays_dropped),
            loops: forwarder.loops(),
            servers: forwarder.servers(),
            cache: forwarder.cache_counts(),
            connections: connections.counts(),
            #[cfg(feature = "server")]
            query_log: self.shared.query_log.as_ref().map(|log| log.counts()),
            #[cfg(not(feature = "server"))]
            query_log: None,
        }
    }

    fn kept(&self, below: Option<&Name>, most: usize) -> Vec<KeptAnswer> {
        self.shared.forwarder.kept(below, most)
    }

    fn forget(&self, below: Option<&Name>) -> usize {
        self.shared.forwarder.forget(below)
    }

    fn count_tops(&self) -> Option<Box<dyn CountTops>> {
        Some(Box::new(self.shared.counting.begin()?))
    }
}

impl CountTops for Window {
    fn tops(&self, most: usize) -> Tops {
        self.tops(most)
    }
}

impl Watcher {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Reads a kept packet; `None` for one that asks nothing.
    fn sample(&self, kept: &Kept) -> Option<Sample> {
        let mut plain = Vec::new();
        let query = unusual::read(&kept.packet, &mut plain)?;
        let Arrival { source, transport, at, about, .. } = kept.arrival;
        let answers: Vec<Record> =
            Message::from_vec(&kept.reply).map(|message| message.answers).unwrap_or_default();
        Some(Sample {
            at: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            source: source.ip().to_canonical(),
            asker: about.asker,
            tcp: transport.size == Size::Whole,
            name: query.name().to_name(),
            class: query.class,
            rtype: query.rtype,
            status: CODES.get(kept.code).copied().unwrap_or("NOERROR"),
            addresses: answers.iter().filter_map(|record| address(&record.data)).collect(),
            data: answers.iter().map(|record| record.data.to_string()).collect(),
        })
    }
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.shared.tap.unwatch();
    }
}
