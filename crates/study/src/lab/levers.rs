//! What can be done about a cut: every lever of the engine, as one number that a page can move.

use super::case::{Case, Cut, Place, list};
use super::words::Name;
use crate::Session;
use lode_model::DataQuality;
use lode_scenario::Month;
use std::fmt::Write;

/// A lever with where it may stand.
#[derive(Clone, PartialEq, Debug)]
pub struct Lever {
    /// Id and names.
    pub name: Name,
    /// Unit of its level.
    pub unit: &'static str,
    /// Lowest level.
    pub low: f64,
    /// Highest level.
    pub high: f64,
    /// Step between levels.
    pub step: f64,
    /// Level at which nothing is done.
    pub rest: f64,
    /// How good its range is.
    pub quality: DataQuality,
    /// Where its range comes from.
    pub origins: Vec<String>,
    /// Why it is so, and what it does.
    pub reason: &'static str,
}

/// Months that another recipe takes to spread where nothing is done about it, as the market assumes.
const USUAL_SPREAD: f64 = 24.0;

/// Every lever, in the order in which it works.
pub fn levers(session: &Session, country: &str) -> Vec<Lever> {
    let rules = session.world.stockpile_rules.iter().filter(|rule| rule.country.as_str() == country);
    let mut rules: Vec<String> = rules.map(|rule| rule.provenance.origin.to_string()).collect();
    rules.sort();
    rules.dedup();
    let lever = |id, en: &str, ja: &str, unit, (low, high, step), rest, reason| Lever {
        name: Name::new(id, en, ja),
        unit,
        low,
        high,
        step,
        rest,
        quality: DataQuality::Assumed,
        origins: vec!["lode-curated".to_owned()],
        reason,
    };
    let stock = lever(
        "stock-release",
        "Release public stock",
        "国家備蓄の放出",
        "days",
        (0.0, 180.0, 5.0),
        0.0,
        "Days of usual use that a public stock holds of each form that is cut. What stocks hold is not published; targets run from 60 to 180 days. It is released while prices are above the base and supply is short.",
    );
    vec![
        Lever { origins: if rules.is_empty() { stock.origins.clone() } else { rules }, ..stock },
        lever(
            "offtake",
            "Buy from other suppliers",
            "他の供給国との長期契約",
            "share",
            (0.0, 0.8, 0.05),
            0.0,
            "Part of what came from the exporter that is contracted with the other suppliers, in the proportions of today. A contract is met before others are; whether they can deliver is for the market to say.",
        ),
        lever(
            "thrift",
            "Use less, faster",
            "使用量削減の加速",
            "ratio",
            (1.0, 5.0, 0.5),
            1.0,
            "Times the usual speed at which users learn to do with less when prices stay high.",
        ),
        lever(
            "substitute",
            "Other recipes sooner",
            "代替製法の前倒し",
            "months",
            (0.0, 18.0, 1.0),
            0.0,
            "Months by which other recipes, such as magnets without heavy rare earths, are qualified sooner than the 24 months that the market assumes.",
        ),
        lever(
            "recycling",
            "Recycling",
            "リサイクル",
            "share",
            (0.0, 0.5, 0.05),
            0.0,
            "Capacity in the end, as a part of usual use; it is reached in 24 (12 to 36) months.",
        ),
        lever(
            "new-plant",
            "New plants at home",
            "国内新規プラント",
            "share",
            (0.0, 1.0, 0.05),
            0.0,
            "Capacity in the end, as a part of usual use; it is reached in 18 (12 to 36) months. What it needs is bought at market prices.",
        ),
        lever(
            "price-floor",
            "Price guarantee elsewhere",
            "他国生産者への価格保証",
            "ratio",
            (0.0, 3.0, 0.25),
            0.0,
            "Price, in multiples of that of the base year, up to which makers outside the exporter are topped up.",
        ),
    ]
}

