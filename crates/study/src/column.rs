//! What a column of an answer holds, and its unit where the whole column has one: for tables that are typed, such as
//! spreadsheets and frames.

use crate::{Cell, Rows};

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers.
    Integer,
    /// Several texts.
    List,
}

/// Numbers whose unit stands in the column `unit` of the row.
const BY_ROW: [&str; 11] = ["value", "low", "high", "base", "p05", "p10", "p25", "p50", "p75", "p90", "p95"];

/// The unit of a column, if all its rows have the same.
pub fn unit(column: &str) -> Option<&'static str> {
    let starts = |word: &str| column.starts_with(word);
    Some(match column {
        "year" => "year",
        "bytes" => "bytes",
        "records" | "rows" | "size" => "number",
        "loss_p50" => "million USD",
        _ if starts("short_p") => "share of a year's use",
        _ if starts("price_p") => "multiple of the base price",
        _ if column.contains("days_share") || starts("share") || column.ends_with("_share") => "share",
        "supplier_share_low" | "supplier_share_high" => "share",
        _ if starts("level") => "share of output",
        _ if starts("days_") || starts("first_stop_p") || column.ends_with("_days") || column.ends_with("_days_50") => {
            "days"
        }
        _ => return None,
    })
}

/// What each column of the rows holds. Columns without any value hold what their name says.
pub fn kinds(rows: &Rows) -> Vec<Kind> {
    let kind = |place: usize, column: &str| {
        let mut found = None;
        for cell in rows.rows.iter().filter_map(|row| row.get(place)) {
            found = Some(match (cell, found) {
                (Cell::Empty, found) => match found {
                    Some(kind) => kind,
                    None => continue,
                },
                (Cell::List(_), None | Some(Kind::List)) => Kind::List,
                (Cell::Integer(_), None | Some(Kind::Integer)) => Kind::Integer,
                (Cell::Number(_) | Cell::Integer(_), None | Some(Kind::Number | Kind::Integer)) => Kind::Number,
                // Words beside numbers are words.
                _ => return Kind::Text,
            });
        }
        found.unwrap_or(match column {
            "year" => Kind::Integer,
            "origins" => Kind::List,
            _ if BY_ROW.contains(&column) || unit(column).is_some() => Kind::Number,
            _ => Kind::Text,
        })
    };
    rows.columns.iter().enumerate().map(|(place, column)| kind(place, column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_what_its_cells_are_and_an_empty_one_what_its_name_says() {
        let mut rows = Rows::new(&["value", "year", "origins", "note", "low", "first_stop_p50"]);
        let list = || Cell::List(vec!["a".into()]);
        rows.rows.push(vec![Cell::Integer(1), Cell::Integer(2024), list(), Cell::Empty, Cell::Empty, Cell::Empty]);
        rows.rows.push(vec![Cell::Number(0.5), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty]);
        let expected = [Kind::Number, Kind::Integer, Kind::List, Kind::Text, Kind::Number, Kind::Number];
        assert_eq!(kinds(&rows), expected);
        rows.rows[0][0] = Cell::text("several");
        assert_eq!(kinds(&rows)[0], Kind::Text);
    }

    #[test]
    fn units_of_whole_columns() {
        let units =
            ["import_share", "short_p50", "first_stop_p10", "days_95", "lost_days", "assumed_days_share", "value"];
        let expected = [
            Some("share"),
            Some("share of a year's use"),
            Some("days"),
            Some("days"),
            Some("days"),
            Some("share"),
            None,
        ];
        assert_eq!(units.map(unit), expected);
    }
}
