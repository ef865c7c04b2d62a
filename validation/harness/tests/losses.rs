//! The loss to Japan is as the table has it, and grows with what is missing.

use lode_study::market::{Scale, published_losses};
use lode_validation::results::close;
use lode_validation::{losses, model};

#[test]
fn losses_are_as_the_table_has_them() {
    let session = model::session().unwrap();
    let scale = Scale::of(&session.world).unwrap();
    let table = model::read("losses/README.md").unwrap();
    let mut medians = Vec::new();
    for (case, title) in [("three-months", "## Three months"), ("one-year", "## One year")] {
        let found = losses::losses(&session, case, 3).unwrap();
        let part = table.split(title).nth(1).expect("the case has a table");
        for (name, loss) in &found {
            let line = losses::line(name, loss.billion_yen, &scale);
            let written = part.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap();
            close(&line, written, 0.03).unwrap_or_else(|lines| panic!("`make validation` writes it anew:\n{lines}"));
        }
        let [all, without_magnets, four_fifths] = [0, 1, 2].map(|row: usize| found[row].1.billion_yen[1]);
        assert!(without_magnets < all && four_fifths < all, "{found:?}");
        medians.push(all);
    }
    assert!(medians[1] > 2.0 * medians[0], "{medians:?}");
}

#[test]
fn published_estimates_have_their_origins() {
    let session = model::session().unwrap();
    let published = published_losses(&session.world);
    // 660 billion yen for three months, 2.6 and 7 trillion for a year, 1.8 % for a cut of four fifths.
    for (billion_yen, share) in [(660.0, 0.11), (2600.0, 0.43), (7000.0, 1.3), (10_890.0, 1.8)] {
        let found = published.iter().find(|loss| (loss.billion_yen - billion_yen).abs() < 1.0);
        let found = found.unwrap_or_else(|| panic!("{billion_yen} is not among {published:?}"));
        assert!((found.per_cent_of_product - share).abs() < 1e-9, "{found:?}");
        assert!(session.world.origins.contains_key(&found.origin), "{found:?}");
    }
    assert!(published.iter().any(|loss| !loss.rare_earths_alone));
}
