//! The binary: hands its arguments to the library and its result to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    vpcdns::cli::main()
}
