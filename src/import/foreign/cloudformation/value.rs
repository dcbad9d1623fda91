//! Evaluates a value: plain values stay as they are, and each intrinsic goes to the file that implements it.
//!
//! Also replaces dynamic references (`{{resolve:…}}`).

use super::{
    intrinsic::{FUNCTIONS, Function, Intrinsic, is_loop},
    stack::{Stack, beyond},
};
use crate::import::{
    foreign::common::value::is_unknown,
    text::node::{Key, Kind, Node, Pos, shorten},
};

/// A value, or as `Err` the unknown value to use in its place.
pub(super) type Known<T> = Result<T, Node>;

impl<'n> Stack<'n, '_> {
    /// The value of a node; `None` for `AWS::NoValue`.
    pub(super) fn value(&mut self, node: &'n Node) -> Option<Node> {
        self.evaluate(node, false)
    }

    /// The value of an intrinsic's argument.
    pub(super) fn argument(&mut self, call: &Intrinsic<'n>) -> Option<Node> {
        self.evaluate(call.argument, call.tagged)
    }

    fn evaluate(&mut self, node: &'n Node, untagged: bool) -> Option<Node> {
        if self.enter(node.pos).is_none() {
            return Some(beyond(node.pos));
        }
        let value = match Intrinsic::of(node, untagged) {
            Some(call) => self.call(&call),
            None => Some(self.plain(node)),
        };
        self.leave();
        value
    }

    /// A value that is not an intrinsic. It may contain intrinsics.
    fn plain(&mut self, node: &'n Node) -> Node {
        let size = node.text().map_or(0, str::len);
        if !self.spend(node.pos, 1, size) {
            return beyond(node.pos);
        }
        let kind = match &node.kind {
            Kind::Null => Kind::Null,
            Kind::Scalar(text) => {
                let text = self.resolved(text);
                match dynamic(&text) {
                    Some(what) => return self.unknown(node.pos, what),
                    None => Kind::Scalar(text),
                }
            }
            Kind::Seq(items) => {
                Kind::Seq(items.iter().filter_map(|item| self.value(item)).collect())
            }
            Kind::Map(entries) => Kind::Map(self.map(node.pos, entries)),
        };
        Node { kind, tag: None, pos: node.pos, quoted: node.quoted }
    }

    fn map(&mut self, pos: Pos, entries: &'n [(Key, Node)]) -> Vec<(Key, Node)> {
        let mut map = Vec::new();
        for (key, node) in entries {
            if !self.spend(pos, 0, key.text.len()) {
                break;
            }
            let shown = || shorten(&key.text);
            if is_loop(&key.text) {
                self.notes.skipped(key.pos, format!("`{}` is not expanded", shown()));
            } else if key.text.starts_with("Fn::") {
                // Only an intrinsic that is the single entry of its map is a call.
                let message =
                    format!("`{}` is not evaluated, because its map has other keys", shown());
                self.notes.skipped(key.pos, message);
            } else if let Some(value) = self.value(node) {
                map.push((key.clone(), value));
            }
        }
        map
    }

    fn call(&mut self, call: &Intrinsic<'n>) -> Option<Node> {
        let known = match call.function {
            Function::Ref => match call.text() {
                Some(name) => return self.reference(name, call.pos),
                None => Err(self.shape(call, "a name")),
            },
            Function::If => return self.chosen(call),
            Function::FindInMap => {
                let found = self.find_in_map(call)?;
                match is_unknown(&found) {
                    Some(what) if !what.starts_with("mapping ") => Err(found),
                    _ => return Some(found),
                }
            }
            Function::GetAtt => self.get_att(call),
            Function::Sub => self.substitute(call),
            Function::Join => self.join(call),
            Function::Split => self.split(call),
            Function::Select => self.select(call),
            Function::GetAzs => self.zones(call),
            Function::Cidr => self.blocks(call),
            Function::Length => self.length(call),
            Function::ImportValue => self.import(call),
            Function::ToJsonString => self.json(call),
            Function::Base64 => self.text_argument(call).map(|text| self.base64(call.pos, text)),
            Function::Equals
            | Function::And
            | Function::Or
            | Function::Not
            | Function::Condition => self.truth_text(call),
            Function::Transform => {
                let name = call.argument.get("Name").and_then(Node::text).unwrap_or_default();
                Err(self.unknown(call.pos, format!("transform {name}")))
            }
            Function::Other => {
                let message = format!("there is no intrinsic `{}`", shorten(call.name));
                let names: Vec<String> = FUNCTIONS.iter().map(|it| spelt(it.0, call)).collect();
                let names = names.iter().map(String::as_str);
                Err(self.missing(call.pos, &message, call.name, names))
            }
        };
        Some(known.unwrap_or_else(|unknown| self.whole(call, unknown)))
    }

    /// Notes that an argument has the wrong form.
    pub(super) fn shape(&mut self, call: &Intrinsic<'n>, expected: &str) -> Node {
        let found = match &call.argument.kind {
            Kind::Seq(items) => format!("a list of {}", items.len()),
            _ => call.argument.describe(),
        };
        let name = shorten(call.name);
        self.broken(call.pos, format!("`{name}`: expected {expected}, found {found}"))
    }

    /// A value as text. Notes any other kind of value.
    pub(super) fn as_text(&mut self, value: Option<Node>, pos: Pos) -> Known<String> {
        match value {
            Some(node) if is_unknown(&node).is_some() => Err(node),
            Some(Node { kind: Kind::Scalar(text), .. }) => Ok(text),
            Some(node) => {
                Err(self.broken(pos, format!("expected text, found {}", node.describe())))
            }
            None => Err(self.broken(pos, "expected text, found `AWS::NoValue`")),
        }
    }

    /// The value of a node as text.
    pub(super) fn text_of(&mut self, node: &'n Node) -> Known<String> {
        let value = self.value(node);
        self.as_text(value, node.pos)
    }

    /// An intrinsic's argument as text.
    pub(super) fn text_argument(&mut self, call: &Intrinsic<'n>) -> Known<String> {
        let value = self.argument(call);
        self.as_text(value, call.pos)
    }

    /// A value as a list. Notes any other kind of value.
    pub(super) fn list_of(&mut self, value: Option<Node>, pos: Pos) -> Known<Vec<Node>> {
        match value {
            Some(node) if is_unknown(&node).is_some() => Err(node),
            Some(Node { kind: Kind::Seq(items), .. }) => Ok(items),
            Some(node) => {
                Err(self.broken(pos, format!("expected a list, found {}", node.describe())))
            }
            None => Err(self.broken(pos, "expected a list, found `AWS::NoValue`")),
        }
    }

    /// A text that was put together. It is unknown if it contains a dynamic reference.
    pub(super) fn made_text(&mut self, pos: Pos, text: &str) -> Node {
        let text = self.resolved(text);
        match dynamic(&text) {
            Some(what) => self.unknown(pos, what),
            None => self.text(pos, text),
        }
    }
}

/// The name of an intrinsic as the call writes it.
fn spelt(name: &str, call: &Intrinsic<'_>) -> String {
    match (call.tagged, name) {
        (true, _) => format!("!{name}"),
        (false, "Ref") => name.to_owned(),
        (false, _) => format!("Fn::{name}"),
    }
}

/// The name for a text with dynamic references: the reference, or the whole text if there is more around it.
pub(super) fn dynamic(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("{{resolve:")?;
    let (reference, after) = rest.split_once("}}")?;
    if !before.is_empty() || !after.is_empty() {
        return Some(format!("text {}", text.chars().take(400).collect::<String>()));
    }
    let (service, name) = reference.split_once(':').unwrap_or((reference, ""));
    Some(match service {
        "ssm" | "ssm-secure" => format!("SSM parameter {name}"),
        "secretsmanager" => format!("secret {name}"),
        _ => format!("dynamic reference {reference}"),
    })
}
