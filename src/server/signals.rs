//! Signals: a thread of their own hears them, so that nothing else in the process can keep them waiting.
//!
//! On Linux every other thread holds these signals back. Elsewhere the system may hand one to a thread that stands still.
//!
//! The first SIGTERM or SIGINT asks the server to end. A second one, or [`LAST`] after the first, ends the process
//! whatever is still going on.

use std::{io, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, watch},
};

/// How long the server may take to end after the first signal.
const LAST: Duration = Duration::from_secs(5);

/// What was heard.
pub(super) struct Signals {
    /// Whether the server is asked to end.
    pub(super) stop: watch::Receiver<bool>,
    /// A SIGHUP; several that nobody took are one.
    pub(super) hangup: mpsc::Receiver<()>,
}

/// Leaves the signals to the thread of [`listen`]: this thread, and those it makes from now on, hold them back. Without
/// this, the system may hand a signal to a thread that stands still, and nobody hears it.
pub(crate) fn leave_to_listener() {
    #[cfg(target_os = "linux")]
    if let Err(error) = all().thread_block() {
        tracing::warn!(%error, "signals may reach a thread that does not listen");
    }
}

/// The signals that [`listen`] hears.
#[cfg(target_os = "linux")]
fn all() -> nix::sys::signal::SigSet {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
    [SIGHUP, SIGINT, SIGTERM].into_iter().collect()
}

/// Begins to listen. `say` prints a line on standard error.
///
/// # Errors
///
/// The thread or a signal's handler could not be made.
pub(super) fn listen(say: impl Fn(&str) + Send + 'static) -> io::Result<Signals> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = watch::channel(false);
    let (hung_up, hangup) = mpsc::channel(1);
    let entered = runtime.enter();
    let (terminate, interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let hangups = signal(SignalKind::hangup())?;
    drop(entered);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        #[cfg(target_os = "linux")]
        if let Err(error) = all().thread_unblock() {
            tracing::error!(%error, "signals cannot be received");
        }
        runtime.block_on(async move {
            let mut end = End { terminate, interrupt };
            tokio::select! {
                () = end.wanted() => {}
                () = pass_on(hangups, hung_up) => {}
            }
            // Nobody waiting for it means that the server ends already.
            let _ = stop.send(true);
            tokio::select! {
                () = end.wanted() => say("ended at once by a second signal"),
                () = tokio::time::sleep(LAST) => {
                    say(&format!("ended {} s after the signal, before all work was done", LAST.as_secs()));
                }
            }
            std::process::exit(0);
        });
    })?;
    Ok(Signals { stop: stopped, hangup })
}

/// The signals that end the server.
struct End {
    terminate: Signal,
    interrupt: Signal,
}

impl End {
    async fn wanted(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Hands hangups on for ever.
async fn pass_on(mut hangups: Signal, hung_up: mpsc::Sender<()>) {
    loop {
        // The handler of a signal stays for the life of the process.
        let _ = hangups.recv().await;
        // One that waits already stands for this one too.
        let _ = hung_up.try_send(());
    }
}
