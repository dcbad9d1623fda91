//! The exports of stacks, and `Fn::ImportValue`, which reads them.

use std::collections::BTreeMap;

use super::{
    intrinsic::{Function, Intrinsic},
    stack::Stack,
    value::Known,
};
use crate::import::{
    foreign::common::value,
    text::node::{Node, Pos},
};

/// The values that stacks export, by name.
pub(in super::super) type Exports = BTreeMap<String, String>;

impl<'n> Stack<'n, '_> {
    /// Adds what the template exports. An output whose name or value is not known is left out.
    pub(super) fn export(&mut self, exports: &mut Exports) {
        for (_, output) in self.template.outputs {
            if !self.is_told(output) {
                continue;
            }
            let name = output.get("Export").and_then(|it| it.get("Name"));
            let (Some(name), Some(told)) = (name, output.get("Value")) else { continue };
            if let (Ok(name), Ok(told)) = (self.text_of(name), self.text_of(told)) {
                exports.entry(name).or_insert(told);
            }
        }
        for nested in self.nested_stacks.values().flatten() {
            for (name, told) in &nested.exports {
                exports.entry(name.clone()).or_insert_with(|| told.clone());
            }
        }
    }

    /// `Fn::ImportValue`: what another stack exports.
    pub(super) fn import(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        let name = match self.text_argument(call) {
            Ok(name) => name,
            Err(unknown) => match self.shown_name(call.argument, call.pos) {
                Some(name) => name,
                None => return Err(unknown),
            },
        };
        if let Some(deployed) = &mut self.deployed {
            deployed.imports.insert(name.clone());
        }
        match self.imports.get(&name).cloned() {
            Some(told) => Ok(self.text(call.pos, told)),
            None => Err(value::unknown(call.pos, format!("import {name}"))),
        }
    }

    /// Resolves the name of an export such as `${Network}-Vpc` whose parameter is unknown. If exactly one known export
    /// fits, the parameter's value follows from its name. Later names use that value too.
    fn shown_name(&mut self, argument: &'n Node, pos: Pos) -> Option<String> {
        let call = Intrinsic::of(argument, false).filter(|it| it.function == Function::Sub)?;
        let (before, rest) = call.text()?.split_once("${")?;
        let (parameter, after) = rest.split_once('}')?;
        if before.contains('{') || after.contains('{') {
            return None;
        }
        self.template.parameters.get(parameter)?;
        if let Some(shown) = self.shown.get(parameter) {
            return Some(format!("{before}{shown}{after}"));
        }
        let fits = |name: &String| {
            let shown = name.strip_prefix(before)?.strip_suffix(after)?;
            (!shown.is_empty()).then(|| shown.to_owned())
        };
        let mut fitting = self.imports.keys().filter_map(fits);
        let shown = fitting.next().filter(|_| fitting.next().is_none())?;
        let name = format!("{before}{shown}{after}");
        let message = format!(
            "parameter `{parameter}` has no value; `{shown}` is used, because {name} is the only export that fits"
        );
        self.notes.inferred(pos, message);
        self.shown.insert(parameter.to_owned(), shown);
        Some(name)
    }
}
