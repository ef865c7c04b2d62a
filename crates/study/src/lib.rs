//! The boundary of Lode: opens a package, asks indicators and claims, and gives answers that commands, pages and
//! notebooks show in their own way.
//!
//! Nothing here prints, reads the clock or looks into the environment: the caller says which day it is.

mod age;
mod answer;
mod embedded;
mod names;
mod session;

pub mod brief;
pub mod chain;
pub mod chart;
pub mod check;
pub mod cite;
pub mod claims;
pub mod column;
pub mod controls;
pub mod desk;
pub mod explain;
pub mod exposure;
pub mod lab;
pub mod market;
pub mod measures;
pub mod packages;
pub mod packed;
pub mod profile;
pub mod question;
pub mod raw;
pub mod sources;
pub mod validation;

pub use age::{Age, Day};
pub use answer::{Answer, Cell, Rows, Section, Text, readable};
pub use names::{commodity, economy, stage};
pub use question::{Opened, Question};
pub use session::{Options, Session, open_package};
