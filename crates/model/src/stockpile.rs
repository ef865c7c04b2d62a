//! Stockpile rules; actual stocks are mostly secret.

use crate::{CountryCode, Days, Provenance, Quantity};

/// A rule, or what is known of a stock.
#[derive(Clone, PartialEq, Debug)]
pub struct StockpileRule {
    /// Holder.
    pub country: CountryCode,
    /// Commodities or class covered.
    pub scope: String,
    /// Rule or quantity.
    pub metric: String,
    /// Since when, as printed.
    pub period: String,
    /// Value as printed.
    pub value_text: String,
    /// Target in days of consumption, where the row is a days rule.
    pub days: Option<Days>,
    /// Commodity ids, or `*` for all designated ones.
    pub applies_to: Vec<String>,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}
