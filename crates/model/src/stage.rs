//! Stages of the chain from the ground to the product.

use std::fmt;

/// A stage of the chain, in the order in which material flows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    /// Mined ore and concentrate.
    Mine,
    /// Intermediate mixed compound, e.g. mixed rare-earth carbonate.
    MixedCompound,
    /// Separated oxide, refined or primary metal: the stage that most chains bottle-neck at.
    Refined,
    /// Metal made from a separated compound.
    Metal,
    /// Alloy or powder.
    Alloy,
    /// Permanent magnet.
    Magnet,
    /// Other component, e.g. battery anode.
    Component,
    /// Scrap and secondary material.
    Scrap,
    /// Trade in a basket of forms that no single stage describes.
    Trade,
}

impl Stage {
    /// Every stage with its word, in the order in which material flows.
    pub const ALL: [(Stage, &'static str); 9] = [
        (Stage::Mine, "mine"),
        (Stage::MixedCompound, "mixed-compound"),
        (Stage::Refined, "refined"),
        (Stage::Metal, "metal"),
        (Stage::Alloy, "alloy"),
        (Stage::Magnet, "magnet"),
        (Stage::Component, "component"),
        (Stage::Scrap, "scrap"),
        (Stage::Trade, "trade"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(stage, _)| *stage == self).map_or("", |(_, word)| word)
    }

    /// Reads the word; `None` if it is no stage.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(stage, _)| *stage)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
