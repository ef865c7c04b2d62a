//! From the tables of a package to a World: every problem of every table is gathered first.

use super::check::{KnownIds, check};
use super::overlay::{Overlay, USER_ORIGIN};
use super::table::{Row, Table};
use super::{Package, market, steps, trade};
use crate::input::Input;
use crate::report::{Mistake, Report};
use crate::schema::Schema;
use lode_model::*;
use std::collections::BTreeMap;

impl Package {
    /// Builds the World, with overlays laid over it in their order.
    pub fn load(&mut self, overlays: &[Overlay]) -> Result<World, Report> {
        let mut report = Report::new();
        let mut known = KnownIds::default();
        let mut world = World::empty();
        world.package = PackageIdentity {
            name: self.descriptor.name.clone(),
            version: self.descriptor.version.clone(),
            sha256: self.descriptor.content_sha256.clone(),
            as_of: self.descriptor.as_of.clone(),
            overlays: overlays.iter().map(|overlay| overlay.file.clone()).collect(),
        };
        for schema in Schema::all() {
            if schema.parts {
                let flows = self.read_trade(&known, &mut report);
                world.trade = flows;
                for overlay in overlays {
                    overlay.apply_trade(&mut world.trade, &known, &mut report);
                }
                continue;
            }
            let mut table = match self.table(schema, &mut report) {
                Some(table) => table,
                None => continue,
            };
            for overlay in overlays {
                overlay.apply(&mut table, &mut report);
            }
            if schema.name == "origins" && !overlays.is_empty() {
                table.rows.push(user_origin(schema, overlays));
            }
            remember_ids(&table, &mut known);
            check(&table, &known, &mut report);
            steps::check(&table, &mut report);
            fill(&mut world, &table);
        }
        report.into_result(world)
    }

    /// Every mistake in every table, and every file whose hash is not the one declared.
    pub fn check(&mut self) -> Report {
        let mut report = match self.load(&[]) {
            Ok(_) => Report::new(),
            Err(report) => report,
        };
        for resource in self.descriptor.resources.clone() {
            for (path, hash) in resource.path.iter().zip(&resource.hash) {
                match self.file(path) {
                    Ok(bytes) => {
                        let found = super::write::sha256(&bytes);
                        if found != *hash {
                            report.push(
                                Mistake::in_file(
                                    &format!("{}/{path}", self.name),
                                    "is not the file that datapackage.json declares",
                                )
                                .hint("build the package again instead of editing its files, or use an overlay"),
                            );
                        }
                    }
                    Err(mistakes) => report.extend(mistakes),
                }
            }
        }
        report
    }

    /// One table as text cells; `None` if the package has none of that name.
    pub fn table(&mut self, schema: &'static Schema, report: &mut Report) -> Option<Table> {
        let resource = self.descriptor.resources.iter().find(|resource| resource.name == schema.name)?;
        let path = resource.path.first()?.clone();
        match self.file(&path) {
            Ok(bytes) => {
                let name = if self.name.is_empty() { path } else { format!("{}/{path}", self.name) };
                Some(Table::read(schema, Input::from_bytes(&name, &bytes), report))
            }
            Err(mistakes) => {
                report.extend(mistakes);
                None
            }
        }
    }

