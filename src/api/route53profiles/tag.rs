//! Tags of Profiles and of their associations with VPCs, which are told by their ARNs.

use super::{arn, association, check_tags, own};
use crate::{
    api::{
        arn_tags::{self, ArnTags, read_arn, tags_of},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        change::Change,
        profile_change::{TagProfile, not_found},
        tag_edit::TagEdit,
        world::Tags,
    },
};

/// This service's resources.
pub(in crate::api) struct Here;

/// `TagResource`.
pub(in crate::api) type TagResource = arn_tags::TagResource<Here>;

/// `UntagResource`.
pub(in crate::api) type UntagResource = arn_tags::UntagResource<Here>;

impl ArnTags for Here {
    const ARN: &'static str = "ResourceArn";

    const LONGEST: usize = 255;

    const TOO_MANY: &'static str = "ValidationException";

    fn read(parameters: &mut Parameters) -> Result<Tags, ApiError> {
        let tags = Tags(parameters.map("Tags")?);
        for (key, value) in &tags.0 {
            if key.chars().count() > 128 || key.is_empty() || value.chars().count() > 256 {
                return Err(parameters.invalid(format!(
                    "The key '{key}' of a tag must have 1 to 128 letters, and its value at most 256."
                )));
            }
        }
        check_tags(&tags, true)?;
        Ok(tags)
    }

    fn find(context: &Context<'_>, text: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError> {
        let id_of = |kind: &str| text.strip_prefix(&arn(context, kind, ""));
        if let Some(id) = id_of("profile") {
            let profile = own(context, id)?;
            let change = TagProfile { profile: profile.id, vpc: None, edit };
            return Ok((profile.tags.clone(), change.into()));
        }
        let Some(id) = id_of("profile-association") else { return Err(not_found(text).into()) };
        let (profile, it) = association::find(context, id)?;
        let change = TagProfile { profile: profile.id, vpc: Some(it.vpc), edit };
        Ok((it.tags.clone(), change.into()))
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(String);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_arn::<Here>(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Fields::new().map("Tags", tags_of::<Here>(context, &self.0)?.0))
    }
}
