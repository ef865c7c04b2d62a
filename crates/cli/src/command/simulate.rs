//! `lode simulate --scenario NAME|FILE --country C`

use super::{Failure, Global};
use crate::interrupt;
use clap::Args;
use lode_catalogue::{Mistake, Report};
use lode_scenario::Scenario;
use lode_study::{Answer, Cell, Rows, Section, Session, Text, market};
use std::path::Path;

/// Arguments of `lode simulate`.
#[derive(Args)]
pub struct Simulate {
    /// A built-in scenario by name, or a file; the built-in ones are listed if none is named
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<String>,
    /// A case of the scenario, such as low or high
    #[arg(long)]
    case: Option<String>,
    /// Who is looked at: ISO code, name or group
    #[arg(long, default_value = "JPN")]
    country: String,
    /// Only these chains of the scenario, e.g. rare-earths,gallium
    #[arg(long, value_delimiter = ',')]
    chain: Vec<String>,
    /// Number of futures
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replicates: u32,
    /// Seed of all draws: the same seed gives the same numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Months to run; the scenario's own if not named
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=240))]
    horizon: Option<u32>,
    /// Set a number of the scenario or an assumption: NAME=VALUE or NAME=LOW:VALUE:HIGH
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Threads; the numbers do not depend on it
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Print what the scenario states, without running it
    #[arg(long)]
    show: bool,
    /// List every number that --set can change, with its range and reason, without running
    #[arg(long)]
    list_assumptions: bool,
    /// Print a scenario file to start from
    #[arg(long)]
    template: bool,
}

impl Simulate {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        if self.template {
            print!("{}", Scenario::template());
            return Ok(());
        }
        let session = global.session()?;
        let Some(name) = &self.scenario else { return global.show(&list(&session)?) };
        let text = read(name)?;
        let scenario = market::scenario(&session, name, text.as_deref())?;
        if self.show {
            return global.show(&statement(&session, &scenario));
        }
        let request = market::Request {
            scenario,
            case: self.case,
            country: self.country,
            chains: self.chain,
            regions: Vec::new(),
            replicates: self.replicates,
            seed: self.seed,
            horizon: self.horizon,
            set: self.set,
            threads: threads(self.threads),
        };
        if self.list_assumptions {
            return global.show(&market::assumption_list(&session, &request)?);
        }
        let progress = interrupt::progress("futures", Some(request.replicates));
        let run = market::simulate(&session, &request, &progress);
        interrupt::finish();
        global.show(&market::answer(&session, &run?))
    }
}

/// As many threads as there are cores if none are named.
pub(super) fn threads(wanted: usize) -> usize {
    if wanted > 0 { wanted } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// The largest scenario file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// The text of a file; `None` if there is no such file and the name may be that of a built-in scenario.
pub(super) fn read(name: &str) -> Result<Option<String>, Report> {
    let path = Path::new(name);
    if !path.is_file() {
        return match path.extension() {
            Some(_) => Err(Mistake::in_file(name, "cannot be read: there is no such file").into()),
            None => Ok(None),
        };
    }
    let large = || Mistake::in_file(name, "is too large for a scenario").hint("a scenario file is a few pages of TOML");
    if std::fs::metadata(path).is_ok_and(|data| data.len() > MOST_BYTES) {
        return Err(large().into());
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(Some(text)),
        Ok(Err(_)) => Err(Mistake::in_file(name, "is not UTF-8 text").hint("save it as UTF-8").into()),
        Err(error) => Err(Mistake::in_file(name, format!("cannot be read: {error}")).into()),
    }
}

fn list(session: &Session) -> Result<Answer, Report> {
    let mut rows = Rows::new(&["scenario", "name_en", "name_ja", "start", "cases", "summary_en"]);
    let mut table = Vec::new();
    for id in market::scenario_ids() {
        let scenario = market::scenario(session, id, None)?;
        let cases: Vec<String> = scenario.cases.iter().map(|case| case.id.to_string()).collect();
        table.push(vec![
            Text::words(id),
            Text::words(&scenario.name_en),
            Text::words(scenario.start.to_string()),
            Text::words(cases.join(", ")),
        ]);
        rows.rows.push(vec![
            Cell::text(id),
            Cell::text(&scenario.name_en),
            Cell::text(&scenario.name_ja),
            Cell::text(scenario.start.to_string()),
            Cell::List(cases),
            Cell::text(&scenario.summary_en),
        ]);
    }
    let headings = ["scenario", "name", "starts", "cases"].map(str::to_owned).to_vec();
    Ok(Answer {
        rows,
        sections: vec![Section::Table { title: "Built-in scenarios".into(), headings, rows: table }],
        remarks: vec![
            "Run one with --scenario NAME, read it with --show, write your own from --template.".into(),
            format!("From {}, asked on {}.", session.identity(), session.day),
        ],
    })
}

fn statement(session: &Session, scenario: &Scenario) -> Answer {
    let mut rows = Rows::new(&["scenario", "kind", "text_en", "text_ja", "origins"]);
    let mut add = |kind: &str, of: &[lode_scenario::Statement]| {
        for statement in of {
            let mut origins: Vec<String> = statement.origins.iter().map(ToString::to_string).collect();
            origins.extend(Some(statement.source.clone()).filter(|source| !source.is_empty()));
            rows.rows.push(vec![
                Cell::text(scenario.id.as_str()),
                Cell::text(kind),
                Cell::text(&statement.text_en),
                Cell::text(&statement.text_ja),
                Cell::List(origins),
            ]);
        }
    };
    add("known", &scenario.known);
    add("unknown", &scenario.unknown);
    let lines = |of: &[lode_scenario::Statement]| of.iter().map(|line| line.text_en.clone()).collect();
    let numbers = scenario.numbers().into_iter().map(|number| {
        let value = number.number;
        let range = if value.is_range() { format!(" ({} – {})", value.low, value.high) } else { String::new() };
        format!("{} = {}{range}, {}", number.name, value.value, number.unit)
    });
    let mut sections = vec![
        Section::Paragraph(format!("{}: {}", scenario.name_en, scenario.summary_en)),
        Section::List { title: "What is known".into(), lines: lines(&scenario.known) },
        Section::List { title: "What is not stated anywhere".into(), lines: lines(&scenario.unknown) },
        Section::List { title: "Its numbers".into(), lines: numbers.collect() },
    ];
    if !scenario.is_in_market() {
        sections.push(Section::Paragraph(format!("The market cannot run it: {}", scenario.outside_market)));
    }
    Answer { rows, sections, remarks: vec![format!("From {}, asked on {}.", session.identity(), session.day)] }
}
