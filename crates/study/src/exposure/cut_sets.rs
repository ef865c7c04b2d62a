//! All minimal sets of elements, firms or countries whose loss halts a product.

use super::Processes;
use crate::answer::percent;
use crate::{Answer, Cell, Rows, Section, Text};
use lode_catalogue::Mistake;
use lode_exposure::cut_sets::{Loss, LossKind, TooMany, level_without};
use lode_exposure::halting::count_numbers;
use lode_exposure::{CutSets, Substitutes};

/// The columns of `lode exposure --cutsets`.
pub const CUT_SET_COLUMNS: [&str; 9] =
    ["product", "kind", "size", "losses", "level", "level_at_best", "holds_at_best", "assumed_share", "origins"];
/// Sets of each kind shown to people; `--format csv` gives all.
const SHOWN: usize = 24;

/// Answers for one product.
pub fn cut_sets(
    processes: &Processes,
    product: usize,
    floor: f64,
    size: usize,
    substitutes: Substitutes,
) -> Result<Answer, Mistake> {
    let graph = &processes.graph;
    let node = &graph.nodes[product];
    let mut answer = Answer { rows: Rows::new(&CUT_SET_COLUMNS), ..Answer::default() };
    let numbers = count_numbers(graph, &[product]);
    let mut counted = Vec::new();
    let mut sections = Vec::new();
    for (kind, word, plural) in [
        (LossKind::Elements, "element", "elements"),
        (LossKind::Countries, "country", "countries"),
        (LossKind::Firms, "firm", "firms named"),
    ] {
        let found = lode_exposure::cut_sets(graph, product, kind, floor, size, substitutes).map_err(too_many)?;
        counted.push(counts(&found, plural));
        let mut table = Vec::new();
        for (set, level) in &found.sets {
            let best = level_without(graph, product, set, Substitutes::QualifiedAtBest);
            let names: Vec<String> = set.iter().map(|loss| name(processes, loss)).collect();
            let ids: Vec<String> = set.iter().map(|loss| id(processes, loss)).collect();
            let holds = substitutes == Substitutes::NotYet || best < floor - 1e-9;
            answer.rows.rows.push(vec![
                Cell::text(&node.id),
                Cell::text(word),
                Cell::Integer(i64::try_from(set.len()).unwrap_or(0)),
                Cell::List(ids),
                Cell::Number(*level),
                Cell::Number(best),
                Cell::text(if holds { "yes" } else { "no" }),
                Cell::Number(numbers.1 as f64 / numbers.0.max(1) as f64),
                Cell::List(origins(processes, set)),
            ]);
            table.push((
                set.len(),
                names.join(" + "),
                percent(*level),
                if holds { "" } else { "rests on an assumed reach" },
            ));
        }
        let more = table.len().saturating_sub(SHOWN);
        let rows = table.into_iter().take(SHOWN).map(|(size, names, level, note)| {
            vec![Text::number(size.to_string()), Text::words(names), Text::number(level), Text::words(note)]
        });
        let title = format!(
            "{}{plural}, of {} that could be lost{}",
            plural[..1].to_uppercase(),
            found.candidates,
            if more > 0 { format!(" (the first {SHOWN}; {more} more with --format csv)") } else { String::new() }
        );
        let title = title.replacen(&plural[..1], "", 1);
        if found.sets.is_empty() {
            sections.push(Section::Paragraph(format!("{title}: no set of up to {size} halts it.")));
        } else {
            sections.push(Section::Table {
                title,
                headings: ["size", "lost together", "output left", ""].map(str::to_owned).to_vec(),
                rows: rows.collect(),
            });
        }
    }
    let when = match substitutes {
        Substitutes::NotYet => "before substitutes are qualified",
        _ => "once all substitutes that the tables name are qualified",
    };
    answer.sections.push(Section::Paragraph(format!(
        "{}: sets whose loss leaves less than {} of output, {when}; stocks used up. Complete up to {size} lost together: {}.",
        node.name_en,
        percent(floor),
        counted.join("; ")
    )));
    answer.sections.extend(sections);
    answer.remarks.push(format!(
        "Countries and firms with less than {} of a stage are not looked at; shares that no source prints cannot be lost.",
        percent(lode_exposure::cut_sets::LEAST_SHARE)
    ));
    answer.remarks.extend(processes.remarks(numbers));
    Ok(answer)
}

fn too_many(reason: TooMany) -> Mistake {
    match reason {
        TooMany::Candidates(count) => {
            Mistake::in_file("command line", format!("{count} things could be lost, more than are looked at"))
        }
        TooMany::Sets => Mistake::in_file("command line", "there are too many sets of this size"),
    }
    .hint("ask for smaller sets: --size 2")
}

fn counts(found: &CutSets, plural: &str) -> String {
    let counts: Vec<String> =
        found.counts.iter().enumerate().map(|(index, count)| format!("{count} of {}", index + 1)).collect();
    format!("{plural}: {}", counts.join(", "))
}

fn name(processes: &Processes, loss: &Loss) -> String {
    match loss {
        Loss::Node(place) => processes.graph.nodes[*place].name_en.clone(),
        Loss::Country(country) => processes.session.world.country_name(*country),
        Loss::Firm(country, entity) => format!("{entity} ({country})"),
    }
}

fn id(processes: &Processes, loss: &Loss) -> String {
    match loss {
        Loss::Node(place) => processes.graph.nodes[*place].id.clone(),
        Loss::Country(country) => country.to_string(),
        Loss::Firm(country, entity) => format!("{country}: {entity}"),
    }
}

/// What says so: the shares lost, or the links from the element on.
fn origins(processes: &Processes, set: &[Loss]) -> Vec<String> {
    let mut origins: Vec<String> = Vec::new();
    for node in &processes.graph.nodes {
        for share in node.supplies.iter().flat_map(|supply| &supply.shares) {
            let lost = set.iter().any(|loss| match loss {
                Loss::Country(country) => share.country == *country && share.share.high >= 0.3,
                Loss::Firm(country, entity) => share.country == *country && share.entity == *entity,
                Loss::Node(_) => false,
            });
            if lost {
                origins.extend(share.origins.iter().map(|origin| origin.as_str().to_owned()));
            }
        }
        for member in node.groups.iter().flat_map(|group| &group.members) {
            if member.input.is_some_and(|input| set.contains(&Loss::Node(input))) {
                origins.push(member.provenance.origin.as_str().to_owned());
            }
        }
    }
    origins.sort();
    origins.dedup();
    origins
}
