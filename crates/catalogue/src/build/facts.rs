//! Sourced facts to typed tables. A recipe for each file says which rows go to which table and what each column is
//! filled from; mapping tables say what sources mean by their names and units. What no rule takes becomes a row of
//! `figures`, so no fact is dropped unless a rule leaves it out for a stated reason.

mod mapping;
mod origins;
mod reading;
mod recipe;

use crate::build::tables::{Step, Tables};
use crate::input::Input;
use crate::package::Row;
use crate::records::Records;
use crate::report::{Mistake, Report};
use mapping::Mappings;
use origins::Document;
use reading::{Entry, Reader};
use recipe::Recipe;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Turns the facts below `inputs` into rows of `tables` by the recipes and mapping tables in the folder `recipes`.
/// Which of rival values is used is decided later, for releases and facts alike.
pub(crate) fn add(recipes: &Path, inputs: &Path, tables: &mut Tables, report: &mut Report) -> Vec<Step> {
    let mappings = Mappings::read_all(recipes, report);
    let mut entries = Vec::new();
    let mut steps = Vec::new();
    for (file, recipe) in Recipe::read_all(recipes, report) {
        match Input::open(&inputs.join(&recipe.file)) {
            Ok(input) => steps.push(read(&file, &recipe, input, &mappings, &mut entries, report)),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    check_commodities(&entries, tables, report);
    store(entries, tables, &mut steps);
    steps
}

/// Reads one file of facts by its recipe.
fn read(
    recipe_file: &str,
    recipe: &Recipe,
    input: Input<'_>,
    mappings: &Mappings,
    entries: &mut Vec<Entry>,
    report: &mut Report,
) -> Step {
    let mut step = Step::new(recipe.file.clone());
    let Some(mut records) = Records::open(input, b',', report) else { return step };
    let headings = records.headings().to_vec();
    let name = records.name().to_owned();
    let mut complete = true;
    for column in recipe.inputs() {
        if !headings.iter().any(|heading| heading == column) {
            complete = false;
            report.push(
                Mistake::in_file(recipe_file, format!("{name} has no column `{column}`"))
                    .hint(format!("its columns are {}", headings.join(", "))),
            );
        }
    }
    if !complete {
        return step;
    }
    let reader = Reader { recipe_file, recipe, mappings, headings: &headings };
    while let Some(record) = records.next(report) {
        step.read += 1;
        match reader.read(&record, report) {
            Ok(found) => entries.extend(found.into_iter().map(|entry| Entry { step: recipe.file.clone(), ..entry })),
            Err(reason) => step.left_out(reason),
        }
    }
    step
}

/// Every commodity that a fact names must be one of the package's, if the package's are known.
fn check_commodities(entries: &[Entry], tables: &Tables, report: &mut Report) {
    let known: BTreeSet<&str> = tables.rows("commodities").iter().map(|row| row.get("commodity")).collect();
    if known.is_empty() {
        return;
    }
    let mut unknown: BTreeMap<String, (&str, u64)> = BTreeMap::new();
    for entry in entries {
        for column in ["commodity", "commodities"] {
            if entry.row.schema.name == "figures" || entry.row.schema.name == "control_effects" {
                continue;
            }
            for id in entry.row.list(column).into_iter().filter(|id| !known.contains(id.as_str())) {
                unknown.entry(id).or_insert((&entry.step, entry.row.number));
            }
        }
    }
    for (id, (file, row)) in unknown {
        let near = crate::report::did_you_mean(&id, known.iter().copied()).map_or_else(
            || "change the mapping table, or add it to commodities".to_owned(),
            |near| format!("did you mean `{near}`? change it in the mapping table"),
        );
        report.push(
            Mistake::in_row(file, row, format!("`{id}` is not a commodity of this package"))
                .column("commodity")
                .hint(near),
        );
    }
}

/// Gives each fact its origin, leaves out what repeats another fact, and puts the rest into the tables.
fn store(entries: Vec<Entry>, tables: &mut Tables, steps: &mut [Step]) {
    let documents: BTreeSet<Document> = entries.iter().map(|entry| entry.document.clone()).collect();
    let ids = origins::add(&documents, tables);
    let mut seen: BTreeMap<Vec<String>, Row> = BTreeMap::new();
    let mut repeated: BTreeSet<(String, u64)> = BTreeSet::new();
    let mut kept: BTreeSet<(String, u64)> = BTreeSet::new();
    for mut entry in entries {
        let place = (entry.step.clone(), entry.row.number);
        if let Some(id) = ids.get(&entry.document) {
            entry.row.set("origin", id.as_str());
        }
        if let Some(first) = seen.get(&identity(&entry.row)) {
            if same_fact(first, &entry.row) {
                repeated.insert(place);
                continue;
            }
            distinguish(&mut entry.row, first);
        }
        if let Some(step) = steps.iter_mut().find(|step| step.name == entry.step) {
            step.made(entry.row.schema.name);
        }
        kept.insert(place);
        seen.insert(identity(&entry.row), entry.row.clone());
        tables.push(entry.row);
    }
    for (name, _) in repeated.difference(&kept) {
        if let Some(step) = steps.iter_mut().find(|step| step.name == *name) {
            step.left_out("repeats a fact that is already in");
        }
    }
}

/// What no two rows of a table may share: its key, its origin, the value and the remark.
fn identity(row: &Row) -> Vec<String> {
    let key = |(field, cell): (&crate::schema::Field, &String)| {
        (field.key || ["origin", "value", "note"].contains(&field.name.as_str())).then(|| cell.clone())
    };
    let cells = row.schema.fields.iter().zip(&row.cells).filter_map(key);
    std::iter::once(row.schema.name.to_owned()).chain(cells).collect()
}

fn same_fact(one: &Row, other: &Row) -> bool {
    ["value_text", "low", "high", "unit", "basis"].iter().all(|column| one.get(column) == other.get(column))
}

/// Says in the remark what tells a row from one with the same key.
fn distinguish(row: &mut Row, first: &Row) {
    let column =
        ["value_text", "unit", "basis", "low", "high"].into_iter().find(|column| row.get(column) != first.get(column));
    let what = column.map_or(String::new(), |column| row.text(column));
    let note = row.text("note");
    row.set("note", if note.is_empty() { what } else { format!("{note}; {what}") });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Package, PackageWriter};
    use crate::schema::Schema;
    use std::fs;
    use std::path::PathBuf;

    fn recipes() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sources/facts")
    }

    fn shared() -> Option<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
        if folder.join("facts").is_dir() {
            return Some(folder);
        }
        eprintln!("skipped: there is no folder `shared` beside the project");
        None
    }

    /// A package of the tables, with every commodity and country that the facts name.
    fn packed(mut tables: Tables) -> Report {
        let mut named: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for table in [
            "production",
            "reserves",
            "prices",
            "demand",
            "processes",
            "controls",
            "listed_entities",
            "stockpile_rules",
            "country_groups",
        ] {
            for row in tables.rows(table) {
                for column in ["commodity", "country", "actor"] {
                    let kind = if column == "commodity" { "commodities" } else { "countries" };
                    named.entry(kind).or_default().insert(row.text(column));
                }
            }
        }
        for (table, ids) in named {
            for id in ids.iter().filter(|id| !id.is_empty()) {
                let mut row = Row::new(Schema::of(table).unwrap());
                let cells: &[(&str, &str)] = match table {
                    "commodities" => {
                        &[("name_en", "x"), ("name_ja", "x"), ("kind", "element"), ("mass_basis", "t content")]
                    }
                    _ => &[("name_en", "x")],
                };
                row.set(if table == "commodities" { "commodity" } else { "country" }, id.as_str());
                cells.iter().for_each(|(column, text)| row.set(column, *text));
                for (column, text) in
                    [("quality", "reported"), ("origin", tables.rows("origins")[0].get("origin").to_owned().as_str())]
                {
                    if row.schema.position(column).is_some() {
                        row.set(column, text);
                    }
                }
                tables.push(row);
            }
        }
        let mut writer = PackageWriter::new("constructed", "1", "Constructed", "For tests", "2026-11-24");
        for table in tables.into_tables().filter(|table| !table.schema.parts) {
            writer.table(table);
        }
        Package::from_zip("constructed".into(), writer.into_zip().unwrap().into()).unwrap().check()
    }

    const MAPS: [(&str, &str); 6] = [
        ("countries.csv", "printed,country\nChina,CHN\nJapan,JPN\nWorld,WLD\nEurope,-\n"),
        ("commodities.csv", "printed,commodity\nGa,gallium\nDy,dysprosium\n"),
        ("stages.csv", "printed,stage\nprimary,refined\n"),
        ("periods.csv", "printed,period,quality\nFY2019,2019,\n2025e,2025,estimated\nn.d.,-,\n"),
        (
            "units.csv",
            "printed,unit,basis,factor,remark\nkt,t,t content,1000,\nt or more,t,t content,,or more\ntext,-,,,\n",
        ),
        ("secondary.csv", "title,hosts,secondary,why\n*copy)*,,yes,copy\n"),
    ];
    const RECIPE: &str = r#"
