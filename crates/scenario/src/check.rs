//! Reads a file and checks what its fields say together.

use crate::calendar::Date;
use crate::field::{ChainId, Ending, EventId, PlaceId, Places, Start};
use crate::number::{Number, Tonnes};
use crate::reader::{Reader, Record, Section};
use crate::report::{Report, did_you_mean};
use crate::scenario::{Control, ControlKind, LeverKind, Scenario, Statement};
use crate::vocabulary::Vocabulary;
use lode_model::FormId;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

impl Scenario {
    /// Reads a scenario from the text of a file, or tells every mistake in it. `file` is the name shown in messages.
    pub fn parse(text: &str, file: &str, vocabulary: &Vocabulary) -> Result<Scenario, Report> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::new(file, text, vocabulary);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            for error in errors {
                let hint =
                    "the file is TOML: name = value, texts in quotes, [[controls]] before each control".to_owned();
                let message = format!("cannot be read: {}", error.message().trim());
                reader.mistake_at(error.span().map(|span| span.start), message, Some(hint));
            }
            return Err(Report::of(reader.into_mistakes()));
        }
        let mut section = Section::new(&mut reader, table.get_ref(), "");
        let mut scenario = Self::read_record(&mut section);
        section.finish();
        fill(&mut scenario, vocabulary);
        check(&scenario, &mut reader);
        let mistakes = reader.into_mistakes();
        if mistakes.is_empty() { Ok(scenario) } else { Err(Report::of(mistakes)) }
    }
}

/// Lists the forms of controls that name commodities or customs lines only, and the chains of all forms.
fn fill(scenario: &mut Scenario, vocabulary: &Vocabulary) {
    for control in &mut scenario.controls {
        if control.forms.is_empty() {
            control.forms = forms_of(control, vocabulary);
        }
    }
    if scenario.chains.is_empty() {
        let mut chains: Vec<ChainId> = Vec::new();
        for form in events(scenario).iter().flat_map(|event| event.forms) {
            if let Some(form) = vocabulary.form(form.as_str())
                && chains.iter().all(|chain| chain.as_str() != form.chain)
            {
                chains.push(ChainId::new(&form.chain));
            }
        }
        scenario.chains = chains;
    }
}

fn forms_of(control: &Control, vocabulary: &Vocabulary) -> Vec<FormId> {
    let is_named = |held: &String| control.commodities.iter().any(|commodity| commodity.as_str() == held);
    let holding = vocabulary.forms.iter().filter(|form| form.commodities.iter().any(is_named));
    let mut found: BTreeSet<&str> = holding.map(|form| form.word.id.as_str()).collect();
    if found.is_empty() {
        let lines: Vec<&str> = control.hs_lines.iter().map(|line| line.six_digits()).collect();
        let traded =
            vocabulary.forms.iter().filter(|form| form.hs_codes.iter().any(|code| lines.contains(&code.as_str())));
        found = traded.map(|form| form.word.id.as_str()).collect();
    }
    let in_order = vocabulary.forms.iter().filter(|form| found.contains(form.word.id.as_str()));
    in_order.map(|form| FormId::new(&form.word.id)).collect()
}

/// What every event and lever has, whatever it is.
struct Event<'a> {
    list: &'static str,
    id: &'a EventId,
    start: &'a Start,
    ends: &'a Ending,
    forms: &'a [FormId],
    /// Fields that must name somebody: name and whether they are empty.
    needed: Vec<(&'static str, bool)>,
    /// Whether its own forms must be named.
    needs_forms: bool,
}

fn events(scenario: &Scenario) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    macro_rules! add {
        ($list:ident, $event:ident, $needed:expr, $needs_forms:expr) => {
            for $event in &scenario.$list {
                events.push(Event {
                    list: stringify!($list),
                    id: &$event.id,
                    start: &$event.start,
                    ends: &$event.ends,
                    forms: &$event.forms,
                    needed: $needed,
                    needs_forms: $needs_forms,
                });
            }
        };
    }
    add!(controls, event, vec![("exporters", event.exporters.is_empty())], true);
    add!(outages, event, vec![("places", event.places.is_empty())], true);
    add!(route_closures, event, vec![], false);
    add!(demand_surges, event, vec![], true);
    add!(dumping, event, vec![("exporters", event.exporters.is_empty())], true);
    add!(leaks, event, vec![("exporters", event.exporters.is_empty())], false);
    add!(levers, event, vec![("places", event.places.is_empty())], true);
    events
}

