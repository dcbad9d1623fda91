//! Customers' prefix lists.

use serde_json::{Value, json};

use super::{Created, Fresh, Kind, as_parameter, at, items_of, lacking, physical, same, text_of};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::Input,
    },
    model::{id::PrefixListId, stack::StackResource},
};

/// The types.
pub(super) const KINDS: &[Kind] = &[Kind {
    name: "AWS::EC2::PrefixList",
    made_by: (
        "ec2",
        &["CreateManagedPrefixList", "ModifyManagedPrefixList", "DeleteManagedPrefixList"],
    ),
    tag: Some("prefix-list"),
    properties: &[
        same("PrefixListName").needed().mutable(),
        same("AddressFamily").needed(),
        same("MaxEntries").mutable(),
        as_parameter("Entries", "Entry").mutable(),
    ],
    create: |work, fresh| {
        let mut request = fresh.input();
        if !fresh.properties.contains_key("MaxEntries") {
            put(&mut request, "MaxEntries", &json!(fresh.items("Entries").len().max(1)));
        }
        let reply = work.ec2("CreateManagedPrefixList", request)?;
        let it = |name: &str| at(&reply, &format!("prefixList.{name}"));
        Ok(Created::new(it("prefixListId"))
            .with("PrefixListId", it("prefixListId"))
            .with("Arn", it("prefixListArn"))
            .with("OwnerId", it("ownerId"))
            .with("Version", it("version")))
    },
    update,
    delete,
}];

/// Deletes a list. A deletion that was begun may still fail.
fn delete(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    let id = physical(held);
    work.ec2("DeleteManagedPrefixList", input(&[("PrefixListId", id)]))?;
    let is_there = |id: PrefixListId| work.world().prefix_lists.contains_key(&id);
    if id.parse().is_ok_and(is_there) {
        let message = format!("The prefix list '{id}' has dependencies and cannot be deleted.");
        return Err(ApiError::new("DependencyViolation", message));
    }
    Ok(())
}

/// Changes a list. AWS takes another size and other entries in two requests: room comes before the entries.
fn update(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
) -> Result<(), ApiError> {
    let id = physical(held);
    let most = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok());
    let (old_most, new_most) =
        (most(text_of(&held.properties, "MaxEntries")), most(fresh.text("MaxEntries")));
    let resize = |work: &mut Work<'_, '_>| {
        let mut request = input(&[("PrefixListId", id)]);
        put(&mut request, "MaxEntries", &json!(new_most));
        work.ec2("ModifyManagedPrefixList", request)
    };
    if new_most > old_most {
        resize(work)?;
    }
    let mut request = input(&[("PrefixListId", id)]);
    if held.properties.get("PrefixListName") != fresh.properties.get("PrefixListName") {
        put(&mut request, "PrefixListName", &json!(fresh.text("PrefixListName")));
    }
    let (old, new) = (items_of(&held.properties, "Entries"), fresh.items("Entries"));
    put(&mut request, "AddEntry", &Value::Array(lacking(new, old)));
    let cidr = |entry: &Value| entry.get("Cidr").cloned();
    let gone = old.iter().filter(|entry| !new.iter().any(|it| cidr(it) == cidr(entry)));
    for (index, entry) in gone.enumerate() {
        let path = format!("RemoveEntry.{}.Cidr", index + 1);
        put(&mut request, &path, entry.get("Cidr").unwrap_or(&Value::Null));
    }
    if request != input(&[("PrefixListId", id)]) {
        let version = version(work, id)?;
        if old != new {
            put(&mut request, "CurrentVersion", &Value::String(version));
        }
        work.ec2("ModifyManagedPrefixList", request)?;
    }
    if new_most < old_most && new_most.is_some() {
        resize(work)?;
    }
    let version = version(work, id)?;
    work.set_attribute("Version", version);
    Ok(())
}

/// The version of a list.
fn version(work: &mut Work<'_, '_>, id: &str) -> Result<String, ApiError> {
    let request: Input = input(&[("PrefixListId.1", id)]);
    let reply = work.ec2("DescribeManagedPrefixLists", request)?;
    Ok(at(&reply, "prefixListSet.version"))
}
