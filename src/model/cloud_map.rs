//! AWS Cloud Map: namespaces, their services, and the instances that are registered with them.
//!
//! Knows which records of a namespace's hosted zone follow from its instances. Its Changes are in `cloud_map_change.rs`.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    id::{CloudMapNamespaceId, CloudMapServiceId, RegionName, ZoneId},
    name::Name,
    record::{Rdata, RecordSet, RecordType, dotted},
    refusal::Refusal,
    routing::{AliasTarget, Answers, Policy, RoutedSet, alias_zone},
    world::Tags,
};
use crate::catalog;

/// The attribute with the IPv4 address.
pub const IPV4: &str = "AWS_INSTANCE_IPV4";
/// The attribute with the IPv6 address.
pub const IPV6: &str = "AWS_INSTANCE_IPV6";
/// The attribute with the port.
pub const PORT: &str = "AWS_INSTANCE_PORT";
/// The attribute with the name that a CNAME record holds.
pub const CNAME: &str = "AWS_INSTANCE_CNAME";
/// The attribute with the name of a load balancer.
pub const ALIAS: &str = "AWS_ALIAS_DNS_NAME";

/// What a namespace is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamespaceKind {
    /// For `DiscoverInstances` alone.
    Http,
    /// It has a private hosted zone.
    Private,
    /// It has a public hosted zone.
    Public,
}

impl NamespaceKind {
    /// As AWS writes it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Private => "DNS_PRIVATE",
            Self::Public => "DNS_PUBLIC",
        }
    }
}

/// A namespace. A deleted one is kept for its operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudMapNamespace {
    /// Its id.
    pub id: CloudMapNamespaceId,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its name: of a DNS namespace, that of the hosted zone.
    pub name: Arc<str>,
    /// The name by which `DiscoverInstances` finds it.
    pub http_name: Arc<str>,
    /// What it is for.
    pub kind: NamespaceKind,
    /// Its hosted zone.
    pub zone: Option<ZoneId>,
    /// The TTL of the zone's SOA record, as it is shown. Answers carry the one that every zone has (P31).
    pub soa_ttl: Option<u32>,
    /// Its description.
    pub description: Option<Arc<str>>,
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// When it was created, in milliseconds since the epoch.
    pub created: u64,
    /// When it was deleted, or could not be created.
    pub deleted: Option<u64>,
    /// Its tags.
    pub tags: Tags,
    /// The latest operations on it and on services of it that are deleted.
    pub operations: Vec<CloudMapOperation>,
}

/// Something that was asked for and that AWS does in the background. It is done at once here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudMapOperation {
    /// Its id.
    pub id: Arc<str>,
    /// `Type`.
    pub kind: Arc<str>,
    /// When it was done, in milliseconds since the epoch.
    pub at: u64,
    /// The service that it was about.
    pub service: Option<CloudMapServiceId>,
    /// The instance that it was about.
    pub instance: Option<Arc<str>>,
    /// The code and the words, if it failed.
    pub error: Option<(Arc<str>, Arc<str>)>,
}

/// Records that each instance of a service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsRecord {
    /// A, AAAA, SRV or CNAME.
    pub rtype: RecordType,
    /// Seconds they may be cached.
    pub ttl: u32,
}

/// `HealthCheckConfig`. Nothing is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheckConfig {
    /// `Type`.
    pub kind: Arc<str>,
    /// `ResourcePath`.
    pub path: Option<Arc<str>>,
    /// `FailureThreshold`.
    pub threshold: u8,
}

/// A service of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudMapService {
    /// Its id.
    pub id: CloudMapServiceId,
    /// Its namespace.
    pub namespace: CloudMapNamespaceId,
    /// Its name.
    pub name: Arc<str>,
    /// Its description.
    pub description: Option<Arc<str>>,
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// When it was created, in milliseconds since the epoch.
    pub created: u64,
    /// Whether one instance answers (`WEIGHTED`) or up to eight do (`MULTIVALUE`).
    pub weighted: bool,
    /// The records of each instance; none if the service has no DNS.
    pub records: Vec<DnsRecord>,
    /// What would be checked.
    pub health_check: Option<HealthCheckConfig>,
    /// `FailureThreshold`, if the health of instances is told by `UpdateInstanceCustomHealthStatus`.
    pub custom_health: Option<u8>,
    /// Its tags.
    pub tags: Tags,
    /// Its instances, by id.
    pub instances: BTreeMap<Arc<str>, Arc<CloudMapInstance>>,
    /// How often its instances changed.
    pub revision: u64,
    /// The latest operations on it and its instances.
    pub operations: Vec<CloudMapOperation>,
}

