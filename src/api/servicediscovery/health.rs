//! The health of instances, as it was told. Nothing is checked.

use std::sync::Arc;

use super::{
    instance::{find, read_ids},
    listing::Listing,
    own_service,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        cloud_map::{CloudMapInstance, CloudMapService},
        cloud_map_change as model,
    },
};

/// The health of an instance as AWS writes it.
pub(super) fn status(service: &CloudMapService, instance: &CloudMapInstance) -> &'static str {
    match (service.has_health(), instance.healthy) {
        (false, _) => "UNKNOWN",
        (true, true) => "HEALTHY",
        (true, false) => "UNHEALTHY",
    }
}

/// `GetInstancesHealthStatus`.
pub(in crate::api) struct GetInstancesHealthStatus {
    service: String,
    instances: Vec<String>,
    listing: Listing,
}

impl Operation for GetInstancesHealthStatus {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            service: parameters.required_limited("ServiceId", 1..=255)?,
            instances: parameters.list("Instances")?,
            listing: Listing::read(parameters, &[])?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = own_service(context, &self.service)?;
        for id in &self.instances {
            find(service, id)?;
        }
        let is_meant =
            |id: &str| self.instances.is_empty() || self.instances.iter().any(|it| it == id);
        let all = service.instances.iter().filter(|(id, _)| is_meant(id));
        let all = all.map(|(id, it)| (id.to_string(), (id.to_string(), status(service, it))));
        let (shown, token) = self.listing.cut(all.collect());
        Ok(Fields::new().map("Status", shown).maybe("NextToken", token))
    }
}

/// `UpdateInstanceCustomHealthStatus`.
pub(in crate::api) struct UpdateInstanceCustomHealthStatus {
    service: String,
    id: String,
    status: String,
}

impl Operation for UpdateInstanceCustomHealthStatus {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (service, id) = read_ids(parameters)?;
        let status = parameters.one_of("Status", &["HEALTHY", "UNHEALTHY"])?;
        let status = status.ok_or_else(|| parameters.missing("Status"))?;
        Ok(Self { service, id, status })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = own_service(context, &self.service)?;
        let (id, _) = find(service, &self.id)?;
        let change = model::SetCloudMapHealth {
            service: service.id,
            id: Arc::clone(id),
            healthy: self.status == "HEALTHY",
        };
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}
