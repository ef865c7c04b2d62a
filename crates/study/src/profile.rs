//! A country's place in the field: its role, reserves, output, partners, controls, projects and agreements.

use crate::answer::{percent, readable};
use crate::measures::COLUMNS;
use crate::{Age, Answer, Cell, Rows, Section, Session, Text, controls, names};
use lode_assess::{Basis, Concentration, Economy, Query, output_by_country};
use lode_model::*;
use std::collections::{BTreeMap, BTreeSet};

/// A share of world output or reserves above this makes a country a supplier of note.
const SUPPLIER_OF_NOTE: f64 = 0.05;
/// Output longer ago than this many years does not describe a country today.
const RECENT_YEARS: Year = 5;
/// Partners shown for each direction of trade.
const PARTNERS: usize = 3;

/// A country's share of a world total.
struct WorldShare {
    kind: &'static str,
    commodity: CommodityId,
    stage: Option<Stage>,
    year: Year,
    amount: f64,
    share: f64,
    unit: String,
    basis: String,
    rank: usize,
    quality: DataQuality,
    origins: BTreeSet<OriginId>,
}

impl WorldShare {
    /// Unit and mass basis in words.
    fn mass(&self) -> &str {
        if self.basis.is_empty() { &self.unit } else { &self.basis }
    }
}

/// The profile of a country or group.
pub fn profile(session: &Session, country: &Economy) -> Answer {
    let mut shares = production_shares(session, country);
    shares.extend(reserve_shares(session, country));
    shares.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then_with(|| (a.kind, &a.commodity, a.stage).cmp(&(b.kind, &b.commodity, b.stage)))
    });
    let mut answer = Answer { rows: Rows::new(&COLUMNS), ..Answer::default() };
    answer.sections.push(Section::Paragraph(role(session, country, &shares)));
    world_shares(session, country, &shares, &mut answer);
    partners(session, country, &mut answer);
    own_controls(session, country, &mut answer);
    touching_controls(session, country, &mut answer);
    projects(session, country, &mut answer);
    agreements(session, country, &mut answer);
    let newest = shares.iter().map(|share| share.year).chain(session.world.trade.newest_year()).max();
    answer.remarks.extend(newest.map(|year| Age::of_year(year, session.day).sentence("record")));
    answer.remarks.extend(names::remark_on(country));
    answer.remarks.push(format!("From {}, asked on {}.", session.identity(), session.day));
    answer
}

fn production_shares(session: &Session, country: &Economy) -> Vec<WorldShare> {
    let mut stages: BTreeSet<(&CommodityId, Stage)> = BTreeSet::new();
    for record in session.world.production.iter().filter(|record| record.metric == ProductionMetric::Production) {
        stages.insert((&record.commodity, record.stage));
    }
    let mut found = Vec::new();
    for (commodity, stage) in stages {
        // The newest year in which the source names any country, if it is not long ago.
        let newest = (session.day.year - RECENT_YEARS..=session.day.year).rev().find_map(|year| {
            let output = output_by_country(&session.world, commodity, stage, year);
            (output.named() > 0.0).then_some((year, output))
        });
        let Some((year, output)) = newest else { continue };
        let named = output.countries.values().copied().chain(output.other_countries).chain(output.total);
        let records = named.filter_map(|r| r.quantity.value.map(|v| (r.country, v, &r.quantity, &r.provenance)));
        found.extend(share_of(country, records.collect(), "production-share", commodity, Some(stage), year));
    }
    found
}

fn reserve_shares(session: &Session, country: &Economy) -> Vec<WorldShare> {
    let mut years: BTreeMap<&CommodityId, Year> = BTreeMap::new();
    let counts = |record: &&Reserve| {
        record.preferred && record.metric == ReserveMetric::Reserves && record.quantity.value.is_some()
    };
    for record in session.world.reserves.iter().filter(counts).filter(|record| record.country.is_single()) {
        let year = years.entry(&record.commodity).or_insert(record.year);
        *year = (*year).max(record.year);
    }
    let mut found = Vec::new();
    for (commodity, year) in years {
        let records =
            session.world.reserves.iter().filter(counts).filter(|r| r.commodity == *commodity && r.year == year);
        let records = records.filter_map(|r| r.quantity.value.map(|v| (r.country, v, &r.quantity, &r.provenance)));
        found.extend(share_of(country, records.collect(), "reserve-share", commodity, None, year));
    }
    found
}

