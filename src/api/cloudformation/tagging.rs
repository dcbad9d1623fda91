//! Tags of what stacks make: each service has actions of its own for them, and a resource's id tells the service.

use super::work::{CLASSIC, Work, input};
use crate::{
    api::{error::ApiError, input::Scalar},
    model::{
        stack::Stack,
        tag::{CreateTags, Home},
        world::Tags,
    },
};

/// What stands before the name of a parameter, in place of an id.
pub(super) const STORED_PARAMETER: &str = "ssm-parameter:";

/// How a service names tags in requests.
struct Words<'i> {
    service: &'static str,
    remove: &'static str,
    add: &'static str,
    /// The parameters that name the resource.
    names: Vec<(&'static str, &'i str)>,
    /// What stands before and behind the number of a key to remove.
    gone: (&'static str, &'static str),
    /// Where the tags to add go.
    new: New,
}

/// How tags to add are given, and under which name.
#[derive(Clone, Copy)]
enum New {
    /// Numbered, each with a `Key` and a `Value`.
    List(&'static str),
    /// As a map.
    Map(&'static str),
}

/// The services that tag what an ARN names, with the name of the ARN's parameter.
const BY_ARN: &[(&str, &str, New)] = &[
    ("route53resolver", "ResourceArn", New::List("Tags")),
    ("servicediscovery", "ResourceARN", New::List("Tags")),
    ("route53profiles", "ResourceArn", New::Map("Tags")),
];

/// Whether an id is an ARN of Elastic Load Balancing.
fn is_balancing(id: &str) -> bool {
    id.contains(":elasticloadbalancing:")
}

fn words(id: &str) -> Words<'_> {
    if is_balancing(id) {
        return Words {
            service: "elasticloadbalancing",
            remove: "RemoveTags",
            add: "AddTags",
            names: vec![("ResourceArns.1", id)],
            gone: ("TagKeys", ""),
            new: New::List("Tags"),
        };
    }
    let named = |(service, ..): &&(&str, &str, New)| id.contains(&format!(":{service}:"));
    if let Some((service, arn, new)) = BY_ARN.iter().find(named) {
        return Words {
            service,
            remove: "UntagResource",
            add: "TagResource",
            names: vec![(arn, id)],
            gone: ("TagKeys", ""),
            new: *new,
        };
    }
    if let Some(name) = id.strip_prefix(STORED_PARAMETER) {
        return Words {
            service: "ssm",
            remove: "RemoveTagsFromResource",
            add: "AddTagsToResource",
            names: vec![("ResourceType", "Parameter"), ("ResourceId", name)],
            gone: ("TagKeys", ""),
            new: New::List("Tags"),
        };
    }
    if let Some(name) = id.strip_prefix("loadbalancer/") {
        return Words {
            service: CLASSIC,
            remove: "RemoveTags",
            add: "AddTags",
            names: vec![("LoadBalancerNames.1", name)],
            gone: ("Tags", ".Key"),
            new: New::List("Tags"),
        };
    }
    // Of Route 53, the type stands before the id.
    if let Some((kind, id)) = id.split_once('/') {
        return Words {
            service: "route53",
            remove: "ChangeTagsForResource",
            add: "ChangeTagsForResource",
            names: vec![("ResourceType", kind), ("ResourceId", id)],
            gone: ("RemoveTagKeys", ""),
            new: New::List("AddTags"),
        };
    }
    Words {
        service: "ec2",
        remove: "DeleteTags",
        add: "CreateTags",
        names: vec![("ResourceId.1", id)],
        gone: ("Tag", ".Key"),
        new: New::List("Tag"),
    }
}

/// Removes tags from a resource by their keys, and gives it others.
///
/// # Errors
///
/// The service's own.
pub(super) fn retag(
    work: &mut Work<'_, '_>,
    id: &str,
    gone: &[&str],
    new: &[(String, String)],
) -> Result<(), ApiError> {
    let words = words(id);
    if !gone.is_empty() {
        let mut request = input(&words.names);
        let (before, behind) = words.gone;
        for (index, key) in gone.iter().enumerate() {
            let path = format!("{before}.{}{behind}", index + 1);
            request.put(&path, Scalar::Text((*key).to_owned()));
        }
        work.call(words.service, words.remove, request)?;
    }
    if !new.is_empty() {
        let mut request = input(&words.names);
        for (index, (key, value)) in new.iter().enumerate() {
            match words.new {
                New::Map(name) => {
                    request.put_in_map(name, key, Scalar::Text(value.clone()));
                }
                New::List(name) => {
                    let path = format!("{name}.{}", index + 1);
                    request.put(&format!("{path}.Key"), Scalar::Text(key.clone()));
                    request.put(&format!("{path}.Value"), Scalar::Text(value.clone()));
                }
            }
        }
        work.call(words.service, words.add, request)?;
    }
    Ok(())
}

/// Adds the tags by which a resource of EC2 or of Elastic Load Balancing tells whose it is.
///
/// # Errors
///
/// The refusal of the Change.
pub(super) fn mark_as_own(
    work: &mut Work<'_, '_>,
    stack: &Stack,
    logical: &str,
    id: &str,
) -> Result<(), ApiError> {
    let tag = |name: &str, value: &str| (format!("aws:cloudformation:{name}"), value.to_owned());
    let tags = Tags(vec![
        tag("stack-name", &stack.name),
        tag("logical-id", logical),
        tag("stack-id", &stack.arn()),
    ]);
    match words(id).service {
        "elasticloadbalancing" => work.tag_balancing(id, tags),
        "ec2" => {
            let home = Home { region: stack.region, owner: stack.owner.clone() };
            work.change(CreateTags { home, resources: vec![id.to_owned()], tags })
        }
        _ => Ok(()),
    }
}
