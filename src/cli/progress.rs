//! A progress bar for work that takes longer than a second. It appears on standard error, and only on a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::resolve::survey::Progress;

/// The time after which the bar appears.
const PATIENCE: Duration = Duration::from_secs(1);

/// Does work that reports its progress. Shows a bar if it takes long.
pub(super) fn shown<T>(what: String, work: impl FnOnce(Progress<'_>) -> T) -> T {
    let begun = Instant::now();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(what);
    // The bar has no colours, so NO_COLOR needs no second style.
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos} of {len}, {eta} left") {
        bar.set_style(style.progress_chars("=> "));
    }
    let mut waiting = true;
    let done = work(&mut |done, all| {
        if waiting && begun.elapsed() > PATIENCE {
            waiting = false;
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    });
    bar.finish_and_clear();
    done
}
