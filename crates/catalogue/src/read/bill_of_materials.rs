//! A firm's own list of products, parts and materials, as CSV or as the first sheet of an XLSX workbook.
//!
//! Nothing of the file is kept, logged or sent: what is read stays in memory until the answer is given, and mistakes name
//! rows and columns, with no more of a cell than is needed to find it.

use crate::input::Input;
use crate::package::csv_line;
use crate::records::{Column, Record, Records, clip};
use crate::report::{Mistake, Report, did_you_mean};
use crate::workbook::Workbook;
use lode_model::{BillItem, BillKind, BillOfMaterials, CountryCode};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const COLUMNS: [Column; 18] = [
    Column::required("plant"),
    Column::required("item"),
    Column::required("parent"),
    Column::required("kind"),
    Column::required("quantity"),
    Column::required("unit"),
    Column::optional("typical"),
    Column::optional("supplier"),
    Column::optional("country"),
    Column::optional("weight_g"),
    Column::optional("stock_days"),
    Column::optional("price"),
    Column::optional("alternate_for"),
    Column::optional("alternate_share"),
    Column::optional("qualification_months"),
    Column::optional("units_per_day"),
    Column::optional("value_per_unit"),
    Column::optional("note"),
];

/// Most rows of a list.
pub const MOST_ROWS: usize = 200_000;
/// No number of a list exceeds this.
const MOST: f64 = 1e12;

/// What the list may refer to.
pub struct Known<'k> {
    /// Ids, names and symbols of materials, each with the id that it stands for.
    pub materials: &'k BTreeMap<String, String>,
    /// Ids of nodes whose typical content can fill a part.
    pub typical: &'k BTreeSet<String>,
    /// Countries by code, lower-case name and two letters.
    pub countries: &'k BTreeMap<String, CountryCode>,
}

/// What is written in each column.
const ABOUT: [&str; 18] = [
    "the plant that makes or uses it",
    "name of the product, part or material",
    "the product or part that it goes into; empty for a product",
    "product, part or material",
    "how much of it one piece of the parent holds",
    "piece for products and parts; mg, g, kg or t for materials",
    "for a part whose materials you do not know: the product or material whose typical content fills it",
    "who supplies it",
    "where it comes from: ISO code or name",
    "weight of one piece, in g",
    "days of usual use that you hold",
    "price of one piece, or of one unit of a material, in your own money",
    "the item that it can stand in for",
    "for how much of the use, 0 to 1",
    "after how many months",
    "for a product: pieces made in a day",
    "for a product: value of one piece, in your own money",
    "remark",
];

/// The columns of a list, each with what is written there.
pub fn columns() -> Vec<(&'static str, &'static str)> {
    COLUMNS.iter().zip(ABOUT).map(|(column, about)| (column.heading, about)).collect()
}

/// Rows to begin with, as many cells as there are columns: two products' worth of parts, known materials, typical content,
/// an alternate.
pub fn example() -> impl Iterator<Item = Vec<&'static str>> {
    let rows = [
        "plant-a,car,,product,1,piece,,,,,,,,,,400,30000,what the plant makes; parent stays empty",
        "plant-a,drive-motor,car,part,1,piece,traction-motor,Supplier One,JPN,45000,5,900,,,,,,materials not known: filled with typical content",
        "plant-a,steering-motor,car,part,1,piece,,Supplier Two,THA,2500,10,80,,,,,,materials known: rows below",
        "plant-a,ndfeb-magnet-hot,steering-motor,material,300,g,,Magnet Maker,CHN,,20,0.08,,,,,,weighed in mg; g; kg or t for one piece of the parent",
        "plant-a,copper,steering-motor,material,0.6,kg,,,,,30,0.01,,,,,,",
        "plant-a,battery-cell,car,part,200,piece,lithium-ion-cell,Supplier Three,KOR,,12,25,,,,,,",
        "plant-a,battery-cell-b,car,part,200,piece,lithium-ion-cell,Supplier Four,JPN,,,26,battery-cell,0.4,6,,,stands in for battery-cell for up to 40 % of the use after 6 months",
    ];
    // No cell holds a comma.
    rows.into_iter().map(|row| row.split(',').collect())
}

/// A list to begin with, as CSV.
pub fn template() -> String {
    let mut text = csv_line(COLUMNS.iter().map(|column| column.heading));
    for row in example() {
        text += &csv_line(row.into_iter());
    }
    text
}

