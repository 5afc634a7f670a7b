//! The C API as C and C++ programs see it: they are compiled with all warnings as errors, and run, the C ones in valgrind.
#![cfg(feature = "capi")]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

#[path = "common/compile.rs"]
mod compile;
#[path = "common/needed.rs"]
mod needed;
#[path = "common/scenes.rs"]
mod scenes;

use compile::{compile, library_folder};
use scenes::{asks, in_valgrind, run, signs_up, succeeds, succeeds_with, wiki};

const HEADER: &str = include_str!("../include/createaccount.h");
/// C++17, 20 and 23. In 23 strings and views cannot be made of nullptr.
const CPP: [(&str, &str); 6] = [
    ("g++", "c++17"),
    ("g++", "c++20"),
    ("g++", "c++2b"),
    ("clang++", "c++17"),
    ("clang++", "c++20"),
    ("clang++", "c++2b"),
];

#[test]
fn c_header_stands_alone() {
    for compiler in ["gcc", "clang"] {
        for standard in ["c99", "c11", "c17"] {
            stands_alone(compiler, standard, "createaccount.h", "c");
        }
    }
    for compiler in ["g++", "clang++"] {
        stands_alone(compiler, "c++17", "createaccount.h", "cpp");
    }
}

#[test]
fn cpp_header_stands_alone() {
    for (compiler, standard) in CPP {
        stands_alone(compiler, standard, "createaccount.hpp", "cpp");
    }
}

#[test]
fn numbers() {
    runs("numbers", &[]);
}

#[test]
fn null_and_bad_strings() {
    runs("null", &[]);
}

/// The promise of `null.c` is kept by this list.
#[test]
fn null_is_tried_on_every_function() {
    let program = include_str!("capi/null.c");
    for function in declared() {
        assert!(program.contains(&function), "tests/capi/null.c does not try {function}");
    }
}

#[test]
fn wrong_states() {
    runs("states", &[]);
}

#[test]
fn lifetimes() {
    runs("lifetime", &[]);
}

#[test]
fn callbacks() {
    runs("callbacks", &[]);
}

#[test]
fn interrupt() {
    runs("interrupt", &[]);
}

/// The seeds of the fuzz target of the same name, and variations of each.
#[test]
fn calls() {
    let seeds = fs::read_dir(file("tests/fixtures/calls")).expect("a folder");
    let seeds: BTreeSet<PathBuf> = seeds.map(|seed| seed.expect("a file").path()).collect();
    let seeds = seeds.iter().map(|seed| seed.to_str().expect("a path in UTF-8"));
    runs("calls", &std::iter::once("10").chain(seeds).collect::<Vec<_>>());
}

/// Without valgrind, whose own memory is not the program's.
#[test]
fn planted_secrets() {
    let source = file("tests/capi/planted.c");
    let program = compile("gcc", &["-std=c99"], &source, "capi-planted").unwrap();
    succeeds(&mut Command::new(&program));
    succeeds(Command::new(&program).arg(wiki("stock", "capi-planted")));
}

#[test]
fn threads() {
    runs("threads", &[]);
}

#[test]
fn what_a_process_shares() {
    runs("process", &[&wiki("stock", "capi-process"), "valgrind"]);
    // Without valgrind, to which the stacks of a parent's threads are lost in its child.
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi-process");
    succeeds(Command::new(program).args([&wiki("stock", "capi-fork"), "fork"]));
}

#[test]
fn a_sign_up_of_several_steps() {
    runs("wiki", &[&wiki("steps", "capi-wiki")]);
}

#[test]
fn settings() {
    runs("settings", &[file("tests/capi/ca.pem").to_str().expect("a path in UTF-8")]);
}

#[test]
fn captchas_logins_and_lost_answers() {
    let wikis = ["fancy", "questy", "hcaptcha", "login-link", "steps", "strict"]
        .map(|profile| wiki(profile, "capi-kinds"));
    runs("kinds", &wikis.each_ref().map(String::as_str));
}

/// Two translation units of one program include the C++ header.
#[test]
fn cpp() {
    let other = file("tests/capi/cpp_b.cpp");
    for (index, (compiler, standard)) in CPP.into_iter().enumerate() {
        let flags = [&format!("-std={standard}"), other.to_str().expect("a path in UTF-8")];
        let name = format!("capi-cpp-{index}");
        let program = compile(compiler, &flags, &file("tests/capi/cpp_a.cpp"), &name).unwrap();
        // What valgrind sees is the same in all of them, and of clang's debug information it understands too little.
        let mut command = if index == 0 { in_valgrind(&program) } else { Command::new(&program) };
        succeeds(command.arg(wiki("steps", &name)));
    }
}

