//! What each step of a product needs, and everything that an element touches: typed, for pages; `steps` and `element` give rows.

use super::{Processes, words};
use crate::embedded::each;
use lode_catalogue::{Mistake, Report, parse_number};
use lode_exposure::cut_sets::{Loss, LossKind, TooMany};
use lode_exposure::halting::count_numbers;
use lode_exposure::needs::{Need, needs, steps_of};
use lode_exposure::{Draws, Graph, Member, Number, Substitutes, cut_sets};
use lode_model::{DataQuality, StepNodeKind};

/// Elements lost together at most.
const LARGEST_SET: usize = 2;

/// A need of a step, with what a reader asks of it.
#[derive(Clone, PartialEq, Debug)]
pub struct StepNeed {
    /// Step, element, effect and days.
    pub need: Need,
    /// Days of the direct input in stock, or until a built-in part is replaced; of several inputs the shortest.
    pub reserve: Option<Number>,
    /// Days until the first substitute on the way is qualified.
    pub qualification: Option<Number>,
    /// What stands in on the way, or shares the work.
    pub stands_in: Vec<usize>,
    /// Whether a source states what its loss does.
    pub reported: bool,
    /// The worst quality of the links and of the supplier's share.
    pub quality: Option<DataQuality>,
    /// Remarks of the links.
    pub note: String,
    /// Where the links and the supplier's share come from.
    pub origins: Vec<String>,
}

/// The steps of a product or family.
#[derive(Clone, PartialEq, Debug)]
pub struct ProductNeeds {
    /// The steps, by part of the process.
    pub steps: Vec<usize>,
    /// Every need of them.
    pub needs: Vec<StepNeed>,
    /// Minimal sets of elements whose loss halts the product, with the number of its steps that they halt; empty for a family
    /// that is no product itself.
    pub cut_sets: Vec<(Vec<usize>, usize)>,
    /// Numbers on the way, and how many of them are assumed.
    pub numbers: (usize, usize),
}

/// The needs of products.
pub fn product_needs(processes: &Processes, text: &str, draws: Draws) -> Result<ProductNeeds, Mistake> {
    let graph = &processes.graph;
    let products = processes.products(text)?;
    let mut steps = steps_of(graph, &products);
    let elements: Vec<usize> =
        (0..graph.nodes.len()).filter(|place| graph.nodes[*place].kind == StepNodeKind::Element).collect();
    let found = needs(graph, &steps, &elements, draws);
    steps.sort_by_key(|step| (words::section_place(&graph.nodes[*step].section), *step));
    let whole = match products[..] {
        [one] => Some(one),
        _ => graph.find(text).filter(|place| products.contains(place)),
    };
    Ok(ProductNeeds {
        cut_sets: whole.map_or(Ok(Vec::new()), |product| sets(graph, product))?,
        needs: found.into_iter().map(|need| step_need(processes, need)).collect(),
        numbers: count_numbers(graph, &products),
        steps,
    })
}

/// Every need for an element, with the nearest products of each step.
pub fn element_needs(processes: &Processes, element: usize, draws: Draws) -> Vec<(StepNeed, Vec<usize>)> {
    let graph = &processes.graph;
    let is = |kind: StepNodeKind| move |place: &usize| graph.nodes[*place].kind == kind;
    let steps: Vec<usize> = graph.downstream(element).into_iter().filter(is(StepNodeKind::Step)).collect();
    let nearest = |step: usize| {
        let products: Vec<usize> = graph.downstream(step).into_iter().filter(is(StepNodeKind::Product)).collect();
        let behind = |product: &usize| {
            let upstream = graph.upstream(*product);
            products.iter().any(|other| other != product && upstream.contains(other))
        };
        products.iter().copied().filter(|product| !behind(product)).collect()
    };
    let found = needs(graph, &steps, &[element], draws);
    found.into_iter().map(|need| (step_need(processes, need.clone()), nearest(need.step))).collect()
}

fn step_need(processes: &Processes, need: Need) -> StepNeed {
    let graph = &processes.graph;
    let through = direct(graph, &need);
    let reserve = through
        .iter()
        .map(|member| match &member.wear_life {
            Some(life) if member.embedded => life,
            _ => &member.stock,
        })
        .filter(|number| number.is_counted())
        .min_by(|a, b| a.range.centre().total_cmp(&b.range.centre()));
    let touched = graph.downstream(need.element);
    let mut stands_in = Vec::new();
    let mut qualification: Option<&Number> = None;
    for place in graph.upstream(need.step).into_iter().filter(|place| touched.contains(place)) {
        for group in &graph.nodes[place].groups {
            let is_touched = |member: &&Member| member.input.is_some_and(|input| touched.contains(&input));
            if group.members.len() < 2 || !group.members.iter().any(|member| is_touched(&member)) {
                continue;
            }
            for other in group.members.iter().filter(|member| !is_touched(member)) {
                stands_in.extend(other.input);
                // Who shares the work as usual has nothing to qualify.
                if !other.qualification.is_counted() {
                    continue;
                }
                if qualification.is_none_or(|known| other.qualification.range.centre() < known.range.centre()) {
                    qualification = Some(&other.qualification);
                }
            }
        }
    }
    stands_in.sort_unstable();
    stands_in.dedup();
    let mut notes: Vec<&str> = through.iter().map(|member| member.provenance.note.as_str()).collect();
    notes.retain(|note| !note.is_empty());
    notes.dedup();
    let backing = backing(processes, &need);
    StepNeed {
        reserve: reserve.cloned(),
        qualification: qualification.cloned(),
        stands_in,
        reported: backing.reported,
        quality: backing.quality,
        note: notes.join("; "),
        origins: backing.origins,
        need,
    }
}

