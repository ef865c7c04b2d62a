//! An answer as an Arrow table that pandas, polars and others take without a copy, with units, quality and origins in its
//! columns and in the metadata of its schema.

use crate::errors::{guarded, raised};
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, Int32Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Metadata, Schema};
use lode_catalogue::{Mistake, Report, write_whole};
use lode_study::column::{self, Kind};
use lode_study::{Answer, Cell, Opened, Question, Section, Session};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// An answer, or the columns of very many futures.
#[pyclass(frozen, module = "lode._lode")]
pub struct Answered {
    opened: Arc<Opened>,
    question: Option<Question>,
    answer: Option<Answer>,
    batch: OnceLock<RecordBatch>,
}

impl Answered {
    /// From an answer.
    pub fn new(opened: Arc<Opened>, question: Option<Question>, answer: Answer) -> Self {
        Self { opened, question, answer: Some(answer), batch: OnceLock::new() }
    }

    /// From columns.
    pub fn of_batch(opened: Arc<Opened>, question: Question, batch: RecordBatch) -> Self {
        let known = OnceLock::new();
        let _ = known.set(batch);
        Self { opened, question: Some(question), answer: None, batch: known }
    }

    fn batch(&self) -> PyResult<&RecordBatch> {
        if let (None, Some(answer)) = (self.batch.get(), &self.answer) {
            let session = self.opened.session().map_err(|report| raised(&report))?;
            let batch = columns(session, self.question.as_ref(), answer).map_err(|error| broken(&error))?;
            let _ = self.batch.set(batch);
        }
        self.batch.get().ok_or_else(|| broken(&ArrowError::ComputeError("there are no columns".into())))
    }
}

fn broken(error: &ArrowError) -> PyErr {
    raised(&Mistake::in_file("table", error.to_string()).into())
}

/// What a schema says of the whole table.
pub fn metadata(session: &Session, question: Option<&Question>, remarks: &[String]) -> Metadata {
    let package = &session.world.package;
    let mut words: BTreeMap<&str, String> = [
        ("lode:version", env!("CARGO_PKG_VERSION").to_owned()),
        ("lode:package", format!("{} {}", package.name, package.version)),
        ("lode:package_sha256", package.sha256.clone()),
        ("lode:overlays", json!(package.overlays).to_string()),
        ("lode:asked_on", session.day.to_string()),
        ("lode:remarks", json!(remarks).to_string()),
    ]
    .into();
    if let Some(question) = question {
        words.insert("lode:question", question.json().to_string());
        if let Some(seed) = question.seed() {
            words.insert("lode:seed", seed.to_string());
        }
    }
    words.into_iter().collect()
}

/// An answer as columns.
fn columns(session: &Session, question: Option<&Question>, answer: &Answer) -> Result<RecordBatch, ArrowError> {
    let rows = &answer.rows;
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (place, (name, kind)) in rows.columns.iter().zip(column::kinds(rows)).enumerate() {
        let cells = rows.rows.iter().map(|row| row.get(place).unwrap_or(&Cell::Empty));
        let array: ArrayRef = match kind {
            Kind::Number => Arc::new(Float64Array::from_iter(cells.map(|cell| match cell {
                Cell::Number(number) => Some(*number),
                Cell::Integer(number) => Some(*number as f64),
                _ => None,
            }))),
            Kind::Integer => Arc::new(Int64Array::from_iter(cells.map(|cell| match cell {
                Cell::Integer(number) => Some(*number),
                _ => None,
            }))),
            Kind::Text => Arc::new(StringArray::from_iter(cells.map(|cell| match cell {
                Cell::Empty => None,
                cell => Some(cell.plain()),
            }))),
            Kind::List => {
                let mut builder = ListBuilder::new(StringBuilder::new());
                for cell in cells {
                    if let Cell::List(items) = cell {
                        items.iter().for_each(|item| builder.values().append_value(item));
                        builder.append(true);
                    } else {
                        builder.append(false);
                    }
                }
                Arc::new(builder.finish())
            }
        };
        let mut field = Field::new(*name, array.data_type().clone(), true);
        if let Some(unit) = column::unit(name).filter(|_| matches!(kind, Kind::Number | Kind::Integer)) {
            field = field.with_metadata([("unit", unit)]);
        }
        fields.push(field);
        arrays.push(array);
    }
    let mut schema = Schema::new(fields).with_metadata(metadata(session, question, &answer.remarks));
    for (column, key) in
        [("unit", "lode:units"), ("basis", "lode:bases"), ("quality", "lode:quality"), ("origins", "lode:origins")]
    {
        let Some(place) = rows.columns.iter().position(|name| *name == column) else { continue };
        let mut found: BTreeSet<String> = BTreeSet::new();
        for row in &rows.rows {
            match row.get(place) {
                Some(Cell::List(items)) => found.extend(items.iter().cloned()),
                Some(Cell::Empty) | None => {}
                Some(cell) => drop(found.insert(cell.plain())),
            }
        }
        schema.metadata.insert(key, json!(found).to_string());
    }
    RecordBatch::try_new(Arc::new(schema), arrays)
}

