//! The process in the namespaces: it makes them, hands the open ends to the process that started it, and runs the shell.
//!
//! It starts as a program of its own, because a process with several threads cannot enter a user namespace. Its standard
//! input is the socket to the other process, which sends the real one. It answers no packet.

use std::{
    ffi::OsString,
    io,
    net::{Ipv4Addr, SocketAddr},
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::ExitStatusExt,
    },
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    cable,
    handover::{self, receive},
    links,
    machine::Machine,
    namespace::{self, Undone},
};
use crate::web;

/// Where AWS's APIs, the page and our JSON are, as `vpcdns serve` has them.
pub(super) const HTTP: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1080);

/// The exit code of a command that cannot be run, as shells have it.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

/// What the namespaces give: an error, or that two descriptors came with the message, the cable's end and the HTTP
/// listener.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Made(pub(super) Result<(), Undone>);

/// Runs a command as the instance that the other process describes, and gives the exit code. `say` prints a line on
/// standard error.
pub(super) fn run(command: &[OsString], say: &dyn Fn(&str)) -> u8 {
    let socket = match io::stdin().as_fd().try_clone_to_owned() {
        Ok(socket) => socket,
        Err(error) => {
            say(&format!("shell: {error}"));
            return 1;
        }
    };
    let Ok((machine, files)) = receive::<Machine>(socket.as_fd()) else {
        say("`vpcdns shell` starts this command; it does nothing by itself");
        return 1;
    };
    let stdin = files.into_iter().next().map_or_else(Stdio::null, Stdio::from);
    match start(&socket, &machine, command, stdin, say) {
        Ok(code) => code,
        Err(error) => {
            // If the other process is gone, nobody is left to be told.
            let _ = handover::send(socket.as_fd(), &Made(Err(error)), &[]);
            1
        }
    }
}

fn start(
    socket: &OwnedFd,
    machine: &Machine,
    command: &[OsString],
    stdin: Stdio,
    say: &dyn Fn(&str),
) -> Result<u8, Undone> {
    namespace::enter()?;
    namespace::dress(machine)?;
    let (instance, shell) = Instance::start(machine.clone(), command.to_vec(), stdin)?;
    links::far_ends_up(machine)?;
    let cable = cable::open().map_err(|error| format!("a packet socket: {error}"))?;
    let files = [cable.as_fd(), instance.http.as_fd()];
    handover::send(socket.as_fd(), &Made(Ok(())), &files).map_err(|error| error.to_string())?;
    drop(cable);
    // From here on the other process does not wait for errors.
    let code = (|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // The other process says when it answers packets. If it could not begin, it has said why.
        let Ok(((), _)) = receive(socket.as_fd()) else { return Ok(1) };
        let code = runtime.block_on(attend(socket, instance, shell, say));
        // A thread may still wait for the other process.
        runtime.shutdown_background();
        code
    })();
    Ok(code.unwrap_or_else(|error: io::Error| {
        say(&format!("shell: {error}"));
        1
    }))
}

/// The thread that is in the instance's network namespace, and what it made there.
struct Instance {
    http: std::net::TcpListener,
    go: mpsc::Sender<()>,
}

type Spawned = tokio::sync::oneshot::Receiver<io::Result<Child>>;

impl Instance {
    /// The namespace of the process keeps the cable's other end; this thread has one of its own, and so has the shell.
    fn start(
        machine: Machine,
        command: Vec<OsString>,
        stdin: Stdio,
    ) -> Result<(Self, Spawned), Undone> {
        let (made, ready) = mpsc::channel();
        let (go, wanted) = mpsc::channel();
        let (spawned, shell) = tokio::sync::oneshot::channel();
        let work = move || {
            let make = || -> Result<_, Undone> {
                namespace::another_network()?;
                links::make(&machine, std::process::id())?;
                Ok(web::bind(HTTP).map_err(|error| format!("{HTTP}: {error}"))?)
            };
            // The receivers live as long as this process does something.
            let _ = made.send(make());
            if wanted.recv().is_ok() {
                let _ = spawned.send(spawn(&command, stdin));
            }
        };
        let thread = thread::Builder::new().name("instance".to_owned()).spawn(work);
        thread.map_err(|error| error.to_string())?;
        let http = ready.recv().map_err(|error| error.to_string())??;
        Ok((Self { http, go }, shell))
    }
}

/// Starts the command; without one, the user's shell.
fn spawn(command: &[OsString], stdin: Stdio) -> io::Result<Child> {
    let shell =
        || std::env::var_os("SHELL").filter(|it| !it.is_empty()).unwrap_or("/bin/sh".into());
    let (program, arguments) = match command.split_first() {
        Some((program, arguments)) => (program.clone(), arguments),
        None => (shell(), &[][..]),
    };
    let mut command = Command::new(program);
    // A proxy of this machine is not there.
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    {
        command.env_remove(name);
    }
    command.args(arguments).stdin(stdin).env("AWS_ENDPOINT_URL", format!("http://{HTTP}")).spawn()
}

/// Waits for the shell. It ends when the other process does, and gets the signals that end a program.
async fn attend(
    socket: &OwnedFd,
    instance: Instance,
    shell: Spawned,
    say: &dyn Fn(&str),
) -> io::Result<u8> {
    // Handlers, not ignored signals: a program that is started gets the usual effect back. The terminal sends them to
    // the shell too.
    let (mut interrupt, mut quit) = (signal(SignalKind::interrupt())?, signal(SignalKind::quit())?);
    let (mut terminate, mut hangup) =
        (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let Instance { http, go } = instance;
    drop(http);
    let _ = go.send(());
    let mut child = match shell.await.map_err(io::Error::other)? {
        Ok(child) => child,
        Err(error) => {
            say(&format!("the command cannot be run: {error}"));
            let missing = error.kind() == io::ErrorKind::NotFound;
            return Ok(if missing { NOT_FOUND } else { NOT_EXECUTABLE });
        }
    };
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let end = |signal| {
        if let Some(pid) = pid {
            // It may have ended by itself.
            let _ = kill_process(pid, signal);
        }
    };
    let mut waiting = tokio::task::spawn_blocking(move || child.wait());
    let other = socket.try_clone()?;
    let mut left = tokio::task::spawn_blocking(move || drop(receive::<()>(other.as_fd())));
    let mut alone = false;
    loop {
        tokio::select! {
            status = &mut waiting => break Ok(exit_code(status.map_err(io::Error::other)??)),
            _ = interrupt.recv() => {}
            _ = quit.recv() => {}
            _ = terminate.recv() => end(Signal::TERM),
            _ = hangup.recv() => end(Signal::HUP),
            _ = &mut left, if !alone => {
                alone = true;
                end(Signal::HUP);
            }
        }
    }
}

/// The exit code of a program, as shells have it: 128 and the signal's number if a signal ended it.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
