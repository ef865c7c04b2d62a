//! The graph of what needs what, compiled from the tables of processes and extended by a firm's own list.

use crate::network::{Draw, Network};
use crate::{Number, Range};
use lode_model::{
    Assumption, CountryCode, DataQuality, OriginId, Provenance, Stage, StepEffect, StepLink, StepNode, StepNodeKind,
    StepParameter, StepTables, Substitutable,
};
use std::collections::BTreeMap;

/// Which substitutes count once stocks are used up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Substitutes {
    /// None: every input does what it does as usual.
    NotYet,
    /// All, each up to its central reach.
    Qualified,
    /// All, each up to the upper end of its reach.
    QualifiedAtBest,
}

/// Days in a month, for numbers given in months.
pub const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// A node of the graph.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Id, e.g. `tungsten-hexafluoride`.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// What it is.
    pub kind: StepNodeKind,
    /// Chemical symbol of an element.
    pub symbol: String,
    /// Part of the process that a step belongs to.
    pub section: String,
    /// Family of a product.
    pub family: String,
    /// Purity as printed.
    pub purity: String,
    /// The commodity of the package of minerals that it is.
    pub commodity: Option<lode_model::CommodityId>,
    /// What it needs: every group, and of a group any member.
    pub groups: Vec<Group>,
    /// Who supplies it, by stage.
    pub supplies: Vec<Supply>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Inputs that do the same work.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// Its word in the table; empty for one input alone.
    pub name: String,
    /// What the loss of all its members does.
    pub effect: StepEffect,
    /// Share of output lost without it.
    pub loss: Number,
    /// The inputs, the usual ones first.
    pub members: Vec<Member>,
}

/// An input of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// The input; `None` for a substitute of which the table says only that there is one.
    pub input: Option<usize>,
    /// Whether it only stands in.
    pub alternate: bool,
    /// Built into equipment instead of used up.
    pub embedded: bool,
    /// How far it can be replaced or replace, as the table says.
    pub substitutable: Substitutable,
    /// Whether one supplier alone makes it, where known.
    pub single_source: Option<bool>,
    /// Whether a source states that the loss halts.
    pub reported: bool,
    /// Share of the work that it does as usual.
    pub usual: Number,
    /// Share of the work that it can do.
    pub reach: Number,
    /// Days until it is qualified for more than as usual.
    pub qualification: Number,
    /// Days of its usual use in stock.
    pub stock: Number,
    /// Days until a built-in part is replaced.
    pub wear_life: Option<Number>,
    /// Content in one unit of what needs it, with the unit.
    pub intensity: Option<(Number, String)>,
    /// Where the link comes from.
    pub provenance: Provenance,
}

impl Member {
    /// Every number of it.
    pub fn numbers(&self) -> impl Iterator<Item = &Number> {
        [&self.usual, &self.reach, &self.qualification, &self.stock].into_iter().chain(&self.wear_life)
    }
}

/// Who supplies a node at one stage.
#[derive(Clone, PartialEq, Debug)]
pub struct Supply {
    /// The stage.
    pub stage: Stage,
    /// Year or period that the shares speak for.
    pub period: String,
    /// What the shares are of, where it is more than the node itself, e.g. the rare earths as a group.
    pub of: String,
    /// Shares of the world's supply, largest first.
    pub shares: Vec<SupplyShare>,
}

/// A share of supply.
#[derive(Clone, PartialEq, Debug)]
pub struct SupplyShare {
    /// Country where it is made.
    pub country: CountryCode,
    /// Firm; empty for the country.
    pub entity: String,
    /// Share, 0 to 1.
    pub share: Range,
    /// How good it is.
    pub quality: DataQuality,
    /// Where it comes from.
    pub origins: Vec<OriginId>,
}

impl Supply {
    /// The share of a country, its firms together if the country as a whole is not given.
    pub fn of_country(&self, country: CountryCode) -> f64 {
        let of = |whole: bool| {
            self.shares
                .iter()
                .filter(move |share| share.country == country && share.entity.is_empty() == whole)
                .map(|share| share.share.centre())
        };
        let whole: f64 = of(true).sum();
        let firms: f64 = of(false).sum();
        whole.max(firms).min(1.0)
    }

