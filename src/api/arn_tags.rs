//! Tags of resources that are told by their ARNs: what the services with `TagResource` and `UntagResource` have in common.
//!
//! Which resources a service has, what it refuses and how it lists tags is in the service's own `tag.rs`.

use std::marker::PhantomData;

use super::{
    context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
};
use crate::model::{change::Change, tag_edit::TagEdit, world::Tags};

/// A service whose resources have tags by their ARNs.
pub(super) trait ArnTags: 'static {
    /// The name of the parameter that has the ARN.
    const ARN: &'static str;

    /// The longest ARN, in letters.
    const LONGEST: usize;

    /// The service's code for too many tags.
    const TOO_MANY: &'static str;

    /// Takes `Tags`.
    ///
    /// # Errors
    ///
    /// The service's refusal of tags that no resource may have.
    fn read(parameters: &mut Parameters) -> Result<Tags, ApiError>;

    /// Refuses an edit that the service does not make, whatever the resource is.
    ///
    /// # Errors
    ///
    /// The service's refusal.
    fn check(_edit: &TagEdit) -> Result<(), ApiError> {
        Ok(())
    }

    /// The tags of the caller's resource with an ARN, and the Change that edits them.
    ///
    /// # Errors
    ///
    /// The service's refusal of an ARN that names nothing of the caller's.
    fn find(context: &Context<'_>, arn: &str, edit: TagEdit) -> Result<(Tags, Change), ApiError>;
}

/// Takes the ARN.
///
/// # Errors
///
/// As the protocol refuses a parameter that is missing or too long.
pub(super) fn read_arn<S: ArnTags>(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited(S::ARN, 1..=S::LONGEST)
}

/// The tags of the caller's resource with an ARN.
///
/// # Errors
///
/// As [`ArnTags::find`].
pub(super) fn tags_of<S: ArnTags>(context: &Context<'_>, arn: &str) -> Result<Tags, ApiError> {
    let nothing = TagEdit { remove: Vec::new(), add: Vec::new(), too_many: S::TOO_MANY };
    S::find(context, arn, nothing).map(|(tags, _)| tags)
}

fn edit<S: ArnTags>(
    context: &Context<'_>,
    arn: &str,
    remove: Vec<String>,
    add: Vec<(String, String)>,
) -> Result<Fields, ApiError> {
    let edit = TagEdit { remove, add, too_many: S::TOO_MANY };
    S::check(&edit)?;
    let (_, change) = S::find(context, arn, edit)?;
    context.commit(&[change])?;
    Ok(Fields::new())
}

/// `TagResource`.
pub(super) struct TagResource<S>(String, Tags, PhantomData<S>);

impl<S: ArnTags> Operation for TagResource<S> {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = read_arn::<S>(parameters)?;
        let tags = S::read(parameters)?;
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(arn, tags, PhantomData))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit::<S>(context, &self.0, Vec::new(), self.1.0)
    }
}

/// `UntagResource`.
pub(super) struct UntagResource<S>(String, Vec<String>, PhantomData<S>);

impl<S: ArnTags> Operation for UntagResource<S> {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = read_arn::<S>(parameters)?;
        Ok(Self(arn, parameters.required_list("TagKeys", 0..=200)?, PhantomData))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit::<S>(context, &self.0, self.1, Vec::new())
    }
}
