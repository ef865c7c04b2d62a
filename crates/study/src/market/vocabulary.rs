//! The words of scenario files, from the World at hand.

use lode_model::World;
use lode_scenario::{FormWord, Vocabulary, Word};
use std::collections::BTreeSet;

/// Every word that a scenario may use on this World.
pub fn vocabulary(world: &World) -> Vocabulary {
    let countries = world.countries.values().map(|country| {
        let others = country.aliases.iter().cloned().chain([country.iso2.clone()]).collect();
        Word { others, ..Word::new(country.code.as_str(), &country.name_en, &country.name_ja) }
    });
    let groups: BTreeSet<&str> = world.country_groups.iter().map(|member| member.group.as_str()).collect();
    let regions = world.market.regions.iter().filter(|region| {
        !groups.contains(region.id.as_str()) && world.countries.keys().all(|code| code.as_str() != region.id)
    });
    let places = countries
        .chain(groups.iter().map(|group| {
            let region = world.market.regions.iter().find(|region| region.id == **group);
            Word::new(group, region.map_or("", |region| &region.name_en), region.map_or("", |region| &region.name_ja))
        }))
        .chain(regions.map(|region| Word::new(&region.id, &region.name_en, &region.name_ja)))
        .collect();
    let forms = world.market.forms.iter().map(|form| {
        let mut commodities = vec![form.commodity.to_string()];
        if let Some(group) = world.commodities.get(&form.commodity).and_then(|commodity| commodity.group.as_ref()) {
            commodities.push(group.to_string());
        }
        // An oxide group is named after its elements: each of them names it.
        let elements =
            world.commodities.keys().filter(|id| form.id.as_str().split('-').any(|part| part == id.as_str()));
        commodities.extend(elements.map(ToString::to_string));
        commodities.sort();
        commodities.dedup();
        FormWord {
            word: Word::new(form.id.as_str(), &form.name_en, &form.name_ja),
            chain: form.chain.clone(),
            stage: Some(form.stage),
            commodities,
            hs_codes: form.hs_codes.iter().map(ToString::to_string).collect(),
        }
    });
    let words = |ids: BTreeSet<&str>| ids.into_iter().map(|id| Word::new(id, "", "")).collect();
    Vocabulary {
        places,
        forms: forms.collect(),
        chains: words(world.market.forms.iter().map(|form| form.chain.as_str()).collect()),
        uses: words(world.market.uses.iter().map(|record| record.use_id.as_str()).collect()),
        commodities: world
            .commodities
            .values()
            .map(|commodity| Word::new(commodity.id.as_str(), &commodity.name_en, &commodity.name_ja))
            .collect(),
        processes: world
            .market
            .processes
            .iter()
            .map(|process| Word::new(process.id.as_str(), &process.name_en, &process.name_ja))
            .collect(),
        origins: Some(world.origins.keys().map(|origin| Word::new(origin.as_str(), "", "")).collect()),
        data_years: None,
    }
}
