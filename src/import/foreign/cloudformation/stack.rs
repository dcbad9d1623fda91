//! The state of evaluating one template: each resource's values, and the limits on their growth.
//!
//! The files beside this one hold the rules for values.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use super::{
    Written,
    intrinsic::literal,
    made,
    nested::{MAX_STACKS, NESTED, Nested, WITHIN},
    notebook::Notebook,
    outputs::Exports,
    template::{Entry, Template},
};
use crate::{
    catalog::{self, Region},
    import::{
        Defaults,
        foreign::common::{Resource, value},
        text::node::{Key, Kind, Node, Pos, shorten},
    },
};

/// The deepest nesting of a value, references followed.
const MAX_DEPTH: usize = 200;
/// The most text that values may hold, in bytes.
const MAX_TEXT: usize = 64 << 20;
/// The most values there may be.
const MAX_NODES: usize = 1_000_000;

/// What the AWS CDK puts into each template to be counted.
const CDK_METADATA: &str = "AWS::CDK::Metadata";

/// What an unknown value is that was noted as broken.
const BROKEN: &str = "a value that cannot be read";
/// What an unknown value is that goes beyond a bound.
const BEYOND: &str = "a value beyond what is read";

/// What is known of a resource's properties.
#[derive(Clone)]
enum State {
    Fresh,
    /// They are being evaluated, so that asking for them is a cycle.
    Begun,
    Done(Rc<Node>),
}

/// What a template is evaluated with.
#[derive(Clone, Copy)]
pub(super) struct Setting<'n, 'a> {
    /// Where the stack would be made.
    pub(super) defaults: &'a Defaults,
    /// The values that the user gives parameters.
    pub(super) given: &'a [(String, String)],
    /// The values that the parent of a nested stack gives parameters.
    pub(super) passed: &'a BTreeMap<String, Node>,
    /// What the other templates export.
    pub(super) imports: &'a Exports,
    /// All templates.
    pub(super) files: &'a [Written<'n>],
    /// Which of them this one is, behind those it is nested in.
    pub(super) path: &'a [usize],
}

/// What values may still grow to.
#[derive(Clone, Copy)]
pub(super) struct Left {
    /// How deep the value at hand is nested.
    depth: usize,
    /// How much more text there may be.
    text: usize,
    /// How many more values there may be.
    nodes: usize,
    /// Whether there was too much.
    grown: bool,
}

/// The evaluation of a template.
pub(super) struct Stack<'n, 'a> {
    /// What is evaluated.
    pub(super) template: &'a Template<'n>,
    /// Where the stack would be made.
    pub(super) defaults: &'a Defaults,
    /// The same in the catalogue.
    pub(super) region: Option<&'static Region>,
    /// The values that the user gives parameters.
    pub(super) given: &'a [(String, String)],
    /// The values that the parent of a nested stack gives parameters.
    pub(super) passed: &'a BTreeMap<String, Node>,
    /// What the other templates export.
    pub(super) imports: &'a Exports,
    /// All templates.
    pub(super) files: &'a [Written<'n>],
    /// Which of them this one is, behind those it is nested in.
    pub(super) path: &'a [usize],
    /// The nested stacks asked for so far; `None` for one whose template is not known.
    pub(super) nested_stacks: HashMap<usize, Option<Rc<Nested>>>,
    /// How many more stacks may be nested.
    pub(super) stacks: usize,
    /// The values of parameters that the names of exports show.
    pub(super) shown: HashMap<String, String>,
    /// What is told about the template.
    pub(super) notes: Notebook<'a>,
    /// The parameters asked for so far.
    pub(super) parameters: HashMap<&'n str, Rc<Node>>,
    /// The conditions asked for so far; `None` while one is evaluated.
    pub(super) conditions: HashMap<&'n str, Option<bool>>,
    /// How many conditions are being evaluated.
    pub(super) in_condition: usize,
    /// The resources whose condition is false.
    pub(super) left_out: HashSet<usize>,
    /// The elastic addresses.
    pub(super) addresses: HashMap<usize, String>,
    /// The elastic addresses of this stack and of those around and within it.
    pub(super) taken: HashSet<String>,
    /// The properties of each resource.
    states: Vec<State>,
    /// What values may still grow to.
    left: Left,
}

