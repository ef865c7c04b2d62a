//! A firm's own list held against what still arrives: typed, for pages; `bill` gives rows.

use lode_exposure::extra_stock::{Survival, cheapest, needs};
use lode_exposure::halting::halting;
use lode_exposure::{Availability, Bill, Draws};
use lode_model::BillKind;
use std::collections::BTreeMap;

/// Equally likely futures shown of each line.
pub const SHOWN_FUTURES: usize = 50;

/// When a line stops.
#[derive(Clone, PartialEq, Debug)]
pub struct LineStop {
    /// Plant.
    pub plant: String,
    /// Product.
    pub product: String,
    /// Days until it falls below half, equally likely; `None` for not within the horizon.
    pub days: Vec<Option<f64>>,
    /// Parts that stop it first, with their share of stops.
    pub first: Vec<(String, f64)>,
    /// Value of output lost in the money of the list: mean, 5 and 95 %; `None` where units or value are not given.
    pub value_at_risk: Option<(f64, f64, f64)>,
}

/// Extra stock of an item of a line.
#[derive(Clone, PartialEq, Debug)]
pub struct ItemStock {
    /// Plant.
    pub plant: String,
    /// Product.
    pub product: String,
    /// Item.
    pub item: String,
    /// Extra days of usual use.
    pub days: f64,
    /// What they cost in the money of the list; `None` where a price is missing.
    pub cost: Option<f64>,
}

/// What to ask a supplier.
#[derive(Clone, PartialEq, Debug)]
pub struct Question<'b> {
    /// The part.
    pub part: &'b lode_exposure::bill::BillPart,
    /// How often what it goes into stops lines.
    pub weight: f64,
    /// The questions.
    pub questions: Vec<&'static str>,
}

/// Everything that a scenario does to a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Lines<'b> {
    /// Lines, in the order of the list.
    pub stops: Vec<LineStop>,
    /// The cheapest extra stock; of a line where prices are missing that of the fewest days.
    pub stock: Vec<ItemStock>,
    /// What matters most first.
    pub questions: Vec<Question<'b>>,
    /// Numbers used, and how many of them are assumed.
    pub numbers: (usize, usize),
}

/// Holds a list against what still arrives.
pub fn lines<'b>(bill: &'b Bill, availability: &Availability, draws: Draws, survival: Survival) -> Lines<'b> {
    let availability = bill.spread(availability);
    let wanted: Vec<usize> = bill.products.iter().map(|product| product.node).collect();
    let found = halting(&bill.graph, &availability, draws, &wanted);
    let mut stops = Vec::new();
    let mut stock = Vec::new();
    for (product, node) in bill.products.iter().zip(&found.nodes) {
        let value = product.units_per_day.zip(product.value_per_unit).map(|(units, value)| units * value);
        let lost = lode_exposure::Spread::new(node.lost_by_replicate.clone());
        let of = |share: f64| lost.quantile(share).unwrap_or(0.0);
        let day = |future: usize| node.below_half.quantile((future as f64 + 0.5) / SHOWN_FUTURES as f64);
        let name = |place: usize| {
            bill.parts.get(&place).map_or_else(|| bill.graph.nodes[place].name_en.clone(), |part| part.item.clone())
        };
        stops.push(LineStop {
            plant: product.plant.clone(),
            product: product.item.clone(),
            days: (0..SHOWN_FUTURES).map(day).collect(),
            first: node.inputs.iter().map(|(place, share)| (name(*place), *share)).collect(),
            value_at_risk: value.map(|value| (node.lost_days * value, of(0.05) * value, of(0.95) * value)),
        });
        let needed = needs(&bill.graph, &availability, product.node, survival, draws);
        let groups = &bill.graph.nodes[product.node].groups;
        let price = |index: usize| {
            let price = bill.costs.get(&product.node).and_then(|costs| costs.get(index).copied().flatten());
            price.zip(product.units_per_day).map(|(price, units)| price * units)
        };
        let is_needed = |index: &usize| needed.iter().any(|row| row[*index] > 0.0);
        let is_priced = (0..groups.len()).filter(is_needed).all(|index| price(index).is_some());
        // Where a price is missing, a day of any item counts alike: the plan is that of the fewest days.
        let costs: Vec<f64> =
            (0..groups.len()).map(|index| if is_priced { price(index).unwrap_or(0.0) } else { 1.0 }).collect();
        let plan = cheapest(&needed, &costs, survival.confidence);
        let items = groups.iter().zip(plan.days).zip(&costs).filter(|((_, days), _)| *days > 0.0);
        stock.extend(items.map(|((group, days), cost)| ItemStock {
            plant: product.plant.clone(),
            product: product.item.clone(),
            item: group.name.clone(),
            days,
            cost: is_priced.then_some(days * cost),
        }));
    }
    let questions = questions(bill, &found.nodes);
    Lines { stops, stock, questions, numbers: (found.numbers, found.assumed) }
}

/// What is not known of each part, what matters most first.
pub(super) fn questions<'b>(bill: &'b Bill, found: &[lode_exposure::halting::NodeHalting]) -> Vec<Question<'b>> {
    // A part matters as much as what it goes into stops lines.
    let mut weight: BTreeMap<usize, f64> = BTreeMap::new();
    for node in found {
        for (input, share) in &node.inputs {
            for place in bill.graph.upstream(*input) {
                *weight.entry(place).or_default() += share * node.below_half.reached();
            }
        }
    }
    let mut asked: Vec<Question<'b>> = Vec::new();
    for (place, part) in &bill.parts {
        let mut questions = Vec::new();
        if part.typical.is_some() || (part.kind == BillKind::Part && bill.graph.nodes[*place].groups.is_empty()) {
            questions.push("Which materials are in one piece, and how many grams of each?");
        }
        if part.country.is_none() {
            questions.push("In which country and plant is it made?");
        }
        if !part.stock_known {
            questions.push("How many days of stock do you hold, of it and of its materials?");
        }
        questions.push("Which other makers or materials are qualified or could be, and how long would that take?");
        asked.push(Question { part, weight: weight.get(place).copied().unwrap_or(0.0), questions });
    }
    asked.sort_by(|a, b| {
        b.weight.total_cmp(&a.weight).then(a.part.plant.cmp(&b.part.plant)).then(a.part.item.cmp(&b.part.item))
    });
    asked
}
