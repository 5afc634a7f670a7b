//! Makes the C header with cbindgen, for `tests/header.rs`, which holds the checked-in `include/createaccount.h` to it. It
//! goes to the build's own folder, never into the source tree. Without the feature `header` there is nothing to do, so that
//! users of the library do not build cbindgen.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "header")]
    header();
}

#[cfg(feature = "header")]
fn header() {
    use std::{env, fs, path::PathBuf};

    println!("cargo:rerun-if-changed=src/capi");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    config.after_includes = config.after_includes.map(|text| text.replace("@VERSION@", &version()));
    let bindings = cbindgen::generate_with_config(root, config).expect("cbindgen reads the sources");
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = String::from_utf8(header).expect("the sources are UTF-8");
    fs::write(out.join("createaccount.h"), explain(&tidy(&header)))
        .expect("the build's folder can be written to");
}

/// The version as macros. One place says it: Cargo.toml.
#[cfg(feature = "header")]
fn version() -> String {
    let part = |name: &str| -> u32 {
        let digits = std::env::var(format!("CARGO_PKG_VERSION_{name}")).expect("cargo sets it");
        digits.parse().expect("cargo writes versions in digits")
    };
    let (major, minor, patch) = (part("MAJOR"), part("MINOR"), part("PATCH"));
    // Until 1.0 a minor version may break the ABI.
    let next = if major == 0 { (minor + 1) * 100 } else { (major + 1) * 10_000 };
    format!(
        "/* The version of this header; createaccount_version_number() gives that of the library. */\n\
         #define CREATEACCOUNT_VERSION_MAJOR {major}\n\
         #define CREATEACCOUNT_VERSION_MINOR {minor}\n\
         #define CREATEACCOUNT_VERSION_PATCH {patch}\n\
         /* major * 10000 + minor * 100 + patch */\n\
         #define CREATEACCOUNT_VERSION_NUMBER {}\n\
         /* Whether a library with this createaccount_version_number() fits a program compiled with this header: it must\n \
         * not be older, and must have the same major version or, while that is 0, the same minor version. */\n\
         #define CREATEACCOUNT_VERSION_FITS(number) ((number) >= CREATEACCOUNT_VERSION_NUMBER && (number) < {next})\n",
        major * 10_000 + minor * 100 + patch
    )
}

/// Turns the mark `§ Title` at the beginning of a comment into a heading above it, since cbindgen knows no headings, and
/// lets every declaration begin on a line of its own.
#[cfg(feature = "header")]
fn tidy(header: &str) -> String {
    let mut parts = header.split("/**\n * § ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (title, rest) = part.split_once("\n *\n").expect("an empty line follows the mark");
        let line = "-".repeat(100 - title.len());
        text.push_str(&format!("/* ---- {title} {line} */\n\n/**\n{rest}"));
    }
    for word in ["API", "MUST_USE"] {
        text = text.replace(&format!("\nCREATEACCOUNT_{word} "), &format!("\nCREATEACCOUNT_{word}\n"));
    }
    text
}

/// Explains the members of enumerations by the comments that the same members have in Rust, where src/capi says nothing
/// else about them.
#[cfg(feature = "header")]
fn explain(header: &str) -> String {
    let mut comments = std::collections::HashMap::new();
    for (name, source, prefix) in [
        ("CaptchaKind", include_str!("src/protocol/captcha.rs"), "CAPTCHA_"),
        ("CaptchaService", include_str!("src/protocol/captcha.rs"), "CAPTCHA_SERVICE_"),
        ("FieldType", include_str!("src/protocol/field.rs"), "FIELD_TYPE_"),
        ("Problem", include_str!("src/problem.rs"), "PROBLEM_"),
        ("Reason", include_str!("src/protocol/reason.rs"), "REASON_"),
        ("Required", include_str!("src/protocol/request.rs"), "REQUIRED_"),
        ("TransportFailure", include_str!("src/error.rs"), "FAILURE_"),
    ] {
        let body = source.split_once(&format!("pub enum {name} {{")).expect("it is there").1;
        let mut comment = String::new();
        for line in body.lines().map(str::trim).take_while(|line| *line != "}") {
            if let Some(words) = line.strip_prefix("///") {
                comment.push_str(&format!("     *{}\n", words.replace(['<', '>'], "")));
            } else {
                let member = squeezed(&format!("CREATEACCOUNT_{prefix}{line}"));
                comments.insert(member, std::mem::take(&mut comment));
            }
        }
    }
    let mut text = String::new();
    let mut is_explained = false;
    for line in header.lines() {
        let member = line.trim().split_once(" = ").map(|(name, _)| squeezed(name));
        if let Some(comment) = member.filter(|_| !is_explained).and_then(|member| comments.get(&member)) {
            text.push_str(&format!("    /**\n{comment}     */\n"));
        }
        text.push_str(&format!("{line}\n"));
        is_explained = line.ends_with("*/");
    }
    text
}

/// `NotUtf8,` and `NOT_UTF8` are the same.
#[cfg(feature = "header")]
fn squeezed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}
