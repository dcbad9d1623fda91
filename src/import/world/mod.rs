//! Reads world files: a compact YAML description of VPCs and their contents, as the Changes that would make them.
//!
//! Every Change is applied with AWS's rules, and a refusal is a problem at the position that caused it. The order is
//! that of creation by hand, with both DNS attributes on. The file's own attributes are set at the very end. So a file
//! can describe a VPC whose attributes were switched off later.

mod balancing;
mod cidr_collection;
mod delegation_set;
mod elastic_address;
pub(in crate::import) mod endpoint;
pub mod fault;
pub(in crate::import) mod guest;
mod health_check;
mod key_pair;
pub mod keys;
pub mod loaded;
mod managed;
mod nat_gateway;
mod other_names;
pub(in crate::import) mod outline;
mod peering;
pub(in crate::import) mod placement;
mod profile;
pub(in crate::import) mod record;
mod resolver;
mod route;
mod routed;
mod security;
pub(in crate::import) mod service;
pub(in crate::import) mod subnet;
mod vpc;
mod zone;

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    sync::Arc,
};

use self::loaded::{Failure, Loaded};
use self::{
    outline::{Outline, Parts},
    subnet::Addresses,
};
use super::{
    Defaults,
    names::{Names, locate},
    text::{
        diagnostic::{Problem, Source},
        near,
        node::{self, Key, Node, Pos},
        reader::{MapReader, Report},
        scalar::Account,
    },
};
use crate::{
    catalog::{self, CatalogDate, Region},
    model::{
        change::{Change, SetDefaultClient, SetSwitches},
        endpoint_service::service_name,
        fault::SetFaults,
        id::{DelegationSetId, EndpointServiceId},
        switches::{OfferedServices, PendingAnswer, Switches, WildcardForm},
        world::World,
    },
};

/// The zone that a key names. Reports a problem if the region has no such zone.
fn zone_of_key(key: &Key, region: &Region, report: &mut Report<'_>) -> Option<Arc<str>> {
    if region.has_zone(&key.text) {
        return Some(key.text.as_str().into());
    }
    let hint = near::did_you_mean(&key.text, region.zones.iter().map(|zone| zone.name));
    report.error_hint(key.pos, &format!("{} has no zone `{}`", region.name, key.text), hint);
    None
}

/// A Change that is going to be applied, and its origin.
pub(super) struct Planned<'n> {
    pub(super) change: Change,
    /// The position for a refusal, if no more exact one is found.
    pub(super) pos: Pos,
    /// The text of the resource.
    pub(super) node: &'n Node,
}

/// An endpoint service in the file.
#[derive(Clone)]
pub(super) struct CustomerService {
    pub(super) id: EndpointServiceId,
    pub(super) name: Arc<str>,
    pub(super) acceptance_required: bool,
}

impl CustomerService {
    /// Makes an endpoint service in a region (L20).
    pub(super) fn new(id: EndpointServiceId, region: &Region, acceptance_required: bool) -> Self {
        let name = service_name(id, region).into();
        Self { id, name, acceptance_required }
    }
}

/// The state of reading one file.
pub(super) struct Reading<'s, 'n> {
    pub(super) report: Report<'s>,
    pub(super) region: &'static Region,
    pub(super) account: Arc<str>,
    pub(super) addresses: Addresses,
    pub(super) services: HashMap<EndpointServiceId, CustomerService>,
    /// The name servers of each delegation set.
    pub(super) servers: HashMap<DelegationSetId, Vec<String>>,
    planned: Vec<Planned<'n>>,
    /// The ids of resources with problems. References to them are not reported as well.
    broken: HashSet<String>,
}

