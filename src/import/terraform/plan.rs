//! What a plan does not tell yet, such as the id of a VPC that is to be made: the configuration's references tell it.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use super::{
    super::{
        foreign::{Notes, Remark, value},
        node::{Key, Kind, Node, Pos},
    },
    Raw, kinds, tables,
};
use crate::catalog;

/// How far references through variables and outputs are followed.
const DEPTH: usize = 16;

/// How many references and values of one plan are followed.
const STEPS: usize = 200_000;

/// Attributes that are lists.
const LISTS: &[&str] = &[
    "subnet_ids",
    "subnets",
    "route_table_ids",
    "security_group_ids",
    "network_load_balancer_arns",
    "records",
    "instances",
];

/// A planned resource.
struct One {
    index: String,
    address: String,
    values: Node,
}

/// The planned resources, by address.
struct Planned<'c> {
    /// Each by its address without the index.
    by_address: HashMap<String, Vec<One>>,
    /// The ids of the VPCs of each module.
    vpcs: HashMap<String, Vec<String>>,
    root: &'c Node,
    /// How many references may still be followed.
    steps: Cell<usize>,
}

/// The region that the configuration of the provider writes out.
pub(super) fn region_of(root: &Node) -> Option<&'static str> {
    let providers = root.get("configuration")?.get("provider_config")?.entries().iter();
    let aws = providers.filter(|(key, _)| key.text == "aws" || key.text.starts_with("aws."));
    let constant = |provider: &Node| {
        let region = provider.get("expressions")?.get("region")?.get("constant_value")?.text()?;
        catalog::region(region).map(|region| region.name)
    };
    aws.map(|(_, provider)| provider).find_map(constant)
}

/// Adds what was known of a resource that is changed in place and is not told of it afterwards, such as its names.
pub(super) fn before(root: &Node, found: &mut [Raw<'_>]) {
    let changes = root.get("resource_changes").map_or(&[][..], Node::items).iter();
    let kept: HashMap<&str, &Node> = changes
        .filter_map(|resource| {
            let change = resource.get("change")?;
            let actions: Vec<&str> =
                change.get("actions")?.items().iter().filter_map(Node::text).collect();
            let in_place = matches!(actions.as_slice(), ["update" | "no-op"]);
            in_place.then_some((resource.get("address")?.text()?, change.get("before")?))
        })
        .collect();
    for raw in found.iter_mut() {
        let Some(before) = kept.get(raw.address.as_str()) else { continue };
        let Kind::Map(entries) = &mut raw.values.kind else { continue };
        for (key, value) in before.entries() {
            if !entries.iter().any(|(known, _)| known.text == key.text) {
                entries.push((key.clone(), value.clone()));
            }
        }
    }
}

/// Adds the values that references of the configuration tell.
pub(super) fn fill(configuration: &Node, region: &str, found: &mut [Raw<'_>], notes: &mut Notes) {
    let Some(root) = configuration.get("root_module") else { return };
    let mut planned =
        Planned { by_address: HashMap::new(), vpcs: HashMap::new(), root, steps: Cell::new(STEPS) };
    for raw in found.iter() {
        let (plain, index) = without_last_index(&raw.address);
        if tables::usual(raw.kind) == "aws_vpc" {
            let (module, _) = split(&raw.address);
            planned.vpcs.entry(module).or_default().push(kinds::id_of(raw));
        }
        let entry = planned.by_address.entry(plain).or_default();
        entry.push(One { index, address: raw.address.clone(), values: with_id(raw, region) });
    }
    let mut modules = HashMap::new();
    for raw in found.iter_mut() {
        let (module, local) = split(&raw.address);
        let (plain, index) = without_last_index(&local);
        let configured =
            modules.entry(module.clone()).or_insert_with(|| planned.expressions(&module));
        let Some(expressions) = configured.get(plain.as_str()) else { continue };
        let scope = Scope { planned: &planned, module: &module, index: &index };
        merge(&mut raw.values, expressions, &scope);
        if expressions.get("vpc_id").is_some()
            && raw.values.get("vpc_id").is_none()
            && let Some(vpc) = planned.only_vpc(&module)
            && let Kind::Map(entries) = &mut raw.values.kind
        {
            let message = format!(
                "vpc_id of {}: the plan does not tell it; the only VPC there is is taken",
                raw.address
            );
            notes.add(raw.pos, Remark::Inferred, message);
            entries.retain(|(known, _)| known.text != "vpc_id");
            let key = Key { text: "vpc_id".to_owned(), pos: raw.pos };
            entries.push((key, value::text(raw.pos, vpc)));
        }
    }
    if planned.steps.get() == 0 {
        let message =
            format!("the plan has more than {STEPS} references; the rest are not followed");
        notes.add(configuration.pos, Remark::Skipped, message);
    }
}

/// Its values, with the id that others refer to it by and the name that AWS will give it.
fn with_id(raw: &Raw<'_>, region: &str) -> Node {
    let mut values = raw.values.clone();
    let id = kinds::id_of(raw);
    let dns_name = kinds::dns_name(raw, region);
    if let Kind::Map(entries) = &mut values.kind {
        for key in ["id", "arn", "zone_id", "allocation_id"] {
            let set = |node: &Node| node.text().is_some_and(|text| !text.is_empty());
            if !entries.iter().any(|(known, node)| known.text == key && set(node)) {
                entries.retain(|(known, _)| known.text != key);
                let key = Key { text: key.to_owned(), pos: raw.pos };
                entries.push((key, value::text(raw.pos, id.clone())));
            }
        }
        if let Some(name) = dns_name {
            let key = Key { text: "dns_name".to_owned(), pos: raw.pos };
            entries.push((key, value::text(raw.pos, name)));
        }
    }
    values
}

/// An address's module, `module.a.module.b` with indexes, and the rest.
fn split(address: &str) -> (String, String) {
    let parts = parts(address);
    let mut modules = 0;
    while parts.get(modules).is_some_and(|part| part == "module") {
        modules += 2;
    }
    let join = |parts: &[String]| parts.join(".");
    (join(parts.get(..modules).unwrap_or_default()), join(parts.get(modules..).unwrap_or_default()))
}

/// The parts of an address between dots outside of brackets.
fn parts(address: &str) -> Vec<String> {
    let (mut parts, mut part, mut quoted, mut inside) = (Vec::new(), String::new(), false, false);
    for letter in address.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            '.' if !quoted && !inside => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    parts
}

/// An address without the index at its end, and that index.
fn without_last_index(address: &str) -> (String, String) {
    match address.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((plain, index)) => (plain.to_owned(), index.to_owned()),
        None => (address.to_owned(), String::new()),
    }
}

/// Where a reference is looked up.
#[derive(Clone, Copy)]
struct Scope<'s> {
    planned: &'s Planned<'s>,
    module: &'s str,
    /// The index of the resource that refers.
    index: &'s str,
}

