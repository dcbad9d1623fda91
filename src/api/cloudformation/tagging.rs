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
    /// What stands before the number of a tag to add.
    new: &'static str,
}

/// The service that takes tags as a map.
const PROFILES: &str = "route53profiles";

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
            new: "Tags",
        };
    }
    if id.contains(":route53resolver:") {
        return Words {
            service: "route53resolver",
            remove: "UntagResource",
            add: "TagResource",
            names: vec![("ResourceArn", id)],
            gone: ("TagKeys", ""),
            new: "Tags",
        };
    }
    if let Some(name) = id.strip_prefix(STORED_PARAMETER) {
        return Words {
            service: "ssm",
            remove: "RemoveTagsFromResource",
            add: "AddTagsToResource",
            names: vec![("ResourceType", "Parameter"), ("ResourceId", name)],
            gone: ("TagKeys", ""),
            new: "Tags",
        };
    }
    if id.contains(":servicediscovery:") {
        return Words {
            service: "servicediscovery",
            remove: "UntagResource",
            add: "TagResource",
            names: vec![("ResourceARN", id)],
            gone: ("TagKeys", ""),
            new: "Tags",
        };
    }
    if id.contains(":route53profiles:") {
        return Words {
            service: PROFILES,
            remove: "UntagResource",
            add: "TagResource",
            names: vec![("ResourceArn", id)],
            gone: ("TagKeys", ""),
            new: "Tags",
        };
    }
    if let Some(name) = id.strip_prefix("loadbalancer/") {
        return Words {
            service: CLASSIC,
            remove: "RemoveTags",
            add: "AddTags",
            names: vec![("LoadBalancerNames.1", name)],
            gone: ("Tags", ".Key"),
            new: "Tags",
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
            new: "AddTags",
        };
    }
    Words {
        service: "ec2",
        remove: "DeleteTags",
        add: "CreateTags",
        names: vec![("ResourceId.1", id)],
        gone: ("Tag", ".Key"),
        new: "Tag",
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
            let path = format!("{}.{}", words.new, index + 1);
            if words.service == PROFILES {
                request.put_in_map(words.new, key, Scalar::Text(value.clone()));
                continue;
            }
            request.put(&format!("{path}.Key"), Scalar::Text(key.clone()));
            request.put(&format!("{path}.Value"), Scalar::Text(value.clone()));
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
