//! The subcommands. To add one: write its file and add its lines to the list here.

mod assess;
mod brief;
mod check;
mod cite;
mod claims;
mod desk;
mod explain;
mod exposure;
mod fetch;
mod package;
mod profile;
mod serve;
mod simulate;
mod sources;
mod steps;
mod stress;
mod study;
mod template;

use crate::output::Format;
use clap::{Args, Subcommand};
use lode_catalogue::{Mistake, Report, TradeFiles};
use lode_study::{Answer, Day, Opened, Options, Question, Session};
use std::path::PathBuf;

/// Options that every subcommand takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Package to ask instead of the built-in one: a folder or a zip file
    #[arg(long, global = true, value_name = "PATH")]
    pub package: Option<PathBuf>,
    /// Your own values for any record or assumption, as CSV `table,key,field,value,reason`; they stay on this machine
    #[arg(long, global = true, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,
    /// Trade as customs declared it, beside the package's reconciled record: UN Comtrade, Japan Customs, or a CSV with
    /// --trade-mapping
    #[arg(long, global = true, value_name = "FILE")]
    pub trade: Vec<PathBuf>,
    /// How the columns of such a CSV of your own are laid out (TOML)
    #[arg(long, global = true, value_name = "FILE", requires = "trade")]
    pub trade_mapping: Option<PathBuf>,
    /// The table that country names or codes in such files are looked up in, where they are no ISO codes
    #[arg(long, global = true, value_name = "FILE", requires = "trade")]
    pub trade_countries: Option<PathBuf>,
    /// With --format xlsx: the workbook to write
    #[arg(long, short, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The day on which the question is asked, e.g. 2026-11-24, instead of today
    #[arg(long, global = true, value_name = "DAY")]
    pub today: Option<String>,
}

impl Global {
    fn options(&self) -> Result<Options, Failure> {
        let day = match &self.today {
            Some(text) => Day::parse(text).ok_or_else(|| {
                Mistake::in_file("command line", format!("`{text}` is not a day")).hint("write it as 2026-11-24")
            })?,
            None => today(),
        };
        let trade = TradeFiles {
            files: self.trade.clone(),
            mapping: self.trade_mapping.clone(),
            countries: self.trade_countries.clone(),
        };
        Ok(Options { package: self.package.clone(), overlays: self.overlay.clone(), trade, day })
    }

    fn session(&self) -> Result<Session, Failure> {
        Ok(Session::open(&self.options()?)?)
    }

    /// What is open for questions.
    fn opened(&self, industries: Vec<PathBuf>) -> Result<Opened, Failure> {
        Ok(Opened::new(self.options()?, industries, Vec::new()))
    }

    /// Asks and shows.
    fn ask(&self, question: &Question) -> Result<(), Failure> {
        self.ask_with(question, 0)
    }

    /// Asks with some threads and shows.
    fn ask_with(&self, question: &Question, threads: usize) -> Result<(), Failure> {
        self.ask_of(&self.opened(Vec::new())?, question, threads)
    }

    /// Asks what is open and shows.
    fn ask_of(&self, opened: &Opened, question: &Question, threads: usize) -> Result<(), Failure> {
        if self.format == Format::Xlsx {
            // Long work is not begun for a file that cannot be.
            self.workbook_path()?;
        }
        self.show_from(opened, &answer_of(opened, question, threads)?)
    }

    /// Shows an answer of what is open.
    fn show_from(&self, opened: &Opened, answer: &Answer) -> Result<(), Failure> {
        if self.format != Format::Xlsx {
            return crate::output::write(answer, self.format).map_err(Failure::Output);
        }
        let path = self.workbook_path()?;
        let session = opened.session()?;
        let bytes = lode_workbook::answer(session, answer, session.has_own_values())
            .map_err(|broken| Mistake::in_file(&path.display().to_string(), broken.to_string()))?;
        Ok(lode_catalogue::write_whole(path, &bytes)?)
    }

    /// Shows an answer that rests on no package.
    fn show(&self, answer: &Answer) -> Result<(), Failure> {
        self.show_from(&self.opened(Vec::new())?, answer)
    }

    /// Where a workbook is written.
    fn workbook_path(&self) -> Result<&PathBuf, Failure> {
        let is_workbook = |path: &&PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
        self.output.as_ref().filter(is_workbook).ok_or_else(|| {
            Mistake::in_file("command line", "a workbook needs a file").hint("add --output FILE.xlsx").into()
        })
    }
}