about = "Constructed."
file = "facts.csv"
topic = "constructed"
[figure]
commodity = { from = "what" }
country = { from = "where" }
metric = "output"
period = { from = "when" }
[[rule]]
leave_out = "read from the release itself"
when = { source_title = ["Release*"] }
[[rule]]
table = "production"
[rule.columns]
commodity = { from = "what" }
stage = "refined"
country = { from = "where" }
metric = "production"
year = { from = "when" }
preferred = "no"
"#;
    const HEADER: &str = "what,where,value,value_num,unit,when,note,source_title,source_url,source_date,confidence\n";

    /// What the constructed recipe makes of some rows, on top of given tables.
    fn run(rows: &str, tables: &mut Tables) -> (Vec<Step>, Report) {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in MAPS {
            fs::write(folder.path().join(file), text).unwrap();
        }
        fs::write(folder.path().join("facts.toml"), RECIPE).unwrap();
        let inputs = folder.path().join("inputs");
        fs::create_dir(&inputs).unwrap();
        fs::write(inputs.join("facts.csv"), format!("{HEADER}{rows}")).unwrap();
        let mut report = Report::new();
        let steps = add(folder.path(), &inputs, tables, &mut report);
        (steps, report)
    }

    fn cells<'a>(row: &'a Row, columns: &[&str]) -> Vec<&'a str> {
        columns.iter().map(|column| row.get(column)).collect()
    }

    #[test]
    fn a_worked_row_carries_country_year_unit_range_quality_and_origin() {
        let rows = "Ga,China,0.25-0.35,0.3,kt,FY2019,from a table,Flow of gallium (copy),https://www.a.org/1,2020-05,reported\n\
                    Ga,Europe,5,5,kt,2019,,Flow of gallium (copy),https://www.a.org/1,2020-05,reported\n\
                    Ga,Japan,7,7,t or more,2025e,,Press note,https://b.org,2025,reported\n\
                    Ga,Japan,9,9,kt,2024,,Release 2026,https://c.org,2026,reported\n";
        let mut tables = Tables::new();
        let (steps, report) = run(rows, &mut tables);
        assert!(report.is_empty(), "{report}");
        let columns = [
            "commodity",
            "country",
            "year",
            "value",
            "low",
            "high",
            "unit",
            "basis",
            "quality",
            "as_of",
            "origin",
            "note",
            "preferred",
        ];
        let produced = tables.rows("production");
        assert_eq!(
            cells(&produced[0], &columns),
            [
                "gallium",
                "CHN",
                "2019",
                "300",
                "250",
                "350",
                "t",
                "t content",
                "secondary",
                "2020-05",
                "flow-of-gallium-copy",
                "from a table; period as printed: FY2019",
                "no"
            ]
        );
        assert_eq!(
            cells(&produced[1], &["value", "quality", "note"]),
            ["7", "estimated", "period as printed: 2025e; or more"]
        );
        let figure = &tables.rows("figures")[0];
        assert_eq!(
            cells(figure, &["topic", "commodity", "country", "metric", "period", "value", "unit", "value_text"]),
            ["constructed", "Ga", "Europe", "output", "2019", "5000", "t", "5 kt"]
        );
        assert_eq!(
            cells(&tables.rows("origins")[0], &["producer", "secondary", "redistributable"]),
            ["a.org", "yes", "facts"]
        );
        assert_eq!(steps[0].read, 4);
        assert_eq!(steps[0].left_out, BTreeMap::from([("read from the release itself".to_owned(), 1)]));
        let mistakes = packed(tables);
        assert!(mistakes.is_empty(), "{mistakes}");
    }

    #[test]
    fn an_unknown_unit_country_element_period_or_confidence_is_named_with_its_place_and_a_hint() {
        let rows = "Ga,China,5,5,ktt,2019,,A,https://a.org,2020,reported\n\
                    Ga,Chinaa,5,5,kt,2019,,A,https://a.org,2020,reported\n\
                    Dyy,China,5,5,kt,2019,,A,https://a.org,2020,reported\n\
                    Ga,China,5,5,kt,FY19,,A,https://a.org,2020,reported\n\
                    Ga,China,5,5,kt,2019,,A,https://a.org,2020,sure\n\
                    Ga,China,5,5,kt,2019,,,,2020,reported\n\
                    Ga,China,5,five,kt,2019,,A,https://a.org,2020,reported\n";
        let (_, report) = run(rows, &mut Tables::new());
        let shown = report.to_string();
        for expected in [
            "facts.csv row 2, column unit: unit `ktt` is unknown\n  hint: did you mean `kt`? otherwise add it to units.csv",
            "facts.csv row 3, column where: `Chinaa` is not in the mapping table countries\n  hint: did you mean `China`?",
            "facts.csv row 4, column what: `Dyy` is not in the mapping table commodities\n  hint: did you mean `Dy`?",
            "facts.csv row 5, column when: `FY19` is not in the mapping table periods\n  hint: ",
            "facts.csv row 6, column confidence: `sure` is no confidence",
            "facts.csv row 7, column source_title: names no source",
            "facts.csv row 8, column value_num: `five` is not a number",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
        assert_eq!(report.count(), 7, "{shown}");
    }

    #[test]
    fn a_commodity_that_the_package_does_not_have_is_a_mistake() {
        let mut tables = Tables::new();
        let mut row = Row::new(Schema::of("commodities").unwrap());
        row.set("commodity", "galium");
        tables.push(row);
        let (_, report) = run("Ga,China,5,5,kt,2019,,A,https://a.org,2020,reported\n", &mut tables);
        assert!(
            report.to_string().contains("`gallium` is not a commodity of this package\n  hint: did you mean `galium`?"),
            "{report}"
        );
    }

    #[test]
    fn a_fact_that_stands_twice_is_kept_once_and_others_are_told_apart() {
        let rows = "Ga,China,5,5,kt,2019,,A,https://a.org,2020,reported\n\
                    Ga,China,5,5,kt,2019,,A,https://a.org,2020,reported\n\
                    Ga,Europe,many,,text,n.d.,,A,https://a.org,2020,reported\n\
                    Ga,Europe,few,,text,n.d.,,A,https://a.org,2020,reported\n";
        let mut tables = Tables::new();
        let (steps, report) = run(rows, &mut tables);
        assert!(report.is_empty(), "{report}");
        assert_eq!(steps[0].left_out, BTreeMap::from([("repeats a fact that is already in".to_owned(), 1)]));
        assert_eq!(steps[0].read, 4);
        let notes: Vec<&str> = tables.rows("figures").iter().map(|row| row.get("note")).collect();
        assert_eq!(notes, ["", "few"]);
        assert!(packed(tables).is_empty());
    }

    /// Rows read, used, and written to tables other than figures, for every real file.
    const COUNTS: [(&str, usize, usize, usize); 35] = [
        ("facts/backtest_a_2010_2012.csv", 86, 86, 0),
        ("facts/backtest_b_gallium_germanium_2023.csv", 53, 53, 0),
        ("facts/backtest_c_heavy_ree_2025.csv", 136, 136, 0),
        ("facts/steps/byproducts.csv", 107, 107, 86),
        ("facts/world/capacity_by_stage.csv", 515, 217, 192),
        ("data/china_export_control_notices_2023_2026.csv", 19, 19, 19),
        ("data/china_listed_japanese_entities_2026.csv", 40, 40, 40),
        ("facts/world/china_quotas_controls.csv", 124, 124, 0),
        ("facts/costs.csv", 28, 28, 28),
        ("facts/countries.csv", 59, 59, 22),
        ("facts/world/country_groups_agreements.csv", 58, 45, 63),
        ("facts/demand.csv", 52, 52, 12),
        ("facts/world/demand_by_country_use.csv", 273, 222, 179),
        ("facts/steps/demand_shares.csv", 83, 83, 67),
        ("facts/world/elasticities.csv", 30, 28, 0),
        ("facts/event_effects.csv", 48, 48, 48),
        ("facts/events.csv", 24, 24, 24),
        ("facts/gallium_germanium.csv", 29, 29, 13),
        ("facts/steps/inventories.csv", 23, 23, 0),
        ("facts/japan_ree_imports.csv", 66, 66, 0),
        ("facts/mineral_profiles.csv", 27, 27, 12),
        ("facts/world/minor_metal_prices.csv", 256, 152, 140),
        ("facts/steps/neon_2022.csv", 89, 89, 0),
        ("facts/prices.csv", 190, 144, 136),
        ("facts/steps/products_bom.csv", 85, 65, 0),
        ("facts/world/project_lead_times.csv", 60, 60, 0),
        ("facts/projects.csv", 78, 78, 78),
        ("facts/world/rare_earth_prices_2005_2012.csv", 195, 183, 177),
        ("data/ree_projects_outside_china.csv", 15, 15, 58),
        ("facts/ree_supply_chain.csv", 73, 69, 42),
        ("facts/steps/semiconductor_steps.csv", 133, 112, 0),
        ("facts/world/separation_cost.csv", 33, 33, 33),
        ("facts/stockpiles.csv", 27, 27, 15),
        ("facts/steps/substitution.csv", 47, 47, 0),
        ("facts/world/value_at_stake.csv", 46, 46, 15),
    ];

    #[test]
    fn every_real_fact_goes_to_a_table_or_is_left_out_for_a_reason() {
        let Some(shared) = shared() else { return };
        let mut tables = Tables::new();
        let mut report = Report::new();
        let steps = add(&recipes(), &shared, &mut tables, &mut report);
        assert!(report.is_empty(), "{report}");
        let counts: Vec<(&str, usize, usize, usize)> = steps
            .iter()
            .map(|step| {
                let all: usize = step.made.values().sum();
                let figures = step.made.get("figures").copied().unwrap_or(0);
                let left_out: usize = step.left_out.values().sum();
                (step.name.as_str(), step.read, step.read - left_out, all - figures)
            })
            .collect();
        assert_eq!(counts, COUNTS);
        let mistakes = packed(tables);
        assert!(mistakes.is_empty(), "{mistakes}");
    }

    #[test]
    fn real_controls_name_what_they_restrict_and_what_suspends_them() {
        let Some(shared) = shared() else { return };
        let mut tables = Tables::new();
        add(&recipes(), &shared, &mut tables, &mut Report::new());
        let control = |id: &str| tables.rows("controls").iter().find(|row| row.get("control") == id).cloned().unwrap();
        let columns = ["actor", "targets", "kind", "start", "suspended_from", "suspended_to"];
        assert_eq!(
            cells(&control("mofcom-2024-46-2"), &columns),
            ["CHN", "USA", "ban", "2024-12-03", "2025-11-09", "2026-11-27"]
        );
        assert_eq!(control("mofcom-2025-72").list("suspends"), ["mofcom-2024-46-2"]);
        // A suspension ends on the last day that it suspends others.
        assert_eq!(cells(&control("mofcom-2025-72"), &["start", "end"]), ["2025-11-09", "2026-11-27"]);
        assert_eq!(cells(&control("mofcom-2025-70"), &["start", "end"]), ["2025-11-07", "2026-11-10"]);
        assert_eq!(
            control("mofcom-2025-18").list("commodities"),
            ["samarium", "gadolinium", "terbium", "dysprosium", "lutetium", "scandium", "yttrium", "permanent-magnets"]
        );
        assert_eq!(control("mofcom-2023-23").list("hs_lines").len(), 12);
        assert_eq!(control("china-2025-seven-rare-earths-licence").list("same_as"), ["mofcom-2025-18"]);
        assert_eq!(control("china-2025-october-notices").list("same_as").len(), 6);
        assert_eq!(
            cells(&control("indonesia-2020-nickel-ore-ban"), &columns)[..4],
            ["IDN", "WLD", "ban", "2020-01-01"]
        );
        let ids: BTreeSet<&str> = tables.rows("controls").iter().map(|row| row.get("control")).collect();
        for effect in tables.rows("control_effects") {
            assert!(ids.contains(effect.get("control")), "{}", effect.get("control"));
        }
        for control in tables.rows("controls") {
            assert!(
                control.list("suspends").iter().chain(&control.list("same_as")).all(|id| ids.contains(id.as_str()))
            );
        }
    }
}
