//! An answer: rows for machines, sections for people, and remarks that belong to both.

use serde_json::{Map, Value};

/// A cell of a row.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Nothing known.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// Several words.
    List(Vec<String>),
}

impl Cell {
    /// A number, or nothing.
    pub fn number(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// Text; nothing if it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The cell in a CSV file: numbers in full, lists separated by bars.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::List(items) => items.join("|"),
        }
    }

    /// The cell in JSON: `null` for nothing.
    pub fn json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Integer(number) => (*number).into(),
            Self::List(items) => items.clone().into(),
        }
    }
}

/// Rows with named columns: what `--format csv` and `--format json` give.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    /// Names of the columns, documented and stable.
    pub columns: Vec<&'static str>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Rows {
    /// Rows to be filled.
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Each row as a JSON object with the columns in order.
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let pairs = self.columns.iter().zip(row).map(|(column, cell)| ((*column).to_owned(), cell.json()));
            Value::Object(pairs.collect::<Map<String, Value>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

/// A part of what a person reads.
#[derive(Clone, PartialEq, Debug)]
pub enum Section {
    /// A sentence or paragraph.
    Paragraph(String),
    /// A table with a title, headings and cells ready to show. Columns whose heading ends in a blank are numbers.
    Table {
        /// Title, empty for none.
        title: String,
        /// Headings.
        headings: Vec<String>,
        /// Cells.
        rows: Vec<Vec<Text>>,
    },
    /// Short lines under a title.
    List {
        /// Title.
        title: String,
        /// Lines.
        lines: Vec<String>,
    },
}

/// A cell ready to show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// What is shown.
    pub text: String,
    /// Whether it is a number, shown to the right.
    pub number: bool,
}

impl Text {
    /// A blank at which a line is never broken; it is shown as a plain one.
    pub const TIE: &str = "\u{a0}";

    /// Words that stay on one line.
    pub fn tied(text: impl AsRef<str>) -> Self {
        Self::words(text.as_ref().replace(' ', Self::TIE))
    }

    /// Words, shown to the left.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: false }
    }

    /// A number, shown to the right.
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: true }
    }
}

/// An answer to a question.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answer {
    /// Everything, for machines.
    pub rows: Rows,
    /// The same for people, in reading order.
    pub sections: Vec<Section>,
    /// How old the newest record is, what was assumed, what is unverified: shown under a table, and on the error output
    /// beside CSV and JSON.
    pub remarks: Vec<String>,
}

/// A number as a person reads it: three significant figures, thousands separated.
pub fn readable(number: f64) -> String {
    let size = number.abs();
    if size >= 1000.0 {
        let whole = format!("{:.0}", number.abs());
        let mut text = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        return if number < 0.0 { format!("-{text}") } else { text };
    }
    let decimals = match size {
        _ if size == 0.0 || size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.0005 => 3,
        _ => return "<0.001".into(),
    };
    format!("{number:.decimals$}")
}

/// A share as a person reads it: whole per cent, and never 0 or 100 for what is not quite.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent > 0.0 && percent < 0.5 => "<1 %".into(),
        _ if (99.5..100.0).contains(&percent) => ">99 %".into(),
        _ => format!("{percent:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let shown: Vec<String> = [270_000.0, 1234.5, -1_234_567.0, 999.4, 47.31, 3.2416, 0.281_488, 0.0, 0.000_012]
            .into_iter()
            .map(readable)
            .collect();
        assert_eq!(shown, ["270,000", "1,234", "-1,234,567", "999", "47.3", "3.24", "0.281", "0", "<0.001"]);
    }

    #[test]
    fn a_share_that_is_not_quite_all_does_not_read_as_all() {
        assert_eq!([0.661, 0.002, 0.998, 1.0, 0.0].map(percent), ["66 %", "<1 %", ">99 %", "100 %", "0 %"]);
    }

    #[test]
    fn json_keeps_the_order_of_columns_and_says_null_for_nothing() {
        let mut rows = Rows::new(&["value", "low", "origins"]);
        rows.rows.push(vec![Cell::Number(0.5), Cell::number(Some(f64::NAN)), Cell::List(vec!["a".into()])]);
        assert_eq!(rows.json().to_string(), r#"[{"value":0.5,"low":null,"origins":["a"]}]"#);
    }
}
