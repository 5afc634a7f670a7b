//! Every parameter of the API, as the wiki received it.

use crate::{
    On::All,
    Scenario,
    play::{PASSWORD, Play, RETURN_URL},
};

pub const LIST: &[Scenario] = &[
    Scenario { name: "wire_begin", profiles: "stock", wikis: All, play: wire_begin },
    Scenario { name: "wire_create", profiles: "stock", wikis: All, play: wire_create },
    Scenario { name: "wire_continue", profiles: "steps", wikis: All, play: wire_continue },
    Scenario { name: "wire_requests", profiles: "steps", wikis: All, play: wire_requests },
    Scenario {
        name: "wire_default_return_url",
        profiles: "stock",
        wikis: All,
        play: wire_default_return_url,
    },
];

fn wire_begin(play: &mut Play) {
    play.open(&["language=pl", "message_format=html", "error_language=pt"]);
    play.begin().is("FORM");
    let [begin] = &play.requests()[..] else { panic!("one request") };
    assert_eq!((begin.method.as_str(), begin.path.as_str()), ("GET", "api.php"));
    for (name, value) in [
        ("action", "query"),
        ("format", "json"),
        ("formatversion", "2"),
        ("meta", "authmanagerinfo|tokens"),
        ("amirequestsfor", "create"),
        ("amimessageformat", "html"),
        ("type", "createaccount"),
        ("assert", "anon"),
        ("uselang", "pl"),
        ("errorformat", "plaintext"),
        ("errorlang", "pt"),
    ] {
        assert_eq!(begin.queried(name), Some(value), "{name}");
    }
    let user_agent = concat!("scenarios/1.0 libcreateaccount/", env!("CARGO_PKG_VERSION"));
    assert_eq!(begin.headers["user-agent"], user_agent);
}

fn wire_create(play: &mut Play) {
    play.open(&["message_format=raw"]);
    let values = [("username", "On the wire"), ("password", "p ä+&=%ss 7"), ("email", "a+b@example.org")];
    play.sign_up(&values).is("PASS");
    let requests = play.requests();
    let [_, create] = &requests[..] else { panic!("two requests: {requests:?}") };
    assert_eq!(create.method, "POST");
    assert!(create.query.is_empty(), "nothing in the address: {:?}", create.query);
    assert_eq!(create.headers["content-type"], "application/x-www-form-urlencoded");
    for (name, value) in [
        ("action", "createaccount"),
        ("createreturnurl", RETURN_URL),
        ("createmessageformat", "raw"),
        ("username", "On the wire"),
        ("password", "p ä+&=%ss 7"),
        ("retype", "p ä+&=%ss 7"),
        ("email", "a+b@example.org"),
        // Not given, but without it the wiki would drop the e-mail address.
        ("realname", ""),
    ] {
        assert_eq!(create.posted(name), Some(value), "{name}");
    }
    for name in ["createcontinue", "createrequests", "createpreservestate", "createmergerequestfields"] {
        assert_eq!(create.posted(name), None, "{name}");
    }
    let (last, token) = create.body.last().expect("parameters");
    assert_eq!(last, "createtoken", "the token comes last");
    assert!(token.ends_with("+\\"), "{token}");
}

fn wire_continue(play: &mut Play) {
    play.start_chain("Continuing", "late-fail").is("UI");
    play.submit(&[("code", "1234")]).is("FAIL");
    let last = play.requests().pop().expect("a request");
    assert_eq!(last.posted("createcontinue"), Some("1"));
    assert_eq!(last.posted("createreturnurl"), None);
    assert_eq!(last.posted("code"), Some("1234"));
    assert_eq!(last.posted("username"), None, "not asked again");
}

fn wire_requests(play: &mut Play) {
    play.begin().is("FORM");
    for id in ["MediaWiki\\Auth\\UsernameAuthenticationRequest", "StepTestRequest"] {
        play.tell(&["use", id]);
    }
    play.submit(&[("username", "Restricted"), ("stepStart", "1"), ("stepChain", "none")]).is("PASS");
    let last = play.requests().pop().expect("a request");
    let expected = "\u{1f}MediaWiki\\Auth\\UsernameAuthenticationRequest\u{1f}StepTestRequest";
    assert_eq!(last.posted("createrequests"), Some(expected));
    assert_eq!(last.posted("email"), None, "its request is not used");
    assert!(play.user("Restricted").is_some());
}

fn wire_default_return_url(play: &mut Play) {
    let api_url = play.api_url();
    play.tell(&["new", &api_url]);
    play.sign_up(&[("username", "Nowhere"), ("password", PASSWORD)]).is("PASS");
    let last = play.requests().pop().expect("a request");
    let origin = &api_url[..api_url.find("/w/").expect("a path") + 1];
    assert_eq!(last.posted("createreturnurl"), Some(origin), "the wiki's own address");
}
