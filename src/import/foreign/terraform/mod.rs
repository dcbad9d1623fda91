//! Reads Terraform state (version 4) and the output of `terraform show -json` for a state or a plan, as resources.
//!
//! Knows where Terraform writes resources and what its provider calls their attributes. In a plan, ids do not exist
//! yet: `plan.rs` follows the references of the configuration instead. `common` knows what the resources mean for a
//! World.

mod join;
mod kinds;
mod plan;
mod tables;
mod trace;
mod unread;

pub(super) use join::join;
#[cfg(test)]
pub(super) use tables::TABLES;

use super::common::{Notes, Remark, Resource};
use crate::import::{
    Defaults,
    text::node::{Node, Pos},
};

/// The deepest nesting of modules that is read.
const DEPTH: usize = 32;

/// A resource as Terraform writes it.
struct Raw<'n> {
    /// Its address, with module and index: `module.net.aws_subnet.app[0]`.
    address: String,
    kind: &'n str,
    /// Whether it is a data source.
    data: bool,
    pos: Pos,
    values: Node,
}

/// Reads the resources, and the region that the file names. [`join`] merges partial resources later.
pub(super) fn resources(
    root: &Node,
    defaults: &Defaults,
    notes: &mut Notes,
) -> (Vec<Resource>, Option<&'static str>) {
    let mut found = Vec::new();
    let region = |found: &[Raw<'_>]| {
        found.iter().find_map(kinds::region_of).or_else(|| plan::region_of(root))
    };
    if let Some(values) = root.get("planned_values") {
        modules(values, &mut found);
        if let Some(values) = root.get("prior_state").and_then(|state| state.get("values")) {
            let mut prior = Vec::new();
            modules(values, &mut prior);
            found.extend(prior.into_iter().filter(|raw| raw.data));
        }
        if root.get("configuration").is_some() {
            let region = region(&found).unwrap_or(defaults.region);
            plan::before(root, &mut found);
            plan::fill(root, region, &mut found, notes);
        }
    } else if let Some(values) = root.get("values") {
        modules(values, &mut found);
    } else {
        state(root, &mut found, notes);
    }
    if found.is_empty() {
        empty(root, notes);
    }
    // Managed resources come first: they have more properties than a data source for the same thing.
    found.sort_by_key(|raw| raw.data);
    let region = region(&found);
    let mut resources = Vec::new();
    for raw in &found {
        kinds::take(raw, region.unwrap_or(defaults.region), &mut resources);
    }
    unread::tell(&found, notes);
    (resources, region)
}

/// Notes that a file has no resources, and what to give instead.
fn empty(root: &Node, notes: &mut Notes) {
    let message = if root.get("planned_values").is_some() {
        "the plan has no resources"
    } else if root.get("version").is_none() && root.get("values").is_none() {
        "Terraform had no state to show: run `terraform show -json` after `terraform init` in the folder and the workspace of the \
         configuration, or with the plan's file"
    } else if root.get("version").and_then(Node::text).is_none_or(|version| version == "4") {
        "the state holds no resources: nothing was applied in its workspace, or everything was destroyed"
    } else {
        return;
    };
    notes.add(root.pos, Remark::Skipped, message);
}

/// The resources of a state file.
fn state<'n>(root: &'n Node, found: &mut Vec<Raw<'n>>, notes: &mut Notes) {
    // This is `.terraform/terraform.tfstate`.
    if let Some(backend) = root.get("backend").filter(|_| root.get("resources").is_none()) {
        let kind = backend.get("type").and_then(Node::text).unwrap_or("remote");
        let message = format!(
            "it is not a state: it names the backend ({kind}) that has the state; give the output of `terraform state \
             pull`"
        );
        notes.add(root.pos, Remark::Skipped, message);
        return;
    }
    let version = root.get("version").and_then(Node::text);
    if version.is_some_and(|version| version != "4") {
        let message = format!(
            "state of version {}: vpcdns reads only version 4 (Terraform 0.12 and newer); give the output of \
             `terraform show -json` instead",
            version.unwrap_or_default()
        );
        notes.add(root.pos, Remark::Skipped, message);
        return;
    }
    for resource in root.get("resources").map_or(&[][..], Node::items) {
        let text = |key: &str| resource.get(key).and_then(Node::text);
        let (Some(kind), Some(name)) = (text("type"), text("name")) else { continue };
        let data = text("mode") == Some("data");
        let module = text("module").map_or_else(String::new, |module| format!("{module}."));
        let data_prefix = if data { "data." } else { "" };
        for instance in resource.get("instances").map_or(&[][..], Node::items) {
            let Some(attributes) = instance.get("attributes") else { continue };
            let index = instance.get("index_key").map_or_else(String::new, index);
            found.push(Raw {
                address: format!("{module}{data_prefix}{kind}.{name}{index}"),
                kind,
                data,
                pos: instance.pos,
                values: attributes.clone(),
            });
        }
    }
}

/// An index as Terraform writes it in an address.
fn index(node: &Node) -> String {
    let text = node.text().unwrap_or_default();
    if node.quoted { format!("[{text:?}]") } else { format!("[{text}]") }
}

/// The resources of `values` or `planned_values`, with those of modules.
fn modules<'n>(values: &'n Node, found: &mut Vec<Raw<'n>>) {
    let mut left: Vec<(&Node, usize)> =
        values.get("root_module").map(|module| (module, 0)).into_iter().collect();
    while let Some((module, depth)) = left.pop() {
        for resource in module.get("resources").map_or(&[][..], Node::items) {
            let text = |key: &str| resource.get(key).and_then(Node::text);
            let (Some(kind), Some(address)) = (text("type"), text("address")) else { continue };
            let Some(values) = resource.get("values") else { continue };
            found.push(Raw {
                address: address.to_owned(),
                kind,
                data: text("mode") == Some("data"),
                pos: resource.pos,
                values: values.clone(),
            });
        }
        if depth < DEPTH {
            let children = module.get("child_modules").map_or(&[][..], Node::items);
            // The stack gives its last entry first.
            left.extend(children.iter().rev().map(|child| (child, depth + 1)));
        }
    }
}

#[cfg(test)]
mod tests;
