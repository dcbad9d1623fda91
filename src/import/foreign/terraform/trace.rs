//! Follows the references of a plan's configuration to planned resources, through variables, outputs, modules and
//! `for_each`.
//!
//! A plan says which names an expression uses, but not how it combines them, nor what a `local` is. If that leaves a
//! choice, resources of the wanted type in the same module are chosen, and a note says so.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
};

use super::{
    plan::{parts, split, without_last_index},
    tables,
};
use crate::import::{
    foreign::common::value,
    text::node::{Kind, Node, Pos},
};

/// The longest chain of references through variables and outputs.
const DEPTH: usize = 16;

/// The most references and values of one plan that are followed.
pub(super) const STEPS: usize = 200_000;

/// Attributes whose values are lists.
const LISTS: &[&str] = &[
    "subnet_ids",
    "subnets",
    "route_table_ids",
    "security_group_ids",
    "vpc_security_group_ids",
    "network_load_balancer_arns",
    "records",
    "instances",
];

/// The resource type that each attribute refers to.
const NAMED: &[(&str, &str)] = &[
    ("vpc_id", "aws_vpc"),
    ("peer_vpc_id", "aws_vpc"),
    ("subnet_id", "aws_subnet"),
    ("subnet_ids", "aws_subnet"),
    ("subnets", "aws_subnet"),
    ("route_table_id", "aws_route_table"),
    ("route_table_ids", "aws_route_table"),
    ("security_group_ids", "aws_security_group"),
    ("vpc_security_group_ids", "aws_security_group"),
    ("security_group_id", "aws_security_group"),
    ("source_security_group_id", "aws_security_group"),
    ("referenced_security_group_id", "aws_security_group"),
    ("network_acl_id", "aws_network_acl"),
    ("zone_id", "aws_route53_zone"),
    ("resolver_rule_id", "aws_route53_resolver_rule"),
    ("firewall_rule_group_id", "aws_route53_resolver_firewall_rule_group"),
    ("profile_id", "aws_route53profiles_profile"),
    ("vpc_endpoint_id", "aws_vpc_endpoint"),
    ("dhcp_options_id", "aws_vpc_dhcp_options"),
];

/// A planned resource.
pub(super) struct One {
    pub(super) index: String,
    pub(super) address: String,
    /// The type under its usual name.
    pub(super) kind: String,
    /// The last part of its address, without an index.
    pub(super) name: String,
    pub(super) values: Node,
}

/// The planned resources.
pub(super) struct Planned<'c> {
    /// The resources by address, without the index.
    by_address: HashMap<String, Vec<One>>,
    /// The addresses without the index, by module and type, in the order of the plan.
    by_kind: HashMap<(String, String), Vec<String>>,
    /// The module instances of each call: one, or one for each index.
    modules: HashMap<String, Vec<String>>,
    /// The ids of the VPCs of each module.
    pub(super) vpcs: HashMap<String, Vec<String>>,
    root: &'c Node,
    /// How many more references may be followed.
    steps: Cell<usize>,
    /// Whether a resource may be chosen that the plan does not name.
    guessing: Cell<bool>,
    /// The ids of the resources chosen so far. [`Self::take_guesses`] empties it.
    guesses: RefCell<HashSet<String>>,
}

/// What the value of a reference is used for.
#[derive(Clone)]
pub(super) struct Wanted<'k> {
    /// The attribute that the value is for.
    key: &'k str,
    /// The type of resource that the attribute refers to.
    pub(super) kind: Option<&'static str>,
    pub(super) is_list: bool,
    /// The index to use where the expression says `each` or `count`.
    each: Option<String>,
    pos: Pos,
}

impl<'k> Wanted<'k> {
    pub(super) fn of(key: &'k str, pos: Pos) -> Self {
        let kind = NAMED.iter().find(|(known, _)| *known == key).map(|(_, kind)| *kind);
        Self { key, kind, is_list: LISTS.contains(&key), each: None, pos }
    }
}

/// The module and resource in which a reference stands.
#[derive(Clone)]
pub(super) struct Scope<'s> {
    pub(super) planned: &'s Planned<'s>,
    module: String,
    /// The index of the resource or module that contains the reference.
    index: String,
    /// The expression of its `for_each`.
    for_each: Option<&'s Node>,
}

