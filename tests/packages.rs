//! What is published: the crate, the Python sdist, the notices of third parties, and the version that all of them say.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[path = "common/needed.rs"]
mod needed;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A manifest that names files which are not in the archive cannot be built.
#[test]
fn sdist_is_whole() {
    let folder = fresh_folder("sdist");
    let mut maturin = python();
    maturin.args(["-m", "maturin", "sdist", "--manifest-path", "bindings/python/Cargo.toml", "--out"]);
    succeeds(maturin.arg(&folder));
    let archive = folder.join(format!("createaccount-{}.tar.gz", env!("CARGO_PKG_VERSION")));
    succeeds(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(&folder));
    let tree = folder.join(format!("createaccount-{}", env!("CARGO_PKG_VERSION")));
    // Reads the manifests of all that it builds.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]).current_dir(&tree);
    let metadata: serde_json::Value = serde_json::from_str(&succeeds(&mut cargo)).expect("cargo writes JSON");
    assert!(
        metadata["packages"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|package| package["name"] == "createaccount-python")
    );

    let about = fs::read_to_string(tree.join("PKG-INFO")).expect("every sdist has it");
    let (fields, readme) = about.split_once("\n\n").expect("fields, and the readme");
    let fields = format!("{fields}\n");
    let own = fs::read_to_string(Path::new(ROOT).join("bindings/python/README.md")).expect("it is there");
    assert_eq!(readme.trim(), own.trim(), "the readme of the crate in place of that of the package");
    for name in LICENCES {
        assert!(fields.contains(&format!("License-File: {name}\n")), "{fields}");
        assert!(tree.join(name).is_file(), "{name}");
    }
    for (label, value) in addresses() {
        assert!(fields.contains(&format!("Project-URL: {label}, {value}\n")), "{fields}");
    }
}

#[test]
fn crate_has_what_it_is_built_of() {
    let mut cargo = Command::new(env!("CARGO"));
    let listed =
        succeeds(cargo.args(["package", "--list", "--allow-dirty", "-p", "createaccount"]).current_dir(ROOT));
    let files: Vec<&str> = listed.lines().collect();
    let wanted = [
        "Cargo.lock",
        "CHANGELOG.md",
        "include/createaccount.h",
        "include/createaccount.hpp",
        "cbindgen.toml",
    ];
    for name in wanted.iter().chain(&LICENCES) {
        assert!(files.contains(name), "{name} is left out");
    }
    assert!(!files.iter().any(|name| name.starts_with("bindings/")), "{listed}");
}

const LICENCES: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-THIRD-PARTY"];

/// The notices are those of the crates in `Cargo.lock`.
#[test]
fn notices_are_up_to_date() {
    succeeds(python().args(["packaging/licences.py", "--check"]).env("CARGO", env!("CARGO")));
}

/// Cargo, the changelog and Python say the same version; `tests/header.rs` holds the header to it.
#[test]
fn versions_are_equal() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = include_str!("../CHANGELOG.md");
    let headings: Vec<&str> = changelog.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let released = |heading: &&str| heading.split_whitespace().next() == Some(version);
    match headings[0] {
        "Unreleased" => assert!(
            !headings.iter().any(released),
            "{version} is released: what comes next has another number"
        ),
        newest => assert!(released(&newest), "Cargo says {version}, the changelog {newest}"),
    }
    for manifest in ["bindings/python/Cargo.toml", "tests/wiki/Cargo.toml"] {
        let text = fs::read_to_string(Path::new(ROOT).join(manifest)).expect("it is there");
        assert!(text.contains("\nversion.workspace = true\n"), "{manifest} has a version of its own");
    }
    assert!(project().contains("\"version\""), "pyproject.toml has a version of its own");
}

/// Addresses stand in Cargo.toml. The wheel cannot take all of them from there.
#[test]
fn addresses_are_equal() {
    let project = project();
    let (_, urls) = project.split_once("[project.urls]\n").expect("the package has addresses");
    let urls = urls.split_once("\n\n").expect("another table follows").0;
    let python: BTreeMap<String, String> = urls
        .lines()
        .map(|line| line.split_once(" = ").expect("a label and an address"))
        .map(|(label, value)| (label.to_owned(), value.trim_matches('"').to_owned()))
        .collect();
    assert_eq!(python, addresses());
}

#[test]
fn pkg_config_names_the_homepage() {
    for template in ["createaccount.pc.in", "createaccount-static.pc.in"] {
        let mut fill = Command::new("bindings/c/fill");
        fill.arg(format!("bindings/c/{template}")).args(["1.0", "/usr", "/usr/lib", "/usr/include"]);
        let file = succeeds(fill.current_dir(ROOT));
        assert!(file.contains(concat!("\nURL: ", env!("CARGO_PKG_HOMEPAGE"), "\n")), "{file}");
    }
}

/// The addresses in Cargo.toml, under the labels that PyPI knows.
fn addresses() -> BTreeMap<String, String> {
    let known = [
        ("Homepage", env!("CARGO_PKG_HOMEPAGE")),
        ("Documentation", include_str!("../Cargo.toml").split("\ndocumentation = \"").nth(1).unwrap_or("\"")),
        ("Repository", env!("CARGO_PKG_REPOSITORY")),
    ];
    known
        .map(|(label, value)| (label.to_owned(), value.split('"').next().unwrap_or_default().to_owned()))
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn project() -> String {
    fs::read_to_string(Path::new(ROOT).join("bindings/python/pyproject.toml")).expect("it is there")
}

/// The Python that `make test` prepares.
fn python() -> Command {
    let mut command = Command::new(needed::python());
    command.current_dir(ROOT);
    command
}

fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    folder
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{complaints}", output.status);
    String::from_utf8(output.stdout).expect("tools print UTF-8")
}
