//! One file that makes a result again elsewhere: the questions, the inputs by hash, the results and their hashes. Nothing
//! that may not be passed on is inside, and no values of the user's own unless they are wanted in.

use crate::cite::shown;
use crate::{Answer, Cell, Day, Opened, Options, Question, Rows, Section};
use lode_catalogue::{Input, Mistake, Overlay, Report, files_of_zip, sha256, zip_of};
use lode_model::Redistribution;
use lode_simulate::Progress;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The columns of `lode study pack` and `lode study run`.
pub const COLUMNS: [&str; 5] = ["question", "asked", "rows", "sha256", "state"];
/// The file that names everything else.
const STUDY: &str = "study.json";
/// Largest packed study.
const MOST_BYTES: u64 = 256 << 20;
/// The origin of values of the user's own, who decided on them already.
const USER: &str = "user";
/// Version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Asks questions and packs them with what they rest on.
pub fn pack(
    opened: &Opened,
    questions: &[Question],
    own_values: bool,
    threads: usize,
    progress: &Progress,
) -> Result<(Vec<u8>, Answer), Report> {
    let mut report = Report::new();
    if questions.is_empty() {
        report.push(
            Mistake::in_file("command line", "no question is given")
                .hint("write: lode study pack --output FILE.zip -- desk JPN"),
        );
    }
    for question in questions.iter().filter(|question| question.holds_own_list()) {
        report.push(
            Mistake::in_file("command line", format!("`{}` holds a list of your own", question.word()))
                .hint("a list of parts is not packed: send it by itself, or leave the question out"),
        );
    }
    if !opened.options.trade.files.is_empty() {
        report.push(
            Mistake::in_file("command line", "trade that customs declared is not packed")
                .hint("leave --trade out, or pass the files on as their publisher allows"),
        );
    }
    report.into_result(())?;
    let session = opened.session()?;
    let package = &session.world.package;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut overlays = Vec::new();
    for (place, path) in opened.options.overlays.iter().enumerate() {
        let bytes = Input::open(path)?.read_all(MOST_BYTES)?;
        let ending = path.extension().map_or("csv".into(), |ending| ending.to_string_lossy().to_lowercase());
        let inside = own_values.then(|| format!("overlays/{}.{ending}", place + 1));
        overlays.push(json!({ "place": place + 1, "sha256": sha256(&bytes), "file": inside }));
        if let Some(inside) = inside {
            files.insert(inside, bytes);
        }
    }
    let mut rows = Rows::new(&COLUMNS);
    let mut results = Vec::new();
    for (place, question) in questions.iter().enumerate() {
        let answer = question.ask(opened, threads, progress)?;
        let text = answer.rows.json().to_string();
        let hash = sha256(text.as_bytes());
        let withheld = withheld(opened, question, &answer.rows, own_values)?;
        let file = format!("results/{}.json", place + 1);
        results.push(json!({
            "question": question.json(),
            "rows": answer.rows.rows.len(),
            "sha256": hash,
            "file": withheld.is_empty().then_some(&file),
            "withheld": withheld,
        }));
        let state = if withheld.is_empty() { "inside".to_owned() } else { format!("by hash only: {withheld}") };
        rows.rows.push(line(place, question, answer.rows.rows.len(), &hash, &state));
        if withheld.is_empty() {
            files.insert(file, text.into_bytes());
        }
    }
    let study = json!({
        "lode": VERSION,
        "asked_on": session.day.to_string(),
        "package": { "name": package.name, "version": package.version, "sha256": package.sha256 },
        "processes": processes(opened, questions)?,
        "overlays": overlays,
        "results": results,
    });
    files.insert(STUDY.into(), serde_json::to_vec_pretty(&study).unwrap_or_default());
    let mut remarks = vec![format!("From {}, asked on {}.", session.identity(), session.day)];
    if session.has_own_values() {
        remarks.push(if own_values {
            "CONFIDENTIAL: values of the user's own are inside.".into()
        } else {
            "Values of the user's own are not inside, nor results that rest on them: whoever runs it needs the same --overlay.".into()
        });
    }
    Ok((zip_of(&files)?, Answer { sections: vec![table("Packed", &rows)], rows, remarks }))
}

