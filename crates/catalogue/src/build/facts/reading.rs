//! One row of a file of facts becomes rows of tables.

use super::mapping::{Mappings, missing};
use super::origins::Document;
use super::recipe::{Columns, Measure, Recipe, Rule, Source, Take, matches};
use crate::package::{Row, is_period};
use crate::records::{Record, clip, parse_number};
use crate::report::{Mistake, Report};
use crate::schema::{Field, FieldType, Schema};
use lode_model::DataQuality;
use std::collections::BTreeMap;

/// A row for a table, with the document that it was read from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The row, complete but for its origin; its number is that of the row read.
    pub row: Row,
    /// The document.
    pub document: Document,
    /// The file read.
    pub step: String,
}

/// Reads the rows of one file.
pub(super) struct Reader<'a> {
    /// File of the recipe, for messages.
    pub recipe_file: &'a str,
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The mapping tables.
    pub mappings: &'a Mappings,
    /// Headings of the input.
    pub headings: &'a [String],
}

/// Why a rule does not give a row.
enum Refusal {
    /// The table cannot hold it: the next rule sees it.
    DoesNotFit,
    /// There is a mistake, which the report has.
    Mistaken,
}

/// Remarks and quality that reading a row brings up.
#[derive(Default)]
struct Remarks {
    notes: Vec<String>,
    quality: Option<DataQuality>,
}