/// The path of the n-th entry of a list as the reader labelled it.
fn labels<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for (index, id) in ids.enumerate() {
        let label =
            if id.is_empty() || seen.iter().any(|label| label == id) { (index + 1).to_string() } else { id.to_owned() };
        seen.push(label);
    }
    seen
}

fn check(scenario: &Scenario, reader: &mut Reader<'_>) {
    let events = events(scenario);
    let mut paths: Vec<String> = Vec::new();
    for list in ["controls", "outages", "route_closures", "demand_surges", "dumping", "leaks", "levers"] {
        let ids = events.iter().filter(|event| event.list == list).map(|event| event.id.as_str());
        paths.extend(labels(ids).into_iter().map(|label| format!("{list}.{label}")));
    }
    check_years(scenario, reader);
    if events.is_empty() && !reader.is_bad("controls") {
        let hint = "add a [[controls]], [[outages]] or [[levers]] table".to_owned();
        reader.mistake("", "nothing happens in it", Some(hint));
    }
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (event, path) in events.iter().zip(&paths) {
        let id = event.id.as_str();
        if let Some(other) = first.get(id).filter(|_| !id.is_empty()) {
            let message = format!("`{id}` is already the id of {other}");
            reader.mistake(&format!("{path}.id"), message, Some("give each event an id of its own".into()));
        } else {
            first.insert(id, path);
        }
    }
    for (event, path) in events.iter().zip(&paths) {
        check_event(scenario, event, path, &first, reader);
    }
    check_chains(scenario, &events, &paths, reader);
    check_followers(&events, &paths, reader);
    for (control, path) in scenario.controls.iter().zip(&paths) {
        check_control(control, path, reader);
    }
    check_quotas(&scenario.controls, &paths, reader);
    let levers = paths.len() - scenario.levers.len();
    for (lever, path) in scenario.levers.iter().zip(&paths[levers..]) {
        check_lever(&lever.kind, path, reader);
    }
    for (name, statements) in [("known", &scenario.known), ("unknown", &scenario.unknown)] {
        check_statements(name, statements, reader);
    }
    check_cases(scenario, reader);
}

fn check_years(scenario: &Scenario, reader: &mut Reader<'_>) {
    if scenario.horizon_months < 1 || scenario.horizon_months > 600 {
        reader.mistake(
            "horizon_months",
            format!("{} is no horizon", scenario.horizon_months),
            Some("write 1 to 600".into()),
        );
    }
    if reader.is_bad("base_year") {
        return;
    }
    if let Some((first, last)) = reader.vocabulary.data_years
        && !(first..=last).contains(&scenario.base_year)
        && scenario.is_in_market()
    {
        let message = format!("{} lies outside the data, which run from {first} to {last}", scenario.base_year);
        reader.mistake("base_year", message, Some(format!("write a year from {first} to {last}")));
    }
    if !reader.is_bad("start") && scenario.base_year > scenario.start.year {
        let message = format!("{} comes after the start of the run in {}", scenario.base_year, scenario.start);
        reader.mistake("base_year", message, Some("name a year before anything happens".into()));
    }
}

fn check_event(
    scenario: &Scenario,
    event: &Event<'_>,
    path: &str,
    known: &BTreeMap<&str, &str>,
    reader: &mut Reader<'_>,
) {
    for (field, is_empty) in &event.needed {
        let field = format!("{path}.{field}");
        if *is_empty && !reader.is_bad(&field) {
            reader.mistake(&field, "names nobody", Some("write at least one country, region or group".into()));
        }
    }
    if event.needs_forms
        && event.forms.is_empty()
        && scenario.is_in_market()
        && !reader.is_bad(&format!("{path}.forms"))
    {
        let hint = if event.list == "controls" {
            "name its forms, commodities or customs lines; if its goods are no forms of the market, write outside_market = \"why\""
        } else {
            "name its forms"
        };
        reader.mistake(path, "concerns no form of the market", Some(hint.into()));
    }
    let start_path = format!("{path}.start");
    match event.start {
        Start::On(day) if !reader.is_bad(&start_path) => {
            if !reader.is_bad("start") && day.month() < scenario.start {
                let message = format!("{day} comes before the data of the run, which begins in {}", scenario.start);
                let hint = format!(
                    "start the run in {}; or leave out what was in force before, for the base year already holds it",
                    day.month()
                );
                reader.mistake(&start_path, message, Some(hint));
            }
            check_ending(*day, event.ends, path, reader);
        }
        Start::After { event: other, .. } if !known.contains_key(other.as_str()) => {
            let near =
                did_you_mean(other.as_str(), known.keys().copied()).map(|near| format!("did you mean `{near}`?"));
            reader.mistake(&format!("{start_path}.after"), format!("`{other}` is no event of this file"), near);
        }
        _ => {}
    }
}

