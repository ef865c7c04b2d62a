//! `lode assess --country C --commodity M --indicator I`

use super::{Failure, Global};
use crate::output::BasisWord;
use clap::Args;
use lode_assess::Query;
use lode_catalogue::{Mistake, Report, did_you_mean};
use lode_model::{HsSetId, World, Year};
use lode_study::{commodity, economy, measures, stage};
use std::ops::RangeInclusive;

/// Arguments of `lode assess`.
#[derive(Args)]
pub struct Assess {
    /// Who asks: ISO code, name or group
    #[arg(long)]
    country: String,
    /// About what: id, name or symbol, e.g. rare-earths, dysprosium, Ga
    #[arg(long)]
    commodity: String,
    /// Which indicators, e.g. dependence,hhi; `all` for every one (see `lode explain`)
    #[arg(long, value_delimiter = ',', default_value = "dependence")]
    indicator: Vec<String>,
    /// On whom; the largest supplier of each year if not named
    #[arg(long)]
    partner: Option<String>,
    /// At which stage: mine, refined, metal, magnet ...
    #[arg(long)]
    stage: Option<String>,
    /// A year or a span of years: 2024, 2010..2024; the newest if not named
    #[arg(long, value_name = "A..B")]
    year: Option<String>,
    /// Shares by weight or by value
    #[arg(long, value_enum, default_value_t = BasisWord::Quantity)]
    basis: BasisWord,
    /// Which customs codes count, e.g. rare-earth-metals; the commodity's default if not named
    #[arg(long, value_name = "SET")]
    hs_set: Option<String>,
    /// By whose record of trade: reconciled, importer or exporter (the mirror); all there are if not named (see --trade)
    #[arg(long)]
    record: Option<String>,
}

impl Assess {
    /// Answers.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let session = global.session()?;
        let world = &session.world;
        // Every argument is looked at before anything is said, so that all mistakes come at once.
        let mut report = Report::new();
        let mut take = |mistake: Mistake| report.push(mistake);
        let country = economy(world, &self.country, session.day.year).map_err(&mut take).ok();
        let commodity = commodity(world, &self.commodity).map_err(&mut take).ok();
        let partner = self.partner.as_ref().map(|text| economy(world, text, session.day.year).map_err(&mut take).ok());
        let stage = self.stage.as_ref().map(|text| stage(text).map_err(&mut take).ok());
        let newest = world.trade.newest_year().unwrap_or(session.day.year);
        let years = self.year.as_ref().map_or(Ok(newest..=newest), |text| years(text)).map_err(&mut take).ok();
        let hs_set = self.hs_set.as_ref().map(|text| hs_set(world, text).map_err(&mut take).ok());
        let record = self.record.as_ref().map(|text| measures::record(text).map_err(&mut take).ok());
        let mut indicators = Vec::new();
        if self.indicator.iter().any(|id| id == "all") {
            indicators.extend_from_slice(lode_assess::all());
        } else {
            indicators.extend(self.indicator.iter().filter_map(|id| measures::indicator(id).map_err(&mut take).ok()));
        }
        let (Some(country), Some(commodity), Some(years)) = (country, commodity, years) else {
            return Err(report.into());
        };
        report.into_result(())?;
        let query = Query {
            country,
            commodity,
            stage: stage.flatten(),
            partner: partner.flatten(),
            years,
            basis: self.basis.into(),
            hs_set: hs_set.flatten(),
            record: record.flatten(),
        };
        global.show(&measures::assess(&session, &indicators, &query))
    }
}

/// `2024` or `2010..2024`, both ends included.
fn years(text: &str) -> Result<RangeInclusive<Year>, Mistake> {
    let year = |text: &str| text.trim().parse::<Year>().ok().filter(|year| (1900..=2100).contains(year));
    let span = match text.split_once("..") {
        Some((from, to)) => year(from).zip(year(to.trim_start_matches('='))),
        None => year(text).map(|year| (year, year)),
    };
    match span {
        Some((from, to)) if from <= to => Ok(from..=to),
        _ => Err(Mistake::in_file("command line", format!("`{text}` is not a year or a span of years"))
            .hint("write 2024 or 2010..2024")),
    }
}

fn hs_set(world: &World, text: &str) -> Result<HsSetId, Mistake> {
    if let Some(set) = world.hs_sets.get(text) {
        return Ok(set.id.clone());
    }
    let known: Vec<&str> = world.hs_sets.keys().map(HsSetId::as_str).collect();
    let mistake = Mistake::in_file("command line", format!("`{text}` is not a set of customs codes"));
    Err(match did_you_mean(text, known.iter().copied()) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", known.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_both_ends() {
        assert_eq!(years("2024").ok(), Some(2024..=2024));
        assert_eq!(years("2010..2024").ok(), Some(2010..=2024));
        assert_eq!(years("2010..=2024").ok(), Some(2010..=2024));
        for wrong in ["", "24", "2024..2010", "2010-2024", "..", "a..b"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }
}