impl<'c> Planned<'c> {
    /// The only VPC of a module, else the only one of the plan.
    fn only_vpc(&self, module: &str) -> Option<String> {
        let own = self.vpcs.get(module).map_or(&[][..], Vec::as_slice);
        let mut all = self.vpcs.values().flatten();
        match (own, all.next(), all.next()) {
            ([one], ..) | ([], Some(one), None) => Some(one.clone()),
            _ => None,
        }
    }

    /// The expressions of a module's resources, by their address in it.
    fn expressions(&self, module: &str) -> HashMap<&'c str, &'c Node> {
        let resources = self.module(module).and_then(|config| config.get("resources"));
        let resources = resources.map_or(&[][..], Node::items).iter();
        resources
            .filter_map(|it| Some((it.get("address")?.text()?, it.get("expressions")?)))
            .collect()
    }

    /// Counts a reference or a value; false if there were too many.
    fn step(&self) -> bool {
        let left = self.steps.get().checked_sub(1);
        self.steps.set(left.unwrap_or_default());
        left.is_some()
    }

    /// The configuration of a module.
    fn module(&self, path: &str) -> Option<&'c Node> {
        let mut config = self.root;
        let parts = parts(path);
        for name in parts.iter().filter(|part| !part.is_empty() && *part != "module") {
            let (name, _) = without_last_index(name);
            config = config.get("module_calls")?.get(&name)?.get("module")?;
        }
        Some(config)
    }
}

/// Adds what expressions tell and the values do not.
fn merge(values: &mut Node, expressions: &Node, scope: &Scope<'_>) {
    let pos = values.pos;
    let Kind::Map(entries) = &mut values.kind else { return };
    for (key, expression) in expressions.entries() {
        let known = entries.iter().position(|(known, _)| known.text == key.text);
        if let Some(references) = expression.get("references") {
            let is_known = known.and_then(|known| entries.get(known)).is_some_and(|(_, node)| {
                !matches!(&node.kind, Kind::Null)
                    && !matches!(&node.kind, Kind::Seq(items) if items.is_empty())
                    && node.text() != Some("")
            });
            if is_known {
                continue;
            }
            let wanted = Wanted { key: &key.text, each: false, pos };
            let found = scope.values(references, wanted, DEPTH);
            let is_list = LISTS.contains(&key.text.as_str());
            let node = if is_list && !found.is_empty() {
                Some(value::list(pos, found))
            } else {
                found.into_iter().next()
            };
            if let Some(node) = node {
                entries.retain(|(known, _)| known.text != key.text);
                entries.push((Key { text: key.text.clone(), pos }, node));
            }
        } else if let Kind::Seq(blocks) = &expression.kind {
            let Some((_, node)) = known.and_then(|known| entries.get_mut(known)) else { continue };
            let Kind::Seq(items) = &mut node.kind else { continue };
            for (item, block) in items.iter_mut().zip(blocks) {
                merge(item, block, scope);
            }
        }
    }
}

/// What a reference is wanted for.
#[derive(Clone, Copy)]
struct Wanted<'k> {
    /// The attribute that takes the value.
    key: &'k str,
    /// Whether the resource refers to the one with its own index.
    each: bool,
    pos: Pos,
}

