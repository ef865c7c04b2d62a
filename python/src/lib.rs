//! The Python package `lode`: translates questions and answers, and nothing else. What a caller sees stands in `lode/*.py`.

mod engine;
mod errors;
mod futures;
mod table;
mod work;

use pyo3::pymodule;

/// The engine.
#[pymodule(gil_used = false)]
mod _lode {
    use lode_scenario::{FieldAbout, RecordAbout, Scenario, nouns};
    use lode_study::Question;
    use pyo3::pyfunction;
    use serde_json::{Map, Value, json};
    use std::path::PathBuf;

    #[pymodule_export]
    use crate::engine::Engine;
    #[pymodule_export]
    use crate::table::Answered;

    /// Version of the engine.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The fields of every question, as JSON.
    #[pyfunction]
    fn questions() -> String {
        let fields = |word: &str| -> Value {
            let fields = Question::fields(word).into_iter();
            fields.map(|field| json!({ "name": field.name, "shape": field.shape, "default": field.default })).collect()
        };
        let all: Map<String, Value> = Question::WORDS.iter().map(|word| ((*word).to_owned(), fields(word))).collect();
        Value::Object(all).to_string()
    }

    /// The nouns of a scenario with their fields, as JSON.
    #[pyfunction]
    fn scenario_nouns() -> String {
        let field = |field: FieldAbout| json!({ "name": field.name, "shape": field.shape, "default": field.default, "about": field.about });
        let noun = |noun: RecordAbout| {
            let fields: Value = noun.fields.into_iter().map(field).collect();
            json!({ "name": noun.name, "word": noun.word, "about": noun.about, "fields": fields })
        };
        nouns().into_iter().map(noun).collect::<Value>().to_string()
    }

    /// A scenario file to start from.
    #[pyfunction]
    fn scenario_template() -> &'static str {
        Scenario::template()
    }

    /// Asks the questions of a packed study again.
    #[pyfunction]
    fn run_study(
        py: pyo3::Python<'_>,
        path: PathBuf,
        package: Option<PathBuf>,
        overlays: Vec<PathBuf>,
        threads: usize,
    ) -> pyo3::PyResult<Answered> {
        crate::engine::run_study(py, path, package, overlays, threads)
    }

    /// A panic, to see that it becomes an exception.
    #[pyfunction]
    fn panic_for_a_test() -> pyo3::PyResult<()> {
        crate::errors::guarded(|| panic!("on purpose"))
    }
}
