//! The spatial equilibrium of Takayama and Judge (1964) in two forms: as the GAMS model library has it (SPATEQU), where the
//! effect of the other good's price is put on the own price, and with the effects where they belong. Transport is free of
//! congestion there: links here have a marginal cost that rises by 1e-8 for each unit.

use lode_solve::{Newton, Program, Response, Settings, Structure, interior_point};
use std::sync::Arc;

/// Regions and goods: intercept and slope of demand, and of supply, the effects of both prices on the own one.
const MARKETS: [[[f64; 4]; 2]; 3] = [
    [[200.0, -9.0, -50.0, 10.5], [300.0, -9.0, -60.0, 15.5]],
    [[100.0, -4.0, -50.0, 20.5], [200.0, -19.0, -60.0, 25.5]],
    [[160.0, -7.0, -50.0, 10.5], [250.0, -9.0, -60.0, 15.5]],
];
/// Cost of transport by good between regions 1 and 2, 2 and 3, 1 and 3. The last is not in our source and not used at
/// the optimum: any cost of at least 1 gives the same answer.
const TRANSPORT: [[f64; 3]; 2] = [[2.0, 1.0, 3.0], [3.0, 2.0, 5.0]];
/// Price, demand and supply at the optimum, and the exports of region 2 to regions 1 and 3.
const PUBLISHED: [[[f64; 3]; 2]; 3] = [
    [[11.0, 101.0, 65.5], [11.636_36, 195.272_7, 120.363_6]],
    [[9.0, 64.0, 134.5], [8.636_36, 35.909_1, 160.227_3]],
    [[10.0, 90.0, 55.0], [10.636_36, 154.272_7, 104.863_6]],
];
const EXPORTS: [[f64; 2]; 2] = [[35.5, 35.0], [74.909_1, 49.409_1]];
/// What the carriage of them costs.
const TRANSPORT_COST: f64 = 429.545_45;
/// Units of demand, and of supply, that a good gains for each unit by which the other good is dearer.
const CROSS: [f64; 2] = [1.0, 0.5];
/// The same with effects of the other good's price: price, demand, supply and net export.
const CROSS_PUBLISHED: [[[f64; 4]; 2]; 3] = [
    [[11.0071, 101.5607, 65.8869, -35.6738], [11.631_69, 194.6902, 119.9789, -74.7113]],
    [[9.0071, 63.5962, 134.4579, 70.8617], [8.631_69, 36.3733, 160.2958, 123.9225]],
    [[10.0071, 90.5749, 55.3869, -35.188], [10.631_69, 153.6902, 104.4789, -49.2113]],
];

struct Equilibrium {
    program: Program<1>,
    /// Columns of demand and supply by region and good, and of the links by good, from and to.
    markets: Vec<[usize; 2]>,
    links: Vec<(usize, usize, usize, usize)>,
}

fn equilibrium(cross: bool) -> Equilibrium {
    let row = |region: usize, good: usize| 2 * region + good;
    let mut columns: Vec<Vec<usize>> = Vec::new();
    let mut coefficients: Vec<Vec<f64>> = Vec::new();
    let mut responses = Vec::new();
    let (mut markets, mut links) = (Vec::new(), Vec::new());
    for (region, goods) in MARKETS.iter().enumerate() {
        for (good, [demand, demand_slope, supply, supply_slope]) in goods.iter().enumerate() {
            markets.push([columns.len(), columns.len() + 1]);
            columns.extend([vec![row(region, good)], vec![row(region, good)]]);
            coefficients.extend([vec![-1.0], vec![1.0]]);
            // The net dual of demand is the price with a minus.
            responses.push(Response::straight(0.0, *demand, -demand_slope, 0.0, f64::INFINITY));
            responses.push(Response::straight(0.0, *supply, *supply_slope, 0.0, f64::INFINITY));
        }
    }
    for (good, costs) in TRANSPORT.iter().enumerate() {
        for ((a, b), cost) in [(0, 1), (1, 2), (0, 2)].into_iter().zip(costs) {
            for (from, to) in [(a, b), (b, a)] {
                links.push((columns.len(), good, from, to));
                columns.push(vec![row(from, good), row(to, good)]);
                coefficients.push(vec![-1.0, 1.0]);
                responses.push(Response::straight(*cost, 0.0, 1e8, 0.0, f64::INFINITY));
            }
        }
    }
    // Demand of the first good falls by (p1 - p2) and its supply by half of that, and those of the second rise: with straight
    // lines of the own price alone, that is one column for each region, free in both directions.
    for region in (0..3).filter(|_| cross) {
        columns.push(vec![row(region, 0), row(region, 1)]);
        coefficients.push(vec![1.0, -1.0]);
        responses.push(Response::straight(0.0, 0.0, CROSS[0] - CROSS[1], -1000.0, 1000.0));
    }
    let structure = Arc::new(Structure::new(6, columns.iter().map(Vec::as_slice)));
    let mut program = Program::new(Arc::clone(&structure));
    for (column, response) in responses.into_iter().enumerate() {
        program.set_response(column, 0, response);
        for (entry, coefficient) in structure.entries(column).zip(&coefficients[column]) {
            program.set_coefficient(entry, 0, *coefficient);
        }
    }
    (0..6).for_each(|row| program.set_scale(row, 0, 100.0, 10.0));
    Equilibrium { program, markets, links }
}

