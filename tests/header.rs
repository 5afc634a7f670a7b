//! The checked-in headers are the ones that the sources make, and they say the crate's version.

const MADE: &str = include_str!(concat!(env!("OUT_DIR"), "/createaccount.h"));

#[test]
fn header_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/include/createaccount.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(path, MADE).expect("the header can be written");
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == MADE,
        "include/createaccount.h is stale: run UPDATE_HEADER=1 cargo test --test header"
    );
}

/// The declarations alone, for languages whose foreign function interface reads C but no preprocessor.
#[test]
fn bare_header_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/include/createaccount.ffi.h");
    let bare = bare();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(path, &bare).expect("the header can be written");
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == bare,
        "include/createaccount.ffi.h is stale: run UPDATE_HEADER=1 cargo test --test header"
    );
}

fn bare() -> String {
    let mut bare = format!(
        "/* The declarations of createaccount.h {}, without preprocessor lines and comments; the manual is there. */\n",
        env!("CARGO_PKG_VERSION")
    );
    let (mut in_comment, mut for_cpp) = (false, false);
    for line in MADE.lines() {
        let text = line.trim();
        in_comment |= text.starts_with("/*");
        for_cpp |= text == "#ifdef __cplusplus";
        let is_macro = text.starts_with('#')
            || text.starts_with("CREATEACCOUNT_API")
            || text.starts_with("CREATEACCOUNT_MUST_USE");
        if !in_comment && !for_cpp && !is_macro && !text.is_empty() {
            bare.push_str(line);
            bare.push('\n');
        }
        in_comment &= !text.ends_with("*/");
        for_cpp &= text.split_whitespace().next() != Some("#endif");
    }
    bare
}

#[test]
fn header_has_the_version_of_the_crate() {
    let part = |name: &str| -> u32 {
        let start = format!("#define CREATEACCOUNT_VERSION_{name} ");
        let line = MADE.lines().find_map(|line| line.strip_prefix(&start));
        line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no version {name}"))
    };
    let (major, minor, patch) = (part("MAJOR"), part("MINOR"), part("PATCH"));
    // Macros have no words for release candidates.
    let numbers = env!("CARGO_PKG_VERSION").split(['-', '+']).next().expect("a version");
    assert_eq!(format!("{major}.{minor}.{patch}"), numbers);
    assert_eq!(part("NUMBER"), major * 10_000 + minor * 100 + patch);
}

/// What is written for readers of rustdoc is of no use to readers of C.
#[test]
fn header_speaks_c() {
    for word in ["[`", "# Safety", "# Errors", "`None`", "&mut", "crate::", "§"] {
        assert!(!MADE.contains(word), "the header holds {word:?}");
    }
    for line in MADE.lines() {
        assert!(line.chars().count() <= 130, "a line of the header is too long: {line}");
    }
}

/// What holds for one callback holds for the others, and stands there in the same words.
#[test]
fn callbacks_are_under_one_rule() {
    const RULE: &str = "Until the callback returns, calls on that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, \
        except createaccount_client_cancel, and the client must not be freed. The callback must return normally: it must \
        not throw, call longjmp, or end the thread (pthread_exit, pthread_cancel).";
    for callback in ["createaccount_log_fn", "createaccount_interrupt_fn", "createaccount_send_fn"] {
        let (before, _) = MADE.split_once(&format!("(*{callback})(")).expect("the header has it");
        let (_, comment) = before.rsplit_once("/**").expect("it has a comment");
        let words: Vec<&str> = comment.split_whitespace().filter(|word| *word != "*").collect();
        assert!(words.join(" ").contains(RULE), "{callback}: {comment}");
    }
}
