//! `lode brief --country C --commodity M --output FILE`

use super::{Failure, Global};
use clap::Args;
use lode_catalogue::{Mistake, Report, write_whole};
use lode_study::brief::{Language, MarketPart, brief, chains};
use lode_study::market::{Request, scenario, simulate};
use lode_study::{commodity, economy};
use std::path::PathBuf;

/// Arguments of `lode brief`.
#[derive(Args)]
pub struct Brief {
    /// For whom: ISO code, name or group
    #[arg(long)]
    country: String,
    /// About what: id, name or symbol
    #[arg(long)]
    commodity: String,
    /// A built-in scenario, or a file; without one nothing is simulated
    #[arg(long)]
    scenario: Option<String>,
    /// A case of the scenario
    #[arg(long, requires = "scenario")]
    case: Option<String>,
    /// Language: en or ja
    #[arg(long, default_value = "en")]
    lang: String,
    /// Futures drawn
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(20..=20_000))]
    futures: u32,
    /// Names the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File to write: .pdf, or .docx to edit
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

impl Brief {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        let mut report = Report::new();
        let mut take = |mistake: Mistake| report.push(mistake);
        let language = Language::parse(&self.lang);
        if language.is_none() {
            take(
                Mistake::in_file("command line", format!("`{}` is not a language of the brief", self.lang))
                    .hint("write en or ja"),
            );
        }
        let country = economy(&session.world, &self.country, session.day.year).map_err(&mut take).ok();
        let commodity = commodity(&session.world, &self.commodity).map_err(&mut take).ok();
        let is_pdf = match self.output.extension().and_then(|ending| ending.to_str()) {
            Some("pdf") => Some(true),
            Some("docx") => Some(false),
            _ => {
                take(Mistake::in_file(&self.output.display().to_string(), "is neither .pdf nor .docx"));
                None
            }
        };
        let (Some(language), Some(country), Some(commodity), Some(is_pdf)) = (language, country, commodity, is_pdf)
        else {
            return Err(report.into());
        };
        let market = match &self.scenario {
            None => None,
            Some(name) => {
                let text = std::fs::read_to_string(name).ok();
                let scenario = scenario(&session, name, text.as_deref())?;
                let request = Request {
                    chains: chains(&session, &scenario, &commodity),
                    scenario,
                    case: self.case.clone(),
                    country: self.country.clone(),
                    regions: Vec::new(),
                    replicates: self.futures,
                    seed: self.seed,
                    horizon: None,
                    set: Vec::new(),
                    threads: std::thread::available_parallelism().map_or(1, usize::from),
                };
                let run = simulate(&session, &request, &lode_simulate::Progress::default())?;
                Some(MarketPart::of(&session, &run))
            }
        };
        let brief = brief(&session, &country, &commodity, market.as_ref(), language);
        let set = if is_pdf { lode_brief::pdf(&brief) } else { lode_brief::docx(&brief) };
        let bytes = set.map_err(|broken| Mistake::in_file(&self.output.display().to_string(), broken.to_string()))?;
        write_whole(&self.output, &bytes)?;
        Ok(())
    }
}
