//! What can go wrong in one exchange, and where.

use std::fmt;

/// A place in an exchange between client and wiki.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The client begins to send, and nothing of it is read.
    Before,
    /// The head of the request has passed up to here.
    Head(Spot),
    /// The body of the request has passed up to here.
    Body(Spot),
    /// The whole request has come, and nothing of it was passed on.
    Received,
    /// The whole request was passed on, and the wiki works.
    Forwarded,
    /// The wiki has answered, and nothing of that was passed on.
    Withheld,
    /// The head of the answer has passed up to here.
    AnswerHead(Spot),
    /// The body of the answer has passed up to here.
    AnswerBody(Spot),
    /// The whole answer has passed.
    Answered,
}

/// A position in some bytes. It always leaves at least one of them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Byte(usize),
    /// Thousandths of the whole.
    PerMille(usize),
    /// After this text, or in the middle of the whole if there is no such text.
    After(&'static str),
    /// All but the last so many bytes.
    Missing(usize),
}

/// What goes wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends with RST.
    Reset,
    /// The connection ends in order, with FIN.
    Close,
    /// Nothing more comes, until the client gives up.
    Stall,
    /// Nobody listens at the wiki's address, until [`Proxy::heal`](crate::proxy::Proxy::heal).
    Refuse,
    /// The connection that was kept alive since the last exchange is closed.
    Idle,
    /// Something else comes in place of the wiki's answer.
    Answer(Canned),
    /// The connection ends with RST on both sides at once.
    HangUp,
    /// The connection ends with RST, and the request reaches the wiki a while later.
    Late,
    /// The wiki gets the body up to here as if it were all.
    Shorten,
    /// The wiki gets the request twice, and its second answer is the one that comes.
    Twice,
    /// The wiki gets the request twice at once, and one of the two answers comes.
    AtOnce(Twin),
    /// The answer's body up to here comes as if it were all.
    Truncate,
    /// The answer comes a second time behind itself.
    Repeat,
    /// The answer takes its time, but not too long.
    Delay,
}

/// Which of two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// The one that the wiki gives earlier.
    First,
    Last,
}

/// Answers that are not the wiki's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canned {
    Garbage,
    BadGateway,
    /// Status 503, with this `Retry-After`.
    Unavailable(Option<u32>),
    /// Status 429, with this `Retry-After`.
    TooMany(Option<u32>),
    /// The API's error `maxlag`, with this `Retry-After`.
    MaxLag(Option<u32>),
    /// The login page of a network that lets nobody out, with status 200.
    LoginPage,
    /// A gateway's own JSON, which looks a little like an error of the API.
    GatewayJson,
    /// A page of a firewall with this status. Some block answers as well as requests.
    Page(&'static str),
    /// The same in a few plain words, with status 403.
    Words,
    /// The same as JSON.
    Json,
    /// Status 200, and nothing.
    Empty,
}

impl Spot {
    pub fn of(self, bytes: &[u8]) -> usize {
        let all = bytes.len();
        let at = match self {
            Self::Byte(count) => count,
            Self::PerMille(share) => all * share / 1000,
            Self::After(text) => {
                let found = bytes.windows(text.len()).position(|window| window == text.as_bytes());
                found.map_or(all / 2, |start| start + text.len())
            }
            Self::Missing(count) => all.saturating_sub(count),
        };
        at.min(all.saturating_sub(1))
    }
}

impl Canned {
    pub fn bytes(self) -> Vec<u8> {
        let html = |status: &str, wait: Option<u32>| {
            let page = format!(
                "<!DOCTYPE html><html><head><title>{status}</title></head><h1>{status}</h1></html>\n"
            );
            reply(status, &format!("Content-Type: text/html; charset=utf-8\r\n{}", retry_after(wait)), &page)
        };
        match self {
            Self::Garbage => {
                b"\x16\x03\x01\x02\x00\x01\xff\xfe 220 mail.example ESMTP\r\n\x00\x00\r\n\r\n".to_vec()
            }
            Self::BadGateway => html("502 Bad Gateway", None),
            Self::Unavailable(wait) => html("503 Service Unavailable", wait),
            Self::TooMany(wait) => html("429 Too Many Requests", wait),
            Self::MaxLag(wait) => reply(
                "200 OK",
                &format!("Content-Type: application/json\r\n{}", retry_after(wait)),
                "{\"errors\":[{\"code\":\"maxlag\",\"text\":\"Waiting for a database server: 7 seconds lagged.\"}]}\n",
            ),
            Self::LoginPage => reply(
                "200 OK",
                "Content-Type: text/html\r\n",
                "<html><title>Welcome to our network</title><form><input type=\"password\" name=\"p\"></form></html>\n",
            ),
            Self::GatewayJson => reply(
                "504 Gateway Timeout",
                "Content-Type: application/json\r\n",
                "{\"error\":{\"code\":\"upstream_timeout\",\"info\":\"The upstream did not answer in time.\"}}\n",
            ),
            Self::Page(status) => html(status, None),
            Self::Words => {
                reply("403 Forbidden", "Content-Type: text/plain\r\n", "Please set a user-agent.\n")
            }
            Self::Json => {
                reply("403 Forbidden", "Content-Type: application/json\r\n", "{\"message\":\"Forbidden\"}\n")
            }
            Self::Empty => reply("200 OK", "Content-Type: text/html\r\n", ""),
        }
    }
}

fn retry_after(wait: Option<u32>) -> String {
    wait.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default()
}

fn reply(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before => f.write_str("before the request"),
            Self::Head(spot) => write!(f, "in the request's head, {spot}"),
            Self::Body(spot) => write!(f, "in the request's body, {spot}"),
            Self::Received => f.write_str("with the request received and not forwarded"),
            Self::Forwarded => f.write_str("with the request forwarded"),
            Self::Withheld => f.write_str("with the answer withheld"),
            Self::AnswerHead(spot) => write!(f, "in the answer's head, {spot}"),
            Self::AnswerBody(spot) => write!(f, "in the answer's body, {spot}"),
            Self::Answered => f.write_str("after the answer"),
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(count) => write!(f, "after {count} bytes"),
            Self::PerMille(share) => write!(f, "after {share} ‰"),
            Self::After(text) => write!(f, "after {text:?}"),
            Self::Missing(count) => write!(f, "{count} bytes before its end"),
        }
    }
}
