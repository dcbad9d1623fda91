//! Namespaces: given another description or TTL, and deleted.

use std::sync::Arc;

use super::{invalid, namespace::read_soa_ttl, new_operation, own_namespace, small, submitted};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{cloud_map::NamespaceKind, cloud_map_change as model},
};

/// What changes of a namespace.
struct Edit {
    id: String,
    description: Option<String>,
    soa_ttl: Option<u64>,
}

impl Edit {
    fn read(parameters: &mut Parameters, has_soa: bool) -> Result<Self, ApiError> {
        let id = parameters.required_limited("Id", 1..=255)?;
        parameters.limited("UpdaterRequestId", 0..=64)?;
        let edit = parameters.structure("Namespace", |it| {
            let soa_ttl = if has_soa { read_soa_ttl(it)? } else { None };
            Ok((it.limited("Description", 0..=1_024)?, soa_ttl))
        })?;
        let (description, soa_ttl) = edit.ok_or_else(|| parameters.missing("Namespace"))?;
        Ok(Self { id, description, soa_ttl })
    }

    fn make(self, context: &Context<'_>, kind: NamespaceKind) -> Result<Fields, ApiError> {
        let namespace = own_namespace(context, &self.id)?;
        if namespace.kind != kind {
            let words =
                format!("The namespace {} is of the type {}.", namespace.id, namespace.kind.text());
            return Err(invalid(words));
        }
        let operation = new_operation(context, "UPDATE_NAMESPACE", None);
        let reply = submitted(&operation);
        let change = model::UpdateCloudMapNamespace {
            id: namespace.id,
            description: self.description.map(Arc::from),
            soa_ttl: self.soa_ttl.and_then(small),
            operation,
        };
        context.commit(&[change.into()])?;
        Ok(reply)
    }
}

/// `UpdateHttpNamespace`.
pub(in crate::api) struct UpdateHttpNamespace(Edit);

impl Operation for UpdateHttpNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Edit::read(parameters, false).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.make(context, NamespaceKind::Http)
    }
}

/// `UpdatePrivateDnsNamespace`.
pub(in crate::api) struct UpdatePrivateDnsNamespace(Edit);

impl Operation for UpdatePrivateDnsNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Edit::read(parameters, true).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.make(context, NamespaceKind::Private)
    }
}

/// `UpdatePublicDnsNamespace`.
pub(in crate::api) struct UpdatePublicDnsNamespace(Edit);

impl Operation for UpdatePublicDnsNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Edit::read(parameters, true).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.make(context, NamespaceKind::Public)
    }
}

/// `DeleteNamespace`.
pub(in crate::api) struct DeleteNamespace(String);

impl Operation for DeleteNamespace {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Id", 1..=255).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own_namespace(context, &self.0)?.id;
        let operation = new_operation(context, "DELETE_NAMESPACE", None);
        let reply = submitted(&operation);
        context.commit(&[model::DeleteCloudMapNamespace { id, operation }.into()])?;
        Ok(reply)
    }
}
