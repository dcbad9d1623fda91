//! Intrinsics that make text: `Fn::Sub`, `Fn::Join`, `Fn::Split`, `Fn::ToJsonString`.
//!
//! If a part of the text is unknown, the whole text is unknown.

use std::collections::HashMap;

use super::{
    condition::first_unknown,
    intrinsic::{Intrinsic, literal},
    stack::{Stack, beyond},
    value::Known,
};
use crate::import::{
    foreign::common::value,
    text::node::{Key, Kind, Node, Pos, shorten},
};

impl<'n> Stack<'n, '_> {
    /// `Fn::Sub`.
    pub(super) fn substitute(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        const EXPECTED: &str = "a text, or a list of a text and a map";
        let (text, variables): (&str, &'n [(Key, Node)]) = match (call.text(), call.items()) {
            (Some(text), _) => (text, &[]),
            (None, Some([text, variables])) => match (literal(text, false), &variables.kind) {
                (Some(text), Kind::Map(entries)) => (text, entries),
                _ => return Err(self.shape(call, EXPECTED)),
            },
            _ => return Err(self.shape(call, EXPECTED)),
        };
        let variables: HashMap<&str, &'n Node> =
            variables.iter().map(|(key, node)| (key.text.as_str(), node)).collect();
        let mut made = String::new();
        let mut rest = text;
        // After the last closing brace, everything is plain text.
        while let Some((before, after)) = rest.split_once("${")
            && let Some((name, behind)) = after.split_once('}')
        {
            self.append(&mut made, before, call.pos)?;
            match name.strip_prefix('!') {
                Some(name) => {
                    for part in ["${", name, "}"] {
                        self.append(&mut made, part, call.pos)?;
                    }
                }
                None => {
                    let part = self.variable(name, &variables, call.pos)?;
                    self.append(&mut made, &part, call.pos)?;
                }
            }
            rest = behind;
        }
        self.append(&mut made, rest, call.pos)?;
        Ok(self.made_text(call.pos, &made))
    }

    /// The value of `${name}`.
    fn variable(
        &mut self,
        name: &str,
        variables: &HashMap<&str, &'n Node>,
        pos: Pos,
    ) -> Known<String> {
        if let Some(node) = variables.get(name) {
            return self.text_of(node);
        }
        let value = match name.split_once('.') {
            Some((resource, attribute)) => Some(self.attribute(resource, attribute, pos)),
            None => self.reference(name, pos),
        };
        if value.as_ref().is_some_and(|value| matches!(value.kind, Kind::Seq(_))) {
            let message =
                format!("`${{{}}}` is a list, which cannot be part of a text", shorten(name));
            return Err(self.broken(pos, message));
        }
        self.as_text(value, pos)
    }

    /// Appends a part to a text, if the limits allow it.
    fn append(&mut self, made: &mut String, part: &str, pos: Pos) -> Known<()> {
        if !self.spend(pos, 0, part.len()) {
            return Err(beyond(pos));
        }
        made.push_str(part);
        Ok(())
    }

    /// `Fn::Join`.
    pub(super) fn join(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let Some([delimiter, list]) = call.items() else {
            return Err(self.shape(call, "a list of a delimiter and a list"));
        };
        let delimiter = self.text_of(delimiter)?;
        let value = self.value(list);
        let mut made = String::new();
        for (index, item) in self.list_of(value, list.pos)?.into_iter().enumerate() {
            if index > 0 {
                self.append(&mut made, &delimiter, call.pos)?;
            }
            let pos = item.pos;
            let part = self.as_text(Some(item), pos)?;
            self.append(&mut made, &part, call.pos)?;
        }
        Ok(self.made_text(call.pos, &made))
    }

    /// `Fn::Split`.
    pub(super) fn split(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let Some([delimiter, text]) = call.items() else {
            return Err(self.shape(call, "a list of a delimiter and a text"));
        };
        let at = delimiter.pos;
        let delimiter = self.text_of(delimiter)?;
        if delimiter.is_empty() {
            return Err(self.broken(at, "expected a delimiter, found an empty text"));
        }
        let text = self.text_of(text)?;
        let mut parts = Vec::new();
        for part in text.split(delimiter.as_str()) {
            if !self.spend(call.pos, 1, part.len()) {
                return Err(beyond(call.pos));
            }
            parts.push(value::text(call.pos, part));
        }
        Ok(value::list(call.pos, parts))
    }

    /// `Fn::ToJsonString`. Scalars are written as texts, because a Node does not store their types.
    pub(super) fn json(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let Some(node) = self.argument(call) else {
            return Err(self.shape(call, "a list or a map"));
        };
        match (first_unknown(&node), &node.kind) {
            (Some(what), _) => Err(self.unknown(call.pos, what)),
            (None, Kind::Seq(_) | Kind::Map(_)) => {
                Ok(self.made_text(call.pos, &node.to_json().to_string()))
            }
            _ => Err(self.shape(call, "a list or a map")),
        }
    }
}
