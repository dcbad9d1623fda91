//! VPC endpoints: create, modify, delete and describe (spec §9.2 to §9.5).

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use super::{
    Operation,
    endpoint_reply::{ZoneIds, fields, kind_text},
};
use crate::{
    api::{
        context::{Context, random_label, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        change::Change,
        endpoint::{AddressType, Endpoint, EndpointKind, RecordIpType},
        endpoint_change::{self, SubnetConfiguration},
        id::{EndpointId, NetworkInterfaceId, RouteTableId, SecurityGroupId, SubnetId},
        security_group::default_group,
        world::Tags,
    },
};

pub(super) const ADDRESS_TYPES: &[(&str, AddressType)] = &[
    ("ipv4", AddressType::Ipv4),
    ("dualstack", AddressType::Dualstack),
    ("ipv6", AddressType::Ipv6),
];

const RECORD_TYPES: &[(&str, RecordIpType)] = &[
    ("ipv4", RecordIpType::Ipv4),
    ("dualstack", RecordIpType::Dualstack),
    ("ipv6", RecordIpType::Ipv6),
    ("service-defined", RecordIpType::ServiceDefined),
];

/// The longest policy (L50).
const MAX_POLICY: usize = 20_480;

/// `DnsOptions`.
struct DnsOptions {
    record_type: Option<RecordIpType>,
    inbound_only: Option<bool>,
}

/// Reads `DnsOptions`. The preference and its domains belong to endpoints of type Resource and ServiceNetwork (P60).
fn dns_options(parameters: &mut Parameters) -> Result<DnsOptions, ApiError> {
    let options = DnsOptions {
        record_type: parameters.word("DnsOptions.DnsRecordIpType", RECORD_TYPES)?,
        inbound_only: parameters.boolean("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint")?,
    };
    let preference = parameters.text("DnsOptions.PrivateDnsPreference")?;
    let domains = parameters.list("DnsOptions.PrivateDnsSpecifiedDomain")?;
    if preference.is_some() || !domains.is_empty() {
        return Err(ApiError::new(
            "InvalidParameter",
            "PrivateDnsPreference applies only to endpoints of type Resource and ServiceNetwork.",
        ));
    }
    Ok(options)
}

fn policy(parameters: &mut Parameters) -> Result<Option<String>, ApiError> {
    let Some(policy) = parameters.text("PolicyDocument")? else { return Ok(None) };
    if policy.len() > MAX_POLICY
        || !serde_json::from_str::<serde_json::Value>(&policy).is_ok_and(|it| it.is_object())
    {
        return Err(ApiError::new(
            "InvalidPolicyDocument",
            format!("The policy is not a JSON object of at most {MAX_POLICY} characters"),
        ));
    }
    Ok(Some(policy))
}

/// One `SubnetConfiguration.N`.
fn subnet_configurations(
    parameters: &mut Parameters,
) -> Result<Vec<SubnetConfiguration>, ApiError> {
    parameters.structures("SubnetConfiguration", |one| {
        Ok(SubnetConfiguration {
            subnet: one.required_id("SubnetId")?,
            interface: NetworkInterfaceId::from_seed(seed()),
            v4: one.parsed::<Ipv4Addr>("Ipv4")?,
            v6: one.parsed::<Ipv6Addr>("Ipv6")?,
        })
    })
}

fn without_addresses(subnet: SubnetId) -> SubnetConfiguration {
    SubnetConfiguration {
        subnet,
        interface: NetworkInterfaceId::from_seed(seed()),
        v4: None,
        v6: None,
    }
}

/// `CreateVpcEndpoint`.
pub(super) struct CreateVpcEndpoint {
    change: endpoint_change::CreateVpcEndpoint,
}

impl Operation for CreateVpcEndpoint {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = parameters.required_id("VpcId")?;
        let kind = match parameters.text("VpcEndpointType")?.as_deref() {
            None | Some("Gateway") => EndpointKind::Gateway,
            Some("Interface") => EndpointKind::Interface,
            Some(known @ ("GatewayLoadBalancer" | "Resource" | "ServiceNetwork")) => {
                return Err(ApiError::new(
                    "UnsupportedOperation",
                    format!("Endpoints of type {known} are not emulated."),
                ));
            }
            Some(other) => {
                return Err(ApiError::new(
                    "InvalidVpcEndpointType",
                    format!("The endpoint type '{other}' is not valid."),
                ));
            }
        };
        for (name, kind) in
            [("ResourceConfigurationArn", "Resource"), ("ServiceNetworkArn", "ServiceNetwork")]
        {
            parameters.never_held(name, "UnsupportedOperation", |_| {
                format!("Endpoints of type {kind} are not emulated.")
            })?;
        }
        let options = dns_options(parameters)?;
        let mut subnets = subnet_configurations(parameters)?;
        for subnet in parameters.ids::<SubnetId>("SubnetId")? {
            if !subnets.iter().any(|given| given.subnet == subnet) {
                subnets.push(without_addresses(subnet));
            }
        }
        let change = endpoint_change::CreateVpcEndpoint {
            id: EndpointId::from_seed(seed()),
            suffix: random_label(8).into(),
            vpc,
            kind,
            service: parameters.required("ServiceName")?.into(),
            service_region: parameters.text("ServiceRegion")?.map(Into::into),
            subnets,
            route_tables: parameters.ids::<RouteTableId>("RouteTableId")?,
            security_groups: parameters.ids::<SecurityGroupId>("SecurityGroupId")?,
            private_dns: parameters.boolean("PrivateDnsEnabled")?,
            inbound_only: options.inbound_only,
            address_type: parameters.word("IpAddressType", ADDRESS_TYPES)?,
            record_type: options.record_type,
            policy: policy(parameters)?.map(Into::into),
            tags: parameters.tag_specification("vpc-endpoint")?,
            at: None,
        };
        Ok(Self { change })
    }

    fn run(mut self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.change.at = Some(context.now);
        if self.change.kind == EndpointKind::Interface && self.change.security_groups.is_empty() {
            self.change.security_groups.push(default_group(self.change.vpc));
        }
        let id = self.change.id.to_string();
        let (id, after) = context.create("CreateVpcEndpoint", &id, vec![self.change.into()])?;
        let endpoint = after.world.endpoint(EndpointId::read(&id)?)?;
        Ok(Fields::new()
            .fields("vpcEndpoint", fields(&after.world, endpoint, ZoneIds::Pending))
            .maybe("clientToken", context.client_token.as_ref()))
    }
}

