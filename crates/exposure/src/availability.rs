//! What still arrives: the only thing that a scenario says to this crate. A market ensemble, a file or a flag fills it.

use crate::network::Jump;
use crate::{Graph, Range, uniform};
use lode_model::{CountryCode, OriginId};
use std::collections::BTreeMap;

/// Supplies that fall short of as usual.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Availability {
    /// What it is, for people.
    pub label: String,
    /// Where it comes from; empty for what the user gave.
    pub origins: Vec<OriginId>,
    /// What falls short.
    pub shortages: Vec<Shortage>,
    /// Whether the other suppliers have answered already, as in a market; else they lift their output as the tables assume
    /// (`spare-output` after `spare-lag`).
    pub answered: bool,
}

/// One supply that falls short.
#[derive(Clone, PartialEq, Debug)]
pub struct Shortage {
    /// Place of the element or material in the graph.
    pub node: usize,
    /// The exporter that ships less; `None` if the supply as a whole is meant.
    pub exporter: Option<CountryCode>,
    /// The firm that makes less, if one is meant; then the exporter is its country.
    pub entity: String,
    /// The exporter's share of the usual supply of whoever asks; `None` for its largest share of the world at any stage.
    pub share_of_supply: Option<Range>,
    /// How much of the usual flow arrives.
    pub arrivals: Arrivals,
}

/// Shares of a usual flow that arrive, over time.
#[derive(Clone, PartialEq, Debug)]
pub enum Arrivals {
    /// From a day on a share, with its band; before the first, all. One draw holds for the whole course.
    Bands(Vec<(f64, Range)>),
    /// One course for each replicate of an ensemble; more replicates than courses use them in turn.
    Replicates(Vec<Vec<Jump>>),
}

impl Arrivals {
    /// A share that is cut from the first day, for some days or for good.
    pub fn cut(share: f64, days: Option<f64>) -> Self {
        let mut pieces = vec![(0.0, Range::point((1.0 - share).clamp(0.0, 1.0)))];
        pieces.extend(days.map(|days| (days, Range::point(1.0))));
        Self::Bands(pieces)
    }

    /// One course for each replicate from shares by month, `months[replicate][month]`: the form in which a market ensemble
    /// gives them. The last month holds on.
    pub fn monthly(months: &[Vec<f64>]) -> Self {
        let course = |shares: &Vec<f64>| {
            let jumps = shares.iter().enumerate();
            jumps
                .map(|(month, share)| Jump {
                    day: month as f64 * crate::graph::DAYS_PER_MONTH,
                    level: share.clamp(0.0, 1.0),
                })
                .collect()
        };
        Self::Replicates(months.iter().map(course).collect())
    }

    fn course(&self, seed: u64, label: &str, replicate: u64) -> Vec<Jump> {
        match self {
            Self::Bands(pieces) => {
                let u = uniform(seed, label, replicate);
                pieces.iter().map(|(day, range)| Jump { day: *day, level: range.at(u).clamp(0.0, 1.0) }).collect()
            }
            Self::Replicates(courses) => match courses.len() {
                0 => Vec::new(),
                count => courses[(replicate % count as u64) as usize].clone(),
            },
        }
    }
}

impl Availability {
    /// All that a country ships of any node of the graph falls short.
    pub fn country(graph: &Graph, country: CountryCode, arrivals: &Arrivals) -> Vec<Shortage> {
        (0..graph.nodes.len())
            .filter(|node| largest_share(graph, *node, country, "") > 0.0)
            .map(|node| Shortage {
                node,
                exporter: Some(country),
                entity: String::new(),
                share_of_supply: None,
                arrivals: arrivals.clone(),
            })
            .collect()
    }

