//! Receives signals in a thread of its own, so that nothing else in the process can delay them.
//!
//! On Linux all other threads block these signals. On other systems a signal may reach a thread that hangs.
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

/// The signals that came.
pub(super) struct Signals {
    /// Becomes true when the server is asked to end.
    pub(super) stop: watch::Receiver<bool>,
    /// Receives one message for each SIGHUP. Several that are not read yet count as one.
    pub(super) hangup: mpsc::Receiver<()>,
}

/// Blocks the signals in this thread and in the threads it starts from now on, so that only the thread of [`listen`]
/// gets them. Otherwise the system may give a signal to a thread that hangs, and nothing would happen.
pub(crate) fn leave_to_listener() {
    #[cfg(target_os = "linux")]
    if let Err(error) = all().thread_block() {
        tracing::warn!(%error, "signals may reach a thread that does not listen");
    }
}

/// The signals that [`listen`] receives.
#[cfg(target_os = "linux")]
fn all() -> nix::sys::signal::SigSet {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
    [SIGHUP, SIGINT, SIGTERM].into_iter().collect()
}

/// Starts the thread that receives signals. `say` prints a line on standard error.
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
            // This fails only if the server is ending already.
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

/// Passes on hangups forever.
async fn pass_on(mut hangups: Signal, hung_up: mpsc::Sender<()>) {
    loop {
        // The handler exists as long as the process, so this never fails.
        let _ = hangups.recv().await;
        // If a message is waiting already, it counts for this signal too.
        let _ = hung_up.try_send(());
    }
}
