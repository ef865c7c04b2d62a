//! The code is what `ARCHITECTURE.md` draws: a crate uses only crates on lower lines, and every kind is listed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of the layer drawing, `number  names`, from the block under the heading that names it.
fn layers() -> BTreeMap<String, u32> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, after) = text.split_once("## Layers").expect("ARCHITECTURE.md has a section `Layers`");
    let block = after.split("```").nth(1).expect("the section has a drawing");
    let mut layers = BTreeMap::new();
    for line in block.lines() {
        let mut words = line.split_whitespace();
        if let Some(level) = words.next().and_then(|word| word.parse().ok()) {
            words.for_each(|name| {
                layers.insert(name.to_owned(), level);
            });
        }
    }
    layers
}

#[test]
fn a_crate_uses_only_crates_on_lower_lines_and_every_crate_is_drawn() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let layers = layers();
    let mut drawn: Vec<&str> = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let Some(name) = package["name"].as_str().and_then(|name| name.strip_prefix("lode-")) else { continue };
        if ["bench", "fuzz", "validation"].contains(&name) {
            continue;
        }
        let level = layers.get(name).unwrap_or_else(|| panic!("{name} is not in the drawing of ARCHITECTURE.md"));
        drawn.push(name);
        for dependency in package["dependencies"].as_array().unwrap() {
            let Some(used) = dependency["name"].as_str().and_then(|name| name.strip_prefix("lode-")) else { continue };
            let below = layers.get(used).unwrap_or_else(|| panic!("{used} is not in the drawing"));
            assert!(below < level, "{name} (line {level}) uses {used} (line {below})");
        }
    }
    drawn.sort_unstable();
    assert_eq!(
        drawn,
        layers.keys().map(String::as_str).collect::<Vec<_>>(),
        "the drawing names crates that are not there"
    );
}

/// Every file of a folder of kinds is declared in its `mod.rs`.
#[test]
fn every_kind_is_listed() {
    for folder in ["crates/assess/src/indicator", "crates/catalogue/src/read", "crates/cli/src/command"] {
        let folder = root().join(folder);
        let list = std::fs::read_to_string(folder.join("mod.rs")).unwrap();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
            assert!(
                name == "mod" || list.contains(&format!("mod {name};")),
                "{name} is not listed in {}",
                folder.display()
            );
        }
    }
}

/// Upper layers must not know file formats, lower ones neither JSON nor the clock.
#[test]
fn the_lower_crates_touch_no_file_clock_or_environment() {
    for folder in ["crates/model/src", "crates/assess/src", "crates/exposure/src"] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for forbidden in ["std::fs", "std::env", "std::net", "std::time", "std::thread", "println!", "serde_json"] {
                assert!(!code.contains(forbidden), "{} uses {forbidden}", file.display());
            }
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
