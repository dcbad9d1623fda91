//! Which targets are healthy, and which zones of a load balancer have none for a target group (B5).
//!
//! Nothing is checked over a network. A target is healthy while it is running, its load balancer uses it, and its zone is not
//! switched to unhealthy.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use super::{
    id::{InstanceId, TargetGroupId},
    instance::{Instance, InstanceState},
    load_balancer::{CROSS_ZONE, LoadBalancer, LoadBalancerKind},
    name::Name,
    refusal::Refusal,
    target_group::{Target, TargetGroup, TargetKind},
    world::World,
};

/// What AWS says of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetHealth {
    /// It takes traffic.
    Healthy,
    /// Its zone is switched to unhealthy.
    Unhealthy,
    /// It is not checked.
    Unchecked,
    /// No listener forwards to its group.
    NotInUse,
    /// Its zone is not enabled for the load balancer.
    ZoneNotEnabled,
    /// The instance was stopped.
    Stopped,
}

impl World {
    /// The load balancers that forward to a target group.
    pub fn balancers_of(&self, group: TargetGroupId) -> impl Iterator<Item = &Arc<LoadBalancer>> {
        self.load_balancers.values().filter(move |balancer| {
            balancer.listeners.iter().any(|it| it.forwards_to().any(|id| id == group))
        })
    }

    /// The instances that a load balancer sends traffic to.
    pub fn instances_behind(&self, balancer: &LoadBalancer) -> Vec<InstanceId> {
        let mut instances = balancer.targets.clone();
        let groups = balancer.forwards_to();
        let groups = groups.iter().filter_map(|id| self.target_groups.get(id));
        for target in groups.flat_map(|group| group.targets.iter().map(move |it| (group, it))) {
            let found = self.instance_of(target.0, target.1).map(|it| it.id);
            instances.extend(found.filter(|id| !instances.contains(id)));
        }
        instances
    }

    /// The instance that a target is, or whose address it is.
    fn instance_of(&self, group: &TargetGroup, target: &Target) -> Option<&Arc<Instance>> {
        let id = match group.kind {
            TargetKind::Instance => target.id.parse().ok()?,
            TargetKind::Ip => {
                let address = target.id.parse().ok()?;
                *self.private_addresses.get(&(group.vpc?, address))?
            }
            TargetKind::Lambda | TargetKind::Alb => return None,
        };
        self.instances.get(&id)
    }

    /// The name of a target's zone; `None` if it belongs to every zone.
    pub fn zone_of_target(&self, group: &TargetGroup, target: &Target) -> Option<Arc<str>> {
        let subnet = match group.kind {
            TargetKind::Instance => self.subnets.get(&self.instance_of(group, target)?.subnet)?,
            TargetKind::Ip => {
                let address: IpAddr = target.id.parse().ok()?;
                let holds = |it: &&Arc<super::subnet::Subnet>| match address {
                    IpAddr::V4(address) => it.cidr.contains(address),
                    IpAddr::V6(address) => {
                        it.ipv6_cidr.is_some_and(|range| range.contains(address))
                    }
                };
                let found = self.subnets_of(group.vpc?).find(holds);
                let stated = || target.zone.clone().filter(|zone| **zone != *"all");
                return found.map_or_else(stated, |subnet| Some(Arc::clone(&subnet.zone)));
            }
            TargetKind::Lambda | TargetKind::Alb => return None,
        };
        Some(Arc::clone(&subnet.zone))
    }

    /// Whether a target is still there: a terminated instance is not.
    pub fn is_there(&self, group: &TargetGroup, target: &Target) -> bool {
        group.kind != TargetKind::Instance || self.instance_of(group, target).is_some()
    }

    fn is_stopped(&self, group: &TargetGroup, target: &Target) -> bool {
        self.instance_of(group, target).is_some_and(|it| it.state != InstanceState::Running)
    }

    /// The health of a target, as AWS shows it: where several load balancers use it, the best.
    pub fn target_health(&self, group: &TargetGroup, target: &Target) -> TargetHealth {
        if group.kind == TargetKind::Instance && self.is_stopped(group, target) {
            return TargetHealth::Stopped;
        }
        let mut worst = TargetHealth::NotInUse;
        for balancer in self.balancers_of(group.id) {
            match self.health_behind(balancer, group, target) {
                TargetHealth::Healthy => return TargetHealth::Healthy,
                other => worst = other,
            }
        }
        worst
    }

    /// The health of a target of a group that a load balancer uses.
    fn health_behind(
        &self,
        balancer: &LoadBalancer,
        group: &TargetGroup,
        target: &Target,
    ) -> TargetHealth {
        if self.is_stopped(group, target) {
            return TargetHealth::Stopped;
        }
        if !group.health_check.enabled {
            return TargetHealth::Unchecked;
        }
        let Some(zone) = self.zone_of_target(group, target) else { return TargetHealth::Healthy };
        match balancer.zones.iter().find(|it| it.zone == zone) {
            Some(zone) if zone.healthy => TargetHealth::Healthy,
            Some(_) => TargetHealth::Unhealthy,
            None if is_cross_zone(balancer, group) => TargetHealth::Healthy,
            None => TargetHealth::ZoneNotEnabled,
        }
    }

    /// Whether a group has no healthy target for a zone of a load balancer.
    fn fails_in(&self, balancer: &LoadBalancer, group: &TargetGroup, zone: &str) -> bool {
        let everywhere = is_cross_zone(balancer, group);
        !group.targets.iter().filter(|target| self.is_there(group, target)).any(|target| {
            let here = || self.zone_of_target(group, target).is_none_or(|it| *it == *zone);
            let health = self.health_behind(balancer, group, target);
            matches!(health, TargetHealth::Healthy | TargetHealth::Unchecked)
                && (everywhere || here())
        })
    }

