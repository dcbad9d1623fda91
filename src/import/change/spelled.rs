//! Changes written as text inside a file, in the form of `--set`: `- "DeleteVpc: {VpcId: NAME}"`.

use std::borrow::Cow;

use crate::import::text::{
    diagnostic::Source,
    node::{self, Key, Kind, Node, Pos},
    reader::Report,
};

/// A Node in which each Change that was written as text is a map. Its positions are those of the text.
pub(super) fn spelled<'n>(node: &'n Node, report: &mut Report<'_>) -> Cow<'n, Node> {
    match &node.kind {
        Kind::Scalar(text) => Cow::Owned(parsed(node, text, report)),
        Kind::Seq(items) if items.iter().any(|item| item.text().is_some()) => {
            let mut all = Vec::new();
            for item in items {
                let item = match item.text() {
                    Some(text) => parsed(item, text, report),
                    None => item.clone(),
                };
                match item.kind {
                    Kind::Seq(several) => all.extend(several),
                    _ => all.push(item),
                }
            }
            Cow::Owned(Node { kind: Kind::Seq(all), ..node.clone() })
        }
        _ => Cow::Borrowed(node),
    }
}

/// The map or list that a text spells. Text of another kind stays as it is.
fn parsed(node: &Node, text: &str, report: &mut Report<'_>) -> Node {
    let source = Source { name: report.source().name.clone(), text: text.to_owned() };
    match node::parse(&source) {
        Ok(found) => match found.kind {
            Kind::Map(_) | Kind::Seq(_) => moved(found, node.pos),
            Kind::Null | Kind::Scalar(_) => node.clone(),
        },
        Err(problems) => {
            for problem in problems {
                report.error(node.pos, &problem.message);
            }
            Node { kind: Kind::Map(Vec::new()), ..node.clone() }
        }
    }
}

/// A Node with another position throughout.
fn moved(node: Node, pos: Pos) -> Node {
    let kind = match node.kind {
        Kind::Seq(items) => Kind::Seq(items.into_iter().map(|item| moved(item, pos)).collect()),
        Kind::Map(entries) => {
            let entry = |(key, value): (Key, Node)| (Key { pos, ..key }, moved(value, pos));
            Kind::Map(entries.into_iter().map(entry).collect())
        }
        other => other,
    };
    Node { kind, pos, ..node }
}
