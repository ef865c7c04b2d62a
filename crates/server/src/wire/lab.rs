//! The shapes of the Disruption page.

use super::{Named, Number, Sentence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A low, a middle and a high number.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// As low as it might be.
    pub low: f64,
    /// Most likely.
    pub mid: f64,
    /// As high as it might be.
    pub high: f64,
}

/// A least and a most number.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

/// One exporter cuts some forms.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shock {
    /// Who: any country, code or name; also the one that is looked at.
    pub exporter: String,
    /// Commodities of these forms; for reading only.
    #[serde(default)]
    pub commodities: Vec<String>,
    /// Forms that are cut. They also choose the chains of a file.
    pub forms: Vec<String>,
    /// Share of the flow that stops.
    pub cut: Spread,
    /// Month from whose first day on it stops, e.g. `2027-01`.
    pub start: String,
    /// How many months it lasts.
    pub months: Between,
    /// What licences are given meanwhile: `none`, `case` (each shipment) or `general`.
    pub licence: String,
    /// Towards whom: `country` (the one that is looked at) or `everybody`.
    #[serde(default = "to_the_country")]
    pub reach: String,
}

fn to_the_country() -> String {
    "country".to_owned()
}

/// Where a lever stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeverLevel {
    /// Id of a lever.
    pub id: String,
    /// Level, in its unit.
    pub level: f64,
}

/// A number that the user puts in place of ours.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Id of an assumption.
    pub id: String,
    /// Its value.
    pub value: f64,
}

/// A case of the Disruption page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabScenario {
    /// The case that it was made from; for reading only.
    #[serde(default)]
    pub id: Option<String>,
    /// Who is looked at.
    pub country: String,
    /// A built-in scenario that is run as it is written; then nothing of `shock` counts but the chains of its forms.
    #[serde(default)]
    pub file: Option<String>,
    /// A case of that file.
    #[serde(default)]
    pub case: Option<String>,
    /// What happens otherwise.
    pub shock: Shock,
    /// What is done about it.
    #[serde(default)]
    pub levers: Vec<LeverLevel>,
    /// Month from which levers act; that of the cut if left out.
    #[serde(default)]
    pub levers_from: Option<String>,
    /// Numbers in place of ours.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Number of futures.
    pub replicates: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Months shown, from the cut on; of a file, months of its run.
    pub horizon: u32,
}

/// A lever.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Lever {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Unit of its level.
    pub unit: String,
    /// Lowest level.
    pub low: f64,
    /// Highest level.
    pub high: f64,
    /// Step.
    pub step: f64,
    /// Level without any action.
    pub rest: f64,
    /// Level of the cases as delivered.
    pub level: f64,
    /// How good its range is.
    pub quality: String,
    /// Where it comes from.
    pub origins: Vec<String>,
    /// What it does, and why its range is so.
    pub reason: String,
}

/// A form that can be cut.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct LabForm {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Commodity.
    pub commodity: String,
    /// `mine`, `refined`, `metal` or `magnet`.
    pub stage: &'static str,
    /// Chain.
    pub chain: String,
}

/// Something that a file says will happen.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Happening {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// `ban`, `licence`, `quota`, `outage` and so on.
    pub kind: String,
    /// First day; empty if it answers another event.
    pub start: String,
    /// Where it comes from.
    pub origins: Vec<String>,
}

/// What a file says is stated nowhere.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct NotStated {
    /// English.
    pub text_en: String,
    /// Japanese.
    pub text_ja: String,
    /// Origins that were searched.
    pub origins: Vec<String>,
}

/// A case to start from.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct OfferedCase {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// What it supposes, in English.
    pub about_en: String,
    /// What it supposes, in Japanese.
    pub about_ja: String,
    /// The case.
    pub scenario: LabScenario,
    /// What its file says will happen; empty where the shock says all.
    pub events: Vec<Happening>,
    /// Cases of its file.
    pub cases: Vec<Named>,
    /// What its file says is stated nowhere.
    pub unknown: Vec<NotStated>,
    /// Share of the country's imports of the chain that the exporter holds, by value.
    pub share: Option<Number>,
}

/// What the page starts from.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Scenarios {
    /// Cases: generated ones, then those of the record.
    pub scenarios: Vec<OfferedCase>,
    /// Levers.
    pub levers: Vec<Lever>,
    /// Forms.
    pub forms: Vec<LabForm>,
    /// Exporters of these forms, the largest by value first; any country may be chosen.
    pub exporters: Vec<String>,
}

/// Months of a form as quantiles 5, 10, 25, 50, 75, 90 and 95 %.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct FormFans {
    /// Form.
    pub form: String,
    /// By month.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub fans: Vec<[f64; 7]>,
    /// Where the records of its market come from.
    pub origins: Vec<String>,
}

