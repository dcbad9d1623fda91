//! Changes of load balancers, and what AWS refuses of them.
//!
//! The Changes of their listeners are in `listener_change.rs`. A World has a load balancer either from a world file, with its
//! addresses, or from subnets, in which it takes addresses.

use std::sync::Arc;

use super::{
    change::Touched,
    classic_edit::ClassicEdit,
    document::Attributes,
    endpoint_service::EndpointService,
    id::{InstanceId, ListenerId, ListenerRuleId, SecurityGroupId, TargetGroupId, TrustStoreId},
    load_balancer::{
        BalancerAddressType, CLIENT_ROUTING, ClientRouting, DELETION_PROTECTION, LoadBalancer,
        LoadBalancerKind,
    },
    load_balancer_zone::{SubnetMapping, configuration, validation, zones},
    name::Name,
    refusal::Refusal,
    tag_edit,
    target_group::TargetGroup,
    trust_store::TrustStore,
    vpc::Vpc,
    world::{Tags, World},
};

/// `CreateLoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateLoadBalancer {
    /// The load balancer. If there are subnets, its zones are made from them.
    pub load_balancer: LoadBalancer,
    /// The subnets.
    pub mappings: Vec<SubnetMapping>,
}

/// `DeleteLoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteLoadBalancer {
    /// Its DNS name.
    pub load_balancer: Name,
}

/// `SetSubnets`, and `SetIpAddressType` with the subnets that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSubnets {
    /// Its DNS name.
    pub load_balancer: Name,
    /// The subnets.
    pub mappings: Vec<SubnetMapping>,
    /// `IpAddressType`.
    pub address_type: Option<BalancerAddressType>,
    /// `EnablePrefixForIpv6SourceNat`.
    pub source_nat_ipv6: Option<bool>,
}

/// `SetSecurityGroups`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSecurityGroups {
    /// Its DNS name.
    pub load_balancer: Name,
    /// The groups.
    pub groups: Vec<SecurityGroupId>,
    /// `EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic`.
    pub private_link_rules: Option<bool>,
}

/// `ModifyLoadBalancerAttributes`, and what edits the other parts of a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyLoadBalancerAttributes {
    /// Its DNS name.
    pub load_balancer: Name,
    /// The attributes to set.
    pub attributes: Attributes,
    /// An edit of a Classic Load Balancer.
    pub classic: Option<ClassicEdit>,
}

/// `RegisterInstancesWithLoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterInstances {
    /// The DNS name of a Classic Load Balancer.
    pub load_balancer: Name,
    /// The instances.
    pub instances: Vec<InstanceId>,
}

/// `DeregisterInstancesFromLoadBalancer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeregisterInstances {
    /// The DNS name of a Classic Load Balancer.
    pub load_balancer: Name,
    /// The instances.
    pub instances: Vec<InstanceId>,
}

/// `AddTags` and `RemoveTags` of Elastic Load Balancing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagLoadBalancing {
    /// What gets the tags.
    pub resource: Tagged,
    /// The tags to set.
    pub add: Tags,
    /// The keys of the tags to remove.
    pub remove: Vec<String>,
}

/// What has tags in Elastic Load Balancing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tagged {
    /// A load balancer.
    Balancer(Name),
    /// A listener of a load balancer.
    Listener(Name, ListenerId),
    /// A rule of a listener.
    Rule(Name, ListenerId, ListenerRuleId),
    /// A target group.
    Group(TargetGroupId),
    /// A trust store.
    Trust(TrustStoreId),
}

impl World {
    /// The load balancer, or AWS's refusal.
    pub fn balancer(&self, name: &Name) -> Result<&Arc<LoadBalancer>, Refusal> {
        self.load_balancers.get(name).ok_or_else(|| {
            let text = "One or more load balancers not found";
            Refusal::new("LoadBalancerNotFound", text, "B10")
        })
    }

    /// The endpoint services in front of a load balancer.
    fn services_of(&self, name: &Name) -> Vec<Arc<EndpointService>> {
        let has = |it: &&Arc<EndpointService>| it.load_balancers.contains(name);
        self.endpoint_services.values().filter(has).cloned().collect()
    }
}

