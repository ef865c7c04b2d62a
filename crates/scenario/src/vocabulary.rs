//! The words that a scenario may use: what the market at hand knows.

use crate::report::did_you_mean;
use lode_model::{Stage, Year};

/// A thing with its id and every name under which a user may write it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Word {
    /// Its id.
    pub id: String,
    /// English name; empty if it has none but its id.
    pub name_en: String,
    /// Japanese name; empty if it has none.
    pub name_ja: String,
    /// Other spellings.
    pub others: Vec<String>,
}

impl Word {
    /// A word with its names.
    pub fn new(id: &str, name_en: &str, name_ja: &str) -> Self {
        Self { id: id.to_owned(), name_en: name_en.to_owned(), name_ja: name_ja.to_owned(), others: Vec::new() }
    }

    /// Everything that a user may write for it.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        let names = [&self.id, &self.name_en, &self.name_ja].into_iter().chain(&self.others);
        names.map(String::as_str).filter(|name| !name.is_empty())
    }

    /// The English name, or the id.
    pub fn english(&self) -> &str {
        if self.name_en.is_empty() { &self.id } else { &self.name_en }
    }

    /// The Japanese name, or the English one.
    pub fn japanese(&self) -> &str {
        if self.name_ja.is_empty() { self.english() } else { &self.name_ja }
    }

    fn is(&self, typed: &str) -> bool {
        self.spellings().any(|name| name == typed || name.to_lowercase() == typed.to_lowercase())
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
    /// Stage of the chain.
    pub stage: Option<Stage>,
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

/// How many words are listed where none is near to what was typed.
const LISTED: usize = 40;

/// Finds a word by id or name: its id, or a hint.
pub(crate) fn find<'a>(words: impl Iterator<Item = &'a Word> + Clone, typed: &str) -> Result<&'a str, Option<String>> {
    if let Some(word) = words.clone().find(|word| word.is(typed)) {
        return Ok(&word.id);
    }
    if let Some(near) = did_you_mean(typed, words.clone().flat_map(Word::spellings)) {
        return Err(Some(format!("did you mean `{near}`?")));
    }
    let ids: Vec<&str> = words.map(|word| word.id.as_str()).collect();
    Err((!ids.is_empty() && ids.len() <= LISTED).then(|| format!("known: {}", ids.join(", "))))
}

impl Vocabulary {
    /// The place with an id.
    pub fn place(&self, id: &str) -> Option<&Word> {
        self.places.iter().find(|place| place.id == id)
    }

    /// The form with an id.
    pub fn form(&self, id: &str) -> Option<&FormWord> {
        self.forms.iter().find(|form| form.word.id == id)
    }
}