impl Scope<'_> {
    /// The values that references stand for.
    fn values(&self, references: &Node, wanted: Wanted<'_>, depth: usize) -> Vec<Node> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let Some(depth) = depth.checked_sub(1) else { return found };
        let all: Vec<&str> = references.items().iter().filter_map(Node::text).collect();
        let each = all.iter().any(|it| *it == "count.index" || it.starts_with("each."));
        let wanted = Wanted { each: wanted.each || each, ..wanted };
        // Terraform lists what a reference begins with after it.
        let mut longer = HashSet::new();
        for reference in &all {
            let ends = reference.char_indices().filter(|(_, it)| matches!(it, '.' | '['));
            longer.extend(ends.filter_map(|(end, _)| reference.get(..end)));
        }
        for reference in all.iter().filter(|reference| !longer.contains(*reference)) {
            for node in self.value(reference, wanted, depth) {
                if !self.planned.step() {
                    return found;
                }
                if node.text().is_none_or(|text| seen.insert(text.to_owned())) {
                    found.push(node);
                }
            }
        }
        found
    }

    fn value(&self, reference: &str, wanted: Wanted<'_>, depth: usize) -> Vec<Node> {
        if !self.planned.step() {
            return Vec::new();
        }
        let parts = parts(reference);
        let part = |place: usize| parts.get(place).map_or("", String::as_str);
        match part(0) {
            "var" => {
                let Some((parent, call)) = self.call() else { return Vec::new() };
                let expressions = call.get("expressions");
                let (name, _) = without_last_index(part(1));
                let argument = expressions.and_then(|it| it.get(&name));
                let Some(references) = argument.and_then(|it| it.get("references")) else {
                    return Vec::new();
                };
                let scope = Scope { module: &parent, ..*self };
                scope.values(references, wanted, depth)
            }
            "module" if parts.len() > 2 => {
                let prefix = if self.module.is_empty() { "" } else { "." };
                let inner = format!("{}{prefix}module.{}", self.module, part(1));
                let Some(config) = self.planned.module(&inner) else { return Vec::new() };
                let (name, _) = without_last_index(part(2));
                let output = config.get("outputs").and_then(|it| it.get(&name));
                let expression = output.and_then(|it| it.get("expression"));
                let Some(references) = expression.and_then(|it| it.get("references")) else {
                    return Vec::new();
                };
                let scope = Scope { module: &inner, ..*self };
                scope.values(references, wanted, depth)
            }
            "data" if parts.len() > 3 => {
                let address = format!("data.{}.{}", part(1), part(2));
                self.attribute(&address, part(3), wanted)
            }
            "each" | "count" | "local" | "path" | "terraform" | "self" | "data" | "module" => {
                Vec::new()
            }
            _ if parts.len() > 1 => {
                let attribute =
                    if parts.len() > 2 { part(2) } else { usual_attribute(part(0), wanted.key) };
                self.attribute(&format!("{}.{}", part(0), part(1)), attribute, wanted)
            }
            _ => Vec::new(),
        }
    }

    /// The module that calls this one, and the call.
    fn call(&self) -> Option<(String, &Node)> {
        let parts = parts(self.module);
        let name = parts.last().filter(|name| !name.is_empty())?;
        let parent = parts.get(..parts.len().checked_sub(2)?)?.join(".");
        let (name, _) = without_last_index(name);
        let config = self.planned.module(&parent)?;
        Some((parent, config.get("module_calls")?.get(&name)?))
    }

    /// An attribute of a resource: of the instance that is named, else of the one with our index where that is meant, else
    /// of all.
    fn attribute(&self, local: &str, attribute: &str, wanted: Wanted<'_>) -> Vec<Node> {
        let (plain, index) = without_last_index(local);
        let prefix = if self.module.is_empty() { "" } else { "." };
        let address = format!("{}{prefix}{plain}", self.module);
        let (attribute, _) = without_last_index(attribute);
        let Some(all) = self.planned.by_address.get(&address) else { return Vec::new() };
        let one = |index: &str| all.iter().find(|it| it.index == index);
        let named = one(&index).filter(|_| !index.is_empty());
        let own = || one(self.index).filter(|_| wanted.each);
        let chosen = match named.or_else(own) {
            Some(one) => vec![one],
            None => all.iter().collect(),
        };
        let value = |one: &One| {
            let told = one.values.get(&attribute).filter(|node| node.text() != Some(""));
            let node = told.cloned().unwrap_or_else(|| {
                let ours = match attribute.as_str() {
                    "private_ip" => "PrivateIp",
                    "public_ip" => "PublicIp",
                    other => other,
                };
                value::unknown(wanted.pos, format!("{}.{ours}", one.address))
            });
            Node { pos: wanted.pos, ..node }
        };
        chosen.into_iter().map(value).collect()
    }
}

/// What `aws_subnet.app[*].id`, of which a plan tells `aws_subnet.app`, most likely is of a resource.
fn usual_attribute(kind: &str, key: &str) -> &'static str {
    match (key, tables::usual(kind)) {
        ("records", "aws_instance" | "aws_network_interface") => "private_ip",
        ("records", "aws_eip") => "public_ip",
        ("records" | "name", "aws_lb" | "aws_elb") => "dns_name",
        _ => "id",
    }
}
