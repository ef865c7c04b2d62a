//! All mistakes of an input at once.

use std::fmt;

/// What is wrong with a market, with events or with a plan: one sentence for each mistake.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mistakes {
    /// One sentence for each.
    pub all: Vec<String>,
}

impl Mistakes {
    pub(crate) fn add(&mut self, mistake: String) {
        self.all.push(mistake);
    }

    pub(crate) fn into_result(self) -> Result<(), Self> {
        if self.all.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.all.join("\n"))
    }
}

impl std::error::Error for Mistakes {}