#[pymethods]
impl Answered {
    /// The columns as an Arrow stream, as the PyCapsule interface has it. The buffers are shared, not copied.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // A consumer that wants another type converts what it gets, as the interface allows.
        drop(requested_schema);
        guarded(|| {
            let batch = self.batch()?.clone();
            let schema = batch.schema();
            let reader = RecordBatchIterator::new(std::iter::once(Ok(batch)), schema);
            let stream = FFI_ArrowArrayStream::new(Box::new(reader));
            Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?.into_any())
        })
    }

    /// Number of rows.
    fn length(&self) -> PyResult<usize> {
        match &self.answer {
            Some(answer) => Ok(answer.rows.rows.len()),
            None => Ok(self.batch()?.num_rows()),
        }
    }

    /// Names of the columns.
    fn columns(&self) -> PyResult<Vec<String>> {
        match &self.answer {
            Some(answer) => Ok(answer.rows.columns.iter().map(|name| (*name).to_owned()).collect()),
            None => Ok(self.batch()?.schema().fields().iter().map(|field| field.name().clone()).collect()),
        }
    }

    /// What the schema says of the whole table.
    fn metadata(&self) -> PyResult<BTreeMap<String, String>> {
        guarded(|| {
            let schema = self.batch()?.schema();
            Ok(schema.metadata().iter().map(|(name, word)| (name.clone(), word.clone())).collect())
        })
    }

    /// The rows as the JSON that the command line gives.
    fn rows_json(&self, py: Python<'_>) -> PyResult<String> {
        match &self.answer {
            Some(answer) => Ok(py.detach(|| answer.rows.json().to_string())),
            None => {
                let batch = self.batch()?;
                guarded(|| py.detach(|| json_of(batch)).map_err(|report| raised(&report)))
            }
        }
    }

    /// What stands at the foot of the answer.
    fn remarks(&self) -> PyResult<Vec<String>> {
        match &self.answer {
            Some(answer) => Ok(answer.remarks.clone()),
            None => {
                let schema = self.batch()?.schema();
                let text = schema.metadata().get("lode:remarks").map_or("[]", String::as_str);
                Ok(serde_json::from_str(text).unwrap_or_default())
            }
        }
    }

    /// What a person reads, as JSON: paragraphs, tables and lists.
    fn sections_json(&self) -> String {
        let section = |section: &Section| match section {
            Section::Paragraph(text) => json!({ "paragraph": text }),
            Section::List { title, lines } => json!({ "title": title, "lines": lines }),
            Section::Table { title, headings, rows } => json!({
                "title": title,
                "headings": headings,
                "numbers": rows.first().map(|row| row.iter().map(|cell| cell.number).collect::<Vec<_>>()),
                "rows": rows.iter().map(|row| row.iter().map(|cell| &cell.text).collect::<Vec<_>>()).collect::<Vec<_>>(),
            }),
        };
        self.answer.iter().flat_map(|answer| &answer.sections).map(section).collect::<Value>().to_string()
    }

    /// The question, as JSON with everything that was left out.
    fn question_json(&self) -> Option<String> {
        self.question.as_ref().map(|question| question.json().to_string())
    }

    /// Writes a workbook with sheets of data, sources and assumptions.
    fn write_workbook(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        guarded(|| {
            py.detach(|| {
                let Some(answer) = &self.answer else {
                    let mistake = Mistake::in_file("table", "is too long for a workbook");
                    return Err(Report::from(mistake.hint("use to_polars().write_parquet, or ask for bands")));
                };
                let session = self.opened.session()?;
                let bytes = lode_workbook::answer(session, answer, session.has_own_values())
                    .map_err(|error| Mistake::in_file(&path.display().to_string(), error.to_string()))?;
                write_whole(&path, &bytes)
            })
            .map_err(|report| raised(&report))
        })
    }

    /// Where the buffers of the columns begin, to see that nobody copied them.
    fn addresses(&self) -> PyResult<Vec<Vec<usize>>> {
        let of = |column: &ArrayRef| column.to_data().buffers().iter().map(|buffer| buffer.as_ptr() as usize).collect();
        Ok(self.batch()?.columns().iter().map(of).collect())
    }
}

/// Columns of futures as an array of rows.
fn json_of(batch: &RecordBatch) -> Result<String, Report> {
    let schema = batch.schema();
    let cell = |array: &ArrayRef, row: usize| -> Value {
        if array.is_null(row) {
            return Value::Null;
        }
        match array.data_type() {
            DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
            DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
            DataType::Dictionary(..) => {
                let words = array.as_dictionary::<Int32Type>();
                words.values().as_string::<i32>().value(words.keys().value(row) as usize).into()
            }
            _ => Value::Null,
        }
    };
    let rows: Value = (0..batch.num_rows())
        .map(|row| {
            let pairs = schema.fields().iter().zip(batch.columns());
            Value::Object(pairs.map(|(field, array)| (field.name().clone(), cell(array, row))).collect())
        })
        .collect();
    Ok(rows.to_string())
}
