//! The process on the machine: it starts the one in the namespaces, answers the instance's packets, and ends as the shell
//! does.
//!
//! It stays in the machine's own namespaces and listens nowhere on it.

use std::{
    ffi::OsString,
    io,
    os::fd::AsFd,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use super::{
    cable::Cable,
    handover,
    inside::{Made, exit_code},
    local::Local,
    machine::Machine,
    namespace::Undone,
    router::{Router, Services},
    source::Source,
    start::{ShellError, World},
};
use crate::{imds, model::id::InstanceId, resolve::question::Asker};

/// How many connections to the metadata service may wait to be taken.
const METADATA: usize = 64;

/// Runs a command as an instance of a World, and gives its exit code.
pub(super) fn run(world: World, asker: Asker, command: &[OsString]) -> Result<u8, ShellError> {
    let Asker::Instance(_, _, id) = asker else { return Err(ShellError::NoInstance) };
    let machine = Machine::of(&world.snapshot().world, id).ok_or(ShellError::NoInstance)?;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build().map_err(ShellError::Start)?;
    let code = runtime.block_on(work(world, asker, id, &machine, command));
    runtime.shutdown_background();
    code
}

async fn work(
    world: World,
    asker: Asker,
    id: InstanceId,
    machine: &Machine,
    command: &[OsString],
) -> Result<u8, ShellError> {
    // The terminal sends both to the shell too; it is the shell that they are for.
    let interrupt = signal(SignalKind::interrupt()).map_err(ShellError::Start)?;
    let quit = signal(SignalKind::quit()).map_err(ShellError::Start)?;
    let terminate = signal(SignalKind::terminate()).map_err(ShellError::Start)?;
    let hangup = signal(SignalKind::hangup()).map_err(ShellError::Start)?;
    let (socket, theirs) = handover::pair().map_err(ShellError::Start)?;
    let child = Command::new("/proc/self/exe")
        .arg("shell-inside")
        .arg("--")
        .args(command)
        .stdin(Stdio::from(theirs))
        .spawn()
        .map_err(ShellError::Start)?;
    let mut child = Reaped(child);
    handover::send(socket.as_fd(), machine, &[io::stdin().as_fd()]).map_err(ShellError::Start)?;
    let (made, files) = handover::receive::<Made>(socket.as_fd()).map_err(ShellError::Start)?;
    made.0.map_err(|undone| match undone {
        Undone::Denied(why) => ShellError::Denied(why),
        Undone::Failed(why) => ShellError::Undone(why),
    })?;
    let Ok([cable, http]) = <[_; 2]>::try_from(files) else {
        return Err(ShellError::Start(io::ErrorKind::InvalidData.into()));
    };
    let source: Arc<dyn Source> = match world {
        World::Here(snapshot, defaults, language) => {
            let local = Local::start(*snapshot, asker)?;
            local.serve_http(http.into(), (asker, language), defaults);
            Arc::new(local)
        }
        World::Server(begun) => {
            let remote = begun.asked_as(id).map_err(ShellError::Server)?;
            remote.serve_http(http.into()).map_err(ShellError::Start)?;
            Arc::new(remote)
        }
    };
    let (metadata, streams) = mpsc::channel(METADATA);
    let common = imds::Common::default();
    tokio::spawn(imds::serve_streams(streams, source.cell(), common, Some(asker)));
    let services = Services { source, asker, metadata, names: Arc::default() };
    let cable = Cable::new(cable).map_err(ShellError::Start)?;
    let addresses = machine.addresses().collect();
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| ShellError::Start(io::Error::other(error)))?;
    let router = Router::new(cable, addresses, services, u64::from_ne_bytes(seed));
    tokio::spawn(async move {
        if let Err(error) = router.run().await {
            tracing::error!(%error, "the network of the shell ended");
        }
    });
    handover::send(socket.as_fd(), &(), &[]).map_err(ShellError::Start)?;
    let pid = i32::try_from(child.0.id()).ok().and_then(Pid::from_raw);
    let signals = [(interrupt, None), (quit, None)]
        .into_iter()
        .chain([(terminate, Some(Signal::TERM)), (hangup, Some(Signal::HUP))]);
    for (mut received, passed) in signals {
        tokio::spawn(async move {
            while received.recv().await.is_some() {
                if let (Some(pid), Some(signal)) = (pid, passed) {
                    // It may have ended by itself.
                    let _ = kill_process(pid, signal);
                }
            }
        });
    }
    let status = tokio::task::spawn_blocking(move || child.0.wait()).await;
    let status = status.map_err(|error| ShellError::Start(io::Error::other(error)))?;
    Ok(exit_code(status.map_err(ShellError::Start)?))
}

/// A process that does not stay as a zombie. It ends by itself once the socket is closed.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.try_wait();
    }
}