    /// The levels of supply of each node that falls short, in a replicate. `rationing` is the chance that the buyers of a
    /// node are not served alike but some in full and others not at all.
    pub fn levels(&self, graph: &Graph, seed: u64, replicate: u64, rationing: f64) -> BTreeMap<usize, Vec<Jump>> {
        let mut by_node: BTreeMap<usize, Vec<(f64, bool, Vec<Jump>)>> = BTreeMap::new();
        for shortage in &self.shortages {
            let node = &graph.nodes[shortage.node].id;
            let exporter = shortage.exporter.map_or(String::new(), |country| country.to_string());
            let label = format!("arrivals/{node}/{exporter}/{}", shortage.entity);
            let course = shortage.arrivals.course(seed, &label, replicate);
            let weight = match (shortage.exporter, shortage.share_of_supply) {
                (None, _) => 1.0,
                (Some(_), Some(share)) => share.at(uniform(seed, &format!("share/{label}"), replicate)),
                (Some(country), None) => largest_share(graph, shortage.node, country, &shortage.entity),
            };
            by_node.entry(shortage.node).or_default().push((weight, shortage.exporter.is_some(), course));
        }
        let assumed =
            |id: &str| graph.assumptions.get(id).and_then(|assumption| Range::spanning([&assumption.quantity]));
        let others = assumed("spare-output").zip(assumed("spare-lag")).filter(|_| !self.answered);
        by_node
            .into_iter()
            .map(|(node, courses)| {
                let mut levels = combined(&courses);
                let id = &graph.nodes[node].id;
                if let Some((spare, lag)) = others {
                    let spare = spare.at(uniform(seed, &format!("spare-output/{id}"), replicate));
                    let lag = lag.at(uniform(seed, &format!("spare-lag/{id}"), replicate));
                    levels = answered(&levels, spare, lag * crate::graph::DAYS_PER_MONTH);
                }
                if uniform(seed, &format!("rationing/{id}"), replicate) < rationing {
                    let rank = uniform(seed, &format!("rank/{id}"), replicate);
                    for jump in &mut levels {
                        jump.level = f64::from(u8::from(rank < jump.level));
                    }
                    levels.dedup_by(|next, before| next.level == before.level);
                }
                (node, levels)
            })
            .collect()
    }
}

/// The suppliers that go on lift what they deliver by their spare output, some days after the shortage begins.
fn answered(levels: &[Jump], spare: f64, lag: f64) -> Vec<Jump> {
    let Some(begins) = levels.iter().find(|jump| jump.level < 1.0).map(|jump| jump.day) else { return levels.to_vec() };
    let from = begins + lag;
    let lifted = |level: f64| (level * (1.0 + spare)).min(1.0);
    let mut answered: Vec<Jump> = Vec::with_capacity(levels.len() + 1);
    for (index, jump) in levels.iter().enumerate() {
        let until = levels.get(index + 1).map_or(f64::INFINITY, |next| next.day);
        if jump.day >= from {
            answered.push(Jump { day: jump.day, level: lifted(jump.level) });
            continue;
        }
        answered.push(*jump);
        if from < until {
            answered.push(Jump { day: from, level: lifted(jump.level) });
        }
    }
    answered.dedup_by(|next, before| next.level == before.level);
    answered
}

/// Several shortages of one node: what exporters lack adds up, and what arrives of the whole multiplies.
fn combined(courses: &[(f64, bool, Vec<Jump>)]) -> Vec<Jump> {
    let mut days: Vec<f64> = courses.iter().flat_map(|(_, _, course)| course.iter().map(|jump| jump.day)).collect();
    days.sort_by(f64::total_cmp);
    days.dedup();
    let at = |course: &[Jump], day: f64| {
        course.iter().take_while(|jump| jump.day <= day).last().map_or(1.0, |jump| jump.level)
    };
    let mut levels: Vec<Jump> = Vec::new();
    for day in days {
        let (mut missing, mut whole) = (0.0, 1.0);
        for (weight, exporter, course) in courses {
            let level = at(course, day);
            if *exporter {
                missing += weight * (1.0 - level);
            } else {
                whole *= 1.0 - weight * (1.0 - level);
            }
        }
        let level = ((1.0 - missing).max(0.0) * whole).clamp(0.0, 1.0);
        if levels.last().is_none_or(|last| last.level != level) {
            levels.push(Jump { day, level });
        }
    }
    levels
}

