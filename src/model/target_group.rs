//! Target groups: what a load balancer sends traffic to, and how it would check that.
//!
//! Which of the targets are healthy is decided in `target_health.rs`, and nothing is ever really checked.

use std::sync::Arc;

use super::{
    change::Touched,
    document::Attributes,
    id::{RegionName, TargetGroupId, VpcId},
    load_balancer::LoadBalancerKind,
    refusal::Refusal,
    world::{Tags, World},
};
use crate::catalog;

/// The most targets of one group.
const MOST_TARGETS: usize = 1_000;

/// A target group.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TargetGroup {
    /// Its id: the end of its ARN.
    pub id: TargetGroupId,
    /// Its name.
    pub name: Arc<str>,
    /// Its tags.
    pub tags: Tags,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its VPC; a group of Lambda functions has none.
    pub vpc: Option<VpcId>,
    /// What its targets are.
    pub kind: TargetKind,
    /// `HTTP`, `TCP` and so on; a group of Lambda functions has none.
    pub protocol: Option<Arc<str>>,
    /// `HTTP1`, `HTTP2` or `GRPC`.
    pub protocol_version: Option<Arc<str>>,
    /// The port of targets that name none; a group of Lambda functions has none.
    pub port: Option<u16>,
    /// Whether its targets have IPv6 addresses.
    pub ipv6: bool,
    /// `TargetControlPort`.
    pub control_port: Option<u16>,
    /// Its health check.
    pub health_check: HealthCheck,
    /// The attributes that were set.
    pub attributes: Attributes,
    /// Its targets, in the order of registration.
    pub targets: Vec<Target>,
}

/// What the targets of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TargetKind {
    /// Instances.
    Instance,
    /// Addresses.
    Ip,
    /// One Lambda function.
    Lambda,
    /// One Application Load Balancer.
    Alb,
}

impl TargetKind {
    /// Every kind, with AWS's word.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("instance", Self::Instance),
        ("ip", Self::Ip),
        ("lambda", Self::Lambda),
        ("alb", Self::Alb),
    ];

    /// AWS's word.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Target {
    /// The id of an instance, an address, or an ARN.
    pub id: Arc<str>,
    /// Its port; a Lambda function has none.
    pub port: Option<u16>,
    /// `AvailabilityZone`: a zone or `all`, for an address outside the VPC.
    pub zone: Option<Arc<str>>,
    /// `QuicServerId`.
    pub quic: Option<Arc<str>>,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HealthCheck {
    /// Whether targets are checked.
    pub enabled: bool,
    /// The protocol; that of a Lambda function has none.
    pub protocol: Option<Arc<str>>,
    /// A port, or `traffic-port`; that of a Lambda function has none.
    pub port: Option<Arc<str>>,
    /// The path, for HTTP.
    pub path: Option<Arc<str>>,
    /// The seconds between two checks.
    pub interval: u32,
    /// The seconds after which a check has failed.
    pub timeout: u32,
    /// After how many good checks a target is healthy.
    pub healthy_after: u32,
    /// After how many bad checks a target is unhealthy.
    pub unhealthy_after: u32,
    /// The codes of a good reply, for HTTP and gRPC.
    pub matcher: Option<Arc<str>>,
}

impl HealthCheck {
    /// The health check of a group that says nothing about it, or only which protocol it has (`own`).
    pub fn usual(
        kind: TargetKind,
        protocol: Option<&str>,
        version: Option<&str>,
        own: Option<&str>,
    ) -> Self {
        let is_http = |protocol: &str| matches!(protocol, "HTTP" | "HTTPS");
        let is_lambda = kind == TargetKind::Lambda;
        let is_application = is_lambda || protocol.is_some_and(is_http);
        let usual = if is_application || kind == TargetKind::Alb { "HTTP" } else { "TCP" };
        let own = own.unwrap_or(usual);
        let (is_gateway, is_grpc) = (protocol == Some("GENEVE"), version == Some("GRPC"));
        let path = if is_grpc { "/AWS.ALB/healthcheck" } else { "/" };
        let matcher = match () {
            () if is_grpc => "12",
            () if is_application => "200",
            () => "200-399",
        };
        let (interval, timeout) = match () {
            () if is_lambda => (35, 30),
            () if is_gateway => (10, 5),
            () if is_application => (30, 5),
            () if is_http(own) => (30, 6),
            () => (30, 10),
        };
        Self {
            enabled: !is_lambda,
            protocol: (!is_lambda).then(|| own.into()),
            port: (!is_lambda).then(|| if is_gateway { "80" } else { "traffic-port" }.into()),
            path: is_http(own).then(|| path.into()),
            interval,
            timeout,
            healthy_after: 5,
            unhealthy_after: 2,
            matcher: is_http(own).then(|| matcher.into()),
        }
    }
}

