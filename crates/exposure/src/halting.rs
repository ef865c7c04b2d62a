//! On which day each step and product falls below a half and to nothing, over many replicates.

use crate::network::{Jump, NO_GROUP, Run};
use crate::{Availability, Graph, Range};
use std::collections::BTreeMap;

/// How to draw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Draws {
    /// Names the streams.
    pub seed: u64,
    /// How many replicates; each is one line with its own stocks and luck.
    pub replicates: u64,
    /// Until which day.
    pub horizon: f64,
}

impl Default for Draws {
    fn default() -> Self {
        Self { seed: 1, replicates: 1000, horizon: 730.0 }
    }
}

/// The quantiles given: the ends of the bands of 90, 80 and 50 per cent, and the middle.
pub const QUANTILES: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// Days over replicates; those that never came count as later than all others.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Spread {
    /// Sorted days, infinite for never within the horizon.
    pub days: Vec<f64>,
}

impl Spread {
    /// From days in any order.
    pub fn new(mut days: Vec<f64>) -> Self {
        days.sort_by(f64::total_cmp);
        Self { days }
    }

    /// Share of replicates in which it came.
    pub fn reached(&self) -> f64 {
        let reached = self.days.iter().filter(|day| day.is_finite()).count();
        if self.days.is_empty() { 0.0 } else { reached as f64 / self.days.len() as f64 }
    }

    /// The day by which it had come in a share of replicates; `None` for not within the horizon.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.days.len().checked_sub(1)?;
        let place = libm::ceil(share * self.days.len() as f64) as usize;
        Some(self.days[place.saturating_sub(1).min(last)]).filter(|day| day.is_finite())
    }

    /// The same for the first of several lines drawn from these.
    pub fn first_of(&self, lines: f64, share: f64) -> Option<f64> {
        // The first of n lies below a day with the chance 1 − (1 − F)^n.
        self.quantile(1.0 - libm::pow(1.0 - share, 1.0 / lines.max(1.0)))
    }

    /// The chance that at least one of several lines is reached.
    pub fn reached_by_any(&self, lines: f64) -> f64 {
        1.0 - libm::pow(1.0 - self.reached(), lines.max(1.0))
    }
}

/// What happens to one node.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeHalting {
    /// Place in the graph.
    pub node: usize,
    /// When it falls below a half.
    pub below_half: Spread,
    /// When it stands still.
    pub nothing: Spread,
    /// Days of output lost, mean over replicates.
    pub lost_days: f64,
    /// Days of output lost, by replicate in their order.
    pub lost_by_replicate: Vec<f64>,
    /// Where the shortage came from that took it below a half, with the share of the replicates in which it fell; largest
    /// first.
    pub causes: Vec<(usize, f64)>,
    /// The direct input that did, alike.
    pub inputs: Vec<(usize, f64)>,
    /// Share of the days until it fell that rest on assumed stocks, wear lives and times.
    pub assumed_days: f64,
}

/// What happens to all steps and products asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Halting {
    /// In the order asked.
    pub nodes: Vec<NodeHalting>,
    /// How many numbers were drawn or used on the way to these nodes.
    pub numbers: usize,
    /// How many of them are assumed.
    pub assumed: usize,
}

/// Runs the replicates.
pub fn halting(graph: &Graph, availability: &Availability, draws: Draws, wanted: &[usize]) -> Halting {
    halting_while(graph, availability, draws, wanted, &mut |_| true).unwrap_or(Halting {
        nodes: Vec::new(),
        numbers: 0,
        assumed: 0,
    })
}

