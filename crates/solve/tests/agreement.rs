//! Newton's method and a general solver on the same programs, and the properties that every solution has.

use lode_solve::synthetic::{Size, Synthetic, Users};
use lode_solve::{Newton, Program, Settings, interior_point};
use proptest::prelude::*;
use std::sync::Arc;

const TIGHT: Settings = Settings { tolerance: 1e-11, steps: 60 };

fn start(drawn: &Synthetic) -> Vec<[f64; 1]> {
    drawn.duals.iter().map(|dual| [*dual]).collect()
}

/// Largest differences of duals and of amounts, each in parts of its scale.
fn gaps(drawn: &Synthetic, seed: u64, limit: f64) -> (f64, f64) {
    let month = drawn.vary(seed, limit);
    let structure = month.program.structure();
    let mut newton = Newton::new(structure);
    let mut duals = start(drawn);
    let [outcome] = newton.solve(&month.program, &mut duals, TIGHT);
    assert!(outcome.solved, "seed {seed}: {outcome:?}");
    let oracle = interior_point::solve(&month.program, 0, 1e-15).unwrap();
    let gap = |found: f64, other: f64, scale: f64| (found - other).abs() / other.abs().max(scale);
    let of_duals = (0..structure.rows())
        .map(|row| gap(duals[row][0], oracle.duals[row], month.program.dual_scale(row, 0)))
        .fold(0.0, f64::max);
    let of_amounts = (0..structure.columns())
        .map(|column| {
            let scale = structure.entries(column).map(|entry| month.program.amount_scale(structure.row(entry), 0));
            gap(newton.amounts()[column][0], oracle.amounts[column], scale.fold(0.0, f64::max))
        })
        .fold(0.0, f64::max);
    (of_duals, of_amounts)
}

#[test]
fn duals_and_amounts_are_those_of_a_general_solver() {
    let mut worst = (0.0_f64, 0.0_f64);
    for (size, draws, months) in [(Size::FOCUS, 6, 6), (Size::REFERENCE, 2, 3)] {
        for draw in 0..draws {
            let drawn = Synthetic::draw(size, Users::Pieces, draw);
            for month in 0..months {
                let (duals, amounts) = gaps(&drawn, 100 * draw + month, [1.0, 0.3, 0.05][month as usize % 3]);
                worst = (worst.0.max(duals), worst.1.max(amounts));
            }
        }
    }
    println!("largest gap to the interior-point solver: duals {:.1e}, amounts {:.1e}", worst.0, worst.1);
    assert!(worst.0 < 1e-6 && worst.1 < 1e-6, "{worst:?}");
}

#[test]
fn lanes_give_the_bits_of_single_programs() {
    const LANES: usize = 4;
    let drawn = Synthetic::draw(Size::FOCUS, Users::Isoelastic, 3);
    let structure = Arc::clone(drawn.program.structure());
    let months: Vec<Synthetic> =
        (0..LANES as u64).map(|lane| drawn.vary(lane, [1.0, 0.2, 0.6, 0.0][lane as usize])).collect();
    let programs: Vec<Program<1>> = months.iter().map(|month| month.program.clone()).collect();
    let together = Program::<LANES>::join(&programs);
    let mut duals: Vec<[f64; LANES]> = drawn.duals.iter().map(|dual| [*dual; LANES]).collect();
    let outcomes = Newton::new(&structure).solve(&together, &mut duals, Settings::default());
    for (lane, month) in months.iter().enumerate() {
        let mut alone = start(&drawn);
        let [outcome] = Newton::new(&structure).solve(&month.program, &mut alone, Settings::default());
        assert_eq!(outcome, outcomes[lane], "lane {lane}");
        for (row, dual) in alone.iter().enumerate() {
            assert_eq!(dual[0].to_bits(), duals[row][lane].to_bits(), "lane {lane}, row {row}");
        }
    }
}

#[test]
fn what_has_no_solution_is_not_called_solved() {
    let drawn = Synthetic::draw(Size::FOCUS, Users::Isoelastic, 1);
    let mut impossible = drawn.program.clone();
    // More is carried out of the first row than anything can give back.
    impossible.set_target(0, 0, 1e9);
    let mut newton = Newton::new(impossible.structure());
    let mut duals = start(&drawn);
    let [outcome] = newton.solve(&impossible, &mut duals, Settings::default());
    assert!(!outcome.solved && outcome.residual > 1e-8, "{outcome:?}");
    assert_eq!(outcome.steps, 60);

    let mut broken = drawn.program.clone();
    broken.set_target(0, 0, f64::NAN);
    let [outcome] = newton.solve(&broken, &mut start(&drawn), Settings::default());
    assert!(!outcome.solved, "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_close_and_columns_stand_where_their_duals_put_them(seed in 0_u64..10_000, limit in 0.0_f64..1.5) {
        let drawn = Synthetic::draw(Size::FOCUS, Users::Isoelastic, seed);
        let month = drawn.vary(seed, limit);
        let structure = month.program.structure();
        let mut newton = Newton::new(structure);
        let mut duals = start(&drawn);
        let [outcome] = newton.solve(&month.program, &mut duals, Settings::default());
        prop_assert!(outcome.solved, "{:?}", outcome);
        let mut left: Vec<f64> = (0..structure.rows()).map(|row| month.program.target(row, 0)).collect();
        for column in 0..structure.columns() {
            let net: f64 = structure
                .entries(column)
                .map(|entry| month.program.coefficient(entry, 0) * duals[structure.row(entry)][0])
                .sum();
            let amount = newton.amounts()[column][0];
            prop_assert_eq!(month.program.response(column, 0).at(net).0.to_bits(), amount.to_bits());
            for entry in structure.entries(column) {
                left[structure.row(entry)] -= month.program.coefficient(entry, 0) * amount;
            }
        }
        for (row, left) in left.iter().enumerate() {
            prop_assert!(left.abs() <= 1.1e-8 * month.program.amount_scale(row, 0), "row {}: {}", row, left);
        }
    }
}
