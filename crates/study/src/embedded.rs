//! Reads the tables that are part of the program.

use lode_catalogue::{Column, Input, Record, Records, Report};

/// Calls a function with the text of each column, row by row.
pub(crate) fn each<const N: usize>(
    name: &str,
    text: &str,
    columns: [&'static str; N],
    report: &mut Report,
    mut take: impl FnMut([&str; N], &Record<'_>, &mut Report),
) {
    let Some(mut records) = Records::open(Input::from_bytes(name, text.as_bytes()), b',', report) else { return };
    let Some(places) = records.columns(&columns.map(Column::required), report) else { return };
    while let Some(record) = records.next(report) {
        let cells = std::array::from_fn(|index| record.text(places[index].unwrap_or(0), report));
        take(cells, &record, report);
    }
}
