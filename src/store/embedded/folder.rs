//! The folder of a store: made private and durable, held by one process, its files by their names.
//!
//! Knows files and nothing of what is in them.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
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
            StoreError::Unavailable(format!("{}: {what}: {error}", path.display()))
        };
        make(path).map_err(|error| fail("cannot be made", error))?;
        let handle = File::open(path).map_err(|error| fail("cannot be opened", error))?;
        match handle.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), handle }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
                "{}: another process uses this folder; each server needs a folder of its own",
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

    /// Notes which files now have these names; names without a file are left out.
    pub(super) fn note(&self, names: &[&'static str]) -> Noted {
        let number = |name| Some((name, number(&self.file(name).metadata().ok()?)));
        Noted(names.iter().copied().filter_map(number).collect())
    }

    /// Says what is wrong if the folder, or a noted file in it, was removed or replaced. A process goes on writing to
    /// a removed file without an error, and what it writes is lost.
    pub(super) fn lost(&self, noted: &Noted) -> Option<String> {
        let lost = |path: &Path, numbered: io::Result<Number>| {
            let why = match (path.metadata(), numbered) {
                (Ok(now), Ok(then)) if number(&now) == then => return None,
                (Ok(_), _) => "was replaced".to_owned(),
                (Err(error), _) if error.kind() == io::ErrorKind::NotFound => {
                    "was removed".to_owned()
                }
                (Err(error), _) => format!("cannot be found: {error}"),
            };
            Some(format!(
                "{} {why} while the server uses it. Put it back, or restart the server",
                path.display()
            ))
        };
        lost(&self.path, self.handle.metadata().map(|it| number(&it))).or_else(|| {
            noted.0.iter().find_map(|(name, number)| lost(&self.file(name), Ok(*number)))
        })
    }

    /// Says why nothing can be written here, if nothing can.
    pub(super) fn read_only(&self) -> Option<String> {
        use rustix::fs::{Access, StatVfsMountFlags, access, fstatvfs};
        if fstatvfs(&self.handle).is_ok_and(|it| it.f_flag.contains(StatVfsMountFlags::RDONLY)) {
            return Some("its file system is read-only; mount it for writing".to_owned());
        }
        match access(&self.path, Access::WRITE_OK | Access::EXEC_OK) {
            Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => Some(format!(
                "the folder {} is read-only for this user; let the user write to it",
                self.path.display()
            )),
            _ => None,
        }
    }

    /// How many bytes its file system still has for this process.
    pub(super) fn available(&self) -> io::Result<u64> {
        let now = rustix::fs::fstatvfs(&self.handle)?;
        Ok(now.f_bavail.saturating_mul(now.f_frsize))
    }

    /// Makes the names in it durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.handle.sync_all()
    }
}

/// Which files had which names.
#[derive(Debug, Default)]
pub(super) struct Noted(Vec<(&'static str, Number)>);

/// A file's device and its inode there. An open file keeps both from being given to another.
type Number = (u64, u64);

fn number(file: &fs::Metadata) -> Number {
    (file.dev(), file.ino())
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
