//! CloudFormation templates, evaluated: every resource with its properties, in which no intrinsic is left.
//!
//! Knows AWS's intrinsics, its pseudo parameters, and what references give; does not know what a property means, beyond
//! the few that `Fn::GetAtt` asks for. What a template does not tell (a parameter without a value, another stack's
//! export, an address that AWS gives) is an unknown node, and whoever needs the value notes it. Transforms, macros,
//! modules, nested stacks and `Fn::ForEach` are not run.
//!
//! Nothing here fails: what is wrong is noted at its place and unknown. What values may grow to is bounded.

mod attribute;
mod call;
mod cidr;
mod condition;
mod endpoint;
mod expression;
mod list;
mod made;
mod notebook;
mod outputs;
mod parameter;
mod refused;
mod region;
mod stack;
mod template;
mod text;
mod value;

pub(super) use outputs::Exports;

use super::{
    Defaults,
    foreign::{Notes, Resource},
    node::Node,
};
use notebook::Notebook;
use stack::Stack;
use template::Template;

/// Tells why CloudFormation refuses a template as a whole, if it does.
pub(super) fn refuse(root: &Node, notes: &mut Notes) {
    refused::check(root, &mut Notebook::new(notes));
}

/// The resources of a template, in its order, and the region it is evaluated for. Resources whose condition is false are
/// left out.
///
/// The defaults' parameters win over those of the template.
pub(super) fn resources(
    name: &str,
    root: &Node,
    defaults: &Defaults,
    imports: &Exports,
    notes: &mut Notes,
) -> (Vec<Resource>, &'static str) {
    let defaults = for_region(root, defaults, notes);
    let mut notebook = Notebook::new(notes);
    let template = Template::read(root, name, &defaults, &mut notebook);
    let mut stack = Stack::new(&template, &defaults, &defaults.parameters, imports, notebook);
    stack.check_parameters(root.pos);
    stack.leave_out();
    stack.give_addresses();
    (stack.into_resources(), defaults.region)
}

/// Adds what a template exports, as far as the exports known so far tell it.
pub(super) fn export(name: &str, root: &Node, defaults: &Defaults, exports: &mut Exports) {
    let mut notes = Notes::default();
    let defaults = for_region(root, defaults, &mut notes);
    let mut notebook = Notebook::new(&mut notes);
    let template = Template::read(root, name, &defaults, &mut notebook);
    let imports = exports.clone();
    let mut stack = Stack::new(&template, &defaults, &defaults.parameters, &imports, notebook);
    stack.leave_out();
    stack.give_addresses();
    stack.export(exports);
}

/// The defaults with the region that the template writes out, if it does.
fn for_region(root: &Node, defaults: &Defaults, notes: &mut Notes) -> Defaults {
    let mut defaults = defaults.clone();
    if let Some(region) = region::named(root, defaults.region, notes) {
        defaults.region = region;
    }
    defaults
}

#[cfg(test)]
mod tests;
