//! `Fn::ForEach` (`AWS::LanguageExtensions`), expanded before anything else is evaluated.
//!
//! Expands loops over lists and over parameters that have a value. Any other loop stays as it is, and the caller makes
//! a note. The number of copies is limited.

use super::intrinsic::{Function, Intrinsic, is_loop};
use crate::import::text::node::{Key, Kind, Node};

/// The most values that all loops of one template may make.
const MAX_NODES: usize = 500_000;
/// The longest item of a collection, in bytes.
const LONGEST: usize = 1_024;
/// The longest text in which identifiers are replaced, in bytes.
const LONGEST_TEXT: usize = 1 << 16;
/// The deepest nesting of loops.
const MAX_DEPTH: usize = 8;

/// A copy of the template with its loops expanded; `None` if it has no loops.
pub(in crate::import) fn expand(root: &Node, given: &[(String, String)]) -> Option<Node> {
    if !has_loop(root) {
        return None;
    }
    let mut expansion = Expansion { root, given, left: MAX_NODES };
    Some(expansion.node(root, &[], 0))
}

fn has_loop(root: &Node) -> bool {
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        if node.entries().iter().any(|(key, _)| is_loop(&key.text)) {
            return true;
        }
        left.extend(node.entries().iter().map(|(_, value)| value));
        left.extend(node.items());
    }
    false
}

/// A loop's identifier and the current item.
type Variable<'n> = (&'n str, String);

struct Expansion<'n> {
    root: &'n Node,
    given: &'n [(String, String)],
    /// How many more values the loops may make.
    left: usize,
}

impl<'n> Expansion<'n> {
    fn node(&mut self, node: &'n Node, variables: &[Variable<'n>], depth: usize) -> Node {
        self.left = self.left.saturating_sub(1);
        let called = Intrinsic::of(node, false);
        let name =
            called.filter(|call| call.function == Function::Ref).and_then(|call| call.text());
        if let Some((_, text)) = variables.iter().rfind(|(known, _)| Some(*known) == name) {
            return Node {
                kind: Kind::Scalar(text.clone()),
                tag: None,
                pos: node.pos,
                quoted: true,
            };
        }
        let kind = match &node.kind {
            Kind::Null => Kind::Null,
            Kind::Scalar(text) => Kind::Scalar(self.text(text, variables)),
            Kind::Seq(items) => {
                Kind::Seq(items.iter().map(|item| self.node(item, variables, depth)).collect())
            }
            Kind::Map(entries) => {
                let mut map = Vec::new();
                for (key, value) in entries {
                    if is_loop(&key.text)
                        && let Some(more) = self.made(value, variables, depth)
                    {
                        map.extend(more);
                        continue;
                    }
                    let text = self.text(&key.text, variables);
                    map.push((Key { text, pos: key.pos }, self.node(value, variables, depth)));
                }
                Kind::Map(map)
            }
        };
        Node { kind, tag: node.tag.clone(), pos: node.pos, quoted: node.quoted }
    }

    fn text(&mut self, text: &str, variables: &[Variable<'n>]) -> String {
        let text = substituted(text, variables);
        self.left = self.left.saturating_sub(text.len() / 64);
        text
    }

    /// The values that a loop makes; `None` if its form or its collection is unknown, or if it makes too many.
    fn made(
        &mut self,
        written: &'n Node,
        variables: &[Variable<'n>],
        depth: usize,
    ) -> Option<Vec<(Key, Node)>> {
        let [identifier, collection, body] = written.items() else { return None };
        let identifier = identifier.text()?;
        let items = self.collection(collection, variables)?;
        if items.iter().any(|item| item.len() > LONGEST) {
            return None;
        }
        let mut made: Vec<(Key, Node)> = Vec::new();
        for item in items {
            if self.left == 0 || depth >= MAX_DEPTH {
                return None;
            }
            let inner = [variables, &[(identifier, item)]].concat();
            if let Kind::Map(entries) = self.node(body, &inner, depth + 1).kind {
                made.extend(entries);
            }
        }
        Some(made)
    }

    /// The items that a loop runs over.
    fn collection(&self, node: &'n Node, variables: &[Variable<'n>]) -> Option<Vec<String>> {
        match Intrinsic::of(node, false) {
            Some(call) if call.function == Function::Ref => {
                let text = self.parameter(call.text()?)?;
                Some(text.split(',').map(|item| item.trim().to_owned()).collect())
            }
            Some(_) => None,
            None => node.items().iter().map(|item| self.item(item, variables)).collect(),
        }
    }

    fn item(&self, node: &'n Node, variables: &[Variable<'n>]) -> Option<String> {
        match Intrinsic::of(node, false) {
            Some(call) if call.function == Function::Ref => {
                let name = call.text()?;
                let variable = variables.iter().rfind(|(known, _)| *known == name);
                variable.map(|(_, text)| text.clone()).or_else(|| self.parameter(name))
            }
            Some(_) => None,
            None => node.text().map(|text| substituted(text, variables)),
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let parameter = self.root.get("Parameters")?.get(name)?;
        let given = self.given.iter().rfind(|(known, _)| known == name);
        let default = || parameter.get("Default").and_then(Node::text).map(str::to_owned);
        given.map(|(_, value)| value.clone()).or_else(default)
    }
}

