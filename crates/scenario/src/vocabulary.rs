//! The words that a scenario may use: what the market at hand knows.

use crate::report::did_you_mean;
use lode_model::Year;

/// A thing with its id and every name under which a user may write it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Word {
    /// Its id.
    pub id: String,
    /// Its names in any language, other spellings included.
    pub names: Vec<String>,
}

impl Word {
    /// A word with its names.
    pub fn new(id: &str, names: &[&str]) -> Self {
        Self { id: id.to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn is(&self, typed: &str) -> bool {
        let same = |name: &str| name == typed || name.to_lowercase() == typed.to_lowercase();
        same(&self.id) || self.names.iter().any(|name| same(name))
    }
}

/// A form of the market.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormWord {
    /// Id and names.
    pub word: Word,
    /// Chain that it belongs to.
    pub chain: String,
    /// Commodities that it holds, and the groups that they belong to.
    pub commodities: Vec<String>,
    /// Six-digit customs codes whose trade it is.
    pub hs_codes: Vec<String>,
}

/// Every word that a scenario may use. An empty list knows nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vocabulary {
    /// Countries, regions of the market and groups of countries.
    pub places: Vec<Word>,
    /// Forms of the market.
    pub forms: Vec<FormWord>,
    /// Chains of the market.
    pub chains: Vec<Word>,
    /// Uses.
    pub uses: Vec<Word>,
    /// Commodities.
    pub commodities: Vec<Word>,
    /// Processes of plants.
    pub processes: Vec<Word>,
    /// Ids of origins; `None` if they are not to be checked.
    pub origins: Option<Vec<Word>>,
    /// First and last year for which a market can be built; `None` if not to be checked.
    pub data_years: Option<(Year, Year)>,
}

/// Finds a word by id or name: its id, or the word that may have been meant.
pub(crate) fn find<'a>(words: impl Iterator<Item = &'a Word> + Clone, typed: &str) -> Result<&'a str, Option<&'a str>> {
    match words.clone().find(|word| word.is(typed)) {
        Some(word) => Ok(&word.id),
        None => Err(did_you_mean(
            typed,
            words.flat_map(|word| std::iter::once(word.id.as_str()).chain(word.names.iter().map(String::as_str))),
        )),
    }
}

impl Vocabulary {
    /// The form with an id.
    pub fn form(&self, id: &str) -> Option<&FormWord> {
        self.forms.iter().find(|form| form.word.id == id)
    }
}
