//! The stress table: the largest suppliers of every form to every importer stop for a year, one after the other.

use super::request::assumptions;
use super::run::origins_of;
use super::vocabulary;
use crate::answer::{percent, readable};
use crate::{Answer, Cell, Rows, Section, Session, Text, names};
use lode_catalogue::{Mistake, Report};
use lode_model::{FormId, ProcessId, ReferenceMarket, Year};
use lode_scenario::stress::{Reach, Settings, Supply, generate};
use lode_scenario::{Month, PlaceId, Scenario};
use lode_simulate::compile::compile;
use lode_simulate::ensemble;
use lode_simulate::reference::{Base, build};
use lode_simulate::{Market, Observe, Outcome, Parameters, Plan, Progress, Quantity, Summary};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// A stress table that is asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct StressRequest {
    /// Only this importer; all if `None`.
    pub country: Option<String>,
    /// Only these chains; all if empty.
    pub chains: Vec<String>,
    /// How many suppliers of each form to each importer stop, the largest first.
    pub suppliers: usize,
    /// Replicates of each scenario.
    pub replicates: u32,
    /// Seed.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
}

/// Towards whom each supplier stops.
const REACHES: [Reach; 2] = [Reach::Importer, Reach::Everybody];

const COLUMNS: [&str; 19] = [
    "scenario",
    "form",
    "stage",
    "importer",
    "supplier",
    "reach",
    "import_share",
    "first_stop_p10",
    "first_stop_p50",
    "first_stop_p90",
    "short_p10",
    "short_p50",
    "short_p90",
    "price_p10",
    "price_p50",
    "price_p90",
    "loss_p50",
    "quality",
    "origins",
];

/// A line of the table.
struct Line {
    scenario: Scenario,
    supply: Supply,
    reach: Reach,
    outcome: Outcome,
    /// Use of the form by the importer at the base, t a year, and its price.
    used: f64,
    price: f64,
}

/// The newest year of which a chain has records of output; 0 if it has none.
pub(crate) fn newest_year(tables: &ReferenceMarket, chain: &str) -> Year {
    let of_chain = |form: &FormId| tables.form(form.as_str()).is_some_and(|form| form.chain == chain);
    let makes = |process: &ProcessId| {
        tables.recipes.iter().any(|recipe| recipe.makes && recipe.process == *process && of_chain(&recipe.form))
    };
    let years = tables.plants.iter().filter(|plant| makes(&plant.process)).map(|plant| plant.year);
    years.max().unwrap_or(0)
}

/// Who supplies whom at the base: every form and importer that uses it.
fn supplies(market: &Market, only: Option<&str>, most: usize) -> Vec<Supply> {
    let mut found = Vec::new();
    for (node, at) in market.nodes.iter().enumerate() {
        if only.is_some_and(|only| only != at.country) {
            continue;
        }
        let used = market.sectors.iter().any(|sector| sector.node == node && sector.amount > 0.0)
            || market
                .plants
                .iter()
                .any(|plant| plant.activity > 0.0 && plant.inputs.iter().any(|(input, _)| *input == node));
        if !used {
            continue;
        }
        let mut flows: Vec<(f64, &str)> = market
            .links
            .iter()
            .filter(|link| link.to == node && link.amount > 0.0)
            .map(|link| (link.amount, market.nodes[link.from].country.as_str()))
            .collect();
        let total: f64 = flows.iter().map(|(amount, _)| amount).sum();
        flows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        found.extend(flows.into_iter().take(most).map(|(amount, supplier)| Supply {
            form: FormId::new(&at.form),
            importer: PlaceId::new(&at.country),
            supplier: PlaceId::new(supplier),
            share: amount / total,
            origins: Vec::new(),
        }));
    }
    found
}

/// A chain's market at its base with the supplies that stop, one after the other.
struct Supplied {
    year: Year,
    market: Market,
    supplies: Vec<Supply>,
}

