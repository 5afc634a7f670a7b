//! What a sign-up takes from the allocator: a ceiling that repeats exactly. One test, because a process has one allocator.

#[path = "common/canned.rs"]
mod canned;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use canned::Canned;
use createaccount::{Answer, Begin, Config, Step};

/// How often one sign-up may ask for memory. Lower it when it takes less.
const MAX_ALLOCATIONS: usize = 113;
/// How many bytes it may ask for, counted without what it gives back.
const MAX_ALLOCATED: usize = 19_000;

/// Counts what each thread asks for; that of the tests' harness asks at times of its own.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator does the work. `realloc` is the default one, which asks here for a new block.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        BYTES.set(BYTES.get() + layout.size());
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FORM: &str = include_str!("fixtures/1.27/form.json");
const PASS: &str = r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#;

#[test]
fn a_sign_up_takes_no_more_memory_than_it_did() {
    // The least of some, because hash tables are filled in an order of chance and may grow once more.
    let least = |series: &[(usize, usize)]| series.iter().min().copied().expect("some");
    let counted: Vec<_> = (0..20).map(|_| sign_up()).collect();
    let (count, bytes) = least(&counted);
    assert_eq!(least(&counted[10..]), (count, bytes), "it repeats exactly: {counted:?}");
    assert!(count <= MAX_ALLOCATIONS, "{count} allocations");
    assert!(bytes <= MAX_ALLOCATED, "{bytes} bytes");
}

/// The allocations and bytes of one client with one account. The list of replies takes its share, which stays the same.
fn sign_up() -> (usize, usize) {
    let wiki = Canned::default();
    wiki.reply(FORM).reply(PASS);
    let before = (COUNT.get(), BYTES.get());
    let mut client = wiki.client(Config::new());
    let Step::Form(_) = client.begin(Begin::new()).expect("a form") else { panic!("no form") };
    let answer =
        Answer::from([("username", "Someone"), ("password", "correct horse 7"), ("captchaWord", "token")]);
    let step = client.submit(&answer).expect("a step");
    assert!(matches!(step, Step::Pass(_)), "{step:?}");
    drop((step, client));
    (COUNT.get() - before.0, BYTES.get() - before.1)
}
