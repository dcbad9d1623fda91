//! The store on disk: the World's rows in an SQLite database within a folder.
//!
//! One table, each row with its checksum, and one row that counts the rows and adds up their checksums. Everything is
//! checked before anything is written: a store that is damaged, newer or somebody else's is refused and left as it is,
//! byte for byte. A commit returns when the system says that it is on disk. What a row means is not known here.

mod file;
mod folder;
mod keep;
mod relay;
mod reserve;
mod seal;
mod tally;

use std::{io, path::Path, sync::Arc};

use rusqlite::{Connection, ErrorCode, OptionalExtension, config::DbConfig, params};

use self::{
    folder::{Folder, Noted},
    relay::{Relay, Stopped},
    reserve::Reserve,
    seal::{Seal, Sealed},
    tally::{TALLY, Tally},
};
use super::{
    Revision, Store, StoreError,
    row::{self, FORMAT, Row},
    watch::{Watch, Watchers, Written},
};
use crate::model::world::World;

/// The database.
const DATABASE: &str = "world.db";
/// Its write-ahead log.
const LOG: &str = "world.db-wal";
/// A file that SQLite leaves beside the database if another program opened it.
const SHARED: &str = "world.db-shm";
/// A file that SQLite leaves beside the database in another journal mode.
const JOURNAL: &str = "world.db-journal";
/// The seal.
const SEAL: &str = "world.seal";
/// A database being made, and what SQLite keeps beside it meanwhile.
const NEW: [&str; 4] = ["world.new", "world.new-wal", "world.new-shm", "world.new-journal"];
/// A complete new database that replaces everything else. If the process was killed before, the next start finishes
/// this.
const NEXT: &str = "world.next";

/// Marks the file as ours (`vpcd`), for `file` and for us.
const APPLICATION: i32 = i32::from_be_bytes(*b"vpcd");

/// The only object of the database. Without rowid every key lies in the table itself, under its row's checksum.
const SCHEMA: &str = "CREATE TABLE world (part TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, \
                      crc INTEGER NOT NULL, PRIMARY KEY (part, key)) STRICT, WITHOUT ROWID";

const PUT: &str = "INSERT OR REPLACE INTO world (part, key, value, crc) VALUES (?1, ?2, ?3, ?4)";

/// A store in a folder.
#[derive(Debug)]
pub struct Embedded {
    folder: Folder,
    state: State,
    /// Whether SQLite made the log for this process to read by.
    made_log: bool,
    /// The disk space reserved for deletions; `None` until something is written.
    reserve: Option<Reserve>,
    /// Why the last Change could not be saved.
    failed: Option<NotKept>,
    watchers: Watchers,
}

/// Why a Change could not be saved.
#[derive(Debug)]
struct NotKept {
    /// The words for it.
    words: String,
    /// Whether the disk was full.
    room: bool,
}

#[derive(Debug)]
enum State {
    /// Not loaded yet.
    Unread,
    /// There is no database, or it is to be replaced.
    Empty,
    /// There is a database, and it was checked.
    Open(Database),
}

#[derive(Debug)]
struct Database {
    /// The version of its rows.
    format: u32,
    seal: Seals,
    connection: Connection,
    tally: Tally,
    /// The files that SQLite has open.
    noted: Noted,
    /// Why no Change can be saved any more: the disk may have one Change that the server does not have.
    ended: Option<String>,
    /// Whether a commit failed so late that its rows may lie in the log, from where the next start would read them.
    unsure: bool,
}

#[derive(Debug)]
enum Seals {
    /// There is no seal yet: the process was killed before it made one.
    Missing,
    /// The seal.
    Open(Seal),
    /// It cannot be written.
    Failed,
}