/// The markets of a table.
fn supplied(session: &Session, request: &StressRequest) -> Result<Vec<Supplied>, Report> {
    let world = &session.world;
    let only = match &request.country {
        Some(text) => {
            let economy = names::economy(world, text, session.day.year)?;
            world.market.region_of(&economy.name).map(|region| region.id.clone())
        }
        None => None,
    };
    let mut chains: Vec<String> = Vec::new();
    for form in &world.market.forms {
        if !chains.contains(&form.chain) && (request.chains.is_empty() || request.chains.contains(&form.chain)) {
            chains.push(form.chain.clone());
        }
    }
    let known: Vec<&str> = world.market.forms.iter().map(|form| form.chain.as_str()).collect();
    if let Some(unknown) = request.chains.iter().find(|chain| !known.contains(&chain.as_str())) {
        let mistake = Mistake::in_file("command line", format!("`{unknown}` is not a chain of the market"));
        return Err(match lode_catalogue::did_you_mean(unknown, known.iter().copied()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("chains are {}", chains.join(", "))),
        }
        .into());
    }
    let market = |chain: &String| {
        let year = newest_year(&world.market, chain);
        let base = Base { year, chains: vec![chain.clone()], regions: Vec::new() };
        let reference = build(world, &base).map_err(|mistakes| {
            let mut report = Report::new();
            mistakes.into_iter().for_each(|mistake| report.push(Mistake::in_file("market", mistake)));
            report
        })?;
        let supplies = supplies(&reference.market, only.as_deref(), request.suppliers.max(1));
        Ok(Supplied { year, market: reference.market, supplies })
    };
    chains.iter().map(market).collect()
}

/// How many scenarios a table has.
pub fn stress_count(session: &Session, request: &StressRequest) -> Result<usize, Report> {
    let of_chain = |chain: &Supplied| chain.supplies.len() * REACHES.len();
    Ok(supplied(session, request)?.iter().map(of_chain).sum())
}

/// Runs every stress scenario. Progress counts scenarios.
pub fn stress(session: &Session, request: &StressRequest, progress: &Progress) -> Result<Answer, Report> {
    let world = &session.world;
    let words = vocabulary(world);
    let mut lines = Vec::new();
    for Supplied { year, market, supplies } in supplied(session, request)? {
        let mut forms: Vec<&str> = market.nodes.iter().map(|node| node.form.as_str()).collect();
        forms.dedup();
        let ranges = assumptions(world, &forms, &[]);
        for supply in supplies {
            for reach in REACHES {
                if progress.cancel.load(Ordering::Relaxed) {
                    return Err(Mistake::in_file("stress", "was cancelled; no result is given").into());
                }
                let settings = Settings {
                    start: Month { year: year + 1, month: 1 },
                    base_year: year,
                    months: 12,
                    horizon_months: 24,
                    reach,
                };
                let Some(scenario) = generate(&supply, &words, &settings) else { continue };
                let compiled = compile(&scenario, &world.market, &BTreeMap::new(), market.clone())
                    .map_err(|mistakes| super::run::failed(&scenario, ensemble::Failure::Mistakes(mistakes)))?;
                let Some(node) = compiled.market.node(supply.importer.as_str(), supply.form.as_str()) else { continue };
                let sectors: Vec<usize> = (0..compiled.market.sectors.len())
                    .filter(|sector| {
                        compiled.market.nodes[compiled.market.sectors[*sector].node].country == supply.importer.as_str()
                    })
                    .collect();
                let own: Vec<usize> =
                    sectors.iter().copied().filter(|sector| compiled.market.sectors[*sector].node == node).collect();
                let mut observe = Observe::default();
                let price = observe.series("price", Quantity::Price { node });
                let short = observe.series("shortage", Quantity::Shortage { sectors: own.clone() });
                let lost = observe.series("value lost", Quantity::ValueLost { sectors });
                observe.figure("first stop", Summary::FirstStop { node });
                observe.figure("short", Summary::Sum { series: short });
                observe.figure("price", Summary::Highest { series: price });
                observe.figure("lost", Summary::Sum { series: lost });
                let quiet = Progress::default();
                let outcome = ensemble::run(
                    &Plan {
                        market: &compiled.market,
                        parameters: Parameters::default(),
                        ranges: &ranges,
                        events: &compiled.events,
                        horizon_months: 24,
                        steps_per_month: 2,
                        first_month: 1,
                        replicates: request.replicates,
                        seed: request.seed,
                        threads: request.threads,
                        observe: &observe,
                    },
                    &quiet,
                )
                .map_err(|failure| super::run::failed(&scenario, failure))?;
                let used = own.iter().map(|sector| compiled.market.sectors[*sector].amount).sum::<f64>() * 12.0;
                let price = compiled.market.nodes[node].price;
                lines.push(Line { scenario, supply: supply.clone(), reach, outcome, used, price });
                let done = progress.done.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(report) = &progress.report {
                    report(done);
                }
            }
        }
    }
    Ok(answer(session, request, lines))
}

