//! Operations: what was asked for, all of it over.

use super::{is_own, listing::Listing, own_services};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    model::{cloud_map::CloudMapOperation, id::CloudMapNamespaceId},
};

/// The caller's operations, each with the namespace it was in.
fn own<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = (CloudMapNamespaceId, &'c CloudMapOperation)> {
    let namespaces = context.world().cloud_map_namespaces.values();
    let of_namespaces = namespaces
        .filter(|it| is_own(context, it))
        .flat_map(|it| it.operations.iter().map(|operation| (it.id, operation)));
    let of_services = own_services(context).flat_map(|(namespace, it)| {
        it.operations.iter().map(|operation| (namespace.id, operation))
    });
    of_namespaces.chain(of_services)
}

fn status(operation: &CloudMapOperation) -> &'static str {
    if operation.error.is_some() { "FAIL" } else { "SUCCESS" }
}

/// `GetOperation`.
pub(in crate::api) struct GetOperation(String, Option<String>);

impl Operation for GetOperation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_limited("OperationId", 0..=255)?;
        Ok(Self(id, parameters.limited("OwnerAccount", 12..=12)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_shared = self.1.is_some_and(|it| it != context.account);
        let found = own(context).find(|(_, it)| *it.id == *self.0).filter(|_| !is_shared);
        let (namespace, it) = found.ok_or_else(|| {
            let words = format!("The operation with the id {} does not exist.", self.0);
            ApiError::new("OperationNotFound", words)
        })?;
        let targets = match (it.service, &it.instance) {
            (None, _) => vec![("NAMESPACE", namespace.to_string())],
            (Some(service), None) => vec![("SERVICE", service.to_string())],
            (Some(service), Some(instance)) => {
                vec![("INSTANCE", instance.to_string()), ("SERVICE", service.to_string())]
            }
        };
        let shown = Fields::new()
            .set("Id", &it.id)
            .set("OwnerAccount", &context.account)
            .set("Type", &it.kind)
            .set("Status", status(it))
            .maybe("ErrorMessage", it.error.as_ref().map(|(_, words)| words))
            .maybe("ErrorCode", it.error.as_ref().map(|(code, _)| code))
            .set("CreateDate", Time::exact(it.at))
            .set("UpdateDate", Time::exact(it.at))
            .map("Targets", targets);
        Ok(Fields::new().fields("Operation", shown))
    }
}

/// `ListOperations`.
pub(in crate::api) struct ListOperations(Listing);

impl Operation for ListOperations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let known = ["NAMESPACE_ID", "SERVICE_ID", "STATUS", "TYPE", "UPDATE_DATE"];
        Listing::read(parameters, &known).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let shown = own(context).filter(|(namespace, it)| {
            let namespace = namespace.to_string();
            let service = it.service.map(|id| id.to_string());
            let date = (it.at / 1_000).to_string();
            let mut has =
                vec![("STATUS", status(it)), ("TYPE", &*it.kind), ("UPDATE_DATE", &*date)];
            match &service {
                Some(service) => has.push(("SERVICE_ID", service)),
                None => has.push(("NAMESPACE_ID", &namespace)),
            }
            self.0.passes(&has)
        });
        let shown = shown.map(|(_, it)| {
            let shown = Fields::new().set("Id", &it.id).set("Status", status(it));
            (it.id.to_string(), shown)
        });
        Ok(self.0.reply("Operations", shown.collect()))
    }
}
