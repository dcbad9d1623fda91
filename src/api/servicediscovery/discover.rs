//! Instances found by the names of a namespace and a service.

use std::sync::Arc;

use super::{health::status, own_namespaces, own_services};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        cloud_map::{CloudMapInstance, CloudMapNamespace, CloudMapService},
        cloud_map_change::{no_such_namespace, no_such_service},
    },
};

const HEALTH: &[&str] = &["HEALTHY", "UNHEALTHY", "ALL", "HEALTHY_OR_ELSE_ALL"];
/// The instances of a reply, if the request does not say how many.
const MOST: u64 = 100;

/// The names of a namespace and a service, and the account that owns both.
struct Wanted {
    namespace: String,
    service: String,
    owner: Option<String>,
}

impl Wanted {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            namespace: parameters.required_limited("NamespaceName", 1..=1_024)?,
            service: parameters.required_limited("ServiceName", 1..=127)?,
            owner: parameters.limited("OwnerAccount", 12..=12)?,
        })
    }

    /// The service. Nothing is shared between accounts.
    fn find<'c>(
        &self,
        context: &'c Context<'_>,
    ) -> Result<(&'c Arc<CloudMapNamespace>, &'c Arc<CloudMapService>), ApiError> {
        let is_shared = self.owner.as_ref().is_some_and(|it| *it != context.account);
        let namespace = own_namespaces(context)
            .find(|it| *it.http_name == *self.namespace)
            .filter(|_| !is_shared)
            .ok_or_else(|| no_such_namespace(&self.namespace))?;
        let mut services = own_services(context).map(|(_, it)| it);
        let service = services.find(|it| it.namespace == namespace.id && *it.name == *self.service);
        Ok((namespace, service.ok_or_else(|| no_such_service(&self.service))?))
    }
}

/// `DiscoverInstances`.
pub(in crate::api) struct DiscoverInstances {
    wanted: Wanted,
    most: usize,
    required: Vec<(String, String)>,
    optional: Vec<(String, String)>,
    health: String,
}

impl Operation for DiscoverInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let wanted = Wanted::read(parameters)?;
        let most = parameters.number("MaxResults", 1..=1_000)?.unwrap_or(MOST);
        let health = parameters.one_of("HealthStatus", HEALTH)?;
        Ok(Self {
            wanted,
            most: usize::try_from(most).unwrap_or(usize::MAX),
            required: parameters.map("QueryParameters")?,
            optional: parameters.map("OptionalParameters")?,
            health: health.unwrap_or_else(|| "HEALTHY_OR_ELSE_ALL".to_owned()),
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (namespace, service) = self.wanted.find(context)?;
        let has = |instance: &CloudMapInstance, wanted: &[(String, String)]| {
            wanted.iter().all(|(key, value)| instance.attribute(key) == Some(value))
        };
        let all = service.instances.iter();
        let mut found: Vec<_> = all.filter(|(_, it)| has(it, &self.required)).collect();
        if found.iter().any(|(_, it)| has(it, &self.optional)) {
            found.retain(|(_, it)| has(it, &self.optional));
        }
        match &*self.health {
            "HEALTHY" => found.retain(|(_, it)| it.healthy),
            "UNHEALTHY" => found.retain(|(_, it)| !it.healthy),
            "HEALTHY_OR_ELSE_ALL" if found.iter().any(|(_, it)| it.healthy) => {
                found.retain(|(_, it)| it.healthy);
            }
            _ => {}
        }
        let shown = found.into_iter().take(self.most).map(|(id, it)| {
            Fields::new()
                .set("InstanceId", id)
                .set("NamespaceName", &namespace.http_name)
                .set("ServiceName", &service.name)
                .set("HealthStatus", status(service, it))
                .map("Attributes", &it.attributes)
        });
        Ok(Fields::new().list("Instances", shown).set("InstancesRevision", service.revision))
    }
}

/// `DiscoverInstancesRevision`.
pub(in crate::api) struct DiscoverInstancesRevision(Wanted);

impl Operation for DiscoverInstancesRevision {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Wanted::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = self.0.find(context)?;
        Ok(Fields::new().set("InstancesRevision", service.revision))
    }
}
