//! What the tables know.

use super::Processes;
use crate::{Answer, Cell, Rows, Section};
use lode_model::StepNodeKind;

/// The columns of `lode exposure --list`.
pub const LIST_COLUMNS: [&str; 7] = ["node", "kind", "name_en", "name_ja", "section", "family", "origin"];

/// Every node by kind.
pub fn list(processes: &Processes) -> Answer {
    let graph = &processes.graph;
    let mut answer = Answer { rows: Rows::new(&LIST_COLUMNS), ..Answer::default() };
    for (kind, word) in StepNodeKind::ALL.into_iter().rev() {
        let of_kind: Vec<_> = graph.nodes.iter().filter(|node| node.kind == kind).collect();
        for node in &of_kind {
            answer.rows.rows.push(vec![
                Cell::text(&node.id),
                Cell::text(word),
                Cell::text(&node.name_en),
                Cell::text(&node.name_ja),
                Cell::text(&node.section),
                Cell::text(&node.family),
                Cell::text(node.provenance.origin.as_str()),
            ]);
        }
        let mut ids: Vec<&str> = of_kind.iter().map(|node| node.id.as_str()).collect();
        ids.sort_unstable();
        answer.sections.push(Section::List { title: format!("{word} ({})", ids.len()), lines: vec![ids.join(", ")] });
    }
    let mut families: Vec<&str> =
        graph.nodes.iter().map(|node| node.family.as_str()).filter(|family| !family.is_empty()).collect();
    families.sort_unstable();
    families.dedup();
    answer.remarks.push(format!("Families of products: {}.", families.join(", ")));
    answer
}
