//! Which elements halt which step, how fast, and who supplies them.

use crate::network::{Jump, Run};
use crate::{Draws, Graph, Spread, Substitutes};
use lode_model::StepNodeKind;

/// What the loss of an element does to a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Need {
    /// The step.
    pub step: usize,
    /// The element.
    pub element: usize,
    /// Level of the step without it, stocks used up and no substitute qualified yet.
    pub before_substitution: f64,
    /// The same once substitutes are qualified.
    pub after_substitution: f64,
    /// The same with substitutes at the upper end of their reach.
    pub at_best: f64,
    /// Days until the step falls below a half if the element is lost from one day to the next.
    pub days: Spread,
    /// The direct inputs of the step through which it is needed.
    pub through: Vec<usize>,
    /// Whether all of these are built into equipment.
    pub embedded: bool,
    /// Numbers between the element and the step, and how many of them are assumed.
    pub numbers: (usize, usize),
}

impl Need {
    /// `halts`, `degrades` or `passes`: what the loss does before substitutes are qualified.
    pub fn effect(&self) -> &'static str {
        match self.before_substitution {
            level if level < 0.5 - 1e-9 => "halts",
            level if level < 1.0 - 1e-9 => "degrades",
            _ => "passes",
        }
    }
}

/// The steps on the way to some products, those nearest to the mine first.
pub fn steps_of(graph: &Graph, products: &[usize]) -> Vec<usize> {
    let mut needed = vec![false; graph.nodes.len()];
    for product in products {
        graph.upstream(*product).into_iter().for_each(|place| needed[place] = true);
    }
    (0..graph.nodes.len()).filter(|place| needed[*place] && graph.nodes[*place].kind == StepNodeKind::Step).collect()
}

/// Every need of some steps for some elements; of a step the one that stops it first comes first.
pub fn needs(graph: &Graph, steps: &[usize], elements: &[usize], draws: Draws) -> Vec<Need> {
    let network = graph.network();
    let mut found = Vec::new();
    for element in elements {
        let lost = |place: usize| if place == *element { 0.0 } else { 1.0 };
        let touched = graph.downstream(*element);
        if !steps.iter().any(|step| touched.contains(step)) {
            continue;
        }
        let [before, after, best] = [Substitutes::NotYet, Substitutes::Qualified, Substitutes::QualifiedAtBest]
            .map(|sort| graph.settled(&lost, sort));
        for step in steps.iter().filter(|step| touched.contains(step)) {
            let inputs = graph.nodes[*step].groups.iter().flat_map(|group| &group.members);
            let touching: Vec<&crate::Member> =
                inputs.filter(|member| member.input.is_some_and(|input| touched.contains(&input))).collect();
            found.push(Need {
                step: *step,
                element: *element,
                before_substitution: before[*step],
                after_substitution: after[*step],
                at_best: best[*step],
                days: Spread::default(),
                through: touching.iter().filter_map(|member| member.input).collect(),
                embedded: touching.iter().all(|member| member.embedded),
                numbers: numbers_between(graph, &touched, *step),
            });
        }
    }
    let (mut run, mut members, mut losses) = (Run::new(), Vec::new(), Vec::new());
    let mut days: Vec<Vec<f64>> = found.iter().map(|_| Vec::new()).collect();
    let gone = [Jump { day: 0.0, level: 0.0 }];
    for replicate in 0..draws.replicates {
        graph.draw(draws.seed, replicate, &mut members, &mut losses);
        let mut at = 0;
        while at < found.len() {
            let element = found[at].element;
            let source = |node: usize, jumps: &mut Vec<Jump>| {
                if node == Graph::network_source(element) {
                    jumps.extend_from_slice(&gone);
                }
            };
            network.run(draws.horizon, |member| members[member], |group| losses[group], source, &mut run);
            while at < found.len() && found[at].element == element {
                days[at].push(run.below_half(Graph::network_node(found[at].step)));
                at += 1;
            }
        }
    }
    for (need, days) in found.iter_mut().zip(days) {
        need.days = Spread::new(days);
    }
    let order = |need: &Need| steps.iter().position(|step| *step == need.step);
    let rank = |need: &Need| ["halts", "degrades", "passes"].iter().position(|effect| *effect == need.effect());
    let median = |need: &Need| need.days.quantile(0.5).unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| {
        (order(a), rank(a))
            .cmp(&(order(b), rank(b)))
            .then(median(a).total_cmp(&median(b)))
            .then(a.before_substitution.total_cmp(&b.before_substitution))
            .then(graph.nodes[a.element].id.cmp(&graph.nodes[b.element].id))
    });
    found
}

/// Numbers of the links that lie between an element and a step.
fn numbers_between(graph: &Graph, touched: &[usize], step: usize) -> (usize, usize) {
    let upstream = graph.upstream(step);
    let (mut numbers, mut assumed) = (0, 0);
    for place in upstream.iter().filter(|place| touched.contains(place)) {
        for group in &graph.nodes[*place].groups {
            if !group.members.iter().any(|member| member.input.is_some_and(|input| touched.contains(&input))) {
                continue;
            }
            let all = group.members.iter().flat_map(|member| member.numbers()).chain([&group.loss]);
            for number in all.filter(|number| number.is_counted()) {
                numbers += 1;
                assumed += usize::from(number.is_assumed());
            }
        }
    }
    (numbers, assumed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;

    #[test]
    fn a_step_is_halted_by_what_it_needs_and_degraded_by_what_it_half_needs() {
        let graph = graph(
            "chip < step-litho\n step-litho < gas stock:30\n gas < neon stock:10\n step-litho < purge degrades\n purge < helium\n step-litho < tin group=s\n step-litho < zinc group=s alternate reach:0.8 qualification:2",
        );
        let place = |id: &str| graph.find(id).unwrap();
        let steps = steps_of(&graph, &[place("chip")]);
        assert_eq!(steps, [place("step-litho")]);
        let elements = ["neon", "helium", "tin", "zinc"].map(place);
        let needs = needs(&graph, &steps, &elements, Draws { replicates: 20, ..Draws::default() });
        let of = |id: &str| needs.iter().find(|need| need.element == place(id)).unwrap();
        assert_eq!((of("neon").effect(), of("neon").days.quantile(0.5)), ("halts", Some(40.0)));
        assert_eq!(of("neon").through, [place("gas")]);
        assert_eq!((of("helium").effect(), of("helium").days.quantile(0.5)), ("degrades", None));
        assert_eq!((of("tin").effect(), of("tin").after_substitution), ("halts", 0.8));
        assert_eq!(of("zinc").effect(), "passes");
        assert_eq!(needs[0].element, place("neon"), "what stops it first stands first");
    }
}