    /// The countries named, the one with the largest share first.
    pub fn countries(&self) -> Vec<(CountryCode, f64)> {
        let mut countries: Vec<CountryCode> = self.shares.iter().map(|share| share.country).collect();
        countries.sort();
        countries.dedup();
        let mut shares: Vec<(CountryCode, f64)> =
            countries.into_iter().map(|country| (country, self.of_country(country))).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shares
    }
}

/// The graph. Inputs come before what needs them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// What is assumed where no source decides.
    pub assumptions: BTreeMap<String, Assumption>,
    index: BTreeMap<String, usize>,
}

impl Graph {
    /// Compiles the tables. They are complete and free of cycles: whoever loaded them has checked it.
    pub fn new(tables: &StepTables) -> Self {
        let links: BTreeMap<&str, Vec<&StepLink>> = tables.links.iter().fold(BTreeMap::new(), |mut links, link| {
            links.entry(link.of.as_str()).or_insert_with(Vec::new).push(link);
            links
        });
        let mut parameters: BTreeMap<(&str, &str, &str), Vec<&StepParameter>> = BTreeMap::new();
        for row in &tables.parameters {
            parameters.entry((&row.of, &row.input, &row.parameter)).or_default().push(row);
        }
        let by_id: BTreeMap<&str, &StepNode> = tables.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let mut graph = Self { assumptions: tables.assumptions.clone(), ..Self::default() };
        for id in ordered(&by_id, &links) {
            let node = by_id[id];
            let compiler = Compiler { parameters: &parameters, assumptions: &tables.assumptions, nodes: &by_id };
            let groups = compiler.groups(&graph, links.get(id).map_or(&[], Vec::as_slice));
            graph.push(Node {
                id: node.id.clone(),
                name_en: node.name_en.clone(),
                name_ja: node.name_ja.clone(),
                kind: node.kind,
                symbol: node.symbol.clone(),
                section: node.section.clone(),
                family: node.family.clone(),
                purity: node.purity.clone(),
                commodity: node.commodity.clone(),
                groups,
                supplies: Vec::new(),
                provenance: node.provenance.clone(),
            });
        }
        for row in &tables.suppliers {
            let Some(place) = graph.find(&row.node) else { continue };
            let Some(share) = Range::spanning([&row.quantity]) else { continue };
            graph.add_share(
                place,
                row.stage,
                SupplyShare {
                    country: row.country,
                    entity: row.entity.clone(),
                    share,
                    quality: row.provenance.quality,
                    origins: vec![row.provenance.origin.clone()],
                },
                &row.provenance.as_of,
            );
        }
        graph
    }

    /// Adds a node whose inputs are all there; returns its place.
    pub fn push(&mut self, node: Node) -> usize {
        let place = self.nodes.len();
        self.index.insert(node.id.clone(), place);
        self.nodes.push(node);
        place
    }

    /// Adds a supplier's share; a second source for the same share widens its range.
    pub fn add_share(&mut self, node: usize, stage: Stage, share: SupplyShare, period: &str) {
        let supplies = &mut self.nodes[node].supplies;
        let place =
            supplies.iter().position(|supply| supply.stage == stage && supply.of.is_empty()).unwrap_or_else(|| {
                supplies.push(Supply { stage, period: period.to_owned(), of: String::new(), shares: Vec::new() });
                supplies.len() - 1
            });
        let shares = &mut supplies[place].shares;
        match shares.iter_mut().find(|other| other.country == share.country && other.entity == share.entity) {
            Some(other) => {
                let centres = (other.share.centre(), share.share.centre());
                other.share = Range {
                    low: other.share.low.min(share.share.low),
                    central: Some(centres.0.min(centres.1).midpoint(centres.0.max(centres.1))),
                    high: other.share.high.max(share.share.high),
                };
                other.quality = other.quality.max(share.quality);
                other.origins.extend(share.origins);
            }
            None => shares.push(share),
        }
        shares.sort_by(|a, b| b.share.centre().total_cmp(&a.share.centre()).then(a.country.cmp(&b.country)));
    }

