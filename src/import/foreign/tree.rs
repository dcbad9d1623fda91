//! Lists the files of a folder and its subfolders, with the account and the region in the folders' names.
//!
//! Knows the layout `ACCOUNT/REGION/subnets.json` and the CDK's (`assembly.rs`). The number of files and the depth are
//! limited. A folder that a symbolic link leads back to is read once.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::assembly;
use crate::{
    catalog,
    import::{
        open::{fail, file::Input},
        text::diagnostic::{Problem, Severity},
        world::loaded::Failure,
    },
};

/// Extensions of files that are read in subfolders. A file there with another extension is not an export.
const ENDS: [&str; 7] = ["json", "yaml", "yml", "template", "tfstate", "txt", "out"];
/// The most files of a folder, and the most folders.
const MAX_FILES: usize = 10_000;
/// The deepest folders that are read.
pub(super) const MAX_DEPTH: usize = 8;

/// What the path of a file says about its resources.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Origin {
    /// Their region.
    pub(super) region: Option<&'static str>,
    /// Their account.
    pub(super) account: Option<Arc<str>>,
    /// The name of the stack that a template is for.
    pub(super) stack: Option<String>,
    /// Values of the template's parameters.
    pub(super) parameters: Vec<(String, String)>,
}

/// A file of a folder.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
}

/// The files found so far.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<Leaf>,
    /// The problems of folders that are not read.
    pub(super) problems: Vec<Problem>,
    seen: HashSet<PathBuf>,
}

impl Origin {
    /// The origin of a subfolder. A name of twelve digits is an account, and a region's name is a region.
    fn within(&self, name: &str) -> Self {
        let mut origin = self.clone();
        if let Some(region) = catalog::region(name) {
            origin.region = Some(region.name);
        }
        if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
            origin.account = Some(name.into());
        }
        origin
    }
}

/// Lists the files of a folder and its subfolders, sorted by name inside each folder. Skips names that begin with a
/// dot.
///
/// # Errors
///
/// The folder cannot be read or holds too many files.
pub(super) fn files(argument: &str, input: &Input) -> Result<Tree, Failure> {
    let mut origin = Origin::default();
    for part in Path::new(argument).components() {
        origin = origin.within(&part.as_os_str().to_string_lossy());
    }
    let mut tree = Tree::default();
    tree.walk(Path::new(argument), &origin, 0, input).map_err(|error| {
        fail(argument, format!("cannot read the folder {argument}: {error}"), None)
    })?;
    if tree.files.len() > MAX_FILES || tree.seen.len() > MAX_FILES {
        let message = format!("{argument} holds more than {MAX_FILES} files or folders");
        return Err(fail(argument, message, None));
    }
    tree.files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(tree)
}

/// Whether a file in a subfolder can be an export: it has a usual extension, or none.
fn may_tell(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_none_or(|end| ENDS.contains(&&*end))
}

impl Tree {
    /// Adds the files of a folder and its subfolders.
    ///
    /// # Errors
    ///
    /// The folder cannot be read. For a subfolder, a problem is added instead.
    pub(super) fn walk(
        &mut self,
        folder: &Path,
        origin: &Origin,
        depth: usize,
        input: &Input,
    ) -> io::Result<()> {
        if !self.seen.insert(folder.canonicalize()?) || self.seen.len() > MAX_FILES {
            return Ok(());
        }
        if let Some(noted) = input.noted {
            noted.note(folder);
        }
        if let Some(manifest) = assembly::manifest(folder, input) {
            assembly::add(self, folder, &manifest, origin, depth, input);
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            entries.extend(name.filter(|name| !name.starts_with('.')).map(|name| (name, path)));
            if entries.len() > MAX_FILES {
                break;
            }
        }
        entries.sort();
        for (name, path) in entries {
            if self.files.len() > MAX_FILES {
                break;
            }
            if path.is_file() {
                if depth == 0 || may_tell(&path) {
                    self.files.push(Leaf { path, origin: origin.clone() });
                }
            } else if name == "terraform.tfstate.d" {
                let message =
                    "it holds other Terraform workspaces; to read one of them, give its folder";
                self.tell(&path, message.to_owned());
            } else if path.is_dir() && name != "node_modules" {
                self.descend(&path, &origin.within(&name), depth + 1, input);
            }
        }
        Ok(())
    }

    /// Adds the files of a subfolder. Adds a problem if it cannot be read.
    pub(super) fn descend(&mut self, folder: &Path, origin: &Origin, depth: usize, input: &Input) {
        let told = if depth > MAX_DEPTH {
            Some(format!("folders deeper than {MAX_DEPTH} are not read"))
        } else {
            let read = self.walk(folder, origin, depth, input);
            read.err().map(|error| format!("the folder cannot be read: {error}"))
        };
        if let Some(message) = told {
            self.tell(folder, message);
        }
    }

    /// Adds the reason why a folder is not read.
    fn tell(&mut self, folder: &Path, message: String) {
        let name = folder.display().to_string();
        self.problems
            .push(Problem { severity: Severity::Skipped, ..Problem::whole(&name, message) });
    }
}
