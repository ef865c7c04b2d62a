//! A folder of tables becomes a package: how an industry is added, and how the built-in tables of processes are made.

use super::table::Table;
use super::{Package, PackageWriter};
use crate::input::Input;
use crate::report::{Mistake, Report, did_you_mean};
use crate::schema::Schema;
use std::path::Path;

/// Names of a package to be packed.
#[derive(Clone, Debug)]
pub struct Packed<'t> {
    /// Name, e.g. `process-steps`.
    pub name: &'t str,
    /// Version, e.g. `2026.1`.
    pub version: &'t str,
    /// Title for people.
    pub title: &'t str,
    /// What it holds.
    pub description: &'t str,
    /// The day up to which its sources were read.
    pub as_of: &'t str,
}

/// Packs every CSV of a folder that is named after a table. The same files give the same bytes; what would not load is
/// refused with all its mistakes.
pub fn pack(folder: &Path, names: &Packed<'_>) -> Result<Vec<u8>, Report> {
    let mut report = Report::new();
    let shown = folder.display().to_string();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Mistake::in_file(&shown, format!("cannot be read: {error}")).hint("give the folder that holds the tables")
    })?;
    let mut files: Vec<std::path::PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    let mut writer = PackageWriter::new(names.name, names.version, names.title, names.description, names.as_of);
    for path in &files {
        let stem = path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
        let Some(schema) = Schema::of(&stem).filter(|schema| !schema.parts) else {
            let mistake = Mistake::in_file(&path.display().to_string(), "is named after no table");
            report.push(match did_you_mean(&stem, Schema::all().iter().map(|schema| schema.name)) {
                Some(near) => mistake.hint(format!("did you mean {near}.csv?")),
                None => mistake.hint("see `Tables of a package` in the documentation"),
            });
            continue;
        };
        match Input::open(path) {
            Ok(input) => writer.table(Table::read(schema, input, &mut report)),
            Err(mistakes) => report.extend(mistakes),
        }
    }
    if files.is_empty() {
        report.push(Mistake::in_file(&shown, "holds no table").hint("tables are CSV files named after their schema"));
    }
    report.into_result(())?;
    let zip = writer.into_zip()?;
    let mistakes = Package::from_zip(shown, zip.clone().into())?.check();
    mistakes.into_result(zip)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Packed<'_> =
        Packed { name: "process-steps", version: "2026.1", title: "T", description: "D", as_of: "2026-11-25" };

    #[test]
    fn what_is_packed_loads_and_what_is_wrong_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "origins.csv",
            "origin,producer,title,version,citation,url,date,licence,redistributable,secondary,sha256,note\nx,P,T,,,,,CC0,yes,no,,\n",
        );
        let nodes = "node,kind,class,name_en,name_ja,symbol,commodity,purity,section,family,quality,as_of,origin,note\n\
                     neon,element,raw,Neon,ネオン,Ne,,,,,reported,,x,\nchip,product,product,Chip,チップ,,,,,chips,reported,,x,\n";
        write("step_nodes.csv", nodes);
        let links = "of,input,group,role,use,effect,substitutable,single_source,basis,quality,as_of,origin,note\n";
        write("step_links.csv", &format!("{links}chip,neon,,usual,consumed,halts,none,,judgement,reported,,x,\n"));
        let zip = pack(folder.path(), &NAMES).unwrap();
        assert_eq!(super::super::sha256(&zip), super::super::sha256(&pack(folder.path(), &NAMES).unwrap()));
        let world = Package::from_zip("p".into(), zip.into()).unwrap().load(&[]).unwrap();
        assert_eq!((world.steps.nodes.len(), world.steps.links.len()), (2, 1));

        write("step_links.csv", &format!("{links}chip,nion,,usual,consumed,stops,none,,judgement,reported,,y,\n"));
        let text = pack(folder.path(), &NAMES).unwrap_err().to_string();
        assert!(text.contains("did you mean `neon`?") && text.contains("`stops` is not one of the words"), "{text}");
        assert!(text.contains("`y` is not an origin") && text.contains("3 mistakes"), "{text}");
        write("step_linkz.csv", "x");
        assert!(pack(folder.path(), &NAMES).unwrap_err().to_string().contains("did you mean step_links.csv?"));
    }

    #[test]
    fn the_built_in_tables_of_processes_are_those_of_the_sources() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let packed = pack(
            &root.join("sources/steps"),
            &Packed {
                name: "process-steps",
                version: "2026.1",
                title: "What stops: from element to process step and product",
                description: "Elements, forms, materials, process steps and products, what each needs, stocks, wear and substitutes",
                as_of: "2026-11-25",
            },
        )
        .unwrap_or_else(|report| panic!("{report}"));
        let mut committed = Package::open(&root.join("packages/process-steps-2026.1.zip")).unwrap();
        assert!(committed.check().is_empty());
        let built = Package::from_zip("built".into(), packed.into()).unwrap();
        assert_eq!(committed.descriptor().content_sha256, built.descriptor().content_sha256, "run `make steps`");
    }
}
