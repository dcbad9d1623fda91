//! Imports several files of other tools as one World.
//!
//! Each problem is reported at its own file. Files of a folder that cannot be imported are skipped, with a note.

use std::{cell::Cell, sync::Arc};

use super::{cloudformation, forms, nesting, together, tree};
use crate::import::{
    Defaults,
    open::{Parsed, fail, file::Input, parse, read_file},
    text::{
        diagnostic::{Problem, Severity, Source},
        node::Pos,
    },
    world::loaded::{Failure, Loaded},
};

/// The most text that all templates together may include, in bytes. A file that is included twice counts twice.
const MAX_INCLUDED: usize = 64 << 20;

/// A problem, with its text if it has one.
pub(super) type Sourced = (Option<Arc<Source>>, Problem);

/// The files of other tools from one or more arguments.
#[derive(Default)]
pub(in crate::import) struct Replies {
    /// The arguments.
    names: Vec<String>,
    parsed: Vec<Parsed>,
    /// The problems of files that are left out.
    others: Vec<Sourced>,
}

/// A file, and where it begins in all texts joined together.
struct Part {
    source: Arc<Source>,
    /// The number of lines before it.
    lines: usize,
}

impl Replies {
    /// Adds a file.
    pub(in crate::import) fn add(&mut self, parsed: Parsed) {
        self.names.push(parsed.source.name.clone());
        self.parsed.push(parsed);
    }

    /// Adds the files of a folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be read or holds no reply.
    pub(in crate::import) fn add_folder(
        &mut self,
        argument: &str,
        input: &Input,
    ) -> Result<(), Failure> {
        let before = self.parsed.len();
        let tree = tree::files(argument, input)?;
        self.others.extend(tree.problems.into_iter().map(|problem| (None, problem)));
        for tree::Leaf { path, origin } in tree.files {
            let name = path.display().to_string();
            let parsed = read_file(&name, input).and_then(parse);
            match parsed {
                Ok(parsed) if parsed.kind.is_foreign() => {
                    self.parsed.push(Parsed { origin, ..parsed });
                }
                Ok(Parsed { kind, .. }) => {
                    let message = format!(
                        "it is {}; from a folder, vpcdns reads only files of other tools",
                        kind.text()
                    );
                    self.others.push((None, skipped(&Problem::whole(&name, message))));
                }
                Err(failure) => {
                    let first = failure.into_parts().into_iter().next();
                    self.others.extend(first.map(|(source, it)| (source, skipped(&it))));
                }
            }
        }
        if self.parsed.len() == before {
            let message = format!("the folder {argument} has no file that can be imported");
            return Err(fail(argument, message, None));
        }
        self.names.push(argument.to_owned());
        Ok(())
    }

    /// Whether there are no files.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.parsed.is_empty()
    }

    /// Makes one World of all files.
    ///
    /// # Errors
    ///
    /// Together they are too large.
    pub(in crate::import) fn load(self, defaults: &Defaults) -> Result<Loaded, Failure> {
        let Self { names, mut parsed, mut others } = self;
        let name = names.join(" ");
        let links = nesting::link(&mut parsed, defaults, &mut others);
        if let [one] = parsed.as_slice()
            && others.is_empty()
        {
            return one.load(defaults);
        }
        let (mut text, mut lines) = (String::new(), 0);
        let (mut parts, mut roots) = (Vec::new(), Vec::new());
        for Parsed { source, mut root, kind, origin, warnings } in parsed {
            others.extend(warnings.into_iter().map(|it| (Some(Arc::clone(&source)), it)));
            if text.len() + source.text.len() > defaults.input.bytes {
                let message = format!(
                    "the files together are larger than {} bytes; raise the limit with --max-input",
                    defaults.input.bytes
                );
                return Err(fail(&name, message, None));
            }
            let first = text.len();
            forms::shift(&mut root, lines, first);
            text.push_str(&source.text);
            if !text.ends_with('\n') {
                text.push('\n');
            }
            roots.push((root, kind, origin, (lines, first)));
            let more = source.text.lines().count();
            parts.push(Part { source, lines });
            lines += more;
        }
        let all = Arc::new(Source { name, text });
        let sourced = |problem: Problem| sourced(problem, &parts);
        let left = Cell::new(MAX_INCLUDED);
        for (number, links) in links.iter().enumerate() {
            let part = |paths: &[String]| {
                let file = links.included.get(paths)?;
                left.set(left.get().checked_sub(parts.get(*file)?.source.text.len() + 1)?);
                roots.get(*file).map(|(root, ..)| root.clone())
            };
            let root = roots.get(number).map(|(root, ..)| root);
            let made =
                root.and_then(|it| cloudformation::included(it, &defaults.parameters, &part));
            if let (Some(made), Some((root, ..))) = (made, roots.get_mut(number)) {
                *root = made;
            }
        }
        let of_all = roots.iter().zip(&parts).zip(&links);
        let of_all: Vec<together::Part<'_>> = of_all
            .map(|(((root, kind, origin, first), part), links)| together::Part {
                name: &part.source.name,
                kind: *kind,
                root,
                origin,
                nested: &links.nested,
                included: links.included.values().copied().collect(),
                first: *first,
            })
            .collect();
        let mut loaded = together::load(&all, &of_all, defaults)
            .map_err(|problems| Failure::sourced(problems.into_iter().map(sourced).collect()))?;
        let told = loaded.warnings.into_parts().into_iter().map(|(_, it)| sourced(it));
        loaded.warnings = Failure::sourced(told.chain(others).collect());
        // A position in the joined texts means nothing to a user.
        loaded.positions.fill(Pos::default());
        Ok(loaded)
    }
}

/// Turns a problem of a file in a folder into a note: the file is left out.
pub(super) fn skipped(problem: &Problem) -> Problem {
    Problem { severity: Severity::Skipped, hint: None, ..problem.clone() }
}

/// Moves a problem from its line in the joined texts to its own file.
fn sourced(problem: Problem, parts: &[Part]) -> Sourced {
    let after = parts.partition_point(|part| part.lines < problem.line);
    let Some(part) = after.checked_sub(1).and_then(|index| parts.get(index)) else {
        return (None, problem);
    };
    let file = part.source.name.clone();
    let line = problem.line - part.lines;
    (Some(Arc::clone(&part.source)), Problem { file, line, ..problem })
}