/// The share of a country in the printed world total if there is one, else in the sum of the listed countries.
fn share_of(
    country: &Economy,
    records: Vec<(CountryCode, f64, &Quantity, &Provenance)>,
    kind: &'static str,
    commodity: &CommodityId,
    stage: Option<Stage>,
    year: Year,
) -> Option<WorldShare> {
    let unit = &records.iter().find(|(code, ..)| country.contains(*code))?.2.unit;
    let same: Vec<_> = records.iter().filter(|(_, _, quantity, _)| quantity.unit == *unit).collect();
    let listed: f64 = same.iter().filter(|(code, ..)| *code != CountryCode::WORLD).map(|(_, value, ..)| value).sum();
    let world =
        same.iter().find(|(code, ..)| *code == CountryCode::WORLD).map_or(listed, |(_, value, ..)| value.max(listed));
    // A country that is the only one listed is not thereby the whole world.
    if same.iter().all(|(code, ..)| country.contains(*code)) {
        return None;
    }
    let own = same.iter().filter(|(code, ..)| country.contains(*code));
    let amount: f64 = own.clone().map(|(_, value, ..)| value).sum();
    let rank = 1 + same
        .iter()
        .filter(|(code, value, ..)| code.is_single() && !country.contains(*code) && *value > amount)
        .count();
    (amount > 0.0).then(|| WorldShare {
        kind,
        commodity: commodity.clone(),
        stage,
        year,
        amount,
        share: amount / world,
        unit: unit.clone(),
        basis: own.clone().next().map_or(String::new(), |(_, _, quantity, _)| quantity.basis.clone()),
        rank,
        quality: same.iter().map(|(_, _, _, provenance)| provenance.quality).max().unwrap_or(DataQuality::Derived),
        origins: same.iter().map(|(_, _, _, provenance)| provenance.origin.clone()).collect(),
    })
}

fn name<'w>(session: &'w Session, commodity: &'w CommodityId) -> &'w str {
    session.world.commodities.get(commodity).map_or(commodity.as_str(), |commodity| &commodity.name_en)
}

fn role(session: &Session, country: &Economy, shares: &[WorldShare]) -> String {
    let named = names::in_sentence(&session.world, &country.name);
    let shown = named.strip_prefix("the ").map_or(named.clone(), |rest| format!("The {rest}"));
    let of_note = |kind: &str, refined: bool| -> Vec<String> {
        let of_kind = shares.iter().filter(|share| share.kind == kind && share.share >= SUPPLIER_OF_NOTE);
        let at_stage = of_kind.filter(|share| kind == "reserve-share" || (share.stage != Some(Stage::Mine)) == refined);
        at_stage
            .take(5)
            .map(|share| format!("{} {}", name(session, &share.commodity).to_lowercase(), percent(share.share)))
            .collect()
    };
    let mut parts = Vec::new();
    for (what, kind, refined) in [
        ("mines", "production-share", false),
        ("refines or makes", "production-share", true),
        ("holds reserves of", "reserve-share", false),
    ] {
        let list = of_note(kind, refined);
        if !list.is_empty() {
            parts.push(format!("{what} {}", list.join(", ")));
        }
    }
    if parts.is_empty() {
        format!(
            "{shown} is a user: no commodity in this package of which it supplies {} of the world or more.",
            percent(SUPPLIER_OF_NOTE)
        )
    } else {
        format!("{shown} {} (shares of the world).", parts.join("; "))
    }
}

#[expect(clippy::too_many_arguments, reason = "one for each documented column that differs")]
fn row(
    indicator: &str,
    country: &Economy,
    commodity: &str,
    stage: Option<Stage>,
    partner: &str,
    year: Option<Year>,
    value: Option<f64>,
    unit: &str,
    basis: &str,
    quality: DataQuality,
    origins: Vec<String>,
    note: String,
) -> Vec<Cell> {
    vec![
        Cell::text(indicator),
        Cell::text(&country.name),
        Cell::text(commodity),
        Cell::text(stage.map_or("", |stage| stage.word())),
        Cell::text(partner),
        year.map_or(Cell::Empty, |year| Cell::Integer(year.into())),
        Cell::number(value),
        Cell::Empty,
        Cell::Empty,
        Cell::text(unit),
        Cell::text(basis),
        Cell::text(quality.word()),
        Cell::List(origins),
        Cell::text(note),
    ]
}

fn world_shares(session: &Session, country: &Economy, shares: &[WorldShare], answer: &mut Answer) {
    let mut table = Vec::new();
    for share in shares {
        answer.rows.rows.push(row(
            share.kind,
            country,
            share.commodity.as_str(),
            share.stage,
            "",
            Some(share.year),
            Some(share.share),
            "share",
            share.mass(),
            share.quality.max(DataQuality::Derived),
            share.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            format!("{} {}, rank {}", readable(share.amount), share.unit, share.rank),
        ));
        table.push(vec![
            Text::words(name(session, &share.commodity)),
            Text::words(share.stage.map_or("reserves", |stage| stage.word())),
            Text::number(percent(share.share)),
            Text::number(share.rank.to_string()),
            Text::number(readable(share.amount)),
            Text::words(share.mass()),
            Text::words(share.year.to_string()),
            Text::words(share.quality.word()),
        ]);
    }
    if !table.is_empty() {
        let headings = ["commodity", "stage", "of world", "rank", "amount", "unit", "year", "quality"];
        answer.sections.push(Section::Table {
            title: "Output and reserves".into(),
            headings: headings.map(str::to_owned).to_vec(),
            rows: table,
        });
    }
}