impl CreateLoadBalancer {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = self.load_balancer.clone();
        let vpc = Arc::clone(world.vpc(balancer.vpc)?);
        if world.load_balancers.contains_key(&balancer.dns_name) {
            return Err(Refusal::new(
                "DuplicateLoadBalancerName",
                format!(
                    "A load balancer with the DNS name '{}' already exists",
                    balancer.shown_name
                ),
                "B1",
            ));
        }
        if self.mappings.is_empty() {
            check_stated(world, &balancer, &vpc)?;
        } else {
            check_name(world, &balancer, &vpc)?;
            balancer.zones = zones(world, &balancer, &self.mappings)?;
            check_zones(world, &balancer)?;
            balancer.options.groups = groups(world, &balancer, &balancer.options.groups)?;
        }
        let name = balancer.dns_name.clone();
        world.put_balancer(balancer);
        world.refresh_balancer(&name);
        Ok(Touched::nothing())
    }
}

/// Checks a load balancer whose addresses are stated.
fn check_stated(world: &World, balancer: &LoadBalancer, vpc: &Vpc) -> Result<(), Refusal> {
    for (_, address, _) in balancer.private_addresses() {
        if !vpc.contains(address) {
            let text = format!("Address {address} does not fall within the ranges of {}", vpc.id);
            return Err(Refusal::value(text, "B4"));
        }
    }
    for target in &balancer.targets {
        if !world.instances.contains_key(target) {
            return Err(Refusal::new(
                "InvalidTarget",
                format!(
                    "The following targets are not in a running state and cannot be registered: '{target}'"
                ),
                "B5",
            ));
        }
    }
    Ok(())
}

/// A name is unique in a region of an account, for Classic Load Balancers and for all others apart.
fn check_name(world: &World, balancer: &LoadBalancer, vpc: &Vpc) -> Result<(), Refusal> {
    let is_classic = |it: &LoadBalancer| it.kind == LoadBalancerKind::Classic;
    let same = |it: &Arc<LoadBalancer>| {
        it.label == balancer.label
            && is_classic(it) == is_classic(balancer)
            && it.home(world) == (vpc.region, &*vpc.owner)
    };
    if world.load_balancers.values().any(same) {
        let text = format!(
            "A load balancer with the same name '{}' exists, but with different settings",
            balancer.label
        );
        return Err(Refusal::new("DuplicateLoadBalancerName", text, "B10"));
    }
    Ok(())
}

fn check_zones(world: &World, balancer: &LoadBalancer) -> Result<(), Refusal> {
    if balancer.kind == LoadBalancerKind::Application && balancer.zones.len() < 2 {
        return Err(validation(
            "At least two subnets in two different Availability Zones must be specified",
        ));
    }
    let has_gateway = world.members(balancer.vpc).internet_gateway.is_some();
    if balancer.internet_facing && !has_gateway {
        let text = format!("VPC {} has no internet gateway", balancer.vpc);
        return Err(Refusal::new("InvalidSubnet", text, "B10"));
    }
    Ok(())
}

/// The security groups of a load balancer. One that must have some gets the VPC's default group.
fn groups(
    world: &World,
    balancer: &LoadBalancer,
    groups: &[SecurityGroupId],
) -> Result<Vec<SecurityGroupId>, Refusal> {
    match balancer.kind {
        LoadBalancerKind::Gateway if !groups.is_empty() => {
            Err(configuration("Security groups are not supported on gateway load balancers"))
        }
        LoadBalancerKind::Network | LoadBalancerKind::Gateway if groups.is_empty() => Ok(vec![]),
        _ => world
            .interface_groups(balancer.vpc, groups)
            .map_err(|it| Refusal::new("InvalidSecurityGroup", it.message, "B10")),
    }
}

impl DeleteLoadBalancer {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(balancer) = world.load_balancers.get(&self.load_balancer).cloned() else {
            return Ok(Touched::nothing());
        };
        let arn = balancer.arn(world);
        if balancer.attribute(DELETION_PROTECTION) == Some("true") {
            let text = format!(
                "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            );
            return Err(Refusal::new("OperationNotPermitted", text, "B10"));
        }
        let is_target = |group: &Arc<TargetGroup>| group.targets.iter().any(|it| *it.id == *arn);
        if !world.services_of(&self.load_balancer).is_empty()
            || world.target_groups.values().any(is_target)
        {
            let text = format!(
                "Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
            );
            return Err(Refusal::new("ResourceInUse", text, "B10"));
        }
        world.drop_balancer(&balancer);
        Ok(Touched::nothing())
    }
}

