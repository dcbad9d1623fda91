//! Parses intrinsic functions: `!Sub …`, `{"Fn::Sub": …}`, `{"Ref": …}`.
//!
//! Only recognises them. `value.rs` evaluates them.

use crate::import::text::node::{Key, Kind, Node, Pos};

/// An intrinsic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Ref,
    GetAtt,
    Sub,
    Join,
    Select,
    Split,
    FindInMap,
    GetAzs,
    Cidr,
    ImportValue,
    If,
    Equals,
    And,
    Or,
    Not,
    Condition,
    Base64,
    Length,
    ToJsonString,
    Transform,
    /// A function that CloudFormation does not have.
    Other,
}

/// The intrinsics by name, without `Fn::`.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("Ref", Function::Ref),
    ("GetAtt", Function::GetAtt),
    ("Sub", Function::Sub),
    ("Join", Function::Join),
    ("Select", Function::Select),
    ("Split", Function::Split),
    ("FindInMap", Function::FindInMap),
    ("GetAZs", Function::GetAzs),
    ("Cidr", Function::Cidr),
    ("ImportValue", Function::ImportValue),
    ("If", Function::If),
    ("Equals", Function::Equals),
    ("And", Function::And),
    ("Or", Function::Or),
    ("Not", Function::Not),
    ("Condition", Function::Condition),
    ("Base64", Function::Base64),
    ("Length", Function::Length),
    ("ToJsonString", Function::ToJsonString),
    ("Transform", Function::Transform),
];

/// An intrinsic with its argument.
#[derive(Clone, Copy)]
pub(super) struct Intrinsic<'n> {
    /// The function.
    pub(super) function: Function,
    /// The name as it is written: `!Sub`, `Fn::Sub`.
    pub(super) name: &'n str,
    /// Its argument.
    pub(super) argument: &'n Node,
    /// Whether the call is written as a tag on the argument, as in `!Sub`. The tag is then not a part of the argument.
    pub(super) tagged: bool,
    /// The position of the value: that of a scalar argument, else that of the function's name.
    pub(super) pos: Pos,
}

impl<'n> Intrinsic<'n> {
    /// Recognises an intrinsic; `None` for a plain value. With `untagged` the value's tag is ignored, because the
    /// caller has used it.
    pub(super) fn of(node: &'n Node, untagged: bool) -> Option<Self> {
        if let Some(tag) = node.tag.as_deref().filter(|tag| !untagged && !is_of_yaml(tag)) {
            let function = function(tag.strip_prefix('!').unwrap_or(tag));
            return Some(Self { function, name: tag, argument: node, tagged: true, pos: node.pos });
        }
        match node.entries() {
            [(key, value)] => Self::long(key, value),
            _ => None,
        }
    }

    /// Recognises an intrinsic where a condition is expected.
    pub(super) fn of_condition(node: &'n Node) -> Option<Self> {
        Self::of(node, false).or_else(|| match node.entries() {
            [(key, value)] if key.text == "Condition" => {
                Some(Self::keyed(Function::Condition, key, value))
            }
            _ => None,
        })
    }

    fn long(key: &'n Key, value: &'n Node) -> Option<Self> {
        if key.text == "Ref" {
            return Some(Self::keyed(Function::Ref, key, value));
        }
        let name = key.text.strip_prefix("Fn::")?;
        // `Fn::ForEach` makes keys of the map around it. `Ref` and `Condition` have no form with `Fn::`.
        let function = match function(name) {
            _ if is_loop(&key.text) => return None,
            Function::Ref | Function::Condition => Function::Other,
            function => function,
        };
        Some(Self::keyed(function, key, value))
    }

    fn keyed(function: Function, key: &'n Key, value: &'n Node) -> Self {
        let pos = if value.text().is_some() { value.pos } else { key.pos };
        Self { function, name: &key.text, argument: value, tagged: false, pos }
    }

    /// The items of the argument, if the template writes it as a list.
    pub(super) fn items(&self) -> Option<&'n [Node]> {
        let written = self.tagged || Intrinsic::of(self.argument, false).is_none();
        match &self.argument.kind {
            Kind::Seq(items) if written => Some(items),
            _ => None,
        }
    }

    /// The argument, if the template writes it as a text.
    pub(super) fn text(&self) -> Option<&'n str> {
        literal(self.argument, self.tagged)
    }
}

/// The text of a scalar that is not an intrinsic.
pub(super) fn literal(node: &Node, untagged: bool) -> Option<&str> {
    if Intrinsic::of(node, untagged).is_none() { node.text() } else { None }
}

/// Whether a key is `Fn::ForEach::Name`.
pub(super) fn is_loop(key: &str) -> bool {
    key.strip_prefix("Fn::ForEach").is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn function(name: &str) -> Function {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map_or(Function::Other, |found| found.1)
}

/// Whether a tag is YAML's own, such as `!!str`.
fn is_of_yaml(tag: &str) -> bool {
    tag == "!" || tag.starts_with("!!") || tag.starts_with("tag:yaml.org,2002:")
}
