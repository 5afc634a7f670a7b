//! Foreign function interfaces read the bare header, and a sign-up in PHP works through it.

#[path = "common/compile.rs"]
mod compile;
#[path = "common/needed.rs"]
mod needed;

use std::process::Command;

use compile::library_folder;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn php_example_runs() {
    let wiki = needed::embedded_wiki();
    let api_url = format!("{wiki}/w/stock/php-{}/api.php", std::process::id());
    let sign_up = |name: &str| {
        Command::new("php")
            .args(["-d", "ffi.enable=1", &format!("{FOLDER}/bindings/php/signup.php")])
            .args([&api_url, name, "correct horse 7"])
            .env("CREATEACCOUNT_INCLUDE", format!("{FOLDER}/include"))
            .env("CREATEACCOUNT_LIBRARY", library_folder().join("libcreateaccount.so"))
            .output()
            .expect("PHP with its extension FFI (Debian: php-cli)")
    };
    let made = sign_up("reader");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success() && made.stdout == b"made Reader\n", "{said}");
    let refused = sign_up("taken");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.starts_with("FAIL: "), "{said}");
}

/// cffi for Python knows no preprocessor either, and finds every function in the library.
#[test]
fn cffi_reads_the_bare_header() {
    let script = "import sys, cffi\n\
        ffi = cffi.FFI()\n\
        ffi.cdef(open(sys.argv[1]).read())\n\
        library = ffi.dlopen(sys.argv[2])\n\
        names = [name for name in dir(library) if name.startswith('createaccount_')]\n\
        assert all(getattr(library, name) for name in names)\n\
        print(len(names), ffi.string(library.createaccount_version()).decode(), library.CREATEACCOUNT_STEP_PASS)";
    let output = Command::new(needed::python())
        .args(["-c", script, &format!("{FOLDER}/include/createaccount.ffi.h")])
        .arg(library_folder().join("libcreateaccount.so"))
        .output()
        .expect("Python runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let symbols = include_str!("capi/symbols.txt").lines().count();
    assert_eq!(printed.trim(), format!("{symbols} {} 5", env!("CARGO_PKG_VERSION")));
}
