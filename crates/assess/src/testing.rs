//! Small Worlds for tests.

use crate::{Basis, Economy, Query};
use lode_model::*;
use std::collections::BTreeMap;

pub fn provenance() -> Provenance {
    Provenance {
        quality: DataQuality::Reported,
        as_of: "2026".into(),
        origin: OriginId::new("constructed"),
        note: String::new(),
    }
}

pub fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}

pub fn economy(code: &str) -> Economy {
    Economy::country(country(code))
}

pub fn query(code: &str, commodity: &str, year: Year) -> Query {
    Query {
        country: economy(code),
        commodity: CommodityId::new(commodity),
        stage: None,
        partner: None,
        years: year..=year,
        basis: Basis::Quantity,
        hs_set: None,
        record: None,
    }
}

/// Code, importer, year, exporter, thousand USD, tonnes.
pub type Flow = (&'static str, &'static str, Year, &'static str, f64, Option<f64>);

pub fn trade_world(flows: &[Flow]) -> World {
    let mut by_code: BTreeMap<HsCode, Vec<TradeFlow>> = BTreeMap::new();
    for (code, importer, year, exporter, value, quantity) in flows {
        by_code.entry(HsCode::parse(code).unwrap()).or_default().push(TradeFlow {
            importer: country(importer),
            year: *year,
            exporter: country(exporter),
            value: NominalUsd::new(value * 1000.0),
            quantity: quantity.map(GrossTonnes::new),
        });
    }
    let mut world = World::empty();
    world.trade = TradeTable::new(provenance(), by_code);
    world
}

pub fn hs_set(world: &mut World, id: &str, commodity: &str, codes: &[&str]) {
    let id = HsSetId::new(id);
    world.hs_sets.insert(
        id.clone(),
        HsSet {
            default: id.as_str() == commodity,
            id,
            commodity: CommodityId::new(commodity),
            codes: codes.iter().map(|code| HsCode::parse(code).unwrap()).collect(),
            name_en: String::new(),
            provenance: provenance(),
        },
    );
}

pub fn form(world: &mut World, commodity: &str, stage: Stage, code: &str, mixed: bool, contains: &[&str]) {
    world.forms.push(Form {
        id: FormId::new("constructed"),
        commodity: CommodityId::new(commodity),
        stage,
        name_en: String::new(),
        name_ja: String::new(),
        hs_revision: "HS92".into(),
        hs_code: HsCode::parse(code).unwrap(),
        mixed,
        contains: contains.iter().map(|name| (*name).to_owned()).collect(),
        record: TradeRecord::Full,
        provenance: provenance(),
    });
}

pub fn quantity(value: f64, unit: &str) -> Quantity {
    Quantity { value: Some(value), unit: unit.into(), ..Quantity::default() }
}

pub fn production<'w>(
    world: &'w mut World,
    commodity: &str,
    stage: Stage,
    code: &str,
    year: Year,
    tonnes: f64,
) -> &'w mut Production {
    world.production.push(Production {
        commodity: CommodityId::new(commodity),
        stage,
        country: country(code),
        entity: String::new(),
        product: String::new(),
        metric: ProductionMetric::Production,
        year,
        preferred: true,
        quantity: quantity(tonnes, "t"),
        provenance: provenance(),
    });
    world.production.last_mut().unwrap()
}

pub fn governance(world: &mut World, code: &str, year: Year, estimate: f64) {
    world.governance.insert(
        (country(code), year),
        Governance {
            country: country(code),
            year,
            estimate,
            standard_error: None,
            sources: None,
            series: GovernanceSeries::Old,
            provenance: provenance(),
        },
    );
}

pub fn assumption(world: &mut World, id: &str, value: Option<f64>, low: f64, high: f64) {
    world.assumptions.insert(
        id.into(),
        Assumption {
            id: id.into(),
            used_by: String::new(),
            reason: String::new(),
            quantity: Quantity { value, low: Some(low), high: Some(high), unit: "1".into(), basis: String::new() },
            provenance: Provenance { quality: DataQuality::Assumed, ..provenance() },
        },
    );
}
