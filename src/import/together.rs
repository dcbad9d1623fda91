//! Files of other tools, read together: their resources are one set, in which each thing is once.
//!
//! A value that one template exports tells what another imports. A resource that a file only names, or only looked up,
//! yields to the one that another file describes, in any order of files.

use std::{collections::HashSet, sync::Arc};

use super::{
    Defaults,
    cloudformation::{self, Exports},
    describe,
    diagnostic::{Problem, Severity, Source},
    foreign::{self, Notes, Regions},
    loaded::Loaded,
    node::{self, Node, Pos},
    open::FileKind,
    terraform,
};
use crate::catalog;

/// How many templates in a row may import from each other.
const ROUNDS: usize = 8;

/// A file.
pub(super) struct Part<'n> {
    pub(super) name: &'n str,
    pub(super) kind: FileKind,
    pub(super) root: &'n Node,
    /// The line and the offset of its first character in the text of all, both from 0.
    pub(super) first: (usize, usize),
}

/// The World that files describe.
///
/// # Errors
///
/// Things that two files describe differently, each at its place in the second.
pub(super) fn load(
    source: &Arc<Source>,
    parts: &[Part<'_>],
    defaults: &Defaults,
) -> Result<Loaded, Vec<Problem>> {
    let mut notes = Notes::default();
    let exports = exports(parts, defaults);
    let mut resources = Vec::new();
    let mut regions = Regions::new();
    let replies: Vec<&Node> = of(parts, FileKind::Describe).map(|part| part.root).collect();
    let described = describe::resources(&replies, &mut notes);
    let vpcs = described.iter().filter(|it| it.kind == "AWS::EC2::VPC");
    let vpcs: HashSet<String> = vpcs.map(|it| it.id.clone()).collect();
    resources.extend(described);
    for part in parts {
        let region = match part.kind {
            FileKind::CloudFormation => {
                let (name, root) = (part.name, part.root);
                cloudformation::refuse(root, &mut notes);
                let (made, region) =
                    cloudformation::resources(name, root, defaults, &exports, &mut notes);
                resources.extend(made);
                Some(region)
            }
            FileKind::Terraform => {
                let (made, region) = terraform::resources(part.root, defaults, &mut notes);
                resources.extend(made);
                region
            }
            _ => None,
        };
        let offset = u32::try_from(part.first.1).unwrap_or(u32::MAX);
        regions.push((offset, region.and_then(catalog::region)));
    }
    terraform::join(&mut resources, &mut notes);
    let file_of = |pos: Pos| parts.partition_point(|part| part.first.1 <= pos.offset as usize);
    let clashes = foreign::unite(&mut resources, file_of);
    if !clashes.is_empty() {
        let problem = |clash: &foreign::Clash| {
            let place = file_of(clash.first).checked_sub(1).and_then(|place| parts.get(place));
            let (name, before) = place.map_or(("", 0), |part| (part.name, part.first.0));
            let line = (clash.first.line as usize).saturating_sub(before);
            let message =
                format!("{} is in {name}:{line} too, and they disagree: {}", clash.id, clash.what);
            let error = Severity::Error;
            let problem = node::at(&source.name, &source.text, clash.second, error, &message);
            let hint = "leave out the file that is older".to_owned();
            Problem { hint: Some(hint), ..problem }
        };
        return Err(clashes.iter().map(problem).collect());
    }
    describe::add_attributes(&replies, &vpcs, &mut resources, &mut notes);
    Ok(foreign::load(source, &resources, defaults, regions, notes))
}

fn of<'p, 'n>(
    parts: &'p [Part<'n>],
    kind: FileKind,
) -> impl Iterator<Item = &'p Part<'n>> + use<'p, 'n> {
    parts.iter().filter(move |part| part.kind == kind)
}

/// What all files tell of exports. A template may export what it imports, so that they are asked again while that helps.
fn exports(parts: &[Part<'_>], defaults: &Defaults) -> Exports {
    let mut exports = Exports::new();
    for part in of(parts, FileKind::Describe) {
        describe::exports(part.root, &mut exports);
    }
    let exporting = |part: &&Part<'_>| part.root.get("Outputs").is_some();
    let templates: Vec<_> = of(parts, FileKind::CloudFormation).filter(exporting).collect();
    if parts.len() < 2 {
        return exports;
    }
    for _ in 0..ROUNDS {
        let before = exports.len();
        for part in &templates {
            cloudformation::export(part.name, part.root, defaults, &mut exports);
        }
        if exports.len() == before {
            break;
        }
    }
    exports
}
