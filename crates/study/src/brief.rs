//! The two-page brief: what stands in it, in English or Japanese. How it is set on paper is another crate's business.
//!
//! Every figure carries the number of its source. What the market model adds is handed in as a [`MarketPart`]: a brief
//! without one says that nothing was simulated.

use crate::answer::{percent, readable};
use crate::market::{Scale, Simulation, published_losses};
use crate::{Age, Session, claims, controls, names};
use lode_assess::{Basis, Economy, Measure, Query};
use lode_model::{
    CommodityId, ControlStatus, CountryCode, DataQuality, HsSetId, MarketForm, OriginId, Project, Stage, World,
};
use lode_scenario::Scenario;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// In which language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Reads `en` or `ja`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::English),
            "ja" => Some(Self::Japanese),
            _ => None,
        }
    }

    fn pick<'t>(self, en: &'t str, ja: &'t str) -> &'t str {
        if self == Self::Japanese && !ja.is_empty() { ja } else { en }
    }
}

/// A brief.
#[derive(Clone, PartialEq, Debug)]
pub struct Brief {
    /// Language.
    pub language: Language,
    /// What it is about.
    pub title: String,
    /// Scenario, day and package.
    pub line: String,
    /// The answer in a sentence or two.
    pub headline: String,
    /// Parts in the order of reading.
    pub parts: Vec<Part>,
    /// Title of the list of sources.
    pub sources_title: String,
    /// Sources by their number from 1.
    pub sources: Vec<String>,
    /// What stands at the foot of each page.
    pub foot: String,
}

/// A part with its title.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// Title.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// What a part is made of.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// Short lines.
    List(Vec<String>),
    /// Numbers with their bands, drawn on one axis.
    Ranges(Ranges),
    /// A table.
    Table {
        /// Headings.
        headings: Vec<String>,
        /// Rows.
        rows: Vec<Vec<String>>,
    },
}

/// Numbers with their bands on one axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Ranges {
    /// What the axis counts.
    pub unit: String,
    /// Ends of the axis.
    pub axis: (f64, f64),
    /// Marks of the axis.
    pub ticks: Vec<(f64, String)>,
    /// Headings of the label and of the number.
    pub headings: (String, String),
    /// Lines.
    pub rows: Vec<RangeRow>,
    /// How to read it.
    pub note: String,
}

/// A number with its band.
#[derive(Clone, PartialEq, Debug)]
pub struct RangeRow {
    /// What it is.
    pub label: String,
    /// Lower end of the band.
    pub low: Option<f64>,
    /// Central value; may lie beyond the axis.
    pub middle: Option<f64>,
    /// Upper end of the band; may lie beyond the axis.
    pub high: Option<f64>,
    /// The number in words.
    pub text: String,
    /// Published by somebody else: drawn as an open mark.
    pub published: bool,
}

/// What the market model adds: kept as it is with a run, and set on paper in either language.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MarketPart {
    /// Name of the scenario, English and Japanese.
    pub scenario: (String, String),
    /// First month.
    pub start: String,
    /// Months run.
    pub months: u32,
    /// Number of futures.
    pub futures: u32,
    /// Seed.
    pub seed: u64,
    /// Days from the first measure until a first line stands still, by form.
    pub run_out: Vec<RunOut>,
    /// Value added lost in twelve months from the first measure, million USD: below it lie 10, 50 and 90 % of futures.
    pub loss: Option<(f64, f64, f64)>,
    /// Assumptions that move the loss most: English and Japanese name and share of its spread.
    pub assumptions: Vec<(String, String, f64)>,
    /// What levers do: in English and Japanese, ready to show.
    pub levers: Vec<(String, String)>,
    /// What no source states: English, Japanese and the origins that were searched.
    pub unknown: Vec<(String, String, Vec<String>)>,
    /// Every origin used.
    pub origins: BTreeSet<String>,
}

/// When a form runs out: below the days lie 10, 50 and 90 % of futures; `None` for later than the months run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RunOut {
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// 10 %.
    pub low: Option<f64>,
    /// 50 %.
    pub middle: Option<f64>,
    /// 90 %.
    pub high: Option<f64>,
}

/// Days in a month of the market.
const DAYS: f64 = 365.25 / 12.0;
/// Lines of a chart.
const LINES: usize = 7;
/// Estimates of others that are printed.
const ESTIMATES: usize = 6;
/// Sources printed; the rest are counted.
const SOURCES: usize = 44;

/// The chains of a scenario that carry a commodity or its group: a brief speaks of these alone. All of the scenario's where
/// none does.
pub fn chains(session: &Session, scenario: &Scenario, commodity: &CommodityId) -> Vec<String> {
    let world = &session.world;
    let group = world.commodities.get(commodity).and_then(|commodity| commodity.group.as_ref());
    let of = |id: &CommodityId| world.commodities.get(id).and_then(|commodity| commodity.group.as_ref());
    let carries = |form: &MarketForm| {
        form.commodity == *commodity || Some(&form.commodity) == group || of(&form.commodity) == Some(commodity)
    };
    let mut chains: Vec<String> = scenario.chains.iter().map(ToString::to_string).collect();
    chains.retain(|chain| world.market.forms.iter().any(|form| form.chain == *chain && carries(form)));
    chains
}

