//! The World as a world file that serves the same answers.
//!
//! Leaves out what changes no answer and has no place in a world file: security groups, network ACLs, egress-only
//! internet gateways, prefix lists, launch templates, trust stores, permissions for network interfaces, and all tags except
//! `Name`. The inverse of `import/world/`, which says what each key means.

mod balancing;
mod cidr_collection;
mod delegation_set;
mod elastic_address;
mod endpoint;
mod entry;
pub mod fault;
mod guest;
mod key_pair;
mod managed_resource;
mod names;
mod nat_gateway;
mod profile;
mod resolver;
mod routed;
mod security;
mod service;
mod vpc;
mod zone;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use self::{
    entry::{Part, put, put_map, put_text},
    names::Names,
};
use crate::model::{
    id,
    resources::{FILE_KEYS, resources},
    switches::{OfferedServices, PendingAnswer, Switches, WildcardForm},
    world::World,
};

/// The world file of a World, as YAML.
pub fn yaml(world: &World) -> String {
    yaml_by("vpcdns export", world)
}

/// The world file of a World, as YAML. Its first line names the command that wrote it.
pub fn yaml_by(command: &str, world: &World) -> String {
    let mut head = format!("# Written by `{command}`.\n");
    for endpoint in world.endpoints.values().filter(|it| endpoint::keeps_lost_name(world, it)) {
        head.push_str(&format!(
            "# {} still uses the private name that its service has lost (L35). A world file cannot say so, so its \
             private DNS is off here.\n",
            endpoint.id
        ));
    }
    // Texts, numbers and flags can always be written.
    format!("{head}{}", serde_saphyr::to_string(&tree(world)).unwrap_or_default())
}

/// The world file of a World, as a tree.
pub fn tree(world: &World) -> Value {
    let names = Names::new(world);
    let mut file = Map::new();
    if let Some(vpc) = world.vpcs_in_order().first() {
        put(&mut file, "region", vpc.region);
        put(&mut file, "account", &*vpc.owner);
    }
    let client = world.default_client.as_ref().and_then(|client| names.client(world, client));
    put_text(&mut file, "default-client", client);
    put_map(&mut file, "switches", switches(&world.switches));
    let vpcs = world.vpcs_in_order().into_iter();
    let vpcs = vpcs.map(|vpc| (names.of(&vpc.id), vpc::tree(world, &names, vpc)));
    file.insert("vpcs".to_owned(), Value::Object(vpcs.collect()));
    put_map(&mut file, "load-balancers", service::load_balancers(world));
    put_map(&mut file, "managed-resources", managed_resource::list(world));
    put_map(&mut file, "health-checks", routed::health_checks(world));
    let zones = zone::list(world);
    if !zones.is_empty() {
        file.insert("hosted-zones".to_owned(), Value::Array(zones));
    }
    put_map(&mut file, "resolver-rules", resolver::rules(world, &names));
    put_map(&mut file, "firewall-rule-groups", resolver::firewall(world, &names));
    let faults = fault::list(world);
    if !faults.is_empty() {
        file.insert("faults".to_owned(), Value::Array(faults));
    }
    put_parts(&mut file, world, &names);
    let others = other_names(world, &file);
    put_map(&mut file, "also-known-as", others);
    let mut entries: Vec<_> = file.into_iter().collect();
    entries.sort_by_key(|(key, _)| FILE_KEYS.iter().position(|known| known == key));
    Value::Object(entries.into_iter().collect())
}

macro_rules! parts {
    ($($map:ident $id:ident $key:literal $seed:literal $unique:ident;)*) => {
        /// Adds the parts of a world file that come from the table of resources.
        fn put_parts(file: &mut Map<String, Value>, world: &World, names: &Names) {
            $(put_map(file, $key, id::$id::things(world, names));)*
        }
    };
}

resources! { file => parts }

/// The other names of the resources in the file.
fn other_names(world: &World, file: &Map<String, Value>) -> Map<String, Value> {
    let mut held = HashSet::new();
    let mut left: Vec<&Map<String, Value>> = vec![file];
    while let Some(map) = left.pop() {
        for (key, value) in map {
            match value {
                Value::String(id) if key == "id" || key == "dns-name" => {
                    held.insert(id.trim_end_matches('.').to_ascii_lowercase());
                }
                Value::Object(inner) => left.push(inner),
                Value::Array(items) => left.extend(items.iter().filter_map(Value::as_object)),
                _ => {}
            }
        }
    }
    let named = world.other_names.iter().filter(|(id, _)| held.contains(&id.to_ascii_lowercase()));
    let mut named: Vec<_> = named.collect();
    named.sort();
    named.into_iter().map(|(id, names)| (id.clone(), names.0.clone().into())).collect()
}

/// The switches that differ from their usual values.
fn switches(switches: &Switches) -> Map<String, Value> {
    let usual = Switches::default();
    let mut map = Map::new();
    let mut choose = |key: &str, value: Value, is_usual: bool| {
        if !is_usual {
            map.insert(key.to_owned(), value);
        }
    };
    let wildcard = match switches.wildcard {
        WildcardForm::AsRecorded => "as-recorded",
        WildcardForm::Cname => "cname",
        WildcardForm::Plain => "plain",
    };
    let pending = match switches.pending {
        PendingAnswer::Public => "public",
        PendingAnswer::NxDomain => "nxdomain",
    };
    let missing = if switches.missing_type_nxdomain { "nxdomain" } else { "nodata" };
    let ip_names = if switches.ip_names_by_form { "by-form" } else { "held" };
    choose("wildcard", json!(wildcard), switches.wildcard == usual.wildcard);
    choose("pending", json!(pending), switches.pending == usual.pending);
    choose(
        "missing-type",
        json!(missing),
        switches.missing_type_nxdomain == usual.missing_type_nxdomain,
    );
    choose("quirks", json!(switches.quirks), switches.quirks == usual.quirks);
    choose(
        "public-ttl-cap",
        json!(switches.public_ttl_cap),
        switches.public_ttl_cap == usual.public_ttl_cap,
    );
    choose(
        "negative-ttl-cap",
        json!(switches.negative_ttl_cap),
        switches.negative_ttl_cap == usual.negative_ttl_cap,
    );
    let ttl = if switches.whole_ttls { "whole" } else { "counting-down" };
    choose("ttl", json!(ttl), switches.whole_ttls == usual.whole_ttls);
    choose("ip-names", json!(ip_names), switches.ip_names_by_form == usual.ip_names_by_form);
    choose("instance-types", json!("any"), !switches.any_instance_type);
    choose(
        "catalog-date",
        json!(switches.catalog_date.to_string()),
        switches.catalog_date == usual.catalog_date,
    );
    let services = match switches.services {
        OfferedServices::All => "all",
        OfferedServices::KnownOnly => "known-only",
    };
    choose("services", json!(services), switches.services == usual.services);
    map
}
