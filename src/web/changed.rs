//! What a change altered, as far as a page has a switch or a box for it.

use serde::Serialize;

use crate::model::{endpoint::Endpoint, vpc::Vpc, world::World};

/// The most differences in a reply.
const MOST: usize = 8;

/// One difference.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// `dns_support`, `dns_hostnames`, `private_dns`, `state`, `endpoint` or `route_tables`.
    what: &'static str,
    /// The resource.
    id: String,
    /// What it is called.
    name: String,
    /// Its value before and now: `on` or `off`, a state, or `absent` and `present`.
    before: String,
    now: String,
}

/// The differences between two Worlds, in the order of creation.
pub(super) fn between(old: &World, new: &World) -> Vec<Difference> {
    let mut found = Vec::new();
    for vpc in new.vpcs_in_order() {
        if let Some(before) = old.vpcs.get(&vpc.id) {
            of_vpc(before, vpc, &mut found);
        }
        for endpoint in new.endpoints_of(vpc.id) {
            match old.endpoints.get(&endpoint.id) {
                Some(before) => of_endpoint(before, endpoint, &mut found),
                None => found.push(presence(endpoint, "absent", "present")),
            }
        }
        for endpoint in old.endpoints_of(vpc.id) {
            if !new.endpoints.contains_key(&endpoint.id) {
                found.push(presence(endpoint, "present", "absent"));
            }
        }
        if found.len() >= MOST {
            break;
        }
    }
    found.truncate(MOST);
    found
}

fn of_vpc(old: &Vpc, new: &Vpc, found: &mut Vec<Difference>) {
    for (what, before, now) in [
        ("dns_support", old.dns_support, new.dns_support),
        ("dns_hostnames", old.dns_hostnames, new.dns_hostnames),
    ] {
        if before != now {
            let [before, now] = [before, now].map(word);
            found.push(Difference { what, id: new.id.to_string(), name: new.label(), before, now });
        }
    }
}

fn of_endpoint(old: &Endpoint, new: &Endpoint, found: &mut Vec<Difference>) {
    let difference = |what, before, now| Difference {
        what,
        id: new.id.to_string(),
        name: new.label(),
        before,
        now,
    };
    if old.private_dns != new.private_dns {
        found.push(difference("private_dns", word(old.private_dns), word(new.private_dns)));
    }
    if old.state != new.state {
        let [before, now] = [old.state, new.state].map(|state| state.text().to_owned());
        found.push(difference("state", before, now));
    }
    if old.route_tables != new.route_tables {
        let [before, now] = [old, new].map(|it| it.route_tables.len().to_string());
        found.push(difference("route_tables", before, now));
    }
}

fn presence(endpoint: &Endpoint, before: &str, now: &str) -> Difference {
    Difference {
        what: "endpoint",
        id: endpoint.id.to_string(),
        name: endpoint.label(),
        before: before.to_owned(),
        now: now.to_owned(),
    }
}

fn word(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}
