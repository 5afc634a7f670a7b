//! `make install` as packagers use it, and programs that are built against what it installs.
#![cfg(feature = "capi")]

use std::{env, fs, path::Path, process::Command};

const PREFIX: &str = "/opt/createaccount";
const COMPILERS: [&str; 2] = ["gcc", "clang"];

#[test]
fn installed_library_is_used() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("install");
    let _ = fs::remove_dir_all(&root);
    install(&root);
    let library = root.join(PREFIX.trim_start_matches('/')).join("lib");

    soname(&library);
    config_is_of_the_final_place(&library);
    shared(&root, &library);
    linked_statically(&root, &library);
    all_static(&root, &library);
    by_cmake(&root, &library);
}

/// Cargo puts what it builds for a target that is named into another folder. It is not built here, which would take as long
/// as everything else.
#[test]
fn cross_builds_are_taken_from_their_folder() {
    const TARGET: &str = "riscv64gc-unknown-linux-gnu";
    let printed = |make: &mut Command| succeeds(make.args(["--dry-run", "install"]));
    let by_variable = printed(make().arg(format!("TARGET={TARGET}")));
    let by_environment = printed(make().env("CARGO_BUILD_TARGET", TARGET));
    assert_eq!(by_variable, by_environment);
    assert!(by_variable.contains(&format!(" --target {TARGET} ")), "{by_variable}");
    for library in ["libcreateaccount.a", "libcreateaccount.so"] {
        let file = format!(" target/install/{TARGET}/release/{library} ");
        assert!(by_variable.contains(&file), "{by_variable}");
    }
    let native = printed(make().env_remove("CARGO_BUILD_TARGET"));
    assert!(!native.contains("--target ") && native.contains(" target/install/release/libcreateaccount.a "));
}

fn install(root: &Path) {
    // Beside the other builds, so that a second run has little to do.
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("install");
    let mut make = make();
    make.arg("install").arg(format!("PREFIX={PREFIX}")).arg(format!("DESTDIR={}", root.display()));
    make.arg(format!("INSTALL_BUILD={}", build.display())).arg(format!("CARGO={}", env!("CARGO")));
    succeeds(&mut make);
}

/// What cargo, or a make around it, says to this test is not meant for the cargo that make starts.
fn make() -> Command {
    let mut make = Command::new("make");
    make.current_dir(env!("CARGO_MANIFEST_DIR"));
    // To link as releases do takes minutes, and installs nothing else.
    make.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name == "MAKEFLAGS" || name == "MFLAGS" {
            make.env_remove(name);
        }
    }
    make
}

/// The name that programs ask for is there, and leads to the file with the whole version.
fn soname(library: &Path) {
    let version = env!("CARGO_PKG_VERSION");
    let short = version.rsplit_once('.').expect("three numbers").0;
    let name = format!("libcreateaccount.so.{short}");
    let dynamic = succeeds(Command::new("readelf").arg("-d").arg(library.join("libcreateaccount.so")));
    assert!(dynamic.contains(&format!("Library soname: [{name}]")), "{dynamic}");
    let file = fs::canonicalize(library.join(name)).expect("the name is there");
    assert!(file.ends_with(format!("libcreateaccount.so.{version}")), "{}", file.display());
}

fn config_is_of_the_final_place(library: &Path) {
    let config = fs::read_to_string(library.join("pkgconfig/createaccount.pc")).expect("it is installed");
    assert!(config.contains(&format!("\nlibdir={PREFIX}/lib\n")), "{config}");
    assert!(config.contains(&format!("\nVersion: {}\n", env!("CARGO_PKG_VERSION"))), "{config}");
    assert!(!config.contains('@') && !config.contains(env!("CARGO_TARGET_TMPDIR")), "{config}");
}

fn shared(root: &Path, library: &Path) {
    let flags = pkg_config(root, library, &["--cflags", "--libs"]);
    for compiler in COMPILERS {
        let program = root.join(format!("signup-shared-{compiler}"));
        compile(compiler, &program, &flags);
        asks_for_an_address(Command::new(&program).env("LD_LIBRARY_PATH", library));
        let needed = needed(&program);
        assert!(needed.contains("[libcreateaccount.so."), "{needed}");
    }
}

/// Our library in the program, and those of the system shared.
fn linked_statically(root: &Path, library: &Path) {
    let mut flags = pkg_config(root, library, &["--cflags", "--libs", "--static"]);
    for flag in flags.iter_mut().filter(|flag| *flag == "-lcreateaccount") {
        *flag = "-l:libcreateaccount.a".to_owned();
    }
    for compiler in COMPILERS {
        let program = root.join(format!("signup-static-{compiler}"));
        compile(compiler, &program, &flags);
        asks_for_an_address(&mut Command::new(&program));
        let needed = needed(&program);
        assert!(needed.contains("[libc.so.") && !needed.contains("libcreateaccount"), "{needed}");
    }
}

/// A program without any shared library. The linker warns of functions of glibc that load some when they are called.
fn all_static(root: &Path, library: &Path) {
    let mut flags = pkg_config(root, library, &["--cflags", "--libs", "--static"]);
    flags.push("-static".to_owned());
    for compiler in COMPILERS {
        let program = root.join(format!("signup-all-static-{compiler}"));
        compile(compiler, &program, &flags);
        asks_for_an_address(&mut Command::new(&program));
        let needed = needed(&program);
        assert!(needed.is_empty(), "{needed}");
    }
}

/// The shared libraries that a program asks for, a line each.
fn needed(program: &Path) -> String {
    let dynamic = succeeds(Command::new("readelf").arg("-d").arg(program));
    dynamic.lines().filter(|line| line.contains("(NEEDED)")).map(|line| format!("{line}\n")).collect()
}

fn by_cmake(root: &Path, library: &Path) {
    let build = root.join("cmake");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/c");
    let mut configure = Command::new("cmake");
    configure.arg("-S").arg(source).arg("-B").arg(&build).arg("-DCMAKE_C_FLAGS=-Wall -Wextra -Werror");
    succeeds(with_installed(&mut configure, root, library));
    succeeds(Command::new("cmake").arg("--build").arg(&build));
    asks_for_an_address(Command::new(build.join("signup")).env("LD_LIBRARY_PATH", library));
}

fn pkg_config(root: &Path, library: &Path, options: &[&str]) -> Vec<String> {
    let mut command = Command::new("pkg-config");
    command.args(options).arg("createaccount");
    succeeds(with_installed(&mut command, root, library)).split_whitespace().map(str::to_owned).collect()
}

/// Lets pkg-config find what lies below the root as if it lay at its final place.
fn with_installed<'a>(command: &'a mut Command, root: &Path, library: &Path) -> &'a mut Command {
    command.env("PKG_CONFIG_PATH", library.join("pkgconfig")).env("PKG_CONFIG_SYSROOT_DIR", root)
}

fn compile(compiler: &str, program: &Path, flags: &[String]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/c/signup.c");
    let mut command = Command::new(compiler);
    command.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]).arg(source).args(flags);
    succeeds(command.arg("-o").arg(program));
}

/// Without an address the program explains itself: it was linked and started.
fn asks_for_an_address(program: &mut Command) {
    let output = program.output().expect("the program starts");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    assert!(printed.starts_with("usage: signup API_URL"), "{printed}");
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{complaints}", output.status);
    String::from_utf8(output.stdout).expect("tools print UTF-8")
}
