//! What hostile servers send: as much as a body can hold, and as much as the bounds let through.

/// An attack, and where it stands.
pub struct Attack {
    pub name: &'static str,
    pub place: Place,
    pub body: fn() -> String,
    /// How many cookies come with each reply.
    pub cookies: usize,
    pub mime: &'static str,
}

/// The reply that holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The form that a flow begins with.
    Form,
    /// The status of the creation.
    Status,
    /// The answer to a question after it.
    Later,
}

impl Place {
    /// The reply that stands there in an attack on another one.
    pub fn harmless(self, attack: &Attack) -> String {
        match (self, attack.place) {
            (Self::Form, _) => form(&field(r#""label":"Name""#), ""),
            // A list of errors, of which the wiki is asked what they are.
            (Self::Status, Place::Later) => {
                status(r#""status":"FAIL","message":"* a\n* b","messagecode":"___1____2""#)
            }
            (Self::Status, _) => status(r#""status":"PASS","username":"Al""#),
            (Self::Later, _) => r#"{"batchcomplete":true,"query":{}}"#.to_owned(),
        }
    }
}

const fn attack(name: &'static str, place: Place, body: fn() -> String) -> Attack {
    Attack { name, place, body, cookies: 0, mime: "application/json" }
}

/// Values in three bytes each: as many as a body holds.
const MANY: usize = 1_300_000;
/// Objects of one member (three nodes), numbers, and bytes of text that the bounds just let through.
const OBJECTS: usize = 33_000;
const NUMBERS: usize = 99_000;
const TEXT: usize = 2_000_000;

pub static ATTACKS: &[Attack] = &[
    attack("a million objects in a label", Place::Form, || form(&field(&label(&objects("{}", MANY))), "")),
    attack("a million objects in metadata", Place::Form, || {
        form(&field(""), &metadata(&objects("{}", MANY)))
    }),
    attack("a million objects in a value", Place::Form, || {
        form(&field(&format!(r#""value":{}"#, objects("{}", MANY))), "")
    }),
    attack("a million objects unread", Place::Form, || unread(&objects("{}", MANY))),
    attack("a million objects in a message", Place::Status, || status(&message(&objects("{}", MANY)))),
    attack("a million objects in a status", Place::Status, || {
        status(&format!(r#""status":"PASS","x":{}"#, objects("{}", MANY)))
    }),
    attack("a million objects in redirectdata", Place::Status, || status(&redirect(&objects("{}", MANY)))),
    attack("a million objects later", Place::Later, || format!(r#"{{"query":{}}}"#, objects("{}", MANY))),
    attack("a million errors", Place::Status, || format!(r#"{{"errors":{}}}"#, objects("{}", MANY))),
    attack("a million objects of nobody", Place::Form, || objects("{}", MANY)),
    attack("deep in a label", Place::Form, || form(&field(&label(&deep("[", "]"))), "")),
    attack("deep in metadata", Place::Form, || form(&field(""), &metadata(&deep(r#"{"a":"#, "}")))),
    attack("deep unread", Place::Form, || unread(&deep("[", "]"))),
    attack("deep in a status", Place::Status, || status(&message(&deep(r#"{"a":"#, "}")))),
    attack("deep of nobody", Place::Form, || deep("[", "]")),
    attack("objects within in a label", Place::Form, || {
        form(&field(&label(&objects(r#"{"a":1}"#, OBJECTS))), "")
    }),
    attack("objects within in metadata", Place::Form, || {
        form(&field(""), &metadata(&objects(r#"{"a":1}"#, OBJECTS)))
    }),
    attack("objects within unread", Place::Form, || unread(&objects(r#"{"a":1}"#, OBJECTS))),
    attack("objects within in a message", Place::Status, || {
        status(&message(&objects(r#"{"a":1}"#, OBJECTS)))
    }),
    attack("objects within in redirectdata", Place::Status, || {
        status(&redirect(&objects(r#"{"a":1}"#, OBJECTS)))
    }),
    attack("objects within of nobody", Place::Form, || objects(r#"{"a":1}"#, OBJECTS)),
    attack("numbers within in metadata", Place::Form, || form(&field(""), &metadata(&objects("7", NUMBERS)))),
    attack("text within in a value", Place::Form, || {
        form(&field(&format!(r#""value":"{}😀""#, text(TEXT))), "")
    }),
    attack("text within in a label", Place::Form, || {
        form(&field(&format!(r#""label":"{}😀""#, text(TEXT))), "")
    }),
    attack("text within in metadata", Place::Form, || {
        form(&field(""), &metadata(&format!(r#"["{}😀"]"#, text(TEXT))))
    }),
    attack("text within in a message", Place::Status, || {
        status(&format!(r#""status":"FAIL","message":"{}😀""#, text(TEXT)))
    }),
    attack("text beyond", Place::Form, || form(&field(&format!(r#""label":"{}""#, text(4_000_000))), "")),
    attack("forty thousand choices", Place::Form, || {
        let options = |from: usize| {
            let choices: Vec<String> = (from..from + 10_000).map(|n| format!(r#""{n}":"c""#)).collect();
            format!(r#"{{"type":"select","options":{{{}}}}}"#, choices.join(","))
        };
        let fields: Vec<String> = (0..4).map(|n| format!(r#""f{n}":{}"#, options(0))).collect();
        form(&fields.join(","), "")
    }),
    attack("a thousand fields", Place::Form, || {
        let fields: Vec<String> =
            (0..1_000).map(|n| format!(r#""f{n}":{{"type":"string","label":"l","help":"h"}}"#)).collect();
        form(&fields.join(","), "")
    }),
    attack("a body without end", Place::Form, || " ".repeat(200_000_000)),
    attack("half-open links later", Place::Later, || {
        format!(r#"{{"query":{{"allmessages":[{{"name":"x","content":"{}"}}]}}}}"#, "[[".repeat(TEXT / 2))
    }),
    attack("thirty thousand messages later", Place::Later, || {
        format!(
            r#"{{"query":{{"allmessages":{}}}}}"#,
            objects(r#"{"name":"x","content":"Some words and more of them."}"#, 19_000)
        )
    }),
    attack("many warnings", Place::Form, || {
        format!(r#"{{"warnings":{},"query":{{}}}}"#, objects(r#"{"code":"x","text":"y"}"#, 19_000))
    }),
    Attack {
        mime: "text/html",
        ..attack("a page of brackets", Place::Form, || format!("<html>{}", "<".repeat(4_000_000)))
    },
    Attack {
        mime: "text/html",
        ..attack("a page of references", Place::Form, || format!("<html>{}", "&amp".repeat(1_000_000)))
    },
    attack("a page of braces", Place::Form, || "{".repeat(4_000_000)),
    attack("notices before braces", Place::Form, || format!("Notice{}", "{[".repeat(2_000_000))),
    Attack { cookies: 90, ..attack("cookies", Place::Form, || form(&field(""), "")) },
];

/// A form with a field `username` or others.
fn form(fields: &str, more: &str) -> String {
    format!(
        r#"{{"curtimestamp":"2026-01-01T10:00:00Z","query":{{"authmanagerinfo":{{"requests":[{{"id":"A","required":"required","fields":{{{fields}}}{more}}}]}},"tokens":{{"createaccounttoken":"0a+\\"}}}}}}"#
    )
}

fn field(more: &str) -> String {
    format!(r#""username":{{"type":"string"{}{more}}}"#, if more.is_empty() { "" } else { "," })
}

fn label(params: &str) -> String {
    format!(r#""label":{{"key":"k","params":{params}}}"#)
}

fn metadata(value: &str) -> String {
    format!(r#","metadata":{{"a":{value}}}"#)
}

fn unread(value: &str) -> String {
    let form = form(&field(""), "");
    format!(r#"{},"x":{value}}}"#, &form[..form.len() - 1])
}

fn status(members: &str) -> String {
    format!(r#"{{"createaccount":{{{members}}}}}"#)
}

fn message(params: &str) -> String {
    format!(r#""status":"FAIL","message":{{"key":"k","params":{params}}}"#)
}

fn redirect(data: &str) -> String {
    format!(r#""status":"REDIRECT","redirecttarget":"https://third.example/","redirectdata":{data}"#)
}

fn objects(object: &str, count: usize) -> String {
    format!("[{}]", vec![object; count].join(","))
}

fn deep(open: &str, close: &str) -> String {
    let levels = 600_000;
    format!("{}1{}", open.repeat(levels), close.repeat(levels))
}

fn text(length: usize) -> String {
    "x".repeat(length)
}