impl<'c> Planned<'c> {
    /// An empty collection for the configuration of a plan.
    pub(super) fn of(root: &'c Node) -> Self {
        Self {
            by_address: HashMap::new(),
            by_kind: HashMap::new(),
            modules: HashMap::new(),
            vpcs: HashMap::new(),
            root,
            steps: Cell::new(STEPS),
            guessing: Cell::new(false),
            guesses: RefCell::default(),
        }
    }

    /// Adds a resource of a module. `plain` is its address without the index.
    pub(super) fn add(&mut self, module: &str, plain: String, one: One) {
        let mut inner = module.to_owned();
        while !inner.is_empty() {
            let all = self.modules.entry(without_last_index(&inner).0).or_default();
            if !all.contains(&inner) {
                all.push(inner.clone());
            }
            inner = parent(&inner);
        }
        let all = self.by_kind.entry((module.to_owned(), one.kind.clone())).or_default();
        if all.last() != Some(&plain) {
            all.push(plain.clone());
        }
        self.by_address.entry(plain).or_default().push(one);
    }

    /// Whether the limit of followed references is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    /// The addresses of the resources chosen since the last call.
    pub(super) fn take_guesses(&self) -> Vec<String> {
        let chosen = self.guesses.take();
        let all = self.by_address.values().flatten();
        let mut named: Vec<String> = all
            .filter(|one| {
                one.values.get("id").and_then(Node::text).is_some_and(|id| chosen.contains(id))
            })
            .map(|one| one.address.clone())
            .collect();
        named.sort();
        named
    }

    /// Whether all resources are in one module.
    fn of_one_module(&self, found: &[Node]) -> bool {
        let ids: HashSet<&str> = found.iter().filter_map(Node::text).collect();
        let all = self.by_address.values().flatten();
        let named = all.filter(|one| {
            one.values.get("id").and_then(Node::text).is_some_and(|id| ids.contains(id))
        });
        named.map(|one| split(&one.address).0).collect::<HashSet<_>>().len() == 1
    }

    /// Remembers chosen resources.
    fn guess(&self, found: &[Node]) {
        self.guesses.borrow_mut().extend(found.iter().filter_map(Node::text).map(str::to_owned));
    }

    /// The configuration of a resource in a module.
    pub(super) fn resource(&self, module: &str, plain: &str) -> Option<&'c Node> {
        let resources = self.module(module)?.get("resources")?.items().iter();
        let mut resources =
            resources.filter(|it| it.get("address").and_then(Node::text) == Some(plain));
        resources.next()
    }

    /// Counts a reference or a value. False if the limit is reached.
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

/// The path of the module that calls a module.
fn parent(module: &str) -> String {
    let parts = parts(module);
    parts.get(..parts.len().saturating_sub(2)).unwrap_or_default().join(".")
}

impl<'s> Scope<'s> {
    pub(super) fn new(
        planned: &'s Planned<'s>,
        module: String,
        index: String,
        for_each: Option<&'s Node>,
    ) -> Self {
        Self { planned, module, index, for_each }
    }

    /// The values of references.
    pub(super) fn ask(&self, references: &Node, wanted: &Wanted<'_>) -> Vec<Node> {
        self.planned.guessing.set(false);
        let mut found = self.values(references, &[], wanted, DEPTH);
        if wanted.kind.is_none() {
            return found;
        }
        if found.is_empty() {
            self.planned.guessing.set(true);
            found = self.values(references, &[], wanted, DEPTH);
        }
        if wanted.is_list || found.len() < 2 {
            return found;
        }
        // The plan does not say which of several values is meant. Inside one module any of them will do.
        self.planned.guesses.take();
        if wanted.kind == Some("aws_vpc") || !self.planned.of_one_module(&found) {
            return Vec::new();
        }
        found.truncate(1);
        self.planned.guess(&found);
        found
    }

    /// The only VPC of the module, else the only VPC of the plan.
    pub(super) fn only_vpc(&self) -> Option<String> {
        let own = self.planned.vpcs.get(&self.module).map_or(&[][..], Vec::as_slice);
        let mut all = self.planned.vpcs.values().flatten();
        match (own, all.next(), all.next()) {
            ([one], ..) | ([], Some(one), None) => Some(one.clone()),
            _ => None,
        }
    }

