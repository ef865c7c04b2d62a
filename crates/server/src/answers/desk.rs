//! The desk of a country in the shapes of the wire.

use crate::wire::{
    Cell, Change, ChartEvent, Desk, Figure, Labelled, MatrixRow, MonthChart, MonthNumber, Number, Published, Sentence,
    ShareChart, ShareSeries, StageCells, StandingControl, YearNumber, query, record_of, some,
};
use lode_assess::{Basis, Economy, Measure, Query};
use lode_model::{CommodityId, Control, ControlStatus, CountryCode, Year};
use lode_study::desk::{self, Line};
use lode_study::{Session, claims, controls};
use serde_json::json;
use std::collections::BTreeMap;

/// Suppliers listed behind a cell.
const RANKED: usize = 5;
/// First year of the chart of shares.
const CHART_FROM: Year = 2005;

/// The answer and its sentence.
pub fn desk(session: &Session, country: &Economy, basis: Basis) -> (Desk, Sentence, Vec<Sentence>) {
    let gathered = desk::gather(session, country, basis);
    let year = gathered.year;
    let headline = desk::headline(session, country, year);
    let matrix: Vec<MatrixRow> = gathered.lines.iter().map(|line| row(session, country, line, year)).collect();
    let bundled: Vec<String> = gathered.bundled.iter().map(|line| line.commodity.id.as_str().to_owned()).collect();
    let changes = desk::changes(session, country, &gathered.lines).iter().filter_map(change).collect();
    let answer = match &headline {
        Some(desk::Headline { by_weight, by_value }) => match (by_weight.band.value, by_value.band.value) {
            (Some(weight), Some(value)) => Sentence::new("desk.answer.two_bases")
                .country("country", &country.name)
                .commodity("commodity", by_weight.commodity.as_str())
                .country("partner", &by_weight.partner)
                .with("weight", json!({ "words": weight }))
                .with("value", json!({ "share": value }))
                .with("year", year),
            _ => unknown(country),
        },
        None => unknown(country),
    };
    let partner = headline.as_ref().and_then(|headline| CountryCode::parse(&headline.by_weight.partner));
    let shares = partner.map(|partner| shares(session, country, partner, year));
    let figures = figures(session, country, &headline, &matrix, shares.as_ref(), year);
    let months = months(session, country);
    let lapsed =
        matrix.iter().filter(|row| row.control.as_ref().is_some_and(|control| control.state == "lapsed")).count();
    let mut warnings = Vec::new();
    if lapsed > 0 {
        warnings.push(Sentence::new("warning.lapsed_unverified").with("count", lapsed));
    }
    if !bundled.is_empty() {
        warnings.push(Sentence::new("warning.bundled").with("count", bundled.len()));
    }
    let desk = Desk {
        country: country.name.clone(),
        basis: basis.word(),
        year,
        figures,
        matrix,
        bundled,
        changes,
        shares,
        months,
    };
    (desk, answer, warnings)
}

fn unknown(country: &Economy) -> Sentence {
    Sentence::new("desk.answer.unknown").country("country", &country.name)
}

