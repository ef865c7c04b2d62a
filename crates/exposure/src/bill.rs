//! A firm's own list joined to the graph: its products, parts and materials become nodes after those of the tables.

use crate::graph::DAYS_PER_MONTH;
use crate::{Availability, Graph, Group, Member, Node, Number, Range, Shortage, Supply, SupplyShare};
use lode_model::{
    BillItem, BillKind, BillOfMaterials, CountryCode, DataQuality, OriginId, Provenance, Stage, StepEffect,
    StepNodeKind, Substitutable,
};
use std::collections::BTreeMap;

/// Id of the origin that the firm's own numbers name.
const OWN: &str = "user";

/// A product of a plant.
#[derive(Clone, PartialEq, Debug)]
pub struct BillProduct {
    /// The plant.
    pub plant: String,
    /// The item.
    pub item: String,
    /// Its place in the graph.
    pub node: usize,
    /// Pieces made in a day.
    pub units_per_day: Option<f64>,
    /// Value of one piece.
    pub value_per_unit: Option<f64>,
}

/// A part or material of the list as a node.
#[derive(Clone, PartialEq, Debug)]
pub struct BillPart {
    /// The plant.
    pub plant: String,
    /// The item.
    pub item: String,
    /// Who delivers it.
    pub supplier: String,
    /// Where it is made.
    pub country: Option<CountryCode>,
    /// The row that first names it.
    pub row: u64,
    /// Whether its content was filled from typical content.
    pub typical: Option<usize>,
    /// Price of one piece or gram.
    pub price: Option<f64>,
    /// Whether days of stock were given.
    pub stock_known: bool,
    /// Product, part or material.
    pub kind: BillKind,
}

/// The graph with a firm's list in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Bill {
    /// The tables and after them the list.
    pub graph: Graph,
    /// What the plants make.
    pub products: Vec<BillProduct>,
    /// Every part and material by its place in the graph.
    pub parts: BTreeMap<usize, BillPart>,
    /// What a day of usual use of each group of a product costs for one piece a day, in the order of its groups; `None`
    /// where price or quantity is not known.
    pub costs: BTreeMap<usize, Vec<Option<f64>>>,
    /// Nodes that stand for a node of the tables as the firm buys it: place, original, country.
    bought: Vec<(usize, usize, CountryCode)>,
}

impl Bill {
    /// Joins a checked list to the graph of the tables.
    pub fn new(tables: &Graph, list: &BillOfMaterials) -> Self {
        let mut bill = Self {
            graph: tables.clone(),
            products: Vec::new(),
            parts: BTreeMap::new(),
            costs: BTreeMap::new(),
            bought: Vec::new(),
        };
        let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut uses: BTreeMap<(&str, &str), Vec<&BillItem>> = BTreeMap::new();
        for (index, item) in list.items.iter().enumerate() {
            if item.kind != BillKind::Material {
                first.entry((&item.plant, &item.item)).or_insert(index);
            }
            uses.entry((&item.plant, &item.parent)).or_default().push(item);
        }
        // Children before parents, without recursion: a list may be deep.
        let mut placed: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for start in first.values().copied().collect::<Vec<_>>() {
            let mut way = vec![(start, false)];
            while let Some((index, ready)) = way.pop() {
                let item = &list.items[index];
                let key = (item.plant.as_str(), item.item.as_str());
                if placed.contains_key(&key) {
                    continue;
                }
                let children = uses.get(&key).map_or(&[][..], Vec::as_slice);
                if ready {
                    let place = bill.place(item, children, &placed);
                    placed.insert(key, place);
                } else {
                    way.push((index, true));
                    let parts = children.iter().filter(|child| child.kind != BillKind::Material);
                    way.extend(
                        parts
                            .filter_map(|child| first.get(&(child.plant.as_str(), child.item.as_str())))
                            .map(|child| (*child, false)),
                    );
                }
            }
        }
        for item in list.items.iter().filter(|item| item.kind == BillKind::Product) {
            if let Some(node) = placed.get(&(item.plant.as_str(), item.item.as_str())) {
                bill.products.push(BillProduct {
                    plant: item.plant.clone(),
                    item: item.item.clone(),
                    node: *node,
                    units_per_day: item.units_per_day,
                    value_per_unit: item.value_per_unit,
                });
            }
        }
        bill
    }

