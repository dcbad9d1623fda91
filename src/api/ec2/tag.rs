//! Tags of every kind of resource that EC2 has.

use super::{Operation, vpc};
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::{Parameters, check_tags},
        resource_id::unknown,
        shape::Fields,
    },
    hash::stable_hash,
    model::{
        tag::{self, Home, Tagged},
        world::Tags,
    },
};

fn resources(parameters: &mut Parameters) -> Result<Vec<String>, ApiError> {
    let resources = parameters.list("ResourceId")?;
    if resources.is_empty() { Err(ApiError::missing("resourceIdSet")) } else { Ok(resources) }
}

/// Makes a change of tags; an id that nothing has is refused in the words of its kind.
fn commit(
    context: &Context<'_>,
    change: crate::model::change::Change,
    home: &Home,
    resources: &[String],
) -> Result<Fields, ApiError> {
    context.commit(&[change]).map_err(|error| {
        if error.code != "InvalidID" {
            return error;
        }
        let known = |id: &str| tag::all(context.world(), home).any(|tagged| tagged.id == id);
        let ids: Vec<_> = resources.iter().map(String::as_str).filter(|id| !known(id)).collect();
        if ids.is_empty() { error } else { unknown(&ids) }
    })?;
    Ok(Fields::done())
}

/// `CreateTags`.
pub(super) struct CreateTags {
    resources: Vec<String>,
    tags: Tags,
}

impl Operation for CreateTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (resources, tags) = (resources(parameters)?, parameters.tags("Tag")?);
        if tags.0.is_empty() {
            return Err(ApiError::missing("tagSet"));
        }
        check_tags(&tags)?;
        Ok(Self { resources, tags })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let home = vpc::home(context);
        let resources = self.resources.clone();
        let change =
            tag::CreateTags { home: home.clone(), resources: self.resources, tags: self.tags };
        commit(context, change.into(), &home, &resources)
    }
}

/// `DeleteTags`.
pub(super) struct DeleteTags {
    resources: Vec<String>,
    tags: Vec<(String, Option<String>)>,
}

impl Operation for DeleteTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            resources: resources(parameters)?,
            tags: parameters
                .structures("Tag", |tag| Ok((tag.required("Key")?, tag.text("Value")?)))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let home = vpc::home(context);
        let resources = self.resources.clone();
        let change =
            tag::DeleteTags { home: home.clone(), resources: self.resources, tags: self.tags };
        commit(context, change.into(), &home, &resources)
    }
}

/// `DescribeTags`.
pub(super) type DescribeTags = Listing<AllTags>;

/// Every tag of the caller's.
pub(super) struct AllTags;

/// A tag, alone so that filters by tags look at it, and what has it.
pub(super) struct OneTag {
    tag: Tags,
    id: String,
    kind: &'static str,
}

impl OneTag {
    fn key(&self) -> &str {
        self.tag.0.first().map_or("", |(key, _)| key)
    }

    fn value(&self) -> &str {
        self.tag.0.first().map_or("", |(_, value)| value)
    }
}

impl Describe for AllTags {
    type Item<'c> = OneTag;

    const LIST: &'static str = "tagSet";

    const FILTERS: Filters<Self> = &[
        ("key", |it, _| texts([it.key()])),
        ("resource-id", |it, _| texts([&it.id])),
        ("resource-type", |it, _| texts([it.kind])),
        ("value", |it, _| texts([it.value()])),
    ];

    fn read(_parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn items(&self, context: &Context<'_>) -> Result<Vec<OneTag>, ApiError> {
        let mut found = Vec::new();
        for Tagged { id, kind, tags } in tag::all(context.world(), &vpc::home(context)) {
            for tag in tags.iter().flat_map(|tags| &tags.0) {
                found.push(OneTag { tag: Tags(vec![tag.clone()]), id: id.clone(), kind });
            }
        }
        Ok(found)
    }

    /// A tag's key may be longer than a page's token.
    fn key(it: &OneTag) -> String {
        format!("{}/{:032x}", it.id, stable_hash(it.key()))
    }

    fn tags(it: &OneTag) -> Option<&Tags> {
        Some(&it.tag)
    }

    fn fields(_: &Context<'_>, it: OneTag) -> Fields {
        Fields::new()
            .set("key", it.key())
            .set("resourceId", &it.id)
            .set("resourceType", it.kind)
            .set("value", it.value())
    }
}