    /// The place of a node.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The node that a user means: by id, name in either language, or symbol.
    pub fn find_named(&self, text: &str) -> Option<usize> {
        let wanted = text.trim().to_lowercase();
        self.find(&wanted).or_else(|| self.find(&wanted.replace([' ', '_'], "-"))).or_else(|| {
            self.nodes.iter().position(|node| {
                node.name_en.to_lowercase() == wanted
                    || node.name_ja == text.trim()
                    || (!node.symbol.is_empty() && node.symbol == text.trim())
            })
        })
    }

    /// The nodes that a node needs, itself included, in their order.
    pub fn upstream(&self, of: usize) -> Vec<usize> {
        let mut needed = vec![false; self.nodes.len()];
        needed[of] = true;
        // Inputs come first, so one sweep backwards reaches all of them.
        for place in (0..=of).rev() {
            if needed[place] {
                self.mark_inputs(place, &mut needed);
            }
        }
        (0..self.nodes.len()).filter(|place| needed[*place]).collect()
    }

    fn mark_inputs(&self, place: usize, needed: &mut [bool]) {
        for member in self.nodes[place].groups.iter().flat_map(|group| &group.members) {
            if let Some(input) = member.input {
                needed[input] = true;
            }
        }
    }

    /// The nodes that need a node, itself included, in their order.
    pub fn downstream(&self, of: usize) -> Vec<usize> {
        let mut touched = vec![false; self.nodes.len()];
        touched[of] = true;
        for place in of + 1..self.nodes.len() {
            touched[place] = self.nodes[place]
                .groups
                .iter()
                .flat_map(|group| &group.members)
                .any(|member| member.input.is_some_and(|input| touched[input]));
        }
        (0..self.nodes.len()).filter(|place| touched[*place]).collect()
    }

    /// A level of every node when some supplies fall to given levels for good: with stocks used up, and substitutes either
    /// not yet or long since qualified.
    pub fn settled(&self, supply: &dyn Fn(usize) -> f64, substitutes: Substitutes) -> Vec<f64> {
        let mut levels: Vec<f64> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let mut level = supply(place);
            for group in &node.groups {
                level = level.min(1.0 - group.loss.range.centre() * (1.0 - group.through(&levels, substitutes)));
            }
            levels.push(level.max(0.0));
        }
        levels
    }

    /// The stage at which the largest supplying country has the largest share, and that country.
    pub fn weakest_stage(&self, node: usize) -> Option<(&Supply, CountryCode, f64)> {
        self.nodes[node]
            .supplies
            .iter()
            .filter_map(|supply| supply.countries().first().map(|(country, share)| (supply, *country, *share)))
            .reduce(|best, next| if next.2 > best.2 { next } else { best })
    }

    /// The network of the engine. Before every node stands a source with the supply of the node itself, so that a shortage
    /// may begin at any of them: the source of node `i` is `2 i`, the node itself `2 i + 1`.
    pub fn network(&self) -> Network {
        let mut network = Network::new();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for (place, node) in self.nodes.iter().enumerate() {
            // A source without an input: substitutes of which nothing is known share one that is always there.
            network.add([]);
            members.clear();
            members.push(vec![2 * place as u32]);
            for group in &node.groups {
                // An unnamed substitute is always there, as the supply of a node that nobody cuts: it is given the source
                // of the node itself, and what cuts that cuts the node in any case.
                members.push(
                    group
                        .members
                        .iter()
                        .map(|member| member.input.map_or(2 * place as u32, |input| 2 * input as u32 + 1))
                        .collect(),
                );
            }
            network.add(members.iter().map(Vec::as_slice));
        }
        network
    }

    /// The place of a node in the network.
    pub fn network_node(place: usize) -> usize {
        2 * place + 1
    }

    /// The place of the supply of a node in the network.
    pub fn network_source(place: usize) -> usize {
        2 * place
    }

    /// What a replicate draws, in the order of the network.
    pub fn draw(&self, seed: u64, replicate: u64, draws: &mut Vec<Draw>, losses: &mut Vec<f64>) {
        draws.clear();
        losses.clear();
        for node in &self.nodes {
            draws.push(Draw::needed(0.0));
            losses.push(1.0);
            for group in &node.groups {
                losses.push(group.loss.draw(seed, replicate));
                let first = draws.len();
                for member in &group.members {
                    let of = |number: &Number| number.draw(seed, replicate);
                    draws.push(Draw {
                        usual: of(&member.usual),
                        reach: of(&member.reach),
                        qualification: of(&member.qualification),
                        stock: of(&member.stock),
                        wear_life: member.wear_life.as_ref().map_or(0.0, of),
                    });
                }
                // Usual shares that are drawn one by one are made to add up.
                let sum: f64 = draws[first..].iter().map(|draw| draw.usual).sum();
                for draw in &mut draws[first..] {
                    draw.usual /= sum.max(1e-12);
                    draw.reach = draw.reach.clamp(draw.usual, 1.0);
                }
            }
        }
    }
}

