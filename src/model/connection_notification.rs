//! Notifications about the connections of endpoints and endpoint services: kept and shown. Nothing is sent, and no answer
//! depends on one.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{ConnectionNotificationId, EndpointId, EndpointServiceId, RegionName},
    id_words::IdWords,
    refusal::Refusal,
    world::World,
};

/// A notification about connections.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConnectionNotification {
    /// Its id.
    pub id: ConnectionNotificationId,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that made it.
    pub owner: Arc<str>,
    /// The service or the endpoint that it is about.
    pub about: NotificationAbout,
    /// The ARN of the topic.
    pub topic: Arc<str>,
    /// The events, in AWS's words.
    pub events: Vec<Arc<str>>,
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NotificationAbout {
    /// An endpoint service.
    Service(EndpointServiceId),
    /// An endpoint.
    Endpoint(EndpointId),
}

/// `CreateVpcEndpointConnectionNotification`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateVpcEndpointConnectionNotification {
    /// The notification.
    pub notification: ConnectionNotification,
}

/// `ModifyVpcEndpointConnectionNotification`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyVpcEndpointConnectionNotification {
    /// The notification.
    pub notification: ConnectionNotificationId,
    /// Its topic from now on, if that changes.
    pub topic: Option<Arc<str>>,
    /// Its events from now on, if they change.
    pub events: Option<Vec<Arc<str>>>,
}

/// `DeleteVpcEndpointConnectionNotifications`, for one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteVpcEndpointConnectionNotification {
    /// The notification.
    pub notification: ConnectionNotificationId,
}

impl CreateVpcEndpointConnectionNotification {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let made = &self.notification;
        match made.about {
            NotificationAbout::Service(id) => world.endpoint_service(id).map(|_| ())?,
            NotificationAbout::Endpoint(id) => world.endpoint(id).map(|_| ())?,
        }
        duplicate(&world.connection_notifications, &made.id)?;
        world.connection_notifications.insert(made.id, Arc::new(made.clone()));
        Ok(Touched::nothing())
    }
}

impl ModifyVpcEndpointConnectionNotification {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let id = self.notification;
        let old = world.connection_notifications.get(&id).ok_or_else(|| id.missing("A60"))?;
        let mut new = ConnectionNotification::clone(old);
        if let Some(topic) = &self.topic {
            new.topic = Arc::clone(topic);
        }
        if let Some(events) = &self.events {
            new.events.clone_from(events);
        }
        world.connection_notifications.insert(id, Arc::new(new));
        Ok(Touched::nothing())
    }
}

impl DeleteVpcEndpointConnectionNotification {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        match world.connection_notifications.remove(&self.notification) {
            Some(_) => Ok(Touched::nothing()),
            None => Err(self.notification.missing("A60")),
        }
    }
}

impl World {
    /// Removes the notifications about something that is removed.
    pub(super) fn remove_notifications(&mut self, about: NotificationAbout) {
        let all = self.connection_notifications.values();
        let gone: Vec<_> = all.filter(|it| it.about == about).map(|it| it.id).collect();
        for id in gone {
            self.connection_notifications.remove(&id);
        }
    }
}
