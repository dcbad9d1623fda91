//! Opens a WORLD argument: a built-in world, a step of a lab, or files, whose kind is detected.

pub mod builtin;
pub mod file;
pub mod noted;

use std::{collections::BTreeMap, io::ErrorKind, path::Path, sync::Arc};

use self::file::Input;
pub use super::world::loaded::{Failure, Loaded, merge};
use super::{
    Defaults,
    course::Course,
    foreign::{
        cloudformation, describe, elsewhere, folder::Replies, forms, together, tree::Origin,
    },
    lab::{self, ReadLab},
    text::{
        diagnostic::{Problem, Severity, Source},
        near,
        node::{self, Kind, Node},
        reader::Report,
    },
    world::{self, keys},
};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A world file.
    World,
    /// A lab file.
    Lab,
    /// A CloudFormation template.
    CloudFormation,
    /// What `aws … describe-*` prints.
    Describe,
    /// A part of a CloudFormation template, which another file includes.
    Part,
    /// Terraform state, or what `terraform show -json` prints.
    Terraform,
}

impl FileKind {
    /// Whether the file is another tool's.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::CloudFormation | Self::Describe | Self::Terraform)
    }

    /// The kind in a message.
    pub fn text(self) -> &'static str {
        match self {
            Self::World => "a world file",
            Self::Lab => "a lab file",
            Self::CloudFormation => "a CloudFormation template",
            Self::Part => "a part of a template",
            Self::Describe => "the output of `aws … describe-*`",
            Self::Terraform => "Terraform state",
        }
    }
}

/// A text that was parsed, and its kind.
pub(super) struct Parsed {
    pub(super) source: Arc<Source>,
    pub(super) root: Node,
    pub(super) kind: FileKind,
    /// The account and region that its folder gives.
    pub(super) origin: Origin,
    /// The warnings about its text.
    pub(super) warnings: Vec<Problem>,
}

impl Parsed {
    /// Expands the loops of a template.
    pub(super) fn expanded(self, defaults: &Defaults) -> Self {
        let template = self.kind == FileKind::CloudFormation;
        let expand = || cloudformation::expand(&self.root, &defaults.parameters);
        match template.then(expand).flatten() {
            Some(root) => Self { root, ..self },
            None => self,
        }
    }

    /// Makes a World of one file of another tool.
    ///
    /// # Errors
    ///
    /// It describes a thing twice and differently.
    pub(super) fn load(&self, defaults: &Defaults) -> Result<Loaded, Failure> {
        let Self { source, root, kind, origin, warnings } = self;
        let (name, nested) = (&*source.name, &BTreeMap::new());
        let part = together::Part {
            name,
            kind: *kind,
            root,
            origin,
            nested,
            included: Vec::new(),
            first: (0, 0),
        };
        let mut loaded = together::load(source, &[part], defaults)
            .map_err(|problems| Failure::of(source, problems))?;
        loaded.warnings.append(Failure::of(source, warnings.clone()));
        Ok(loaded)
    }
}

/// Opens a WORLD argument.
///
/// # Errors
///
/// What is wrong with the argument or the file.
pub fn open(argument: &str, defaults: &Defaults) -> Result<Loaded, Failure> {
    let opened = open_all(&[argument], defaults);
    opened.into_iter().next().unwrap_or_else(|| Err(Failure::default()))
}

/// Opens WORLD arguments, each as a World of its own. All files of other tools become one World together.
pub fn open_all<S: AsRef<str>>(
    arguments: &[S],
    defaults: &Defaults,
) -> Vec<Result<Loaded, Failure>> {
    let mut opened = Vec::new();
    let mut replies = Replies::default();
    // The place of that common World among the results.
    let mut index = 0;
    for argument in arguments {
        let argument = argument.as_ref();
        let first = replies.is_empty();
        match one(argument, defaults, &mut replies) {
            Ok(Some(loaded)) => opened.push(Ok(loaded)),
            Ok(None) if first => index = opened.len(),
            Ok(None) => {}
            Err(failure) => opened.push(Err(failure)),
        }
    }
    if !replies.is_empty() {
        opened.insert(index, replies.load(defaults));
    }
    opened
}

