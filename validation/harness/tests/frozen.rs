//! Forecasts that were frozen are as they were, and complete.

use lode_validation::frozen;

#[test]
fn frozen_forecasts_are_unchanged_and_well_formed() {
    let folder = lode_validation::folder();
    match frozen::check(&folder) {
        Ok(count) => println!("{count} frozen forecasts"),
        Err(mistakes) => panic!("{}", mistakes.join("\n")),
    }
}
