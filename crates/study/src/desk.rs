//! How dependent is a country, on whom, at which stage? The matrix of commodities and stages on one screen.

use crate::answer::{percent, readable};
use crate::{Answer, Section, Session, Text, controls, measures, names};
use lode_assess::{Band, Basis, Economy, Measure, Query, suppliers};
use lode_model::{
    Commodity, CommodityId, CommodityKind, Control, ControlStatus, CountryCode, DataQuality, NominalUsd, Stage, Year,
};

/// The columns of the matrix: a heading and the stages that it stands for, the first with data wins.
pub const STAGES: [(&str, &[Stage]); 4] = [
    ("mine", &[Stage::Mine]),
    ("refined", &[Stage::Refined, Stage::MixedCompound]),
    ("metal", &[Stage::Metal, Stage::Alloy]),
    ("magnet", &[Stage::Magnet, Stage::Component]),
];

/// Years before the newest trade record that a trend covers.
const TREND_YEARS: Year = 14;
/// A largest supplier's share that moves by more than this in a year is worth a line.
const MOVED: f64 = 0.15;
/// Imports below this are too small for a shift to be worth a line.
const WORTH_A_LINE: NominalUsd = NominalUsd::new(5e6);
/// Months of controls that count as lately.
const LATELY: u32 = 24;
/// Lines of what changed.
const LINES: usize = 8;

impl Line<'_> {
    /// Whether any cell holds more than bounds.
    fn has_a_value(&self) -> bool {
        let known = |measure: &Option<Measure>| measure.as_ref().is_some_and(|measure| measure.band.value.is_some());
        self.cells.iter().any(|(world, own)| known(world) || known(own))
    }

    /// Whether a restriction in force names the commodity itself, not only its group.
    fn is_controlled(&self, session: &Session, country: &Economy) -> bool {
        let standing = controls::standing(&session.world, country, &self.commodity.id, session.day);
        let binding = standing.iter().filter(|standing| standing.status == ControlStatus::InForce);
        binding.into_iter().any(|standing| standing.control.commodities.contains(&self.commodity.id))
    }
}

/// A commodity on the desk.
pub struct Line<'w> {
    /// The commodity.
    pub commodity: &'w Commodity,
    /// World and country for each of [`STAGES`].
    pub cells: Vec<(Option<Measure>, Option<Measure>)>,
    /// What the country bought of it in the year of the desk; zero where no record tells.
    pub imports: NominalUsd,
    /// The largest supplier's share over the years.
    pub trend: Vec<Measure>,
}

/// Everything that stands on the desk of a country.
pub struct Desk<'w> {
    /// Year of the newest trade record.
    pub year: Year,
    /// Commodities of which something is known.
    pub lines: Vec<Line<'w>>,
    /// Commodities of which customs give bounds only.
    pub bundled: Vec<Line<'w>>,
}

impl Desk<'_> {
    /// Every number on it.
    pub fn measures(&self) -> Vec<Measure> {
        let mut all: Vec<Measure> = Vec::new();
        for line in self.lines.iter().chain(&self.bundled) {
            all.extend(line.cells.iter().flat_map(|(world, own)| [world.clone(), own.clone()]).flatten());
            all.extend(line.trend.iter().cloned());
        }
        all
    }
}

/// Gathers the desk of a country.
pub fn gather<'w>(session: &'w Session, country: &Economy, basis: Basis) -> Desk<'w> {
    let newest = session.world.trade.newest_year().unwrap_or(session.day.year - 1);
    let lines: Vec<Line<'_>> = commodities(session)
        .into_iter()
        .map(|commodity| line(session, country, commodity, newest, basis))
        .filter(|line| {
            let any = line.cells.iter().any(|(world, own)| world.is_some() || own.is_some());
            any || !line.trend.is_empty() || line.is_controlled(session, country)
        })
        .collect();
    let worth_a_line =
        |line: &Line<'_>| line.has_a_value() || !line.trend.is_empty() || line.is_controlled(session, country);
    let (lines, bundled) = lines.into_iter().partition(worth_a_line);
    Desk { year: newest, lines, bundled }
}

