//! What a plan does not tell yet, such as the id of a VPC that is to be made: the configuration's references tell it.

use std::{cell::Cell, collections::HashMap};

use super::{
    super::{
        foreign::value,
        node::{Key, Kind, Node, Pos},
    },
    Raw, kinds,
};

/// How far references through variables and outputs are followed.
const DEPTH: usize = 16;

/// How many references of one plan are followed.
const STEPS: usize = 1_000_000;

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

/// The planned resources, by address.
struct Planned<'c> {
    /// The id, values and index of each, by its address without the index.
    by_address: HashMap<String, Vec<(String, String, Node)>>,
    root: &'c Node,
    /// How many references may still be followed.
    steps: Cell<usize>,
}

/// Adds the values that references of the configuration tell.
pub(super) fn fill(configuration: &Node, region: &str, found: &mut [Raw<'_>]) {
    let Some(root) = configuration.get("root_module") else { return };
    let mut planned = Planned { by_address: HashMap::new(), root, steps: Cell::new(STEPS) };
    for raw in found.iter() {
        let (plain, index) = without_last_index(&raw.address);
        let entry = planned.by_address.entry(plain).or_default();
        entry.push((index, raw.address.clone(), with_id(raw, region)));
    }
    let mut modules = HashMap::new();
    for raw in found.iter_mut() {
        let (module, local) = split(&raw.address);
        let (plain, index) = without_last_index(&local);
        let configured =
            modules.entry(module.clone()).or_insert_with(|| planned.expressions(&module));
        if let Some(expressions) = configured.get(plain.as_str()) {
            let scope = Scope { planned: &planned, module: &module, index: &index };
            merge(&mut raw.values, expressions, &scope);
        }
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
    /// The expressions of a module's resources, by their address in it.
    fn expressions(&self, module: &str) -> HashMap<&'c str, &'c Node> {
        let resources = self.module(module).and_then(|config| config.get("resources"));
        let resources = resources.map_or(&[][..], Node::items).iter();
        resources
            .filter_map(|it| Some((it.get("address")?.text()?, it.get("expressions")?)))
            .collect()
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
            let found = scope.values(references, pos, DEPTH);
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

impl Scope<'_> {
    /// The values that references stand for.
    fn values(&self, references: &Node, pos: Pos, depth: usize) -> Vec<Node> {
        let mut found: Vec<Node> = Vec::new();
        let Some(depth) = depth.checked_sub(1) else { return found };
        let all: Vec<&str> = references.items().iter().filter_map(Node::text).collect();
        // Terraform lists what a reference begins with after it.
        let again = |reference: &str| {
            let rest =
                |other: &&str| other.strip_prefix(reference).and_then(|it| it.chars().next());
            all.iter().filter_map(rest).any(|next| matches!(next, '.' | '['))
        };
        for reference in all.iter().filter(|reference| !again(reference)) {
            for node in self.value(reference, pos, depth) {
                let again =
                    node.text().is_some() && found.iter().any(|it| it.text() == node.text());
                if !again {
                    found.push(node);
                }
            }
        }
        found
    }

    fn value(&self, reference: &str, pos: Pos, depth: usize) -> Vec<Node> {
        let Some(steps) = self.planned.steps.get().checked_sub(1) else { return Vec::new() };
        self.planned.steps.set(steps);
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
                scope.values(references, pos, depth)
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
                scope.values(references, pos, depth)
            }
            "data" if parts.len() > 3 => {
                let address = format!("data.{}.{}", part(1), part(2));
                self.attribute(&address, part(3), pos)
            }
            "each" | "count" | "local" | "path" | "terraform" | "self" | "data" | "module" => {
                Vec::new()
            }
            _ if parts.len() > 1 => {
                // `aws_subnet.app[*].id` refers to `aws_subnet.app`: what is wanted of it is hardly ever but its id.
                let attribute = if parts.len() > 2 { part(2) } else { "id" };
                self.attribute(&format!("{}.{}", part(0), part(1)), attribute, pos)
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

    /// An attribute of a resource: of the instance that is named, else of the one with our index, else of all.
    fn attribute(&self, local: &str, attribute: &str, pos: Pos) -> Vec<Node> {
        let (plain, index) = without_last_index(local);
        let prefix = if self.module.is_empty() { "" } else { "." };
        let address = format!("{}{prefix}{plain}", self.module);
        let (attribute, _) = without_last_index(attribute);
        let Some(all) = self.planned.by_address.get(&address) else { return Vec::new() };
        let one = |index: &str| all.iter().find(|(own, ..)| own == index);
        let wanted = match one(&index).filter(|_| !index.is_empty()) {
            Some(named) => vec![named],
            None if all.len() > 1 => {
                one(self.index).map_or_else(|| all.iter().collect(), |own| vec![own])
            }
            None => all.iter().collect(),
        };
        let value = |(_, address, values): &(String, String, Node)| {
            let told = values.get(&attribute).filter(|node| node.text() != Some(""));
            let node = told.cloned().unwrap_or_else(|| {
                let ours = match attribute.as_str() {
                    "private_ip" => "PrivateIp",
                    "public_ip" => "PublicIp",
                    other => other,
                };
                value::unknown(pos, format!("{address}.{ours}"))
            });
            Node { pos, ..node }
        };
        wanted.into_iter().map(value).collect()
    }
}
