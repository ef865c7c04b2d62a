//! One clear report of all mistakes in a scenario file: file, line, field, what is wrong, and a hint.

use std::fmt;

/// One mistake in a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mistake {
    /// File as the user named it.
    pub file: String,
    /// Line, the first is 1. `None` if the whole file is meant.
    pub line: Option<usize>,
    /// Field by its path, e.g. `controls.halt.severity`; empty if none is meant.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// All mistakes found, in the order of the file. Only the first [`Report::KEPT`] are kept, the rest is counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
    not_kept: usize,
}

impl Report {
    /// How many mistakes are kept.
    pub const KEPT: usize = 200;

    pub(crate) fn of(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        mistakes.dedup();
        let not_kept = mistakes.len().saturating_sub(Self::KEPT);
        mistakes.truncate(Self::KEPT);
        Self { mistakes, not_kept }
    }

    /// The mistakes kept.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Number of mistakes, those not kept included.
    pub fn count(&self) -> usize {
        self.mistakes.len() + self.not_kept
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.mistakes {
            writeln!(f, "{mistake}")?;
        }
        if self.not_kept > 0 {
            writeln!(f, "... and {} more mistakes", self.not_kept)?;
        }
        write!(f, "{} {} in all; nothing was run", self.count(), if self.count() == 1 { "mistake" } else { "mistakes" })
    }
}

impl std::error::Error for Report {}

/// The known word nearest to a mistyped one, if it is near enough to be worth suggesting.
pub(crate) fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, &word.to_lowercase()), word))
        .min()
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4 && *distance < word.chars().count())
        .map(|(_, word)| word)
}
