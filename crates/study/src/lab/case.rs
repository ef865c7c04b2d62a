//! A case as a page has it, and the scenario file that it stands for: what is run is that file, read again.

use super::levers::{self, Lever};
use super::own::OwnAmount;
use crate::market::vocabulary;
use crate::{Session, market, names};
use lode_catalogue::{Mistake, Report, did_you_mean};
use lode_scenario::{Month, Scenario};
use lode_simulate::Market;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A low, a middle and a high number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    /// As low as it might be.
    pub low: f64,
    /// Most likely.
    pub mid: f64,
    /// As high as it might be.
    pub high: f64,
}

/// What licences are given while a flow is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Licence {
    /// None.
    None,
    /// For each shipment.
    ByCase,
    /// For all shipments of a buyer.
    General,
}

impl Licence {
    /// Every kind with its word.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::None, "none"), (Self::ByCase, "case"), (Self::General, "general")];
}

/// Towards whom a flow is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Towards the country that is looked at.
    Country,
    /// Towards everybody.
    Everybody,
}

impl Reach {
    /// Both with their words.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Country, "country"), (Self::Everybody, "everybody")];
}

/// One exporter cuts some forms.
#[derive(Clone, PartialEq, Debug)]
pub struct Shock {
    /// Who.
    pub exporter: String,
    /// What.
    pub forms: Vec<String>,
    /// Share of the flow.
    pub cut: Spread,
    /// From the first day of this month on.
    pub start: Month,
    /// For so many months at least and at most.
    pub months: (f64, f64),
    /// What is licensed meanwhile.
    pub licence: Licence,
    /// Towards whom.
    pub reach: Reach,
}

/// A built-in file that is run as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its name.
    pub id: String,
    /// Which of its cases.
    pub case: Option<String>,
}

/// A case.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// Who is looked at.
    pub country: String,
    /// What happens: the file, or else the shock. The forms of the shock choose the chains of a file.
    pub file: Option<File>,
    /// One exporter cuts some forms.
    pub shock: Shock,
    /// What is done about it: id and level.
    pub levers: Vec<(String, f64)>,
    /// Month from which levers act; the start of the shock if `None`.
    pub levers_from: Option<Month>,
    /// Numbers that the user sets, by name.
    pub overrides: Vec<(String, f64)>,
    /// Number of futures.
    pub replicates: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Months that are shown, from the month of the cut on; of a file, months of its run.
    pub horizon: u32,
}

/// Most futures of a case.
pub const MOST_FUTURES: u32 = 20_000;
/// Months of a case.
pub const HORIZONS: std::ops::RangeInclusive<u32> = 3..=120;
/// Months of usual trade before a cut.
pub const MONTHS_BEFORE: i32 = 1;
/// Why general licences are as they are assumed to be.
const GENERAL: &str =
    "judgement: one application holds for many shipments, so approvals come sooner and reach further than case by case";
/// Where the numbers of a page come from.
const CHOSEN: &str = "range chosen for this case";