impl TargetGroup {
    /// Its ARN.
    pub fn arn(&self) -> String {
        let Self { region, owner, name, id, .. } = self;
        let partition = catalog::partition_of(region);
        format!("arn:{partition}:elasticloadbalancing:{region}:{owner}:targetgroup/{name}/{id}")
    }

    /// The kind of load balancer that can forward to it, by its protocol.
    pub fn balancer_kind(&self) -> LoadBalancerKind {
        match self.protocol.as_deref() {
            None | Some("HTTP" | "HTTPS") => LoadBalancerKind::Application,
            Some("GENEVE") => LoadBalancerKind::Gateway,
            Some(_) => LoadBalancerKind::Network,
        }
    }
}

/// `CreateTargetGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTargetGroup {
    /// The group.
    pub group: TargetGroup,
}

/// `ModifyTargetGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyTargetGroup {
    /// The group.
    pub group: TargetGroupId,
    /// The new health check.
    pub health_check: HealthCheck,
}

/// `ModifyTargetGroupAttributes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyTargetGroupAttributes {
    /// The group.
    pub group: TargetGroupId,
    /// The attributes to set.
    pub attributes: Attributes,
}

/// `DeleteTargetGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteTargetGroup {
    /// The group.
    pub group: TargetGroupId,
}

/// `RegisterTargets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterTargets {
    /// The group.
    pub group: TargetGroupId,
    /// The targets.
    pub targets: Vec<Target>,
}

/// `DeregisterTargets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeregisterTargets {
    /// The group.
    pub group: TargetGroupId,
    /// The ids of the targets, each with the port if only that one is meant.
    pub targets: Vec<(Arc<str>, Option<u16>)>,
}

impl World {
    /// The target group, or AWS's refusal.
    pub fn target_group(&self, id: TargetGroupId) -> Result<&Arc<TargetGroup>, Refusal> {
        self.target_groups.get(&id).ok_or_else(|| {
            Refusal::new("TargetGroupNotFound", "One or more target groups not found", "B11")
        })
    }

    fn put_target_group(&mut self, group: TargetGroup) {
        let id = group.id;
        self.target_groups.insert(id, Arc::new(group));
        self.refresh_group(id);
    }
}

impl CreateTargetGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let group = &self.group;
        if let Some(vpc) = group.vpc {
            world.vpc(vpc)?;
        }
        if world.target_groups.contains_key(&group.id) {
            let text = format!("The id {} is already in use", group.id);
            return Err(Refusal::value(text, "B11"));
        }
        let same = |it: &&Arc<TargetGroup>| {
            (it.region, &*it.owner, &*it.name) == (group.region, &*group.owner, &*group.name)
        };
        if world.target_groups.values().any(|it| same(&it)) {
            let text = format!(
                "A target group with the same name '{}' exists, but with different settings",
                group.name
            );
            return Err(Refusal::new("DuplicateTargetGroupName", text, "B11"));
        }
        world.put_target_group(group.clone());
        Ok(Touched::nothing())
    }
}

impl ModifyTargetGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let group = TargetGroup::clone(world.target_group(self.group)?);
        let health_check = self.health_check.clone();
        world.put_target_group(TargetGroup { health_check, ..group });
        Ok(Touched::nothing())
    }
}

impl ModifyTargetGroupAttributes {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = TargetGroup::clone(world.target_group(self.group)?);
        group.attributes.extend(self.attributes.clone());
        world.put_target_group(group);
        Ok(Touched::nothing())
    }
}

impl DeleteTargetGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let group = world.target_group(self.group)?;
        if world.balancers_of(self.group).next().is_some() {
            let text = format!(
                "Target group '{}' is currently in use by a listener or a rule",
                group.arn()
            );
            return Err(Refusal::new("ResourceInUse", text, "B11"));
        }
        world.target_groups.remove(&self.group);
        Ok(Touched::nothing())
    }
}

impl RegisterTargets {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = TargetGroup::clone(world.target_group(self.group)?);
        for target in &self.targets {
            world.check_target(&group, target)?;
            match group.targets.iter_mut().find(|it| it.id == target.id && it.port == target.port) {
                Some(old) => *old = target.clone(),
                None => group.targets.push(target.clone()),
            }
        }
        let most = match group.kind {
            TargetKind::Lambda | TargetKind::Alb => 1,
            _ => MOST_TARGETS,
        };
        if group.targets.len() > most {
            let text = format!("The target group '{}' has {most} targets already", group.arn());
            return Err(Refusal::new("TooManyTargets", text, "B11"));
        }
        world.put_target_group(group);
        Ok(Touched::nothing())
    }
}

impl DeregisterTargets {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut group = TargetGroup::clone(world.target_group(self.group)?);
        group.targets.retain(|target| {
            !self.targets.iter().any(|(id, port)| {
                *id == target.id && port.is_none_or(|port| Some(port) == target.port)
            })
        });
        world.put_target_group(group);
        Ok(Touched::nothing())
    }
}
