//! A firm's own list: when its lines stop, what stops them first, what it costs, and which stock would carry them over.
//!
//! The list stays in memory: it is neither written nor logged, and nothing here sends anything.

use super::lines::{Question, questions};
use super::{Processes, days};
use crate::answer::{percent, readable};
use crate::{Answer, Cell, Rows, Section, Text};
use lode_catalogue::read::bill_of_materials::{self, Known};
use lode_catalogue::{Mistake, Report, csv_line};
use lode_exposure::bill::content;
use lode_exposure::extra_stock::{ExtraStock, Survival, cheapest, needs};
use lode_exposure::halting::{NodeHalting, QUANTILES, halting};
use lode_exposure::{Availability, Bill, Draws, Spread};
use lode_model::{CountryCode, StepNodeKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The columns of `lode exposure --bom`.
pub const BILL_COLUMNS: [&str; 24] = [
    "plant",
    "product",
    "row",
    "item",
    "supplier",
    "country",
    "share",
    "days_05",
    "days_10",
    "days_25",
    "days_50",
    "days_75",
    "days_90",
    "days_95",
    "value",
    "low",
    "high",
    "unit",
    "first_cause",
    "assumed_days_share",
    "assumed_numbers_share",
    "quality",
    "origins",
    "note",
];
/// Parts shown to people for each product.
const SHOWN: usize = 8;

/// Reads a list against the tables: all its mistakes at once.
pub fn read_bill(processes: &Processes, path: &Path) -> Result<Bill, Report> {
    read_with(processes, |known| bill_of_materials::read(path, known))
}

/// Reads a list that is already in memory.
pub fn read_bill_bytes(processes: &Processes, name: &str, bytes: &[u8]) -> Result<Bill, Report> {
    read_with(processes, |known| bill_of_materials::read_bytes(name, bytes, known))
}

fn read_with(
    processes: &Processes,
    read: impl FnOnce(&Known<'_>) -> Result<lode_model::BillOfMaterials, Report>,
) -> Result<Bill, Report> {
    let graph = &processes.graph;
    let mut materials: BTreeMap<String, String> = BTreeMap::new();
    let mut typical: BTreeSet<String> = BTreeSet::new();
    for node in &graph.nodes {
        if matches!(node.kind, StepNodeKind::Product | StepNodeKind::Material) {
            typical.insert(node.id.clone());
        }
        if matches!(node.kind, StepNodeKind::Element | StepNodeKind::Form | StepNodeKind::Material) {
            for name in [node.id.clone(), node.name_en.to_lowercase(), node.name_ja.clone(), node.symbol.clone()] {
                if !name.is_empty() {
                    materials.entry(name).or_insert_with(|| node.id.clone());
                }
            }
        }
    }
    let mut countries: BTreeMap<String, CountryCode> = BTreeMap::new();
    for country in processes.session.world.countries.values() {
        for name in
            [country.code.to_string(), country.iso2.clone(), country.name_en.to_lowercase(), country.name_ja.clone()]
        {
            countries.entry(name).or_insert(country.code);
        }
    }
    let known = Known { materials: &materials, typical: &typical, countries: &countries };
    Ok(Bill::new(graph, &read(&known)?))
}

/// What is in the list, and what typical content says about parts of which the firm knows nothing.
pub fn contents(processes: &Processes, bill: &Bill) -> Answer {
    let mut answer = Answer { rows: Rows::new(&BILL_COLUMNS), ..Answer::default() };
    answer.sections.push(Section::Paragraph(format!(
        "The list is sound: {} products, {} parts and bought materials; {} parts are filled with typical content.",
        bill.products.len(),
        bill.parts.len(),
        bill.parts.values().filter(|part| part.typical.is_some()).count(),
    )));
    filled(bill, &mut answer);
    answer.remarks.push(
        "Give a scenario (--cut or --halt) for the days on which lines stop. The list stays on this machine.".into(),
    );
    answer.remarks.extend(processes.remarks(numbers(bill)));
    answer
}

fn numbers(bill: &Bill) -> (usize, usize) {
    let products: Vec<usize> = bill.products.iter().map(|product| product.node).collect();
    lode_exposure::halting::count_numbers(&bill.graph, &products)
}

/// When the lines stop under what still arrives, and the cheapest extra stock that carries them over.
pub fn bill(
    processes: &Processes,
    bill: &Bill,
    availability: &Availability,
    draws: Draws,
    survival: Option<Survival>,
) -> Result<Answer, Report> {
    let graph = &bill.graph;
    let availability = bill.spread(availability);
    let wanted: Vec<usize> = bill.products.iter().map(|product| product.node).collect();
    let found = halting(graph, &availability, draws, &wanted);
    let assumed_numbers = found.assumed as f64 / found.numbers.max(1) as f64;
    let mut answer = Answer { rows: Rows::new(&BILL_COLUMNS), ..Answer::default() };
    let mut stops = Vec::new();
    let mut firsts = Vec::new();
    for (product, node) in bill.products.iter().zip(&found.nodes) {
        let value = product.units_per_day.zip(product.value_per_unit).map(|(units, value)| units * value);
        let lost = Spread::new(node.lost_by_replicate.clone());
        let at_risk = value.map(|value| {
            let of = |share: f64| lost.quantile(share).unwrap_or(0.0) * value;
            (node.lost_days * value, of(0.05), of(0.95))
        });
        for (row, spread) in [("line below 50 %", &node.below_half), ("line at 0", &node.nothing)] {
            let mut cells = vec![
                Cell::text(&product.plant),
                Cell::text(&product.item),
                Cell::text(row),
                Cell::text(&product.item),
                Cell::Empty,
                Cell::Empty,
                Cell::Number(spread.reached()),
            ];
            cells.extend(QUANTILES.map(|share| Cell::number(spread.quantile(share))));
            cells.extend([
                Cell::number(at_risk.map(|risk| risk.0)),
                Cell::number(at_risk.map(|risk| risk.1)),
                Cell::number(at_risk.map(|risk| risk.2)),
                Cell::text(if at_risk.is_some() { "value lost until the horizon, own money" } else { "" }),
                Cell::text(node.causes.first().map_or("", |(place, _)| &graph.nodes[*place].id)),
                Cell::Number(node.assumed_days),
                Cell::Number(assumed_numbers),
                Cell::text("user"),
                Cell::List(vec!["lode-process-steps".into(), "lode-step-assumptions".into(), "user".into()]),
                Cell::text(if at_risk.is_some() { "" } else { "value at risk needs units_per_day and value_per_unit" }),
            ]);
            answer.rows.rows.push(cells);
        }
        stops.push(vec![
            Text::words(&product.plant),
            Text::words(&product.item),
            Text::number(percent(node.below_half.reached())),
            Text::words(days(&node.below_half)),
            Text::words(days(&node.nothing)),
            Text::number(format!("{:.0}", node.lost_days)),
            Text::number(at_risk.map_or("·".into(), |risk| readable(risk.0))),
            Text::number(at_risk.map_or("·".into(), |risk| readable(risk.2))),
            Text::number(percent(node.assumed_days)),
        ]);
        for (place, share) in &node.inputs {
            let part = bill.parts.get(place);
            answer.rows.rows.push(part_row(bill, product, *place, *share, node));
            if firsts.len() < SHOWN * bill.products.len() {
                firsts.push(vec![
                    Text::words(&product.plant),
                    Text::words(&product.item),
                    Text::words(&graph.nodes[*place].name_en),
                    Text::words(part.map_or("", |part| &part.supplier)),
                    Text::words(
                        part.and_then(|part| part.country).map_or(String::new(), |country| country.to_string()),
                    ),
                    Text::number(percent(*share)),
                    Text::words(if part.is_some_and(|part| part.typical.is_some()) { "typical content" } else { "" }),
                ]);
            }
        }
    }
    answer.sections.push(Section::Paragraph(sentence(bill, &availability, &found.nodes, draws)));
    let headings =
        ["plant", "product", "lines", "day below 50 %", "to 0", "days lost", "value at risk", "95 %", "assumed"]
            .map(str::to_owned);
    answer.sections.push(Section::Table { title: "When lines stop".into(), headings: headings.to_vec(), rows: stops });
    if !firsts.is_empty() {
        let headings = ["plant", "product", "part", "supplier", "from", "of stops", ""].map(str::to_owned).to_vec();
        answer.sections.push(Section::Table { title: "What stops them first".into(), headings, rows: firsts });
    }
    if let Some(survival) = survival {
        extra_stock(bill, &availability, draws, survival, &mut answer)?;
    }
    filled(bill, &mut answer);
    answer.sections.push(Section::Paragraph(format!(
        "Days count from the first day of the shortage; a replicate is one course of the stocks and times that are not known. Value at risk is the \
         mean value of output lost within {:.0} days, in the money of the list. Assumed: share of the days until the stop that rest on \
         assumed stocks and wear.",
        draws.horizon
    )));
    answer
        .remarks
        .push(format!("{} replicates, seed {}. The list stays on this machine.", draws.replicates, draws.seed));
    answer.remarks.extend(processes.remarks((found.numbers, found.assumed)));
    Ok(answer)
}

fn part_row(
    bill: &Bill,
    product: &lode_exposure::bill::BillProduct,
    place: usize,
    share: f64,
    node: &NodeHalting,
) -> Vec<Cell> {
    let part = bill.parts.get(&place);
    let mut cells = vec![
        Cell::text(&product.plant),
        Cell::text(&product.item),
        Cell::text("stops first"),
        Cell::text(&bill.graph.nodes[place].name_en),
        Cell::text(part.map_or("", |part| &part.supplier)),
        Cell::text(part.and_then(|part| part.country).map_or(String::new(), |country| country.to_string())),
        Cell::Number(share),
    ];
    cells.extend(std::iter::repeat_n(Cell::Empty, 11));
    cells.extend([
        Cell::text(node.causes.first().map_or("", |(place, _)| &bill.graph.nodes[*place].id)),
        Cell::Number(node.assumed_days),
        Cell::Empty,
        Cell::text("user"),
        Cell::List(vec!["user".into()]),
        Cell::text(if part.is_some_and(|part| part.typical.is_some()) { "typical content" } else { "" }),
    ]);
    cells
}

fn sentence(bill: &Bill, availability: &Availability, nodes: &[NodeHalting], draws: Draws) -> String {
    let stopped = bill.products.iter().zip(nodes).filter(|(_, node)| node.below_half.reached() > 0.0);
    let first = stopped.clone().min_by(|a, b| {
        let day = |node: &NodeHalting| node.below_half.quantile(0.5).unwrap_or(f64::INFINITY);
        day(a.1).total_cmp(&day(b.1)).then(b.1.below_half.reached().total_cmp(&a.1.below_half.reached()))
    });
    match first {
        None => {
            format!("{}: no line falls below half of its output within {:.0} days.", availability.label, draws.horizon)
        }
        Some((product, node)) => format!(
            "{}: {} of {} lines may fall below half of their output; the first is {} at {}, with a chance of {}{}.",
            availability.label,
            stopped.count(),
            bill.products.len(),
            product.item,
            product.plant,
            percent(node.below_half.reached()),
            node.below_half.quantile(0.5).map_or(String::new(), |day| format!(", most likely around day {day:.0}")),
        ),
    }
}

fn extra_stock(
    bill: &Bill,
    availability: &Availability,
    draws: Draws,
    survival: Survival,
    answer: &mut Answer,
) -> Result<(), Report> {
    let mut report = Report::new();
    let mut lines = Vec::new();
    let mut table = Vec::new();
    for product in &bill.products {
        let needed = needs(&bill.graph, availability, product.node, survival, draws);
        let groups = &bill.graph.nodes[product.node].groups;
        let units = product.units_per_day;
        let costs: Vec<f64> = (0..groups.len())
            .map(|index| {
                let price = bill.costs.get(&product.node).and_then(|costs| costs.get(index).copied().flatten());
                let any = needed.iter().any(|row| row[index] > 0.0);
                match (price.zip(units), any) {
                    (Some((price, units)), _) => price * units,
                    (None, false) => 0.0,
                    (None, true) => {
                        let what = format!("`{}` of {} at {} needs extra stock, and its price, quantity or the units made in a day are not known", groups[index].name, product.item, product.plant);
                        report.push(Mistake::in_file("list", what).hint("fill the columns price, quantity and units_per_day"));
                        0.0
                    }
                }
            })
            .collect();
        if !report.is_empty() {
            continue;
        }
        let plan = cheapest(&needed, &costs, survival.confidence);
        lines.push(plan_line(product, &plan, survival));
        for (index, group) in groups.iter().enumerate().filter(|(index, _)| plan.days[*index] > 0.0) {
            let cost = plan.days[index] * costs[index];
            table.push(vec![
                Text::words(&product.plant),
                Text::words(&product.item),
                Text::words(&group.name),
                Text::number(format!("{:.0}", whole_days(plan.days[index]))),
                Text::number(readable(cost)),
            ]);
            let mut cells = vec![
                Cell::text(&product.plant),
                Cell::text(&product.item),
                Cell::text("extra stock"),
                Cell::text(&group.name),
                Cell::Empty,
                Cell::Empty,
                Cell::Number(survival.confidence),
            ];
            cells.extend(std::iter::repeat_n(Cell::Empty, 7));
            cells.extend([
                Cell::Number(plan.days[index]),
                Cell::Number(plan.days[index]),
                Cell::Number(plan.days[index]),
                Cell::text("days of usual use"),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                Cell::text("user"),
                Cell::List(vec!["user".into()]),
                Cell::text(format!("costs {} in own money", readable(cost))),
            ]);
            answer.rows.rows.push(cells);
        }
    }
    report.into_result(())?;
    answer.sections.push(Section::List { title: "Cheapest extra stock".into(), lines });
    if !table.is_empty() {
        let headings = ["plant", "product", "item", "extra days", "cost"].map(str::to_owned).to_vec();
        answer.sections.push(Section::Table { title: String::new(), headings, rows: table });
    }
    Ok(())
}

/// Whole days, upwards.
fn whole_days(days: f64) -> f64 {
    (days - 1e-6).ceil()
}

fn plan_line(product: &lode_exposure::bill::BillProduct, plan: &ExtraStock, survival: Survival) -> String {
    let proof = if plan.bound >= plan.cost * (1.0 - 1e-9) {
        "no plan is cheaper".to_owned()
    } else {
        format!("no plan costs less than {} (the search was cut short)", readable(plan.bound))
    };
    format!(
        "{} at {}: survives {:.0} days in {} of replicates without extra stock, in {} with stock worth {}; {proof}",
        product.item,
        product.plant,
        survival.days,
        percent(plan.survived_before),
        percent(plan.survived_after),
        readable(plan.cost)
    )
}

/// Parts whose content is typical content, with its band.
fn filled(bill: &Bill, answer: &mut Answer) {
    let mut lines = Vec::new();
    for (place, part) in &bill.parts {
        let Some(typical) = part.typical else { continue };
        let known = content(&bill.graph, typical);
        let shown: Vec<String> = known
            .iter()
            .map(|(node, range, per)| {
                format!(
                    "{} {} – {} g/{per}",
                    bill.graph.nodes[*node].name_en,
                    readable(range.low),
                    readable(range.high)
                )
            })
            .collect();
        let typical_id = &bill.graph.nodes[typical].id;
        let content = if shown.is_empty() { "no amounts known".to_owned() } else { shown.join(", ") };
        lines.push(format!("{} at {}: as {typical_id}: {content}", part.item, part.plant));
        for (node, range, per) in known {
            let mut cells = vec![
                Cell::text(&part.plant),
                Cell::Empty,
                Cell::text("typical content"),
                Cell::text(&bill.graph.nodes[*place].name_en),
                Cell::text(&part.supplier),
                Cell::text(part.country.map_or(String::new(), |country| country.to_string())),
            ];
            cells.extend(std::iter::repeat_n(Cell::Empty, 8));
            cells.extend([
                Cell::Number(range.centre()),
                Cell::Number(range.low),
                Cell::Number(range.high),
                Cell::text(format!("g/{per}")),
                Cell::text(&bill.graph.nodes[node].id),
                Cell::Empty,
                Cell::Empty,
                Cell::text("assumed"),
                Cell::List(vec![bill.graph.nodes[typical].provenance.origin.as_str().to_owned()]),
                Cell::text(format!("filled with the typical content of {typical_id}")),
            ]);
            answer.rows.rows.push(cells);
        }
    }
    if !lines.is_empty() {
        answer
            .sections
            .push(Section::List { title: "Filled with typical content, not known to the firm".into(), lines });
    }
}

/// The sheet to send to suppliers, what matters most first: CSV with empty columns to fill.
pub fn request_sheet(bill: &Bill, availability: &Availability, draws: Draws) -> String {
    let availability = bill.spread(availability);
    let wanted: Vec<usize> = bill.products.iter().map(|product| product.node).collect();
    let found = halting(&bill.graph, &availability, draws, &wanted);
    let mut text = csv_line(
        ["rank", "supplier", "plant", "item", "weight", "question", "answer", "unit", "low", "high", "as_of", "remark"]
            .into_iter(),
    );
    for (rank, Question { part, weight, questions }) in questions(bill, &found.nodes).iter().enumerate() {
        for question in questions {
            let (rank, weight) = ((rank + 1).to_string(), format!("{weight:.3}"));
            text += &csv_line(
                [rank.as_str(), &part.supplier, &part.plant, &part.item, &weight, question, "", "", "", "", "", ""]
                    .into_iter(),
            );
        }
    }
    text
}