fn partners(session: &Session, country: &Economy, answer: &mut Answer) {
    let world = &session.world;
    let Some(year) = world.trade.newest_year() else { return };
    let mut table = Vec::new();
    for (id, commodity) in &world.commodities {
        let Some(set) = world.default_hs_set(id) else { continue };
        // Partners under a code that bundles elements say nothing of one of them.
        if world.forms.iter().any(|form| form.mixed && form.commodity == *id && set.codes.contains(&form.hs_code)) {
            continue;
        }
        let imports: Vec<(CountryCode, f64)> = set
            .codes
            .iter()
            .flat_map(|code| country.members.iter().flat_map(move |member| world.trade.imports(*code, *member, year)))
            .map(|flow| (flow.exporter, flow.value.value()))
            .collect();
        let exports: Vec<(CountryCode, f64)> = set
            .codes
            .iter()
            .flat_map(|code| country.members.iter().flat_map(move |member| world.trade.exports(*code, *member, year)))
            .map(|flow| (flow.importer, flow.value.value()))
            .collect();
        let mut shown = vec![Text::words(&commodity.name_en)];
        let mut any = false;
        for (indicator, flows) in [("import-share", imports), ("export-share", exports)] {
            let mut by_partner: BTreeMap<CountryCode, f64> = BTreeMap::new();
            for (partner, value) in flows.into_iter().filter(|(partner, _)| !country.contains(*partner)) {
                *by_partner.entry(partner).or_default() += value;
            }
            let mix = Concentration::new(by_partner);
            any |= mix.total > 0.0;
            for (partner, share) in mix.shares.iter().take(PARTNERS) {
                let provenance = world.trade.provenance();
                answer.rows.rows.push(row(
                    indicator,
                    country,
                    id.as_str(),
                    Some(Stage::Trade),
                    partner.as_str(),
                    Some(year),
                    Some(*share),
                    "share",
                    &format!("value {}", set.id.as_str()),
                    provenance.quality.max(DataQuality::Derived),
                    vec![provenance.origin.as_str().to_owned()],
                    format!("of {} million USD", readable(mix.total / 1e6)),
                ));
            }
            let list: Vec<String> = mix
                .shares
                .iter()
                .take(PARTNERS)
                .map(|(partner, share)| Text::tied(format!("{partner} {}", percent(*share))).text)
                .collect();
            shown.push(Text::number(if mix.total > 0.0 { readable(mix.total / 1e6) } else { "·".into() }));
            shown.push(Text::words(list.join(", ")));
        }
        if any {
            table.push(shown);
        }
    }
    if !table.is_empty() {
        let headings = ["commodity", "imports\nm USD", "from", "exports\nm USD", "to"].map(str::to_owned).to_vec();
        answer.sections.push(Section::Table {
            title: format!("Trade partners by value, {year}"),
            headings,
            rows: table,
        });
    }
    let rare_earths = CommodityId::new("rare-earths");
    if let Some(dependence) = lode_assess::find("dependence") {
        for basis in [Basis::Quantity, Basis::Value] {
            let query = Query {
                country: country.clone(),
                commodity: rare_earths.clone(),
                stage: None,
                partner: None,
                years: year..=year,
                basis,
                hs_set: None,
                record: None,
            };
            answer.rows.rows.extend(dependence.assess(world, &query).iter().map(crate::measures::row));
        }
    }
}

fn control_line(control: &Control) -> String {
    let instrument = if control.instrument.is_empty() { String::new() } else { format!(" ({})", control.instrument) };
    let commodities: Vec<&str> = control.commodities.iter().map(|commodity| commodity.as_str()).collect();
    let dates = match (control.start.as_str(), control.end.as_str()) {
        ("", "") => "date not stated".to_owned(),
        (start, "") => format!("from {start}"),
        ("", end) => format!("to {end}"),
        (start, end) => format!("{start} to {end}"),
    };
    let actor = control.actor.map_or(String::new(), |actor| format!("{actor}  "));
    let of = if commodities.is_empty() { String::new() } else { format!(", {}", commodities.join(", ")) };
    format!("{dates}  {actor}{}{instrument}: {}{of}", control.name, control.kind.word())
}