    /// A name for an expression that cannot be followed: what it refers to, and where it stands.
    pub(super) fn expression(&self, references: &Node) -> String {
        let all: Vec<&str> = references.items().iter().filter_map(Node::text).collect();
        let longest = longest(&all);
        let module = if self.module.is_empty() { "the root module" } else { self.module.as_str() };
        let each = names_each(&all) && !self.index.is_empty();
        let index = if each { format!(" [{}]", self.index) } else { String::new() };
        format!("{} in {module}{index}", longest.join(", "))
    }

    /// The values of references. The attributes in `rest` are read from each of them.
    fn values(
        &self,
        references: &Node,
        rest: &[String],
        wanted: &Wanted<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let Some(depth) = depth.checked_sub(1) else { return found };
        let all: Vec<&str> = references.items().iter().filter_map(Node::text).collect();
        let each = names_each(&all);
        let mut wanted = wanted.clone();
        if each && wanted.each.is_none() {
            wanted.each = Some(self.index.clone());
        }
        for reference in longest(&all) {
            let mut path = parts(reference);
            path.extend_from_slice(rest);
            for node in self.value(&path, &wanted, each, depth) {
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

    fn value(&self, path: &[String], wanted: &Wanted<'_>, each: bool, depth: usize) -> Vec<Node> {
        if !self.planned.step() {
            return Vec::new();
        }
        let part = |index: usize| path.get(index).map_or("", String::as_str);
        let rest = |from: usize| path.get(from..).unwrap_or_default();
        match part(0) {
            "var" => {
                let (name, _) = without_last_index(part(1));
                self.argument(&name, rest(2), wanted, depth)
            }
            "module" => self.output(part(1), rest(2), wanted, each, depth),
            "each" if part(1) == "value" => {
                let through = self.for_each.and_then(|it| it.get("references"));
                let mut own = wanted.clone();
                own.each = own.each.or_else(|| Some(self.index.clone()));
                let scope = Self { for_each: None, ..self.clone() };
                let found = match through {
                    Some(through) => scope.each_value(through, rest(2), &own, depth),
                    None => Vec::new(),
                };
                if !found.is_empty() || wanted.kind.is_none() {
                    return found;
                }
                self.any_argument(part(2), wanted, depth)
            }
            "local" if wanted.kind.is_some() => {
                let (name, _) = without_last_index(part(1));
                let found = self.of_module(&self.module, &name, wanted);
                if !found.is_empty() {
                    return found;
                }
                self.any_argument(&name, wanted, depth)
            }
            "data" if path.len() > 3 => {
                let address = format!("data.{}.{}", part(1), part(2));
                self.attribute(&address, rest(3), wanted, depth)
            }
            "each" | "count" | "local" | "path" | "terraform" | "self" | "data" => Vec::new(),
            _ if path.len() > 1 => {
                self.attribute(&format!("{}.{}", part(0), part(1)), rest(2), wanted, depth)
            }
            _ => Vec::new(),
        }
    }

    /// The values of the item of `for_each` that has this resource's own key.
    fn each_value(
        &self,
        through: &Node,
        rest: &[String],
        wanted: &Wanted<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let all: Vec<&str> = through.items().iter().filter_map(Node::text).collect();
        let mut found = Vec::new();
        let Some(depth) = depth.checked_sub(1) else { return found };
        for reference in longest(&all) {
            let mut path = parts(reference);
            path.extend_from_slice(rest);
            found.extend(self.value(&path, wanted, true, depth));
        }
        found
    }

    /// The value of a variable: the argument in the call of the module.
    fn argument(
        &self,
        name: &str,
        rest: &[String],
        wanted: &Wanted<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let Some((scope, call)) = self.call() else { return Vec::new() };
        let argument = call.get("expressions").and_then(|it| it.get(name));
        match argument.and_then(|it| it.get("references")) {
            Some(references) => scope.values(references, rest, wanted, depth),
            None => Vec::new(),
        }
    }

    /// The value of any argument in the call of the module that has the wanted type. An argument with the wanted name
    /// is tried first.
    fn any_argument(&self, name: &str, wanted: &Wanted<'_>, depth: usize) -> Vec<Node> {
        let Some((scope, call)) = self.call().filter(|_| self.planned.guessing.get()) else {
            return Vec::new();
        };
        let mut arguments: Vec<_> =
            call.get("expressions").map_or(&[][..], Node::entries).iter().collect();
        arguments.sort_by_key(|(key, _)| key.text != wanted.key && key.text != name);
        let found = arguments.into_iter().find_map(|(_, argument)| {
            let found = scope.values(argument.get("references")?, &[], wanted, depth);
            (!found.is_empty()).then_some(found)
        });
        let found = found.unwrap_or_default();
        self.planned.guess(&found);
        found
    }

    /// The value of a module's output.
    fn output(
        &self,
        name: &str,
        rest: &[String],
        wanted: &Wanted<'_>,
        each: bool,
        depth: usize,
    ) -> Vec<Node> {
        let dot = if self.module.is_empty() { "" } else { "." };
        let (plain, index) = without_last_index(name);
        let call = format!("{}{dot}module.{plain}", self.module);
        let all = self.planned.modules.get(&call).map_or(&[][..], Vec::as_slice);
        let indexed = |index: &str| all.iter().find(|it| without_last_index(it).1 == index);
        let own = Some(self.index.as_str()).filter(|_| each);
        let ways = [Some(index.as_str()), own, wanted.each.as_deref()];
        let named = ways.into_iter().flatten().filter(|it| !it.is_empty()).find_map(indexed);
        let chosen: Vec<&String> = named.map_or_else(|| all.iter().collect(), |one| vec![one]);
        let mut found = Vec::new();
        for inner in chosen {
            let (output, _) = without_last_index(rest.first().map_or("", String::as_str));
            let config = self.planned.module(inner).and_then(|it| it.get("outputs"));
            let expression = config.and_then(|it| it.get(&output)?.get("expression"));
            let rest = rest.get(1..).unwrap_or_default();
            let scope = Self::new(self.planned, inner.clone(), String::new(), None);
            match expression.and_then(|it| it.get("references")) {
                Some(references) => {
                    // The index chose the module, so it does not choose a resource inside it.
                    let mut inside = wanted.clone();
                    inside.each = inside.each.filter(|_| named.is_none());
                    found.extend(scope.values(references, rest, &inside, depth));
                }
                None => found.extend(self.of_module(inner, &output, wanted)),
            }
        }
        found
    }

    /// The resources of a module with the wanted type. Those whose name is a part of `name` are preferred.
    fn of_module(&self, module: &str, name: &str, wanted: &Wanted<'_>) -> Vec<Node> {
        let Some(kind) = wanted.kind.filter(|_| self.planned.guessing.get()) else {
            return Vec::new();
        };
        let key = (module.to_owned(), kind.to_owned());
        let addresses = self.planned.by_kind.get(&key).into_iter().flatten();
        let all: Vec<&One> =
            addresses.filter_map(|it| self.planned.by_address.get(it)).flatten().collect();
        let alike = |one: &&&One| one.name.len() > 2 && name.contains(&one.name);
        let mut chosen: Vec<&One> = all.iter().filter(alike).copied().collect();
        if chosen.is_empty() {
            chosen = all;
        }
        let is_own = |it: &&One| !self.index.is_empty() && it.index == self.index;
        if !wanted.is_list && chosen.iter().any(is_own) {
            chosen.retain(is_own);
        }
        let id = |one: &One| Some(Node { pos: wanted.pos, ..one.values.get("id")?.clone() });
        let found: Vec<Node> = chosen.into_iter().filter_map(id).collect();
        self.planned.guess(&found);
        found
    }

    /// The scope of the module that calls this one, and the configuration of the call.
    fn call(&self) -> Option<(Self, &'s Node)> {
        let parts = parts(&self.module);
        let name = parts.last().filter(|name| !name.is_empty())?;
        let (name, index) = without_last_index(name);
        let module = parent(&self.module);
        let call = self.planned.module(&module)?.get("module_calls")?.get(&name)?;
        let for_each = call.get("for_each_expression");
        Some((Self::new(self.planned, module, index, for_each), call))
    }

    /// An attribute of a resource. Gives that of the instance the address names, else of the instance with our own
    /// index if the expression uses it, else of all instances.
    fn attribute(
        &self,
        local: &str,
        path: &[String],
        wanted: &Wanted<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let (plain, index) = without_last_index(local);
        let dot = if self.module.is_empty() { "" } else { "." };
        let address = format!("{}{dot}{plain}", self.module);
        let Some(all) = self.planned.by_address.get(&address) else { return Vec::new() };
        let one = |index: &str| all.iter().find(|it| it.index == index);
        let named = one(&index).filter(|_| !index.is_empty());
        let own = || wanted.each.as_deref().and_then(one);
        let chosen = match named.or_else(own) {
            Some(one) => vec![one],
            None => all.iter().collect(),
        };
        let mut found = Vec::new();
        for one in chosen {
            let attribute = path.first().map(String::as_str);
            let attribute = attribute.unwrap_or_else(|| usual_attribute(&one.kind, wanted.key));
            let (attribute, _) = without_last_index(attribute);
            let is_it = wanted.kind == Some(one.kind.as_str());
            // A Profile names what it has by an ARN, which a plan does not tell.
            let is_it = is_it || (wanted.key == "resource_arn" && attribute == "arn");
            let attribute = if is_it && one.values.get(&attribute).and_then(Node::text).is_none() {
                "id".to_owned()
            } else {
                attribute
            };
            // The id of a resource of another type is not the wanted value. But that resource may have the wanted
            // attribute itself, for example its own subnet.
            let names = |kind: &str| NAMED.iter().any(|(_, known)| *known == kind);
            let is_other = wanted.kind.is_some_and(|kind| kind != one.kind) && names(&one.kind);
            let told = one.values.get(&attribute).filter(|node| node.text() != Some(""));
            let told = told.filter(|node| !matches!(node.kind, Kind::Null));
            if attribute == wanted.key && told.is_none() {
                found.extend(self.expression_of(one, &attribute, wanted, depth));
                continue;
            }
            if is_other && attribute != wanted.key {
                continue;
            }
            let inner = path.get(1..).unwrap_or_default();
            let told =
                told.map(|node| inner.iter().fold(node, |node, key| node.get(key).unwrap_or(node)));
            let node = told.cloned().unwrap_or_else(|| {
                let ours = match attribute.as_str() {
                    "private_ip" => "PrivateIp",
                    "public_ip" => "PublicIp",
                    other => other,
                };
                value::unknown(wanted.pos, format!("{}.{ours}", one.address))
            });
            found.push(Node { pos: wanted.pos, ..node });
        }
        found
    }

    /// An attribute that another resource gets from its own configuration, such as `aws_subnet.app.vpc_id`.
    fn expression_of(
        &self,
        one: &One,
        attribute: &str,
        wanted: &Wanted<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let (module, local) = split(&one.address);
        let (plain, index) = without_last_index(&local);
        let resource = self.planned.resource(&module, &plain);
        let expression = resource.and_then(|it| it.get("expressions")?.get(attribute));
        let Some(references) = expression.and_then(|it| it.get("references")) else {
            return vec![value::unknown(wanted.pos, format!("{}.{attribute}", one.address))];
        };
        let for_each = resource.and_then(|it| it.get("for_each_expression"));
        let scope = Self::new(self.planned, module, index, for_each);
        scope.values(references, &[], &Wanted { each: None, ..wanted.clone() }, depth)
    }
}

/// Whether references use the resource's own index.
fn names_each(references: &[&str]) -> bool {
    references.iter().any(|it| *it == "count.index" || it.starts_with("each."))
}

/// Drops each reference that is the beginning of another one: Terraform lists those too.
fn longest<'r>(all: &[&'r str]) -> Vec<&'r str> {
    let mut beginnings = HashSet::new();
    for reference in all {
        let ends = reference.char_indices().filter(|(_, it)| matches!(it, '.' | '['));
        beginnings.extend(ends.filter_map(|(end, _)| reference.get(..end)));
    }
    all.iter().filter(|it| !beginnings.contains(**it)).copied().collect()
}

/// The attribute that a reference most likely means. For `aws_subnet.app[*].id` a plan only gives `aws_subnet.app`.
fn usual_attribute(kind: &str, key: &str) -> &'static str {
    match (key, tables::usual(kind)) {
        ("records", "aws_instance" | "aws_network_interface") => "private_ip",
        ("records", "aws_eip") => "public_ip",
        ("records" | "name", "aws_lb" | "aws_elb") => "dns_name",
        _ => "id",
    }
}
