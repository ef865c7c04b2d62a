//! A question as a value: checked as a whole, asked, written down and asked again elsewhere.

mod given;
mod processes;

pub use given::FieldAbout;
pub use processes::{Exposed, expose};

use crate::exposure::{Processes, steps};
use crate::market::{self, Request, StressRequest};
use crate::{Answer, Options, Session, claims, commodity, desk, economy, explain, measures, profile, sources, stage};
use given::{Given, PLACE, Part, questions};
use lode_assess::{Basis, Card, Indicator, Query};
use lode_catalogue::{Mistake, Overlay, Report, did_you_mean};
use lode_exposure::Draws;
use lode_model::{HsSetId, World, Year};
use lode_simulate::Progress;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::OnceLock;

questions! {
    /// Indicators of a country and a commodity over the years.
    Assess "assess" {
        /// Who asks.
        country: String;
        /// About what.
        commodity: String;
        /// Which indicators; `all` for every one.
        indicator: Vec<String> = ["dependence".to_owned()];
        /// On whom; the largest supplier of each year if not named.
        partner: Option<String>;
        /// At which stage.
        stage: Option<String>;
        /// A year or a span of years, `2010..2024`; the newest if not named.
        year: Option<String>;
        /// By `quantity` or by `value`.
        basis: String = "quantity";
        /// Which set of customs codes counts.
        hs_set: Option<String>;
        /// By whose record of trade; all there are if not named.
        record: Option<String>;
    }
    /// Published claims held against the record.
    Claims "claims" {
        /// Id of one claim; the whole ledger if none is named.
        claim: Option<String>;
    }
    /// How dependent a country is, on whom, at which stage.
    Desk "desk" {
        /// Who asks.
        country: String;
        /// By `quantity` or by `value`.
        basis: String = "quantity";
    }
    /// A country's role, reserves, output, partners, controls, projects and agreements.
    Profile "profile" {
        /// Which country or group.
        country: String;
    }
    /// The method of an indicator.
    Explain "explain" {
        /// Id of an indicator; a list of all if none is named.
        indicator: Option<String>;
    }
    /// Where the numbers come from.
    Sources "sources" {
        /// Id of one origin; all of them if none is named.
        origin: Option<String>;
    }
    /// The built-in scenarios.
    Scenarios "scenarios" {}
    /// What a scenario states, without running it.
    Statements "statements" {
        /// A built-in scenario, or the name of the text.
        scenario: String;
        /// The scenario as a file has it.
        text: Option<String>;
    }
    /// Every number that a run draws or that can be set.
    Assumptions "assumptions" {
        /// A built-in scenario, or the name of the text.
        scenario: String;
        /// The scenario as a file has it.
        text: Option<String>;
        /// A case of the scenario.
        case: Option<String>;
        /// Who is looked at.
        country: String = "JPN";
        /// Only these chains of the scenario.
        chain: Vec<String>;
        /// Numbers that are set: `NAME=VALUE` or `NAME=LOW:VALUE:HIGH`.
        set: Vec<String>;
    }
    /// What runs out, when, at what price.
    Simulate "simulate" {
        /// A built-in scenario, or the name of the text.
        scenario: String;
        /// The scenario as a file has it.
        text: Option<String>;
        /// A case of the scenario.
        case: Option<String>;
        /// Who is looked at.
        country: String = "JPN";
        /// Only these chains of the scenario.
        chain: Vec<String>;
        /// Number of futures.
        replicates: u64 = 1000_u64, from 1 to 1000000;
        /// Names the draws.
        seed: u64 = 1_u64;
        /// Months to run; the scenario's own if not named.
        horizon: Option<u64>, from 1 to 240;
        /// Numbers that are set: `NAME=VALUE` or `NAME=LOW:VALUE:HIGH`.
        set: Vec<String>;
    }
    /// The largest suppliers of every form to every importer stop for a year, one after the other.
    Stress "stress" {
        /// Only this importer.
        country: Option<String>;
        /// Only these chains.
        chain: Vec<String>;
        /// How many suppliers of each form to each importer stop.
        suppliers: u64 = 3_u64, from 1 to 10;
        /// Futures of each scenario.
        replicates: u64 = 24_u64, from 1 to 10000;
        /// Names the draws.
        seed: u64 = 1_u64;
    }
    /// Which elements halt which step of a product.
    Steps "steps" {
        /// Product or family.
        product: String;
        /// Lines drawn.
        replicates: u64 = 200_u64, from 1 to 100000;
        /// Names the draws.
        seed: u64 = 1_u64;
    }
    /// What stops: sets whose loss halts a product, days to halt, all that an element touches, a firm's own list.
    Exposure "exposure" {
        /// The sets whose loss halts this product.
        cut_sets: Option<String>;
        /// Days to halt under this scenario of the market, or the name of the text.
        halt: Option<String>;
        /// A scenario as a file has it.
        text: Option<String>;
        /// What still arrives, as a CSV file has it.
        arrivals: Option<String>;
        /// A case of the scenario.
        case: Option<String>;
        /// Whose supply the scenario is looked at for.
        country: String = "JPN";
        /// Futures of the market that give the bands of what arrives.
        futures: u64 = 200_u64, from 1 to 100000;
        /// Cuts: `ELEMENT=SHARE`, `ELEMENT@COUNTRY=SHARE` or `COUNTRY=SHARE`, and `:MONTHS` behind it.
        cut: Vec<String>;
        /// Everything that this element, form or material touches.
        element: Option<String>;
        /// The products, steps, materials and elements of the tables.
        list: bool = false;
        /// A firm's own list, as a CSV or XLSX file by its path.
        parts: Option<String>;
        /// A firm's own list, as a CSV file has it.
        parts_text: Option<String>;
        /// This product or family only.
        product: Option<String>;
        /// Lost together at most.
        size: u64 = 3_u64, from 1 to 6;
        /// Halted means below this share of output.
        below: f64 = 0.5_f64, from 0.000001 to 1;
        /// Before any substitute is qualified.
        before_substitution: bool = false;
        /// The cheapest extra stock of the list that survives so many weeks.
        survive: Option<u64>, from 1 to 520;
        /// In this share of replicates.
        confidence: f64 = 0.9_f64, from 0.000001 to 1;
        /// Lines drawn.
        replicates: u64 = 1000_u64, from 1 to 1000000;
        /// Names the draws.
        seed: u64 = 1_u64;
        /// Until which day.
        horizon: u64 = 730_u64, from 1 to 3650;
    }
}

