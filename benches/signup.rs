//! What a sign-up costs: the library alone, over replies from memory, and with HTTP to the embedded wiki.
//!
//! `tests/wiki/with-wikis cargo bench` prints the figures; nothing asserts them.

#[path = "../tests/common/canned.rs"]
mod canned;

use std::{
    env,
    sync::atomic::{AtomicU32, Ordering},
};

use canned::Canned;
use createaccount::{Answer, Begin, Client, Config, Step};
use criterion::{Criterion, criterion_group, criterion_main};

const FORM: &str = include_str!("../tests/fixtures/1.27/form.json");
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;

fn library_alone(criterion: &mut Criterion) {
    let answer =
        Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("captchaWord", "token")]);
    criterion.bench_function("begin and submit, replies from memory", |bencher| {
        let wiki = Canned::default();
        let mut client = wiki.client(Config::new());
        bencher.iter(|| {
            wiki.reply(FORM).reply(PASS);
            client.begin(Begin::new()).expect("a form");
            client.submit(&answer).expect("an answer")
        });
    });
}

fn over_http(criterion: &mut Criterion) {
    let wiki = env::var("CREATEACCOUNT_WIKI_EMBEDDED")
        .expect("CREATEACCOUNT_WIKI_EMBEDDED: run `tests/wiki/with-wikis cargo bench`");
    let api_url = format!("{wiki}/w/stock/bench-{}/api.php", std::process::id());
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let sign_up = |client: &mut Client| {
        let name = format!("Bench {}", COUNT.fetch_add(1, Ordering::Relaxed));
        client.begin(Begin::new()).expect("a form");
        let step =
            client.submit(&Answer::from([("username", name.as_str()), ("password", "correct horse 7")]));
        assert!(matches!(step, Ok(Step::Pass(_))), "{step:?}");
    };
    criterion.bench_function("a new client each, two requests", |bencher| {
        bencher.iter(|| sign_up(&mut Client::new(&api_url, Config::new()).expect("a client")));
    });
    let mut client = Client::new(&api_url, Config::new()).expect("a client");
    criterion.bench_function("one client, one request each", |bencher| bencher.iter(|| sign_up(&mut client)));
}

criterion_group!(benches, library_alone, over_http);
criterion_main!(benches);