impl<'n> Reading<'_, 'n> {
    /// Plans a Change.
    pub(super) fn plan(&mut self, change: impl Into<Change>, pos: Pos, node: &'n Node) {
        self.planned.push(Planned { change: change.into(), pos, node });
    }

    /// Marks a resource as one that cannot be made.
    pub(super) fn give_up(&mut self, id: &impl Display) {
        self.broken.insert(id.to_string());
    }

    /// Runs `work` and drops its problems, because they were reported before.
    pub(super) fn quietly(&mut self, work: impl FnOnce(&mut Self)) {
        let source = self.report.source();
        let report = std::mem::replace(&mut self.report, Report::new(source));
        work(self);
        self.report = report;
    }

    /// The endpoint service in the file with this name or id.
    pub(super) fn customer_service(&self, names: &Names, text: &str) -> Option<CustomerService> {
        let id = names.endpoint_services.lookup(text)?;
        // A service with problems is still a customer's service, not one of AWS's.
        let lost = || CustomerService::new(id, self.region, true);
        Some(self.services.get(&id).cloned().unwrap_or_else(lost))
    }

    /// Applies the planned Changes. Reports each refusal, but not those that follow from it.
    fn apply(&mut self, names: &Names, changes: &mut Vec<(Change, Pos)>) -> World {
        let mut world = World::default();
        let planned = std::mem::take(&mut self.planned);
        if planned.iter().all(|it| world.apply_in_place(&it.change).is_ok()) {
            changes.extend(planned.into_iter().map(|it| (it.change, it.pos)));
            return world;
        }
        // A Change was refused. Apply all again, one by one, and skip the refused ones.
        world = World::default();
        for Planned { change, pos, node } in planned {
            match world.apply(&change) {
                Ok((next, _)) => {
                    world = next;
                    changes.push((change, pos));
                }
                Err(refusal) => {
                    if self.report.tells_consequences()
                        || !locate::mentions(&refusal.message, &self.broken)
                    {
                        let position = locate::position(&refusal, node, names).unwrap_or(pos);
                        let hint = if self.report.is_full() {
                            None
                        } else {
                            locate::hint(&refusal, &world, &change, names)
                        };
                        self.report.refusal(position, &refusal, hint);
                    }
                    self.broken.extend(change.made());
                }
            }
        }
        world
    }
}

/// Reads a world file.
///
/// # Errors
///
/// Every problem of the file, in the order of its lines.
pub fn load(source: &Source, defaults: &Defaults) -> Result<Loaded, Vec<Problem>> {
    let source = Arc::new(source.clone());
    load_parsed(&source, &node::parse(&source)?, defaults)
}

/// Reads a world file from a Node.
pub(super) fn load_parsed(
    source: &Arc<Source>,
    root: &Node,
    defaults: &Defaults,
) -> Result<Loaded, Vec<Problem>> {
    let mut report = Report::new(source);
    let (world, changes) = read(root, defaults, &mut report);
    let warnings = Failure::of(source, report.finish()?);
    let (changes, positions) = changes.into_iter().unzip();
    Ok(Loaded { source: Arc::clone(source), world, changes, positions, warnings })
}

/// Reads a world from a Node. Problems go to `report`.
pub(super) fn read(
    root: &Node,
    defaults: &Defaults,
    report: &mut Report<'_>,
) -> (World, Vec<(Change, Pos)>) {
    let nothing = (World::default(), Vec::new());
    let Some(fields) = MapReader::of(root, root.pos, keys::WORLD, report) else { return nothing };
    let Some(default_region) = catalog::region(defaults.region) else {
        report.error(root.pos, &format!("vpcdns knows no region `{}`", defaults.region));
        return nothing;
    };
    let region = fields.read::<&'static Region>("region", report).unwrap_or(default_region);
    let account = fields
        .read("account", report)
        .map_or_else(|| Arc::clone(&defaults.account), |account: Account| account.0);
    for part in ["vpcs", "load-balancers"].iter().chain(Parts::KEYS) {
        fields.map(part, report);
    }
    let outline = Outline::of(root, region, &account, report);
    let source = report.source();
    let mut reading = Reading {
        report: std::mem::replace(report, Report::new(source)),
        region,
        account,
        addresses: Addresses::of(&outline),
        services: HashMap::new(),
        servers: HashMap::new(),
        planned: Vec::new(),
        broken: HashSet::new(),
    };
    let usual = Switches {
        catalog_date: defaults.catalog_date,
        any_instance_type: defaults.any_instance_type,
        ..Switches::default()
    };
    switches(&mut reading, &fields, root, usual);
    vpc::plan(&mut reading, &outline);
    security::plan(&mut reading, &outline);
    route::plan(&mut reading, &outline);
    placement::plan(&mut reading, &outline);
    key_pair::plan(&mut reading, &outline);
    elastic_address::plan(&mut reading, &outline);
    subnet::plan(&mut reading, &outline);
    elastic_address::associate(&mut reading, &outline);
    nat_gateway::plan(&mut reading, &outline);
    vpc::gateway_tables(&mut reading, &outline);
    service::plan(&mut reading, &outline);
    managed::plan(&mut reading, &outline);
    endpoint::plan(&mut reading, &outline);
    health_check::plan(&mut reading, &fields);
    delegation_set::plan(&mut reading, &outline);
    cidr_collection::plan(&mut reading, &outline);
    zone::plan(&mut reading, root, &outline);
    peering::plan(&mut reading, &outline);
    security::rules(&mut reading, &outline);
    resolver::plan(&mut reading, &fields, &outline);
    profile::plan(&mut reading, root, &outline);
    route::plan_peering_routes(&mut reading, &outline);
    peering::plan_inbound(&mut reading, &outline);
    vpc::flags(&mut reading, &outline);
    other_names::plan(&mut reading, &fields, &outline.names);
    if let Some(node) = fields.get("default-client")
        && let Some(client) = outline.names.check_client(node, &mut reading.report)
    {
        reading.plan(SetDefaultClient { client }, node.pos, node);
    }
    if let Some(node) = fields.get("faults") {
        let faults = fault::read(node, &outline.names, &mut reading.report);
        reading.plan(SetFaults { faults }, node.pos, node);
    }
    let mut changes = Vec::new();
    let world = reading.apply(&outline.names, &mut changes);
    vpc::warn(&mut reading, &outline, &world);
    *report = reading.report;
    (world, changes)
}

