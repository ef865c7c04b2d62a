//! Writes a package so that the same tables give the same bytes: rows sorted by key, no clock, no machine.

use super::table::Table;
use super::{Descriptor, Resource};
use crate::report::{Mistake, Report};
use crate::schema::{FieldType, Schema};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a stream, which is not held in memory.
pub(crate) fn sha256_of(mut stream: impl std::io::Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Gathers tables and writes them as one zip file or folder.
pub struct PackageWriter {
    descriptor: Descriptor,
    files: BTreeMap<String, Vec<u8>>,
}

impl PackageWriter {
    /// Begins a package.
    pub fn new(name: &str, version: &str, title: &str, description: &str, as_of: &str) -> Self {
        Self {
            descriptor: Descriptor {
                schema: "https://datapackage.org/profiles/2.0/datapackage.json".into(),
                name: name.into(),
                version: version.into(),
                title: title.into(),
                description: description.into(),
                as_of: as_of.into(),
                content_sha256: String::new(),
                resources: Vec::new(),
            },
            files: BTreeMap::new(),
        }
    }

    /// Adds a table, its rows sorted by all their cells so that their order in the sources does not matter.
    pub fn table(&mut self, mut table: Table) {
        table.rows.sort_by(|a, b| a.cells.cmp(&b.cells));
        let mut text = csv_line(table.schema.headings());
        for row in &table.rows {
            text.push_str(&csv_line(row.cells.iter().map(String::as_str)));
        }
        let rows = table.rows.len() as u64;
        self.resource(
            table.schema,
            vec![(format!("{}.csv", table.schema.name), text.into_bytes())],
            rows,
            Default::default(),
        );
    }

    /// Adds a table that is already written, in several files, with the values that hold for each of its rows.
    pub fn parts(
        &mut self,
        schema: &'static Schema,
        files: Vec<(String, Vec<u8>)>,
        rows: u64,
        constant: serde_json::Map<String, serde_json::Value>,
    ) {
        self.resource(schema, files, rows, constant);
    }

    fn resource(
        &mut self,
        schema: &'static Schema,
        files: Vec<(String, Vec<u8>)>,
        rows: u64,
        constant: serde_json::Map<String, serde_json::Value>,
    ) {
        self.descriptor.resources.push(Resource {
            name: schema.name.into(),
            description: schema.about.clone(),
            path: files.iter().map(|(path, _)| path.clone()).collect(),
            hash: files.iter().map(|(_, bytes)| sha256(bytes)).collect(),
            rows,
            schema: table_schema(schema),
            constant,
        });
        self.files.extend(files);
    }

    /// The whole package as the bytes of a zip file.
    pub fn into_zip(mut self) -> Result<Vec<u8>, Report> {
        self.finish();
        zip_of(&self.files)
    }

    fn finish(&mut self) {
        let mut resources = std::mem::take(&mut self.descriptor.resources);
        resources.sort_by(|a, b| a.name.cmp(&b.name));
        let listing: String = self.files.iter().map(|(path, bytes)| format!("{path} {}\n", sha256(bytes))).collect();
        self.descriptor.content_sha256 = sha256(listing.as_bytes());
        self.descriptor.resources = resources;
        let text = serde_json::to_string_pretty(&self.descriptor).unwrap_or_default() + "\n";
        self.files.insert("datapackage.json".into(), text.into_bytes());
    }
}

/// Files as a zip file: the same files give the same bytes.
pub fn zip_of(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Report> {
    let failed = |error: &dyn std::fmt::Display| Mistake::in_file("archive", error.to_string());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options).map_err(|error| failed(&error))?;
        zip.write_all(bytes).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

/// Writes a file as a whole or not at all: to a temporary beside it, then renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Report> {
    let name = path.display().to_string();
    let fail = |error: std::io::Error| Mistake::in_file(&name, format!("cannot be written: {error}"));
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, path)) {
        let _ = fs::remove_file(&temporary);
        return Err(fail(error).into());
    }
    Ok(())
}

/// One line of CSV, quoted where needed.
pub fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push('\n');
    line
}

fn table_schema(schema: &Schema) -> serde_json::Value {
    let fields: Vec<serde_json::Value> = schema
        .fields
        .iter()
        .map(|field| {
            let kind = match field.kind {
                FieldType::Number => "number",
                FieldType::Integer => "integer",
                FieldType::Year => "year",
                FieldType::Boolean => "boolean",
                _ => "string",
            };
            let mut value = serde_json::json!({ "name": field.name, "type": kind, "description": field.about });
            if kind == "boolean" {
                value["trueValues"] = serde_json::json!(["yes"]);
                value["falseValues"] = serde_json::json!(["no"]);
            }
            if let Some(unit) = &field.unit {
                value["unit"] = serde_json::json!(unit);
            }
            if field.required {
                value["constraints"] = serde_json::json!({ "required": true });
            }
            value
        })
        .collect();
    serde_json::json!({ "fields": fields })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Package, Row};

    fn package() -> PackageWriter {
        let mut writer = PackageWriter::new("constructed", "1", "Constructed", "For tests", "2026-11-24");
        let schema = Schema::of("origins").unwrap();
        let mut row = Row::new(schema);
        for (column, text) in [
            ("origin", "x"),
            ("producer", "P, \"Q\""),
            ("title", "T"),
            ("licence", "CC0"),
            ("redistributable", "yes"),
            ("secondary", "no"),
        ] {
            row.set(column, text);
        }
        writer.table(Table { schema, file: String::new(), rows: vec![row] });
        writer
    }

    #[test]
    fn the_same_tables_give_the_same_bytes_and_come_back_unchanged() {
        let zip = package().into_zip().unwrap();
        assert_eq!(sha256(&zip), sha256(&package().into_zip().unwrap()));
        let mut read = Package::from_zip("constructed.zip".into(), zip.into()).unwrap();
        assert!(read.check().is_empty(), "{}", read.check());
        let world = read.load(&[]).unwrap();
        assert_eq!(world.origins["x"].producer, "P, \"Q\"");
        assert_eq!(world.package.version, "1");
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.zip");
        write_whole(&path, b"old").unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write_whole(&folder.path().join("missing/p.zip"), b"x").is_err());
    }
}
