//! Tonnes that a stockpile rule of so many days requires.

use super::Indicator;
use super::n_minus_1::tonnes;
use crate::{Band, Basis, Card, Direction, Measure, Method, Query, suppliers};
use lode_model::*;

/// The indicator; its method card says what it is.
pub struct StockpileRuleTonnes;

const CARD: Card = Card {
    id: "stockpile-rule",
    name_en: "Stock that the rule requires",
    name_ja: "備蓄目標量",
    plain: "The tonnes that a country's stockpile rule of so many days of consumption asks for. Actual stocks are secret.",
    equation: "S = d / 365 * C",
    symbols: &[("d", "days of the rule"), ("C", "consumption of a year, t"), ("S", "required stock, t")],
    direction: Direction::Amount,
    unit: "t",
    range: (Some(0.0), None),
    sources: &[
        Method { citation: "IEA Policies Database, no. 16639: Japan, International Resource Strategy (2020)", doi: "" },
        Method {
            citation: "Ministry of Trade, Industry and Energy of Korea: rules on rare-metal stockpiles (2022), quoted in the press",
            doi: "",
        },
    ],
    worked: "60 days of 18,835 t a year: S = 60 / 365 * 18,835 = 3,096 t; 180 days: 9,288 t",
    caveats: &[
        "It is what the rule would ask for, not what is there: actual stocks are secret by policy.",
        "Japan's rule since 2020 names 60 days generally and `such as 180 days` for high geopolitical risk; which commodities have 180 is not published.",
        "Where no consumption is published, gross imports of the year stand in for it and are labelled so.",
    ],
    reads: &["stockpile_rules", "demand", "trade"],
    assumptions: &[],
};

impl Indicator for StockpileRuleTonnes {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        let rules: Vec<&StockpileRule> = world
            .stockpile_rules
            .iter()
            .filter(|rule| query.country.contains(rule.country) && rule.days.is_some())
            .filter(|rule| {
                rule.applies_to
                    .iter()
                    .any(|id| id == "*" || id == query.commodity.as_str() || in_group(world, query, id))
            })
            .collect();
        if rules.is_empty() {
            let missing =
                format!("a stockpile rule in days of {} for {}", query.country.name, query.commodity.as_str());
            return vec![Measure::of(&CARD, query, None).not_enough_data(&missing)];
        }
        let years = query.years.clone();
        let measures: Vec<Measure> = years
            .flat_map(|year| {
                rules
                    .iter()
                    .filter(move |rule| holds_in(&rule.period, year))
                    .map(move |rule| required(world, query, rule, year))
            })
            .collect();
        if measures.is_empty() {
            let missing = format!("a stockpile rule of {} in these years", query.country.name);
            return vec![Measure::of(&CARD, query, None).not_enough_data(&missing)];
        }
        measures
    }
}

/// Whether a rule held in a year, by its printed period: `2020` is since then, `until 2020` and `1983 to 2020` have an end.
fn holds_in(period: &str, year: Year) -> bool {
    let number = |word: &str| word.parse::<Year>().ok().filter(|_| word.len() == 4);
    let years: Vec<Year> = period.split(|letter: char| !letter.is_ascii_digit()).filter_map(number).collect();
    match years.as_slice() {
        [] => true,
        [end] if period.trim_start().starts_with("until") => year <= *end,
        [start] => year >= *start,
        [start, .., end] => (*start..=*end).contains(&year),
    }
}

fn in_group(world: &World, query: &Query, id: &str) -> bool {
    world
        .commodities
        .get(&query.commodity)
        .and_then(|commodity| commodity.group.as_ref())
        .is_some_and(|group| group.as_str() == id)
}

