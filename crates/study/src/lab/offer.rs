//! What a page offers to start from: the largest supplier of each chain stops, the built-in files, every lever.

use super::Lab;
use super::case::{Case, File, Licence, Reach, Shock, Spread};
use super::levers::{Lever, levers};
use super::words::{self, Name};
use crate::{market, names};
use lode_catalogue::Report;
use lode_model::{DataQuality, OriginId, Stage};
use lode_scenario::{ControlKind, Ending, Month, Scenario, Start};
use lode_simulate::Market;
use std::collections::{BTreeMap, BTreeSet};

/// A form that can be cut.
#[derive(Clone, PartialEq, Debug)]
pub struct FormWord {
    /// Id and names.
    pub name: Name,
    /// Commodity.
    pub commodity: String,
    /// Stage of the chain.
    pub stage: Stage,
    /// Chain.
    pub chain: String,
}

/// Something that a file says will happen.
#[derive(Clone, PartialEq, Debug)]
pub struct Happening {
    /// Id and names.
    pub name: Name,
    /// `ban`, `licence`, `outage` and so on.
    pub kind: &'static str,
    /// First day, or nothing if it answers another event.
    pub start: String,
    /// Origins.
    pub origins: Vec<String>,
}

/// What a file says is not known.
#[derive(Clone, PartialEq, Debug)]
pub struct Unknown {
    /// In both languages.
    pub text: Name,
    /// Origins that were searched.
    pub origins: Vec<String>,
}

/// A case to start from.
#[derive(Clone, PartialEq, Debug)]
pub struct Offered {
    /// Id and names.
    pub name: Name,
    /// What it supposes.
    pub about: Name,
    /// The case.
    pub case: Case,
    /// What its file says will happen; empty where the shock says all.
    pub events: Vec<Happening>,
    /// Cases of its file.
    pub cases: Vec<Name>,
    /// What its file says is not known.
    pub unknown: Vec<Unknown>,
    /// Share of the country's supply of the chain that the exporter holds, by value, where the case was made from it.
    pub share: Option<f64>,
}

/// What a page offers.
#[derive(Clone, PartialEq, Debug)]
pub struct Offer {
    /// Cases to start from, the first as default.
    pub cases: Vec<Offered>,
    /// Levers.
    pub levers: Vec<Lever>,
    /// Forms.
    pub forms: Vec<FormWord>,
    /// Exporters of these forms, the largest by value first.
    pub exporters: Vec<String>,
    /// How good the amounts are behind the order of exporters.
    pub quality: DataQuality,
    /// Origins of the base.
    pub origins: BTreeSet<OriginId>,
}

/// Futures of a case to start from: as `lode simulate` takes them.
const FUTURES: u32 = 1000;
/// Seed of a case to start from: as `lode simulate` takes it.
const SEED: u64 = 1;
/// Months of a generated case.
const HORIZON: u32 = 18;
/// Months that a generated stop lasts.
const STOP: f64 = 12.0;
/// Part of the country's imports of a form below which a supplier does not count.
const COUNTS: f64 = 0.01;

/// The month after a day.
pub(super) fn next_month(day: crate::Day) -> Month {
    Month { year: day.year, month: day.month }.plus(1)
}

/// Who sends how much of each form to a region: value and tonnes a month by exporter and form.
fn suppliers<'m>(market: &'m Market, region: &str) -> BTreeMap<&'m str, BTreeMap<&'m str, (f64, f64)>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, (f64, f64)>> = BTreeMap::new();
    for link in market.links.iter().filter(|link| link.amount > 0.0 && market.nodes[link.to].country == region) {
        let from = &market.nodes[link.from];
        let (value, tonnes) = found.entry(&from.country).or_default().entry(&from.form).or_default();
        *value += link.amount * from.price;
        *tonnes += link.amount;
    }
    found
}