impl Embedded {
    /// The store of a folder, which is made where it is missing, and held until the value is dropped.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or another process holds it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            folder: Folder::open(path)?,
            state: State::Unread,
            made_log: false,
            reserve: None,
            failed: None,
            watchers: Watchers::default(),
        })
    }

    /// Checks that the folder can be written to.
    ///
    /// # Errors
    ///
    /// If it is read-only.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        match self.folder.read_only() {
            Some(why) => Err(self.fail(format!("cannot be written: {why}"))),
            None => Ok(()),
        }
    }

    /// Lets the next [`Store::replace`] replace what is in the folder without [`Store::load`], even if it is damaged.
    pub fn discard(&mut self) {
        self.state = State::Empty;
    }

    /// What is wrong, after the file's name.
    fn words(&self, what: impl std::fmt::Display) -> String {
        format!("{}: {what}", self.folder.file(DATABASE).display())
    }

    fn fail(&self, what: impl std::fmt::Display) -> StoreError {
        StoreError::Unavailable(self.words(what))
    }

    /// The stored data is damaged: it is not what was written.
    fn damaged(&self, what: impl std::fmt::Display) -> StoreError {
        StoreError::Damaged(self.words(format!(
            "damaged: {what}. vpcdns left it unchanged; restore a copy of the folder, or start over with --reset"
        )))
    }

    /// An error of SQLite's while reading.
    fn unreadable(&self, error: &rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => self.damaged("it is not a database"),
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::DiskFull,
            ) => self.fail(format!("cannot be read: {error}")),
            _ => self.damaged(error),
        }
    }

    fn unwritable(&self, error: &dyn std::error::Error) -> StoreError {
        match self.folder.read_only() {
            Some(why) => self.fail(format!("cannot be written: {why} ({error})")),
            None => self.fail(format!("cannot be written: {error}")),
        }
    }

    /// Tells the watches. Gives the new revision.
    fn tell(&mut self, rows: &[Row], all: bool) -> Revision {
        let revision = self.revision();
        self.watchers.tell(revision, rows, all);
        revision
    }

    /// The last acknowledged commit; 0 if there is no seal.
    fn acknowledged(&self) -> Result<u64, StoreError> {
        match seal::read(&self.folder.file(SEAL)) {
            Ok(Sealed::Nothing) => Ok(0),
            Ok(Sealed::Commit(commit)) => Ok(commit),
            Ok(Sealed::Damaged) => Err(self.damaged(format!("{SEAL} does not match its checksum"))),
            Err(error) => Err(self.fail(format!("{SEAL} cannot be read: {error}"))),
        }
    }

    /// Reads and checks everything. Writes nothing, not even what SQLite would tidy up.
    fn read(&mut self) -> Result<(Database, World), StoreError> {
        let acknowledged = self.acknowledged()?;
        self.made_log = !self.folder.holds(LOG);
        let connection = self.connect().map_err(|error| self.unreadable(&error))?;
        let format = self.check_kind(&connection)?;
        self.check_pages(&connection)?;
        let (tally, world) = self.rows(&connection)?;
        if tally.commit < acknowledged {
            return Err(self.damaged(format!(
                "its last commit is {}, but vpcdns already acknowledged commit {acknowledged}",
                tally.commit
            )));
        }
        connection
            .execute_batch("PRAGMA query_only = OFF")
            .map_err(|error| self.unreadable(&error))?;
        let seal = match Seal::open(&self.folder.file(SEAL)) {
            Ok(seal) => Seals::Open(seal),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seals::Missing,
            Err(_) => Seals::Failed,
        };
        let noted = self.folder.note(&[DATABASE, LOG]);
        Ok((Database { format, seal, connection, tally, noted, ended: None, unsure: false }, world))
    }

    /// Checks that vpcdns made the file. Gives the format version.
    fn check_kind(&self, connection: &Connection) -> Result<u32, StoreError> {
        let number = |name: &str| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
                .map_err(|error| self.unreadable(&error))
        };
        if number("application_id")? != APPLICATION {
            return Err(StoreError::Damaged(self.words(
                "not a store of vpcdns. vpcdns left it unchanged; give another folder, or start over with --reset",
            )));
        }
        let format = match u32::try_from(number("user_version")?) {
            Ok(known @ 1..=FORMAT) => known,
            Ok(newer) if newer > FORMAT => {
                return Err(StoreError::Newer(self.words(format!(
                    "written in format {newer} by a newer vpcdns; this version knows format {FORMAT}. vpcdns left it \
                     unchanged"
                ))));
            }
            other => return Err(self.damaged(format!("no version wrote format {other:?}"))),
        };
        let text = |query: &str| {
            connection
                .query_row(query, (), |row| row.get::<_, String>(0))
                .map_err(|error| self.unreadable(&error))
        };
        if text("SELECT group_concat(sql, ';') FROM sqlite_schema")? != SCHEMA {
            return Err(self.damaged("its tables are not those that vpcdns makes"));
        }
        // Of a file that it takes for unchanging SQLite does not tell it.
        let is_unchanging = connection.is_readonly("main").unwrap_or(false);
        if text("PRAGMA journal_mode")? != "wal" && !is_unchanging {
            return Err(self.damaged("its header does not name the write-ahead log"));
        }
        Ok(format)
    }

    /// Lets SQLite check what no checksum of ours covers, such as the list of free pages, which a later write would
    /// trust.
    fn check_pages(&self, connection: &Connection) -> Result<(), StoreError> {
        let verdict = connection
            .query_row("PRAGMA quick_check(1)", (), |row| row.get::<_, String>(0))
            .map_err(|error| self.unreadable(&error))?;
        if verdict == "ok" { Ok(()) } else { Err(self.damaged(verdict)) }
    }

    /// Checks all rows and builds the World from them.
    fn rows(&self, connection: &Connection) -> Result<(Tally, World), StoreError> {
        let (checked, world) = relay::world(|relay| self.check_rows(connection, relay));
        // The row that cannot be read came before those that were not checked for it.
        let world = world.map_err(|error| self.damaged(error))?;
        Ok((checked?, world))
    }

    /// Reads every row and compares its checksum, then what they add up to.
    fn check_rows(&self, connection: &Connection, relay: &mut Relay) -> Result<Tally, StoreError> {
        let mut found = Tally::default();
        let mut written = None;
        let mut last = (String::new(), String::new());
        let mut read = || -> rusqlite::Result<Result<(), StoreError>> {
            let mut statement =
                connection.prepare("SELECT part, key, value, crc FROM world ORDER BY part, key")?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                let (part, key) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
                let value = row.get_ref(2)?.as_bytes()?;
                let crc = tally::crc(part, key, value);
                if i64::from(crc) != row.get::<_, i64>(3)? {
                    let what = format!("the row {part}/{key} does not match its checksum");
                    return Ok(Err(self.damaged(what)));
                }
                if (part, key) <= (&*last.0, &*last.1) {
                    return Ok(Err(self.damaged(format!("the row {part}/{key} is out of order"))));
                }
                part.clone_into(&mut last.0);
                key.clone_into(&mut last.1);
                if part == TALLY {
                    written = serde_json::from_slice(value).ok();
                } else {
                    found.add(crc);
                    if let Err(Stopped) = relay.add(part, key, value) {
                        break;
                    }
                }
            }
            Ok(Ok(()))
        };
        read().map_err(|error| self.unreadable(&error))??;
        let written: Tally =
            written.ok_or_else(|| self.damaged("the row that counts all rows is missing"))?;
        if (written.rows, written.sum) != (found.rows, found.sum) {
            return Err(self.damaged(format!(
                "it holds {} rows, but {} were written, or their content differs",
                found.rows, written.rows
            )));
        }
        Ok(written)
    }
}