impl MarketPart {
    /// What a finished run says.
    pub fn of(session: &Session, run: &Simulation) -> Self {
        let world = &session.world;
        let from =
            run.events.iter().map(|event| event.start).fold(f64::INFINITY, f64::min).min(f64::from(run.horizon)) * DAYS;
        let day = |day: f64| day.is_finite().then(|| (day - from).max(0.0));
        let figures = || run.figures.iter().zip(&run.outcome.figures);
        let stops = figures().filter(|(shown, band)| shown.quantity == "first-stop" && band.p10.is_finite());
        let mut run_out: Vec<RunOut> = stops
            .map(|(shown, band)| {
                let form = world.market.form(&shown.form);
                RunOut {
                    name_en: form.map_or(shown.form.clone(), |form| form.name_en.clone()),
                    name_ja: form.map_or(shown.form.clone(), |form| form.name_ja.clone()),
                    low: day(band.p10),
                    middle: day(band.p50),
                    high: day(band.p90),
                }
            })
            .collect();
        let last = f64::INFINITY;
        run_out.sort_by(|a, b| {
            let key = |line: &RunOut| (line.middle.unwrap_or(last), line.low.unwrap_or(last));
            key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let total = run.figure("first-year-value-lost", "");
        let loss = total.map(|at| {
            let band = &run.outcome.figures[at];
            (band.p10, band.p50, band.p90)
        });
        let moving = run.outcome.sensitivity.iter().filter(|line| Some(line.figure) == total && line.share >= 0.02);
        let assumptions = moving.take(4).map(|line| {
            let name = crate::lab::assumption_name(session, run, &line.range);
            (name.en, name.ja, line.share)
        });
        let unknown = run.scenario.unknown.iter().map(|statement| {
            let origins = statement.origins.iter().map(ToString::to_string).collect();
            (statement.text_en.clone(), statement.text_ja.clone(), origins)
        });
        Self {
            scenario: (run.scenario.name_en.clone(), run.scenario.name_ja.clone()),
            start: run.start.to_string(),
            months: run.horizon,
            futures: run.outcome.replicates,
            seed: run.seed,
            run_out,
            loss,
            assumptions: assumptions.collect(),
            levers: Vec::new(),
            unknown: unknown.collect(),
            origins: run.origins.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Numbers the sources in the order in which they are first named.
struct Sources<'w> {
    world: &'w World,
    ids: Vec<OriginId>,
}

impl Sources<'_> {
    /// `[1, 3]`
    fn mark<'o>(&mut self, origins: impl IntoIterator<Item = &'o OriginId>) -> String {
        let mut numbers: Vec<usize> = Vec::new();
        for origin in origins {
            let at = self.ids.iter().position(|known| known == origin).unwrap_or_else(|| {
                self.ids.push(origin.clone());
                self.ids.len() - 1
            });
            numbers.push(at + 1);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let more = numbers.len() > 4;
        numbers.truncate(4);
        let shown: Vec<String> = numbers.iter().map(usize::to_string).collect();
        if shown.is_empty() {
            String::new()
        } else {
            format!(" [{}{}]", shown.join(", "), if more { ", …" } else { "" })
        }
    }

    fn mark_ids<'o>(&mut self, origins: impl IntoIterator<Item = &'o String>) -> String {
        let ids: Vec<OriginId> = origins.into_iter().map(|id| OriginId::new(id)).collect();
        self.mark(&ids)
    }

    fn list(&self, language: Language) -> Vec<String> {
        let line = |id: &OriginId| match self.world.origins.get(id) {
            Some(origin) => {
                let second =
                    if origin.secondary { language.pick(" (read second-hand)", "（二次資料）") } else { "" };
                let date = if origin.date.is_empty() { String::new() } else { format!(", {}", origin.date) };
                format!("{}: {}{date}{second} · {}", origin.producer, origin.title, id.as_str())
            }
            None => id.as_str().to_owned(),
        };
        let mut lines: Vec<String> = self.ids.iter().take(SOURCES).map(line).collect();
        if self.ids.len() > SOURCES {
            let more = self.ids.len() - SOURCES;
            lines.push(match language {
                Language::English => format!("and {more} more: `lode sources` lists every one"),
                Language::Japanese => format!("ほか{more}件（`lode sources` で全件を表示）"),
            });
        }
        lines
    }
}

/// Makes the brief of a country and a commodity.
pub fn brief(
    session: &Session,
    country: &Economy,
    commodity: &CommodityId,
    market: Option<&MarketPart>,
    language: Language,
) -> Brief {
    let writer = Writer { session, country, commodity, language };
    let mut sources = Sources { world: &session.world, ids: Vec::new() };
    let (dependence, main) = writer.dependence(&mut sources);
    let headline = writer.headline(main.as_ref(), market);
    let mut parts = vec![dependence];
    parts.push(writer.restrictions(&mut sources));
    parts.push(writer.run_out(market, &mut sources));
    parts.push(writer.loss(market, &mut sources));
    parts.push(writer.what_can_be_done(market, &mut sources));
    parts.push(writer.unknown(market, &mut sources));
    parts.retain(|part| !part.blocks.is_empty());
    let (name, place) = (writer.commodity_name(), writer.country_name());
    let title = match language {
        Language::English => format!("{name}: supply of {place}"),
        Language::Japanese => format!("{place}の{name}供給"),
    };
    let package = &session.world.package;
    let hash: String = package.sha256.chars().take(12).collect();
    let run = market.map_or(String::new(), |market| match language {
        Language::English => format!(" · {} · {} futures, seed {}", market.scenario.0, market.futures, market.seed),
        Language::Japanese => {
            format!(
                " ・ {} ・ {}通りの将来、シード{}",
                language.pick(&market.scenario.0, &market.scenario.1),
                market.futures,
                market.seed
            )
        }
    });
    let line = match language {
        Language::English => format!("Brief of {}{run}", session.day),
        Language::Japanese => format!("{}作成{run}", session.day),
    };
    let foot = match language {
        Language::English => {
            format!("Lode {} · data {} {} ({hash})", env!("CARGO_PKG_VERSION"), package.name, package.version)
        }
        Language::Japanese => {
            format!("Lode {} ・ データ {} {}（{hash}）", env!("CARGO_PKG_VERSION"), package.name, package.version)
        }
    };
    Brief {
        language,
        title,
        line,
        headline,
        parts,
        sources_title: language.pick("Sources", "出典").to_owned(),
        sources: sources.list(language),
        foot,
    }
}

struct Writer<'b> {
    session: &'b Session,
    country: &'b Economy,
    commodity: &'b CommodityId,
    language: Language,
}

impl Writer<'_> {
    fn say<'t>(&self, en: &'t str, ja: &'t str) -> &'t str {
        self.language.pick(en, ja)
    }

