//! `lode study pack|run`

use super::{Command, Failure, Global};
use crate::interrupt;
use clap::{Args, Parser, Subcommand};
use lode_catalogue::{Input, Mistake, Report, write_whole};
use lode_study::{Question, packed};
use std::path::PathBuf;

/// Arguments of `lode study`.
#[derive(Args)]
pub struct Study {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Ask, and write one file that makes the results again elsewhere: --output FILE.zip -- COMMAND [-- COMMAND ...]
    Pack {
        /// Put your own values into the file, and results that rest on them
        #[arg(long)]
        own_values: bool,
        /// What is asked, as on the command line; further commands each behind `--`
        #[arg(last = true, value_name = "COMMAND")]
        commands: Vec<String>,
    },
    /// Ask the questions of such a file again: says what differs, or that nothing does
    Run {
        /// The file
        file: PathBuf,
    },
}

/// Largest packed study.
const MOST_BYTES: u64 = 256 << 20;

impl Study {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        match self.action {
            Action::Pack { own_values, commands } => {
                let is_zip = |path: &&PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
                let Some(path) = global.output.as_ref().filter(is_zip) else {
                    let mistake = Mistake::in_file("command line", "a packed study needs a file");
                    return Err(mistake.hint("add --output FILE.zip").into());
                };
                let questions = questions(&commands)?;
                let opened = global.opened(Vec::new())?;
                let progress = interrupt::progress("futures", None);
                let packed = packed::pack(&opened, &questions, own_values, 0, &progress);
                interrupt::finish();
                let (bytes, answer) = packed?;
                write_whole(path, &bytes)?;
                global.show(&answer)
            }
            Action::Run { file } => {
                let name = file.display().to_string();
                let bytes = Input::open(&file)?.read_all(MOST_BYTES)?;
                let progress = interrupt::progress("futures", None);
                let answer = packed::run(&name, bytes, &global.options()?, 0, &progress);
                interrupt::finish();
                global.show(&answer?)
            }
        }
    }
}

/// A command inside another.
#[derive(Parser)]
#[command(no_binary_name = true, name = "lode", disable_version_flag = true)]
struct Asked {
    #[command(subcommand)]
    command: Command,
}

/// Questions as one writes them on the command line, with `--` between them; all mistakes at once.
pub fn questions(words: &[String]) -> Result<Vec<Question>, Failure> {
    let mut report = Report::new();
    let mut questions = Vec::new();
    for words in words.split(|word| word == "--").filter(|words| !words.is_empty()) {
        let shown = words.join(" ");
        match Asked::try_parse_from(words).map(|asked| asked.command.question()) {
            Ok(Ok(Some(question))) => questions.push(question),
            Ok(Ok(None)) => report.push(
                Mistake::in_file("command line", format!("`{shown}` asks no question of the package"))
                    .hint("write a command such as desk, assess, claims, simulate, stress, steps or exposure"),
            ),
            Ok(Err(Failure::Mistakes(mistakes))) => report.extend(mistakes),
            Ok(Err(failure)) => return Err(failure),
            Err(error) => {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
                report.push(Mistake::in_file("command line", format!("`{shown}`: {first}")));
            }
        }
    }
    Ok(report.into_result(questions)?)
}