    fn read_trade(&mut self, known: &KnownIds, report: &mut Report) -> TradeTable {
        let resource = self.descriptor.resources.iter().find(|resource| resource.name == "trade").cloned();
        let constant = |name: &str| {
            let value = resource.as_ref().and_then(|resource| resource.constant.get(name));
            value.and_then(|value| value.as_str()).unwrap_or("").to_owned()
        };
        let provenance = Provenance {
            quality: DataQuality::parse(&constant("quality")).unwrap_or(DataQuality::Assumed),
            as_of: constant("as_of"),
            origin: OriginId::new(&constant("origin")),
            note: constant("note"),
        };
        let mut flows = BTreeMap::new();
        if let Some(resource) = &resource {
            if !known.origins.contains(provenance.origin.as_str()) {
                report.push(
                    Mistake::in_file(
                        &format!("{}/datapackage.json", self.name),
                        "the trade table names no origin of this package",
                    )
                    .hint("no number without an origin: add it to origins.csv and to `constant`"),
                );
            }
            for path in &resource.path {
                let code = path.rsplit('/').next().and_then(|file| file.strip_suffix(".csv")).and_then(HsCode::parse);
                let Some(code) = code else {
                    report.push(
                        Mistake::in_file(path, "is not named after a customs code")
                            .hint("name it like trade/284690.csv"),
                    );
                    continue;
                };
                match self.file(path) {
                    Ok(bytes) => {
                        flows.insert(code, trade::read(path, &bytes, report));
                    }
                    Err(mistakes) => report.extend(mistakes),
                }
            }
        }
        TradeTable::new(provenance, flows)
    }
}

/// Another market than that of the package, with the origins that it brings.
#[derive(Clone, Debug)]
pub struct OtherMarket {
    /// The market.
    pub market: ReferenceMarket,
    /// Origins beside those of the package.
    pub origins: BTreeMap<OriginId, Origin>,
}

/// The tables market_* of a folder of their own, `regions.csv` and so on: another market than that of the package, e.g. of an
/// earlier time. What they name must be in the World, but for origins that its own `origins.csv` lists.
pub fn read_market(folder: &std::path::Path, world: &World) -> Result<OtherMarket, Report> {
    read_market_from(&|name| Input::open(&folder.join(name)), world)
}

/// The same from files that are held in memory, by their names.
pub fn read_market_files(files: &[(&str, &[u8])], world: &World) -> Result<OtherMarket, Report> {
    let open = |name: &str| match files.iter().find(|(file, _)| *file == name) {
        Some((file, bytes)) => Ok(Input::from_bytes(file, bytes)),
        None => Err(Mistake::in_file(name, "is not there").into()),
    };
    read_market_from(&open, world)
}

fn read_market_from<'f>(
    open: &dyn Fn(&str) -> Result<Input<'f>, Report>,
    world: &World,
) -> Result<OtherMarket, Report> {
    let mut report = Report::new();
    let mut known = KnownIds {
        commodities: world.commodities.keys().map(ToString::to_string).collect(),
        countries: world.countries.keys().map(ToString::to_string).collect(),
        origins: world.origins.keys().map(ToString::to_string).collect(),
        ..KnownIds::default()
    };
    let mut filled = World::empty();
    for schema in Schema::all() {
        let Some(name) = schema.name.strip_prefix("market_").or((schema.name == "origins").then_some("origins")) else {
            continue;
        };
        match open(&format!("{name}.csv")) {
            Ok(input) => {
                let table = Table::read(schema, input, &mut report);
                remember_ids(&table, &mut known);
                check(&table, &known, &mut report);
                fill(&mut filled, &table);
            }
            Err(mistakes) => report.extend(mistakes),
        }
    }
    report.into_result(OtherMarket { market: filled.market, origins: filled.origins })
}

fn user_origin(schema: &'static Schema, overlays: &[Overlay]) -> Row {
    let mut row = Row::new(schema);
    let files: Vec<&str> = overlays.iter().map(|overlay| overlay.file.as_str()).collect();
    row.set("origin", USER_ORIGIN);
    row.set("producer", "the user");
    row.set("title", format!("overlay {}", files.join(", ")));
    row.set("licence", "the user's own");
    row.set("redistributable", "no");
    row.set("secondary", "no");
    row.set("note", "values given by the user; they never leave this machine");
    row
}

fn remember_ids(table: &Table, known: &mut KnownIds) {
    let ids = |column: &str| table.rows.iter().map(|row| row.text(column)).collect();
    match table.schema.name {
        "commodities" => known.commodities = ids("commodity"),
        "countries" => known.countries = ids("country"),
        "origins" => known.origins.extend(table.rows.iter().map(|row| row.text("origin"))),
        "market_regions" => known.market_regions = ids("region"),
        "market_forms" => known.market_forms = ids("form"),
        "market_processes" => known.market_processes = ids("process"),
        "step_nodes" => known.step_nodes = ids("node"),
        _ => {}
    }
}

