//! Answers as XLSX workbooks with sheets of data, sources and assumptions, and template workbooks for overlays and for a
//! firm's own list of parts. The only crate that writes spreadsheets.

mod answer;
mod template;

pub use answer::{MARKING, answer};
pub use rust_xlsxwriter::XlsxError as Broken;
pub use template::{Template, template};
