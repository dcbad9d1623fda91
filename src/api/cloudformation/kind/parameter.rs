//! Parameters of Systems Manager.

use super::{Created, Fresh, Kind, own, physical, same, text_of};
use crate::{
    api::{
        cloudformation::{
            tagging::{STORED_PARAMETER, retag},
            work::{Work, input},
        },
        error::ApiError,
        input::Scalar,
    },
    model::stack::StackResource,
};

/// The service's name in a signature.
const SERVICE: &str = "ssm";

/// The types.
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::SSM::Parameter",
    made_by: (SERVICE, &["PutParameter", "DeleteParameter"]),
    tag: None,
    properties: &[
        own("Name"),
        same("Type").needed().mutable(),
        same("Value").needed().mutable(),
        same("Description").mutable(),
        same("AllowedPattern").mutable(),
        same("DataType").mutable(),
        same("Policies").mutable(),
        same("Tier").mutable(),
        own("Tags"),
    ],
    create: |work, fresh| {
        let name = fresh.text("Name").unwrap_or_else(|| format!("CFN-{}", fresh.made_name()));
        put(work, fresh, &name, false)?;
        let tags = fresh.all_tags();
        let tagged = format!("{STORED_PARAMETER}{name}");
        retag(work, &tagged, &[], &tags)?;
        Ok(Created::untagged(name)
            .with("Type", fresh.text("Type"))
            .with("Value", fresh.text("Value"))
            .tagged(&tagged))
    },
    update: |work, held, fresh| {
        let name = physical(held);
        // A type is not changed; such a parameter is made anew.
        let is_other = text_of(&held.properties, "Type") != fresh.text("Type");
        if is_other {
            delete(work, held)?;
        }
        put(work, fresh, name, !is_other)?;
        if is_other {
            let tags = fresh.all_tags();
            let tagged = format!("{STORED_PARAMETER}{name}");
            retag(work, &tagged, &[], &tags)?;
        }
        work.set_attribute("Type", fresh.text("Type"));
        work.set_attribute("Value", fresh.text("Value"));
        Ok(())
    },
    delete,
}];

fn put(
    work: &mut Work<'_, '_>,
    fresh: &Fresh<'_>,
    name: &str,
    overwrite: bool,
) -> Result<(), ApiError> {
    if fresh.text("Type").is_some_and(|kind| !["String", "StringList"].contains(&kind.as_str())) {
        let words = "A stack makes parameters of the types String and StringList only.";
        return Err(ApiError::new("ValidationException", words));
    }
    let mut request = fresh.input();
    request.put("Name", Scalar::Text(name.to_owned()));
    request.put("Overwrite", Scalar::Boolean(overwrite));
    work.call(SERVICE, "PutParameter", request).map(drop)
}

fn delete(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    work.call(SERVICE, "DeleteParameter", input(&[("Name", physical(held))])).map(drop)
}
