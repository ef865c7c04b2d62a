//! Method cards: the one definition that feeds `lode explain`, the methods chapter and the workbench.

/// Which way is worse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// A higher value means more exposure.
    HigherIsRiskier,
    /// A lower value means more exposure.
    LowerIsRiskier,
    /// The value is an amount, not a risk.
    Amount,
}

/// Where a formula comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Method {
    /// Reference in full.
    pub citation: &'static str,
    /// Digital object identifier, empty where the document has none.
    pub doi: &'static str,
}

/// The method card of an indicator.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Card {
    /// Its id in commands and answers, lower-case with hyphens.
    pub id: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Its name in Japanese.
    pub name_ja: &'static str,
    /// What it says, in a plain sentence.
    pub plain: &'static str,
    /// The equation, in plain text.
    pub equation: &'static str,
    /// The symbols of the equation, each with its unit.
    pub symbols: &'static [(&'static str, &'static str)],
    /// Which way is worse.
    pub direction: Direction,
    /// Unit of the value.
    pub unit: &'static str,
    /// Least and greatest possible value, where there are any.
    pub range: (Option<f64>, Option<f64>),
    /// Where the formula comes from.
    pub sources: &'static [Method],
    /// A worked number: inputs and result, the same as in the first test.
    pub worked: &'static str,
    /// What the indicator cannot say, and what to mistrust.
    pub caveats: &'static [&'static str],
    /// The tables that it reads.
    pub reads: &'static [&'static str],
    /// Ids of the assumptions that it uses, in table `assumptions`.
    pub assumptions: &'static [&'static str],
}