/// Runs the replicates, telling how many are done; `None` if it is told to stop.
pub fn halting_while(
    graph: &Graph,
    availability: &Availability,
    draws: Draws,
    wanted: &[usize],
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> Option<Halting> {
    let network = graph.network();
    let mut run = Run::new();
    let (mut members, mut losses) = (Vec::new(), Vec::new());
    let mut found: Vec<Found> = wanted.iter().map(|_| Found::default()).collect();
    let places = MemberPlaces::new(graph);
    let rationing = graph
        .assumptions
        .get("rationing")
        .and_then(|assumption| Range::spanning([&assumption.quantity]))
        .unwrap_or(Range::point(0.0));
    for replicate in 0..draws.replicates {
        if !goes_on(replicate) {
            return None;
        }
        graph.draw(draws.seed, replicate, &mut members, &mut losses);
        let share = rationing.at(crate::uniform(draws.seed, "rationing", replicate));
        let levels = availability.levels(graph, draws.seed, replicate, share);
        let source = |node: usize, jumps: &mut Vec<Jump>| {
            if let Some(levels) = levels.get(&(node / 2)).filter(|_| node.is_multiple_of(2)) {
                jumps.extend_from_slice(levels);
            }
        };
        network.run(draws.horizon, |member| members[member], |group| losses[group], source, &mut run);
        for (found, node) in found.iter_mut().zip(wanted) {
            let place = Graph::network_node(*node);
            found.below_half.push(run.below_half(place));
            found.nothing.push(run.nothing(place));
            found.lost.push(run.lost_days(place, draws.horizon));
            if run.below_half(place).is_finite() {
                found.trace(graph, &network, &run, *node, &places, &members);
            }
        }
    }
    let (numbers, assumed) = count_numbers(graph, wanted);
    let nodes = found.into_iter().zip(wanted).map(|(found, node)| found.finish(*node)).collect();
    Some(Halting { nodes, numbers, assumed })
}

/// How many numbers stand on the way to some nodes, and how many of them are assumed.
pub fn count_numbers(graph: &Graph, wanted: &[usize]) -> (usize, usize) {
    let mut on_the_way = vec![false; graph.nodes.len()];
    for node in wanted {
        graph.upstream(*node).into_iter().for_each(|place| on_the_way[place] = true);
    }
    let (mut numbers, mut assumed) = (0, 0);
    for node in graph.nodes.iter().zip(&on_the_way).filter(|(_, on)| **on).map(|(node, _)| node) {
        for group in &node.groups {
            let members = group.members.iter().flat_map(|member| member.numbers());
            for number in members.chain([&group.loss]).filter(|number| number.is_counted()) {
                numbers += 1;
                assumed += usize::from(number.is_assumed());
            }
        }
    }
    (numbers, assumed)
}

/// Where each member of the network stands in the graph.
struct MemberPlaces(Vec<Option<(u32, u32, u32)>>);

impl MemberPlaces {
    fn new(graph: &Graph) -> Self {
        let mut places = Vec::new();
        for (node, record) in graph.nodes.iter().enumerate() {
            places.push(None);
            for (group, members) in record.groups.iter().enumerate() {
                places
                    .extend((0..members.members.len()).map(|member| Some((node as u32, group as u32, member as u32))));
            }
        }
        Self(places)
    }
}

#[derive(Default)]
struct Found {
    below_half: Vec<f64>,
    nothing: Vec<f64>,
    lost: Vec<f64>,
    causes: BTreeMap<usize, u64>,
    inputs: BTreeMap<usize, u64>,
    days: f64,
    assumed: f64,
}

impl Found {
    /// Walks from a node that fell back to where the shortage began, and sums the days that each link held it off.
    fn trace(
        &mut self,
        graph: &Graph,
        network: &crate::network::Network,
        run: &Run,
        node: usize,
        places: &MemberPlaces,
        draws: &[crate::network::Draw],
    ) {
        let (mut place, mut day) = (Graph::network_node(node), run.below_half(Graph::network_node(node)));
        let mut direct = None;
        loop {
            let group = network.shortest_group(run, place, day);
            if group == NO_GROUP {
                break;
            }
            let (first, inputs) = network.group_members(place, group);
            // Of the inputs in use that are short, the one short first.
            let short = inputs
                .iter()
                .enumerate()
                .filter(|(index, _)| draws[first + index].usual > 0.0)
                .filter_map(|(index, input)| {
                    run.first_short(*input as usize).map(|since| (since, index, *input as usize))
                })
                .filter(|(since, _, _)| *since <= day + 1e-6)
                .reduce(|best, next| if next.0 < best.0 { next } else { best });
            let Some((since, index, input)) = short else { break };
            if let Some((of, group, member)) = places.0[first + index] {
                let member = &graph.nodes[of as usize].groups[group as usize].members[member as usize];
                let assumed =
                    member.stock.is_assumed() || member.wear_life.as_ref().is_some_and(crate::Number::is_assumed);
                self.days += day - since;
                self.assumed += if assumed { day - since } else { 0.0 };
                direct = direct.or(member.input);
            }
            (place, day) = (input, since);
        }
        *self.causes.entry((place - place % 2) / 2).or_default() += 1;
        *self.inputs.entry(direct.unwrap_or(node)).or_default() += 1;
    }

    fn finish(self, node: usize) -> NodeHalting {
        let fell: u64 = self.causes.values().sum();
        let shares = |counts: BTreeMap<usize, u64>| {
            let mut shares: Vec<(usize, f64)> =
                counts.into_iter().map(|(node, count)| (node, count as f64 / fell.max(1) as f64)).collect();
            shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            shares
        };
        NodeHalting {
            node,
            lost_days: self.lost.iter().sum::<f64>() / self.lost.len().max(1) as f64,
            below_half: Spread::new(self.below_half),
            nothing: Spread::new(self.nothing),
            lost_by_replicate: self.lost,
            causes: shares(self.causes),
            inputs: shares(self.inputs),
            assumed_days: if self.days > 0.0 { self.assumed / self.days } else { 0.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;
    use crate::{Shortage, availability::Arrivals};

    fn lost(graph: &Graph, id: &str, share: f64, days: Option<f64>) -> Availability {
        let shortage = Shortage {
            node: graph.find(id).unwrap(),
            exporter: None,
            entity: String::new(),
            share_of_supply: None,
            arrivals: Arrivals::cut(share, days),
        };
        Availability { shortages: vec![shortage], ..Availability::default() }
    }

    #[test]
    fn the_day_is_the_sum_of_the_stocks_on_the_way_and_its_cause_is_named() {
        let graph = graph("chip < step stock:0\n step < gas stock:45\n gas < neon stock:30\n step < argon stock:10");
        let chip = graph.find("chip").unwrap();
        let halting =
            halting(&graph, &lost(&graph, "neon", 1.0, None), Draws { replicates: 10, ..Draws::default() }, &[chip]);
        let node = &halting.nodes[0];
        assert_eq!(node.below_half.quantile(0.5), Some(75.0));
        assert_eq!(node.nothing.quantile(0.95), Some(75.0));
        assert_eq!(node.causes, [(graph.find("neon").unwrap(), 1.0)]);
        assert_eq!(node.inputs, [(graph.find("step").unwrap(), 1.0)]);
        assert_eq!((halting.numbers, halting.assumed), (4, 0));
        assert!((node.lost_days - (730.0 - 75.0)).abs() < 1e-9);
    }

    #[test]
    fn assumed_stocks_give_a_band_and_their_share_of_the_days_is_told() {
        let graph = graph("chip < gas\n gas < neon stock:30");
        let chip = graph.find("chip").unwrap();
        let halting = halting(&graph, &lost(&graph, "neon", 1.0, None), Draws::default(), &[chip]);
        let node = &halting.nodes[0];
        let (low, mid, high) =
            (node.below_half.quantile(0.05), node.below_half.quantile(0.5), node.below_half.quantile(0.95));
        assert!(low < mid && mid < high, "{low:?} {mid:?} {high:?}");
        assert!(low.unwrap() > 60.0 && high.unwrap() < 210.0);
        assert_eq!((halting.numbers, halting.assumed), (2, 1));
        assert!(node.assumed_days > 0.5 && node.assumed_days < 0.85, "{}", node.assumed_days);
    }

    #[test]
    fn never_is_later_than_every_day() {
        let spread = Spread::new(vec![f64::INFINITY, 10.0, 20.0, f64::INFINITY]);
        assert_eq!(spread.reached(), 0.5);
        assert_eq!(
            (spread.quantile(0.25), spread.quantile(0.5), spread.quantile(0.75)),
            (Some(10.0), Some(20.0), None)
        );
        assert!((spread.reached_by_any(2.0) - 0.75).abs() < 1e-12);
        assert_eq!(spread.first_of(2.0, 0.5), Some(20.0));
        assert_eq!(spread.first_of(4.0, 0.5), Some(10.0));
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_whatever_else_the_graph_holds() {
        let text = "chip < gas\n gas < neon";
        let more = format!("other < gas\n another < argon\n{text}");
        let days = |text: &str| {
            let graph = graph(text);
            let chip = graph.find("chip").unwrap();
            halting(&graph, &lost(&graph, "neon", 1.0, None), Draws::default(), &[chip]).nodes[0].below_half.clone()
        };
        assert_eq!(days(text), days(&more));
    }
}
