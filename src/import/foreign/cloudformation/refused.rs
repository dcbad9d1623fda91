//! Templates that CloudFormation refuses before it evaluates anything: no resources, a resource without a type, a
//! reference to a name that does not exist, resources that refer to each other in a circle.
//!
//! Conditions make no difference: CloudFormation checks the references of every resource, also of one that is left out.

use std::collections::{HashMap, HashSet};

use super::{intrinsic::is_loop, notebook::Notebook};
use crate::import::text::node::{Key, Kind, Node, Pos, shorten};

/// The most names that one note lists.
const LISTED: usize = 20;

/// Notes why CloudFormation refuses a template as a whole.
pub(super) fn check(root: &Node, notes: &mut Notebook<'_>) {
    let resources = root.get("Resources").map_or(&[][..], Node::entries);
    if resources.is_empty() {
        let message = "Template format error: At least one Resources member must be defined.";
        refuse(root.get("Resources").unwrap_or(root).pos, message, notes);
        return;
    }
    for (key, resource) in resources {
        let made = is_loop(&key.text) || key.text == "Fn::Transform";
        if !made && resource.get("Type").is_none() {
            let message =
                "Template format error: Every Resources object must contain a Type member.";
            refuse(key.pos, message, notes);
        }
    }
    let numbers: HashMap<&str, usize> =
        resources.iter().enumerate().map(|(number, (key, _))| (&*key.text, number)).collect();
    let referred: Vec<Vec<Reference>> =
        resources.iter().map(|(_, resource)| references(resource)).collect();
    if !is_transformed(root) {
        unresolved(root, resources, &referred, notes);
    }
    let uses: Vec<Vec<usize>> = referred
        .iter()
        .map(|found| {
            let mut found: Vec<usize> =
                found.iter().filter_map(|it| numbers.get(&*it.name).copied()).collect();
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect();
    let Some(circle) = circle(&uses) else { return };
    let names: Vec<&str> =
        circle.iter().filter_map(|it| resources.get(*it)).map(|(key, _)| &*key.text).collect();
    if let Some((key, _)) = circle.first().and_then(|it| resources.get(*it)) {
        let message = format!("Circular dependency between resources: [{}]", names.join(", "));
        refuse(key.pos, &message, notes);
    }
}

fn refuse(pos: Pos, message: &str, notes: &mut Notebook<'_>) {
    notes.refused(pos, format!("CloudFormation refuses this template: {message}"));
}

/// Whether the template has a transform, which vpcdns does not run. It may add resources that the template does not
/// show.
fn is_transformed(root: &Node) -> bool {
    let transforms = root.get("Transform").into_iter().flat_map(|it| match &it.kind {
        Kind::Seq(items) => items.as_slice(),
        _ => std::slice::from_ref(it),
    });
    let mut macros = transforms.filter(|it| it.text() != Some("AWS::LanguageExtensions"));
    let sections = ["Resources", "Parameters"].into_iter().filter_map(|it| root.get(it));
    let mut entries = sections.flat_map(Node::entries);
    macros.next().is_some()
        || entries.any(|(key, value)| {
            let kind = value.get("Type").and_then(Node::text).unwrap_or_default();
            is_loop(&key.text) || key.text == "Fn::Transform" || kind.ends_with("::MODULE")
        })
}

/// Notes names that are neither resources nor parameters.
fn unresolved(
    root: &Node,
    resources: &[(Key, Node)],
    referred: &[Vec<Reference>],
    notes: &mut Notebook<'_>,
) {
    let parameters = root.get("Parameters").map_or(&[][..], Node::entries);
    let known: HashSet<&str> = resources.iter().map(|(key, _)| &*key.text).collect();
    let given: HashSet<&str> = parameters.iter().map(|(key, _)| &*key.text).collect();
    let is_known = |it: &Reference| {
        known.contains(&*it.name)
            || it.parameter && (given.contains(&*it.name) || it.name.starts_with("AWS::"))
    };
    let outputs: Vec<Vec<Reference>> = root
        .get("Outputs")
        .map_or(&[][..], Node::entries)
        .iter()
        .map(|(_, output)| {
            let mut found = Vec::new();
            refer_within(vec![output], &mut found, |_| None);
            found
        })
        .collect();
    for (block, found) in [("Resources", referred), ("Outputs", &outputs)] {
        let unknown: Vec<&Reference> = found.iter().flatten().filter(|it| !is_known(it)).collect();
        let Some(first) = unknown.iter().min_by_key(|it| it.pos.offset) else { continue };
        let mut names: Vec<&str> = unknown.iter().map(|it| &*it.name).collect();
        names.sort_unstable();
        names.dedup();
        let more = names.len().saturating_sub(LISTED);
        names.truncate(LISTED);
        let mut listed = names.iter().map(|it| shorten(it)).collect::<Vec<_>>().join(", ");
        if more > 0 {
            listed.push_str(&format!(" and {more} more"));
        }
        let message = format!(
            "Template format error: Unresolved resource dependencies [{listed}] in the {block} block of the template"
        );
        refuse(first.pos, &message, notes);
    }
}

/// A reference to a name.
struct Reference {
    name: String,
    pos: Pos,
    /// Whether the name may be that of a parameter, not only of a resource.
    parameter: bool,
}

/// The names that a resource refers to, of resources and of parameters.
pub(super) fn names_in(resource: &Node) -> Vec<String> {
    references(resource).into_iter().map(|reference| reference.name).collect()
}

/// The names in values whose functions are evaluated. `instead` gives what stands in place of a value.
pub(super) fn names_within<'n>(
    values: Vec<&'n Node>,
    instead: impl FnMut(&'n Node) -> Option<&'n Node>,
) -> Vec<String> {
    let mut found = Vec::new();
    refer_within(values, &mut found, instead);
    found.into_iter().map(|reference| reference.name).collect()
}

/// The parts of a resource whose functions are evaluated.
pub(super) fn parts(resource: &Node) -> Vec<&Node> {
    let parts = ["Properties", "Metadata", "CreationPolicy", "UpdatePolicy"];
    parts.into_iter().filter_map(|part| resource.get(part)).collect()
}

/// The references in a resource's parts (`Ref`, `Fn::GetAtt`, `Fn::Sub`) and in its `DependsOn`.
fn references(resource: &Node) -> Vec<Reference> {
    let mut found = Vec::new();
    refer_within(parts(resource), &mut found, |_| None);
    let depends = resource.get("DependsOn");
    let depends = depends.into_iter().flat_map(|it| it.items().iter().chain([it]));
    found.extend(depends.filter_map(|it| {
        Some(Reference { name: it.text()?.to_owned(), pos: it.pos, parameter: false })
    }));
    found
}

/// Adds the references inside values.
fn refer_within<'n>(
    mut left: Vec<&'n Node>,
    found: &mut Vec<Reference>,
    mut instead: impl FnMut(&'n Node) -> Option<&'n Node>,
) {
    while let Some(node) = left.pop() {
        if let Some(other) = instead(node) {
            left.push(other);
            continue;
        }
        if let Some(tag) = &node.tag {
            refer(tag.trim_start_matches('!'), node, found);
        }
        match &node.kind {
            Kind::Map(entries) => {
                if let [(key, value)] = entries.as_slice() {
                    refer(key.text.trim_start_matches("Fn::"), value, found);
                }
                left.extend(entries.iter().map(|(_, value)| value));
            }
            Kind::Seq(items) => left.extend(items),
            Kind::Null | Kind::Scalar(_) => {}
        }
    }
}

/// Adds the references of one intrinsic function.
fn refer(function: &str, value: &Node, found: &mut Vec<Reference>) {
    let text = value.items().first().unwrap_or(value).text();
    let Some(text) = text.filter(|text| !text.is_empty()) else { return };
    let resource = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    let pos = value.pos;
    match function {
        "Ref" if value.text().is_some() => {
            found.push(Reference { name: text.to_owned(), pos, parameter: true });
        }
        "GetAtt" => found.push(Reference { name: resource(text), pos, parameter: false }),
        "Sub" => {
            let own = value.items().get(1).map_or(&[][..], Node::entries);
            let names = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
            let names = names.filter(|name| !name.starts_with('!'));
            let names = names.filter(|name| !own.iter().any(|(key, _)| key.text == *name));
            found.extend(names.map(|name| {
                let parameter = !name.contains('.');
                Reference { name: resource(name.trim()), pos, parameter }
            }));
        }
        _ => {}
    }
}

/// Resources that depend on each other in a circle, in their order; `None` if there are none. Removes resources that no
/// remaining one depends on, or that depend on no remaining one, until nothing changes.
fn circle(uses: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut left: Vec<bool> = vec![true; uses.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); uses.len()];
    for (user, used) in uses.iter().enumerate() {
        for used in used {
            users.get_mut(*used)?.push(user);
        }
    }
    for (from, to) in [(uses, users.as_slice()), (users.as_slice(), uses)] {
        let mut counts: Vec<usize> =
            from.iter().map(|it| it.iter().filter(|it| left[**it]).count()).collect();
        let mut free: Vec<usize> =
            (0..from.len()).filter(|it| left[*it] && counts[*it] == 0).collect();
        while let Some(one) = free.pop() {
            left[one] = false;
            for other in &to[one] {
                counts[*other] = counts[*other].saturating_sub(1);
                if left[*other] && counts[*other] == 0 {
                    free.push(*other);
                }
            }
        }
    }
    let circle: Vec<usize> = (0..uses.len()).filter(|it| left[*it]).collect();
    (!circle.is_empty()).then_some(circle)
}
