//! What stops: steps and what they need, sets whose loss halts a product, days to halt, and a firm's own list.

mod bill;
mod cut_sets;
mod drawing;
mod element;
mod halt;
mod lines;
mod list;
mod market;
mod needs;
mod scenario;
mod steps;
mod words;

pub use bill::{BILL_COLUMNS, bill, contents, read_bill, read_bill_bytes, request_sheet};
pub use cut_sets::{CUT_SET_COLUMNS, cut_sets};
pub use drawing::{drawing, graph_json};
pub use element::{ELEMENT_COLUMNS, element};
pub use halt::{HALT_COLUMNS, halt};
pub use lines::{ItemStock, LineStop, Lines, Question, SHOWN_FUTURES, lines};
pub use list::{LIST_COLUMNS, list};
pub use market::market_availability;
pub use needs::{Episode, ProductNeeds, StepNeed, element_needs, episodes, product_needs};
pub use scenario::{cut, read_availability};
pub use steps::{STEP_COLUMNS, steps};
pub use words::{Name, products, section};

use crate::answer::percent;
use crate::session::overlays;
use crate::{Options, Session};
use lode_assess::output_by_country;
use lode_catalogue::{Mistake, Overlay, Package, Report, did_you_mean};
use lode_exposure::{Graph, Range, Spread, Supply, SupplyShare};
use lode_model::{CommodityId, DataQuality, OriginId, Stage, StepNodeKind, World};
use std::path::PathBuf;

/// The tables of processes that every copy of Lode carries.
const BUILT_IN: &[u8] = include_bytes!("../../../../data/packages/process-steps-2026.1.zip");

/// The package of processes that is part of the program.
pub(crate) fn built_in() -> Result<Package, Report> {
    Package::from_zip("built-in processes".into(), BUILT_IN.into())
}

/// The package of minerals together with the graph of what needs what.
#[derive(Clone, Debug)]
pub struct Processes {
    /// The minerals, with the tables of processes taken over.
    pub session: Session,
    /// The graph, with who supplies what.
    pub graph: Graph,
    /// The packages that the tables come from.
    packages: Vec<String>,
}

impl Processes {
    /// Opens the minerals and the processes, those of further packages beside the built-in ones, with the user's overlays.
    pub fn open(options: &Options, industries: &[PathBuf]) -> Result<Self, Report> {
        Self::open_with(options, industries, &[])
    }

    /// The same with values of the user's own that stand in no file.
    pub fn open_with(options: &Options, industries: &[PathBuf], own: &[Overlay]) -> Result<Self, Report> {
        let mut session = Session::open_with(options, own)?;
        let mut report = Report::new();
        let overlays = overlays(options, own, &mut report);
        let packages = std::iter::once(built_in()).chain(industries.iter().map(|path| Package::open(path)));
        let mut names = Vec::new();
        for package in packages {
            match package.and_then(|mut package| package.load(&overlays)) {
                Ok(world) => {
                    let hash = world.package.sha256.get(..12).unwrap_or(&world.package.sha256);
                    names.push(format!("{} {} ({hash})", world.package.name, world.package.version));
                    let known = |id: &str| session.world.steps.nodes.iter().any(|node| node.id == id);
                    for node in world.steps.nodes.iter().filter(|node| known(&node.id)) {
                        report.push(
                            Mistake::in_file(
                                &world.package.name,
                                format!("`{}` is a node of another package too", node.id),
                            )
                            .hint("choose another id: packages are read together"),
                        );
                    }
                    session.world.take_steps(world);
                }
                Err(mistakes) => report.extend(mistakes),
            }
        }
        let mut graph = Graph::new(&session.world.steps);
        add_output(&session.world, &mut graph);
        report.into_result(Self { session, graph, packages: names })
    }

    /// The packages of processes that were read, each with its version and hash.
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// The node that a user means, among those of some kinds.
    pub fn node(&self, text: &str, kinds: &[StepNodeKind]) -> Result<usize, Mistake> {
        if let Some(node) = self.graph.find_named(text).filter(|node| kinds.contains(&self.graph.nodes[*node].kind)) {
            return Ok(node);
        }
        let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        let mistake =
            Mistake::in_file("command line", format!("`{text}` is no {} of these tables", words.join(" or ")));
        let of_kind = self.graph.nodes.iter().filter(|node| kinds.contains(&node.kind));
        let known: Vec<&str> = of_kind.map(|node| node.id.as_str()).collect();
        Err(match did_you_mean(text, known.iter().copied()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None if known.len() <= 60 => mistake.hint(format!("known are {}", known.join(", "))),
            None => mistake.hint("`lode exposure --list` shows them"),
        })
    }

    /// The products of a family, or the one product named.
    pub fn products(&self, text: &str) -> Result<Vec<usize>, Mistake> {
        let wanted = text.trim().to_lowercase();
        let family = (0..self.graph.nodes.len()).filter(|place| {
            let node = &self.graph.nodes[*place];
            node.kind == StepNodeKind::Product && node.family == wanted
        });
        let family: Vec<usize> = family.collect();
        if !family.is_empty() {
            return Ok(family);
        }
        self.node(text, &[StepNodeKind::Product]).map(|node| vec![node])
    }

    /// All products.
    pub fn all_products(&self) -> Vec<usize> {
        (0..self.graph.nodes.len()).filter(|place| self.graph.nodes[*place].kind == StepNodeKind::Product).collect()
    }

