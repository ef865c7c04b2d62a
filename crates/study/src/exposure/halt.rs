//! The day on which each step and product falls below a half and to nothing.

use super::{Processes, days};
use crate::answer::percent;
use crate::{Answer, Cell, Rows, Section, Text};
use lode_exposure::halting::{NodeHalting, QUANTILES, halting};
use lode_exposure::{Availability, Draws, Graph, Spread};
use lode_model::StepNodeKind;

/// The columns of `lode exposure --halt`.
pub const HALT_COLUMNS: [&str; 19] = [
    "node",
    "kind",
    "falls",
    "share_of_lines",
    "days_05",
    "days_10",
    "days_25",
    "days_50",
    "days_75",
    "days_90",
    "days_95",
    "first_of_lines_days_50",
    "lost_days",
    "first_cause",
    "first_input",
    "assumed_days_share",
    "assumed_numbers_share",
    "quality",
    "origins",
];

/// Products whose bands are spelt out.
const BANDS: usize = 3;

/// Answers for products and the steps on their way.
pub fn halt(processes: &Processes, availability: &Availability, products: &[usize], draws: Draws) -> Answer {
    let graph = &processes.graph;
    let mut wanted = lode_exposure::needs::steps_of(graph, products);
    wanted.extend(products);
    let halting = halting(graph, availability, draws, &wanted);
    let lines = lines(graph);
    let numbers = (halting.numbers, halting.assumed);
    let mut rows = Rows::new(&HALT_COLUMNS);
    let mut shown = Vec::new();
    for node in &halting.nodes {
        for (falls, spread) in [("below 50 %", &node.below_half), ("to 0", &node.nothing)] {
            rows.rows.push(row(processes, availability, node, falls, spread, lines, numbers));
        }
        if node.below_half.reached() > 0.0 {
            shown.push(node);
        }
    }
    let rank = |node: &NodeHalting| {
        let product = graph.nodes[node.node].kind != StepNodeKind::Product;
        (product, node.below_half.quantile(0.5).unwrap_or(f64::INFINITY))
    };
    shown.sort_by(|a, b| {
        let (a_rank, b_rank) = (rank(a), rank(b));
        a_rank
            .0
            .cmp(&b_rank.0)
            .then(a_rank.1.total_cmp(&b_rank.1))
            .then(b.below_half.reached().total_cmp(&a.below_half.reached()))
    });
    let mut answer = Answer { rows, ..Answer::default() };
    answer.sections.push(Section::Paragraph(sentence(graph, availability, &halting.nodes, products, draws)));
    let table = shown.iter().map(|node| {
        let record = &graph.nodes[node.node];
        let cause = |causes: &[(usize, f64)]| {
            causes
                .iter()
                .take(2)
                .map(|(place, share)| format!("{} {}", graph.nodes[*place].name_en, percent(*share)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        vec![
            Text::words(record.kind.word()),
            Text::words(&record.name_en),
            Text::number(percent(node.below_half.reached())),
            Text::words(days(&node.below_half)),
            Text::words(days(&node.nothing)),
            Text::words(cause(&node.causes)),
            Text::number(percent(node.assumed_days)),
        ]
    });
    if !shown.is_empty() {
        answer.sections.push(Section::Table {
            title: format!(
                "Day of the first fall, counted from the first day of the shortage, within {:.0} days",
                draws.horizon
            ),
            headings: ["", "", "lines", "below 50 %", "to 0", "begins with", "assumed"].map(str::to_owned).to_vec(),
            rows: table.collect(),
        });
    }
    // The bands of the products that fall first; all are in the rows.
    let fallen = shown.iter().filter(|node| products.contains(&node.node));
    answer.sections.extend(fallen.take(BANDS).map(|node| bands(graph, node, lines)));
    let others = if availability.answered {
        "What arrives already holds what other suppliers do."
    } else {
        "Other makers lift what they deliver a little after some months, as assumed (spare-output, spare-lag); nobody makes up for all."
    };
    answer.sections.push(Section::Paragraph(format!(
        "A replicate is one line with its own stocks: `lines` is the share of lines that fall, days are the median and 10 – 90 % of all \
         lines. Assumed: share of the days until the fall that rest on assumed stocks and wear. {others}"
    )));
    if !availability.origins.is_empty() {
        let origins: Vec<&str> = availability.origins.iter().map(|origin| origin.as_str()).collect();
        answer.remarks.push(format!("What arrives comes from {}.", origins.join(", ")));
    }
    answer.remarks.push(format!("{} replicates, seed {}.", draws.replicates, draws.seed));
    answer.remarks.extend(processes.remarks(numbers));
    answer
}

/// How many comparable lines there are, as assumed.
fn lines(graph: &Graph) -> f64 {
    graph.assumptions.get("lines").and_then(|assumption| assumption.quantity.value).unwrap_or(1.0)
}

fn bands(graph: &Graph, node: &NodeHalting, lines: f64) -> Section {
    let shown =
        |share: f64, spread: &Spread| spread.quantile(share).map_or("later".to_owned(), |day| format!("day {day:.0}"));
    let line = |name: &str, spread: &Spread| {
        format!(
            "{name}: 50 % of lines between {} and {}, 80 % between {} and {}, 90 % between {} and {}",
            shown(0.25, spread),
            shown(0.75, spread),
            shown(0.1, spread),
            shown(0.9, spread),
            shown(0.05, spread),
            shown(0.95, spread)
        )
    };
    let first = node.below_half.first_of(lines, 0.5).map_or("later".to_owned(), |day| format!("day {day:.0}"));
    Section::List {
        title: graph.nodes[node.node].name_en.clone(),
        lines: vec![
            line("below 50 %", &node.below_half),
            line("to 0", &node.nothing),
            format!("the first of {lines:.0} lines (assumed number) falls below 50 %: {first} (median)"),
            format!("output lost: {:.0} days (mean of all lines)", node.lost_days),
        ],
    }
}

fn sentence(
    graph: &Graph,
    availability: &Availability,
    nodes: &[NodeHalting],
    products: &[usize],
    draws: Draws,
) -> String {
    let fallen: Vec<&NodeHalting> =
        nodes.iter().filter(|node| products.contains(&node.node) && node.below_half.reached() > 0.0).collect();
    let first = fallen.iter().min_by(|a, b| {
        let median = |node: &NodeHalting| node.below_half.quantile(0.5).unwrap_or(f64::INFINITY);
        median(a).total_cmp(&median(b)).then(b.below_half.reached().total_cmp(&a.below_half.reached()))
    });
    match first {
        None => format!(
            "{}: none of {} products falls below half of its usual output within {:.0} days.",
            availability.label,
            products.len(),
            draws.horizon
        ),
        Some(node) => format!(
            "{}: {} of {} products fall below half of their usual output in some lines; the first is {}, in {} of lines, median of all lines {}.",
            availability.label,
            fallen.len(),
            products.len(),
            graph.nodes[node.node].name_en,
            percent(node.below_half.reached()),
            node.below_half
                .quantile(0.5)
                .map_or(format!("not within {:.0} days", draws.horizon), |day| format!("day {day:.0}")),
        ),
    }
}

fn row(
    processes: &Processes,
    availability: &Availability,
    node: &NodeHalting,
    falls: &str,
    spread: &Spread,
    lines: f64,
    numbers: (usize, usize),
) -> Vec<Cell> {
    let graph = &processes.graph;
    let record = &graph.nodes[node.node];
    let first = |causes: &[(usize, f64)]| Cell::text(causes.first().map_or("", |(place, _)| &graph.nodes[*place].id));
    let mut origins: Vec<String> = availability.origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    origins.extend(number_origins(graph, node.node));
    origins.sort();
    origins.dedup();
    let mut cells =
        vec![Cell::text(&record.id), Cell::text(record.kind.word()), Cell::text(falls), Cell::Number(spread.reached())];
    cells.extend(QUANTILES.map(|share| Cell::number(spread.quantile(share))));
    cells.extend([
        Cell::number(spread.first_of(lines, 0.5)),
        Cell::Number(node.lost_days),
        first(&node.causes),
        first(&node.inputs),
        Cell::Number(node.assumed_days),
        Cell::Number(numbers.1 as f64 / numbers.0.max(1) as f64),
        Cell::text("assumed"),
        Cell::List(origins),
    ]);
    cells
}

/// The origins of the numbers on the way to a node.
fn number_origins(graph: &Graph, node: usize) -> Vec<String> {
    let mut origins = Vec::new();
    for place in graph.upstream(node) {
        for group in &graph.nodes[place].groups {
            for number in group.members.iter().flat_map(|member| member.numbers()) {
                origins.extend(number.origins.iter().map(|origin| origin.as_str().to_owned()));
            }
        }
    }
    origins.sort();
    origins.dedup();
    origins
}
