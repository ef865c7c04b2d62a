//! The tables of processes: their nouns, and what only the graph as a whole can get wrong.

use super::table::{Row, Table};
use crate::report::{Mistake, Report};
use lode_model::{
    CommodityId, StepEffect, StepLink, StepNode, StepNodeKind, StepParameter, StepSupplier, Substitutable,
};
use std::collections::BTreeMap;

pub(super) fn node(row: &Row) -> Option<StepNode> {
    Some(StepNode {
        id: row.text("node"),
        kind: StepNodeKind::parse(row.get("kind"))?,
        class: row.text("class"),
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        symbol: row.text("symbol"),
        commodity: Some(row.get("commodity")).filter(|id| !id.is_empty()).map(CommodityId::new),
        purity: row.text("purity"),
        section: row.text("section"),
        family: row.text("family"),
        provenance: row.provenance(),
    })
}

pub(super) fn link(row: &Row) -> StepLink {
    StepLink {
        of: row.text("of"),
        input: row.text("input"),
        group: row.text("group"),
        alternate: row.get("role") == "alternate",
        embedded: row.get("use") == "embedded",
        effect: match row.get("effect") {
            "halts" => StepEffect::Halts,
            "degrades" => StepEffect::Degrades,
            _ => StepEffect::None,
        },
        substitutable: match row.get("substitutable") {
            "full" => Substitutable::Full,
            "partial" => Substitutable::Partial,
            _ => Substitutable::None,
        },
        single_source: Some(row.get("single_source")).filter(|word| !word.is_empty()).map(|word| word == "yes"),
        reported: row.get("basis") == "reported",
        provenance: row.provenance(),
    }
}

