//! Endpoint connections as the provider of a service sees them: listed, accepted and rejected (spec §9.8).

use std::sync::Arc;

use super::{
    Operation,
    endpoint::each,
    endpoint_reply::{ZoneIds, dns_entries},
};
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    hash::stable_hash,
    model::{
        endpoint::{Endpoint, ServiceRef},
        endpoint_service::{self as model, EndpointService},
        id::{EndpointId, EndpointServiceId},
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
        if let Some(attachment) = parameters.list("TransitGatewayAttachmentId")?.first() {
            return Err(ApiError::new(
                "InvalidTransitGatewayAttachmentID.NotFound",
                format!("Transit Gateway Attachment {attachment} was deleted or does not exist."),
            ));
        }
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
pub(super) type DescribeVpcEndpointConnections = Listing<EndpointConnections>;

/// The endpoints that lead to the caller's services.
pub(super) struct EndpointConnections;

impl Describe for EndpointConnections {
    type Item<'c> = (&'c Arc<Endpoint>, &'c EndpointService);

    const LIST: &'static str = "vpcEndpointConnectionSet";

    const FILTERS: Filters<Self> = &[
        ("ip-address-type", |(endpoint, _), _| texts([endpoint.address_type.text()])),
        ("service-id", |(_, service), _| texts([service.id])),
        ("vpc-endpoint-id", |(endpoint, _), _| texts([endpoint.id])),
        ("vpc-endpoint-owner", |(endpoint, _), _| texts([&endpoint.owner])),
        ("vpc-endpoint-region", |(endpoint, _), context| {
            texts([region(context.world(), endpoint)])
        }),
        ("vpc-endpoint-state", |(endpoint, _), _| texts([endpoint.state.text()])),
        ("transit-gateway-attachment-id", |_, _| Vec::new()),
    ];

    fn read(_parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let endpoints = context.world().endpoints.values();
        Ok(endpoints.filter_map(|it| Some((it, connected_to(context, it)?))).collect())
    }

    fn key((endpoint, service): &Self::Item<'_>) -> String {
        format!("{}/{}", service.id, endpoint.id)
    }

    fn fields(context: &Context<'_>, (endpoint, service): Self::Item<'_>) -> Fields {
        fields(context.world(), endpoint, service)
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
        .list("dnsEntrySet", dns_entries(world, endpoint, ZoneIds::Known))
        .texts("networkLoadBalancerArnSet", arns)
        .set("ipAddressType", endpoint.address_type.text())
        .set("vpcEndpointConnectionId", format!("vpce-con-{id:017x}"))
        .tags(&Tags::default())
        .set("vpcEndpointRegion", region(world, endpoint))
}

fn region(world: &World, endpoint: &Endpoint) -> &'static str {
    world.vpcs.get(&endpoint.vpc).map_or(endpoint.service_region, |vpc| vpc.region)
}