fn commodities(row: &Row, column: &str) -> Vec<CommodityId> {
    row.list(column).iter().map(|id| CommodityId::new(id)).collect()
}

fn countries(row: &Row, column: &str) -> Vec<CountryCode> {
    row.list(column).iter().filter_map(|code| CountryCode::parse(code)).collect()
}

/// Turns the rows of a checked table into nouns. A row that the check refused may be left out here: the World is only
/// handed over if there was no mistake at all.
fn fill(world: &mut World, table: &Table) {
    let rows = table.rows.iter();
    match table.schema.name {
        "origins" => world.origins = rows.map(origin).map(|origin| (origin.id.clone(), origin)).collect(),
        "commodities" => {
            world.commodities = rows.filter_map(commodity).map(|commodity| (commodity.id.clone(), commodity)).collect();
        }
        "countries" => {
            world.countries = rows.filter_map(country).map(|country| (country.code, country)).collect();
        }
        "country_groups" => world.country_groups = rows.filter_map(country_group).collect(),
        "forms" => world.forms = rows.filter_map(form).collect(),
        "hs_sets" => hs_sets(world, table),
        "processes" => world.processes = rows.filter_map(process).collect(),
        "production" => world.production = rows.filter_map(production).collect(),
        "reserves" => world.reserves = rows.filter_map(reserve).collect(),
        "trade_shares" => world.trade_shares = rows.filter_map(trade_share).collect(),
        "prices" => world.prices = rows.filter_map(price).collect(),
        "controls" => world.controls = rows.filter_map(control).collect(),
        "control_effects" => world.control_effects = rows.map(control_effect).collect(),
        "listed_entities" => world.listed_entities = rows.map(listed_entity).collect(),
        "projects" => world.projects = rows.map(project).collect(),
        "stockpile_rules" => world.stockpile_rules = rows.filter_map(stockpile_rule).collect(),
        "demand" => world.demand = rows.filter_map(demand).collect(),
        "outlook" => world.outlook = rows.filter_map(outlook).collect(),
        "costs" => world.costs = rows.map(cost).collect(),
        "governance" => {
            world.governance =
                rows.filter_map(governance).map(|record| ((record.country, record.year), record)).collect();
        }
        "agreements" => world.agreements = rows.map(agreement).collect(),
        "recycling" => world.recycling = rows.map(recycling).collect(),
        "deposits" => world.deposits = rows.filter_map(deposit).collect(),
        "figures" => world.figures = rows.map(figure).collect(),
        "assumptions" => {
            world.assumptions = rows.map(assumption).map(|assumption| (assumption.id.clone(), assumption)).collect();
        }
        "market_regions" => world.market.regions = rows.map(market::region).collect(),
        "market_forms" => world.market.forms = rows.filter_map(market::form).collect(),
        "market_prices" => world.market.prices = rows.map(market::price).collect(),
        "market_processes" => world.market.processes = rows.map(market::process).collect(),
        "market_recipes" => world.market.recipes = rows.map(market::recipe).collect(),
        "market_plants" => world.market.plants = rows.map(market::plant).collect(),
        "market_uses" => world.market.uses = rows.map(market::market_use).collect(),
        "market_flows" => world.market.flows = rows.map(market::flow).collect(),
        "market_transit" => world.market.transit = rows.map(market::transit).collect(),
        "gaps" => world.gaps = rows.map(gap).collect(),
        "corrections" => world.corrections = rows.map(correction).collect(),
        "reconciliation" => world.reconciliation = rows.filter_map(reconciliation).collect(),
        "step_nodes" => world.steps.nodes = rows.filter_map(steps::node).collect(),
        "step_links" => world.steps.links = rows.map(steps::link).collect(),
        "step_parameters" => world.steps.parameters = rows.map(steps::parameter).collect(),
        "step_suppliers" => world.steps.suppliers = rows.filter_map(steps::supplier).collect(),
        "step_assumptions" => {
            world.steps.assumptions =
                rows.map(assumption).map(|assumption| (assumption.id.clone(), assumption)).collect();
        }
        other => debug_assert!(false, "table {other} is not loaded"),
    }
}

