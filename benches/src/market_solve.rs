//! One month of a market: Newton's method on the duals beside a general interior-point solver, on the same programs at the
//! same accuracy, single thread, turn by turn.
//!
//! usage: `market-solve [MONTHS]`

use lode_solve::synthetic::{Size, Synthetic, Users};
use lode_solve::{Newton, Program, Settings, interior_point};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const LANES: usize = 4;

fn main() -> ExitCode {
    let months = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(40);
    println!(
        "| size | rows | columns | interior point, ms | Newton, ms | ratio | {LANES} lanes, ms each | ratio | steps median, most | unsolved |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, size) in [("6 places x 8 goods", Size::FOCUS), ("20 places x 24 goods", Size::REFERENCE)] {
        compare(name, size, months);
    }
    ExitCode::SUCCESS
}

/// The months of one market, each started from the duals of the month before, as a simulation does. In every eighth
/// month all limits are cut to 30 %.
fn compare(name: &str, size: Size, months: u64) {
    let drawn = Synthetic::draw(size, Users::Pieces, 1);
    let structure = drawn.program.structure();
    let month = |at: u64, lane: u64| drawn.vary(1000 * lane + at, if at % 8 == 7 { 0.3 } else { 1.0 });
    let (mut single, mut sweep) = (Newton::<1>::new(structure), Newton::<LANES>::new(structure));
    let mut duals: Vec<[f64; 1]> = drawn.duals.iter().map(|dual| [*dual]).collect();
    let mut together: Vec<[f64; LANES]> = drawn.duals.iter().map(|dual| [*dual; LANES]).collect();
    let (mut general, mut newton, mut lanes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut steps, mut unsolved) = (Vec::new(), 0);
    for at in 0..months {
        let program = month(at, 0).program;
        let started = Instant::now();
        let oracle = interior_point::solve(&program, 0, 1e-8);
        general.push(started.elapsed());
        unsolved += u32::from(oracle.is_none());

        let started = Instant::now();
        let [outcome] = single.solve(&program, &mut duals, Settings::default());
        newton.push(started.elapsed());
        steps.push(outcome.steps);
        unsolved += u32::from(!outcome.solved);

        let programs: Vec<_> = (0..LANES as u64).map(|lane| month(at, lane).program).collect();
        let joined = Program::join(&programs);
        let started = Instant::now();
        let outcomes = sweep.solve(&joined, &mut together, Settings::default());
        lanes.push(started.elapsed() / LANES as u32);
        unsolved += outcomes.iter().filter(|outcome| !outcome.solved).count() as u32;
    }
    steps.sort_unstable();
    let [general, newton, lanes] = [general, newton, lanes].map(median);
    println!(
        "| {name} | {} | {} | {:.1} | {:.3} | {:.0} | {:.3} | {:.0} | {}, {} | {unsolved} of {} |",
        structure.rows(),
        structure.columns(),
        1e3 * general,
        1e3 * newton,
        general / newton,
        1e3 * lanes,
        general / lanes,
        steps[steps.len() / 2],
        steps[steps.len() - 1],
        months * (2 + LANES as u64),
    );
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
