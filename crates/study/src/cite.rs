//! What a paper cites: the program, the package with its hash, the methods that a question rests on, the seed.

use crate::{Answer, Cell, Opened, Question, Rows, Section};
use lode_catalogue::Report;
use serde_json::{Value, json};

/// The columns of `lode cite`.
pub const COLUMNS: [&str; 7] = ["id", "kind", "citation", "doi", "note", "bibtex", "csl_json"];
/// Title of the program.
const TITLE: &str = "Lode: decision software for critical-mineral supply security";
/// Who wrote it.
const AUTHORS: &str = "The Lode developers";
/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One thing to cite.
struct Entry {
    id: String,
    kind: &'static str,
    author: String,
    title: String,
    version: String,
    year: String,
    doi: String,
    note: String,
}

impl Entry {
    /// As a sentence of a list of references.
    fn text(&self) -> String {
        let mut parts = Vec::new();
        if !self.author.is_empty() {
            parts.push(if self.year.is_empty() {
                self.author.clone()
            } else {
                format!("{} ({})", self.author, self.year)
            });
        }
        let version = if self.version.is_empty() { String::new() } else { format!(", version {}", self.version) };
        parts.push(format!("{}{version}", self.title.trim_end_matches('.')));
        if !self.doi.is_empty() {
            parts.push(format!("doi:{}", self.doi));
        }
        if !self.note.is_empty() {
            parts.push(self.note.clone());
        }
        parts.join(". ") + "."
    }

    fn bibtex(&self) -> String {
        let kind = if self.kind == "software" { "software" } else { "misc" };
        let mut text = format!("@{kind}{{{},\n", self.id);
        for (name, value) in [
            ("author", if self.author.is_empty() { String::new() } else { format!("{{{}}}", escaped(&self.author)) }),
            ("title", escaped(&self.title)),
            ("version", escaped(&self.version)),
            ("year", self.year.clone()),
            ("doi", self.doi.clone()),
            ("note", escaped(&self.note)),
        ] {
            if !value.is_empty() {
                text += &format!("  {name} = {{{value}}},\n");
            }
        }
        text + "}\n"
    }

    fn csl(&self) -> Value {
        let kind = match self.kind {
            "software" => "software",
            "package" => "dataset",
            _ => "document",
        };
        let mut item = json!({ "id": self.id, "type": kind, "title": self.title });
        if !self.author.is_empty() {
            item["author"] = json!([{ "literal": self.author }]);
        }
        if let Ok(year) = self.year.parse::<i32>() {
            item["issued"] = json!({ "date-parts": [[year]] });
        }
        for (name, value) in [("version", &self.version), ("DOI", &self.doi), ("note", &self.note)] {
            if !value.is_empty() {
                item[name] = value.as_str().into();
            }
        }
        item
    }
}

/// Signs that BibTeX would take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// What to cite for a question, or for the package alone.
pub fn cite(opened: &Opened, question: Option<&Question>) -> Result<Answer, Report> {
    let session = opened.session()?;
    let package = &session.world.package;
    let year = |day: &str| day.get(..4).unwrap_or_default().to_owned();
    let mut asked = format!("Asked on {}", session.day);
    if let Some(question) = question {
        asked = format!("{asked}: {}", shown(question));
        if let Some(seed) = question.seed() {
            asked += &format!("; seed {seed}");
        }
    }
    let mut entries = vec![
        Entry {
            id: format!("lode-{VERSION}"),
            kind: "software",
            author: AUTHORS.into(),
            title: TITLE.into(),
            version: VERSION.into(),
            year: year(VERSION),
            doi: String::new(),
            note: asked,
        },
        Entry {
            id: format!("lode-package-{}-{}", package.name, package.version),
            kind: "package",
            author: AUTHORS.into(),
            title: format!("Data package {}", package.name),
            version: package.version.clone(),
            year: year(&package.as_of),
            doi: String::new(),
            note: format!(
                "Sources read up to {}; SHA-256 {}{}",
                package.as_of,
                package.sha256,
                if package.overlays.is_empty() { "" } else { "; with values of the user's own that are not in it" }
            ),
        },
    ];
    if question.is_some_and(Question::reads_processes) {
        for (place, name) in opened.processes()?.packages().iter().enumerate() {
            entries.push(Entry {
                id: format!("lode-processes-{}", place + 1),
                kind: "package",
                author: AUTHORS.into(),
                title: format!("Data package {name}"),
                version: String::new(),
                year: String::new(),
                doi: String::new(),
                note: "Tables of processes".into(),
            });
        }
    }
    for card in question.map(Question::cards).unwrap_or_default() {
        for (place, source) in card.sources.iter().enumerate() {
            entries.push(Entry {
                id: format!("lode-method-{}-{}", card.id, place + 1),
                kind: "method",
                author: String::new(),
                title: source.citation.into(),
                version: String::new(),
                year: String::new(),
                doi: source.doi.into(),
                note: format!("Method card `{}`, {}", card.id, card.name_en),
            });
        }
        if card.sources.is_empty() {
            entries.push(own_method(&format!("lode-method-{}", card.id), card.name_en, card.id));
        }
    }
    if question.is_some_and(Question::runs_market) {
        entries.push(own_method("lode-method-market", "The monthly market", "market"));
    }
    let mut answer = Answer { rows: Rows::new(&COLUMNS), ..Answer::default() };
    for entry in &entries {
        answer.rows.rows.push(vec![
            Cell::text(&entry.id),
            Cell::text(entry.kind),
            Cell::text(entry.text()),
            Cell::text(&entry.doi),
            Cell::text(&entry.note),
            Cell::text(entry.bibtex()),
            Cell::text(entry.csl().to_string()),
        ]);
    }
    answer.sections.push(Section::List { title: "Cite".into(), lines: entries.iter().map(Entry::text).collect() });
    answer.remarks.push("The origins of the numbers are cited as each record asks: `lode sources ORIGIN`.".into());
    Ok(answer)
}

fn own_method(id: &str, name: &str, card: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        kind: "method",
        author: AUTHORS.into(),
        title: format!("{name} (method of Lode)"),
        version: VERSION.into(),
        year: String::new(),
        doi: String::new(),
        note: format!("Method card `{card}`, described in docs/src/methods"),
    }
}

/// A question in a line: its kind and the fields that were given; long texts are left out.
pub fn shown(question: &Question) -> String {
    let defaults = Question::fields(question.word());
    let json = question.json();
    let mut parts = vec![question.word().to_owned()];
    for field in defaults {
        let value = &json[field.name];
        if field.default.as_ref() == Some(value) || ["text", "arrivals", "parts_text", "seed"].contains(&field.name) {
            continue;
        }
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        parts.push(format!("{}={shown}", field.name));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_bibtex_are_escaped() {
        assert_eq!(escaped("A & B_c 50% {x}"), "A \\& B\\_c 50\\% \\{x\\}");
    }

    #[test]
    fn a_question_is_shown_in_a_line_with_what_was_given() {
        let question = json!({ "ask": "assess", "country": "JPN", "commodity": "Dy", "indicator": ["hhi", "n-1"] });
        let question = Question::parse(question).unwrap();
        assert_eq!(shown(&question), "assess country=JPN commodity=Dy indicator=hhi,n-1");
    }
}