impl Lab {
    /// What a page offers to a country.
    pub fn offer(&self, country: &str) -> Result<Offer, Report> {
        let session = self.session();
        let world = &session.world;
        let economy = names::economy(world, country, session.day.year)?;
        let Some(region) = world.market.region_of(&economy.name).map(|region| region.id.clone()) else {
            return Err(super::no_market());
        };
        let mut chains: Vec<&str> = world.market.forms.iter().map(|form| form.chain.as_str()).collect();
        chains.sort_unstable();
        chains.dedup();
        // The longest chain first: it has most to stop.
        chains.sort_by_key(|chain| {
            std::cmp::Reverse(world.market.forms.iter().filter(|form| form.chain == *chain).count())
        });
        let mut cases = Vec::new();
        let mut exported: BTreeMap<String, f64> = BTreeMap::new();
        let (mut quality, mut origins) = (DataQuality::Reported, BTreeSet::new());
        for chain in &chains {
            let year = market::newest_year(&world.market, chain);
            let ground = self.ground(year, &[(*chain).to_owned()], &[])?;
            let base = &ground.reference.market;
            quality = ground.reference.quality.links.iter().copied().fold(quality, Ord::max);
            origins.extend(ground.reference.origins.iter().cloned());
            for link in &base.links {
                let from = &base.nodes[link.from];
                *exported.entry(from.country.clone()).or_default() += link.amount * from.price;
            }
            cases.extend(self.largest_stops(&economy.name, &region, chain, base));
        }
        for id in market::scenario_ids() {
            cases.extend(self.as_written(&economy.name, id)?);
        }
        let mut exporters: Vec<(String, f64)> = exported.into_iter().filter(|(id, _)| id != "ROW").collect();
        exporters.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let forms = world.market.forms.iter().map(|form| FormWord {
            name: Name::new(form.id.as_str(), &form.name_en, &form.name_ja),
            commodity: form.commodity.to_string(),
            stage: form.stage,
            chain: form.chain.clone(),
        });
        Ok(Offer {
            cases,
            levers: levers(session, &economy.name),
            forms: forms.collect(),
            exporters: exporters.into_iter().map(|(id, _)| id).collect(),
            quality,
            origins,
        })
    }

    /// The largest supplier of a chain to a region stops for a year.
    fn largest_stops(&self, country: &str, region: &str, chain: &str, base: &Market) -> Option<Offered> {
        let session = self.session();
        let suppliers = suppliers(base, region);
        let total: f64 = suppliers.values().flat_map(|forms| forms.values()).map(|(value, _)| value).sum();
        let worth = |forms: &BTreeMap<&str, (f64, f64)>| forms.values().map(|(value, _)| value).sum::<f64>();
        let (exporter, forms) = suppliers
            .iter()
            .filter(|(exporter, _)| **exporter != "ROW")
            .max_by(|a, b| worth(a.1).total_cmp(&worth(b.1)).then(b.0.cmp(a.0)))?;
        let imported = |form: &str| -> f64 {
            suppliers.values().filter_map(|forms| forms.get(form)).map(|(_, tonnes)| tonnes).sum()
        };
        let mut cut: Vec<String> = Vec::new();
        for form in &session.world.market.forms {
            let id = form.id.as_str();
            if forms.get(id).is_some_and(|(_, tonnes)| *tonnes >= COUNTS * imported(id)) {
                cut.push(id.to_owned());
            }
        }
        if cut.is_empty() {
            return None;
        }
        let place = session.world.market.regions.iter().find(|region| region.id == *exporter);
        let (en, ja) = place.map_or((*exporter, *exporter), |place| (&place.name_en, &place.name_ja));
        let (of_en, of_ja) = chain_name(session, chain);
        let id = format!("largest-{chain}");
        Some(Offered {
            name: Name::new(
                &id,
                format!("{en} stops {of_en} for a year"),
                format!("{en_ja}が{of_ja}を1年停止", en_ja = ja),
            ),
            about: Name::new(
                &id,
                "Generated: the largest supplier by value stops everything of this chain.",
                "自動生成：金額で最大の供給国がこの鎖の全形態を停止。",
            ),
            case: Case {
                country: country.to_owned(),
                file: None,
                shock: Shock {
                    exporter: (*exporter).to_owned(),
                    forms: cut,
                    cut: Spread { low: 1.0, mid: 1.0, high: 1.0 },
                    start: next_month(session.day),
                    months: (STOP, STOP),
                    licence: Licence::None,
                    reach: Reach::Country,
                },
                levers: Vec::new(),
                levers_from: None,
                overrides: Vec::new(),
                replicates: FUTURES,
                seed: SEED,
                horizon: HORIZON,
            },
            events: Vec::new(),
            cases: Vec::new(),
            unknown: Vec::new(),
            share: Some(worth(forms) / total),
        })
    }

