//! What happens to a market: measures of countries, accidents, and levers against them, with times in months from the
//! start of the run.

use crate::market::Market;
use crate::mistakes::Mistakes;
use std::collections::BTreeMap;

/// Something that happens.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Name; draws of this event are named after it.
    pub id: String,
    /// When it becomes known. Buyers of what is at risk prepare from then on.
    pub announced: f64,
    /// When it comes into force.
    pub start: f64,
    /// How it ends.
    pub end: End,
    /// Chance that it happens at all, drawn in each replicate.
    pub chance: f64,
    /// What it is.
    pub kind: Kind,
}

/// How an event ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum End {
    /// It does not.
    Never,
    /// At a time.
    At(f64),
    /// By a deal, drawn in each replicate.
    Deal {
        /// Not before this time.
        earliest: f64,
        /// Chance of a deal within a month from then on.
        monthly_chance: f64,
    },
}

/// How a floor under a price is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Floor {
    /// The maker is paid the difference to the expected price.
    TopUp,
    /// A public buyer takes what is offered at the floor, and keeps it.
    Purchase,
}

/// What happens. Cuts, shares, severities and rates are parts of 1; flows t a month unless they say otherwise.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// Flows are stopped. What was established is remembered, and orders pile up.
    Halt {
        /// Which flows.
        links: Vec<usize>,
        /// Part of the established flow that is stopped.
        severity: f64,
    },
    /// Flows need a licence.
    Licence {
        /// Which flows.
        links: Vec<usize>,
        /// Part of each flow that is controlled.
        covered: f64,
        /// Months until the first licence can be granted.
        review: f64,
        /// After the review the approved part is `1 − exp(−months / ramp)`.
        ramp: f64,
        /// Most that is ever approved, in parts of the established flow.
        ceiling: f64,
        /// Most that is sent when catching up, in parts of what is approved.
        over: f64,
    },
    /// A yearly quota on a limit of the market, with a month's use of at most twice the even pace.
    Quota {
        /// Which limit.
        limit: usize,
        /// Tonnes a calendar year, in the weights of the limit.
        tonnes: f64,
    },
    /// An export tax in place of that of the base.
    ExportTax {
        /// Which flows.
        links: Vec<usize>,
        /// Part of the price.
        rate: f64,
    },
    /// Plants may not make more than part of their base output.
    OutputControl {
        /// Which plants.
        plants: Vec<usize>,
        /// Part of the base output that is forbidden.
        cut: f64,
    },
    /// Part of the capacity is lost.
    Outage {
        /// Which plants.
        plants: Vec<usize>,
        /// Part of capacity.
        cut: f64,
    },
    /// A route is closed: part of the flow is stopped and the rest takes longer.
    RouteClosure {
        /// Which flows.
        links: Vec<usize>,
        /// Part of the established flow that is stopped.
        cut: f64,
        /// Further months under way.
        delay: f64,
    },
    /// Use at base prices is multiplied.
    DemandSurge {
        /// Which sectors.
        sectors: Vec<usize>,
        /// By how much.
        factor: f64,
    },
    /// Plants sell below their cost.
    Dumping {
        /// Which plants.
        plants: Vec<usize>,
        /// By how much, in parts of the base price of what they make.
        cut: f64,
    },
    /// Channels around a control carry no more than a multiple of their base flow. They carry more than the base only
    /// where prices pay it.
    Leak {
        /// Which flows.
        links: Vec<usize>,
        /// Most, in parts of the base flow.
        ceiling: f64,
    },
    /// Between announcement and start buyers bring purchases forward.
    FrontLoading {
        /// Where.
        nodes: Vec<usize>,
        /// Rise of the stock target in parts.
        extra: f64,
    },
    /// A public stock is released.
    StockRelease {
        /// Where.
        node: usize,
        /// What there is, t.
        tonnes: f64,
        /// Part of the missing supply that is replaced.
        share: f64,
        /// At most so much of the stock goes in a month, as months that the whole would last.
        months: f64,
    },
    /// Amounts are bought for years ahead and delivered before others.
    Offtake {
        /// Which flows.
        links: Vec<usize>,
        /// Tonnes a year for all of them, shared as the base flows are (evenly where there are none).
        tonnes: f64,
    },
    /// A plant (of ore or of scrap) that is built: it makes nothing before the start.
    NewPlant {
        /// Which plant.
        plant: usize,
        /// Months to full capacity.
        ramp: f64,
    },
    /// Users save faster.
    Thrift {
        /// Which sectors.
        sectors: Vec<usize>,
        /// Multiple of the rate.
        factor: f64,
    },
    /// An alternative recipe or by-pass that nobody takes up before the start.
    Substitute {
        /// A plant with adoption.
        plant: usize,
    },
    /// A price is promised to makers.
    PriceFloor {
        /// Which plants.
        plants: Vec<usize>,
        /// USD/kg of the first form that the plant makes.
        floor: f64,
        /// How it is held.
        how: Floor,
    },
}