/// What is open for questions: the package of minerals, and the tables of processes once somebody asks for them.
#[derive(Debug)]
pub struct Opened {
    /// What was opened.
    pub options: Options,
    industries: Vec<PathBuf>,
    own: Vec<Overlay>,
    session: OnceLock<Session>,
    processes: OnceLock<Processes>,
}

impl Opened {
    /// Names what to open, with packages of industries and with values of the user's own beside those of the options.
    pub fn new(options: Options, industries: Vec<PathBuf>, own: Vec<Overlay>) -> Self {
        Self { options, industries, own, session: OnceLock::new(), processes: OnceLock::new() }
    }

    /// The package.
    pub fn session(&self) -> Result<&Session, Report> {
        if let Some(processes) = self.processes.get() {
            return Ok(&processes.session);
        }
        if self.session.get().is_none() {
            let _ = self.session.set(Session::open_with(&self.options, &self.own)?);
        }
        self.session.get().ok_or_else(|| Mistake::in_file("package", "is not open").into())
    }

    /// The package with the tables of processes.
    pub fn processes(&self) -> Result<&Processes, Report> {
        if self.processes.get().is_none() {
            let _ = self.processes.set(Processes::open_with(&self.options, &self.industries, &self.own)?);
        }
        self.processes.get().ok_or_else(|| Mistake::in_file("package", "is not open").into())
    }
}