/// The largest share that a country, or a firm there, has of a node at any stage.
pub fn largest_share(graph: &Graph, node: usize, country: CountryCode, entity: &str) -> f64 {
    graph.nodes[node]
        .supplies
        .iter()
        .map(|supply| {
            if entity.is_empty() {
                supply.of_country(country)
            } else {
                let firm = supply.shares.iter().find(|share| share.country == country && share.entity == entity);
                firm.map_or(0.0, |share| share.share.centre())
            }
        })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::graph;

    #[test]
    fn what_exporters_lack_adds_up_and_what_arrives_of_the_whole_multiplies() {
        let graph = graph("chip < gas");
        let (gas, ukraine) = (graph.find("gas").unwrap(), CountryCode::parse("UKR"));
        let of = |exporter, share: f64, arrivals| Shortage {
            node: gas,
            exporter,
            entity: String::new(),
            share_of_supply: Some(Range::point(share)),
            arrivals,
        };
        let shortages = vec![
            of(ukraine, 0.5, Arrivals::cut(1.0, Some(90.0))),
            of(CountryCode::parse("RUS"), 0.2, Arrivals::Bands(vec![(30.0, Range::point(0.0))])),
            of(None, 1.0, Arrivals::Replicates(vec![vec![Jump { day: 60.0, level: 0.5 }]])),
        ];
        let availability = Availability { shortages, ..Availability::default() };
        let levels = &availability.levels(&graph, 1, 0, 0.0)[&gas];
        let rounded: Vec<(f64, f64)> =
            levels.iter().map(|jump| (jump.day, (jump.level * 1000.0).round() / 1000.0)).collect();
        assert_eq!(rounded, [(0.0, 0.5), (30.0, 0.3), (60.0, 0.15), (90.0, 0.4)]);
    }

    #[test]
    fn others_lift_what_they_deliver_after_a_while_and_nobody_makes_up_for_all() {
        let course = |jumps: &[(f64, f64)]| {
            jumps.iter().map(|(day, level)| Jump { day: *day, level: *level }).collect::<Vec<_>>()
        };
        let lifted = answered(&course(&[(10.0, 0.5), (200.0, 1.0)]), 0.2, 60.0);
        assert_eq!(lifted, course(&[(10.0, 0.5), (70.0, 0.6), (200.0, 1.0)]));
        assert_eq!(answered(&course(&[(0.0, 0.0)]), 0.3, 30.0), course(&[(0.0, 0.0)]), "nothing is left to lift");
        assert_eq!(answered(&course(&[(0.0, 0.9)]), 0.3, 30.0), course(&[(0.0, 0.9), (30.0, 1.0)]));
        assert_eq!(answered(&course(&[(0.0, 0.5), (14.0, 1.0)]), 0.3, 30.0), course(&[(0.0, 0.5), (14.0, 1.0)]));
    }

    #[test]
    fn rationing_serves_some_in_full_and_as_many_as_arrives() {
        let graph = graph("chip < gas");
        let gas = graph.find("gas").unwrap();
        let shortage = Shortage {
            node: gas,
            exporter: None,
            entity: String::new(),
            share_of_supply: None,
            arrivals: Arrivals::cut(0.3, None),
        };
        let availability = Availability { shortages: vec![shortage], ..Availability::default() };
        let served = (0..4000).filter(|replicate| {
            let levels = &availability.levels(&graph, 7, *replicate, 1.0)[&gas];
            assert!(levels.len() == 1 && (levels[0].level == 0.0 || levels[0].level == 1.0));
            levels[0].level == 1.0
        });
        let share = served.count() as f64 / 4000.0;
        assert!((share - 0.7).abs() < 0.02, "{share}");
    }

    #[test]
    fn an_ensemble_of_months_becomes_one_course_for_each_replicate() {
        let arrivals = Arrivals::monthly(&[vec![1.0, 0.2], vec![0.5]]);
        let first = arrivals.course(1, "x", 2);
        assert_eq!(first, arrivals.course(1, "x", 0));
        assert_eq!(first[1], Jump { day: crate::graph::DAYS_PER_MONTH, level: 0.2 });
        assert_eq!(arrivals.course(1, "x", 1), [Jump { day: 0.0, level: 0.5 }]);
    }
}