/// Asks, with progress on the terminal and Ctrl-C as a way out.
fn answer_of(opened: &Opened, question: &Question, threads: usize) -> Result<Answer, Failure> {
    let what = match question {
        Question::Simulate(_) => "futures",
        Question::Stress(_) => "scenarios",
        _ => return Ok(question.ask(opened, threads, &lode_simulate::Progress::default())?),
    };
    let progress = crate::interrupt::progress(what, question.steps_of_progress(opened));
    let answer = question.ask(opened, threads, &progress);
    crate::interrupt::finish();
    Ok(answer?)
}

/// What the clock of this machine says, in universal time.
fn today() -> Day {
    Day::from_days_since_1970(seconds_since_1970() / 86_400)
}

/// Seconds since 1970, in universal time.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the clock: everything below is told the day")]
pub fn seconds_since_1970() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Why a command gave no answer.
pub enum Failure {
    /// The user's input has mistakes.
    Mistakes(Report),
    /// The answer could not be written.
    Output(std::io::Error),
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::Mistakes(report)
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Mistakes(mistake.into())
    }
}

/// What can be asked.
#[derive(Subcommand)]
pub enum Command {
    /// How dependent is a country, on whom, at which stage? The matrix on one screen
    Desk(desk::Desk),
    /// Ask indicators about a country and a commodity over the years
    Assess(assess::Assess),
    /// A country's role, reserves, output, partners, controls, projects and agreements
    Profile(profile::Profile),
    /// What runs out, when, at what price: a scenario on the market, over many futures
    Simulate(simulate::Simulate),
    /// The largest suppliers of every form to every importer stop for a year, one after the other
    Stress(stress::Stress),
    /// Which elements halt which step of a product, ranked, and who supplies them
    Steps(steps::Steps),
    /// What stops: sets whose loss halts a product, days to halt, all that an element touches
    Exposure(exposure::Exposure),
    /// Published claims held against the record, under every reasonable definition
    Claims(claims::Claims),
    /// Build a package, show what is in one, what differs between two
    Package(package::Package),
    /// The method of an indicator: equation, source, worked number
    Explain(explain::Explain),
    /// Read files to their end and report every mistake in them at once
    Check(check::Check),
    /// Download a release from its publisher, with your own key where it wants one
    Fetch(fetch::Fetch),
    /// The two-page brief for a minister, as PDF or DOCX
    Brief(brief::Brief),
    /// The workbench in a browser: pages, HTTP interface, studies
    Serve(serve::Serve),
    /// Where the numbers come from
    Sources(sources::Sources),
    /// What a paper cites: package and hash, methods, seed; as text, BibTeX or CSL-JSON
    Cite(cite::Cite),
    /// One file that makes results again elsewhere, and says what differs
    Study(study::Study),
    /// Workbooks to fill in: an overlay, or your own list of parts
    Template(template::Template),
}

impl Command {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Simulate(command) => command.run(global),
            Self::Steps(command) => command.run(global),
            Self::Exposure(command) => command.run(global),
            Self::Package(command) => command.run(global),
            Self::Check(command) => command.run(global),
            Self::Fetch(command) => command.run(global),
            Self::Brief(command) => command.run(global),
            Self::Serve(command) => command.run(global),
            Self::Cite(command) => command.run(global),
            Self::Study(command) => command.run(global),
            Self::Template(command) => command.run(global),
            Self::Stress(command) => {
                let threads = command.threads();
                global.ask_with(&command.question(), threads)
            }
            other => match other.question()? {
                Some(question) => global.ask(&question),
                None => Ok(()),
            },
        }
    }

    /// What is asked, for commands that ask a question.
    fn question(self) -> Result<Option<Question>, Failure> {
        Ok(match self {
            Self::Desk(command) => Some(command.question()),
            Self::Assess(command) => Some(command.question()),
            Self::Profile(command) => Some(command.question()),
            Self::Simulate(command) => Some(command.question()?),
            Self::Stress(command) => Some(command.question()),
            Self::Steps(command) => Some(command.question()),
            Self::Exposure(command) => Some(command.question()?),
            Self::Claims(command) => Some(command.question()),
            Self::Explain(command) => Some(command.question()),
            Self::Sources(command) => Some(command.question()),
            Self::Package(_)
            | Self::Check(_)
            | Self::Fetch(_)
            | Self::Brief(_)
            | Self::Serve(_)
            | Self::Cite(_)
            | Self::Study(_)
            | Self::Template(_) => None,
        })
    }
}
