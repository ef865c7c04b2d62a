//! A run as an answer: who runs out first, what it costs, which assumption matters.

use super::losses::{Scale, beside};
use super::request::Request;
use super::run::{Simulation, first_of, form, prepare};
use crate::answer::{percent, readable};
use crate::{Age, Answer, Cell, Rows, Section, Session, Text, names};
use lode_catalogue::Report;
use lode_scenario::Ground;
use lode_simulate::Band;

/// The columns of a simulated answer: stable, documented in `docs/src/data/answers.md`.
pub const COLUMNS: [&str; 22] = [
    "scenario", "case", "country", "region", "form", "stage", "quantity", "industry", "month", "value", "p05", "p10",
    "p25", "p50", "p75", "p90", "p95", "base", "unit", "basis", "quality", "origins",
];
/// How many rows of a list a person reads.
const SHOWN: usize = 8;
/// Days of an average month.
const DAYS: f64 = 365.25 / 12.0;

/// A run as an answer.
pub fn answer(session: &Session, run: &Simulation) -> Answer {
    let mut answer = Answer { rows: rows(session, run), ..Answer::default() };
    answer.sections.push(Section::Paragraph(headline(session, run)));
    answer.sections.extend(first_to_run_out(session, run));
    answer.sections.extend(value_lost(run));
    answer.sections.extend(published(session, run));
    answer.sections.extend(what_matters(run));
    let statements = |title: &str, of: &[lode_scenario::Statement]| Section::List {
        title: title.to_owned(),
        lines: of.iter().map(|statement| statement.text_en.clone()).collect(),
    };
    if !run.scenario.known.is_empty() {
        answer.sections.push(statements("What is known", &run.scenario.known));
    }
    if !run.scenario.unknown.is_empty() {
        answer.sections.push(statements("What is not stated anywhere", &run.scenario.unknown));
    }
    answer.remarks = remarks(session, run);
    answer
}

fn remarks(session: &Session, run: &Simulation) -> Vec<String> {
    let mut remarks: Vec<String> = run.remarks.iter().map(|remark| format!("Note: {remark}.")).collect();
    let qualities = run.quality.plants.iter().chain(&run.quality.sectors).chain(&run.quality.links);
    let (all, assumed) = qualities.fold((0, 0), |(all, assumed), quality| {
        (all + 1, assumed + usize::from(*quality >= lode_model::DataQuality::Imputed))
    });
    remarks.push(format!(
        "Explores, does not forecast: {} of the {all} amounts of the base and all behaviour are assumed ranges; {} assumptions were drawn. `lode simulate --list-assumptions` shows them, --set changes them.",
        assumed,
        run.ranges.iter().filter(|range| range.low < range.high).count(),
    ));
    if !run.set.is_empty() {
        remarks.push(format!("Set by the user: {}.", run.set.join(", ")));
    }
    if let Some(newest) = session.world.trade.newest_year() {
        let age = Age::of_year(run.scenario.base_year.min(newest), session.day);
        remarks.push(age.sentence("trade record of the base"));
    }
    remarks.push(format!(
        "{} futures, seed {}, {} of {} steps needed the general solver. From {}, asked on {}.",
        run.outcome.replicates,
        run.seed,
        run.outcome.fell_back,
        run.outcome.steps,
        session.identity(),
        session.day
    ));
    remarks
}