/// The lab files among arguments. What cannot be read is left out: [`open_all`] tells about it.
pub fn lab_files(arguments: &[String], defaults: &Defaults) -> Vec<Course> {
    let mut courses = Vec::new();
    for argument in arguments {
        let is_file = builtin::builtin_world(argument).is_none() && Path::new(argument).is_file();
        let Some(source) = is_file.then(|| read_file(argument, &defaults.input).ok()).flatten()
        else {
            continue;
        };
        let is_lab = node::parse(&source)
            .is_ok_and(|root| detect(&root, &source).is_ok_and(|kind| kind == FileKind::Lab));
        if is_lab {
            courses.extend(Course::read(&source, defaults).ok());
        }
    }
    courses
}

/// Opens a text that is in memory.
///
/// # Errors
///
/// What is wrong with it.
pub fn open_text(source: Source, defaults: &Defaults) -> Result<Loaded, Failure> {
    load(parse(source)?, None, defaults)
}

/// Opens one argument. Files of other tools are only collected in `replies`.
fn one(
    argument: &str,
    defaults: &Defaults,
    replies: &mut Replies,
) -> Result<Option<Loaded>, Failure> {
    let (name, step) = match argument.split_once('@') {
        Some((name, step)) => (name, Some(step)),
        None => (argument, None),
    };
    if let Some(source) = builtin::builtin_world(name) {
        let source = Source { name: argument.to_owned(), ..source };
        return load(parse(source)?, step, defaults).map(Some);
    }
    if Path::new(argument).is_dir() {
        return replies.add_folder(argument, &defaults.input).map(|()| None);
    }
    let parsed = parse(read_file(argument, &defaults.input)?)?;
    if defaults.input.again && is_nothing(&parsed.root) {
        let message = format!("{argument} is empty; perhaps an editor is just writing it");
        let hint = "to serve an empty configuration, write `vpcs: {}`".to_owned();
        return Err(fail(argument, message, Some(hint)));
    }
    if parsed.kind.is_foreign() {
        replies.add(parsed);
        return Ok(None);
    }
    load(parsed, None, defaults).map(Some)
}

/// Whether a document is empty.
fn is_nothing(root: &Node) -> bool {
    match &root.kind {
        Kind::Null => true,
        Kind::Map(entries) => entries.is_empty(),
        Kind::Seq(_) | Kind::Scalar(_) => false,
    }
}

/// A failure that belongs to no text.
pub(super) fn fail(name: &str, message: String, hint: Option<String>) -> Failure {
    Failure::plain(Problem { hint, ..Problem::whole(name, message) })
}

/// Reads a file as UTF-8, within the limits.
pub(super) fn read_file(argument: &str, input: &Input) -> Result<Source, Failure> {
    match file::read(Path::new(argument), input) {
        Ok(bytes) => Source::from_bytes(argument, bytes).map_err(Failure::plain),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let known = builtin::worlds();
            let message = format!("there is no file or built-in world `{argument}`");
            let list = format!("the built-in worlds are {}, and LAB@STEP", known.join(", "));
            let near = near::did_you_mean(argument, known.into_iter());
            let hint = near.map_or(list.clone(), |near| format!("{near} {list}"));
            Err(fail(argument, message, Some(hint)))
        }
        Err(error) => Err(fail(argument, format!("cannot read {argument}: {error}"), None)),
    }
}

/// Parses a text and detects its kind.
pub(super) fn parse(source: Source) -> Result<Parsed, Failure> {
    let problems = |problems| Failure::of(&Arc::new(source.clone()), problems);
    let (root, warnings) = match forms::parse(&source) {
        Ok(root) => (root, Vec::new()),
        Err(found) => match twice(&source) {
            Some(lenient) => lenient,
            None => return Err(problems(found)),
        },
    };
    let origin = Origin::default();
    let own = detect(&root, &source).ok().filter(|kind| !kind.is_foreign());
    if let Some(kind) = own {
        return Ok(Parsed { source: Arc::new(source), root, kind, origin, warnings });
    }
    let (source, root) = forms::usual(source.clone(), forms::merged(root)).map_err(problems)?;
    let problems = |problems| Failure::of(&Arc::new(source.clone()), problems);
    let kind = detect(&root, &source).map_err(problems)?;
    Ok(Parsed { source: Arc::new(source), root, kind, origin, warnings })
}

