//! Limits HTTP connections by the number of open files, so that DNS, metadata and the store have enough.

/// The most HTTP connections: half of the files that this process can still open, at least 2. `None` if that number is
/// unknown. Must be called after everything else is open.
pub(super) fn for_http() -> Option<usize> {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, getrlimit};
        let (limit, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
        let open = std::fs::read_dir("/proc/self/fd").ok()?.count();
        let left = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(open);
        Some((left / 2).max(2))
    }
    #[cfg(not(target_os = "linux"))]
    None
}
