//! What stops: steps and their needs, and everything that an element touches.

use crate::fault::{Answered, Fault};
use crate::wire::steps::{CutSet, Element, Episode, Need, Step, Steps, Supplier, Touch, Touches};
use crate::wire::{Named, Number, Sentence, query, some};
use lode_exposure::graph::DAYS_PER_MONTH;
use lode_exposure::{Draws, Graph, Number as StepNumber};
use lode_model::StepNodeKind;
use lode_study::exposure::{self, Processes, StepNeed, element_needs, episodes, product_needs, section};
use serde_json::json;

/// Lines drawn: as many as `lode steps` draws.
const DRAWS: Draws = Draws { seed: 1, replicates: 200, horizon: 730.0 };
/// What is shown if nothing is asked for.
pub const FIRST: &str = "semiconductor";

fn name(graph: &Graph, place: usize) -> Named {
    let node = &graph.nodes[place];
    Named { id: node.id.clone(), name_en: node.name_en.clone(), name_ja: or(&node.name_ja, &node.name_en) }
}

fn or(first: &str, second: &str) -> String {
    if first.is_empty() { second } else { first }.to_owned()
}

fn named(name: exposure::Name) -> Named {
    Named { id: name.id, name_en: name.en, name_ja: name.ja }
}

/// The answer for a product or family.
pub fn steps(processes: &Processes, product: &str) -> Answered<(Steps, Sentence)> {
    let graph = &processes.graph;
    let found = product_needs(processes, product, DRAWS)?;
    let mut elements: Vec<usize> = found.needs.iter().map(|need| need.need.element).collect();
    elements.sort_unstable();
    elements.dedup();
    let products: Vec<Named> = exposure::products(graph).into_iter().map(named).collect();
    let mut sections: Vec<String> = Vec::new();
    for step in &found.steps {
        let id = &graph.nodes[*step].section;
        if !sections.contains(id) {
            sections.push(id.clone());
        }
    }
    let for_good = |element: &&usize| {
        let of = found.needs.iter().filter(|need| need.need.element == **element);
        of.clone().any(|need| need.need.effect() == "halts" && need.need.after_substitution < 0.5 - 1e-9)
    };
    let shown = products.iter().find(|known| known.id == product);
    let sentence = Sentence::new("steps.answer.count")
        .with(
            "product",
            shown.map_or(json!(product), |name| json!({ "name_en": name.name_en, "name_ja": name.name_ja })),
        )
        .with("halting", elements.iter().filter(for_good).count())
        .with("steps", found.steps.len());
    let (numbers, assumed) = found.numbers;
    let steps = found.steps.iter().enumerate().map(|(order, place)| {
        let Named { id, name_en, name_ja } = name(graph, *place);
        Step { id, name_en, name_ja, order, section: graph.nodes[*place].section.clone() }
    });
    let answer = Steps {
        product: product.to_owned(),
        products,
        sections: sections.iter().map(|id| named(section(id))).collect(),
        steps: steps.collect(),
        elements: elements.iter().map(|place| element(graph, *place)).collect(),
        needs: found.needs.iter().map(|found| need(processes, found)).collect(),
        cut_sets: found
            .cut_sets
            .into_iter()
            .map(|(set, count)| CutSet {
                elements: set.into_iter().map(|place| graph.nodes[place].id.clone()).collect(),
                count,
            })
            .collect(),
        episodes: episodes()?.iter().map(|told| episode(graph, told)).collect(),
        assumed: Number::of(assumed as f64 / numbers.max(1) as f64, "share", "derived"),
    };
    Ok((answer, sentence))
}

/// The answer for an element, form or material.
pub fn touches(processes: &Processes, text: &str) -> Answered<Touches> {
    let graph = &processes.graph;
    let place = processes.node(text, &[StepNodeKind::Element, StepNodeKind::Form, StepNodeKind::Material])?;
    let mut touches = Vec::new();
    for (found, products) in element_needs(processes, place, DRAWS) {
        let step = name(graph, found.need.step);
        for product in products {
            let product = name(graph, product);
            touches.push(Touch {
                product: product.id,
                product_en: product.name_en,
                product_ja: product.name_ja,
                need: need(processes, &found),
                step_en: step.name_en.clone(),
                step_ja: step.name_ja.clone(),
            });
        }
    }
    Ok(Touches { element: graph.nodes[place].id.clone(), touches })
}

/// One need, for its record, with the days until the step halts.
pub fn one(processes: &Processes, step: &str, element: &str) -> Answered<(StepNeed, Number)> {
    let place = processes.node(element, &[StepNodeKind::Element, StepNodeKind::Form, StepNodeKind::Material])?;
    let step = processes.node(step, &[StepNodeKind::Step])?;
    let found = element_needs(processes, place, DRAWS).into_iter().find(|(found, _)| found.need.step == step);
    let (found, _) = found.ok_or_else(|| Fault::not_found("no_record", "the step does not need it"))?;
    let days = halt_days(&found);
    Ok((found, days))
}

