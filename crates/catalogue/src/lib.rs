//! Where Lode's numbers come from: readers of the real releases, declared corrections, harmonising, reconciling, and
//! packages that become a [`lode_model::World`].
//!
//! Only this crate knows file formats and the quirks of sources. Every reader streams its input in bounded memory and
//! gives one [`Report`] of all mistakes; none ever panics on what a user hands it.

mod build;
mod declared;
mod input;
mod inspect;
mod package;
mod records;
mod report;
mod schema;
mod workbook;

pub mod fetch;
pub mod read;

pub use build::{BuildOptions, Built, Step, build};
pub use declared::TradeFiles;
pub use input::{Input, Limits};
pub use inspect::{Inspected, Layout, inspect};
pub use package::{
    Descriptor, OtherMarket, Overlay, Package, PackageWriter, Packed, Resource, Row, Table, csv_line, files_of_zip,
    pack, read_market, read_market_files, sha256, write_whole, zip_of,
};
pub use records::{Column, Record, Records, clip, parse_decimal, parse_number};
pub use report::{Mistake, Report, did_you_mean};
pub use schema::{Field, FieldType, Schema};
pub use workbook::Workbook;
