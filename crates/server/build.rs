//! The pages are built anew whenever `make web` has changed them.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
