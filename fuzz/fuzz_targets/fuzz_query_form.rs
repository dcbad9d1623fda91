//! Any bytes as the form of an EC2 Query request: a document and a client's error at worst.
#![no_main]

use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use vpcdns::{
    api::{Api, Request},
    import::{Defaults, open},
    resolve::{public::PublicNames, snapshot::Snapshot},
    store::Live,
};

fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        let world = open::open("lab09-1", &Defaults::default()).expect("a built-in world").world;
        let snapshot = Snapshot::new(world, Arc::new(PublicNames::default()));
        Api::new(Arc::new(Live::new(snapshot)), "ap-northeast-2", None)
    })
}

fuzz_target!(|body: &[u8]| {
    // A rehearsal of whatever it says, so that the World does not grow from one run to the next.
    let mut form = b"DryRun=true&".to_vec();
    form.extend_from_slice(body);
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        body: form,
        ..Request::default()
    };
    let reply = api().handle(&request, false);
    assert!(reply.status < 500 && reply.text().starts_with("<?xml"));
});
