//! A store in memory that several writers share, each through a clone of its own.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use vpcdns::{
    model::world::World,
    store::{
        Revision, Store, StoreError,
        row::{Loader, Row},
        watch::{Watch, Watchers, Written},
    },
};

/// A row's table and key.
type Key = (&'static str, String);

/// The rows, which outlive each of their writers.
#[derive(Debug, Default)]
struct Rows {
    /// `None` until something is written.
    values: Option<BTreeMap<Key, String>>,
    /// When each key was written last, also those that are gone.
    written: BTreeMap<Key, Revision>,
    /// When everything was replaced last.
    replaced: Revision,
    history: Vec<Arc<Written>>,
    watchers: Watchers,
}

impl Rows {
    fn revision(&self) -> Revision {
        self.history.last().map_or(Revision::default(), |last| last.revision)
    }

    fn write(&mut self, rows: &[Row], all: bool) -> Revision {
        let revision = Revision(self.revision().0 + 1);
        let values = self.values.get_or_insert_default();
        if all {
            values.clear();
            self.replaced = revision;
        }
        for row in rows {
            let key = (row.table, row.key.clone());
            self.written.insert(key.clone(), revision);
            match &row.value {
                Some(value) => values.insert(key, value.clone()),
                None => values.remove(&key),
            };
        }
        self.history.push(Arc::new(Written { revision, rows: rows.to_vec(), all }));
        self.watchers.tell(revision, rows, all);
        revision
    }
}

/// Something to do at once.
#[derive(Default)]
pub struct Hook(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

/// One writer of the rows.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    rows: Arc<Mutex<Rows>>,
    revision: Revision,
    name: &'static str,
    hook: Arc<Hook>,
    /// Makes it fail.
    pub failing: Arc<AtomicBool>,
    /// How many commits were refused because another writer was first.
    pub conflicts: Arc<Mutex<u64>>,
}

impl Kept {
    /// Another writer of the same rows.
    pub fn named(&self, name: &'static str) -> Self {
        Self { name, ..self.clone() }
    }

    /// Does something right before the next commit, as if it had been first.
    pub fn before_next_commit(&self, hook: impl FnOnce() + Send + 'static) {
        *self.hook.0.lock().unwrap() = Some(Box::new(hook));
    }

    /// The last revision, whoever wrote it.
    pub fn last(&self) -> Revision {
        self.rows.lock().unwrap().revision()
    }

    /// The rows that a commit wrote.
    pub fn rows_of(&self, revision: Revision) -> Vec<Row> {
        let rows = self.rows.lock().unwrap();
        rows.history.iter().find(|it| it.revision == revision).unwrap().rows.clone()
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("told to fail".to_owned()));
        }
        Ok(())
    }
}

impl Store for Kept {
    fn load(&mut self) -> Result<Option<World>, StoreError> {
        let kept = self.rows.lock().unwrap();
        self.revision = kept.revision();
        let Some(values) = &kept.values else { return Ok(None) };
        let mut loader = Loader::default();
        for ((table, key), value) in values {
            loader
                .add(table, key, value.as_bytes())
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
        }
        Ok(Some(loader.finish()))
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn commit(&mut self, rows: &[Row], based_on: Revision) -> Result<Revision, StoreError> {
        self.check()?;
        let hook = self.hook.0.lock().unwrap().take();
        if let Some(hook) = hook {
            hook();
        }
        let mut kept = self.rows.lock().unwrap();
        let newer = |row: &Row| {
            let written = kept.written.get(&(row.table, row.key.clone()));
            written.is_some_and(|revision| *revision > based_on)
        };
        if kept.replaced > based_on || rows.iter().any(newer) {
            *self.conflicts.lock().unwrap() += 1;
            return Err(StoreError::Conflict(kept.revision()));
        }
        self.revision = kept.write(rows, false);
        Ok(self.revision)
    }

    fn replace(&mut self, rows: &[Row]) -> Result<Revision, StoreError> {
        self.check()?;
        self.revision = self.rows.lock().unwrap().write(rows, true);
        Ok(self.revision)
    }

    fn watch(&mut self, from: Revision) -> Result<Watch, StoreError> {
        self.check()?;
        let mut kept = self.rows.lock().unwrap();
        let first = kept.history.iter().filter(|it| it.revision > from).cloned().collect();
        Ok(kept.watchers.open_with(first))
    }

    fn writer(&self) -> &str {
        self.name
    }

    fn is_shared(&self) -> bool {
        true
    }
}
