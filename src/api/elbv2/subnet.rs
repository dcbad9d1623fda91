//! The subnets, the security groups and the type of addresses of a load balancer.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::arn;
use crate::{
    api::{
        balancing::{self, configuration, mapping, validation, word},
        context::Context,
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        public_address::Pool,
        service::Operation,
        shape::Fields,
    },
    model::{
        id::{AllocationId, VpcId},
        load_balancer::{BalancerAddressType, LoadBalancer, LoadBalancerKind},
        load_balancer_change as model,
        load_balancer_zone::SubnetMapping,
        world::World,
    },
};

/// The words of a switch.
pub(super) const ON_OFF: &[(&str, bool)] = &[("on", true), ("off", false)];

/// A subnet as a request names it, with the addresses to take there.
struct Given {
    subnet: String,
    allocation: Option<String>,
    private: Option<Ipv4Addr>,
    ipv6: Option<Ipv6Addr>,
}

/// `Subnets` or `SubnetMappings`.
pub(super) struct Subnets(Vec<Given>);

impl Subnets {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// `ValidationError` if both are there.
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let plain = |subnet| Given { subnet, allocation: None, private: None, ipv6: None };
        let plain: Vec<Given> = parameters.list("Subnets")?.into_iter().map(plain).collect();
        let mapped = parameters.structures("SubnetMappings", |mapping| {
            // Which prefix IPv6 clients are translated to changes no answer.
            mapping.text("SourceNatIpv6Prefix")?;
            let subnet = mapping.required("SubnetId")?;
            let allocation = mapping.text("AllocationId")?;
            Ok(Given {
                subnet,
                allocation,
                private: address(mapping, "PrivateIPv4Address")?,
                ipv6: address(mapping, "IPv6Address")?,
            })
        })?;
        if !plain.is_empty() && !mapped.is_empty() {
            return Err(validation("You can specify either subnets or subnet mappings, not both"));
        }
        Ok(Self(if plain.is_empty() { mapped } else { plain }))
    }

    /// The ids, as given.
    pub(super) fn ids(&self) -> Vec<String> {
        self.0.iter().map(|it| it.subnet.clone()).collect()
    }
}

fn address<T: std::str::FromStr>(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Option<T>, ApiError> {
    let Some(text) = parameters.text(name)? else { return Ok(None) };
    let invalid = |_| validation(format!("'{text}' is not a valid address for {name}"));
    text.parse().map(Some).map_err(invalid)
}

/// The caller's subnets with their addresses, and the VPC of the first.
///
/// # Errors
///
/// AWS's refusal of a subnet, an elastic address, or a combination.
pub(super) fn mappings(
    context: &Context<'_>,
    subnets: &Subnets,
    internet_facing: bool,
    kind: LoadBalancerKind,
) -> Result<(VpcId, Vec<SubnetMapping>), ApiError> {
    let mut pool = Pool::new(context);
    let mut made = Vec::with_capacity(subnets.0.len());
    let mut vpc = None;
    for given in &subnets.0 {
        let subnet = balancing::subnet(context, &given.subnet)?;
        vpc = vpc.or(Some(subnet.vpc));
        let is_network = kind == LoadBalancerKind::Network;
        if !is_network && (given.allocation.is_some() || given.private.is_some()) {
            let text = format!(
                "Addresses cannot be specified for load balancers of type '{}'",
                kind.text()
            );
            return Err(configuration(text));
        }
        if given.allocation.is_some() && !internet_facing {
            let text =
                "An elastic address can be specified for an internet-facing load balancer only";
            return Err(configuration(text));
        }
        if given.private.is_some() && internet_facing {
            let text = "A private IPv4 address can be specified for an internal load balancer only";
            return Err(configuration(text));
        }
        let allocation = match &given.allocation {
            Some(text) => Some(allocation(context, text)?),
            None => None,
        };
        let mapping = mapping(&mut pool, subnet.id, internet_facing)?;
        made.push(SubnetMapping {
            private: given.private,
            ipv6: given.ipv6,
            allocation,
            ..mapping
        });
    }
    let vpc = vpc.ok_or_else(|| validation("At least one subnet must be specified"))?;
    Ok((vpc, made))
}

fn allocation(context: &Context<'_>, text: &str) -> Result<AllocationId, ApiError> {
    let id = text.parse::<AllocationId>().ok().filter(|id| id.find(context).is_some());
    id.ok_or_else(|| {
        let text = format!("The allocation IDs '{text}' do not exist");
        ApiError::new("AllocationIdNotFound", text)
    })
}

/// The zones of a load balancer as replies show them, with the addresses that its owner chose.
pub(super) fn address_fields(world: &World, balancer: &LoadBalancer) -> Vec<Fields> {
    let zone = |zone: &crate::model::load_balancer::LoadBalancerZone| {
        let public = Some(zone.address).filter(|_| zone.allocation.is_some());
        let private = zone.private_address(balancer.internet_facing);
        let private = private.filter(|_| zone.chosen && !balancer.internet_facing);
        let addresses = Fields::new()
            .maybe("IpAddress", public)
            .maybe("AllocationId", zone.allocation)
            .maybe("PrivateIPv4Address", private)
            .maybe("IPv6Address", zone.ipv6.filter(|_| zone.chosen));
        let shown = Fields::new()
            .set("ZoneName", &zone.zone)
            .maybe("SubnetId", zone.subnet_of(world, balancer).map(|it| it.id));
        let any = Some(addresses).filter(|it| !it.0.is_empty());
        shown.list("LoadBalancerAddresses", any)
    };
    balancer.zones.iter().map(zone).collect()
}

/// `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`, which only a Network Load Balancer with groups has.
pub(super) fn private_link_text(balancer: &LoadBalancer) -> Option<&'static str> {
    let has_groups = !balancer.options.groups.is_empty();
    let on = balancer.options.private_link_rules.unwrap_or(true);
    (balancer.kind == LoadBalancerKind::Network && has_groups).then_some(if on {
        "on"
    } else {
        "off"
    })
}