    fn commodity_name(&self) -> String {
        let found = self.session.world.commodities.get(self.commodity);
        let (en, ja) = found.map_or((self.commodity.as_str(), ""), |found| (&found.name_en, &found.name_ja));
        // A Japanese name may carry another in brackets.
        self.say(en, ja.split('（').next().unwrap_or(ja)).to_owned()
    }

    fn place(&self, name: &str) -> String {
        let known = CountryCode::parse(name).and_then(|code| self.session.world.countries.get(&code));
        match known {
            Some(country) => self.say(&country.name_en, &country.name_ja).to_owned(),
            None if self.language == Language::Japanese && name == "EU27" => "EU".to_owned(),
            None => names::in_sentence(&self.session.world, name),
        }
    }

    fn country_name(&self) -> String {
        self.place(&self.country.name)
    }

    fn ask(&self, indicator: &str, basis: Basis, hs_set: Option<HsSetId>, partner: Option<&str>) -> Option<Measure> {
        let newest = self.session.world.trade.newest_year()?;
        let query = Query {
            country: self.country.clone(),
            commodity: self.commodity.clone(),
            stage: None,
            partner: partner.and_then(CountryCode::parse).map(Economy::country),
            years: newest..=newest,
            basis,
            hs_set,
            record: None,
        };
        let found = lode_assess::find(indicator)?.assess(&self.session.world, &query);
        found.into_iter().next().filter(|measure| !measure.is_missing())
    }

    fn at_stage(&self, stage: Stage) -> Option<Measure> {
        let day = self.session.day.year;
        let query = Query {
            country: Economy::country(CountryCode::WORLD),
            commodity: self.commodity.clone(),
            stage: Some(stage),
            partner: None,
            years: day - 4..=day,
            basis: Basis::Quantity,
            hs_set: None,
            record: None,
        };
        let found = lode_assess::find("top-1")?.assess(&self.session.world, &query);
        found.into_iter().rfind(|measure| measure.band.value.is_some())
    }