    /// A built-in file as it is written, with its main measure in the terms of a page; nothing if the market cannot run it.
    fn as_written(&self, country: &str, id: &str) -> Result<Option<Offered>, Report> {
        let session = self.session();
        let scenario = market::scenario(session, id, None)?;
        if !scenario.is_in_market() {
            return Ok(None);
        }
        let text = |en: &str, ja: &str| Name::new(id, en, if ja.is_empty() { en } else { ja });
        let unknown = scenario.unknown.iter().map(|statement| Unknown {
            text: text(&statement.text_en, &statement.text_ja),
            origins: statement.origins.iter().map(ToString::to_string).collect(),
        });
        let case = |case: &lode_scenario::Case| {
            let en = if case.name_en.is_empty() { case.id.as_str() } else { &case.name_en };
            Name::new(case.id.as_str(), en, if case.name_ja.is_empty() { en } else { &case.name_ja })
        };
        Ok(Some(Offered {
            name: text(&scenario.name_en, &scenario.name_ja),
            about: text(&scenario.summary_en, &scenario.summary_ja),
            case: Case {
                country: country.to_owned(),
                file: Some(File { id: id.to_owned(), case: None }),
                shock: self.main_measure(&scenario),
                levers: Vec::new(),
                levers_from: Some(self.levers_from(&scenario)),
                overrides: Vec::new(),
                replicates: FUTURES,
                seed: SEED,
                horizon: scenario.horizon_months.max(3) as u32,
            },
            events: happenings(&scenario),
            cases: scenario.cases.iter().map(case).collect(),
            unknown: unknown.collect(),
            share: None,
        }))
    }

    /// Nobody can act in the past: levers of a run that reaches beyond today act from the next month on, those of an older one
    /// from its first measure on.
    fn levers_from(&self, scenario: &Scenario) -> Month {
        let next = next_month(self.session().day);
        let end = scenario.start.plus(scenario.horizon_months);
        let first = market::first_month(scenario);
        if end > next { first.max(next) } else { first }
    }

    /// The measure that cuts most forms by most, as one cut of one exporter: what a page starts from when it leaves the file.
    fn main_measure(&self, scenario: &Scenario) -> Shock {
        let session = self.session();
        let weight = |control: &lode_scenario::Control| {
            let share = match &control.kind {
                ControlKind::Ban { severity } | ControlKind::ReserveOwnOre { kept: severity } => severity.value,
                ControlKind::DomesticOutputControl { cut } => cut.value,
                _ => 0.5,
            };
            control.forms.len() as f64 * share * control.covered.value
        };
        let main = scenario.controls.iter().max_by(|a, b| weight(a).total_cmp(&weight(b)));
        let mut forms: Vec<String> = Vec::new();
        let exporter = main.and_then(|main| main.exporters.first());
        for form in scenario.controls.iter().flat_map(|control| &control.forms) {
            if forms.iter().all(|known| known != form.as_str()) {
                forms.push(form.to_string());
            }
        }
        let one = lode_scenario::Number::<lode_scenario::Fraction>::point(1.0);
        let (cut, licence) = match main.map(|main| (&main.kind, &main.covered)) {
            Some((ControlKind::Ban { severity } | ControlKind::ReserveOwnOre { kept: severity }, covered)) => {
                (Spread::product(severity, covered), Licence::None)
            }
            Some((ControlKind::DomesticOutputControl { cut }, _)) => (Spread::product(cut, &one), Licence::None),
            Some((ControlKind::Licence { .. }, covered)) => (Spread::product(covered, &one), Licence::ByCase),
            _ => (Spread { low: 1.0, mid: 1.0, high: 1.0 }, Licence::None),
        };
        let months = match main.map(|main| &main.ends) {
            Some(Ending::Lasting { months }) => (months.low.max(0.5), months.high.max(0.5)),
            _ => (STOP, STOP),
        };
        Shock {
            exporter: exporter.map_or("CHN".to_owned(), |place| place.as_str().to_owned()),
            forms,
            cut,
            start: next_month(session.day),
            months,
            licence,
            reach: Reach::Country,
        }
    }
}

