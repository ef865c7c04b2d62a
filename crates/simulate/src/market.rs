//! Who makes, trades and uses what, at base prices.

use crate::mistakes::Mistakes;
use std::fmt;

/// A form of a material in a country.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Country or region.
    pub country: String,
    /// Form.
    pub form: String,
    /// Base price, USD/kg.
    pub price: f64,
    /// Months of use that are kept at hand; the market's if `None`.
    pub cover: Option<f64>,
}

/// What a further tonne of activity costs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cost {
    /// Such that the base activity is right at base prices, with a relative gain of activity for a relative gain of margin.
    Calibrated {
        /// That gain.
        elasticity: f64,
    },
    /// From `first` to `first + rise` at full capacity, USD/kg.
    Given {
        /// Cost of the first tonne.
        first: f64,
        /// How much more the last costs.
        rise: f64,
    },
}

/// How an alternative recipe or a by-pass is taken up: almost none of its capacity at first, more while it pays at
/// current prices, and less again, more slowly, while it does not.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Adoption {
    /// Months from nothing to full capacity.
    pub months: f64,
}

/// Makes forms of forms.
#[derive(Clone, PartialEq, Debug)]
pub struct Plant {
    /// Name.
    pub name: String,
    /// Process.
    pub process: String,
    /// Most activity, t a month.
    pub capacity: f64,
    /// Base activity, t a month.
    pub activity: f64,
    /// Nodes and tonnes for each tonne of activity: co-products stand beside each other.
    pub outputs: Vec<(usize, f64)>,
    /// Nodes and tonnes needed for each tonne of activity.
    pub inputs: Vec<(usize, f64)>,
    /// Cost beyond the inputs.
    pub cost: Cost,
    /// How it is taken up, if it is not in use at the base.
    pub adoption: Option<Adoption>,
}

/// Uses a form.
#[derive(Clone, PartialEq, Debug)]
pub struct Sector {
    /// Use.
    pub use_name: String,
    /// Industry that the use belongs to.
    pub industry: String,
    /// Where.
    pub node: usize,
    /// Base use, t a month.
    pub amount: f64,
    /// Growth of use at base prices, in parts a year.
    pub growth: f64,
    /// Value that the industry loses with a kilogram that is missing, USD.
    pub value_at_stake: f64,
    /// Relative loss of use for a relative rise of the price within a month; the market's if `None`.
    pub elasticity: Option<f64>,
    /// Multiple of the base price at which use starts to stop; the market's if `None`.
    pub choke: Option<f64>,
}

/// Carries a form from one country to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// From which node.
    pub from: usize,
    /// To which node.
    pub to: usize,
    /// Base flow, t a month.
    pub amount: f64,
    /// Months under way.
    pub transit: f64,
    /// Export tax at the base, in parts of the price.
    pub tax: f64,
    /// Premium for risk or secrecy at the base, in parts of the price.
    pub premium: f64,
    /// Friction in parts of the market's.
    pub friction: f64,
    /// Least flow that a new relation is measured beside, t a month; the market's share of use if `None`.
    pub newcomer: Option<f64>,
}

/// A row that limits a weighted sum of links.
#[derive(Clone, PartialEq, Debug)]
pub struct Limit {
    /// Name.
    pub name: String,
    /// Links and their weights.
    pub links: Vec<(usize, f64)>,
    /// Usual sum, t a month.
    pub usual: f64,
}

/// A market at its base.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Market {
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Plants.
    pub plants: Vec<Plant>,
    /// Sectors.
    pub sectors: Vec<Sector>,
    /// Links.
    pub links: Vec<Link>,
    /// Limits.
    pub limits: Vec<Limit>,
}

/// A node whose base does not balance.
#[derive(Clone, PartialEq, Debug)]
pub struct Imbalance {
    /// Country.
    pub country: String,
    /// Form.
    pub form: String,
    /// Made and imported, t a month.
    pub inflow: f64,
    /// Used and exported, t a month.
    pub outflow: f64,
}

impl fmt::Display for Imbalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} in {}: {:.3} t a month are made or imported and {:.3} used or exported",
            self.form, self.country, self.inflow, self.outflow
        )
    }
}

