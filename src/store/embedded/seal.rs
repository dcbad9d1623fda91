//! The number of the last commit that was acknowledged, in a file of its own beside the database.
//!
//! SQLite reads its write-ahead log up to the first frame that is not whole, so a log that was damaged or cut reads as
//! an older state, with no error. The seal tells: it is written after each commit and before its reply, so a database
//! that is older than its seal has lost what was acknowledged. It is not made durable each time: after a power failure
//! it may be older than the database, which proves nothing and is no error.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::FileExt,
    path::Path,
};

/// The seal's file, open for writing.
#[derive(Debug)]
pub(super) struct Seal(File);

/// What a seal's file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// Nothing: there is none, or it was never written.
    Nothing,
    /// The number of a commit that was acknowledged.
    Commit(u64),
    /// It is damaged.
    Damaged,
}

const LENGTH: usize = 12;

impl Seal {
    /// A new seal.
    pub(super) fn new(file: File) -> Self {
        Self(file)
    }

    /// A seal that is there, to write on.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().write(true).open(path).map(Self)
    }

    /// Says that a commit was acknowledged.
    pub(super) fn write(&self, commit: u64) -> io::Result<()> {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&commit.to_be_bytes());
        let crc = crc32fast::hash(&bytes[..8]);
        bytes[8..].copy_from_slice(&crc.to_be_bytes());
        self.0.write_all_at(&bytes, 0)
    }

    /// Makes what was written durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// What the seal at `path` says.
pub(super) fn read(path: &Path) -> io::Result<Sealed> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(LENGTH as u64 + 1).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Sealed::Nothing),
        Err(error) => return Err(error),
    };
    if bytes.is_empty() {
        return Ok(Sealed::Nothing);
    }
    let Ok([commit @ .., a, b, c, d]) = <[u8; LENGTH]>::try_from(bytes) else {
        return Ok(Sealed::Damaged);
    };
    let right = crc32fast::hash(&commit) == u32::from_be_bytes([a, b, c, d]);
    Ok(if right { Sealed::Commit(u64::from_be_bytes(commit)) } else { Sealed::Damaged })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_says_what_was_written_or_that_it_is_damaged() {
        let path = std::env::temp_dir().join(format!("vpcdns-seal-{}", std::process::id()));
        assert_eq!(read(&path).unwrap(), Sealed::Nothing);
        let seal = Seal::new(File::create(&path).unwrap());
        assert_eq!(read(&path).unwrap(), Sealed::Nothing);
        for commit in [1, 0x0102_0304_0506_0708, 7] {
            seal.write(commit).unwrap();
            assert_eq!(read(&path).unwrap(), Sealed::Commit(commit));
        }
        let whole = std::fs::read(&path).unwrap();
        for index in 0..LENGTH {
            let mut other = whole.clone();
            other[index] ^= 1;
            std::fs::write(&path, &other).unwrap();
            assert_eq!(read(&path).unwrap(), Sealed::Damaged, "byte {index}");
            std::fs::write(&path, &whole[..index]).unwrap();
            let cut = read(&path).unwrap();
            assert_eq!(cut, if index == 0 { Sealed::Nothing } else { Sealed::Damaged });
        }
        std::fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
        assert_eq!(read(&path).unwrap(), Sealed::Damaged);
        std::fs::remove_file(path).unwrap();
    }
}
