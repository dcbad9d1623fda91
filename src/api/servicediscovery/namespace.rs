//! Namespaces: made and shown.

use std::sync::Arc;

use super::{
    invalid, listing::Listing, new_operation, own_namespace, own_namespaces, read_tags, small,
    submitted,
};
use crate::{
    api::{
        context::{Context, random, seed},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    model::{
        cloud_map::{CloudMapNamespace, NamespaceKind},
        cloud_map_change as model,
        delegation::name_servers,
        hosted_zone::{HostedZone, ZoneDetails},
        id::{CloudMapNamespaceId, VpcId, ZoneId},
        name::Name,
        world::Tags,
        zone_data::ZoneData,
    },
};

/// The TTL of a zone's SOA record, if a request gives none (assumed).
const SOA_TTL: u32 = 15;
/// The largest TTL.
const LARGEST_TTL: u64 = 2_147_483_647;

/// A namespace as replies show it.
fn fields(context: &Context<'_>, namespace: &CloudMapNamespace) -> Fields {
    let services = context.world().cloud_map_services.values();
    let services = services.filter(|it| it.namespace == namespace.id).count();
    let properties = Fields::new();
    let properties = match namespace.zone {
        Some(zone) => {
            let soa = Fields::new().maybe("TTL", namespace.soa_ttl);
            let dns = Fields::new().set("HostedZoneId", zone.to_string()).fields("SOA", soa);
            properties.fields("DnsProperties", dns)
        }
        None => properties,
    };
    let http = Fields::new().set("HttpName", &namespace.http_name);
    Fields::new()
        .set("Id", namespace.id.to_string())
        .set("Arn", namespace.arn())
        .set("ResourceOwner", &namespace.owner)
        .set("Name", &namespace.name)
        .set("Type", namespace.kind.text())
        .maybe("Description", namespace.description.as_ref())
        .set("ServiceCount", u64::try_from(services).unwrap_or(u64::MAX))
        .fields("Properties", properties.fields("HttpProperties", http))
        .set("CreateDate", Time::exact(namespace.created))
}

/// What every namespace is made from.
struct New {
    name: String,
    creator_request: Option<String>,
    description: Option<String>,
    soa_ttl: Option<u64>,
    tags: Tags,
}

/// Reads the TTL of `Properties.DnsProperties.SOA`.
pub(super) fn read_soa_ttl(parameters: &mut Parameters) -> Result<Option<u64>, ApiError> {
    let read = |soa: &mut Parameters| soa.number("TTL", 0..=LARGEST_TTL);
    let of_dns = |dns: &mut Parameters| dns.structure("SOA", read);
    let found = parameters.structure("Properties", |it| it.structure("DnsProperties", of_dns))?;
    Ok(found.flatten().flatten().flatten())
}

impl New {
    fn read(parameters: &mut Parameters, longest: usize) -> Result<Self, ApiError> {
        Ok(Self {
            name: parameters.required_limited("Name", 1..=longest)?,
            creator_request: parameters.limited("CreatorRequestId", 0..=64)?,
            description: parameters.limited("Description", 0..=1_024)?,
            soa_ttl: None,
            tags: read_tags(parameters)?,
        })
    }

    fn read_with_soa(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let soa_ttl = read_soa_ttl(parameters)?;
        Ok(Self { soa_ttl, ..Self::read(parameters, 253)? })
    }

    /// Makes the namespace, with a hosted zone for DNS.
    fn make(
        self,
        context: &Context<'_>,
        kind: NamespaceKind,
        vpc: Option<VpcId>,
    ) -> Result<Fields, ApiError> {
        let printable = self.name.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        if !printable || self.name.starts_with("arn:") {
            return Err(invalid(format!("'{}' is not a name of a namespace.", self.name)));
        }
        let mut known =
            own_namespaces(context).filter(|it| it.kind == kind && *it.name == *self.name);
        let request = self.creator_request.as_deref().filter(|it| !it.is_empty());
        // A request that is sent again gives the operation of the first one.
        let first = known.find(|it| request.is_some() && it.creator_request.as_deref() == request);
        if let Some(operation) = first.and_then(|it| it.operations.first()) {
            return Ok(submitted(operation));
        }
        let operation = new_operation(context, "CREATE_NAMESPACE", None);
        let name: Arc<str> = self.name.as_str().into();
        let mut namespace = CloudMapNamespace {
            id: CloudMapNamespaceId::from_seed(random()),
            region: context.region,
            owner: context.account.as_str().into(),
            name: Arc::clone(&name),
            http_name: name,
            kind,
            zone: None,
            soa_ttl: None,
            description: self.description.map(Arc::from),
            creator_request: request.map(Arc::from),
            created: context.now,
            deleted: None,
            tags: self.tags,
            operations: Vec::new(),
        };
        let zone = if kind == NamespaceKind::Http {
            None
        } else {
            let name = Name::parse(&self.name)
                .ok()
                .filter(|name| !name.as_ref().is_root() && !name.is_wildcard());
            let name =
                name.ok_or_else(|| invalid(format!("'{}' is not a DNS name.", self.name)))?;
            namespace.soa_ttl = Some(self.soa_ttl.and_then(small).unwrap_or(SOA_TTL));
            let id = ZoneId::from_seed(u64::try_from(seed()).unwrap_or_default());
            namespace.zone = Some(id);
            let data = match vpc {
                Some(_) => ZoneData::private(name.clone()),
                None => HostedZone::public_data(&name_servers(id), &name),
            };
            let details = ZoneDetails {
                public: vpc.is_none(),
                owner: Some(Arc::clone(&namespace.owner)),
                caller_reference: Some(Arc::clone(&operation.id)),
                comment: namespace.description.clone(),
                namespace: Some(namespace.arn().into()),
                ..ZoneDetails::default()
            };
            let vpcs = vpc.into_iter().collect();
            Some(HostedZone { id, name, vpcs, data: Arc::new(data), details })
        };
        let reply = submitted(&operation);
        context.commit(&[model::CreateCloudMapNamespace { namespace, zone, operation }.into()])?;
        Ok(reply)
    }
}

/// `CreateHttpNamespace`.
pub(in crate::api) struct CreateHttpNamespace(New);

impl Operation for CreateHttpNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        New::read(parameters, 1_024).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.make(context, NamespaceKind::Http, None)
    }
}

