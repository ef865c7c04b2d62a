//! The cheapest extra stock with which a product survives so many days in a given share of replicates.
//!
//! In each replicate every bought item needs some extra days, or none. A replicate is survived if every item has at least
//! what it needs there. So the question is which replicates to give up: among the levels that an item needs somewhere, one
//! is chosen for each item, the replicates that need more of any item are given up, at most so many as the confidence
//! allows, and the sum of level times cost is least. Solved by branch and bound over the items; exact unless it says so.

use crate::network::{Jump, Network, Run};
use crate::{Availability, Draws, Graph, Range};

/// What to survive.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Survival {
    /// Until which day.
    pub days: f64,
    /// In which share of replicates.
    pub confidence: f64,
}

/// Extra stock of the items that a product needs.
#[derive(Clone, PartialEq, Debug)]
pub struct ExtraStock {
    /// Extra days of each group of the product, in their order.
    pub days: Vec<f64>,
    /// What it costs: days times the cost of a day, summed.
    pub cost: f64,
    /// No plan costs less than this.
    pub bound: f64,
    /// Share of replicates survived without any extra stock.
    pub survived_before: f64,
    /// Share survived with it.
    pub survived_after: f64,
}

/// Extra days that each group of a product needs in each replicate so that the product does not fall below a half before
/// the day asked: `needs[replicate][group]`.
pub fn needs(
    graph: &Graph,
    availability: &Availability,
    product: usize,
    survival: Survival,
    draws: Draws,
) -> Vec<Vec<f64>> {
    let network = graph.network();
    let (mut run, mut members, mut losses) = (Run::new(), Vec::new(), Vec::new());
    let rationing = graph
        .assumptions
        .get("rationing")
        .and_then(|assumption| Range::spanning([&assumption.quantity]))
        .unwrap_or(Range::point(0.0));
    let groups = &graph.nodes[product].groups;
    // Where the draws of the product begin: its own supply comes first.
    let before = |nodes: &[crate::Node]| -> (usize, usize) {
        nodes.iter().fold((0, 0), |(members, groups), node| {
            let inner: usize = node.groups.iter().map(|group| group.members.len()).sum();
            (members + 1 + inner, groups + 1 + node.groups.len())
        })
    };
    let (first_member, first_group) = before(&graph.nodes[..product]);
    let mut single = Run::new();
    let mut all = Vec::new();
    for replicate in 0..draws.replicates {
        graph.draw(draws.seed, replicate, &mut members, &mut losses);
        let share = rationing.at(crate::uniform(draws.seed, "rationing", replicate));
        let levels = availability.levels(graph, draws.seed, replicate, share);
        let source = |node: usize, jumps: &mut Vec<Jump>| {
            if let Some(levels) = levels.get(&(node / 2)).filter(|_| node.is_multiple_of(2)) {
                jumps.extend_from_slice(levels);
            }
        };
        network.run(survival.days, |member| members[member], |group| losses[group], source, &mut run);
        let mut at = first_member + 1;
        let mut row = Vec::with_capacity(groups.len());
        for (index, group) in groups.iter().enumerate() {
            let count = group.members.len();
            let mut own = members[at..at + count].to_vec();
            at += count;
            // The group alone: its inputs as they arrive, its stocks, and more of the first.
            let mut alone = Network::new();
            let inputs: Vec<u32> = (0..count).map(|_| alone.add([])).collect();
            alone.add([inputs.as_slice()]);
            let arriving: Vec<&[Jump]> = group
                .members
                .iter()
                .map(|member| member.input.map_or(&[][..], |input| run.levels(Graph::network_node(input))))
                .collect();
            let loss = losses[first_group + 1 + index];
            let stock = own[0].stock;
            let mut falls = |extra: f64| {
                own[0].stock = stock + extra;
                alone.run(
                    survival.days,
                    |member| own[member],
                    |_| loss,
                    |node, jumps| jumps.extend_from_slice(arriving[node]),
                    &mut single,
                );
                single.below_half(count) < survival.days
            };
            row.push(if !falls(0.0) {
                0.0
            } else {
                // Stock for all of the days is always enough where the item itself is needed in full.
                let (mut low, mut high) = (0.0, survival.days / own_share(group).max(1e-6));
                for _ in 0..40 {
                    let middle = f64::midpoint(low, high);
                    if falls(middle) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                high
            });
        }
        all.push(row);
    }
    all
}

fn own_share(group: &crate::Group) -> f64 {
    group.members.first().map_or(1.0, |member| member.usual.range.low)
}

/// Steps of the search after which the best plan so far is given with its gap.
const MOST_STEPS: u64 = 3_000_000;

/// The cheapest plan for needs and costs of a day of each group.
pub fn cheapest(needs: &[Vec<f64>], costs: &[f64], confidence: f64) -> ExtraStock {
    let replicates = needs.len();
    let kept = libm::ceil(confidence * replicates as f64 - 1e-9) as usize;
    let budget = replicates.saturating_sub(kept.min(replicates));
    let survived = |days: &[f64]| {
        let survives = |row: &&Vec<f64>| row.iter().zip(days).all(|(need, days)| *need <= days + 1e-9);
        needs.iter().filter(survives).count() as f64 / replicates.max(1) as f64
    };
    // Items that nobody needs, and those that cost nothing, are settled at once.
    let most = |item: usize| needs.iter().map(|row| row[item]).fold(0.0, f64::max);
    let mut items: Vec<usize> = (0..costs.len()).filter(|item| most(*item) > 0.0 && costs[*item] > 0.0).collect();
    items.sort_by(|a, b| (most(*b) * costs[*b]).total_cmp(&(most(*a) * costs[*a])).then(a.cmp(b)));
    let mut days: Vec<f64> = (0..costs.len()).map(most).collect();
    for item in &items {
        days[*item] = 0.0;
    }
    let greedy = greedily(needs, costs, &items, budget);
    let mut search =
        Search { needs, costs, items: &items, best: greedy.0, plan: greedy.1, steps: 0, cut_off: f64::INFINITY };
    search.branch(0, &mut vec![false; replicates], budget, 0.0, &mut Vec::new());
    for (item, level) in items.iter().zip(&search.plan) {
        days[*item] = *level;
    }
    let cost: f64 = days.iter().zip(costs).map(|(days, cost)| days * cost).sum();
    ExtraStock {
        survived_before: survived(&vec![0.0; costs.len()]),
        survived_after: survived(&days),
        bound: cost.min(search.cut_off),
        days,
        cost,
    }
}

/// Gives up, one by one, the replicate whose loss saves most.
fn greedily(needs: &[Vec<f64>], costs: &[f64], items: &[usize], budget: usize) -> (f64, Vec<f64>) {
    let mut kept: Vec<usize> = (0..needs.len()).collect();
    let levels = |kept: &[usize]| -> Vec<f64> {
        items.iter().map(|item| kept.iter().map(|row| needs[*row][*item]).fold(0.0, f64::max)).collect()
    };
    let cost = |levels: &[f64]| items.iter().zip(levels).map(|(item, level)| costs[*item] * level).sum::<f64>();
    for _ in 0..budget {
        let now = levels(&kept);
        // Only who needs most of some item can save anything.
        let tops = kept
            .iter()
            .copied()
            .filter(|row| items.iter().zip(&now).any(|(item, level)| *level > 0.0 && needs[*row][*item] >= *level));
        let saved = tops.map(|row| {
            let rest: Vec<usize> = kept.iter().copied().filter(|other| *other != row).collect();
            (cost(&levels(&rest)), needs[row].iter().sum::<f64>(), row)
        });
        let Some((_, _, row)) = saved.min_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1))) else { break };
        kept.retain(|other| *other != row);
    }
    let levels = levels(&kept);
    (cost(&levels), levels)
}

