//! What still arrives in a country under a scenario of the market: the market's ensemble as the input of the steps.

use super::Processes;
use crate::market::{Simulation, first_event};
use lode_exposure::availability::Arrivals;
use lode_exposure::graph::DAYS_PER_MONTH;
use lode_exposure::{Availability, Range, Shortage};
use lode_model::StepNodeKind;
use std::collections::BTreeMap;

/// Forms of the market that are materials of the steps under another name.
const MATERIALS: [(&str, &str); 4] = [
    ("neodymium-magnet-heavy", "ndfeb-magnet-hot"),
    ("neodymium-magnet", "ndfeb-magnet"),
    ("graphite-flake", "natural-graphite"),
    ("graphite-anode", "spherical-graphite"),
];

/// The course of each element and material: the share of what usually comes to the country, made at home or imported, from
/// the first measure on. An element that several forms carry follows the scarcest of them. Bands are the market's: 10, 50
/// and 90 % of its futures.
pub fn market_availability(processes: &Processes, run: &Simulation) -> Availability {
    let world = &processes.session.world;
    let start = first_event(run).max(0.0);
    let mut courses: BTreeMap<usize, (f64, Vec<(f64, Range)>)> = BTreeMap::new();
    for (shown, months) in run.series.iter().zip(&run.outcome.series) {
        if shown.quantity != "imports" {
            continue;
        }
        let imports = shown.base.unwrap_or(0.0);
        let made: f64 = run.market.node(&run.region, &shown.form).map_or(0.0, |node| {
            let outputs = run.market.plants.iter().flat_map(|plant| {
                plant.outputs.iter().filter(|(of, _)| *of == node).map(|(_, tonnes)| tonnes * plant.activity)
            });
            outputs.sum()
        });
        if imports <= 0.0 || imports + made <= 0.0 {
            continue;
        }
        let share = |arrived: f64| ((arrived + made) / (imports + made)).clamp(0.0, 1.0);
        let mut pieces: Vec<(f64, Range)> = Vec::new();
        let mut missing = 0.0;
        for (month, band) in months.iter().enumerate() {
            let day = ((month as f64 - start) * DAYS_PER_MONTH).max(0.0);
            let range = Range { low: share(band.p10), central: Some(share(band.p50)), high: share(band.p90) };
            missing += 1.0 - share(band.p50);
            match pieces.last_mut() {
                Some((last, held)) if *last == day => *held = range,
                _ => pieces.push((day, range)),
            }
        }
        for node in nodes(processes, world, &shown.form) {
            let entry = courses.entry(node).or_insert((-1.0, Vec::new()));
            if missing > entry.0 {
                *entry = (missing, pieces.clone());
            }
        }
    }
    let case = run.case.as_ref().map_or(String::new(), |case| format!(", case {case}"));
    Availability {
        label: format!("{}{case}, as the market of {} sees it", run.scenario.name_en, run.region),
        origins: run.origins.iter().cloned().collect(),
        answered: true,
        shortages: courses
            .into_iter()
            .filter(|(_, (missing, _))| *missing > 0.0)
            .map(|(node, (_, pieces))| Shortage {
                node,
                exporter: None,
                entity: String::new(),
                share_of_supply: None,
                arrivals: Arrivals::Bands(pieces),
            })
            .collect(),
    }
}

/// The elements or the material of the steps that a form of the market is.
fn nodes(processes: &Processes, world: &lode_model::World, form: &str) -> Vec<usize> {
    let find = |id: &str| {
        processes.graph.find(id).filter(|node| {
            let kind = processes.graph.nodes[*node].kind;
            matches!(kind, StepNodeKind::Element | StepNodeKind::Form | StepNodeKind::Material)
        })
    };
    if let Some((_, material)) = MATERIALS.iter().find(|(of, _)| *of == form) {
        return find(material).into_iter().collect();
    }
    let mut found: Vec<usize> = form.split('-').filter_map(find).collect();
    if found.is_empty()
        && let Some(form) = world.market.form(form)
    {
        found.extend(find(form.commodity.as_str()));
    }
    found
}
