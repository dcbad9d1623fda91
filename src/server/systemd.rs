//! Tells systemd, or whoever set `NOTIFY_SOCKET`, how the server stands (sd_notify(3)). Without it, nothing is told.

use std::time::Duration;

use sd_notify::NotifyState;

/// The longest text of a status, in characters.
const LONGEST: usize = 200;

/// The server answers, or has read its files again.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&line(status))]);
}

/// The server begins to read its files again. [`ready`] ends this.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "systemd is not told of a reload"),
    }
}

/// The server ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The server is alive.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How long the service manager waits for [`alive`] before it ends the server. `None` without a watchdog.
pub(super) fn patience() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|period| !period.is_zero())
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "NOTIFY_SOCKET cannot be written");
    }
}

/// The first line of a text. A line break would begin another assignment.
fn line(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    first.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_short_line() {
        assert_eq!(line("a\u{1b}[1mb\rc\nREADY=1"), "a[1mbc");
        assert_eq!(line(&"가".repeat(300)).chars().count(), LONGEST);
        assert_eq!(line(""), "");
    }
}