/// The levers of a case that are pulled, as the tables of a scenario file.
pub(super) fn file(session: &Session, case: &Case, place: &Place<'_>, cut: &Cut, start: Month, acts: Month) -> String {
    let mut text = String::new();
    let Place { market, region } = *place;
    let used = market.use_at_base();
    let first = acts.first_day();
    let here = list([region]);
    let mut add = |id: &str, kind: &str, places: &str, forms: &str, from: &str, rest: &str| {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "\n[[levers]]\nid = \"{id}\"\nkind = \"{kind}\"\nplaces = {places}\nforms = {forms}\nstart = \"{from}\"\n{rest}\n"
        );
    };
    let first = first.to_string();
    let levels = levers(session, &case.country);
    let pulled = levels.iter().filter_map(|lever| {
        let (_, level) = case.levers.iter().find(|(id, _)| *id == lever.name.id)?;
        (*level != lever.rest).then_some((lever.name.id.as_str(), *level))
    });
    // Forms that are cut and needed here, each with its node.
    let needed: Vec<(&str, usize)> = cut
        .forms
        .iter()
        .filter_map(|form| Some((form.as_str(), market.node(region, form)?)))
        .filter(|(_, node)| used[*node] > 0.0)
        .collect();
    for (id, level) in pulled {
        match id {
            "stock-release" => {
                if !needed.is_empty() {
                    let months = level * 12.0 / 365.25;
                    let forms = list(needed.iter().map(|(form, _)| *form));
                    add(id, id, &here, &forms, &first, &format!("stock_months = {months:?}"));
                }
            }
            "offtake" => {
                for (form, node) in &needed {
                    let from = |link: &&lode_simulate::Link| link.to == *node;
                    let country = |link: &lode_simulate::Link| market.nodes[link.from].country.as_str();
                    let lost: f64 = market
                        .links
                        .iter()
                        .filter(from)
                        .filter(|link| cut.exporters.contains(country(link)))
                        .map(|link| link.amount)
                        .sum();
                    let mut others: Vec<&str> = market
                        .links
                        .iter()
                        .filter(from)
                        .map(country)
                        .filter(|other| !cut.exporters.contains(*other))
                        .collect();
                    others.sort_unstable();
                    others.dedup();
                    if lost > 0.0 && !others.is_empty() {
                        let tonnes = level * lost * 12.0;
                        let rest = format!("suppliers = {}\ntonnes_per_year = {tonnes:?}", list(others));
                        add(&format!("{id}-{form}"), id, &here, &list([form]), &first, &rest);
                    }
                }
            }
            "thrift" => {
                let mut forms: Vec<&str> = market
                    .sectors
                    .iter()
                    .map(|sector| &market.nodes[sector.node])
                    .filter(|node| node.country == region)
                    .map(|node| node.form.as_str())
                    .collect();
                forms.dedup();
                if !forms.is_empty() {
                    add(id, id, &here, &list(forms), &first, &format!("faster = {level:?}"));
                }
            }
            "substitute" => {
                let months = USUAL_SPREAD - level;
                // Another recipe stands alone: a process that is in use here is no substitute.
                let made_here = |plant: &&lode_simulate::Plant| {
                    plant.outputs.first().is_some_and(|(node, _)| market.nodes[*node].country == region)
                };
                let count = |process: &str| {
                    market.plants.iter().filter(made_here).filter(|plant| plant.process == process).count()
                };
                for plant in market.plants.iter().filter(|plant| plant.adoption.is_some() && plant.activity <= 0.0) {
                    let Some((node, _)) = plant.outputs.first() else { continue };
                    let made = &market.nodes[*node];
                    if made.country != region || count(&plant.process) != 1 {
                        continue;
                    }
                    let rest = format!("process = \"{}\"\nramp_months = {months:?}", plant.process);
                    let from = start.first_day().to_string();
                    add(&format!("{id}-{}", plant.process), id, &here, &list([&made.form]), &from, &rest);
                }
            }
            "recycling" | "new-plant" => {
                for (form, node) in &needed {
                    let rest = format!("tonnes_per_year = {:?}", level * used[*node] * 12.0);
                    add(&format!("{id}-{form}"), id, &here, &list([form]), &first, &rest);
                }
            }
            _ => {
                for (form, node) in &needed {
                    let mut places: Vec<&str> = market
                        .plants
                        .iter()
                        .filter(|plant| plant.activity > 0.0)
                        .filter_map(|plant| Some(&market.nodes[plant.outputs.first()?.0]))
                        .filter(|made| made.form == *form && !cut.exporters.contains(&made.country))
                        .map(|made| made.country.as_str())
                        .collect();
                    places.sort_unstable();
                    places.dedup();
                    if !places.is_empty() {
                        let floor = level * market.nodes[*node].price;
                        let rest = format!("floor = {floor:?}\ninstrument = \"top-up\"");
                        add(&format!("{id}-{form}"), id, &list(places), &list([form]), &first, &rest);
                    }
                }
            }
        }
    }
    text
}
