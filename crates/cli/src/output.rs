//! Answers on the terminal: a table for people, CSV or JSON for machines.

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use lode_catalogue::csv_line;
use lode_study::{Answer, Section, Text};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// Rows with a header, numbers in full
    Csv,
    /// An array of rows
    Json,
    /// A workbook with sheets of data, sources and assumptions, written to --output
    Xlsx,
}

/// By weight or by value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BasisWord {
    /// Gross tonnes
    Quantity,
    /// Nominal dollars
    Value,
}

impl BasisWord {
    /// The word of a question.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Value => "value",
        }
    }
}

/// Narrower than this no table can be read.
const LEAST_WIDTH: u16 = 60;
/// Width where the output is no terminal, such as a file.
const FILE_WIDTH: u16 = 120;

/// Writes an answer to the standard output; remarks go beside CSV and JSON, to the error output.
pub fn write(answer: &Answer, format: Format) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
        Format::Table => {
            let width = terminal_size::terminal_size().map_or(FILE_WIDTH, |(width, _)| width.0.max(LEAST_WIDTH));
            out.write_all(table(answer, width).as_bytes())?;
        }
        Format::Csv => {
            out.write_all(csv_line(answer.rows.columns.iter().copied()).as_bytes())?;
            for row in &answer.rows.rows {
                let cells: Vec<String> = row.iter().map(lode_study::Cell::plain).collect();
                out.write_all(csv_line(cells.iter().map(String::as_str)).as_bytes())?;
            }
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &answer.rows.json())?;
            out.write_all(b"\n")?;
        }
        // A workbook is a file of its own.
        Format::Xlsx => {}
    }
    out.flush()?;
    if format != Format::Table {
        for remark in &answer.remarks {
            writeln!(io::stderr(), "{remark}")?;
        }
    }
    Ok(())
}

fn table(answer: &Answer, width: u16) -> String {
    let mut text = String::new();
    for section in &answer.sections {
        match section {
            Section::Paragraph(paragraph) => text += &format!("{}\n\n", wrapped(paragraph, width.into(), "")),
            Section::List { title, lines } => {
                if !title.is_empty() {
                    text += &format!("{title}\n");
                }
                for line in lines {
                    text += &format!("  {}\n", wrapped(line, usize::from(width) - 2, "    "));
                }
                text.push('\n');
            }
            Section::Table { title, headings, rows } => {
                if !title.is_empty() {
                    text += &format!("{title}\n");
                }
                text += &fitted(headings, rows, width.into());
                text.push('\n');
            }
        }
    }
    for remark in &answer.remarks {
        text += &format!("{}\n", wrapped(remark, width.into(), "  "));
    }
    text
}

/// A table that is no wider than the screen. Where breaking long texts at their blanks is not enough it is given in
/// parts, one under the other, each with the first column again.
fn fitted(headings: &[String], rows: &[Vec<Text>], width: usize) -> String {
    let columns = headings.len();
    let measured = |size: &dyn Fn(&str) -> usize| -> Vec<usize> {
        let of_column = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(tied);
            cells.chain([headings[column].clone()]).map(|cell| size(&cell)).max().unwrap_or(0)
        };
        (0..columns).map(of_column).collect()
    };
    let natural = measured(&|cell| cell.lines().map(UnicodeWidthStr::width).max().unwrap_or(0));
    let least = measured(&|cell| cell.split([' ', '\n']).map(UnicodeWidthStr::width).max().unwrap_or(0));
    let sum = |part: &[usize], widths: &[usize]| {
        part.iter().map(|column| widths[*column] + 1).sum::<usize>().saturating_sub(1)
    };
    let mut parts: Vec<Vec<usize>> = vec![Vec::new()];
    let mut column = 0;
    while column < columns {
        // A heading that begins on its second line belongs to the column before it.
        let mut next = column + 1;
        while next < columns && headings[next].starts_with('\n') {
            next += 1;
        }
        let group = column..next;
        let with: Vec<usize> = parts.last().into_iter().flatten().copied().chain(group.clone()).collect();
        match parts.last_mut() {
            Some(part) if part.len() < 2 || sum(&with, &least) <= width => *part = with,
            _ => parts.push(std::iter::once(0).chain(group).collect()),
        }
        column = next;
    }
    let laid_out = parts.iter().map(|part| {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
        // What is left beyond the longest words goes to the columns that need the least more.
        let mut widths: Vec<usize> = part.iter().map(|column| least[*column]).collect();
        let mut left = width.saturating_sub(sum(part, &least));
        let mut places: Vec<usize> = (0..part.len()).collect();
        places.sort_by_key(|place| natural[part[*place]] - least[part[*place]]);
        for place in places {
            let more = (natural[part[place]] - least[part[place]]).min(left);
            widths[place] += more;
            left -= more;
        }
        table.set_header(part.iter().map(|column| Cell::new(&headings[*column])));
        for row in rows {
            table.add_row(part.iter().filter_map(|column| row.get(*column)).map(|cell| {
                let alignment = if cell.number { CellAlignment::Right } else { CellAlignment::Left };
                Cell::new(tied(cell)).set_alignment(alignment)
            }));
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            let padding = u16::from(place + 1 < part.len());
            let whole = u16::try_from(widths[place]).unwrap_or(u16::MAX).saturating_add(padding);
            column.set_padding((0, padding)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(whole)));
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().replace(Text::TIE, " ")).collect();
        lines.join("\n") + "\n"
    });
    laid_out.collect::<Vec<String>>().join("\n")
}

