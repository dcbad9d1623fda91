//! The provider's side of endpoints: connections, accepted and rejected (spec §9.8).

use super::{
    Operation,
    endpoint::each,
    endpoint_reply::{Shown, dns_entries},
};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        page::Page,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    model::{
        endpoint::{Endpoint, ServiceRef},
        endpoint_service::{self as model, EndpointService},
        id::{EndpointId, EndpointServiceId, stable_hash},
        world::{Tags, World},
    },
};

/// A service and the endpoints of it that a call is about.
struct Connections {
    service: EndpointServiceId,
    endpoints: Vec<EndpointId>,
}

impl Connections {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            service: parameters.required_id("ServiceId")?,
            endpoints: parameters.anyones_ids("VpcEndpointId")?,
        })
    }
}

/// `AcceptVpcEndpointConnections`.
pub(super) struct AcceptVpcEndpointConnections(Connections);

impl Operation for AcceptVpcEndpointConnections {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Connections::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let service = context.own(self.0.service)?.id;
        each(context, &self.0.endpoints, |endpoint| {
            Ok(model::AcceptVpcEndpointConnections { service, endpoint }.into())
        })
    }
}

/// `RejectVpcEndpointConnections`.
pub(super) struct RejectVpcEndpointConnections(Connections);

impl Operation for RejectVpcEndpointConnections {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Connections::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let service = context.own(self.0.service)?.id;
        each(context, &self.0.endpoints, |endpoint| {
            Ok(model::RejectVpcEndpointConnections { service, endpoint }.into())
        })
    }
}

/// `DescribeVpcEndpointConnections`.
pub(super) struct DescribeVpcEndpointConnections {
    page: Page,
}

impl Operation for DescribeVpcEndpointConnections {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "ip-address-type",
            "service-id",
            "vpc-endpoint-id",
            "vpc-endpoint-owner",
            "vpc-endpoint-region",
            "vpc-endpoint-state",
        ])?;
        let world = context.world();
        let shown = world
            .endpoints
            .values()
            .filter_map(|endpoint| Some((endpoint, connected_to(context, endpoint)?)))
            .filter(|(endpoint, service)| {
                self.page.passes(&Tags::default(), |name| values(world, endpoint, service, name))
            })
            .map(|(endpoint, service)| {
                (format!("{}/{}", service.id, endpoint.id), fields(world, endpoint, service))
            })
            .collect();
        Ok(self.page.reply("vpcEndpointConnectionSet", shown))
    }
}

/// The caller's service that an endpoint leads to.
fn connected_to<'c>(context: &'c Context<'_>, endpoint: &Endpoint) -> Option<&'c EndpointService> {
    let ServiceRef::Customer { id, .. } = &endpoint.service else { return None };
    context.own(*id).ok().map(|service| &**service)
}

fn fields(world: &World, endpoint: &Endpoint, service: &EndpointService) -> Fields {
    let arns = service
        .load_balancers
        .iter()
        .filter_map(|name| world.load_balancers.get(name))
        .map(|balancer| balancer.arn(world));
    let id = stable_hash(&format!("{}/{}", service.id, endpoint.id)) & ((1 << 68) - 1);
    Fields::new()
        .set("serviceId", service.id)
        .set("vpcEndpointId", endpoint.id)
        .set("vpcEndpointOwner", &endpoint.owner)
        .set("vpcEndpointState", endpoint.state.text())
        .maybe("creationTimestamp", endpoint.created.map(Time::exact))
        .list("dnsEntrySet", dns_entries(world, endpoint, Shown::Described))
        .texts("networkLoadBalancerArnSet", arns)
        .set("ipAddressType", endpoint.address_type.text())
        .set("vpcEndpointConnectionId", format!("vpce-con-{id:017x}"))
        .tags(&Tags::default())
        .set("vpcEndpointRegion", region(world, endpoint))
}

fn region(world: &World, endpoint: &Endpoint) -> &'static str {
    world.vpcs.get(&endpoint.vpc).map_or(endpoint.service_region, |vpc| vpc.region)
}

fn values(
    world: &World,
    endpoint: &Endpoint,
    service: &EndpointService,
    name: &str,
) -> Vec<String> {
    vec![match name {
        "ip-address-type" => endpoint.address_type.text().to_owned(),
        "service-id" => service.id.to_string(),
        "vpc-endpoint-id" => endpoint.id.to_string(),
        "vpc-endpoint-owner" => endpoint.owner.to_string(),
        "vpc-endpoint-region" => region(world, endpoint).to_owned(),
        "vpc-endpoint-state" => endpoint.state.text().to_owned(),
        _ => return Vec::new(),
    }]
}