fn compare(equilibrium: &Equilibrium, amounts: impl Fn(usize) -> f64, duals: impl Fn(usize) -> f64, within: f64) {
    for (market, columns) in equilibrium.markets.iter().enumerate() {
        let [price, demand, supply] = PUBLISHED[market / 2][market % 2];
        for (found, published) in [(duals(market), price), (amounts(columns[0]), demand), (amounts(columns[1]), supply)]
        {
            assert!(
                (found - published).abs() < within,
                "region {}, good {}: {found} for {published}",
                market / 2,
                market % 2
            );
        }
    }
    for (column, good, from, to) in &equilibrium.links {
        let published = match (from, to) {
            (1, 0) => EXPORTS[*good][0],
            (1, 2) => EXPORTS[*good][1],
            _ => 0.0,
        };
        assert!((amounts(*column) - published).abs() < within, "good {good} from {from} to {to}: {}", amounts(*column));
    }
    let cost: f64 = equilibrium
        .links
        .iter()
        .map(|(column, good, from, to)| {
            amounts(*column) * TRANSPORT[*good][if from + to == 2 { 2 } else { *from.min(to) }]
        })
        .sum();
    assert!((cost - TRANSPORT_COST).abs() < 1e-4, "transport: {cost}");
}

#[test]
fn takayama_and_judge_by_newtons_method() {
    let equilibrium = equilibrium(false);
    let mut newton = Newton::new(equilibrium.program.structure());
    let mut duals = vec![[0.0]; 6];
    let [outcome] = newton.solve(&equilibrium.program, &mut duals, Settings::default());
    assert!(outcome.solved, "{outcome:?}");
    // The published table has five and four decimals.
    compare(&equilibrium, |column| newton.amounts()[column][0], |row| duals[row][0], 6e-5);
}

#[test]
fn takayama_and_judge_by_the_interior_point_method() {
    let equilibrium = equilibrium(false);
    let solution = interior_point::solve(&equilibrium.program, 0, 1e-12).unwrap();
    compare(&equilibrium, |column| solution.amounts[column], |row| solution.duals[row], 6e-5);
}

#[test]
fn takayama_and_judge_with_effects_of_the_other_price() {
    let equilibrium = equilibrium(true);
    let mut newton = Newton::new(equilibrium.program.structure());
    let mut duals = vec![[0.0]; 6];
    let [outcome] = newton.solve(&equilibrium.program, &mut duals, Settings::default());
    assert!(outcome.solved, "{outcome:?}");
    let oracle = interior_point::solve(&equilibrium.program, 0, 1e-12).unwrap();
    for (name, amounts, price) in [
        (
            "Newton",
            newton.amounts().iter().map(|amount| amount[0]).collect::<Vec<_>>(),
            duals.iter().map(|dual| dual[0]).collect::<Vec<_>>(),
        ),
        ("interior point", oracle.amounts, oracle.duals),
    ] {
        for (region, goods) in CROSS_PUBLISHED.iter().enumerate() {
            for (good, published) in goods.iter().enumerate() {
                let market = 2 * region + good;
                let dearer = price[market] - price[2 * region + 1 - good];
                let demand = amounts[equilibrium.markets[market][0]] - CROSS[0] * dearer;
                let supply = amounts[equilibrium.markets[market][1]] - CROSS[1] * dearer;
                let carried: f64 = equilibrium
                    .links
                    .iter()
                    .filter(|(_, carried, ..)| *carried == good)
                    .map(|(column, _, from, to)| match (*from == region, *to == region) {
                        (true, _) => amounts[*column],
                        (_, true) => -amounts[*column],
                        _ => 0.0,
                    })
                    .sum();
                for (found, published) in [price[market], demand, supply, carried].into_iter().zip(published) {
                    assert!(
                        (found - published).abs() < 6e-5,
                        "{name}, region {region}, good {good}: {found} for {published}"
                    );
                }
            }
        }
    }
}

/// The numbers above are those of the table that was transcribed from the publications.
#[test]
fn the_published_numbers_are_those_of_the_table() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/methods/spatial_equilibrium_takayama_judge_reference.csv"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: the reference table beside the project is absent");
        return;
    };
    let mut rows = text.lines().skip(1);
    for cross in [false, true] {
        for region in 0..3 {
            for good in 0..2 {
                let cells: Vec<&str> = rows.next().unwrap().split(',').collect();
                assert_eq!(
                    cells[..3],
                    [
                        if cross { "true cross-price" } else { "GAMS form" },
                        ["R1", "R2", "R3"][region],
                        ["C1", "C2"][good]
                    ]
                );
                let [price, demand, supply] = PUBLISHED[region][good];
                let net = supply - demand;
                let here = if cross { CROSS_PUBLISHED[region][good] } else { [price, demand, supply, net] };
                for (cell, here) in cells[3..].iter().zip(here) {
                    let published: f64 = cell.parse().unwrap();
                    assert!((published - here).abs() < 1e-9, "{published} for {here}");
                }
            }
        }
    }
    assert!(rows.next().is_none());
}
