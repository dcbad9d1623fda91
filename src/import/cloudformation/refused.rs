//! Templates that CloudFormation refuses whole: those whose resources wait for each other.
//!
//! Reads references only, and nothing of what they give. Conditions do not count: CloudFormation looks at every
//! resource of a template before it evaluates any.

use std::collections::HashMap;

use super::{
    super::node::{Kind, Node},
    notebook::Notebook,
};

/// Notes a template whose resources form a circle.
pub(super) fn check(root: &Node, notes: &mut Notebook<'_>) {
    let resources = root.get("Resources").map_or(&[][..], Node::entries);
    let numbers: HashMap<&str, usize> =
        resources.iter().enumerate().map(|(number, (key, _))| (&*key.text, number)).collect();
    let uses: Vec<Vec<usize>> = resources
        .iter()
        .map(|(_, resource)| {
            let mut found = referred(resource);
            let depends = resource.get("DependsOn");
            let depends = depends.into_iter().flat_map(|it| it.items().iter().chain([it]));
            found.extend(depends.filter_map(|it| it.text().map(str::to_owned)));
            let mut found: Vec<usize> =
                found.iter().filter_map(|name| numbers.get(&**name).copied()).collect();
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect();
    let Some(circle) = circle(&uses) else { return };
    let names: Vec<&str> =
        circle.iter().filter_map(|it| resources.get(*it)).map(|(key, _)| &*key.text).collect();
    if let Some((key, _)) = circle.first().and_then(|it| resources.get(*it)) {
        let message = format!(
            "CloudFormation refuses this template: Circular dependency between resources: [{}]",
            names.join(", ")
        );
        notes.refused(key.pos, message);
    }
}

/// The names that a resource's properties refer to by `Ref`, `Fn::GetAtt` and `Fn::Sub`.
fn referred(resource: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let mut left: Vec<&Node> = ["Properties", "Metadata", "CreationPolicy", "UpdatePolicy"]
        .into_iter()
        .filter_map(|part| resource.get(part))
        .collect();
    while let Some(node) = left.pop() {
        if let Some(tag) = &node.tag {
            refer(tag.trim_start_matches('!'), node, &mut found);
        }
        match &node.kind {
            Kind::Map(entries) => {
                if let [(key, value)] = entries.as_slice() {
                    refer(key.text.trim_start_matches("Fn::"), value, &mut found);
                }
                left.extend(entries.iter().map(|(_, value)| value));
            }
            Kind::Seq(items) => left.extend(items),
            Kind::Null | Kind::Scalar(_) => {}
        }
    }
    found
}

/// The names that a call of an intrinsic function refers to.
fn refer(function: &str, value: &Node, found: &mut Vec<String>) {
    let text = value.items().first().unwrap_or(value).text().unwrap_or_default();
    let resource = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    match function {
        "Ref" => found.push(text.to_owned()),
        "GetAtt" => found.push(resource(text)),
        "Sub" => {
            let own = value.items().get(1).map_or(&[][..], Node::entries);
            let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
            let names = names.filter(|name| !own.iter().any(|(key, _)| key.text == *name));
            found.extend(names.map(|name| resource(name.trim())));
        }
        _ => {}
    }
}

/// Resources that wait for each other, in their order; `None` if there are none. What depends on nothing that is left is
/// taken away until nothing changes, from both ends.
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