impl Market {
    /// The place of a node.
    pub fn node(&self, country: &str, form: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.country == country && node.form == form)
    }

    /// A node as people call it.
    pub fn node_name(&self, node: usize) -> String {
        self.nodes.get(node).map_or_else(|| format!("node {node}"), |node| format!("{} in {}", node.form, node.country))
    }

    /// A link as people call it.
    pub fn link_name(&self, link: usize) -> String {
        let Some(link) = self.links.get(link) else { return format!("link {link}") };
        match (self.nodes.get(link.from), self.nodes.get(link.to)) {
            (Some(from), Some(to)) => format!("{} from {} to {}", from.form, from.country, to.country),
            _ => format!("link from node {} to node {}", link.from, link.to),
        }
    }

    /// What a tonne of activity of a plant makes, and what it needs, at base prices.
    pub(crate) fn worth(&self, plant: &Plant) -> (f64, f64) {
        let worth = |entries: &[(usize, f64)]| -> f64 {
            entries.iter().map(|(node, tonnes)| tonnes * self.nodes[*node].price).sum()
        };
        (worth(&plant.outputs), worth(&plant.inputs))
    }

    /// Use of a node at the base, t a month: by sectors and as input.
    pub fn use_at_base(&self) -> Vec<f64> {
        let mut used = vec![0.0; self.nodes.len()];
        for sector in &self.sectors {
            used[sector.node] += sector.amount;
        }
        for plant in &self.plants {
            for (node, tonnes) in &plant.inputs {
                used[*node] += tonnes * plant.activity;
            }
        }
        used
    }

    /// Nodes whose base is out of balance by more than a part of what passes through them.
    pub fn imbalances(&self, tolerance: f64) -> Vec<Imbalance> {
        let mut inflow = vec![0.0; self.nodes.len()];
        let mut outflow = self.use_at_base();
        for plant in &self.plants {
            for (node, tonnes) in &plant.outputs {
                inflow[*node] += tonnes * plant.activity;
            }
        }
        for link in &self.links {
            outflow[link.from] += link.amount;
            inflow[link.to] += link.amount;
        }
        let nodes = self.nodes.iter().zip(inflow.iter().zip(&outflow));
        let off = nodes.filter(|(_, (inflow, outflow))| (*inflow - *outflow).abs() > tolerance * inflow.max(**outflow));
        off.map(|(node, (inflow, outflow))| Imbalance {
            country: node.country.clone(),
            form: node.form.clone(),
            inflow: *inflow,
            outflow: *outflow,
        })
        .collect()
    }

    /// Only the nodes of some forms, and what stands on them. What a plant that stays needs of other forms is bought at
    /// base prices; what a plant that goes needed of these forms is a use without value at stake.
    pub fn restrict(&self, forms: &[&str]) -> Self {
        let mut place: Vec<Option<usize>> = Vec::with_capacity(self.nodes.len());
        let mut kept = Self::default();
        for node in &self.nodes {
            place.push(forms.contains(&node.form.as_str()).then(|| {
                kept.nodes.push(node.clone());
                kept.nodes.len() - 1
            }));
        }
        let within = |entries: &[(usize, f64)]| -> Vec<(usize, f64)> {
            entries.iter().filter_map(|(node, tonnes)| Some((place[*node]?, *tonnes))).collect()
        };
        for plant in &self.plants {
            let (outputs, inputs) = (within(&plant.outputs), within(&plant.inputs));
            if outputs.is_empty() {
                kept.sectors.extend(inputs.into_iter().filter(|(_, tonnes)| tonnes * plant.activity > 0.0).map(
                    |(node, tonnes)| Sector {
                        use_name: plant.process.clone(),
                        industry: plant.process.clone(),
                        node,
                        amount: tonnes * plant.activity,
                        growth: 0.0,
                        value_at_stake: 0.0,
                        elasticity: None,
                        choke: None,
                    },
                ));
                continue;
            }
            let mut left = Plant { outputs, inputs, ..plant.clone() };
            let ((outputs, inputs), (outputs_left, inputs_left)) = (self.worth(plant), kept.worth(&left));
            if let Cost::Given { first, .. } = &mut left.cost {
                *first += (inputs - inputs_left) - (outputs - outputs_left);
            }
            kept.plants.push(left);
        }
        kept.sectors.extend(
            self.sectors.iter().filter_map(|sector| Some(Sector { node: place[sector.node]?, ..sector.clone() })),
        );
        let mut place_of_link: Vec<Option<usize>> = Vec::with_capacity(self.links.len());
        for link in &self.links {
            let ends = place[link.from].zip(place[link.to]);
            place_of_link.push(ends.map(|(from, to)| {
                kept.links.push(Link { from, to, ..link.clone() });
                kept.links.len() - 1
            }));
        }
        for limit in &self.limits {
            let links: Vec<(usize, f64)> =
                limit.links.iter().filter_map(|(link, weight)| Some((place_of_link[*link]?, *weight))).collect();
            if !links.is_empty() {
                let usual = links.iter().map(|(link, weight)| kept.links[*link].amount * weight).sum();
                kept.limits.push(Limit { name: limit.name.clone(), links, usual });
            }
        }
        kept
    }

    /// Everything that is wrong with the market, at once: amounts below nothing, numbers of nodes that are not there, uses
    /// that no plant can reach.
    pub fn check(&self) -> Result<(), Mistakes> {
        let mut mistakes = Mistakes::default();
        let mut places_wrong = false;
        let mut amount = |of: &str, name: &str, value: f64, least: f64| {
            if !(value.is_finite() && value >= least) {
                mistakes.add(format!("{of}: {name} is {value}; it must be {least} or more"));
            }
        };
        let node_name = |node: usize| self.node_name(node);
        for (index, node) in self.nodes.iter().enumerate() {
            amount(&node_name(index), "price", node.price, 1e-9);
            amount(&node_name(index), "cover", node.cover.unwrap_or(0.0), 0.0);
        }
        for plant in &self.plants {
            amount(&plant.name, "capacity", plant.capacity, 0.0);
            amount(&plant.name, "activity", plant.activity, 0.0);
            for (node, tonnes) in plant.outputs.iter().chain(&plant.inputs) {
                amount(&plant.name, &format!("amount of {} for a tonne of activity", node_name(*node)), *tonnes, 0.0);
            }
            match plant.cost {
                Cost::Calibrated { elasticity } => amount(&plant.name, "elasticity", elasticity, 1e-6),
                Cost::Given { rise, .. } => amount(&plant.name, "rise of the cost", rise, 0.0),
            }
            if let Some(adoption) = plant.adoption {
                amount(&plant.name, "months of adoption", adoption.months, 1e-6);
            }
        }
        for sector in &self.sectors {
            let name = format!("{} of {}", sector.use_name, node_name(sector.node));
            amount(&name, "use", sector.amount, 0.0);
            amount(&name, "growth", sector.growth, -1.0);
            amount(&name, "value at stake", sector.value_at_stake, 0.0);
            amount(&name, "elasticity", sector.elasticity.unwrap_or(0.0), 0.0);
            amount(&name, "choke", sector.choke.unwrap_or(2.0), 1.0);
        }
        for (index, link) in self.links.iter().enumerate() {
            let name = self.link_name(index);
            amount(&name, "flow", link.amount, 0.0);
            amount(&name, "time under way", link.transit, 0.0);
            amount(&name, "friction", link.friction, 1e-6);
            amount(&name, "tax", link.tax, -1.0);
            amount(&name, "premium", link.premium, 0.0);
        }
        for limit in &self.limits {
            amount(&limit.name, "usual sum", limit.usual, 0.0);
        }
        let mut place = |of: &str, kind: &str, index: usize, count: usize| {
            if index >= count {
                places_wrong = true;
                mistakes.add(format!("{of}: the market has no {kind} {index}"));
            }
        };
        for plant in &self.plants {
            for (node, _) in plant.outputs.iter().chain(&plant.inputs) {
                place(&plant.name, "node", *node, self.nodes.len());
            }
        }
        for sector in &self.sectors {
            place(&sector.use_name, "node", sector.node, self.nodes.len());
        }
        for (index, link) in self.links.iter().enumerate() {
            place(&self.link_name(index), "node", link.from, self.nodes.len());
            place(&self.link_name(index), "node", link.to, self.nodes.len());
        }
        for limit in &self.limits {
            limit.links.iter().for_each(|(link, _)| place(&limit.name, "link", *link, self.links.len()));
        }
        if places_wrong {
            return mistakes.into_result();
        }
        for plant in &self.plants {
            if plant.outputs.is_empty() {
                mistakes.add(format!("{}: it makes nothing", plant.name));
            }
            let twice = plant.outputs.iter().chain(&plant.inputs).enumerate().find(|(at, (node, _))| {
                plant.outputs.iter().chain(&plant.inputs).take(*at).any(|(other, _)| other == node)
            });
            if let Some((_, (node, _))) = twice {
                mistakes.add(format!("{}: {} is named twice", plant.name, self.node_name(*node)));
            }
            if plant.activity > plant.capacity * (1.0 + 1e-9) {
                let (activity, capacity) = (plant.activity, plant.capacity);
                mistakes.add(format!("{}: it makes {activity} t a month with a capacity of {capacity}", plant.name));
            }
            if matches!(plant.cost, Cost::Calibrated { .. }) && plant.activity <= 0.0 {
                mistakes.add(format!("{}: it makes nothing at the base, so its cost must be given", plant.name));
            }
        }
        for (index, link) in self.links.iter().enumerate() {
            if link.from == link.to {
                mistakes.add(format!("{}: it ends where it starts", self.link_name(index)));
            } else if self.nodes[link.from].form != self.nodes[link.to].form {
                let form = &self.nodes[link.to].form;
                mistakes.add(format!("{}: it arrives as {form}", self.link_name(index)));
            }
        }
        let reached = self.reached();
        for sector in self.sectors.iter().filter(|sector| sector.amount > 0.0 && !reached[sector.node]) {
            mistakes.add(format!(
                "{} of {}: no plant can reach it, neither by what it makes nor by trade",
                sector.use_name,
                self.node_name(sector.node)
            ));
        }
        mistakes.into_result()
    }

    /// Nodes that some plant with all its inputs can reach.
    fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        loop {
            let before = reached.iter().filter(|reached| **reached).count();
            for plant in self.plants.iter().filter(|plant| plant.capacity > 0.0) {
                if plant.inputs.iter().all(|(node, _)| reached[*node]) {
                    plant.outputs.iter().for_each(|(node, _)| reached[*node] = true);
                }
            }
            for link in &self.links {
                reached[link.to] |= reached[link.from];
            }
            if reached.iter().filter(|reached| **reached).count() == before {
                return reached;
            }
        }
    }
}
