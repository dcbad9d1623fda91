//! Splits a template into its sections and notes sections of a wrong shape. Evaluates nothing.

use std::collections::HashMap;

use super::{
    intrinsic::{is_loop, literal},
    made,
    notebook::Notebook,
};
use crate::import::{
    Defaults,
    text::node::{Key, Kind, Node, Pos, shorten},
};

/// A resource as it is written.
pub(super) struct Entry<'n> {
    /// The logical id.
    pub(super) name: &'n str,
    /// The position of the logical id.
    pub(super) pos: Pos,
    /// The type.
    pub(super) kind: &'n str,
    /// The body of the resource.
    pub(super) node: &'n Node,
    /// The value of `Ref`, except for elastic addresses, where `Ref` gives the address.
    pub(super) id: String,
}

/// The entries of a section, by name.
#[derive(Default)]
pub(super) struct Named<'n> {
    entries: HashMap<&'n str, &'n (Key, Node)>,
    /// In the order of the text.
    names: Vec<&'n str>,
}

impl<'n> Named<'n> {
    fn of(entries: impl Iterator<Item = &'n (Key, Node)>) -> Self {
        let entries: Vec<_> = entries.map(|entry| (entry.0.text.as_str(), entry)).collect();
        let names = entries.iter().map(|(name, _)| *name).collect();
        Self { entries: entries.into_iter().collect(), names }
    }

    /// The entry with a name.
    pub(super) fn get(&self, name: &str) -> Option<&'n (Key, Node)> {
        self.entries.get(name).copied()
    }

    /// The names, in the order of the text.
    pub(super) fn names(&self) -> impl Iterator<Item = &'n str> {
        self.names.iter().copied()
    }
}

/// A template, split into its sections.
#[derive(Default)]
pub(super) struct Template<'n> {
    /// The name of its stack.
    pub(super) stack: String,
    /// The start of the seed of every id: the stack's name, after its account and region if those are known.
    pub(super) seed: String,
    /// The parameters.
    pub(super) parameters: Named<'n>,
    /// The values of the mappings.
    pub(super) mapped: HashMap<(&'n str, &'n str, &'n str), &'n Node>,
    /// The mappings.
    pub(super) mappings: &'n [(Key, Node)],
    /// The conditions.
    pub(super) conditions: Named<'n>,
    /// The outputs.
    pub(super) outputs: &'n [(Key, Node)],
    /// The resources that have a type, in the order of the text.
    pub(super) resources: Vec<Entry<'n>>,
    /// Where in `resources` a name is.
    pub(super) indexes: HashMap<&'n str, usize>,
    /// Names under `Resources` that are not resources. A note was made for each.
    pub(super) broken: HashMap<&'n str, Pos>,
}

impl<'n> Template<'n> {
    /// Reads the sections. `stack` is the name of the stack. `before` is put in front of it to make the seed of ids.
    pub(super) fn read(
        root: &'n Node,
        (before, stack): (&str, String),
        defaults: &Defaults,
        notes: &mut Notebook<'_>,
    ) -> Self {
        let mut template = Self { seed: format!("{before}{stack}"), stack, ..Self::default() };
        if !matches!(root.kind, Kind::Map(_)) {
            notes.skipped(root.pos, format!("expected a template, found {}", root.describe()));
            return template;
        }
        if let Some(transform) = root.get("Transform") {
            transforms(transform, notes);
        }
        template.parameters = Named::of(section(root, "Parameters", notes));
        template.conditions = Named::of(section(root, "Conditions", notes));
        template.outputs = root.get("Outputs").map_or(&[], Node::entries);
        template.mappings = root.get("Mappings").map_or(&[], Node::entries);
        for (mapping, top) in section(root, "Mappings", notes) {
            for (first, values) in top.entries() {
                for (second, value) in values.entries() {
                    template.mapped.insert((&mapping.text, &first.text, &second.text), value);
                }
            }
        }
        if root.get("Resources").is_none() {
            notes.skipped(root.pos, "the template has no `Resources`");
        }
        for (key, node) in section(root, "Resources", notes) {
            match kind(key, node, notes) {
                Some(kind) => {
                    let id = made::id(&template, defaults, &key.text, kind, node);
                    template.indexes.insert(&key.text, template.resources.len());
                    let entry = Entry { name: &key.text, pos: key.pos, kind, node, id };
                    template.resources.push(entry);
                }
                None => {
                    template.broken.insert(&key.text, key.pos);
                }
            }
        }
        template
    }
}

/// The entries of a section, without loops that were not expanded.
fn section<'n>(
    root: &'n Node,
    name: &str,
    notes: &mut Notebook<'_>,
) -> impl Iterator<Item = &'n (Key, Node)> + use<'n> {
    let mut entries: &[(Key, Node)] = &[];
    if let Some(node) = root.get(name) {
        if matches!(node.kind, Kind::Map(_)) {
            entries = node.entries();
        } else {
            let message = format!("`{name}`: expected a map, found {}", node.describe());
            notes.skipped(node.pos, message);
        }
    }
    for (key, value) in entries {
        if is_loop(&key.text) {
            notes.skipped(key.pos, format!("`{}` is not expanded", shorten(&key.text)));
        } else if key.text == "Fn::Transform" {
            transforms(value, notes);
        }
    }
    entries.iter().filter(|(key, _)| !is_loop(&key.text) && key.text != "Fn::Transform")
}

/// The type of a resource. If it has none, makes a note.
fn kind<'n>(key: &Key, node: &'n Node, notes: &mut Notebook<'_>) -> Option<&'n str> {
    let name = shorten(&key.text);
    if !matches!(node.kind, Kind::Map(_)) {
        let message = format!("`{name}`: expected a resource, found {}", node.describe());
        notes.skipped(key.pos, message);
        return None;
    }
    let Some(kind) = node.get("Type") else {
        notes.skipped(key.pos, format!("`{name}` has no `Type`"));
        return None;
    };
    let text = literal(kind, false);
    if text.is_none() {
        notes.skipped(kind.pos, format!("`{name}`: its `Type` is not plain text"));
    }
    text
}

/// Notes each transform that would change the template.
fn transforms(node: &Node, notes: &mut Notebook<'_>) {
    let items = match &node.kind {
        Kind::Seq(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    for item in items {
        let named = item.get("Name").unwrap_or(item);
        match named.text() {
            Some("AWS::LanguageExtensions") => {}
            Some(name) => {
                notes.skipped(named.pos, format!("transform `{}` is not run", shorten(name)));
            }
            None => notes.skipped(named.pos, "a transform is not run"),
        }
    }
}

/// The stack name for a file: the stem of the file's name, reduced to the letters that are allowed in a stack's name.
pub(in super::super) fn stack_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    };
    let name = made::lettered(stem);
    let name = if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        format!("stack-{name}")
    };
    shortened(&name)
}

/// A stack's name, cut to AWS's limit.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(128).collect()
}
