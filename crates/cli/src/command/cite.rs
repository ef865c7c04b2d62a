//! `lode cite [--style S] [-- COMMAND]`

use super::study::questions;
use super::{Failure, Global};
use clap::{Args, ValueEnum};
use lode_catalogue::Mistake;
use lode_study::cite::cite;
use serde_json::Value;
use std::io::Write;

/// Arguments of `lode cite`.
#[derive(Args)]
pub struct Cite {
    /// For a list of references
    #[arg(long, value_enum, default_value_t = Style::Text)]
    style: Style,
    /// The command whose numbers are cited, e.g. -- assess --country JPN --commodity Dy
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    /// Sentences, or rows with --format
    Text,
    /// Entries of a BibTeX file
    Bibtex,
    /// An array that reference managers import
    CslJson,
}

impl Cite {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let asked = questions(&self.command)?;
        if asked.len() > 1 {
            return Err(Mistake::in_file("command line", "cites one command at a time").into());
        }
        let opened = global.opened(Vec::new())?;
        let answer = cite(&opened, asked.first())?;
        let column = match self.style {
            Style::Text => return global.show_from(&opened, &answer),
            Style::Bibtex => "bibtex",
            Style::CslJson => "csl_json",
        };
        let place = answer.rows.columns.iter().position(|name| *name == column).unwrap_or_default();
        let entries: Vec<String> = answer.rows.rows.iter().map(|row| row[place].plain()).collect();
        let text = match self.style {
            Style::CslJson => {
                let items: Vec<Value> = entries.iter().filter_map(|entry| serde_json::from_str(entry).ok()).collect();
                format!("{:#}\n", Value::Array(items))
            }
            _ => entries.join("\n"),
        };
        std::io::stdout().write_all(text.as_bytes()).map_err(Failure::Output)
    }
}
