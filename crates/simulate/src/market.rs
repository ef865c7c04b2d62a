//! Who makes, trades and uses what, at base prices.

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

/// Makes forms of forms.
#[derive(Clone, PartialEq, Debug)]
pub struct Plant {
    /// Name.
    pub name: String,
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
}

/// Uses a form.
#[derive(Clone, PartialEq, Debug)]
pub struct Sector {
    /// Name.
    pub name: String,
    /// Where.
    pub node: usize,
    /// Base use, t a month.
    pub amount: f64,
    /// Growth of use at base prices, in parts a year.
    pub growth: f64,
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

    /// What a tonne of activity of a plant is worth beyond its inputs.
    pub(crate) fn margin(&self, plant: &Plant) -> f64 {
        let worth = |entries: &[(usize, f64)]| -> f64 {
            entries.iter().map(|(node, tonnes)| tonnes * self.nodes[*node].price).sum()
        };
        worth(&plant.outputs) - worth(&plant.inputs)
    }

    /// Use of a node at the base, t a month: by sectors and as input.
    pub(crate) fn use_at_base(&self) -> Vec<f64> {
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
}
