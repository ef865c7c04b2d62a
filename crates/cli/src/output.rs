//! Answers on the terminal: a table for people, CSV or JSON for machines.

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use lode_assess::Basis;
use lode_catalogue::csv_line;
use lode_study::{Answer, Section};
use std::io::{self, Write};

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// Rows with a header, numbers in full
    Csv,
    /// An array of rows
    Json,
}

/// By weight or by value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BasisWord {
    /// Gross tonnes
    Quantity,
    /// Nominal dollars
    Value,
}

impl From<BasisWord> for Basis {
    fn from(word: BasisWord) -> Self {
        match word {
            BasisWord::Quantity => Basis::Quantity,
            BasisWord::Value => Basis::Value,
        }
    }
}

/// Narrower than this no matrix can be read.
const LEAST_WIDTH: u16 = 60;
/// Width where the output is no terminal, such as a file.
const FILE_WIDTH: u16 = 126;

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
                let whole = laid_out(headings, rows, None);
                // A table that does not fit is narrowed by breaking its longest texts.
                let fits = whole.lines().all(|line| line.trim_end().chars().count() <= usize::from(width));
                for line in if fits { whole } else { laid_out(headings, rows, Some(width)) }.lines() {
                    text += &format!("{}\n", line.trim_end());
                }
                text.push('\n');
            }
        }
    }
    for remark in &answer.remarks {
        text += &format!("{}\n", wrapped(remark, width.into(), "  "));
    }
    text
}

fn laid_out(headings: &[String], rows: &[Vec<lode_study::Text>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    match width {
        Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(headings.iter().map(Cell::new));
    for row in rows {
        table.add_row(row.iter().map(|cell| {
            let alignment = if cell.number { CellAlignment::Right } else { CellAlignment::Left };
            Cell::new(&cell.text).set_alignment(alignment)
        }));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table.to_string()
}

/// Breaks a line at blanks so that it fits; a word that is too long stays whole.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let used = lines.last().map_or(0, |line| line.chars().count());
        if used > indent.len() && used + 1 + word.chars().count() > width {
            lines.push(format!("{indent}{word}"));
        } else if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_at_blanks() {
        assert_eq!(wrapped("one two three", 8, "  "), "one two\n  three");
        assert_eq!(wrapped("abcdefghijkl", 4, ""), "abcdefghijkl");
    }
}
