//! `vpcdns healthcheck`: asks for `/ready` on a running server.

use std::time::Duration;

use super::Output;

/// Arguments of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The HTTP address of the server.
    #[arg(
        long,
        value_name = "URL",
        env = "VPCDNS_SERVER",
        default_value = "http://127.0.0.1:1080"
    )]
    server: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build().into();
    match agent.get(format!("{}/ready", arguments.server.trim_end_matches('/'))).call() {
        Ok(_) => {
            output.line("ready");
            0
        }
        Err(error) => {
            output.error(&format!("{} is not ready: {error}", arguments.server));
            1
        }
    }
}