/// In `mistakes.cpp` the lines that end in a comment do not compile, and the compilers say the word that stands there. All
/// others do.
#[test]
fn cpp_mistakes_do_not_compile() {
    let source = file("tests/capi/mistakes.cpp");
    let text = fs::read_to_string(&source).unwrap();
    for (compiler, standard) in CPP {
        let mut command = Command::new(compiler);
        command.args(["-fsyntax-only", &format!("-std={standard}"), "-I"]).arg(file("include")).arg(&source);
        if compiler == "clang++" {
            command.arg("-ferror-limit=0");
        }
        let output = command.output().expect("the compiler starts");
        let said = String::from_utf8_lossy(&output.stderr);
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with("//")) {
            let place = format!("mistakes.cpp:{}:", index + 1);
            let errors: Vec<&str> =
                said.lines().filter(|said| said.contains(&place) && said.contains(" error: ")).collect();
            let as_expected = match line.split_once(" // ") {
                Some((_, word)) => errors.iter().any(|error| error.contains(word)),
                None => errors.is_empty(),
            };
            assert!(as_expected, "{compiler} -std={standard}: {line}\n{errors:#?}");
        }
    }
}

#[test]
fn cpp_header_needs_exceptions() {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi-no-exceptions.cpp");
    fs::write(&source, "#include <createaccount.hpp>\n").unwrap();
    for compiler in ["g++", "clang++"] {
        let mut command = Command::new(compiler);
        command.args(["-fsyntax-only", "-std=c++17", "-fno-exceptions", "-I"]).arg(file("include"));
        let output = command.arg(&source).output().expect("the compiler starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("throws exceptions"), "{said}");
    }
}

#[test]
fn static_library() {
    let archive = library_folder().join("libcreateaccount.a");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi-static");
    let mut command = Command::new("gcc");
    command.args(["-std=c99", "-I"]).arg(file("include")).arg(file("tests/capi/numbers.c")).arg(archive);
    succeeds(command.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program));
    succeeds(&mut Command::new(program));
}

/// The program in the header's introduction is complete, and works.
#[test]
fn introduction() {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi-introduction.c");
    let lines = HEADER.lines().skip_while(|line| !line.starts_with(" *   #include"));
    let program: Vec<&str> = lines
        .take_while(|line| line.starts_with(" *   ") || *line == " *")
        .map(|line| line.strip_prefix(" *   ").unwrap_or_default())
        .collect();
    fs::write(&source, program.join("\n")).unwrap();
    let program = compile("gcc", &["-std=c99"], &source, "capi-introduction").unwrap();
    let api_url = wiki("stock", "capi-introduction");
    // One line for each field: username, password, retype, e-mail, real name.
    let answers = "introduced\ncorrect horse 7\ncorrect horse 7\n\n\n";
    let printed = succeeds_with(in_valgrind(&program).arg(&api_url), answers);
    assert!(printed.ends_with("Made the account Introduced.\n"), "{printed}");
    let output = run(in_valgrind(&program).arg(&api_url), answers);
    assert_eq!(output.status.code(), Some(1), "a name that is taken");
    assert_eq!(run(&mut in_valgrind(&program), "").status.code(), Some(1), "no address");
}

#[test]
fn example_in_c() {
    let program = compile("gcc", &["-std=c99"], &file("bindings/c/signup.c"), "capi-signup-c").unwrap();
    signs_up(&program, "c");
}

#[test]
fn example_in_cpp() {
    let program =
        compile("g++", &["-std=c++17"], &file("bindings/cpp/signup.cpp"), "capi-signup-cpp").unwrap();
    asks(&program, "cpp");
}

/// The loop goes on while a call waits, and whoever waits for an answer can leave.
#[test]
fn example_with_an_event_loop() {
    let program =
        compile("g++", &["-std=c++17", "-pthread"], &file("bindings/cpp/event_loop.cpp"), "capi-event-loop")
            .unwrap();
    let steps = wiki("steps", "example-loop");
    let slow = ["username=patient", "stepStart=1", "stepChain=slow"];
    let printed = succeeds_with(Command::new(&program).arg(&steps).args(slow), "");
    assert!(printed.starts_with("...") && printed.ends_with("The account Patient is made.\n"), "{printed}");
    let asked =
        ["username=asked", "stepStart=1", "stepChain=ui", "code=1234", "pin=98 76", "color=green", "agree=1"];
    let printed = succeeds_with(in_valgrind(&program).arg(&steps).args(asked), "");
    assert!(printed.ends_with("The account Asked is made.\n"), "{printed}");

    let stock = wiki("stock", "example-loop");
    for (values, said) in [
        (&["username=Taken", "password=correct horse 7"][..], "FAIL: "),
        (&["username=Nobody"], "“password” is required"),
        (&["nonsense"], "usage: "),
    ] {
        let output = run(Command::new(&program).arg(&stock).args(values), "");
        let told = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        assert!(!output.status.success() && told.contains(said), "{told}");
    }
}

