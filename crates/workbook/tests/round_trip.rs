//! Workbooks are read again: numbers in full, mistakes with their row, a template filled by hand, and by LibreOffice where it is.

use lode_catalogue::{Input, Workbook};
use lode_study::check::check;
use lode_study::{Answer, Cell, Day, Opened, Options, Rows};
use lode_workbook::{Template, answer, template};
use std::path::{Path, PathBuf};
use std::process::Command;

fn opened() -> Opened {
    Opened::new(Options::built_in(Day::parse("2026-11-25").unwrap()), Vec::new(), Vec::new())
}

fn sheet(path: &Path, name: &str) -> Vec<String> {
    let mut workbook = Workbook::open(Input::open(path).unwrap()).unwrap().unwrap();
    let text = workbook.sheet(name).unwrap();
    std::str::from_utf8(text.bytes()).unwrap().lines().map(str::to_owned).collect()
}

/// A workbook of one sheet.
fn written(path: &Path, rows: &[&[&str]]) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (line, row) in (0_u32..).zip(rows) {
        for (place, cell) in (0_u16..).zip(*row) {
            match cell.parse::<f64>() {
                Ok(number) => drop(sheet.write_number(line, place, number).unwrap()),
                Err(_) => drop(sheet.write_string(line, place, *cell).unwrap()),
            }
        }
    }
    workbook.save(path).unwrap();
}

/// The file as LibreOffice saves it again; `None` where there is none.
fn saved_again(path: &Path, folder: &Path) -> Option<PathBuf> {
    let program =
        ["soffice", "libreoffice"].into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    let Some(program) = program else {
        println!("skipped: no LibreOffice: workbooks were not saved again by it");
        return None;
    };
    let out = folder.join("again");
    let home = format!("-env:UserInstallation=file://{}", folder.join("home").display());
    let status = Command::new(program)
        .args([&home, "--headless", "--convert-to", "xlsx", "--outdir"])
        .arg(&out)
        .arg(path)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    Some(out.join(path.file_name().unwrap()))
}

#[test]
fn an_answer_holds_numbers_in_full_with_origins_and_assumptions() {
    let opened = opened();
    let session = opened.session().unwrap();
    let mut rows = Rows::new(&["indicator", "value", "unit", "year", "origins", "note"]);
    let row = |note: &str| {
        vec![
            Cell::text("stockpile-rule"),
            Cell::Number(0.1 + 0.2),
            Cell::text("share"),
            Cell::Integer(2024),
            Cell::List(vec!["baci".into()]),
            Cell::text(note),
        ]
    };
    rows.rows.push(row("=1+1"));
    let told = Answer { rows, sections: Vec::new(), remarks: vec!["a remark".into()] };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.xlsx");
    std::fs::write(&path, answer(session, &told, true).unwrap()).unwrap();
    // LibreOffice keeps fifteen digits.
    let again = saved_again(&path, folder.path()).map(|path| (path, "\"0.3\""));
    for (path, number) in [(path.clone(), "0.30000000000000004")].into_iter().chain(again) {
        let data = sheet(&path, "data");
        assert!(data[0].contains("CONFIDENTIAL"), "{data:?}");
        assert!(data[2].contains(number) && data[2].contains("2024") && data[2].contains("=1+1"), "{data:?}");
        assert!(sheet(&path, "sources").iter().any(|line| line.contains("baci")));
        let about = sheet(&path, "about");
        assert!(about[0].contains("a remark"), "{about:?}");
        assert!(Workbook::living_parts(Input::open(&path).unwrap()).unwrap().is_empty(), "a text became a formula");
    }
    let mut indicators = lode_assess::all().iter().map(|indicator| indicator.card());
    let card = indicators.find(|card| !card.assumptions.is_empty()).unwrap();
    let mut rows = Rows::new(&["indicator"]);
    rows.rows.push(vec![Cell::text(card.id)]);
    std::fs::write(&path, answer(session, &Answer { rows, ..Answer::default() }, false).unwrap()).unwrap();
    let assumptions = sheet(&path, "assumptions");
    assert_eq!(assumptions.len(), 1 + card.assumptions.len(), "{assumptions:?}");
}

#[test]
fn a_filled_overlay_changes_answers_and_a_wrong_one_tells_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.xlsx");
    std::fs::write(&path, template(opened().session().unwrap(), Template::Overlay).unwrap()).unwrap();
    let listed = sheet(&path, "assumptions today");
    assert!(listed.iter().any(|line| line.contains("assumption=market.cover")));
    let head = ["table", "key", "field", "value", "unit", "reason"];
    let unit = opened().session().unwrap().world.assumptions["market.cover"].quantity.unit.clone();
    written(
        &path,
        &[&head, &["assumptions", "assumption=market.cover", "value", "1.75", &unit, "our stocks"], &["", "", "", ""]],
    );
    check(&opened(), std::slice::from_ref(&path), None, None).unwrap_or_else(|report| panic!("{report}"));
    let mut options = opened().options;
    options.overlays = vec![path.clone()];
    let mine = Opened::new(options, Vec::new(), Vec::new());
    let cover = &mine.session().unwrap().world.assumptions["market.cover"];
    assert_eq!((cover.quantity.value, cover.reason.is_empty()), (Some(1.75), false));
    if let Some(again) = saved_again(&path, folder.path()) {
        check(&opened(), &[again], None, None).unwrap_or_else(|report| panic!("{report}"));
    }
    written(
        &path,
        &[
            &head,
            &["assumptions", "assumption=market.cover", "value", "1.75", "furlongs", ""],
            &["assumption", "assumption=market.cover", "value", "2", "", ""],
            &["assumptions", "assumption=market.cover", "vlaue", "2", "", ""],
        ],
    );
    let text = check(&opened(), std::slice::from_ref(&path), None, None).unwrap_err().to_string();
    for told in ["row 3, column table", "did you mean `assumptions`?", "row 4, column field"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    written(&path, &[&head, &["assumptions", "assumption=market.cover", "value", "1.75", "furlongs", ""]]);
    let text = check(&opened(), &[path], None, None).unwrap_err().to_string();
    assert!(text.contains("row 2, column unit: is given in `furlongs`"), "{text}");
}

#[test]
fn a_list_of_parts_is_held_against_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.xlsx");
    std::fs::write(&path, template(opened().session().unwrap(), Template::Parts).unwrap()).unwrap();
    for path in std::iter::once(path.clone()).chain(saved_again(&path, folder.path())) {
        let answer = check(&opened(), &[path], None, None).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(answer.rows.rows[0][1], Cell::text("list of parts"));
    }
    written(
        &path,
        &[
            &["plant", "item", "parent", "kind", "quantity", "unit"],
            &["a", "car", "", "product", "1", "piece"],
            &["a", "dysprosum", "car", "material", "1", "ounce"],
        ],
    );
    let text = check(&opened(), &[path], None, None).unwrap_err().to_string();
    for told in ["row 3, column item", "did you mean `dysprosium`?", "`ounce` is not a unit"] {
        assert!(text.contains(told), "{told}: {text}");
    }
}