/// What is wrong with a case, all at once, by the fields of the page.
pub(super) fn check(session: &Session, case: &Case, levers: &[Lever]) -> Result<(), Report> {
    let mut report = Report::new();
    let mut wrong = |column: &str, message: String, hint: Option<String>| {
        let mistake = Mistake::in_file("", message).column(column);
        report.push(hint.into_iter().fold(mistake, Mistake::hint));
    };
    let world = &session.world;
    let place = |text: &str| names::economy(world, text, session.day.year);
    let is_region = |text: &str| world.market.regions.iter().any(|region| region.id == text);
    for (column, text) in [("country", &case.country), ("shock.exporter", &case.shock.exporter)] {
        // A file says itself who exports.
        let counts = column == "country" || case.file.is_none();
        if let (true, Err(mistake)) = (counts && !is_region(text), place(text)) {
            wrong(column, mistake.message, mistake.hint);
        }
    }
    let shock = &case.shock;
    if shock.forms.is_empty() {
        wrong("shock.forms", "no form is chosen".into(), Some("choose at least one form".into()));
    }
    let forms = || world.market.forms.iter().map(|form| form.id.as_str());
    for form in shock.forms.iter().filter(|form| forms().all(|known| known != form.as_str())) {
        let hint = did_you_mean(form, forms()).map(|near| format!("did you mean `{near}`?"));
        wrong("shock.forms", format!("`{form}` is no form of the market"), hint);
    }
    let Spread { low, mid, high } = shock.cut;
    if !(0.0 <= low && low <= mid && mid <= high && high <= 1.0) {
        wrong(
            "shock.cut",
            format!("{low}, {mid} and {high} are no shares in order"),
            Some("low, mid and high from 0 to 1; 60 % is 0.6".into()),
        );
    }
    let (least, most) = shock.months;
    if !(0.5 <= least && least <= most && most <= 600.0) {
        wrong(
            "shock.months",
            format!("{least} to {most} months are no time in order"),
            Some("low and high from 0.5 to 600".into()),
        );
    }
    if !(1990..=2100).contains(&shock.start.year) {
        wrong("shock.start", format!("{} is too far away", shock.start), Some("a month from 1990 to 2100".into()));
    }
    for (id, level) in &case.levers {
        match levers.iter().find(|lever| lever.name.id == *id) {
            None => {
                let known = levers.iter().map(|lever| lever.name.id.as_str());
                let hint = match did_you_mean(id, known.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("levers are {}", known.collect::<Vec<_>>().join(", ")),
                };
                wrong("levers", format!("`{id}` is no lever"), Some(hint));
            }
            Some(lever) if !(lever.low <= *level && *level <= lever.high) => {
                let hint = format!("from {} to {} {}", lever.low, lever.high, lever.unit);
                wrong("levers", format!("`{id}` cannot stand at {level}"), Some(hint));
            }
            Some(_) => {}
        }
    }
    if let Some((id, value)) = case.overrides.iter().find(|(_, value)| !value.is_finite()) {
        wrong("overrides", format!("`{id}` is set to {value}"), Some("write a number".into()));
    }
    if !(1..=MOST_FUTURES).contains(&case.replicates) {
        wrong("replicates", "too few or too many futures".into(), Some(format!("from 1 to {MOST_FUTURES}")));
    }
    if !HORIZONS.contains(&case.horizon) {
        let hint = format!("from {} to {}", HORIZONS.start(), HORIZONS.end());
        wrong("horizon", "too few or too many months".into(), Some(hint));
    }
    if let Some(file) = &case.file {
        match market::scenario_ids().find(|known| *known == file.id) {
            None => {
                let known: Vec<&str> = market::scenario_ids().collect();
                let hint = format!("built in are {}", known.join(", "));
                wrong("file", format!("`{}` is no built-in scenario", file.id), Some(hint));
            }
            Some(id) => {
                let scenario = market::scenario(session, id, None)?;
                if !scenario.is_in_market() {
                    wrong("file", scenario.outside_market.clone(), None);
                }
                if let Some(case) = &file.case
                    && scenario.in_case(case).is_none()
                {
                    let known: Vec<&str> = scenario.cases.iter().map(|case| case.id.as_str()).collect();
                    wrong("case", format!("`{id}` has no case `{case}`"), Some(format!("it has {}", known.join(", "))));
                }
            }
        }
    }
    report.into_result(())
}

/// Chains of the forms of a case, in the order of the market.
pub(super) fn chains(session: &Session, case: &Case) -> Vec<String> {
    let mut chains: Vec<String> = Vec::new();
    for form in &session.world.market.forms {
        if case.shock.forms.iter().any(|id| id == form.id.as_str()) && !chains.contains(&form.chain) {
            chains.push(form.chain.clone());
        }
    }
    chains
}

/// Base year of a case: that of its file, else the newest of its chains.
pub(super) fn base_year(session: &Session, case: &Case, chains: &[String]) -> Result<i32, Report> {
    match &case.file {
        Some(file) => Ok(market::scenario(session, &file.id, None)?.base_year),
        None => {
            let newest = chains.iter().map(|chain| market::newest_year(&session.world.market, chain));
            Ok(newest.max().unwrap_or(session.day.year))
        }
    }
}

/// What a market is at its base, as far as levers need it.
pub(super) struct Place<'m> {
    pub market: &'m Market,
    pub region: &'m str,
}

/// A text in quotes: what JSON quotes, TOML reads.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list of texts.
pub(super) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}

fn spread(low: f64, mid: f64, high: f64) -> String {
    match low < high {
        true => format!("{{ value = {mid:?}, low = {low:?}, high = {high:?}, assumed = {} }}", quoted(CHOSEN)),
        false => format!("{mid:?}"),
    }
}

/// The scenario file of a case, with or without its levers and what the user holds.
pub(super) fn file(
    session: &Session,
    case: &Case,
    place: &Place<'_>,
    with_levers: bool,
    own: &[OwnAmount],
) -> Result<String, Report> {
    let (mut text, start, from, cut) = match &case.file {
        Some(file) => written(session, case, file)?,
        None => stopped(session, case, place)?,
    };
    if with_levers {
        let acts = case.levers_from.unwrap_or(from).max(start);
        text += &levers::file(session, case, place, &cut, start, acts);
    }
    text += &super::own::file(session, own, place, start);
    Ok(text)
}

/// A built-in file with its case, as far as its chains are run: its text, the start of its run and of its first measure, and
/// what it cuts.
fn written(session: &Session, case: &Case, file: &File) -> Result<(String, Month, Month, Cut), Report> {
    let scenario = market::scenario(session, &file.id, None)?;
    let mut scenario = file.case.as_ref().and_then(|case| scenario.in_case(case)).unwrap_or(scenario);
    scenario.cases.clear();
    scenario.horizon_months = case.horizon as i32;
    let chains = chains(session, case);
    let forms: Vec<&str> = session
        .world
        .market
        .forms
        .iter()
        .filter(|form| chains.contains(&form.chain))
        .map(|form| form.id.as_str())
        .collect();
    market::narrow(&mut scenario, &forms);
    for control in &mut scenario.controls {
        control.forms.retain(|form| forms.contains(&form.as_str()));
    }
    scenario.chains.retain(|chain| chains.iter().any(|kept| kept == chain.as_str()));
    let cut = Cut::of(session, &scenario);
    let from = market::first_month(&scenario);
    Ok((scenario.to_text(), scenario.start, from, cut))
}

