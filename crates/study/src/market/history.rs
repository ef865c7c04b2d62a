//! Markets of an earlier time, whose tables stand beside the back-tests that need them.

use lode_catalogue::{Report, read_market_files};
use lode_model::{World, Year};

macro_rules! tables {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$((
            concat!($name, ".csv"),
            include_bytes!(concat!("../../../../validation/", $folder, "/market/", $name, ".csv")),
        )),*]
    };
}

/// Rare earths in 2009, in three groups of oxides with joint mines.
const RARE_EARTHS_2009: &[(&str, &[u8])] = tables!("rare-earths-2010":
    "origins", "regions", "forms", "processes", "prices", "recipes", "plants", "uses", "flows", "transit",
);
/// The last base year for which that market stands.
const UNTIL: Year = 2012;

/// The World with the market of an earlier base year; `None` if its own market holds.
pub(super) fn world(world: &World, base_year: Year) -> Result<Option<World>, Report> {
    // A user's own package brings its own market.
    if base_year > UNTIL || world.market.plants.iter().any(|plant| plant.year <= base_year) {
        return Ok(None);
    }
    let market = read_market_files(RARE_EARTHS_2009, world)?;
    Ok(Some(World { market, ..world.clone() }))
}
