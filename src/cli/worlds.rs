//! The WORLD arguments every command shares: which worlds, their region, and the public zones beside them.

use std::{fs, path::PathBuf, sync::Arc};

use super::{Output, output::say};
use crate::{
    catalog::CatalogDate,
    import::{
        Defaults,
        diagnostic::{self, Source},
        lab_file::{self, Lab},
        open::{self, Loaded},
        zone_file,
    },
    model::world::World,
    resolve::{public::PublicNames, snapshot::Snapshot},
};

/// The world served and read when none is named: the chapter's first lab with all its steps done.
const DEFAULT_WORLD: &str = "lab09-1";

/// WORLD… and what goes with them.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WorldArguments {
    /// Built-in worlds (empty, default-vpc, lab09-1, lab09-2, LAB@STEP) or files; without one, lab09-1.
    #[arg(value_name = "WORLD")]
    pub(super) worlds: Vec<String>,
    /// The region of a file that names none [default: AWS_REGION, AWS_DEFAULT_REGION, else ap-northeast-2].
    #[arg(long, value_name = "REGION", env = "VPCDNS_REGION")]
    region: Option<String>,
    /// Which state of AWS's catalogue of services counts: newest, or 2023-09.
    #[arg(long, value_name = "DATE", env = "VPCDNS_CATALOG_DATE", default_value = "newest")]
    catalog_date: CatalogDate,
    /// Take instances of types that the catalogue does not know.
    #[arg(long, env = "VPCDNS_ANY_INSTANCE_TYPE")]
    any_instance_type: bool,
    /// The value of a parameter of a CloudFormation template; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// A zone file that is answered publicly (RFC 1035); may be repeated.
    #[arg(long = "public-zone", value_name = "FILE")]
    public_zones: Vec<PathBuf>,
    /// Where synthetic public addresses come from: AWS's published ranges, or 198.51.100.0/24 and 2001:db8::/32.
    #[arg(long, value_name = "WHICH", env = "VPCDNS_PUBLIC_ADDRESSES", default_value = "aws", value_parser = ["aws", "documentation"])]
    public_addresses: String,
}

impl WorldArguments {
    /// The region and account of files that name none.
    pub(super) fn defaults(&self, output: &mut Output) -> Result<Defaults, u8> {
        let environment = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let region = self
            .region
            .clone()
            .or_else(|| environment("AWS_REGION"))
            .or_else(|| environment("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| "ap-northeast-2".to_owned());
        match crate::catalog::region(&region) {
            Some(known) => Ok(Defaults {
                region: known.name,
                catalog_date: self.catalog_date,
                any_instance_type: self.any_instance_type,
                parameters: self.parameters.clone(),
                ..Defaults::default()
            }),
            None => {
                output.error(&format!("--region: the catalogue knows no region `{region}`"));
                Err(1)
            }
        }
    }

    /// Reads and merges the worlds; problems go to standard error.
    pub(super) fn load(&self, output: &mut Output) -> Result<World, u8> {
        let defaults = self.defaults(output)?;
        self.read(&defaults).map_err(|problems| {
            output.error(problems.trim_end());
            1
        })
    }

    /// Reads and merges the worlds; problems come back as text.
    pub(super) fn read(&self, defaults: &Defaults) -> Result<World, String> {
        let names: Vec<String> = if self.worlds.is_empty() {
            vec![DEFAULT_WORLD.to_owned()]
        } else {
            self.worlds.clone()
        };
        let mut loaded: Vec<Loaded> = Vec::new();
        let mut problems = String::new();
        for opened in open::open_all(&names, defaults) {
            match opened {
                Ok(world) => {
                    if let Some(remarks) = world.remarks() {
                        let name = world.name();
                        say(&format!("{name}: {remarks}; `vpcdns import {name}` tells what"));
                    }
                    loaded.push(world);
                }
                Err(failure) => {
                    problems.push_str(&failure.render(colour()));
                    problems.push('\n');
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        open::merge(loaded).map(|merged| merged.world).map_err(|failure| failure.render(colour()))
    }

    /// The zones answered publicly: the built-in ones and those named.
    pub(super) fn public(&self, output: &mut Output) -> Result<PublicNames, u8> {
        let mut public = PublicNames {
            documentation_addresses: self.public_addresses == "documentation",
            ..PublicNames::default()
        };
        let mut sources = zone_file::builtin();
        for path in &self.public_zones {
            match fs::read_to_string(path) {
                Ok(text) => sources.push(Source { name: path.display().to_string(), text }),
                Err(error) => {
                    output.error(&format!("{}: {error}", path.display()));
                    return Err(1);
                }
            }
        }
        for source in sources {
            match zone_file::parse_zone(&source, None) {
                Ok(zone) => {
                    public.zones.insert(zone.origin.clone(), zone);
                }
                Err(problems) => {
                    for problem in &problems {
                        output.error(&diagnostic::render(problem, &source, output.colour_errors()));
                    }
                    return Err(1);
                }
            }
        }
        Ok(public)
    }

    /// The worlds, compiled.
    pub(super) fn snapshot(&self, output: &mut Output) -> Result<Snapshot, u8> {
        let world = self.load(output)?;
        let public = self.public(output)?;
        Ok(Snapshot::new(world, Arc::new(public)))
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Reads a lab file; problems go to standard error.
pub(super) fn read_lab(path: &str, output: &mut Output) -> Result<Lab, u8> {
    let text = fs::read_to_string(path).map_err(|error| {
        say(&format!("{path}: {error}"));
        1
    })?;
    let source = Source { name: path.to_owned(), text };
    lab_file::load_lab(&source, &Defaults::default()).map_err(|problems| {
        for problem in &problems {
            output.error(&diagnostic::render(problem, &source, output.colour_errors()));
        }
        1
    })
}

fn colour() -> bool {
    Output::new().colour_errors()
}