/// A recorded price beside those of the run.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct PriceMark {
    /// Month from the cut.
    pub t: i32,
    /// Price.
    pub value: f64,
    /// What it is.
    pub label: Sentence,
    /// Where it comes from.
    pub origins: Vec<String>,
}

/// Prices of a form.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Prices {
    /// Form.
    pub form: String,
    /// Spot price where the country buys.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub spot: Vec<[f64; 7]>,
    /// Price of contracts there.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub paid: Vec<[f64; 7]>,
    /// Price within the restricting country.
    #[schema(value_type = Option<Vec<Vec<f64>>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Vec<[f64; 7]>>,
    /// Unit.
    pub unit: &'static str,
    /// Recorded prices: that of the base year.
    pub events: Vec<PriceMark>,
    /// Where the records of its market come from.
    pub origins: Vec<String>,
}

/// Output of an industry that is lost, in parts of what stands on these forms.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Lost {
    /// Industry.
    pub industry: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// By month.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub fans: Vec<[f64; 7]>,
}

/// When a first line stands still for want of a form.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct RunOut {
    /// Form that is missing.
    pub form: String,
    /// What it is used for, the largest use first.
    pub uses: Vec<Named>,
    /// Days after the first measure in fifty equally likely futures, the shortest first; `null` beyond the run.
    pub days: Vec<Option<f64>>,
    /// Where the records of its market come from.
    pub origins: Vec<String>,
}

/// Loss of an industry.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct IndustryLoss {
    /// Industry.
    pub industry: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// 10 %.
    pub q10: f64,
    /// Median.
    pub q50: f64,
    /// 90 %.
    pub q90: f64,
}

/// Value added lost from the first measure on.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Loss {
    /// Currency.
    pub unit: &'static str,
    /// Months over which it is summed: twelve, or as many as the run has.
    pub months: u32,
    /// In fifty equally likely futures, the lowest first.
    pub dots: Vec<f64>,
    /// 10 %.
    pub q10: f64,
    /// Median.
    pub q50: f64,
    /// 90 %.
    pub q90: f64,
    /// By industry.
    pub by_industry: Vec<IndustryLoss>,
}

/// One side of a comparison.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct CaseResult {
    /// Cover of stocks by form, in months of usual use.
    pub cover: Vec<FormFans>,
    /// Prices.
    pub price: Vec<Prices>,
    /// Output lost by industry.
    pub lost: Vec<Lost>,
    /// What runs out, the first first.
    pub run_out: Vec<RunOut>,
    /// Value lost.
    pub loss: Loss,
}

/// What others have published.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct PublishedLoss {
    /// Who said it.
    pub who: String,
    /// For how many months; `null` where it is not said.
    pub months: Option<u32>,
    /// What stops, and when it was said.
    pub what: String,
    /// The number as printed.
    pub printed: String,
    /// The number.
    pub num: Number,
}

/// A day to compare with.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Mark {
    /// Days after the first measure.
    pub day: f64,
    /// What happened.
    pub label: Sentence,
    /// Where it comes from.
    pub origins: Vec<String>,
}

/// An assumption with how much it matters.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Assumption {
    /// Name by which it is set.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Unit.
    pub unit: String,
    /// Central value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How good it is.
    pub quality: String,
    /// Why.
    pub reason: String,
    /// Where it comes from.
    pub origins: Vec<String>,
    /// Share of the spread of the loss that comes from it; `null` while too few futures were run.
    pub matters: Option<f64>,
    /// Whether the user set it.
    pub overridden: bool,
}

/// What a case shows.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct LabResult {
    /// The case.
    pub scenario: LabScenario,
    /// Futures run.
    pub done: u32,
    /// The month of the first measure.
    pub first: String,
    /// Months from it.
    pub t: Vec<i32>,
    /// With levers.
    pub case: CaseResult,
    /// The same draws without.
    pub base: CaseResult,
    /// What others have published.
    pub published: Vec<PublishedLoss>,
    /// Days to compare with.
    pub marks: Vec<Mark>,
    /// Assumptions, those that matter most first.
    pub assumptions: Vec<Assumption>,
    /// Base year of the market.
    pub base_year: i32,
    /// Regions that the market keeps apart; all if empty.
    pub regions: Vec<String>,
    /// Command that gives the same numbers from the scenario file of the case.
    pub command: String,
    /// Seconds that the run took.
    pub seconds: f64,
    /// Milliseconds of them in the market.
    pub engine_milliseconds: f64,
}
