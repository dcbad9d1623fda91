//! Nested stacks: `AWS::CloudFormation::Stack`, whose template is another file.
//!
//! A nested stack is evaluated once, with the parameters its parent gives it. Its resources are in the World like the
//! parent's; its outputs answer `Fn::GetAtt Nested.Outputs.Name`. `nesting.rs` finds the file before.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use super::{
    Exports, Written,
    stack::{Setting, Stack},
    template::{Template, shortened},
};
use crate::import::{
    foreign::common::{
        Resource,
        value::{self, is_unknown},
    },
    text::node::{Node, Pos, shorten},
};

/// The type of a nested stack.
pub(super) const NESTED: &str = "AWS::CloudFormation::Stack";

/// Separates a nested stack's name from the name of a resource in it, until all names are known. No name in a template
/// contains this character.
pub(super) const WITHIN: char = '\u{1f}';

/// The deepest nesting of stacks.
const MAX_DEPTH: usize = 16;
/// The most nested stacks of one template, at all depths together.
pub(super) const MAX_STACKS: usize = 1_000;

/// A nested stack, evaluated.
#[derive(Clone, Default)]
pub(super) struct Nested {
    pub(super) resources: Vec<Resource>,
    pub(super) outputs: HashMap<String, Node>,
    pub(super) exports: Exports,
}

/// A template and the templates of its nested stacks.
pub(super) fn roots<'n>(files: &[Written<'n>], file: usize) -> Vec<&'n Node> {
    let (mut seen, mut roots, mut left) = (HashSet::new(), Vec::new(), vec![file]);
    while let Some(file) = left.pop() {
        let Some(written) = files.get(file).filter(|_| seen.insert(file)) else { continue };
        roots.push(written.root);
        left.extend(written.nested.values().rev());
    }
    roots
}

/// Removes the name of the nested stack from a resource's name where the rest is unique without it.
pub(super) fn shorten_names(resources: &mut [Resource]) {
    let own = |name: &str| name.rsplit(WITHIN).next().unwrap_or_default().to_owned();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for resource in &*resources {
        *counts.entry(own(&resource.name)).or_default() += 1;
    }
    for resource in resources {
        let short = own(&resource.name);
        let alone = counts.get(&short) == Some(&1);
        resource.name = if alone { short } else { resource.name.replace(WITHIN, "-") };
    }
}