impl Question {
    /// Reads a question from JSON; all mistakes at once.
    pub fn parse(value: Value) -> Result<Self, Report> {
        let Value::Object(mut fields) = value else {
            return Err(Mistake::in_file(PLACE, "a question is a table of fields").into());
        };
        let word = fields.remove("ask").and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        if !Self::WORDS.contains(&word.as_str()) {
            let mistake = Mistake::in_file(PLACE, format!("`{word}` is no question"));
            return Err(match did_you_mean(&word, Self::WORDS.iter().copied()) {
                Some(near) => mistake.hint(format!("did you mean `{near}`?")),
                None => mistake.hint(format!("ask {}", Self::WORDS.join(", "))),
            }
            .into());
        }
        let mut given = Given::new(fields);
        match Self::read(&word, &mut given) {
            Some(question) => {
                question.check(&mut given.report);
                given.report.into_result(question)
            }
            None => Err(given.report),
        }
    }

    /// The answer. Threads and progress change no number.
    pub fn ask(&self, opened: &Opened, threads: usize, progress: &Progress) -> Result<Answer, Report> {
        let threads = wanted_threads(threads);
        match self {
            Self::Assess(question) => question.ask(opened.session()?),
            Self::Claims(question) => Ok(claims::claims(opened.session()?, question.claim.as_deref())?),
            Self::Desk(Desk { country, basis: by }) => {
                let session = opened.session()?;
                let mut report = Report::new();
                let mut take = |mistake| report.push(mistake);
                let country = economy(&session.world, country, session.day.year).map_err(&mut take).ok();
                let by = basis(by).map_err(&mut take).ok();
                match (country, by) {
                    (Some(country), Some(by)) => Ok(desk::desk(session, &country, by)),
                    _ => Err(report),
                }
            }
            Self::Profile(question) => {
                let session = opened.session()?;
                let country = economy(&session.world, &question.country, session.day.year)?;
                Ok(profile::profile(session, &country))
            }
            Self::Explain(question) => {
                let indicators = match &question.indicator {
                    Some(id) => vec![measures::indicator(id)?],
                    None => lode_assess::all().to_vec(),
                };
                Ok(explain::explain(&indicators))
            }
            Self::Sources(question) => {
                // The tables of processes have origins of their own.
                let session = &opened.processes()?.session;
                match &question.origin {
                    Some(id) => Ok(sources::source(session, id)?),
                    None => Ok(sources::sources(session)),
                }
            }
            Self::Scenarios(_) => market::list(opened.session()?),
            Self::Statements(Statements { scenario, text }) => {
                let session = opened.session()?;
                Ok(market::statements(session, &market::scenario(session, scenario, text.as_deref())?))
            }
            Self::Assumptions(question) => {
                let session = opened.session()?;
                market::assumption_list(session, &question.request(session)?)
            }
            Self::Simulate(question) => {
                let session = opened.session()?;
                let run = market::simulate(session, &question.request(session, threads)?, progress)?;
                Ok(market::answer(session, &run))
            }
            Self::Stress(question) => market::stress(opened.session()?, &question.request(threads), progress),
            Self::Steps(question) => {
                let processes = opened.processes()?;
                let products = processes.products(&question.product)?;
                let draws = Draws { seed: question.seed, replicates: question.replicates, ..Draws::default() };
                Ok(steps(processes, &products, draws))
            }
            Self::Exposure(question) => Ok(expose(question, opened, threads, progress)?.answer),
        }
    }

    /// How many futures or scenarios the progress counts to, where that is known.
    pub fn steps_of_progress(&self, opened: &Opened) -> Option<u64> {
        match self {
            Self::Stress(question) => {
                let count = market::stress_count(opened.session().ok()?, &question.request(1)).ok()?;
                u64::try_from(count).ok()
            }
            Self::Simulate(question) => Some(question.replicates),
            Self::Exposure(question) if question.halt.is_some() => Some(question.futures),
            _ => None,
        }
    }