pub(super) fn parameter(row: &Row) -> StepParameter {
    StepParameter {
        of: row.text("of"),
        input: row.text("input"),
        parameter: row.text("parameter"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn supplier(row: &Row) -> Option<StepSupplier> {
    Some(StepSupplier {
        node: row.text("node"),
        stage: row.stage("stage")?,
        country: row.country("country")?,
        entity: row.text("entity"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

/// Units that the numbers of each parameter may have, and the range that makes sense.
fn expected(parameter: &str) -> (&'static [&'static str], f64) {
    match parameter {
        "stock" | "wear-life" => (&["days"], 36_500.0),
        "qualification" => (&["months"], 600.0),
        "reach" | "loss" | "usual-share" => (&["share"], 1.0),
        _ => (&["g/unit", "kg/unit", "g/g", "kg/kWh", "kg/MW", "g/car", "kg/wafer start"], f64::MAX),
    }
}

/// What only shows when rows are held against each other: cycles, groups of alternates alone, numbers in other units.
pub(super) fn check(table: &Table, report: &mut Report) {
    match table.schema.name {
        "step_links" => links(table, report),
        "step_parameters" => numbers(table, report),
        "step_suppliers" => {
            for row in &table.rows {
                let share = |column: &str| row.number(column).is_none_or(|share| (0.0..=1.0).contains(&share));
                if row.get("unit") != "share" || !["value", "low", "high"].into_iter().all(share) {
                    report.push(
                        table
                            .mistake(row, "the share of a supplier is not between 0 and 1")
                            .column("value")
                            .hint("write 0.8 with the unit `share`"),
                    );
                }
            }
        }
        _ => {}
    }
}

fn numbers(table: &Table, report: &mut Report) {
    for row in &table.rows {
        let (units, most) = expected(row.get("parameter"));
        if !units.contains(&row.get("unit")) {
            report.push(
                table
                    .mistake(row, format!("`{}` is not a unit of {}", row.get("unit"), row.get("parameter")))
                    .column("unit")
                    .hint(format!("use {}", units.join(", "))),
            );
        }
        let numbers = ["value", "low", "high"].map(|column| row.number(column));
        if numbers.iter().flatten().any(|number| !(0.0..=most).contains(number)) {
            report.push(
                table
                    .mistake(row, format!("{} is out of range", row.get("parameter")))
                    .column("value")
                    .hint(if most == 1.0 { "a share lies between 0 and 1" } else { "write a number of 0 or more" }),
            );
        }
        if numbers.iter().all(Option::is_none) {
            report.push(table.mistake(row, "has neither value nor band").column("value"));
        }
    }
}

fn links(table: &Table, report: &mut Report) {
    let mut usual: BTreeMap<(&str, &str), (bool, u64)> = BTreeMap::new();
    let mut inputs: BTreeMap<&str, Vec<(&str, u64)>> = BTreeMap::new();
    for row in &table.rows {
        inputs.entry(row.get("of")).or_default().push((row.get("input"), row.number));
        let group = row.get("group");
        let entry = usual.entry((row.get("of"), group)).or_insert((false, row.number));
        entry.0 |= row.get("role") == "usual";
        if group.is_empty() && row.get("role") == "alternate" {
            report.push(
                table
                    .mistake(row, "an alternate without a group")
                    .column("group")
                    .hint("give it the group of what it stands in for"),
            );
        }
    }
    for ((of, group), (has_usual, row)) in &usual {
        if !has_usual && !group.is_empty() {
            report.push(
                Mistake::in_row(&table.file, *row, format!("group `{group}` of {of} has alternates only"))
                    .column("role")
                    .hint("one input of a group is the usual one"),
            );
        }
    }
    if let Some((path, row)) = cycle(&inputs) {
        report.push(
            Mistake::in_row(&table.file, row, format!("closes a cycle: {}", path.join(" needs ")))
                .column("input")
                .hint("nothing can need itself: remove one of these links"),
        );
    }
}

/// The first cycle found, and the row that closes it. Without recursion: the graph may be deep.
fn cycle<'t>(inputs: &BTreeMap<&'t str, Vec<(&'t str, u64)>>) -> Option<(Vec<&'t str>, u64)> {
    let mut done: BTreeMap<&str, bool> = BTreeMap::new();
    for start in inputs.keys() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if *next == 0 && done.get(node).is_some_and(|finished| *finished) {
                path.pop();
                continue;
            }
            done.entry(node).or_insert(false);
            match inputs.get(node).and_then(|inputs| inputs.get(*next)) {
                None => {
                    done.insert(node, true);
                    path.pop();
                }
                Some((input, row)) => {
                    *next += 1;
                    if let Some(from) = path.iter().position(|(on, _)| on == input) {
                        let mut names: Vec<&str> = path[from..].iter().map(|(on, _)| *on).collect();
                        names.push(input);
                        return Some((names, *row));
                    }
                    path.push((input, 0));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::schema::Schema;

    fn mistakes(table: &str, text: &str) -> String {
        let mut report = Report::new();
        let table = Table::read(Schema::of(table).unwrap(), Input::from_bytes("t.csv", text.as_bytes()), &mut report);
        check(&table, &mut report);
        report.to_string()
    }

    const LINKS: &str = "of,input,group,role,use,effect,substitutable,single_source,basis,quality,as_of,origin,note\n";

    #[test]
    fn cycles_and_groups_of_alternates_alone_are_told_with_their_row() {
        let row = |of: &str, input: &str, group: &str, role: &str| {
            format!("{of},{input},{group},{role},consumed,halts,none,,judgement,assumed,,x,\n")
        };
        let text = [
            LINKS,
            &row("c", "b", "", "usual"),
            &row("b", "a", "", "usual"),
            &row("a", "c", "", "usual"),
            &row("d", "a", "g", "alternate"),
            &row("d", "b", "", "alternate"),
        ]
        .concat();
        let text = mistakes("step_links", &text);
        assert!(text.contains("row 3, column input: closes a cycle: a needs c needs b needs a"), "{text}");
        assert!(text.contains("row 5, column role: group `g` of d has alternates only"), "{text}");
        assert!(text.contains("row 6, column group: an alternate without a group"), "{text}");
        assert!(text.contains("3 mistakes"), "{text}");
    }

    #[test]
    fn a_diamond_is_no_cycle() {
        let row = |of: &str, input: &str| format!("{of},{input},,usual,consumed,halts,none,,judgement,assumed,,x,\n");
        let text = [LINKS, &row("d", "b"), &row("d", "c"), &row("b", "a"), &row("c", "a")].concat();
        assert!(mistakes("step_links", &text).starts_with('0'));
    }

    #[test]
    fn numbers_in_other_units_or_out_of_range_are_told() {
        let text = "of,input,parameter,value,low,high,unit,basis,quality,as_of,origin,note\n\
                    ,a,stock,30,,,months,,assumed,,x,\n,a,reach,40,,,share,,assumed,,x,\n,a,stock,,,,days,,assumed,,x,\n";
        let text = mistakes("step_parameters", text);
        assert!(text.contains("row 2, column unit: `months` is not a unit of stock"), "{text}");
        assert!(text.contains("row 3, column value: reach is out of range"), "{text}");
        assert!(text.contains("row 4, column value: has neither value nor band"), "{text}");
    }
}