/// `ModifyVpcEndpoint`.
pub(super) struct ModifyVpcEndpoint {
    id: EndpointId,
    configured: Vec<SubnetConfiguration>,
    change: endpoint_change::ModifyVpcEndpoint,
}

impl Operation for ModifyVpcEndpoint {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_id("VpcEndpointId")?;
        let options = dns_options(parameters)?;
        let policy = policy(parameters)?;
        let reset = parameters.boolean("ResetPolicy")?.unwrap_or_default();
        if reset && policy.is_some() {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters PolicyDocument and ResetPolicy cannot be used together.",
            ));
        }
        let add: Vec<SubnetId> = parameters.ids("AddSubnetId")?;
        let configured = subnet_configurations(parameters)?;
        let change = endpoint_change::ModifyVpcEndpoint {
            id: Some(id),
            private_dns: parameters.boolean("PrivateDnsEnabled")?,
            inbound_only: options.inbound_only,
            record_type: options.record_type,
            address_type: parameters.word("IpAddressType", ADDRESS_TYPES)?,
            add_subnets: add.into_iter().map(without_addresses).collect(),
            remove_subnets: parameters.ids("RemoveSubnetId")?,
            add_route_tables: parameters.ids("AddRouteTableId")?,
            remove_route_tables: parameters.ids("RemoveRouteTableId")?,
            readdress: Vec::new(),
            add_security_groups: parameters.ids("AddSecurityGroupId")?,
            remove_security_groups: parameters.ids("RemoveSecurityGroupId")?,
            policy: if reset { Some(None) } else { policy.map(|it| Some(it.into())) },
        };
        Ok(Self { id, configured, change })
    }

    fn run(mut self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let endpoint = context.own(self.id)?;
        for configured in self.configured {
            let added = &mut self.change.add_subnets;
            if let Some(added) = added.iter_mut().find(|added| added.subnet == configured.subnet) {
                *added = configured;
            } else if endpoint.interfaces.iter().any(|it| it.subnet == configured.subnet) {
                self.change.readdress.push(configured);
            } else {
                added.push(configured);
            }
        }
        context.commit(&[self.change.into()])?;
        Ok(Fields::done())
    }
}

/// Makes a Change for each id on its own; what is refused is listed and stops nothing.
pub(super) fn each<T: ResourceId>(
    context: &Context<'_>,
    ids: &[T],
    change: impl Fn(T) -> Result<Change, ApiError>,
) -> Result<Fields, ApiError> {
    let mut unsuccessful = Vec::new();
    for id in ids {
        match change(*id).and_then(|change| context.commit(&[change])) {
            Ok(_) => {}
            // A rehearsal has no list to tell it in.
            Err(error) if error.status != 400 || context.is_rehearsal() => return Err(error),
            Err(error) => {
                let told = Fields::new().set("code", error.code).set("message", error.message);
                unsuccessful.push(Fields::new().fields("error", told).set("resourceId", id));
            }
        }
    }
    Ok(Fields::new().list("unsuccessful", unsuccessful))
}

/// `DeleteVpcEndpoints`.
pub(super) struct DeleteVpcEndpoints {
    ids: Vec<EndpointId>,
}

impl Operation for DeleteVpcEndpoints {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.anyones_ids("VpcEndpointId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        each(context, &self.ids, |id| {
            // A bulk call has a code of its own (A60, spec §9.4).
            context.own(id).map_err(|error| ApiError {
                code: "InvalidVpcEndpoint.NotFound".to_owned(),
                ..error
            })?;
            Ok(endpoint_change::DeleteVpcEndpoints { id }.into())
        })
    }
}

/// `DescribeVpcEndpoints`.
pub(super) type DescribeVpcEndpoints = Listing<Endpoints>;

/// The endpoints with these ids.
pub(super) struct Endpoints(Vec<EndpointId>);

impl Describe for Endpoints {
    type Item<'c> = &'c Arc<Endpoint>;

    const LIST: &'static str = "vpcEndpointSet";

    const FILTERS: Filters<Self> = &[
        ("ip-address-type", |endpoint, _| texts([endpoint.address_type.text()])),
        ("service-name", |endpoint, _| texts([endpoint.service.name()])),
        ("service-region", |endpoint, _| texts([endpoint.service_region])),
        ("vpc-id", |endpoint, _| texts([endpoint.vpc])),
        ("vpc-endpoint-id", |endpoint, _| texts([endpoint.id])),
        ("vpc-endpoint-state", |endpoint, _| texts([endpoint.state.text()])),
        ("vpc-endpoint-type", |endpoint, _| texts([kind_text(endpoint.kind)])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("VpcEndpointId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().endpoints.keys()))
    }

    fn key(endpoint: &Self::Item<'_>) -> String {
        endpoint.id.to_string()
    }

    fn tags<'i>(endpoint: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&endpoint.tags)
    }

    fn fields(context: &Context<'_>, endpoint: Self::Item<'_>) -> Fields {
        fields(context.world(), endpoint, ZoneIds::Known)
    }
}
