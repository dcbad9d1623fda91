//! Services: changed and deleted.

use std::sync::Arc;

use super::{
    new_operation, own_service,
    service::{check_records, read_health_check, read_records},
    submitted,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        cloud_map::{DnsRecord, HealthCheckConfig},
        cloud_map_change as model,
    },
};

/// `UpdateService`.
pub(in crate::api) struct UpdateService {
    id: String,
    description: Option<String>,
    records: Option<Vec<DnsRecord>>,
    health_check: Option<HealthCheckConfig>,
}

impl Operation for UpdateService {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_limited("Id", 1..=255)?;
        if !parameters.is_there("Service") {
            return Err(parameters.missing("Service"));
        }
        let edit = parameters.structure("Service", |it| {
            let description = it.limited("Description", 0..=1_024)?;
            let records = it.structure("DnsConfig", read_records)?;
            Ok((description, records, read_health_check(it)?))
        })?;
        let (description, records, health_check) = edit.unwrap_or_default();
        Ok(Self { id, description, records, health_check })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = own_service(context, &self.id)?;
        check_records(self.records.as_deref().unwrap_or_default(), service.weighted)?;
        let operation = new_operation(context, "UPDATE_SERVICE", Some((service.id, None)));
        let reply = submitted(&operation);
        let change = model::UpdateCloudMapService {
            id: service.id,
            description: self.description.map(Arc::from),
            records: self.records,
            health_check: self.health_check,
            operation,
        };
        context.commit(&[change.into()])?;
        Ok(reply)
    }
}

/// `DeleteService`.
pub(in crate::api) struct DeleteService(String);

impl Operation for DeleteService {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=255).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, service) = own_service(context, &self.0)?;
        context.commit(&[model::DeleteCloudMapService { id: service.id }.into()])?;
        Ok(Fields::new())
    }
}
