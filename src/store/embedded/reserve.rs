//! Room kept in reserve: a file of no content that is given back when the disk is full, so that deletions can go on.
//!
//! SQLite writes a deletion to its log before it frees anything, so on a full disk a deletion needs room first.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
};

use super::folder::Folder;

/// The file's name.
pub(super) const RESERVE: &str = "world.reserve";

/// The most bytes that are kept in reserve.
const MOST: u64 = 1024 * 1024;
/// The fewest: what the log grows by when a VPC is deleted.
const LEAST: u64 = 128 * 1024;

/// The reserved disk space.
#[derive(Debug)]
pub(super) struct Reserve {
    /// Its size in bytes.
    size: u64,
    /// Whether the file holds all of it.
    whole: bool,
}

impl Reserve {
    /// Finds out how much space is reserved, and how much should be: a quarter of the free space, within the bounds of
    /// this module. Writes nothing.
    pub(super) fn find(folder: &Folder) -> Self {
        let held = held(folder);
        let room = folder.available().map_or(MOST, |available| (available + held) / 4);
        let size = room.clamp(LEAST, MOST).next_multiple_of(LEAST);
        // A file that may not become so large is not begun: the system would end the process.
        let limit = rustix::process::getrlimit(rustix::process::Resource::Fsize).current;
        let size = size.min(limit.unwrap_or(u64::MAX));
        Self { size, whole: held >= size }
    }

    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether all of it is there.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Gives the space back to the disk.
    pub(super) fn release(&mut self, folder: &Folder) {
        self.whole = false;
        // A file that cannot be shortened keeps the room; the write that needed it says so.
        let _ = OpenOptions::new()
            .write(true)
            .open(folder.file(RESERVE))
            .and_then(|file| file.set_len(0));
    }

    /// Reserves the missing space again; all of it or nothing.
    pub(super) fn restore(&mut self, folder: &Folder) {
        if self.whole {
            return;
        }
        match self.fill(folder) {
            Ok(()) => self.whole = true,
            Err(_) => self.release(folder),
        }
    }

    fn fill(&self, folder: &Folder) -> io::Result<()> {
        let path = folder.file(RESERVE);
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, self.size) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                write_zeros(&mut file, self.size)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn write_zeros(file: &mut File, size: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), size), file)?;
    file.flush()?;
    // Some systems find out only now that there is no room.
    file.sync_all()
}

/// How many bytes the file takes on the disk. A copy may be sparse, and takes none.
fn held(folder: &Folder) -> u64 {
    let file = fs::symlink_metadata(folder.file(RESERVE));
    file.map_or(0, |it| it.len().min(it.blocks().saturating_mul(512)))
}