    /// Decides anew which zones of a load balancer have no healthy target.
    pub(super) fn refresh_balancer(&mut self, name: &Name) {
        let Some(balancer) = self.load_balancers.get(name) else { return };
        if balancer.kind == LoadBalancerKind::Classic {
            return;
        }
        let groups = balancer.forwards_to();
        let groups: Vec<_> = groups.iter().filter_map(|id| self.target_groups.get(id)).collect();
        let fails = |zone: &str| groups.iter().any(|group| self.fails_in(balancer, group, zone));
        let failing: Vec<bool> = balancer.zones.iter().map(|zone| fails(&zone.zone)).collect();
        if balancer.zones.iter().map(|zone| zone.failing).eq(failing.iter().copied()) {
            return;
        }
        let mut balancer = LoadBalancer::clone(balancer);
        for (zone, failing) in balancer.zones.iter_mut().zip(failing) {
            zone.failing = failing;
        }
        self.load_balancers.insert(name.clone(), Arc::new(balancer));
    }

    /// Decides the same for every load balancer that uses a target group.
    pub(super) fn refresh_group(&mut self, group: TargetGroupId) {
        let names: Vec<Name> = self.balancers_of(group).map(|it| it.dns_name.clone()).collect();
        for name in names {
            self.refresh_balancer(&name);
        }
    }

    /// Decides the same for every load balancer that may send traffic to an instance, after its state changed.
    pub(super) fn refresh_instance(&mut self, instance: &Instance) {
        if self.target_groups.is_empty() {
            return;
        }
        let (id, vpc) = (instance.id.to_string(), instance.vpc);
        let is_it = |target: &Target| {
            let address = target.id.parse::<Ipv4Addr>().ok();
            *target.id == *id
                || address.is_some_and(|it| instance.addresses().any(|held| held == it))
        };
        let holds =
            |group: &&Arc<TargetGroup>| group.vpc == Some(vpc) && group.targets.iter().any(is_it);
        let groups: Vec<TargetGroupId> =
            self.target_groups.values().filter(holds).map(|it| it.id).collect();
        for group in groups {
            self.refresh_group(group);
        }
    }

    /// Refuses a target that the group cannot have.
    pub(super) fn check_target(&self, group: &TargetGroup, target: &Target) -> Result<(), Refusal> {
        let refuse = |text: String| Err(Refusal::new("InvalidTarget", text, "B12"));
        let id = &target.id;
        match group.kind {
            TargetKind::Instance => {
                let parsed = id.parse::<InstanceId>().ok();
                let Some(instance) = parsed.and_then(|it| self.instances.get(&it)) else {
                    return refuse(format!(
                        "The following targets are not valid instances: '{id}'"
                    ));
                };
                if Some(instance.vpc) != group.vpc {
                    return refuse(format!(
                        "The following targets are not in the target group VPC: '{id}'"
                    ));
                }
                if instance.state != InstanceState::Running {
                    return refuse(format!(
                        "The following targets are not in a running state and cannot be registered: '{id}'"
                    ));
                }
                Ok(())
            }
            TargetKind::Ip => self.check_address_target(group, target),
            TargetKind::Alb => {
                let is_it = |it: &Arc<LoadBalancer>| {
                    it.kind == LoadBalancerKind::Application
                        && Some(it.vpc) == group.vpc
                        && it.arn(self) == **id
                };
                match self.load_balancers.values().find(|it| is_it(it)) {
                    Some(_) => Ok(()),
                    None => refuse(format!(
                        "The following targets are not valid Application Load Balancers: '{id}'"
                    )),
                }
            }
            TargetKind::Lambda if id.contains(":lambda:") => Ok(()),
            TargetKind::Lambda => {
                refuse(format!("The following targets are not valid Lambda functions: '{id}'"))
            }
        }
    }

    fn check_address_target(&self, group: &TargetGroup, target: &Target) -> Result<(), Refusal> {
        let id = &target.id;
        let refuse = |text: String| Err(Refusal::new("InvalidTarget", text, "B12"));
        let vpc = group.vpc.and_then(|id| self.vpcs.get(&id));
        let inside = match id.parse() {
            Ok(IpAddr::V4(address)) if !group.ipv6 => {
                let inside = vpc.is_some_and(|vpc| vpc.contains(address));
                let [first, second, ..] = address.octets();
                let shared = first == 100 && (64..128).contains(&second);
                if !inside && !address.is_private() && !shared {
                    return refuse(format!(
                        "The IP address '{id}' is not a private address and not within the VPC of the target group"
                    ));
                }
                inside
            }
            Ok(IpAddr::V6(address)) if group.ipv6 => {
                vpc.is_some_and(|vpc| vpc.ipv6_cidrs.iter().any(|range| range.contains(address)))
            }
            _ => {
                let version = if group.ipv6 { "IPv6" } else { "IPv4" };
                return refuse(format!("The IP address '{id}' is not a valid {version} address"));
            }
        };
        if !inside && target.zone.as_deref() != Some("all") {
            return Err(Refusal::new(
                "ValidationError",
                format!(
                    "You must specify the Availability Zone 'all' for the IP address '{id}' outside the VPC"
                ),
                "B12",
            ));
        }
        Ok(())
    }
}

/// Whether a load balancer sends traffic to the targets of a group in other zones (B7). The group may say otherwise.
fn is_cross_zone(balancer: &LoadBalancer, group: &TargetGroup) -> bool {
    match group.attributes.get(CROSS_ZONE).map(String::as_str) {
        Some("true") => true,
        Some("false") => false,
        _ => balancer.is_cross_zone(),
    }
}