fn element(graph: &Graph, place: usize) -> Element {
    let Named { id, name_en, name_ja } = name(graph, place);
    Element { id, symbol: or(&graph.nodes[place].symbol, &name_en), name_en, name_ja }
}

fn need(processes: &Processes, found: &StepNeed) -> Need {
    let graph = &processes.graph;
    let need = &found.need;
    let halts = need.effect() == "halts";
    let left = need.after_substitution;
    let substitutable = match left {
        left if left >= 1.0 - 1e-9 => "full",
        left if left > need.before_substitution + 1e-9 => "partial",
        _ => "none",
    };
    let names = |places: &[usize]| places.iter().map(|place| name(graph, *place)).collect();
    let quality = found.quality.map_or("assumed", |quality| quality.word());
    let supplier = processes.weakest(need.element).map(|weakest| Supplier {
        stage: weakest.supply.stage.word(),
        top: Number {
            partner: Some(weakest.country.clone()),
            origins: weakest.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            as_of: some(&weakest.supply.period),
            note: some(&weakest.supply.of).map(|of| format!("share of the {of}")),
            ..ranged(weakest.share, weakest.low, weakest.high, "share", weakest.quality.word())
        },
    });
    Need {
        step: graph.nodes[need.step].id.clone(),
        element: graph.nodes[need.element].id.clone(),
        materials: names(&need.through),
        role: if need.embedded {
            "equipment"
        } else if halts {
            "needed"
        } else {
            "partly"
        },
        stands_in: names(&found.stands_in),
        substitutable,
        substitute_share: (substitutable != "none").then(|| ranged(left, left, need.at_best, "share", quality)),
        qualify_months: found.qualification.as_ref().map_or_else(
            || Number::unknown("months", "not_applicable"),
            |number| of_number(number, 1.0 / DAYS_PER_MONTH, "months"),
        ),
        stock_days: found
            .reserve
            .as_ref()
            .map_or_else(|| Number::unknown("days", "no_source"), |number| of_number(number, 1.0, "days")),
        halt_days: Number {
            record: Some(query(&[("step", &graph.nodes[need.step].id), ("element", &graph.nodes[need.element].id)])),
            ..halt_days(found)
        },
        halts,
        judgement: !found.reported,
        supplier,
        note: some(&found.note),
        origins: found.origins.clone(),
    }
}

fn ranged(value: f64, low: f64, high: f64, unit: &str, quality: &str) -> Number {
    let band = (low < high).then_some((low, high));
    Number { low: band.map(|band| band.0), high: band.map(|band| band.1), ..Number::of(value, unit, quality) }
}

/// Median and 10 to 90 % of lines; what the days rest on is its quality.
fn halt_days(found: &StepNeed) -> Number {
    let days = &found.need.days;
    let (numbers, assumed) = found.need.numbers;
    let quality = if assumed > 0 { "assumed" } else { "derived" };
    let Some(middle) = days.quantile(0.5) else {
        let reached = days.reached();
        return Number {
            note: (reached > 0.0).then(|| format!("falls below half in {:.0} % of lines", 100.0 * reached)),
            ..Number::unknown("days", "not_applicable")
        };
    };
    let low = days.quantile(0.1).unwrap_or(middle);
    Number {
        origins: found.origins.clone(),
        note: Some(format!("{assumed} of {numbers} numbers on the way are assumed")),
        ..ranged(middle, low, days.quantile(0.9).unwrap_or(DRAWS.horizon), "days", quality)
    }
}

fn of_number(number: &StepNumber, factor: f64, unit: &str) -> Number {
    let range = number.range.times(factor);
    // `stock/duv-exposure/excimer-gas`
    let mut label = number.label.split('/');
    let (parameter, of, input) = (label.next().unwrap_or(""), label.next().unwrap_or(""), label.next().unwrap_or(""));
    let record = match &number.assumption {
        Some(assumption) => query(&[("table", "step_assumptions"), ("assumption", assumption)]),
        None => query(&[("table", "step_parameters"), ("of", of), ("input", input), ("parameter", parameter)]),
    };
    Number {
        origins: number.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
        record: number.is_counted().then_some(record),
        ..ranged(range.centre(), range.low, range.high, unit, number.quality.word())
    }
}

fn episode(graph: &Graph, told: &exposure::Episode) -> Episode {
    let of = |id: &str| {
        let unknown = || Named { id: id.to_owned(), name_en: id.to_owned(), name_ja: id.to_owned() };
        graph.find(id).map_or_else(unknown, |place| name(graph, place))
    };
    let year = told.id.split([':', '-']).find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit()));
    Episode {
        name: told.id.clone(),
        supply: of(&told.supply),
        product: of(&told.product),
        year: year.unwrap_or("").to_owned(),
        halted: told.halted,
        predicted: Number {
            note: Some(format!("one line alone: {:.0} %. {}", 100.0 * told.one_line, told.note)),
            ..Number::of(told.first_of_lines, "share", "simulated")
        },
        note: told.note.clone(),
    }
}