/// An instance that is registered with a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudMapInstance {
    /// `CreatorRequestId`.
    pub creator_request: Option<Arc<str>>,
    /// Its attributes.
    pub attributes: BTreeMap<Arc<str>, Arc<str>>,
    /// Whether it is healthy, as far as it was told.
    pub healthy: bool,
}

impl CloudMapInstance {
    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|value| &**value)
    }
}

impl CloudMapNamespace {
    /// Whether it is there.
    pub fn is_living(&self) -> bool {
        self.deleted.is_none()
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        self.arn_of("namespace", &self.id.to_string())
    }

    /// The ARN of a service of it.
    pub fn service_arn(&self, service: CloudMapServiceId) -> String {
        self.arn_of("service", &service.to_string())
    }

    fn arn_of(&self, kind: &str, id: &str) -> String {
        let (partition, region) = (catalog::partition_of(self.region), self.region);
        format!("arn:{partition}:servicediscovery:{region}:{}:{kind}/{id}", self.owner)
    }
}

pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidInput", message, "A21")
}

impl CloudMapService {
    /// Whether its instances are healthy or not, and not just unknown.
    pub fn has_health(&self) -> bool {
        self.health_check.is_some() || self.custom_health.is_some()
    }

    /// Its name in DNS.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is too long.
    pub fn dns_name(&self, namespace: &str) -> Result<Name, Refusal> {
        // A service called `.` answers for the namespace itself.
        let full = match &*self.name {
            "." => namespace.to_owned(),
            name => format!("{name}.{namespace}"),
        };
        Name::parse(&full).map_err(|_| invalid(format!("'{full}' is not a DNS name.")))
    }

    /// Whether an instance has what the service's records need.
    ///
    /// # Errors
    ///
    /// `InvalidInput`.
    pub fn check(&self, instance: &CloudMapInstance) -> Result<(), Refusal> {
        let has = |name: &str| instance.attribute(name).is_some();
        let name = |text: &str| Name::parse(text).is_ok_and(|it| !it.as_ref().is_root());
        let wrong = |name: &str| {
            let value = instance.attribute(name).unwrap_or_default();
            Err(invalid(format!("The value '{value}' of the attribute {name} is not valid.")))
        };
        if instance.attribute(IPV4).is_some_and(|it| it.parse::<Ipv4Addr>().is_err()) {
            return wrong(IPV4);
        }
        if instance.attribute(IPV6).is_some_and(|it| it.parse::<Ipv6Addr>().is_err()) {
            return wrong(IPV6);
        }
        let is_port = |it: &str| it.parse::<u16>().is_ok_and(|port| port > 0);
        if instance.attribute(PORT).is_some_and(|it| !is_port(it)) {
            return wrong(PORT);
        }
        for attribute in [CNAME, ALIAS] {
            if instance.attribute(attribute).is_some_and(|it| !name(it)) {
                return wrong(attribute);
            }
        }
        if has(ALIAS) {
            let of_addresses =
                |it: &DnsRecord| [RecordType::A, RecordType::AAAA].contains(&it.rtype);
            if !self.weighted || self.records.is_empty() || !self.records.iter().all(of_addresses) {
                let words = format!(
                    "{ALIAS} needs a service with A or AAAA records and the routing policy WEIGHTED."
                );
                return Err(invalid(words));
            }
            if self.custom_health.is_some() || self.health_check.is_some() {
                return Err(invalid(format!(
                    "{ALIAS} cannot be used with a service that has a health check."
                )));
            }
            if [IPV4, IPV6, PORT, CNAME].into_iter().any(has) {
                return Err(invalid(format!(
                    "{ALIAS} cannot be used with the other attributes of an address."
                )));
            }
            return Ok(());
        }
        for DnsRecord { rtype, .. } in &self.records {
            let needed: &[&str] = match *rtype {
                RecordType::A => &[IPV4],
                RecordType::AAAA => &[IPV6],
                RecordType::CNAME => &[CNAME],
                _ => &[PORT],
            };
            if let Some(missing) = needed.iter().find(|it| !has(it)) {
                let words = format!(
                    "The attribute {missing} is required for a record of the type {rtype}."
                );
                return Err(invalid(words));
            }
            if *rtype == RecordType::SRV && !has(IPV4) && !has(IPV6) {
                return Err(invalid(format!("A record of the type SRV needs {IPV4} or {IPV6}.")));
            }
        }
        Ok(())
    }

