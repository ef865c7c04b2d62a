//! What a case shows: fans, days to the first stop, losses, and what they stand on.

use super::case::{Case, Reach};
use super::own::OwnUse;
use super::words::{self, Name};
use crate::market::{PublishedLoss, Scale, Simulation, beside, first_event};
use crate::{Session, names};
use lode_model::DataQuality;
use lode_scenario::Ground;
use lode_simulate::{Band, Moves, Range};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Quantiles 5, 10, 25, 50, 75, 90 and 95 %.
pub type Fan = [f64; 7];

/// Days of an average month.
const DAYS: f64 = 365.25 / 12.0;
/// Fewer futures than this say nothing of single assumptions.
const ENOUGH_FOR_SENSITIVITY: u32 = 400;

/// Months of a form.
#[derive(Clone, PartialEq, Debug)]
pub struct FormFans {
    /// Form.
    pub form: String,
    /// By month.
    pub fans: Vec<Fan>,
    /// Origins of what the market knows of the form.
    pub origins: Vec<String>,
}

/// Prices of a form, USD/kg.
#[derive(Clone, PartialEq, Debug)]
pub struct Prices {
    /// Form.
    pub form: String,
    /// Spot price where the country buys.
    pub spot: Vec<Fan>,
    /// Price of contracts there.
    pub paid: Vec<Fan>,
    /// Price within the restricting country.
    pub inside: Option<Vec<Fan>>,
    /// Price of the base year.
    pub base: Option<f64>,
    /// Origins.
    pub origins: Vec<String>,
}

/// Output of an industry that is lost, in parts of what stands on these forms.
#[derive(Clone, PartialEq, Debug)]
pub struct Lost {
    /// Industry.
    pub industry: Name,
    /// By month.
    pub fans: Vec<Fan>,
}

/// When a first line stands still for want of a form.
#[derive(Clone, PartialEq, Debug)]
pub struct RunOut {
    /// Form.
    pub form: String,
    /// What it is used for, the largest use first.
    pub uses: Vec<Name>,
    /// Days after the first measure in fifty equally likely futures, the shortest first; `None` beyond the run.
    pub days: Vec<Option<f64>>,
    /// Origins.
    pub origins: Vec<String>,
}

/// Value lost in the first twelve months.
#[derive(Clone, PartialEq, Debug)]
pub struct Loss {
    /// In fifty equally likely futures, the lowest first.
    pub dots: Vec<f64>,
    /// 10, 50 and 90 %.
    pub band: [f64; 3],
    /// By industry: 10, 50 and 90 %.
    pub by_industry: Vec<(Name, [f64; 3])>,
}

/// One side of a comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    /// Cover of stocks, months.
    pub cover: Vec<FormFans>,
    /// Prices.
    pub price: Vec<Prices>,
    /// Output lost.
    pub lost: Vec<Lost>,
    /// What runs out.
    pub run_out: Vec<RunOut>,
    /// Value lost.
    pub loss: Loss,
}

/// An assumption with how much it matters.
#[derive(Clone, PartialEq, Debug)]
pub struct Assumption {
    /// Name by which it is set, and names to read.
    pub name: Name,
    /// Unit.
    pub unit: String,
    /// Central value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How good it is.
    pub quality: DataQuality,
    /// Why.
    pub reason: String,
    /// Where it comes from.
    pub origins: Vec<String>,
    /// Share of the spread of the loss that comes from it; `None` while too few futures were run.
    pub matters: Option<f64>,
    /// Whether the user set it.
    pub overridden: bool,
}

/// A first stop that was observed.
#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    /// Days from the measure.
    pub days: f64,
    /// When.
    pub year: String,
    /// Origin.
    pub origin: String,
}

/// How a case was run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct How {
    /// Regions that were kept apart; all if empty.
    pub regions: Vec<String>,
    /// Whether the steps of the run are months instead of half months.
    pub whole_months: bool,
    /// Levers that found nothing to act on, by id.
    pub idle: Vec<String>,
    /// What the user's own values did.
    pub own: OwnUse,
}

