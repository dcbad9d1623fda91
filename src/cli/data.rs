//! Options of `serve` about storing the World: `--data`, `--reset`, `--pace`.
//!
//! Chooses between WORLD and the contents of a folder.

use std::path::PathBuf;

use super::{Output, output::say, worlds::WorldArguments};
use crate::{
    import::Defaults,
    model::world::World,
    store::{Embedded, Memory, Store, pace::Pace},
};

/// Arguments of `serve` about keeping the World.
#[derive(Debug, clap::Args)]
pub(super) struct DataArguments {
    /// Keep the configuration in this folder across restarts [default: in memory]. An empty folder starts with WORLD. If the folder already holds a configuration, that one is served and WORLD is ignored.
    #[arg(long, value_name = "DIR", env = "VPCDNS_DATA")]
    data: Option<PathBuf>,
    /// Replace the configuration in DIR with WORLD.
    #[arg(long, requires = "data")]
    reset: bool,
    /// How long endpoints and NAT gateways stay pending or deleting, and stacks in progress: 0 for no time, real for about as long as at AWS.
    #[arg(long, value_name = "0|real", env = "VPCDNS_PACE", default_value = "0", value_parser = pace)]
    pub(super) pace: Pace,
}

fn pace(text: &str) -> Result<Pace, String> {
    match text {
        "0" => Ok(Pace::AtOnce),
        "real" => Ok(Pace::Real),
        _ => Err("expected 0 or real".to_owned()),
    }
}

/// A World to serve.
pub(super) struct Kept {
    /// The World to begin with.
    pub(super) world: World,
    /// The World that WORLD names, for a reset; `None` if it is not needed and cannot be read.
    pub(super) start: Option<World>,
    /// The store.
    pub(super) store: Box<dyn Store>,
    /// Whether the store has the World already.
    pub(super) stored: bool,
    /// The place of the World, as the beginning of a sentence.
    pub(super) kept_in: String,
}

impl DataArguments {
    /// Finds the World to serve. Writes nothing yet.
    pub(super) fn open(
        &self,
        worlds: &WorldArguments,
        defaults: &Defaults,
        output: &mut Output,
    ) -> Result<Kept, u8> {
        let Some(folder) = &self.data else {
            let world = worlds.load(output)?;
            return Ok(Kept {
                start: Some(world.clone()),
                world,
                store: Box::new(Memory::default()),
                stored: false,
                kept_in: "The configuration is kept in memory and is lost when the process ends."
                    .to_owned(),
            });
        };
        let mut store = Embedded::open(folder).map_err(|error| {
            output.error(&format!("--data {error}"));
            1
        })?;
        store.check_writable().map_err(|error| {
            output.error(&format!("--data {error}"));
            1
        })?;
        let shown = folder.display();
        let kept_in = format!("The configuration is kept in {shown}.");
        let held = if self.reset {
            store.discard();
            None
        } else {
            store.load().map_err(|error| {
                output.error(&format!("--data {error}"));
                1
            })?
        };
        let Some(world) = held else {
            let world = worlds.load(output)?;
            let store = Box::new(store);
            return Ok(Kept { start: Some(world.clone()), world, store, stored: false, kept_in });
        };
        let named = match worlds.worlds.as_slice() {
            [] => String::new(),
            names => format!("; {} is ignored", names.join(" ")),
        };
        say(&format!(
            "{shown} holds a configuration already, which is served{named} (--reset starts over)"
        ));
        let start = worlds.read(defaults);
        if let Err(problems) = &start {
            say(&format!(
                "/api/reset will not work, because WORLD cannot be read:\n{}",
                problems.trim_end()
            ));
        }
        Ok(Kept { world, start: start.ok(), store: Box::new(store), stored: true, kept_in })
    }
}
