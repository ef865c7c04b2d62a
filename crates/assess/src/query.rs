//! What is asked.

use lode_model::{CommodityId, CountryCode, HsSetId, Role, Stage, World, Year};
use std::ops::RangeInclusive;

/// Whether shares are taken of weights or of money.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Basis {
    /// Gross tonnes.
    Quantity,
    /// Nominal dollars.
    Value,
}

impl Basis {
    /// The word used in commands and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Value => "value",
        }
    }
}

/// A country, or a group of countries taken as one: trade among its members does not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Economy {
    /// ISO code, or the name of the group, e.g. `EU27`.
    pub name: String,
    /// Its countries.
    pub members: Vec<CountryCode>,
}

impl Economy {
    /// One country.
    pub fn country(code: CountryCode) -> Self {
        Self { name: code.to_string(), members: vec![code] }
    }

    /// A group with its members in a year; `None` if the World knows no such group or it has no member then.
    pub fn group(world: &World, name: &str, year: Year) -> Option<Self> {
        let members = world.members(name, year);
        (!members.is_empty()).then(|| Self { name: name.to_owned(), members })
    }

    /// Whether it is the whole world, which produces and imports from nobody.
    pub fn is_world(&self) -> bool {
        self.contains(CountryCode::WORLD)
    }

    /// Whether a country is part of it.
    pub fn contains(&self, code: CountryCode) -> bool {
        self.members.contains(&code)
    }
}

/// A question to an indicator.
#[derive(Clone, PartialEq, Debug)]
pub struct Query {
    /// Who asks.
    pub country: Economy,
    /// About what.
    pub commodity: CommodityId,
    /// At which stage; `None` for the indicator's own choice, which the answer names.
    pub stage: Option<Stage>,
    /// On whom; `None` for the largest supplier of each year, which the answer names.
    pub partner: Option<Economy>,
    /// For which years.
    pub years: RangeInclusive<Year>,
    /// By weight or by value.
    pub basis: Basis,
    /// Which customs codes count; `None` for the commodity's default set or the forms of the stage.
    pub hs_set: Option<HsSetId>,
    /// By whose record of trade; `None` for the package's own, reconciled from both sides.
    pub record: Option<Role>,
}