impl SetSubnets {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        if let Some(address_type) = self.address_type {
            balancer.options.address_type = address_type;
        }
        if let Some(source_nat_ipv6) = self.source_nat_ipv6 {
            balancer.options.source_nat_ipv6 = source_nat_ipv6;
        }
        balancer.zones = zones(world, &balancer, &self.mappings)?;
        check_zones(world, &balancer)?;
        world.put_balancer(balancer);
        world.refresh_balancer(&self.load_balancer);
        for service in world.services_of(&self.load_balancer) {
            let mut service = EndpointService::clone(&service);
            service.zones = service.zones_in(world)?;
            world.endpoint_services.insert(service.id, Arc::new(service));
        }
        Ok(Touched::nothing())
    }
}

impl SetSecurityGroups {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        let is_network = balancer.kind == LoadBalancerKind::Network;
        if is_network && balancer.options.groups.is_empty() {
            return Err(configuration(
                "You cannot set security groups on a Network Load Balancer that was created without any",
            ));
        }
        if self.groups.is_empty() {
            return Err(configuration("At least one security group must be specified"));
        }
        balancer.options.groups = groups(world, &balancer, &self.groups)?;
        balancer.options.private_link_rules =
            self.private_link_rules.or(balancer.options.private_link_rules);
        world.put_balancer(balancer);
        Ok(Touched::nothing())
    }
}

impl ModifyLoadBalancerAttributes {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        for (key, value) in &self.attributes {
            if key == CLIENT_ROUTING {
                let policy = ClientRouting::ALL.iter().find(|(word, _)| word == value);
                balancer.client_routing = policy.map(|(_, policy)| *policy).unwrap_or_default();
            } else {
                balancer.options.attributes.insert(key.clone(), value.clone());
            }
        }
        let options = &mut balancer.options;
        if let Some(edit) = &self.classic {
            edit.apply(&balancer.label, options)?;
        }
        world.put_balancer(balancer);
        world.refresh_balancer(&self.load_balancer);
        Ok(Touched::nothing())
    }
}

impl RegisterInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        for id in &self.instances {
            let found = world.instances.get(id).filter(|it| it.vpc == balancer.vpc);
            if found.is_none() {
                let text = format!("Could not find EC2 instance {id}.");
                return Err(Refusal::new("InvalidInstance", text, "B12"));
            }
            if !balancer.targets.contains(id) {
                balancer.targets.push(*id);
            }
        }
        world.put_balancer(balancer);
        Ok(Touched::nothing())
    }
}

impl DeregisterInstances {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        balancer.targets.retain(|id| !self.instances.contains(id));
        world.put_balancer(balancer);
        Ok(Touched::nothing())
    }
}

impl TagLoadBalancing {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let name = match &self.resource {
            Tagged::Group(id) => {
                let mut group = TargetGroup::clone(world.target_group(*id)?);
                self.edit(&mut group.tags)?;
                world.target_groups.insert(*id, Arc::new(group));
                return Ok(Touched::nothing());
            }
            Tagged::Trust(id) => {
                let mut store = TrustStore::clone(world.trust_store(*id)?);
                self.edit(&mut store.tags)?;
                world.trust_stores.insert(*id, Arc::new(store));
                return Ok(Touched::nothing());
            }
            Tagged::Balancer(name) | Tagged::Listener(name, _) | Tagged::Rule(name, ..) => name,
        };
        let mut balancer = LoadBalancer::clone(world.balancer(name)?);
        let mut listeners = balancer.listeners.iter_mut();
        let tags = match &self.resource {
            Tagged::Listener(_, id) => {
                listeners.find(|it| it.id == *id).map(|listener| &mut listener.tags)
            }
            Tagged::Rule(_, listener, id) => {
                let rules = listeners.find(|it| it.id == *listener).map(|it| it.rules.iter_mut());
                rules.and_then(|mut rules| rules.find(|it| it.id == *id)).map(|it| &mut it.tags)
            }
            _ => Some(&mut balancer.tags),
        };
        // The default rule has no tags of its own.
        if let Some(tags) = tags {
            self.edit(tags)?;
        }
        world.load_balancers.insert(name.clone(), Arc::new(balancer));
        Ok(Touched::nothing())
    }
}

impl TagLoadBalancing {
    fn edit(&self, tags: &mut Tags) -> Result<(), Refusal> {
        if tag_edit::merge(tags, &self.remove, &self.add.0) {
            return Ok(());
        }
        let text = "You've reached the limit on the number of tags per resource.";
        Err(Refusal::new("TooManyTags", text, "B10"))
    }
}
