//! `vpcdns export`: the World of a running server, or of a `--data` folder, as a world file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::Output;
use crate::{
    export,
    store::{Embedded, Store},
};

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[group(id = "from", required = true, multiple = false, args = ["server", "data"])]
pub(super) struct Arguments {
    /// The HTTP address of a running server, such as http://127.0.0.1:1080.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The --data folder of a server that is not running now.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The server's token, if it has one.
    #[arg(long, value_name = "TOKEN", env = "VPCDNS_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let text = match (&arguments.server, &arguments.data) {
        (Some(server), _) => from_server(server, arguments.token.as_deref()),
        (None, Some(folder)) => from_folder(folder),
        (None, None) => Err("export: give --server URL or --data DIR".to_owned()),
    };
    match text {
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

fn from_folder(folder: &Path) -> Result<String, String> {
    // Opening a store creates its folder. But here a folder that does not exist is a typing error.
    if !folder.is_dir() {
        return Err(format!("--data {}: the folder does not exist", folder.display()));
    }
    let failed = |error: crate::store::StoreError| format!("--data {error}");
    let world = Embedded::open(folder).map_err(failed)?.load().map_err(failed)?;
    world
        .map(|world| export::yaml(&world))
        .ok_or_else(|| format!("--data {}: the folder holds no configuration", folder.display()))
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