impl<'n, 'a> Stack<'n, 'a> {
    /// Nothing is evaluated yet.
    pub(super) fn new(
        template: &'a Template<'n>,
        setting: Setting<'n, 'a>,
        notes: Notebook<'a>,
    ) -> Self {
        let Setting { defaults, given, passed, imports, files, path } = setting;
        Self {
            template,
            defaults,
            region: catalog::region(defaults.region),
            given,
            passed,
            imports,
            files,
            path,
            nested_stacks: HashMap::new(),
            stacks: MAX_STACKS,
            shown: HashMap::new(),
            notes,
            parameters: HashMap::new(),
            conditions: HashMap::new(),
            in_condition: 0,
            left_out: HashSet::new(),
            addresses: HashMap::new(),
            taken: HashSet::new(),
            states: vec![State::Fresh; template.resources.len()],
            left: Left { depth: 0, text: MAX_TEXT, nodes: MAX_NODES, grown: false },
        }
    }

    /// Finds out what everything else depends on: conditions, elastic addresses, nested stacks.
    pub(super) fn begin(&mut self) {
        self.leave_out();
        self.give_addresses();
        self.nest();
    }

    /// Whether it is a nested stack.
    pub(super) fn is_nested(&self) -> bool {
        self.path.len() > 1
    }

    /// What values may still grow to.
    pub(super) fn left(&self) -> Left {
        self.left
    }

    /// Takes over what values may still grow to, from the stack around this one or back from it.
    pub(super) fn set_left(&mut self, left: Left) {
        self.left = left;
    }

    /// Finds out which resources a condition leaves out.
    fn leave_out(&mut self) {
        for (index, entry) in self.template.resources.iter().enumerate() {
            if entry.kind == CDK_METADATA {
                self.left_out.insert(index);
                continue;
            }
            let Some(node) = entry.node.get("Condition") else { continue };
            let Some(name) = literal(node, false) else {
                let found = node.describe();
                self.notes
                    .skipped(node.pos, format!("expected the name of a condition, found {found}"));
                continue;
            };
            if !self.condition(name, node.pos) {
                self.left_out.insert(index);
                let (it, kind) = (shorten(entry.name), shorten(entry.kind));
                let message =
                    format!("`{it}` ({kind}): its condition `{}` is false", shorten(name));
                self.notes.idle(entry.pos, message);
            }
        }
    }

    /// The resources, evaluated.
    pub(super) fn into_resources(mut self) -> Vec<Resource> {
        let mut resources = Vec::new();
        for (index, entry) in self.template.resources.iter().enumerate() {
            if self.left_out.contains(&index) {
                continue;
            }
            if let Some(properties) = self.properties(index) {
                resources.push((index, entry, properties));
            }
        }
        let mut nested = std::mem::take(&mut self.nested_stacks);
        // Nothing else holds the properties any more, so that none is copied.
        self.states.clear();
        let resource = |(index, entry, properties): (usize, &Entry<'n>, Rc<Node>)| Resource {
            kind: entry.kind.to_owned(),
            id: self.id(index, entry),
            name: entry.name.to_owned(),
            pos: entry.pos,
            data: false,
            properties: Rc::unwrap_or_clone(properties),
        };
        let mut all = Vec::new();
        for (index, entry, properties) in resources {
            if entry.kind != NESTED {
                all.push(resource((index, entry, properties)));
            } else if let Some(Some(nested)) = nested.remove(&index) {
                let within = Rc::unwrap_or_clone(nested).resources.into_iter();
                let named = |it: Resource| Resource {
                    name: format!("{}{WITHIN}{}", entry.name, it.name),
                    ..it
                };
                all.extend(within.map(named));
            }
        }
        all
    }

    /// What `Ref` gives for a resource.
    pub(super) fn id(&self, index: usize, entry: &Entry<'n>) -> String {
        self.addresses.get(&index).unwrap_or(&entry.id).clone()
    }

    /// The properties of a resource, evaluated once; `None` while they are.
    pub(super) fn properties(&mut self, index: usize) -> Option<Rc<Node>> {
        match self.states.get(index)? {
            State::Begun => return None,
            State::Done(properties) => return Some(Rc::clone(properties)),
            State::Fresh => {}
        }
        let template = self.template;
        let entry = template.resources.get(index)?;
        self.set(index, State::Begun);
        let mut properties = self.written_properties(entry);
        made::complete(self, index, entry, &mut properties);
        let properties = Rc::new(properties);
        self.set(index, State::Done(Rc::clone(&properties)));
        Some(properties)
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(slot) = self.states.get_mut(index) {
            *slot = state;
        }
    }

