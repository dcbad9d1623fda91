//! The targets of a group and their health.
//!
//! A target is healthy as soon as it is registered: nothing is checked over a network. What makes one unhealthy is in
//! `model/target_health.rs`.

use std::sync::Arc;

use super::arn;
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        target_group::{self as model, Target, TargetGroup, TargetKind},
        target_health::TargetHealth,
    },
};

/// Reads `Targets`. The port is the group's, if it is not given.
fn targets(parameters: &mut Parameters) -> Result<Vec<Target>, ApiError> {
    parameters.structures("Targets", |target| {
        let port = target.number("Port", 1..=65_535)?;
        Ok(Target {
            id: target.required("Id")?.into(),
            port: port.and_then(|it| u16::try_from(it).ok()),
            zone: target.text("AvailabilityZone")?.map(Into::into),
            quic: target.text("QuicServerId")?.map(Into::into),
        })
    })
}

fn required(parameters: &mut Parameters) -> Result<(String, Vec<Target>), ApiError> {
    let arn = parameters.required("TargetGroupArn")?;
    let targets = targets(parameters)?;
    if targets.is_empty() {
        return Err(parameters.missing("Targets"));
    }
    Ok((arn, targets))
}

/// A target with the group's port, if it has none.
fn with_port(group: &TargetGroup, target: Target) -> Target {
    Target { port: target.port.or(group.port), ..target }
}

/// `RegisterTargets`.
pub(in crate::api) struct RegisterTargets {
    arn: String,
    targets: Vec<Target>,
}

impl Operation for RegisterTargets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (arn, targets) = required(parameters)?;
        Ok(Self { arn, targets })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = arn::group(context, &self.arn)?;
        let targets = self.targets.into_iter().map(|it| with_port(group, it)).collect();
        context.commit(&[model::RegisterTargets { group: group.id, targets }.into()])?;
        Ok(Fields::new())
    }
}

/// `DeregisterTargets`: at once, whatever the deregistration delay.
pub(in crate::api) struct DeregisterTargets {
    arn: String,
    targets: Vec<Target>,
}

impl Operation for DeregisterTargets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (arn, targets) = required(parameters)?;
        Ok(Self { arn, targets })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = arn::group(context, &self.arn)?;
        let targets = self.targets.into_iter().map(|it| (it.id, it.port)).collect();
        context.commit(&[model::DeregisterTargets { group: group.id, targets }.into()])?;
        Ok(Fields::new())
    }
}

/// `DescribeTargetHealth`.
pub(in crate::api) struct DescribeTargetHealth {
    arn: String,
    targets: Vec<Target>,
}

/// What `Include` may name; neither is ever anything but usual here.
const INCLUDED: &[&str] = &["AnomalyDetection", "All"];

impl Operation for DescribeTargetHealth {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        for text in parameters.list("Include")? {
            if !INCLUDED.contains(&text.as_str()) {
                parameters.is_no_word("Include", &text, INCLUDED);
            }
        }
        Ok(Self { arn: parameters.required("TargetGroupArn")?, targets: targets(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (group, world) = (arn::group(context, &self.arn)?, context.world());
        let there = || group.targets.iter().filter(|it| world.is_there(group, it));
        let shown: Vec<Fields> = if self.targets.is_empty() {
            there().map(|it| health(context, group, it)).collect()
        } else {
            let asked = self.targets.into_iter().map(|it| with_port(group, it));
            asked
                .map(|asked| {
                    let is_asked = |it: &&Target| it.id == asked.id && it.port == asked.port;
                    match group.targets.iter().find(is_asked) {
                        Some(it) if world.is_there(group, it) => health(context, group, it),
                        Some(_) => idle(group, &asked, LEAVING),
                        None => idle(group, &asked, ABSENT),
                    }
                })
                .collect()
        };
        Ok(Fields::new().list("TargetHealthDescriptions", shown))
    }
}

fn description(
    target: &Target,
    zone: Option<Arc<str>>,
    port: Option<String>,
    state: Fields,
) -> Fields {
    let shown = Fields::new()
        .set("Id", &target.id)
        .maybe("Port", target.port)
        .maybe("AvailabilityZone", zone)
        .maybe("QuicServerId", target.quic.as_ref());
    Fields::new()
        .fields("Target", shown)
        .maybe("HealthCheckPort", port)
        .fields("TargetHealth", state)
}

fn state(state: &str, reason: Option<(&str, &str)>) -> Fields {
    let shown = Fields::new().set("State", state);
    match reason {
        Some((reason, words)) => shown.set("Reason", reason).set("Description", words),
        None => shown,
    }
}

fn health(context: &Context<'_>, group: &TargetGroup, target: &Target) -> Fields {
    let world = context.world();
    let shown = match world.target_health(group, target) {
        TargetHealth::Healthy => state("healthy", None),
        TargetHealth::Unhealthy => {
            state("unhealthy", Some(("Target.FailedHealthChecks", "Health checks failed")))
        }
        TargetHealth::Unchecked => state(
            "unavailable",
            Some(("Target.HealthCheckDisabled", "Health checks are not enabled for this target")),
        ),
        TargetHealth::NotInUse => state(
            "unused",
            Some((
                "Target.NotInUse",
                "Target group is not configured to receive traffic from the load balancer",
            )),
        ),
        TargetHealth::ZoneNotEnabled => state(
            "unused",
            Some((
                "Target.NotInUse",
                "Target is in an Availability Zone that is not enabled for the load balancer",
            )),
        ),
        TargetHealth::Stopped => {
            state("unused", Some(("Target.InvalidState", "Target is in the stopped state")))
        }
    };
    // The zone of an instance is the instance's.
    let is_instance = group.kind == TargetKind::Instance;
    let zone = target.zone.clone().or_else(|| world.zone_of_target(group, target));
    description(target, zone.filter(|_| !is_instance), check_port(group, target), shown)
}

/// The state of a target that is not registered, with its reason.
const ABSENT: [&str; 3] =
    ["unused", "Target.NotRegistered", "Target is not registered to the target group"];
/// The state of a target whose instance was terminated, with its reason.
const LEAVING: [&str; 3] =
    ["draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"];

/// A target that takes no traffic.
fn idle(group: &TargetGroup, target: &Target, [name, reason, words]: [&str; 3]) -> Fields {
    let state = state(name, Some((reason, words)));
    description(target, target.zone.clone(), check_port(group, target), state)
}

/// The port at which the health of a target is checked.
fn check_port(group: &TargetGroup, target: &Target) -> Option<String> {
    match group.health_check.port.as_deref() {
        Some("traffic-port") => target.port.map(|it| it.to_string()),
        other => other.map(str::to_owned),
    }
}