fn check_ending(start: Date, ends: &Ending, path: &str, reader: &mut Reader<'_>) {
    let field = format!("{path}.ends");
    if reader.is_bad(&field) {
        return;
    }
    match ends {
        Ending::On(end) if *end < start => {
            reader.mistake(&field, format!("it ends on {end}, before it starts on {start}"), None);
        }
        Ending::Deal { earliest, .. } if *earliest < start && !reader.is_bad(&format!("{field}.earliest")) => {
            let message = format!("a deal on {earliest} would come before the start on {start}");
            reader.mistake(&format!("{field}.earliest"), message, None);
        }
        Ending::Lasting { months } if months.low <= 0.0 && !reader.is_bad(&format!("{field}.months")) => {
            reader.mistake(&format!("{field}.months"), "it would last no time", None);
        }
        _ => {}
    }
}

fn check_chains(scenario: &Scenario, events: &[Event<'_>], paths: &[String], reader: &mut Reader<'_>) {
    if reader.is_bad("chains") {
        return;
    }
    for (event, path) in events.iter().zip(paths) {
        for form in event.forms {
            let Some(word) = reader.vocabulary.form(form.as_str()) else { continue };
            if scenario.chains.iter().all(|chain| chain.as_str() != word.chain) {
                let message = format!("form `{form}` belongs to chain `{}`, which is not run", word.chain);
                let hint = format!("add \"{}\" to chains, or leave chains out", word.chain);
                reader.mistake(&format!("{path}.forms"), message, Some(hint));
            }
        }
    }
}

/// An event that waits for itself, through others or not, would never begin.
fn check_followers(events: &[Event<'_>], paths: &[String], reader: &mut Reader<'_>) {
    for (event, path) in events.iter().zip(paths) {
        let mut at = event;
        for _ in 0..=events.len() {
            let Start::After { event: before, .. } = at.start else { break };
            if before == event.id {
                let hint = "give one event of the ring a day".to_owned();
                reader.mistake(&format!("{path}.start"), format!("`{}` waits for itself", event.id), Some(hint));
                break;
            }
            let Some(next) = events.iter().find(|other| other.id == before) else { break };
            at = next;
        }
    }
}

fn check_control(control: &Control, path: &str, reader: &mut Reader<'_>) {
    if let (Some(announced), Start::On(start)) = (control.announced, &control.start)
        && announced > *start
        && !reader.is_bad(&format!("{path}.announced"))
        && !reader.is_bad(&format!("{path}.start"))
    {
        let message = format!("it is announced on {announced}, after it starts on {start}");
        reader.mistake(&format!("{path}.announced"), message, None);
    }
    if let Places::Only(destinations) = &control.destinations {
        for place in control.exporters.iter().filter(|place| !place.as_str().is_empty() && destinations.contains(place))
        {
            let message = format!("{place} is both exporter and destination");
            reader.mistake(
                &format!("{path}.destinations"),
                message,
                Some("a country does not export to itself".into()),
            );
        }
    }
    for (index, suspension) in control.suspended.iter().enumerate() {
        if suspension.to.is_some_and(|to| to < suspension.from) {
            reader.mistake(&format!("{path}.suspended.{}", index + 1), "ends before it begins", None);
        }
    }
    let ControlKind::Quota { tonnes_per_year, allowances, .. } = &control.kind else { return };
    match (tonnes_per_year, allowances.is_empty()) {
        (None, true) if !reader.is_bad(&format!("{path}.kind")) => {
            let hint = "write tonnes_per_year = …, or allowances = [{ from, to, tonnes }]".to_owned();
            reader.mistake(path, "a quota without tonnes", Some(hint));
        }
        (Some(_), false) => {
            let hint = "keep tonnes_per_year or allowances".to_owned();
            reader.mistake(&format!("{path}.allowances"), "two caps contradict each other", Some(hint));
        }
        _ => {}
    }
    for (index, allowance) in allowances.iter().enumerate() {
        let field = format!("{path}.allowances.{}", index + 1);
        if allowance.to < allowance.from {
            reader.mistake(&field, format!("ends on {}, before it begins on {}", allowance.to, allowance.from), None);
        }
        let overlaps = |other: &&crate::scenario::Allowance| other.from <= allowance.to && allowance.from <= other.to;
        if allowances[..index].iter().any(|other| overlaps(&other)) {
            let hint = "each day belongs to one allowance".to_owned();
            reader.mistake(&field, "contradicts an allowance before it: their periods overlap", Some(hint));
        }
    }
}

/// First and last day of a control; open ends reach as far as the calendar.
fn spell(control: &Control) -> Option<(Date, Date)> {
    const LAST: Date = Date { year: 9999, month: 12, day: 31 };
    let Start::On(start) = control.start else { return None };
    let end = if let Ending::On(end) = control.ends { end } else { LAST };
    Some((start, end))
}

fn check_quotas(controls: &[Control], paths: &[String], reader: &mut Reader<'_>) {
    let is_quota = |control: &Control| matches!(control.kind, ControlKind::Quota { .. });
    for (index, (control, path)) in controls.iter().zip(paths).enumerate().filter(|(_, (control, _))| is_quota(control))
    {
        for (other, other_path) in controls[..index].iter().zip(paths).filter(|(other, _)| is_quota(other)) {
            let (Some(ours), Some(theirs)) = (spell(control), spell(other)) else { continue };
            let exporter = control.exporters.iter().find(|place| other.exporters.contains(place));
            let form = control.forms.iter().find(|form| !form.as_str().is_empty() && other.forms.contains(form));
            let (Some(exporter), Some(form)) = (exporter, form) else { continue };
            if ours.0 <= theirs.1 && theirs.0 <= ours.1 && places_meet(&control.destinations, &other.destinations) {
                let message = format!("two quotas of {exporter} on {form} at the same time: this one and {other_path}");
                let hint =
                    "end the first before the second starts, or use allowances for the periods of one quota".to_owned();
                reader.mistake(path, message, Some(hint));
            }
        }
    }
}

fn places_meet(one: &Places, other: &Places) -> bool {
    match (one, other) {
        (Places::Only(one), other) | (other, Places::Only(one)) => {
            one.iter().any(|place: &PlaceId| other.names(place.as_str()))
        }
        _ => true,
    }
}

fn check_lever(kind: &LeverKind, path: &str, reader: &mut Reader<'_>) {
    let LeverKind::StockRelease { stock_tonnes, stock_months, .. } = kind else { return };
    if reader.is_bad(&format!("{path}.kind")) {
        return;
    }
    let hint = "write stock_tonnes = …, or stock_months = … of usual use".to_owned();
    let is_nothing = |tonnes: &Option<Number<Tonnes>>| tonnes.as_ref().is_some_and(|stock| stock.high <= 0.0);
    match (stock_tonnes, stock_months) {
        (None, None) => reader.mistake(path, "a release without a stock", Some(hint)),
        (Some(_), Some(_)) => {
            reader.mistake(
                &format!("{path}.stock_months"),
                "two stocks contradict each other",
                Some("keep one of them".into()),
            );
        }
        _ => {
            let months = stock_months.as_ref().is_some_and(|stock| stock.high <= 0.0);
            let is_bad =
                reader.is_bad(&format!("{path}.stock_tonnes")) || reader.is_bad(&format!("{path}.stock_months"));
            if (is_nothing(stock_tonnes) || months) && !is_bad {
                reader.mistake(path, "releases a stock of nothing", Some(hint));
            }
        }
    }
}

fn check_statements(name: &str, statements: &[Statement], reader: &mut Reader<'_>) {
    for (index, statement) in statements.iter().enumerate() {
        let path = format!("{name}.{}", index + 1);
        if statement.origins.is_empty() && statement.source.is_empty() && !reader.is_bad(&format!("{path}.origins")) {
            let hint = "add origins = [\"id\"] or source = \"title, date\"".to_owned();
            reader.mistake(&path, "says nothing of where it comes from", Some(hint));
        }
    }
}

fn check_cases(scenario: &Scenario, reader: &mut Reader<'_>) {
    let labels = labels(scenario.cases.iter().map(|case| case.id.as_str()));
    for (index, (case, label)) in scenario.cases.iter().zip(&labels).enumerate() {
        if scenario.cases[..index].iter().any(|other| other.id == case.id) && !case.id.as_str().is_empty() {
            let message = format!("`{}` is already the id of a case", case.id);
            reader.mistake(&format!("cases.{label}.id"), message, None);
        }
        let mut scratch = scenario.clone();
        for (name, number) in &case.numbers.0 {
            let path = format!("cases.{label}.numbers.{name}");
            if reader.is_bad(&path) {
                continue;
            }
            if let Err((message, hint)) = scratch.set(name, number.clone()) {
                reader.mistake(&path, message, hint);
            }
        }
    }
}