fn answer(session: &Session, request: &StressRequest, mut lines: Vec<Line>) -> Answer {
    let world = &session.world;
    // The first stop counts from the stop of supply, three months into the run.
    let stopped = 3.0 * 365.25 / 12.0;
    let day = |day: f64| (day - stopped).max(0.0);
    let mut rows = Rows::new(&COLUMNS);
    for line in &lines {
        let [stop, short, price, lost] = [0, 1, 2, 3].map(|figure| line.outcome.figures[figure]);
        let form = world.market.form(line.supply.form.as_str());
        let share = |tonnes: f64| if line.used > 0.0 { Some(tonnes / line.used) } else { None };
        rows.rows.push(vec![
            Cell::text(line.scenario.id.as_str()),
            Cell::text(line.supply.form.as_str()),
            Cell::text(form.map_or(String::new(), |form| form.stage.to_string())),
            Cell::text(line.supply.importer.as_str()),
            Cell::text(line.supply.supplier.as_str()),
            Cell::text(if line.reach == Reach::Importer { "importer" } else { "everybody" }),
            Cell::number(Some(line.supply.share)),
            Cell::number(Some(day(stop.p10))),
            Cell::number(Some(day(stop.p50))),
            Cell::number(Some(day(stop.p90))),
            Cell::number(share(short.p10)),
            Cell::number(share(short.p50)),
            Cell::number(share(short.p90)),
            Cell::number(Some(price.p10 / line.price)),
            Cell::number(Some(price.p50 / line.price)),
            Cell::number(Some(price.p90 / line.price)),
            Cell::number(Some(lost.p50)),
            Cell::text("simulated"),
            Cell::List(origins_of(world, line.supply.form.as_str())),
        ]);
    }
    let count = lines.len();
    lines.sort_by(|a, b| {
        let short = |line: &Line| if line.used > 0.0 { line.outcome.figures[1].p50 / line.used } else { 0.0 };
        short(b).total_cmp(&short(a)).then(a.outcome.figures[0].p50.total_cmp(&b.outcome.figures[0].p50))
    });
    let shown = lines.iter().take(25).map(|line| {
        let [stop, short, price, lost] = [0, 1, 2, 3].map(|figure| line.outcome.figures[figure]);
        let days = |value: f64| if value.is_finite() { format!("{:.0}", day(value)) } else { "later".into() };
        let part = |tonnes: f64| if line.used > 0.0 { percent(tonnes / line.used) } else { "·".into() };
        vec![
            Text::words(world.market.form(line.supply.form.as_str()).map_or("", |form| form.name_en.as_str())),
            Text::words(line.supply.importer.as_str()),
            Text::words(line.supply.supplier.as_str()),
            Text::words(if line.reach == Reach::Importer { "to it alone" } else { "to everybody" }),
            Text::number(percent(line.supply.share)),
            Text::number(format!("{} ({} – {})", days(stop.p50), days(stop.p10), days(stop.p90))),
            Text::number(format!("{} ({} – {})", part(short.p50), part(short.p10), part(short.p90))),
            Text::number(format!(
                "{:.1} ({:.1} – {:.1})",
                price.p50 / line.price,
                price.p10 / line.price,
                price.p90 / line.price
            )),
            Text::number(readable(lost.p50)),
        ]
    });
    let headings = [
        "form",
        "importer",
        "supplier",
        "stops",
        "share",
        "first stop, day",
        "short of a year's use",
        "highest price / base",
        "loss, m USD",
    ];
    let table = Section::Table {
        title: "The 25 hardest of them, median and 80 % of futures".into(),
        headings: headings.map(str::to_owned).to_vec(),
        rows: shown.collect(),
    };
    Answer {
        sections: vec![
            Section::Paragraph(format!(
                "{count} scenarios: the {} largest supplier{} of every form to every importer stop{} for a year, towards the importer alone or towards everybody.",
                request.suppliers,
                if request.suppliers == 1 { "" } else { "s" },
                if request.suppliers == 1 { "s" } else { "" },
            )),
            table,
        ],
        remarks: vec![
            "Explores, does not forecast: behaviour and most amounts of the base are assumed ranges.".into(),
            format!(
                "{} futures of 24 months for each scenario, seed {}. From {}, asked on {}.",
                request.replicates,
                request.seed,
                session.identity(),
                session.day
            ),
        ],
        rows,
    }
}
