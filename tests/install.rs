//! `make` and `make install` as packagers use them, and programs that are built against what they install.
#![cfg(feature = "capi")]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

const PREFIX: &str = "/opt/create account";
const COMPILERS: [&str; 2] = ["gcc", "clang"];

#[test]
fn installed_library_is_used() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("install here");
    let _ = fs::remove_dir_all(&root);
    let stage = Path::new(env!("CARGO_TARGET_TMPDIR")).join("the stage");
    succeeds(make(&stage).arg(format!("CARGO={}", env!("CARGO"))));
    install(&stage, &root, "install");
    let library = root.join(PREFIX.trim_start_matches('/')).join("lib");

    everybody_can_read(&root);
    licences(&root);
    soname(&library);
    config_names_no_place(&library);
    no_path_of_the_build(&library);
    is_no_larger_than_it_was(&library);
    shared(&root, &library);
    linked_statically(&root, &library);
    all_static(&root, &library);
    by_cmake(&root, &library);
    cmake_asks_for_the_version(&root, &library);
    moved(&root);

    install(&stage, &root, "uninstall");
    let left: Vec<_> = files(&root.join(PREFIX.trim_start_matches('/')));
    assert!(left.iter().all(|path| path.is_dir()), "uninstall leaves {left:?}");
}

#[test]
fn nothing_is_installed_before_it_is_built() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let output = make(&folder.join("no stage")).arg("install").output().expect("make starts");
    assert!(!output.status.success());
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.contains("nothing is built: run make first"), "{complaints}");
}

/// Cargo puts what it builds for a target that is named into another folder, and so does `make`. It is not built here, which
/// would take as long as everything else.
#[test]
fn cross_builds_have_a_folder_of_their_own() {
    const TARGET: &str = "riscv64gc-unknown-linux-gnu";
    let printed = |make: &mut Command| succeeds(make.args(["--dry-run", "all", "install"]));
    let mut plain = bare_make();
    let by_variable = printed(bare_make().arg(format!("TARGET={TARGET}")));
    let by_environment = printed(bare_make().env("CARGO_BUILD_TARGET", TARGET));
    assert_eq!(by_variable, by_environment);
    assert!(by_variable.contains(&format!(" \"{TARGET}\"\n")), "{by_variable}");
    for library in ["libcreateaccount.a", "libcreateaccount.so"] {
        let file = format!(" \"target/stage/{TARGET}/{library}\" ");
        assert!(by_variable.contains(&file), "{by_variable}");
    }
    let native = printed(plain.env_remove("CARGO_BUILD_TARGET"));
    assert!(native.contains(" \"target/stage/libcreateaccount.a\" "), "{native}");
}

/// How many bytes the shared library may have without its symbols, as it is built here; linked as releases are, it has a quarter
/// less. Lower it when it has fewer.
const MAX_LIBRARY: u64 = 4_250_000;

fn is_no_larger_than_it_was(library: &Path) {
    let stripped = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stripped.so");
    succeeds(Command::new("strip").arg("-o").arg(&stripped).arg(library.join("libcreateaccount.so")));
    let size = fs::metadata(&stripped).expect("strip has written it").len();
    assert!(size <= MAX_LIBRARY, "{size} bytes");
}

/// The name of the interface, which cargo-c finds by the same rule.
#[test]
fn names_of_versions() {
    for (version, interface) in [
        ("0.1.0", "0.1"),
        ("0.10.2", "0.10"),
        ("0.0.3", "0.0.3"),
        ("0.2.0-rc.1", "0.2"),
        ("1.0.0", "1"),
        ("1.0.0-beta", "1"),
        ("10.4.2+7", "10"),
    ] {
        let name = succeeds(bare_make().args(["--silent", "soname"]).arg(format!("VERSION={version}")));
        assert_eq!(name, format!("libcreateaccount.so.{interface}\n"));
    }
    let manifest = include_str!("../Cargo.toml");
    assert!(!manifest.contains("version_suffix_components"), "cargo-c is left to its own rule");
}

#[test]
fn folder_of_the_build_is_cargos() {
    let folder = |variable: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::new("packaging/target-dir");
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).env("CARGO", env!("CARGO"));
        command.env_remove("CARGO_TARGET_DIR").envs(variable.iter().copied());
        succeeds(&mut command)
    };
    assert_eq!(folder(&[("CARGO_TARGET_DIR", "/some where/else")], &[]), "/some where/else\n");
    // Cargo reads its configuration from the environment as well as from files.
    assert_eq!(folder(&[("CARGO_BUILD_TARGET_DIR", "/by/configuration")], &[]), "/by/configuration\n");
}

