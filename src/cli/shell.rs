//! `vpcdns shell`: a shell, or a command, as an instance of a World.
//!
//! Finds the instance, and says what to type where the system has no namespaces for it.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use super::{Output, worlds};
use crate::resolve::{places, question::Asker, snapshot::Snapshot};
#[cfg(target_os = "linux")]
use crate::shell::{self, ShellError, World};

/// Arguments of `shell`.
#[derive(Debug, clap::Args)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has shells"))]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Use the World of a running server on this machine, and see its changes, instead of reading worlds.
    #[arg(long, value_name = "URL", conflicts_with = "worlds")]
    server: Option<String>,
    /// The server's token, if it has one.
    #[arg(long, value_name = "TOKEN", env = "VPCDNS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The instance to be: its name, id or private address [default: the world's default-client].
    #[arg(long = "as", value_name = "INSTANCE")]
    instance: Option<String>,
    /// The command to run there; without one, your shell ($SHELL).
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Arguments of the process in the namespaces.
#[derive(Debug, clap::Args)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has shells"))]
pub(super) struct InsideArguments {
    /// The command to run.
    #[arg(last = true)]
    command: Vec<OsString>,
}

/// Where `vpcdns serve` answers DNS unless told otherwise.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1053);

/// How many names to offer.
const MOST_NAMES: usize = 20;

/// The exit code where the system denies what a shell needs, as `serve` has it for an address it cannot have.
const DENIED: u8 = 2;

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    match start(arguments, output) {
        Ok(code) | Err(code) => code,
    }
}

/// The exit code, of the command if it ran.
#[cfg(target_os = "linux")]
fn start(arguments: &Arguments, output: &mut Output) -> Result<u8, u8> {
    let world = match &arguments.server {
        Some(url) => {
            let defaults = arguments.worlds.defaults(output)?;
            World::of_server(url, arguments.token.clone(), defaults).map_err(|error| {
                output.error(&error);
                1
            })?
        }
        None => {
            let snapshot = arguments.worlds.snapshot(output)?;
            World::Here(Box::new(snapshot), arguments.worlds.defaults(output)?, output.language())
        }
    };
    let asker = instance(world.snapshot(), arguments, output)?;
    let door = world.door(asker);
    let instead = match door {
        Some((server, client)) => dig(server, client),
        None => here(arguments, address(world.snapshot(), asker)),
    };
    shell::run(world, asker, &arguments.command).map_err(|error| {
        output.error(&error.to_string());
        if matches!(error, ShellError::Denied(_))
            && let Some(why) = shell::why_denied()
        {
            output.error(&format!("  {why}"));
        }
        if !matches!(error, ShellError::Denied(_) | ShellError::Undone(_)) {
            return 1;
        }
        output.error(&instead);
        DENIED
    })
}

#[cfg(not(target_os = "linux"))]
fn start(arguments: &Arguments, output: &mut Output) -> Result<u8, u8> {
    let instead = match &arguments.server {
        Some(_) => dig(USUAL, None),
        None => {
            let snapshot = arguments.worlds.snapshot(output)?;
            let asker = instance(&snapshot, arguments, output)?;
            here(arguments, address(&snapshot, asker))
        }
    };
    output.error("a shell needs network namespaces, which only Linux has");
    output.error(&instead);
    Err(DENIED)
}

/// The process in the namespaces.
pub(super) fn run_inside(arguments: &InsideArguments, output: &mut Output) -> u8 {
    #[cfg(target_os = "linux")]
    {
        let _ = output;
        shell::run_inside(&arguments.command, &super::output::say)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = arguments;
        output.error("only Linux has namespaces");
        1
    }
}

/// The instance that `--as` names, else the default client.
fn instance(snapshot: &Snapshot, arguments: &Arguments, output: &mut Output) -> Result<Asker, u8> {
    find(snapshot, arguments.instance.as_deref()).map_err(|error| {
        output.error(&error);
        1
    })
}

fn find(snapshot: &Snapshot, named: Option<&str>) -> Result<Asker, String> {
    let asker = match named {
        Some(text) => places::client(snapshot, text).map_err(|error| format!("--as: {error}"))?,
        None => snapshot.default_asker(),
    };
    if matches!(asker, Asker::Instance(..)) {
        return Ok(asker);
    }
    let mut names: Vec<String> = snapshot.world.instances.values().map(|it| it.label()).collect();
    names.sort();
    names.truncate(MOST_NAMES);
    let there_are = match names.as_slice() {
        [] => "the World has no instance".to_owned(),
        names => format!("there are: {}", names.join(", ")),
    };
    Err(match named {
        Some(text) => format!("--as: `{text}` is not an instance; {there_are}"),
        None => format!("name an instance with --as: the default client is not one; {there_are}"),
    })
}

fn address(snapshot: &Snapshot, asker: Asker) -> Option<IpAddr> {
    let Asker::Instance(_, _, id) = asker else { return None };
    let instance = snapshot.world.instances.get(&id)?;
    instance.address.map(IpAddr::V4).or(instance.ipv6.map(IpAddr::V6))
}

/// What to type where there is no shell, with a server of these worlds.
fn here(arguments: &Arguments, client: Option<IpAddr>) -> String {
    let worlds: String = arguments.worlds.worlds.iter().map(|name| format!(" {name}")).collect();
    let dig = dig(USUAL, client);
    format!("First start a server: vpcdns serve{worlds}\n{dig}")
}

/// What to type instead of `dig NAME`, with a server that runs.
fn dig(server: SocketAddr, client: Option<IpAddr>) -> String {
    let subnet = client.map_or_else(String::new, |client| {
        format!(" +subnet={client}/{}", if client.is_ipv4() { 32 } else { 128 })
    });
    let (address, port) = (server.ip(), server.port());
    format!("Instead of `dig NAME`, type: dig @{address} -p {port}{subnet} NAME")
}
