//! `vpcdns import`: the world that other tools' files describe, and what was skipped, inferred or assumed.

use super::{
    Output,
    worlds::{NotesArguments, WorldArguments},
};
use crate::{
    export,
    import::{open, text::diagnostic::Severity},
};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
#[command(mut_arg("worlds", |files| files.value_name("FILE").required(true).help(
    "CloudFormation templates, Terraform state or `terraform show -json`, files or folders of what `aws … describe-*` printed"
)))]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: WorldArguments,
    #[command(flatten)]
    notes: NotesArguments,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let defaults = match arguments.worlds.defaults(output) {
        Ok(defaults) => defaults,
        Err(code) => return code,
    };
    let mut loaded = Vec::new();
    let mut failed = false;
    for opened in open::open_all(&arguments.worlds.worlds, &defaults) {
        match opened {
            Ok(world) => loaded.push(world),
            Err(failure) => {
                failed = true;
                output.error(&failure.render(output.colour_errors()));
            }
        }
    }
    if failed {
        return 1;
    }
    match open::merge(loaded) {
        Ok(merged) => {
            let (notes, others) = arguments.notes.of(&merged.warnings, output.language());
            if !notes.is_empty() {
                output.error(&notes.to_string());
            }
            if let Some(others) = others {
                output.error(&others);
            }
            output.raw(export::yaml_by("vpcdns import", &merged.world).as_bytes());
            // These are files that their own tools would refuse.
            u8::from(merged.warnings.count(Severity::Error) > 0)
        }
        Err(failure) => {
            output.error(&failure.render(output.colour_errors()));
            1
        }
    }
}
