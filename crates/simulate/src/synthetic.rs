//! Markets of any size, drawn from a seed and balanced at their base: to test and to time.

use crate::draw::even;
use crate::market::{Cost, Limit, Link, Market, Node, Plant, Sector};

/// Size of a drawn market.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Places.
    pub places: usize,
    /// Chains of forms: each form but the first is made of the one before.
    pub chains: usize,
    /// Forms of a chain.
    pub stages: usize,
    /// Makers of each form.
    pub makers: usize,
    /// Makers that a place buys from, beside itself.
    pub suppliers: usize,
    /// Limits: on what the first place sends of a form.
    pub limits: usize,
}

impl Size {
    /// Twenty places and twenty-four forms: 972 rows, 250 plants or so, over 1,300 links.
    pub const REFERENCE: Self = Self { places: 20, chains: 8, stages: 3, makers: 10, suppliers: 3, limits: 12 };
    /// Six places and eight forms: 104 rows.
    pub const FOCUS: Self = Self { places: 6, chains: 2, stages: 4, makers: 4, suppliers: 2, limits: 8 };
}

/// Draws a market that balances.
pub fn market(size: Size, seed: u64) -> Market {
    let draw = |name: &str, at: usize| even(seed, name, at as u32);
    let between = |name: &str, at: usize, low: f64, high: f64| low + (high - low) * draw(name, at);
    let mut market = Market::default();
    let forms = size.chains * size.stages;
    let node = |place: usize, form: usize| form * size.places + place;
    let mut prices = vec![0.0; forms];
    let mut content = vec![0.0; forms];
    for form in 0..forms {
        let stage = form % size.stages;
        content[form] = if stage == 0 { 0.0 } else { between("content", form, 0.4, 1.3) };
        prices[form] = if stage == 0 {
            libm::exp(between("price", form, 0.0, 5.0))
        } else {
            content[form] * prices[form - 1] * between("rise", form, 1.4, 2.5)
        };
        for place in 0..size.places {
            market.nodes.push(Node {
                country: format!("P{place:02}"),
                form: format!("chain-{}-stage-{stage}", form / size.stages),
                price: prices[form] * between("place", node(place, form), 0.95, 1.1),
                cover: Some(between("cover", node(place, form), 1.0, 4.0)),
            });
        }
    }
    let mut needs = vec![0.0; market.nodes.len()];
    // What a plant of another form makes beside.
    let mut beside = vec![0.0; market.nodes.len()];
    for form in (0..forms).rev() {
        let stage = form % size.stages;
        let scale = libm::exp(between("scale", form, 0.0, 5.0));
        for place in 0..size.places {
            let at = node(place, form);
            let used = stage + 1 == size.stages || draw("used", at) < 0.2;
            if used {
                let amount = scale * between("amount", at, 0.05, 1.0);
                needs[at] += amount;
                market.sectors.push(Sector {
                    use_name: format!("use-{stage}"),
                    industry: format!("industry-{}", form % 3),
                    node: at,
                    amount,
                    growth: 0.0,
                    value_at_stake: 20.0 * prices[form],
                    elasticity: None,
                    choke: None,
                });
            }
        }
        let maker = |rank: usize| ((draw("first maker", form) * size.places as f64) as usize + rank * 7) % size.places;
        let makers: Vec<usize> =
            (0..size.makers.min(size.places)).map(|rank| if rank == 0 { 0 } else { maker(rank) }).collect();
        let mut makers: Vec<usize> = makers.into_iter().collect();
        makers.sort_unstable();
        makers.dedup();
        let mut made = vec![0.0; size.places];
        for place in 0..size.places {
            let at = node(place, form);
            let need = needs[at] - beside[at];
            if need <= 0.0 {
                continue;
            }
            let mut shares: Vec<(usize, f64)> = makers
                .iter()
                .map(|maker| {
                    let pair = (at * size.places + maker) * 2;
                    let near = if *maker == place { 1.0 } else { draw("supplier", pair) };
                    (*maker, near * (0.2 + draw("share", pair)) * if *maker == 0 { 2.0 } else { 1.0 })
                })
                .collect();
            shares.sort_by(|a, b| b.1.total_cmp(&a.1));
            shares.truncate(size.suppliers + 1);
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            for (maker, share) in shares {
                let amount = need * share / sum;
                made[maker] += amount;
                if maker != place {
                    market.links.push(Link {
                        from: node(maker, form),
                        to: at,
                        amount,
                        transit: between("transit", at * size.places + maker, 0.1, 1.8),
                        tax: 0.0,
                        premium: 0.0,
                        friction: 1.0,
                        newcomer: None,
                    });
                }
            }
        }
        for maker in makers.into_iter().filter(|maker| made[*maker] > 0.0) {
            let at = node(maker, form);
            let activity = made[maker];
            let mut outputs = vec![(at, 1.0)];
            let mut inputs = Vec::new();
            if stage > 0 {
                inputs.push((node(maker, form - 1), content[form]));
                needs[node(maker, form - 1)] += content[form] * activity;
            } else if form >= size.stages && draw("joint", at) < 0.5 {
                // A co-product of the chain before, whose first form is drawn later.
                let other = node(maker, form - size.stages);
                let tonnes = 0.05 * activity;
                outputs.push((other, tonnes / activity));
                beside[other] += tonnes;
            }
            market.plants.push(Plant {
                name: format!("{} in {}", market.nodes[at].form, market.nodes[at].country),
                process: format!("process-{stage}"),
                capacity: activity * between("spare", at, 1.1, 1.6),
                activity,
                outputs,
                inputs,
                cost: Cost::Calibrated { elasticity: between("elasticity", at, 0.3, 1.2) },
                adoption: None,
            });
        }
        // More than needed is used up where it is made.
        for place in 0..size.places {
            let at = node(place, form);
            let surplus = beside[at] - needs[at];
            if surplus > 0.0 {
                market.sectors.push(Sector {
                    use_name: "surplus".into(),
                    industry: "other".into(),
                    node: at,
                    amount: surplus,
                    growth: 0.0,
                    value_at_stake: 0.0,
                    elasticity: None,
                    choke: None,
                });
            }
        }
    }
    for form in 0..size.limits.min(forms) {
        let links: Vec<(usize, f64)> = (0..market.links.len())
            .filter(|link| market.links[*link].from == node(0, form))
            .map(|link| (link, 1.0))
            .collect();
        let usual = links.iter().map(|(link, _)| market.links[*link].amount).sum();
        market.limits.push(Limit { name: format!("limit {form}"), links, usual });
    }
    market
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_markets_balance_and_are_right() {
        for size in [Size::FOCUS, Size::REFERENCE] {
            for seed in 0..5 {
                let market = market(size, seed);
                assert!(market.imbalances(1e-9).is_empty(), "{:?}", market.imbalances(1e-9));
                market.check().unwrap();
            }
        }
        let market = market(Size::REFERENCE, 1);
        println!("{} plants, {} sectors, {} links", market.plants.len(), market.sectors.len(), market.links.len());
        assert_eq!(2 * market.nodes.len() + market.limits.len(), 972);
    }
}