impl Reader<'_> {
    /// The rows that one row becomes, or the reason why it is left out.
    pub fn read(&self, record: &Record<'_>, report: &mut Report) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for rule in &self.recipe.rules {
            if !self.fits(rule, record, report) {
                continue;
            }
            if let Some(reason) = &rule.leave_out {
                return if entries.is_empty() { Err(reason.clone()) } else { Ok(entries) };
            }
            let Some(schema) = rule.table.as_deref().and_then(Schema::of) else { continue };
            let measure = rule.measure.as_ref().unwrap_or(&self.recipe.measure);
            match self.entry(schema, &rule.columns, measure, record, report) {
                Ok(entry) => entries.push(entry),
                Err(Refusal::DoesNotFit) => continue,
                Err(Refusal::Mistaken) => return Err("mistaken".to_owned()),
            }
            if !rule.also {
                return Ok(entries);
            }
        }
        if entries.is_empty()
            && let Some(schema) = Schema::of("figures")
        {
            let mut columns = self.recipe.figure.clone();
            columns.insert("topic".to_owned(), Source::Constant(self.recipe.topic.clone()));
            match self.entry(schema, &columns, &self.recipe.measure, record, report) {
                Ok(entry) => entries.push(entry),
                Err(_) => return Err("mistaken".to_owned()),
            }
        }
        Ok(entries)
    }

    fn fits(&self, rule: &Rule, record: &Record<'_>, report: &mut Report) -> bool {
        let mut any = |column: &String, patterns: &Vec<String>| {
            let text = self.column(column, record, report);
            patterns.iter().any(|pattern| matches(pattern, text))
        };
        rule.when.iter().all(|(column, patterns)| any(column, patterns))
            && !rule.unless.iter().any(|(column, patterns)| any(column, patterns))
    }

    fn entry(
        &self,
        schema: &'static Schema,
        columns: &BTreeMap<String, Source>,
        measure: &Measure,
        record: &Record<'_>,
        report: &mut Report,
    ) -> Result<Entry, Refusal> {
        let mut row = Row::new(schema);
        row.number = record.row();
        let mut remarks = Remarks::default();
        for (name, source) in columns {
            let Some(field) = schema.fields.iter().find(|field| field.name == *name) else { continue };
            let text = self.text(source, record, report).ok_or(Refusal::Mistaken)?;
            let text = self.typed(field, source, text, &mut remarks, record, report)?;
            row.set(name, text);
        }
        if schema.measure {
            self.numbers(&mut row, measure, &mut remarks, record, report).ok_or(Refusal::Mistaken)?;
        }
        let document = self.tail(&mut row, remarks, record, report).ok_or(Refusal::Mistaken)?;
        Ok(Entry { row, document, step: String::new() })
    }

    fn column<'r>(&self, name: &str, record: &Record<'r>, report: &mut Report) -> &'r str {
        self.place(name).map_or("", |index| record.text(index, report))
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|heading| heading == name)
    }

    /// A mistake in a column of the row that is read.
    fn mistake(&self, source: &Source, record: &Record<'_>, message: String) -> Mistake {
        let column = source.inputs().first().copied().unwrap_or("").to_owned();
        record.mistake(self.place(&column).unwrap_or(usize::MAX), message)
    }

    /// The text of a source; `None` after a mistake.
    fn text(&self, source: &Source, record: &Record<'_>, report: &mut Report) -> Option<String> {
        let Columns { from, map, keep, take, join, with, label } = match source {
            Source::Constant(text) => return Some(text.clone()),
            Source::Columns(columns) => columns,
        };
        let mut parts = Vec::new();
        if let Some(column) = from {
            parts.push(self.column(column, record, report).to_owned());
        }
        for source in join {
            parts.push(self.text(source, record, report)?);
        }
        parts.retain(|part| !part.is_empty());
        let mut text = parts.join(with.as_deref().unwrap_or(" "));
        text = match take {
            None => text,
            Some(Take::Codes) => codes(&text),
            Some(Take::First) => text.split_once("..").map_or(String::new(), |(first, _)| first.to_owned()),
            Some(Take::Last) => text.split_once("..").map_or(String::new(), |(_, last)| last.to_owned()),
        };
        if let Some(map) = map {
            text = self.look_up(map, text, *keep, source, record, report)?;
        }
        match label {
            Some(label) if !text.is_empty() => Some(format!("{label} {text}")),
            _ => Some(text),
        }
    }

    /// What a mapping table says for a text; `None` after a mistake.
    fn look_up(
        &self,
        map: &str,
        text: String,
        keep: bool,
        source: &Source,
        record: &Record<'_>,
        report: &mut Report,
    ) -> Option<String> {
        let (table, column) = map.split_once('.').map_or((map, None), |(table, column)| (table, Some(column)));
        let Some(mapping) = self.mappings.get(table) else {
            report.push(missing(self.recipe_file, table));
            return None;
        };
        if let Some(column) = column.filter(|column| !mapping.has(column)) {
            report.push(Mistake::in_file(
                &mapping.file,
                format!("has no column `{column}`, which {} names", self.recipe_file),
            ));
            return None;
        }
        match mapping.cell(&text, column) {
            Some(found) => Some(found.to_owned()),
            None if keep || text.is_empty() => Some(text),
            None => {
                let message = format!("`{}` is not in the mapping table {table}", clip(&text));
                report.push(self.mistake(source, record, message).hint(mapping.hint(&text)));
                None
            }
        }
    }

    /// A text as its column can hold it.
    fn typed(
        &self,
        field: &Field,
        source: &Source,
        text: String,
        remarks: &mut Remarks,
        record: &Record<'_>,
        report: &mut Report,
    ) -> Result<String, Refusal> {
        let plain = matches!(source, Source::Columns(columns) if columns.map.is_none());
        let default_map = match field.kind {
            FieldType::Country => Some("countries"),
            FieldType::Commodity => Some("commodities"),
            FieldType::Stage => Some("stages"),
            _ => None,
        };
        let text = match default_map.filter(|_| plain) {
            Some(map) => self.look_up(map, text, false, source, record, report).ok_or(Refusal::Mistaken)?,
            None => text,
        };
        let text = match field.kind {
            FieldType::Period | FieldType::Year => self.period(field, source, text, remarks, record, report)?,
            _ => text,
        };
        if !field.vocabulary.is_empty() && !text.is_empty() && !field.vocabulary.contains(&text) {
            let message = format!("`{}` is not one of the words of {}", clip(&text), field.name);
            report.push(
                self.mistake(source, record, message).hint(format!("use one of {}", field.vocabulary.join(", "))),
            );
            return Err(Refusal::Mistaken);
        }
        let may_be_empty = matches!(field.kind, FieldType::Text | FieldType::Period);
        let needed = field.required || (field.key && !may_be_empty);
        let several = field.kind == FieldType::Country && text.contains('|');
        if several || (text.is_empty() && needed) {
            return Err(Refusal::DoesNotFit);
        }
        Ok(text)
    }

    /// A period as it stands, or as `periods.csv` reads an odd one; then the remark keeps what is printed.
    fn period(
        &self,
        field: &Field,
        source: &Source,
        text: String,
        remarks: &mut Remarks,
        record: &Record<'_>,
        report: &mut Report,
    ) -> Result<String, Refusal> {
        if text.is_empty() && field.kind == FieldType::Period && !field.required {
            return Ok(text);
        }
        if is_period(&text) {
            let fits = field.kind == FieldType::Period || text.len() == 4;
            return if fits { Ok(text) } else { Err(Refusal::DoesNotFit) };
        }
        let read = self.look_up("periods", text.clone(), false, source, record, report).ok_or(Refusal::Mistaken)?;
        if read.is_empty() || (field.kind == FieldType::Year && read.len() != 4) {
            return if field.required || field.key { Err(Refusal::DoesNotFit) } else { Ok(String::new()) };
        }
        let quality = self.mappings.get("periods").and_then(|periods| periods.cell(&text, Some("quality")));
        remarks.quality = remarks.quality.or(quality.and_then(DataQuality::parse));
        remarks.notes.push(format!("period as printed: {text}"));
        Ok(read)
    }

    /// Fills value, low, high, unit and basis; `None` after a mistake.
    fn numbers(
        &self,
        row: &mut Row,
        measure: &Measure,
        remarks: &mut Remarks,
        record: &Record<'_>,
        report: &mut Report,
    ) -> Option<()> {
        let printed = self.text(&measure.text, record, report)?;
        if row.schema.position("value_text").is_some() && row.get("value_text").is_empty() {
            row.set("value_text", printed.as_str());
        }
        let unit = self.text(&measure.unit, record, report)?;
        let Some(units) = self.mappings.get(&measure.units) else {
            report.push(missing(self.recipe_file, &measure.units));
            return None;
        };
        let Some(name) = units.cell(&unit, Some("unit")) else {
            let mistake = self.mistake(&measure.unit, record, format!("unit `{}` is unknown", clip(&unit)));
            report.push(mistake.hint(units.hint(&unit)));
            return None;
        };
        if name.is_empty() {
            return Some(());
        }
        let factor = units.cell(&unit, Some("factor")).filter(|text| !text.is_empty()).unwrap_or("1");
        let Some(factor) = parse_number(factor) else {
            let message = format!("the factor `{}` of unit `{}` is not a number", clip(factor), clip(&unit));
            report.push(Mistake::in_file(&units.file, message).hint("write 1000, or leave it empty for 1"));
            return None;
        };
        if factor != 1.0 && row.get("value_text") == printed && !printed.is_empty() {
            // The number as printed is not the value in the unit of the row.
            row.set("value_text", format!("{printed} {unit}"));
        }
        let ends = range(&printed).map(|(low, high)| (scaled(low, factor), scaled(high, factor)));
        let mut number = |column: &str| {
            let text = self.column(column, record, report);
            if range(text).is_some() {
                return None;
            }
            let number = parse_number(text).map(|number| scaled(number, factor));
            if number.is_none() && !text.is_empty() {
                let place = self.place(column).unwrap_or(usize::MAX);
                report.push(record.mistake(place, format!("`{}` is not a number", clip(text))).hint("write 1234.5"));
            }
            number
        };
        let (mut value, mut low, mut high) = (number(&measure.value), number(&measure.low), number(&measure.high));
        if (measure.low.is_empty() && measure.high.is_empty()) || value.or(low).or(high).is_none() {
            (low, high) = ends.unzip();
        }
        if measure.value.is_empty() && low == high {
            value = low;
        }
        if low == high && low == value {
            (low, high) = (None, None);
        }
        if value.or(low).or(high).is_none() {
            return Some(());
        }
        for (column, number) in [("value", value), ("low", low), ("high", high)] {
            row.set(column, number.map_or(String::new(), |number| number.to_string()));
        }
        row.set("unit", name);
        let basis = match &measure.basis {
            Some(source) => self.text(source, record, report)?,
            None => units.cell(&unit, Some("basis")).unwrap_or("").to_owned(),
        };
        if name.split(['/', ' ']).next() == Some("t") {
            row.set("basis", basis);
        }
        if let Some(remark) = units.cell(&unit, Some("remark")).filter(|remark| !remark.is_empty()) {
            remarks.notes.push(remark.to_owned());
        }
        Some(())
    }

    /// Fills quality, as_of and note, and finds the document; `None` after a mistake.
    fn tail(&self, row: &mut Row, remarks: Remarks, record: &Record<'_>, report: &mut Report) -> Option<Document> {
        let origin = &self.recipe.origin;
        let [title, url, date] =
            [&origin.title, &origin.url, &origin.date].map(|source| self.text(source, record, report));
        let document = Document::new(&title?, &url?, &date?, self.mappings);
        if document.title.is_empty() {
            let mistake = self.mistake(&origin.title, record, "names no source".to_owned());
            report.push(mistake.hint("no number without an origin: name the document, or leave the row out by a rule"));
            return None;
        }
        let mut notes = remarks.notes;
        let printed =
            if row.get("note").is_empty() { self.text(&origin.note, record, report)? } else { row.text("note") };
        if !printed.is_empty() {
            notes.insert(0, printed);
        }
        let confidence = self.text(&origin.confidence, record, report)?;
        let quality = match confidence.as_str() {
            "reported" if document.secondary => DataQuality::Secondary,
            "reported" => DataQuality::Reported,
            "derived" => DataQuality::Derived,
            "estimate" => DataQuality::Estimated,
            "unverified" => {
                notes.push("not confirmed in the source named".to_owned());
                DataQuality::Estimated
            }
            other => {
                let mistake = self.mistake(&origin.confidence, record, format!("`{}` is no confidence", clip(other)));
                report.push(mistake.hint("use reported, derived, estimate or unverified"));
                return None;
            }
        };
        row.set("quality", remarks.quality.map_or(quality, |other| other.max(quality)).word());
        row.set("as_of", document.date.as_str());
        row.set("note", notes.join("; "));
        Some(document)
    }
}

