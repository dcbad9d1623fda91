//! Makes Nodes for the importers: texts, lists, maps, and unknown values.

use crate::import::text::node::{Key, Kind, Node, Pos};

/// The tag of an unknown value: the file does not give it.
const UNKNOWN: &str = "!unknown";

fn node(kind: Kind, pos: Pos) -> Node {
    Node { kind, tag: None, pos, quoted: true }
}

/// A text.
pub(in super::super) fn text(pos: Pos, text: impl Into<String>) -> Node {
    node(Kind::Scalar(text.into()), pos)
}

/// A list.
pub(in super::super) fn list(pos: Pos, items: Vec<Node>) -> Node {
    node(Kind::Seq(items), pos)
}

/// A map.
pub(in super::super) fn map<K: Into<String>>(
    pos: Pos,
    entries: impl IntoIterator<Item = (K, Node)>,
) -> Node {
    let entries = entries.into_iter();
    let keyed = entries.map(|(key, value)| (Key { text: key.into(), pos: value.pos }, value));
    node(Kind::Map(keyed.collect()), pos)
}

/// An unknown value. `what` says what would give the value: `parameter VpcId`, `import Net-VPC`, `Web.PrivateIp`.
pub(in super::super) fn unknown(pos: Pos, what: impl Into<String>) -> Node {
    Node { tag: Some(UNKNOWN.into()), ..text(pos, what) }
}

/// What would give the value of an unknown node; `None` if the node is known.
pub(in super::super) fn is_unknown(node: &Node) -> Option<&str> {
    if node.tag.as_deref() == Some(UNKNOWN) { node.text() } else { None }
}

/// A copy in which unknown parts are texts, for documents that are stored as they are.
pub(in super::super) fn cleared(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Seq(items) => Kind::Seq(items.iter().map(cleared).collect()),
        Kind::Map(entries) => {
            Kind::Map(entries.iter().map(|(key, value)| (key.clone(), cleared(value))).collect())
        }
        other => other.clone(),
    };
    Node { kind, tag: None, pos: node.pos, quoted: node.quoted }
}
