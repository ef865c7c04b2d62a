//! What the prototype of the model said is the score to beat; its numbers are scored here as they would have been.

use lode_validation::{points, report, score};
use std::collections::BTreeMap;

fn read(file: &str) -> String {
    std::fs::read_to_string(lode_validation::folder().join(file)).unwrap()
}

#[test]
fn the_prototype_is_scored_on_the_points_it_has() {
    let points = points::parse(&read("points.csv")).unwrap();
    let variants = score::single_forecasts(&read("prototype.csv")).unwrap();
    let scores: BTreeMap<&str, score::Scores> = variants
        .iter()
        .map(|(variant, samples)| (variant.as_str(), score::score(&points, samples, &BTreeMap::new()).unwrap()))
        .collect();
    for (variant, scores) in &scores {
        println!("{variant}\n{}{}", report::summary_table(scores), report::headline_table(scores));
    }
    let defaults = &scores["defaults"];
    let fitted = &scores["four parameters fitted to (a)"];
    assert_eq!((defaults.summary("").scored, fitted.summary("").scored), (39, 21));
    // The fit was made on (a): it must be better there than the defaults, and both are one number, so an absolute error.
    let (a, of_fit) = (defaults.summary("a").crps, fitted.summary("a").crps);
    assert!(of_fit[0] < a[0] && a[1] == of_fit[1], "{a:?} {of_fit:?}");
    // Dysprosium at the end of 2011: 4.6 for 12.19, ln 2.65.
    let dysprosium = defaults.points.iter().find(|point| point.id == "a-42").unwrap();
    assert!((dysprosium.crps.unwrap()[0] - 0.9746).abs() < 1e-4);
}