/// `SetSubnets`.
pub(in crate::api) struct SetSubnets {
    arn: String,
    subnets: Subnets,
    address_type: Option<BalancerAddressType>,
    source_nat_ipv6: Option<bool>,
}

impl Operation for SetSubnets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            arn: parameters.required("LoadBalancerArn")?,
            subnets: Subnets::read(parameters)?,
            address_type: word(parameters, "IpAddressType", BalancerAddressType::ALL)?,
            source_nat_ipv6: word(parameters, "EnablePrefixForIpv6SourceNat", ON_OFF)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = arn::balancer(context, &self.arn)?;
        let (_, mappings) =
            mappings(context, &self.subnets, balancer.internet_facing, balancer.kind)?;
        let name = balancer.dns_name.clone();
        let change = model::SetSubnets {
            load_balancer: name.clone(),
            mappings,
            address_type: self.address_type,
            source_nat_ipv6: self.source_nat_ipv6,
        };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&name)?;
        let shown = Fields::new()
            .list("AvailabilityZones", address_fields(&after.world, balancer))
            .set("IpAddressType", balancer.options.address_type.text());
        let nat = if balancer.options.source_nat_ipv6 { "on" } else { "off" };
        let is_network = balancer.kind == LoadBalancerKind::Network;
        Ok(shown.maybe("EnablePrefixForIpv6SourceNat", Some(nat).filter(|_| is_network)))
    }
}

/// `SetIpAddressType`: the subnets stay.
pub(in crate::api) struct SetIpAddressType {
    arn: String,
    address_type: Option<BalancerAddressType>,
}

impl Operation for SetIpAddressType {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("LoadBalancerArn")?;
        if !parameters.holds("IpAddressType") {
            return Err(parameters.missing("IpAddressType"));
        }
        let address_type = word(parameters, "IpAddressType", BalancerAddressType::ALL)?;
        Ok(Self { arn, address_type })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, world) = (arn::balancer(context, &self.arn)?, context.world());
        let mut pool = Pool::new(context);
        let mut mappings = Vec::new();
        for zone in &balancer.zones {
            let Some(subnet) = zone.subnet_of(world, balancer) else { continue };
            mappings.push(mapping(&mut pool, subnet.id, balancer.internet_facing)?);
        }
        let name = balancer.dns_name.clone();
        let change = model::SetSubnets {
            load_balancer: name.clone(),
            mappings,
            address_type: self.address_type,
            source_nat_ipv6: None,
        };
        let after = context.commit(&[change.into()])?;
        let text = after.world.balancer(&name)?.options.address_type.text();
        Ok(Fields::new().set("IpAddressType", text))
    }
}

/// `SetSecurityGroups`.
pub(in crate::api) struct SetSecurityGroups {
    arn: String,
    groups: Vec<String>,
    private_link_rules: Option<bool>,
}

impl Operation for SetSecurityGroups {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
        Ok(Self {
            arn: parameters.required("LoadBalancerArn")?,
            groups: parameters.list("SecurityGroups")?,
            private_link_rules: word(parameters, name, ON_OFF)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let name = arn::balancer(context, &self.arn)?.dns_name.clone();
        let groups = balancing::groups(context, &self.groups)?;
        let private_link_rules = self.private_link_rules;
        let change =
            model::SetSecurityGroups { load_balancer: name.clone(), groups, private_link_rules };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&name)?;
        Ok(Fields::new().texts("SecurityGroupIds", &balancer.options.groups).maybe(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            private_link_text(balancer),
        ))
    }
}
