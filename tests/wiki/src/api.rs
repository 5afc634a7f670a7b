//! `api.php`: from a request to the answer, with its parameters, errors and formats.

mod allmessages;
mod auth_helper;
mod authmanagerinfo;
mod call;
mod clientlogin;
mod createaccount;
mod failure;
mod login;
mod output;
mod query;
mod reader;
mod siteinfo;
mod tokens;
mod userinfo;
mod users;
mod validatepassword;

use crate::extensions::captcha;
use crate::http::{Request, Response};
use crate::instance::Instance;
use crate::message::Message;
use crate::session::{Session, UnknownBearer};
use crate::username::Rigor;
pub use call::Call;
pub use failure::{Failure, Usage};
use reader::Reader;

/// Answers a request to `api.php`.
pub fn answer(wiki: &Instance, request: &Request, base: &str) -> Response {
    let session = Session::open(request, wiki);
    let is_known = session.is_ok();
    let mut call =
        Call::new(wiki, request, base, session.unwrap_or_else(|UnknownBearer| Session::anonymous()));
    if call.is_foreign() {
        call.session = Session::anonymous();
    } else if call.form.get("origin").is_some() {
        return Response::new(
            403,
            "text/html; charset=utf-8",
            "The parameter 'origin' and the header Origin differ.\n",
        );
    }
    let outcome = if is_known { run(&mut call) } else { Err(unknown_bearer()) };
    let response = match outcome {
        Ok(()) => call.success(),
        Err(failure) => call.failure(failure),
    };
    if wiki.profile.is_blocked && call.session.data().user.is_none() {
        call.session.send_block_cookie(request);
    }
    call.session
        .close(wiki)
        .into_iter()
        .fold(response, |response, cookie| response.with("Set-Cookie", cookie))
}

struct Module {
    name: &'static str,
    prefix: &'static str,
    /// The salt of the token it wants.
    token: Option<&'static str>,
    is_posted: bool,
    is_written: bool,
    /// Whether it needs the right to read; `query` asks its submodules.
    is_read: fn(&mut Call<'_>) -> Result<bool, Failure>,
    /// Reads the parameters for their errors, which come before that of the token.
    check: fn(&mut Call<'_>) -> Result<(), Failure>,
    run: fn(&mut Call<'_>) -> Result<(), Failure>,
}

/// Anybody may call it in any way.
const OPEN: Module = Module {
    name: "",
    prefix: "",
    token: None,
    is_posted: false,
    is_written: false,
    is_read: |_| Ok(false),
    check: |_| Ok(()),
    run: |_| Ok(()),
};

const WRITTEN: Module = Module { is_posted: true, is_written: true, ..OPEN };

const READ: Module = Module { is_read: |_| Ok(true), ..OPEN };

const MODULES: [Module; 8] = [
    Module {
        name: "createaccount",
        prefix: "create",
        token: Some("createaccount"),
        check: createaccount::check,
        run: createaccount::run,
        ..WRITTEN
    },
    Module {
        name: "clientlogin",
        prefix: "login",
        token: Some("login"),
        check: clientlogin::check,
        run: clientlogin::run,
        ..WRITTEN
    },
    Module { name: "login", prefix: "lg", run: login::run, ..WRITTEN },
    Module { name: "logout", token: Some(""), run: login::log_out, ..WRITTEN },
    Module { name: "query", is_read: query::is_read, check: query::check, run: query::run, ..OPEN },
    Module {
        name: "validatepassword",
        is_posted: true,
        check: validatepassword::check,
        run: validatepassword::run,
        ..READ
    },
    Module { name: "fancycaptchareload", run: captcha::reload, ..READ },
    Module { name: "help", run: |call| call.show_help(), ..OPEN },
];

/// MediaWiki's order of checks decides which of several mistakes a client hears of.
fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    call.read_main_parameters()?;
    let action = Reader::new(call, "main", "").text("action").unwrap_or_else(|| "help".to_owned());
    let Some(module) = MODULES.iter().find(|module| module.name == action && call.has_module(module.name))
    else {
        let names: Vec<&str> = MODULES.iter().map(|module| module.name).collect();
        return Err(Usage::new("main", reader::bad_value("action", &action, &names)).code("badvalue").into());
    };
    check_assertions(call)?;
    (module.check)(call)?;
    check_token(call, module)?;
    if (module.is_read)(call)? && call.wiki.profile.is_private && call.context().user().is_none() {
        return Err(Usage::new("main", Message::new("apierror-readapidenied")).into());
    }
    if let Some(reason) = call.wiki.profile.read_only.filter(|_| module.is_written) {
        return Err(Usage::new("main", Message::new("apierror-readonly"))
            .data("readonlyreason", reason)
            .into());
    }
    check_method(call, module)?;
    (module.run)(call)?;
    call.warn_of_unused_parameters();
    Ok(())
}

fn check_assertions(call: &mut Call<'_>) -> Result<(), Failure> {
    let user = call.context().user();
    let assertion = Reader::new(call, "main", "").text("assert");
    let failed = match assertion.as_deref() {
        Some("anon") if user.is_some() => Some("apierror-assertanonfailed"),
        Some("user") if user.is_none() => Some("apierror-assertuserfailed"),
        // No user here is a bot.
        Some("bot") => Some("apierror-assertbotfailed"),
        _ => None,
    };
    if let Some(key) = failed {
        return Err(Usage::new("main", Message::new(key)).into());
    }
    let wanted = Reader::new(call, "main", "").text("assertuser");
    match wanted.map(|name| call.wiki.canonical(&name, Rigor::Valid).unwrap_or(name)) {
        Some(name) if user.is_none_or(|user| user.name != name) => {
            let message = Message::new("apierror-assertnameduserfailed").text_param(name);
            Err(Usage::new("main", message).into())
        }
        _ => Ok(()),
    }
}

fn check_token(call: &mut Call<'_>, module: &Module) -> Result<(), Failure> {
    let Some(salt) = module.token else { return Ok(()) };
    let mut reader = Reader::new(call, module.name, module.prefix);
    let token = reader.required("token")?;
    reader.require_posted(&["token"])?;
    if call.session.accepts_token(salt, &token) {
        return Ok(());
    }
    Err(Usage::new(module.name, Message::new("apierror-badtoken")).into())
}

fn check_method(call: &mut Call<'_>, module: &Module) -> Result<(), Failure> {
    let method = call.request.method.as_str();
    if !matches!(method, "GET" | "HEAD" | "POST" | "OPTIONS") {
        return Err(Usage::new("main", Message::new("apierror-invalidmethod")).status(405).into());
    }
    if method != "POST" && module.is_posted {
        return Err(Usage::new("main", Message::new("apierror-mustbeposted").text_param(module.name)).into());
    }
    if method == "POST" && call.request.header("content-type").is_none() {
        call.warn_of_deprecation("main", Message::new("apiwarn-deprecation-post-without-content-type"));
    }
    Ok(())
}

fn unknown_bearer() -> Failure {
    Usage::new(
        "main",
        Message::new("mwoauth-invalid-authorization").text_param("The access token is unknown"),
    )
    .code("mwoauth-invalid-authorization")
    .into()
}
