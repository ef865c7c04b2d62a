//! N-1: what remains of supply without the largest supplier, over what remains of demand.

use super::Indicator;
use crate::{Band, Card, Direction, Measure, Method, Query, output_by_country};
use lode_model::*;

/// The indicator; its method card says what it is.
pub struct NMinus1;

const CARD: Card = Card {
    id: "n-1",
    name_en: "N-1 supply ratio",
    name_ja: "N-1 供給比率",
    plain: "How much of the demand outside the largest supplier the remaining suppliers could cover if it stopped.",
    equation: "N1 = (S - S_top) / (D - D_top)",
    symbols: &[
        ("S, S_top", "supply of the world and of the largest supplier, t"),
        ("D, D_top", "demand of the world and of that supplier, t"),
    ],
    direction: Direction::LowerIsRiskier,
    unit: "ratio",
    range: (Some(0.0), None),
    sources: &[Method {
        citation: "International Energy Agency (2025). Global Critical Minerals Outlook 2025. The wording of the denominator was read second-hand",
        doi: "",
    }],
    worked: "supply 100 of which the largest 70, demand 90 of which the largest supplier's own 50: N1 = 30 / 40 = 0.75; \
             without the supplier's own demand only N1 >= 30 / 90 = 0.33 can be said",
    caveats: &[
        "Demand of the largest supplier is rarely published: without it the lower bound (its demand counted as none) is all that can be said.",
        "It counts yearly totals: stocks, qualities and contracts are not seen.",
    ],
    reads: &["production", "outlook", "demand"],
    assumptions: &[],
};

impl Indicator for NMinus1 {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().map(|year| one_year(world, query, year)).collect()
    }
}

/// Tonnes of a mass in one of the units that sources use; `None` for anything else.
pub(super) fn tonnes(value: f64, unit: &str) -> Option<f64> {
    match unit {
        "t" => Some(value),
        "kt" => Some(value * 1e3),
        "Mt" => Some(value * 1e6),
        "kg" => Some(value / 1e3),
        _ => None,
    }
}

struct Supply<'w> {
    by_country: Vec<(CountryCode, f64)>,
    total: f64,
    basis: String,
    provenance: Vec<&'w Provenance>,
}

/// Supply by country from an outlook for the year, else from production.
fn supply<'w>(world: &'w World, commodity: &CommodityId, stage: Stage, year: Year) -> Option<Supply<'w>> {
    let rows: Vec<(&Outlook, f64)> = world
        .outlook
        .iter()
        .filter(|row| row.commodity == *commodity && row.stage == stage && row.year == year && row.metric == "supply")
        .filter_map(|row| Some((row, tonnes(row.quantity.value?, &row.quantity.unit)?)))
        .collect();
    if rows.iter().any(|(row, _)| row.country.is_single()) {
        let by_country: Vec<_> =
            rows.iter().filter(|(row, _)| row.country.is_single()).map(|(row, value)| (row.country, *value)).collect();
        let other: f64 = rows.iter().filter(|(row, _)| row.country == CountryCode::OTHER).map(|(_, value)| value).sum();
        let printed = rows.iter().find(|(row, _)| row.country == CountryCode::WORLD).map(|(_, value)| *value);
        let sum = by_country.iter().map(|(_, value)| value).sum::<f64>() + other;
        return Some(Supply {
            by_country,
            total: printed.unwrap_or(sum),
            basis: rows[0].0.quantity.basis.clone(),
            provenance: rows.iter().map(|(row, _)| &row.provenance).collect(),
        });
    }
    let output = output_by_country(world, commodity, stage, year);
    let countries: Option<Vec<(CountryCode, f64)>> = output
        .countries
        .iter()
        .map(|(country, record)| Some((*country, tonnes(record.quantity.value?, &record.quantity.unit)?)))
        .collect();
    let by_country = countries.filter(|countries| !countries.is_empty())?;
    let unit = output.countries.values().next().map_or("t", |record| &record.quantity.unit);
    Some(Supply {
        total: by_country.iter().map(|(_, value)| value).sum::<f64>() + tonnes(output.unnamed(), unit).unwrap_or(0.0),
        basis: output.countries.values().next().map_or(String::new(), |record| record.quantity.basis.clone()),
        by_country,
        provenance: output.countries.values().map(|record| &record.provenance).collect(),
    })
}