/// What a case shows.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The case.
    pub case: Case,
    /// Futures run.
    pub done: u32,
    /// Months from the month of the first measure.
    pub months: Vec<i32>,
    /// The month of the first measure.
    pub first: String,
    /// Months over which the loss is summed: twelve, or as many as the run has.
    pub loss_months: u32,
    /// Currency of losses.
    pub currency: &'static str,
    /// With levers.
    pub with: View,
    /// The same draws without.
    pub without: View,
    /// What others have published of such a loss.
    pub published: Vec<PublishedLoss>,
    /// First stops that were observed under a measure on these forms.
    pub observed: Vec<Observed>,
    /// Assumptions, those that matter most first.
    pub assumptions: Vec<Assumption>,
    /// Region of the market that the country acts as part of, if it is not one by itself.
    pub acts_as: Option<String>,
    /// How it was run.
    pub how: How,
    /// Base year of the market.
    pub base_year: i32,
    /// Whether the exporter stops everybody because the case looks at the exporter itself.
    pub looks_at_exporter: bool,
    /// Remarks of the run.
    pub remarks: Vec<String>,
}

fn fan(band: &Band) -> Fan {
    [band.p05, band.p10, band.p25, band.p50, band.p75, band.p90, band.p95]
}

fn three(band: &Band, factor: f64) -> [f64; 3] {
    [band.p10 * factor, band.p50 * factor, band.p90 * factor]
}

/// The middle of fifty futures; infinite if it lies beyond the run.
fn middle(days: &[Option<f64>]) -> f64 {
    let at = |place: usize| days.get(place).copied().flatten().unwrap_or(f64::INFINITY);
    (at(days.len() / 2 - 1) + at(days.len() / 2)) / 2.0
}

/// What a page shows of one run.
fn view(run: &Simulation, factor: f64) -> View {
    let fans = |at: usize| run.outcome.series[at].iter().map(fan).collect::<Vec<_>>();
    let origins = |form: &str| run.origins_by_form.get(form).cloned().unwrap_or_default();
    let shift = first_event(run);
    let shift = if shift.is_finite() { shift * DAYS } else { 0.0 };
    let mut run_out: Vec<RunOut> = Vec::new();
    for (at, shown) in run.figures.iter().enumerate().filter(|(_, shown)| shown.quantity == "first-stop") {
        let day = |day: &f64| day.is_finite().then(|| (day - shift).max(0.0));
        let mut uses: Vec<(f64, &str)> = run
            .market
            .sectors
            .iter()
            .filter(|sector| {
                let node = &run.market.nodes[sector.node];
                node.country == run.region && node.form == shown.form && sector.amount > 0.0
            })
            .map(|sector| (sector.amount, sector.use_name.as_str()))
            .collect();
        uses.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        run_out.push(RunOut {
            form: shown.form.clone(),
            uses: uses.into_iter().map(|(_, name)| words::use_name(name)).collect(),
            days: run.outcome.dots[at].iter().map(day).collect(),
            origins: origins(&shown.form),
        });
    }
    let never = |line: &RunOut| line.days.iter().filter(|day| day.is_none()).count();
    let cut: BTreeSet<&str> =
        run.scenario.controls.iter().flat_map(|control| &control.forms).map(|form| form.as_str()).collect();
    // What neither is cut nor ever stops would only fill the page.
    run_out.retain(|line| cut.contains(line.form.as_str()) || never(line) < line.days.len());
    run_out.sort_by(|a, b| middle(&a.days).total_cmp(&middle(&b.days)).then(never(a).cmp(&never(b))));
    let of = |quantity: &str, form: &str| run.series(quantity, form).map(fans);
    let cover = run_out.iter().filter_map(|line| {
        Some(FormFans { form: line.form.clone(), fans: of("cover", &line.form)?, origins: line.origins.clone() })
    });
    let price = run_out.iter().filter_map(|line| {
        let spot = run.series("price", &line.form)?;
        Some(Prices {
            form: line.form.clone(),
            spot: fans(spot),
            paid: of("contract-price", &line.form)?,
            inside: of("price-at-exporter", &line.form),
            base: run.series[spot].base,
            origins: line.origins.clone(),
        })
    });
    let (cover, price) = (cover.collect(), price.collect());
    let figures = || {
        let all = run.figures.iter().zip(&run.outcome.figures);
        all.filter(|(shown, _)| shown.quantity == "first-year-value-lost" && !shown.industry.is_empty())
    };
    let mut by_industry: Vec<(Name, [f64; 3])> =
        figures().map(|(shown, band)| (words::industry(&shown.industry), three(band, factor))).collect();
    by_industry.sort_by(|a, b| b.1[1].total_cmp(&a.1[1]).then(b.1[2].total_cmp(&a.1[2])).then(a.0.id.cmp(&b.0.id)));
    let lost = by_industry.iter().filter_map(|(industry, _)| {
        let is = |shown: &crate::market::Shown| shown.quantity == "output-lost" && shown.industry == industry.id;
        let at = run.series.iter().position(is)?;
        Some(Lost { industry: industry.clone(), fans: fans(at) })
    });
    let lost = lost.collect();
    let total = run.figure("first-year-value-lost", "");
    let loss = Loss {
        dots: total.map(|at| run.outcome.dots[at].iter().map(|value| value * factor).collect()).unwrap_or_default(),
        band: total.map_or([0.0; 3], |at| three(&run.outcome.figures[at], factor)),
        by_industry,
    };
    View { cover, price, lost, run_out, loss }
}

