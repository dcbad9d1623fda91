//! Combines the resources of several files into one set that holds each resource once.
//!
//! Exports of one template resolve imports of another. If one file only refers to a resource and another describes it,
//! the description counts, whatever the order of the files.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    sync::Arc,
};

use super::{
    cloudformation::{self, Deployment, Exports, Taken, Written},
    common,
    common::{Notes, Regions, Resource, value},
    describe, terraform,
    tree::Origin,
};
use crate::{
    catalog,
    import::{
        Defaults,
        open::FileKind,
        text::{
            diagnostic::{Problem, Severity, Source},
            node::{self, Key, Kind, Node, Pos},
        },
        world::loaded::Loaded,
    },
};

/// The longest chain of templates that import from each other.
const ROUNDS: usize = 8;

/// One of several files.
pub(in crate::import) struct Part<'n> {
    pub(in crate::import) name: &'n str,
    pub(in crate::import) kind: FileKind,
    pub(in crate::import) root: &'n Node,
    /// The account, region and stack that its folder gives.
    pub(in crate::import) origin: &'n Origin,
    /// The templates of its nested stacks, by logical id: indexes into the list of files.
    pub(in crate::import) nested: &'n BTreeMap<String, usize>,
    /// The files that it includes: indexes into the list of files.
    pub(in crate::import) included: Vec<usize>,
    /// The line and the offset of its first character in all texts joined together, both from 0.
    pub(in crate::import) first: (usize, usize),
}

/// Makes one World of several files.
///
/// # Errors
///
/// Things that two files describe differently, each at its position in the second.
pub(in crate::import) fn load(
    source: &Arc<Source>,
    parts: &[Part<'_>],
    defaults: &Defaults,
) -> Result<Loaded, Vec<Problem>> {
    let mut notes = Notes::default();
    let templates = Templates::of(parts);
    let exports = exports(parts, &templates, defaults);
    let mut resources = Vec::new();
    let mut regions = Regions::new();
    let replies: Vec<&Node> = of(parts, FileKind::Describe).map(|part| part.root).collect();
    let described = describe::resources(&replies, &mut notes);
    let vpcs = described.iter().filter(|it| it.kind == "AWS::EC2::VPC");
    let vpcs: HashSet<String> = vpcs.map(|it| it.id.clone()).collect();
    resources.extend(described);
    let mut taken = Taken::new();
    let mut of_parts: Vec<Option<&'static str>> = vec![None; parts.len()];
    for (number, part) in parts.iter().enumerate() {
        let deployment = deployment(part, defaults);
        match part.kind {
            FileKind::CloudFormation => {
                cloudformation::refuse(part.root, &mut notes);
                if !templates.roots.contains(&number) {
                    continue;
                }
                let files = &templates.files;
                let (made, region) = cloudformation::resources(
                    files,
                    number,
                    &deployment,
                    (&exports, &mut taken),
                    &mut notes,
                );
                resources.extend(made);
                for within in templates.within(number) {
                    let included = parts.get(within).map_or(&[][..], |part| &part.included);
                    for file in included.iter().copied().chain([within]) {
                        set(&mut of_parts, file, Some(region));
                    }
                }
            }
            FileKind::Terraform => {
                let (made, region) =
                    terraform::resources(part.root, &deployment.defaults, &mut notes);
                resources.extend(made);
                set(&mut of_parts, number, region.or(part.origin.region));
            }
            _ => set(&mut of_parts, number, part.origin.region),
        }
    }
    for (part, region) in parts.iter().zip(of_parts) {
        let offset = u32::try_from(part.first.1).unwrap_or(u32::MAX);
        regions.push((offset, region.and_then(catalog::region)));
    }
    own(&mut resources, parts);
    terraform::join(&mut resources, &mut notes);
    let file_of = |pos: Pos| parts.partition_point(|part| part.first.1 <= pos.offset as usize);
    let clashes = common::unite(&mut resources, file_of);
    if !clashes.is_empty() {
        let problem = |clash: &common::Clash| {
            let part = file_of(clash.first).checked_sub(1).and_then(|index| parts.get(index));
            let (name, before) = part.map_or(("", 0), |part| (part.name, part.first.0));
            let line = (clash.first.line as usize).saturating_sub(before);
            let message =
                format!("{} is also in {name}:{line}, with other values: {}", clash.id, clash.what);
            let error = Severity::Error;
            let problem = node::at(&source.name, &source.text, clash.second, error, &message);
            let hint = "leave out the older file".to_owned();
            Problem { hint: Some(hint), ..problem }
        };
        return Err(clashes.iter().map(problem).collect());
    }
    describe::add_attributes(&replies, &vpcs, &mut resources, &mut notes);
    Ok(common::load(source, &resources, defaults, regions, notes))
}

fn of<'p, 'n>(
    parts: &'p [Part<'n>],
    kind: FileKind,
) -> impl Iterator<Item = &'p Part<'n>> + use<'p, 'n> {
    parts.iter().filter(move |part| part.kind == kind)
}