    fn place(&mut self, item: &BillItem, children: &[&BillItem], placed: &BTreeMap<(&str, &str), usize>) -> usize {
        let mut groups: Vec<Group> = Vec::new();
        let mut costs = Vec::new();
        let usual = children.iter().filter(|child| child.alternate_for.is_empty());
        for child in usual {
            let Some(input) = self.input(child, placed) else { continue };
            let mut members = vec![self.member(item, child, input, false)];
            for other in children.iter().filter(|other| other.alternate_for == child.item) {
                if let Some(input) = self.input(other, placed) {
                    members.push(self.member(item, other, input, true));
                }
            }
            costs.push(child.price.zip(child.quantity).map(|(price, quantity)| price * quantity));
            groups.push(Group {
                name: child.item.clone(),
                effect: StepEffect::Halts,
                loss: Number::given(1.0),
                members,
            });
        }
        let knows_materials = !children.is_empty();
        let typical = Some(item.typical.as_str())
            .filter(|id| !id.is_empty() && !knows_materials)
            .and_then(|id| self.graph.find(id));
        if let Some(typical) = typical {
            // The part holds what such a part typically holds; no stock lies between the two.
            groups.push(self.typical_content(typical));
        }
        let supplies = own_supply(item.country, &item.supplier);
        let node = self.graph.push(Node {
            id: format!("{}/{}", item.plant, item.item),
            name_en: item.item.clone(),
            name_ja: item.item.clone(),
            kind: if item.kind == BillKind::Product { StepNodeKind::Product } else { StepNodeKind::Material },
            symbol: String::new(),
            section: String::new(),
            family: String::new(),
            purity: String::new(),
            commodity: None,
            groups,
            supplies,
            provenance: own(),
        });
        self.costs.insert(node, costs);
        if item.kind == BillKind::Part {
            self.parts.insert(node, part(item, typical));
        }
        node
    }

    fn typical_content(&self, typical: usize) -> Group {
        let member = Member {
            input: Some(typical),
            alternate: false,
            embedded: false,
            substitutable: Substitutable::None,
            single_source: None,
            reported: false,
            usual: Number::given(1.0),
            reach: Number::given(1.0),
            qualification: Number::given(0.0),
            stock: Number::given(0.0),
            wear_life: None,
            intensity: None,
            provenance: Provenance { quality: DataQuality::Assumed, note: "typical content".into(), ..own() },
        };
        Group {
            name: "typical content".into(),
            effect: StepEffect::Halts,
            loss: Number::given(1.0),
            members: vec![member],
        }
    }

    /// The node that a use of an item stands for.
    fn input(&mut self, child: &BillItem, placed: &BTreeMap<(&str, &str), usize>) -> Option<usize> {
        if child.kind != BillKind::Material {
            return placed.get(&(child.plant.as_str(), child.item.as_str())).copied();
        }
        let original = self.graph.find(&child.item)?;
        // What is bought from a country of which the firm knows is a node of its own: the shares of the world do not hold
        // for it, but what it is made of does.
        let Some(country) = child.country else { return Some(original) };
        let id = format!("{}/{} from {country} for {}", child.plant, child.item, child.parent);
        if let Some(known) = self.graph.find(&id) {
            return Some(known);
        }
        let of = &self.graph.nodes[original];
        let node = Node {
            id,
            name_en: format!("{} from {country}", of.name_en),
            name_ja: of.name_ja.clone(),
            kind: of.kind,
            supplies: own_supply(child.country, &child.supplier),
            groups: of.groups.clone(),
            ..of.clone()
        };
        let place = self.graph.push(node);
        self.bought.push((place, original, country));
        self.parts.insert(place, part(child, None));
        Some(place)
    }