    /// The seed, where draws are made.
    pub fn seed(&self) -> Option<u64> {
        match self {
            Self::Simulate(question) => Some(question.seed),
            Self::Stress(question) => Some(question.seed),
            Self::Steps(question) => Some(question.seed),
            Self::Exposure(question) if !question.list => Some(question.seed),
            _ => None,
        }
    }

    /// The method cards that the answer rests on.
    pub fn cards(&self) -> Vec<&'static Card> {
        let of = |ids: &[String]| -> Vec<&'static dyn Indicator> {
            if ids.iter().any(|id| id == "all") {
                lode_assess::all().to_vec()
            } else {
                ids.iter().filter_map(|id| lode_assess::find(&id.trim().to_lowercase())).collect()
            }
        };
        let indicators = match self {
            Self::Assess(question) => of(&question.indicator),
            Self::Explain(question) => of(question.indicator.as_slice()),
            Self::Desk(_) | Self::Profile(_) | Self::Claims(_) => of(&["dependence".to_owned()]),
            _ => Vec::new(),
        };
        indicators.into_iter().map(Indicator::card).collect()
    }

    /// Whether a person may have to wait for the answer, and may want to stop it.
    pub fn takes_long(&self) -> bool {
        matches!(self, Self::Simulate(_) | Self::Stress(_) | Self::Steps(_) | Self::Exposure(_))
    }

    /// Whether the tables of processes are read.
    pub fn reads_processes(&self) -> bool {
        matches!(self, Self::Steps(_) | Self::Exposure(_) | Self::Sources(_))
    }

    /// Whether it runs the market.
    pub fn runs_market(&self) -> bool {
        match self {
            Self::Simulate(_) | Self::Stress(_) | Self::Assumptions(_) => true,
            Self::Exposure(question) => question.halt.is_some() && question.arrivals.is_none(),
            _ => false,
        }
    }

    /// Whether it holds what is the user's own beyond overlays: such a question is not packed.
    pub fn holds_own_list(&self) -> bool {
        matches!(self, Self::Exposure(question) if question.parts.is_some() || question.parts_text.is_some())
    }
}

