//! A firm's own list: read to its end in bounded memory, kept only if it has no mistake.

use crate::answers::lab;
use crate::download;
use crate::fault::{Answered, Fault};
use crate::state::App;
use crate::wire::steps::{Ask, ExtraStock, FirstPart, ListRequest, ListResult, Stop};
use crate::wire::{Number, Upload};
use axum::http::HeaderMap;
use axum::response::Response;
use lode_catalogue::read::bill_of_materials;
use lode_catalogue::{Mistake, Report};
use lode_exposure::extra_stock::Survival;
use lode_exposure::{Availability, Draws};
use lode_model::BillKind;
use lode_simulate::Progress;
use lode_study::exposure::{cut, lines, market_availability, read_bill_bytes};
use lode_study::lab::Width;
use std::collections::BTreeSet;

/// Reads a list; all its mistakes at once.
pub fn read(app: &App, id: &str, name: &str, file: &[u8]) -> Answered<Upload> {
    let processes = app.processes()?;
    let bill = read_bill_bytes(&processes, name, file)?;
    let plants: BTreeSet<String> = bill.products.iter().map(|product| product.plant.clone()).collect();
    let filled = bill.parts.values().filter(|part| part.typical.is_some()).count();
    let of = bill.parts.len();
    let share = if of > 0 {
        Number::of(filled as f64 / of as f64, "share", "user")
    } else {
        Number::unknown("share", "not_applicable")
    };
    Ok(Upload {
        id: id.to_owned(),
        name: name.to_owned(),
        rows: bill.products.len() + of,
        saved: app.now(),
        parts: of,
        plants: plants.into_iter().collect(),
        materials: bill.parts.values().filter(|part| part.kind == BillKind::Material).count(),
        filled: serde_json::to_value(share).unwrap_or_default(),
    })
}

/// Lines drawn for a list, and futures of the market that give the bands of what arrives.
const LINES: u64 = 500;
const FUTURES: u32 = 100;
/// Weeks that may be asked for.
const MOST_WEEKS: u32 = 520;
/// Cuts of one question.
const MOST_CUTS: usize = 50;

/// What a scenario does to a list; all mistakes of the question at once.
pub fn exposure(app: &App, kept: &Upload, file: &[u8], request: &ListRequest) -> Answered<ListResult> {
    let processes = app.processes()?;
    let mut report = Report::new();
    let mut wrong = |column: &str, message: &str, hint: &str| {
        report.push(Mistake::in_file("", message).column(column).hint(hint));
    };
    if !(1..=MOST_WEEKS).contains(&request.weeks) {
        wrong("weeks", "too few or too many weeks", "from 1 to 520");
    }
    if !(request.confidence > 0.0 && request.confidence <= 1.0) {
        wrong("confidence", "is not a share of futures", "write 0.9");
    }
    if request.cuts.len() > MOST_CUTS {
        wrong("cuts", "too many cuts", "at most 50");
    }
    let mut availability = Availability::default();
    for text in request.cuts.iter().take(MOST_CUTS) {
        match cut(&processes, text) {
            Ok(shortages) => availability.shortages.extend(shortages),
            Err(mistake) => report.push(Mistake { file: String::new(), ..mistake.column("cuts") }),
        }
    }
    if request.scenario.is_none() && request.cuts.is_empty() {
        let nothing = Mistake::in_file("", "the question names no scenario and no cut").column("scenario");
        report.push(nothing.hint("write a scenario, or cuts such as dysprosium@CHN=1:6"));
    }
    let (lab, _) = app.lab_for("", &HeaderMap::new())?;
    let case = request.scenario.as_ref().and_then(|sent| {
        let checked = lab::case(sent).and_then(|case| lab.check(&case).map(|()| case));
        checked.map_err(|mistakes| report.extend(mistakes)).ok()
    });
    report.into_result(())?;
    if let Some(case) = case {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let run = lab.simulation(&case, Width::Focus, FUTURES, threads, &Progress::default())?;
        let Availability { label, origins, shortages, answered } = market_availability(&processes, &run);
        availability.shortages.extend(shortages);
        (availability.label, availability.origins, availability.answered) = (label, origins, answered);
    }
    let bill = read_bill_bytes(&processes, &kept.name, file)?;
    let seed = request.scenario.as_ref().map_or(1, |scenario| scenario.seed);
    let draws = Draws { seed, replicates: LINES, ..Draws::default() };
    let survival = Survival { days: f64::from(request.weeks) * 7.0, confidence: request.confidence };
    Ok(result(&kept.id, &lines(&bill, &availability, draws, survival)))
}

fn result(upload: &str, found: &lode_study::exposure::Lines<'_>) -> ListResult {
    // The money of the list has no name.
    let money = |value: f64, low: f64, high: f64| Number {
        low: (low < high).then_some(low),
        high: (low < high).then_some(high),
        ..Number::of(value, "own money", "simulated")
    };
    let stops = found.stops.iter().map(|stop| Stop {
        product: stop.product.clone(),
        plant: stop.plant.clone(),
        days: stop.days.clone(),
        first: stop.first.iter().map(|(part, share)| FirstPart { part: part.clone(), share: *share }).collect(),
        value_at_risk: stop.value_at_risk.map_or_else(
            || Number {
                note: Some("needs units_per_day and value_per_unit of the product".into()),
                ..Number::unknown("own money", "no_source")
            },
            |(value, low, high)| money(value, low, high),
        ),
    });
    let stock = found.stock.iter().map(|item| ExtraStock {
        product: item.product.clone(),
        plant: item.plant.clone(),
        part: item.item.clone(),
        extra: Number::of(item.days, "days", "simulated"),
        cost: item.cost.map_or_else(
            || Number {
                note: Some("needs price and quantity of every part of the product, and units_per_day".into()),
                ..Number::unknown("own money", "no_source")
            },
            |cost| money(cost, cost, cost),
        ),
    });
    let most = found.questions.iter().map(|question| question.weight).fold(0.0, f64::max);
    let ask = found.questions.iter().map(|question| Ask {
        supplier: question.part.supplier.clone(),
        part: question.part.item.clone(),
        questions: question.questions.clone(),
        matters: if most > 0.0 { question.weight / most } else { 0.0 },
    });
    let (numbers, assumed) = found.numbers;
    ListResult {
        upload: upload.to_owned(),
        stops: stops.collect(),
        stock: stock.collect(),
        ask: ask.collect(),
        assumed: Number::of(assumed as f64 / numbers.max(1) as f64, "share", "derived"),
    }
}

/// A list to begin with.
pub fn template(app: &App, ending: &str) -> Answered<Response> {
    match ending {
        "csv" => Ok(download::attachment("lode-list.csv", "text/csv; charset=utf-8", bill_of_materials::template())),
        "xlsx" => {
            let session = app.session()?;
            let bytes = lode_workbook::template(&session, lode_workbook::Template::Parts)
                .map_err(|error| Fault::internal(&format!("a template cannot be written: {error}")))?;
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(download::attachment("lode-list.xlsx", media, bytes))
        }
        _ => Err(Fault::not_found("no_address", "there is no such template").hint("template.csv or template.xlsx")),
    }
}