/// Writes rows and the tally after them.
fn write(connection: &Connection, tally: &mut Tally, rows: &[Row]) -> rusqlite::Result<()> {
    let mut old = connection.prepare("SELECT crc FROM world WHERE part = ?1 AND key = ?2")?;
    let mut put = connection.prepare(PUT)?;
    let mut delete = connection.prepare("DELETE FROM world WHERE part = ?1 AND key = ?2")?;
    // In the order of the table: a large World is then written page by page.
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| (row.table, &*row.key));
    for row in rows {
        let mut found = old.query((row.table, &row.key))?;
        if let Some(found) = found.next()? {
            tally.take(found.get(0)?);
        }
        drop(found);
        match &row.value {
            Some(value) => {
                let crc = tally::crc(row.table, &row.key, value.as_bytes());
                put.execute(params![row.table, row.key, value, crc])?;
                tally.add(crc);
            }
            None => {
                delete.execute((row.table, &row.key))?;
            }
        }
    }
    tally.commit += 1;
    put_tally(connection, tally)
}

/// The rows to write so that rows of format 1 become rows of this format; empty once none is left.
fn from_version_1(connection: &Connection) -> rusqlite::Result<Vec<Row>> {
    let old = "SELECT value FROM world WHERE part = 'world' AND key = ''";
    match connection.query_row(old, (), |row| row.get::<_, String>(0)).optional()? {
        // It was read when the folder was opened.
        Some(old) => row::from_version_1(old.as_bytes())
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into())),
        None => Ok(Vec::new()),
    }
}