/// As many threads as there are cores if none are named.
fn wanted_threads(wanted: usize) -> usize {
    if wanted > 0 { wanted } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

fn basis(text: &str) -> Result<Basis, Mistake> {
    match text {
        "quantity" => Ok(Basis::Quantity),
        "value" => Ok(Basis::Value),
        _ => Err(Mistake::in_file(PLACE, format!("`{text}` is not a basis")).hint("write quantity or value")),
    }
}

impl Assess {
    fn ask(&self, session: &Session) -> Result<Answer, Report> {
        let world = &session.world;
        // Every field is looked at before anything is said, so that all mistakes come at once.
        let mut report = Report::new();
        let mut take = |mistake: Mistake| report.push(mistake);
        let country = economy(world, &self.country, session.day.year).map_err(&mut take).ok();
        let commodity = commodity(world, &self.commodity).map_err(&mut take).ok();
        let partner = self.partner.as_ref().map(|text| economy(world, text, session.day.year).map_err(&mut take).ok());
        let stage = self.stage.as_ref().map(|text| stage(text).map_err(&mut take).ok());
        let newest = world.trade.newest_year().unwrap_or(session.day.year);
        let years = self.year.as_ref().map_or(Ok(newest..=newest), |text| years(text)).map_err(&mut take).ok();
        let by = basis(&self.basis).map_err(&mut take).ok();
        let hs_set = self.hs_set.as_ref().map(|text| hs_set(world, text).map_err(&mut take).ok());
        let record = self.record.as_ref().map(|text| measures::record(text).map_err(&mut take).ok());
        let mut indicators = Vec::new();
        if self.indicator.iter().any(|id| id == "all") {
            indicators.extend_from_slice(lode_assess::all());
        } else {
            indicators.extend(self.indicator.iter().filter_map(|id| measures::indicator(id).map_err(&mut take).ok()));
        }
        let (Some(country), Some(commodity), Some(years), Some(basis)) = (country, commodity, years, by) else {
            return Err(report);
        };
        report.into_result(())?;
        let query = Query {
            country,
            commodity,
            stage: stage.flatten(),
            partner: partner.flatten(),
            years,
            basis,
            hs_set: hs_set.flatten(),
            record: record.flatten(),
        };
        Ok(measures::assess(session, &indicators, &query))
    }
}

impl Simulate {
    /// The run that is asked for.
    pub fn request(&self, session: &Session, threads: usize) -> Result<Request, Report> {
        Ok(Request {
            scenario: market::scenario(session, &self.scenario, self.text.as_deref())?,
            case: self.case.clone(),
            country: self.country.clone(),
            chains: self.chain.clone(),
            regions: Vec::new(),
            replicates: self.replicates as u32,
            seed: self.seed,
            horizon: self.horizon.map(|months| months as u32),
            set: self.set.clone(),
            threads: wanted_threads(threads),
        })
    }
}

impl Stress {
    fn request(&self, threads: usize) -> StressRequest {
        StressRequest {
            country: self.country.clone(),
            chains: self.chain.clone(),
            suppliers: self.suppliers as usize,
            replicates: self.replicates as u32,
            seed: self.seed,
            threads,
        }
    }
}

impl Assumptions {
    fn request(&self, session: &Session) -> Result<Request, Report> {
        let Self { scenario, text, case, country, chain, set } = self.clone();
        let run = Simulate { scenario, text, case, country, chain, replicates: 1, seed: 1, horizon: None, set };
        run.request(session, 1)
    }
}

/// `2024` or `2010..2024`, both ends included.
fn years(text: &str) -> Result<RangeInclusive<Year>, Mistake> {
    let year = |text: &str| text.trim().parse::<Year>().ok().filter(|year| (1900..=2100).contains(year));
    let span = match text.split_once("..") {
        Some((from, to)) => year(from).zip(year(to.trim_start_matches('='))),
        None => year(text).map(|year| (year, year)),
    };
    match span {
        Some((from, to)) if from <= to => Ok(from..=to),
        _ => Err(Mistake::in_file(PLACE, format!("`{text}` is not a year or a span of years"))
            .hint("write 2024 or 2010..2024")),
    }
}

fn hs_set(world: &World, text: &str) -> Result<HsSetId, Mistake> {
    if let Some(set) = world.hs_sets.get(text) {
        return Ok(set.id.clone());
    }
    let known: Vec<&str> = world.hs_sets.keys().map(HsSetId::as_str).collect();
    let mistake = Mistake::in_file(PLACE, format!("`{text}` is not a set of customs codes"));
    Err(match did_you_mean(text, known.iter().copied()) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", known.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_question_is_the_same_after_it_was_written_down() {
        let question =
            Question::parse(json!({ "ask": "simulate", "scenario": "senkaku-2010", "horizon": 12 })).unwrap();
        assert_eq!(Question::parse(question.json()).unwrap(), question);
        assert_eq!(question.json()["replicates"], 1000);
    }

    #[test]
    fn all_mistakes_of_a_question_are_told_at_once() {
        let question = json!({ "ask": "assess", "commodty": "Dy", "country": 7, "year": ["2024"], "basis": "value" });
        let text = Question::parse(question).unwrap_err().to_string();
        for told in [
            "column commodity: is missing",
            "column country: is a number",
            "column year: is a list",
            "did you mean `commodity`?",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        let question = json!({ "ask": "simulate", "scenario": "x", "replicates": 0, "horizon": 1000 });
        assert_eq!(Question::parse(question).unwrap_err().count(), 2);
        assert!(Question::parse(json!({ "ask": "simulat" })).unwrap_err().to_string().contains("`simulate`"));
    }

    #[test]
    fn spans_hold_both_ends() {
        assert_eq!(years("2024").ok(), Some(2024..=2024));
        assert_eq!(years("2010..2024").ok(), Some(2010..=2024));
        assert_eq!(years("2010..=2024").ok(), Some(2010..=2024));
        for wrong in ["", "24", "2024..2010", "2010-2024", "..", "a..b"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }
}
