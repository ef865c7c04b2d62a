//! All minimal sets of elements, firms or countries whose loss takes a node below a level, exact up to a size.
//!
//! Bottom-up, as in the analysis of fault trees (Vesely and others, Fault Tree Handbook, 1981), with levels instead of a
//! plain yes or no: for each node the sets are kept together with the level that they leave, unless another set with no
//! more members leaves no more. A need passes on the sets of its inputs; a group that shares work combines them.

use crate::{Graph, Substitutes};
use lode_model::CountryCode;
use std::collections::BTreeMap;

/// A thing that can be lost.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Loss {
    /// An element or other node without inputs.
    Node(usize),
    /// All that a country supplies.
    Country(CountryCode),
    /// A firm in a country.
    Firm(CountryCode, String),
}

/// What kind of thing is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LossKind {
    /// Elements.
    Elements,
    /// Firms named in the tables.
    Firms,
    /// Countries with a share of at least [`LEAST_SHARE`] of some stage.
    Countries,
}

/// A country or firm with less of a stage is not looked at.
pub const LEAST_SHARE: f64 = 0.05;
/// Most things that can be lost in one question.
pub const MOST_LOSSES: usize = 256;
/// Sets kept for one node before the answer is refused: no shipped graph comes near.
const MOST_SETS: usize = 200_000;

/// The minimal sets.
#[derive(Clone, PartialEq, Debug)]
pub struct CutSets {
    /// Each with the level that it leaves, smallest sets first.
    pub sets: Vec<(Vec<Loss>, f64)>,
    /// How many there are of each size, from 1.
    pub counts: Vec<usize>,
    /// How many things could be lost.
    pub candidates: usize,
    /// Up to which size the list is complete.
    pub complete_to: usize,
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TooMany {
    /// More things can be lost than are looked at.
    Candidates(usize),
    /// More sets at one node than are kept.
    Sets,
}

/// Minimal sets of at most `size` losses that take `node` below `floor`.
pub fn cut_sets(
    graph: &Graph,
    node: usize,
    kind: LossKind,
    floor: f64,
    size: usize,
    substitutes: Substitutes,
) -> Result<CutSets, TooMany> {
    let losses = candidates(graph, node, kind);
    if losses.len() > MOST_LOSSES {
        return Err(TooMany::Candidates(losses.len()));
    }
    let mut search = Search { graph, losses: &losses, size, substitutes, known: BTreeMap::new() };
    let family = search.family(node, Wanted::Below(floor.to_bits()))?;
    let mut sets: Vec<(Vec<Loss>, f64)> = family
        .iter()
        .map(|(set, _)| {
            let lost: Vec<Loss> = set.members().map(|index| losses[index].clone()).collect();
            let level = level_without(graph, node, &lost, substitutes);
            (lost, level)
        })
        .collect();
    sets.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(a.1.total_cmp(&b.1)).then(a.0.cmp(&b.0)));
    let counts = (1..=size).map(|size| sets.iter().filter(|(set, _)| set.len() == size).count()).collect();
    Ok(CutSets { sets, counts, candidates: losses.len(), complete_to: size })
}

/// The level of a node once some things are lost for good.
pub fn level_without(graph: &Graph, node: usize, lost: &[Loss], substitutes: Substitutes) -> f64 {
    graph.settled(&|place| own_level(graph, place, lost), substitutes)[node]
}

/// The level of a node's own supply.
fn own_level(graph: &Graph, place: usize, lost: &[Loss]) -> f64 {
    let mut level: f64 = if lost.contains(&Loss::Node(place)) { 0.0 } else { 1.0 };
    for supply in &graph.nodes[place].supplies {
        let missing: f64 = lost
            .iter()
            .map(|loss| match loss {
                Loss::Country(country) => supply.of_country(*country),
                Loss::Firm(country, entity) => {
                    let firm = supply.shares.iter().find(|share| share.country == *country && share.entity == *entity);
                    firm.map_or(0.0, |share| share.share.centre())
                }
                Loss::Node(_) => 0.0,
            })
            .sum();
        level = level.min(1.0 - missing);
    }
    level.max(0.0)
}

