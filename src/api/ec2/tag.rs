//! Tags of every kind of resource that EC2 has.

use super::{Operation, vpc};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        page::Page,
        parameter::{Parameters, check_tags},
        resource_id::unknown,
        shape::Fields,
    },
    model::{
        id::stable_hash,
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
pub(super) struct DescribeTags {
    page: Page,
}

impl Operation for DescribeTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&["key", "resource-id", "resource-type", "value"])?;
        let home = vpc::home(context);
        let mut shown = Vec::new();
        for Tagged { id, kind, tags } in tag::all(context.world(), &home) {
            for tag in tags.iter().flat_map(|tags| &tags.0) {
                let (key, value) = tag;
                let passes = self.page.passes(&Tags(vec![tag.clone()]), |name| {
                    vec![match name {
                        "key" => key.clone(),
                        "resource-id" => id.clone(),
                        "resource-type" => kind.to_owned(),
                        _ => value.clone(),
                    }]
                });
                if passes {
                    let fields = Fields::new()
                        .set("key", key)
                        .set("resourceId", &id)
                        .set("resourceType", kind)
                        .set("value", value);
                    // A key may be longer than a page's token.
                    shown.push((format!("{id}/{:032x}", stable_hash(key)), fields));
                }
            }
        }
        Ok(self.page.reply("tagSet", shown))
    }
}