/// The desk of a country.
pub fn desk(session: &Session, country: &Economy, basis: Basis) -> Answer {
    let gathered = gather(session, country, basis);
    let all = gathered.measures();
    let Desk { year: newest, lines, bundled } = gathered;
    let mut answer = Answer { rows: measures::rows(&all), ..Answer::default() };
    let headline = headline(session, country, newest).filter(|_| !country.is_world());
    if let Some(sentence) = headline.and_then(|headline| headline.sentence(session, country)) {
        answer.sections.push(Section::Paragraph(sentence));
    }
    answer.sections.push(matrix(session, country, newest, basis, &lines));
    if !bundled.is_empty() {
        let names: Vec<&str> = bundled.iter().map(|line| line.commodity.name_en.as_str()).collect();
        answer.sections.push(Section::Paragraph(format!(
            "Only bounds, because customs bundle them: {} (`lode assess --commodity`).",
            names.join(", ")
        )));
    }
    answer.sections.push(Section::Paragraph(
        "Each cell: largest supplier and its share of world output, or of the country's own imports. \
         ~ estimated, second-hand or assumed; v by value; `mixed` the customs code bundles several \
         commodities; · no source in this package. Its share: of the largest supplier, year by year. Restricted \
         exports: the most binding measure of others, + how many more; * for named users, uses or goods only; (..) suspended; \
         ? its suspension ran out and no source says what followed."
            .into(),
    ));
    let changed = changes(session, country, &lines);
    let changed: Vec<String> = changed.iter().filter_map(|change| change_line(session, change)).collect();
    if !changed.is_empty() {
        answer.sections.push(Section::List { title: "What changed".into(), lines: changed });
    }
    answer.remarks = measures::remarks(session, &all);
    answer.remarks.extend(names::remark_on(country));
    // The matrix draws on most of the package: its origins are one command away and would fill the screen.
    answer.remarks.retain(|remark| !remark.starts_with("Origins"));
    answer.remarks.push(
        "Every number's origin: --format json, then `lode sources ORIGIN`. Method: `lode explain dependence`.".into(),
    );
    answer
}

/// Groups first with their elements, then the rest by name.
fn commodities(session: &Session) -> Vec<&Commodity> {
    let mut all: Vec<&Commodity> = session.world.commodities.values().collect();
    let group_of = |commodity: &Commodity| match commodity.kind {
        CommodityKind::Group => commodity.id.as_str().to_owned(),
        _ => commodity.group.as_ref().map_or(String::new(), |group| group.as_str().to_owned()),
    };
    all.sort_by_key(|commodity| {
        let group = group_of(commodity);
        let is_rare_earth = group == "rare-earths";
        (!is_rare_earth, group.is_empty(), group, commodity.kind != CommodityKind::Group, commodity.name_en.clone())
    });
    all
}

fn query(
    country: Economy,
    commodity: &CommodityId,
    stage: Option<Stage>,
    years: std::ops::RangeInclusive<Year>,
    basis: Basis,
) -> Query {
    Query { country, commodity: commodity.clone(), stage, partner: None, years, basis, hs_set: None, record: None }
}

fn ask(session: &Session, indicator: &str, query: &Query) -> Vec<Measure> {
    lode_assess::find(indicator).map_or(Vec::new(), |indicator| indicator.assess(&session.world, query))
}

fn newest_known(measures: Vec<Measure>) -> Option<Measure> {
    measures.into_iter().rfind(|measure| !measure.is_missing())
}

fn line<'w>(session: &'w Session, country: &Economy, commodity: &'w Commodity, newest: Year, basis: Basis) -> Line<'w> {
    let world = Economy::country(CountryCode::WORLD);
    let cells = STAGES.iter().map(|(_, stages)| {
        let newest_of = |indicator: &str, economy: &Economy, from: Year, to: Year, basis: Basis| {
            stages.iter().find_map(|stage| {
                newest_known(ask(
                    session,
                    indicator,
                    &query(economy.clone(), &commodity.id, Some(*stage), from..=to, basis),
                ))
            })
        };
        (
            newest_of("top-1", &world, session.day.year - 4, session.day.year, basis),
            // Of a few codes the package holds value shares only: they are shown and marked.
            newest_of("dependence", country, newest, newest, basis)
                .or_else(|| newest_of("dependence", country, newest, newest, Basis::Value)),
        )
    });
    let cells = cells.collect();
    let now =
        newest_known(ask(session, "dependence", &query(country.clone(), &commodity.id, None, newest..=newest, basis)));
    let trend = match now.filter(|now| now.band.value.is_some()).and_then(|now| CountryCode::parse(&now.partner)) {
        Some(partner) => {
            let mut over_time = query(country.clone(), &commodity.id, None, newest - TREND_YEARS..=newest, basis);
            over_time.partner = Some(Economy::country(partner));
            ask(session, "dependence", &over_time)
        }
        None => Vec::new(),
    };
    Line { commodity, cells, imports: imports(session, country, &commodity.id, newest), trend }
}