/// What can be lost on the way to a node.
pub fn candidates(graph: &Graph, node: usize, kind: LossKind) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for place in graph.upstream(node) {
        let record = &graph.nodes[place];
        match kind {
            LossKind::Elements if record.kind == lode_model::StepNodeKind::Element => losses.push(Loss::Node(place)),
            LossKind::Elements => {}
            LossKind::Countries => {
                let countries = record.supplies.iter().flat_map(crate::Supply::countries);
                losses.extend(
                    countries
                        .filter(|(country, share)| *share >= LEAST_SHARE && country.is_single())
                        .map(|(country, _)| Loss::Country(country)),
                );
            }
            LossKind::Firms => {
                let shares = record.supplies.iter().flat_map(|supply| &supply.shares);
                losses.extend(
                    shares
                        .filter(|share| !share.entity.is_empty() && share.share.centre() >= LEAST_SHARE)
                        .map(|share| Loss::Firm(share.country, share.entity.clone())),
                );
            }
        }
    }
    losses.sort();
    losses.dedup();
    losses
}

/// A set of losses by their places in the list of candidates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Set([u64; MOST_LOSSES / 64]);

impl Set {
    fn of(index: usize) -> Self {
        let mut set = Self::default();
        set.0[index / 64] |= 1 << (index % 64);
        set
    }

    fn with(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    fn holds(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| other & !own == 0)
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn members(&self) -> impl Iterator<Item = usize> + '_ {
        (0..MOST_LOSSES).filter(|index| self.0[index / 64] >> (index % 64) & 1 == 1)
    }
}

/// What is asked of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wanted {
    /// Sets that take it below a level (its bits), whatever level they leave.
    Below(u64),
    /// Sets with every level that they leave.
    Levels,
}

type Family = Vec<(Set, f64)>;

struct Search<'g> {
    graph: &'g Graph,
    losses: &'g [Loss],
    size: usize,
    substitutes: Substitutes,
    known: BTreeMap<(usize, Wanted), Family>,
}