/// Parses a CloudFormation template in which a key stands twice in a map. The last value counts, and each such position
/// gives a warning. In other files this is an error.
fn twice(source: &Source) -> Option<(Node, Vec<Problem>)> {
    let (root, twice) = node::parse_last(source).ok()?;
    if detect(&root, source).ok()? != FileKind::CloudFormation {
        return None;
    }
    let warning = |problem: Problem| {
        let message = format!("{}; CloudFormation takes the last value", problem.message);
        Problem { severity: Severity::Warning, message, ..problem }
    };
    Some((root, twice.into_iter().map(warning).collect()))
}

/// Loads a text. For a lab file, `step` is the last step to apply.
fn load(parsed: Parsed, step: Option<&str>, defaults: &Defaults) -> Result<Loaded, Failure> {
    let Parsed { source, root, kind, origin, warnings } = parsed;
    let problems = |problems| Failure::of(&source, problems);
    match kind {
        FileKind::World if step.is_some() => {
            let name = source.name.split('@').next().unwrap_or_default();
            let message = format!("`{name}` is not a lab, so it has no steps");
            Err(fail(&source.name, message, None))
        }
        FileKind::World => world::load_parsed(&source, &root, defaults).map_err(problems),
        FileKind::Lab => {
            let read = lab::read(&source, &root, defaults).map_err(problems)?;
            at_step(&source, read, step)
        }
        _ => {
            let parsed = Parsed { source: Arc::clone(&source), root, kind, origin, warnings };
            parsed.expanded(defaults).load(defaults)
        }
    }
}

/// A lab's World after a step, or after all of them.
fn at_step(source: &Arc<Source>, read: ReadLab, step: Option<&str>) -> Result<Loaded, Failure> {
    let ReadLab { lab, worlds, mut positions, warnings } = read;
    let done = match step {
        None => lab.steps.len(),
        Some(step) => {
            let Some(index) = lab.steps.iter().position(|it| it.name == step) else {
                let names: Vec<_> = lab.steps.iter().map(|it| it.name.as_str()).collect();
                let message = format!("{} has no step `{step}`", lab.name);
                let hint = format!("its steps are {}", names.join(", "));
                return Err(fail(&source.name, message, Some(hint)));
            };
            index + 1
        }
    };
    let mut changes = lab.base;
    for step in lab.steps.into_iter().take(done) {
        changes.extend(step.changes);
    }
    positions.truncate(changes.len());
    let world = worlds.into_iter().nth(done).unwrap_or_default();
    let warnings = Failure::of(source, warnings);
    Ok(Loaded { source: Arc::clone(source), world, changes, positions, warnings })
}

/// Detects the kind of a file from its top-level keys.
///
/// # Errors
///
/// A Problem at the text's start if it is of no known kind.
pub fn detect(root: &Node, source: &Source) -> Result<FileKind, Vec<Problem>> {
    let has =
        |keys: &[&str]| root.entries().iter().any(|(key, _)| keys.contains(&key.text.as_str()));
    Ok(match &root.kind {
        Kind::Null => FileKind::World,
        Kind::Map(entries) if entries.is_empty() => FileKind::World,
        _ if has(&["lab", "steps"]) => FileKind::Lab,
        _ if has(keys::WORLD) => FileKind::World,
        _ if has(&["AWSTemplateFormatVersion", "Resources"]) => FileKind::CloudFormation,
        _ if has(&["terraform_version", "format_version", "lineage"]) => FileKind::Terraform,
        _ if root.entries().iter().any(|(key, _)| describe::is_reply(&key.text)) => {
            FileKind::Describe
        }
        _ if elsewhere::recognize(root).is_some() => {
            let (what, hint) = elsewhere::recognize(root).unwrap_or_default();
            let mut report = Report::new(source);
            let message = format!("this is {what}, which vpcdns cannot read: {hint}");
            report.error(root.pos, &message);
            report.finish()?;
            FileKind::World
        }
        _ => {
            let mut report = Report::new(source);
            let keys = keys::WORLD.join(", ");
            report.error_hint(
                root.pos,
                "this is neither a world file nor a lab file, nor a file that can be imported",
                Some(format!(
                    "a world file has one of the keys {keys}; a lab file has `lab`, a CloudFormation template `Resources`, \
                     Terraform's JSON `terraform_version`, what `aws … describe-*` prints a key such as `Vpcs`"
                )),
            );
            report.finish()?;
            FileKind::World
        }
    })
}

#[cfg(test)]
mod tests;
