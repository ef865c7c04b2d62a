//! The stage of a chain at which the world depends most on one supplier.

use super::Indicator;
use crate::{Card, Direction, Economy, Measure, Method, Query, suppliers};
use lode_model::{CountryCode, Stage, World, Year};

/// The indicator; its method card says what it is.
pub struct MostConcentratedStage;

const CARD: Card = Card {
    id: "most-concentrated-stage",
    name_en: "Most concentrated stage",
    name_ja: "最も集中した工程段階",
    plain: "The stage, from mine to magnet, whose largest producer has the largest share of world output.",
    equation: "stage* = argmax over stages with data of T1(stage);  value = T1(stage*)",
    symbols: &[("T1", "share of the largest producer at a stage, 0 to 1")],
    direction: Direction::HigherIsRiskier,
    unit: "share",
    range: (Some(0.0), Some(1.0)),
    sources: &[Method {
        citation: "International Energy Agency (2025). Global Critical Minerals Outlook 2025 (concentration by stage)",
        doi: "",
    }],
    worked: "mine: largest 0.69; refined: largest 0.91; magnet: no data. The stage is refined, the value 0.91",
    caveats: &[
        "Stages without output by country are not compared and are named in the note: the most concentrated one may be among them.",
        "Stages are compared in the newest year of the span that each of them has.",
    ],
    reads: &["production"],
    assumptions: &[crate::ESTIMATE_BAND],
};

impl Indicator for MostConcentratedStage {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        let mut with_data: Vec<Measure> = Vec::new();
        let mut without: Vec<&str> = Vec::new();
        for (stage, word) in Stage::ALL.into_iter().filter(|(stage, _)| !matches!(stage, Stage::Trade | Stage::Scrap)) {
            match query.years.clone().rev().find_map(|year| at_stage(world, query, stage, year)) {
                Some(measure) => with_data.push(measure),
                None => without.push(word),
            }
        }
        let compared: Vec<String> = with_data.iter().map(described).collect();
        // The first of equals is the one nearest to the mine.
        let most =
            with_data.into_iter().reduce(|best, next| if next.band.value > best.band.value { next } else { best });
        let Some(mut most) = most else {
            return vec![
                Measure::of(&CARD, query, None).not_enough_data("output by country at any stage in these years"),
            ];
        };
        most.note(format!("compared: {}", compared.join(", ")));
        most.note(format!("no output by country at: {}", without.join(", ")));
        vec![most]
    }
}

fn described(measure: &Measure) -> String {
    let (stage, year) = (measure.stage.map_or("", |stage| stage.word()), measure.year.unwrap_or(0));
    format!("{stage} {} {:.0} % ({year})", measure.partner, measure.band.value.unwrap_or(0.0) * 100.0)
}

fn at_stage(world: &World, query: &Query, stage: Stage, year: Year) -> Option<Measure> {
    let producers =
        Query { country: Economy::country(CountryCode::WORLD), stage: Some(stage), partner: None, ..query.clone() };
    let (suppliers, mut measure) = suppliers(world, &producers, year, Measure::of(&CARD, query, Some(year))).ok()?;
    measure.band = suppliers.figure(|mix| mix.largest().map(|(_, share)| share));
    measure.partner = suppliers.concentration().largest()?.0.to_string();
    Some(measure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_refinery_is_more_concentrated_than_the_mine() {
        let mut world = World::empty();
        for (stage, code, tonnes) in [
            (Stage::Mine, "CHN", 69.0),
            (Stage::Mine, "USA", 31.0),
            (Stage::Refined, "CHN", 91.0),
            (Stage::Refined, "MYS", 9.0),
        ] {
            production(&mut world, "rare-earths", stage, code, 2024, tonnes);
        }
        let measure = MostConcentratedStage.assess(&world, &query("JPN", "rare-earths", 2024)).remove(0);
        assert_eq!(
            (measure.stage, measure.partner.as_str(), measure.band.value),
            (Some(Stage::Refined), "CHN", Some(0.91))
        );
        assert_eq!(measure.notes[0], "compared: mine CHN 69 % (2024), refined CHN 91 % (2024)");
        assert!(measure.notes[1].contains("magnet"));
        assert!(MostConcentratedStage.assess(&world, &query("JPN", "gallium", 2024))[0].is_missing());
    }
}
