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
mod parameter;
mod refused;
mod region;
mod stack;
mod template;
mod text;
mod value;

use std::sync::Arc;

use super::{
    Defaults,
    diagnostic::Source,
    foreign::{self, Notes, Resource},
    loaded::Loaded,
    node::Node,
};
use notebook::Notebook;
use stack::Stack;
use template::Template;

/// The World that a template describes.
pub(super) fn load(source: &Arc<Source>, root: &Node, defaults: &Defaults) -> Loaded {
    let mut notes = Notes::default();
    let mut defaults = defaults.clone();
    let named = region::named(root, defaults.region, &mut notes);
    if let Some(region) = named {
        defaults.region = region;
    }
    refused::check(root, &mut Notebook::new(&mut notes));
    let resources = resources(source, root, &defaults, &mut notes);
    // Zones and services that the template does not write out follow from the region.
    let region = named.unwrap_or(defaults.region);
    foreign::load(source, &resources, &defaults, Some(region), notes)
}

/// The resources of a template, in its order; those whose condition is false are left out.
///
/// The defaults' parameters win over those of the template.
fn resources(
    source: &Source,
    root: &Node,
    defaults: &Defaults,
    notes: &mut Notes,
) -> Vec<Resource> {
    let mut notebook = Notebook::new(notes);
    let template = Template::read(root, &source.name, defaults, &mut notebook);
    let mut stack = Stack::new(&template, defaults, &defaults.parameters, notebook);
    stack.check_parameters(root.pos);
    stack.leave_out();
    stack.give_addresses();
    stack.into_resources()
}

#[cfg(test)]
mod tests;