fn demand<'w>(
    world: &'w World,
    commodity: &CommodityId,
    country: CountryCode,
    year: Year,
) -> Option<(&'w Demand, f64)> {
    let year = year.to_string();
    world
        .demand
        .iter()
        .filter(|row| row.commodity == *commodity && row.country == country && row.end_use == "all" && row.year == year)
        .filter(|row| row.metric == "demand" || row.metric == "consumption")
        .filter_map(|row| Some((row, tonnes(row.quantity.value?, &row.quantity.unit)?)))
        .min_by(|a, b| (a.0.provenance.quality, &a.0.scenario).cmp(&(b.0.provenance.quality, &b.0.scenario)))
}

fn one_year(world: &World, query: &Query, year: Year) -> Measure {
    let stage = query.stage.filter(|stage| *stage != Stage::Trade).unwrap_or(Stage::Refined);
    let mut measure = Measure::of(&CARD, query, Some(year));
    measure.stage = Some(stage);
    let Some(supply) = supply(world, &query.commodity, stage, year) else {
        return measure.not_enough_data(&format!("supply by country at stage {stage} in {year}"));
    };
    supply.provenance.iter().for_each(|provenance| measure.uses(provenance));
    let Some((top, largest)) = supply.by_country.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return measure.not_enough_data("a largest supplier");
    };
    measure.partner = top.to_string();
    let Some((world_demand, total)) = demand(world, &query.commodity, CountryCode::WORLD, year) else {
        return measure.not_enough_data(&format!("world demand in {year}"));
    };
    if world_demand.quantity.basis != supply.basis {
        return measure.not_enough_data(&format!(
            "demand on the basis of supply (demand is in {} {}, supply in {})",
            world_demand.quantity.unit, world_demand.quantity.basis, supply.basis
        ));
    }
    measure.uses(&world_demand.provenance);
    measure.basis = format!("supply at stage {} over demand", stage.word());
    let remaining = (supply.total - largest).max(0.0);
    match demand(world, &query.commodity, top, year) {
        Some((own, own_demand)) if own_demand < total => {
            measure.uses(&own.provenance);
            measure.band = Band::point(remaining / (total - own_demand));
        }
        _ => {
            measure.band = Band { value: None, low: Some(remaining / total), high: None };
            measure.note(format!(
                "not enough data: demand of {} in {year}; the lower bound counts it as none",
                world.country_name(top)
            ));
        }
    }
    measure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn demand_row(world: &mut World, code: &str, amount: f64, unit: &str) {
        world.demand.push(Demand {
            commodity: CommodityId::new("cobalt"),
            country: country(code),
            end_use: "all".into(),
            metric: "demand".into(),
            scenario: String::new(),
            year: "2024".into(),
            value_text: String::new(),
            quantity: quantity(amount, unit),
            provenance: provenance(),
        });
    }

    fn world() -> World {
        let mut world = World::empty();
        production(&mut world, "cobalt", Stage::Refined, "CHN", 2024, 70_000.0);
        production(&mut world, "cobalt", Stage::Refined, "FIN", 2024, 30_000.0);
        demand_row(&mut world, "WLD", 90.0, "kt");
        world
    }

    #[test]
    fn thirty_remain_for_forty() {
        let mut world = world();
        demand_row(&mut world, "CHN", 50.0, "kt");
        let measure = NMinus1.assess(&world, &query("JPN", "cobalt", 2024)).remove(0);
        assert_eq!(measure.band, Band::point(0.75));
        assert_eq!(measure.partner, "CHN");
    }

    #[test]
    fn without_the_supplier_s_own_demand_only_a_lower_bound_is_given() {
        let measure = NMinus1.assess(&world(), &query("JPN", "cobalt", 2024)).remove(0);
        assert_eq!(measure.band, Band { value: None, low: Some(30.0 / 90.0), high: None });
        assert!(measure.notes[0].starts_with("not enough data: demand of CHN in 2024"));
        let nothing = NMinus1.assess(&world(), &query("JPN", "gallium", 2024)).remove(0);
        assert_eq!(nothing.notes, ["not enough data: supply by country at stage refined in 2024"]);
    }
}
