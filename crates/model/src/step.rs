//! What stops: from element to form, material or equipment part, process step and product, each link with how it is needed.

use crate::{CommodityId, CountryCode, Provenance, Quantity, Stage};

/// What a node of the graph is, in the order from mine to product.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StepNodeKind {
    /// A chemical element, or the mineral that stands for one.
    Element,
    /// An element in a form and purity in which it is bought.
    Form,
    /// A material, part of equipment, or way to do without one.
    Material,
    /// A process step.
    Step,
    /// A product.
    Product,
}

impl StepNodeKind {
    /// Every kind with its word.
    pub const ALL: [(StepNodeKind, &'static str); 5] = [
        (StepNodeKind::Element, "element"),
        (StepNodeKind::Form, "form"),
        (StepNodeKind::Material, "material"),
        (StepNodeKind::Step, "step"),
        (StepNodeKind::Product, "product"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// Reads the word; `None` if it is no kind.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// A node of the graph.
#[derive(Clone, PartialEq, Debug)]
pub struct StepNode {
    /// Id, e.g. `tungsten-hexafluoride`.
    pub id: String,
    /// What it is.
    pub kind: StepNodeKind,
    /// Which assumptions hold for it where no source speaks: `stock-CLASS`, `wear-life-CLASS`.
    pub class: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Chemical symbol of an element.
    pub symbol: String,
    /// The commodity of the package of minerals that it is.
    pub commodity: Option<CommodityId>,
    /// Purity as printed.
    pub purity: String,
    /// Part of the process, e.g. lithography; empty for what is no step.
    pub section: String,
    /// Family of a product, e.g. semiconductor.
    pub family: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Whether the loss of an input halts what needs it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StepEffect {
    /// It stops.
    Halts,
    /// It goes on with a loss.
    Degrades,
    /// It goes on.
    None,
}

impl StepEffect {
    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Halts => "halts",
            Self::Degrades => "degrades",
            Self::None => "none",
        }
    }
}

/// How far others can do what an input does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Substitutable {
    /// Not at all.
    None,
    /// In part of the use.
    Partial,
    /// In all of it.
    Full,
}

impl Substitutable {
    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }
}

/// One input of a node. Inputs of one group are alternatives, all others are needed.
#[derive(Clone, PartialEq, Debug)]
pub struct StepLink {
    /// The node that needs it.
    pub of: String,
    /// What is needed.
    pub input: String,
    /// Alternatives share a word; empty if nothing else in the table does the same.
    pub group: String,
    /// Whether it stands in only when the usual inputs of its group are short.
    pub alternate: bool,
    /// Built into equipment, which wears out, instead of used up.
    pub embedded: bool,
    /// What its loss does.
    pub effect: StepEffect,
    /// How far it can be replaced (a usual input) or can replace (an alternate).
    pub substitutable: Substitutable,
    /// One supplier only, where known.
    pub single_source: Option<bool>,
    /// Whether a source states that the loss halts, instead of the judgement of the compilers.
    pub reported: bool,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A number of a link, or of an input wherever it is used.
#[derive(Clone, PartialEq, Debug)]
pub struct StepParameter {
    /// The node that needs the input; empty for all.
    pub of: String,
    /// The input.
    pub input: String,
    /// `stock`, `wear-life`, `qualification`, `reach`, `loss`, `usual-share` or `intensity`.
    pub parameter: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A supplier's share of a node at a stage.
#[derive(Clone, PartialEq, Debug)]
pub struct StepSupplier {
    /// What is supplied.
    pub node: String,
    /// At which stage.
    pub stage: Stage,
    /// From which country.
    pub country: CountryCode,
    /// By which firm; empty for the country.
    pub entity: String,
    /// Share of the world's supply.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// The tables of processes, together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StepTables {
    /// Nodes.
    pub nodes: Vec<StepNode>,
    /// Links.
    pub links: Vec<StepLink>,
    /// Numbers of links.
    pub parameters: Vec<StepParameter>,
    /// Suppliers.
    pub suppliers: Vec<StepSupplier>,
    /// What is assumed where no source decides, by id.
    pub assumptions: std::collections::BTreeMap<String, crate::Assumption>,
}
