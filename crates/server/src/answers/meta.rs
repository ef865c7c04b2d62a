//! What this server is and what it knows.

use super::lab::named;
use crate::state::newest;
use crate::wire::{CommodityName, Country, Meta, PackageName};
use lode_model::CommodityKind;
use lode_study::Session;
use std::collections::BTreeMap;

/// Columns of the matrix and of the chain.
pub const STAGES: [&str; 5] = ["mine", "refined", "metal", "magnet", "use"];

/// The answer.
pub fn meta(session: &Session, user: &str, pages: Vec<&'static str>) -> Meta {
    let world = &session.world;
    let mut countries: Vec<Country> = world
        .countries
        .values()
        .map(|country| Country {
            id: country.code.to_string(),
            name_en: country.name_en.clone(),
            name_ja: or(&country.name_ja, &country.name_en),
            kind: "country",
            numeric: country.numeric.map(|numeric| format!("{numeric:03}")),
        })
        .collect();
    let mut groups: BTreeMap<&str, ()> = BTreeMap::new();
    for member in &world.country_groups {
        groups.insert(&member.group, ());
    }
    countries.extend(groups.into_keys().map(|group| {
        let region = world.market.regions.iter().find(|region| region.id == group);
        let (name_en, name_ja) = match (region, group) {
            (Some(region), _) => (region.name_en.clone(), region.name_ja.clone()),
            (None, "EU27") => ("European Union".into(), "欧州連合".into()),
            _ => (group.to_owned(), group.to_owned()),
        };
        Country { id: group.to_owned(), name_en, name_ja, kind: "group", numeric: None }
    }));
    for region in &world.market.regions {
        if !countries.iter().any(|country| country.id == region.id) {
            let (name_en, name_ja) = (region.name_en.clone(), region.name_ja.clone());
            countries.push(Country { id: region.id.clone(), name_en, name_ja, kind: "group", numeric: None });
        }
    }
    let commodities = world.commodities.values().map(|commodity| CommodityName {
        id: commodity.id.as_str().to_owned(),
        name_en: commodity.name_en.clone(),
        name_ja: or(&commodity.name_ja, &commodity.name_en),
        symbol: crate::wire::some(&commodity.symbol),
        kind: match commodity.kind {
            CommodityKind::Element => "element",
            CommodityKind::Group => "group",
            CommodityKind::Mineral => "mineral",
        },
        group: commodity.group.as_ref().map(|group| group.as_str().to_owned()),
    });
    let (forms, uses) = lode_study::lab::vocabulary(session);
    let hash: String = world.package.sha256.chars().take(12).collect();
    let package = PackageName {
        name: world.package.name.clone(),
        version: world.package.version.clone(),
        hash,
        as_of: world.package.as_of.clone(),
    };
    Meta {
        version: env!("CARGO_PKG_VERSION").into(),
        package,
        today: session.day.to_string(),
        newest: newest(session),
        countries,
        commodities: commodities.collect(),
        stages: STAGES.to_vec(),
        forms: forms.iter().map(named).collect(),
        uses: uses.iter().map(named).collect(),
        pages,
        workspace: true,
        user: user.to_owned(),
    }
}

/// The first text, or the second where it is empty.
fn or(first: &str, second: &str) -> String {
    if first.is_empty() { second } else { first }.to_owned()
}