fn required(world: &World, query: &Query, rule: &StockpileRule, year: Year) -> Measure {
    let mut measure = Measure::of(&CARD, query, Some(year));
    let days = rule.days.map_or(0.0, Days::value);
    measure.uses(&rule.provenance);
    measure.note("actual stocks are secret: this is what the rule asks for");
    let what = format!(
        "{days} days ({}{})",
        rule.metric,
        if rule.period.is_empty() { String::new() } else { format!(", {}", rule.period) }
    );
    if rule.applies_to.iter().any(|id| id == "*") {
        measure
            .note(format!("the rule is for {}: no public list says whether this commodity is one of them", rule.scope));
    }
    let range = Some(&rule.quantity).filter(|quantity| quantity.unit == "days");
    let ends = range.and_then(|quantity| quantity.low.zip(quantity.high)).unwrap_or((days, days));
    let published: Vec<(&Demand, f64)> = world
        .demand
        .iter()
        .filter(|row| row.commodity == query.commodity && query.country.contains(row.country) && row.end_use == "all")
        .filter(|row| row.year == year.to_string() && (row.metric == "demand" || row.metric == "consumption"))
        .filter_map(|row| Some((row, tonnes(row.quantity.value?, &row.quantity.unit)?)))
        .collect();
    if let Some((row, consumption)) = published.first() {
        let stock = |days: f64, consumption: f64| days / 365.0 * consumption;
        let rivals = published.iter().flat_map(|(_, other)| [days, ends.0, ends.1].map(|days| stock(days, *other)));
        measure.band = Band::spanning(stock(days, *consumption), rivals);
        published.iter().for_each(|(row, _)| measure.uses(&row.provenance));
        let basis = &row.quantity.basis;
        let mass = if basis.is_empty() { "mass basis not stated" } else { basis };
        measure.basis = format!("{what} of published {}, {mass}", row.metric);
        return measure;
    }
    let trade = Query { stage: None, partner: None, basis: Basis::Quantity, ..query.clone() };
    match suppliers(world, &trade, year, measure.clone()) {
        Ok((imports, mut measure)) if imports.mixed.is_empty() => {
            measure.stage = None;
            measure.band = imports.figure(|mix| Some(days / 365.0 * mix.total));
            let total = imports.concentration().total;
            [ends.0, ends.1].into_iter().for_each(|days| measure.band.widen(days / 365.0 * total));
            measure.basis = format!("{what} of gross imports");
            measure.note(format!("no consumption published for {year}: gross imports stand in for it"));
            measure.quality = measure.quality.max(DataQuality::Imputed);
            measure
        }
        _ => measure.not_enough_data(&format!("consumption or imports in {year}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn world() -> World {
        let mut world = trade_world(&[("284690", "JPN", 2023, "CHN", 1.0, Some(3650.0))]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        for days in [60.0, 180.0] {
            world.stockpile_rules.push(StockpileRule {
                country: country("JPN"),
                scope: "rare metals".into(),
                metric: "target".into(),
                period: "since 2020".into(),
                value_text: String::new(),
                days: Some(Days::new(days)),
                applies_to: vec!["*".into()],
                quantity: Quantity::default(),
                provenance: provenance(),
            });
        }
        world.demand.push(Demand {
            commodity: CommodityId::new("rare-earths"),
            country: country("JPN"),
            end_use: "all".into(),
            metric: "demand".into(),
            scenario: String::new(),
            year: "2024".into(),
            value_text: "18,835".into(),
            quantity: quantity(18_835.0, "t"),
            provenance: provenance(),
        });
        world
    }

    #[test]
    fn sixty_and_a_hundred_and_eighty_days_of_japan_s_demand() {
        let measures = StockpileRuleTonnes.assess(&world(), &query("JPN", "rare-earths", 2024));
        let stocks: Vec<f64> = measures.iter().map(|measure| measure.band.value.unwrap().round()).collect();
        assert_eq!(stocks, [3096.0, 9288.0]);
        assert!(measures[0].notes[0].contains("secret"));
        assert_eq!(measures[0].basis, "60 days (target, since 2020) of published demand, mass basis not stated");
    }

    #[test]
    fn a_rule_is_asked_only_in_its_years() {
        let years = |period: &str| (2018..=2024).filter(|year| holds_in(period, *year)).collect::<Vec<Year>>();
        assert_eq!(years("2020"), [2020, 2021, 2022, 2023, 2024]);
        assert_eq!(years("until 2020"), [2018, 2019, 2020]);
        assert_eq!(years("1983 to 2020"), [2018, 2019, 2020]);
        assert_eq!(years("").len(), 7);
    }

    #[test]
    fn a_rule_that_names_a_range_of_days_gives_a_band() {
        let mut world = world();
        world.stockpile_rules.truncate(1);
        world.stockpile_rules[0].days = Some(Days::new(100.0));
        world.stockpile_rules[0].quantity =
            Quantity { low: Some(54.0), high: Some(100.0), unit: "days".into(), ..Quantity::default() };
        let band = StockpileRuleTonnes.assess(&world, &query("JPN", "rare-earths", 2023)).remove(0).band;
        let rounded = [band.low, band.value, band.high].map(|end| end.unwrap().round());
        assert_eq!(rounded, [540.0, 1000.0, 1000.0]);
    }

    #[test]
    fn imports_stand_in_for_unpublished_consumption_and_say_so() {
        let measure = StockpileRuleTonnes.assess(&world(), &query("JPN", "rare-earths", 2023)).remove(0);
        assert!((measure.band.value.unwrap() - 600.0).abs() < 1e-9);
        assert_eq!(measure.quality, DataQuality::Imputed);
        let nobody = StockpileRuleTonnes.assess(&world(), &query("FRA", "rare-earths", 2023)).remove(0);
        assert_eq!(nobody.notes, ["not enough data: a stockpile rule in days of FRA for rare-earths"]);
    }
}
