//! Tags of Profiles and of their associations with VPCs, which are told by their ARNs.

use super::{arn, association, check_tags, own};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        profile_change::{TagProfile, not_found},
        tag_edit::TagEdit,
        world::Tags,
    },
};

/// The tags of the caller's resource with an ARN, and the Change that edits them.
fn tagged(
    context: &Context<'_>,
    text: &str,
    edit: TagEdit,
) -> Result<(Tags, TagProfile), ApiError> {
    let id_of = |kind: &str| text.strip_prefix(&arn(context, kind, ""));
    if let Some(id) = id_of("profile") {
        let profile = own(context, id)?;
        let change = TagProfile { profile: profile.id, vpc: None, edit };
        return Ok((profile.tags.clone(), change));
    }
    let Some(id) = id_of("profile-association") else { return Err(not_found(text).into()) };
    let (profile, it) = association::find(context, id)?;
    let change = TagProfile { profile: profile.id, vpc: Some(it.vpc), edit };
    Ok((it.tags.clone(), change))
}

fn no_edit() -> TagEdit {
    TagEdit { remove: Vec::new(), add: Vec::new(), too_many: "ValidationException" }
}

fn read_arn(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResourceArn", 1..=255)
}

/// `TagResource`.
pub(in crate::api) struct TagResource(String, Tags);

impl Operation for TagResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = read_arn(parameters)?;
        let tags = Tags(parameters.map("Tags")?);
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        for (key, value) in &tags.0 {
            if key.chars().count() > 128 || key.is_empty() || value.chars().count() > 256 {
                return Err(parameters.invalid(format!(
                    "The key '{key}' of a tag must have 1 to 128 letters, and its value at most 256."
                )));
            }
        }
        check_tags(&tags, true)?;
        Ok(Self(arn, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, change) = tagged(context, &self.0, TagEdit { add: self.1.0, ..no_edit() })?;
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

/// `UntagResource`.
pub(in crate::api) struct UntagResource(String, Vec<String>);

impl Operation for UntagResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_arn(parameters)?, parameters.required_list("TagKeys", 0..=200)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, change) = tagged(context, &self.0, TagEdit { remove: self.1, ..no_edit() })?;
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(String);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_arn(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (tags, _) = tagged(context, &self.0, no_edit())?;
        Ok(Fields::new().map("Tags", tags.0))
    }
}