/// What a number of an event is called in files, by what it is called in the engine.
fn fields(engine: &str) -> &'static [&'static str] {
    match engine {
        "severity" => &["severity", "kept", "cut", "price_cut", "covered"],
        "covered" => &["covered"],
        "review" => &["review_months"],
        "ramp" => &["ramp_months"],
        "ceiling" => &["approved_at_most", "ceiling"],
        "over" => &["catch_up"],
        "end" => &["ends.months"],
        "monthly-chance" => &["ends.monthly_chance"],
        "tonnes" => &["tonnes_per_year", "stock_tonnes", "stock_months"],
        "rate" => &["rate"],
        "months" => &["delay_months", "most_months"],
        "factor" => &["factor", "faster"],
        "share" => &["covers"],
        "chance" => &["chance", "start.chance"],
        "floor" => &["floor"],
        "start" => &["start.delay_months"],
        _ => &[],
    }
}

/// Names of an event of a scenario.
fn event_name(run: &Simulation, id: &str) -> Name {
    let scenario = &run.scenario;
    let controls = scenario.controls.iter().map(|event| (&event.id, &event.name_en, &event.name_ja));
    let outages = scenario.outages.iter().map(|event| (&event.id, &event.name_en, &event.name_ja));
    let levers = scenario.levers.iter().map(|event| (&event.id, &event.name_en, &event.name_ja));
    let leaks = scenario.leaks.iter().map(|event| (&event.id, &event.name_en, &event.name_ja));
    let surges = scenario.demand_surges.iter().map(|event| (&event.id, &event.name_en, &event.name_ja));
    let mut all = controls.chain(outages).chain(levers).chain(leaks).chain(surges);
    let found = all.find(|(known, ..)| known.as_str() == id);
    let (en, ja) = found.map_or(("", ""), |(_, en, ja)| (en.as_str(), ja.as_str()));
    let en = if en.is_empty() { id.replace('-', " ") } else { en.to_owned() };
    let ja = if ja.is_empty() { en.clone() } else { ja.to_owned() };
    Name::new(id, en, ja)
}