    /// The instances that are answered: the healthy ones, or all if none is healthy.
    fn answered(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<CloudMapInstance>)> {
        let some = self.instances.values().any(|it| it.healthy);
        self.instances.iter().filter(move |(_, instance)| instance.healthy || !some)
    }

    /// Adds the record sets of its instances, by their names.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what cannot be written as a record.
    pub(super) fn add_records(
        &self,
        namespace: &CloudMapNamespace,
        zone: ZoneId,
        sets: &mut BTreeMap<Name, Vec<RoutedSet>>,
    ) -> Result<(), Refusal> {
        if self.records.is_empty() {
            return Ok(());
        }
        let own = self.dns_name(&namespace.name)?;
        let policy = if self.weighted { Policy::Weighted(1) } else { Policy::Multivalue };
        for (id, instance) in self.answered() {
            for DnsRecord { rtype, ttl } in self.records.iter().copied() {
                let answers = match instance.attribute(ALIAS) {
                    Some(target) => alias(zone, target)?,
                    None => {
                        Answers::Records(self.values(namespace, id, instance, rtype, ttl, sets)?)
                    }
                };
                let identifier = Some(Arc::clone(id));
                let policy = policy.clone();
                let set = RoutedSet { rtype, identifier, policy, health_check: None, answers };
                sets.entry(own.clone()).or_default().push(set);
            }
        }
        Ok(())
    }

    /// The value of an instance's record. The target of an SRV record gets its addresses.
    fn values(
        &self,
        namespace: &CloudMapNamespace,
        id: &str,
        instance: &CloudMapInstance,
        rtype: RecordType,
        ttl: u32,
        sets: &mut BTreeMap<Name, Vec<RoutedSet>>,
    ) -> Result<RecordSet, Refusal> {
        let attribute = |name: &str| instance.attribute(name).unwrap_or_default();
        let record = |rtype: RecordType, text: &str| {
            let data = Rdata::parse(rtype, text);
            let data = data.map_err(|_| invalid(format!("'{text}' is not a value of {rtype}.")))?;
            Ok(RecordSet::new(rtype, ttl, vec![data]))
        };
        match rtype {
            RecordType::A => record(rtype, attribute(IPV4)),
            RecordType::AAAA => record(rtype, attribute(IPV6)),
            RecordType::CNAME => {
                record(rtype, &format!("{}.", attribute(CNAME).trim_end_matches('.')))
            }
            _ => {
                let own = self.dns_name(&namespace.name)?;
                let full = format!("{id}.{own}");
                let target = Name::parse(&full).ok().filter(|it| !it.is_wildcard());
                let target =
                    target.ok_or_else(|| invalid(format!("'{full}' is not a DNS name.")))?;
                for (rtype, name) in [(RecordType::A, IPV4), (RecordType::AAAA, IPV6)] {
                    if let Some(address) = instance.attribute(name) {
                        let addresses = RoutedSet::simple(record(rtype, address)?);
                        sets.entry(target.clone()).or_default().push(addresses);
                    }
                }
                record(rtype, &format!("1 1 {} {}", attribute(PORT), dotted(target.as_ref())))
            }
        }
    }
}

/// An alias of a load balancer.
fn alias(own: ZoneId, target: &str) -> Result<Answers, Refusal> {
    let wrong = || invalid(format!("'{target}' is not the DNS name of a load balancer."));
    let name = Name::parse(target).map_err(|_| wrong())?;
    let zone = alias_zone(own, &name);
    if *zone == *own.to_string() {
        return Err(wrong());
    }
    Ok(Answers::Alias(AliasTarget { name, zone, evaluate_health: true }))
}
