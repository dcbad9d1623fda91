//! Brings rows that other writers wrote into the current Snapshot.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use super::{
    Live,
    pace::Paced,
    row::{Loader, RowError, apply_rows},
    watch::{Watch, Written},
};
use crate::{model::world::World, resolve::snapshot::Snapshot};

/// How often a thread that waits looks whether its [`Live`] is still there.
const LOOK: Duration = Duration::from_secs(1);

/// The next Snapshot, after the rows of another writer.
pub(super) fn after(snapshot: &Snapshot, written: &Written) -> Result<Snapshot, RowError> {
    if written.all {
        let mut loader = Loader::default();
        for row in &written.rows {
            if let Some(value) = &row.value {
                loader.add(row.table, &row.key, value.as_bytes())?;
            }
        }
        return Ok(Snapshot::new(loader.finish(), Arc::clone(&snapshot.public)));
    }
    let mut world = snapshot.world.clone();
    let touched = apply_rows(&mut world, &written.rows)?;
    Ok(snapshot.after(world, &touched))
}

/// What the rows hold whose state ends by itself.
pub(super) fn begun(world: &World, written: &Written) -> Vec<Paced> {
    let rows = written.rows.iter().filter(|row| row.value.is_some());
    let paced = rows.filter_map(|row| Paced::of_row(row.table, &row.key));
    paced.filter(|it| it.lasts(world).is_some()).collect()
}

/// Applies the rows of other writers until the [`Live`] is dropped. Blocks its thread.
pub(super) fn run(live: &Weak<Live>, bell: &Watch) {
    let mut failed = None;
    while let Ok(rung) = bell.wait(LOOK) {
        let Some(live) = live.upgrade() else { return };
        // One look takes in all that has arrived.
        while bell.next().is_some() {}
        if rung.is_some() || failed.is_some() {
            let error = live.refresh().err();
            if let Some(error) = error.as_ref().filter(|error| failed.as_ref() != Some(*error)) {
                tracing::warn!("changes of other writers are not shown: {error}");
            }
            failed = error;
        }
    }
}
