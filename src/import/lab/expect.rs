//! What a step shows besides DNS answers: values of the metadata service, pings, and commands that AWS refuses.

use super::super::{
    change,
    names::Names,
    text::{
        node::Node,
        reader::{self, MapReader, Report},
    },
};
use crate::model::{change::Change, name::Name, world::World};

/// The address of the metadata service, as students type it.
pub const METADATA: &str = "http://169.254.169.254";

/// The keys of a ping.
pub const PING: &[&str] = &["from", "to", "answers"];
/// The keys of a command that is refused.
pub const REFUSAL: &[&str] = &["command", "change", "code"];
/// The keys of a request to the metadata service.
pub const CURL: &[&str] = &["from", "path", "token", "status", "prints"];

/// A request to the metadata service, and the reply that the lesson shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curl {
    /// The instance that asks.
    pub from: String,
    /// The path, such as `/latest/meta-data/`.
    pub path: String,
    /// Whether it asks with a token (IMDSv2).
    pub token: bool,
    /// The status of the reply.
    pub status: u16,
    /// The lines of the reply, in this order; `None` does not look at them.
    pub prints: Option<Vec<String>>,
}

impl Curl {
    /// The command as it is typed on the instance.
    pub fn command(&self) -> String {
        let header = if self.token { "-H \"X-aws-ec2-metadata-token: $TOKEN\" " } else { "" };
        format!("curl {header}{METADATA}{}", self.path)
    }

    /// The command as `vpcdns shell --as INSTANCE --` takes it, with a token of its own if it needs one.
    pub fn in_shell(&self) -> String {
        let url = format!("{METADATA}{}", self.path);
        if !self.token {
            return format!("curl -s {url}");
        }
        let ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60";
        let put = format!("curl -s -X PUT -H \"{ttl}\" {METADATA}/latest/api/token");
        format!("sh -c 'curl -s -H \"X-aws-ec2-metadata-token: $({put})\" {url}'")
    }
}

pub(super) fn curl(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Curl> {
    let fields = MapReader::of(node, node.pos, CURL, report)?;
    let from = names.check_client(fields.required("from", report)?, report);
    let path: String = fields.require("path", report)?;
    if !path.starts_with('/') {
        report.error(fields.pos_of("path"), "a path begins with `/`, such as `/latest/meta-data/`");
        return None;
    }
    let status = fields.read::<u32>("status", report).unwrap_or(200);
    let Ok(status @ 100..=599) = u16::try_from(status) else {
        report.error(fields.pos_of("status"), "a status is a number such as 200 or 401");
        return None;
    };
    Some(Curl {
        from: from?,
        path,
        token: fields.read("token", report).unwrap_or(false),
        status,
        prints: fields.get("prints").map(|_| fields.read_list("prints", report)),
    })
}

/// A ping, and whether it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// The instance that sends it.
    pub from: String,
    /// The name or address that it goes to.
    pub to: String,
    /// Whether it is answered.
    pub answers: bool,
}

impl Ping {
    /// The command as it is typed on the instance.
    pub fn command(&self) -> String {
        format!("ping -c 1 -W 2 {}", self.to)
    }
}

pub(super) fn ping(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Ping> {
    let fields = MapReader::of(node, node.pos, PING, report)?;
    let from = names.check_client(fields.required("from", report)?, report);
    let to: String = fields.require("to", report)?;
    if to.parse::<std::net::Ipv4Addr>().is_err() {
        reader::read::<Name>(fields.required("to", report)?, report)?;
    }
    Some(Ping { from: from?, to, answers: fields.require("answers", report)? })
}

/// A command that AWS refuses after the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The command of the AWS CLI.
    pub command: String,
    /// The Changes that it makes.
    pub changes: Vec<Change>,
    /// The code of AWS's error.
    pub code: String,
}

/// `world` is the World after the step.
pub(super) fn refusal(node: &Node, world: &World, report: &mut Report<'_>) -> Option<Refused> {
    let fields = MapReader::of(node, node.pos, REFUSAL, report)?;
    let command: String = fields.require("command", report)?;
    let change = fields.required("change", report)?;
    let changes = change::changes_of(change, world, report);
    let code = fields.require("code", report)?;
    Some(Refused { command: command.trim_end().to_owned(), changes, code })
}
