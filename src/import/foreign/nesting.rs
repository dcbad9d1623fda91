//! Finds the files that a template needs: the templates of its nested stacks, and the files it includes.
//!
//! Looks among the given files first, then beside the file that names it.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use super::{
    cloudformation,
    folder::{Sourced, skipped},
    forms,
    tree::Origin,
};
use crate::import::{
    Defaults,
    open::{FileKind, Parsed, parse, read_file},
    text::diagnostic::{Problem, Source},
    world::loaded::Failure,
};

/// The most files that are read only because other files name them.
const MAX_FILES: usize = 500;

/// The other files that a template needs, as indexes into the list of files.
#[derive(Default)]
pub(super) struct Links {
    /// The templates of its nested stacks, by logical id.
    pub(super) nested: BTreeMap<String, usize>,
    /// The files that it includes, by the possible paths of each.
    pub(super) included: BTreeMap<Vec<String>, usize>,
}

/// For each file, the files it needs. Reads the needed files that the user did not give, and expands the loops of
/// templates.
pub(super) fn link(
    parsed: &mut Vec<Parsed>,
    defaults: &Defaults,
    others: &mut Vec<Sourced>,
) -> Vec<Links> {
    let given = &*defaults.parameters;
    let mut linking =
        Linking { defaults, others, templates: HashMap::new(), parts: HashMap::new(), read: 0 };
    for (number, one) in parsed.iter().enumerate() {
        let path = normal(Path::new(&one.source.name));
        linking.templates.entry(path).or_insert(Some(number));
    }
    let mut all = Vec::new();
    while let Some(one) = parsed.get_mut(all.len()) {
        let mut links = Links::default();
        if one.kind == FileKind::CloudFormation {
            if let Some(root) = cloudformation::expand(&one.root, given) {
                one.root = root;
            }
            let path = normal(Path::new(&one.source.name));
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let origin = Origin { stack: None, parameters: Vec::new(), ..one.origin.clone() };
            let nested: Vec<(String, Vec<String>)> =
                cloudformation::nested_stacks(&one.root, given)
                    .into_iter()
                    .map(|(name, paths)| (name.to_owned(), paths))
                    .collect();
            for paths in cloudformation::includes(&one.root, given) {
                let file = linking.beside(&folder, &paths, (FileKind::Part, &origin), parsed);
                links.included.extend(file.map(|file| (paths, file)));
            }
            for (name, paths) in nested {
                let kind = (FileKind::CloudFormation, &origin);
                let file = linking.beside(&folder, &paths, kind, parsed);
                let given = || paths.iter().find_map(|path| ending(parsed, path));
                links.nested.extend(file.or_else(given).map(|file| (name, file)));
            }
        }
        all.push(links);
    }
    all
}

/// The files found so far, by path; `None` for one that cannot be used.
struct Linking<'a> {
    defaults: &'a Defaults,
    others: &'a mut Vec<Sourced>,
    templates: HashMap<PathBuf, Option<usize>>,
    parts: HashMap<PathBuf, Option<usize>>,
    /// How many files were read.
    read: usize,
}

impl Linking<'_> {
    /// The first file in a folder that exists under one of the paths.
    fn beside(
        &mut self,
        folder: &Path,
        paths: &[String],
        (kind, origin): (FileKind, &Origin),
        parsed: &mut Vec<Parsed>,
    ) -> Option<usize> {
        for path in paths {
            let path = normal(&folder.join(path));
            let known = if kind == FileKind::Part { &self.parts } else { &self.templates };
            let file = match known.get(&path) {
                Some(known) => *known,
                None if self.read < MAX_FILES && path.is_file() => {
                    self.read += 1;
                    let file = self.file(&path, kind, origin);
                    let file = file.map(|file| {
                        parsed.push(file);
                        parsed.len() - 1
                    });
                    let known =
                        if kind == FileKind::Part { &mut self.parts } else { &mut self.templates };
                    known.insert(path, file);
                    file
                }
                None => None,
            };
            if file.is_some() {
                return file;
            }
        }
        None
    }

    /// Reads a file. Adds a note if it cannot be used.
    fn file(&mut self, path: &Path, kind: FileKind, origin: &Origin) -> Option<Parsed> {
        let name = path.display().to_string();
        let source = read_file(&name, &self.defaults.input);
        let file = match kind {
            FileKind::Part => source.and_then(part),
            _ => source.and_then(parse),
        };
        match file {
            Ok(file) if file.kind == kind => Some(Parsed { origin: origin.clone(), ..file }),
            Ok(file) => {
                let kind = file.kind.text();
                let message = format!("a nested stack names it as its template, but it is {kind}");
                self.others.push((None, skipped(&Problem::whole(&name, message))));
                None
            }
            Err(failure) => {
                let first = failure.into_parts().into_iter().next();
                self.others.extend(first.map(|(source, it)| (source, skipped(&it))));
                None
            }
        }
    }
}

/// Parses a file that a template includes.
fn part(source: Source) -> Result<Parsed, Failure> {
    let source = Arc::new(source);
    let root = forms::parse(&source).map_err(|problems| Failure::of(&source, problems))?;
    let (kind, origin, warnings) = (FileKind::Part, Origin::default(), Vec::new());
    Ok(Parsed { source, root: forms::merged(root), kind, origin, warnings })
}

/// The template whose path ends with `path`, if there is exactly one.
fn ending(parsed: &[Parsed], path: &str) -> Option<usize> {
    let ends = |one: &Parsed| {
        one.kind == FileKind::CloudFormation && Path::new(&one.source.name).ends_with(path)
    };
    let mut fitting = (0..parsed.len()).filter(|number| parsed.get(*number).is_some_and(ends));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// A path without `.`, and as far as possible without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
