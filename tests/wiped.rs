//! Memory that is given back holds no secret. One test, because a process has one allocator.

#[path = "common/canned.rs"]
mod canned;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use canned::Canned;
use createaccount::{Answer, Begin, Config, Secret, Step, transport::Response};

const NEEDLE: &[u8] = b"SECRET-needle";

/// Counts the blocks that are given back with the needle in them.
struct Watching;

static UNWIPED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does the work. Blocks begin as zeros, so that all of one can be read at its end.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is the caller's up to here, and was set to zeros when it was given out.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        if bytes.windows(NEEDLE.len()).any(|window| window == NEEDLE) {
            UNWIPED.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: what the caller promises is what this asks for.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn unwiped() -> usize {
    UNWIPED.swap(0, Ordering::Relaxed)
}

#[test]
fn what_is_given_back_holds_no_secret() {
    let needle = || String::from_utf8(NEEDLE.to_vec()).expect("text");
    drop(needle());
    assert_eq!(unwiped(), 1, "it is noticed");

    drop(Secret::from(needle()));
    let headers = vec![("Set-Cookie".to_owned(), needle()), ("set-cookie".to_owned(), needle())];
    drop(Response { status: 200, headers, body: NEEDLE.to_vec() });
    assert_eq!(unwiped(), 0);

    // A whole sign-up. The token has no escapes here: what the parser of JSON puts together from pieces is its own.
    let wiki = Canned::default();
    let form = r#"{"query":{"authmanagerinfo":{"requests":[{"id":"A","required":"required","fields":
        {"username":{"type":"string"},"password":{"type":"password"},"retype":{"type":"password"}}}]},
        "tokens":{"createaccounttoken":"SECRET-needle"}}}"#;
    wiki.reply(form).reply(r#"{"createaccount":{"status":"PASS","username":"Someone"}}"#);
    let mut client = wiki.client(Config::new());
    client.begin(Begin::new()).expect("a form");
    let answer = Answer::from([("username", "Someone")]).set("password", needle());
    assert!(matches!(client.submit(&answer), Ok(Step::Pass(_))));
    drop((client, answer, wiki));
    assert_eq!(unwiped(), 0);
}