/// Every number that a run draws or can be set, with its range and reason.
pub fn assumption_list(session: &Session, request: &Request) -> Result<Answer, Report> {
    let prepared = prepare(session, request)?;
    let world = &session.world;
    let mut rows = Rows::new(&["assumption", "value", "low", "high", "reason", "origin"]);
    let mut table = Vec::new();
    for range in &prepared.ranges {
        let row = world.assumptions.get(&range.id).or_else(|| {
            let whole = range.id.rsplit_once('.').map_or("", |(whole, _)| whole);
            world.assumptions.get(whole)
        });
        let process = range
            .id
            .strip_prefix("market.elasticity.")
            .and_then(|id| world.market.processes.iter().find(|process| process.id.as_str() == id));
        let ground = prepared.scenario.numbers().into_iter().find(|number| number.name == range.id);
        let (reason, origin) = match (row, process, ground) {
            (Some(row), ..) => (row.reason.clone(), row.provenance.origin.to_string()),
            (_, Some(process), _) => (process.provenance.note.clone(), process.provenance.origin.to_string()),
            (.., Some(number)) => match number.number.ground {
                Ground::Assumed(reason) => (reason, "scenario".to_owned()),
                Ground::Origin(origin) => (String::new(), origin.to_string()),
                Ground::Source(source) => (source, "scenario".to_owned()),
                Ground::Author => (String::new(), "scenario".to_owned()),
            },
            _ if range.id.starts_with("market.value-at-stake.") => (
                "multiple of the value at stake: low and high of the records of market_uses".into(),
                "lode-curated".into(),
            ),
            _ => (String::new(), "scenario".to_owned()),
        };
        table.push(vec![
            Text::words(&range.id),
            Text::number(readable(range.value)),
            Text::number(span(range.low, range.high, readable)),
            Text::words(&reason),
        ]);
        rows.rows.push(vec![
            Cell::text(&range.id),
            Cell::number(Some(range.value)),
            Cell::number(Some(range.low)),
            Cell::number(Some(range.high)),
            Cell::text(reason),
            Cell::text(origin),
        ]);
    }
    Ok(Answer {
        rows,
        sections: vec![Section::Table {
            title: "Assumptions: each can be changed with --set NAME=VALUE or --set NAME=LOW:VALUE:HIGH".into(),
            headings: ["assumption", "value", "range", "reason"].map(str::to_owned).to_vec(),
            rows: table,
        }],
        remarks: vec![format!("From {}, asked on {}.", session.identity(), session.day)],
    })
}

/// Months from the start of the run to the first measure or accident; to what is done about it, if there is neither.
pub fn first_event(run: &Simulation) -> f64 {
    first_of(&run.events)
}

fn headline(session: &Session, run: &Simulation) -> String {
    let world = &session.world;
    let country = names::shown(world, &run.region);
    let case = run.case.as_ref().map_or(String::new(), |case| format!(", case {case}"));
    let mut text = format!("{}{case}, seen from {country}. ", run.scenario.name_en);
    let mut first = ordered(run);
    first.retain(|line| line.stop.p50.is_finite());
    let lasting = format!("over {} months from {}", run.horizon, run.start);
    match first.first() {
        Some(line) => {
            let name = form(world, &line.form).map_or(line.form.clone(), |form| form.name_en.clone());
            text += &format!(
                "What runs out first is {name}: in half of {} futures {lasting} a first line stands still by day {} of the first measure (80 % of futures: {}).",
                run.outcome.replicates,
                days(line.stop.p50),
                span(line.stop.p10, line.stop.p90, days)
            );
        }
        None => text += &format!("In most of {} futures {lasting} no line stands still.", run.outcome.replicates),
    }
    if let Some(total) = run.figure("total-value-lost", "") {
        let band = run.outcome.figures[total];
        if band.p90 > 0.0 {
            text += &format!(
                " Industry loses {} million USD of value added (80 % of futures: {}).",
                readable(band.p50),
                span(band.p10, band.p90, readable)
            );
        }
    }
    text
}

/// A form in the order in which it runs out.
struct Line {
    form: String,
    /// Days from the first event to the first stop.
    stop: Band,
}

fn ordered(run: &Simulation) -> Vec<Line> {
    let from = first_event(run) * DAYS;
    let shift = |band: Band| {
        let days = |day: f64| (day - from).max(0.0);
        Band {
            p05: days(band.p05),
            p10: days(band.p10),
            p25: days(band.p25),
            p50: days(band.p50),
            p75: days(band.p75),
            p90: days(band.p90),
            p95: days(band.p95),
        }
    };
    let stops = run.figures.iter().zip(&run.outcome.figures).filter(|(shown, _)| shown.quantity == "first-stop");
    let mut lines: Vec<Line> =
        stops.map(|(shown, band)| Line { form: shown.form.clone(), stop: shift(*band) }).collect();
    lines.sort_by(|a, b| a.stop.p50.total_cmp(&b.stop.p50).then(a.stop.p10.total_cmp(&b.stop.p10)));
    lines
}

