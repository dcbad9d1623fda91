//! Instances: registered with a service, shown, and taken out.

use std::{collections::BTreeMap, sync::Arc};

use super::{invalid, listing::Listing, new_operation, own_service, submitted};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        cloud_map::{CloudMapInstance, CloudMapService, IPV4, NamespaceKind},
        cloud_map_change::{self as model, no_such_instance},
        id::InstanceId,
    },
};

/// The attribute with the id of an EC2 instance.
const EC2_INSTANCE: &str = "AWS_EC2_INSTANCE_ID";
/// The attribute with the health that an instance has at first.
const FIRST_HEALTH: &str = "AWS_INIT_HEALTH_STATUS";
/// The most attributes that customers name, and the most letters of all attributes.
const MOST_ATTRIBUTES: (usize, usize) = (30, 5_000);
/// The longest key of an attribute, and the longest value.
const LENGTHS: (usize, usize) = (255, 1_024);

/// An instance of a service.
pub(super) fn find<'s>(
    service: &'s CloudMapService,
    id: &str,
) -> Result<(&'s Arc<str>, &'s CloudMapInstance), ApiError> {
    let found = service.instances.get_key_value(id);
    found.map(|(id, it)| (id, &**it)).ok_or_else(|| no_such_instance(id).into())
}

/// An instance as replies show it.
fn fields(id: &str, instance: &CloudMapInstance, owner: &str) -> Fields {
    Fields::new()
        .set("Id", id)
        .map("Attributes", &instance.attributes)
        .set("CreatedByAccount", owner)
}

/// Reads the ids of a service and of an instance.
pub(super) fn read_ids(parameters: &mut Parameters) -> Result<(String, String), ApiError> {
    let service = parameters.required_limited("ServiceId", 1..=255)?;
    Ok((service, parameters.required_limited("InstanceId", 1..=64)?))
}

/// `RegisterInstance`.
pub(in crate::api) struct RegisterInstance {
    service: String,
    id: String,
    creator_request: Option<String>,
    attributes: Vec<(String, String)>,
}

impl Operation for RegisterInstance {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (service, id) = read_ids(parameters)?;
        if !parameters.is_there("Attributes") {
            return Err(parameters.missing("Attributes"));
        }
        Ok(Self {
            service,
            id,
            creator_request: parameters.limited("CreatorRequestId", 0..=64)?,
            attributes: parameters.map("Attributes")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (namespace, service) = own_service(context, &self.service)?;
        let letter = |it: char| it.is_ascii_alphanumeric() || "_/:.@-".contains(it);
        if !self.id.chars().all(letter) {
            return Err(invalid(format!("'{}' is not an id of an instance.", self.id)));
        }
        check_attributes(&self.attributes)?;
        let mut attributes: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        for (key, value) in &self.attributes {
            attributes.insert(key.as_str().into(), value.as_str().into());
        }
        if let Some(text) = attributes.get(EC2_INSTANCE) {
            let other = |key: &Arc<str>| {
                key.starts_with("AWS_") && ![EC2_INSTANCE, FIRST_HEALTH].contains(&&**key)
            };
            if namespace.kind != NamespaceKind::Http {
                return Err(invalid(format!("{EC2_INSTANCE} is for HTTP namespaces only.")));
            }
            if attributes.keys().any(other) {
                return Err(invalid(format!(
                    "{EC2_INSTANCE} cannot be used with other attributes of AWS."
                )));
            }
            let found = text.parse::<InstanceId>().ok().and_then(|id| id.find(context).map(|_| id));
            let found = found.and_then(|id| context.world().instances.get(&id));
            let found =
                found.ok_or_else(|| invalid(format!("The instance {text} does not exist.")))?;
            if let Some(address) = found.address {
                attributes.insert(IPV4.into(), address.to_string().into());
            }
        }
        let healthy = match attributes.get(FIRST_HEALTH).map(|it| &**it) {
            None => true,
            Some(_) if service.custom_health.is_none() => {
                return Err(invalid(format!(
                    "{FIRST_HEALTH} needs a service with HealthCheckCustomConfig."
                )));
            }
            Some("HEALTHY") => true,
            Some("UNHEALTHY") => false,
            Some(other) => {
                return Err(invalid(format!("'{other}' is not a value of {FIRST_HEALTH}.")));
            }
        };
        let id: Arc<str> = self.id.into();
        let operation = new_operation(context, "REGISTER_INSTANCE", Some((service.id, Some(&id))));
        let reply = submitted(&operation);
        let creator_request = self.creator_request.map(Arc::from);
        let instance = CloudMapInstance { creator_request, attributes, healthy };
        let change =
            model::RegisterCloudMapInstance { service: service.id, id, instance, operation };
        context.commit(&[change.into()])?;
        Ok(reply)
    }
}

fn check_attributes(attributes: &[(String, String)]) -> Result<(), ApiError> {
    let (most, letters) = MOST_ATTRIBUTES;
    let (longest_key, longest_value) = LENGTHS;
    for (key, value) in attributes {
        let printable = key.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
        if key.is_empty() || key.len() > longest_key || !printable {
            return Err(invalid(format!("'{key}' is not a key of an attribute.")));
        }
        if value.is_empty() || value.chars().count() > longest_value {
            return Err(invalid(format!("The value of the attribute {key} has no valid length.")));
        }
    }
    let own = attributes.iter().filter(|(key, _)| !key.starts_with("AWS_")).count();
    let total: usize =
        attributes.iter().map(|(key, value)| key.chars().count() + value.chars().count()).sum();
    if own > most || total > letters {
        return Err(invalid("The instance has too many attributes."));
    }
    Ok(())
}

/// `DeregisterInstance`.
pub(in crate::api) struct DeregisterInstance(String, String);

impl Operation for DeregisterInstance {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_ids(parameters).map(|(service, id)| Self(service, id))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = own_service(context, &self.0)?;
        let (id, _) = find(service, &self.1)?;
        let id = Arc::clone(id);
        let about = Some((service.id, Some(&id)));
        let operation = new_operation(context, "DEREGISTER_INSTANCE", about);
        let reply = submitted(&operation);
        let change = model::DeregisterCloudMapInstance { service: service.id, id, operation };
        context.commit(&[change.into()])?;
        Ok(reply)
    }
}

/// `GetInstance`.
pub(in crate::api) struct GetInstance(String, String);

impl Operation for GetInstance {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_ids(parameters).map(|(service, id)| Self(service, id))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (namespace, service) = own_service(context, &self.0)?;
        let (id, instance) = find(service, &self.1)?;
        let shown = fields(id, instance, &namespace.owner)
            .maybe("CreatorRequestId", instance.creator_request.as_ref());
        Ok(Fields::new().set("ResourceOwner", &namespace.owner).fields("Instance", shown))
    }
}

/// `ListInstances`.
pub(in crate::api) struct ListInstances(String, Listing);

impl Operation for ListInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let service = parameters.required_limited("ServiceId", 1..=255)?;
        Ok(Self(service, Listing::read(parameters, &[])?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (namespace, service) = own_service(context, &self.0)?;
        let all = service.instances.iter();
        let shown = all.map(|(id, it)| (id.to_string(), fields(id, it, &namespace.owner)));
        let reply = self.1.reply("Instances", shown.collect());
        Ok(reply.set("ResourceOwner", &namespace.owner))
    }
}
