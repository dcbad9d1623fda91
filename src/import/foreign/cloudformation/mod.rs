//! Evaluates CloudFormation templates: gives every resource with its properties, free of intrinsics.
//!
//! Knows AWS's intrinsics, its pseudo parameters, and what references give. Does not know what a property means, beyond
//! the few that `Fn::GetAtt` asks for. A value that the template does not give (a parameter without a value, another
//! stack's export, an address that AWS chooses) is an unknown node. The code that needs such a value makes a note. A
//! nested stack is evaluated with the parameters that its parent gives it. Macros and modules are not run.
//!
//! Nothing here fails: a wrong part becomes an unknown value, with a note at its position. The size of all values is
//! limited.

mod attribute;
mod cidr;
mod condition;
pub(crate) mod deploy;
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

/// One of several templates, as it is written.
pub(super) struct Written<'n> {
    /// Its file.
    pub(super) name: &'n str,
    /// Its contents.
    pub(super) root: &'n Node,
    /// The name of its stack; `None` takes the name from the file.
    pub(super) stack: Option<String>,
    /// The template of each of its nested stacks, by logical id: an index into the list of templates.
    pub(super) nested: &'n BTreeMap<String, usize>,
}

/// The elastic addresses that templates have used so far.
pub(super) type Taken = HashSet<String>;

/// Where a template is deployed, as far as its values depend on it.
#[derive(Clone)]
pub(super) struct Deployment {
    /// The region, account and parameters.
    pub(super) defaults: Defaults,
    /// Whether the region is known already. If not, the template is searched for one.
    pub(super) region_told: bool,
    /// A prefix for the seed of ids, in front of the stack's name.
    pub(super) seed: String,
}

/// Makes a note if CloudFormation would refuse the template as a whole.
pub(super) fn refuse(root: &Node, notes: &mut Notes) {
    refused::check(root, &mut Notebook::new(notes));
}

/// Evaluates a template and its nested stacks: their resources in the order of the text, and the region. Resources
/// whose condition is false are left out.
///
/// Parameters in the defaults win over the template's own.
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

/// Adds the exports of a template and its nested stacks whose values are known. `Fn::ImportValue` sees the exports
/// found so far.
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

/// The defaults, with the region that the template or a nested stack names, if one does.
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
