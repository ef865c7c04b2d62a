//! Recipes: which rows of one file of facts go to which table, and what each column is filled from.

use crate::report::{Mistake, Report, did_you_mean};
use crate::schema::Schema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One input file and what becomes of its rows: the first rule that takes a row decides, and what no rule takes
/// becomes a row of `figures`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    /// What the file holds, in a sentence for whoever reads the recipe.
    #[serde(rename = "about")]
    pub _about: String,
    /// The file below the folder of inputs.
    pub file: String,
    /// Topic of the rows that become figures.
    pub topic: String,
    /// Where the source of a row is named.
    #[serde(default)]
    pub origin: OriginColumns,
    /// Where the numbers of a row stand.
    #[serde(default)]
    pub measure: Measure,
    /// Columns of `figures` other than topic and numbers.
    pub figure: BTreeMap<String, Source>,
    /// In the order in which they are tried.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// What becomes of some rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Patterns that the columns must match, one of each list.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// Patterns of which none may match.
    #[serde(default)]
    pub unless: BTreeMap<String, Vec<String>>,
    /// The rows are left out for this reason.
    pub leave_out: Option<String>,
    /// The rows become rows of this table.
    pub table: Option<String>,
    /// What the columns of the table are filled from.
    #[serde(default)]
    pub columns: BTreeMap<String, Source>,
    /// Where the numbers stand, if not where the recipe says.
    pub measure: Option<Measure>,
    /// The rules after this one see the row too: one row, several facts.
    #[serde(default)]
    pub also: bool,
}

/// What a column is filled from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Source {
    /// The same text in every row.
    Constant(String),
    /// Columns of the input.
    Columns(Columns),
}

/// A text made from columns of the input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    /// A column.
    pub from: Option<String>,
    /// A mapping table to look the text up in, `table` or `table.column`.
    pub map: Option<String>,
    /// Keep the text as printed if the mapping table does not list it.
    #[serde(default)]
    pub keep: bool,
    /// What to take from the text.
    pub take: Option<Take>,
    /// Several texts joined by `with`, empty ones left out.
    #[serde(default)]
    pub join: Vec<Source>,
    /// The mark between joined texts, a blank if none is given.
    pub with: Option<String>,
    /// Stands before the text unless the text is empty.
    pub label: Option<String>,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Take {
    /// Runs of six or more digits, as a list: customs codes.
    Codes,
    /// What stands before two points, as in `2025-11-07..2026-11-10`.
    First,
    /// What stands after two points.
    Last,
}

/// Where the numbers of a row stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Measure {
    /// Column of the number; empty if the rows have no numbers.
    pub value: String,
    /// Column of the lower end; empty if there is none.
    pub low: String,
    /// Column of the upper end; empty if there is none.
    pub high: String,
    /// The value as printed.
    pub text: Source,
    /// The unit as printed.
    pub unit: Source,
    /// The mass basis, if the unit does not tell it.
    pub basis: Option<Source>,
    /// The mapping table of units.
    pub units: String,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            value: "value_num".into(),
            low: String::new(),
            high: String::new(),
            text: Source::from_column("value"),
            unit: Source::from_column("unit"),
            basis: None,
            units: "units".into(),
        }
    }
}

/// Where the source of a row is named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OriginColumns {
    /// Title of the document.
    pub title: Source,
    /// Its address.
    pub url: Source,
    /// Its date.
    pub date: Source,
    /// How sure the compiler was.
    pub confidence: Source,
    /// The compiler's remark.
    pub note: Source,
}

impl Default for OriginColumns {
    fn default() -> Self {
        Self {
            title: Source::from_column("source_title"),
            url: Source::from_column("source_url"),
            date: Source::from_column("source_date"),
            confidence: Source::from_column("confidence"),
            note: Source::from_column("note"),
        }
    }
}

impl Source {
    /// One column as it stands.
    pub fn from_column(column: &str) -> Self {
        Self::Columns(Columns {
            from: Some(column.to_owned()),
            map: None,
            keep: false,
            take: None,
            join: Vec::new(),
            with: None,
            label: None,
        })
    }

    /// Every column of the input that it names.
    pub fn inputs(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Columns(columns) => {
                columns.from.iter().map(String::as_str).chain(columns.join.iter().flat_map(Source::inputs)).collect()
            }
        }
    }
}