    /// What every answer says at its foot.
    fn remarks(&self, numbers: (usize, usize)) -> Vec<String> {
        let (all, assumed) = numbers;
        let share = if all == 0 { 0.0 } else { assumed as f64 / all as f64 };
        vec![
            format!(
                "Which inputs hang together, what halts and what stands in are the judgement of the compilers unless a row says `reported`. Of \
                 {all} numbers used (stocks, wear lives, times, shares), {} are assumed; each can be changed with --overlay.",
                percent(share)
            ),
            format!(
                "From {} and {}, asked on {}.",
                self.packages.join(", "),
                self.session.identity(),
                self.session.day
            ),
        ]
    }

    /// The largest supplier of a node at its weakest stage: `CHN 79 % (mine)`.
    pub fn weakest(&self, node: usize) -> Option<Weakest<'_>> {
        let (supply, country, share) = self.graph.weakest_stage(node)?;
        let of_country = supply.shares.iter().filter(|share| share.country == country);
        let low = of_country.clone().map(|share| share.share.low).fold(f64::INFINITY, f64::min);
        let high = of_country.clone().map(|share| share.share.high).fold(0.0, f64::max);
        let quality = of_country.clone().map(|share| share.quality).max().unwrap_or(DataQuality::Assumed);
        let origins = of_country.flat_map(|share| share.origins.iter().cloned()).collect();
        Some(Weakest {
            supply,
            country: country.to_string(),
            share,
            low: low.min(share),
            high: high.max(share),
            quality,
            origins,
        })
    }
}

/// The largest supplier at the stage where one country supplies most.
#[derive(Clone, Debug)]
pub struct Weakest<'g> {
    /// Who supplies at that stage.
    pub supply: &'g Supply,
    /// The country.
    pub country: String,
    /// Its share.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How good it is.
    pub quality: DataQuality,
    /// Where it comes from.
    pub origins: Vec<OriginId>,
}

impl Weakest<'_> {
    fn shown(&self) -> String {
        let of = if self.supply.of.is_empty() { String::new() } else { format!(" of {}", self.supply.of) };
        format!("{} {} ({}{of})", self.country, percent(self.share), self.supply.stage.word())
    }
}

/// Output by country and stage from the package of minerals becomes who supplies an element.
fn add_output(world: &World, graph: &mut Graph) {
    for place in 0..graph.nodes.len() {
        let Some(commodity) = graph.nodes[place].commodity.clone() else { continue };
        let found = add_output_of(world, graph, place, &commodity, "");
        let group = world.commodities.get(&commodity).and_then(|commodity| commodity.group.clone());
        if let Some(group) = group.filter(|_| !found) {
            let name = world.commodities.get(&group).map_or(group.as_str(), |group| &group.name_en).to_lowercase();
            add_output_of(world, graph, place, &group, &format!("{name} as a group"));
        }
    }
}

fn add_output_of(world: &World, graph: &mut Graph, place: usize, commodity: &CommodityId, of: &str) -> bool {
    let mut found = false;
    for (stage, _) in Stage::ALL.into_iter().filter(|(stage, _)| !matches!(stage, Stage::Trade | Stage::Scrap)) {
        let years = world.production.iter().filter(|record| record.commodity == *commodity && record.stage == stage);
        let Some(newest) = years.filter(|record| record.country.is_single()).map(|record| record.year).max() else {
            continue;
        };
        // The newest year is often a first estimate of some countries only: the fullest of the last three counts.
        let outputs = (newest - 2..=newest).rev().map(|year| (year, output_by_country(world, commodity, stage, year)));
        let Some((year, output)) =
            outputs.filter(|(_, output)| output.named() > 0.0).max_by_key(|(_, output)| output.countries.len())
        else {
            continue;
        };
        let total = output.named() + output.unnamed();
        let shares: Vec<SupplyShare> = output
            .countries
            .iter()
            .filter_map(|(country, record)| {
                let share = record.quantity.value? / total;
                Some(SupplyShare {
                    country: *country,
                    entity: String::new(),
                    share: Range::point(share),
                    quality: record.provenance.quality.max(DataQuality::Derived),
                    origins: vec![record.provenance.origin.clone()],
                })
            })
            .collect();
        let supplies = &mut graph.nodes[place].supplies;
        // A share that a source prints for the stage widens the range; output by country is the centre.
        let printed = supplies.iter().position(|supply| supply.stage == stage && supply.of.is_empty() && of.is_empty());
        let printed = printed.map(|index| supplies.remove(index));
        let mut supply = Supply { stage, period: year.to_string(), of: of.to_owned(), shares };
        for share in printed.into_iter().flat_map(|supply| supply.shares) {
            match supply.shares.iter_mut().find(|other| other.country == share.country && share.entity.is_empty()) {
                Some(other) => {
                    other.share.low = other.share.low.min(share.share.low);
                    other.share.high = other.share.high.max(share.share.high);
                    other.quality = other.quality.max(share.quality);
                    other.origins.extend(share.origins);
                }
                None if !share.entity.is_empty() => supply.shares.push(share),
                None => {}
            }
        }
        supply.shares.sort_by(|a, b| b.share.centre().total_cmp(&a.share.centre()).then(a.country.cmp(&b.country)));
        supplies.push(supply);
        found = true;
    }
    found
}

/// A day with its band, as people read it: `45 (21 – 98)`; `later` for a median beyond the horizon.
fn days(spread: &Spread) -> String {
    let shown = |share: f64| spread.quantile(share).map_or("later".to_owned(), |day| format!("{day:.0}"));
    if spread.reached() == 0.0 {
        return "no".into();
    }
    let (low, middle, high) = (shown(0.1), shown(0.5), shown(0.9));
    if low == high { middle } else { format!("{middle} ({low} – {high})") }
}
