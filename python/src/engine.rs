//! What is open: a package with the user's values, asked questions as JSON.

use crate::errors::{guarded, raised};
use crate::futures;
use crate::table::Answered;
use crate::work::{at_once, done};
use lode_catalogue::{Input, Mistake, Overlay, Report, TradeFiles, csv_line, write_whole};
use lode_simulate::Progress;
use lode_study::market::{self, read_scenario};
use lode_study::{Day, Opened, Options, Question, check, cite, packed};
use pyo3::prelude::*;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

/// A package with the user's values laid over it.
#[pyclass(frozen, module = "lode._lode")]
pub struct Engine {
    opened: Arc<Opened>,
}

fn question(text: &str) -> Result<Question, Report> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Mistake::in_file("command line", format!("is no question: {error}")))?;
    Question::parse(value)
}

#[pymethods]
impl Engine {
    /// Opens a package; all mistakes of all files and values at once. `own` holds tables of the user's own values, each a
    /// name and its rows with the headings first.
    #[new]
    fn new(
        py: Python<'_>,
        package: Option<PathBuf>,
        overlays: Vec<PathBuf>,
        industries: Vec<PathBuf>,
        own: Vec<(String, Vec<Vec<String>>)>,
        trade: (Vec<PathBuf>, Option<PathBuf>, Option<PathBuf>),
        today: &str,
    ) -> PyResult<Self> {
        let (files, mapping, countries) = trade;
        let trade = TradeFiles { files, mapping, countries };
        let opened = done(py, None, |_| {
            let mut report = Report::new();
            let day = Day::parse(today);
            if day.is_none() {
                let mistake = Mistake::in_file("command line", format!("`{today}` is not a day"));
                report.push(mistake.hint("write it as 2026-11-24"));
            }
            let mut values = Vec::new();
            for (name, rows) in &own {
                let text: String = rows.iter().map(|row| csv_line(row.iter().map(String::as_str))).collect();
                match Overlay::from_bytes(name, text.as_bytes()) {
                    Ok(overlay) => values.push(overlay),
                    Err(mistakes) => report.extend(mistakes),
                }
            }
            let Some(day) = day else { return Err(report) };
            let opened = Opened::new(Options { package, overlays, trade, day }, industries, values);
            if let Err(mistakes) = opened.session() {
                report.extend(mistakes);
            }
            report.into_result(opened)
        })?;
        Ok(Self { opened: Arc::new(opened) })
    }

    /// Name, version, hash and overlays of what is open.
    fn identity(&self) -> PyResult<String> {
        guarded(|| Ok(self.opened.session().map_err(|report| raised(&report))?.identity()))
    }

    /// The answer to a question that is given as JSON.
    #[pyo3(signature = (question_json, threads = 0, tell = None))]
    fn ask(&self, py: Python<'_>, question_json: &str, threads: usize, tell: Option<Py<PyAny>>) -> PyResult<Answered> {
        let opened = Arc::clone(&self.opened);
        let question = question(question_json).map_err(|report| raised(&report))?;
        let takes_long = question.takes_long();
        let ask = |progress: &Progress| {
            let answer = question.ask(&opened, threads, progress)?;
            Ok(Answered::new(Arc::clone(&opened), Some(question), answer))
        };
        if takes_long { done(py, tell.as_ref(), ask) } else { at_once(py, || ask(&Progress::default())) }
    }

    /// Every month of every future of a simulation.
    #[pyo3(signature = (question_json, threads = 0, tell = None))]
    fn futures(
        &self,
        py: Python<'_>,
        question_json: &str,
        threads: usize,
        tell: Option<Py<PyAny>>,
    ) -> PyResult<Answered> {
        let opened = Arc::clone(&self.opened);
        done(py, tell.as_ref(), |progress| {
            let question = question(question_json)?;
            let Question::Simulate(run) = &question else {
                return Err(Mistake::in_file("command line", "only a simulation has futures").into());
            };
            let session = opened.session()?;
            let run = market::every_future(session, &run.request(session, threads)?, progress)?;
            let batch = futures::batch(session, run, &question)?;
            Ok(Answered::of_batch(Arc::clone(&opened), question, batch))
        })
    }

    /// Reads files to their end: all mistakes at once.
    #[pyo3(signature = (paths, mapping = None, countries = None))]
    fn check(
        &self,
        py: Python<'_>,
        paths: Vec<PathBuf>,
        mapping: Option<PathBuf>,
        countries: Option<PathBuf>,
    ) -> PyResult<Answered> {
        let opened = Arc::clone(&self.opened);
        done(py, None, |_| {
            let answer = check::check(&opened, &paths, mapping.as_deref(), countries.as_deref())?;
            Ok(Answered::new(Arc::clone(&opened), None, answer))
        })
    }

    /// What a paper cites for a question, or for the package alone.
    #[pyo3(signature = (question_json = None))]
    fn cite(&self, py: Python<'_>, question_json: Option<&str>) -> PyResult<Answered> {
        let opened = Arc::clone(&self.opened);
        done(py, None, |_| {
            let question = question_json.map(question).transpose()?;
            let answer = cite::cite(&opened, question.as_ref())?;
            Ok(Answered::new(Arc::clone(&opened), None, answer))
        })
    }

    /// Packs questions into one file that makes their results again elsewhere.
    #[pyo3(signature = (path, questions_json, own_values = false, threads = 0))]
    fn pack(
        &self,
        py: Python<'_>,
        path: PathBuf,
        questions_json: Vec<String>,
        own_values: bool,
        threads: usize,
    ) -> PyResult<Answered> {
        let opened = Arc::clone(&self.opened);
        done(py, None, |progress| {
            let mut report = Report::new();
            let mut questions = Vec::new();
            for text in &questions_json {
                match question(text) {
                    Ok(question) => questions.push(question),
                    Err(mistakes) => report.extend(mistakes),
                }
            }
            report.into_result(())?;
            let (bytes, answer) = packed::pack(&opened, &questions, own_values, threads, progress)?;
            write_whole(&path, &bytes)?;
            Ok(Answered::new(Arc::clone(&opened), None, answer))
        })
    }

    /// A scenario, checked: built-in or of a file by its name, or of a text. As JSON.
    #[pyo3(signature = (name, text = None))]
    fn scenario(&self, py: Python<'_>, name: &str, text: Option<String>) -> PyResult<String> {
        let opened = Arc::clone(&self.opened);
        done(py, None, |_| {
            let text = match text {
                Some(text) => Some(text),
                None => read_scenario(name)?,
            };
            let scenario = market::scenario(opened.session()?, name, text.as_deref())?;
            let broken = |error: String| Report::from(Mistake::in_file(name, error));
            let table: toml::Table = scenario.to_text().parse().map_err(|error| broken(format!("{error}")))?;
            serde_json::to_string(&table).map_err(|error| broken(error.to_string()))
        })
    }
}

/// Largest packed study.
const MOST_BYTES: u64 = 256 << 20;

/// Asks the questions of a packed study again, on the day on which it was asked.
pub fn run_study(
    py: Python<'_>,
    path: PathBuf,
    package: Option<PathBuf>,
    overlays: Vec<PathBuf>,
    threads: usize,
) -> PyResult<Answered> {
    done(py, None, |progress| {
        let bytes = Input::open(&path)?.read_all(MOST_BYTES)?;
        let options = Options { package, overlays, ..Options::built_in(Day::from_days_since_1970(0)) };
        let answer = packed::run(&path.display().to_string(), bytes, &options, threads, progress)?;
        Ok(Answered::new(Arc::new(Opened::new(options, Vec::new(), Vec::new())), None, answer))
    })
}
