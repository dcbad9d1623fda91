//! Tags of namespaces and services, which are told by their ARNs.

use super::{own_namespace, own_service, read_tags};
use crate::{
    api::{
        arn_tags::{self, ArnTags, read_arn, tags_of},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, tag_list},
    },
    model::{
        change::Change,
        cloud_map_change::{TagCloudMapNamespace, TagCloudMapService},
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
    const ARN: &'static str = "ResourceARN";

    const LONGEST: usize = 1_011;

    const TOO_MANY: &'static str = "TooManyTagsException";

    fn read(parameters: &mut Parameters) -> Result<Tags, ApiError> {
        read_tags(parameters)
    }

    fn find(context: &Context<'_>, arn: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError> {
        let is_arn = arn.starts_with("arn:");
        if let Ok(it) = own_namespace(context, arn)
            && is_arn
        {
            return Ok((it.tags.clone(), TagCloudMapNamespace { id: it.id, edit }.into()));
        }
        if let Ok((_, it)) = own_service(context, arn)
            && is_arn
        {
            return Ok((it.tags.clone(), TagCloudMapService { id: it.id, edit }.into()));
        }
        let words = format!("The resource {arn} does not exist.");
        Err(ApiError::new("ResourceNotFoundException", words))
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(String);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_arn::<Here>(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let tags = tags_of::<Here>(context, &self.0)?;
        Ok(Fields::new().list("Tags", tag_list(&tags)))
    }
}