    fn member(&self, parent: &BillItem, child: &BillItem, input: usize, alternate: bool) -> Member {
        let label = |what: &str| format!("{what}/{}/{}/{}", parent.plant, parent.item, child.item);
        let given = |what: &str, value: f64| Number {
            label: label(what),
            range: Range::point(value),
            quality: DataQuality::User,
            origins: vec![OriginId::new(OWN)],
            assumption: None,
        };
        let class = if child.kind == BillKind::Material { "stock-solid" } else { "stock-product" };
        let stock = match child.stock_days {
            Some(days) => given("stock", days),
            None if alternate => Number::given(0.0),
            None => self.assumed(class, label("stock"), 1.0),
        };
        let share = child.alternate_share.filter(|_| alternate);
        Member {
            input: Some(input),
            alternate,
            embedded: false,
            substitutable: Substitutable::None,
            single_source: None,
            reported: false,
            usual: Number::given(if alternate { 0.0 } else { 1.0 }),
            reach: match (alternate, share) {
                (false, _) => Number::given(1.0),
                (true, Some(share)) => given("reach", share),
                (true, None) => self.assumed("reach-partial", label("reach"), 1.0),
            },
            qualification: match (alternate, child.qualification_months) {
                (false, _) => Number::given(0.0),
                (true, Some(months)) => given("qualification", months * DAYS_PER_MONTH),
                (true, None) => self.assumed("qualification", label("qualification"), DAYS_PER_MONTH),
            },
            stock,
            wear_life: None,
            intensity: child.quantity.map(|quantity| {
                let unit = if child.kind == BillKind::Material { "g/unit" } else { "piece/unit" };
                (given("intensity", quantity), unit.to_owned())
            }),
            provenance: own(),
        }
    }

    fn assumed(&self, id: &str, label: String, factor: f64) -> Number {
        let assumption = self.graph.assumptions.get(id);
        Number {
            label,
            range: assumption
                .and_then(|assumption| Range::spanning([&assumption.quantity]))
                .unwrap_or(Range::point(0.0))
                .times(factor),
            quality: assumption.map_or(DataQuality::Assumed, |assumption| assumption.provenance.quality),
            origins: assumption.map(|assumption| assumption.provenance.origin.clone()).into_iter().collect(),
            assumption: Some(id.to_owned()),
        }
    }

    /// What falls short for the world falls short for what the firm buys: from the country that ships less in full, from
    /// others not at all.
    pub fn spread(&self, availability: &Availability) -> Availability {
        let mut spread = availability.clone();
        for (place, original, country) in &self.bought {
            for shortage in availability.shortages.iter().filter(|shortage| shortage.node == *original) {
                match shortage.exporter {
                    Some(exporter) if exporter != *country => {}
                    exporter => spread.shortages.push(Shortage {
                        node: *place,
                        exporter,
                        entity: String::new(),
                        share_of_supply: exporter.map(|_| Range::point(1.0)),
                        arrivals: shortage.arrivals.clone(),
                    }),
                }
            }
        }
        spread
    }

    /// The place of the part or material that a group of a product needs, in the order of its groups.
    pub fn bought_for(&self, product: usize) -> Vec<usize> {
        let groups = self.graph.nodes[product].groups.iter();
        groups.filter_map(|group| group.members.first().and_then(|member| member.input)).collect()
    }
}

/// What one unit of a node holds, by node on the way up: grams with their band, and what a unit is (`unit`, `kWh`, `MW`).
pub fn content(graph: &Graph, of: usize) -> Vec<(usize, Range, String)> {
    // Without an intensity a link hands on one unit for one unit.
    let mut amounts: BTreeMap<usize, Vec<(Range, Option<String>)>> =
        BTreeMap::from([(of, vec![(Range::point(1.0), None)])]);
    let mut found: Vec<(usize, Range, String)> = Vec::new();
    for place in graph.upstream(of).into_iter().rev() {
        let Some(own) = amounts.get(&place).cloned() else { continue };
        for (amount, basis) in own {
            for member in
                graph.nodes[place].groups.iter().flat_map(|group| &group.members).filter(|member| !member.alternate)
            {
                let Some(input) = member.input else { continue };
                // Of inputs that share the work each does its part.
                let amount = times(amount, member.usual.range);
                let next = match (&member.intensity, &basis) {
                    (None, None) => Some((amount, None)),
                    (None, Some(_)) => None,
                    (Some((number, unit)), None) => {
                        let (mass, per) = unit.split_once('/').unwrap_or((unit, "unit"));
                        match (mass, per) {
                            ("piece", _) => Some((times(amount, number.range), None)),
                            (_, "g") => None,
                            ("kg", per) => Some((times(amount, number.range).times(1000.0), Some(per.to_owned()))),
                            (_, per) => Some((times(amount, number.range), Some(per.to_owned()))),
                        }
                    }
                    (Some((number, unit)), Some(per)) if unit == "g/g" => {
                        Some((times(amount, number.range), Some(per.clone())))
                    }
                    (Some(_), Some(_)) => None,
                };
                let Some((range, per)) = next else { continue };
                if let Some(per) = &per {
                    found.push((input, range, per.clone()));
                }
                amounts.entry(input).or_default().push((range, per));
            }
        }
    }
    // Several ways to one material add up.
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.2.cmp(&b.2)));
    found.dedup_by(|next, first| {
        let same = next.0 == first.0 && next.2 == first.2;
        if same {
            first.1 = Range {
                low: first.1.low + next.1.low,
                central: Some(first.1.centre() + next.1.centre()),
                high: first.1.high + next.1.high,
            };
        }
        same
    });
    found
}

