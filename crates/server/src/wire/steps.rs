//! Shapes of what stops: steps and their needs, a firm's own list.

use super::lab::LabScenario;
use super::{Named, Number};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step of a process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Step {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Place among the steps.
    pub order: usize,
    /// Id of the part of the process.
    pub section: String,
}

/// An element.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Element {
    /// Id.
    pub id: String,
    /// Symbol, or its name where it has none.
    pub symbol: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
}

/// Who supplies most at the stage where one country supplies most.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Supplier {
    /// Stage.
    pub stage: &'static str,
    /// The country and its share.
    pub top: Number,
}

/// What a step needs of an element.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Need {
    /// Step.
    pub step: String,
    /// Element.
    pub element: String,
    /// The inputs through which it is needed.
    pub materials: Vec<Named>,
    /// `needed`, `partly` or `equipment`.
    pub role: &'static str,
    /// What stands in for it on the way, or shares the work.
    pub stands_in: Vec<Named>,
    /// `none`, `partial` or `full`, once substitutes are qualified.
    pub substitutable: &'static str,
    /// Output left once substitutes are qualified.
    pub substitute_share: Option<Number>,
    /// Months until the first substitute is qualified.
    pub qualify_months: Number,
    /// Days of the direct input in stock, or until a built-in part is replaced.
    pub stock_days: Number,
    /// Days until the step falls below half if the element is lost from one day to the next.
    pub halt_days: Number,
    /// Whether the step stops without it, before substitutes are qualified.
    pub halts: bool,
    /// Whether this is the judgement of the compilers.
    pub judgement: bool,
    /// Who supplies most of it.
    pub supplier: Option<Supplier>,
    /// Remark.
    pub note: Option<String>,
    /// Where the links come from.
    pub origins: Vec<String>,
}

/// Elements whose loss halts the product.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct CutSet {
    /// Ids of elements.
    pub elements: Vec<String>,
    /// How many steps halt.
    pub count: usize,
}

/// An episode of the past.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Episode {
    /// Id, with the variant behind a colon.
    pub name: String,
    /// What fell short.
    pub supply: Named,
    /// Whose lines.
    pub product: Named,
    /// Year.
    pub year: String,
    /// Whether lines stopped.
    pub halted: bool,
    /// Chance that at least one of the comparable lines stops, as the steps say; `low` is that of one line alone.
    pub predicted: Number,
    /// What fell short by how much, and what came of it.
    pub note: String,
}

/// Which elements halt which step of a product?
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Steps {
    /// Product or family.
    pub product: String,
    /// What can be asked for.
    pub products: Vec<Named>,
    /// Parts of the process, in order.
    pub sections: Vec<Named>,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// Elements that are needed.
    pub elements: Vec<Element>,
    /// Needs.
    pub needs: Vec<Need>,
    /// Minimal sets of elements whose loss halts the product.
    pub cut_sets: Vec<CutSet>,
    /// What happened in the past, and what the steps say of it.
    pub episodes: Vec<Episode>,
    /// Share of the numbers that are assumed.
    pub assumed: Number,
}

/// A step that an element touches.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Touch {
    /// Id of the nearest product.
    pub product: String,
    /// English name.
    pub product_en: String,
    /// Japanese name.
    pub product_ja: String,
    /// The need.
    pub need: Need,
    /// English name of the step.
    pub step_en: String,
    /// Japanese name.
    pub step_ja: String,
}

/// Everything that an element touches.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Touches {
    /// Element.
    pub element: String,
    /// Steps, with their nearest products.
    pub touches: Vec<Touch>,
}

/// What to hold a list against.
#[derive(Clone, PartialEq, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRequest {
    /// A case of the Disruption page: what arrives is what a focus market says.
    #[serde(default)]
    pub scenario: Option<LabScenario>,
    /// What is cut, as `lode exposure --cut` writes it, e.g. `dysprosium@CHN=1:6`.
    #[serde(default)]
    pub cuts: Vec<String>,
    /// Weeks that lines shall survive.
    pub weeks: u32,
    /// In this share of futures.
    pub confidence: f64,
}

/// When a line stops.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Stop {
    /// Product.
    pub product: String,
    /// Plant.
    pub plant: String,
    /// Days until the line falls below half, 50 equally likely futures; `null` for not within the horizon.
    pub days: Vec<Option<f64>>,
    /// The parts that stop it first, with their share of stops.
    pub first: Vec<FirstPart>,
    /// Value of output lost.
    pub value_at_risk: Number,
}

/// A part that stops a line.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct FirstPart {
    /// Part.
    pub part: String,
    /// Share of stops.
    pub share: f64,
}

/// Extra stock of an item.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ExtraStock {
    /// Product.
    pub product: String,
    /// Plant.
    pub plant: String,
    /// Item.
    pub part: String,
    /// Extra days of its usual use.
    pub extra: Number,
    /// What they cost.
    pub cost: Number,
}

/// Whom to ask.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Ask {
    /// Supplier.
    pub supplier: String,
    /// Part.
    pub part: String,
    /// What to ask.
    pub questions: Vec<&'static str>,
    /// How much it matters, of the one that matters most.
    pub matters: f64,
}

/// What a scenario does to a firm's list.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ListResult {
    /// Id of the list.
    pub upload: String,
    /// Lines.
    pub stops: Vec<Stop>,
    /// The cheapest extra stock, or that of the fewest days where prices are missing.
    pub stock: Vec<ExtraStock>,
    /// What matters most first.
    pub ask: Vec<Ask>,
    /// Share of the numbers that are assumed.
    pub assumed: Number,
}
