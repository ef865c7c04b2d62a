//! The scenarios that come with the program.

macro_rules! built_in {
    ($($id:literal)*) => {
        &[$(($id, include_str!(concat!("../../../data/scenarios/", $id, ".toml")))),*]
    };
}

/// Ids and texts of the built-in scenarios, in order of time.
pub const BUILT_IN: &[(&str, &str)] = built_in!(
    "senkaku-2010"
    "japan-korea-2019"
    "indonesia-nickel-2020"
    "gallium-germanium-2023"
    "antimony-2024"
    "heavy-rare-earths-2025"
    "tungsten-bismuth-2025"
    "cobalt-drc-2025"
    "india-rare-earths-2025"
    "japan-ban-2026"
    "controls-after-suspension-2026"
);

/// The text of a built-in scenario.
pub fn built_in_text(id: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(built_in, _)| *built_in == id).map(|(_, text)| *text)
}

impl crate::Scenario {
    /// A file to start from: a small scenario that runs, with everything else that can be written commented out.
    pub fn template() -> &'static str {
        include_str!("template.toml")
    }
}
