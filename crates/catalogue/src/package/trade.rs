//! The trade table: one file for each customs code, nothing but codes and numbers, read without copies.

use crate::records::{clip, parse_number};
use crate::report::{Mistake, Report};
use lode_model::{CountryCode, GrossTonnes, NominalUsd, TradeFlow, Year};

/// The headings of a trade file.
pub(super) const HEADINGS: &str = "importer,year,exporter,value_kusd,quantity_t";

/// Reads one file of the trade table.
pub(super) fn read(file: &str, bytes: &[u8], report: &mut Report) -> Vec<TradeFlow> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let strip = |line: &'_ [u8]| line.strip_suffix(b"\r").map_or(line.len(), <[u8]>::len);
    match lines.next() {
        Some(head) if &head[..strip(head)] == HEADINGS.as_bytes() => {}
        _ => {
            report.push(
                Mistake::in_row(file, 1, "the headings are not those of a trade table")
                    .hint(format!("they must be {HEADINGS}")),
            );
            return Vec::new();
        }
    }
    let mut flows: Vec<TradeFlow> = Vec::with_capacity(bytes.len() / 28);
    for (index, line) in lines.enumerate() {
        let line = &line[..strip(line)];
        if line.is_empty() {
            continue;
        }
        match flow(line) {
            Ok(flow) => match flows.last() {
                Some(last)
                    if (last.importer, last.year, last.exporter) == (flow.importer, flow.year, flow.exporter) =>
                {
                    report.push(Mistake::in_row(file, index as u64 + 2, "repeats the row before it"));
                }
                _ => flows.push(flow),
            },
            Err((column, message)) => report.push(Mistake::in_row(file, index as u64 + 2, message).column(column)),
        }
    }
    flows
}

fn flow(line: &[u8]) -> Result<TradeFlow, (&'static str, String)> {
    let text = std::str::from_utf8(line).map_err(|_| ("importer", "is not UTF-8 text".to_owned()))?;
    let mut cells = text.split(',');
    let mut next = |column: &'static str| cells.next().ok_or((column, "is missing".to_owned()));
    let country = |column, text: &str| {
        CountryCode::parse(text).ok_or((column, format!("`{}` is not a country code", clip(text))))
    };
    let importer = country("importer", next("importer")?)?;
    let year = next("year")?;
    let year: Year = year.parse().map_err(|_| ("year", format!("`{}` is not a year", clip(year))))?;
    let exporter = country("exporter", next("exporter")?)?;
    let amount = |column, text: &str| {
        parse_number(text)
            .filter(|number| *number >= 0.0)
            .ok_or((column, format!("`{}` is not a number of 0 or more", clip(text))))
    };
    let value = amount("value_kusd", next("value_kusd")?)?;
    let quantity = match next("quantity_t")? {
        "" => None,
        text => Some(GrossTonnes::new(amount("quantity_t", text)?)),
    };
    match cells.next() {
        Some(_) => Err(("quantity_t", "is followed by more fields than the header has".into())),
        None => Ok(TradeFlow { importer, year, exporter, value: NominalUsd::new(value * 1000.0), quantity }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_read_in_dollars_and_tonnes_and_a_missing_quantity_stays_missing() {
        let mut report = Report::new();
        let flows = read(
            "t.csv",
            b"importer,year,exporter,value_kusd,quantity_t\nJPN,2022,CHN,651.5,13.25\r\nJPN,2022,VNM,2,\n",
            &mut report,
        );
        assert!(report.is_empty(), "{report}");
        assert_eq!(flows.len(), 2);
        assert_eq!(flows[0].value.value(), 651_500.0);
        assert_eq!(flows[0].quantity.map(GrossTonnes::value), Some(13.25));
        assert_eq!(flows[1].quantity, None);
    }

    #[test]
    fn every_wrong_row_is_reported_with_its_place() {
        let mut report = Report::new();
        read(
            "t.csv",
            b"importer,year,exporter,value_kusd,quantity_t\nJPN,2022,CHN,-1,2\nJapan,2022,CHN,1,2\nJPN,22x,CHN,1,2\nJPN,2022,CHN,1\nJPN,2022,CHN,1,2,3\n",
            &mut report,
        );
        let places: Vec<(u64, &str)> =
            report.mistakes().iter().map(|m| (m.row.unwrap(), m.column.as_deref().unwrap())).collect();
        assert_eq!(places, [(2, "value_kusd"), (3, "importer"), (4, "year"), (5, "quantity_t"), (6, "quantity_t")]);
    }
}