fn imports(session: &Session, country: &Economy, commodity: &CommodityId, year: Year) -> NominalUsd {
    let Some(set) = session.world.default_hs_set(commodity) else { return NominalUsd::ZERO };
    // What a code that bundles commodities is worth is not what one of them is worth.
    if session
        .world
        .forms
        .iter()
        .any(|form| form.mixed && form.commodity == *commodity && set.codes.contains(&form.hs_code))
    {
        return NominalUsd::ZERO;
    }
    set.codes
        .iter()
        .flat_map(|code| {
            country.members.iter().flat_map(move |member| session.world.trade.imports(*code, *member, year))
        })
        .filter(|flow| !country.contains(flow.exporter))
        .map(|flow| flow.value)
        .sum()
}

/// The share of the largest supplier of rare earths under the two rival definitions.
pub struct Headline {
    /// By weight; its partner is the largest supplier.
    pub by_weight: Measure,
    /// By value, of the same partner.
    pub by_value: Measure,
}

impl Headline {
    fn sentence(&self, session: &Session, country: &Economy) -> Option<String> {
        Some(format!(
            "Of the rare earths that {} imported in {}, {} by weight and {} by value came from {}. Both are right: they count different things.",
            names::in_sentence(&session.world, &country.name),
            self.by_weight.year?,
            percent(self.by_weight.band.value?),
            percent(self.by_value.band.value?),
            names::in_sentence(&session.world, &self.by_weight.partner),
        ))
    }
}

/// What stands at the head of the desk.
pub fn headline(session: &Session, country: &Economy, year: Year) -> Option<Headline> {
    let commodity = CommodityId::new("rare-earths");
    let share =
        |basis| newest_known(ask(session, "dependence", &query(country.clone(), &commodity, None, year..=year, basis)));
    let by_weight = share(Basis::Quantity)?;
    let mut same = query(country.clone(), &commodity, None, year..=year, Basis::Value);
    same.partner = CountryCode::parse(&by_weight.partner).map(Economy::country);
    let by_value = newest_known(ask(session, "dependence", &same))?;
    Some(Headline { by_weight, by_value })
}

/// The largest suppliers behind a cell, with the band of each one's share.
pub fn rank(session: &Session, economy: &Economy, cell: &Measure, most: usize) -> Vec<(CountryCode, Band)> {
    let (Some(year), true) = (cell.year, cell.band.value.is_some()) else { return Vec::new() };
    let basis = if cell.basis.starts_with("value") { Basis::Value } else { Basis::Quantity };
    let query = query(economy.clone(), &cell.commodity, cell.stage, year..=year, basis);
    let Ok((suppliers, _)) = suppliers(&session.world, &query, year, cell.clone()) else { return Vec::new() };
    let largest = suppliers.concentration().shares;
    largest.iter().take(most).map(|(code, _)| (*code, suppliers.share_of(|supplier| supplier == *code))).collect()
}

