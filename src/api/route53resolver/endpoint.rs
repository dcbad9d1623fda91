//! Resolver endpoints of both directions.

use std::sync::Arc;

use super::{
    arn, bad_parameter, bad_request, listing::Listing, new_address::NewAddress, only, read_tags,
    time,
};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        change::Change,
        id::{InboundEndpointId, OutboundEndpointId, SecurityGroupId, VpcId},
        resolver_endpoint::{
            self as model, EndpointDetails, ResolverEndpoint, ResolverEndpointId, no_such_endpoint,
        },
        world::Tags,
    },
};

pub(super) type Endpoint = ResolverEndpoint<ResolverEndpointId>;

const TYPES: &[&str] = &["IPV6", "IPV4", "DUALSTACK"];
const PROTOCOLS: &[&str] = &["DoH", "Do53", "DoH-FIPS"];
const DIRECTIONS: &[&str] = &["INBOUND", "OUTBOUND", "INBOUND_DELEGATION"];

/// The caller's endpoint with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`, also if somebody else owns it.
pub(super) fn own(context: &Context<'_>, text: &str) -> Result<Endpoint, ApiError> {
    let found = text.parse().ok().and_then(|id| context.world().resolver_endpoint(id));
    let found = found.filter(|it| context.owns_vpc(it.vpc));
    found.ok_or_else(|| no_such_endpoint(text).into())
}

fn direction(endpoint: &Endpoint) -> &'static str {
    match endpoint.id {
        ResolverEndpointId::Outbound(_) => "OUTBOUND",
        ResolverEndpointId::Inbound(_) if endpoint.details.delegation => "INBOUND_DELEGATION",
        ResolverEndpointId::Inbound(_) => "INBOUND",
    }
}

/// How many addresses it has: one for each network interface, or those of a world file.
fn address_count(endpoint: &Endpoint) -> usize {
    match endpoint.details.interfaces.len() {
        0 => endpoint.addresses.len(),
        count => count,
    }
}

/// The name that the API gave it, or that of a world file. The tag `Name` of one that the API made is a tag only.
fn name(endpoint: &Endpoint) -> Option<&str> {
    let details = &endpoint.details;
    let of_file = endpoint.tags.name().filter(|_| details.creator_request.is_none());
    details.name.as_deref().or(of_file)
}

/// An endpoint as replies show it.
pub(super) fn fields(context: &Context<'_>, endpoint: &Endpoint, status: &str) -> Fields {
    let id = endpoint.id.to_string();
    let details = &endpoint.details;
    let protocols: Vec<&str> = details.protocols.iter().map(|it| &**it).collect();
    let protocols = if protocols.is_empty() { vec!["Do53"] } else { protocols };
    Fields::new()
        .set("Id", &id)
        .set("CreatorRequestId", details.creator_request.as_deref().unwrap_or_default())
        .set("Arn", arn(context, &context.account, "resolver-endpoint", &id))
        .maybe("Name", name(endpoint))
        .texts("SecurityGroupIds", &details.groups)
        .set("Direction", direction(endpoint))
        .set("IpAddressCount", u64::try_from(address_count(endpoint)).unwrap_or(u64::MAX))
        .set("HostVPCId", endpoint.vpc)
        .set("Status", status)
        .set("StatusMessage", message(status))
        .set("CreationTime", time(details.created))
        .set("ModificationTime", time(details.modified))
        .set("ResolverEndpointType", details.kind.as_deref().unwrap_or("IPV4"))
        .texts("Protocols", protocols)
}

fn message(status: &str) -> &'static str {
    match status {
        "CREATING" => "Creating the Resolver Endpoint",
        "DELETING" => "Deleting the Resolver Endpoint",
        "UPDATING" => "Updating the Resolver Endpoint",
        _ => "This Resolver Endpoint is operational.",
    }
}