/// A number and its unit, or the two ends of a band, stay on one line.
fn tied(cell: &Text) -> String {
    let is_figure = cell.number && cell.text.bytes().any(|byte| byte.is_ascii_digit());
    if is_figure { cell.text.replace(' ', Text::TIE) } else { cell.text.clone() }
}

/// Breaks a line at blanks so that it fits; a word that is too long stays whole.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = vec![String::new()];
    // A number and its per-cent sign stay together.
    let text = text.replace(" %", &format!("{}%", Text::TIE));
    for word in text.split(' ') {
        let used = lines.last().map_or(0, |line| line.width());
        if used > indent.len() && used + 1 + word.width() > width {
            lines.push(format!("{indent}{word}"));
        } else if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n").replace(Text::TIE, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_at_blanks() {
        assert_eq!(wrapped("one two three", 8, "  "), "one two\n  three");
        assert_eq!(wrapped("abcdefghijkl", 4, ""), "abcdefghijkl");
        assert_eq!(wrapped("reserves 47 % of", 12, ""), "reserves\n47 % of");
        // A Japanese character is two columns wide.
        assert_eq!(wrapped("希土類 磁石 鉱山", 11, ""), "希土類 磁石\n鉱山");
    }

    fn matrix() -> (Vec<String>, Vec<Vec<Text>>) {
        let headings = ["commodity", "mine\nworld", "\nJPN", "what it is"].map(str::to_owned).to_vec();
        let row = |name: &str, share: &str| {
            vec![Text::words(name), Text::tied("~CHN 69"), Text::tied("CHN 66"), Text::words(share)]
        };
        (
            headings,
            vec![row("希土類（レアアース）", "a group"), row("Platinum-group metals", "another group of metals")],
        )
    }

    #[test]
    fn wide_characters_keep_their_column() {
        let (headings, rows) = matrix();
        let text = fitted(&headings, &rows, 80);
        let at = |line: &str| line.find("~CHN").map(|byte| line[..byte].width());
        let places: Vec<Option<usize>> = text.lines().skip(2).map(at).collect();
        assert_eq!(places, [Some(22), Some(22)], "{text}");
    }

    #[test]
    fn a_table_too_wide_breaks_at_blanks_only_and_then_falls_in_parts() {
        let (headings, rows) = matrix();
        for width in 38..80 {
            let text = fitted(&headings, &rows, width);
            assert!(text.lines().all(|line| line.width() <= width), "{width}:\n{text}");
            for whole in ["希土類（レアアース）", "Platinum-group", "~CHN 69", "CHN 66", "another"] {
                assert!(text.contains(whole), "{width}, {whole}:\n{text}");
            }
        }
        let narrow = fitted(&headings, &rows, 40);
        let parts: Vec<&str> = narrow.split("\n\n").collect();
        assert_eq!(parts.len(), 2, "{narrow}");
        assert!(parts.iter().all(|part| part.starts_with("commodity")), "{narrow}");
        assert!(parts[0].contains("JPN") && !parts[0].contains("what it is"), "{narrow}");
    }
}