fn put_tally(connection: &Connection, tally: &Tally) -> rusqlite::Result<()> {
    let value = tally.json();
    connection.execute(PUT, params![TALLY, "", value, tally::crc(TALLY, "", value.as_bytes())])?;
    Ok(())
}

impl Database {
    /// Writes rows, in place of all others or beside them, and returns when they are durable.
    fn write(&mut self, rows: &[Row], all: bool) -> rusqlite::Result<()> {
        self.take_back()?;
        // From now on there is something to tidy up at the end.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let mut tally = self.tally;
        let transaction = self.connection.transaction()?;
        if all {
            transaction.execute("DELETE FROM world", ())?;
            tally = Tally { commit: tally.commit, ..Tally::default() };
        }
        if self.format < FORMAT {
            let mut rows_now = from_version_1(&transaction)?;
            rows_now.extend_from_slice(rows);
            write(&transaction, &mut tally, &rows_now)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        } else {
            write(&transaction, &mut tally, rows)?;
        }
        if let Err(error) = transaction.commit() {
            self.unsure = true;
            // Where this fails too, the next write tries it first.
            let _ = self.take_back();
            return Err(error);
        }
        self.tally = tally;
        self.format = FORMAT;
        Ok(())
    }

    /// Every row.
    fn all(&self) -> rusqlite::Result<Vec<Row>> {
        let mut statement =
            self.connection.prepare("SELECT part, key, value FROM world WHERE part <> ?1")?;
        let rows = statement.query_map([TALLY], |row| {
            let part = row.get::<_, String>(0)?;
            // Every row was read once, so its table is known.
            let table = row::table(&part).ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Ok(Row { table, key: row.get(1)?, value: row.get(2)? })
        })?;
        rows.collect()
    }

    /// Moves everything from the log into the database and gives the log's room back.
    fn checkpoint(&mut self) -> rusqlite::Result<()> {
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get::<_, i32>(0))?;
        // Rows of a commit that failed went with the log.
        self.unsure &= busy != 0;
        Ok(())
    }

    /// Gives empty pages back to the disk, some at a time.
    fn shrink(&self) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare("PRAGMA incremental_vacuum(16)")?;
        let mut rows = statement.query(())?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Whether rows need no more space than the rows they replace, or delete some.
    fn gives_back(&self, rows: &[Row], all: bool) -> rusqlite::Result<bool> {
        let written: usize =
            rows.iter().filter_map(|row| row.value.as_ref()).map(String::len).sum();
        let written = i64::try_from(written).unwrap_or(i64::MAX);
        if all {
            let kept = "SELECT coalesce(sum(octet_length(value)), 0) FROM world";
            return self.connection.query_row(kept, (), |row| Ok(written <= row.get(0)?));
        }
        let mut old = self
            .connection
            .prepare("SELECT octet_length(value) FROM world WHERE part = ?1 AND key = ?2")?;
        let mut kept: i64 = 0;
        for row in rows {
            let mut found = old.query((row.table, &row.key))?;
            if let Some(found) = found.next()? {
                if row.value.is_none() {
                    return Ok(true);
                }
                kept = kept.saturating_add(found.get(0)?);
            }
        }
        // `true` may have become `false`, and 9 changes 10.
        Ok(written <= kept.saturating_add(16))
    }

    /// After a failed commit, writes the old rows over its rows in the log, without waiting for the disk that just
    /// failed. A Change that was not acknowledged must not appear after a restart.
    fn take_back(&mut self) -> rusqlite::Result<()> {
        if self.unsure {
            self.connection.execute_batch("PRAGMA synchronous = OFF")?;
            let transaction = self.connection.transaction()?;
            // SQLite leaves out a write that alters nothing, so the row goes first.
            transaction.execute("DELETE FROM world WHERE part = ?1", [TALLY])?;
            put_tally(&transaction, &self.tally)?;
            transaction.commit()?;
            self.connection.execute_batch("PRAGMA synchronous = FULL")?;
            self.unsure = false;
        }
        Ok(())
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let State::Open(database) = &self.state
            && self.folder.lost(&database.noted).is_some()
        {
            // SQLite removes the log by its name at the end. What has that name now is another's.
            let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = database.connection.set_db_config(keep, true);
            self.made_log = false;
        }
        self.state = State::Unread; // closes the database
        let log = self.folder.file(LOG);
        if self.made_log && log.metadata().is_ok_and(|log| log.len() == 0) {
            // A log that stays there empty is no harm.
            let _ = self.folder.remove(&[LOG]);
        }
    }
}