impl<'n> Stack<'n, '_> {
    /// Evaluates every nested stack first, so that the results do not depend on which reference is read first.
    pub(super) fn nest(&mut self) {
        for index in 0..self.template.resources.len() {
            let nested = self.template.resources.get(index).is_some_and(|it| it.kind == NESTED);
            if nested && !self.left_out.contains(&index) {
                self.nested(index);
            }
        }
    }

    /// An output of a nested stack; `None` if its template is not known.
    pub(super) fn nested_output(&mut self, index: usize, output: &str, pos: Pos) -> Option<Node> {
        let nested = self.nested(index)?;
        if let Some(value) = nested.outputs.get(output) {
            return Some(self.copied_to(value, pos));
        }
        let message = format!("the nested stack has no output `{}`", shorten(output));
        let names = nested.outputs.keys().map(String::as_str);
        Some(self.missing(pos, &message, output, names))
    }

    /// A nested stack; `None`, with a note, if its template is not known.
    pub(super) fn nested(&mut self, index: usize) -> Option<Rc<Nested>> {
        if let Some(known) = self.nested_stacks.get(&index) {
            return known.clone();
        }
        let (template, files) = (self.template, self.files);
        let entry = template.resources.get(index)?;
        let name = shorten(entry.name);
        let own = self.path.last().and_then(|file| files.get(*file));
        let Some(file) = own.and_then(|it| it.nested.get(entry.name)).copied() else {
            let message = format!(
                "{name} ({NESTED}): the template in its `TemplateURL` was not found; give that file too"
            );
            self.notes.skipped(entry.pos, message);
            self.nested_stacks.insert(index, None);
            return None;
        };
        let refusal = if self.path.contains(&file) {
            Some("uses a template that contains this stack".to_owned())
        } else if self.path.len() >= MAX_DEPTH {
            Some(format!("is nested deeper than {MAX_DEPTH}"))
        } else if self.stacks == 0 {
            Some(format!("is beyond the {MAX_STACKS} nested stacks that are read"))
        } else {
            None
        };
        if let Some(why) = refusal {
            self.notes.refused(entry.pos, format!("{name} ({NESTED}) {why}"));
            self.nested_stacks.insert(index, None);
            return None;
        }
        // `None` while these are being evaluated: a stack's parameters cannot use its own outputs.
        let properties = self.properties(index)?;
        if let Some(known) = self.nested_stacks.get(&index) {
            return known.clone();
        }
        let nested = Rc::new(self.evaluate_nested(file, entry.name, &properties));
        self.nested_stacks.insert(index, Some(Rc::clone(&nested)));
        Some(nested)
    }

    fn evaluate_nested(&mut self, file: usize, name: &str, properties: &Node) -> Nested {
        let Some(written) = self.files.get(file) else { return Nested::default() };
        let stack = shortened(&format!("{}-{name}", self.template.stack));
        let mut passed = BTreeMap::new();
        let mut keys = Vec::new();
        for (key, value) in properties.get("Parameters").map_or(&[][..], Node::entries) {
            passed.insert(key.text.clone(), value.clone());
            keys.push(key);
        }
        let before = self.template.seed.strip_suffix(&self.template.stack).unwrap_or_default();
        let (root, defaults) = (written.root, self.defaults);
        let template = Template::read(root, (before, stack), defaults, &mut self.notes.lend());
        for key in keys {
            if template.parameters.get(&key.text).is_none() {
                let message = format!("{} has no parameter `{}`", written.name, shorten(&key.text));
                self.notes.missing(key.pos, &message, &key.text, template.parameters.names());
            }
        }
        let path = [self.path, &[file]].concat();
        let setting = Setting {
            defaults: self.defaults,
            given: &[],
            passed: &passed,
            imports: self.imports,
            files: self.files,
            path: &path,
        };
        let left = self.left();
        let mut inner = Stack::new(&template, setting, self.notes.lend());
        inner.set_left(left);
        inner.taken.clone_from(&self.taken);
        inner.stacks = self.stacks.saturating_sub(1);
        inner.begin();
        let mut exports = Exports::new();
        inner.export(&mut exports);
        let outputs = inner.outputs();
        let (left, taken, stacks) = (inner.left(), std::mem::take(&mut inner.taken), inner.stacks);
        let resources = inner.into_resources();
        self.set_left(left);
        (self.taken, self.stacks) = (taken, stacks);
        Nested { resources, outputs, exports }
    }

    /// The outputs whose condition is true.
    fn outputs(&mut self) -> HashMap<String, Node> {
        let mut outputs = HashMap::new();
        for (key, output) in self.template.outputs {
            if !self.is_told(output) {
                continue;
            }
            if let Some(value) = output.get("Value").and_then(|it| self.value(it)) {
                outputs.insert(key.text.clone(), value);
            }
        }
        outputs
    }

    /// The value that the parent gives to a parameter. If the parameter is a list, its text is split.
    pub(super) fn passed(&mut self, name: &str, kind: &str) -> Option<Node> {
        let value = self.passed.get(name)?;
        Some(match (is_unknown(value), value.text()) {
            (Some(what), _) => value::unknown(value.pos, joined(what)),
            (None, Some(text)) => self.typed(value.pos, kind, text, true),
            (None, None) => value.clone(),
        })
    }
}

/// The name of an unknown value. If it is a parameter's list joined with commas, gives the name of that list.
fn joined(what: &str) -> String {
    let name = what.strip_prefix("Join [,, Ref ").and_then(|rest| rest.strip_suffix(']'));
    let name = name.filter(|it| it.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    name.map_or_else(|| what.to_owned(), |name| format!("parameter {name}"))
}
