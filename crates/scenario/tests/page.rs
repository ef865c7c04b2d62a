//! The page of the book is what the code says. With `UPDATE_DOCUMENTS=1` it is written instead of compared.

#[test]
fn the_page_of_scenario_files_is_their_declaration() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/guide/scenarios.md");
    let expected = lode_scenario::page();
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == expected,
        "guide/scenarios.md is not what the code says: run UPDATE_DOCUMENTS=1 cargo test --package lode-scenario --test page"
    );
}
