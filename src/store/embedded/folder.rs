//! The folder of a store: made private and durable, held by one process, its files by their names.
//!
//! Knows files and nothing of what is in them.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::super::StoreError;

/// A folder that is this process's alone while the value lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The folder itself, locked. The lock needs no file of its own and ends with the process.
    handle: File,
}

impl Folder {
    /// Makes the folder where it is missing, readable by its owner only, and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let fail = |what: &str, error: io::Error| {
            StoreError(format!("{}: {what}: {error}", path.display()))
        };
        make(path).map_err(|error| fail("cannot be made", error))?;
        let handle = File::open(path).map_err(|error| fail("cannot be opened", error))?;
        match handle.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), handle }),
            Err(TryLockError::WouldBlock) => Err(StoreError(format!(
                "{}: another process uses it; each server needs a folder of its own",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(fail("cannot be locked", error)),
        }
    }

    /// The path of a file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether it holds a file of that name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.file(name).symlink_metadata().is_ok()
    }

    /// Makes a file that only its owner may read; it must not be there yet.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.file(name))
    }

    /// Takes files away, in this order; those that are missing are no error.
    pub(super) fn remove(&self, names: &[&str]) -> io::Result<()> {
        for name in names {
            match fs::remove_file(self.file(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives a file another name, durably.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.file(from), self.file(to))?;
        self.sync()
    }

    /// Makes the names in it durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.handle.sync_all()
    }
}

/// Makes a folder and those above it that are missing, each durably.
fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("/"),
    };
    make(parent)?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => File::open(parent)?.sync_all(),
    }
}
