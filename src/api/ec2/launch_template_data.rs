//! The parameters that a launch template keeps: read from a request, shown in a reply, and put under those of a launch.
//!
//! They are kept by their names in a request; `launch_template_names.rs` has their names in a reply.

use std::collections::{BTreeMap, HashSet};

use super::launch_template_names::NAMES;
use crate::api::{
    error::ApiError,
    parameter::Parameters,
    shape::{Fields, Value},
};

/// The most parameters of a version.
const MOST: usize = 1_000;

/// The parameters, by their names.
pub(super) type Data = Vec<(String, String)>;

/// A name with `N` in place of each number.
pub(super) fn numbered(name: &str) -> String {
    let part = |part: &str| if is_number(part) { "N".to_owned() } else { part.to_owned() };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit())
}

/// The name at the first level.
fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// The place in the table, and the name in a reply, of a name with `N` in it.
fn known(name: &str) -> Option<(usize, &'static str)> {
    let at = NAMES.iter().position(|(known, _)| *known == name)?;
    NAMES.get(at).map(|(_, shown)| (at, *shown))
}

/// `LaunchTemplateData`.
pub(super) fn read(parameters: &mut Parameters) -> Result<Data, ApiError> {
    let data = parameters.below("LaunchTemplateData");
    let is_known = |name: &str| {
        let name = numbered(name);
        known(name.strip_suffix(".N").unwrap_or(&name)).is_some()
    };
    if let Some((name, _)) = data.iter().find(|(name, _)| !is_known(name)) {
        let message = format!("The parameter LaunchTemplateData.{name} is not recognized");
        return Err(ApiError::new("UnknownParameter", message));
    }
    if data.len() > MOST {
        return Err(ApiError::value(format!("A launch template has at most {MOST} parameters.")));
    }
    Ok(data)
}

/// The parameters of a version over those of its source: a name at the first level takes the place of the whole one.
pub(super) fn over(new: Data, source: &[(String, String)]) -> Data {
    let given: HashSet<String> = new.iter().map(|(name, _)| top(name).to_owned()).collect();
    let kept = source.iter().filter(|(name, _)| !given.contains(top(name))).cloned();
    kept.chain(new).collect()
}

/// The parameters as `RunInstances` names them.
pub(super) fn of_launch(data: &[(String, String)]) -> Data {
    // `InstanceRequirements` is for fleets. `RamDiskId` is spelled in two ways.
    let usable = data.iter().filter(|(name, _)| top(name) != "InstanceRequirements");
    let renamed = usable.map(|(name, value)| match name.as_str() {
        "RamDiskId" => ("RamdiskId".to_owned(), value.clone()),
        _ => (name.clone(), value.clone()),
    });
    renamed.collect()
}

/// A value, or the members below a name.
#[derive(Default)]
struct Tree {
    value: Option<String>,
    members: BTreeMap<String, Tree>,
}

/// The parameters as a reply shows them.
pub(super) fn shown(data: &[(String, String)]) -> Fields {
    let mut tree = Tree::default();
    for (name, value) in data {
        let mut node = &mut tree;
        // Only known names are kept, so they are short.
        for part in name.split('.') {
            node = node.members.entry(part.to_owned()).or_default();
        }
        node.value = Some(value.clone());
    }
    fields(&tree, "")
}

fn fields(tree: &Tree, path: &str) -> Fields {
    let named = tree.members.iter().filter_map(|(name, member)| {
        let path = format!("{path}{name}");
        let (at, name) = known(&path)?;
        Some((at, name, path, member))
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by_key(|(at, ..)| *at);
    let mut shown = Fields::new();
    for (_, name, path, member) in named {
        if let Some(value) = &member.value {
            shown = shown.set(name, value);
        } else if member.members.keys().all(|key| is_number(key)) {
            let number = |key: &str| key.parse::<u64>().unwrap_or(u64::MAX);
            let mut items: Vec<_> = member.members.iter().collect();
            items.sort_by_key(|(key, _)| number(key));
            let texts: Option<Vec<&String>> =
                items.iter().map(|(_, item)| item.value.as_ref()).collect();
            shown = match texts {
                // The items of this list alone have a name of their own.
                Some(texts) if name == "groupSet" => {
                    let group = |text: &String| ("groupId", Value::Text(text.clone()));
                    shown.fields(name, Fields(texts.into_iter().map(group).collect()))
                }
                Some(texts) => shown.texts(name, texts),
                None => {
                    let path = format!("{path}.N.");
                    shown.list(name, items.into_iter().map(|(_, item)| fields(item, &path)))
                }
            };
        } else {
            shown = shown.fields(name, fields(member, &format!("{path}.")));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(pairs: &[(&str, &str)]) -> Data {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn lists_are_shown_in_the_order_of_their_numbers_and_odd_names_in_their_own_way() {
        let data = data(&[
            ("SecurityGroupId.10", "sg-2"),
            ("SecurityGroupId.9", "sg-1"),
            ("NetworkInterface.1.SecurityGroupId.1", "sg-3"),
            ("Monitoring.Enabled", "true"),
        ]);
        let shown = shown(&data);
        assert_eq!(shown.at("securityGroupIdSet"), ["sg-1", "sg-2"]);
        assert_eq!(shown.at("networkInterfaceSet.groupSet.groupId"), ["sg-3"]);
        assert_eq!(shown.at("monitoring.enabled"), ["true"]);
    }

    #[test]
    fn what_a_version_names_takes_the_place_of_the_whole_of_its_source() {
        let source = data(&[("Placement.Tenancy", "host"), ("ImageId", "ami-1"), ("KeyName", "k")]);
        let new = data(&[("Placement.GroupName", "g"), ("ImageId", "ami-2")]);
        let all = over(new, &source);
        let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(all, [("KeyName", "k"), ("Placement.GroupName", "g"), ("ImageId", "ami-2")]);
    }
}
