//! Readers of the real releases, one file each. Each gives records verbatim: judgement comes later, and is declared.

pub mod baci;
pub mod comtrade;
pub mod japan_customs;
pub mod trade_csv;
pub mod trade_record;
