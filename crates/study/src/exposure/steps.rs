//! Which elements halt which step of a product, ranked, and who supplies them at the weakest stage.

use super::{Processes, days};
use crate::answer::percent;
use crate::{Answer, Cell, Rows, Section, Text};
use lode_exposure::halting::count_numbers;
use lode_exposure::needs::{Need, needs, steps_of};
use lode_exposure::{Draws, Graph};
use lode_model::StepNodeKind;

/// The columns of `lode steps`.
pub const STEP_COLUMNS: [&str; 27] = [
    "products",
    "section",
    "step",
    "element",
    "effect",
    "through",
    "use",
    "level_before_substitution",
    "level_after_substitution",
    "level_at_best",
    "days_05",
    "days_10",
    "days_25",
    "days_50",
    "days_75",
    "days_90",
    "days_95",
    "weakest_stage",
    "supplier",
    "supplier_share",
    "supplier_share_low",
    "supplier_share_high",
    "supplier_share_of",
    "basis",
    "assumed_share",
    "quality",
    "origins",
];

/// Answers for a product, or for all products of a family.
pub fn steps(processes: &Processes, products: &[usize], draws: Draws) -> Answer {
    let graph = &processes.graph;
    let steps = steps_of(graph, products);
    let elements: Vec<usize> =
        (0..graph.nodes.len()).filter(|place| graph.nodes[*place].kind == StepNodeKind::Element).collect();
    let needs = needs(graph, &steps, &elements, draws);
    let made_by = |step: usize| -> Vec<String> {
        let downstream = graph.downstream(step);
        products
            .iter()
            .filter(|product| downstream.contains(product))
            .map(|product| graph.nodes[*product].id.clone())
            .collect()
    };
    let mut rows = Rows::new(&STEP_COLUMNS);
    for need in &needs {
        rows.rows.push(row(processes, need, made_by(need.step)));
    }
    let halted =
        |element: usize| needs.iter().filter(|need| need.element == element && need.effect() == "halts").count();
    let mut ranked: Vec<usize> = elements.iter().copied().filter(|element| halted(*element) > 0).collect();
    let first = |element: usize| {
        let of = needs.iter().filter(move |need| need.element == element && need.effect() == "halts");
        of.min_by(|a, b| {
            let median = |need: &Need| need.days.quantile(0.5).unwrap_or(f64::INFINITY);
            median(a).total_cmp(&median(b))
        })
    };
    let median = |element: usize| first(element).and_then(|need| need.days.quantile(0.5)).unwrap_or(f64::INFINITY);
    // An element whose loss also breaks the product after substitution weighs more than one that can be replaced.
    let for_good = |element: usize| {
        needs.iter().filter(|need| need.element == element && need.after_substitution < 0.5 - 1e-9).count()
    };
    let concentrated = |element: usize| processes.weakest(element).is_some_and(|weakest| weakest.share > 0.5);
    ranked.sort_by(|a, b| {
        concentrated(*b)
            .cmp(&concentrated(*a))
            .then(median(*a).total_cmp(&median(*b)))
            .then(halted(*b).cmp(&halted(*a)))
            .then(graph.nodes[*a].id.cmp(&graph.nodes[*b].id))
    });
    let mut answer = Answer { rows, ..Answer::default() };
    answer.sections.push(Section::Paragraph(sentence(processes, products, &steps, &needs, &ranked)));
    let table: Vec<Vec<Text>> = ranked
        .iter()
        .filter_map(|element| {
            let need = first(*element)?;
            let weakest = processes.weakest(*element);
            let for_good = for_good(*element);
            Some(vec![
                Text::words(&graph.nodes[*element].name_en),
                Text::words(days(&need.days)),
                Text::words(&graph.nodes[need.step].name_en),
                Text::number(halted(*element).to_string()),
                Text::number(if for_good == 0 { "·".into() } else { for_good.to_string() }),
                Text::words(weakest.map_or("·".into(), |weakest| weakest.shown())),
                Text::number(percent(need.numbers.1 as f64 / need.numbers.0.max(1) as f64)),
            ])
        })
        .collect();
    answer.sections.push(Section::Table {
        title: "Elements that halt a step if they are lost from one day to the next: first those of which more than half comes from one country at some stage, the fastest first".into(),
        headings: [
            "element",
            "days until the step halts",
            "the step that halts first",
            "steps",
            "for good",
            "largest supplier at the weakest stage",
            "assumed",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: table,
    });
    answer.sections.push(by_step(graph, &steps, &needs));
    answer.sections.push(Section::Paragraph(
        "Days: median (10 – 90 %) until the step runs below half its usual output, from stocks, wear and substitutes; no other supplier \
         makes up for the loss. For good: steps that stay below half once all substitutes named are qualified. ~ degrades: the step \
         goes on with a loss. Assumed: share of the numbers between element and step."
            .into(),
    ));
    answer.remarks = processes.remarks(count_numbers(graph, products));
    answer
}

fn sentence(processes: &Processes, products: &[usize], steps: &[usize], needs: &[Need], ranked: &[usize]) -> String {
    let graph = &processes.graph;
    let name = match products {
        [one] => graph.nodes[*one].name_en.clone(),
        _ => format!("{} products of {}", products.len(), graph.nodes[products[0]].family),
    };
    let touched: Vec<usize> = {
        let mut elements: Vec<usize> = needs.iter().map(|need| need.element).collect();
        elements.sort_unstable();
        elements.dedup();
        elements
    };
    let concentrated =
        ranked.iter().filter(|element| processes.weakest(**element).is_some_and(|weakest| weakest.share > 0.5)).count();
    format!(
        "{name}: {} steps need {} elements; {} of these halt a step when they are lost, and {concentrated} of them come for more than \
         half from one country at some stage.",
        steps.len(),
        touched.len(),
        ranked.len(),
    )
}

fn by_step(graph: &Graph, steps: &[usize], needs: &[Need]) -> Section {
    let mut ordered: Vec<usize> = steps.to_vec();
    let section = |step: &usize| super::words::section_place(&graph.nodes[*step].section);
    ordered.sort_by(|a, b| section(a).cmp(&section(b)).then(graph.nodes[*a].id.cmp(&graph.nodes[*b].id)));
    let of = |step: usize, effect: &str| {
        let of = needs.iter().filter(|need| need.step == step && need.effect() == effect);
        of.map(|need| symbol(graph, need.element)).collect::<Vec<_>>().join(" ")
    };
    let rows = ordered
        .iter()
        .map(|step| {
            vec![
                Text::words(&graph.nodes[*step].section),
                Text::words(&graph.nodes[*step].name_en),
                Text::words(of(*step, "halts")),
                Text::words(of(*step, "degrades")),
            ]
        })
        .collect();
    Section::Table {
        title: "By step".into(),
        headings: ["part", "step", "halts without", "~ degrades without"].map(str::to_owned).to_vec(),
        rows,
    }
}

/// The symbol of an element, or its name where it has none.
pub(super) fn symbol(graph: &Graph, element: usize) -> String {
    let node = &graph.nodes[element];
    if node.symbol.is_empty() { node.name_en.to_lowercase() } else { node.symbol.clone() }
}

fn row(processes: &Processes, need: &Need, products: Vec<String>) -> Vec<Cell> {
    let graph = &processes.graph;
    let (step, element) = (&graph.nodes[need.step], &graph.nodes[need.element]);
    let weakest = processes.weakest(need.element);
    let backing = super::needs::backing(processes, need);
    let mut cells = vec![
        Cell::List(products),
        Cell::text(&step.section),
        Cell::text(&step.id),
        Cell::text(&element.id),
        Cell::text(need.effect()),
        Cell::List(need.through.iter().map(|input| graph.nodes[*input].id.clone()).collect()),
        Cell::text(if need.embedded { "embedded" } else { "consumed" }),
        Cell::Number(need.before_substitution),
        Cell::Number(need.after_substitution),
        Cell::Number(need.at_best),
    ];
    cells.extend(lode_exposure::halting::QUANTILES.map(|share| Cell::number(need.days.quantile(share))));
    cells.extend([
        Cell::text(weakest.as_ref().map_or("", |weakest| weakest.supply.stage.word())),
        Cell::text(weakest.as_ref().map_or("", |weakest| &weakest.country)),
        Cell::number(weakest.as_ref().map(|weakest| weakest.share)),
        Cell::number(weakest.as_ref().map(|weakest| weakest.low)),
        Cell::number(weakest.as_ref().map(|weakest| weakest.high)),
        Cell::text(weakest.as_ref().map_or("", |weakest| &weakest.supply.of)),
        Cell::text(if backing.reported { "reported" } else { "judgement" }),
        Cell::Number(need.numbers.1 as f64 / need.numbers.0.max(1) as f64),
        Cell::text(backing.quality.map_or("", |quality| quality.word())),
        Cell::List(backing.origins),
    ]);
    cells
}
