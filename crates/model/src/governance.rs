//! Political stability by the Worldwide Governance Indicators.

use crate::{CountryCode, Provenance, Year};

/// The method of the indicators changed between 2022 and 2023.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GovernanceSeries {
    /// Percentile ranks, to 2022.
    Old,
    /// Scores of 0 to 100, from 2023.
    Revised,
}

/// Political stability and absence of violence in one country and year. A country without an estimate has no record.
#[derive(Clone, PartialEq, Debug)]
pub struct Governance {
    /// Country.
    pub country: CountryCode,
    /// Year.
    pub year: Year,
    /// Estimate, about -2.5 (weak) to 2.5 (strong).
    pub estimate: f64,
    /// Standard error of the estimate.
    pub standard_error: Option<f64>,
    /// Number of sources.
    pub sources: Option<i64>,
    /// Which method.
    pub series: GovernanceSeries,
    /// Where it comes from.
    pub provenance: Provenance,
}
