//! `lode assess --country C --commodity M --indicator I`

use crate::output::BasisWord;
use clap::Args;
use lode_study::{Question, question};

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
    /// What is asked.
    pub fn question(self) -> Question {
        let Self { country, commodity, indicator, partner, stage, year, basis, hs_set, record } = self;
        let basis = basis.word().to_owned();
        Question::Assess(question::Assess {
            country,
            commodity,
            indicator,
            partner,
            stage,
            year,
            basis,
            hs_set,
            record,
        })
    }
}