fn switches<'n>(
    reading: &mut Reading<'_, 'n>,
    file: &MapReader<'n>,
    root: &'n Node,
    usual: Switches,
) {
    let Some(node) = file.get("switches") else {
        if usual != Switches::default() {
            reading.plan(SetSwitches { switches: usual }, root.pos, root);
        }
        return;
    };
    let report = &mut reading.report;
    let Some(fields) = MapReader::of(node, node.pos, keys::SWITCHES, report) else { return };
    let switches = read_switches(&fields, usual, report);
    reading.plan(SetSwitches { switches }, node.pos, node);
}

/// Reads switches from a map. A switch that is missing has its value from `usual`.
pub(super) fn read_switches(
    fields: &MapReader<'_>,
    usual: Switches,
    report: &mut Report<'_>,
) -> Switches {
    Switches {
        wildcard: fields
            .choice(
                "wildcard",
                &[
                    ("as-recorded", WildcardForm::AsRecorded),
                    ("cname", WildcardForm::Cname),
                    ("plain", WildcardForm::Plain),
                ],
                report,
            )
            .unwrap_or(usual.wildcard),
        pending: fields
            .choice(
                "pending",
                &[("public", PendingAnswer::Public), ("nxdomain", PendingAnswer::NxDomain)],
                report,
            )
            .unwrap_or(usual.pending),
        missing_type_nxdomain: fields
            .choice("missing-type", &[("nodata", false), ("nxdomain", true)], report)
            .unwrap_or(usual.missing_type_nxdomain),
        quirks: fields.read("quirks", report).unwrap_or(usual.quirks),
        public_ttl_cap: fields.read("public-ttl-cap", report).unwrap_or(usual.public_ttl_cap),
        negative_ttl_cap: fields.read("negative-ttl-cap", report).unwrap_or(usual.negative_ttl_cap),
        catalog_date: fields
            .read::<CatalogDate>("catalog-date", report)
            .unwrap_or(usual.catalog_date),
        services: fields
            .choice(
                "services",
                &[("all", OfferedServices::All), ("known-only", OfferedServices::KnownOnly)],
                report,
            )
            .unwrap_or(usual.services),
        ip_names_by_form: fields
            .choice("ip-names", &[("by-form", true), ("held", false)], report)
            .unwrap_or(usual.ip_names_by_form),
        any_instance_type: fields
            .choice("instance-types", &[("known", false), ("any", true)], report)
            .unwrap_or(usual.any_instance_type),
        whole_ttls: fields
            .choice("ttl", &[("counting-down", false), ("whole", true)], report)
            .unwrap_or(usual.whole_ttls),
    }
}

#[cfg(test)]
mod tests;
