//! The `lode` command: one file for each subcommand in `command/`.

mod command;
mod interrupt;
mod output;

use clap::Parser;
use command::{Command, Failure};
use std::process::ExitCode;

/// Decision software for critical-mineral supply security: one chain from trade record to decision.
#[derive(Parser)]
#[command(name = "lode", version, about, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: command::Global,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.run(&arguments.global) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Mistakes(report)) => {
            eprintln!("{report}");
            ExitCode::from(2)
        }
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            eprintln!("error: the answer cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