/// Whether a file has the columns of a list: a CSV file, or the first sheet of a workbook.
pub fn is_list(path: &Path) -> bool {
    let required = |heading: &str| {
        let headings: Vec<String> = heading
            .to_lowercase()
            .split([',', ';', '\t'])
            .map(|cell| cell.trim_matches(['"', '\r', '\u{feff}']).trim().to_owned())
            .collect();
        COLUMNS
            .iter()
            .filter(|column| column.required)
            .all(|column| headings.iter().any(|found| found == column.heading))
    };
    let mut start = [0; 4096];
    let Ok(mut input) = Input::open(path) else { return false };
    let filled = input.fill(&mut start);
    let first = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned();
    if !Workbook::may_start_with(&start[..filled]) {
        return required(&first(&start[..filled]));
    }
    let workbook = Input::open(path).and_then(Workbook::open).ok().flatten();
    let sheet = workbook.and_then(|mut workbook| {
        let name = workbook.sheets().into_iter().next()?;
        workbook.sheet(&name).ok()
    });
    sheet.is_some_and(|text| required(&first(text.bytes())))
}

/// Reads and checks a list; every mistake is in the report.
pub fn read(path: &Path, known: &Known<'_>) -> Result<BillOfMaterials, Report> {
    read_any(&|| Input::open(path), known)
}

/// Reads and checks a list that is already in memory.
pub fn read_bytes(name: &str, bytes: &[u8], known: &Known<'_>) -> Result<BillOfMaterials, Report> {
    read_any(&|| Ok(Input::from_bytes(name, bytes)), known)
}

fn read_any<'i>(open: &dyn Fn() -> Result<Input<'i>, Report>, known: &Known<'_>) -> Result<BillOfMaterials, Report> {
    let mut start = [0_u8; 4];
    let mut input = open()?;
    let filled = input.fill(&mut start);
    if !Workbook::may_start_with(&start[..filled]) {
        return read_text(open()?, known);
    }
    let name = input.name.clone();
    let mut report = Workbook::living_parts(open()?)?;
    let Some(mut workbook) = Workbook::open(open()?)? else {
        return Err(Mistake::in_file(&name, "is an archive without a workbook")
            .hint("give a CSV or an XLSX file")
            .into());
    };
    let Some(sheet) = workbook.sheets().into_iter().next() else {
        return Err(Mistake::in_file(workbook.name(), "has no sheet").into());
    };
    let text = workbook.sheet(&sheet)?;
    match read_text(text.input(), known) {
        Ok(bill) => report.into_result(bill),
        Err(mistakes) => {
            report.extend(mistakes);
            Err(report)
        }
    }
}

/// Reads a list from text.
pub fn read_text(input: Input<'_>, known: &Known<'_>) -> Result<BillOfMaterials, Report> {
    let mut report = Report::new();
    let file = input.name.clone();
    let mut items: Vec<BillItem> = Vec::new();
    if let Some(mut records) = Records::open(input, b',', &mut report)
        && let Some(places) = records.columns(&COLUMNS, &mut report)
    {
        for heading in records.headings().iter().filter(|heading| !heading.is_empty()) {
            if !COLUMNS.iter().any(|column| column.heading.eq_ignore_ascii_case(heading)) {
                report.push(Mistake::in_row(&file, 1, format!("column `{}` is unknown", clip(heading))).hint(
                    match did_you_mean(heading, COLUMNS.iter().map(|column| column.heading)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "remove it, or put it into the column note".to_owned(),
                    },
                ));
            }
        }
        while let Some(record) = records.next(&mut report) {
            if items.len() >= MOST_ROWS {
                report.push(
                    Mistake::in_file(&file, format!("has more than {MOST_ROWS} rows"))
                        .hint("split the list by plant; nothing of it was used"),
                );
                break;
            }
            items.extend(item(&file, &record, &places, known, &mut report));
        }
        if items.is_empty() && report.is_empty() {
            report.push(
                Mistake::in_file(&file, "holds no row")
                    .hint("`lode template parts --output FILE` writes a list to begin with"),
            );
        }
    }
    check(&file, &items, &mut report);
    report.into_result(BillOfMaterials { items })
}

