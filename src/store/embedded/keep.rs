//! Keeping Changes although the disk is full or the folder went away, and saying so.
//!
//! Before a Change is acknowledged the folder and its files must still be where they were. Where room is missing, the log is
//! moved into the database first. Where that does not help, the reserve is given back to what frees room.

use rusqlite::{ErrorCode, ffi};

use super::{
    DATABASE, Database, Embedded, NotKept, SEAL, Seals, State, folder::Folder, reserve::Reserve,
    seal::Seal,
};
use crate::store::{StoreError, row::Row};

/// The size of a page of the database in bytes.
const PAGE: u64 = 8192;
/// With less room than this, in bytes, a Change may not fit.
const SCARCE: u64 = 64 * 1024;

/// The advice about a full disk, after the error.
const FULL: &str = "Free some disk space. Until then vpcdns makes only changes that need no space, such as deletions";

impl Embedded {
    /// Writes rows, and replaces all others if `all`. Returns when the rows are durable in the database that the folder
    /// names.
    pub(super) fn keep(&mut self, rows: &[Row], all: bool) -> Result<(), StoreError> {
        let State::Open(database) = &mut self.state else {
            return Err(self.fail("the store holds no World yet"));
        };
        if let Some(why) = database.ended.clone().or_else(|| self.folder.lost(&database.noted)) {
            return Err(self.fail(format!("cannot be written: {why}")));
        }
        let reserve = match &mut self.reserve {
            Some(reserve) => reserve,
            none => {
                let reserve = none.insert(Reserve::find(&self.folder));
                // A log that is no longer than the reserve can always be moved into the database with its help.
                let pages = i64::try_from(reserve.size() / PAGE).unwrap_or(i64::MAX).max(1);
                // Refused, it leaves the log at SQLite's own length, which is longer.
                let _ = database.connection.pragma_update(None, "wal_autocheckpoint", pages);
                reserve
            }
        };
        if let Err(Unkept { error, room }) = write(database, reserve, &self.folder, rows, all) {
            let error = if room {
                let full = format!("cannot be written: the disk is full ({error}). {FULL}");
                self.fail(full)
            } else {
                self.unwritable(&error)
            };
            self.failed = Some(NotKept { words: error.to_string(), room });
            return Err(error);
        }
        if self.folder.available().is_ok_and(|available| available < 2 * SCARCE) {
            reclaim(database, reserve, &self.folder);
        }
        if let Some(why) = self.folder.lost(&database.noted) {
            let why = format!("{why}. A change was being written, so the server must be restarted");
            database.ended = Some(why.clone());
            return Err(self.fail(format!("cannot be written: {why}")));
        }
        self.failed = None;
        database.seal(&self.folder);
        Ok(())
    }

    /// Why Changes are refused or about to be, if they are.
    pub(super) fn ails(&mut self) -> Option<String> {
        let State::Open(database) = &self.state else { return None };
        let why = database
            .ended
            .clone()
            .or_else(|| self.folder.lost(&database.noted))
            .or_else(|| self.folder.read_only());
        if let Some(why) = why {
            return Some(self.words(why));
        }
        let available = self.folder.available().unwrap_or(u64::MAX);
        let mut scarce = available < SCARCE;
        if let Some(reserve) = &mut self.reserve {
            reserve.restore(&self.folder);
            scarce |= !reserve.is_whole();
        }
        if !scarce && self.failed.as_ref().is_some_and(|it| it.room && available >= 2 * SCARCE) {
            self.failed = None;
        }
        if scarce {
            return Some(
                self.words(format!("only {} KiB are free on the disk. {FULL}", available / 1024)),
            );
        }
        self.failed.as_ref().map(|failure| failure.words.clone())
    }
}

/// Why rows were not written.
struct Unkept {
    error: rusqlite::Error,
    /// Whether the disk was full.
    room: bool,
}

impl From<rusqlite::Error> for Unkept {
    fn from(error: rusqlite::Error) -> Self {
        let room = error.sqlite_error_code() == Some(ErrorCode::DiskFull) || is_cut(&error);
        Self { error, room }
    }
}

/// Whether a write failed for a limit of the file's size or of a quota: SQLite has no code of their own for them.
fn is_cut(error: &rusqlite::Error) -> bool {
    let extended = error.sqlite_error().map(|it| it.extended_code);
    extended == Some(ffi::SQLITE_IOERR_WRITE)
}

fn write(
    database: &mut Database,
    reserve: &mut Reserve,
    folder: &Folder,
    rows: &[Row],
    all: bool,
) -> Result<(), Unkept> {
    reserve.restore(folder);
    let first = if reserve.is_whole() {
        match database.write(rows, all).map_err(Unkept::from) {
            Err(unkept) if unkept.room => unkept,
            other => return other,
        }
    } else {
        // What takes room must not take that of the reserve.
        ffi::Error::new(ffi::SQLITE_FULL).into_error()
    };
    reclaim(database, reserve, folder);
    if reserve.is_whole() {
        match database.write(rows, all).map_err(Unkept::from) {
            Err(unkept) if unkept.room => {}
            other => return other,
        }
    }
    if !database.gives_back(rows, all)? {
        return Err(first);
    }
    reserve.release(folder);
    // The log becomes short if it can, so that the reserve is all for what follows.
    let _ = database.checkpoint();
    let written = database.write(rows, all);
    reclaim(database, reserve, folder);
    Ok(written?)
}

/// Gives unused space of the log and the database back to the disk, with the help of the reserve. If this fails, the
/// next Change that needs space tries again.
fn reclaim(database: &mut Database, reserve: &mut Reserve, folder: &Folder) {
    reserve.release(folder);
    if database.checkpoint().is_ok() && database.shrink().is_ok() {
        let _ = database.checkpoint();
    }
    reserve.restore(folder);
}

/// An error of SQLite's as one of ours.
trait IntoError {
    fn into_error(self) -> Unkept;
}

impl IntoError for ffi::Error {
    fn into_error(self) -> Unkept {
        rusqlite::Error::SqliteFailure(self, None).into()
    }
}

impl Database {
    /// Says that the commit is acknowledged. A seal that cannot be written stays as it is, older than the database,
    /// which is no error.
    fn seal(&mut self, folder: &Folder) {
        if matches!(self.seal, Seals::Missing) {
            self.seal =
                folder.create(SEAL).map_or(Seals::Failed, |file| Seals::Open(Seal::new(file)));
        }
        if let Seals::Open(seal) = &self.seal
            && let Err(error) = seal.write(self.tally.commit)
        {
            tracing::warn!("{SEAL} beside {DATABASE} cannot be written: {error}");
            self.seal = Seals::Failed;
        }
    }
}
