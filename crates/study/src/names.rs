//! Names as people write them: ISO codes, English and Japanese names, groups, symbols.

use lode_assess::Economy;
use lode_catalogue::{Mistake, did_you_mean};
use lode_model::{CommodityId, CountryCode, Stage, World, Year};

/// The country or group that a user means.
pub fn economy(world: &World, text: &str, year: Year) -> Result<Economy, Mistake> {
    let wanted = text.trim().to_lowercase();
    let groups = world.country_groups.iter().map(|member| member.group.as_str());
    if ["wld", "world", "世界"].contains(&wanted.as_str()) {
        return Ok(Economy::country(CountryCode::WORLD));
    }
    // People write `EU` and mean its present members.
    let group = if wanted == "eu" { "eu27" } else { &wanted };
    if let Some(name) = groups.clone().find(|name| name.to_lowercase() == group)
        && let Some(economy) = Economy::group(world, name, year)
    {
        return Ok(economy);
    }
    for country in world.countries.values() {
        let mut names = [&country.name_en, &country.name_ja, &country.iso2].into_iter().chain(&country.aliases);
        if country.code.as_str().to_lowercase() == wanted
            || names.any(|name| !name.is_empty() && name.to_lowercase() == wanted)
        {
            return Ok(with_its_trade_record(world, country.code));
        }
    }
    let mistake =
        Mistake::in_file("command line", format!("`{text}` is not a country or group that this package knows"));
    let known = world.countries.values().flat_map(|country| {
        [country.code.as_str(), country.name_en.as_str()].into_iter().chain(country.aliases.iter().map(String::as_str))
    });
    Err(match did_you_mean(text, known.chain(groups)) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => {
            mistake.hint("use ISO 3166-1 alpha-3 such as JPN, an English or Japanese name, or a group such as EU27")
        }
    })
}

/// The commodity that a user means.
pub fn commodity(world: &World, text: &str) -> Result<CommodityId, Mistake> {
    let wanted = text.trim().to_lowercase().replace([' ', '_'], "-");
    for commodity in world.commodities.values() {
        // A Japanese name may carry another in brackets: 希土類（レアアース）.
        let japanese = commodity.name_ja.split(['（', '）', '・']);
        let named = [commodity.id.as_str(), &commodity.name_en, &commodity.name_ja]
            .into_iter()
            .chain(japanese)
            .any(|name| !name.is_empty() && name.to_lowercase().replace(' ', "-") == wanted);
        if named || (!commodity.symbol.is_empty() && commodity.symbol == text.trim()) {
            return Ok(commodity.id.clone());
        }
    }
    let mistake = Mistake::in_file("command line", format!("`{text}` is not a commodity that this package knows"));
    let known: Vec<&str> = world.commodities.keys().map(CommodityId::as_str).collect();
    Err(match did_you_mean(text, known.iter().copied()) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", known.join(", "))),
    })
}

/// The stage that a user means.
pub fn stage(text: &str) -> Result<Stage, Mistake> {
    let words = Stage::ALL.map(|(_, word)| word);
    Stage::parse(&text.trim().to_lowercase()).ok_or_else(|| {
        let mistake = Mistake::in_file("command line", format!("`{text}` is not a stage"));
        match did_you_mean(text, words) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("use one of {}", words.join(", "))),
        }
    })
}

/// Taiwan with the record that holds its trade. The reconciled record has none under its own code; `Other Asia, not
/// elsewhere specified` is mostly Taiwan but not only, and keeps its own code wherever it is a partner.
fn with_its_trade_record(world: &World, code: CountryCode) -> Economy {
    let mut economy = Economy::country(code);
    if code.as_str() == "TWN" && world.countries.contains_key(&CountryCode::OTHER_ASIA) {
        economy.members.push(CountryCode::OTHER_ASIA);
    }
    economy
}

/// What an answer about an economy has to say of its record.
pub fn remark_on(economy: &Economy) -> Option<String> {
    let is_taiwan = economy.name == "TWN" && economy.contains(CountryCode::OTHER_ASIA);
    is_taiwan.then(|| {
        "Trade of Taiwan stands in the record under Other Asia, not elsewhere specified (S19), which is mostly Taiwan but not only."
            .into()
    })
}

/// A country's name inside a sentence: `the United States`.
pub fn in_sentence(world: &World, name: &str) -> String {
    let shown = shown(world, name);
    let plural = ["Islands", "Netherlands", "Philippines", "Bahamas", "Maldives", "Comoros"];
    let first = ["United", "DR", "Gambia", "Isle", "EU27", "EU", "Quad", "G7"];
    let takes_article = shown.ends_with("Republic")
        || shown.ends_with("Territory")
        || shown.ends_with("Territories")
        || plural.iter().any(|end| shown.ends_with(end))
        || shown.split(' ').next().is_some_and(|word| first.contains(&word));
    if takes_article { format!("the {shown}") } else { shown }
}

/// A country's name for people, or its code.
pub fn shown(world: &World, name: &str) -> String {
    CountryCode::parse(name).map_or_else(|| name.to_owned(), |code| world.country_name(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_take_an_article_get_it() {
        let world = World::empty();
        let names = ["United States", "Philippines", "Japan", "EU27", "Dominican Republic"];
        assert_eq!(
            names.map(|name| in_sentence(&world, name)),
            ["the United States", "the Philippines", "Japan", "the EU27", "the Dominican Republic"]
        );
    }
}