/// A text with its identifiers replaced: `${Name}` by the item, `&{Name}` by its letters and digits.
fn substituted(text: &str, variables: &[Variable<'_>]) -> String {
    if variables.is_empty() || text.len() > LONGEST_TEXT {
        return text.to_owned();
    }
    let (mut made, mut rest) = (String::new(), text);
    while let Some(brace) = rest.find('{') {
        let (before, after) = rest.split_at(brace);
        let variable = after.strip_prefix('{').and_then(|inner| {
            let (name, behind) = inner.split_once('}')?;
            let (_, value) = variables.iter().rfind(|(known, _)| *known == name)?;
            Some((value, behind))
        });
        let mark = before.chars().next_back();
        match (variable, mark) {
            (Some((value, behind)), Some('$' | '&')) => {
                made.push_str(before.get(..before.len() - 1).unwrap_or_default());
                let kept = |letter: &char| mark == Some('$') || letter.is_ascii_alphanumeric();
                made.extend(value.chars().filter(kept));
                rest = behind;
            }
            _ => {
                made.push_str(before);
                made.push('{');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::text::{diagnostic::Source, node::parse};

    fn expanded(text: &str) -> String {
        let source = Source { name: "t.yaml".to_owned(), text: text.to_owned() };
        let root = parse(&source).unwrap();
        expand(&root, &[("Given".to_owned(), "p, q".to_owned())]).unwrap().to_json().to_string()
    }

    #[test]
    fn a_loop_makes_an_entry_for_each_item() {
        let made = expanded(
            "R:\n  Fn::ForEach::Zones:\n    - Zone\n    - [a-1, b-2]\n    - 'Subnet&{Zone}':\n        Name: !Sub 'net-${Zone}'\n        Zone: !Ref Zone\n        '${Zone}': {Ref: Zone}\n",
        );
        assert_eq!(
            made,
            r#"{"R":{"Subneta1":{"Name":"net-a-1","Zone":"a-1","a-1":"a-1"},"Subnetb2":{"Name":"net-b-2","Zone":"b-2","b-2":"b-2"}}}"#
        );
    }

    #[test]
    fn loops_within_loops_see_both_identifiers() {
        let made = expanded(
            "Fn::ForEach::A: [A, [x, y], {'Fn::ForEach::B': [B, ['1', !Ref A], {'${A}${B}': z}]}]\nk: v\n",
        );
        assert_eq!(made, r#"{"x1":"z","xx":"z","y1":"z","yy":"z","k":"v"}"#);
    }

    #[test]
    fn a_parameter_is_a_collection() {
        let loops = "{'Fn::ForEach::A': [A, !Ref Given, {'${A}': v}], 'Fn::ForEach::B': [B, !Ref Own, {'${B}': v}]}";
        let text = format!(
            "Parameters: {{Given: {{Type: CommaDelimitedList}}, Own: {{Default: 'r,s'}}}}\nR: {loops}\n"
        );
        assert!(expanded(&text).ends_with(r#""R":{"p":"v","q":"v","r":"v","s":"v"}}"#));
    }

    #[test]
    fn a_loop_that_is_not_known_stays() {
        for written in ["[A, !Ref Nobody, {}]", "[A, !Split [',', x], {}]", "[A]", "x"] {
            let text = format!("Fn::ForEach::A: {written}\n");
            assert!(expanded(&text).starts_with(r#"{"Fn::ForEach::A":"#), "{written}");
        }
    }

    #[test]
    fn what_loops_make_is_bounded() {
        let items = (0..200).map(|it| it.to_string()).collect::<Vec<_>>().join(",");
        let mut body = "{v: w}".to_owned();
        for level in 0..6 {
            body = format!("{{'Fn::ForEach::L{level}': [I{level}, [{items}], {body}]}}");
        }
        assert!(expanded(&body).len() < 100_000_000);
    }
}