impl Search<'_> {
    fn family(&mut self, place: usize, wanted: Wanted) -> Result<Family, TooMany> {
        if let Some(known) = self.known.get(&(place, wanted)) {
            return Ok(known.clone());
        }
        let mut found: Family = self.own(place);
        let graph = self.graph;
        for group in &graph.nodes[place].groups {
            let loss = group.loss.range.centre();
            if loss <= 0.0 {
                continue;
            }
            let limits = group.limits(self.substitutes);
            // A single input that does all the work passes on what is asked of the node; others need every level.
            let alone = match (group.members.as_slice(), wanted) {
                ([member], Wanted::Below(floor)) => {
                    let floor = 1.0 - (1.0 - f64::from_bits(floor)) / loss;
                    member.input.map(|input| (input, floor))
                }
                _ => None,
            };
            let sets: Family = if let Some((input, floor)) = alone {
                if floor <= 0.0 { Vec::new() } else { self.family(input, Wanted::Below(floor.to_bits()))? }
            } else {
                self.combined(group, &limits)?
            };
            found.extend(sets.into_iter().map(|(set, through)| (set, 1.0 - loss * (1.0 - through))));
            if found.len() > MOST_SETS {
                found = pruned(found, wanted);
            }
        }
        let found = pruned(found, wanted);
        if found.len() > MOST_SETS {
            return Err(TooMany::Sets);
        }
        self.known.insert((place, wanted), found.clone());
        Ok(found)
    }

    /// Sets of losses of the node's own supply.
    fn own(&self, place: usize) -> Family {
        let mut family: Family = Vec::new();
        for (index, loss) in self.losses.iter().enumerate() {
            if *loss == Loss::Node(place) {
                family.push((Set::of(index), 0.0));
            }
        }
        for supply in &self.graph.nodes[place].supplies {
            let shares: Vec<(usize, f64)> = self
                .losses
                .iter()
                .enumerate()
                .filter_map(|(index, loss)| {
                    let share = match loss {
                        Loss::Country(country) => supply.of_country(*country),
                        Loss::Firm(country, entity) => supply
                            .shares
                            .iter()
                            .find(|share| share.country == *country && share.entity == *entity)
                            .map_or(0.0, |share| share.share.centre()),
                        Loss::Node(_) => 0.0,
                    };
                    (share > 0.0).then_some((index, share))
                })
                .collect();
            // Every set of at most `size` of them.
            let mut sets: Family = vec![(Set::default(), 1.0)];
            for (index, share) in shares {
                let more: Family = sets
                    .iter()
                    .filter(|(set, _)| set.len() < self.size)
                    .map(|(set, level)| (set.with(&Set::of(index)), (level - share).max(0.0)))
                    .collect();
                sets.extend(more);
            }
            family.extend(sets.into_iter().skip(1));
        }
        family
    }

    /// What a group lets through under the sets of its members, one from each or none.
    fn combined(&mut self, group: &crate::Group, limits: &[f64]) -> Result<Family, TooMany> {
        // Begins with what is let through if nothing is lost: it may be more than is needed.
        let mut sums: Family = vec![(Set::default(), limits.iter().sum())];
        for (member, limit) in group.members.iter().zip(limits).filter(|(_, limit)| **limit > 0.0) {
            let Some(input) = member.input else { continue };
            let family = self.family(input, Wanted::Levels)?;
            let mut more: Family = Vec::new();
            for (set, sum) in &sums {
                for (other, level) in &family {
                    let together = set.with(other);
                    if together.len() <= self.size {
                        more.push((together, sum - limit * (1.0 - level)));
                    }
                }
                if more.len() > 4 * MOST_SETS {
                    return Err(TooMany::Sets);
                }
            }
            sums.extend(more);
            // A set that another within it matches or beats adds nothing, whatever comes on top.
            sums = pruned_keeping_nothing(sums);
        }
        Ok(sums.into_iter().filter(|(set, _)| set.len() > 0).map(|(set, sum)| (set, sum.clamp(0.0, 1.0))).collect())
    }
}

/// Sets that are wanted, without those that hold another which leaves no more.
fn pruned(mut family: Family, wanted: Wanted) -> Family {
    match wanted {
        Wanted::Below(floor) => {
            let floor = f64::from_bits(floor);
            family.retain(|(_, level)| *level < floor - 1e-9);
            // What level a set leaves no longer matters.
            family.iter_mut().for_each(|(_, level)| *level = 0.0);
        }
        Wanted::Levels => family.retain(|(_, level)| *level < 1.0 - 1e-9),
    }
    pruned_keeping_nothing(family)
}

