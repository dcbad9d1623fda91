//! CloudFormation templates, evaluated: every resource with its properties, in which no intrinsic is left.
//!
//! Knows AWS's intrinsics, its pseudo parameters, and what references give; does not know what a property means, beyond
//! the few that `Fn::GetAtt` asks for. What a template does not tell (a parameter without a value, another stack's
//! export, an address that AWS gives) is an unknown node, and whoever needs the value notes it. A nested stack is
//! evaluated with the parameters its parent gives. Macros and modules are not run.
//!
//! Nothing here fails: what is wrong is noted at its position and unknown. What values may grow to is bounded.

mod attribute;
mod cidr;
mod condition;
mod endpoint;
mod expand;
mod expression;
mod include;
mod intrinsic;
mod list;
mod made;
mod nested;
mod notebook;
mod outputs;
mod parameter;
mod refused;
mod region;
mod stack;
mod template;
mod text;
mod url;
mod value;

use std::collections::{BTreeMap, HashSet};

pub(in crate::import) use expand::expand;
pub(super) use include::{included, includes};
pub(super) use outputs::Exports;
pub(super) use url::nested_stacks;

use super::common::{Notes, Resource};
use crate::import::{Defaults, text::node::Node};
use notebook::Notebook;
use stack::{Setting, Stack};
use template::Template;
pub(super) use template::stack_name;

/// A template as it is written, one of several.
pub(super) struct Written<'n> {
    /// Its file.
    pub(super) name: &'n str,
    /// What it says.
    pub(super) root: &'n Node,
    /// The name of its stack, unless that of the file stands for it.
    pub(super) stack: Option<String>,
    /// Which of the templates its nested stacks are made of, by logical id.
    pub(super) nested: &'n BTreeMap<String, usize>,
}

/// The elastic addresses that templates gave.
pub(super) type Taken = HashSet<String>;

/// Where a template is deployed, as far as it matters to its values.
#[derive(Clone)]
pub(super) struct Deployment {
    /// The region, account and parameters.
    pub(super) defaults: Defaults,
    /// Whether the region is known, so that the template is not asked for it.
    pub(super) region_told: bool,
    /// What ids are made from beside the name of the stack.
    pub(super) seed: String,
}

/// Tells why CloudFormation refuses a template as a whole, if it does.
pub(super) fn refuse(root: &Node, notes: &mut Notes) {
    refused::check(root, &mut Notebook::new(notes));
}

/// The resources of a template and of its nested stacks, in its order, and the region it is evaluated for. Resources whose
/// condition is false are left out.
///
/// The defaults' parameters win over those of the template.
pub(super) fn resources(
    files: &[Written<'_>],
    file: usize,
    deployment: &Deployment,
    (imports, taken): (&Exports, &mut Taken),
    notes: &mut Notes,
) -> (Vec<Resource>, &'static str) {
    let defaults = for_region(files, file, deployment, notes);
    let setting = (&*deployment.seed, &defaults);
    let resources = evaluate(files, file, setting, imports, notes, |mut stack, root| {
        stack.check_parameters(root.pos);
        stack.taken = std::mem::take(taken);
        stack.begin();
        *taken = std::mem::take(&mut stack.taken);
        stack.into_resources()
    });
    let mut resources = resources.unwrap_or_default();
    nested::shorten_names(&mut resources);
    (resources, defaults.region)
}

/// Adds what a template and its nested stacks export, as far as the exports known so far tell it.
pub(super) fn export(
    files: &[Written<'_>],
    file: usize,
    deployment: &Deployment,
    (exports, taken): (&mut Exports, &mut Taken),
) {
    let mut notes = Notes::default();
    let defaults = for_region(files, file, deployment, &mut notes);
    let imports = exports.clone();
    let setting = (&*deployment.seed, &defaults);
    evaluate(files, file, setting, &imports, &mut notes, |mut stack, _| {
        stack.taken = std::mem::take(taken);
        stack.begin();
        *taken = std::mem::take(&mut stack.taken);
        stack.export(exports);
    });
}

fn evaluate<'n, T>(
    files: &[Written<'n>],
    file: usize,
    (seed, defaults): (&str, &Defaults),
    imports: &Exports,
    notes: &mut Notes,
    then: impl FnOnce(Stack<'n, '_>, &'n Node) -> T,
) -> Option<T> {
    let written = files.get(file)?;
    let mut notebook = Notebook::new(notes);
    let name = written.stack.clone().unwrap_or_else(|| stack_name(written.name));
    let template = Template::read(written.root, (seed, name), defaults, &mut notebook);
    let (given, passed) = (&defaults.parameters, &BTreeMap::new());
    let setting = Setting { defaults, given, passed, imports, files, path: &[file] };
    Some(then(Stack::new(&template, setting, notebook), written.root))
}

/// The defaults with the region that the template or one of its nested stacks writes out, if it does.
fn for_region(
    files: &[Written<'_>],
    file: usize,
    deployment: &Deployment,
    notes: &mut Notes,
) -> Defaults {
    let mut defaults = deployment.defaults.clone();
    if deployment.region_told {
        return defaults;
    }
    let roots = nested::roots(files, file);
    if let Some(region) = region::named(&roots, &defaults, notes) {
        defaults.region = region;
    }
    defaults
}

#[cfg(test)]
mod tests;
