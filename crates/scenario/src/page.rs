//! The page of the book.

/// The page.
pub fn page() -> String {
    String::new()
}
/// The schema.
pub fn json_schema() -> String {
    String::new()
}
