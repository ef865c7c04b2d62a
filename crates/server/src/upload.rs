//! A firm's own list: read to its end in bounded memory, kept only if it has no mistake.

use crate::download;
use crate::fault::{Answered, Fault};
use crate::state::App;
use crate::wire::{Number, Upload};
use axum::response::Response;
use lode_catalogue::read::bill_of_materials;
use lode_model::BillKind;
use lode_study::exposure::read_bill_bytes;
use std::collections::BTreeSet;

/// Reads a list; all its mistakes at once.
pub fn read(app: &App, id: &str, name: &str, file: &[u8]) -> Answered<Upload> {
    let processes = app.processes()?;
    let bill = read_bill_bytes(&processes, name, file)?;
    let plants: BTreeSet<String> = bill.products.iter().map(|product| product.plant.clone()).collect();
    let filled = bill.parts.values().filter(|part| part.typical.is_some()).count();
    let of = bill.parts.len();
    let share = if of > 0 {
        Number::of(filled as f64 / of as f64, "share", "user")
    } else {
        Number::unknown("share", "not_applicable")
    };
    Ok(Upload {
        id: id.to_owned(),
        name: name.to_owned(),
        rows: bill.products.len() + of,
        saved: app.now(),
        parts: of,
        plants: plants.into_iter().collect(),
        materials: bill.parts.values().filter(|part| part.kind == BillKind::Material).count(),
        filled: serde_json::to_value(share).unwrap_or_default(),
    })
}

/// A list to begin with.
pub fn template(app: &App, ending: &str) -> Answered<Response> {
    match ending {
        "csv" => Ok(download::attachment("lode-list.csv", "text/csv; charset=utf-8", bill_of_materials::template())),
        "xlsx" => {
            let session = app.session()?;
            let bytes = lode_workbook::template(&session, lode_workbook::Template::Parts)
                .map_err(|error| Fault::internal(&format!("a template cannot be written: {error}")))?;
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(download::attachment("lode-list.xlsx", media, bytes))
        }
        _ => Err(Fault::not_found("no_address", "there is no such template").hint("template.csv or template.xlsx")),
    }
}
