//! The watchdog of systemd: says `WATCHDOG=1` at half of its time, but only while the server can do its work.
//!
//! It asks each part to do a little. Every UDP worker must turn its loop, and no TCP server may have ended. The runtimes of
//! DNS and of HTTP must run a task, and the writer of the World must give its place. A part that is only slow gets more time:
//! the question stays open, and `WATCHDOG=1` is said as soon as all have answered.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use tokio::runtime::Handle;

use super::systemd;
use crate::{dns::Pulse, store::Live};

/// Ends the watchdog when it is dropped.
pub(super) struct Watchdog {
    _stop: Sender<()>,
}

/// A part that is asked whether it is alive.
struct Part {
    name: &'static str,
    /// Makes the part send an answer.
    ask: Box<dyn Fn(Sender<()>) + Send>,
    /// Receives an answer that has not come yet.
    open: Option<Receiver<()>>,
}

impl Part {
    fn runtime(name: &'static str, runtime: Handle) -> Self {
        let ask = move |sender: Sender<()>| {
            // The receiver waits until the end.
            drop(runtime.spawn(async move {
                let _ = sender.send(());
            }));
        };
        Self { name, ask: Box::new(ask), open: None }
    }

    fn thread(name: &'static str, work: impl Fn() + Clone + Send + 'static) -> Self {
        let ask = move |sender: Sender<()>| {
            let work = work.clone();
            // Without a thread, there is no answer.
            let thread = std::thread::Builder::new().name("watchdog-ask".to_owned());
            let _ = thread.spawn(move || {
                work();
                let _ = sender.send(());
            });
        };
        Self { name, ask: Box::new(ask), open: None }
    }

    /// Whether the part answers until `end`.
    fn answers(&mut self, end: Instant) -> bool {
        let ask = || {
            let (sender, receiver) = mpsc::channel();
            (self.ask)(sender);
            receiver
        };
        let receiver = self.open.take().unwrap_or_else(ask);
        match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => {
                self.open = Some(receiver);
                false
            }
            // The part threw the question away. It is asked again.
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }
}

/// Starts the watchdog if systemd asks for one. `say` prints a line on standard error.
///
/// # Errors
///
/// If the system gives no thread.
pub(super) fn start(
    pulse: Pulse,
    (dns, http): (Handle, Handle),
    live: &Arc<Live>,
    say: impl Fn(&str) + Send + 'static,
) -> io::Result<Option<Watchdog>> {
    let Some(period) = systemd::patience() else { return Ok(None) };
    let live = Arc::clone(live);
    let mut parts = vec![
        Part::runtime("DNS over TCP", dns),
        Part::runtime("HTTP", http),
        Part::thread("the writer of the configuration", move || {
            live.pace();
        }),
    ];
    let (stop, stopped) = mpsc::channel::<()>();
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        let mut silent = None;
        loop {
            let found = first_silent(&pulse, &mut parts, period / 4);
            match found {
                None => systemd::alive(),
                Some(part) if silent != found => {
                    say(&format!(
                        "watchdog: {part} does not answer, so systemd may end this process"
                    ));
                }
                Some(_) => {}
            }
            silent = found;
            // A part that was silent is asked again at once.
            let pause = if silent.is_some() { Duration::ZERO } else { period / 2 };
            if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
    })?;
    Ok(Some(Watchdog { _stop: stop }))
}

/// The first part that does not answer in time.
fn first_silent(pulse: &Pulse, parts: &mut [Part], patience: Duration) -> Option<&'static str> {
    let end = Instant::now() + patience;
    if !pulse.beats(patience) {
        return Some("DNS over UDP");
    }
    parts.iter_mut().find_map(|part| (!part.answers(end)).then_some(part.name))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_part_that_hangs_is_asked_once_and_may_answer_later() {
        let gate = Arc::new(Mutex::new(0));
        let held = gate.lock().unwrap();
        let inside = Arc::clone(&gate);
        let mut part = Part::thread("it", move || *inside.lock().unwrap() += 1);
        for _ in 0..3 {
            assert!(!part.answers(Instant::now() + Duration::from_millis(20)));
        }
        drop(held);
        assert!(part.answers(Instant::now() + Duration::from_secs(20)));
        assert_eq!(*gate.lock().unwrap(), 1);
    }
}
