//! The scenarios that come with the program.

/// Ids and texts of the built-in scenarios, in order of time.
pub const BUILT_IN: &[(&str, &str)] = &[];

/// The text of a built-in scenario.
pub fn built_in_text(id: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(built_in, _)| *built_in == id).map(|(_, text)| *text)
}
