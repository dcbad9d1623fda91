//! The Changes of AWS Cloud Map. Every one of them leaves the hosted zone of the namespace with the records that follow
//! from its instances.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    change::{Touched, duplicate},
    cloud_map::{
        CloudMapInstance, CloudMapNamespace, CloudMapOperation, CloudMapService, DnsRecord,
        HealthCheckConfig, NamespaceKind, invalid,
    },
    hosted_zone::{CreateHostedZone, DeleteHostedZone, HostedZone},
    id::{CloudMapNamespaceId, CloudMapServiceId, ZoneId},
    name::Name,
    record::{RecordType, route53_text},
    refusal::Refusal,
    routing::{Policy, RoutedSet},
    tag_edit::TagEdit,
    world::World,
    zone_data::{ZoneData, ZoneNode},
};

/// The most operations that are kept of a namespace or a service (assumed: AWS keeps each for a time).
const OPERATIONS: usize = 1_000;
/// The most deleted namespaces that are kept for their operations.
const DELETED: usize = 200;
/// The most namespaces of an account in a region.
const NAMESPACES: usize = 50;
/// The most instances of a service.
const INSTANCES: usize = 1_000;

/// `CreatePrivateDnsNamespace`, `CreatePublicDnsNamespace` and `CreateHttpNamespace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCloudMapNamespace {
    /// The namespace.
    pub namespace: CloudMapNamespace,
    /// Its hosted zone. If Route 53 refuses it, the operation fails.
    pub zone: Option<HostedZone>,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `UpdatePrivateDnsNamespace`, `UpdatePublicDnsNamespace` and `UpdateHttpNamespace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateCloudMapNamespace {
    /// The namespace.
    pub id: CloudMapNamespaceId,
    /// Its new description.
    pub description: Option<Arc<str>>,
    /// The new TTL of the zone's SOA record, as it is shown.
    pub soa_ttl: Option<u32>,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `DeleteNamespace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteCloudMapNamespace {
    /// The namespace.
    pub id: CloudMapNamespaceId,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `TagResource` and `UntagResource` of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCloudMapNamespace {
    /// The namespace.
    pub id: CloudMapNamespaceId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// `CreateService`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCloudMapService {
    /// The service.
    pub service: CloudMapService,
}

/// `UpdateService`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateCloudMapService {
    /// The service.
    pub id: CloudMapServiceId,
    /// Its new description.
    pub description: Option<Arc<str>>,
    /// Its new records.
    pub records: Option<Vec<DnsRecord>>,
    /// What would be checked from now on.
    pub health_check: Option<HealthCheckConfig>,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `DeleteService`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteCloudMapService {
    /// The service.
    pub id: CloudMapServiceId,
}

/// `TagResource` and `UntagResource` of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCloudMapService {
    /// The service.
    pub id: CloudMapServiceId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// `RegisterInstance`. One of the same id is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterCloudMapInstance {
    /// The service.
    pub service: CloudMapServiceId,
    /// The id of the instance.
    pub id: Arc<str>,
    /// The instance.
    pub instance: CloudMapInstance,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `DeregisterInstance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeregisterCloudMapInstance {
    /// The service.
    pub service: CloudMapServiceId,
    /// The id of the instance.
    pub id: Arc<str>,
    /// The operation.
    pub operation: CloudMapOperation,
}

/// `UpdateInstanceCustomHealthStatus`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCloudMapHealth {
    /// The service.
    pub service: CloudMapServiceId,
    /// The id of the instance.
    pub id: Arc<str>,
    /// Whether it is healthy.
    pub healthy: bool,
}

/// The refusal of an id that no namespace has.
pub fn no_such_namespace(id: impl std::fmt::Display) -> Refusal {
    let words = format!("The namespace with the id {id} does not exist.");
    Refusal::new("NamespaceNotFound", words, "A21")
}

/// The refusal of an id that no service has.
pub fn no_such_service(id: impl std::fmt::Display) -> Refusal {
    let words = format!("The service with the id {id} does not exist.");
    Refusal::new("ServiceNotFound", words, "A21")
}

/// The refusal of an id that no instance of a service has.
pub fn no_such_instance(id: &str) -> Refusal {
    let words = format!("The instance with the id {id} does not exist in the service.");
    Refusal::new("InstanceNotFound", words, "A21")
}

fn namespace(world: &World, id: CloudMapNamespaceId) -> Result<CloudMapNamespace, Refusal> {
    let found = world.cloud_map_namespaces.get(&id).filter(|it| it.is_living());
    found.map(|it| (**it).clone()).ok_or_else(|| no_such_namespace(id))
}

fn service(world: &World, id: CloudMapServiceId) -> Result<CloudMapService, Refusal> {
    let found = world.cloud_map_services.get(&id);
    found.map(|it| (**it).clone()).ok_or_else(|| no_such_service(id))
}

fn note(operations: &mut Vec<CloudMapOperation>, operation: &CloudMapOperation) {
    operations.push(operation.clone());
    let more = operations.len().saturating_sub(OPERATIONS);
    operations.drain(..more);
}

fn put_namespace(world: &mut World, namespace: CloudMapNamespace) {
    world.cloud_map_namespaces.insert(namespace.id, Arc::new(namespace));
}

/// Forgets the namespaces that were deleted the longest time ago.
fn forget_deleted(world: &mut World) {
    let all = world.cloud_map_namespaces.values();
    let mut deleted: Vec<_> =
        all.filter_map(|it| it.deleted.map(|deleted| (deleted, it.id))).collect();
    deleted.sort_unstable();
    let more = deleted.len().saturating_sub(DELETED);
    for (_, id) in deleted.into_iter().take(more) {
        world.cloud_map_namespaces.remove(&id);
    }
}

/// Puts a service and writes the records of its namespace.
fn put_service(world: &mut World, service: CloudMapService) -> Result<Touched, Refusal> {
    let holder = namespace(world, service.namespace)?;
    world.cloud_map_services.insert(service.id, Arc::new(service));
    write_records(world, &holder)
}

/// What cannot stand together at a name.
fn check_together(name: &Name, sets: &[RoutedSet]) -> Result<(), Refusal> {
    let is_cname = |it: &RoutedSet| it.rtype == RecordType::CNAME;
    let mixed = sets.iter().any(is_cname) && !sets.iter().all(is_cname);
    let twice = sets.iter().enumerate().any(|(at, set)| {
        let mut before = sets.iter().take(at).filter(|it| it.rtype == set.rtype);
        before.any(|it| {
            it.policy == Policy::Simple
                || !it.policy.is_like(&set.policy)
                || it.identifier == set.identifier
        })
    });
    if mixed || twice {
        let name = route53_text(name.as_ref());
        return Err(invalid(format!(
            "The records of '{name}' conflict with those of another instance."
        )));
    }
    Ok(())
}

/// Writes the records that follow from all instances of a namespace into its hosted zone.
fn write_records(world: &mut World, namespace: &CloudMapNamespace) -> Result<Touched, Refusal> {
    let Some(zone) = namespace.zone.and_then(|id| world.hosted_zones.get(&id)) else {
        return Ok(Touched::nothing());
    };
    let mut sets: BTreeMap<Name, Vec<RoutedSet>> = BTreeMap::new();
    for service in world.cloud_map_services.values().filter(|it| it.namespace == namespace.id) {
        service.add_records(namespace, zone.id, &mut sets)?;
    }
    let mut data = ZoneData::new(zone.name.clone(), zone.data.soa.clone(), zone.data.soa_ttl);
    if let Some(node) = zone.data.node(zone.name.as_ref()) {
        // The NS and SOA records of the zone itself.
        let own =
            node.sets.iter().filter(|it| [RecordType::NS, RecordType::SOA].contains(&it.rtype));
        let own = own.cloned().map(RoutedSet::simple);
        sets.entry(zone.name.clone()).or_default().extend(own);
    }
    for (name, sets) in sets {
        check_together(&name, &sets)?;
        if name == zone.name && sets.iter().any(|it| it.rtype == RecordType::CNAME) {
            return Err(invalid("The zone's own name cannot have a CNAME record."));
        }
        data.put(&name, ZoneNode::of_sets(sets));
    }
    data.tidy();
    let zone = HostedZone { data: Arc::new(data), ..HostedZone::clone(zone) };
    world.hosted_zones.insert(zone.id, Arc::new(zone));
    Ok(Touched::nothing())
}

impl CreateCloudMapNamespace {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut made = self.namespace.clone();
        duplicate(&world.cloud_map_namespaces, &made.id)?;
        let all = world.cloud_map_namespaces.values();
        let own: Vec<_> = all
            .filter(|it| it.is_living() && it.owner == made.owner && it.region == made.region)
            .collect();
        if own.len() >= NAMESPACES {
            let words = format!("An account has at most {NAMESPACES} namespaces in a region.");
            return Err(Refusal::new("ResourceLimitExceeded", words, "A21"));
        }
        let vpcs_of = |id: ZoneId| world.hosted_zones.get(&id).map(|it| it.vpcs.as_slice());
        let is_taken = |it: &CloudMapNamespace| {
            let shares_a_vpc = || {
                let theirs = it.zone.and_then(vpcs_of).unwrap_or_default();
                self.zone.iter().flat_map(|it| &it.vpcs).any(|vpc| theirs.contains(vpc))
            };
            let same = it.name == made.name && it.kind == made.kind;
            same && (made.kind != NamespaceKind::Private || shares_a_vpc())
        };
        if own.iter().any(|it| is_taken(it)) {
            let words = format!("A namespace with the name {} already exists.", made.name);
            return Err(Refusal::new("NamespaceAlreadyExists", words, "A21"));
        }
        if own.iter().any(|it| it.http_name == made.http_name) {
            let id = made.id.to_string();
            let end = id.rsplit('-').next().unwrap_or_default();
            made.http_name = format!("{}-{end}", made.name).into();
        }
        let mut operation = self.operation.clone();
        let mut touched = Touched::nothing();
        if let Some(zone) = &self.zone {
            // What Route 53 refuses must not leave a part of the zone.
            let mut after = world.clone();
            match (CreateHostedZone { zone: zone.clone() }.apply(&mut after)) {
                Ok(of_zone) => {
                    *world = after;
                    touched = of_zone;
                }
                Err(refusal) => {
                    let words = format!("{} ({})", refusal.message, refusal.code);
                    operation.error = Some(("CANNOT_CREATE_HOSTED_ZONE".into(), words.into()));
                    made.deleted = Some(made.created);
                    made.zone = None;
                }
            }
        }
        note(&mut made.operations, &operation);
        put_namespace(world, made);
        forget_deleted(world);
        Ok(touched)
    }
}

impl UpdateCloudMapNamespace {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = namespace(world, self.id)?;
        it.description = self.description.clone().or(it.description);
        it.soa_ttl = self.soa_ttl.or(it.soa_ttl);
        note(&mut it.operations, &self.operation);
        put_namespace(world, it);
        Ok(Touched::nothing())
    }
}

impl DeleteCloudMapNamespace {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = namespace(world, self.id)?;
        if world.cloud_map_services.values().any(|service| service.namespace == self.id) {
            let words = format!("The namespace {} has services and cannot be deleted.", self.id);
            return Err(Refusal::new("ResourceInUse", words, "A21"));
        }
        let zone = it.zone.filter(|id| world.hosted_zones.contains_key(id));
        let touched = match zone {
            Some(zone) => DeleteHostedZone { zone }.apply(world)?,
            None => Touched::nothing(),
        };
        it.deleted = Some(self.operation.at);
        note(&mut it.operations, &self.operation);
        put_namespace(world, it);
        forget_deleted(world);
        Ok(touched)
    }
}

impl TagCloudMapNamespace {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = namespace(world, self.id)?;
        self.edit.apply(&mut it.tags)?;
        put_namespace(world, it);
        Ok(Touched::nothing())
    }
}

impl CreateCloudMapService {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let made = &self.service;
        duplicate(&world.cloud_map_services, &made.id)?;
        let holder = namespace(world, made.namespace)?;
        let is_same = |one: &str, other: &str| match holder.kind {
            NamespaceKind::Http => one == other,
            // DNS does not tell them apart.
            _ => one.eq_ignore_ascii_case(other),
        };
        let is_taken = |it: &Arc<CloudMapService>| {
            it.namespace == made.namespace && is_same(&it.name, &made.name)
        };
        if world.cloud_map_services.values().any(is_taken) {
            let words = format!("A service with the name {} already exists.", made.name);
            return Err(Refusal::new("ServiceAlreadyExists", words, "A21"));
        }
        if holder.kind == NamespaceKind::Http && !made.records.is_empty() {
            return Err(invalid("A service of an HTTP namespace has no DNS records."));
        }
        if holder.kind == NamespaceKind::Private && made.health_check.is_some() {
            return Err(invalid("A service of a private DNS namespace has no HealthCheckConfig."));
        }
        if !made.records.is_empty() {
            made.dns_name(&holder.name)?;
        }
        put_service(world, made.clone())
    }
}

impl UpdateCloudMapService {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = service(world, self.id)?;
        let holder = namespace(world, it.namespace)?;
        if holder.kind == NamespaceKind::Private && self.health_check.is_some() {
            return Err(invalid("A service of a private DNS namespace has no HealthCheckConfig."));
        }
        if self.health_check.is_some() && it.custom_health.is_some() {
            return Err(invalid(
                "A service has HealthCheckConfig or HealthCheckCustomConfig, not both.",
            ));
        }
        if let Some(records) = &self.records {
            if it.records.is_empty() != records.is_empty() {
                return Err(invalid("DnsConfig can be neither added to a service nor taken away."));
            }
            it.records.clone_from(records);
        }
        it.description = self.description.clone().or(it.description);
        it.health_check.clone_from(&self.health_check);
        it.instances.values().try_for_each(|instance| it.check(instance))?;
        note(&mut it.operations, &self.operation);
        put_service(world, it)
    }
}

impl DeleteCloudMapService {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let it = service(world, self.id)?;
        if !it.instances.is_empty() {
            let words = format!("The service {} has instances and cannot be deleted.", self.id);
            return Err(Refusal::new("ResourceInUse", words, "A21"));
        }
        let mut holder = namespace(world, it.namespace)?;
        it.operations.iter().for_each(|operation| note(&mut holder.operations, operation));
        put_namespace(world, holder);
        world.cloud_map_services.remove(&self.id);
        Ok(Touched::nothing())
    }
}

impl TagCloudMapService {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = service(world, self.id)?;
        self.edit.apply(&mut it.tags)?;
        world.cloud_map_services.insert(it.id, Arc::new(it));
        Ok(Touched::nothing())
    }
}

impl RegisterCloudMapInstance {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = service(world, self.service)?;
        it.check(&self.instance)?;
        it.instances.insert(Arc::clone(&self.id), Arc::new(self.instance.clone()));
        if it.instances.len() > INSTANCES {
            let words = format!("A service has at most {INSTANCES} instances.");
            return Err(Refusal::new("ResourceLimitExceeded", words, "A21"));
        }
        it.revision += 1;
        note(&mut it.operations, &self.operation);
        put_service(world, it)
    }
}

impl DeregisterCloudMapInstance {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = service(world, self.service)?;
        if it.instances.remove(&self.id).is_none() {
            return Err(no_such_instance(&self.id));
        }
        it.revision += 1;
        note(&mut it.operations, &self.operation);
        put_service(world, it)
    }
}

impl SetCloudMapHealth {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut it = service(world, self.service)?;
        if it.custom_health.is_none() {
            let words = "The service has no HealthCheckCustomConfig.";
            return Err(Refusal::new("CustomHealthNotFound", words, "A21"));
        }
        let Some(instance) = it.instances.get_mut(&self.id) else {
            return Err(no_such_instance(&self.id));
        };
        *instance = Arc::new(CloudMapInstance { healthy: self.healthy, ..(**instance).clone() });
        it.revision += 1;
        put_service(world, it)
    }
}
