//! `lode exposure --cutsets|--halt|--cut|--element|--bom|--list`

use super::steps::draw;
use super::{Failure, Global};
use crate::interrupt;
use clap::Args;
use lode_catalogue::{Input, Mistake, Report, write_whole};
use lode_study::exposure::request_sheet;
use lode_study::market::read_scenario;
use lode_study::question::expose;
use lode_study::{Question, question};
use std::path::PathBuf;

/// Arguments of `lode exposure`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("question").required(true).multiple(true))]
pub struct Exposure {
    /// All minimal sets of elements, countries or firms whose loss halts a product
    #[arg(long, value_name = "PRODUCT", group = "question", conflicts_with_all = ["element", "halt", "cut"])]
    cutsets: Option<String>,
    /// The day on which each step and product halts: under a scenario of the market (a built-in one by name, or a .toml
    /// file), or under a CSV file of what still arrives
    /// (`supply,exporter,firm,share_of_supply,from_month,arrives,low,high,reason`)
    #[arg(long, value_name = "SCENARIO|FILE", group = "question", conflicts_with = "element")]
    halt: Option<PathBuf>,
    /// With a scenario: a case of it, such as low or high
    #[arg(long, requires = "halt")]
    case: Option<String>,
    /// With a scenario: whose supply is looked at
    #[arg(long, default_value = "JPN")]
    country: String,
    /// With a scenario: futures of the market that give the bands of what arrives
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    futures: u32,
    /// The same with a cut: ELEMENT=SHARE, ELEMENT@COUNTRY=SHARE or COUNTRY=SHARE, and :MONTHS behind it
    #[arg(long, value_name = "CUT", group = "question", conflicts_with = "element")]
    cut: Vec<String>,
    /// Everything that an element, form or material touches
    #[arg(long, value_name = "ELEMENT", group = "question")]
    element: Option<String>,
    /// Your own list of products, parts and materials, CSV or XLSX: when its lines stop under --cut or --halt. It stays on
    /// this machine
    #[arg(long, value_name = "FILE", group = "question", conflicts_with_all = ["element", "cutsets"])]
    bom: Option<PathBuf>,
    /// With --bom: the cheapest extra stock that survives so many weeks of the scenario
    #[arg(long, value_name = "WEEKS", requires = "bom", value_parser = clap::value_parser!(u64).range(1..=520))]
    survive: Option<u64>,
    /// With --survive: in this share of replicates
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    confidence: f64,
    /// With --bom: also write the request sheet to send to suppliers, what matters most first
    #[arg(long, value_name = "FILE", requires = "bom")]
    ask: Option<PathBuf>,
    /// The products, steps, materials and elements of the tables
    #[arg(long, group = "question")]
    list: bool,
    /// With --halt and --cut: this product or family only
    #[arg(long)]
    product: Option<String>,
    /// With --cutsets: lost together at most
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=6))]
    size: u64,
    /// With --cutsets: halted means below this share of output
    #[arg(long, default_value_t = 0.5)]
    below: f64,
    /// With --cutsets: before any substitute is qualified
    #[arg(long)]
    before_substitution: bool,
    /// With --cutsets or --product: also draw the graph, as .svg or .json
    #[arg(long, value_name = "FILE")]
    draw: Option<PathBuf>,
    /// Package with an industry of your own, read beside the built-in one (see `lode package pack`)
    #[arg(long, value_name = "PATH")]
    industry: Vec<PathBuf>,
    /// Lines drawn
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    replicates: u64,
    /// Names the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Until which day
    #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u64).range(1..=3650))]
    horizon: u64,
}

impl Exposure {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        if self.ask.is_some() && self.halt.is_none() && self.cut.is_empty() {
            return Err(Mistake::in_file("command line", "--survive and --ask need a scenario")
                .hint("add --cut or --halt, e.g. --cut dysprosium@CHN=1:6")
                .into());
        }
        let opened = global.opened(self.industry.clone())?;
        let (draw_to, ask) = (self.draw.clone(), self.ask.clone());
        let draws_graph = self.cutsets.is_some() || self.product.is_some();
        let question = self.question()?;
        let Question::Exposure(asked) = &question else { return global.ask_of(&opened, &question, 0) };
        let progress = interrupt::progress("futures", question.steps_of_progress(&opened));
        let exposed = expose(asked, &opened, 0, &progress);
        interrupt::finish();
        let exposed = exposed?;
        if let Some(path) = draw_to.filter(|_| draws_graph && !exposed.products.is_empty()) {
            draw(opened.processes()?, &exposed.products, &path)?;
        }
        if let (Some(path), Some(list)) = (&ask, &exposed.list) {
            write_whole(path, request_sheet(list, &exposed.availability, exposed.draws).as_bytes())?;
        }
        global.show_from(&opened, &exposed.answer)
    }

    /// What is asked.
    pub fn question(self) -> Result<Question, Failure> {
        let mut report = Report::new();
        if !(self.below > 0.0 && self.below <= 1.0) {
            report.push(
                Mistake::in_file("command line", format!("{} is not a share of output", self.below))
                    .hint("write --below 0.5"),
            );
        }
        if !(self.confidence > 0.0 && self.confidence <= 1.0) {
            report.push(
                Mistake::in_file("command line", format!("{} is not a share of replicates", self.confidence))
                    .hint("write --confidence 0.9"),
            );
        }
        let (mut text, mut arrivals) = (None, None);
        if let Some(path) = &self.halt {
            // A table of arrivals is CSV; anything else is a scenario.
            let table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            if table {
                arrivals = Input::open(path)
                    .and_then(|input| read_text(input))
                    .map_err(|mistakes| report.extend(mistakes))
                    .ok();
            } else {
                let read = read_scenario(&path.to_string_lossy());
                text = read.map_err(|mistakes| report.extend(mistakes)).ok().flatten();
            }
        }
        report.into_result(())?;
        Ok(Question::Exposure(question::Exposure {
            cut_sets: self.cutsets,
            halt: self.halt.map(|path| path.to_string_lossy().into_owned()),
            text,
            arrivals,
            case: self.case,
            country: self.country,
            futures: self.futures.into(),
            cut: self.cut,
            element: self.element,
            list: self.list,
            parts: self.bom.map(|path| path.to_string_lossy().into_owned()),
            parts_text: None,
            product: self.product,
            size: self.size,
            below: self.below,
            before_substitution: self.before_substitution,
            survive: self.survive,
            confidence: self.confidence,
            replicates: self.replicates,
            seed: self.seed,
            horizon: self.horizon,
        }))
    }
}

/// Largest file of arrivals.
const MOST_BYTES: u64 = 64 << 20;

fn read_text(input: Input<'_>) -> Result<String, Report> {
    let name = input.name.clone();
    String::from_utf8(input.read_all(MOST_BYTES)?)
        .map_err(|_| Mistake::in_file(&name, "is not UTF-8 text").hint("save it as UTF-8").into())
}
