//! What an indicator answers.

use crate::{Band, Basis, Card, Query};
use lode_model::{CommodityId, DataQuality, OriginId, Provenance, Stage, Year};
use std::collections::BTreeSet;

/// One number of an indicator with everything that a reader needs to trust it.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    /// Id of the indicator.
    pub indicator: &'static str,
    /// Who asked: ISO code or name of a group.
    pub country: String,
    /// About what.
    pub commodity: CommodityId,
    /// At which stage.
    pub stage: Option<Stage>,
    /// On whom: ISO code or name of a group; empty where no partner is meant.
    pub partner: String,
    /// For which year.
    pub year: Option<Year>,
    /// The value and its band.
    pub band: Band,
    /// Unit of the value.
    pub unit: String,
    /// What the value is taken of: quantity or value with the customs codes, or the mass basis.
    pub basis: String,
    /// As good as the worst of the inputs; `user` if the user gave any of them.
    pub quality: DataQuality,
    /// Where the inputs come from.
    pub origins: BTreeSet<OriginId>,
    /// Why there is no value, why only bounds, which assumption was used, what disagrees.
    pub notes: Vec<String>,
}

impl Measure {
    /// A measure without a value yet: what the card and the query already say.
    pub fn of(card: &Card, query: &Query, year: Option<Year>) -> Self {
        Self {
            indicator: card.id,
            country: query.country.name.clone(),
            commodity: query.commodity.clone(),
            stage: query.stage,
            partner: query.partner.as_ref().map(|partner| partner.name.clone()).unwrap_or_default(),
            year,
            band: Band::UNKNOWN,
            unit: card.unit.to_owned(),
            basis: String::new(),
            quality: DataQuality::Reported,
            origins: BTreeSet::new(),
            notes: Vec::new(),
        }
    }

    /// Answers `not enough data`, and says what is missing.
    pub fn not_enough_data(mut self, missing: &str) -> Self {
        self.band = Band::UNKNOWN;
        self.quality = DataQuality::Withheld;
        self.notes.push(format!("not enough data: {missing}"));
        self
    }

    /// Answers a question about imports that was asked about the whole world.
    pub fn world_does_not_import(self) -> Self {
        self.not_enough_data("an importer: the world as a whole imports from nobody; name a country or a group")
    }

    /// Whether the answer is `not enough data`.
    pub fn is_missing(&self) -> bool {
        self.band == Band::UNKNOWN
    }

    /// Takes an input into account: its origin joins, its quality counts.
    pub fn uses(&mut self, provenance: &Provenance) {
        self.origins.insert(provenance.origin.clone());
        self.quality = self.quality.max(provenance.quality);
    }

    /// Names what the value is taken of.
    pub fn set_basis(&mut self, basis: Basis, detail: &str) {
        self.basis = if detail.is_empty() { basis.word().to_owned() } else { format!("{} {detail}", basis.word()) };
    }

    /// Adds a remark once.
    pub fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}
