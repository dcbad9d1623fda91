//! Intrinsics that read or make lists and maps: `Fn::Select`, `Fn::FindInMap`, `Fn::Length`, `Fn::GetAZs`, `Fn::Cidr`.
//!
//! `Fn::GetAZs` gives all zones that the catalogue lists. A real account may see fewer.

use super::{cidr, intrinsic::Intrinsic, stack::Stack, value::Known};
use crate::{
    catalog,
    import::{
        foreign::common::value,
        text::node::{Key, Kind, Node, Pos, shorten},
    },
};

impl<'n> Stack<'n, '_> {
    /// `Fn::Select`.
    pub(super) fn select(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let Some([index, list]) = call.items() else {
            return Err(self.shape(call, "a list of an index and a list"));
        };
        let text = self.text_of(index)?;
        let Ok(wanted) = text.trim().parse::<usize>() else {
            let message = format!("expected an index from 0, found \"{}\"", shorten(&text));
            return Err(self.broken(index.pos, message));
        };
        let value = self.value(list);
        let items = match self.list_of(value, list.pos) {
            Ok(items) => items,
            Err(unknown) => return Err(self.item_of_unknown(unknown, wanted)),
        };
        let length = items.len();
        match items.into_iter().nth(wanted) {
            Some(item) => Ok(item),
            None => {
                let message = format!("there is no item {wanted} in a list of {length}");
                Err(self.broken(index.pos, message))
            }
        }
    }

    /// An item of an unknown list. Its name is the list's name and the number of the item, counted from 1.
    fn item_of_unknown(&mut self, list: Node, index: usize) -> Node {
        let what = value::is_unknown(&list)
            .filter(|what| what.starts_with("parameter ") || what.starts_with("import "));
        match what {
            Some(what) => {
                let what = format!("{what} {}", index.saturating_add(1));
                self.unknown(list.pos, what)
            }
            None => list,
        }
    }

    /// `Fn::FindInMap`; `None` if its default is `AWS::NoValue`.
    pub(super) fn find_in_map(&mut self, call: &Intrinsic<'n>) -> Option<Node> {
        let (keys, default) = match call.items() {
            Some([map, first, second]) => ([map, first, second], None),
            Some([map, first, second, more]) => ([map, first, second], more.get("DefaultValue")),
            _ => return Some(self.shape(call, "a list of a mapping and two keys")),
        };
        let mut names = [const { String::new() }; 3];
        for (name, node) in names.iter_mut().zip(keys) {
            match self.text_of(node) {
                Ok(text) => *name = text,
                Err(unknown) => return Some(Node { pos: call.pos, ..unknown }),
            }
        }
        let [map, first, second] = &names;
        let found = self.template.mapped.get(&(map.as_str(), first.as_str(), second.as_str()));
        match (found.copied(), default) {
            (Some(node), _) => Some(self.mapped(node, call.pos)),
            (None, Some(default)) => self.value(default),
            (None, None) => Some(self.unmapped(&names, keys.map(|key| key.pos), call.pos)),
        }
    }

    /// A value inside a mapping. Intrinsics are not allowed there.
    fn mapped(&mut self, node: &'n Node, pos: Pos) -> Node {
        let plain = |node: &'n Node| Intrinsic::of(node, false).is_none();
        if !plain(node) || !node.items().iter().all(plain) {
            let unknown = self.broken(node.pos, "a mapping holds plain values only");
            return Node { pos, ..unknown };
        }
        match self.value(node) {
            Some(value) => self.copied_to(&value, pos),
            None => value::list(pos, Vec::new()),
        }
    }

    /// Notes the first key that a mapping does not have.
    fn unmapped(&mut self, names: &[String; 3], positions: [Pos; 3], pos: Pos) -> Node {
        let mut entries = self.template.mappings;
        let mut within = String::new();
        // A full notebook takes no more notes, so there is nothing to look for.
        let keys = if self.notes.is_full() { 0 } else { 3 };
        for (name, position) in names.iter().zip(positions).take(keys) {
            match entries.iter().find(|(key, _)| key.text == *name) {
                Some((_, node)) => {
                    entries = node.entries();
                    within = format!("{within}{}.", shorten(name));
                }
                None => {
                    let shown = shorten(name);
                    let message = match within.strip_suffix('.') {
                        None => format!("there is no mapping `{shown}`"),
                        Some(within) => format!("mapping `{within}` has no key `{shown}`"),
                    };
                    let known = entries.iter().map(|(key, _): &(Key, Node)| key.text.as_str());
                    self.notes.missing(position, &message, name, known);
                    break;
                }
            }
        }
        let [map, first, second] = names;
        self.unknown(pos, format!("mapping {map}.{first}.{second}"))
    }

    /// `Fn::Length`.
    pub(super) fn length(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let value = self.argument(call);
        let items = self.list_of(value, call.pos)?;
        Ok(self.text(call.pos, items.len().to_string()))
    }

    /// `Fn::GetAZs`.
    pub(super) fn zones(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let text = match self.argument(call) {
            None => String::new(),
            Some(Node { kind: Kind::Null, .. }) => String::new(),
            value => self.as_text(value, call.pos)?,
        };
        let region = if text.is_empty() { self.region } else { catalog::region(&text) };
        let Some(region) = region else {
            let message = format!("there is no region `{}`", shorten(&text));
            let known = catalog::regions().iter().map(|region| region.name);
            return Err(self.missing(call.pos, &message, &text, known));
        };
        if region.zones.is_empty() {
            return Err(self.unknown(call.pos, format!("zones of {}", region.name)));
        }
        let zones = region.zones.iter().map(|zone| self.text(call.pos, zone.name)).collect();
        Ok(value::list(call.pos, zones))
    }

    /// `Fn::Cidr`.
    pub(super) fn blocks(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let (block, count, bits) = match call.items() {
            Some([block, count]) => (block, count, None),
            Some([block, count, bits]) => (block, count, Some(bits)),
            _ => return Err(self.shape(call, "a list of a block, a count and a number of bits")),
        };
        let block = self.text_of(block)?;
        let count = self.text_of(count)?;
        let bits = bits.map(|bits| self.text_of(bits)).transpose()?;
        match cidr::split(&block, &count, bits.as_deref()) {
            Ok(blocks) => {
                let blocks = blocks.into_iter().map(|block| self.text(call.pos, block)).collect();
                Ok(value::list(call.pos, blocks))
            }
            Err(message) => Err(self.broken(call.pos, message)),
        }
    }
}