fn origin(row: &Row) -> Origin {
    Origin {
        id: OriginId::new(row.get("origin")),
        producer: row.text("producer"),
        title: row.text("title"),
        version: row.text("version"),
        citation: row.text("citation"),
        url: row.text("url"),
        date: row.text("date"),
        licence: row.text("licence"),
        redistribution: match row.get("redistributable") {
            "yes" => Redistribution::Yes,
            "derived-only" => Redistribution::DerivedOnly,
            "facts" => Redistribution::Facts,
            _ => Redistribution::No,
        },
        secondary: row.yes("secondary"),
        sha256: row.text("sha256"),
        note: row.text("note"),
    }
}

fn commodity(row: &Row) -> Option<Commodity> {
    Some(Commodity {
        id: row.commodity("commodity"),
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        symbol: row.text("symbol"),
        kind: match row.get("kind") {
            "group" => CommodityKind::Group,
            "mineral" => CommodityKind::Mineral,
            _ => CommodityKind::Element,
        },
        group: Some(row.get("group")).filter(|group| !group.is_empty()).map(CommodityId::new),
        mass_basis: MassBasis::ALL.iter().find(|(_, word)| *word == row.get("mass_basis"))?.0,
        by_product_of: row.list("by_product_of"),
        provenance: row.provenance(),
    })
}

fn country(row: &Row) -> Option<Country> {
    Some(Country {
        code: row.country("country")?,
        iso2: row.text("iso2"),
        numeric: row.integer("numeric"),
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        baci_codes: row.list("baci_codes").iter().filter_map(|code| code.parse().ok()).collect(),
        aliases: row.list("aliases"),
    })
}

fn country_group(row: &Row) -> Option<CountryGroup> {
    Some(CountryGroup {
        group: row.text("group"),
        country: row.country("country")?,
        from: row.text("from"),
        to: row.text("to"),
        provenance: row.provenance(),
    })
}

fn form(row: &Row) -> Option<Form> {
    Some(Form {
        id: FormId::new(row.get("form")),
        commodity: row.commodity("commodity"),
        stage: row.stage("stage")?,
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        hs_revision: row.text("hs_revision"),
        hs_code: row.hs_code("hs_code")?,
        mixed: row.yes("mixed"),
        contains: row.list("contains"),
        record: match row.get("record") {
            "full" => TradeRecord::Full,
            "top-partners" => TradeRecord::TopPartners,
            _ => TradeRecord::None,
        },
        provenance: row.provenance(),
    })
}

fn hs_sets(world: &mut World, table: &Table) {
    for row in &table.rows {
        let Some(code) = row.hs_code("hs_code") else { continue };
        let id = HsSetId::new(row.get("set"));
        let set = world.hs_sets.entry(id.clone()).or_insert_with(|| HsSet {
            id,
            commodity: row.commodity("commodity"),
            codes: Vec::new(),
            default: row.yes("default"),
            name_en: row.text("name_en"),
            provenance: row.provenance(),
        });
        set.codes.push(code);
        set.codes.sort();
    }
}

