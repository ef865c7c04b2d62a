//! `lode exposure --cutsets|--halt|--cut|--element|--bom|--list`

use super::steps::draw;
use super::{Failure, Global};
use clap::Args;
use lode_catalogue::{Mistake, Report};
use lode_catalogue::{read::bill_of_materials::template, write_whole};
use lode_exposure::extra_stock::Survival;
use lode_exposure::{Availability, Draws, Substitutes};
use lode_model::StepNodeKind;
use lode_study::exposure::{
    Processes, bill, contents, cut, cut_sets, element, halt, list, market_availability, read_availability, read_bill,
    request_sheet,
};
use lode_study::market;
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
    /// Write a list to begin with
    #[arg(long, value_name = "FILE", group = "question")]
    bom_template: Option<PathBuf>,
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
        let draws = Draws { seed: self.seed, replicates: self.replicates, horizon: self.horizon as f64 };
        if !(self.below > 0.0 && self.below <= 1.0) {
            return Err(Mistake::in_file("command line", format!("{} is not a share of output", self.below))
                .hint("write --below 0.5")
                .into());
        }
        if !(self.confidence > 0.0 && self.confidence <= 1.0) {
            return Err(Mistake::in_file("command line", format!("{} is not a share of replicates", self.confidence))
                .hint("write --confidence 0.9")
                .into());
        }
        if let Some(path) = &self.bom_template {
            write_whole(path, template().as_bytes())?;
            return Ok(());
        }
        let processes = Processes::open(&global.options()?, &self.industry)?;
        if self.list {
            return global.show(&list(&processes));
        }
        if let Some(text) = &self.element {
            let kinds = [StepNodeKind::Element, StepNodeKind::Form, StepNodeKind::Material];
            let node = processes.node(text, &kinds)?;
            let draws = Draws { replicates: self.replicates.min(400), ..draws };
            return global.show(&element(&processes, node, draws));
        }
        if let Some(text) = &self.cutsets {
            let product = processes.node(text, &[StepNodeKind::Product])?;
            let substitutes = if self.before_substitution { Substitutes::NotYet } else { Substitutes::Qualified };
            let answer = cut_sets(&processes, product, self.below, self.size as usize, substitutes)?;
            self.draw(&processes, &[product])?;
            return global.show(&answer);
        }
        if let Some(path) = &self.bom {
            return self.own_list(global, &processes, path, draws);
        }
        let availability = self.availability(&processes)?;
        let products = match &self.product {
            Some(text) => processes.products(text)?,
            None => processes.all_products(),
        };
        if self.product.is_some() {
            self.draw(&processes, &products)?;
        }
        global.show(&halt(&processes, &availability, &products, draws))
    }

    fn own_list(
        &self,
        global: &Global,
        processes: &Processes,
        path: &std::path::Path,
        draws: Draws,
    ) -> Result<(), Failure> {
        let mut report = Report::new();
        let list = read_bill(processes, path).map_err(|mistakes| report.extend(mistakes)).ok();
        let scenario = match self.availability(processes) {
            Ok(availability) => availability,
            Err(Failure::Mistakes(mistakes)) => {
                report.extend(mistakes);
                Availability::default()
            }
            Err(other) => return Err(other),
        };
        if scenario.shortages.is_empty() && report.is_empty() && (self.survive.is_some() || self.ask.is_some()) {
            report.push(
                Mistake::in_file("command line", "--survive and --ask need a scenario")
                    .hint("add --cut or --halt, e.g. --cut dysprosium@CHN=1:6"),
            );
        }
        let list = match list {
            Some(list) => report.into_result(list)?,
            None => return Err(report.into()),
        };
        if scenario.shortages.is_empty() {
            return global.show(&contents(processes, &list));
        }
        let survival = self.survive.map(|weeks| Survival { days: weeks as f64 * 7.0, confidence: self.confidence });
        let answer = bill(processes, &list, &scenario, draws, survival)?;
        if let Some(path) = &self.ask {
            write_whole(path, request_sheet(&list, &scenario, draws).as_bytes())?;
        }
        global.show(&answer)
    }

    fn draw(&self, processes: &Processes, products: &[usize]) -> Result<(), Failure> {
        self.draw.as_ref().map_or(Ok(()), |path| draw(processes, products, path))
    }

    /// What still arrives: the file and the cuts together, all mistakes at once.
    fn availability(&self, processes: &Processes) -> Result<Availability, Failure> {
        let mut report = Report::new();
        let mut availability = Availability::default();
        if let Some(path) = &self.halt {
            // A table of arrivals is CSV; anything else is a scenario.
            let table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            let read = if table { read_availability(processes, path) } else { self.of_scenario(processes, path) };
            match read {
                Ok(read) => availability = read,
                Err(mistakes) => report.extend(mistakes),
            }
        }
        for text in &self.cut {
            match cut(processes, text) {
                Ok(shortages) => availability.shortages.extend(shortages),
                Err(mistake) => report.push(mistake),
            }
        }
        let labels: Vec<&str> = std::iter::once(availability.label.as_str())
            .chain(self.cut.iter().map(String::as_str))
            .filter(|label| !label.is_empty())
            .collect();
        availability.label = labels.join(", ");
        Ok(report.into_result(availability)?)
    }

    /// What arrives in the country under a scenario of the market.
    fn of_scenario(&self, processes: &Processes, path: &std::path::Path) -> Result<Availability, Report> {
        let session = &processes.session;
        let name = path.to_string_lossy();
        let text = super::simulate::read(&name)?;
        let request = market::Request {
            scenario: market::scenario(session, &name, text.as_deref())?,
            case: self.case.clone(),
            country: self.country.clone(),
            chains: Vec::new(),
            regions: Vec::new(),
            replicates: self.futures,
            seed: self.seed,
            horizon: None,
            set: Vec::new(),
            threads: super::simulate::threads(0),
        };
        let progress = crate::interrupt::progress("futures", Some(request.replicates));
        let run = market::simulate(session, &request, &progress);
        crate::interrupt::finish();
        Ok(market_availability(processes, &run?))
    }
}
