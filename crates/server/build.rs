//! The pages are built anew whenever `make web` has changed them.

fn main() {
    let pages = "../../web/dist";
    // What is watched must be there, or this crate would be built anew every time. An empty folder is a build without pages.
    let _ = std::fs::create_dir_all(pages);
    println!("cargo:rerun-if-changed={pages}");
}
