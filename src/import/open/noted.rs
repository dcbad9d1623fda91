//! Notes which files and folders were read, and how they stood, so that a change can be noticed.
//!
//! A file's stamp holds its inode, size and both times of change. It is made anew by looking, which works on every file
//! system, also where the system tells nobody of changes: network mounts, folders that a virtual machine shares.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most files and folders. Changes of further ones are not noticed.
const MOST: usize = 100_000;

/// How a file or folder stood. Symbolic links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The file itself: the device and the inode.
    file: (u64, u64),
    size: u64,
    /// When the content, and anything of the file, was changed: seconds and nanoseconds.
    times: [(i64, i64); 2],
}

impl Stamp {
    /// `None` if there is no such file.
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self {
            file: (found.dev(), found.ino()),
            size: found.size(),
            times: [(found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec())],
        })
    }
}

/// Files and folders with their stamps.
pub type Look = BTreeMap<PathBuf, Option<Stamp>>;

/// What was read since [`Noted::begin`].
#[derive(Debug, Default)]
pub struct Noted(Mutex<Look>);

/// Two are the same if they are one.
impl PartialEq for Noted {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Noted {}

impl Noted {
    /// Nothing is noted yet.
    pub const fn new() -> Self {
        Self(Mutex::new(Look::new()))
    }

    fn look(&self) -> MutexGuard<'_, Look> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything, because it is read again.
    pub fn begin(&self) {
        self.look().clear();
    }

    /// Notes a file or folder that is about to be read. The first stamp counts.
    pub(in crate::import) fn note(&self, path: &Path) {
        let stamp = Stamp::of(path);
        let mut look = self.look();
        if look.len() < MOST {
            look.entry(path.to_owned()).or_insert(stamp);
        }
    }

    /// How many files and folders are noted.
    pub fn count(&self) -> usize {
        self.look().len()
    }

    /// How everything stands now, if anything of it is not as it was noted.
    pub fn changed(&self) -> Option<Look> {
        // Looking may take long, so the lock is not held.
        let noted = self.look().clone();
        let now: Look = noted.keys().map(|path| (path.clone(), Stamp::of(path))).collect();
        (now != noted).then_some(now)
    }

    /// Notes how things stand now, unless they were read again since.
    pub fn accept(&self, now: Look) {
        let mut look = self.look();
        if look.keys().eq(now.keys()) {
            *look = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_replace_a_file_is_noticed() {
        let folder = std::env::temp_dir().join(format!("vpcdns-noted-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("one")).unwrap();
        fs::create_dir_all(folder.join("two")).unwrap();
        let (file, link) = (folder.join("file"), folder.join("link"));
        fs::write(&file, "a").unwrap();
        fs::write(folder.join("one/w"), "a").unwrap();
        fs::write(folder.join("two/w"), "a").unwrap();
        std::os::unix::fs::symlink("one", &link).unwrap();
        let noted = Noted::new();
        for path in [&file, &link.join("w"), &folder, &folder.join("absent")] {
            noted.note(path);
        }
        assert_eq!((noted.count(), noted.changed()), (4, None));
        let steps: [&dyn Fn(); 5] = [
            &|| fs::write(&file, "b").unwrap(),
            &|| {
                fs::write(folder.join("new"), "b").unwrap();
                fs::rename(folder.join("new"), &file).unwrap();
            },
            &|| {
                // As Kubernetes replaces a ConfigMap.
                std::os::unix::fs::symlink("two", folder.join("next")).unwrap();
                fs::rename(folder.join("next"), &link).unwrap();
            },
            &|| fs::remove_file(&file).unwrap(),
            &|| fs::write(folder.join("absent"), "").unwrap(),
        ];
        for (index, step) in steps.iter().enumerate() {
            // The clock of the file system may be coarse.
            std::thread::sleep(std::time::Duration::from_millis(20));
            step();
            let now = noted.changed();
            assert!(now.is_some(), "{index}");
            noted.accept(now.unwrap_or_default());
            assert_eq!(noted.changed(), None, "{index}");
        }
        noted.begin();
        noted.accept(Look::from([(file, None)]));
        assert_eq!(noted.count(), 0);
        fs::remove_dir_all(folder).unwrap();
    }
}
