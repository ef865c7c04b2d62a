//! Writes a scenario as the file that a person would write: short facts first, one table for each event.

use crate::reader::Record;
use crate::scenario::Scenario;
use std::fmt::Write;

impl Scenario {
    /// The scenario as a file. Reading it again gives the same scenario.
    pub fn to_text(&self) -> String {
        let table = self.write_record();
        let (sections, facts): (Vec<_>, Vec<_>) = table.into_iter().partition(|(_, value)| is_list_of_tables(value));
        let mut text = String::new();
        for (name, value) in facts {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{name} = {value}");
        }
        for (name, value) in sections {
            for item in value.as_array().into_iter().flatten() {
                let _ = writeln!(text, "\n[[{name}]]");
                for (field, value) in item.as_table().into_iter().flatten() {
                    let _ = writeln!(text, "{field} = {value}");
                }
            }
        }
        text
    }
}

fn is_list_of_tables(value: &toml::Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(toml::Value::is_table))
}