/// Who cuts what, which levers answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// Regions that cut.
    pub exporters: BTreeSet<String>,
    /// Forms that are cut.
    pub forms: Vec<String>,
}

impl Cut {
    fn of(session: &Session, scenario: &Scenario) -> Self {
        let tables = &session.world.market;
        let mut cut = Self::default();
        let mut add = |forms: &[lode_model::FormId], places: &[lode_scenario::PlaceId]| {
            for form in forms {
                if cut.forms.iter().all(|known| known != form.as_str()) {
                    cut.forms.push(form.to_string());
                }
            }
            let regions = places.iter().filter_map(|place| tables.region_of(place.as_str()));
            cut.exporters.extend(regions.map(|region| region.id.clone()));
        };
        scenario.controls.iter().for_each(|control| add(&control.forms, &control.exporters));
        scenario.outages.iter().for_each(|outage| add(&outage.forms, &outage.places));
        scenario.dumping.iter().for_each(|dumping| add(&dumping.forms, &[]));
        scenario.demand_surges.iter().for_each(|surge| add(&surge.forms, &[]));
        cut
    }
}

/// One exporter stops.
fn stopped(session: &Session, case: &Case, place: &Place<'_>) -> Result<(String, Month, Month, Cut), Report> {
    let shock = &case.shock;
    let tables = &session.world.market;
    let exporter = region_or_code(session, &shock.exporter);
    let country = region_or_code(session, &case.country);
    let region = |code: &str| tables.region_of(code).map_or(code.to_owned(), |region| region.id.clone());
    // Nobody stops selling to itself: what a country stops, it stops towards the others.
    let everybody = shock.reach == Reach::Everybody || region(&exporter) == place.region;
    let chains = chains(session, case);
    let base_year = base_year(session, case, &chains)?;
    let start = shock.start.plus(-MONTHS_BEFORE);
    let (exporter_en, exporter_ja) = place_names(session, &exporter);
    let (to_en, to_ja) = match everybody {
        true => ("everybody".to_owned(), "全仕向地".to_owned()),
        false => place_names(session, &country),
    };
    let mut text = String::new();
    let kind = match shock.licence {
        Licence::None => "ban",
        Licence::ByCase | Licence::General => "licence",
    };
    let Spread { low, mid, high } = shock.cut;
    let (least, most) = shock.months;
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "id = {id}\nname_en = {en}\nname_ja = {ja}\nstart = \"{start}\"\nbase_year = {base_year}\nhorizon_months = {horizon}\nchains = \
         {chains}\n\n[[controls]]\nid = \"stop\"\nname_en = {en}\nname_ja = {ja}\nkind = \"{kind}\"\nexporters = {exporters}\ndestinations = \
         {destinations}\nforms = {forms}\n{share} = {cut}\nstart = \"{first}\"\nends = {{ months = {months} }}\n",
        id = quoted(&format!("stop-{}", exporter.to_lowercase())),
        en = quoted(&format!("{exporter_en} stops {} to {to_en}", chains.join(" and ").replace('-', " "))),
        ja = quoted(&format!("{exporter_ja}が{to_ja}向けの供給を停止")),
        horizon = case.horizon as i32 + MONTHS_BEFORE,
        chains = list(&chains),
        exporters = list([&exporter]),
        destinations = if everybody { quoted("all") } else { list([&country]) },
        forms = list(&shock.forms),
        share = if kind == "ban" { "severity" } else { "covered" },
        cut = spread(low, mid, high),
        first = shock.start.first_day(),
        months = spread(least, (least + most) / 2.0, most),
    );
    if shock.licence == Licence::General {
        let assumed = |name: &str, value: f64, low: f64, high: f64| {
            format!("{name} = {{ value = {value:?}, low = {low:?}, high = {high:?}, assumed = {} }}\n", quoted(GENERAL))
        };
        text += &assumed("review_months", 1.0, 0.5, 2.0);
        text += &assumed("ramp_months", 3.0, 1.0, 6.0);
        text += &assumed("approved_at_most", 1.0, 0.8, 1.0);
    }
    let cut = Cut { exporters: BTreeSet::from([region(&exporter)]), forms: shock.forms.clone() };
    Ok((text, start, shock.start, cut))
}

/// The code that scenario files take for what a user wrote.
pub(super) fn region_or_code(session: &Session, text: &str) -> String {
    let economy = names::economy(&session.world, text, session.day.year);
    economy.map_or_else(|_| text.to_owned(), |economy| economy.name)
}

fn place_names(session: &Session, code: &str) -> (String, String) {
    let words = vocabulary(&session.world);
    let found = words.place(code).map(|word| (word.english().to_owned(), word.japanese().to_owned()));
    found.unwrap_or_else(|| (code.to_owned(), code.to_owned()))
}
