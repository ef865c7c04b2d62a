//! Events and ensembles on drawn markets.

use lode_simulate::ensemble::{self, Plan, Progress};
use lode_simulate::synthetic::{self, Size};
use lode_simulate::{
    End, Event, Failure, Field, Floor, Kind, Market, Moves, Observe, Outcome, Parameters, Quantity, Range, Shape,
    Summary,
};
use std::sync::atomic::Ordering;

const SMALL: Size = Size { places: 4, chains: 1, stages: 3, makers: 3, suppliers: 2, limits: 2 };

fn plan<'p>(market: &'p Market, ranges: &'p [Range], events: &'p [Event], observe: &'p Observe) -> Plan<'p> {
    Plan {
        market,
        parameters: Parameters::default(),
        ranges,
        events,
        horizon_months: 24,
        steps_per_month: 2,
        first_month: 4,
        replicates: 64,
        seed: 1,
        threads: 1,
        observe,
    }
}

/// All flows of a form out of a place.
fn exports(market: &Market, country: &str, form: &str) -> Vec<usize> {
    let node = market.node(country, form).unwrap();
    (0..market.links.len()).filter(|link| market.links[*link].from == node).collect()
}

fn halt(market: &Market, form: &str, severity: f64) -> Event {
    Event {
        id: "halt".into(),
        announced: 2.0,
        start: 2.75,
        end: End::At(9.0),
        kind: Kind::Halt { links: exports(market, "P00", form), severity },
    }
}

fn run(plan: &Plan<'_>) -> Outcome {
    ensemble::run(plan, &Progress::default()).unwrap()
}

#[test]
fn nothing_happens_when_nothing_happens() {
    let market = synthetic::market(SMALL, 3);
    let mut observe = Observe::country(&market, "P02");
    let node = market.node("P02", "chain-0-stage-2").unwrap();
    let price = observe.series("price", Quantity::Price { node });
    let outcome = run(&plan(&market, &[], &[], &observe));
    for month in &outcome.series[price] {
        assert!((month.p50 / market.nodes[node].price - 1.0).abs() < 1e-6, "{month:?}");
        assert_eq!(month.p05, month.p95);
    }
    for (figure, band) in observe.figures.iter().zip(&outcome.figures) {
        match figure.summary {
            Summary::FirstStop { .. } => assert_eq!(band.p05, f64::INFINITY, "{}", figure.name),
            _ => assert!(band.p95.abs() < 1e-3, "{}: {band:?}", figure.name),
        }
    }
    assert_eq!(outcome.fell_back, 0);
}

#[test]
fn one_and_two_threads_give_the_same_bits_and_a_number_of_replicates_that_fills_no_sweep_too() {
    let market = synthetic::market(SMALL, 5);
    let observe = Observe::country(&market, "P01");
    let events = [halt(&market, "chain-0-stage-0", 0.7)];
    let mut ranges = Range::of_parameters();
    ranges.push(severity(0.4, 0.7, 1.0));
    let one = Plan { replicates: 45, ..plan(&market, &ranges, &events, &observe) };
    let (first, second) = (run(&one), run(&Plan { threads: 2, ..one.clone() }));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    assert_eq!(format!("{first:?}"), format!("{:?}", run(&one)));
    assert_ne!(format!("{first:?}"), format!("{:?}", run(&Plan { seed: 2, ..one })));
}

fn severity(low: f64, value: f64, high: f64) -> Range {
    Range {
        id: "severity of the halt".into(),
        moves: Moves::Event { event: "halt".into(), field: Field::Severity },
        low,
        value,
        high,
        shape: Shape::Triangular,
    }
}

/// Unmet use over the run, weighed by base price, of all places but the first.
fn unmet(market: &Market) -> Observe {
    let mut observe = Observe::default();
    for sector in (0..market.sectors.len()).filter(|sector| market.nodes[market.sectors[*sector].node].country != "P00")
    {
        let series = observe.series(format!("{sector}"), Quantity::Unmet { sectors: vec![sector] });
        observe.figure(format!("{sector}"), Summary::Sum { series });
    }
    observe
}

#[test]
fn more_severity_never_lowers_unmet_use_on_the_same_draws() {
    let (mut compared, mut worst) = (0, 0.0_f64);
    for seed in 0..12 {
        let market = synthetic::market(SMALL, seed);
        let observe = unmet(&market);
        let weighed = |outcome: &lode_simulate::Trajectory| -> f64 {
            observe
                .series
                .iter()
                .zip(&outcome.figures)
                .map(|(series, figure)| {
                    let Quantity::Unmet { sectors } = &series.quantity else { unreachable!() };
                    figure * market.nodes[market.sectors[sectors[0]].node].price
                })
                .sum()
        };
        let mut before = 0.0;
        for severity in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
            let events = [halt(&market, ["chain-0-stage-0", "chain-0-stage-2"][seed as usize % 2], severity)];
            let found = weighed(&ensemble::central(&plan(&market, &[], &events, &observe)).unwrap());
            println!("seed {seed}, severity {severity}: {found}");
            compared += 1;
            worst = worst.max((before - found) / f64::max(before, 1e-9));
            before = found;
        }
    }
    println!("{compared} pairs, worst fall {worst:.2e}");
    assert!(worst <= 1e-6, "{worst}");
}