/// Every assumption that was drawn or set, with how much of the spread of the loss comes from it.
fn assumptions(session: &Session, run: &Simulation) -> Vec<Assumption> {
    let world = &session.world;
    let numbers = run.scenario.numbers();
    let total = run.figure("first-year-value-lost", "");
    let measured = run.outcome.replicates >= ENOUGH_FOR_SENSITIVITY;
    let share = |id: &str| {
        let found = run.outcome.sensitivity.iter().find(|line| Some(line.figure) == total && line.range == id);
        measured.then(|| found.map_or(0.0, |line| line.share))
    };
    let set: Vec<&str> = run.set.iter().filter_map(|text| text.split_once('=')).map(|(name, _)| name).collect();
    let mut list: Vec<Assumption> = Vec::new();
    let mut add = |assumption: Assumption| {
        if list.iter().all(|known| known.name.id != assumption.name.id) {
            list.push(assumption);
        }
    };
    for range in &run.ranges {
        let Range { id, low, value, high, .. } = range;
        let is_event = matches!(range.moves, Moves::Event { .. });
        let number = is_event.then(|| event_number(&numbers, id)).flatten();
        let overridden = set.contains(&id.as_str()) || number.is_some_and(|number| set.contains(&number.name.as_str()));
        let mut assumption = match (number, is_event) {
            (Some(number), _) => of_event(run, number),
            (None, true) => {
                let (event, field) = id.rsplit_once('.').unwrap_or((id, ""));
                let (event, field) = (event_name(run, event.trim_end_matches(".front-loading")), words::field(field));
                Assumption {
                    name: Name::new(id, format!("{}: {}", event.en, field.en), format!("{}：{}", event.ja, field.ja)),
                    unit: "1".into(),
                    value: *value,
                    low: *low,
                    high: *high,
                    quality: DataQuality::Assumed,
                    reason: "judgement: between nothing and a doubling".into(),
                    origins: vec!["lode-curated".into()],
                    matters: None,
                    overridden: false,
                }
            }
            (None, false) => of_market(session, range),
        };
        if id.starts_with("own.stock.") {
            let form = words::form(world, id.trim_start_matches("own.stock."));
            assumption.name = Name::new(id, format!("Your stock: {}", form.en), format!("貴方の在庫：{}", form.ja));
            (assumption.unit, assumption.quality) = ("months".into(), DataQuality::User);
            assumption.reason = "your own value, in months of usual use".into();
            assumption.origins.clear();
        }
        assumption.matters = share(id);
        if overridden {
            (assumption.overridden, assumption.quality) = (true, DataQuality::User);
        }
        add(assumption);
    }
    // Points that the user set are no ranges any more.
    for number in numbers.iter().filter(|number| set.contains(&number.name.as_str())) {
        add(Assumption { overridden: true, quality: DataQuality::User, ..of_event(run, number) });
    }
    list.sort_by(|a, b| b.matters.unwrap_or(0.0).total_cmp(&a.matters.unwrap_or(0.0)));
    list
}

/// The number of a scenario that a range of the engine draws.
fn event_number<'n>(numbers: &'n [lode_scenario::NamedNumber], id: &str) -> Option<&'n lode_scenario::NamedNumber> {
    let (event, field) = id.rsplit_once('.')?;
    // The engine adds the spell, the form or the region to the name of an event.
    let mut event = event;
    loop {
        for name in fields(field) {
            let wanted = format!("{event}.{name}");
            if let Some(found) = numbers.iter().find(|number| number.name == wanted && number.number.is_range()) {
                return Some(found);
            }
        }
        event = event.rsplit_once('.')?.0;
    }
}

/// The name of a range that a run draws, for people.
pub(crate) fn assumption_name(session: &Session, run: &Simulation, id: &str) -> Name {
    let numbers = run.scenario.numbers();
    let event = || {
        let (event, field) = event_number(&numbers, id)?.name.split_once('.')?;
        let (event, field) = (event_name(run, event), words::field(field));
        Some(Name::new(id, format!("{}: {}", event.en, field.en), format!("{}：{}", event.ja, field.ja)))
    };
    words::assumption(&session.world, id).or_else(event).unwrap_or_else(|| Name::new(id, id, id))
}

fn of_event(run: &Simulation, number: &lode_scenario::NamedNumber) -> Assumption {
    let (event, field) = number.name.split_once('.').unwrap_or((&number.name, ""));
    let (event, field) = (event_name(run, event), words::field(field));
    let (quality, reason, origins) = match &number.number.ground {
        Ground::Assumed(reason) => (DataQuality::Assumed, reason.clone(), Vec::new()),
        Ground::Origin(origin) => (DataQuality::Secondary, String::new(), vec![origin.to_string()]),
        Ground::Source(source) => (DataQuality::Secondary, source.clone(), Vec::new()),
        Ground::Author => (DataQuality::Assumed, String::new(), Vec::new()),
    };
    Assumption {
        name: Name::new(&number.name, format!("{}: {}", event.en, field.en), format!("{}：{}", event.ja, field.ja)),
        unit: page_unit(number.unit).into(),
        value: number.number.value,
        low: number.number.low,
        high: number.number.high,
        quality,
        reason,
        origins,
        matters: None,
        overridden: false,
    }
}

/// The unit of a scenario number in a page's words.
fn page_unit(unit: &str) -> &str {
    match unit.split([',', ' ']).next().unwrap_or("") {
        "share" | "chance" => "share",
        "months" => "months",
        "multiple" => "ratio",
        "USD/kg" => "USD/kg",
        "t" if unit.contains("per year") => "t/year",
        "t" => "t",
        _ => unit,
    }
}

