//! Decides how one invocation of `rounds` runs from its arguments to its exit code.

mod args;
mod client;
mod commands;
mod failure;
mod names;
mod output;
mod page;
mod passphrase;
mod session;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error, &arguments),
    };
    let output = Output::new(cli.json, cli.quiet, cli.verbose);
    let runtime = match cli.command.runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            return output.failure(&Failure::failed(format!("could not start: {error}")));
        }
    };
    let outcome = runtime.block_on(async {
        let session = Session::new(cli.data, output.clone());
        commands::run(cli.command, &session).await
    });
    // A thread may still be waiting for standard input; nobody waits for it.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failure(&failure),
    }
}

/// Answers arguments that are not a command: help and version are answers, all else is exit code 2.
fn not_understood(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    // The arguments could not be read, so the wish for JSON is looked up by hand.
    let json = arguments.iter().skip(1).take_while(|argument| *argument != "--").any(|argument| argument == "--json");
    let output = Output::new(json, false, 0);
    if arguments.len() < 2 {
        // The help is the answer here; a reader that has gone away changes nothing.
        let _ = write!(io::stderr(), "{}", Cli::command().render_help());
        return ExitCode::from(failure::Exit::Usage.code());
    }
    output.failure(&failure::from_clap(error, arguments))
}