/// `CreatePrivateDnsNamespace`.
pub(in crate::api) struct CreatePrivateDnsNamespace(New, String);

impl Operation for CreatePrivateDnsNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = parameters.required_limited("Vpc", 1..=64)?;
        Ok(Self(New::read_with_soa(parameters)?, vpc))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = self.1.parse::<VpcId>().ok().filter(|id| id.find(context).is_some());
        let vpc = vpc.ok_or_else(|| invalid(format!("The VPC {} does not exist.", self.1)))?;
        self.0.make(context, NamespaceKind::Private, Some(vpc))
    }
}

/// `CreatePublicDnsNamespace`.
pub(in crate::api) struct CreatePublicDnsNamespace(New);

impl Operation for CreatePublicDnsNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        New::read_with_soa(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if !self.0.name.trim_end_matches('.').contains('.') {
            return Err(invalid(format!("'{}' is not the name of a public zone.", self.0.name)));
        }
        self.0.make(context, NamespaceKind::Public, None)
    }
}

/// `GetNamespace`.
pub(in crate::api) struct GetNamespace(String);

impl Operation for GetNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=255).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let namespace = own_namespace(context, &self.0)?;
        let shown = fields(context, namespace);
        let shown = shown.maybe("CreatorRequestId", namespace.creator_request.as_ref());
        Ok(Fields::new().fields("Namespace", shown))
    }
}

/// `ListNamespaces`.
pub(in crate::api) struct ListNamespaces(Listing);

impl Operation for ListNamespaces {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters, &["TYPE", "NAME", "HTTP_NAME", "RESOURCE_OWNER"]).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = own_namespaces(context).filter(|it| {
            self.0.passes(&[
                ("TYPE", it.kind.text()),
                ("NAME", &it.name),
                ("HTTP_NAME", &it.http_name),
                // Nothing is shared between accounts.
                ("RESOURCE_OWNER", "SELF"),
            ])
        });
        let shown = own.map(|it| (it.id.to_string(), fields(context, it)));
        Ok(self.0.reply("Namespaces", shown.collect()))
    }
}
