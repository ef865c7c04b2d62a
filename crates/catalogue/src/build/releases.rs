//! Releases of publishers as rows of the package: names become ids by the name tables in `data/sources`.

use super::corrections::{self, Factor};
use super::tables::{Step, Tables, number};
use super::{BuildOptions, open, open_path};
use crate::input::Input;
use crate::read::usgs_mcs::{self, Flag};
use crate::read::{each_record, iea_critical_minerals, pink_sheet, world_governance, world_mining_data};
use crate::records::Column;
use crate::report::Report;
use lode_model::{GovernanceSeries, Year};
use std::collections::{BTreeMap, BTreeSet};

/// Adds every release.
pub(super) fn add(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    usgs(options, tables, steps, report);
    rare_earth_prices(options, tables, steps, report);
    governance(options, tables, steps, report);
    iea_supply(options, tables, steps, report);
    iea_demand(options, tables, steps, report);
    pink_sheet_prices(options, tables, steps, report);
    recycling(options, tables, steps, report);
    outlook_2029(options, tables, steps, report);
    deposits(options, tables, steps, report);
    if options.include_restricted {
        world_mining(options, tables, steps, report);
    }
}

/// A name table: the texts of its columns, row by row.
fn name_table<const N: usize>(
    options: &BuildOptions,
    file: &str,
    columns: [&'static str; N],
    report: &mut Report,
) -> Vec<[String; N]> {
    let mut rows = Vec::new();
    if let Some(input) = open_path(&options.sources.join(file), report) {
        each_record(input, b',', &columns.map(Column::required), report, |record, places, report| {
            rows.push(std::array::from_fn(|index| record.text(places[index].unwrap_or(0), report).to_owned()));
        });
    }
    rows
}

fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

fn starts(text: &str, prefix: &str) -> bool {
    text.to_lowercase().starts_with(&prefix.to_lowercase())
}

// ----------------------------------------------------------------------------------------------------------------- USGS

fn usgs(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    let output = name_table(
        options,
        "usgs_output.csv",
        ["release", "commodity", "detail", "to_commodity", "stage", "product", "basis"],
        report,
    );
    let reserves = name_table(options, "usgs_reserves.csv", ["release", "commodity", "to_commodity", "basis"], report);
    let prices =
        name_table(options, "usgs_prices.csv", ["commodity", "detail", "to_commodity", "form", "market"], report);
    for (release, file) in [("2026", "data/usgs_mcs2026_commodities.csv"), ("2025", "data/usgs_mcs2025_world_data.csv")]
    {
        let path = options.inputs.join(file);
        let opened = Input::open_in_either(&path, encoding_rs::WINDOWS_1252);
        let Some(input) = opened.map_err(|mistakes| report.extend(mistakes)).ok() else { continue };
        let mut rows =
            if release == "2026" { usgs_mcs::read_2026(input, report) } else { usgs_mcs::read_2025(input, report) };
        let origin = format!("usgs-mcs-{release}");
        correct_usgs(&mut rows, &corrections::factors(tables, &origin, report), report);
        let mut step = Step::new(format!("USGS Mineral Commodity Summaries {release}"));
        step.read = rows.len();
        for row in &rows {
            if row.statistic == "Price" {
                price(row, &prices, &origin, tables, &mut step);
                continue;
            }
            if !row.section.starts_with("World") {
                step.left_out("salient statistics of the United States");
                continue;
            }
            let country = match (row.is_world(), row.is_other(), row.code) {
                (true, ..) => "WLD".to_owned(),
                (_, true, _) => "OTH".to_owned(),
                (.., Some(code)) => code.to_string(),
                _ => match tables.country(&row.country) {
                    Some(code) => code.to_owned(),
                    None => {
                        step.left_out(format!("no country code for `{}`", row.country));
                        continue;
                    }
                },
            };
            if row.cell.flag == Flag::NotAvailable || row.cell.flag == Flag::Words || row.cell.flag == Flag::NetExporter
            {
                step.left_out("no number");
                continue;
            }
            let mut cells: Vec<(&str, String)> = vec![("country", country), ("year", row.year.to_string())];
            let table = if row.statistic == "Reserves" {
                let Some([.., to, basis]) =
                    reserves.iter().find(|[of, commodity, ..]| of == release && same(commodity, &row.commodity))
                else {
                    step.left_out("reserves of other commodities");
                    continue;
                };
                cells.extend([("commodity", to.clone()), ("metric", "reserves".into()), ("basis", basis.clone())]);
                "reserves"
            } else {
                let found = output.iter().find(|[of, commodity, detail, ..]| {
                    of == release && same(commodity, &row.commodity) && starts(&row.detail, detail)
                });
                let Some([_, _, _, to, stage, product, basis]) = found else {
                    step.left_out("output of other commodities");
                    continue;
                };
                let metric = match row.statistic.as_str() {
                    "Production" => "production",
                    "Capacity" => "capacity",
                    _ => {
                        step.left_out("other statistics");
                        continue;
                    }
                };
                cells.extend([
                    ("commodity", to.clone()),
                    ("stage", stage.clone()),
                    ("product", product.clone()),
                    ("metric", metric.into()),
                    ("basis", basis.clone()),
                ]);
                "production"
            };
            let quality = match row.cell.flag {
                Flag::Withheld => "withheld",
                Flag::Estimated | Flag::Small => "estimated",
                _ => "reported",
            };
            cells.extend([
                ("preferred", "yes".into()),
                ("value", row.cell.value.map_or(String::new(), number)),
                ("low", row.cell.low.map_or(String::new(), number)),
                ("high", row.cell.high.map_or(String::new(), number)),
                ("unit", row.unit.into()),
                ("quality", quality.into()),
                ("as_of", row.year.to_string()),
                ("origin", origin.clone()),
                ("note", remark(&row.notes)),
            ]);
            step.made(table);
            let cells: Vec<(&str, &str)> = cells.iter().map(|(column, text)| (*column, text.as_str())).collect();
            tables.add(table, &cells);
        }
        steps.push(step);
    }
}

/// What the notes say of this number alone; estimates have their quality, and all reserves refer to one appendix.
fn remark(notes: &str) -> String {
    let of_all = |part: &&str| part.starts_with("See Appendix") || part.trim_end_matches('.') == "Estimated";
    let part = notes.split(" -- ").map(str::trim).find(|part| !of_all(part));
    part.map_or("", |part| part.split(". ").next().unwrap_or(part)).to_owned()
}

/// Multiplies the cells for which a factor is declared.
fn correct_usgs(rows: &mut [usgs_mcs::Row], factors: &[Factor], report: &mut Report) {
    for factor in factors {
        let fits = |row: &usgs_mcs::Row| factor.fits(&[("commodity", &row.commodity), ("statistic", &row.statistic)]);
        factor.check(rows.iter().filter(|row| fits(row)).filter_map(|row| row.cell.value), report);
        for row in rows.iter_mut().filter(|row| fits(row)) {
            row.cell = row.cell.clone().scaled(factor.factor);
        }
    }
}

fn price(row: &usgs_mcs::Row, prices: &[[String; 5]], origin: &str, tables: &mut Tables, step: &mut Step) {
    let found =
        prices.iter().find(|[commodity, detail, ..]| same(commodity, &row.commodity) && starts(&row.detail, detail));
    let Some([_, _, to, form, market]) = found else {
        step.left_out("prices of other commodities");
        return;
    };
    if row.cell.value.or(row.cell.low).or(row.cell.high).is_none() {
        step.left_out("no number");
        return;
    }
    let kind = if form.contains("unit value of imports") { "import-value" } else { "mean" };
    step.made("prices");
    tables.add(
        "prices",
        &[
            ("commodity", to),
            ("form", form),
            ("market", market),
            ("period", &row.year.to_string()),
            ("kind", kind),
            ("quoted", "no"),
            ("value", &row.cell.value.map_or(String::new(), number)),
            ("low", &row.cell.low.map_or(String::new(), number)),
            ("high", &row.cell.high.map_or(String::new(), number)),
            ("unit", row.unit),
            ("quality", if row.cell.flag == Flag::Estimated { "estimated" } else { "reported" }),
            ("as_of", &row.year.to_string()),
            ("origin", origin),
        ],
    );
}

/// Year-end ranges of 2011 to 2013 and annual means from 2014 are two series: the kind keeps them apart.
fn rare_earth_prices(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/usgs_ree_prices_2011_2025.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let mut step = Step::new(format!("rare-earth prices, {FILE}"));
    let by_symbol = symbols(tables);
    let columns = ["element", "specification", "year", "price", "price_low", "price_high", "unit", "kind", "source"]
        .map(Column::required);
    each_record(input, b',', &columns, report, |record, places, report| {
        step.read += 1;
        let text = |index: usize, report: &mut Report| record.text(places[index].unwrap_or(0), report).to_owned();
        let element = text(0, report);
        let commodity = match element.as_str() {
            "NdPr" | "mischmetal" => "rare-earths".to_owned(),
            "Y metal" => "yttrium".to_owned(),
            symbol => match by_symbol.get(symbol) {
                Some(id) => id.clone(),
                None => {
                    step.left_out(format!("no commodity for `{symbol}`"));
                    return;
                }
            },
        };
        let Some(year) = record.year(places[2].unwrap_or(0), report) else { return };
        let (source, specification) = (text(8, report), text(1, report));
        if source.contains("2026") {
            step.left_out("read from the release itself");
            return;
        }
        let kind = if text(7, report).contains("yearend") { "year-end" } else { "mean" };
        let form = format!("{} {}", element, specification.split(" (element").next().unwrap_or(&specification));
        step.made("prices");
        tables.add(
            "prices",
            &[
                ("commodity", &commodity),
                ("form", form.trim()),
                ("market", "world"),
                ("period", &year.to_string()),
                ("kind", kind),
                ("quoted", "no"),
                ("value", &text(3, report)),
                ("low", &text(4, report)),
                ("high", &text(5, report)),
                ("unit", &text(6, report)),
                ("quality", if specification.contains("lost in text") { "derived" } else { "reported" }),
                ("as_of", &year.to_string()),
                ("origin", "usgs-rare-earth-prices"),
                ("note", &source),
            ],
        );
    });
    steps.push(step);
}

/// Chemical symbols of the curated commodities.
pub(super) fn symbols(tables: &Tables) -> BTreeMap<String, String> {
    let rows = tables.rows("commodities").iter();
    rows.filter(|row| !row.get("symbol").is_empty()).map(|row| (row.text("symbol"), row.text("commodity"))).collect()
}

// ----------------------------------------------------------------------------------------------------------- World Bank

const WORLD_GOVERNANCE: &str = "world-governance-indicators";

fn governance(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/wgi_political_stability_1996_2024.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let mut read = world_governance::read(input, report);
    let mut step = Step::new("governance");
    step.read = read.estimates.len() + usize::try_from(read.without_estimate).unwrap_or(0);
    step.left_out.insert("no estimate: missing, not zero".into(), usize::try_from(read.without_estimate).unwrap_or(0));
    for correction in corrections::declared(tables, WORLD_GOVERNANCE, "drop") {
        let conditions = corrections::conditions(correction);
        let before = read.estimates.len();
        read.estimates.retain(|estimate| {
            let occurrence = estimate.occurrence.to_string();
            let cells = [("iso3", estimate.country.as_str()), ("duplicate_code_occurrence", &occurrence)];
            !corrections::fit(&conditions, &cells)
        });
        let dropped = before - read.estimates.len();
        // The rule on rows without an estimate is the reader's.
        if correction.get("field") == "estimate" {
            step.left_out.insert("second series of a country".into(), dropped);
            if dropped.to_string() != correction.get("guard") {
                let found = format!("expects {} rows and finds {dropped}", correction.get("guard"));
                report.push(corrections::outdated(correction.get("correction"), &found));
            }
        }
    }
    for estimate in &read.estimates {
        step.made("governance");
        tables.add(
            "governance",
            &[
                ("country", estimate.country.as_str()),
                ("year", &estimate.year.to_string()),
                ("estimate", &number(estimate.estimate)),
                ("standard_error", &estimate.standard_error.map_or(String::new(), number)),
                ("sources", &estimate.sources.map_or(String::new(), |count| count.to_string())),
                ("series", if estimate.series == GovernanceSeries::Old { "old" } else { "revised" }),
                ("quality", "reported"),
                ("as_of", &estimate.year.to_string()),
                ("origin", WORLD_GOVERNANCE),
            ],
        );
    }
    steps.push(step);
}

fn pink_sheet_prices(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/worldbank_pinksheet_metals_monthly_1960_2026M05.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let prices = pink_sheet::read(input, report);
    let mut step = Step::new("Pink Sheet, monthly prices");
    step.read = prices.len();
    for price in &prices {
        let commodity = match price.commodity.as_str() {
            "Nickel" => "nickel",
            "Copper" => "copper",
            "Platinum" => "platinum",
            _ => {
                step.left_out("other commodities");
                continue;
            }
        };
        if price.month.as_str() < "2005" {
            step.left_out("before 2005");
            continue;
        }
        step.made("prices");
        tables.add(
            "prices",
            &[
                ("commodity", commodity),
                ("form", "metal"),
                ("market", "world"),
                ("period", &price.month),
                ("kind", "mean"),
                ("quoted", "no"),
                ("value", &number(price.price)),
                ("unit", price.unit),
                ("quality", "reported"),
                ("as_of", &price.month),
                ("origin", "pink-sheet"),
            ],
        );
    }
    steps.push(step);
}

// ------------------------------------------------------------------------------------------------------------------ IEA

/// Commodity and mass basis of a mineral of the agency at a stage; what a `t` means differs from other sources.
fn iea_mineral(mineral: &str, refined: bool) -> Option<(&'static str, &'static str)> {
    Some(match mineral {
        "Cobalt" => ("cobalt", "t content"),
        "Copper" => ("copper", "t content"),
        "Lithium" => ("lithium", "t content"),
        "Nickel" => ("nickel", "t content"),
        "Graphite" if refined => ("natural-graphite", "t battery-grade graphite, natural and synthetic"),
        "Graphite" => ("natural-graphite", "t gross"),
        "Rare Earth Elements" => ("rare-earths", "t content of Nd, Pr, Dy and Tb"),
        _ => return None,
    })
}

fn iea_supply(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/iea_supply_by_country_2024_2040.csv";
    use iea_critical_minerals::Supplier;
    let Some(input) = open(options, FILE, report) else { return };
    let (rows, notes) = iea_critical_minerals::read_supply(input, report);
    let mut step = Step::new("IEA supply by country");
    step.read = rows.len() + usize::try_from(notes).unwrap_or(0);
    step.left_out.insert("no value, or a note of the sheet".into(), usize::try_from(notes).unwrap_or(0));
    let base: Year = rows.iter().map(|row| row.year).min().unwrap_or(0);
    for row in &rows {
        let refined = row.stage == "refining";
        let Some((commodity, basis)) = iea_mineral(&row.mineral, refined) else {
            step.left_out(format!("mineral `{}`", row.mineral));
            continue;
        };
        let country = match &row.supplier {
            Supplier::Country(name) => match tables.country(name) {
                Some(code) => code.to_owned(),
                None => {
                    step.left_out(format!("no country code for `{name}`"));
                    continue;
                }
            },
            Supplier::RestOfWorld => "OTH".into(),
            Supplier::Total | Supplier::TopThreeShare => "WLD".into(),
        };
        let share = row.supplier == Supplier::TopThreeShare;
        let value = number(if share { row.value } else { row.value * 1000.0 });
        let stage = if refined { "refined" } else { "mine" };
        let year = row.year.to_string();
        let common = [
            ("commodity", commodity),
            ("stage", stage),
            ("country", &country),
            ("year", &year),
            ("value", &value),
            ("unit", if share { "share" } else { "t" }),
            ("basis", if share { "" } else { basis }),
            ("as_of", &year),
            ("origin", "iea-supply"),
        ];
        step.made("outlook");
        let quality = if row.year == base { "secondary" } else { "estimated" };
        let metric = if share { "top3-share" } else { "supply" };
        let outlook: Vec<(&str, &str)> =
            common.into_iter().chain([("metric", metric), ("scenario", "base"), ("quality", quality)]).collect();
        tables.add("outlook", &outlook);
        if row.year == base && !share {
            step.made("production");
            let production: Vec<(&str, &str)> = common
                .into_iter()
                .chain([("metric", "production"), ("preferred", "yes"), ("quality", "secondary")])
                .collect();
            tables.add("production", &production);
        }
    }
    steps.push(step);
}

fn iea_demand(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/iea_demand_scenarios_2024_2050.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let rows = iea_critical_minerals::read_demand(input, report);
    let mut step = Step::new("IEA demand by scenario");
    step.read = rows.len();
    for row in &rows {
        let total = row.table == "totalDemand";
        let clean = row.table == "cleantechByMineral";
        let commodity = match iea_mineral(&row.mineral, false) {
            Some((commodity, _)) if total => Some(commodity.to_owned()),
            _ if clean => {
                let wanted = row.mineral.to_lowercase();
                tables
                    .rows("commodities")
                    .iter()
                    .find(|c| c.get("name_en").to_lowercase() == wanted)
                    .map(|c| c.text("commodity"))
            }
            _ => None,
        };
        let Some(commodity) = commodity.filter(|_| row.sector != "cleanShare") else {
            step.left_out(if total || clean {
                "other minerals, or a share"
            } else {
                "a table that overlaps with the one taken"
            });
            continue;
        };
        let (metric, end_use) = match row.sector.as_str() {
            "totalDemand" => ("demand", "all"),
            sector if total => ("demand", sector),
            sector => ("demand, clean technology", sector),
        };
        step.made("demand");
        tables.add(
            "demand",
            &[
                ("commodity", &commodity),
                ("country", "WLD"),
                ("use", end_use),
                ("metric", metric),
                ("scenario", &row.scenario),
                ("year", &row.year.to_string()),
                ("value_text", &row.value.to_string()),
                ("value", &number(row.value * 1000.0)),
                ("unit", "t"),
                ("basis", iea_mineral(&row.mineral, false).map_or("t content", |(_, basis)| basis)),
                ("quality", if row.scenario == "base" { "secondary" } else { "estimated" }),
                ("as_of", &row.year.to_string()),
                ("origin", "iea-demand"),
            ],
        );
    }
    steps.push(step);
}

// --------------------------------------------------------------------------------------------------------------- others

fn recycling(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/eol_rir_2023_by_material.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let mut step = Step::new("recycling rates of the EU");
    let columns = ["Reference ID", "eol_rir_eu_2023", "Reference"].map(Column::required);
    each_record(input, b',', &columns, report, |record, places, report| {
        step.read += 1;
        let at = |index: usize| places[index].unwrap_or(0);
        let name = record.text(at(0), report);
        let wanted = match name {
            "Graphite" => "natural graphite".to_owned(),
            "Rare earth" => "rare earths".to_owned(),
            "Chromite" => "chromium".to_owned(),
            "Baryte" => "barite".to_owned(),
            other => other.to_lowercase(),
        };
        let found = tables
            .rows("commodities")
            .iter()
            .find(|row| row.get("name_en").to_lowercase() == wanted)
            .map(|row| row.text("commodity"));
        let (Some(commodity), Some(rate)) = (found, record.amount(at(1), 1.0, report)) else {
            step.left_out("other materials");
            return;
        };
        step.made("recycling");
        tables.add(
            "recycling",
            &[
                ("commodity", &commodity),
                ("region", "EU"),
                ("metric", "end-of-life recycling input rate"),
                ("year", "2023"),
                ("value", &number(rate)),
                ("unit", "share"),
                ("quality", "reported"),
                ("as_of", "2023"),
                ("origin", "eu-recycling-2023"),
                ("note", record.text(at(2), report)),
            ],
        );
    });
    steps.push(step);
}

/// Shares of capacity only: the unit of the totals is not stated.
fn outlook_2029(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/usgs_outlook_2029.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let mut step = Step::new("USGS outlook 2029, shares of capacity");
    each_record(
        input,
        b',',
        &["material", "stage", "by_country_pct"].map(Column::required),
        report,
        |record, places, report| {
            let at = |index: usize| places[index].unwrap_or(0);
            let material = record.text(at(0), report).to_lowercase();
            let stage = match record.text(at(1), report) {
                "mine" | "mining" => "mine",
                _ => "refined",
            };
            let commodity = tables
                .rows("commodities")
                .iter()
                .find(|row| row.get("name_en").to_lowercase() == material)
                .map(|row| row.text("commodity"));
            let shares: BTreeMap<String, f64> = serde_json::from_str(record.text(at(2), report)).unwrap_or_default();
            if shares.is_empty() {
                report.push(
                    record.mistake(at(2), "is not a list of countries and percentages").hint("write {\"CD\": 75.2}"),
                );
            }
            step.read += shares.len();
            for (iso2, percent) in shares {
                let Some((commodity, country)) =
                    commodity.as_ref().zip(tables.country_by_iso2(&iso2).map(str::to_owned))
                else {
                    step.left_out("other materials or countries");
                    continue;
                };
                step.made("outlook");
                tables.add(
                    "outlook",
                    &[
                        ("commodity", commodity),
                        ("stage", stage),
                        ("country", &country),
                        ("metric", "share"),
                        ("scenario", "capacity"),
                        ("year", "2029"),
                        ("value", &number(percent)),
                        ("unit", "percent"),
                        ("quality", "estimated"),
                        ("as_of", "2025"),
                        ("origin", "usgs-outlook-2029"),
                    ],
                );
            }
        },
    );
    steps.push(step);
}

fn deposits(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/geoscience_australia_critical_mineral_deposits_2022.csv";
    let Some(input) = open(options, FILE, report) else { return };
    let mut step = Step::new("deposits of Australia");
    let mut seen = BTreeSet::new();
    let columns = ["Name", "State", "Latitude", "Longitude", "Status", "Commodity Group"].map(Column::required);
    each_record(input, b',', &columns, report, |record, places, report| {
        step.read += 1;
        let text = |index: usize, report: &mut Report| record.text(places[index].unwrap_or(0), report).to_owned();
        if !seen.insert([text(0, report), text(2, report), text(3, report), text(5, report)]) {
            step.left_out("stands twice in the source");
            return;
        }
        step.made("deposits");
        tables.add(
            "deposits",
            &[
                ("deposit", &text(0, report)),
                ("country", "AUS"),
                ("region", &text(1, report)),
                ("latitude", &text(2, report)),
                ("longitude", &text(3, report)),
                ("status", &text(4, report)),
                ("commodity_group", &text(5, report)),
                ("quality", "reported"),
                ("as_of", "2022"),
                ("origin", "geoscience-australia-2022"),
            ],
        );
    });
    steps.push(step);
}

fn world_mining(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    const FILE: &str = "data/world_mining_data_2018_2024.csv";
    let names = name_table(options, "world_mining_output.csv", ["commodity", "to_commodity", "basis"], report);
    let Some(input) = open(options, FILE, report) else { return };
    let mut step = Step::new("World Mining Data (not to be passed on)");
    for row in world_mining_data::read(input, report) {
        step.read += 1;
        let Some([_, commodity, basis]) = names.iter().find(|[name, ..]| *name == row.commodity) else {
            step.left_out("other minerals");
            continue;
        };
        let Some(country) = row.country else {
            step.left_out("totals that omit countries");
            continue;
        };
        let Some(tonnes) = (match row.unit {
            "t" => Some(row.amount),
            "kg" => Some(row.amount / 1000.0),
            _ => None,
        }) else {
            step.left_out("other units");
            continue;
        };
        step.made("production");
        tables.add(
            "production",
            &[
                ("commodity", commodity),
                ("stage", "mine"),
                ("country", country.as_str()),
                ("metric", "production"),
                ("year", &row.year.to_string()),
                ("preferred", "yes"),
                ("value", &number(tonnes)),
                ("unit", "t"),
                ("basis", basis),
                ("quality", if row.estimated { "estimated" } else { "reported" }),
                ("as_of", &row.year.to_string()),
                ("origin", "world-mining-data"),
            ],
        );
    }
    steps.push(step);
}
