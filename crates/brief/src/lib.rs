//! Sets the two-page brief on paper: PDF for reading, DOCX for editing. What stands in it is decided by `lode-study`.

mod docx;
mod font;
mod layout;
mod pdf;

pub use docx::docx;
pub use pdf::pdf;

use std::fmt;

/// Why a brief could not be set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the brief cannot be set: {}", self.0)
    }
}

impl std::error::Error for Broken {}
