//! Compiles the program of the tests that makes calls of the C API by bytes, against the header that programs use.

fn main() {
    println!("cargo::rerun-if-changed=../tests/capi");
    println!("cargo::rerun-if-changed=../include/createaccount.h");
    cc::Build::new()
        .file("../tests/capi/calls.c")
        .include("../include")
        .define("FUZZING", None)
        .compile("calls");
}