fn item(
    file: &str,
    record: &Record<'_>,
    places: &[Option<usize>],
    known: &Known<'_>,
    report: &mut Report,
) -> Option<BillItem> {
    let row = record.row();
    let text = |index: usize, report: &mut Report| places[index].map_or("", |place| record.text(place, report)).trim();
    let amount = |index: usize, most: f64, report: &mut Report| {
        places[index].and_then(|place| record.amount(place, most, report))
    };
    let wrong = |column: usize, message: String, hint: String, report: &mut Report| {
        let mistake = Mistake::in_row(file, row, message).column(COLUMNS[column].heading);
        report.push(if hint.is_empty() { mistake } else { mistake.hint(hint) });
    };
    let (plant, name, parent) = (text(0, report), text(1, report), text(2, report));
    for (column, cell) in [(0, plant), (1, name)] {
        if cell.is_empty() {
            wrong(column, "is empty".into(), "every row names a plant and an item".into(), report);
        }
        if cell.starts_with(['=', '@']) {
            wrong(column, "looks like a formula".into(), "paste values".into(), report);
        }
    }
    let kind = match text(3, report) {
        "product" => BillKind::Product,
        "part" => BillKind::Part,
        "material" => BillKind::Material,
        other => {
            let hint = did_you_mean(other, ["product", "part", "material"]);
            let hint =
                hint.map_or("use product, part or material".to_owned(), |near| format!("did you mean `{near}`?"));
            wrong(3, format!("`{}` is no kind of row", clip(other)), hint, report);
            return None;
        }
    };
    let unit = text(5, report);
    let factor = match (kind, unit) {
        (BillKind::Material, "mg") => 1e-3,
        (BillKind::Material, "g") => 1.0,
        (BillKind::Material, "kg") => 1e3,
        (BillKind::Material, "t") => 1e6,
        (BillKind::Product | BillKind::Part, "piece" | "") => 1.0,
        (BillKind::Material, "") if text(4, report).is_empty() => 1.0,
        (BillKind::Material, other) => {
            wrong(5, format!("`{}` is not a unit of a material", clip(other)), "use mg, g, kg or t".into(), report);
            1.0
        }
        (_, other) => {
            wrong(
                5,
                format!("`{}` is not a unit of a part", clip(other)),
                "parts are counted: write piece".into(),
                report,
            );
            1.0
        }
    };
    let quantity = amount(4, MOST, report).map(|quantity| quantity * factor);
    let mut name = name.to_owned();
    if kind == BillKind::Material && !name.is_empty() {
        match known.materials.get(&name).or_else(|| known.materials.get(&name.to_lowercase())) {
            Some(id) => name.clone_from(id),
            None => {
                let near = did_you_mean(&name, known.materials.keys().map(String::as_str));
                let hint = near.map_or(
                    "`lode exposure --list` shows the materials and elements that are known".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                wrong(1, format!("`{}` is not a known element or material", clip(&name)), hint, report);
            }
        }
    }
    let typical = text(6, report);
    if !typical.is_empty() && !known.typical.contains(typical) {
        let near = did_you_mean(typical, known.typical.iter().map(String::as_str));
        let hint = near.map_or("`lode exposure --list` shows products and materials".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        wrong(6, format!("no typical content is known for `{}`", clip(typical)), hint, report);
    }
    let country = text(8, report);
    let country = if country.is_empty() {
        None
    } else {
        let found = known.countries.get(country).or_else(|| known.countries.get(&country.to_lowercase()));
        if found.is_none() {
            wrong(
                8,
                format!("`{}` is not a country", clip(country)),
                "use ISO 3166-1 alpha-3, e.g. JPN".into(),
                report,
            );
        }
        found.copied()
    };
    match (kind, parent.is_empty()) {
        (BillKind::Product, false) => {
            wrong(2, "a product goes into nothing".into(), "leave parent empty, or call it a part".into(), report);
        }
        (BillKind::Part | BillKind::Material, true) => {
            wrong(2, "is empty".into(), "name the item that it goes into".into(), report);
        }
        _ => {}
    }
    if kind == BillKind::Product && quantity.is_some_and(|quantity| quantity != 1.0) {
        wrong(4, "a product stands for one piece".into(), "write 1".into(), report);
    }
    Some(BillItem {
        row,
        plant: plant.to_owned(),
        item: name,
        parent: parent.to_owned(),
        kind,
        quantity,
        typical: typical.to_owned(),
        supplier: text(7, report).to_owned(),
        country,
        weight_grams: amount(9, MOST, report),
        stock_days: amount(10, 36_500.0, report),
        price: amount(11, MOST, report),
        alternate_for: text(12, report).to_owned(),
        alternate_share: amount(13, 1.0, report),
        qualification_months: amount(14, 600.0, report),
        units_per_day: amount(15, MOST, report),
        value_per_unit: amount(16, MOST, report),
    })
}

/// What only shows when rows are held against each other.
fn check(file: &str, items: &[BillItem], report: &mut Report) {
    let mut rows: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        rows.entry((&item.plant, &item.item)).or_default().push(index);
    }
    let mut uses: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let mut grams: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for item in items {
        if !item.item.is_empty() && !uses.insert((&item.plant, &item.item, &item.parent)) {
            report.push(
                Mistake::in_row(file, item.row, format!("`{}` stands twice under the same parent", clip(&item.item)))
                    .column("item")
                    .hint("add the quantities up, or give the second one another name"),
            );
        }
        if item.kind == BillKind::Product {
            continue;
        }
        let parent = rows.get(&(item.plant.as_str(), item.parent.as_str()));
        match parent.and_then(|rows| rows.first()).map(|index| &items[*index]) {
            None if !item.parent.is_empty() => {
                let of_plant = rows.keys().filter(|(plant, _)| *plant == item.plant).map(|(_, item)| *item);
                let near = did_you_mean(&item.parent, of_plant);
                report.push(
                    Mistake::in_row(
                        file,
                        item.row,
                        format!("its parent `{}` is not in the list of this plant", clip(&item.parent)),
                    )
                    .column("parent")
                    .hint(near.map_or("add a row for it".to_owned(), |near| format!("did you mean `{near}`?"))),
                );
            }
            Some(parent) if parent.kind == BillKind::Material => {
                report.push(
                    Mistake::in_row(file, item.row, "goes into a material")
                        .column("parent")
                        .hint("materials hold nothing else: call the parent a part"),
                );
            }
            _ => {}
        }
        if item.kind == BillKind::Material && item.alternate_for.is_empty() {
            *grams.entry((&item.plant, &item.parent)).or_default() += item.quantity.unwrap_or(0.0);
        }
        if !item.alternate_for.is_empty() && !uses_item(items, &rows, item) {
            report.push(
                Mistake::in_row(
                    file,
                    item.row,
                    format!("stands in for `{}`, which is not under the same parent", clip(&item.alternate_for)),
                )
                .column("alternate_for")
                .hint("name an item of the same plant and parent that is no alternate itself"),
            );
        }
    }
    for ((plant, part), grams) in grams {
        let Some(index) = rows.get(&(plant, part)).and_then(|rows| rows.first()) else { continue };
        let item = &items[*index];
        if let Some(weight) = item.weight_grams.filter(|weight| grams > weight * (1.0 + 1e-9)) {
            report.push(
                Mistake::in_row(
                    file,
                    item.row,
                    format!("its materials weigh {grams} g, more than the part itself with {weight} g"),
                )
                .column("weight_g")
                .hint("look at the units of the materials: mg, g, kg or t for one piece of the part"),
            );
        }
    }
    cycles(file, items, &rows, report);
}

fn uses_item(items: &[BillItem], rows: &BTreeMap<(&str, &str), Vec<usize>>, item: &BillItem) -> bool {
    rows.get(&(item.plant.as_str(), item.alternate_for.as_str())).is_some_and(|rows| {
        rows.iter().any(|index| items[*index].parent == item.parent && items[*index].alternate_for.is_empty())
    })
}

/// Items that go into themselves, each cycle told once.
fn cycles(file: &str, items: &[BillItem], rows: &BTreeMap<(&str, &str), Vec<usize>>, report: &mut Report) {
    // 0 not seen, 1 on the way, 2 done. From an item the way leads to the items that it goes into.
    let mut state = vec![0_u8; items.len()];
    for start in 0..items.len() {
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((index, next)) = way.last_mut() {
            let index = *index;
            if *next == 0 && state[index] == 2 {
                way.pop();
                continue;
            }
            state[index] = 1;
            let item = &items[index];
            let parents = rows.get(&(item.plant.as_str(), item.parent.as_str())).map_or(&[][..], Vec::as_slice);
            match parents.get(*next) {
                None => {
                    state[index] = 2;
                    way.pop();
                }
                Some(parent) => {
                    *next += 1;
                    if state[*parent] == 1 {
                        let from = way.iter().position(|(on, _)| on == parent).unwrap_or(0);
                        let names: Vec<&str> = way[from..].iter().map(|(on, _)| items[*on].item.as_str()).collect();
                        report.push(
                            Mistake::in_row(file, item.row, format!("goes into itself: {}", clip(&names.join(" in "))))
                                .column("parent")
                                .hint("nothing can hold itself: one of these parents is wrong"),
                        );
                    } else if state[*parent] == 0 {
                        way.push((*parent, 0));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::testing::survives_broken_files;

    fn with_known<T>(run: impl FnOnce(&Known<'_>) -> T) -> T {
        let materials = ["copper", "ndfeb-magnet-hot", "dysprosium"].map(|id| (id.to_owned(), id.to_owned()));
        let mut materials = BTreeMap::from(materials);
        materials.insert("Dy".into(), "dysprosium".into());
        let typical = ["traction-motor", "lithium-ion-cell"].map(str::to_owned).into();
        let countries = ["JPN", "CHN", "THA", "KOR"];
        let countries = countries.map(|code| (code.to_owned(), CountryCode::parse(code).unwrap())).into();
        run(&Known { materials: &materials, typical: &typical, countries: &countries })
    }

    fn complaint(text: &str) -> String {
        with_known(|known| {
            read_text(Input::from_bytes("bill.csv", text.as_bytes()), known)
                .err()
                .map_or("read".into(), |report| report.to_string())
        })
    }

    const HEAD: &str = "plant,item,parent,kind,quantity,unit,weight_g,alternate_for\n";

    #[test]
    fn the_template_is_a_good_list() {
        let bill = with_known(|known| read_text(Input::from_bytes("t.csv", template().as_bytes()), known)).unwrap();
        assert_eq!(bill.items.len(), 7);
        assert_eq!(bill.items[4].quantity, Some(600.0), "0.6 kg of copper are 600 g");
        assert_eq!((bill.items[6].alternate_for.as_str(), bill.items[6].alternate_share), ("battery-cell", Some(0.4)));
    }

    #[test]
    fn every_mistake_comes_in_one_report() {
        let text = [
            HEAD,
            "a,car,,product,1,piece,,\n",
            "a,motor,car,part,1,piece,100,\n",
            "a,Dy,motor,material,0.2,kg,,\n",
            "a,dysprosum,motor,material,1,ounce,,\n",
            "a,screw,motr,part,-3,piece,,\n",
            "a,loop,loop2,part,1,piece,,\n",
            "a,loop2,loop,part,1,kg,,\n",
            "a,spare,car,part,1,piece,,engine\n",
            "a,car2,car,product,1,piece,,\n",
            "a,motor,car,part,1,piece,,\n",
            "a,,car,gadget,1,piece,,\n",
        ]
        .concat();
        let text = complaint(&text);
        for expected in [
            "row 3, column weight_g: its materials weigh 201 g, more than the part itself with 100 g",
            "row 5, column item: `dysprosum` is not a known element or material\n  hint: did you mean `dysprosium`?",
            "row 5, column unit: `ounce` is not a unit of a material",
            "row 6, column quantity: -3 is negative",
            "row 6, column parent: its parent `motr` is not in the list of this plant\n  hint: did you mean `motor`?",
            "goes into itself: loop in loop2",
            "row 8, column unit: `kg` is not a unit of a part",
            "row 9, column alternate_for: stands in for `engine`, which is not under the same parent",
            "row 10, column parent: a product goes into nothing",
            "row 11, column item: `motor` stands twice under the same parent",
            "row 12, column item: is empty",
            "row 12, column kind: `gadget` is no kind of row",
            "12 mistakes in all; nothing was changed",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn the_same_item_may_go_into_two_parents() {
        let rows = "a,car,,product,1,piece,,\na,axle,car,part,1,piece,,\na,screw,axle,part,4,piece,,\na,screw,car,part,9,piece,,\n";
        assert_eq!(complaint(&[HEAD, rows].concat()), "read");
    }

    #[test]
    fn too_many_rows_are_refused_without_being_kept() {
        let mut text = String::from(HEAD) + "a,car,,product,1,piece,,\n";
        for index in 0..=MOST_ROWS {
            text += &format!("a,p{index},car,part,1,piece,,\n");
        }
        let text = complaint(&text);
        assert!(text.contains("has more than 200000 rows") && text.contains("1 mistake"), "{text}");
    }

    #[test]
    fn broken_lists_never_panic() {
        let read = |input: Input<'_>, report: &mut Report| {
            if let Err(mistakes) = with_known(|known| read_text(input, known)) {
                report.extend(mistakes);
            }
        };
        survives_broken_files(&read, &template());
    }
}