fn heading(line: &Line<'_>) -> &'static str {
    const HEAVY: [&str; 12] = [
        "dysprosium",
        "terbium",
        "gadolinium",
        "lutetium",
        "samarium",
        "yttrium",
        "scandium",
        "europium",
        "holmium",
        "erbium",
        "thulium",
        "ytterbium",
    ];
    let id = line.commodity.id.as_str();
    match line.commodity.group.as_ref().map_or(id, |group| group.as_str()) {
        "rare-earths" if HEAVY.contains(&id) => "heading.heavy_rare_earths",
        "rare-earths" => "heading.rare_earths",
        "platinum-group-metals" => "heading.platinum_group",
        _ => "heading.others",
    }
}

fn cell(session: &Session, economy: &Economy, measure: Option<&Measure>) -> Cell {
    let Some(measure) = measure else {
        return Cell { top: Some(Number::unknown("share", "no_source")), rank: Vec::new() };
    };
    let rank = desk::rank(session, economy, measure, RANKED).into_iter().map(|(code, band)| {
        let partner = code.to_string();
        let record = Some(record_of(measure, &partner));
        Number { partner: Some(partner), record, ..Number::measure(measure) }.band(band)
    });
    Cell { top: Some(Number::measure(measure)), rank: rank.collect() }
}

fn row(session: &Session, country: &Economy, line: &Line<'_>, year: Year) -> MatrixRow {
    let world = Economy::country(CountryCode::WORLD);
    let cells = desk::STAGES.iter().zip(&line.cells).map(|((stage, _), (of_world, own))| StageCells {
        stage,
        world: cell(session, &world, of_world.as_ref()),
        own: cell(session, country, own.as_ref()),
    });
    let id = line.commodity.id.as_str();
    let imports = if line.imports.value() > 0.0 {
        let provenance = session.world.trade.provenance();
        Number {
            basis: Some("value".into()),
            as_of: Some(year.to_string()),
            origins: vec![provenance.origin.as_str().to_owned()],
            record: Some(query(&[
                ("table", "trade"),
                ("country", &country.name),
                ("commodity", id),
                ("year", &year.to_string()),
            ])),
            ..Number::of(line.imports.value(), "USD", "derived")
        }
    } else {
        let mixed = session.world.forms.iter().any(|form| form.commodity == line.commodity.id && form.mixed);
        Number::unknown("USD", if mixed { "mixed_code" } else { "no_source" })
    };
    let standing = controls::standing(&session.world, country, &line.commodity.id, session.day);
    let control = standing.first().map(|first| StandingControl {
        kind: first.control.kind.word(),
        actor: first.control.actor.map(|actor| actor.to_string()),
        since: first.control.start.clone(),
        state: match first.status {
            ControlStatus::InForce => "in_force",
            ControlStatus::Suspended => "suspended",
            ControlStatus::UnknownAfterSuspension => "lapsed",
            ControlStatus::Future => "to_come",
            ControlStatus::Ended => "ended",
        },
        more: standing.len() - 1,
        name: first.control.name.clone(),
        instrument: some(&first.control.instrument),
        origins: vec![first.control.provenance.origin.as_str().to_owned()],
    });
    MatrixRow {
        commodity: id.to_owned(),
        heading: heading(line),
        cells: cells.collect(),
        imports,
        trend: years(&line.trend),
        trend_partner: line.trend.last().and_then(|measure| some(&measure.partner)),
        control,
    }
}

fn years(measures: &[Measure]) -> Vec<YearNumber> {
    measures
        .iter()
        .filter_map(|measure| Some(YearNumber { year: measure.year?, num: Number::measure(measure) }))
        .collect()
}

fn change(change: &desk::Change<'_>) -> Option<Change> {
    match change {
        desk::Change::Control { date, what, due, controls } => {
            let first = controls.first()?;
            let mut commodities: Vec<String> = controls
                .iter()
                .flat_map(|control| &control.commodities)
                .map(|commodity| commodity.as_str().to_owned())
                .collect();
            commodities.sort();
            commodities.dedup();
            Some(Change {
                date: date.clone(),
                what: match (*due, *what) {
                    (true, _) => "due",
                    (false, what) if what.contains("ran out") => "suspension_ran_out",
                    (false, "ended") => "ended",
                    (false, "suspended") => "suspended",
                    _ => "in_force",
                },
                kind: Some(first.kind.word()),
                actor: first.actor.map(|actor| actor.to_string()),
                commodities,
                title: Some(first.name.clone()),
                instrument: some(&first.instrument),
                more: Some(controls.len() - 1),
                quality: first.provenance.quality.word().to_owned(),
                origins: vec![first.provenance.origin.as_str().to_owned()],
                ..Change::default()
            })
        }
        desk::Change::Share { commodity, before, now } => Some(Change {
            date: now.year?.to_string(),
            what: "share_moved",
            commodities: vec![commodity.id.as_str().to_owned()],
            partner: some(&now.partner),
            from: Some(Number::measure(before)),
            to: Some(Number::measure(now)),
            quality: now.quality.word().to_owned(),
            origins: now.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            ..Change::default()
        }),
    }
}

fn shares(session: &Session, country: &Economy, partner: CountryCode, year: Year) -> ShareChart {
    let commodity = CommodityId::new("rare-earths");
    let series = [Basis::Quantity, Basis::Value].map(|basis| {
        let query = Query {
            country: country.clone(),
            commodity: commodity.clone(),
            stage: None,
            partner: Some(Economy::country(partner)),
            years: CHART_FROM..=year,
            basis,
            hs_set: None,
            record: None,
        };
        let measures = lode_assess::find("dependence").map_or(Vec::new(), |found| found.assess(&session.world, &query));
        ShareSeries { basis: basis.word(), points: years(&measures) }
    });
    let published = claims::published_shares(&country.name, &commodity).into_iter().map(|share| Published {
        claim: share.claim.clone(),
        who: share.who.clone(),
        year: share.year,
        num: Number {
            low: share.low,
            high: share.high,
            as_of: some(&share.when),
            note: Some(format!("{}: {}", share.who, share.statement)),
            basis: some(&share.definition),
            record: Some(query(&[("claim", &share.claim)])),
            ..Number::of(share.value, "share", "secondary")
        },
    });
    let events = session.world.controls.iter().filter(|control| {
        control.actor == Some(partner)
            && control.kind.restricts_exports()
            && control.same_as.is_empty()
            && control.targets.iter().any(|target| *target == CountryCode::WORLD || country.contains(*target))
            && controls::names_commodity(&session.world, control, &commodity)
    });
    ShareChart {
        commodity: commodity.as_str().to_owned(),
        partner: partner.to_string(),
        series: series.into_iter().collect(),
        published: published.collect(),
        events: events.map(event).collect(),
    }
}

fn event(control: &Control) -> ChartEvent {
    ChartEvent {
        date: control.start.clone(),
        control: control.id.as_str().to_owned(),
        kind: control.kind.word(),
        actor: control.actor.map(|actor| actor.to_string()),
    }
}

/// Monthly exports of magnets to the country, as customs printed them.
fn months(session: &Session, country: &Economy) -> Option<MonthChart> {
    let [member] = country.members.as_slice() else { return None };
    let known = session.world.countries.get(member)?;
    let names = [known.name_en.to_lowercase().replace(' ', "_"), known.iso2.to_lowercase()];
    let is_month = |period: &str| period.len() == 7 && period.as_bytes().get(4) == Some(&b'-') && !period.contains('Q');
    let mut points: Vec<MonthNumber> = session
        .world
        .figures
        .iter()
        .filter(|figure| {
            let to = figure.metric.strip_prefix("china_magnet_exports_");
            to.is_some_and(|to| names.iter().any(|name| name == to)) && is_month(&figure.period)
        })
        .map(|figure| {
            let record = query(&[("table", "figures"), ("metric", &figure.metric), ("period", &figure.period)]);
            let num = Number { record: Some(record), ..Number::quantity(&figure.quantity, &figure.provenance) };
            MonthNumber { month: figure.period.clone(), num }
        })
        .collect();
    points.sort_by(|a, b| a.month.cmp(&b.month));
    // Of two sources for one month the first stands; the other is a rival in its record.
    points.dedup_by(|later, first| later.month == first.month);
    if points.len() < 4 {
        return None;
    }
    let (from, to) = (points.first()?.month.clone(), points.last()?.month.clone());
    let china = CountryCode::parse("CHN")?;
    let magnets = ["dysprosium", "terbium", "samarium"].map(CommodityId::new);
    let mut events: Vec<ChartEvent> = session
        .world
        .controls
        .iter()
        .filter(|control| {
            control.actor == Some(china)
                && control.kind.restricts_exports()
                && control.same_as.is_empty()
                && control.targets.iter().any(|target| *target == CountryCode::WORLD || country.contains(*target))
                && magnets.iter().any(|commodity| controls::names_commodity(&session.world, control, commodity))
                && control.start.get(..7).is_some_and(|month| month >= from.as_str() && month <= to.as_str())
        })
        .map(event)
        .collect();
    events.sort_by(|a, b| a.date.cmp(&b.date));
    events.dedup_by(|a, b| a.date == b.date);
    let label = Sentence::new("months.magnets").country("from", "CHN").country("to", &country.name);
    Some(MonthChart { label, from, to, points, events })
}

fn figures(
    session: &Session,
    country: &Economy,
    headline: &Option<desk::Headline>,
    matrix: &[MatrixRow],
    shares: Option<&ShareChart>,
    year: Year,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some(headline) = headline {
        let mut rivals =
            vec![Labelled { label: Sentence::new("rival.by_value"), num: Number::measure(&headline.by_value) }];
        let recent = shares.into_iter().flat_map(|shares| &shares.published).filter(|share| share.year >= year - 1);
        rivals.extend(recent.map(|share| Labelled {
            label: Sentence::new("rival.published").with("who", share.who.clone()),
            num: share.num.clone(),
        }));
        let label = Sentence::new("figure.share")
            .commodity("commodity", headline.by_weight.commodity.as_str())
            .country("partner", &headline.by_weight.partner)
            .with("year", year)
            .with("basis", "basis.quantity");
        figures.push(Figure { label, num: Number::measure(&headline.by_weight), rivals });
    }
    let rare_earths = matrix.iter().find(|row| row.commodity == "rare-earths");
    let of_stage = |stage: &str| {
        let cells = rare_earths?.cells.iter().find(|cells| cells.stage == stage)?;
        cells.world.top.clone().filter(|top| top.value.is_some())
    };
    if let Some(refined) = of_stage("refined") {
        let label = Sentence::new("figure.stage")
            .commodity("commodity", "rare-earths")
            .country("partner", refined.partner.as_deref().unwrap_or(""))
            .with("stage", "stage.refined")
            .with("year", refined.as_of.clone().unwrap_or_default());
        let rivals = of_stage("mine")
            .map(|num| Labelled { label: Sentence::new("rival.at_stage").with("stage", "stage.mine"), num });
        figures.push(Figure { label, num: refined, rivals: rivals.into_iter().collect() });
    }
    let newest: Vec<f64> = matrix.iter().filter_map(|row| row.trend.last()?.num.value).collect();
    let mut single: BTreeMap<&str, usize> = BTreeMap::new();
    for top in matrix.iter().flat_map(|row| &row.cells).filter_map(|cells| cells.world.top.as_ref()) {
        if let (Some(partner), Some(true)) = (&top.partner, top.value.map(|value| value > 0.5)) {
            *single.entry(partner).or_default() += 1;
        }
    }
    let origin = vec![session.world.trade.provenance().origin.as_str().to_owned()];
    let count = |count: usize| Number {
        as_of: Some(year.to_string()),
        origins: origin.clone(),
        ..Number::of(count as f64, "count", "derived")
    };
    let above = newest.iter().filter(|share| **share > 0.5).count();
    let label = Sentence::new("figure.over_half").with("of", newest.len()).with("year", year);
    let most = single.into_iter().max_by_key(|(partner, times)| (*times, std::cmp::Reverse(*partner)));
    let rivals = most.map(|(partner, times)| Labelled {
        label: Sentence::new("rival.all_from").country("partner", partner).with("times", times),
        num: count(times),
    });
    figures.push(Figure { label, num: count(above), rivals: rivals.into_iter().collect() });
    let controls: Vec<&StandingControl> =
        matrix.iter().filter_map(|row| row.control.as_ref()).filter(|control| control.state == "in_force").collect();
    let mut origins: Vec<String> = controls.iter().flat_map(|control| control.origins.clone()).collect();
    origins.sort();
    origins.dedup();
    let in_force = Number {
        as_of: Some(session.day.to_string()),
        origins,
        ..Number::of(controls.len() as f64, "count", "derived")
    };
    let label = Sentence::new("figure.controlled").country("country", &country.name);
    figures.push(Figure { label, num: in_force, rivals: Vec::new() });
    figures
}
