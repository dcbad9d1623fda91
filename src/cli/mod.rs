//! The commands. Each reads its arguments, calls the library, and prints. No command contains a rule of AWS's.

mod check;
mod clock;
mod ctl;
mod data;
mod diff;
mod doctor;
mod doctor_forms;
mod drawing;
mod explain;
mod export;
mod fact;
mod form;
mod grid;
mod healthcheck;
mod import;
mod lab;
mod lab_checks;
mod log_file;
mod logging;
mod output;
mod progress;
mod queries;
mod report;
mod serve;
mod shell;
mod started;
mod survey;
mod table;
mod test;
mod upstream;
mod verify;
mod what_if;
mod worlds;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub(crate) use output::Output;

use crate::language::Language;

/// A DNS server that answers like the Amazon-provided resolver of a VPC, and explains why.
#[derive(Debug, Parser)]
#[command(name = "vpcdns", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The language of sentences: en or ko [default: as LC_ALL, LC_MESSAGES or LANG says, else en].
    #[arg(long, global = true, value_name = "LANGUAGE", env = "VPCDNS_LANGUAGE", value_parser = language)]
    language: Option<Language>,
}

fn language(code: &str) -> Result<Language, String> {
    let known = || Language::ALL.map(Language::code).join(" or ");
    Language::of_code(code).ok_or_else(|| format!("there is no `{code}`; use {}", known()))
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve DNS and HTTP over one or more worlds.
    Serve(Box<serve::Arguments>),
    /// Run a lab step by step and compare each answer with the textbook chapter. Without NAME, list the labs.
    Lab(lab::Arguments),
    /// Explain the answer for a name at a client, and the way of the traffic.
    Explain(explain::Arguments),
    /// Tell a fact that answers rest on: how sure it is, where it is said, and the cases that pin it.
    Fact(fact::Arguments),
    /// Print the world that a CloudFormation template, Terraform's JSON or the output of `aws … describe-*` describes.
    Import(import::Arguments),
    /// Print what a running server or its folder holds, as a world file.
    Export(export::Arguments),
    /// Print the answer and the way of the traffic for each switch: private DNS, DNS support, DNS hostnames.
    Table(table::Arguments),
    /// List every service of the region as one client sees it: private, public or failed.
    Survey(survey::Arguments),
    /// List every name that two worlds answer differently, for each client.
    Diff(diff::Arguments),
    /// List the answers that a change makes different, and the names that it breaks.
    WhatIf(what_if::Arguments),
    /// Tell what is broken, dangerous or surprising in a world as it stands, and what to do about it.
    #[command(visible_alias = "lint")]
    Doctor(doctor::Arguments),
    /// Check what names are expected to give in a world, and after changes: unit tests for a VPC's DNS.
    Test(test::Arguments),
    /// Compare a world with a real resolver, name by name, and tell what does not hold there.
    Verify(verify::Arguments),
    /// Print a shell script of plain digs that asks a real resolver what matters; `verify --answers` reads its output.
    Questions(verify::QuestionsArguments),
    /// Find every problem of world files, with file, line and column.
    Check(check::Arguments),
    /// Open a shell, or run a command, that sees the network of an instance: its resolver, addresses and metadata.
    Shell(shell::Arguments),
    #[command(hide = true)]
    ShellInside(shell::InsideArguments),
    /// Ask a running server whether it is ready.
    Healthcheck(healthcheck::Arguments),
    /// Ask a running server how it stands, what it keeps and who asks most; make it forget answers, or log more.
    Ctl(ctl::Arguments),
    /// Print a completion script for a shell.
    Completions {
        /// bash, elvish, fish, powershell or zsh.
        shell: clap_complete::Shell,
    },
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = u8::from(error.use_stderr());
            // Printing fails only if the reader is gone.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let language = arguments
        .language
        .unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()));
    let mut output = Output::new(language);
    let code = match arguments.command {
        Command::Serve(arguments) => serve::run(*arguments, &mut output),
        Command::Lab(arguments) => lab::run(&arguments, &mut output),
        Command::Explain(arguments) => explain::run(&arguments, &mut output),
        Command::Fact(arguments) => fact::run(&arguments, &mut output),
        Command::Import(arguments) => import::run(&arguments, &mut output),
        Command::Export(arguments) => export::run(&arguments, &mut output),
        Command::Table(arguments) => table::run(&arguments, &mut output),
        Command::Survey(arguments) => survey::run(&arguments, &mut output),
        Command::Diff(arguments) => diff::run(&arguments, &mut output),
        Command::WhatIf(arguments) => what_if::run(&arguments, &mut output),
        Command::Doctor(arguments) => doctor::run(&arguments, &mut output),
        Command::Test(arguments) => test::run(&arguments, &mut output),
        Command::Verify(arguments) => verify::run(&arguments, &mut output),
        Command::Questions(arguments) => verify::run_questions(&arguments, &mut output),
        Command::Check(arguments) => check::run(&arguments, &mut output),
        Command::Shell(arguments) => shell::run(&arguments, &mut output),
        Command::ShellInside(arguments) => shell::run_inside(&arguments, &mut output),
        Command::Healthcheck(arguments) => healthcheck::run(&arguments, &mut output),
        Command::Ctl(arguments) => ctl::run(&arguments, &mut output),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "vpcdns", &mut script);
            output.raw(&script);
            0
        }
    };
    ExitCode::from(code)
}
