//! Whole months of a market in an ensemble (events, assembly, solution, expectations, stocks, records) beside one solution
//! of the same programs by a general interior-point solver; then ensembles of the sizes that users run.
//!
//! usage: `market-run [step | focus | reference REPLICATES | memory REPLICATES]`

use lode_simulate::ensemble::{self, Plan, Progress};
use lode_simulate::synthetic::{self, Size};
use lode_simulate::{
    Behaviour, Conditions, End, Engine, Event, Field, Instruments, Kind, Market, Moves, Observe, Outcome, Parameters,
    Range, Shape,
};
use lode_solve::interior_point;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

const LANES: usize = 4;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next();
    let replicates = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(200);
    match what.as_deref() {
        Some("step") => step(),
        Some("focus") => focus(),
        Some("reference") => reference(replicates),
        Some("memory") => memory(replicates),
        _ => {
            step();
            focus();
            reference(replicates);
        }
    }
    ExitCode::SUCCESS
}

/// Months of the reference size: 24 of them, with a halt of a year, in four lanes of different behaviour.
fn step() {
    println!("Processor time, medians of 36 months.\n");
    println!(
        "| size | rows | columns | Clarabel, ms | whole month in {LANES} lanes, ms each | ratio | Newton steps median, most |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, size) in [("6 places x 8 forms", Size::FOCUS), ("20 places x 24 forms", Size::REFERENCE)] {
        let market = Arc::new(synthetic::market(size, 1));
        let behaviours: [Behaviour; LANES] = std::array::from_fn(|lane| {
            let cover = 1.5 + lane as f64;
            Behaviour::new(&market, Parameters { cover, friction: 0.4 + 0.2 * lane as f64, ..Parameters::default() })
        });
        let instruments = Instruments::default();
        let mut engine = Engine::<LANES>::new(&market, 1.0, instruments.clone(), &behaviours);
        let mut state = engine.base();
        let (mut general, mut own, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for month in 0..36 {
            let mut conditions = Conditions::none(&market, &instruments);
            for (index, link) in market.links.iter().enumerate() {
                if link.from % size.places == 0 && (6..18).contains(&month) {
                    for lane in 0..LANES {
                        conditions.most[index][lane] = link.amount * (0.7 - 0.2 * lane as f64);
                        conditions.held_up[index][lane] = true;
                    }
                }
            }
            let started = processor_time();
            let Ok(step) = engine.step(&mut state, &conditions) else { panic!("month {month} has no solution") };
            own.push((processor_time() - started) / LANES as u32);
            steps.extend(step.steps);
            let started = processor_time();
            let oracle = interior_point::solve(engine.program(), month % LANES, 1e-8);
            general.push(processor_time() - started);
            assert!(oracle.is_some(), "month {month}: the general solver found nothing");
        }
        steps.sort_unstable();
        let (general, own) = (median(general), median(own));
        println!(
            "| {name} | {} | {} | {:.1} | {:.3} | {:.0} | {}, {} |",
            engine.program().structure().rows(),
            engine.program().structure().columns(),
            1e3 * general,
            1e3 * own,
            general / own,
            steps[steps.len() / 2],
            steps[steps.len() - 1],
        );
    }
}

/// What an ensemble of a scenario looks like: a halt of the first place's raw forms, all parameters in their ranges.
fn run(market: &Market, horizon_months: u32, steps_per_month: u32, replicates: u32, threads: usize) -> (Outcome, f64) {
    let links = |stage: &str| -> Vec<usize> {
        let at = |link: usize| &market.nodes[market.links[link].from];
        (0..market.links.len()).filter(|link| at(*link).country == "P00" && at(*link).form.ends_with(stage)).collect()
    };
    let event = |id: &str, start: f64, end: End, kind: Kind| Event {
        id: id.into(),
        announced: start - 1.0,
        start,
        end,
        chance: 1.0,
        kind,
    };
    let events = [
        event(
            "halt",
            3.3,
            End::Deal { earliest: 6.0, monthly_chance: 0.1 },
            Kind::Halt { links: links("stage-0"), severity: 0.8 },
        ),
        event(
            "licence",
            5.0,
            End::At(20.0),
            Kind::Licence { links: links("stage-2"), covered: 0.6, review: 2.0, ramp: 8.0, ceiling: 0.9, over: 1.2 },
        ),
    ];
    let mut ranges = Range::of_parameters();
    ranges.push(Range {
        id: "severity".into(),
        moves: Moves::Event { event: "halt".into(), field: Field::Severity },
        low: 0.5,
        value: 0.8,
        high: 1.0,
        shape: Shape::Triangular,
    });
    let observe = Observe::country(market, "P01");
    let plan = Plan {
        market,
        parameters: Parameters::default(),
        ranges: &ranges,
        events: &events,
        horizon_months,
        steps_per_month,
        first_month: 1,
        replicates,
        seed: 1,
        threads,
        observe: &observe,
    };
    let started = Instant::now();
    match ensemble::run(&plan, &Progress::default()) {
        Ok(outcome) => (outcome, started.elapsed().as_secs_f64()),
        Err(failure) => {
            println!("{failure}");
            std::process::exit(1);
        }
    }
}

fn focus() {
    let market = synthetic::market(Size::FOCUS, 1);
    for steps in [1, 2] {
        let before = processor_seconds();
        let mut times: Vec<f64> = (0..15).map(|_| run(&market, 24, steps, 100, 2).1).collect();
        let used = (processor_seconds() - before) / 15.0;
        times.sort_by(f64::total_cmp);
        println!(
            "focus: 100 replicates x 24 months, {steps} steps a month, 2 threads: {:.3} s at best of 15, {:.3} s in the \
             middle, {used:.3} s of processor",
            times[0], times[7]
        );
    }
}

fn reference(replicates: u32) {
    let market = synthetic::market(Size::REFERENCE, 1);
    let before = processor_seconds();
    let (outcome, elapsed) = run(&market, 120, 1, replicates, 1);
    let seconds = processor_seconds() - before;
    println!(
        "reference: {replicates} replicates x 120 months, 1 thread: {seconds:.1} s of processor ({elapsed:.1} s elapsed), {:.3} ms a replicate-month; 10,000 replicates: {:.2} core-hours; fell back {} of {}",
        1e3 * seconds / outcome.steps as f64,
        seconds * 10_000.0 / f64::from(replicates) / 3600.0,
        outcome.fell_back,
        outcome.steps,
    );
}

fn memory(replicates: u32) {
    let market = synthetic::market(Size::FOCUS, 1);
    let (_, seconds) = run(&market, 60, 1, replicates, 2);
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = peak.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown").to_owned();
    println!("memory: {replicates} replicates x 60 months of the focus size: {seconds:.1} s, {peak}");
}

/// Time that the processor spent on this thread so far: what else the machine does counts less.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The same of all threads, in seconds.
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32).as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
