//! The instances of a Classic Load Balancer and their health.
//!
//! Nothing is checked over a network: an instance that runs is in service.

use super::{edit, find, load_balancer::check_fields};
use crate::{
    api::{
        balancing::validation, context::Context, error::ApiError, own::Owned,
        parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        classic_edit::ClassicEdit, document::Document, id::InstanceId, instance::InstanceState,
        load_balancer::LoadBalancer, load_balancer_change as model, world::World,
    },
};

/// `Instances`.
fn instances(parameters: &mut Parameters) -> Result<Vec<String>, ApiError> {
    parameters.structures("Instances", |it| it.required("InstanceId"))
}

fn required(parameters: &mut Parameters) -> Result<(String, Vec<String>), ApiError> {
    let name = parameters.required("LoadBalancerName")?;
    let instances = instances(parameters)?;
    if instances.is_empty() {
        return Err(parameters.missing("Instances"));
    }
    Ok((name, instances))
}

fn ids(context: &Context<'_>, texts: &[String]) -> Result<Vec<InstanceId>, ApiError> {
    let find = |text: &String| {
        let id = text.parse::<InstanceId>().ok().filter(|id| id.find(context).is_some());
        id.ok_or_else(|| {
            ApiError::new("InvalidInstance", format!("Could not find EC2 instance {text}."))
        })
    };
    texts.iter().map(find).collect()
}

fn reply(world: &World, balancer: &LoadBalancer) -> Fields {
    let there = balancer.targets.iter().filter(|id| world.instances.contains_key(*id));
    Fields::new().list("Instances", there.map(|id| Fields::new().set("InstanceId", id)))
}

/// `RegisterInstancesWithLoadBalancer`.
pub(in crate::api) struct RegisterInstancesWithLoadBalancer(String, Vec<String>);

impl Operation for RegisterInstancesWithLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        required(parameters).map(|(name, instances)| Self(name, instances))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let load_balancer = find(context, &self.0)?.dns_name.clone();
        let instances = ids(context, &self.1)?;
        let change = model::RegisterInstances { load_balancer: load_balancer.clone(), instances };
        let after = context.commit(&[change.into()])?;
        Ok(reply(&after.world, after.world.balancer(&load_balancer)?))
    }
}

/// `DeregisterInstancesFromLoadBalancer`.
pub(in crate::api) struct DeregisterInstancesFromLoadBalancer(String, Vec<String>);

impl Operation for DeregisterInstancesFromLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        required(parameters).map(|(name, instances)| Self(name, instances))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let load_balancer = find(context, &self.0)?.dns_name.clone();
        let instances = ids(context, &self.1)?;
        let change = model::DeregisterInstances { load_balancer: load_balancer.clone(), instances };
        let after = context.commit(&[change.into()])?;
        Ok(reply(&after.world, after.world.balancer(&load_balancer)?))
    }
}

/// `DescribeInstanceHealth`.
pub(in crate::api) struct DescribeInstanceHealth(String, Vec<String>);

impl Operation for DescribeInstanceHealth {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("LoadBalancerName")?, instances(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, world) = (find(context, &self.0)?, context.world());
        let asked = match self.1.is_empty() {
            true => {
                let there = balancer.targets.iter().filter(|id| world.instances.contains_key(*id));
                there.copied().collect()
            }
            false => ids(context, &self.1)?,
        };
        let shown = asked.into_iter().map(|id| state(world, balancer, id));
        Ok(Fields::new().list("InstanceStates", shown))
    }
}

fn state(world: &World, balancer: &LoadBalancer, id: InstanceId) -> Fields {
    let found = world.instances.get(&id).filter(|_| balancer.targets.contains(&id));
    let zone = found.and_then(|it| world.subnets.get(&it.subnet)).map(|it| &it.zone);
    let is_healthy =
        balancer.zones.iter().find(|it| Some(&it.zone) == zone).is_none_or(|it| it.healthy);
    let (state, reason, words) = match found.map(|it| it.state) {
        None => (
            "OutOfService",
            "Instance",
            "Instance is not currently registered with the LoadBalancer.",
        ),
        Some(InstanceState::Stopped) => {
            ("OutOfService", "Instance", "Instance is in stopped state.")
        }
        Some(InstanceState::Running) if is_healthy => ("InService", "N/A", "N/A"),
        Some(InstanceState::Running) => (
            "OutOfService",
            "Instance",
            "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
        ),
    };
    Fields::new()
        .set("InstanceId", id)
        .set("State", state)
        .set("ReasonCode", reason)
        .set("Description", words)
}

/// `ConfigureHealthCheck`.
pub(in crate::api) struct ConfigureHealthCheck(String, Document);

impl Operation for ConfigureHealthCheck {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LoadBalancerName")?;
        let check = parameters.structure("HealthCheck", |it| {
            let target = it.required("Target")?;
            let known = ["HTTP:", "HTTPS:", "TCP:", "SSL:"];
            if !known.iter().any(|begin| target.starts_with(begin)) {
                return Err(validation(
                    "HealthCheck Target must begin with one of HTTP, TCP, HTTPS, SSL",
                ));
            }
            let mut document = Document::of([("Target", &target)]);
            for (name, least, most) in [
                ("Interval", 5, 300),
                ("Timeout", 2, 60),
                ("UnhealthyThreshold", 2, 10),
                ("HealthyThreshold", 2, 10),
            ] {
                if !it.holds(name) {
                    return Err(it.missing(name));
                }
                let number = it.number(name, least..=most)?.unwrap_or_default();
                if let Document::Fields(members) = &mut document {
                    members.insert(name.to_owned(), Document::Text(number.to_string()));
                }
            }
            Ok(document)
        })?;
        Ok(Self(name, check.ok_or_else(|| parameters.missing("HealthCheck"))?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::SetHealthCheck(self.1.clone()))?;
        Ok(Fields::new().fields("HealthCheck", check_fields(&self.1)))
    }
}
