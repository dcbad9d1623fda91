//! Reads the files again while the server answers: at SIGHUP, and when they change (`--watch`).
//!
//! What is read takes the place of what is served only as a whole. If a file has a problem, everything stays as it is.

use std::sync::Arc;

use super::{encrypted, systemd};
use crate::{dns::Certificate, model::world::World, resolve::public::PublicNames, store::Live};

/// Reads one thing again. An error is a text for the user.
type Read<T> = Arc<dyn Fn() -> Result<T, String> + Send + Sync>;

/// What can be read again.
#[derive(Clone)]
pub struct Files {
    /// Reads WORLD and what it includes.
    pub world: Read<World>,
    /// Reads the files of `--public-zone`.
    pub public: Read<PublicNames>,
    /// Whether there are such files.
    pub has_public: bool,
}

/// What asked for a reload, as the beginning of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    Signal,
    Watch,
}

impl Cause {
    fn text(self) -> &'static str {
        match self {
            Self::Signal => "SIGHUP",
            Self::Watch => "--watch",
        }
    }
}

/// Reads in a thread of its own. So a slow file blocks nothing else.
pub(super) struct Reload {
    live: Arc<Live>,
    stored: bool,
    files: Files,
    /// The certificate of encrypted DNS.
    certificate: Option<Arc<Certificate>>,
    /// Resolves when the thread ends.
    running: Option<tokio::sync::oneshot::Receiver<()>>,
    /// What asked for another reload in the meantime.
    once_more: Option<Cause>,
    /// What systemd shows of a server that answers.
    status: String,
}

impl Reload {
    /// `status` is what systemd shows of a server that answers.
    pub(super) fn new(
        live: &Arc<Live>,
        stored: bool,
        (files, certificate): (Files, Option<Arc<Certificate>>),
        status: &str,
    ) -> Self {
        let (live, status) = (Arc::clone(live), status.to_owned());
        Self { live, stored, files, certificate, running: None, once_more: None, status }
    }

    /// What asked for another reload while the files were read. Forgets it.
    pub(super) fn due(&mut self) -> Option<Cause> {
        self.once_more.take()
    }

    /// Starts the thread.
    pub(super) fn begin(&mut self, cause: Cause, say: &(impl Fn(&str) + Clone + Send + 'static)) {
        let by = cause.text();
        if self.running.is_some() {
            self.once_more = Some(cause);
            say(&format!(
                "{by}: the world files are being read already; they will be read once more"
            ));
            return;
        }
        systemd::reloading();
        let (ends, end) = tokio::sync::oneshot::channel::<()>();
        let (live, files, stored) = (Arc::clone(&self.live), self.files.clone(), self.stored);
        let certificate = self.certificate.clone().filter(|_| matches!(cause, Cause::Signal));
        let say_there = say.clone();
        let thread = std::thread::Builder::new().name("reload".to_owned()).spawn(move || {
            let _ends = ends;
            encrypted::reload(certificate.as_ref(), &say_there);
            let outcome = reread(&live, stored, &files);
            match &outcome {
                Ok(done) => say_there(&format!("{by}: {done}")),
                Err(why) => say_there(&format!("{by}: the configuration stays as it is{why}")),
            }
            live.count_reload(outcome.map(drop));
        });
        match thread {
            Ok(_) => self.running = Some(end),
            Err(error) => {
                let why = format!(": cannot start a thread that reads the files: {error}");
                say(&format!("{by}: the configuration stays as it is{why}"));
                self.live.count_reload(Err(why));
                systemd::ready(&self.status);
            }
        }
    }

    /// Resolves when the thread ends, or never if there is no thread.
    pub(super) async fn end(&mut self) {
        match &mut self.running {
            // The thread drops the sender at its end, also after a panic.
            Some(end) => drop(end.await),
            None => std::future::pending().await,
        }
        self.running = None;
        match self.live.reloads().error {
            None => systemd::ready(&self.status),
            Some(why) => systemd::ready(&format!("the last reload failed{why}")),
        }
    }
}

const CHANGED: &str = ", because it was changed after the start";

/// Reads again what is served from files. Gives what was done, or why nothing was, as the end of a sentence.
fn reread(live: &Live, stored: bool, files: &Files) -> Result<&'static str, String> {
    if stored || live.changes() > 0 {
        let stored_text = ", because it came from --data and not from world files";
        let why = if stored { stored_text } else { CHANGED };
        return republish(live, files, why);
    }
    let problems = |problems| format!(", because the files have problems:\n{problems}");
    let world = (files.world)().map_err(problems)?;
    let public = (files.public)().map_err(problems)?;
    match live.reload(world, Some(public)) {
        Ok(true) => Ok("the world files were read again"),
        Ok(false) => Err(CHANGED.to_owned()),
        Err(error) => Err(format!(": {error}")),
    }
}

/// Reads the public zones again, although the World stays.
fn republish(live: &Live, files: &Files, why: &str) -> Result<&'static str, String> {
    if !files.has_public {
        return Err(why.to_owned());
    }
    let public = (files.public)()
        .map_err(|problems| format!(", because the files have problems:\n{problems}"))?;
    live.republish(public);
    Ok(
        "the public zones were read again; the rest stays as it is, because it came from --data or was changed",
    )
}
