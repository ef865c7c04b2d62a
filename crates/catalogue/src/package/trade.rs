//! The trade table: one file for each customs code, nothing but codes and numbers.

use crate::input::Input;
use crate::read::each_record;
use crate::records::Column;
use crate::report::Report;
use lode_model::{GrossTonnes, NominalUsd, TradeFlow};

/// Amounts beyond this are mistakes: the trade of the world is below it, in thousand dollars as in tonnes.
const MOST: f64 = 1e12;

/// Reads one file of the trade table. Its rows are in the order of importer, year and exporter, so that none is there twice.
pub(super) fn read(file: &str, bytes: &[u8], report: &mut Report) -> Vec<TradeFlow> {
    let columns = ["importer", "year", "exporter", "value_kusd", "quantity_t"].map(Column::required);
    let mut flows: Vec<TradeFlow> = Vec::with_capacity(bytes.len() / 28);
    each_record(Input::from_bytes(file, bytes), b',', &columns, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        let (importer, exporter) = (record.country_code(at(0), report), record.country_code(at(2), report));
        let (year, value) = (record.year(at(1), report), record.amount(at(3), MOST, report));
        let quantity = record.amount(at(4), MOST, report).map(GrossTonnes::new);
        if record.bytes(at(3)).is_empty() {
            report.push(record.mistake(at(3), "is empty").hint("a flow has a value"));
        }
        let (Some(importer), Some(year), Some(exporter), Some(value)) = (importer, year, exporter, value) else {
            return;
        };
        let flow = TradeFlow { importer, year, exporter, value: NominalUsd::new(value * 1000.0), quantity };
        let key = |flow: &TradeFlow| (flow.importer, flow.year, flow.exporter);
        if flows.last().is_some_and(|last| key(last) >= key(&flow)) {
            report.push(
                record
                    .mistake(at(0), "repeats a row before it or is out of order")
                    .hint("rows are ordered by importer, year and exporter, and each stands once"),
            );
            return;
        }
        flows.push(flow);
    });
    flows
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
            b"importer,year,exporter,value_kusd,quantity_t\nJPN,2022,CHN,-1,2\nJapan,2022,CHN,1,2\nJPN,22x,CHN,1,2\nJPN,2022,CHN,,2\nJPN,2022,CHN,1,2\nJPN,2022,CHN,1,2\n",
            &mut report,
        );
        let places: Vec<(u64, &str)> =
            report.mistakes().iter().map(|m| (m.row.unwrap(), m.column.as_deref().unwrap())).collect();
        assert_eq!(places, [(2, "value_kusd"), (3, "importer"), (4, "year"), (5, "value_kusd"), (7, "importer")]);
        assert!(report.to_string().contains("repeats a row before it or is out of order"), "{report}");
    }
}
