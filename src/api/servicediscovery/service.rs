//! Services: made and shown.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    invalid, listing::Listing, own_namespace, own_service, own_services, read_tags, small,
};
use crate::{
    api::{
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    model::{
        cloud_map::{CloudMapNamespace, CloudMapService, DnsRecord, HealthCheckConfig},
        cloud_map_change as model,
        id::CloudMapServiceId,
        record::RecordType,
        world::Tags,
    },
};

const TYPES: &[&str] = &["SRV", "A", "AAAA", "CNAME"];
/// The longest name of a service, and the longest of its labels.
const NAME_LENGTHS: (usize, usize) = (127, 63);

/// A service as replies show it.
pub(super) fn fields(namespace: &CloudMapNamespace, service: &CloudMapService) -> Fields {
    let count = u64::try_from(service.instances.len()).unwrap_or(u64::MAX);
    let shown = Fields::new()
        .set("Id", service.id.to_string())
        .set("Arn", namespace.service_arn(service.id))
        .set("ResourceOwner", &namespace.owner)
        .set("Name", &service.name)
        .maybe("Description", service.description.as_ref())
        .set("InstanceCount", count);
    let shown = if service.records.is_empty() {
        shown.set("Type", "HTTP")
    } else {
        let records = service
            .records
            .iter()
            .map(|it| Fields::new().set("Type", it.rtype.to_string()).set("TTL", it.ttl));
        let dns = Fields::new()
            .set("NamespaceId", namespace.id.to_string())
            .set("RoutingPolicy", if service.weighted { "WEIGHTED" } else { "MULTIVALUE" })
            .list("DnsRecords", records);
        shown.fields("DnsConfig", dns).set("Type", "DNS_HTTP")
    };
    let shown = match &service.health_check {
        Some(check) => {
            let config = Fields::new()
                .set("Type", &check.kind)
                .maybe("ResourcePath", check.path.as_ref())
                .set("FailureThreshold", check.threshold);
            shown.fields("HealthCheckConfig", config)
        }
        None => shown,
    };
    let shown = match service.custom_health {
        Some(threshold) => {
            let config = Fields::new().set("FailureThreshold", threshold);
            shown.fields("HealthCheckCustomConfig", config)
        }
        None => shown,
    };
    shown.set("CreateDate", Time::exact(service.created)).set("CreatedByAccount", &namespace.owner)
}

/// A service with what only a reply about it alone shows.
fn whole(namespace: &CloudMapNamespace, service: &CloudMapService) -> Fields {
    let shown = fields(namespace, service)
        .set("NamespaceId", namespace.id.to_string())
        .maybe("CreatorRequestId", service.creator_request.as_ref());
    Fields::new().fields("Service", shown)
}

/// Reads `DnsRecords`.
pub(super) fn read_records(dns: &mut Parameters) -> Result<Vec<DnsRecord>, ApiError> {
    let mut records: Vec<DnsRecord> = Vec::new();
    let read = dns.structures("DnsRecords", |record| {
        let kind = record.one_of("Type", TYPES)?.ok_or_else(|| record.missing("Type"))?;
        let given = record.holds("TTL");
        let ttl = record.number("TTL", 0..=2_147_483_647)?;
        if !given {
            return Err(record.missing("TTL"));
        }
        Ok((kind, ttl.and_then(small).unwrap_or_default()))
    })?;
    for (kind, ttl) in read {
        // What is no type is told by the check of the word.
        let Ok(rtype) = kind.parse::<RecordType>() else { continue };
        if records.iter().any(|it| it.rtype == rtype) {
            return Err(invalid(format!("The type {kind} is there twice in DnsRecords.")));
        }
        records.push(DnsRecord { rtype, ttl });
    }
    if records.is_empty() {
        return Err(dns.missing("DnsRecords"));
    }
    Ok(records)
}

/// Whether records can stand together, and with a routing policy.
pub(super) fn check_records(records: &[DnsRecord], weighted: bool) -> Result<(), ApiError> {
    let has_cname = records.iter().any(|it| it.rtype == RecordType::CNAME);
    if has_cname && records.len() > 1 {
        return Err(invalid("A CNAME record cannot be combined with other records."));
    }
    if has_cname && !weighted {
        return Err(invalid("A CNAME record needs the routing policy WEIGHTED."));
    }
    Ok(())
}

/// Reads `HealthCheckConfig`.
pub(super) fn read_health_check(
    parameters: &mut Parameters,
) -> Result<Option<HealthCheckConfig>, ApiError> {
    parameters.structure("HealthCheckConfig", |check| {
        let kind = check.one_of("Type", &["HTTP", "HTTPS", "TCP"])?;
        let kind = kind.ok_or_else(|| check.missing("Type"))?;
        let path = check.limited("ResourcePath", 0..=255)?;
        let threshold = check.number("FailureThreshold", 1..=10)?.and_then(small).unwrap_or(1);
        if kind == "TCP" && path.is_some() {
            return Err(invalid("A health check of the type TCP has no ResourcePath."));
        }
        Ok(HealthCheckConfig { kind: kind.into(), path: path.map(Arc::from), threshold })
    })
}

fn is_name(name: &str) -> bool {
    let (longest, label) = NAME_LENGTHS;
    let good = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (1..=label).contains(&part.len())
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name == "." || name.len() <= longest && name.split('.').all(good)
}

/// `CreateService`.
pub(in crate::api) struct CreateService {
    name: String,
    namespace: Option<String>,
    creator_request: Option<String>,
    description: Option<String>,
    dns: Option<(Option<String>, Vec<DnsRecord>)>,
    health_check: Option<HealthCheckConfig>,
    custom_health: Option<u8>,
    kind: Option<String>,
    tags: Tags,
}

impl Operation for CreateService {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("Name")?;
        let mut namespace = parameters.limited("NamespaceId", 0..=255)?;
        let dns = parameters.structure("DnsConfig", |dns| {
            let of_dns = dns.limited("NamespaceId", 0..=64)?;
            namespace = namespace.take().or(of_dns);
            let policy = dns.one_of("RoutingPolicy", &["MULTIVALUE", "WEIGHTED"])?;
            Ok((policy, read_records(dns)?))
        })?;
        // The structure may be empty, which says the same as the number that AWS always uses.
        let has_custom = parameters.is_there("HealthCheckCustomConfig");
        let custom = parameters
            .structure("HealthCheckCustomConfig", |it| it.number("FailureThreshold", 1..=10))?;
        Ok(Self {
            name,
            namespace: namespace.filter(|it| !it.is_empty()),
            creator_request: parameters.limited("CreatorRequestId", 0..=64)?,
            description: parameters.limited("Description", 0..=1_024)?,
            dns,
            health_check: read_health_check(parameters)?,
            custom_health: has_custom.then(|| custom.flatten().and_then(small).unwrap_or(1)),
            kind: parameters.one_of("Type", &["HTTP"])?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if !is_name(&self.name) {
            return Err(invalid(format!("'{}' is not a name of a service.", self.name)));
        }
        let namespace =
            self.namespace.ok_or_else(|| invalid("The request needs a NamespaceId."))?;
        let namespace = own_namespace(context, &namespace)?;
        let request = self.creator_request.as_deref().filter(|it| !it.is_empty());
        // A request that is sent again gives the service of the first one.
        let first = own_services(context).map(|(_, it)| it).find(|it| {
            it.namespace == namespace.id
                && *it.name == *self.name
                && request.is_some()
                && it.creator_request.as_deref() == request
        });
        if let Some(first) = first {
            return Ok(whole(namespace, first));
        }
        if self.health_check.is_some() && self.custom_health.is_some() {
            return Err(invalid(
                "A service has HealthCheckConfig or HealthCheckCustomConfig, not both.",
            ));
        }
        if self.kind.is_some() && self.dns.is_some() {
            return Err(invalid("A service of the type HTTP has no DnsConfig."));
        }
        let (policy, records) = self.dns.unwrap_or_default();
        let weighted = policy.as_deref() == Some("WEIGHTED");
        check_records(&records, weighted)?;
        let service = CloudMapService {
            id: CloudMapServiceId::from_seed(random()),
            namespace: namespace.id,
            name: self.name.into(),
            description: self.description.map(Arc::from),
            creator_request: request.map(Arc::from),
            created: context.now,
            weighted,
            records,
            health_check: self.health_check,
            custom_health: self.custom_health,
            tags: self.tags,
            instances: BTreeMap::new(),
            revision: 1,
            operations: Vec::new(),
        };
        let reply = whole(namespace, &service);
        context.commit(&[model::CreateCloudMapService { service }.into()])?;
        Ok(reply)
    }
}

/// `GetService`.
pub(in crate::api) struct GetService(String);

impl Operation for GetService {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=255).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (namespace, service) = own_service(context, &self.0)?;
        Ok(whole(namespace, service))
    }
}

/// `ListServices`.
pub(in crate::api) struct ListServices(Listing);

impl Operation for ListServices {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &["NAMESPACE_ID", "RESOURCE_OWNER"]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = own_services(context).filter(|(namespace, _)| {
            let id = namespace.id.to_string();
            self.0.passes(&[("NAMESPACE_ID", &id), ("RESOURCE_OWNER", "SELF")])
        });
        let shown = own.map(|(namespace, it)| (it.id.to_string(), fields(namespace, it)));
        Ok(self.0.reply("Services", shown.collect()))
    }
}
