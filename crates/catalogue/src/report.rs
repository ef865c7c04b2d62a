//! One clear report of all mistakes in what a user gave us: file, row, column, what is wrong, and a hint.

use std::fmt;

/// One mistake in an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// File as the user named it.
    pub file: String,
    /// Row as a spreadsheet shows it: the header is row 1. `None` if the whole file is meant.
    pub row: Option<u64>,
    /// Column by its heading.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The first few further rows with the same mistake.
    pub also: Vec<u64>,
    /// In how many more rows it stands beyond those.
    pub more: u64,
}

impl Mistake {
    /// How many further rows are named one by one.
    const ALSO: usize = 4;

    /// A mistake of a file as a whole.
    pub fn in_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            row: None,
            column: None,
            message: message.into(),
            hint: None,
            also: Vec::new(),
            more: 0,
        }
    }

    /// A mistake in one row.
    pub fn in_row(file: &str, row: u64, message: impl Into<String>) -> Self {
        Self { row: Some(row), ..Self::in_file(file, message) }
    }

    /// Names the column.
    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// Says what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the other is the same mistake in another row.
    fn is_like(&self, other: &Self) -> bool {
        self.row.is_some()
            && other.row.is_some()
            && self.message == other.message
            && self.column == other.column
            && self.hint == other.hint
            && self.file == other.file
    }

    fn add_row(&mut self, row: u64) {
        if self.also.len() < Self::ALSO {
            self.also.push(row);
        } else {
            self.more += 1;
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.file)?;
        if let Some(row) = self.row {
            write!(f, " row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)?;
        if !self.also.is_empty() {
            let rows: Vec<String> = self.also.iter().map(u64::to_string).collect();
            write!(f, "\n  the same in row {}", rows.join(", "))?;
            if self.more > 0 {
                write!(f, " and {} more", self.more)?;
            }
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// All mistakes found. The same mistake in many rows is one entry, and only the first [`Report::KEPT`] entries are kept, so
/// that a broken file of a billion rows fills neither the screen nor the memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
    repeated: u64,
    not_kept: u64,
}

impl Report {
    /// How many different mistakes are kept.
    pub const KEPT: usize = 200;

    /// A report without mistakes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mistake.
    pub fn push(&mut self, mistake: Mistake) {
        let like = self.mistakes.iter_mut().find(|kept| kept.is_like(&mistake));
        if let (Some(kept), Some(row)) = (like, mistake.row) {
            kept.add_row(row);
            self.repeated += 1;
        } else if self.mistakes.len() < Self::KEPT {
            self.mistakes.push(mistake);
        } else {
            self.not_kept += 1;
        }
    }

    /// Adds all mistakes of another report.
    pub fn extend(&mut self, other: Report) {
        self.repeated += other.repeated;
        other.mistakes.into_iter().for_each(|mistake| self.push(mistake));
        self.not_kept += other.not_kept;
    }

    /// The mistakes kept.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// Number of mistakes, those not kept included.
    pub fn count(&self) -> u64 {
        self.mistakes.len() as u64 + self.repeated + self.not_kept
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// The value if there is no mistake, else the report.
    pub fn into_result<T>(self, value: T) -> Result<T, Report> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Mistake> for Report {
    fn from(mistake: Mistake) -> Self {
        Self { mistakes: vec![mistake], ..Self::default() }
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
        write!(
            f,
            "{} {} in all; nothing was changed",
            self.count(),
            if self.count() == 1 { "mistake" } else { "mistakes" }
        )
    }
}

impl std::error::Error for Report {}

/// The known word nearest to a mistyped one, if it is near enough to be worth suggesting.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, &word.to_lowercase()), word))
        .min()
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_shows_place_message_and_hint_and_counts_what_it_does_not_keep() {
        let mut report = Report::new();
        for row in 0..500 {
            let message = format!("-{row} is negative");
            report.push(Mistake::in_row("trade.csv", row + 2, message).column("quantity_t").hint("use 0 or more"));
        }
        let text = report.to_string();
        assert!(text.starts_with("error: trade.csv row 2, column quantity_t: -0 is negative\n  hint: use 0 or more\n"));
        assert!(text.contains("and 300 more mistakes"));
        assert!(text.ends_with("500 mistakes in all; nothing was changed"));
    }

    #[test]
    fn the_same_mistake_in_many_rows_is_told_once() {
        let mut report = Report::new();
        for row in 2..1002 {
            report.push(Mistake::in_row("trade.csv", row, "is not UTF-8 text").column("name").hint("save it as UTF-8"));
        }
        assert_eq!((report.count(), report.mistakes().len()), (1000, 1));
        assert_eq!(
            report.to_string(),
            "error: trade.csv row 2, column name: is not UTF-8 text\n  the same in row 3, 4, 5, 6 and 995 more\n  \
             hint: save it as UTF-8\n1000 mistakes in all; nothing was changed"
        );
    }

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(did_you_mean("dysprosum", ["dysprosium", "terbium"]), Some("dysprosium"));
        assert_eq!(did_you_mean("uranium", ["dysprosium", "terbium"]), None);
        assert_eq!(did_you_mean("galium", ["gallium", "germanium"]), Some("gallium"));
    }
}