impl Store for Embedded {
    fn load(&mut self) -> Result<Option<World>, StoreError> {
        if self.folder.holds(NEXT) {
            self.put_in_place().map_err(|error| self.unwritable(&error))?;
        }
        if !self.folder.holds(DATABASE) {
            let left = [LOG, SEAL].into_iter().find(|name| self.folder.holds(name));
            if let Some(left) = left {
                return Err(self.damaged(format!("it is missing, though {left} is there")));
            }
            self.state = State::Empty;
            return Ok(None);
        }
        if self.folder.holds(JOURNAL) {
            return Err(self.damaged(format!("no version of vpcdns writes {JOURNAL}")));
        }
        let (database, world) = self.read()?;
        self.state = State::Open(database);
        Ok(Some(world))
    }

    fn revision(&self) -> Revision {
        match &self.state {
            State::Open(database) => Revision(database.tally.commit),
            State::Unread | State::Empty => Revision::default(),
        }
    }

    /// The folder has one writer, so a conflict is a mistake of the caller: any other revision is refused.
    fn commit(&mut self, rows: &[Row], based_on: Revision) -> Result<Revision, StoreError> {
        match &self.state {
            // One that has ended may have written a commit that it did not acknowledge; `keep` says why it ended.
            State::Open(database) if database.ended.is_none() && based_on != self.revision() => {
                Err(StoreError::Conflict(self.revision()))
            }
            State::Open(_) => {
                self.keep(rows, false)?;
                Ok(self.tell(rows, false))
            }
            State::Unread | State::Empty => Err(self.fail("the store holds no World yet")),
        }
    }

    fn replace(&mut self, rows: &[Row]) -> Result<Revision, StoreError> {
        match &self.state {
            State::Unread => return Err(self.fail("the store was not loaded before")),
            State::Open(_) => self.keep(rows, true)?,
            State::Empty => self.state = State::Open(self.create(rows)?),
        }
        Ok(self.tell(rows, true))
    }

    /// No history is kept: a watch from an earlier revision begins with all rows.
    fn watch(&mut self, from: Revision) -> Result<Watch, StoreError> {
        let State::Open(database) = &self.state else { return Ok(self.watchers.open()) };
        let revision = self.revision();
        if from == revision {
            return Ok(self.watchers.open());
        }
        let rows = database.all().map_err(|error| self.unreadable(&error))?;
        let all = Written { revision, rows, all: true };
        Ok(self.watchers.open_with(vec![Arc::new(all)]))
    }

    fn degraded(&mut self) -> Option<String> {
        self.ails()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_ended_says_why_and_not_that_somebody_was_first() {
        let path = std::env::temp_dir().join(format!("vpcdns-ended-{}", std::process::id()));
        let mut store = Embedded::open(&path).unwrap();
        store.load().unwrap();
        let seen = store.replace(&[]).unwrap();
        let State::Open(database) = &mut store.state else { panic!("it is open") };
        // As after a commit that was written but not acknowledged.
        database.ended = Some("the folder is gone".to_owned());
        database.tally.commit += 1;
        let error = store.commit(&[], seen).unwrap_err();
        assert!(error.to_string().contains("the folder is gone"), "{error}");
        std::fs::remove_dir_all(path).unwrap();
    }
}
