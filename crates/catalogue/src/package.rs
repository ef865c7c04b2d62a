//! Packages: a folder or a zip file of CSV tables with a `datapackage.json`, as the Frictionless Data Package has it.

mod check;
mod load;
mod market;
mod overlay;
mod pack;
mod steps;
mod table;
mod trade;
mod write;

pub(crate) use check::is_period;
pub use load::{OtherMarket, read_market, read_market_files};
pub use overlay::Overlay;
pub(crate) use overlay::USER_ORIGIN;
pub use pack::{Packed, pack};
pub use table::{Row, Table};
pub(crate) use write::sha256_of;
pub use write::{PackageWriter, csv_line, sha256, write_whole, zip_of};

use crate::report::{Mistake, Report};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// Largest table file after unpacking; the largest real one has 2 MB.
const MOST_BYTES: u64 = 512 << 20;
/// Most files of a zip file that is read as a whole.
const MOST_FILES: usize = 4096;
/// Most bytes of a packed file for each byte before unpacking, beyond what is free.
const EXPANSION: u64 = 100;
/// Bytes allowed before the expansion is looked at.
const EXPANSION_FREE: u64 = 16 << 20;

/// What `datapackage.json` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Descriptor {
    /// Always `https://datapackage.org/profiles/2.0/datapackage.json`.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// Name, e.g. `critical-minerals`.
    pub name: String,
    /// Version, e.g. `2026.1`.
    pub version: String,
    /// Title for people.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// The day up to which its sources were read.
    pub as_of: String,
    /// SHA-256 over the names and hashes of all files.
    pub content_sha256: String,
    /// One for each table.
    pub resources: Vec<Resource>,
}

/// A table in `datapackage.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resource {
    /// Name of the table.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// Its files, in order.
    pub path: Vec<String>,
    /// SHA-256 of each file, in the same order.
    pub hash: Vec<String>,
    /// Number of rows in all files.
    pub rows: u64,
    /// Columns, as a Frictionless table schema.
    pub schema: serde_json::Value,
    /// Values that hold for every row of a table that does not carry them itself.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub constant: serde_json::Map<String, serde_json::Value>,
}

enum Files {
    Folder(PathBuf),
    Zip(Box<zip::ZipArchive<Cursor<std::borrow::Cow<'static, [u8]>>>>),
}

/// A package whose descriptor has been read; tables are read when asked for.
pub struct Package {
    name: String,
    files: Files,
    descriptor: Descriptor,
}

impl Package {
    /// Opens a folder or a zip file.
    pub fn open(path: &Path) -> Result<Self, Report> {
        let name = path.display().to_string();
        if path.is_dir() {
            return Self::new(name, Files::Folder(path.to_owned()));
        }
        let bytes = fs::read(path).map_err(|error| {
            Mistake::in_file(&name, format!("cannot be opened: {error}"))
                .hint("give the folder or the zip file of a package")
        })?;
        Self::from_zip(name, bytes.into())
    }

    /// Opens a zip file that is already in memory.
    pub fn from_zip(name: String, bytes: std::borrow::Cow<'static, [u8]>) -> Result<Self, Report> {
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            Mistake::in_file(&name, format!("is not a zip file: {error}"))
                .hint("give the folder or the zip file of a package")
        })?;
        Self::new(name, Files::Zip(Box::new(archive)))
    }

    fn new(name: String, mut files: Files) -> Result<Self, Report> {
        let bytes = read_file(&name, &mut files, "datapackage.json")?;
        let descriptor = serde_json::from_slice(&bytes).map_err(|error| {
            Mistake::in_file(&format!("{name}/datapackage.json"), format!("cannot be understood: {error}"))
        })?;
        Ok(Self { name, files, descriptor })
    }

    /// The name that the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `datapackage.json` says.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The bytes of one file of the package.
    pub fn file(&mut self, path: &str) -> Result<Vec<u8>, Report> {
        read_file(&self.name, &mut self.files, path)
    }
}

/// Every file of a zip file, in bounded memory.
pub fn files_of_zip(name: &str, bytes: Vec<u8>) -> Result<BTreeMap<String, Vec<u8>>, Report> {
    let broken = |error: zip::result::ZipError| Mistake::in_file(name, format!("is not a zip file: {error}"));
    let archive = zip::ZipArchive::new(Cursor::new(bytes.into())).map_err(broken)?;
    let paths: Vec<String> = archive.file_names().map(str::to_owned).collect();
    if paths.len() > MOST_FILES {
        return Err(Mistake::in_file(name, format!("holds more than {MOST_FILES} files")).into());
    }
    let mut archive = Files::Zip(Box::new(archive));
    let mut files = BTreeMap::new();
    let mut left = MOST_BYTES;
    for path in paths {
        let bytes = read_file(name, &mut archive, &path)?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| Mistake::in_file(name, format!("is larger than {MOST_BYTES} bytes after unpacking")))?;
        files.insert(path, bytes);
    }
    Ok(files)
}

fn read_file(package: &str, files: &mut Files, path: &str) -> Result<Vec<u8>, Report> {
    let shown = format!("{package}/{path}");
    let fail = |error: String| Mistake::in_file(&shown, error);
    if path.split('/').any(|part| part == "..") || Path::new(path).is_absolute() {
        return Err(fail("points outside the package".into()).into());
    }
    let mut bytes = Vec::new();
    match files {
        Files::Folder(folder) => {
            let file = fs::File::open(folder.join(path)).map_err(|error| {
                fail(format!("cannot be opened: {error}")).hint("a package is a folder with a datapackage.json")
            })?;
            file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
        }
        Files::Zip(archive) => {
            let file = archive.by_name(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
            // The sizes stand in the file and may be wrong: what is unpacked is counted as it comes.
            let allowed =
                EXPANSION_FREE.saturating_add(file.compressed_size().saturating_mul(EXPANSION)).min(MOST_BYTES);
            bytes.reserve(usize::try_from(file.size().min(allowed)).unwrap_or(0));
            file.take(allowed + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
            if bytes.len() as u64 > allowed {
                let bomb = "expands far more than data do; this looks like a decompression bomb";
                return Err(fail(bomb.into()).hint("get the package again from where it comes").into());
            }
        }
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail(format!("is larger than {MOST_BYTES} bytes after unpacking")).into());
    }
    Ok(bytes)
}