fn process(row: &Row) -> Option<Process> {
    Some(Process {
        id: ProcessId::new(row.get("process")),
        commodity: row.commodity("commodity"),
        kind: match row.get("kind") {
            "main" => ProcessKind::Main,
            "co-product" => ProcessKind::CoProduct,
            "by-product" => ProcessKind::ByProduct,
            "recycling" => ProcessKind::Recycling,
            _ => ProcessKind::Conversion,
        },
        host: row.text("host"),
        from_stage: row.stage("from_stage"),
        to_stage: row.stage("to_stage"),
        metric: row.text("metric"),
        year: row.text("year"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn production(row: &Row) -> Option<Production> {
    Some(Production {
        commodity: row.commodity("commodity"),
        stage: row.stage("stage")?,
        country: row.country("country")?,
        entity: row.text("entity"),
        product: row.text("product"),
        metric: match row.get("metric") {
            "production" => ProductionMetric::Production,
            "capacity" => ProductionMetric::Capacity,
            "capacity-planned" => ProductionMetric::CapacityPlanned,
            "shipments" => ProductionMetric::Shipments,
            "consumption" => ProductionMetric::Consumption,
            "share" => ProductionMetric::Share,
            _ => return None,
        },
        year: row.year("year"),
        preferred: row.yes("preferred"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn reserve(row: &Row) -> Option<Reserve> {
    Some(Reserve {
        commodity: row.commodity("commodity"),
        country: row.country("country")?,
        metric: if row.get("metric") == "resources" { ReserveMetric::Resources } else { ReserveMetric::Reserves },
        year: row.year("year"),
        preferred: row.yes("preferred"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn trade_share(row: &Row) -> Option<TradeShare> {
    Some(TradeShare {
        hs_code: row.hs_code("hs_code")?,
        importer: row.country("importer")?,
        year: row.year("year"),
        exporter: row.country("exporter")?,
        value_share: Share::new(row.number("value_share")?),
        partners: row.integer("partners"),
        provenance: row.provenance(),
    })
}

fn price(row: &Row) -> Option<Price> {
    Some(Price {
        commodity: row.commodity("commodity"),
        form: row.text("form"),
        market: Market::ALL.iter().find(|(_, word)| *word == row.get("market"))?.0,
        period: row.text("period"),
        kind: row.text("kind"),
        quoted: row.yes("quoted"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn control(row: &Row) -> Option<Control> {
    Some(Control {
        id: ControlId::new(row.get("control")),
        name: row.text("name"),
        instrument: row.text("instrument"),
        actor: row.country("actor"),
        targets: countries(row, "targets"),
        commodities: commodities(row, "commodities"),
        kind: ControlKind::ALL.iter().find(|(_, word)| *word == row.get("kind"))?.0,
        announced: row.text("announced"),
        start: row.text("start"),
        end: row.text("end"),
        suspended_from: row.text("suspended_from"),
        suspended_to: row.text("suspended_to"),
        same_as: row.list("same_as"),
        suspends: row.list("suspends"),
        hs_lines: row.list("hs_lines"),
        items: row.text("items"),
        end_use: row.text("end_use"),
        discretion: row.text("discretion"),
        status: row.text("status"),
        summary: row.text("summary"),
        caveat: row.text("caveat"),
        provenance: row.provenance(),
    })
}

fn control_effect(row: &Row) -> ControlEffect {
    ControlEffect {
        control: ControlId::new(row.get("control")),
        metric: row.text("metric"),
        commodity: row.text("commodity"),
        market: row.text("market"),
        period: row.text("period"),
        value_text: row.text("value_text"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn listed_entity(row: &Row) -> ListedEntity {
    ListedEntity {
        instrument: row.text("instrument"),
        list: row.text("list"),
        date: row.text("date"),
        entity: row.text("entity"),
        country: row.country("country"),
        provenance: row.provenance(),
    }
}

fn project(row: &Row) -> Project {
    Project {
        project: row.text("project"),
        company: row.text("company"),
        countries: countries(row, "countries"),
        commodities: commodities(row, "commodities"),
        stage: row.text("stage"),
        metric: row.text("metric"),
        period: row.text("period"),
        value_text: row.text("value_text"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn stockpile_rule(row: &Row) -> Option<StockpileRule> {
    Some(StockpileRule {
        country: row.country("country")?,
        scope: row.text("scope"),
        metric: row.text("metric"),
        period: row.text("period"),
        value_text: row.text("value_text"),
        days: row.number("days").map(Days::new),
        applies_to: row.list("applies_to"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn demand(row: &Row) -> Option<Demand> {
    Some(Demand {
        commodity: row.commodity("commodity"),
        country: row.country("country")?,
        end_use: row.text("use"),
        metric: row.text("metric"),
        scenario: row.text("scenario"),
        year: row.text("year"),
        value_text: row.text("value_text"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn outlook(row: &Row) -> Option<Outlook> {
    Some(Outlook {
        commodity: row.commodity("commodity"),
        stage: row.stage("stage")?,
        country: row.country("country")?,
        metric: row.text("metric"),
        scenario: row.text("scenario"),
        year: row.year("year"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    })
}

fn cost(row: &Row) -> Cost {
    Cost {
        topic: row.text("topic"),
        item: row.text("item"),
        scope: row.text("scope"),
        commodity: Some(row.get("commodity")).filter(|id| !id.is_empty()).map(CommodityId::new),
        period: row.text("period"),
        value_text: row.text("value_text"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn governance(row: &Row) -> Option<Governance> {
    Some(Governance {
        country: row.country("country")?,
        year: row.year("year"),
        estimate: row.number("estimate")?,
        standard_error: row.number("standard_error"),
        sources: row.integer("sources"),
        series: if row.get("series") == "revised" { GovernanceSeries::Revised } else { GovernanceSeries::Old },
        provenance: row.provenance(),
    })
}

fn agreement(row: &Row) -> Agreement {
    Agreement {
        agreement: row.text("agreement"),
        party: row.text("party"),
        counterparty: row.text("counterparty"),
        countries: countries(row, "countries"),
        kind: row.text("kind"),
        date: row.text("date"),
        status: row.text("status"),
        provenance: row.provenance(),
    }
}

fn recycling(row: &Row) -> Recycling {
    Recycling {
        commodity: row.commodity("commodity"),
        region: row.text("region"),
        metric: row.text("metric"),
        year: row.text("year"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn deposit(row: &Row) -> Option<Deposit> {
    Some(Deposit {
        deposit: row.text("deposit"),
        country: row.country("country")?,
        region: row.text("region"),
        latitude: row.number("latitude"),
        longitude: row.number("longitude"),
        status: row.text("status"),
        commodity_group: row.text("commodity_group"),
        provenance: row.provenance(),
    })
}

fn figure(row: &Row) -> Figure {
    Figure {
        topic: row.text("topic"),
        subject: row.text("subject"),
        commodity: row.text("commodity"),
        country: row.text("country"),
        metric: row.text("metric"),
        period: row.text("period"),
        value_text: row.text("value_text"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn assumption(row: &Row) -> Assumption {
    Assumption {
        id: row.text("assumption"),
        used_by: row.text("used_by"),
        reason: row.text("reason"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

fn gap(row: &Row) -> Gap {
    Gap {
        commodity: row.commodity("commodity"),
        table: row.text("table"),
        stage: row.text("stage"),
        from: row.text("from"),
        reason: row.text("reason"),
        provenance: row.provenance(),
    }
}

fn correction(row: &Row) -> Correction {
    Correction {
        id: row.text("correction"),
        origin: OriginId::new(row.get("origin")),
        matches: row.text("match"),
        field: row.text("field"),
        action: row.text("action"),
        guard: row.text("guard"),
        value: row.text("value"),
        reason: row.text("reason"),
    }
}

fn reconciliation(row: &Row) -> Option<Reconciliation> {
    Some(Reconciliation {
        table: row.text("table"),
        key: row.text("key"),
        used: row.number("used")?,
        used_origin: OriginId::new(row.get("used_origin")),
        not_used: row.number("not_used")?,
        not_used_origin: OriginId::new(row.get("not_used_origin")),
        reason: row.text("reason"),
    })
}
