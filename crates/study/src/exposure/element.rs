//! Everything that an element touches.

use super::{Processes, days};
use crate::answer::percent;
use crate::{Answer, Cell, Rows, Section, Text};
use lode_exposure::needs::needs;
use lode_exposure::{Draws, Member};
use lode_model::StepNodeKind;

/// The columns of `lode exposure --element`.
pub const ELEMENT_COLUMNS: [&str; 15] = [
    "element",
    "of",
    "of_kind",
    "input",
    "group",
    "role",
    "use",
    "effect",
    "substitutable",
    "alternatives",
    "stock_days",
    "stock_quality",
    "basis",
    "quality",
    "origins",
];

/// Answers for an element, form or material.
pub fn element(processes: &Processes, element: usize, draws: Draws) -> Answer {
    let graph = &processes.graph;
    let touched = graph.downstream(element);
    let mut rows = Rows::new(&ELEMENT_COLUMNS);
    let name = |input: Option<usize>| {
        input.map_or("a substitute that is not named", |input| &graph.nodes[input].id).to_owned()
    };
    let mut links = Vec::new();
    for place in &touched {
        for group in &graph.nodes[*place].groups {
            for member in
                group.members.iter().filter(|member| member.input.is_some_and(|input| touched.contains(&input)))
            {
                let others: Vec<String> = group
                    .members
                    .iter()
                    .filter(|other| other.input != member.input)
                    .map(|other| name(other.input))
                    .collect();
                let origins = [&member.provenance.origin].into_iter().chain(&member.stock.origins);
                let mut origins: Vec<String> = origins.map(|origin| origin.as_str().to_owned()).collect();
                origins.sort();
                origins.dedup();
                rows.rows.push(vec![
                    Cell::text(&graph.nodes[element].id),
                    Cell::text(&graph.nodes[*place].id),
                    Cell::text(graph.nodes[*place].kind.word()),
                    Cell::text(name(member.input)),
                    Cell::text(&group.name),
                    Cell::text(if member.alternate { "alternate" } else { "usual" }),
                    Cell::text(if member.embedded { "embedded" } else { "consumed" }),
                    Cell::text(group.effect.word()),
                    Cell::text(member.substitutable.word()),
                    Cell::List(others.clone()),
                    Cell::text(stock(member)),
                    Cell::text(member.stock.quality.word()),
                    Cell::text(if member.reported { "reported" } else { "judgement" }),
                    Cell::text(member.provenance.quality.word()),
                    Cell::List(origins),
                ]);
                links.push((*place, member, group, others));
            }
        }
    }
    let steps: Vec<usize> =
        touched.iter().copied().filter(|place| graph.nodes[*place].kind == StepNodeKind::Step).collect();
    let needs = needs(graph, &steps, &[element], draws);
    let products: Vec<&str> = touched
        .iter()
        .filter(|place| graph.nodes[**place].kind == StepNodeKind::Product)
        .map(|place| graph.nodes[*place].name_en.as_str())
        .collect();
    let halted = needs.iter().filter(|need| need.effect() == "halts").count();
    let mut answer = Answer { rows, ..Answer::default() };
    let weakest = processes
        .weakest(element)
        .map_or(String::new(), |weakest| format!(" Largest supplier at the weakest stage: {}.", weakest.shown()));
    answer.sections.push(Section::Paragraph(format!(
        "{} goes into {} materials and {} steps of {} products; {halted} of the steps halt without it.{weakest}",
        graph.nodes[element].name_en,
        touched
            .iter()
            .filter(|place| matches!(graph.nodes[**place].kind, StepNodeKind::Material | StepNodeKind::Form))
            .count(),
        steps.len(),
        products.len(),
    )));
    let table = needs.iter().map(|need| {
        let inputs: Vec<&str> = need.through.iter().map(|input| graph.nodes[*input].name_en.as_str()).collect();
        vec![
            Text::words(&graph.nodes[need.step].section),
            Text::words(&graph.nodes[need.step].name_en),
            Text::words(inputs.join(", ")),
            Text::words(if need.embedded { "built in" } else { "used up" }),
            Text::words(need.effect()),
            Text::words(days(&need.days)),
            Text::number(percent(need.after_substitution)),
            Text::number(percent(need.numbers.1 as f64 / need.numbers.0.max(1) as f64)),
        ]
    });
    answer.sections.push(Section::Table {
        title: "Steps".into(),
        headings: [
            "part",
            "step",
            "through",
            "",
            "without it",
            "days until it halts",
            "left after substitution",
            "assumed",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: table.collect(),
    });
    let table = links
        .iter()
        .filter(|(place, ..)| !matches!(graph.nodes[*place].kind, StepNodeKind::Step | StepNodeKind::Product))
        .map(|(place, member, group, others)| {
            vec![
                Text::words(&graph.nodes[*place].name_en),
                Text::words(member.input.map_or("", |input| &graph.nodes[input].name_en)),
                Text::words(if member.alternate { "stands in" } else { group.effect.word() }),
                Text::words(stock(member)),
                Text::words(others.join(", ")),
            ]
        });
    answer.sections.push(Section::Table {
        title: "Materials".into(),
        headings: ["needs", "input", "", "days in stock", "alternatives"].map(str::to_owned).to_vec(),
        rows: table.collect(),
    });
    if !products.is_empty() {
        answer.sections.push(Section::List {
            title: "Products".into(),
            lines: products.iter().map(|name| (*name).to_owned()).collect(),
        });
    }
    let numbers = needs.iter().map(|need| need.numbers).fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
    answer.remarks = processes.remarks(numbers);
    answer
}

fn stock(member: &Member) -> String {
    let range = &member.stock.range;
    let assumed = if member.stock.is_assumed() { " assumed" } else { "" };
    if range.high <= 0.0 {
        return "none".into();
    }
    if range.low == range.high {
        format!("{:.0}{assumed}", range.low)
    } else {
        format!("{:.0} – {:.0}{assumed}", range.low, range.high)
    }
}