/// Runs of six or more digits, joined by bars.
fn codes(text: &str) -> String {
    let runs = text.split(|character: char| !character.is_ascii_digit()).filter(|run| run.len() >= 6);
    let mut codes: Vec<&str> = Vec::new();
    for code in runs {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.join("|")
}

/// A number in another unit, freed from the noise of binary fractions.
fn scaled(number: f64, factor: f64) -> f64 {
    format!("{:.11e}", number * factor).parse().unwrap_or(number)
}

/// The ends of a printed range such as `7-10` or `11,000-11,500`.
fn range(printed: &str) -> Option<(f64, f64)> {
    let (low, high) = printed.split_once('-')?;
    let digits = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    if !digits(low) || !digits(high) {
        return None;
    }
    let number = |text: &str| parse_number(&text.replace(',', ""));
    number(low).zip(number(high)).filter(|(low, high)| low < high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_range_gives_both_ends() {
        assert_eq!(range("7-10"), Some((7.0, 10.0)));
        assert_eq!(range("11,000-11,500"), Some((11000.0, 11500.0)));
        for other in ["-72", "2025-05-16", "10-7", "a-b", "3 / <0.6", "5"] {
            assert_eq!(range(other), None, "{other}");
        }
    }

    #[test]
    fn customs_codes_are_found_among_words() {
        assert_eq!(
            codes("e.g. Sm: 2805301910; 2846901940|2846901993 (1C902); 2805301910"),
            "2805301910|2846901940|2846901993"
        );
        assert_eq!(codes("(1C909-1C913)"), "");
    }

    #[test]
    fn a_factor_leaves_no_binary_noise() {
        assert_eq!(scaled(0.44999999999999996, 1.0), 0.45);
        assert_eq!(scaled(66.5071, 1000.0), 66507.1);
        assert_eq!(scaled(5.3, 0.001), 0.0053);
    }
}