impl Spread {
    fn product<A: lode_scenario::Unit, B: lode_scenario::Unit>(
        a: &lode_scenario::Number<A>,
        b: &lode_scenario::Number<B>,
    ) -> Self {
        let round = |share: f64| (share * 100.0).round() / 100.0;
        Self { low: round(a.low * b.low), mid: round(a.value * b.value), high: round(a.high * b.high) }
    }
}

/// Everything that a file says will happen, in its order.
fn happenings(scenario: &Scenario) -> Vec<Happening> {
    let mut found = Vec::new();
    let mut add = |id: &str, en: &str, ja: &str, kind, start: &Start, origins: &[OriginId]| {
        let en = if en.is_empty() { id.replace('-', " ") } else { en.to_owned() };
        found.push(Happening {
            name: Name::new(id, en.clone(), if ja.is_empty() { en } else { ja.to_owned() }),
            kind,
            start: match start {
                Start::On(day) => day.to_string(),
                Start::After { .. } => String::new(),
            },
            origins: origins.iter().map(ToString::to_string).collect(),
        });
    };
    for event in &scenario.controls {
        let kind = match &event.kind {
            ControlKind::Ban { .. } => "ban",
            ControlKind::Quota { .. } => "quota",
            ControlKind::Licence { .. } => "licence",
            ControlKind::ExportTax { .. } => "export-tax",
            ControlKind::DomesticOutputControl { .. } => "domestic-output-control",
            ControlKind::ReserveOwnOre { .. } => "reserve-own-ore",
        };
        add(event.id.as_str(), &event.name_en, &event.name_ja, kind, &event.start, &event.origins);
    }
    for event in &scenario.outages {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "outage", &event.start, &event.origins);
    }
    for event in &scenario.route_closures {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "route-closure", &event.start, &event.origins);
    }
    for event in &scenario.demand_surges {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "demand-surge", &event.start, &event.origins);
    }
    for event in &scenario.dumping {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "dumping", &event.start, &event.origins);
    }
    for event in &scenario.leaks {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "leak", &event.start, &event.origins);
    }
    for event in &scenario.levers {
        add(event.id.as_str(), &event.name_en, &event.name_ja, "lever", &event.start, &event.origins);
    }
    found
}

/// A chain in both languages: by the commodity of its name, else by its first form.
fn chain_name(session: &crate::Session, chain: &str) -> (String, String) {
    let world = &session.world;
    let commodity = world.commodities.values().find(|commodity| commodity.id.as_str() == chain).or_else(|| {
        let form = world.market.forms.iter().find(|form| form.chain == chain)?;
        world.commodities.get(&form.commodity)
    });
    let (en, ja) = commodity.map_or((chain, chain), |commodity| (&commodity.name_en, &commodity.name_ja));
    (en.to_lowercase(), if ja.is_empty() { en.to_owned() } else { ja.to_owned() })
}

/// Every form and use of the market by name.
pub fn vocabulary(session: &crate::Session) -> (Vec<Name>, Vec<Name>) {
    let forms = session.world.market.forms.iter();
    let forms = forms.map(|form| Name::new(form.id.as_str(), &form.name_en, &form.name_ja)).collect();
    (forms, words::uses(&session.world))
}