fn matrix(session: &Session, country: &Economy, newest: Year, basis: Basis, lines: &[Line<'_>]) -> Section {
    let mut headings = vec!["commodity".to_owned()];
    let used: Vec<usize> = (0..STAGES.len())
        .filter(|index| lines.iter().any(|line| line.cells[*index].0.is_some() || line.cells[*index].1.is_some()))
        .collect();
    for index in &used {
        headings.push(format!("{}\nworld", STAGES[*index].0));
        if !country.is_world() {
            headings.push(format!("\n{}", country.name));
        }
    }
    if !country.is_world() {
        headings.push("imports\nm USD".to_owned());
        headings.push(format!("its share\n{}–{newest}", newest - TREND_YEARS));
    }
    headings.push("restricted\nexports".to_owned());
    let rows = lines.iter().map(|line| {
        let indent = if line.commodity.group.is_some() { "  " } else { "" };
        let indent = indent.replace(' ', Text::TIE);
        let mut cells = vec![Text::words(format!("{indent}{}", line.commodity.name_en))];
        for index in &used {
            let (world, own) = &line.cells[*index];
            cells.push(Text::tied(cell(world.as_ref(), basis)));
            if !country.is_world() {
                cells.push(Text::tied(cell(own.as_ref(), basis)));
            }
        }
        if !country.is_world() {
            let millions = line.imports.value() / 1e6;
            cells.push(Text::number(if millions > 0.0 { readable(millions) } else { "·".into() }));
            cells.push(Text::tied(sparkline(&line.trend)));
        }
        let standing = controls::standing(&session.world, country, &line.commodity.id, session.day);
        cells.push(Text::words(standing.first().map_or(String::new(), |first| {
            let more = if standing.len() > 1 { format!(" +{}", standing.len() - 1) } else { String::new() };
            let actor = first.control.actor.map_or(String::new(), |actor| format!("{actor} "));
            Text::tied(format!("{actor}{}", first.short())).text + &more
        })));
        cells
    });
    let rows = rows.collect();
    let title = format!(
        "Largest supplier by stage, {}, imports of {newest}, shares by {}",
        names::shown(&session.world, &country.name),
        if basis == Basis::Quantity { "weight" } else { "value" }
    );
    Section::Table { title, headings, rows }
}

fn cell(measure: Option<&Measure>, basis: Basis) -> String {
    let Some(measure) = measure else { return "·".into() };
    let weak = !matches!(measure.quality, DataQuality::Reported | DataQuality::Derived | DataQuality::User);
    let by_value = if measure.basis.starts_with("value") && basis == Basis::Quantity { "v" } else { "" };
    match measure.band.value {
        Some(value) => {
            let share = percent(value).trim_end_matches(" %").to_owned();
            format!("{}{} {share}{by_value}", if weak { "~" } else { "" }, measure.partner)
        }
        None => "mixed".into(),
    }
}

/// One block for each year, from 0 to 100 %; a blank for a year without a record.
fn sparkline(trend: &[Measure]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let block = |measure: &Measure| match measure.band.value {
        Some(value) => BLOCKS[((value * 8.0) as usize).min(7)],
        None => ' ',
    };
    trend.iter().map(block).collect()
}

/// Something that changed lately or is due.
pub enum Change<'w> {
    /// A measure of a government began, ended, or was suspended.
    Control {
        /// When.
        date: String,
        /// What happened to it.
        what: &'static str,
        /// Whether it is still to come.
        due: bool,
        /// The measure, and those of the same actor to which the same happened on that day.
        controls: Vec<&'w Control>,
    },
    /// The share of the largest supplier moved within the newest year of the record.
    Share {
        /// Commodity.
        commodity: &'w Commodity,
        /// The year before.
        before: Box<Measure>,
        /// The newest year.
        now: Box<Measure>,
    },
}

/// What changed: controls first, newest first, then shares, the largest move first.
pub fn changes<'w>(session: &'w Session, country: &Economy, lines: &[Line<'w>]) -> Vec<Change<'w>> {
    let changes = controls::changes(&session.world, country, session.day, LATELY);
    // What happens to several measures of one country on one day is one line.
    let alike = |a: &controls::Change<'_>, b: &controls::Change<'_>| {
        (&a.date, a.what, a.control.actor) == (&b.date, b.what, b.control.actor)
    };
    let mut found: Vec<Change<'w>> = Vec::new();
    for group in changes.chunk_by(alike).take(LINES) {
        let Some(first) = group.first() else { continue };
        found.push(Change::Control {
            date: first.date.clone(),
            what: first.what,
            due: first.is_due,
            controls: group.iter().map(|change| change.control).collect(),
        });
    }
    let mut moved: Vec<(f64, Change<'w>)> = Vec::new();
    for line in lines.iter().filter(|line| line.imports >= WORTH_A_LINE) {
        let [.., before, now] = line.trend.as_slice() else { continue };
        if let (Some(was), Some(is)) = (before.band.value, now.band.value)
            && (is - was).abs() >= MOVED
        {
            let (before, now) = (Box::new(before.clone()), Box::new(now.clone()));
            moved.push(((is - was).abs(), Change::Share { commodity: line.commodity, before, now }));
        }
    }
    moved.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.extend(moved.into_iter().take(LINES / 2).map(|(_, change)| change));
    found
}

fn change_line(session: &Session, change: &Change<'_>) -> Option<String> {
    match change {
        Change::Control { date, what, due, controls } => {
            let [control, others @ ..] = controls.as_slice() else { return None };
            let mark = if *due { "due " } else { "" };
            let instrument =
                if control.instrument.is_empty() { String::new() } else { format!(" ({})", control.instrument) };
            let more = if others.is_empty() {
                String::new()
            } else {
                let actor = control.actor.map_or(String::new(), |actor| names::shown(&session.world, actor.as_str()));
                format!(" and {} more of {actor}", others.len())
            };
            Some(format!("{mark}{date}  {}{instrument}{more}: {what}", control.name))
        }
        Change::Share { commodity, before, now } => Some(format!(
            "{}  {}: share of {} {} → {}",
            now.year?,
            commodity.name_en,
            names::in_sentence(&session.world, &now.partner),
            percent(before.band.value?),
            percent(now.band.value?)
        )),
    }
}
