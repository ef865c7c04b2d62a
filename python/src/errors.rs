//! Reports as Python exceptions with the same text; a panic is one too.

use lode_catalogue::{Mistake, Report};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A report as an `InputError`, with every mistake in its list.
pub fn raised(report: &Report) -> PyErr {
    Python::attach(|py| input_error(py, report).unwrap_or_else(|error| error))
}

fn input_error(py: Python<'_>, report: &Report) -> PyResult<PyErr> {
    let mistakes = PyList::empty(py);
    for mistake in report.mistakes() {
        let Mistake { file, row, column, message, hint, .. } = placed(mistake);
        let fields = PyDict::new(py);
        fields.set_item("file", file)?;
        fields.set_item("row", row)?;
        fields.set_item("column", column)?;
        fields.set_item("message", message)?;
        fields.set_item("hint", hint)?;
        mistakes.append(fields)?;
    }
    let mut shown = Report::new();
    report.mistakes().iter().map(placed).for_each(|mistake| shown.push(mistake));
    let mut text = shown.to_string();
    if shown.count() != report.count() {
        // Repeated and further mistakes are counted by the report itself.
        text = report.to_string();
    }
    let class = py.import("lode.errors")?.getattr("InputError")?;
    Ok(PyErr::from_value(class.call1((text, mistakes))?))
}

/// What was no part of a file was an argument here.
fn placed(mistake: &Mistake) -> Mistake {
    let mut mistake = mistake.clone();
    if mistake.file == "command line" {
        "arguments".clone_into(&mut mistake.file);
    }
    mistake
}

/// Runs what must not panic; if it does, an `InternalError` is raised.
pub fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(internal(&*panic)))
}

/// A panic as an `InternalError`.
pub fn internal(panic: &(dyn std::any::Any + Send)) -> PyErr {
    let told = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let told = told.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason is known".into());
    Python::attach(|py| {
        let class = py.import("lode.errors").and_then(|module| module.getattr("InternalError"));
        match class.and_then(|class| class.call1((told,))) {
            Ok(value) => PyErr::from_value(value),
            Err(error) => error,
        }
    })
}
