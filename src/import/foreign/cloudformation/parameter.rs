//! `Ref`: the values of parameters and pseudo parameters, and the ids of resources.
//!
//! Does not check a value against its pattern or its length.

use std::rc::Rc;

use super::{intrinsic::Intrinsic, stack::Stack, value::dynamic};
use crate::{
    hash::stable_hash,
    import::{
        foreign::common::value,
        text::node::{Key, Kind, Node, Pos, shorten},
    },
};

const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

impl<'n> Stack<'n, '_> {
    /// Notes given values that no parameter takes.
    pub(super) fn check_parameters(&mut self, pos: Pos) {
        let has = |root: &Node, name: &str| {
            root.get("Parameters").is_some_and(|it| it.get(name).is_some())
        };
        for (name, _) in self.given {
            // The value may be for another of the templates.
            if !self.files.iter().any(|file| has(file.root, name)) {
                let message = format!("the template has no parameter `{}`", shorten(name));
                self.notes.missing(pos, &message, name, self.template.parameters.names());
            }
        }
    }

    /// What `Ref` gives; `None` for `AWS::NoValue`.
    pub(super) fn reference(&mut self, name: &str, pos: Pos) -> Option<Node> {
        let template = self.template;
        if name == "AWS::NoValue" {
            return None;
        }
        if name == "AWS::NotificationARNs" {
            return Some(value::list(pos, Vec::new()));
        }
        if let Some(text) = self.pseudo(name) {
            return Some(self.text(pos, text));
        }
        if let Some(entry) = template.parameters.get(name) {
            let value = self.parameter(entry);
            return Some(self.copied_to(&value, pos));
        }
        Some(match self.resource(name, pos) {
            Ok(_) if self.deployed.is_some() => self.made_id(name, pos),
            Ok(index) => {
                let id = template.resources.get(index).map(|entry| self.id(index, entry));
                self.text(pos, id.unwrap_or_default())
            }
            Err(Some(unknown)) => unknown,
            Err(None) => {
                let message = format!("there is no parameter or resource `{}`", shorten(name));
                let parameters = template.parameters.names();
                let resources = template.resources.iter().map(|entry| entry.name);
                let names = parameters.chain(resources).chain(PSEUDO);
                self.missing(pos, &message, name, names)
            }
        })
    }

    /// The resource with a name. If it has none, gives the unknown value to use, or neither if there is no such name.
    pub(super) fn resource(&mut self, name: &str, pos: Pos) -> Result<usize, Option<Node>> {
        let Some(index) = self.template.indexes.get(name).copied() else {
            if self.template.broken.contains_key(name) {
                let what = format!("`{}`, which is no resource", shorten(name));
                return Err(Some(self.unknown(pos, what)));
            }
            return Err(None);
        };
        if self.in_condition > 0 {
            let message = format!("a condition cannot refer to the resource `{}`", shorten(name));
            return Err(Some(self.broken(pos, message)));
        }
        if self.left_out.contains(&index) {
            return Err(Some(self.unknown(pos, format!("`{name}`, whose condition is false"))));
        }
        Ok(index)
    }

    fn pseudo(&self, name: &str) -> Option<String> {
        let (region, account) = (self.defaults.region, &*self.defaults.account);
        let stack = &self.template.stack;
        let partition = self.region.map_or("aws", |region| region.partition);
        Some(match name {
            "AWS::Region" => region.to_owned(),
            "AWS::AccountId" => account.to_owned(),
            "AWS::Partition" => partition.to_owned(),
            "AWS::URLSuffix" => {
                self.region.map_or("amazonaws.com", |region| region.dns_suffix).to_owned()
            }
            "AWS::StackName" => stack.clone(),
            "AWS::StackId" if self.deployed.is_some() => {
                self.deployed.as_ref().map(|it| it.stack_id.clone()).unwrap_or_default()
            }
            "AWS::StackId" => {
                let hash = stable_hash(&format!("stack/{account}/{region}/{stack}"));
                let digits = format!("{hash:032x}");
                let part = |from, to| digits.get(from..to).unwrap_or_default();
                let uuid = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
                let uuid = uuid.join("-");
                format!("arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/{uuid}")
            }
            _ => return None,
        })
    }

    /// The value of a parameter, evaluated once.
    fn parameter(&mut self, entry: &'n (Key, Node)) -> Rc<Node> {
        if let Some(value) = self.parameters.get(entry.0.text.as_str()) {
            return Rc::clone(value);
        }
        let value = Rc::new(self.parameter_value(entry));
        self.parameters.insert(&entry.0.text, Rc::clone(&value));
        value
    }

    fn parameter_value(&mut self, (key, node): &'n (Key, Node)) -> Node {
        let name = &key.text;
        if !matches!(node.kind, Kind::Map(_)) {
            let message =
                format!("parameter `{}`: expected a map, found {}", shorten(name), node.describe());
            self.notes.skipped(key.pos, message);
        }
        let kind = node.get("Type").and_then(Node::text).unwrap_or("String");
        let stored = kind.strip_prefix("AWS::SSM::Parameter::Value<");
        if let Some(passed) = self.passed(name, stored.unwrap_or(kind).trim_end_matches('>')) {
            return passed;
        }
        let given = self.given.iter().rfind(|(given, _)| given == name);
        let written = match given {
            Some((_, text)) => {
                // For an SSM parameter, a text without a leading slash is the stored value, not a path.
                return match stored.filter(|_| self.deployed.is_none()) {
                    Some(_) if text.starts_with('/') => ssm(key.pos, text),
                    Some(inner) => self.typed(key.pos, inner, text, true),
                    None => self.typed(key.pos, value_type(kind), text, true),
                };
            }
            None => node.get("Default").or_else(|| self.first_allowed(key, node)),
        };
        let Some(written) = written else {
            let what = if self.is_nested() {
                format!("parameter {name} of {}", self.template.stack)
            } else {
                format!("parameter {name}")
            };
            return self.unknown(key.pos, what);
        };
        let Some(text) = written.text().filter(|_| Intrinsic::of(written, false).is_none()) else {
            let message = format!("parameter `{}`: its value is not plain text", shorten(name));
            self.notes.skipped(written.pos, message);
            return self.unknown(key.pos, format!("parameter {name}"));
        };
        match stored {
            Some(_) => ssm(key.pos, text),
            None => self.typed(key.pos, kind, text, written.quoted),
        }
    }

    fn first_allowed(&mut self, key: &Key, node: &'n Node) -> Option<&'n Node> {
        let first = node.get("AllowedValues")?.items().first()?;
        let text = first.text()?;
        let message = format!(
            "parameter `{}` has no default; `{}`, the first of its allowed values, is used",
            shorten(&key.text),
            shorten(text)
        );
        self.notes.assumed(key.pos, message);
        Some(first)
    }

    /// Converts a parameter's text to a value of the parameter's type.
    pub(super) fn typed(&mut self, pos: Pos, kind: &str, text: &str, quoted: bool) -> Node {
        if let Some(what) = dynamic(text) {
            return self.unknown(pos, what);
        }
        if kind != "CommaDelimitedList" && !kind.starts_with("List<") {
            return Node { quoted, ..self.text(pos, text) };
        }
        let mut items = Vec::new();
        if !text.trim().is_empty() {
            items.extend(text.split(',').map(|item| self.text(pos, item.trim())));
        }
        value::list(pos, items)
    }
}

/// The type of a parameter's value: that of the stored value, where the parameter names one.
fn value_type(kind: &str) -> &str {
    let stored = kind.strip_prefix("AWS::SSM::Parameter::Value<");
    stored.and_then(|inner| inner.strip_suffix('>')).unwrap_or(kind)
}

fn ssm(pos: Pos, path: &str) -> Node {
    value::unknown(pos, format!("SSM parameter {path}"))
}