/// Asks the questions of a packed study again; every difference in one report.
pub fn run(
    name: &str,
    bytes: Vec<u8>,
    options: &Options,
    threads: usize,
    progress: &Progress,
) -> Result<Answer, Report> {
    let files = files_of_zip(name, bytes)?;
    let broken = |what: &str| Report::from(Mistake::in_file(name, what).hint("pack the study again: lode study pack"));
    let study = files.get(STUDY).ok_or_else(|| broken("is no packed study: it has no study.json"))?;
    let study: Value = serde_json::from_slice(study).map_err(|_| broken("its study.json cannot be understood"))?;
    let day =
        study["asked_on"].as_str().and_then(Day::parse).ok_or_else(|| broken("does not say when it was asked"))?;
    let results = study["results"].as_array().ok_or_else(|| broken("holds no results"))?;

    let mut report = Report::new();
    let mut questions = Vec::new();
    for result in results {
        match Question::parse(result["question"].clone()) {
            Ok(question) => questions.push(question),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    let own = overlays(name, &study, &files, options, &mut report)?;
    report.into_result(())?;

    // Overlays inside the file stand for those of the command line.
    let given = if own.is_empty() { options.overlays.clone() } else { Vec::new() };
    let opened = Opened::new(
        Options { package: options.package.clone(), overlays: given, ..Options::built_in(day) },
        Vec::new(),
        own,
    );
    let mut differences = Report::new();
    let package = &opened.session()?.world.package;
    for (what, here) in [("name", &package.name), ("version", &package.version), ("sha256", &package.sha256)] {
        let there = study["package"][what].as_str().unwrap_or_default();
        if there != here {
            differences.push(
                Mistake::in_file(name, format!("the {what} of the package was {there}, here it is {here}"))
                    .column("package")
                    .hint("give the package that the study was made with: --package PATH"),
            );
        }
    }
    let here = processes(&opened, &questions)?;
    if study["processes"] != here {
        differences.push(
            Mistake::in_file(
                name,
                format!("the tables of processes were {}, here they are {here}", study["processes"]),
            )
            .column("processes"),
        );
    }
    let mut rows = Rows::new(&COLUMNS);
    for (place, (question, result)) in questions.iter().zip(results).enumerate() {
        let answer = question.ask(&opened, threads, progress)?;
        let text = answer.rows.json().to_string();
        let hash = sha256(text.as_bytes());
        let file = format!("{name} result {} ({})", place + 1, question.word());
        let same = result["sha256"] == hash.as_str();
        rows.rows.push(line(place, question, answer.rows.rows.len(), &hash, if same { "the same" } else { "differs" }));
        // What is inside must be what its hash says, or the file was changed.
        let inside = result["file"].as_str().map(|path| files.get(path).map(Vec::as_slice).unwrap_or_default());
        if inside.is_some_and(|inside| result["sha256"] != sha256(inside).as_str()) {
            differences
                .push(Mistake::in_file(&file, "the rows inside are not those of their hash: the file was changed"));
        }
        if same {
            continue;
        }
        match inside.and_then(|inside| serde_json::from_slice::<Value>(inside).ok()) {
            Some(before) => compare(&file, &before, &answer.rows.json(), &mut differences),
            None => differences
                .push(Mistake::in_file(&file, "the rows differ; those of the study are known by their hash only")),
        }
    }
    let version = study["lode"].as_str().unwrap_or_default();
    if !differences.is_empty() && version != VERSION {
        differences
            .push(Mistake::in_file(name, format!("was made with Lode {version}; this is {VERSION}")).column("lode"));
    }
    differences.into_result(())?;
    let remark = format!(
        "Made again from {}, asked on {day}: every result is the same, bit for bit.",
        opened.session()?.identity()
    );
    Ok(Answer { sections: vec![table("Made again", &rows)], rows, remarks: vec![remark] })
}

/// The overlays that the study was made with: those inside, or none if the command line gives the same files.
fn overlays(
    name: &str,
    study: &Value,
    files: &BTreeMap<String, Vec<u8>>,
    options: &Options,
    report: &mut Report,
) -> Result<Vec<Overlay>, Report> {
    let mut own = Vec::new();
    let mut needed = Vec::new();
    for overlay in study["overlays"].as_array().into_iter().flatten() {
        match overlay["file"].as_str() {
            Some(path) => {
                let bytes = files.get(path).map(Vec::as_slice).unwrap_or_default();
                if overlay["sha256"] != sha256(bytes).as_str() {
                    report.push(Mistake::in_file(
                        name,
                        format!("`{path}` is not what its hash says: the file was changed"),
                    ));
                }
                match Overlay::from_bytes(path, bytes) {
                    Ok(overlay) => own.push(overlay),
                    Err(mistakes) => report.extend(mistakes),
                }
            }
            None => needed.push(overlay["sha256"].as_str().unwrap_or_default().to_owned()),
        }
    }
    if needed.is_empty() && own.is_empty() && options.overlays.is_empty() {
        return Ok(own);
    }
    let mut given = Vec::new();
    for path in &options.overlays {
        given.push(sha256(&Input::open(path)?.read_all(MOST_BYTES)?));
    }
    if own.is_empty() && needed != given {
        let hashes = if needed.is_empty() { "none".to_owned() } else { needed.join(", ") };
        report.push(
            Mistake::in_file(
                name,
                format!("was made with other values of the user's own: overlays with SHA-256 {hashes}"),
            )
            .hint("give the same files in the same order with --overlay, or none if there were none"),
        );
    }
    Ok(own)
}

/// Why the rows of a result are not inside; empty if they are.
fn withheld(opened: &Opened, question: &Question, rows: &Rows, own_values: bool) -> Result<String, Report> {
    let session = if question.reads_processes() { &opened.processes()?.session } else { opened.session()? };
    if session.has_own_values() && !own_values {
        return Ok("rests on values of the user's own".into());
    }
    let named = crate::sources::named_by(session, rows);
    let restricted = named.rows.iter().filter_map(|row| session.world.origins.get(row.first()?.plain().as_str()));
    let restricted: Vec<&str> = restricted
        .filter(|origin| origin.redistribution == Redistribution::No && origin.id.as_str() != USER)
        .map(|origin| origin.id.as_str())
        .collect();
    Ok(if restricted.is_empty() { String::new() } else { format!("{} may not be passed on", restricted.join(", ")) })
}

fn processes(opened: &Opened, questions: &[Question]) -> Result<Value, Report> {
    if questions.iter().any(Question::reads_processes) {
        return Ok(opened.processes()?.packages().to_vec().into());
    }
    Ok(Value::Array(Vec::new()))
}

/// Every cell that differs, with its row and column.
fn compare(file: &str, before: &Value, after: &Value, differences: &mut Report) {
    let none = Vec::new();
    let (before, after) = (before.as_array().unwrap_or(&none), after.as_array().unwrap_or(&none));
    if before.len() != after.len() {
        differences.push(Mistake::in_file(file, format!("had {} rows, has {}", before.len(), after.len())));
    }
    for (row, (old, new)) in (2..).zip(before.iter().zip(after)) {
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { continue };
        for (column, was) in old {
            match new.get(column) {
                Some(is) if is == was => {}
                Some(is) => differences.push(Mistake::in_row(file, row, format!("was {was}, is {is}")).column(column)),
                None => differences.push(Mistake::in_row(file, row, "is gone").column(column)),
            }
        }
        for column in new.keys().filter(|column| !old.contains_key(*column)) {
            differences.push(Mistake::in_row(file, row, "is new").column(column));
        }
    }
}

fn line(place: usize, question: &Question, rows: usize, hash: &str, state: &str) -> Vec<Cell> {
    let number = |number: usize| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    vec![number(place + 1), Cell::text(shown(question)), number(rows), Cell::text(hash), Cell::text(state)]
}

fn table(title: &str, rows: &Rows) -> Section {
    let short = |cell: &Cell, column: &str| match column {
        "sha256" => cell.plain().chars().take(12).collect(),
        _ => cell.plain(),
    };
    Section::Table {
        title: title.into(),
        headings: rows.columns.iter().map(|column| (*column).to_owned()).collect(),
        rows: rows
            .rows
            .iter()
            .map(|row| {
                row.iter().zip(&rows.columns).map(|(cell, column)| crate::Text::words(short(cell, column))).collect()
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_that_differs_is_told_with_its_place() {
        let before = json!([{ "value": 0.1, "unit": "t" }, { "value": 0.2, "unit": "t" }]);
        let after = json!([{ "value": 0.1, "unit": "kg" }, { "value": 0.30000000000000004, "unit": "t" }, { "value": 1, "unit": "t" }]);
        let mut report = Report::new();
        compare("study result 1", &before, &after, &mut report);
        let text = report.to_string();
        assert_eq!(report.count(), 3, "{text}");
        for told in [
            "had 2 rows, has 3",
            "row 2, column unit: was \"t\", is \"kg\"",
            "row 3, column value: was 0.2, is 0.30000000000000004",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
    }
}