struct Search<'n> {
    needs: &'n [Vec<f64>],
    costs: &'n [f64],
    items: &'n [usize],
    best: f64,
    plan: Vec<f64>,
    steps: u64,
    /// The least bound of what was not looked at.
    cut_off: f64,
}

impl Search<'_> {
    fn branch(&mut self, depth: usize, given_up: &mut Vec<bool>, budget: usize, spent: f64, chosen: &mut Vec<f64>) {
        self.steps += 1;
        // Each item left costs at least its level once it may give up all replicates that are left to give up.
        let rest: f64 =
            self.items[depth..].iter().map(|item| self.costs[*item] * self.level_after(*item, given_up, budget)).sum();
        if spent + rest >= self.best - 1e-9 * self.best.abs() {
            return;
        }
        if self.steps > MOST_STEPS {
            self.cut_off = self.cut_off.min(spent + rest);
            return;
        }
        if depth == self.items.len() {
            self.best = spent;
            self.plan.clone_from(chosen);
            return;
        }
        let item = self.items[depth];
        let mut rows: Vec<usize> =
            (0..self.needs.len()).filter(|row| !given_up[*row] && self.needs[*row][item] > 0.0).collect();
        rows.sort_by(|a, b| self.needs[*b][item].total_cmp(&self.needs[*a][item]));
        // From the level that gives up nobody down to the one that gives up as many as may be.
        let mut options: Vec<(f64, usize)> = Vec::new();
        let mut dropped = 0;
        loop {
            let level = rows.get(dropped).map_or(0.0, |row| self.needs[*row][item]);
            options.push((level, dropped));
            if level <= 0.0 {
                break;
            }
            while rows.get(dropped).is_some_and(|row| self.needs[*row][item] >= level) {
                dropped += 1;
            }
            if dropped > budget {
                break;
            }
        }
        for (level, dropped) in options.into_iter().rev() {
            rows[..dropped].iter().for_each(|row| given_up[*row] = true);
            chosen.push(level);
            self.branch(depth + 1, given_up, budget - dropped, spent + self.costs[item] * level, chosen);
            chosen.pop();
            rows[..dropped].iter().for_each(|row| given_up[*row] = false);
        }
    }

    /// What an item needs once the `budget` replicates that need most of it are given up.
    fn level_after(&self, item: usize, given_up: &[bool], budget: usize) -> f64 {
        let mut levels: Vec<f64> =
            self.needs.iter().zip(given_up).filter(|(_, gone)| !**gone).map(|(row, _)| row[item]).collect();
        if budget >= levels.len() {
            return 0.0;
        }
        let (_, level, _) = levels.select_nth_unstable_by(budget, |a, b| b.total_cmp(a));
        *level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::{Bill, testing::list};
    use crate::graph::testing::graph;
    use crate::{Shortage, availability::Arrivals};
    use proptest::prelude::*;

    #[test]
    fn the_dearest_replicate_is_given_up() {
        // Three replicates, one may be given up. Item 0 costs 1 a day, item 1 costs 10.
        let needs = [vec![30.0, 0.0], vec![10.0, 5.0], vec![20.0, 1.0]];
        let plan = cheapest(&needs, &[1.0, 10.0], 0.6);
        assert_eq!(
            (plan.days.clone(), plan.cost),
            (vec![30.0, 1.0], 40.0),
            "giving up the second saves 40 of 80, others less"
        );
        assert_eq!(plan.bound, plan.cost);
        assert_eq!((plan.survived_before, plan.survived_after), (0.0, 2.0 / 3.0));
        assert_eq!(cheapest(&needs, &[1.0, 10.0], 1.0).days, [30.0, 5.0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_choice_of_replicates_is_cheaper(
            needs in proptest::collection::vec(proptest::collection::vec(0_u32..40, 3), 3..10),
            costs in proptest::collection::vec(0_u32..9, 3),
            confidence in 0.3..1.0_f64,
        ) {
            let needs: Vec<Vec<f64>> = needs.iter().map(|row| row.iter().map(|need| f64::from(need / 10 * 10)).collect()).collect();
            let costs: Vec<f64> = costs.iter().map(|cost| f64::from(*cost)).collect();
            let plan = cheapest(&needs, &costs, confidence);
            let kept = libm::ceil(confidence * needs.len() as f64 - 1e-9) as u32;
            let mut best = f64::INFINITY;
            for subset in 0_u32..1 << needs.len() {
                if subset.count_ones() < kept { continue; }
                let level = |item: usize| needs.iter().enumerate().filter(|(row, _)| subset >> row & 1 == 1).map(|(_, row)| row[item]).fold(0.0, f64::max);
                best = f64::min(best, (0..3).map(|item| costs[item] * level(item)).sum());
            }
            prop_assert!((plan.cost - best).abs() < 1e-9, "{} against {best}", plan.cost);
            prop_assert!(plan.survived_after >= confidence - 1e-9);
            prop_assert_eq!(plan.bound, plan.cost);
        }
    }

    #[test]
    fn the_extra_days_are_those_that_the_engine_needs() {
        let tables = graph("magnet < dysprosium stock:40");
        let bill = Bill::new(
            &tables,
            &list("a car - product 1 - -\n a magnet car material 1500 - 20 price=2\n a screw car part 9 - 5 price=1"),
        );
        let shortage = |id: &str, share: f64| Shortage {
            node: bill.graph.find(id).unwrap(),
            exporter: None,
            entity: String::new(),
            share_of_supply: None,
            arrivals: Arrivals::cut(share, None),
        };
        let cut = |share| {
            bill.spread(&Availability { shortages: vec![shortage("dysprosium", share)], ..Availability::default() })
        };
        let survival = Survival { days: 100.0, confidence: 0.9 };
        let draws = Draws { replicates: 5, ..Draws::default() };
        let rows = needs(&bill.graph, &cut(1.0), bill.products[0].node, survival, draws);
        assert!(rows.iter().all(|row| (row[0] - 40.0).abs() < 1e-6 && row[1] == 0.0), "{rows:?}");
        let half = needs(&bill.graph, &cut(0.5), bill.products[0].node, survival, draws);
        assert!(half.iter().all(|row| row[0] == 0.0), "half arrives: it never falls below a half");
        let plan = cheapest(&rows, &[3000.0, 9.0], 0.9);
        assert!((plan.cost - 120_000.0).abs() < 1e-2);
    }
}
