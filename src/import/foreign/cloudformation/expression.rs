//! Unknown values, identified by their whole expression.
//!
//! Two unknown values count as equal only if their expressions are equal. The short and the long form of a function
//! give the same expression.

use super::{
    intrinsic::{FUNCTIONS, Function, Intrinsic},
    stack::{Stack, is_noted},
};
use crate::import::{
    foreign::common::value::is_unknown,
    text::node::{Kind, Node, Pos},
};

/// The longest expression that can be a name, in bytes. A longer one is cut, and its position makes the name unique.
const LONGEST: usize = 400;

impl Stack<'_, '_> {
    /// The unknown value of a call whose argument contains the unknown value `part`.
    pub(super) fn whole(&mut self, call: &Intrinsic<'_>, part: Node) -> Node {
        let part = Node { pos: call.pos, ..part };
        let Some(what) = is_unknown(&part).filter(|what| !is_noted(what)) else { return part };
        let what = match call.function {
            // The unknown part of such a call names the wanted value already.
            Function::GetAtt | Function::Transform | Function::Base64 => return part,
            Function::Select if is_item(what) => return part,
            Function::ImportValue if what.starts_with("import ") => return part,
            Function::ImportValue => format!("import {}", argument(call)),
            _ if is_alone(call) => return part,
            _ => format!("{} {}", short(call), argument(call)),
        };
        // The same expression in another stack means another value.
        let what =
            if self.is_nested() { format!("{what} of {}", self.template.stack) } else { what };
        self.unknown(call.pos, what)
    }
}

/// Whether a name means one item of an unknown list, such as `parameter Subnets 2`.
fn is_item(what: &str) -> bool {
    let numbered = what.rsplit_once(' ').is_some_and(|(_, last)| last.parse::<usize>().is_ok());
    numbered && (what.starts_with("parameter ") || what.starts_with("import "))
}

/// Whether the result of the call is its only argument, unchanged, as in `!Sub` of `${Vpc}`.
fn is_alone(call: &Intrinsic<'_>) -> bool {
    match call.function {
        Function::Sub => call.text().is_some_and(|text| {
            let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            inner.is_some_and(|inner| !inner.contains(['{', '}', '!']))
        }),
        Function::Join => match call.items() {
            Some([_, list]) => list.items().len() == 1 && Intrinsic::of(list, false).is_none(),
            _ => false,
        },
        _ => false,
    }
}

/// The name of a function without `Fn::` or `!`.
fn short(call: &Intrinsic<'_>) -> &'static str {
    let known = FUNCTIONS.iter().find(|(_, function)| *function == call.function);
    known.map_or("a function", |(name, _)| name)
}

/// The argument of a call as text.
fn argument(call: &Intrinsic<'_>) -> String {
    let mut text = String::new();
    write(call.argument, call.tagged, &mut text);
    // A plain text is written as it is. So is the text of a `Fn::Sub` that names an import.
    let text = text.strip_prefix("Sub ").map_or(text.as_str(), |rest| rest).to_owned();
    if text.len() > LONGEST {
        let Pos { line, column, .. } = call.pos;
        let cut: String = text.chars().take(60).collect();
        return format!("{cut}… of line {line}, column {column}");
    }
    text
}

/// Appends a value to the text. Stops soon after the text is longer than an expression may be.
fn write(node: &Node, untagged: bool, text: &mut String) {
    if text.len() > LONGEST {
        return;
    }
    if let Some(call) = Intrinsic::of(node, untagged) {
        text.push_str(short(&call));
        text.push(' ');
        let list = call.items().filter(|_| call.function == Function::GetAtt);
        match list {
            Some(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    text.push_str(if index > 0 { "." } else { "" });
                    write(part, false, text);
                }
            }
            None => write(call.argument, call.tagged, text),
        }
        return;
    }
    match &node.kind {
        Kind::Null => text.push('~'),
        Kind::Scalar(scalar) => text.extend(scalar.chars().take(LONGEST + 1)),
        Kind::Seq(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate().take(LONGEST) {
                text.push_str(if index > 0 { ", " } else { "" });
                write(item, false, text);
            }
            text.push(']');
        }
        Kind::Map(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate().take(LONGEST) {
                text.push_str(if index > 0 { ", " } else { "" });
                text.push_str(&key.text);
                text.push_str(": ");
                write(value, false, text);
            }
            text.push('}');
        }
    }
}
