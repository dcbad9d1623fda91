//! Opens the database's file, or creates a new one and moves it into place.

use std::{io, path::Path};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    APPLICATION, DATABASE, Database, Embedded, JOURNAL, LOG, NEW, NEXT, SCHEMA, SEAL, SHARED,
    seal::Seal, tally::Tally, write,
};
use crate::store::{
    StoreError,
    row::{FORMAT, Row},
};

impl Embedded {
    /// Opens the database for reading. With the exclusive mode SQLite keeps no shared memory file, and without a
    /// checkpoint at its end a connection that only reads leaves both files as they were.
    pub(super) fn connect(&self) -> rusqlite::Result<Connection> {
        let path = self.folder.file(DATABASE);
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let has_log = self.folder.file(LOG).metadata().is_ok_and(|log| log.len() > 0);
        let connection = if !has_log && self.folder.read_only().is_some() {
            // SQLite would make a log to read by; nothing can be made here, and nothing changes either.
            let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(immutable(&path), flags)?
        } else {
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?
        };
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON; PRAGMA cell_size_check = ON;
             PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;",
        )?;
        Ok(connection)
    }

    /// Makes a database beside the place of the old one, then puts it there. A process that is killed meanwhile leaves
    /// the old one or the new one, and files that the next start removes or puts in place.
    pub(super) fn create(&mut self, rows: &[Row]) -> Result<Database, StoreError> {
        self.folder
            .remove(&NEW)
            .map_err(Into::into)
            .and_then(|()| self.fill(rows))
            .and_then(|()| Ok(self.folder.rename(NEW[0], NEXT)?))
            .and_then(|()| Ok(self.put_in_place()?))
            .map_err(|error| {
                // What could not be written is of no use; the next try removes what cannot be removed now.
                let _ = self.folder.remove(&NEW);
                self.unwritable(&*error)
            })?;
        self.read().map(|(database, _)| database)
    }

    /// Puts the next database in place of the old one, with a seal for its first commit. As long as it has its name,
    /// nothing else in the folder counts, so this can be done again from any point.
    pub(super) fn put_in_place(&self) -> io::Result<()> {
        self.folder.remove(&[DATABASE, LOG, SHARED, JOURNAL, SEAL])?;
        self.folder.sync()?;
        self.folder.rename(NEXT, DATABASE)?;
        let seal = Seal::new(self.folder.create(SEAL)?);
        seal.write(1)?;
        seal.sync()?;
        self.folder.sync()
    }

    /// Writes a database that nobody uses yet, and makes it durable as a whole.
    fn fill(&self, rows: &[Row]) -> Result<(), Box<dyn std::error::Error>> {
        let file = self.folder.create(NEW[0])?;
        let mut connection = Connection::open(self.folder.file(NEW[0]))?;
        connection.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;
             PRAGMA synchronous = OFF;",
        )?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        write(&transaction, &mut Tally::default(), rows)?;
        transaction.commit()?;
        connection.execute_batch("PRAGMA journal_mode = WAL")?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(file.sync_all()?)
    }
}

/// The URI by which SQLite reads a file that nobody changes.
fn immutable(path: &Path) -> String {
    use std::{fmt::Write, os::unix::ffi::OsStrExt};
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        // Writing to a string cannot fail.
        let _ = match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                write!(uri, "{}", char::from(*byte))
            }
            other => write!(uri, "%{other:02X}"),
        };
    }
    uri + "?immutable=1"
}
