//! The model against the past: scores are as `RESULTS.md` has them, and better than no change and than the prototype.

use lode_validation::model;
use lode_validation::results::{Inputs, REPLICATES, close};

#[test]
fn results_are_current_and_better_than_no_change() {
    let inputs = Inputs::read().unwrap();
    let scores = inputs.scores(&inputs.runs(REPLICATES, &[]).unwrap()).unwrap();
    let tables = inputs.tables(&scores).unwrap();
    println!("{tables}");
    let written = model::read("RESULTS.md").unwrap();
    let from = written.find("## Scores\n").expect("RESULTS.md has scores");
    let to = written.find("\n## Without one mechanism").expect("RESULTS.md has ablations");
    if let Err(where_not) = close(&tables, &written[from..to], 0.02) {
        panic!("RESULTS.md is not current; `make validation` writes it anew:\n{where_not}");
    }
    assert!(scores.missing.is_empty(), "{:?}", scores.missing);
    for letter in ["a", "b", "c", ""] {
        let summary = scores.summary(letter);
        assert!(summary.crps[0] < summary.crps[1], "{letter}: {:?} with no change", summary.crps);
    }
    for (name, other) in inputs.prototype().unwrap() {
        let (ours, theirs) = (scores.where_also(&other).summary(""), other.where_also(&scores).summary(""));
        assert!(ours.crps[0] < theirs.crps[0], "{name}: {:?} and {:?}", ours.crps, theirs.crps);
    }
}

#[test]
fn the_same_futures_on_one_thread_and_on_two() {
    let inputs = Inputs::read().unwrap();
    let (letter, setup) = &model::EPISODES[0];
    let forms = model::forms_of(inputs.points.iter().filter(|point| point.episode() == *letter));
    let run = |threads| {
        let settings = model::Settings { replicates: 12, seed: 3, threads, set: Vec::new() };
        let run = model::run(&inputs.session, setup, &forms, &settings).unwrap();
        let of: Vec<_> = inputs.points.iter().filter(|point| point.episode() == *letter).cloned().collect();
        lode_validation::readings::samples(&of, &run, &inputs.noise)
    };
    assert_eq!(run(1), run(2));
}