impl Recipe {
    /// Reads every recipe of a folder, in order of file name.
    pub fn read_all(folder: &Path, report: &mut Report) -> Vec<(String, Recipe)> {
        let name = folder.display().to_string();
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                report.push(
                    Mistake::in_file(&name, format!("cannot be read: {error}")).hint("it holds the recipes for facts"),
                );
                return Vec::new();
            }
        };
        let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut recipes = Vec::new();
        for path in paths {
            let file = path.display().to_string();
            match std::fs::read_to_string(&path).map_err(|error| error.to_string()).and_then(|text| Self::parse(&text))
            {
                Ok(recipe) => {
                    recipe.check_tables(&file, report);
                    recipes.push((file, recipe));
                }
                Err(error) => report.push(Mistake::in_file(&file, format!("is not a recipe: {error}"))),
            }
        }
        recipes
    }

    /// Reads a recipe from its text.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Reports tables and columns that no schema has, and rules that say neither or both of what they must.
    fn check_tables(&self, file: &str, report: &mut Report) {
        for (number, rule) in self.rules.iter().enumerate() {
            let place = format!("rule {}", number + 1);
            match (&rule.table, &rule.leave_out) {
                (Some(table), None) => check_columns(file, &place, table, &rule.columns, report),
                (None, Some(_)) => {}
                _ => report.push(
                    Mistake::in_file(file, format!("{place} must say either `table` or `leave_out`"))
                        .hint("give a table, or the reason why the rows are left out"),
                ),
            }
        }
        check_columns(file, "figure", "figures", &self.figure, report);
    }

    /// Every column of the input that the recipe names.
    pub fn inputs(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let origin = &self.origin;
        for source in [&origin.title, &origin.url, &origin.date, &origin.confidence, &origin.note] {
            names.extend(source.inputs());
        }
        names.extend(self.figure.values().flat_map(Source::inputs));
        for rule in &self.rules {
            names.extend(rule.when.keys().chain(rule.unless.keys()).map(String::as_str));
            names.extend(rule.columns.values().flat_map(Source::inputs));
        }
        for measure in self.rules.iter().filter_map(|rule| rule.measure.as_ref()).chain([&self.measure]) {
            names.extend([&measure.value, &measure.low, &measure.high].map(String::as_str));
            names.extend([&measure.text, &measure.unit].into_iter().chain(&measure.basis).flat_map(Source::inputs));
        }
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn check_columns(file: &str, place: &str, table: &str, columns: &BTreeMap<String, Source>, report: &mut Report) {
    let Some(schema) = Schema::of(table) else {
        let mistake = Mistake::in_file(file, format!("{place}: there is no table `{table}`"));
        let near = did_you_mean(table, Schema::all().iter().map(|schema| schema.name));
        report.push(match near {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake,
        });
        return;
    };
    for column in columns.keys().filter(|column| schema.position(column).is_none()) {
        report.push(
            Mistake::in_file(file, format!("{place}: table {table} has no column `{column}`"))
                .hint(format!("its columns are {}", schema.headings().collect::<Vec<_>>().join(", "))),
        );
    }
}

/// Whether a text matches a pattern in which `*` stands for any run of characters; letters of either case are equal.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        assert!(matches("*local copy*", "IEA (Local copy of iea.json)"));
        assert!(matches("", "") && matches("*", "") && matches("a*c", "abbc") && matches("a*b*c", "axbyc"));
        assert!(!matches("", "x") && !matches("a*c", "ab") && !matches("ab*b", "ab") && !matches("a", "ab"));
    }

    #[test]
    fn a_misspelled_word_in_a_recipe_is_refused() {
        let error = Recipe::parse(
            "about = \"a\"\nfile = \"x.csv\"\ntopic = \"x\"\nfigure = {}\n[[rule]]\ntabel = \"prices\"\n",
        );
        assert!(error.unwrap_err().contains("tabel"));
    }

    #[test]
    fn unknown_tables_and_columns_of_a_recipe_are_named() {
        let text = "about = \"a\"\nfile = \"x.csv\"\ntopic = \"x\"\nfigure = { metrik = \"m\" }\n\
                    [[rule]]\ntable = \"price\"\n[[rule]]\nleave_out = \"why\"\ntable = \"prices\"\n";
        let mut report = Report::new();
        Recipe::parse(text).unwrap().check_tables("x.toml", &mut report);
        let shown = report.to_string();
        assert!(shown.contains("rule 1: there is no table `price`\n  hint: did you mean `prices`?"), "{shown}");
        assert!(shown.contains("rule 2 must say either `table` or `leave_out`"), "{shown}");
        assert!(shown.contains("figure: table figures has no column `metrik`"), "{shown}");
    }
}
