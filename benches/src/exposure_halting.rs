//! Spreads shortages through a synthetic tree of parts: `exposure-halting NODES REPLICATES FILE CHECKED`. Writes the graph and
//! the draws of the first `CHECKED` replicates to FILE, so that a peer can do the same, and the days found to FILE.days.

use lode_exposure::network::{Draw, Jump, Network, Run};
use lode_exposure::{stream, uniform_of};
use std::fmt::Write as _;
use std::io::Write as _;

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
        let children: Vec<u32> = (4 * number + 1..=4 * number + 4)
            .filter(|child| *child < nodes)
            .map(|child| (nodes - 1 - child) as u32)
            .collect();
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

/// What a replicate draws for a member.
fn draw(tree: &Tree, streams: [u64; 3], replicate: u64, index: usize) -> Draw {
    let (alternate, built_in) = tree.members[index];
    let u = |stream: usize| uniform_of(streams[stream], replicate * tree.members.len() as u64 + index as u64);
    Draw {
        usual: if alternate { 0.0 } else { 1.0 },
        reach: if alternate { 0.4 } else { 1.0 },
        qualification: if alternate { 60.0 + 120.0 * u(1) } else { 0.0 },
        stock: if alternate { 0.0 } else { 5.0 + 55.0 * u(0) },
        wear_life: if built_in { 60.0 + 300.0 * u(1) } else { 0.0 },
    }
}

/// One source in fifty falls short, for some months.
fn supply(sources: usize, stream: u64, replicate: u64, index: usize) -> Option<[Jump; 2]> {
    let u = |which: u64| uniform_of(stream, 4 * (replicate * sources as u64 + index as u64) + which);
    if u(0) >= 0.02 {
        return None;
    }
    let (level, day) = ((u(1) * 3.0).floor() * 0.3, (u(2) * 60.0).floor());
    Some([Jump { day, level }, Jump { day: day + 60.0 + (u(3) * 300.0).floor(), level: 1.0 }])
}

/// Processor time of this process in seconds: other work on the machine does not count.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|nanoseconds| nanoseconds.parse::<f64>().ok())
        .map_or(f64::NAN, |ns| ns * 1e-9)
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let number =
        |index: usize, default: usize| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (nodes, replicates, checked) = (number(1, 1_000_000), number(2, 100) as u64, number(4, 1) as u64);
    let file = arguments.get(3).cloned().unwrap_or_else(|| "target/bench/halting.txt".into());
    let tree = tree(nodes);
    let names = ["stock", "other", "supply"].map(|name| stream(1, name));
    let mut by_place = vec![u32::MAX; nodes];
    tree.sources.iter().enumerate().for_each(|(index, place)| by_place[*place] = index as u32);
    let (mut run, mut days) = (Run::new(), String::new());
    let count = tree.sources.len();
    let shortage = |replicate, index| supply(count, names[2], replicate, index);
    let mut export = std::io::BufWriter::new(std::fs::File::create(&file)?);
    writeln!(export, "{nodes} {checked}")?;
    let (mut spent, mut stopped) = (0.0, 0_u64);
    for replicate in 0..replicates {
        let begun = processor_seconds();
        let source = |place: usize, jumps: &mut Vec<Jump>| {
            jumps.extend(shortage(replicate, by_place[place] as usize).into_iter().flatten())
        };
        tree.network.run(HORIZON, |member| draw(&tree, names, replicate, member), |_| 1.0, source, &mut run);
        spent += processor_seconds() - begun;
        stopped += u64::from(run.below_half(nodes - 1).is_finite());
        if replicate < checked {
            for draw in (0..tree.members.len()).map(|index| draw(&tree, names, replicate, index)) {
                writeln!(
                    export,
                    "{} {} {} {} {}",
                    draw.usual, draw.reach, draw.qualification, draw.stock, draw.wear_life
                )?;
            }
            for index in 0..count {
                let usual = [Jump { day: 0.0, level: 1.0 }; 2];
                let [short, back] = shortage(replicate, index).unwrap_or(usual);
                writeln!(export, "{} {} {}", short.day, short.level, back.day)?;
            }
            for place in 0..nodes {
                let _ = writeln!(days, "{}", run.below_half(place));
            }
        }
    }
    std::fs::write(format!("{file}.days"), days)?;
    println!(
        "lode nodes {nodes} replicates {replicates} processor_seconds {spent:.3}, drawing included, per_replicate {:.4} product_stopped {stopped}",
        spent / replicates as f64
    );
    Ok(())
}