    fn stage_name(&self, stage: Stage) -> &'static str {
        let names = match stage {
            Stage::Mine => ("mine", "採掘"),
            Stage::Refined => ("separated or refined", "分離・精製"),
            Stage::Metal => ("metal", "金属"),
            Stage::Magnet => ("magnets", "磁石"),
            _ => ("", ""),
        };
        self.language.pick(names.0, names.1)
    }

    fn basis_name(&self, basis: Basis) -> &'static str {
        match basis {
            Basis::Quantity => self.language.pick("by weight", "重量"),
            Basis::Value => self.language.pick("by value", "金額"),
        }
    }

    fn set_name(&self, id: &HsSetId) -> String {
        let set = self.session.world.hs_sets.get(id);
        let codes = set.map_or(String::new(), |set| {
            let codes: Vec<String> = set.codes.iter().map(|code| code.to_string()).collect();
            codes.join("+")
        });
        let japanese = match id.as_str() {
            "rare-earths" => "希土類金属・化合物".to_owned(),
            "rare-earth-metals" => "希土類金属".to_owned(),
            "rare-earth-compounds" => "希土類化合物".to_owned(),
            "cerium-compounds" => "セリウム化合物".to_owned(),
            "rare-earth-compounds-ex-cerium" => "セリウム以外の希土類化合物".to_owned(),
            _ => format!("HS {codes}"),
        };
        match self.language {
            Language::English => set.map_or(codes, |set| set.name_en.clone()),
            Language::Japanese => japanese,
        }
    }

    fn row(&self, label: String, measure: &Measure, with_partner: bool) -> RangeRow {
        let band = measure.band;
        let share = |share: Option<f64>| share.map_or(String::new(), percent);
        let has_band = band.low.zip(band.high).is_some_and(|(low, high)| low < high);
        let mut text = match band.value {
            Some(_) if has_band => format!(
                "{} ({}–{})",
                share(band.value),
                share(band.low).trim_end_matches(" %"),
                share(band.high).trim_end_matches(" %")
            ),
            Some(_) => share(band.value),
            None => format!("{}–{}", share(band.low).trim_end_matches(" %"), share(band.high)),
        };
        if with_partner {
            text = format!("{} {text}", self.place(&measure.partner));
        }
        RangeRow { label, low: band.low, middle: band.value, high: band.high, text, published: false }
    }

    fn dependence(&self, sources: &mut Sources<'_>) -> (Part, Option<Measure>) {
        let world = &self.session.world;
        let main = self.ask("dependence", Basis::Quantity, None, None);
        let mut rows = Vec::new();
        let year = world.trade.newest_year().map_or(String::new(), |year| year.to_string());
        if let Some(main) = &main {
            let partner = main.partner.clone();
            let default = world.default_hs_set(self.commodity).map(|set| set.id.clone());
            let mut sets: Vec<HsSetId> = default.into_iter().collect();
            let others = world.hs_sets.values().filter(|set| set.commodity == *self.commodity && !set.default);
            sets.extend(others.map(|set| set.id.clone()));
            for set in sets.iter().take(4) {
                for basis in [Basis::Quantity, Basis::Value] {
                    let Some(measure) = self.ask("dependence", basis, Some(set.clone()), Some(&partner)) else {
                        continue;
                    };
                    let label = format!("{}{}{}", self.set_name(set), self.say(", ", "・"), self.basis_name(basis));
                    let label = format!("{label}{}", sources.mark(&measure.origins));
                    rows.push(self.row(label, &measure, false));
                }
            }
            for share in claims::published_shares(&self.country.name, self.commodity).into_iter().rev().take(3) {
                rows.push(RangeRow {
                    label: format!("{} ({})", share.who, share.year),
                    low: share.low,
                    middle: Some(share.value),
                    high: share.high,
                    text: percent(share.value),
                    published: true,
                });
            }
        }
        let mut blocks = Vec::new();
        let ticks = || {
            vec![
                (0.0, "0".to_owned()),
                (0.25, "25".into()),
                (0.5, "50".into()),
                (0.75, "75".into()),
                (1.0, "100 %".into()),
            ]
        };
        if let (Some(main), false) = (&main, rows.is_empty()) {
            let partner = self.place(&main.partner);
            blocks.push(Block::Ranges(Ranges {
                unit: self.say("share, %", "割合（%）").to_owned(),
                axis: (0.0, 1.0),
                ticks: ticks(),
                headings: match self.language {
                    Language::English => (format!("Imports of {}, {year}: what is counted", self.country_name()), format!("from {partner}")),
                    Language::Japanese => (format!("{}の輸入（{year}年）：数え方", self.country_name()), format!("{partner}の割合")),
                },
                rows,
                note: self
                    .say(
                        "Dot: as recorded; line: what odd records and rival sources leave open. Open mark: published by others.",
                        "点は記録値、線は異常値や競合資料による幅。白抜きは他者の公表値。",
                    )
                    .to_owned(),
            }));
        }
        let mut stages = Vec::new();
        for stage in [Stage::Mine, Stage::Refined, Stage::Metal, Stage::Magnet] {
            let Some(measure) = self.at_stage(stage) else { continue };
            let year = measure.year.map_or(String::new(), |year| year.to_string());
            let weak = if measure.quality > DataQuality::Derived { self.say(", estimate", "・推計") } else { "" };
            let label = match self.language {
                Language::English => {
                    format!("{} ({year}{weak}){}", self.stage_name(stage), sources.mark(&measure.origins))
                }
                Language::Japanese => {
                    format!("{}（{year}年{weak}）{}", self.stage_name(stage), sources.mark(&measure.origins))
                }
            };
            stages.push(self.row(label, &measure, true));
        }
        if !stages.is_empty() {
            blocks.push(Block::Ranges(Ranges {
                unit: String::new(),
                axis: (0.0, 1.0),
                ticks: ticks(),
                headings: (
                    self.say("World output: largest maker", "世界生産：最大の生産国").to_owned(),
                    self.say("its share", "割合").to_owned(),
                ),
                rows: stages,
                note: String::new(),
            }));
        }
        let title = self.say("How dependent, and how it is counted", "依存度と数え方").to_owned();
        (Part { title, blocks }, main)
    }

    /// Restrictions of exports that reach the country, the most binding first.
    fn restrictions(&self, sources: &mut Sources<'_>) -> Part {
        let standing = controls::standing(&self.session.world, self.country, self.commodity, self.session.day);
        let count = standing.len();
        let mut lines: Vec<String> = Vec::new();
        for standing in standing.into_iter().take(4) {
            let control = standing.control;
            let state = match standing.status {
                ControlStatus::InForce => self.say("in force", "実施中"),
                ControlStatus::Suspended => self.say("suspended", "停止中"),
                ControlStatus::UnknownAfterSuspension => {
                    self.say("suspension ran out, not known what followed", "停止期間終了、その後は不明")
                }
                ControlStatus::Future => self.say("to come", "予定"),
                ControlStatus::Ended => self.say("ended", "終了"),
            };
            let actor = control.actor.map_or(String::new(), |actor| self.place(actor.as_str()));
            let instrument =
                if control.instrument.is_empty() { String::new() } else { format!(" ({})", control.instrument) };
            let mark = sources.mark([&control.provenance.origin]);
            lines.push(match self.language {
                Language::English => format!("{actor}, {}: {}{instrument}, {state}{mark}", control.start, control.name),
                Language::Japanese => {
                    format!("{actor}、{}：{}{instrument}、{state}{mark}", control.start, control.name)
                }
            });
        }
        if count > lines.len() {
            let more = count - lines.len();
            lines.push(match self.language {
                Language::English => format!("and {more} more: `lode desk {}`", self.country.name),
                Language::Japanese => format!("ほか{more}件：`lode desk {}`", self.country.name),
            });
        }
        let title = self.say("Export restrictions that reach it", "及んでいる輸出規制").to_owned();
        Part { title, blocks: if lines.is_empty() { Vec::new() } else { vec![Block::List(lines)] } }
    }

    fn headline(&self, main: Option<&Measure>, market: Option<&MarketPart>) -> String {
        let (name, place) = (self.commodity_name(), self.country_name());
        let mut text = String::new();
        if let Some(main) = main {
            let by_value = self.ask("dependence", Basis::Value, None, Some(&main.partner));
            let weight = main.band.value.map(percent);
            let value = by_value.and_then(|measure| measure.band.value).map(percent);
            let year = main.year.map_or(String::new(), |year| year.to_string());
            let partner = self.place(&main.partner);
            text += &match (self.language, weight, value) {
                (Language::English, Some(weight), Some(value)) => format!(
                    "{weight} of the {} that {place} imported in {year} came from {partner} by weight, {value} by value.",
                    name.to_lowercase()
                ),
                (Language::English, Some(weight), None) => {
                    format!(
                        "{weight} of the {} that {place} imported in {year} came from {partner} by weight.",
                        name.to_lowercase()
                    )
                }
                (Language::Japanese, Some(weight), Some(value)) => {
                    format!("{year}年に{place}が輸入した{name}のうち、{partner}の割合は重量で{weight}、金額で{value}。")
                }
                (Language::Japanese, Some(weight), None) => {
                    format!("{year}年に{place}が輸入した{name}のうち、{partner}の割合は重量で{weight}。")
                }
                (Language::English, ..) => {
                    format!(
                        "Customs codes bundle {} with other goods: there are bounds and no single share.",
                        name.to_lowercase()
                    )
                }
                (Language::Japanese, ..) => format!("{name}は税関統計で他品目と合算され、割合は範囲でしか示せない。"),
            };
        }
        let first = market.and_then(|market| market.run_out.first());
        if let (Some(market), Some(line)) = (market, first) {
            text += &match (self.language, line.middle) {
                (Language::English, Some(day)) => format!(
                    " If supply is cut as in “{}”, {} runs out first: in half of the futures a line stands still by day {day:.0} after the first measure.",
                    market.scenario.0, line.name_en
                ),
                (Language::English, None) => format!(
                    " If supply is cut as in “{}”, {} runs out first, but in fewer than half of the futures.",
                    market.scenario.0, line.name_en
                ),
                (Language::Japanese, Some(day)) => format!(
                    "「{}」のとおり供給が絞られると、最初に尽きるのは{}で、半数の将来で最初の措置から{day:.0}日目までに生産ラインが止まる。",
                    self.language.pick(&market.scenario.0, &market.scenario.1),
                    line.name_ja
                ),
                (Language::Japanese, None) => format!(
                    "「{}」のとおり供給が絞られると、最初に尽きるのは{}。ただし停止は半数未満の将来にとどまる。",
                    self.language.pick(&market.scenario.0, &market.scenario.1),
                    line.name_ja
                ),
            };
        }
        if text.is_empty() {
            text = match self.language {
                Language::English => {
                    format!("This package has no trade record of {} for {place}.", name.to_lowercase())
                }
                Language::Japanese => format!("このデータには{place}の{name}貿易記録がない。"),
            };
        }
        text
    }

    fn run_out(&self, market: Option<&MarketPart>, sources: &mut Sources<'_>) -> Part {
        let title = self.say("What runs out first", "何が先に尽きるか").to_owned();
        let Some(market) = market else {
            let text = self.say("No scenario was run for this brief.", "この資料ではシナリオ計算を行っていない。");
            return Part { title, blocks: vec![Block::Paragraph(text.to_owned())] };
        };
        if market.run_out.is_empty() {
            let text = match self.language {
                Language::English => {
                    format!("In nine of ten futures over {} months no line stands still.", market.months)
                }
                Language::Japanese => format!("{}か月間、10のうち9の将来で生産ラインは止まらない。", market.months),
            };
            return Part { title, blocks: vec![Block::Paragraph(text)] };
        }
        let later = self.say("later", "以降");
        let day = |day: Option<f64>| day.map_or(later.to_owned(), |day| format!("{day:.0}"));
        let end = market
            .run_out
            .iter()
            .take(LINES)
            .filter_map(|line| line.high.or(line.middle).or(line.low))
            .fold(90.0, f64::max);
        let end = (end * 1.08).min(f64::from(market.months) * DAYS);
        let step = [30.0, 60.0, 90.0, 180.0, 365.0].into_iter().find(|step| end / step <= 7.0).unwrap_or(365.0);
        let ticks = (0_u32..)
            .map(|at| f64::from(at) * step)
            .take_while(|tick| *tick <= end)
            .map(|tick| (tick, format!("{tick:.0}")));
        let rows = market.run_out.iter().take(LINES).map(|line| RangeRow {
            label: self.say(&line.name_en, &line.name_ja).to_owned(),
            low: line.low,
            middle: line.middle,
            high: line.high.or(Some(f64::INFINITY)),
            text: match self.language {
                Language::English => format!("{} ({} – {})", day(line.middle), day(line.low), day(line.high)),
                Language::Japanese => format!("{}（{} – {}）", day(line.middle), day(line.low), day(line.high)),
            },
            published: false,
        });
        let note = match self.language {
            Language::English => format!(
                "Days after the first measure until a first line stands still. Dot: half of {} futures; line: 80 % of them. \
                 Explores, does not forecast.{}",
                market.futures,
                sources.mark_ids(market.origins.iter().take(3))
            ),
            Language::Japanese => format!(
                "最初の措置から最初の生産ライン停止までの日数。点は{}通りの将来の中央、線は80%の幅。予測ではなく探索。{}",
                market.futures,
                sources.mark_ids(market.origins.iter().take(3))
            ),
        };
        let ranges = Ranges {
            unit: self.say("days", "日").to_owned(),
            axis: (0.0, end),
            ticks: ticks.collect(),
            headings: (
                match self.language {
                    Language::English => format!("{}, from {}", market.scenario.0, market.start),
                    Language::Japanese => format!(
                        "{}（{}から）",
                        self.language.pick(&market.scenario.0, &market.scenario.1),
                        market.start
                    ),
                },
                self.say("day (80 % of futures)", "日目（80%の幅）").to_owned(),
            ),
            rows: rows.collect(),
            note,
        };
        Part { title, blocks: vec![Block::Ranges(ranges)] }
    }

    fn loss(&self, market: Option<&MarketPart>, sources: &mut Sources<'_>) -> Part {
        let title = self.say("What it may cost, beside published estimates", "損失と公表された推計").to_owned();
        let world = &self.session.world;
        let is_rare_earth = |id: &CommodityId| {
            let group = world.commodities.get(id).and_then(|commodity| commodity.group.as_ref());
            id.as_str() == "rare-earths" || group.is_some_and(|group| group.as_str() == "rare-earths")
        };
        let published = if self.country.name == "JPN" && is_rare_earth(self.commodity) {
            published_losses(world)
        } else {
            Vec::new()
        };
        let scale = Scale::of(world).filter(|_| self.country.name == "JPN");
        let share = |per_cent: f64| format!("{} %", readable(per_cent));
        let mut rows = Vec::new();
        if let Some((low, middle, high)) = market.and_then(|market| market.loss) {
            // Three figures are more than is known.
            let (unit, billion) = match scale {
                Some(scale) => ("billion JPY", scale.billion_yen(1.0)),
                None => ("billion USD", 1e-3),
            };
            let [l, m, h] = [low, middle, high].map(|million| readable(million * billion));
            let of_product = scale.map_or(String::new(), |scale| {
                let [l, m, h] = [low, middle, high].map(|million| scale.per_cent(scale.billion_yen(million)));
                self.bracketed(&share(m), &format!("{} – {}", readable(l), readable(h)))
            });
            rows.push(vec![
                self.say("Lode, value added of industries that lack material", "Lode：材料が欠ける産業の付加価値")
                    .to_owned(),
                self.say("first 12 months", "当初12か月").to_owned(),
                self.bracketed(&format!("{m} {unit}"), &format!("{l} – {h}")),
                of_product,
            ]);
        }
        // The smallest and the largest stand for the spread: those between are counted.
        let shown = if published.len() > ESTIMATES {
            published[..ESTIMATES / 2].iter().chain(&published[published.len() - ESTIMATES / 2..]).collect::<Vec<_>>()
        } else {
            published.iter().collect()
        };
        let left_out = published.len() - shown.len();
        rows.extend(shown.into_iter().map(|loss| {
            let what = if loss.note.is_empty() { loss.what.clone() } else { format!("{}: {}", loss.what, loss.note) };
            vec![
                format!("{what}{}", sources.mark([&loss.origin])),
                loss.period.clone(),
                loss.printed.clone(),
                share(loss.per_cent_of_product),
            ]
        }));
        if published.is_empty() {
            rows.extend(self.other_losses(sources));
        }
        if rows.is_empty() {
            return Part { title, blocks: Vec::new() };
        }
        let headings = vec![
            self.say("Estimate", "推計").to_owned(),
            self.say("Period or date", "期間・時点").to_owned(),
            self.say("Loss", "損失").to_owned(),
            self.say("Of GDP", "GDP比").to_owned(),
        ];
        let has_shares = rows.iter().any(|row| !row[3].is_empty());
        let keep = if has_shares { 4 } else { 3 };
        let cut = |mut row: Vec<String>| {
            row.truncate(keep);
            row
        };
        let mut blocks = vec![Block::Table { headings: cut(headings), rows: rows.into_iter().map(cut).collect() }];
        if left_out > 0 {
            blocks.push(Block::Paragraph(match self.language {
                Language::English => format!("{left_out} estimates between these are left out here."),
                Language::Japanese => format!("この間の{left_out}件の推計はここでは省略。"),
            }));
        }
        let note = self.say(
            "The estimates count different things (GDP, value added, one sector) and are not to be averaged.",
            "各推計は対象（GDP、付加価値、一部門）が異なり、平均できない。",
        );
        blocks.push(Block::Paragraph(note.to_owned()));
        if let Some(market) = market.filter(|market| !market.assumptions.is_empty()) {
            let moved: Vec<String> = market
                .assumptions
                .iter()
                .map(|(en, ja, share)| self.bracketed(self.say(en, ja), &percent(*share)))
                .collect();
            blocks.push(Block::Paragraph(match self.language {
                Language::English => format!("What moves our figure most: {}.", moved.join(", ")),
                Language::Japanese => format!("当方の数値を最も動かす仮定：{}。", moved.join("、")),
            }));
        }
        Part { title, blocks }
    }

    fn bracketed(&self, value: &str, band: &str) -> String {
        match self.language {
            Language::English => format!("{value} ({band})"),
            Language::Japanese => format!("{value}（{band}）"),
        }
    }

    /// Damage on record of a country and a commodity of which nobody has collected estimates.
    fn other_losses(&self, sources: &mut Sources<'_>) -> Vec<Vec<String>> {
        let place = names::in_sentence(&self.session.world, &self.country.name);
        let name = self.commodity.as_str().trim_end_matches('s').replace('-', " ");
        let is_about = |cost: &lode_model::Cost| {
            let title = self.session.world.origins.get(&cost.provenance.origin).map_or("", |origin| &origin.title);
            let text = format!("{} {} {title}", cost.item, cost.scope).to_lowercase().replace('-', " ");
            cost.commodity.as_ref() == Some(self.commodity)
                || text.contains(&name)
                || name == "rare earth" && text.contains("ree ")
        };
        let about = |cost: &&lode_model::Cost| {
            let damage = cost.topic == "damage" || cost.topic == "loss estimate";
            let of_country = cost.scope == place || cost.scope.starts_with(&format!("{place},"));
            let money = cost.quantity.unit.contains("JPY") || cost.quantity.unit == "billion USD";
            is_about(cost) && damage && of_country && money && cost.quantity.value.is_some()
        };
        let row = |cost: &lode_model::Cost| {
            let who = if cost.provenance.note.is_empty() {
                cost.item.clone()
            } else {
                format!("{}: {}", cost.item, cost.provenance.note)
            };
            let value = cost.quantity.value.map_or(cost.value_text.clone(), readable);
            vec![
                format!("{who}{}", sources.mark([&cost.provenance.origin])),
                cost.period.clone(),
                format!("{value} {}", cost.quantity.unit),
                String::new(),
            ]
        };
        self.session.world.costs.iter().filter(about).take(ESTIMATES).map(row).collect()
    }

    fn what_can_be_done(&self, market: Option<&MarketPart>, sources: &mut Sources<'_>) -> Part {
        let world = &self.session.world;
        let mut lines = Vec::new();
        if let Some(market) = market {
            lines.extend(market.levers.iter().map(|(en, ja)| self.say(en, ja).to_owned()));
        }
        let rules = world.stockpile_rules.iter().filter(|rule| self.country.contains(rule.country));
        let mut rules: Vec<_> = rules.filter(|rule| rule.period.starts_with('2') && rule.days.is_some()).collect();
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.period.clone()), rule.provenance.quality));
        for rule in rules.into_iter().take(1) {
            let days = rule.days.map_or(String::new(), |days| format!("{:.0}", days.value()));
            let mark = sources.mark([&rule.provenance.origin]);
            lines.push(match self.language {
                Language::English => {
                    format!("Stock: the public target is {days} days of use ({}, {}){mark}", rule.scope, rule.metric)
                }
                Language::Japanese => format!("備蓄：公表目標は消費量の{days}日分{mark}"),
            });
        }
        // Supply from elsewhere: projects with a capacity outside the largest supplier, one fact each.
        let main = self.ask("dependence", Basis::Quantity, None, None).map(|measure| measure.partner);
        let related = |project: &&Project| {
            let group = |id: &CommodityId| world.commodities.get(id).and_then(|commodity| commodity.group.clone());
            let about =
                project.commodities.iter().any(|id| id == self.commodity || group(id).as_ref() == Some(self.commodity));
            let elsewhere = project.countries.iter().all(|code| Some(code.to_string()) != main);
            about
                && elsewhere
                && project.metric.contains("capacity")
                && project.quantity.unit == "t/year"
                && project.quantity.value.is_some()
        };
        let mut projects: Vec<&Project> = world.projects.iter().filter(related).collect();
        projects.sort_by(|a, b| b.quantity.value.unwrap_or(0.0).total_cmp(&a.quantity.value.unwrap_or(0.0)));
        let mut named: BTreeSet<&str> = BTreeSet::new();
        projects.retain(|project| named.insert(&project.project));
        for project in projects.into_iter().take(4) {
            let mark = sources.mark([&project.provenance.origin]);
            let amount = project.quantity.value.map_or(String::new(), readable);
            let places: Vec<String> = project.countries.iter().map(|code| self.place(code.as_str())).collect();
            let places = places.join(self.say(", ", "・"));
            let basis = if project.quantity.basis.is_empty() {
                String::new()
            } else {
                format!(" ({})", project.quantity.basis)
            };
            let (name, metric, period) = (&project.project, &project.metric, &project.period);
            lines.push(match self.language {
                Language::English => {
                    format!("Supply elsewhere: {name} ({places}), {metric} {amount} t a year{basis}, {period}{mark}")
                }
                Language::Japanese => {
                    format!("他国からの供給：{name}（{places}）、{metric} {amount} t/年{basis}、{period}{mark}")
                }
            });
        }
        let mut agreements: Vec<_> = world
            .agreements
            .iter()
            .filter(|agreement| agreement.countries.iter().any(|code| self.country.contains(*code)))
            .collect();
        agreements.sort_by(|a, b| b.date.cmp(&a.date));
        let reported =
            agreements.iter().filter(|agreement| agreement.provenance.quality <= DataQuality::Derived).take(3);
        let shown: Vec<String> = reported
            .map(|agreement| {
                format!("{} ({}){}", agreement.agreement, agreement.date, sources.mark([&agreement.provenance.origin]))
            })
            .collect();
        if !shown.is_empty() {
            lines.push(match self.language {
                Language::English => format!("Agreements on record, newest first: {}", shown.join("; ")),
                Language::Japanese => format!("記録にある合意（新しい順）：{}", shown.join("、")),
            });
        }
        let blocks = if lines.is_empty() { Vec::new() } else { vec![Block::List(lines)] };
        Part { title: self.say("What can be done", "何ができるか").to_owned(), blocks }
    }

    fn unknown(&self, market: Option<&MarketPart>, sources: &mut Sources<'_>) -> Part {
        let world = &self.session.world;
        let mut lines = Vec::new();
        for (en, ja, origins) in market.iter().flat_map(|market| &market.unknown).take(5) {
            lines.push(format!("{}{}", self.say(en, ja), sources.mark_ids(origins)));
        }
        if let Some(newest) = world.trade.newest_year() {
            let months = Age::of_year(newest, self.session.day).months;
            lines.push(match self.language {
                Language::English => {
                    format!("Trade after {newest}: the newest yearly record ended {months} months ago.")
                }
                Language::Japanese => format!("{newest}年より後の貿易：最新の年次記録は{months}か月前まで。"),
            });
        }
        let standing = controls::standing(world, self.country, self.commodity, self.session.day);
        let lapsed =
            standing.iter().filter(|standing| standing.status == ControlStatus::UnknownAfterSuspension).count();
        if lapsed > 0 {
            lines.push(match self.language {
                Language::English => format!(
                    "What followed where the suspension of an export control ran out ({lapsed}): no source says."
                ),
                Language::Japanese => format!("停止期間が切れた輸出管理{lapsed}件のその後：示す資料なし。"),
            });
        }
        if self.language == Language::English {
            let gaps = world
                .gaps
                .iter()
                .filter(|gap| gap.commodity == *self.commodity && !gap.provenance.note.contains("found by the build"));
            lines.extend(
                gaps.take(3)
                    .map(|gap| format!("{}: {}{}", gap.table, gap.reason, sources.mark([&gap.provenance.origin]))),
            );
        }
        Part {
            title: self.say("What we do not know", "分かっていないこと").to_owned(),
            blocks: vec![Block::List(lines)],
        }
    }
}