/// What the shared library exports is the list in git, and that is what the header declares.
/// `UPDATE_SYMBOLS=1 cargo test --test capi` rewrites the list.
#[test]
fn symbols() {
    let output =
        Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(shared_library()).output();
    let output = output.expect("nm is needed");
    let listing = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<&str> = listing.lines().filter_map(|line| line.split(' ').next()).collect();
    let list = exported.iter().map(|symbol| format!("{symbol}\n")).collect::<String>();
    let path = file("tests/capi/symbols.txt");
    if env::var_os("UPDATE_SYMBOLS").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(list, kept, "the exported symbols are not those of tests/capi/symbols.txt");
    let declared = declared();
    assert!(exported.iter().all(|symbol| declared.contains(*symbol)), "a symbol that the header lacks");
    assert!(
        declared.iter().all(|symbol| exported.contains(symbol.as_str())),
        "a symbol that the library lacks"
    );
}

/// All names of the header begin as ours do.
#[test]
fn names_are_prefixed() {
    let code: String = HEADER.split("*/").filter_map(|part| part.split("/*").next()).collect();
    let keywords = "bool const define defined dllimport else endif extern if ifndef include int32_t int64_t size_t stdbool \
                    stddef stdint struct typedef enum uint32_t uint64_t uint8_t void char visibility default \
                    warn_unused_result ifdef C h elif";
    let keywords: BTreeSet<&str> = keywords.split_whitespace().collect();
    for line in code
        .lines()
        .filter(|line| line.starts_with("#define ") || line.contains("typedef") || line.starts_with('}'))
    {
        // What stands between the parentheses that follow the name of a macro at once.
        let macro_parameters = line
            .strip_prefix("#define ")
            .and_then(|define| define.split_once(' ')?.0.split_once('('))
            .map_or("", |(_, parameters)| parameters.trim_end_matches(')'));
        for word in line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
            let ours = word.to_lowercase().starts_with("createaccount_");
            let foreign = keywords.contains(word)
                || word.starts_with("__")
                || word.starts_with(|c: char| c.is_ascii_digit());
            let parameter =
                line.contains("typedef") && line.contains('(') && !ours || word == macro_parameters;
            assert!(ours || foreign || parameter, "the header defines {word:?}: {line}");
        }
    }
}

/// Enumerations end in `_t`, callbacks in `_fn`, and the types of objects in neither.
#[test]
fn types_are_named_by_one_rule() {
    let mut kinds = [0; 3];
    for line in HEADER.lines() {
        let (kind, name) = if let Some(name) = line.strip_prefix("} ").filter(|name| name.ends_with(';')) {
            (0, name)
        } else if let Some((_, rest)) = line.strip_prefix("typedef ").and_then(|line| line.split_once("(*")) {
            (1, rest.split_once(')').expect("the name ends").0)
        } else if let Some(names) = line.strip_prefix("typedef struct ") {
            (2, names.rsplit(' ').next().expect("a name"))
        } else {
            continue;
        };
        let name = name.trim_end_matches(';');
        let ending =
            [name.ends_with("_t"), name.ends_with("_fn"), !name.ends_with("_t") && !name.ends_with("_fn")];
        assert!(ending[kind], "{line}");
        kinds[kind] += 1;
    }
    assert!(kinds.iter().all(|&count| count > 2), "{kinds:?}");
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let mut functions = BTreeSet::new();
    for declaration in HEADER.split("\nCREATEACCOUNT_API\n").skip(1) {
        let head = declaration.split('(').next().unwrap_or_default();
        let name = head.rsplit([' ', '*', '\n']).next().unwrap_or_default();
        assert!(name.starts_with("createaccount_"), "not understood: {head}");
        functions.insert(name.to_owned());
    }
    assert!(functions.len() > 100);
    functions
}

fn stands_alone(compiler: &str, standard: &str, header: &str, language: &str) {
    let source =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("capi-alone-{compiler}-{standard}.{language}"));
    // Twice: the guard must hold.
    fs::write(&source, format!("#include <{header}>\n#include <{header}>\nint nothing;\n")).unwrap();
    let mut command = Command::new(compiler);
    command.args([
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-fsyntax-only",
        &format!("-std={standard}"),
        "-I",
    ]);
    succeeds(command.arg(file("include")).arg(source));
}

/// Compiles and runs a program of tests/capi.
fn runs(name: &str, arguments: &[&str]) {
    let source = file(&format!("tests/capi/{name}.c"));
    let program = compile("gcc", &["-std=c99", "-pthread"], &source, &format!("capi-{name}")).unwrap();
    succeeds(in_valgrind(&program).args(arguments));
}

fn shared_library() -> PathBuf {
    library_folder().join("libcreateaccount.so")
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
