//! The WORLD arguments that all commands share: the worlds, their region, and public zone files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Output, output::say};
use crate::{
    catalog::CatalogDate,
    import::{
        Defaults,
        course::Course,
        foreign::parameter_file,
        lab::{self, Lab},
        open::{
            self, Failure, Loaded,
            file::{self, Input},
            noted::Noted,
        },
        text::diagnostic::{self, Problem, Source},
        zone_file,
    },
    language::Language,
    model::world::World,
    resolve::{public::PublicNames, snapshot::Snapshot},
};

/// The default WORLD: the chapter's first lab with all its steps done.
const DEFAULT_WORLD: &str = "lab09-1";

/// The files that `serve --watch` looks at.
pub(super) static NOTED: Noted = Noted::new();

/// WORLD… and what goes with them.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WorldArguments {
    /// Built-in worlds (empty, default-vpc, lab09-1, lab09-2, LAB@STEP) or files; without one, lab09-1.
    #[arg(value_name = "WORLD")]
    pub(super) worlds: Vec<String>,
    /// The region for files that name none [default: AWS_REGION, AWS_DEFAULT_REGION, else ap-northeast-2].
    #[arg(long, value_name = "REGION", env = "VPCDNS_REGION")]
    region: Option<String>,
    /// Which state of the list of AWS services and names to use: newest, or 2023-09.
    #[arg(long, value_name = "DATE", env = "VPCDNS_CATALOG_DATE", default_value = "newest")]
    catalog_date: CatalogDate,
    /// Accept instance types that vpcdns does not know.
    #[arg(long, env = "VPCDNS_ANY_INSTANCE_TYPE")]
    any_instance_type: bool,
    /// The value of a parameter of a CloudFormation template; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// A file with values of template parameters; may be repeated. --parameter wins over it.
    #[arg(long = "parameter-file", value_name = "FILE")]
    parameter_files: Vec<PathBuf>,
    /// A zone file (RFC 1035) to answer as part of public DNS; may be repeated.
    #[arg(long = "public-zone", value_name = "FILE")]
    public_zones: Vec<PathBuf>,
    /// The ranges of synthetic public addresses: aws for AWS's published ranges, documentation for 198.51.100.0/24 and 2001:db8::/32.
    #[arg(long, value_name = "WHICH", env = "VPCDNS_PUBLIC_ADDRESSES", default_value = "aws", value_parser = ["aws", "documentation"])]
    public_addresses: String,
    #[command(flatten)]
    input: InputArguments,
}

/// Which notes of an importer are printed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct NotesArguments {
    /// Which notes about an imported file to print: short for what may change an answer or a way and for placeholders, or all.
    #[arg(long, value_name = "WHICH", default_value = "short", value_parser = ["short", "all"])]
    notes: String,
}

impl NotesArguments {
    /// The notes to print, and a line about the notes that are not printed.
    pub(super) fn of(&self, notes: &Failure, say: Language) -> (Failure, Option<String>) {
        let (told, others) = notes.ranked(self.notes == "all");
        let line = match others {
            0 => None,
            1 => Some(say.one_other_note()),
            _ => Some(say.other_notes(others)),
        };
        (told, line)
    }
}

/// What bounds the files a command reads.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct InputArguments {
    /// The largest file that is read, in bytes; K, M and G are units of 1024.
    #[arg(long, value_name = "BYTES", env = "VPCDNS_MAX_INPUT", default_value = "256M", value_parser = bytes)]
    max_input: usize,
    /// Whether what is read is noted in [`NOTED`].
    #[arg(skip)]
    noted: bool,
}

impl InputArguments {
    /// The limits in the form of the library.
    pub(super) fn input(self) -> Input {
        Input { bytes: self.max_input, noted: self.noted.then_some(&NOTED), ..Input::default() }
    }
}

/// Parses a number of bytes such as 4096, 64K, 256MiB.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1_usize << 30,
        _ => return Err("expected a number of bytes, such as 65536, 64K or 256M".to_owned()),
    };
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    match number {
        Some(number @ 1..=0xffff_ffff) => Ok(number),
        _ => Err("expected 1 byte to less than 4 GiB".to_owned()),
    }
}

