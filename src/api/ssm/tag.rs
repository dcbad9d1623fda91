//! Tags of parameters. Other resources of Systems Manager are not built.

use std::sync::Arc;

use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, tag_list},
    },
    model::{
        stored_parameter::{StoredParameter, TagParameter},
        tag_edit::TagEdit,
        world::Tags,
    },
};

/// What has tags at AWS.
const KINDS: &[&str] = &[
    "Document",
    "ManagedInstance",
    "MaintenanceWindow",
    "Parameter",
    "PatchBaseline",
    "OpsItem",
    "OpsMetadata",
    "Automation",
    "Association",
    "CloudConnector",
];

/// What a request names.
struct Named {
    kind: String,
    id: String,
}

impl Named {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let kind = parameters.one_of("ResourceType", KINDS)?;
        let kind = kind.ok_or_else(|| parameters.missing("ResourceType"))?;
        Ok(Self { kind, id: parameters.required_limited("ResourceId", 1..=2_048)? })
    }

    fn find<'c>(&self, context: &'c Context<'_>) -> Result<&'c Arc<StoredParameter>, ApiError> {
        let found = (self.kind == "Parameter")
            .then(|| context.world().parameter_named(&context.account, context.region, &self.id));
        found.flatten().ok_or_else(|| {
            let message = "The resource ID is not valid. Verify that you entered the correct ID and try again.";
            ApiError::new("InvalidResourceId", message)
        })
    }

    fn edit(
        &self,
        context: &Context<'_>,
        remove: Vec<String>,
        add: Vec<(String, String)>,
    ) -> Result<Fields, ApiError> {
        let parameter = self.find(context)?.id;
        let edit = TagEdit { remove, add, too_many: "TooManyTagsError" };
        context.commit(&[TagParameter { parameter, edit }.into()])?;
        Ok(Fields::new())
    }
}

/// `AddTagsToResource`.
pub(in crate::api) struct AddTagsToResource(Named, Tags);

impl Operation for AddTagsToResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let named = Named::read(parameters)?;
        let (tags, _) = parameters.json_tags("Tags")?;
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(named, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.edit(context, Vec::new(), self.1.0)
    }
}

/// `RemoveTagsFromResource`.
pub(in crate::api) struct RemoveTagsFromResource(Named, Vec<String>);

impl Operation for RemoveTagsFromResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(Named::read(parameters)?, parameters.required_list("TagKeys", 0..=1_000)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.edit(context, self.1, Vec::new())
    }
}

/// `ListTagsForResource`.
pub(in crate::api) struct ListTagsForResource(Named);

impl Operation for ListTagsForResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Named::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Fields::new().list("TagList", tag_list(&self.0.find(context)?.tags)))
    }
}
