//! What is supposed: controls, outages and levers as small readable files.
//!
//! A file is read against a [`Vocabulary`] of the market at hand; every mistake is told at once, with its line. What comes out
//! is complete: ids are the market's own, forms are listed, defaults are filled in.

mod built_in;
mod calendar;
mod check;
mod field;
mod number;
mod page;
mod reader;
mod report;
mod scenario;
pub mod stress;
mod vocabulary;
mod write;

pub use built_in::{BUILT_IN, built_in_text};
pub use calendar::{Date, Month};
pub use field::{ChainId, Ending, EventId, HsLine, PlaceId, Places, Start, UseId};
pub use number::{
    Chance, DollarsPerKilogram, Draw, Fraction, Ground, Months, Multiple, Number, Overriding, Slot, TaxRate, Tonnes,
    TonnesPerYear, Unit,
};
pub use page::{nouns, page};
pub use reader::{FieldAbout, RecordAbout};
pub use report::{Mistake, Report};
pub use scenario::{
    Allowance, Case, Control, ControlKind, DemandSurge, Dumping, FloorInstrument, Leak, LeakKind, Lever, LeverKind,
    NamedNumber, Outage, Overrides, RouteClosure, Scenario, Statement, Suspension,
};
pub use vocabulary::{FormWord, Vocabulary, Word};