/// A number of an event that can be drawn or set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    /// When it becomes known.
    Announced,
    /// When it comes into force.
    Start,
    /// When it ends, or the earliest time of a deal.
    End,
    /// Monthly chance of a deal.
    MonthlyChance,
    /// Severity of a halt; cut of output, capacity, route or cost.
    Severity,
    /// Part of the flow that a licence covers.
    Covered,
    /// Months of review.
    Review,
    /// Months of the ramp of licences or of a new plant.
    Ramp,
    /// Ceiling of approvals or of a leak.
    Ceiling,
    /// Catching up under licences.
    Over,
    /// Tonnes of a quota, stock or contract.
    Tonnes,
    /// Rate of a tax.
    Rate,
    /// Further months under way, or months that a public stock lasts.
    Months,
    /// Multiple of use or of the rate of thrift.
    Factor,
    /// Rise of stock targets before a start.
    Extra,
    /// Part of missing supply that a public stock replaces.
    Share,
    /// Chance that the event happens at all.
    Chance,
    /// Floor of a price.
    Floor,
}

impl Field {
    /// All fields with their names.
    pub const NAMES: &[(&str, Field)] = &[
        ("announced", Self::Announced),
        ("start", Self::Start),
        ("end", Self::End),
        ("monthly-chance", Self::MonthlyChance),
        ("severity", Self::Severity),
        ("covered", Self::Covered),
        ("review", Self::Review),
        ("ramp", Self::Ramp),
        ("ceiling", Self::Ceiling),
        ("over", Self::Over),
        ("tonnes", Self::Tonnes),
        ("rate", Self::Rate),
        ("months", Self::Months),
        ("factor", Self::Factor),
        ("extra", Self::Extra),
        ("share", Self::Share),
        ("chance", Self::Chance),
        ("floor", Self::Floor),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

impl Event {
    /// A number of the event; `None` if its kind has no such number.
    pub fn number(&mut self, field: Field) -> Option<&mut f64> {
        match (field, &mut self.end) {
            (Field::Announced, _) => return Some(&mut self.announced),
            (Field::Start, _) => return Some(&mut self.start),
            (Field::Chance, _) => return Some(&mut self.chance),
            (Field::End, End::At(at) | End::Deal { earliest: at, .. }) => return Some(at),
            (Field::MonthlyChance, End::Deal { monthly_chance, .. }) => return Some(monthly_chance),
            _ => {}
        }
        match (field, &mut self.kind) {
            (Field::Severity, Kind::Halt { severity, .. }) => Some(severity),
            (
                Field::Severity,
                Kind::OutputControl { cut, .. }
                | Kind::Outage { cut, .. }
                | Kind::RouteClosure { cut, .. }
                | Kind::Dumping { cut, .. },
            ) => Some(cut),
            (Field::Covered, Kind::Licence { covered, .. }) => Some(covered),
            (Field::Review, Kind::Licence { review, .. }) => Some(review),
            (Field::Ramp, Kind::Licence { ramp, .. } | Kind::NewPlant { ramp, .. }) => Some(ramp),
            (Field::Ceiling, Kind::Licence { ceiling, .. } | Kind::Leak { ceiling, .. }) => Some(ceiling),
            (Field::Over, Kind::Licence { over, .. }) => Some(over),
            (
                Field::Tonnes,
                Kind::Quota { tonnes, .. } | Kind::StockRelease { tonnes, .. } | Kind::Offtake { tonnes, .. },
            ) => Some(tonnes),
            (Field::Rate, Kind::ExportTax { rate, .. }) => Some(rate),
            (Field::Months, Kind::RouteClosure { delay, .. }) => Some(delay),
            (Field::Months, Kind::StockRelease { months, .. }) => Some(months),
            (Field::Factor, Kind::DemandSurge { factor, .. } | Kind::Thrift { factor, .. }) => Some(factor),
            (Field::Extra, Kind::FrontLoading { extra, .. }) => Some(extra),
            (Field::Share, Kind::StockRelease { share, .. }) => Some(share),
            (Field::Floor, Kind::PriceFloor { floor, .. }) => Some(floor),
            _ => None,
        }
    }

    /// The flows that the event stands on.
    pub fn links(&self) -> &[usize] {
        match &self.kind {
            Kind::Halt { links, .. }
            | Kind::Licence { links, .. }
            | Kind::ExportTax { links, .. }
            | Kind::RouteClosure { links, .. }
            | Kind::Leak { links, .. }
            | Kind::Offtake { links, .. } => links,
            _ => &[],
        }
    }

    /// The latest time at which the event is in force, as far as it is certain.
    fn latest(&self) -> f64 {
        match self.end {
            End::At(at) => at,
            End::Never | End::Deal { .. } => f64::INFINITY,
        }
    }
}

/// Checks events against the market that they happen to, all mistakes at once.
pub fn check(market: &Market, events: &[Event]) -> Result<(), Mistakes> {
    let mut mistakes = Mistakes::default();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events {
        let id = &event.id;
        *seen.entry(id).or_default() += 1;
        let mut wrong = |what: String| mistakes.add(format!("event `{id}`: {what}"));
        if !event.start.is_finite() || event.start < 0.0 {
            wrong(format!("it starts at month {}, before the data: start it at month 0 or later", event.start));
        }
        if !event.announced.is_finite() || event.announced > event.start {
            wrong(format!("it is announced at month {} and starts at month {}", event.announced, event.start));
        }
        match event.end {
            End::Never => {}
            End::At(at) if at > event.start => {}
            End::At(at) => wrong(format!("it ends at month {at}, not after its start at month {}", event.start)),
            End::Deal { earliest, monthly_chance } => {
                if !earliest.is_finite() || earliest < event.start {
                    wrong(format!("a deal at month {earliest} would come before the start at month {}", event.start));
                }
                if !(monthly_chance > 0.0 && monthly_chance < 1.0) {
                    wrong(format!("a monthly chance of {monthly_chance} is not between 0 and 1"));
                }
            }
        }
        for link in event.links().iter().filter(|link| **link >= market.links.len()) {
            wrong(format!("the market has no link {link}"));
        }
        let mut part = |name: &str, value: f64| {
            if !(0.0..=1.0).contains(&value) {
                mistakes.add(format!("event `{id}`: {name} {value} is not between 0 and 1"));
            }
        };
        part("chance", event.chance);
        match &event.kind {
            Kind::Halt { severity, .. } => part("severity", *severity),
            Kind::Licence { covered, .. } => part("covered share", *covered),
            Kind::OutputControl { cut, .. }
            | Kind::Outage { cut, .. }
            | Kind::RouteClosure { cut, .. }
            | Kind::Dumping { cut, .. } => part("cut", *cut),
            Kind::StockRelease { share, .. } => part("share", *share),
            _ => {}
        }
        let mut least = |name: &str, value: f64, least: f64| {
            if !value.is_finite() || value < least {
                mistakes.add(format!("event `{id}`: {name} {value} is less than {least}"));
            }
        };
        match &event.kind {
            Kind::Licence { review, ramp, ceiling, over, .. } => {
                least("review", *review, 0.0);
                least("ramp", *ramp, 0.0);
                least("ceiling", *ceiling, 0.0);
                least("over", *over, 0.0);
            }
            Kind::Quota { tonnes, .. } | Kind::Offtake { tonnes, .. } => least("tonnes", *tonnes, 0.0),
            Kind::ExportTax { rate, .. } => least("rate", *rate, -1.0),
            Kind::RouteClosure { delay, .. } => least("delay", *delay, 0.0),
            Kind::DemandSurge { factor, .. } | Kind::Thrift { factor, .. } => least("factor", *factor, 0.0),
            Kind::Leak { ceiling, .. } => least("ceiling", *ceiling, 0.0),
            Kind::FrontLoading { extra, .. } => least("extra", *extra, 0.0),
            Kind::StockRelease { tonnes, months, .. } => {
                least("tonnes", *tonnes, 0.0);
                least("months", *months, 0.0);
            }
            Kind::NewPlant { ramp, .. } => least("ramp", *ramp, 0.0),
            Kind::PriceFloor { floor, .. } => least("floor", *floor, 0.0),
            _ => {}
        }
        let mut known = |kind: &str, index: usize, count: usize| {
            if index >= count {
                mistakes.add(format!("event `{id}`: the market has no {kind} {index}"));
            }
        };
        match &event.kind {
            Kind::OutputControl { plants, .. }
            | Kind::Outage { plants, .. }
            | Kind::Dumping { plants, .. }
            | Kind::PriceFloor { plants, .. } => {
                plants.iter().for_each(|plant| known("plant", *plant, market.plants.len()));
            }
            Kind::NewPlant { plant, .. } | Kind::Substitute { plant } => known("plant", *plant, market.plants.len()),
            Kind::DemandSurge { sectors, .. } | Kind::Thrift { sectors, .. } => {
                sectors.iter().for_each(|sector| known("sector", *sector, market.sectors.len()));
            }
            Kind::FrontLoading { nodes, .. } => {
                nodes.iter().for_each(|node| known("node", *node, market.nodes.len()));
            }
            Kind::StockRelease { node, .. } => known("node", *node, market.nodes.len()),
            Kind::Quota { limit, .. } => known("limit", *limit, market.limits.len()),
            _ => {}
        }
        if let Kind::Substitute { plant } = event.kind
            && market.plants.get(plant).is_some_and(|plant| plant.adoption.is_none())
        {
            mistakes.add(format!("event `{id}`: `{}` is in use at the base: no substitute", market.plants[plant].name));
        }
    }
    for (id, _) in seen.iter().filter(|(_, count)| **count > 1) {
        mistakes.add(format!("two events are called `{id}`: draws are named after events, so each needs its own name"));
    }
    contradictory_quotas(market, events, &mut mistakes);
    mistakes.into_result()
}

/// Two quotas that are in force at the same time on the same flows.
fn contradictory_quotas(market: &Market, events: &[Event], mistakes: &mut Mistakes) {
    let quotas: Vec<(&Event, Vec<usize>)> = events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::Quota { limit, .. } => {
                let limit = market.limits.get(limit)?;
                Some((event, limit.links.iter().map(|(link, _)| *link).collect()))
            }
            _ => None,
        })
        .collect();
    for (at, (one, links)) in quotas.iter().enumerate() {
        for (other, others) in &quotas[at + 1..] {
            let at_once = one.start < other.latest() && other.start < one.latest();
            let shared = links.iter().find(|link| others.contains(link) && **link < market.links.len());
            if let (true, Some(link)) = (at_once, shared) {
                mistakes.add(format!(
                    "events `{}` and `{}`: two quotas at the same time on the same flow ({})",
                    one.id,
                    other.id,
                    market.link_name(*link)
                ));
            }
        }
    }
}