    fn written_properties(&mut self, entry: &Entry<'n>) -> Node {
        let empty = |pos| value::map::<String>(pos, []);
        let Some(node) = entry.node.get("Properties") else { return empty(entry.pos) };
        match self.value(node) {
            Some(properties) if matches!(properties.kind, Kind::Map(_)) => properties,
            Some(other) => {
                let name = shorten(entry.name);
                let message = match value::is_unknown(&other) {
                    Some(what) if is_noted(what) => None,
                    Some(what) => {
                        Some(format!("the properties of `{name}` are not known: {}", shorten(what)))
                    }
                    None => Some(format!(
                        "the properties of `{name}`: expected a map, found {}",
                        other.describe()
                    )),
                };
                if let Some(message) = message {
                    self.notes.skipped(node.pos, message);
                }
                empty(node.pos)
            }
            None => empty(node.pos),
        }
    }

    /// Goes one level deeper; `None`, which is noted, if that is too deep or there is too much already.
    pub(super) fn enter(&mut self, pos: Pos) -> Option<()> {
        if self.left.grown || self.too_deep(1, pos) {
            return None;
        }
        self.left.depth += 1;
        Some(())
    }

    /// Comes back from [`Self::enter`].
    pub(super) fn leave(&mut self) {
        self.left.depth = self.left.depth.saturating_sub(1);
    }

    fn too_deep(&mut self, more: usize, pos: Pos) -> bool {
        let deep = self.left.depth + more > MAX_DEPTH;
        if deep {
            self.notes.skipped(pos, format!("values are nested deeper than {MAX_DEPTH}"));
        }
        deep
    }

    /// Counts what a value takes; false, which is noted once, if there is too much.
    pub(super) fn spend(&mut self, pos: Pos, nodes: usize, text: usize) -> bool {
        if self.left.grown {
            return false;
        }
        match (self.left.nodes.checked_sub(nodes), self.left.text.checked_sub(text)) {
            (Some(nodes), Some(text)) => (self.left.nodes, self.left.text) = (nodes, text),
            _ => {
                self.left.grown = true;
                let message = format!(
                    "the values grow beyond {} MiB of text or {MAX_NODES} values; all values after this one are \
                     unknown",
                    MAX_TEXT >> 20
                );
                self.notes.skipped(pos, message);
            }
        }
        !self.left.grown
    }

    /// A text that is counted.
    pub(super) fn text(&mut self, pos: Pos, text: impl Into<String>) -> Node {
        let text = text.into();
        if self.spend(pos, 1, text.len()) { value::text(pos, text) } else { beyond(pos) }
    }

    /// A value that the template does not tell, counted.
    pub(super) fn unknown(&mut self, pos: Pos, what: impl Into<String>) -> Node {
        let what = what.into();
        if self.spend(pos, 1, what.len()) { value::unknown(pos, what) } else { beyond(pos) }
    }

    /// A value that was noted as broken.
    pub(super) fn broken(&mut self, pos: Pos, message: impl Into<String>) -> Node {
        self.notes.skipped(pos, message);
        value::unknown(pos, BROKEN)
    }

    /// The same where [`Notebook::missing`] notes it.
    pub(super) fn missing<'c>(
        &mut self,
        pos: Pos,
        message: &str,
        name: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) -> Node {
        self.notes.missing(pos, message, name, candidates);
        value::unknown(pos, BROKEN)
    }

    /// A copy of a value at the position of what refers to it.
    pub(super) fn copied_to(&mut self, node: &Node, pos: Pos) -> Node {
        self.copy(node, pos, 1)
    }

    fn copy(&mut self, node: &Node, pos: Pos, level: usize) -> Node {
        let size = node.text().map_or(0, str::len);
        if !self.spend(pos, 1, size) || self.too_deep(level, pos) {
            return beyond(pos);
        }
        let kind = match &node.kind {
            Kind::Null => Kind::Null,
            Kind::Scalar(text) => Kind::Scalar(text.clone()),
            Kind::Seq(items) => {
                Kind::Seq(items.iter().map(|item| self.copy(item, pos, level + 1)).collect())
            }
            Kind::Map(entries) => {
                let mut copied = Vec::new();
                for (key, value) in entries {
                    if !self.spend(pos, 0, key.text.len()) {
                        return beyond(pos);
                    }
                    let key = Key { text: key.text.clone(), pos };
                    copied.push((key, self.copy(value, pos, level + 1)));
                }
                Kind::Map(copied)
            }
        };
        Node { kind, tag: node.tag.clone(), pos, quoted: node.quoted }
    }
}

/// Whether it was noted why a value is unknown.
pub(super) fn is_noted(what: &str) -> bool {
    what == BROKEN || what == BEYOND
}

/// A value that goes beyond a bound, which was noted.
pub(super) fn beyond(pos: Pos) -> Node {
    value::unknown(pos, BEYOND)
}
