//! What a shell starts with: its World, or the reason why there is no shell.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use super::remote::{Begun, Server};
use crate::{
    dns,
    import::Defaults,
    language::Language,
    resolve::{question::Asker, snapshot::Snapshot},
};

/// Where the World of a shell is.
pub enum World {
    /// In this process, and the language of its page.
    Here(Box<Snapshot>, Defaults, Language),
    /// In a server that runs.
    Server(Box<Begun>),
}

impl World {
    /// The World of a running server.
    ///
    /// # Errors
    ///
    /// If the server is not on this machine, does not answer, or is none of vpcdns.
    pub fn of_server(url: &str, token: Option<String>, defaults: Defaults) -> Result<Self, String> {
        Begun::read(Server::new(url, token)?, defaults).map(|begun| Self::Server(Box::new(begun)))
    }

    /// Where a running server answers questions of an instance, and the Client Subnet that they need; `None` without one.
    pub fn door(&self, asker: Asker) -> Option<(SocketAddr, Option<IpAddr>)> {
        match (self, asker) {
            (Self::Server(begun), Asker::Instance(_, _, id)) => begun.door(id),
            _ => None,
        }
    }

    /// The World as it is at the start.
    pub fn snapshot(&self) -> &Snapshot {
        match self {
            Self::Here(snapshot, ..) => snapshot,
            Self::Server(begun) => begun.snapshot(),
        }
    }
}

/// Why there is no shell.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// Only an instance has a network to be in.
    #[error("a shell can only be an instance")]
    NoInstance,
    /// The system denies namespaces.
    #[error("a shell needs namespaces, and the system denies them: {0}")]
    Denied(String),
    /// Something else cannot be made in them.
    #[error("a shell cannot be made here: {0}")]
    Undone(String),
    /// The server cannot be asked.
    #[error("{0}")]
    Server(String),
    /// The resolver cannot start.
    #[error(transparent)]
    Dns(#[from] dns::BindError),
    /// A process, a thread or a socket cannot be made.
    #[error("cannot start: {0}")]
    Start(#[source] io::Error),
}
