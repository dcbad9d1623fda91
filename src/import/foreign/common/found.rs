//! The resources of an import, by type and by id, and access to their properties.
//!
//! A property with an unknown value counts as absent. The first access to it makes a note.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Notes, Regions, Remark, Resource, names, untaken, value};
use crate::{
    catalog::Region,
    import::text::{
        node::{Key, Kind, Node, Pos},
        scalar::Scalar,
    },
};

/// The most names of one type that a note lists.
const LISTED: usize = 20;

/// The resources of the files.
pub(super) struct Found<'r> {
    by_kind: BTreeMap<&'r str, Vec<&'r Resource>>,
    by_id: HashMap<&'r str, &'r Resource>,
    /// The name of each resource, by its type and id.
    called: HashMap<(&'r str, &'r str), &'r str>,
    /// The DNS names of load balancers, in lower case.
    balancers: HashSet<String>,
    /// The region of resources that name none.
    pub(super) region: &'static Region,
    /// The region of each file.
    regions: Regions,
    /// The notes so far.
    pub(super) notes: Notes,
}

impl<'r> Found<'r> {
    pub(super) fn new(
        resources: &'r [Resource],
        (region, regions): (&'static Region, Regions),
        notes: Notes,
    ) -> Self {
        let mut found = Self {
            by_kind: BTreeMap::new(),
            by_id: HashMap::new(),
            called: HashMap::new(),
            balancers: HashSet::new(),
            region,
            regions,
            notes,
        };
        for resource in resources {
            found.by_kind.entry(&resource.kind).or_default().push(resource);
            found.by_id.entry(&resource.id).or_insert(resource);
            let name = resource.properties.get("DNSName").and_then(Node::text);
            found.balancers.extend(name.map(str::to_ascii_lowercase));
        }
        for (kind, resources) in &found.by_kind {
            let names = names::choose(resources);
            let named = resources.iter().zip(names);
            found.called.extend(named.map(|(it, name)| ((*kind, it.id.as_str()), name)));
        }
        found
    }

    /// The name of a resource: its tag `Name` if no other resource of its type has the same, else its name in the file.
    pub(super) fn called(&self, resource: &'r Resource) -> &'r str {
        let key = (resource.kind.as_str(), resource.id.as_str());
        self.called.get(&key).copied().unwrap_or(&resource.name)
    }

    /// The other names of the resources whose ids are in `held`, by id.
    pub(super) fn other_names(&self, held: &HashSet<String>) -> Entries {
        let mut entries = Entries::default();
        for (kind, resources) in &self.by_kind {
            for resource in resources.iter().filter(|_| names::NAMED.contains(kind)) {
                let id = names::id_of(resource);
                let called = self.called(resource);
                let others = names::of(resource).into_iter().flatten();
                let others = others.filter(|it| *it != called && *it != id);
                let others: Vec<Node> = others.map(|it| value::text(resource.pos, it)).collect();
                if !others.is_empty() && held.contains(&id.to_ascii_lowercase()) {
                    entries.put_at(id, resource.pos, value::list(resource.pos, others));
                }
            }
        }
        entries
    }

    /// The region of the file at a position, if the file names one; else the usual region.
    pub(super) fn region_at(&self, pos: Pos) -> &'static Region {
        let after = self.regions.partition_point(|(first, _)| *first <= pos.offset);
        let own = after.checked_sub(1).and_then(|index| self.regions.get(index));
        own.and_then(|(_, region)| *region).unwrap_or(self.region)
    }

    /// The resources of a type, in the order of the file.
    pub(super) fn of(&self, kind: &str) -> Vec<&'r Resource> {
        self.by_kind.get(kind).cloned().unwrap_or_default()
    }

