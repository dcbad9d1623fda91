//! Tags of namespaces and services, which are told by their ARNs.

use super::{own_namespace, own_service, read_tags};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        change::Change,
        cloud_map_change::{TagCloudMapNamespace, TagCloudMapService},
        tag_edit::TagEdit,
        world::Tags,
    },
};

/// The tags of the caller's resource with an ARN, and the Change that edits them.
fn tagged(context: &Context<'_>, arn: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError> {
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

fn no_edit() -> TagEdit {
    TagEdit { remove: Vec::new(), add: Vec::new(), too_many: "TooManyTagsException" }
}

fn read_arn(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResourceARN", 1..=1_011)
}

/// `TagResource`.
pub(in crate::api) struct TagResource(String, Tags);

impl Operation for TagResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = read_arn(parameters)?;
        let tags = read_tags(parameters)?;
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(arn, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, change) = tagged(context, &self.0, TagEdit { add: self.1.0, ..no_edit() })?;
        context.commit(&[change])?;
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
        context.commit(&[change])?;
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
        let shown =
            tags.0.iter().map(|(key, value)| Fields::new().set("Key", key).set("Value", value));
        Ok(Fields::new().list("Tags", shown))
    }
}
