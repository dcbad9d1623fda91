//! Any bytes as a query to the chapter's lab: a reply hickory can read, or silence.
#![no_main]

use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use vpcdns::{
    dns,
    import::{Defaults, open},
    resolve::{public::PublicNames, snapshot::Snapshot},
};

fn snapshot() -> &'static Arc<Snapshot> {
    static SNAPSHOT: OnceLock<Arc<Snapshot>> = OnceLock::new();
    SNAPSHOT.get_or_init(|| {
        let world = open::open("lab09-1", &Defaults::default()).expect("a built-in world").world;
        Arc::new(Snapshot::new(world, Arc::new(PublicNames::default())))
    })
}

fuzz_target!(|packet: &[u8]| {
    let snapshot = snapshot();
    let mut responder = dns::Responder::new(Arc::clone(snapshot), Some(snapshot.default_asker()));
    if let Some(reply) = responder.reply(packet, 0, 0) {
        assert!(reply.len() >= 12 && reply.len() <= 4096);
    }
});