fn of_market(session: &Session, range: &Range) -> Assumption {
    let world = &session.world;
    let id = &range.id;
    let row = world.assumptions.get(id).or_else(|| {
        let whole = id.rsplit_once('.').map_or("", |(whole, _)| whole);
        world.assumptions.get(whole)
    });
    let process = id
        .strip_prefix("market.elasticity.")
        .and_then(|id| world.market.processes.iter().find(|process| process.id.as_str() == id));
    let (unit, quality, reason, origin) = match (row, process) {
        (Some(row), _) => {
            (row.quantity.unit.clone(), row.provenance.quality, row.reason.clone(), row.provenance.origin.to_string())
        }
        (_, Some(process)) => (
            "1".to_owned(),
            process.provenance.quality,
            process.provenance.note.clone(),
            process.provenance.origin.to_string(),
        ),
        _ => (
            "ratio".to_owned(),
            DataQuality::Assumed,
            "multiple of the value at stake: low and high of the records of market_uses".to_owned(),
            "lode-curated".to_owned(),
        ),
    };
    Assumption {
        name: words::assumption(world, id).unwrap_or_else(|| Name::new(id, id, id)),
        unit,
        value: range.value,
        low: range.low,
        high: range.high,
        quality,
        reason,
        origins: vec![origin],
        matters: None,
        overridden: false,
    }
}

/// First stops of lines that were observed in a country for want of rare-earth magnets, from the start of the measure.
fn observed(session: &Session, run: &Simulation) -> Vec<Observed> {
    let world = &session.world;
    let cuts =
        |form: &lode_model::FormId| world.market.form(form.as_str()).is_some_and(|form| form.chain == "rare-earths");
    if !run.scenario.controls.iter().flat_map(|control| &control.forms).any(cuts) {
        return Vec::new();
    }
    let region = world.market.regions.iter().find(|region| region.id == run.region);
    let name = region.map_or("", |region| region.name_en.as_str());
    let here = world.figures.iter().filter(|figure| {
        figure.metric == "effective_buffer" && figure.quantity.unit == "days" && figure.country.contains(name)
    });
    here.filter_map(|figure| {
        Some(Observed {
            days: figure.quantity.value?,
            year: figure.period.chars().take(4).collect(),
            origin: figure.provenance.origin.to_string(),
        })
    })
    .collect()
}

/// What a run shows beside the same futures without levers.
pub(super) fn outlook(
    session: &Session,
    case: &Case,
    with: &Arc<Simulation>,
    without: &Arc<Simulation>,
    how: How,
) -> Outlook {
    let world = &session.world;
    let economy = names::economy(world, &case.country, session.day.year);
    let is_itself = economy.as_ref().is_ok_and(|economy| economy.name == with.region);
    // Others have published estimates for Japan, in yen and of rare earths.
    let scale = Scale::of(world).filter(|_| with.region == "JPN");
    let published = beside(world, &with.region, &with.scenario.chains);
    let (currency, factor) = match scale {
        Some(scale) => ("JPY", 1e9 * scale.billion_yen(1.0)),
        None => ("USD", 1e6),
    };
    let first = first_event(with);
    let first = if first.is_finite() { first as i32 } else { 0 };
    let exporter = super::case::region_or_code(session, &case.shock.exporter);
    let looks_at_exporter = case.file.is_none()
        && case.shock.reach == Reach::Country
        && world.market.region_of(&exporter).is_some_and(|region| region.id == with.region);
    let seen = view(with, factor);
    let mut bare = if Arc::ptr_eq(with, without) { seen.clone() } else { view(without, factor) };
    // Beside each other, in the order of the case.
    let place = |form: &str| seen.run_out.iter().position(|line| line.form == form).unwrap_or(usize::MAX);
    bare.run_out.sort_by_key(|line| place(&line.form));
    Outlook {
        case: case.clone(),
        done: with.outcome.replicates,
        months: (0..with.horizon as i32).map(|month| month - first).collect(),
        first: with.start.plus(first).to_string(),
        loss_months: 12.min(with.horizon.saturating_sub(first as u32)),
        currency,
        with: seen,
        without: bare,
        published,
        observed: observed(session, with),
        assumptions: assumptions(session, with),
        acts_as: (!is_itself).then(|| with.region.clone()),
        how,
        base_year: with.scenario.base_year,
        looks_at_exporter,
        remarks: with.remarks.clone(),
    }
}
