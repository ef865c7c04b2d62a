//! Prices as published.

use crate::{CommodityId, Provenance, Quantity};

/// Where a price holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Market {
    /// Inside China.
    ChinaDomestic,
    /// Free on board at a Chinese port.
    FobChina,
    /// Outside China, place not stated.
    OutsideChina,
    /// In Europe.
    Europe,
    /// In the United States.
    UnitedStates,
    /// In Japan.
    Japan,
    /// In a contract.
    Contract,
    /// World reference.
    World,
}

impl Market {
    /// Every market with its word.
    pub const ALL: [(Market, &'static str); 8] = [
        (Market::ChinaDomestic, "china-domestic"),
        (Market::FobChina, "fob-china"),
        (Market::OutsideChina, "outside-china"),
        (Market::Europe, "europe"),
        (Market::UnitedStates, "united-states"),
        (Market::Japan, "japan"),
        (Market::Contract, "contract"),
        (Market::World, "world"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(market, _)| *market == self).map_or("", |(_, word)| word)
    }
}

/// A price of a form in a market and period.
#[derive(Clone, PartialEq, Debug)]
pub struct Price {
    /// Commodity.
    pub commodity: CommodityId,
    /// Form and purity as printed.
    pub form: String,
    /// Where it holds.
    pub market: Market,
    /// Day, month, quarter or year.
    pub period: String,
    /// `mean`, `year-end`, `point`, `floor` or `import-value`.
    pub kind: String,
    /// A single fact quoted from a commercial reporter.
    pub quoted: bool,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}
