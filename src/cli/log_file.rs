//! A log file that is put aside when it has grown, so that a log takes bounded space.
//!
//! `FILE` becomes `FILE.1`, which becomes `FILE.2`, up to a number of files. If another program moves the file away, as
//! logrotate does, a new one is begun. The crates for this bring calendars and compression; sizes and numbers are enough
//! here.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The file.
pub(super) struct LogFile {
    path: PathBuf,
    /// Its size above which it is put aside.
    most: u64,
    /// How many files are kept beside it.
    kept: u32,
    file: File,
    size: u64,
}

impl LogFile {
    /// Opens the file, or begins it.
    ///
    /// # Errors
    ///
    /// The system's reason.
    pub(super) fn open(path: &Path, most: u64, kept: u32) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), most, kept, file, size })
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        name.into()
    }

    /// Puts the file aside, and begins a new one.
    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..self.kept).rev() {
            match fs::rename(self.numbered(number), self.numbered(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if self.kept > 0 {
            fs::rename(&self.path, self.numbered(1))?;
        } else {
            fs::remove_file(&self.path)?;
        }
        *self = Self::open(&self.path, self.most, self.kept)?;
        Ok(())
    }

    /// Whether the name still leads to the file that is open. A pipe or a device always counts as such.
    fn is_there(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let own = self.file.metadata().map(|it| (it.dev(), it.ino()));
            matches!((own, fs::metadata(&self.path)), (Ok(own), Ok(it)) if own == (it.dev(), it.ino()))
        }
        #[cfg(not(unix))]
        self.path.exists()
    }
}

/// What is written at once stays in one file.
impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_there() {
            *self = Self::open(&self.path, self.most, self.kept)?;
        }
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.size > 0
            && self.size.saturating_add(more) > self.most
            && self.file.metadata()?.is_file()
        {
            self.rotate()?;
        }
        self.file.write_all(bytes)?;
        self.size += more;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("vpcdns-log-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn it_takes_no_more_than_so_many_files_of_such_a_size() {
        let folder = folder("rotated");
        let path = folder.join("queries.json");
        let mut file = LogFile::open(&path, 20, 2).unwrap();
        for number in 0..10 {
            file.write_all(format!("line {number}\n").as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(read("queries.json"), "line 8\nline 9\n");
        assert_eq!(read("queries.json.1"), "line 6\nline 7\n");
        assert_eq!(read("queries.json.2"), "line 4\nline 5\n");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn it_is_continued_and_begun_anew_when_it_was_moved_away() {
        let folder = folder("moved");
        let path = folder.join("queries.json");
        fs::write(&path, "before\n").unwrap();
        let mut file = LogFile::open(&path, 1_000, 2).unwrap();
        file.write_all(b"one\n").unwrap();
        fs::rename(&path, folder.join("old")).unwrap();
        file.write_all(b"two\n").unwrap();
        assert_eq!(fs::read_to_string(folder.join("old")).unwrap(), "before\none\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
        fs::remove_dir_all(folder).unwrap();
    }
}
