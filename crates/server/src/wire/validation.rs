//! Shapes of the model held against the past.

use serde::Serialize;
use utoipa::ToSchema;

/// A score and what it should be.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Score {
    /// Key of the message files.
    pub key: String,
    /// The series that a headline belongs to, in English.
    pub of_en: Option<String>,
    /// In Japanese.
    pub of_ja: Option<String>,
    /// What was reached.
    pub value: Option<f64>,
    /// From where it would be good; `null` for any.
    pub from: Option<f64>,
    /// Up to where.
    pub to: Option<f64>,
    /// Whether it is; a miss is a miss.
    pub met: Option<bool>,
}

/// A point of a series.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct BackTestPoint {
    /// Id of the fact; empty for a forecast.
    pub id: String,
    /// Month, or another period of the fact.
    pub month: String,
    /// What came; `null` where it is not known or held by others.
    pub observed: Option<f64>,
    /// Quantiles 5, 10, 25, 50, 75, 90 and 95 %; `null` for those that were not kept.
    pub fan: [Option<f64>; 7],
    /// Whether what came lies between 10 and 90 %.
    pub inside: Option<bool>,
    /// Remark.
    pub note: Option<String>,
    /// Title of the source of what came.
    pub source: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// A series.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct BackTestSeries {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Unit.
    pub unit: &'static str,
    /// Points in order.
    pub points: Vec<BackTestPoint>,
}

/// A miss, and which mechanism is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Miss {
    /// What.
    pub what: String,
    /// What came.
    pub observed: String,
    /// What the model said.
    pub model: String,
    /// Why.
    pub why: String,
}

/// The model against one episode, or a frozen forecast.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct BackTest {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// `calibrated`, `test`, `blind` or `forward`.
    pub kind: &'static str,
    /// The day on which it was frozen.
    pub frozen: Option<String>,
    /// Scores.
    pub scores: Vec<Score>,
    /// Series.
    pub series: Vec<BackTestSeries>,
    /// Misses.
    pub misses: Vec<Miss>,
    /// Remarks of a frozen forecast.
    pub remarks: Vec<String>,
}

/// Every test.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Validation {
    /// Tests.
    pub tests: Vec<BackTest>,
}