/// The exports of all files. A template may export a value that it imports, so the search repeats while it finds more.
fn exports(parts: &[Part<'_>], templates: &Templates<'_>, defaults: &Defaults) -> Exports {
    let mut exports = Exports::new();
    for part in of(parts, FileKind::Describe) {
        describe::exports(part.root, &mut exports);
    }
    if parts.len() < 2 {
        return exports;
    }
    for _ in 0..ROUNDS {
        let (before, mut taken) = (exports.len(), Taken::new());
        for number in &templates.roots {
            let Some(part) = parts.get(*number) else { continue };
            let deployment = deployment(part, defaults);
            let known = (&mut exports, &mut taken);
            cloudformation::export(&templates.files, *number, &deployment, known);
        }
        if exports.len() == before {
            break;
        }
    }
    exports
}

/// The templates among the files.
struct Templates<'n> {
    /// One entry for each file. An entry of a file that is not a template is never used.
    files: Vec<Written<'n>>,
    /// The templates that are stacks of their own, not only nested in others.
    roots: Vec<usize>,
}

impl<'n> Templates<'n> {
    fn of(parts: &[Part<'n>]) -> Self {
        let written = |part: &Part<'n>| Written {
            name: part.name,
            root: part.root,
            stack: part.origin.stack.clone(),
            nested: part.nested,
        };
        let mut templates = Self { files: parts.iter().map(written).collect(), roots: Vec::new() };
        let nested: HashSet<&str> = parts
            .iter()
            .flat_map(|part| part.nested.values())
            .filter_map(|file| parts.get(*file))
            .map(|part| part.name)
            .collect();
        let stands = |part: &Part<'_>| part.kind == FileKind::CloudFormation;
        let alone = |part: &Part<'_>| stands(part) && !nested.contains(part.name);
        let mut reached = HashSet::new();
        // Templates that contain each other in a circle count as stacks of their own.
        let first = (0..parts.len()).filter(|it| parts.get(*it).is_some_and(alone));
        let then = (0..parts.len()).filter(|it| parts.get(*it).is_some_and(stands));
        let first: Vec<usize> = first.collect();
        for number in first.iter().copied().chain(then) {
            if first.contains(&number) || !reached.contains(&number) {
                reached.extend(templates.within(number));
                templates.roots.push(number);
            }
        }
        templates.roots.sort_unstable();
        templates.roots.dedup();
        templates.tell_apart(parts);
        templates
    }

    /// If files of equal name would give stacks of equal name, adds their folders' names.
    fn tell_apart(&mut self, parts: &[Part<'_>]) {
        let mut files: BTreeMap<String, HashSet<&str>> = BTreeMap::new();
        let unnamed: Vec<(usize, &Part<'_>)> =
            self.roots.iter().filter_map(|it| Some((*it, parts.get(*it)?))).collect();
        for (_, part) in &unnamed {
            files.entry(cloudformation::stack_name(part.name)).or_default().insert(part.name);
        }
        for (number, part) in unnamed {
            let name = cloudformation::stack_name(part.name);
            let same = files.get(&name).is_some_and(|files| files.len() > 1);
            let folder = Path::new(part.name).parent().and_then(Path::file_name);
            if let (true, Some(folder), Some(written)) = (same, folder, self.files.get_mut(number))
            {
                let folder = folder.to_string_lossy();
                let named = || cloudformation::stack_name(&format!("{folder}-{name}.yaml"));
                written.stack.get_or_insert_with(named);
            }
        }
    }

    /// The indexes of a template and of all templates nested in it.
    fn within(&self, number: usize) -> HashSet<usize> {
        let (mut within, mut left) = (HashSet::new(), vec![number]);
        while let Some(number) = left.pop() {
            if within.insert(number) {
                let nested = self.files.get(number).into_iter().flat_map(|it| it.nested.values());
                left.extend(nested.copied());
            }
        }
        within
    }
}

/// Sets the region of a file, unless it has one.
fn set(regions: &mut [Option<&'static str>], file: usize, region: Option<&'static str>) {
    if let Some(known) = regions.get_mut(file) {
        *known = known.or(region);
    }
}

/// The defaults of a file: the values that its folder gives, else the common ones.
fn deployment(part: &Part<'_>, defaults: &Defaults) -> Deployment {
    let Origin { region, account, stack: _, parameters } = part.origin;
    let mut defaults = defaults.clone();
    if let Some(region) = region {
        defaults.region = region;
    }
    if let Some(account) = account {
        defaults.account = Arc::clone(account);
    }
    // Parameters from the command line win.
    defaults.parameters.splice(0..0, parameters.iter().cloned());
    let seed = match (account, region) {
        (None, None) => String::new(),
        _ => format!("{}/{}/", defaults.account, defaults.region),
    };
    Deployment { defaults, region_told: region.is_some(), seed }
}

/// Sets the owner of resources that name no account: the account that the file's folder gives.
fn own(resources: &mut [Resource], parts: &[Part<'_>]) {
    for resource in resources {
        let pos = resource.pos;
        let file = parts.partition_point(|part| part.first.1 <= pos.offset as usize);
        let part = file.checked_sub(1).and_then(|file| parts.get(file));
        let Some(account) = part.and_then(|part| part.origin.account.as_ref()) else { continue };
        let owned = matches!(&*resource.kind, "AWS::EC2::VPC" | "AWS::EC2::VPCEndpointService");
        if owned
            && resource.properties.get("OwnerId").is_none()
            && let Kind::Map(entries) = &mut resource.properties.kind
        {
            let key = Key { text: "OwnerId".to_owned(), pos };
            entries.push((key, value::text(pos, &**account)));
        }
    }
}
