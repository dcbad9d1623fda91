//! AWS Cloud Map: namespaces, services, and the instances that are registered with them.
//!
//! A DNS namespace has a hosted zone, and the records of its instances are what the resolver answers from. Everything is
//! done at once, and an operation that is asked for is over.

mod discover;
mod health;
mod instance;
mod listing;
mod namespace;
mod namespace_change;
mod operation;
mod service;
mod service_change;
mod tag;

use std::sync::Arc;

use super::{
    context::{CommonParameters, Context, random_label},
    error::ApiError,
    parameter::Parameters,
    protocol::Json,
    service::{ApiService, actions},
    shape::Fields,
};
use crate::model::{
    cloud_map::{CloudMapNamespace, CloudMapOperation, CloudMapService},
    cloud_map_change::{no_such_namespace, no_such_service},
    id::{CloudMapNamespaceId, CloudMapServiceId},
    world::Tags,
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "servicediscovery",
    title: "Cloud Map",
    version: "2017-03-14",
    target: Some("Route53AutoNaming_v20170314"),
    namespace: "",
    protocol: &Json::V1_1,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    discover { DiscoverInstances DiscoverInstancesRevision }
    health { GetInstancesHealthStatus UpdateInstanceCustomHealthStatus }
    instance { DeregisterInstance GetInstance ListInstances RegisterInstance }
    namespace { CreateHttpNamespace CreatePrivateDnsNamespace CreatePublicDnsNamespace GetNamespace ListNamespaces }
    namespace_change { DeleteNamespace UpdateHttpNamespace UpdatePrivateDnsNamespace UpdatePublicDnsNamespace }
    operation { GetOperation ListOperations }
    service { CreateService GetService ListServices }
    service_change { DeleteService UpdateService }
    tag { ListTagsForResource TagResource UntagResource }
}

fn invalid(words: impl Into<String>) -> ApiError {
    ApiError::new("InvalidInput", words)
}

/// The tags of `Tags`.
fn read_tags(parameters: &mut Parameters) -> Result<Tags, ApiError> {
    let (tags, differ) = parameters.json_tags("Tags")?;
    if !differ {
        return Err(invalid("The keys of tags must differ."));
    }
    let reserved = tags.0.iter().map(|(key, _)| key).filter(|key| key.starts_with("aws:"));
    if let Some(key) = reserved.min() {
        return Err(invalid(format!("'{key}' cannot be the key of a tag.")));
    }
    if tags.0.len() > 50 {
        return Err(ApiError::new("TooManyTagsException", "A resource has at most 50 tags."));
    }
    Ok(tags)
}

/// A number of seconds or of failures.
fn small<N: TryFrom<u64>>(number: u64) -> Option<N> {
    N::try_from(number).ok()
}

/// A new operation of now.
fn new_operation(
    context: &Context<'_>,
    kind: &str,
    about: Option<(CloudMapServiceId, Option<&Arc<str>>)>,
) -> CloudMapOperation {
    let id = format!("{}{}-{}", random_label(24), random_label(8), random_label(8));
    CloudMapOperation {
        id: id.into(),
        kind: kind.into(),
        at: context.now,
        service: about.map(|(service, _)| service),
        instance: about.and_then(|(_, instance)| instance.cloned()),
        error: None,
    }
}

/// The reply of an action whose work is done in the background.
fn submitted(operation: &CloudMapOperation) -> Fields {
    Fields::new().set("OperationId", &operation.id)
}

/// Whether a namespace is the caller's.
fn is_own(context: &Context<'_>, namespace: &CloudMapNamespace) -> bool {
    *namespace.owner == *context.account && namespace.region == context.region
}

/// The caller's namespaces.
fn own_namespaces<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = &'c Arc<CloudMapNamespace>> {
    let all = context.world().cloud_map_namespaces.values();
    all.filter(|it| it.is_living() && is_own(context, it))
}

/// The caller's services, each with its namespace.
fn own_services<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = (&'c Arc<CloudMapNamespace>, &'c Arc<CloudMapService>)> {
    let all = context.world().cloud_map_services.values();
    all.filter_map(|it| {
        let namespace = context.world().cloud_map_namespaces.get(&it.namespace)?;
        is_own(context, namespace).then_some((namespace, it))
    })
}

/// The caller's namespace with an id or an ARN.
fn own_namespace<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<CloudMapNamespace>, ApiError> {
    let id = text.rsplit('/').next().and_then(|it| it.parse::<CloudMapNamespaceId>().ok());
    let found = id.and_then(|id| context.world().cloud_map_namespaces.get(&id));
    let found = found.filter(|it| it.is_living() && is_own(context, it));
    let found = found.filter(|it| text == it.id.to_string() || text == it.arn());
    found.ok_or_else(|| no_such_namespace(text).into())
}

/// The caller's service with an id or an ARN, and its namespace.
fn own_service<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<(&'c Arc<CloudMapNamespace>, &'c Arc<CloudMapService>), ApiError> {
    let id = text.rsplit('/').next().and_then(|it| it.parse::<CloudMapServiceId>().ok());
    let found = id.and_then(|id| context.world().cloud_map_services.get(&id));
    let found = found.and_then(|it| {
        let namespace = context.world().cloud_map_namespaces.get(&it.namespace)?;
        let is_named = text == it.id.to_string() || text == namespace.service_arn(it.id);
        (is_named && is_own(context, namespace)).then_some((namespace, it))
    });
    found.ok_or_else(|| no_such_service(text).into())
}
