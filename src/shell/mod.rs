//! `vpcdns shell`: a shell, or a command, that sees the network of an instance.
//!
//! Two processes. One enters namespaces (`inside.rs`): there is the instance, with its addresses on a cable, its host name
//! and its `/etc/resolv.conf`. The other stays where the user is (`outside.rs`). It holds the other end of the cable as an open
//! file. So it needs no right in the namespaces and no address on the machine. It is the network (`router.rs`): each
//! packet is answered as the World says, or not at all.
//!
//! Why packets, and not addresses on a device of the kernel: the kernel would answer for every address it has, also where
//! the World's way is blocked, and pings of endpoints; and no list of addresses is complete, since public names have
//! thousands. Why the kernel's own TCP is not used follows: it accepts a connection before anybody is asked. smoltcp is
//! the TCP for it. Nothing here decides what a name or a way is; `resolve` does.

mod cable;
mod connections;
mod denied;
mod greeting;
mod handover;
mod inside;
mod links;
mod local;
mod machine;
mod names;
mod namespace;
mod outside;
mod packet;
mod relay;
mod remote;
mod router;
mod source;
mod start;
mod stream_dns;

use std::ffi::OsString;

pub use self::{
    denied::why as why_denied,
    start::{ShellError, World},
};
use crate::resolve::question::Asker;

/// Runs a command as an instance, or the user's shell if the command is empty. Gives the exit code.
///
/// # Errors
///
/// If it could not be started.
pub fn run(world: World, asker: Asker, command: &[OsString]) -> Result<u8, ShellError> {
    outside::run(world, asker, command)
}

/// The process in the namespaces, which [`run`] starts. `say` prints a line on standard error. Gives the exit code.
pub fn run_inside(command: &[OsString], say: &dyn Fn(&str)) -> u8 {
    inside::run(command, say)
}
