//! `vpcdns export`: the World of a running server as a world file.

use std::time::Duration;

use super::Output;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The HTTP side of a running server.
    #[arg(long, value_name = "URL")]
    server: String,
    /// The server's token, if it has one.
    #[arg(long, value_name = "TOKEN", env = "VPCDNS_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    match from_server(&arguments.server, arguments.token.as_deref()) {
        Ok(text) => {
            output.raw(text.as_bytes());
            0
        }
        Err(error) => {
            output.error(&error);
            1
        }
    }
}

fn from_server(server: &str, token: Option<&str>) -> Result<String, String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).build().into();
    let url = format!("{}/api/world?format=yaml", server.trim_end_matches('/'));
    let mut request = agent.get(url);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let failed = |error: ureq::Error| format!("{server}: {error}");
    let mut reply = request.call().map_err(failed)?;
    reply.body_mut().with_config().limit(1 << 30).read_to_string().map_err(failed)
}
