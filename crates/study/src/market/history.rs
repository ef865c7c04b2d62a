//! Markets of an earlier time, whose tables stand beside the back-tests that need them.

use lode_catalogue::{OtherMarket, Report, read_market_files};
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

/// The market of an earlier base year; `None` if the World's own holds: a user's own package brings its own.
fn market(world: &World, base_year: Year) -> Result<Option<OtherMarket>, Report> {
    if base_year > UNTIL || world.market.plants.iter().any(|plant| plant.year <= base_year) {
        return Ok(None);
    }
    read_market_files(RARE_EARTHS_2009, world).map(Some)
}

/// The World with the market of an earlier base year; `None` if its own market holds.
pub(super) fn world(world: &World, base_year: Year) -> Result<Option<World>, Report> {
    Ok(market(world, base_year)?.map(|past| {
        let mut then = World { market: past.market, ..world.clone() };
        then.origins.extend(past.origins);
        then
    }))
}

/// The earliest market that Lode holds; `None` if it is the World's own.
pub(crate) fn earliest(world: &World) -> Option<OtherMarket> {
    // A test reads the tables that are held; only a user's package could stand against them.
    market(world, Year::MIN).ok().flatten()
}