fn direct<'g>(graph: &'g Graph, need: &Need) -> Vec<&'g Member> {
    let members = graph.nodes[need.step].groups.iter().flat_map(|group| &group.members);
    members.filter(|member| member.input.is_some_and(|input| need.through.contains(&input))).collect()
}

/// What a need rests on.
pub(super) struct Backing {
    /// Whether a source states what the loss does.
    pub reported: bool,
    /// The worst quality.
    pub quality: Option<DataQuality>,
    /// Origins of the links and of the supplier's share.
    pub origins: Vec<String>,
}

pub(super) fn backing(processes: &Processes, need: &Need) -> Backing {
    let through = direct(&processes.graph, need);
    let weakest = processes.weakest(need.element);
    let mut origins: Vec<String> = through.iter().map(|member| member.provenance.origin.as_str().to_owned()).collect();
    origins.extend(weakest.iter().flat_map(|weakest| weakest.origins.iter().map(|origin| origin.as_str().to_owned())));
    origins.sort();
    origins.dedup();
    Backing {
        reported: through.iter().all(|member| member.reported),
        quality: through
            .iter()
            .map(|member| member.provenance.quality)
            .max()
            .max(weakest.as_ref().map(|weakest| weakest.quality)),
        origins,
    }
}

fn sets(graph: &Graph, product: usize) -> Result<Vec<(Vec<usize>, usize)>, Mistake> {
    let found = cut_sets(graph, product, LossKind::Elements, 0.5, LARGEST_SET, Substitutes::Qualified);
    let found = found.map_err(|reason| match reason {
        TooMany::Candidates(_) | TooMany::Sets => Mistake::in_file("", "there are too many sets of elements"),
    })?;
    let steps = steps_of(graph, &[product]);
    let places = found.sets.into_iter().map(|(set, _)| {
        let lost: Vec<usize> = set
            .iter()
            .filter_map(|loss| match loss {
                Loss::Node(place) => Some(*place),
                Loss::Country(_) | Loss::Firm(..) => None,
            })
            .collect();
        let supply = |place: usize| if lost.contains(&place) { 0.0 } else { 1.0 };
        let levels = graph.settled(&supply, Substitutes::Qualified);
        let halted = steps.iter().filter(|step| levels[**step] < 0.5 - 1e-9).count();
        (lost, halted)
    });
    Ok(places.collect())
}

// ---------------------------------------------------------------------------------------------------------- episodes

/// An episode of the past, and whether the steps said that lines would stop.
#[derive(Clone, PartialEq, Debug)]
pub struct Episode {
    /// Id, with the variant behind a colon.
    pub id: String,
    /// Product whose lines are looked at.
    pub product: String,
    /// What fell short.
    pub supply: String,
    /// Whether lines stopped.
    pub halted: bool,
    /// Chance that one line stops.
    pub one_line: f64,
    /// Chance that at least one of all comparable lines stops.
    pub first_of_lines: f64,
    /// What fell short by how much, and what came of it.
    pub note: String,
}

/// The episodes that were scored, as `validation` holds them.
pub fn episodes() -> Result<Vec<Episode>, Report> {
    let mut report = Report::new();
    let mut told: Vec<[String; 4]> = Vec::new();
    let text = include_str!("../../../../validation/episodes/episodes.csv");
    each("episodes.csv", text, ["episode", "supply", "input_from", "outcome_from"], &mut report, |cells, _, _| {
        told.push(cells.map(str::to_owned));
    });
    let mut episodes = Vec::new();
    let text = include_str!("../../../../validation/episodes/results.csv");
    let columns = ["episode", "product", "halted", "chance_one_line", "chance_first_of_lines"];
    each("results.csv", text, columns, &mut report, |[id, product, halted, one_line, first_of_lines], _, _| {
        // The last rows are means over all.
        let chances = parse_number(one_line).zip(parse_number(first_of_lines));
        let (Some(told), Some((one_line, first_of_lines))) = (told.iter().find(|row| row[0] == id), chances) else {
            return;
        };
        episodes.push(Episode {
            id: id.to_owned(),
            product: product.to_owned(),
            supply: told[1].clone(),
            halted: halted == "yes",
            one_line,
            first_of_lines,
            note: format!("{}. {}", told[2], told[3]),
        });
    });
    report.into_result(episodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scored_episode_is_there_with_its_outcome() {
        let episodes = episodes().unwrap();
        assert!(episodes.len() >= 13, "{}", episodes.len());
        let japan = episodes.iter().find(|episode| episode.id == "magnets-2025-japan:Japan").unwrap();
        assert!(japan.halted && japan.supply == "ndfeb-magnet-hot" && japan.note.contains("Swift line stopped"));
        assert!(episodes.iter().any(|episode| !episode.halted));
        for episode in &episodes {
            // At least one of several lines stops no less often than one alone.
            assert!(episode.first_of_lines >= episode.one_line, "{episode:?}");
        }
    }
}
