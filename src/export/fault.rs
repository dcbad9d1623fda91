//! Faults in the form of a world file. The HTTP API uses the same form.

use serde_json::{Map, Value};

use super::entry::{put, put_text};
use crate::model::{
    fault::{Fault, Place},
    firewall::DomainPattern,
    world::World,
};

/// Every fault of a World, in order. A fault whose place no longer exists is left out.
pub fn list(world: &World) -> Vec<Value> {
    let stands = |fault: &&Fault| match fault.from {
        None => true,
        Some(Place::Vpc(id)) => world.vpcs.contains_key(&id),
        Some(Place::Subnet(id)) => world.subnets.contains_key(&id),
        Some(Place::Instance(id)) => world.instances.contains_key(&id),
    };
    world.faults.iter().filter(stands).map(fault).collect()
}

fn fault(fault: &Fault) -> Value {
    let mut map = Map::new();
    let name = match &fault.names {
        DomainPattern::Exactly(name) => name.to_string(),
        DomainPattern::Below(name) => format!("*.{name}"),
        DomainPattern::Every => "*".to_owned(),
    };
    put(&mut map, "name", name);
    put_text(
        &mut map,
        "from",
        fault.from.map(|place| match place {
            Place::Vpc(id) => id.to_string(),
            Place::Subnet(id) => id.to_string(),
            Place::Instance(id) => id.to_string(),
        }),
    );
    put_text(&mut map, "answer", fault.answer.map(|answer| answer.text()));
    if fault.delay > 0 {
        put(&mut map, "delay", fault.delay);
    }
    Value::Object(map)
}