impl Group {
    /// What it lets through at given levels of its inputs.
    pub fn through(&self, levels: &[f64], substitutes: Substitutes) -> f64 {
        let limits = self.limits(substitutes);
        let sum: f64 = self
            .members
            .iter()
            .zip(limits)
            .map(|(member, limit)| limit * member.input.map_or(1.0, |input| levels[input]))
            .sum();
        sum.min(1.0)
    }

    /// How much of the work each member may do.
    pub fn limits(&self, substitutes: Substitutes) -> Vec<f64> {
        let usual: f64 = self.members.iter().map(|member| member.usual.range.centre()).sum();
        let limit = |member: &Member| {
            let share = member.usual.range.centre() / usual.max(1e-12);
            match substitutes {
                Substitutes::NotYet => share,
                Substitutes::Qualified => member.reach.range.centre().max(share),
                Substitutes::QualifiedAtBest => member.reach.range.high.max(share),
            }
        };
        self.members.iter().map(limit).collect()
    }
}

/// Ids with inputs first; in each rank by id.
fn ordered<'t>(nodes: &BTreeMap<&'t str, &'t StepNode>, links: &BTreeMap<&'t str, Vec<&'t StepLink>>) -> Vec<&'t str> {
    let mut rank: BTreeMap<&str, usize> = BTreeMap::new();
    // The graph has no cycle, so every rank is settled after as many rounds as its longest chain.
    loop {
        let mut changed = false;
        for id in nodes.keys() {
            let above = links.get(id).map_or(0, |links| {
                links.iter().map(|link| rank.get(link.input.as_str()).copied().unwrap_or(0) + 1).max().unwrap_or(0)
            });
            if rank.get(id).copied().unwrap_or(0) < above.min(nodes.len()) {
                rank.insert(id, above);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut ids: Vec<&str> = nodes.keys().copied().collect();
    ids.sort_by_key(|id| (rank.get(id).copied().unwrap_or(0), *id));
    ids
}

struct Compiler<'t> {
    parameters: &'t BTreeMap<(&'t str, &'t str, &'t str), Vec<&'t StepParameter>>,
    assumptions: &'t BTreeMap<String, Assumption>,
    nodes: &'t BTreeMap<&'t str, &'t StepNode>,
}

impl Compiler<'_> {
    fn groups(&self, graph: &Graph, links: &[&StepLink]) -> Vec<Group> {
        let mut groups: Vec<(String, Vec<&StepLink>)> = Vec::new();
        for link in links {
            match groups.iter_mut().find(|(name, _)| !name.is_empty() && *name == link.group) {
                Some((_, members)) => members.push(link),
                None => groups.push((link.group.clone(), vec![link])),
            }
        }
        groups.into_iter().map(|(name, links)| self.group(graph, name, links)).collect()
    }

    fn group(&self, graph: &Graph, name: String, mut links: Vec<&StepLink>) -> Group {
        links.sort_by(|a, b| a.alternate.cmp(&b.alternate).then(a.input.cmp(&b.input)));
        let effect =
            links.iter().filter(|link| !link.alternate).map(|link| link.effect).min().unwrap_or(StepEffect::None);
        let usual: Vec<&str> = links.iter().filter(|link| !link.alternate).map(|link| link.input.as_str()).collect();
        let alone = usual.len();
        let named = format!("{}/{}", links[0].of, usual.join("+"));
        let loss = match effect {
            StepEffect::Halts => self.sourced("loss", links[0], "loss", 1.0).unwrap_or_else(|| Number::given(1.0)),
            StepEffect::Degrades => self
                .sourced("loss", links[0], "loss", 1.0)
                .unwrap_or_else(|| self.assumed("loss-degrades", format!("loss/{named}"), 1.0)),
            StepEffect::None => Number::given(0.0),
        };
        let has_alternates = links.iter().any(|link| link.alternate);
        let mut members: Vec<Member> = links.iter().map(|link| self.member(graph, link, alone)).collect();
        // Where the table says that others can do it and names none, one without a name stands in.
        let weakest = links.iter().map(|link| link.substitutable).max().unwrap_or(Substitutable::None);
        if !has_alternates && name.is_empty() && weakest != Substitutable::None {
            members.push(self.unnamed(links[0], weakest));
        }
        Group { name, effect, loss, members }
    }

    fn member(&self, graph: &Graph, link: &StepLink, alone: usize) -> Member {
        let class = self.nodes.get(link.input.as_str()).map_or("", |node| node.class.as_str());
        let usual = self
            .sourced("usual-share", link, "usual-share", 1.0)
            .unwrap_or_else(|| Number::given(if link.alternate { 0.0 } else { 1.0 / alone.max(1) as f64 }));
        let reach =
            self.sourced("reach", link, "reach", 1.0).unwrap_or_else(|| match (link.alternate, link.substitutable) {
                (false, _) => usual.clone(),
                (true, Substitutable::Full) => self.assumed("reach-full", label("reach", link), 1.0),
                (true, _) => self.assumed("reach-partial", label("reach", link), 1.0),
            });
        let can_grow = link.alternate || reach.range.high > usual.range.high;
        let qualification = if can_grow {
            self.sourced("qualification", link, "qualification", DAYS_PER_MONTH)
                .unwrap_or_else(|| self.assumed("qualification", label("qualification", link), DAYS_PER_MONTH))
        } else {
            Number::given(0.0)
        };
        let stock = if link.alternate && usual.range.high <= 0.0 {
            Number::given(0.0)
        } else {
            self.sourced("stock", link, "stock", 1.0)
                .unwrap_or_else(|| self.assumed(&format!("stock-{}", stock_class(class)), label("stock", link), 1.0))
        };
        let wear_life = link.embedded.then(|| {
            self.sourced("wear-life", link, "wear-life", 1.0).unwrap_or_else(|| {
                let class = match class {
                    "part" => "wear-life-mask",
                    "equipment-part" => "wear-life-part",
                    _ => "wear-life-equipment",
                };
                self.assumed(class, label("wear-life", link), 1.0)
            })
        });
        let intensity = self.rows("intensity", link).map(|rows| {
            let unit = rows.first().map_or(String::new(), |row| row.quantity.unit.clone());
            (sourced_number(label("intensity", link), rows, 1.0), unit)
        });
        Member {
            input: graph.find(&link.input),
            alternate: link.alternate,
            embedded: link.embedded,
            substitutable: link.substitutable,
            single_source: link.single_source,
            reported: link.reported,
            usual,
            reach,
            qualification,
            stock,
            wear_life,
            intensity: intensity.and_then(|(number, unit)| number.map(|number| (number, unit))),
            provenance: link.provenance.clone(),
        }
    }

    fn unnamed(&self, link: &StepLink, substitutable: Substitutable) -> Member {
        let named = |what: &str| format!("{what}/{}/substitute of {}", link.of, link.input);
        let reach = if substitutable == Substitutable::Full { "reach-full" } else { "reach-partial" };
        Member {
            input: None,
            alternate: true,
            embedded: false,
            substitutable,
            single_source: None,
            reported: false,
            usual: Number::given(0.0),
            reach: self.assumed(reach, named("reach"), 1.0),
            qualification: self
                .sourced("qualification", link, "qualification", DAYS_PER_MONTH)
                .unwrap_or_else(|| self.assumed("qualification", named("qualification"), DAYS_PER_MONTH)),
            stock: Number::given(0.0),
            wear_life: None,
            intensity: None,
            provenance: link.provenance.clone(),
        }
    }

    /// The rows of a number: those of the link, else those of the input wherever it is used.
    fn rows(&self, parameter: &str, link: &StepLink) -> Option<&[&StepParameter]> {
        let of = |of: &str| {
            // The key borrows from the call, the map from the tables: look the triple up by walking its range.
            self.parameters
                .iter()
                .find(|((row_of, input, name), _)| *row_of == of && *input == link.input && *name == parameter)
                .map(|(_, rows)| rows.as_slice())
        };
        of(&link.of).or_else(|| of(""))
    }

    fn sourced(&self, parameter: &str, link: &StepLink, what: &str, factor: f64) -> Option<Number> {
        sourced_number(label(what, link), self.rows(parameter, link)?, factor)
    }

    fn assumed(&self, id: &str, label: String, factor: f64) -> Number {
        let assumption = self.assumptions.get(id);
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
}

fn label(what: &str, link: &StepLink) -> String {
    format!("{what}/{}/{}", link.of, link.input)
}

/// Classes without a stock of their own fall under another.
fn stock_class(class: &str) -> &str {
    match class {
        "magnet" => "solid",
        "equipment-part" => "part",
        "recipe" => "step",
        other => other,
    }
}

fn sourced_number(label: String, rows: &[&StepParameter], factor: f64) -> Option<Number> {
    let range = Range::spanning(rows.iter().map(|row| &row.quantity))?;
    let mut origins: Vec<OriginId> = rows.iter().map(|row| row.provenance.origin.clone()).collect();
    origins.sort();
    origins.dedup();
    // A number that the user overlays stands alone.
    let user: Vec<&&StepParameter> = rows.iter().filter(|row| row.provenance.quality == DataQuality::User).collect();
    let range = if user.is_empty() { range } else { Range::spanning(user.iter().map(|row| &row.quantity))? };
    Some(Number {
        label,
        range: range.times(factor),
        quality: rows.iter().map(|row| row.provenance.quality).max().unwrap_or(DataQuality::Assumed),
        origins,
        assumption: None,
    })
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use lode_model::Quantity;

    pub fn provenance(quality: DataQuality) -> Provenance {
        Provenance { quality, as_of: "2026".into(), origin: OriginId::new("test"), note: String::new() }
    }

    /// `of < input [group] [alternate] [degrades] [embedded] [partial]`, one link a line; elements are those without inputs,
    /// products those that nothing needs.
    pub fn tables(text: &str) -> StepTables {
        let mut tables = StepTables::default();
        let mut ids: Vec<&str> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (of, input) = (words[0], words[2]);
            for id in [of, input] {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let has = |word: &str| words[3..].contains(&word);
            tables.links.push(StepLink {
                of: of.into(),
                input: input.into(),
                group: words[3..].iter().find_map(|word| word.strip_prefix("group=")).unwrap_or("").into(),
                alternate: has("alternate"),
                embedded: has("embedded"),
                effect: if has("degrades") { StepEffect::Degrades } else { StepEffect::Halts },
                substitutable: if has("partial") { Substitutable::Partial } else { Substitutable::None },
                single_source: None,
                reported: false,
                provenance: provenance(DataQuality::Reported),
            });
            for word in &words[3..] {
                if let Some((parameter, value)) = word.split_once(':') {
                    tables.parameters.push(StepParameter {
                        of: of.into(),
                        input: input.into(),
                        parameter: parameter.into(),
                        quantity: Quantity { value: value.parse().ok(), ..Quantity::default() },
                        provenance: provenance(DataQuality::Reported),
                    });
                }
            }
        }
        for id in ids {
            let needs = tables.links.iter().any(|link| link.of == id);
            let needed = tables.links.iter().any(|link| link.input == id);
            tables.nodes.push(StepNode {
                id: id.into(),
                kind: match (needs, needed) {
                    (false, _) => StepNodeKind::Element,
                    (true, false) => StepNodeKind::Product,
                    _ if id.starts_with("step") => StepNodeKind::Step,
                    _ => StepNodeKind::Material,
                },
                class: "solid".into(),
                name_en: id.into(),
                name_ja: id.into(),
                symbol: String::new(),
                commodity: None,
                purity: String::new(),
                section: String::new(),
                family: String::new(),
                provenance: provenance(DataQuality::Reported),
            });
        }
        for (id, value, low, high) in [
            ("stock-solid", 60.0, 30.0, 180.0),
            ("qualification", 12.0, 6.0, 24.0),
            ("reach-partial", 0.4, 0.2, 0.6),
            ("reach-full", 1.0, 0.9, 1.0),
            ("loss-degrades", 0.25, 0.1, 0.5),
            ("wear-life-equipment", 3650.0, 1825.0, 7300.0),
        ] {
            let quantity = Quantity { value: Some(value), low: Some(low), high: Some(high), ..Quantity::default() };
            tables.assumptions.insert(
                id.into(),
                Assumption {
                    id: id.into(),
                    used_by: "exposure".into(),
                    reason: "test".into(),
                    quantity,
                    provenance: provenance(DataQuality::Assumed),
                },
            );
        }
        tables
    }

    pub fn graph(text: &str) -> Graph {
        Graph::new(&tables(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Substitutes;
    use super::testing::graph;

    #[test]
    fn inputs_come_first_groups_are_closed_and_numbers_say_what_they_rest_on() {
        let graph = graph(
            "chip < step-fill\n step-fill < gas stock:45\n gas < tungsten\n step-fill < mo group=fill alternate partial\n step-fill < w group=fill",
        );
        let place = |id: &str| graph.find(id).unwrap();
        assert!(
            place("tungsten") < place("gas") && place("gas") < place("step-fill") && place("step-fill") < place("chip")
        );
        let groups = &graph.nodes[place("step-fill")].groups;
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].members[0].stock.range.centre(), 45.0);
        assert!(!groups[0].members[0].stock.is_assumed());
        let fill = &groups[1].members;
        assert_eq!((fill[0].input, fill[1].input), (graph.find("w"), graph.find("mo")));
        assert!(fill[0].stock.is_assumed() && fill[1].reach.is_assumed());
        assert_eq!(fill[1].reach.assumption.as_deref(), Some("reach-partial"));
        assert_eq!(graph.upstream(place("gas")), [place("tungsten"), place("gas")]);
        assert_eq!(graph.downstream(place("gas")), [place("gas"), place("step-fill"), place("chip")]);
    }

    #[test]
    fn a_substitute_without_a_name_stands_in() {
        let graph = graph("chip < gas partial");
        let group = &graph.nodes[graph.find("chip").unwrap()].groups[0];
        assert_eq!((group.members.len(), group.members[1].input), (2, None));
        let gas = graph.find("gas").unwrap();
        let lost = |place: usize| f64::from(u8::from(place != gas));
        let chip = graph.find("chip").unwrap();
        assert_eq!(graph.settled(&lost, Substitutes::NotYet)[chip], 0.0);
        assert_eq!(graph.settled(&lost, Substitutes::Qualified)[chip], 0.4);
    }
}