/// Reads `Protocols`.
fn read_protocols(parameters: &mut Parameters) -> Result<Vec<Arc<str>>, ApiError> {
    let protocols = parameters.list("Protocols")?;
    if let Some(odd) = protocols.iter().find(|it| !PROTOCOLS.contains(&it.as_str())) {
        return Err(bad_parameter(format!("'{odd}' is not a protocol of a Resolver endpoint.")));
    }
    Ok(protocols.into_iter().map(Arc::from).collect())
}

/// `CreateResolverEndpoint`.
pub(in crate::api) struct CreateResolverEndpoint {
    creator_request: String,
    name: Option<String>,
    groups: Vec<String>,
    direction: String,
    addresses: Vec<NewAddress>,
    tags: Tags,
    kind: Option<String>,
    protocols: Vec<Arc<str>>,
}

impl Operation for CreateResolverEndpoint {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "Dns64Enabled",
        "Ipv6InternetAccessEnabled",
        "OutpostArn",
        "PreferredInstanceType",
        "RniEnhancedMetricsEnabled",
        "TargetNameServerMetricsEnabled",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let creator_request = parameters.required_limited("CreatorRequestId", 1..=255)?;
        let name = parameters.limited("Name", 0..=64)?.filter(|it| !it.is_empty());
        let groups = parameters.list("SecurityGroupIds")?;
        let direction = parameters.one_of("Direction", DIRECTIONS)?;
        let direction = direction.ok_or_else(|| parameters.missing("Direction"))?;
        let addresses = parameters.structures("IpAddresses", NewAddress::read)?;
        if addresses.is_empty() {
            return Err(parameters.missing("IpAddresses"));
        }
        Ok(Self {
            creator_request,
            name,
            groups,
            direction,
            addresses,
            tags: read_tags(parameters)?,
            kind: parameters.one_of("ResolverEndpointType", TYPES)?,
            protocols: read_protocols(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let request = self.creator_request;
        let mut known = world.resolver_endpoints().filter_map(|id| world.resolver_endpoint(id));
        let is_same = |it: &Endpoint| {
            context.owns_vpc(it.vpc) && it.details.creator_request.as_deref() == Some(&*request)
        };
        if known.any(|it| is_same(&it)) {
            let words =
                format!("Resolver endpoint with creator request ID '{request}' already exists");
            return Err(ApiError::new("ResourceExistsException", words));
        }
        let mut groups = Vec::new();
        for text in &self.groups {
            let group =
                text.parse::<SecurityGroupId>().ok().filter(|id| id.find(context).is_some());
            groups.push(group.ok_or_else(|| {
                bad_parameter(format!("The security group '{text}' does not exist"))
            })?);
        }
        let kind = self.kind.as_deref().unwrap_or("IPV4");
        let mut interfaces = Vec::new();
        let mut vpc: Option<VpcId> = None;
        for address in &self.addresses {
            let (subnet, made) = address.make(context, kind)?;
            if vpc.is_some_and(|vpc| vpc != subnet) {
                return Err(bad_request(
                    "All subnets of a Resolver endpoint must be in the same VPC.",
                ));
            }
            vpc = Some(subnet);
            interfaces.push(made);
        }
        let vpc = vpc.ok_or_else(|| bad_request("A Resolver endpoint needs IP addresses."))?;
        let details = EndpointDetails {
            name: self.name.map(Arc::from),
            creator_request: Some(request.into()),
            groups,
            delegation: self.direction == "INBOUND_DELEGATION",
            kind: self.kind.map(Arc::from),
            protocols: self.protocols,
            interfaces,
            created: context.now,
            modified: context.now,
        };
        let (tags, addresses) = (self.tags, Vec::new());
        let (id, change): (_, Change) = if self.direction == "OUTBOUND" {
            let id = OutboundEndpointId::from_seed(seed());
            let endpoint = ResolverEndpoint { id, tags, vpc, addresses, details };
            (ResolverEndpointId::Outbound(id), model::CreateOutboundEndpoint { endpoint }.into())
        } else {
            let id = InboundEndpointId::from_seed(seed());
            let endpoint = ResolverEndpoint { id, tags, vpc, addresses, details };
            (ResolverEndpointId::Inbound(id), model::CreateInboundEndpoint { endpoint }.into())
        };
        let after = context.commit(&[change])?;
        let made = after.world.resolver_endpoint(id).ok_or_else(|| no_such_endpoint(id))?;
        Ok(only("ResolverEndpoint", fields(context, &made, "CREATING")))
    }
}

/// `GetResolverEndpoint`.
pub(in crate::api) struct GetResolverEndpoint(String);

impl Operation for GetResolverEndpoint {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverEndpointId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = own(context, &self.0)?;
        Ok(only("ResolverEndpoint", fields(context, &endpoint, "OPERATIONAL")))
    }
}

/// `UpdateResolverEndpoint`.
pub(in crate::api) struct UpdateResolverEndpoint {
    id: String,
    name: Option<String>,
    kind: Option<String>,
    protocols: Vec<Arc<str>>,
}

impl Operation for UpdateResolverEndpoint {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "Dns64Enabled",
        "Ipv6InternetAccessEnabled",
        "RniEnhancedMetricsEnabled",
        "TargetNameServerMetricsEnabled",
        "UpdateIpAddresses",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: parameters.required_limited("ResolverEndpointId", 1..=64)?,
            name: parameters.limited("Name", 0..=64)?,
            kind: parameters.one_of("ResolverEndpointType", TYPES)?,
            protocols: read_protocols(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own(context, &self.id)?.id;
        let change = model::UpdateResolverEndpoint {
            id,
            name: self.name.map(Arc::from),
            kind: self.kind.map(Arc::from),
            protocols: Some(self.protocols).filter(|it| !it.is_empty()),
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        let endpoint = after.world.resolver_endpoint(id).ok_or_else(|| no_such_endpoint(id))?;
        Ok(only("ResolverEndpoint", fields(context, &endpoint, "OPERATIONAL")))
    }
}

/// `DeleteResolverEndpoint`.
pub(in crate::api) struct DeleteResolverEndpoint(String);

impl Operation for DeleteResolverEndpoint {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverEndpointId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = own(context, &self.0)?;
        context.commit(&[model::DeleteResolverEndpoint { id: endpoint.id }.into()])?;
        Ok(only("ResolverEndpoint", fields(context, &endpoint, "DELETING")))
    }
}

/// `ListResolverEndpoints`.
pub(in crate::api) struct ListResolverEndpoints(Listing);

impl Operation for ListResolverEndpoints {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filters = [
            "CreatorRequestId",
            "Direction",
            "HostVPCId",
            "IpAddressCount",
            "Name",
            "ResolverEndpointType",
            "SecurityGroupIds",
            "Status",
        ];
        Listing::read(parameters, &filters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let all = world.resolver_endpoints().filter_map(|id| world.resolver_endpoint(id));
        let own = all.filter(|it| context.owns_vpc(it.vpc)).filter(|it| {
            let details = &it.details;
            let mut has = vec![
                ("CreatorRequestId", details.creator_request.as_deref().unwrap_or("").to_owned()),
                ("Direction", direction(it).to_owned()),
                ("HostVPCId", it.vpc.to_string()),
                ("IpAddressCount", address_count(it).to_string()),
                ("Name", name(it).unwrap_or_default().to_owned()),
                ("ResolverEndpointType", details.kind.as_deref().unwrap_or("IPV4").to_owned()),
                ("Status", "OPERATIONAL".to_owned()),
            ];
            has.extend(details.groups.iter().map(|id| ("SecurityGroupIds", id.to_string())));
            self.0.passes(&has)
        });
        let shown = own.map(|it| (it.id.to_string(), fields(context, &it, "OPERATIONAL")));
        Ok(self.0.reply_with_max("ResolverEndpoints", shown.collect()))
    }
}
