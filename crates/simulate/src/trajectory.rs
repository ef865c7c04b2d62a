//! What is looked at in a run: series by month, figures of the whole run, and who runs out first.

use crate::market::Market;

/// What a series shows in a month. Flows are t a month, averaged over the month; prices are averaged too; stocks and what
/// is derived from them are those of the end of the month. What is said of several sectors or links is their sum.
#[derive(Clone, PartialEq, Debug)]
pub enum Quantity {
    /// Price, USD/kg.
    Price {
        /// Where.
        node: usize,
    },
    /// Price of contracts, USD/kg.
    ContractPrice {
        /// Where.
        node: usize,
    },
    /// Price in parts of another price.
    PriceRatio {
        /// Where.
        node: usize,
        /// Beside which.
        beside: usize,
    },
    /// At hand, in months of usual use.
    Cover {
        /// Where.
        node: usize,
    },
    /// At hand, t.
    Stock {
        /// Where.
        node: usize,
    },
    /// Made by plants.
    Made {
        /// Where.
        node: usize,
    },
    /// Used by sectors.
    Use {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// Usual use that did not take place: by thrift or by shortage.
    Unmet {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// Usual use that was given up lastingly, by saving or substitution.
    Thrift {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// Usual use that neither took place nor was given up lastingly.
    Shortage {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// Value that industries lose, million USD a month: shortage (and thrift, as far as the parameters say) times the value
    /// at stake.
    ValueLost {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// The same in parts of all value at stake: what industries lose of what they make of these forms.
    OutputLost {
        /// Which sectors.
        sectors: Vec<usize>,
    },
    /// Sent.
    Sent {
        /// Which links.
        links: Vec<usize>,
    },
    /// Arrived.
    Arrived {
        /// Which links.
        links: Vec<usize>,
    },
    /// Share of the activity of firms that stands still for want of a form: of those whose own stock is used up.
    HaltedFirms {
        /// Where.
        node: usize,
    },
}

/// A quantity with a name.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// Name.
    pub name: String,
    /// What it shows.
    pub quantity: Quantity,
}

/// One number of a whole run.
#[derive(Clone, PartialEq, Debug)]
pub enum Summary {
    /// Sum of a series over all months.
    Sum {
        /// Which series.
        series: usize,
    },
    /// Sum of a series over some months; those beyond the run count as nothing.
    Within {
        /// Which series.
        series: usize,
        /// The first of them, counted from 0.
        from: u32,
        /// How many.
        months: u32,
    },
    /// Highest month of a series.
    Highest {
        /// Which series.
        series: usize,
    },
    /// Lowest month of a series.
    Lowest {
        /// Which series.
        series: usize,
    },
    /// A month of a series, counted from 0.
    Month {
        /// Which series.
        series: usize,
        /// Which month.
        month: u32,
    },
    /// Months until a series is beyond a value for the last time; 0 if it never is, infinite if it is at the end.
    Recovery {
        /// Which series.
        series: usize,
        /// Beyond which value.
        beyond: f64,
    },
    /// Days until the first of the critical firms stands still; infinite if none does.
    FirstStop {
        /// Where.
        node: usize,
    },
}

/// A summary with a name.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Name.
    pub name: String,
    /// What it is.
    pub summary: Summary,
}

/// What is looked at.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Observe {
    /// By month.
    pub series: Vec<Series>,
    /// Of the whole run.
    pub figures: Vec<Figure>,
}

impl Observe {
    /// Adds a series and gives its place.
    pub fn series(&mut self, name: impl Into<String>, quantity: Quantity) -> usize {
        self.series.push(Series { name: name.into(), quantity });
        self.series.len() - 1
    }

    /// Adds a figure and gives its place.
    pub fn figure(&mut self, name: impl Into<String>, summary: Summary) -> usize {
        self.figures.push(Figure { name: name.into(), summary });
        self.figures.len() - 1
    }

    /// What a user in a country looks at: for each form used there, prices, cover, supply, use, shortage and halted firms;
    /// value lost by industry; the days to the first stop and the months to recovery.
    pub fn country(market: &Market, country: &str) -> Self {
        let mut observe = Self::default();
        let mut industries: Vec<(&str, Vec<usize>)> = Vec::new();
        for (node, at) in market.nodes.iter().enumerate().filter(|(_, at)| at.country == country) {
            let sectors: Vec<usize> =
                (0..market.sectors.len()).filter(|sector| market.sectors[*sector].node == node).collect();
            let needed = market.plants.iter().any(|plant| plant.inputs.iter().any(|(input, _)| *input == node));
            if sectors.is_empty() && !needed {
                continue;
            }
            let name = |what: &str| format!("{what} of {}", at.form);
            observe.series(name("price"), Quantity::Price { node });
            observe.series(name("contract price"), Quantity::ContractPrice { node });
            observe.series(name("cover"), Quantity::Cover { node });
            let links = (0..market.links.len()).filter(|link| market.links[*link].to == node).collect();
            observe.series(name("imports"), Quantity::Arrived { links });
            let halted = observe.series(name("halted firms"), Quantity::HaltedFirms { node });
            observe.figure(name("days to the first stop for want"), Summary::FirstStop { node });
            observe.figure(name("months to recovery from want"), Summary::Recovery { series: halted, beyond: 0.05 });
            if !sectors.is_empty() {
                observe.series(name("use"), Quantity::Use { sectors: sectors.clone() });
                observe.series(name("thrift"), Quantity::Thrift { sectors: sectors.clone() });
                let shortage = observe.series(name("shortage"), Quantity::Shortage { sectors: sectors.clone() });
                observe.figure(name("total shortage"), Summary::Sum { series: shortage });
            }
            for sector in sectors {
                let industry = market.sectors[sector].industry.as_str();
                match industries.iter_mut().find(|(name, _)| *name == industry) {
                    Some((_, sectors)) => sectors.push(sector),
                    None => industries.push((industry, vec![sector])),
                }
            }
        }
        let all: Vec<usize> = industries.iter().flat_map(|(_, sectors)| sectors.iter().copied()).collect();
        for (industry, sectors) in industries {
            let series = observe.series(format!("value lost by {industry}"), Quantity::ValueLost { sectors });
            observe.figure(format!("total value lost by {industry}"), Summary::Sum { series });
        }
        let series = observe.series("value lost", Quantity::ValueLost { sectors: all });
        observe.figure("total value lost", Summary::Sum { series });
        observe
    }
}

/// One run as it was looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Trajectory {
    /// By series, then month.
    pub series: Vec<Vec<f64>>,
    /// By figure.
    pub figures: Vec<f64>,
}