fn times(one: Range, other: Range) -> Range {
    Range { low: one.low * other.low, central: Some(one.centre() * other.centre()), high: one.high * other.high }
}

fn part(item: &BillItem, typical: Option<usize>) -> BillPart {
    BillPart {
        plant: item.plant.clone(),
        item: item.item.clone(),
        supplier: item.supplier.clone(),
        country: item.country,
        row: item.row,
        typical,
        price: item.price,
        stock_known: item.stock_days.is_some(),
        kind: item.kind,
    }
}

fn own() -> Provenance {
    Provenance { quality: DataQuality::User, as_of: String::new(), origin: OriginId::new(OWN), note: String::new() }
}

fn own_supply(country: Option<CountryCode>, supplier: &str) -> Vec<Supply> {
    let share = country.map(|country| SupplyShare {
        country,
        entity: supplier.to_owned(),
        share: Range::point(1.0),
        quality: DataQuality::User,
        origins: vec![OriginId::new(OWN)],
    });
    share
        .into_iter()
        .map(|share| Supply { stage: Stage::Component, period: String::new(), of: String::new(), shares: vec![share] })
        .collect()
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// `plant item parent kind quantity country stock`, dashes for nothing.
    pub fn list(text: &str) -> BillOfMaterials {
        let items = text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate().map(|(row, line)| {
            let words: Vec<&str> = line.split_whitespace().map(|word| if word == "-" { "" } else { word }).collect();
            let extra = |name: &str| words.iter().find_map(|word| word.strip_prefix(name)).unwrap_or("").to_owned();
            BillItem {
                row: row as u64 + 2,
                plant: words[0].into(),
                item: words[1].into(),
                parent: words[2].into(),
                kind: match words[3] {
                    "product" => BillKind::Product,
                    "part" => BillKind::Part,
                    _ => BillKind::Material,
                },
                quantity: words[4].parse().ok(),
                typical: extra("typical="),
                supplier: String::new(),
                country: CountryCode::parse(words[5]),
                weight_grams: None,
                stock_days: words[6].parse().ok(),
                price: extra("price=").parse().ok(),
                alternate_for: extra("for="),
                alternate_share: extra("share=").parse().ok(),
                qualification_months: extra("months=").parse().ok(),
                units_per_day: Some(10.0),
                value_per_unit: Some(100.0),
            }
        });
        BillOfMaterials { items: items.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::list;
    use super::*;
    use crate::availability::Arrivals;
    use crate::graph::testing::graph;
    use crate::halting::{Draws, halting};

    fn cut(bill: &Bill, id: &str, exporter: Option<&str>) -> Availability {
        let shortage = Shortage {
            node: bill.graph.find(id).unwrap(),
            exporter: exporter.and_then(CountryCode::parse),
            entity: String::new(),
            share_of_supply: exporter.map(|_| Range::point(0.9)),
            arrivals: Arrivals::cut(1.0, None),
        };
        bill.spread(&Availability { shortages: vec![shortage], ..Availability::default() })
    }

    fn day(bill: &Bill, availability: &Availability) -> Option<f64> {
        let wanted: Vec<usize> = bill.products.iter().map(|product| product.node).collect();
        halting(&bill.graph, availability, Draws { replicates: 40, ..Draws::default() }, &wanted).nodes[0]
            .below_half
            .quantile(0.5)
    }

    #[test]
    fn a_car_stops_when_the_stocks_on_the_way_of_its_scarcest_material_are_gone() {
        let tables = graph("magnet < dysprosium stock:40\n motor-typical < magnet stock:30");
        let bill = Bill::new(
            &tables,
            &list(
                "a car - product 1 - -\n a motor car part 1 JPN 5\n a magnet motor material 1500 - 20\n a screw car part 90 - 400",
            ),
        );
        assert_eq!(bill.products[0].plant, "a");
        assert_eq!(
            day(&bill, &cut(&bill, "dysprosium", None)),
            Some(65.0),
            "40 at the magnet maker, 20 and 5 in the plant"
        );
        assert_eq!(day(&bill, &cut(&bill, "magnet", None)), Some(25.0));
    }

    #[test]
    fn what_is_bought_elsewhere_is_not_cut_but_what_it_is_made_of_is() {
        let tables = graph("magnet < dysprosium stock:40");
        let list = list("a car - product 1 - -\n a motor car part 1 - 0\n a magnet motor material 1500 JPN 20");
        let bill = Bill::new(&tables, &list);
        assert_eq!(day(&bill, &cut(&bill, "magnet", Some("CHN"))), None);
        assert_eq!(day(&bill, &cut(&bill, "magnet", Some("JPN"))), Some(20.0));
        assert_eq!(day(&bill, &cut(&bill, "dysprosium", None)), Some(60.0));
    }

    #[test]
    fn typical_content_multiplies_along_the_way() {
        let mut tables =
            crate::graph::testing::tables("motor < rotor\n rotor < magnet\n magnet < dysprosium\n rotor < copper");
        for (of, input, value, low, high, unit) in
            [("rotor", "magnet", 1.5, 1.0, 2.0, "kg/unit"), ("magnet", "dysprosium", 0.06, 0.04, 0.1, "g/g")]
        {
            tables.parameters.push(lode_model::StepParameter {
                of: of.into(),
                input: input.into(),
                parameter: "intensity".into(),
                quantity: lode_model::Quantity {
                    value: Some(value),
                    low: Some(low),
                    high: Some(high),
                    unit: unit.into(),
                    ..Default::default()
                },
                provenance: crate::graph::testing::provenance(DataQuality::Reported),
            });
        }
        let graph = Graph::new(&tables);
        let found = content(&graph, graph.find("motor").unwrap());
        let of = |id: &str| {
            found
                .iter()
                .find(|(place, ..)| *place == graph.find(id).unwrap())
                .map(|(_, range, per)| (range.low, range.centre(), range.high, per.as_str()))
        };
        assert_eq!(of("magnet"), Some((1000.0, 1500.0, 2000.0, "unit")));
        assert_eq!(of("dysprosium"), Some((40.0, 90.0, 200.0, "unit")));
        assert_eq!(of("copper"), None, "no amount is known");
    }

    #[test]
    fn a_part_that_is_not_known_holds_what_such_parts_hold_and_an_alternate_helps() {
        let tables = graph("motor-typical < magnet stock:30\n magnet < dysprosium stock:0");
        let text = "a car - product 1 - -\n a motor car part 1 - 5 typical=motor-typical";
        let bill = Bill::new(&tables, &list(text));
        assert_eq!(day(&bill, &cut(&bill, "dysprosium", None)), Some(35.0));
        let part = bill.parts.values().next().unwrap();
        assert_eq!(part.typical, bill.graph.find("motor-typical"));
        let with = |months: &str| {
            Bill::new(&tables, &list(&format!("{text}\n a other car part 1 - - for=motor share=0.8 months={months}")))
        };
        let of = |months: &str| {
            let bill = with(months);
            day(&bill, &cut(&bill, "dysprosium", None))
        };
        assert_eq!(
            of("1"),
            Some(35.0),
            "the wait begins on day 30, when the motor fails to come, and outlasts the stock"
        );
        assert_eq!(of("0.1"), None, "qualified before the stock is gone");
    }
}