    /// The resource with an id.
    pub(super) fn by_id(&self, id: &str) -> Option<&'r Resource> {
        self.by_id.get(id).copied()
    }

    /// Whether a DNS name is that of a load balancer in the file.
    pub(super) fn is_balancer(&self, name: &str) -> bool {
        self.balancers.contains(&name.to_ascii_lowercase())
    }

    /// Makes a note about a position.
    pub(super) fn note(&mut self, pos: Pos, remark: Remark, message: impl Into<String>) {
        self.notes.add(pos, remark, message);
    }

    /// Notes that a resource is left out.
    pub(super) fn skip(&mut self, resource: &Resource, why: &str) {
        let message = format!("{}: {why}", resource.label());
        self.note(resource.pos, Remark::Skipped, message);
    }

    /// Notes that a resource is left out on which no answer and no way of the traffic depends.
    pub(super) fn leave(&mut self, resource: &Resource, why: &str) {
        self.note(resource.pos, Remark::Idle, format!("{}: {why}", resource.label()));
    }

    /// Notes every type that the importer does not know.
    pub(super) fn skip_unknown_types(&mut self, known: &[&str]) {
        let unknown: Vec<_> =
            self.by_kind.iter().filter(|(kind, _)| !known.contains(kind)).collect();
        let mut skipped = Vec::new();
        for (kind, resources) in unknown {
            let Some(first) = resources.first() else { continue };
            let mut names: Vec<&str> =
                resources.iter().take(LISTED).map(|it| it.name.as_str()).collect();
            let more = format!("{} more", resources.len().saturating_sub(LISTED));
            if resources.len() > LISTED {
                names.push(&more);
            }
            let (remark, why) = match untaken::matter(kind) {
                Some(what) => {
                    (Remark::Skipped, format!("vpcdns does not read this type, though {what}"))
                }
                None => (Remark::Idle, "vpcdns does not read this type".to_owned()),
            };
            skipped.push((first.pos, remark, format!("{kind}: {}: {why}", names.join(", "))));
        }
        for (pos, remark, message) in skipped {
            self.note(pos, remark, message);
        }
    }

    /// A property, if its value is known.
    pub(super) fn get(&mut self, resource: &'r Resource, key: &str) -> Option<&'r Node> {
        let node = resource.properties.get(key)?;
        self.known(node, &format!("{key} of {}", resource.label()))
    }

    /// The node, if its value is known. Otherwise makes a note.
    pub(super) fn known<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Node> {
        if let Some(reason) = value::is_unknown(node) {
            let message = format!("{what}: the file does not give {reason}");
            self.note(node.pos, Remark::Skipped, message);
            return None;
        }
        Some(node)
    }

    /// The text of a property.
    pub(super) fn text(&mut self, resource: &'r Resource, key: &str) -> Option<&'r str> {
        self.get(resource, key)?.text()
    }

    /// A property that is `true` or `false`.
    pub(super) fn flag(&mut self, resource: &'r Resource, key: &str) -> Option<bool> {
        self.text(resource, key).and_then(flag)
    }

    /// A property parsed as `T`. Makes a note if that fails.
    pub(super) fn read<T: Scalar>(&mut self, resource: &'r Resource, key: &str) -> Option<T> {
        let node = self.get(resource, key)?;
        let read = node.text().and_then(|text| T::read(text).ok());
        if read.is_none() {
            let message = format!(
                "{key} of {}: expected {}, found {}",
                resource.label(),
                T::EXPECTED,
                node.describe()
            );
            self.note(node.pos, Remark::Skipped, message);
        }
        read
    }

    /// The items of a list property that are known. A single value counts as a list of one.
    pub(super) fn list(&mut self, resource: &'r Resource, key: &str) -> Vec<&'r Node> {
        let Some(node) = self.get(resource, key) else { return Vec::new() };
        let what = format!("{key} of {}", resource.label());
        items(node).iter().filter_map(|item| self.known(item, &what)).collect()
    }

    /// The texts in a list property.
    pub(super) fn texts(&mut self, resource: &'r Resource, key: &str) -> Vec<&'r str> {
        self.list(resource, key).into_iter().filter_map(Node::text).collect()
    }
}

impl Resource {
    /// The name and the type, for a message.
    pub(super) fn label(&self) -> String {
        format!("{} ({})", self.name, self.kind)
    }
}

/// The items of a list. A single value counts as a list of one.
pub(in super::super) fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::Seq(items) => items,
        Kind::Null => &[],
        Kind::Scalar(_) | Kind::Map(_) => std::slice::from_ref(node),
    }
}

/// The message that placeholder addresses are used.
pub(super) fn stand_in(addresses: &[String], what: &str, of: &Resource) -> String {
    let used =
        if addresses.len() == 1 { "is used as a placeholder" } else { "are used as placeholders" };
    format!("{} {used} for the {what} of {}", addresses.join(", "), of.name)
}

/// Parses `true` or `false`, in any case.
pub(super) fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The entries of a map under construction.
#[derive(Default)]
pub(in super::super) struct Entries(Vec<(Key, Node)>);

impl Entries {
    /// Adds a value under a key.
    pub(in super::super) fn put(&mut self, key: impl Into<String>, node: Node) {
        self.0.push((Key { text: key.into(), pos: node.pos }, node));
    }

    /// Adds a value under a key. The key gets its own position.
    pub(in super::super) fn put_at(&mut self, key: impl Into<String>, pos: Pos, node: Node) {
        self.0.push((Key { text: key.into(), pos }, node));
    }

    /// Adds a copy of a value from the file, if there is one.
    pub(in super::super) fn copy(&mut self, key: &str, node: Option<&Node>) {
        if let Some(node) = node {
            self.put(key, node.clone());
        }
    }

    /// Adds a text.
    pub(in super::super) fn text(&mut self, key: &str, pos: Pos, text: impl Into<String>) {
        self.put(key, value::text(pos, text));
    }

    /// Replaces the value of a key.
    pub(in super::super) fn replace(&mut self, key: &str, node: Node) {
        self.0.retain(|(known, _)| known.text != key);
        self.put(key, node);
    }

    /// Adds a text, unless the key is there.
    pub(in super::super) fn text_if_absent(
        &mut self,
        key: &str,
        pos: Pos,
        text: impl Into<String>,
    ) {
        if !self.has(key) {
            self.text(key, pos, text);
        }
    }

    /// Adds a value to the map under a key.
    pub(super) fn put_within(&mut self, key: &str, inner: &str, node: &Node) {
        for (known, map) in &mut self.0 {
            if let Kind::Map(entries) = &mut map.kind
                && known.text == key
                && !entries.iter().any(|(held, _)| held.text == inner)
            {
                entries.push((Key { text: inner.to_owned(), pos: node.pos }, node.clone()));
            }
        }
    }

    /// Whether a key exists.
    pub(in super::super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known.text == key)
    }

    /// Adds the entries of another map.
    pub(in super::super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Adds a list, unless it is empty.
    pub(in super::super) fn list(&mut self, key: &str, pos: Pos, items: Vec<Node>) {
        if !items.is_empty() {
            self.put(key, value::list(pos, items));
        }
    }

    /// Adds a map, unless it is empty.
    pub(in super::super) fn map(&mut self, key: &str, pos: Pos, entries: Self) {
        if !entries.0.is_empty() {
            self.put(key, entries.into_node(pos));
        }
    }

    /// Whether the map is empty.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Collects the texts under a key at any depth, in lower case.
    pub(super) fn texts(&self, key: &str, found: &mut HashSet<String>) {
        let mut left: Vec<&[(Key, Node)]> = vec![&self.0];
        while let Some(entries) = left.pop() {
            for (own, node) in entries {
                match node.text() {
                    Some(text) if own.text == key => {
                        found.insert(text.trim_end_matches('.').to_ascii_lowercase());
                    }
                    _ => {}
                }
                left.push(node.entries());
                left.extend(node.items().iter().map(Node::entries));
            }
        }
    }

    /// The map.
    pub(in super::super) fn into_node(self, pos: Pos) -> Node {
        Node { kind: Kind::Map(self.0), tag: None, pos, quoted: false }
    }
}

impl From<Vec<(Key, Node)>> for Entries {
    fn from(entries: Vec<(Key, Node)>) -> Self {
        Self(entries)
    }
}
