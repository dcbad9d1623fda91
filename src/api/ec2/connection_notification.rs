//! Notifications about the connections of endpoints and endpoint services.

use std::sync::Arc;

use super::{Operation, endpoint::each};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        connection_notification::{self as model, ConnectionNotification, NotificationAbout},
        id::{ConnectionNotificationId, EndpointId, EndpointServiceId},
    },
};

/// The events that there are.
const EVENTS: &[&str] = &["Accept", "Connect", "Delete", "Reject"];

/// Reads `ConnectionEvents`.
fn events(parameters: &mut Parameters) -> Result<Vec<Arc<str>>, ApiError> {
    let events = parameters.list("ConnectionEvents")?;
    match events.iter().find(|it| !EVENTS.contains(&it.as_str())) {
        Some(odd) => Err(ApiError::value(format!(
            "Value ({odd}) for parameter ConnectionEvents is invalid. Valid values: {}",
            EVENTS.join(", ")
        ))),
        None => Ok(events.into_iter().map(Arc::from).collect()),
    }
}

/// Refuses what is not the ARN of a topic.
fn check_topic(topic: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = topic.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "sns", _, _, name] if !name.is_empty() => Ok(()),
        _ => Err(ApiError::value(format!(
            "Value ({topic}) for parameter ConnectionNotificationArn is invalid. It must be the ARN of an SNS topic."
        ))),
    }
}

fn service(it: &ConnectionNotification) -> Option<EndpointServiceId> {
    match it.about {
        NotificationAbout::Service(id) => Some(id),
        NotificationAbout::Endpoint(_) => None,
    }
}

fn endpoint(it: &ConnectionNotification) -> Option<EndpointId> {
    match it.about {
        NotificationAbout::Endpoint(id) => Some(id),
        NotificationAbout::Service(_) => None,
    }
}

fn fields(it: &ConnectionNotification) -> Fields {
    Fields::new()
        .set("connectionNotificationId", it.id)
        .maybe("serviceId", service(it))
        .maybe("vpcEndpointId", endpoint(it))
        .set("connectionNotificationType", "Topic")
        .set("connectionNotificationArn", &it.topic)
        .texts("connectionEvents", &it.events)
        .set("connectionNotificationState", "Enabled")
}

/// `CreateVpcEndpointConnectionNotification`.
pub(super) struct CreateVpcEndpointConnectionNotification {
    service: Option<EndpointServiceId>,
    endpoint: Option<EndpointId>,
    topic: String,
    events: Vec<Arc<str>>,
}

impl Operation for CreateVpcEndpointConnectionNotification {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let service = parameters.id("ServiceId")?;
        let endpoint = parameters.id("VpcEndpointId")?;
        let topic = parameters.required("ConnectionNotificationArn")?;
        check_topic(&topic)?;
        let events = events(parameters)?;
        if events.is_empty() {
            return Err(parameters.missing("ConnectionEvents"));
        }
        Ok(Self { service, endpoint, topic, events })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let about = match (self.service, self.endpoint) {
            (Some(id), None) => NotificationAbout::Service(context.own(id)?.id),
            (None, Some(id)) => NotificationAbout::Endpoint(context.own(id)?.id),
            _ => {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "Exactly one of ServiceId and VpcEndpointId must be specified",
                ));
            }
        };
        let id = ConnectionNotificationId::from_seed(seed());
        let notification = ConnectionNotification {
            id,
            region: context.region,
            owner: context.account.as_str().into(),
            about,
            topic: self.topic.into(),
            events: self.events,
        };
        let change = model::CreateVpcEndpointConnectionNotification { notification }.into();
        let action = "CreateVpcEndpointConnectionNotification";
        let (id, after) = context.create(action, &id.to_string(), vec![change])?;
        let id = ConnectionNotificationId::read(&id)?;
        let made = after.world.connection_notifications.get(&id).ok_or_else(|| id.not_found())?;
        Ok(Fields::new()
            .maybe("clientToken", context.client_token.as_ref())
            .fields("connectionNotification", fields(made)))
    }
}

/// `ModifyVpcEndpointConnectionNotification`.
pub(super) struct ModifyVpcEndpointConnectionNotification {
    id: ConnectionNotificationId,
    topic: Option<String>,
    events: Vec<Arc<str>>,
}

impl Operation for ModifyVpcEndpointConnectionNotification {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let id = parameters.required_id("ConnectionNotificationId")?;
        let topic = parameters.text("ConnectionNotificationArn")?;
        topic.as_deref().map_or(Ok(()), check_topic)?;
        Ok(Self { id, topic, events: events(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let change = model::ModifyVpcEndpointConnectionNotification {
            notification: context.own(self.id)?.id,
            topic: self.topic.map(Arc::from),
            events: Some(self.events).filter(|it| !it.is_empty()),
        };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DeleteVpcEndpointConnectionNotifications`.
pub(super) struct DeleteVpcEndpointConnectionNotifications(Vec<ConnectionNotificationId>);

impl Operation for DeleteVpcEndpointConnectionNotifications {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let ids: Vec<_> = parameters.ids("ConnectionNotificationId")?;
        if ids.is_empty() {
            return Err(parameters.missing("ConnectionNotificationId"));
        }
        Ok(Self(ids))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        each(context, &self.0, |id| {
            let notification = context.own(id)?.id;
            Ok(model::DeleteVpcEndpointConnectionNotification { notification }.into())
        })
    }
}

/// `DescribeVpcEndpointConnectionNotifications`.
pub(super) type DescribeVpcEndpointConnectionNotifications = Listing<ConnectionNotifications>;

/// The notifications, or the one with this id.
pub(super) struct ConnectionNotifications(Option<ConnectionNotificationId>);

impl Describe for ConnectionNotifications {
    type Item<'c> = &'c Arc<ConnectionNotification>;

    const LIST: &'static str = "connectionNotificationSet";

    const FILTERS: Filters<Self> = &[
        ("connection-notification-arn", |it, _| texts([&it.topic])),
        ("connection-notification-id", |it, _| texts([it.id])),
        ("connection-notification-state", |_, _| texts(["Enabled"])),
        ("connection-notification-type", |_, _| texts(["Topic"])),
        ("service-id", |it, _| texts(service(it))),
        ("vpc-endpoint-id", |it, _| texts(endpoint(it))),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.id("ConnectionNotificationId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let wanted: Vec<_> = self.0.into_iter().collect();
        context.check_known(&wanted)?;
        Ok(context.all_own(&wanted, context.world().connection_notifications.keys()))
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(it)
    }
}
