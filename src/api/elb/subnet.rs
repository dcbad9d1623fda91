//! The subnets, the zones and the security groups of a Classic Load Balancer.

use super::find;
use crate::{
    api::{
        balancing::{self, configuration, mapping},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        public_address::Pool,
        service::Operation,
        shape::Fields,
    },
    model::{
        id::{SubnetId, VpcId},
        load_balancer::LoadBalancer,
        load_balancer_change as model,
        world::World,
    },
};

/// The default subnets of a VPC in zones.
///
/// # Errors
///
/// `InvalidConfigurationRequest` for a zone without one.
pub(super) fn default_subnets(
    context: &Context<'_>,
    vpc: VpcId,
    zones: &[String],
) -> Result<Vec<SubnetId>, ApiError> {
    let find = |zone: &String| {
        let mut subnets = context.world().subnets_of(vpc);
        let found = subnets.find(|it| it.default_for_az && *it.zone == **zone);
        let missing = || configuration(format!("There is no default subnet in {zone}"));
        found.map(|it| it.id).ok_or_else(missing)
    };
    zones.iter().map(find).collect()
}

/// The subnets that a load balancer has.
fn subnets(world: &World, balancer: &LoadBalancer) -> Vec<SubnetId> {
    let zones = balancer.zones.iter();
    zones.filter_map(|zone| zone.subnet_of(world, balancer)).map(|it| it.id).collect()
}

/// Gives a load balancer these subnets. Those that stay keep their addresses.
fn replace(
    context: &Context<'_>,
    balancer: &LoadBalancer,
    subnets: &[SubnetId],
) -> Result<(Vec<SubnetId>, Vec<String>), ApiError> {
    if subnets.is_empty() {
        return Err(configuration("A load balancer must have at least one subnet"));
    }
    let mut pool = Pool::new(context);
    let mut mappings = Vec::with_capacity(subnets.len());
    for subnet in subnets {
        mappings.push(mapping(&mut pool, *subnet, balancer.internet_facing)?);
    }
    let name = balancer.dns_name.clone();
    let change = model::SetSubnets {
        load_balancer: name.clone(),
        mappings,
        address_type: None,
        source_nat_ipv6: None,
    };
    let after = context.commit(&[change.into()])?;
    let balancer = after.world.balancer(&name)?;
    let zones = balancer.zones.iter().map(|it| it.zone.to_string()).collect();
    Ok((self::subnets(&after.world, balancer), zones))
}

/// The subnets that a load balancer has, and those of a list that it has not.
fn with(mut all: Vec<SubnetId>, new: &[SubnetId]) -> Vec<SubnetId> {
    for id in new {
        if !all.contains(id) {
            all.push(*id);
        }
    }
    all
}

/// `Subnets`, of which there must be one.
fn read(parameters: &mut Parameters, list: &str) -> Result<(String, Vec<String>), ApiError> {
    let name = parameters.required("LoadBalancerName")?;
    let texts = parameters.list(list)?;
    if texts.is_empty() {
        return Err(parameters.missing(list));
    }
    Ok((name, texts))
}

/// `AttachLoadBalancerToSubnets`.
pub(in crate::api) struct AttachLoadBalancerToSubnets(String, Vec<String>);

impl Operation for AttachLoadBalancerToSubnets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read(parameters, "Subnets").map(|(name, subnets)| Self(name, subnets))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        let mut new = Vec::with_capacity(self.1.len());
        for text in &self.1 {
            new.push(balancing::subnet(context, text)?.id);
        }
        let all = with(subnets(context.world(), balancer), &new);
        let (all, _) = replace(context, balancer, &all)?;
        Ok(Fields::new().texts("Subnets", all))
    }
}

/// `DetachLoadBalancerFromSubnets`.
pub(in crate::api) struct DetachLoadBalancerFromSubnets(String, Vec<String>);

impl Operation for DetachLoadBalancerFromSubnets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read(parameters, "Subnets").map(|(name, subnets)| Self(name, subnets))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        let mut left = subnets(context.world(), balancer);
        for text in &self.1 {
            let id = balancing::subnet(context, text)?.id;
            if !left.contains(&id) {
                let text = format!("{id} is not attached to the load balancer '{}'", self.0);
                return Err(configuration(text));
            }
        }
        left.retain(|id| !self.1.contains(&id.to_string()));
        let (left, _) = replace(context, balancer, &left)?;
        Ok(Fields::new().texts("Subnets", left))
    }
}

/// `EnableAvailabilityZonesForLoadBalancer`: takes the default subnets of the zones.
pub(in crate::api) struct EnableAvailabilityZonesForLoadBalancer(String, Vec<String>);

impl Operation for EnableAvailabilityZonesForLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read(parameters, "AvailabilityZones").map(|(name, zones)| Self(name, zones))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        let has = |zone: &str| balancer.zones.iter().any(|it| *it.zone == *zone);
        let new: Vec<String> = self.1.into_iter().filter(|zone| !has(zone)).collect();
        let new = default_subnets(context, balancer.vpc, &new)?;
        let all = with(subnets(context.world(), balancer), &new);
        let (_, zones) = replace(context, balancer, &all)?;
        Ok(Fields::new().texts("AvailabilityZones", zones))
    }
}

/// `DisableAvailabilityZonesForLoadBalancer`.
pub(in crate::api) struct DisableAvailabilityZonesForLoadBalancer(String, Vec<String>);

impl Operation for DisableAvailabilityZonesForLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read(parameters, "AvailabilityZones").map(|(name, zones)| Self(name, zones))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, world) = (find(context, &self.0)?, context.world());
        let stays = |subnet: &SubnetId| {
            let zone = world.subnets.get(subnet).map(|it| &it.zone);
            zone.is_none_or(|zone| !self.1.iter().any(|it| *it == **zone))
        };
        let left: Vec<SubnetId> = subnets(world, balancer).into_iter().filter(stays).collect();
        let (_, zones) = replace(context, balancer, &left)?;
        Ok(Fields::new().texts("AvailabilityZones", zones))
    }
}

/// `ApplySecurityGroupsToLoadBalancer`: the groups replace those it had.
pub(in crate::api) struct ApplySecurityGroupsToLoadBalancer(String, Vec<String>);

impl Operation for ApplySecurityGroupsToLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read(parameters, "SecurityGroups").map(|(name, groups)| Self(name, groups))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let name = find(context, &self.0)?.dns_name.clone();
        let change = model::SetSecurityGroups {
            load_balancer: name.clone(),
            groups: balancing::groups(context, &self.1)?,
            private_link_rules: None,
        };
        let after = context.commit(&[change.into()])?;
        let groups = &after.world.balancer(&name)?.options.groups;
        Ok(Fields::new().texts("SecurityGroups", groups))
    }
}
