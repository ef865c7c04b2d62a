//! Spreads shortages through a synthetic tree of parts: `exposure-halting NODES REPLICATES FILE CHECKED`. Writes the graph and
//! the draws of the first `CHECKED` replicates to FILE, so that a peer can do the same, and the days found to FILE.days.

use lode_exposure::network::{Draw, Jump, Network, Run};
use lode_exposure::{stream, uniform_of};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

const HORIZON: f64 = 730.0;

/// Every part has up to four children; those of every eighth are two pairs of alternatives, every tenth link is built in.
struct Tree {
    network: Network,
    /// Sources by their place in the network, with the place of their number in the draws of supply.
    sources: Vec<usize>,
    /// For each member, whether it stands in, and whether it is built in.
    members: Vec<(bool, bool)>,
}

fn tree(nodes: usize) -> Tree {
    let mut tree = Tree { network: Network::new(), sources: Vec::new(), members: Vec::new() };
    // Numbered from the product down, added from the leaves up: node k of the network is number nodes − 1 − k.
    for number in (0..nodes).rev() {
        let children: Vec<u32> =
            (4 * number + 1..=4 * number + 4).filter(|child| *child < nodes).map(|child| (nodes - 1 - child) as u32).collect();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        if number % 8 == 3 && children.len() == 4 {
            groups = children.chunks(2).map(<[u32]>::to_vec).collect();
        } else {
            groups.extend(children.iter().map(|child| vec![*child]));
        }
        for group in &groups {
            for index in 0..group.len() {
                tree.members.push((index > 0, tree.members.len() % 10 == 7));
            }
        }
        let place = tree.network.add(groups.iter().map(Vec::as_slice));
        if groups.is_empty() {
            tree.sources.push(place as usize);
        }
    }
    tree
}

fn draw(tree: &Tree, streams: [u64; 3], replicate: u64, draws: &mut Vec<Draw>) {
    draws.clear();
    let count = tree.members.len() as u64;
    for (index, (alternate, built_in)) in tree.members.iter().enumerate() {
        let u = |stream: usize| uniform_of(streams[stream], replicate * count + index as u64);
        draws.push(Draw {
            usual: if *alternate { 0.0 } else { 1.0 },
            reach: if *alternate { 0.4 } else { 1.0 },
            qualification: if *alternate { 60.0 + 120.0 * u(1) } else { 0.0 },
            stock: if *alternate { 0.0 } else { 5.0 + 55.0 * u(0) },
            wear_life: if *built_in { 60.0 + 300.0 * u(1) } else { 0.0 },
        });
    }
}

/// One source in fifty falls short, for some months.
fn supplies(tree: &Tree, stream: u64, replicate: u64) -> Vec<[Jump; 2]> {
    let count = 4 * tree.sources.len() as u64;
    (0..tree.sources.len())
        .map(|index| {
            let u = |which: u64| uniform_of(stream, replicate * count + 4 * index as u64 + which);
            let level = if u(0) < 0.02 { (u(1) * 3.0).floor() * 0.3 } else { 1.0 };
            let day = (u(2) * 60.0).floor();
            [Jump { day, level }, Jump { day: day + 60.0 + (u(3) * 300.0).floor(), level: 1.0 }]
        })
        .collect()
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |index: usize, default: usize| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (nodes, replicates, checked) = (number(1, 1_000_000), number(2, 100) as u64, number(4, 1) as u64);
    let file = arguments.get(3).cloned().unwrap_or_else(|| "target/bench/halting.txt".into());
    let tree = tree(nodes);
    let names = ["stock", "other", "supply"].map(|name| stream(1, name));
    let losses = vec![1.0; tree.network.groups()];
    let mut by_place = vec![usize::MAX; nodes];
    tree.sources.iter().enumerate().for_each(|(index, place)| by_place[*place] = index);
    let (mut run, mut draws, mut days) = (Run::new(), Vec::new(), String::new());
    let mut export = std::io::BufWriter::new(std::fs::File::create(&file)?);
    writeln!(export, "{nodes} {checked}")?;
    let (mut spent, mut drawing, mut stopped) = (0.0, 0.0, 0_u64);
    for replicate in 0..replicates {
        let begun = Instant::now();
        draw(&tree, names, replicate, &mut draws);
        let levels = supplies(&tree, names[2], replicate);
        drawing += begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let source = |place: usize| if levels[by_place[place]][0].level < 1.0 { &levels[by_place[place]][..] } else { &[] };
        tree.network.run(HORIZON, &draws, &losses, source, &mut run);
        spent += begun.elapsed().as_secs_f64();
        stopped += u64::from(run.below_half(nodes - 1).is_finite());
        if replicate < checked {
            for draw in &draws {
                writeln!(export, "{} {} {} {} {}", draw.usual, draw.reach, draw.qualification, draw.stock, draw.wear_life)?;
            }
            for [short, back] in &levels {
                writeln!(export, "{} {} {}", short.day, short.level, back.day)?;
            }
            for place in 0..nodes {
                let _ = writeln!(days, "{}", run.below_half(place));
            }
        }
    }
    std::fs::write(format!("{file}.days"), days)?;
    let each = (spent + drawing) / replicates as f64;
    println!(
        "lode nodes {nodes} replicates {replicates} seconds {:.3} of_it_drawing {drawing:.3} per_replicate {each:.4} product_stopped {stopped}",
        spent + drawing
    );
    Ok(())
}