impl WorldArguments {
    /// The region and account for files that name none.
    pub(super) fn defaults(&self, output: &mut Output) -> Result<Defaults, u8> {
        let environment = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let region = self
            .region
            .clone()
            .or_else(|| environment("AWS_REGION"))
            .or_else(|| environment("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| "ap-northeast-2".to_owned());
        let parameters = self.read_parameters(&self.input.input()).map_err(|problems| {
            output.error(problems.trim_end());
            1
        })?;
        match crate::catalog::region(&region) {
            Some(known) => Ok(Defaults {
                region: known.name,
                catalog_date: self.catalog_date,
                any_instance_type: self.any_instance_type,
                parameters,
                input: self.input.input(),
                ..Defaults::default()
            }),
            None => {
                output.error(&format!("--region: vpcdns knows no region `{region}`"));
                Err(1)
            }
        }
    }

    /// Notes in [`NOTED`] what is read from now on.
    pub(super) fn note(&mut self) {
        self.input.noted = true;
    }

    /// The values of template parameters: those of the files, then those of the command line. Gives problems as text.
    fn read_parameters(&self, input: &Input) -> Result<Vec<(String, String)>, String> {
        let mut parameters = Vec::new();
        for path in &self.parameter_files {
            let source = read_text(path, input)?;
            let read = parameter_file::read(&source).map_err(|them| rendered(&them, &source))?;
            parameters.extend(read);
        }
        parameters.extend(self.parameters.iter().cloned());
        Ok(parameters)
    }

    /// Reads and merges the worlds, and the files with parameters, once more. Gives problems as text.
    pub(super) fn read_again(&self, defaults: &Defaults) -> Result<World, String> {
        let parameters = self.read_parameters(&defaults.input)?;
        self.read(&Defaults { parameters, ..defaults.clone() })
    }

    /// Reads and merges the worlds. Problems go to standard error.
    pub(super) fn load(&self, output: &mut Output) -> Result<World, u8> {
        let defaults = self.defaults(output)?;
        self.read(&defaults).map_err(|problems| {
            output.error(problems.trim_end());
            1
        })
    }

    /// Reads and merges the worlds. Gives problems as text.
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
                        say(&format!("{name}: {remarks}; `vpcdns import {name}` lists them"));
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

    /// The labs among the worlds that are files.
    pub(super) fn lab_files(&self, defaults: &Defaults) -> Vec<Course> {
        open::lab_files(&self.worlds, defaults)
    }

    /// The public zones. Problems go to standard error.
    pub(super) fn public(&self, output: &mut Output) -> Result<PublicNames, u8> {
        self.read_public(&self.input.input()).map_err(|problems| {
            output.error(problems.trim_end());
            1
        })
    }

    /// The public zones: the built-in ones and those from `--public-zone`. Gives problems as text.
    pub(super) fn read_public(&self, input: &Input) -> Result<PublicNames, String> {
        let mut public = PublicNames {
            documentation_addresses: self.public_addresses == "documentation",
            ..PublicNames::default()
        };
        let mut sources = zone_file::builtin();
        for path in &self.public_zones {
            sources.push(read_text(path, input)?);
        }
        for source in sources {
            let zone =
                zone_file::parse_zone(&source, None).map_err(|them| rendered(&them, &source))?;
            public.zones.insert(zone.origin.clone(), zone);
        }
        Ok(public)
    }

    /// Whether there are files of `--public-zone`.
    pub(super) fn has_public(&self) -> bool {
        !self.public_zones.is_empty()
    }

    /// Reads, merges and compiles the worlds.
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

/// Reads a lab file. Problems go to standard error.
pub(super) fn read_lab(path: &str, input: &Input, output: &mut Output) -> Result<Lab, u8> {
    let source = read_source(Path::new(path), input, output)?;
    lab::load_lab(&source, &Defaults::default()).map_err(|problems| {
        for problem in &problems {
            output.error(&diagnostic::render(problem, &source, output.colour_errors()));
        }
        1
    })
}

/// Reads a file as UTF-8. Problems go to standard error.
fn read_source(path: &Path, input: &Input, output: &mut Output) -> Result<Source, u8> {
    read_text(path, input).map_err(|error| {
        output.error(&error);
        1
    })
}

/// Reads a file as UTF-8. Gives problems as text.
pub(super) fn read_text(path: &Path, input: &Input) -> Result<Source, String> {
    let name = path.display().to_string();
    let bytes = file::read(path, input).map_err(|error| format!("{name}: {error}"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(_) => Err(format!("{name}: the file is not UTF-8 text")),
    }
}

/// Problems of a text, for the user.
pub(super) fn rendered(problems: &[Problem], source: &Source) -> String {
    let colour = colour();
    let texts = problems.iter().map(|problem| diagnostic::render(problem, source, colour));
    texts.collect::<Vec<_>>().join("\n")
}

fn colour() -> bool {
    Output::new(Language::default()).colour_errors()
}
