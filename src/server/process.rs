//! What the system tells of this process: time, memory and files. Only Linux tells all of it.

use std::{
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use rustix::process::{Resource, getrlimit};

use crate::seen::ProcessCounts;

/// When the process began to count, in seconds since the epoch.
static STARTED: LazyLock<f64> = LazyLock::new(|| {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
});

/// Notes the start of the process.
pub(super) fn started() {
    LazyLock::force(&STARTED);
}

/// Asks the system.
pub(super) fn counts() -> ProcessCounts {
    ProcessCounts {
        started: *STARTED,
        cpu_seconds: cpu_seconds(),
        resident_bytes: resident_bytes(),
        open_files: std::fs::read_dir("/proc/self/fd").ok().map(|all| float(all.count())),
        #[expect(clippy::cast_precision_loss, reason = "Prometheus's numbers are floats")]
        most_files: getrlimit(Resource::Nofile).current.map(|most| most as f64),
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus's numbers are floats")]
fn float(count: usize) -> f64 {
    count as f64
}

/// The fields of `/proc/self/stat` that follow the name, which may hold spaces itself.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    #[expect(clippy::cast_precision_loss, reason = "there are a hundred ticks in a second")]
    let per_second = rustix::param::clock_ticks_per_second() as f64;
    Some((ticks()? + ticks()?) / per_second)
}

fn resident_bytes() -> Option<f64> {
    let memory = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = memory.split(' ').nth(1)?.parse().ok()?;
    Some(float(pages * rustix::param::page_size()))
}
