//! The reference market from the built-in package: its balances close, it is whole, and nothing moves while nothing happens.

use lode_catalogue::Package;
use lode_model::World;
use lode_simulate::reference::{Base, Reference, build};
use lode_simulate::{Behaviour, Conditions, Engine, Instruments, Parameters};
use std::sync::Arc;

fn world() -> World {
    let bytes: &[u8] = include_bytes!("../../../data/packages/critical-minerals-2026.1.zip");
    Package::from_zip("built-in package".into(), bytes.into()).unwrap().load(&[]).unwrap()
}

fn reference(world: &World, year: i32, chains: &[&str]) -> Reference {
    let base = Base { year, chains: chains.iter().map(|chain| (*chain).to_owned()).collect(), regions: Vec::new() };
    build(world, &base).unwrap_or_else(|mistakes| panic!("{}", mistakes.join("\n")))
}

#[test]
fn every_chain_balances_and_stays_for_a_year() {
    let world = world();
    let mut chains: Vec<&str> = world.market.forms.iter().map(|form| form.chain.as_str()).collect();
    chains.sort_unstable();
    chains.dedup();
    let mut worst: Vec<String> = Vec::new();
    for chain in chains {
        let year = if chain == "antimony" { 2023 } else { 2024 };
        let Reference { market, adjustments, .. } = reference(&world, year, &[chain]);
        println!(
            "{chain}: {} nodes, {} plants, {} sectors, {} links; {} adjustments",
            market.nodes.len(),
            market.plants.len(),
            market.sectors.len(),
            market.links.len(),
            adjustments.len()
        );
        for adjustment in adjustments.iter().take(8) {
            println!(
                "  {}: {:.1} -> {:.1} ({})",
                adjustment.what, adjustment.recorded, adjustment.taken, adjustment.quality
            );
        }
        market.check().unwrap_or_else(|mistakes| panic!("{chain}: {mistakes}"));
        let open = market.imbalances(1e-6);
        assert!(open.is_empty(), "{chain}: {}", open[0]);
        let busy: Vec<Option<usize>> = market
            .sectors
            .iter()
            .map(|sector| sector.node)
            .chain(market.links.iter().filter(|link| link.amount > 0.0).flat_map(|link| [link.from, link.to]))
            .chain(
                market.plants.iter().filter(|p| p.activity > 0.0).flat_map(|p| p.outputs.iter().map(|(node, _)| *node)),
            )
            .map(Some)
            .collect();
        let market = Arc::new(market);
        let behaviour = [Behaviour::new(&market, Parameters::default())];
        let mut engine = Engine::<1>::new(&market, 1.0, Instruments::default(), &behaviour);
        let mut state = engine.base();
        let conditions = Conditions::none(&market, &Instruments::default());
        for month in 0..12 {
            if let Err(unsolved) = engine.step(&mut state, &conditions) {
                panic!("{chain}, month {month}: {unsolved:?}");
            }
        }
        for (node, price) in market.nodes.iter().zip(&state.price) {
            let price = price[0];
            // Where nothing passes at the base there is no price to keep.
            if !busy.contains(&market.node(&node.country, &node.form)) {
                continue;
            }
            let drift = price / node.price - 1.0;
            if drift.abs() >= 0.05 {
                worst.push(format!("{} in {}: {:.1} % of {}", node.form, node.country, 100.0 * drift, node.price));
            }
        }
    }
    assert!(worst.is_empty(), "{} nodes drift:\n{}", worst.len(), worst.join("\n"));
}
