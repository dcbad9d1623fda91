//! What a step shows besides DNS answers: values of the metadata service.

use super::super::{
    names::Names,
    text::{
        node::Node,
        reader::{MapReader, Report},
    },
};

/// The address of the metadata service, as students type it.
pub const METADATA: &str = "http://169.254.169.254";

const CURL: &[&str] = &["from", "path", "token", "status", "prints"];

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
