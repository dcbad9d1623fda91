//! Values that a plan does not know yet, such as the id of a VPC that is to be created. They are found by following
//! the references in the configuration.

use std::collections::HashMap;

use super::{
    Raw, kinds, tables,
    trace::{One, Planned, STEPS, Scope, Wanted},
};
use crate::{
    catalog,
    import::{
        foreign::common::{Notes, Remark, value},
        text::node::{Key, Kind, Node},
    },
};

/// The region that the provider's configuration names.
pub(super) fn region_of(root: &Node) -> Option<&'static str> {
    let providers = root.get("configuration")?.get("provider_config")?.entries().iter();
    let aws = providers.filter(|(key, _)| key.text == "aws" || key.text.starts_with("aws."));
    let constant = |provider: &Node| {
        let region = provider.get("expressions")?.get("region")?.get("constant_value")?.text()?;
        catalog::region(region).map(|region| region.name)
    };
    aws.map(|(_, provider)| provider).find_map(constant)
}

/// Fills in values from before a change in place, such as names that the plan no longer gives.
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

/// Adds the values that references in the configuration give.
pub(super) fn fill(root: &Node, region: &str, found: &mut [Raw<'_>], notes: &mut Notes) {
    let Some(configuration) = root.get("configuration") else { return };
    let Some(module) = configuration.get("root_module") else { return };
    let mut planned = Planned::of(module);
    for raw in found.iter() {
        let kind = tables::usual(raw.kind);
        let (module, local) = split(&raw.address);
        if kind == "aws_vpc" && !raw.data {
            planned.vpcs.entry(module.clone()).or_default().push(kinds::id_of(raw));
        }
        let (plain, index) = without_last_index(&raw.address);
        let name = without_last_index(&local).0.rsplit('.').next().unwrap_or_default().to_owned();
        let values = with_id(raw, region);
        let one = One { index, address: raw.address.clone(), kind: kind.to_owned(), name, values };
        planned.add(&module, plain, one);
    }
    let untold = untold(root);
    for raw in found.iter_mut() {
        let (module, local) = split(&raw.address);
        let (plain, index) = without_last_index(&local);
        let Some(resource) = planned.resource(&module, &plain) else { continue };
        let Some(expressions) = resource.get("expressions") else { continue };
        let scope = Scope::new(&planned, module, index, resource.get("for_each_expression"));
        let of = Of { address: &raw.address, untold: untold.get(raw.address.as_str()).copied() };
        merge(&mut raw.values, expressions, &scope, &of, notes);
    }
    if planned.is_exhausted() {
        let message =
            format!("the plan has more than {STEPS} references; vpcdns does not follow the rest");
        notes.add(configuration.pos, Remark::Skipped, message);
    }
}

/// For each changed resource, the values that are known only after the plan is applied.
fn untold(root: &Node) -> HashMap<&str, &Node> {
    let changes = root.get("resource_changes").map_or(&[][..], Node::items).iter();
    changes
        .filter_map(|it| {
            Some((it.get("address")?.text()?, it.get("change")?.get("after_unknown")?))
        })
        .collect()
}

/// The values of a resource, with the id that others refer to and the DNS name that AWS will give it.
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

/// Splits an address into its module, such as `module.a.module.b`, and the rest. Indexes stay.
pub(super) fn split(address: &str) -> (String, String) {
    let parts = parts(address);
    let mut modules = 0;
    while parts.get(modules).is_some_and(|part| part == "module") {
        modules += 2;
    }
    let join = |parts: &[String]| parts.join(".");
    (join(parts.get(..modules).unwrap_or_default()), join(parts.get(modules..).unwrap_or_default()))
}

/// Splits an address at its dots, but not inside brackets.
pub(super) fn parts(address: &str) -> Vec<String> {
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

/// Splits an address from the index at its end.
pub(super) fn without_last_index(address: &str) -> (String, String) {
    match address.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((plain, index)) => (plain.to_owned(), index.to_owned()),
        None => (address.to_owned(), String::new()),
    }
}

/// A resource whose values are being filled in.
struct Of<'r> {
    address: &'r str,
    /// The values that are known only after the plan is applied.
    untold: Option<&'r Node>,
}

impl Of<'_> {
    /// Whether the plan gives a value, so that no reference has to be followed. Null counts as given, unless the plan
    /// says that the value is known later.
    fn tells(&self, key: &str, node: &Node) -> bool {
        let later = self.untold.and_then(|it| it.get(key)).and_then(Node::text) == Some("true");
        match &node.kind {
            Kind::Null => self.untold.is_some() && !later,
            // In a list whose items are known later, every item is null.
            Kind::Seq(items) => items.iter().any(|item| !matches!(item.kind, Kind::Null)),
            _ => node.text() != Some(""),
        }
    }
}

/// Adds the values that the expressions give and the plan does not.
fn merge(values: &mut Node, expressions: &Node, scope: &Scope<'_>, of: &Of<'_>, notes: &mut Notes) {
    let pos = values.pos;
    let kind = values.get("vpc_endpoint_type").and_then(Node::text).map(str::to_owned);
    let Kind::Map(entries) = &mut values.kind else { return };
    for (key, expression) in expressions.entries() {
        // Modules often write one expression for both types of endpoint. AWS accepts each only for one type.
        let idle: &[&str] = match kind.as_deref() {
            Some("Gateway") => &["subnet_ids", "security_group_ids"],
            Some("Interface") => &["route_table_ids"],
            _ => &[],
        };
        if idle.contains(&key.text.as_str()) {
            continue;
        }
        let known = entries.iter().position(|(known, _)| known.text == key.text);
        if let Some(references) = expression.get("references") {
            let known = known.and_then(|known| entries.get(known));
            if known.is_some_and(|(_, node)| of.tells(&key.text, node)) {
                continue;
            }
            let wanted = Wanted::of(&key.text, pos);
            let mut found = scope.ask(references, &wanted);
            let mut guesses = scope.planned.take_guesses();
            if found.is_empty()
                && key.text == "vpc_id"
                && let Some(vpc) = scope.only_vpc()
            {
                found.push(value::text(pos, vpc));
                guesses.push("the only VPC".to_owned());
            }
            if !guesses.is_empty() && !found.is_empty() {
                let verb = if guesses.len() == 1 { "is" } else { "are" };
                let message = format!(
                    "{} of {}: the plan does not give it; {} {verb} used",
                    key.text,
                    of.address,
                    guesses.join(", ")
                );
                notes.add(pos, Remark::Inferred, message);
            }
            // A reference that cannot be followed is an unknown value, not a missing one.
            if found.is_empty() && wanted.kind.is_some() {
                found.push(value::unknown(pos, scope.expression(references)));
            }
            let first = found.first().cloned();
            let is_lone = first.as_ref().is_some_and(|it| value::is_unknown(it).is_some());
            let node = if wanted.is_list && !(is_lone && found.len() == 1) && !found.is_empty() {
                Some(value::list(pos, found))
            } else {
                first
            };
            if let Some(node) = node {
                entries.retain(|(known, _)| known.text != key.text);
                entries.push((Key { text: key.text.clone(), pos }, node));
            }
        } else if let Kind::Seq(blocks) = &expression.kind {
            let Some((_, node)) = known.and_then(|known| entries.get_mut(known)) else { continue };
            let Kind::Seq(items) = &mut node.kind else { continue };
            for (item, block) in items.iter_mut().zip(blocks) {
                merge(item, block, scope, of, notes);
            }
        }
    }
}