/// Without sudo, the preparation of demo and tests names what is missing.
#[test]
fn what_is_missing_is_named() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare system");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    let tool = |name: &str, script: &str| {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the target folder can be written to");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    };
    for name in ["bash", "dirname", "env"] {
        let path = succeeds(Command::new("sh").args(["-c", &format!("command -v {name}")]));
        std::os::unix::fs::symlink(path.trim(), folder.join(name))
            .expect("the target folder can be written to");
    }
    let complaint = || {
        let mut command = Command::new("tests/prepare.sh");
        let output =
            command.arg("demo").current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", &folder).output();
        let output = output.expect("bash starts");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    assert!(complaint().starts_with("Rust 1.88 or newer is missing"));
    tool("cargo", "exit 1");
    assert!(complaint().starts_with("Python 3.10 or newer is missing"));
    tool("python3", "exit 1");
    tool("id", "echo 1000");
    let printed = complaint();
    assert!(printed.contains("without apt-get: gcc g++ python3-venv"), "{printed}");
    tool("apt-get", "exit 1");
    let printed = complaint();
    assert!(printed.contains("without sudo: gcc g++ python3-venv"), "{printed}");
}

/// With a umask that keeps others out, and without cargo.
fn install(stage: &Path, root: &Path, goal: &str) {
    let mut make = make(stage);
    make.arg(goal)
        .arg(format!("PREFIX={PREFIX}"))
        .arg(format!("DESTDIR={}", root.display()))
        .arg("CARGO=false");
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 077 && exec \"$0\" \"$@\""]).arg(make.get_program()).args(make.get_args());
    succeeds(without_cargo(&mut shell));
}

fn make(stage: &Path) -> Command {
    let mut make = bare_make();
    make.arg(format!("STAGE={}", stage.display()));
    make
}

fn bare_make() -> Command {
    let mut make = Command::new("make");
    without_cargo(&mut make);
    make
}

/// What cargo, or a make around it, says to this test is not meant for the make below.
fn without_cargo(command: &mut Command) -> &mut Command {
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    // To link as releases do takes minutes, and installs nothing else.
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name == "MAKEFLAGS" || name == "MFLAGS" {
            command.env_remove(name);
        }
    }
    command
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        }
        found.push(path);
    }
    found
}

fn everybody_can_read(root: &Path) {
    for path in files(&root.join("opt")) {
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        let wanted = if path.is_dir() { 0o555 } else { 0o444 };
        assert_eq!(mode & wanted, wanted, "{}: {mode:o}", path.display());
    }
}

fn licences(root: &Path) {
    let folder = root.join(PREFIX.trim_start_matches('/')).join("share/doc/createaccount");
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-THIRD-PARTY"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
}

/// The name that programs ask for is there, and leads to the file with the whole version.
fn soname(library: &Path) {
    let name = succeeds(bare_make().args(["--silent", "soname"]));
    let dynamic = succeeds(Command::new("readelf").arg("-d").arg(library.join("libcreateaccount.so")));
    assert!(dynamic.contains(&format!("Library soname: [{}]", name.trim())), "{dynamic}");
    let file = fs::canonicalize(library.join(name.trim())).expect("the name is there");
    let numbers = ["MAJOR", "MINOR", "PATCH"]
        .map(|part| env::var(format!("CARGO_PKG_VERSION_{part}")).expect("set by cargo"));
    assert!(file.ends_with(format!("libcreateaccount.so.{}", numbers.join("."))), "{}", file.display());
}

fn config_names_no_place(library: &Path) {
    for name in ["createaccount.pc", "createaccount-static.pc"] {
        let config = fs::read_to_string(library.join("pkgconfig").join(name)).expect("it is installed");
        assert!(config.contains("\nlibdir=${prefix}/lib\n"), "{config}");
        assert!(
            config.contains(&format!("\nVersion: {}\n", env!("CARGO_PKG_VERSION").replace('-', "~"))),
            "{config}"
        );
        assert!(!config.contains('@') && !config.contains(PREFIX), "{config}");
    }
    let config = fs::read_to_string(library.join("cmake/createaccount/createaccount-config.cmake"));
    let config = config.expect("it is installed");
    assert!(!config.contains('@') && !config.contains(PREFIX), "{config}");
}

/// Neither this tree nor the home of whoever built it.
fn no_path_of_the_build(library: &Path) {
    let home = env::var("HOME").expect("HOME is set");
    let cargo = env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    for name in ["libcreateaccount.so", "libcreateaccount.a"] {
        let bytes = fs::read(library.join(name)).expect("it is installed");
        for place in [env!("CARGO_MANIFEST_DIR"), &cargo] {
            let found = bytes.windows(place.len()).filter(|window| *window == place.as_bytes()).count();
            assert_eq!(found, 0, "{name} names {place}");
        }
    }
}