fn list_controls(
    title: &str,
    indicator: &str,
    country: &Economy,
    found: &[&Control],
    session: &Session,
    answer: &mut Answer,
) {
    let today = session.day.to_string();
    let mut lines = Vec::new();
    for control in found {
        let status = match control.status_on(&today) {
            ControlStatus::Future => "to come",
            ControlStatus::InForce => "in force",
            ControlStatus::Suspended => "suspended",
            ControlStatus::UnknownAfterSuspension => "suspension ran out, not known what followed",
            ControlStatus::Ended => "ended",
        };
        let line = format!("{} [{status}]", control_line(control));
        let year = control.start.get(..4).and_then(|year| year.parse().ok());
        answer.rows.rows.push(row(
            indicator,
            country,
            &control.commodities.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("|"),
            None,
            control.actor.as_ref().map_or("", |actor| actor.as_str()),
            year,
            None,
            "",
            control.kind.word(),
            control.provenance.quality,
            vec![control.provenance.origin.as_str().to_owned()],
            line.clone(),
        ));
        lines.push(line);
    }
    if !lines.is_empty() {
        answer.sections.push(Section::List { title: title.into(), lines });
    }
}

fn own_controls(session: &Session, country: &Economy, answer: &mut Answer) {
    let mut found: Vec<&Control> = session
        .world
        .controls
        .iter()
        .filter(|control| control.actor.is_some_and(|actor| country.contains(actor)) && !controls::is_repeated(control))
        .collect();
    found.sort_by_key(|control| std::cmp::Reverse((control.start.clone(), control.id.clone())));
    list_controls("Its own measures", "own-control", country, &found, session, answer);
}

fn touching_controls(session: &Session, country: &Economy, answer: &mut Answer) {
    let mut seen = BTreeSet::new();
    let mut found: Vec<&Control> = Vec::new();
    for commodity in session.world.commodities.keys() {
        for standing in controls::standing(&session.world, country, commodity, session.day) {
            if seen.insert(&standing.control.id) {
                found.push(standing.control);
            }
        }
    }
    found.sort_by_key(|control| std::cmp::Reverse((control.start.clone(), control.id.clone())));
    list_controls("Restrictions of others that reach it", "control", country, &found, session, answer);
}

fn projects(session: &Session, country: &Economy, answer: &mut Answer) {
    let mut by_project: BTreeMap<&str, Vec<&Project>> = BTreeMap::new();
    for project in
        session.world.projects.iter().filter(|project| project.countries.iter().any(|code| country.contains(*code)))
    {
        by_project.entry(&project.project).or_default().push(project);
    }
    let mut lines = Vec::new();
    for (project, facts) in by_project {
        for fact in &facts {
            answer.rows.rows.push(row(
                "project",
                country,
                &fact.commodities.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("|"),
                None,
                "",
                fact.period.get(..4).and_then(|year| year.parse().ok()),
                fact.quantity.value,
                &fact.quantity.unit,
                &fact.quantity.basis,
                fact.provenance.quality,
                vec![fact.provenance.origin.as_str().to_owned()],
                format!("{project}: {} {}", fact.metric, fact.value_text),
            ));
        }
        let shown: Vec<String> = facts
            .iter()
            .take(3)
            .map(|fact| {
                let period = if fact.period.is_empty() { String::new() } else { format!(" ({})", fact.period) };
                let words = [fact.metric.as_str(), &fact.value_text, &fact.quantity.unit];
                let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty() && *word != "date").collect();
                format!("{}{period}", words.join(" "))
            })
            .collect();
        let more = if facts.len() > 3 { format!("; {} more facts", facts.len() - 3) } else { String::new() };
        lines.push(format!("{project}: {}{more}", shown.join("; ")));
    }
    if !lines.is_empty() {
        answer.sections.push(Section::List { title: "Projects that it hosts or takes part in".into(), lines });
    }
}

fn agreements(session: &Session, country: &Economy, answer: &mut Answer) {
    let mut lines = BTreeSet::new();
    for agreement in session
        .world
        .agreements
        .iter()
        .filter(|agreement| agreement.countries.iter().any(|code| country.contains(*code)))
    {
        let counterparty =
            if agreement.counterparty.is_empty() { String::new() } else { format!(" with {}", agreement.counterparty) };
        let line = format!(
            "{}: {}{counterparty}, {} {}",
            agreement.agreement, agreement.party, agreement.kind, agreement.date
        );
        answer.rows.rows.push(row(
            "agreement",
            country,
            "",
            None,
            &agreement.counterparty,
            agreement.date.get(..4).and_then(|year| year.parse().ok()),
            None,
            "",
            &agreement.kind,
            agreement.provenance.quality,
            vec![agreement.provenance.origin.as_str().to_owned()],
            line.clone(),
        ));
        lines.insert(line);
    }
    if !lines.is_empty() {
        answer
            .sections
            .push(Section::List { title: "Agreements and groups".into(), lines: lines.into_iter().collect() });
    }
}
