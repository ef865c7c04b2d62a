//! The episodes of `validation/episodes/episodes.csv`, all scored together: did a line stop, and when?
//!
//! A chance is that of the first of ten comparable lines, the number assumed in the tables, as an episode is known by the
//! first stop that is reported. Nothing in the inputs comes from the outcomes. A miss is a miss: the file of results is what
//! the model says. With `UPDATE_DOCUMENTS=1` it is written instead of compared.

use lode_catalogue::csv_line;
use lode_exposure::availability::Arrivals;
use lode_exposure::halting::{Draws, halting};
use lode_exposure::score::{brier, crps_of_first};
use lode_exposure::{Availability, Range, Shortage};
use lode_model::CountryCode;
use lode_study::exposure::Processes;
use lode_study::{Day, Options};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../validation/episodes")
}

fn processes() -> Processes {
    let options = Options::built_in(Day::parse("2026-11-25").unwrap());
    Processes::open(&options, &[]).unwrap_or_else(|report| panic!("{report}"))
}

#[derive(Default)]
struct Episode {
    name: String,
    product: String,
    supply: String,
    exporter: Option<CountryCode>,
    share: Option<Range>,
    pieces: Vec<(f64, Range)>,
    window: f64,
    halted: bool,
    day: Option<f64>,
    scored: bool,
}

fn episodes() -> Vec<Episode> {
    let text = std::fs::read_to_string(folder().join("episodes.csv")).unwrap();
    let mut episodes: Vec<Episode> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(15, ',').collect();
        let number = |index: usize| cells[index].parse::<f64>().ok();
        if cells[13] == "no" {
            continue;
        }
        let piece = number(7).map(|arrives| {
            (
                number(6).unwrap(),
                Range { low: number(8).unwrap_or(arrives), central: Some(arrives), high: number(9).unwrap_or(arrives) },
            )
        });
        match episodes.iter_mut().find(|episode| episode.name == cells[0]) {
            Some(episode) => episode.pieces.extend(piece),
            None => episodes.push(Episode {
                name: cells[0].into(),
                product: cells[1].into(),
                supply: cells[2].into(),
                exporter: CountryCode::parse(cells[3]),
                share: number(4).zip(number(5)).map(|(low, high)| Range { low, central: None, high }),
                pieces: piece.into_iter().collect(),
                window: number(10).unwrap(),
                halted: cells[11] == "yes",
                day: number(12),
                scored: cells[13] == "yes",
            }),
        }
    }
    episodes
}

#[test]
fn all_episodes_are_scored_together_and_the_misses_stand_in_the_results() {
    let processes = processes();
    let graph = &processes.graph;
    let lines = graph.assumptions["lines"].quantity.value.unwrap();
    let mut text = csv_line(
        [
            "episode",
            "product",
            "halted",
            "day",
            "chance_one_line",
            "chance_first_of_lines",
            "first_day_05",
            "first_day_50",
            "first_day_95",
            "brier_one_line",
            "brier_first_of_lines",
            "crps_days",
            "verdict",
        ]
        .into_iter(),
    );
    // Where sources allow two readings of one episode both are scored, each with half the weight.
    let (mut one, mut first, mut crps, mut days_of, mut yes, mut count) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let episodes = episodes();
    let event = |name: &str| name.split(':').next().unwrap_or(name).to_owned();
    for episode in &episodes {
        let weight = 1.0 / episodes.iter().filter(|other| event(&other.name) == event(&episode.name)).count() as f64;
        assert!(episode.scored);
        let node = graph.find(&episode.supply).unwrap_or_else(|| panic!("{}", episode.supply));
        let product = graph.find(&episode.product).unwrap_or_else(|| panic!("{}", episode.product));
        let shortage = Shortage {
            node,
            exporter: episode.exporter,
            entity: String::new(),
            share_of_supply: episode.share,
            arrivals: Arrivals::Bands(episode.pieces.clone()),
        };
        let availability = Availability { shortages: vec![shortage], ..Availability::default() };
        let draws = Draws { seed: 1, replicates: 4000, horizon: episode.window };
        let found = halting(graph, &availability, draws, &[product]);
        let spread = &found.nodes[0].below_half;
        let (chance_one, chance_first) = (spread.reached(), spread.reached_by_any(lines));
        let scored_day = !episode.halted || episode.day.is_some();
        let days =
            scored_day.then(|| crps_of_first(spread, lines, episode.day.filter(|_| episode.halted), episode.window));
        one += weight * brier(chance_one, episode.halted);
        first += weight * brier(chance_first, episode.halted);
        if let Some(days) = days {
            crps += weight * days;
            days_of += weight;
        }
        yes += if episode.halted { weight } else { 0.0 };
        count += weight;
        let shown =
            |value: Option<f64>, decimals: usize| value.map_or(String::new(), |value| format!("{value:.decimals$}"));
        let verdict = if (chance_first >= 0.5) == episode.halted { "right side" } else { "miss" };
        text += &csv_line(
            [
                episode.name.as_str(),
                &episode.product,
                if episode.halted { "yes" } else { "no" },
                &shown(episode.day, 0),
                &format!("{chance_one:.3}"),
                &format!("{chance_first:.3}"),
                &shown(spread.first_of(lines, 0.05), 0),
                &shown(spread.first_of(lines, 0.5), 0),
                &shown(spread.first_of(lines, 0.95), 0),
                &format!("{:.3}", brier(chance_one, episode.halted)),
                &format!("{:.3}", brier(chance_first, episode.halted)),
                &shown(days, 1),
                verdict,
            ]
            .into_iter(),
        );
    }
    let mean = crps / days_of;
    let always = yes / count;
    let (one, first, mean) = (format!("{:.3}", one / count), format!("{:.3}", first / count), format!("{mean:.1}"));
    text += &csv_line(["mean", "", "", "", "", "", "", "", "", &one, &first, &mean, ""].into_iter());
    // Who always says how often lines stopped in these episodes, knowing it beforehand.
    let base = format!("{:.3}", always * (1.0 - always));
    text +=
        &csv_line(["always the share that stopped", "", "", "", "", "", "", "", "", &base, &base, "", ""].into_iter());
    println!("{text}");
    let path = folder().join("results.csv");
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        text,
        "the results are not what the model says: UPDATE_DOCUMENTS=1 writes them"
    );
}

/// The outcome of the magnet episode, and the buffer that others derived from it, are not among the inputs.
#[test]
fn the_line_stops_of_2025_are_not_in_the_tables() {
    let processes = processes();
    let tables = &processes.session.world.steps;
    for parameter in &tables.parameters {
        let quantity = &parameter.quantity;
        if parameter.parameter == "stock" {
            for number in [quantity.value, quantity.low, quantity.high].into_iter().flatten() {
                assert!(number != 52.0 && number != 36.0, "{parameter:?}");
            }
        }
        let origin = parameter.provenance.origin.as_str();
        assert!(!origin.contains("suzuki") && !origin.contains("full-panic"), "{parameter:?}");
    }
}