fn pruned_keeping_nothing(mut family: Family) -> Family {
    family.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(a.1.total_cmp(&b.1)).then(a.0.cmp(&b.0)));
    family.dedup_by(|next, before| next.0 == before.0);
    let mut kept: Family = Vec::new();
    for (set, level) in family {
        if !kept.iter().any(|(other, left)| *left <= level + 1e-12 && set.holds(other)) {
            kept.push((set, level));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;
    use proptest::prelude::*;

    /// Every set of at most `size` losses, by trying all.
    fn by_trying(
        graph: &Graph,
        node: usize,
        kind: LossKind,
        floor: f64,
        size: usize,
        substitutes: Substitutes,
    ) -> Vec<Vec<Loss>> {
        let losses = candidates(graph, node, kind);
        let mut minimal: Vec<Vec<Loss>> = Vec::new();
        let mut subsets: Vec<u32> =
            (1_u32..1 << losses.len()).filter(|set| set.count_ones() as usize <= size).collect();
        subsets.sort_by_key(|set| set.count_ones());
        for subset in subsets {
            let lost: Vec<Loss> = losses
                .iter()
                .enumerate()
                .filter(|(index, _)| subset >> index & 1 == 1)
                .map(|(_, loss)| loss.clone())
                .collect();
            if minimal.iter().any(|set| set.iter().all(|loss| lost.contains(loss))) {
                continue;
            }
            if level_without(graph, node, &lost, substitutes) < floor - 1e-9 {
                minimal.push(lost);
            }
        }
        minimal.sort();
        minimal
    }

    fn found(
        graph: &Graph,
        node: usize,
        kind: LossKind,
        floor: f64,
        size: usize,
        substitutes: Substitutes,
    ) -> Vec<Vec<Loss>> {
        let mut sets: Vec<Vec<Loss>> = cut_sets(graph, node, kind, floor, size, substitutes)
            .unwrap()
            .sets
            .into_iter()
            .map(|(set, _)| set)
            .collect();
        sets.sort();
        sets
    }

    #[test]
    fn alternatives_fall_only_together_and_needs_alone() {
        let graph = graph(
            "chip < fill\n chip < gas\n gas < neon\n fill < tungsten group=f usual-share:0.5 reach:1\n fill < molybdenum group=f usual-share:0.5 reach:1",
        );
        let node = |id: &str| Loss::Node(graph.find(id).unwrap());
        let chip = graph.find("chip").unwrap();
        let mut both = vec![node("tungsten"), node("molybdenum")];
        both.sort();
        let mut expected = vec![vec![node("neon")], both];
        expected.sort();
        assert_eq!(found(&graph, chip, LossKind::Elements, 0.5, 3, Substitutes::Qualified), expected);
        let sets = cut_sets(&graph, chip, LossKind::Elements, 0.5, 3, Substitutes::Qualified).unwrap();
        assert_eq!((sets.counts, sets.candidates), (vec![1, 1, 0], 3));
        // Before they are qualified, one of two alternatives that share the work leaves a half: not below.
        assert_eq!(found(&graph, chip, LossKind::Elements, 0.5, 3, Substitutes::NotYet), expected);
        assert_eq!(found(&graph, chip, LossKind::Elements, 0.6, 3, Substitutes::NotYet).len(), 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn sets_are_those_that_trying_all_finds(
            links in proptest::collection::vec((1_usize..11, 0_usize..10, 0_usize..4, any::<bool>(), 1_u32..11, 0_u32..11), 8..26),
            shares in proptest::collection::vec((0_usize..11, 0_usize..5, 1_u32..100), 0..14),
            floor in 0.05..1.0_f64,
            qualified in any::<bool>(),
        ) {
            let text: String = links.iter().map(|(of, input, group, degrades, usual, reach)| {
                let input = input % of;
                let group = if *group == 0 { String::new() } else { format!("group=g{group}") };
                let degrades = if *degrades { "degrades" } else { "" };
                format!("n{of} < n{input} {group} {degrades} usual-share:0.{usual:02} reach:0.{reach:02} loss:0.9\n")
            }).collect();
            let mut graph = graph(&text);
            let countries = ["CHN", "JPN", "USA", "AUS", "KOR"];
            for (node, country, share) in shares {
                let Some(place) = graph.find(&format!("n{node}")) else { continue };
                let share = crate::SupplyShare {
                    country: CountryCode::parse(countries[country]).unwrap(),
                    entity: if share % 2 == 0 { format!("firm {}", share % 3) } else { String::new() },
                    share: crate::Range::point(f64::from(share) / 100.0),
                    quality: lode_model::DataQuality::Reported,
                    origins: Vec::new(),
                };
                graph.add_share(place, lode_model::Stage::Refined, share, "2024");
            }
            let substitutes = if qualified { Substitutes::Qualified } else { Substitutes::NotYet };
            let top = graph.nodes.len() - 1;
            for kind in [LossKind::Elements, LossKind::Countries, LossKind::Firms] {
                for size in [1, 2, 4] {
                    prop_assert_eq!(
                        found(&graph, top, kind, floor, size, substitutes),
                        by_trying(&graph, top, kind, floor, size, substitutes),
                        "{:?} {} {}", kind, size, text
                    );
                }
            }
        }
    }
}