fn shared(root: &Path, library: &Path) {
    for compiler in COMPILERS {
        let program = root.join(format!("signup-shared-{compiler}"));
        compile(compiler, &program, library, "createaccount", "");
        asks_for_an_address(Command::new(&program).env("LD_LIBRARY_PATH", library));
        let needed = needed(&program);
        assert!(needed.contains("[libcreateaccount.so."), "{needed}");
    }
}

/// Our library in the program, and those of the system shared.
fn linked_statically(root: &Path, library: &Path) {
    for compiler in COMPILERS {
        let program = root.join(format!("signup-static-{compiler}"));
        compile(compiler, &program, library, "createaccount-static", "");
        asks_for_an_address(&mut Command::new(&program));
        let needed = needed(&program);
        assert!(needed.contains("[libc.so.") && !needed.contains("libcreateaccount"), "{needed}");
    }
}

/// A program without any shared library. The linker warns of functions of glibc that load some when they are called.
fn all_static(root: &Path, library: &Path) {
    for compiler in COMPILERS {
        let program = root.join(format!("signup-all-static-{compiler}"));
        compile(compiler, &program, library, "--static createaccount", "-static");
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
    for (link, asks) in [("shared", true), ("static", false)] {
        let build = root.join(format!("cmake-{link}"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/c");
        let prefix = library.parent().expect("it lies in the prefix");
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(source).arg("-B").arg(&build).arg("-DCMAKE_C_FLAGS=-Wall -Wextra -Werror");
        configure
            .arg(format!("-DCREATEACCOUNT_LINK={link}"))
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()));
        succeeds(&mut configure);
        succeeds(Command::new("cmake").arg("--build").arg(&build));
        let program = build.join("signup");
        asks_for_an_address(&mut Command::new(&program));
        assert_eq!(needed(&program).contains("libcreateaccount"), asks, "{link}");
    }
}

fn cmake_asks_for_the_version(root: &Path, library: &Path) {
    let script = root.join("version.cmake");
    let fits = |version: &str, wanted: &str| {
        let file = library.join("cmake/createaccount/createaccount-config-version.cmake");
        let file = fs::read_to_string(file).expect("it is installed");
        let ours = format!("set(PACKAGE_VERSION \"{}\")", env!("CARGO_PKG_VERSION"));
        assert!(file.contains(&ours), "{file}");
        let theirs = file.replace(&ours, &format!("set(PACKAGE_VERSION \"{version}\")"));
        let text = format!(
            "set(PACKAGE_FIND_VERSION \"{wanted}\")\n{theirs}message(\"${{PACKAGE_VERSION_COMPATIBLE}}\")\n"
        );
        fs::write(&script, text).expect("the target folder can be written to");
        let output = Command::new("cmake").arg("-P").arg(&script).output().expect("cmake starts");
        String::from_utf8_lossy(&output.stderr).trim() == "TRUE"
    };
    for wanted in ["", "0", "0.1", "0.1.0", "0.1.2"] {
        assert!(fits("0.1.2", wanted), "0.1.2 for {wanted}");
    }
    for wanted in ["0.1.3", "0.2", "0.0", "0.0.9", "0.10", "1", "1.0"] {
        assert!(!fits("0.1.2", wanted), "0.1.2 for {wanted}");
    }
    for (wanted, expected) in
        [("1", true), ("1.1", true), ("1.2.3", true), ("1.3", false), ("2", false), ("0.9", false)]
    {
        assert_eq!(fits("1.2.3", wanted), expected, "1.2.3 for {wanted}");
    }
}

/// An installation that is moved as a whole is found where it is then.
fn moved(root: &Path) {
    let place = root.join("elsewhere");
    succeeds(Command::new("cp").arg("-a").arg(root.join(PREFIX.trim_start_matches('/'))).arg(&place));
    let program = root.join("signup-moved");
    compile("cc", &program, &place.join("lib"), "createaccount", "");
    asks_for_an_address(Command::new(&program).env("LD_LIBRARY_PATH", place.join("lib")));
}

/// By the shell, as in a makefile: pkg-config quotes spaces for it.
fn compile(compiler: &str, program: &Path, library: &Path, package: &str, flag: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/c/signup.c");
    let script = format!(
        "flags=$(pkg-config --cflags --libs {package}) &&
         eval \"{compiler} -std=c99 -Wall -Wextra -Wpedantic -Werror \\\"$1\\\" $flags {flag} -o \\\"$2\\\"\""
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, "compile"]).arg(source).arg(program);
    succeeds(shell.env("PKG_CONFIG_PATH", library.join("pkgconfig")));
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