fn days(days: f64) -> String {
    if days.is_finite() { format!("{days:.0}") } else { "later".into() }
}

fn span(low: f64, high: f64, shown: impl Fn(f64) -> String) -> String {
    format!("{} – {}", shown(low), shown(high))
}

fn first_to_run_out(session: &Session, run: &Simulation) -> Vec<Section> {
    let world = &session.world;
    let mut table = Vec::new();
    let mut untouched = Vec::new();
    for line in ordered(run) {
        let name = form(world, &line.form).map_or(line.form.clone(), |form| form.name_en.clone());
        let series = |quantity: &str| run.series(quantity, &line.form).map(|at| &run.outcome.series[at]);
        let base = |quantity: &str| run.series(quantity, &line.form).and_then(|at| run.series[at].base);
        let price = run.figure("highest-price", &line.form).map(|at| run.outcome.figures[at]);
        let price_base = base("price").unwrap_or(1.0);
        let used = base("use").unwrap_or(0.0);
        let worst = series("shortage").map(|months| {
            let most = |pick: fn(&Band) -> f64| months.iter().map(pick).fold(0.0, f64::max) / used.max(1e-9);
            (most(|band| band.p10), most(|band| band.p50), most(|band| band.p90))
        });
        let dear = price.map(|band| (band.p10 / price_base, band.p90 / price_base));
        let touched = line.stop.p90.is_finite()
            || worst.is_some_and(|(_, _, high)| high > 0.02)
            || dear.is_some_and(|(_, high)| high > 1.1);
        if !touched {
            untouched.push(name);
            continue;
        }
        let recovery = run.figure("recovery", &line.form).map(|at| run.outcome.figures[at]);
        let months = |months: f64| if months.is_finite() { format!("{months:.0}") } else { "later".into() };
        let range = |low: String, high: String| if low == high { low } else { format!("{low} – {high}") };
        table.push(vec![
            Text::words(name),
            Text::number(days(line.stop.p50)),
            Text::number(range(days(line.stop.p10), days(line.stop.p90))),
            Text::number(worst.map_or("·".into(), |(low, _, high)| range(percent(low), percent(high)))),
            Text::number(dear.map_or("·".into(), |(low, high)| range(format!("{low:.1}"), format!("{high:.1}")))),
            Text::number(recovery.map_or("·".into(), |band| range(months(band.p10), months(band.p90)))),
        ]);
    }
    let mut sections = Vec::new();
    if !table.is_empty() {
        sections.push(Section::Table {
            title: "What runs out first (80 % of futures)".into(),
            headings: [
                "form",
                "first stop, day",
                "80 %",
                "use short in the worst month",
                "highest price / base",
                "lines back, month",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: table,
        });
    }
    if !untouched.is_empty() {
        sections.push(Section::Paragraph(format!("Hardly touched: {}.", untouched.join(", "))));
    }
    sections
}

fn value_lost(run: &Simulation) -> Option<Section> {
    let mut lines: Vec<(&str, Band)> = run
        .figures
        .iter()
        .zip(&run.outcome.figures)
        .filter(|(shown, band)| shown.quantity == "total-value-lost" && !shown.industry.is_empty() && band.p90 > 0.0)
        .map(|(shown, band)| (shown.industry.as_str(), *band))
        .collect();
    lines.sort_by(|a, b| b.1.p50.total_cmp(&a.1.p50).then(b.1.p90.total_cmp(&a.1.p90)));
    let rows: Vec<Vec<Text>> = lines
        .into_iter()
        .take(SHOWN)
        .map(|(industry, band)| {
            vec![
                Text::words(industry.replace('-', " ")),
                Text::number(readable(band.p50)),
                Text::number(span(band.p10, band.p90, readable)),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| Section::Table {
        title: format!("Value added lost in {} months, million USD", run.horizon),
        headings: ["industry", "median", "80 % of futures"].map(str::to_owned).to_vec(),
        rows,
    })
}

/// What others have published, beside the loss of the first year at the same rate of exchange.
fn published(session: &Session, run: &Simulation) -> Option<Section> {
    let scale = Scale::of(&session.world)?;
    let found = beside(&session.world, &run.region, &run.scenario.chains);
    let band = run.outcome.figures[run.figure("first-year-value-lost", "")?];
    if found.is_empty() {
        return None;
    }
    let yen = |million_dollars: f64| readable(scale.billion_yen(million_dollars));
    let mut rows = vec![vec![
        Text::words("this run, first twelve months"),
        Text::number(format!("{} ({})", yen(band.p50), span(band.p10, band.p90, yen))),
        Text::words(""),
    ]];
    rows.extend(found.iter().map(|loss| {
        vec![
            Text::words(format!("{}: {}", loss.who, loss.what)),
            Text::number(readable(loss.billion_yen)),
            Text::words(&loss.printed),
        ]
    }));
    Some(Section::Table {
        title: "Loss beside published estimates, billion yen (direct users only here; most of them count the whole economy)".into(),
        headings: ["who and what", "billion yen", "as printed"].map(str::to_owned).to_vec(),
        rows,
    })
}

/// Which assumption moves the loss most, and the first stop.
fn what_matters(run: &Simulation) -> Option<Section> {
    let total = run.figure("total-value-lost", "")?;
    let rows: Vec<Vec<Text>> = run
        .outcome
        .sensitivity
        .iter()
        .filter(|line| line.figure == total && line.share >= 0.01)
        .take(SHOWN)
        .map(|line| {
            let range = run.ranges.iter().find(|range| range.id == line.range);
            let ends = range.map_or(String::new(), |range| span(range.low, range.high, readable));
            vec![
                Text::words(&line.range),
                Text::number(ends),
                Text::number(percent(line.share)),
                Text::number(span(line.at_low, line.at_high, readable)),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| Section::Table {
        title: "Which assumption matters for the value lost".into(),
        headings: ["assumption", "range", "share of variance", "mean loss at its low – high end"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    })
}

fn rows(session: &Session, run: &Simulation) -> Rows {
    let world = &session.world;
    let mut rows = Rows::new(&COLUMNS);
    let all: Vec<String> = run.origins.iter().map(ToString::to_string).collect();
    let mut row = |quantity: &str,
                   form_id: &str,
                   region: &str,
                   industry: &str,
                   month: String,
                   central: f64,
                   band: &Band,
                   base: Option<f64>,
                   unit: &str| {
        let known = form(world, form_id);
        // What is summed over forms rests on everything.
        let origins = run.origins_by_form.get(form_id).unwrap_or(&all);
        rows.rows.push(vec![
            Cell::text(run.scenario.id.as_str()),
            Cell::text(run.case.clone().unwrap_or_default()),
            Cell::text(&run.country),
            Cell::text(region),
            Cell::text(form_id),
            Cell::text(known.map_or(String::new(), |form| form.stage.to_string())),
            Cell::text(quantity),
            Cell::text(industry),
            Cell::text(month),
            Cell::number(Some(central)),
            Cell::number(Some(band.p05)),
            Cell::number(Some(band.p10)),
            Cell::number(Some(band.p25)),
            Cell::number(Some(band.p50)),
            Cell::number(Some(band.p75)),
            Cell::number(Some(band.p90)),
            Cell::number(Some(band.p95)),
            Cell::number(base),
            Cell::text(unit),
            Cell::text(known.map_or("", |form| form.basis.as_str())),
            Cell::text("simulated"),
            Cell::List(origins.clone()),
        ]);
    };
    for (at, shown) in run.figures.iter().enumerate() {
        let (central, band) = (run.outcome.central.figures[at], &run.outcome.figures[at]);
        row(
            shown.quantity,
            &shown.form,
            &run.region,
            &shown.industry,
            String::new(),
            central,
            band,
            shown.base,
            shown.unit,
        );
    }
    for (at, shown) in run.series.iter().enumerate() {
        for (month, band) in run.outcome.series[at].iter().enumerate() {
            let central = run.outcome.central.series[at][month];
            let month = run.start.plus(month as i32).to_string();
            row(
                shown.quantity,
                &shown.form,
                &shown.region,
                &shown.industry,
                month,
                central,
                band,
                shown.base,
                shown.unit,
            );
        }
    }
    rows
}
