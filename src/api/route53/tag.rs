//! Tags of hosted zones and health checks.

use super::{no_such_zone, own_zone};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, tag_list},
    },
    model::{
        change::Change,
        health_check::{TagHealthCheck, no_such_check},
        hosted_zone::TagHostedZone,
        id::HealthCheckId,
        tag_edit::TagEdit,
        world::Tags,
    },
};

/// The most resources of one request.
const MOST: usize = 10;

/// A kind of resource that has tags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    HealthCheck,
    HostedZone,
}

impl Kind {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let text = parameters.required("ResourceType")?;
        match text.as_str() {
            "healthcheck" => Ok(Self::HealthCheck),
            "hostedzone" => Ok(Self::HostedZone),
            _ => Err(parameters.invalid(format!(
                "Value '{text}' at 'resourceType' failed to satisfy constraint: Member must satisfy enum value set: \
                 [healthcheck, hostedzone]"
            ))),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::HealthCheck => "healthcheck",
            Self::HostedZone => "hostedzone",
        }
    }

    /// The tags of the caller's resource.
    fn tags<'c>(self, context: &'c Context<'_>, id: &str) -> Result<&'c Tags, ApiError> {
        match self {
            Self::HostedZone => own_zone(context, id).map(|zone| &zone.details.tags),
            Self::HealthCheck => {
                let id_read = id.parse::<HealthCheckId>().ok();
                let check = id_read.and_then(|id| context.world().health_checks.get(&id));
                let own = check.filter(|check| *check.owner == *context.account);
                own.map(|check| &check.tags).ok_or_else(|| no_such_check(id).into())
            }
        }
    }

    /// `ResourceTagSet`.
    fn tag_set(self, context: &Context<'_>, id: &str) -> Result<Fields, ApiError> {
        let tags = self.tags(context, id)?;
        Ok(Fields::new()
            .set("ResourceType", self.text())
            .set("ResourceId", id)
            .list("Tags", tag_list(tags)))
    }
}

/// `ChangeTagsForResource`.
pub(in crate::api) struct ChangeTagsForResource {
    kind: Kind,
    id: String,
    add: Vec<(String, String)>,
    remove: Vec<String>,
}

impl Operation for ChangeTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let kind = Kind::read(parameters)?;
        let id = parameters.required_limited("ResourceId", 0..=64)?;
        let add = parameters.structures("AddTags", |tag| {
            let key = tag.limited("Key", 0..=128)?.unwrap_or_default();
            Ok((key, tag.limited("Value", 0..=256)?.unwrap_or_default()))
        })?;
        let remove = parameters.list("RemoveTagKeys")?;
        if add.is_empty() && remove.is_empty() {
            return Err(
                parameters.invalid("The request must add or remove at least one tag.".to_owned())
            );
        }
        if let Some((key, _)) =
            add.iter().find(|(key, _)| key.is_empty() || key.starts_with("aws:"))
        {
            return Err(parameters.invalid(format!("'{key}' cannot be the key of a tag.")));
        }
        Ok(Self { kind, id, add, remove })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.kind.tags(context, &self.id)?;
        let edit = TagEdit { remove: self.remove, add: self.add, too_many: "InvalidInput" };
        let change: Change = match self.kind {
            Kind::HostedZone => {
                let zone = self.id.parse().map_err(|_| no_such_zone(&self.id))?;
                TagHostedZone { zone, edit }.into()
            }
            Kind::HealthCheck => {
                let id = self.id.parse().map_err(|_| ApiError::from(no_such_check(&self.id)))?;
                TagHealthCheck { id, edit }.into()
            }
        };
        context.commit(&[change])?;
        Ok(Fields::new())
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(Kind, String);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(Kind::read(parameters)?, parameters.required_limited("ResourceId", 0..=64)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Fields::new().fields("ResourceTagSet", self.0.tag_set(context, &self.1)?))
    }
}

/// `ListTagsForResources`.
pub(in crate::api) struct ListTagsForResources(Kind, Vec<String>);

impl Operation for ListTagsForResources {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(Kind::read(parameters)?, parameters.required_list("ResourceIds", 1..=MOST)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let sets: Result<Vec<_>, _> = self.1.iter().map(|id| self.0.tag_set(context, id)).collect();
        Ok(Fields::new().list("ResourceTagSets", sets?))
    }
}
