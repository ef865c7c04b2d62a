//! Every month of every future as columns: words once, numbers by position.

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{Field, Schema};
use lode_catalogue::{Mistake, Report};
use lode_study::market::EveryFuture;
use lode_study::{Question, Session};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The futures as one batch: `future, month, quantity, region, form, industry, value, unit`.
pub fn batch(session: &Session, run: EveryFuture, question: &Question) -> Result<RecordBatch, Report> {
    let months = run.trajectories.first().and_then(|future| future.series.first()).map_or(0, Vec::len);
    let series = run.series.len();
    let rows = run.trajectories.len() * series * months;
    let mut futures = Vec::with_capacity(rows);
    let mut month_keys: Vec<i32> = Vec::with_capacity(rows);
    let mut values = Vec::with_capacity(rows);
    for (place, future) in (0_u32..).zip(&run.trajectories) {
        for numbers in &future.series {
            futures.extend(std::iter::repeat_n(place, months));
            month_keys.extend((0_i32..).take(months));
            values.extend_from_slice(numbers);
        }
    }
    let month_words: Vec<String> = (0..months).map(|month| run.start.plus(month as i32).to_string()).collect();
    let words = |of: &dyn Fn(usize) -> String| -> Result<ArrayRef, Report> {
        let each: Vec<String> = (0..series).map(of).collect();
        let known: Vec<&String> = each.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let key = |word: &String| known.binary_search(&word).map_or(0, |place| place as i32);
        let keys: Vec<i32> = each.iter().map(key).collect();
        let mut all = Vec::with_capacity(rows);
        for _ in 0..run.trajectories.len() {
            for key in &keys {
                all.extend(std::iter::repeat_n(*key, months));
            }
        }
        dictionary(all, known.iter().map(|word| word.as_str()).collect())
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("future", Arc::new(UInt32Array::from(futures)) as ArrayRef),
        ("month", dictionary(month_keys, month_words.iter().map(String::as_str).collect())?),
        ("quantity", words(&|at| run.series[at].quantity.to_owned())?),
        ("region", words(&|at| run.series[at].region.clone())?),
        ("form", words(&|at| run.series[at].form.clone())?),
        ("industry", words(&|at| run.series[at].industry.clone())?),
        ("value", Arc::new(Float64Array::from(values))),
        ("unit", words(&|at| run.series[at].unit.to_owned())?),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), false)).collect();
    let mut schema = Schema::new(fields).with_metadata(crate::table::metadata(session, Some(question), &run.remarks));
    let origins: Vec<&str> = run.origins.iter().map(|origin| origin.as_str()).collect();
    schema.metadata.insert("lode:origins", serde_json::json!(origins).to_string());
    schema.metadata.insert("lode:quality", r#"["simulated"]"#);
    RecordBatch::try_new(Arc::new(schema), columns.into_iter().map(|(_, array)| array).collect())
        .map_err(|error| Mistake::in_file("futures", error.to_string()).into())
}

fn dictionary(keys: Vec<i32>, words: Vec<&str>) -> Result<ArrayRef, Report> {
    let array = DictionaryArray::<Int32Type>::try_new(Int32Array::from(keys), Arc::new(StringArray::from(words)))
        .map_err(|error| Report::from(Mistake::in_file("futures", error.to_string())))?;
    Ok(Arc::new(array))
}
