//! Makes the C header with cbindgen. It goes to the build's own folder, never into the source tree; `tests/header.rs`
//! holds the checked-in `include/createaccount.h` to it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "capi")]
    header();
}

#[cfg(feature = "capi")]
fn header() {
    use std::{env, path::PathBuf};

    println!("cargo:rerun-if-changed=src/capi");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    cbindgen::generate(root).expect("cbindgen reads the sources").write_to_file(out.join("createaccount.h"));
}
