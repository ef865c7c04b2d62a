//! What is in a package, and what differs between two.

use crate::{Answer, Cell, Rows, Section, Text};
use lode_catalogue::fetch::{Fetched, Release};
use lode_catalogue::{Built, Inspected, Package, Report, Row, Schema, Table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The columns of `lode package show`.
pub const SHOW_COLUMNS: [&str; 5] = ["table", "rows", "files", "sha256", "about"];
/// The columns of `lode package diff`.
pub const DIFF_COLUMNS: [&str; 6] = ["table", "change", "key", "column", "before", "after"];
/// The columns of `lode package build`.
pub const BUILD_COLUMNS: [&str; 4] = ["step", "read", "what", "rows"];
/// Differences shown for each table; `--format csv` gives all.
const SHOWN: usize = 12;

/// The columns of `lode check`.
pub const CHECK_COLUMNS: [&str; 4] = ["file", "kind", "content", "notes"];
/// The columns of `lode fetch` without a source.
pub const DOWNLOAD_COLUMNS: [&str; 6] = ["source", "title", "url", "needs_key", "licence", "reader"];
/// The columns of `lode fetch SOURCE`.
pub const FETCHED_COLUMNS: [&str; 6] = ["source", "file", "bytes", "sha256", "verified", "licence"];

fn text_table(title: &str, rows: &Rows) -> Section {
    Section::Table {
        title: title.into(),
        headings: rows.columns.iter().map(|column| (*column).to_owned()).collect(),
        rows: rows.rows.iter().map(|row| row.iter().map(|cell| Text::words(cell.plain())).collect()).collect(),
    }
}

/// Files that were read without a mistake.
pub fn inspected(found: &[(PathBuf, Inspected)]) -> Answer {
    let mut rows = Rows::new(&CHECK_COLUMNS);
    for (path, inspected) in found {
        rows.rows.push(vec![
            Cell::text(path.display().to_string()),
            Cell::text(inspected.kind),
            Cell::text(&inspected.content),
            Cell::List(inspected.notes.clone()),
        ]);
    }
    Answer { sections: vec![text_table("No mistakes", &rows)], rows, remarks: Vec::new() }
}

/// The releases that can be downloaded.
pub fn downloads(releases: &[Release]) -> Answer {
    let mut rows = Rows::new(&DOWNLOAD_COLUMNS);
    for release in releases {
        let needs_key = if release.needs_key { "yes" } else { "no" };
        rows.rows.push(
            [&release.source, &release.title, &release.url, needs_key, &release.licence, &release.reader]
                .map(Cell::text)
                .to_vec(),
        );
    }
    let lines =
        releases.iter().map(|release| format!("{}: {} ({})", release.source, release.title, release.licence)).collect();
    let note =
        "Addresses are those that the publishers document; they were not tried live. `lode check` reads what came.";
    Answer {
        sections: vec![Section::List { title: "Releases (`lode fetch SOURCE`)".into(), lines }],
        rows,
        remarks: vec![note.into()],
    }
}

/// What was downloaded.
pub fn fetched(release: &Release, fetched: &Fetched) -> Answer {
    let mut rows = Rows::new(&FETCHED_COLUMNS);
    rows.rows.push(vec![
        Cell::text(&release.source),
        Cell::text(fetched.path.display().to_string()),
        Cell::Integer(i64::try_from(fetched.bytes).unwrap_or(i64::MAX)),
        Cell::text(&fetched.sha256),
        Cell::text(if fetched.verified { "yes" } else { "no hash is declared for this release" }),
        Cell::text(&release.licence),
    ]);
    Answer { sections: vec![text_table("Downloaded", &rows)], rows, remarks: Vec::new() }
}

/// What each step of a build read, made and left out.
pub fn built(built: &Built, output: &Path) -> Answer {
    let mut answer = Answer { rows: Rows::new(&BUILD_COLUMNS), ..Answer::default() };
    let count = |count: usize| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    for step in &built.steps {
        let made = step.made.iter().map(|(table, rows)| (format!("made: {table}"), rows));
        let left_out = step.left_out.iter().map(|(reason, rows)| (format!("left out: {reason}"), rows));
        for (what, rows) in made.chain(left_out) {
            answer.rows.rows.push(vec![Cell::text(&step.name), count(step.read), Cell::text(what), count(*rows)]);
        }
    }
    let lines = built.steps.iter().map(ToString::to_string).collect();
    answer.sections.push(Section::List { title: "Steps".into(), lines });
    answer.sections.push(Section::Paragraph(format!(
        "{}: {} bytes, content SHA-256 {}",
        output.display(),
        built.zip.len(),
        built.content_sha256
    )));
    answer
}

/// The tables of a package.
pub fn show(package: &Package) -> Answer {
    let descriptor = package.descriptor();
    let mut answer = Answer { rows: Rows::new(&SHOW_COLUMNS), ..Answer::default() };
    let mut table = Vec::new();
    for resource in &descriptor.resources {
        answer.rows.rows.push(vec![
            Cell::text(&resource.name),
            Cell::Integer(i64::try_from(resource.rows).unwrap_or(i64::MAX)),
            Cell::Integer(i64::try_from(resource.path.len()).unwrap_or(i64::MAX)),
            Cell::List(resource.hash.clone()),
            Cell::text(&resource.description),
        ]);
        table.push(vec![
            Text::words(&resource.name),
            Text::number(resource.rows.to_string()),
            Text::words(&resource.description),
        ]);
    }
    answer.sections.push(Section::Paragraph(format!(
        "{} {}: {}. Sources read up to {}. Content SHA-256 {}.",
        descriptor.name, descriptor.version, descriptor.description, descriptor.as_of, descriptor.content_sha256
    )));
    let headings = ["table", "rows", "what it holds"].map(str::to_owned).to_vec();
    answer.sections.push(Section::Table { title: descriptor.title.clone(), headings, rows: table });
    answer
}

/// Every record that was added, removed or changed from one package to another.
pub fn diff(before: &mut Package, after: &mut Package) -> Result<Answer, Report> {
    let mut report = Report::new();
    let mut answer = Answer { rows: Rows::new(&DIFF_COLUMNS), ..Answer::default() };
    for schema in Schema::all() {
        let differences = if schema.parts {
            diff_files(schema, before, after, &mut report)
        } else {
            let old = before.table(schema, &mut report);
            let new = after.table(schema, &mut report);
            diff_tables(schema, old, new)
        };
        if differences.is_empty() {
            continue;
        }
        let mut lines: Vec<String> = differences.iter().take(SHOWN).map(|difference| difference.join("  ")).collect();
        if differences.len() > SHOWN {
            lines.push(format!("... and {} more (--format csv gives all)", differences.len() - SHOWN));
        }
        answer
            .sections
            .push(Section::List { title: format!("{}: {} differences", schema.name, differences.len()), lines });
        answer.rows.rows.extend(differences.into_iter().map(|difference| {
            std::iter::once(Cell::text(schema.name)).chain(difference.into_iter().map(Cell::text)).collect()
        }));
    }
    let (old, new) = (before.descriptor(), after.descriptor());
    let verdict = if answer.rows.rows.is_empty() { "no difference in any record" } else { "differences by table:" };
    answer.sections.insert(
        0,
        Section::Paragraph(format!("{} {} against {} {}: {verdict}", old.name, old.version, new.name, new.version)),
    );
    report.into_result(answer)
}

/// Change, key, column, before, after.
type Difference = [String; 5];

fn key_of(schema: &Schema, row: &Row) -> String {
    let origin = schema.tail.then(|| schema.position("origin")).flatten();
    let keys = (0..schema.fields.len()).filter(|index| schema.fields[*index].key).chain(origin);
    let parts = keys.filter(|index| !row.cells[*index].is_empty());
    parts.map(|index| format!("{}={}", schema.fields[index].name, row.cells[index])).collect::<Vec<_>>().join(";")
}

/// Facts may repeat under one key when a source gives several: they are told apart by their order.
fn by_key(schema: &Schema, table: Option<Table>) -> BTreeMap<(String, usize), Row> {
    let mut rows = BTreeMap::new();
    let mut repeats: BTreeMap<String, usize> = BTreeMap::new();
    for row in table.into_iter().flat_map(|table| table.rows) {
        let key = key_of(schema, &row);
        let repeat = repeats.entry(key.clone()).or_default();
        rows.insert((key, *repeat), row);
        *repeat += 1;
    }
    rows
}

fn diff_tables(schema: &'static Schema, old: Option<Table>, new: Option<Table>) -> Vec<Difference> {
    let (old, new) = (by_key(schema, old), by_key(schema, new));
    let mut differences = Vec::new();
    for (key, row) in &old {
        match new.get(key) {
            None => differences.push(["removed".into(), key.0.clone(), String::new(), String::new(), String::new()]),
            Some(other) => {
                for (index, field) in
                    schema.fields.iter().enumerate().filter(|(index, _)| row.cells[*index] != other.cells[*index])
                {
                    differences.push([
                        "changed".into(),
                        key.0.clone(),
                        field.name.clone(),
                        row.cells[index].clone(),
                        other.cells[index].clone(),
                    ]);
                }
            }
        }
    }
    for key in new.keys().filter(|key| !old.contains_key(key)) {
        differences.push(["added".into(), key.0.clone(), String::new(), String::new(), String::new()]);
    }
    differences
}

/// A table in several files is compared line by line: its lines begin with their key.
fn diff_files(schema: &Schema, before: &mut Package, after: &mut Package, report: &mut Report) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut lines = |package: &mut Package| -> BTreeMap<String, String> {
        let resource = package.descriptor().resources.iter().find(|resource| resource.name == schema.name);
        let paths = resource.map(|resource| resource.path.clone()).unwrap_or_default();
        let keys = schema.fields.iter().filter(|field| field.key).count();
        let mut rows = BTreeMap::new();
        for path in paths {
            match package.file(&path) {
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes);
                    for line in text.lines().skip(1) {
                        let split = line.match_indices(',').nth(keys - 1).map_or(line.len(), |(index, _)| index);
                        let rest = line.get(split + 1..).unwrap_or_default();
                        rows.insert(format!("{path} {}", &line[..split]), rest.to_owned());
                    }
                }
                Err(mistakes) => report.extend(mistakes),
            }
        }
        rows
    };
    let (old, new) = (lines(before), lines(after));
    let rest =
        schema.fields.iter().filter(|field| !field.key).map(|field| field.name.as_str()).collect::<Vec<_>>().join(",");
    for (key, values) in &old {
        match new.get(key) {
            None => differences.push(["removed".into(), key.clone(), String::new(), values.clone(), String::new()]),
            Some(other) if other != values => {
                differences.push(["changed".into(), key.clone(), rest.clone(), values.clone(), other.clone()]);
            }
            Some(_) => {}
        }
    }
    for (key, values) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        differences.push(["added".into(), key.clone(), String::new(), String::new(), values.clone()]);
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use lode_catalogue::PackageWriter;

    fn package(title: &str, extra: bool) -> Package {
        let mut writer = PackageWriter::new("constructed", "1", "Constructed", "For tests", "2026-11-24");
        let origins = Schema::of("origins").unwrap();
        let row = |id: &str, title: &str| {
            let mut row = Row::new(origins);
            for (column, text) in [
                ("origin", id),
                ("producer", "P"),
                ("title", title),
                ("licence", "CC0"),
                ("redistributable", "yes"),
                ("secondary", "no"),
            ] {
                row.set(column, text);
            }
            row
        };
        let mut rows = vec![row("x", title)];
        rows.extend(extra.then(|| row("y", "Y")));
        writer.table(Table { schema: origins, file: String::new(), rows });
        let trade = Schema::of("trade").unwrap();
        let quantity = if extra { "2" } else { "1" };
        let file = format!("importer,year,exporter,value_kusd,quantity_t\nJPN,2020,MYS,5,{quantity}\n");
        writer.parts(trade, vec![("trade/284690.csv".into(), file.into_bytes())], 1, Default::default());
        Package::from_zip("constructed".into(), writer.into_zip().unwrap().into()).unwrap()
    }

    #[test]
    fn what_was_added_and_changed_is_named_by_key_and_column() {
        let answer = diff(&mut package("T", false), &mut package("U", true)).unwrap();
        let rows: Vec<Vec<String>> = answer.rows.rows.iter().map(|row| row.iter().map(Cell::plain).collect()).collect();
        assert_eq!(
            rows,
            [
                ["origins", "changed", "origin=x", "title", "T", "U"],
                ["origins", "added", "origin=y", "", "", ""],
                ["trade", "changed", "trade/284690.csv JPN,2020,MYS", "value_kusd,quantity_t", "5,1", "5,2"],
            ]
        );
    }

    #[test]
    fn a_package_does_not_differ_from_itself() {
        assert!(diff(&mut package("T", true), &mut package("T", true)).unwrap().rows.rows.is_empty());
    }
}
