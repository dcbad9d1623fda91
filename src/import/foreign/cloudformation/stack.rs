//! The state of evaluating one template: each resource's values, and the limits on their growth.
//!
//! The files beside this one hold the rules for values.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use super::{
    Written,
    deploy::Deployed,
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

/// The deepest nesting of a value, with its references followed.
const MAX_DEPTH: usize = 200;
/// The most text that all values together may contain, in bytes.
const MAX_TEXT: usize = 64 << 20;
/// The most values.
const MAX_NODES: usize = 1_000_000;

/// A resource that the AWS CDK adds to each template for its usage statistics.
const CDK_METADATA: &str = "AWS::CDK::Metadata";

/// The name of an unknown value whose template text is broken. A note says why.
const BROKEN: &str = "a value that cannot be read";
/// The name of an unknown value that is over a limit.
const BEYOND: &str = "a value beyond what is read";

/// The state of a resource's properties.
#[derive(Clone)]
enum State {
    Fresh,
    /// They are being evaluated. A request for them now means that the resource depends on itself.
    Begun,
    Done(Rc<Node>),
}

/// The input of an evaluation.
#[derive(Clone, Copy)]
pub(super) struct Setting<'n, 'a> {
    /// The region and account of the stack, and the usual parameters.
    pub(super) defaults: &'a Defaults,
    /// The parameter values that the user gives.
    pub(super) given: &'a [(String, String)],
    /// The parameter values that the parent gives to a nested stack.
    pub(super) passed: &'a BTreeMap<String, Node>,
    /// The exports of the other templates.
    pub(super) imports: &'a Exports,
    /// All templates.
    pub(super) files: &'a [Written<'n>],
    /// The index of this template, after those of the stacks around it.
    pub(super) path: &'a [usize],
}

/// How much more the evaluation may use.
#[derive(Clone, Copy)]
pub(super) struct Left {
    /// The depth of the current value.
    depth: usize,
    /// How much more text there may be.
    text: usize,
    /// How many more values there may be.
    nodes: usize,
    /// Whether a limit was reached.
    grown: bool,
}

/// The evaluation of a template.
pub(super) struct Stack<'n, 'a> {
    /// The template.
    pub(super) template: &'a Template<'n>,
    /// The region and account of the stack, and the usual parameters.
    pub(super) defaults: &'a Defaults,
    /// The region of the defaults, in the catalogue.
    pub(super) region: Option<&'static Region>,
    /// The parameter values that the user gives.
    pub(super) given: &'a [(String, String)],
    /// The parameter values that the parent gives to a nested stack.
    pub(super) passed: &'a BTreeMap<String, Node>,
    /// The exports of the other templates.
    pub(super) imports: &'a Exports,
    /// All templates.
    pub(super) files: &'a [Written<'n>],
    /// The index of this template, after those of the stacks around it.
    pub(super) path: &'a [usize],
    /// The nested stacks evaluated so far; `None` for one whose template is not known.
    pub(super) nested_stacks: HashMap<usize, Option<Rc<Nested>>>,
    /// How many more stacks may be nested.
    pub(super) stacks: usize,
    /// The parameter values that follow from the names of exports.
    pub(super) shown: HashMap<String, String>,
    /// The notes about this template.
    pub(super) notes: Notebook<'a>,
    /// The parameters evaluated so far.
    pub(super) parameters: HashMap<&'n str, Rc<Node>>,
    /// The conditions evaluated so far; `None` while one is being evaluated.
    pub(super) conditions: HashMap<&'n str, Option<bool>>,
    /// How many conditions are being evaluated.
    pub(super) in_condition: usize,
    /// The resources whose condition is false.
    pub(super) left_out: HashSet<usize>,
    /// The elastic address of each such resource.
    pub(super) addresses: HashMap<usize, String>,
    /// The elastic addresses in use: by this stack, the stacks around it and those inside it.
    pub(super) taken: HashSet<String>,
    /// What AWS made of the resources so far, if the template is deployed.
    pub(super) deployed: Option<Deployed>,
    /// The state of each resource's properties.
    states: Vec<State>,
    /// How much more the evaluation may use.
    left: Left,
}

impl<'n, 'a> Stack<'n, 'a> {
    /// A stack of which nothing is evaluated yet.
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
            deployed: None,
            states: vec![State::Fresh; template.resources.len()],
            left: Left { depth: 0, text: MAX_TEXT, nodes: MAX_NODES, grown: false },
        }
    }

    /// Evaluates what everything else depends on: conditions, elastic addresses, nested stacks.
    pub(super) fn begin(&mut self) {
        self.leave_out();
        self.give_addresses();
        self.nest();
    }

    /// Whether this is a nested stack.
    pub(super) fn is_nested(&self) -> bool {
        self.path.len() > 1
    }

    /// How much more the evaluation may use.
    pub(super) fn left(&self) -> Left {
        self.left
    }

    /// Lets all values together contain less text.
    pub(super) fn limit_text(&mut self, most: usize) {
        self.left.text = self.left.text.min(most);
    }

    /// Sets how much more the evaluation may use. A nested stack shares the limits with the stack around it.
    pub(super) fn set_left(&mut self, left: Left) {
        self.left = left;
    }

    /// Finds the resources that a condition leaves out.
    pub(super) fn leave_out(&mut self) {
        for (index, entry) in self.template.resources.iter().enumerate() {
            if entry.kind == CDK_METADATA && self.deployed.is_none() {
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
        // This drops the other references to the properties, so unwrapping them below copies nothing.
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

    /// The properties of a resource, evaluated once; `None` while they are being evaluated.
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
        if self.deployed.is_none() {
            made::complete(self, index, entry, &mut properties);
        }
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

    /// Goes one level deeper. `None`, with a note, if a limit is reached.
    pub(super) fn enter(&mut self, pos: Pos) -> Option<()> {
        if self.left.grown || self.too_deep(1, pos) {
            return None;
        }
        self.left.depth += 1;
        Some(())
    }

    /// Goes back up after [`Self::enter`].
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

    /// Counts the cost of a value. False if a limit is reached; the first time, a note is made.
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

    /// Makes a text and counts its cost.
    pub(super) fn text(&mut self, pos: Pos, text: impl Into<String>) -> Node {
        let text = text.into();
        if self.spend(pos, 1, text.len()) { value::text(pos, text) } else { beyond(pos) }
    }

    /// Makes an unknown value and counts its cost.
    pub(super) fn unknown(&mut self, pos: Pos, what: impl Into<String>) -> Node {
        let what = what.into();
        if self.spend(pos, 1, what.len()) { value::unknown(pos, what) } else { beyond(pos) }
    }

    /// Notes that a value is broken, and makes an unknown value in its place.
    pub(super) fn broken(&mut self, pos: Pos, message: impl Into<String>) -> Node {
        self.notes.skipped(pos, message);
        value::unknown(pos, BROKEN)
    }

    /// Does the same with [`Notebook::missing`], which suggests similar names.
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

    /// Copies a value to the position of the reference to it.
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

/// Whether a note already says why a value is unknown.
pub(super) fn is_noted(what: &str) -> bool {
    what == BROKEN || what == BEYOND
}

/// Makes the unknown value for a value over a limit. The note was made already.
pub(super) fn beyond(pos: Pos) -> Node {
    value::unknown(pos, BEYOND)
}
