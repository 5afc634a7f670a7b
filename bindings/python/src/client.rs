//! The class `Client`.
//!
//! Every call has three parts: arguments become owned Rust values, the thread detaches from the interpreter
//! while the core works, and the result becomes Python objects.

use std::{
    mem, process,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::SystemTime,
};

use createaccount::{Begin, Canceller, Client as Core, Secret, Step, Verdict};
use pyo3::{
    PyTraverseError, PyVisit,
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyDict, PyString, PyType},
};
use zeroize::Zeroizing;

use crate::{
    convert::{self, StepObject},
    errors::{self, InvalidState},
    host::Host,
    settings::Settings,
    values::{self, Values},
};

/// A conversation with one wiki: one session, one flow at a time.
///
/// Each call sends what is needed and returns the wiki's answer, a step. Calls that wait release the
/// interpreter, and Ctrl-C ends them within a second with `KeyboardInterrupt`; the client can be used again
/// afterwards. A client can be used by one thread at a time (a second one gets `InvalidState`), in the
/// process that made it; only `cancel` and `close` may be called from another thread meanwhile. It is a
/// context manager that closes itself.
///
/// All settings are given by name:
///
/// * user_agent: names the program and a way to contact its authors, as wikis ask of clients.
/// * language: the language of labels and messages, a MediaWiki code, for instance "pl"; by default the
///   wiki's own.
/// * message_format: the format of labels and messages: "wikitext" (the wiki's default), "html",
///   "plaintext" (text without markup), "raw" or "none".
/// * error_format: the format of API errors and verdicts: "plaintext" (the default), "html", "wikitext",
///   "raw", "none" or "bc".
/// * error_language: the language of API errors and verdicts; by default that of the messages.
/// * return_url: where third parties send the person back to: an absolute https address of yours, or an http
///   one on loopback (elsewhere only with allow_http), without user name, password or fragment. It should
///   contain an unguessable value that belongs to one person's flow; otherwise an attacker could make another
///   person's browser return into the wrong flow.
/// * timeout: seconds for one exchange with the wiki, from name resolution to the last byte.
/// * connect_timeout: seconds for name resolution, connection and TLS.
/// * deadline: seconds for one call, including all its redirects, retries, waits and queries; `reconcile` has
///   its own limit, `reconcile_wait` plus 10 seconds.
/// * retry_budget: how many seconds one call may wait in total to retry requests that changed nothing. A
///   request that may have made an account is never repeated.
/// * reconcile_wait: how many seconds after a lost answer `reconcile` keeps asking.
/// * proxy: the address of a proxy, with ``http://``, ``https://``, ``socks4://`` or ``socks5://``; by
///   default the usual environment variables apply.
/// * environment_proxies: whether those variables apply if no proxy is given.
/// * ca_file: a PEM file with the only certificates to trust, instead of the platform's.
/// * bearer_token: an OAuth 2 access token; the client then acts as its owner.
/// * basic_auth: user name and password for a web server that asks for HTTP authentication before the wiki is
///   reached; cannot be combined with a bearer token.
/// * headers: further headers for every request to the wiki's origin, and to no other, by name; for instance one that a
///   gateway in front of the wiki asks for.
/// * seal_key: 32 random bytes, a secret key that seals what `save` returns, bound to the wiki of the flow;
///   `load` then refuses anything that is not sealed. Without it what `save` returns is neither secret nor
///   protected against changes.
/// * open_keys: further keys for `load` only, for instance those used before; `seal_key` must be given as
///   well.
/// * allow_http: allows unencrypted http for the API, for redirect targets and for the return URL, and
///   redirect targets on loopback. Always allowed are http for an API or return URL on loopback, and redirect
///   targets on loopback if the wiki is on loopback.
/// * merge_fields: lets the wiki merge the fields of later steps instead of the library.
/// * transport: a callable that takes a `Request` and returns a `Response`, to send the requests in place
///   of the package. `proxy` and `ca_file` are then refused.
///
/// Raises `InvalidArgument`, whose `field` names the setting that cannot be used, and `TypeError`. Nothing is sent.
#[pyclass(frozen, weakref, module = "createaccount")]
pub struct Client {
    /// None once the client is closed.
    core: Mutex<Option<Core>>,
    /// The core's step as it was after the last call, and its Python object.
    step: Mutex<Option<(Step, Py<PyAny>)>>,
    host: Host,
    canceller: Canceller,
    api_url: String,
    process: u32,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(
        signature = (api_url, **settings: "Unpack[Settings]") -> "Self",
        text_signature = "(api_url, *, user_agent=None, language=None, message_format=None, error_format=None, \
                          error_language=None, return_url=None, timeout=60.0, connect_timeout=15.0, \
                          deadline=120.0, retry_budget=0.0, reconcile_wait=15.0, proxy=None, \
                          environment_proxies=True, ca_file=None, bearer_token=None, basic_auth=None, headers=None, \
                          seal_key=None, open_keys=(), allow_http=False, merge_fields=False, \
                          transport=None)"
    )]
    fn new(
        py: Python<'_>,
        api_url: &Bound<'_, PyString>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let host = Host::default();
        let api_url = values::text("api_url", api_url)?;
        let config = Settings::extract(settings, "Client")?.into_config(py, &host)?;
        let core = py.detach(|| Core::new(&api_url, config)).map_err(|error| errors::raise(py, error))?;
        Ok(Self::around(core, host))
    }

    /// Continue with what `save` wrote for the wiki at `api_url`, in any process, on this or another machine.
    ///
    /// `settings` are those of the class; they are not part of the bytes, except for the return URL of a flow
    /// that was begun. `step` is the step that was saved, None if there was none or the outcome was unknown;
    /// `reconcile` finds out the state of the sign-up in any case.
    ///
    /// Raises `InvalidArgument` when the bytes are truncated, of another version, or of another wiki's flow;
    /// with a `seal_key` also when they were changed, or sealed with none of the keys. Without a key only
    /// accidental changes are noticed.
    #[classmethod]
    #[pyo3(
        signature = (api_url, data: "bytes | bytearray | memoryview", **settings: "Unpack[Settings]") -> "Self",
        text_signature = "(api_url, data, *, user_agent=None, language=None, message_format=None, error_format=None, \
                          error_language=None, return_url=None, timeout=60.0, connect_timeout=15.0, \
                          deadline=120.0, retry_budget=0.0, reconcile_wait=15.0, proxy=None, \
                          environment_proxies=True, ca_file=None, bearer_token=None, basic_auth=None, headers=None, \
                          seal_key=None, open_keys=(), allow_http=False, merge_fields=False, \
                          transport=None)"
    )]
    fn load(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        api_url: &Bound<'_, PyString>,
        data: &Bound<'_, PyAny>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let host = Host::default();
        let api_url = values::text("api_url", api_url)?;
        let data = Zeroizing::new(values::bytes("data", data)?);
        let config = Settings::extract(settings, "Client.load")?.into_config(py, &host)?;
        let core =
            py.detach(|| Core::load(&api_url, &data, config)).map_err(|error| errors::raise(py, error))?;
        let step = core.step();
        let client = Self::around(core, host);
        client.keep(py, step)?;
        Ok(client)
    }

    /// Begin a creation, or begin again: fetch the wiki's fields, and return them as a `Form`.
    ///
    /// `preserve_state` keeps what the wiki remembers of a login that ended in `Restart`. A flow that was
    /// under way is abandoned. After a success on the same client nothing is sent if the form from before can
    /// be used again.
    ///
    /// Raises the errors of the package; no account is made by this call.
    #[pyo3(signature = (*, preserve_state = false))]
    fn begin<'py>(&self, py: Python<'py>, preserve_state: bool) -> PyResult<StepObject<'py>> {
        self.drive(py, |core| core.begin(Begin::new().preserve_state(preserve_state)))
    }

    /// Begin a login with whatever the wiki asks for: fetch its fields, and return them as a `Form`.
    ///
    /// `Pass` means that the client is logged in; `Restart` leads to a creation that keeps the login. For
    /// just a name and a password `login` is simpler. A flow that was under way is abandoned.
    ///
    /// Raises the errors of the package.
    fn begin_login<'py>(&self, py: Python<'py>) -> PyResult<StepObject<'py>> {
        self.drive(py, Core::begin_login)
    }

    /// Answer the pending form, and return the wiki's next step.
    ///
    /// `values` gives fields their values by name: a str (a line of text, or the value of a choice), a bool
    /// (a checkbox or button), or an iterable of str (the choices of a multiselect). None leaves a field out:
    /// hidden fields are sent back automatically, "retype" is filled in from "password", and any other field
    /// is sent with its preset, a ticked checkbox too. `requests` names the requests to use, by their ids, if
    /// not all.
    ///
    /// `unchecked` sends the answer without checking it against the form. Without it, the library refuses what
    /// MediaWiki itself would refuse or drop; an extension may read its fields differently, and accept what is
    /// refused. It changes what is refused, not what is sent: the values that were given, and for every other
    /// field of the requests in use its preset, or an empty text if it has none. What no parameter can carry is
    /// still refused: control characters, field names that PHP changes, and names that are parameters of the
    /// API.
    ///
    /// Raises `InvalidArgument` when the wiki would refuse or silently drop a value: its `field` names the field,
    /// nothing was sent, and the form can be answered again; `TypeError` for a value of another type. Raises
    /// `OutcomeUnknown` when the answer was lost on its way, or when it says that the name is taken by an account that
    /// was made at this very moment: ask `reconcile`.
    #[pyo3(
        signature = (values: "Values | None" = None, /, *, requests: "Iterable[str] | None" = None, unchecked = false)
    )]
    fn submit<'py>(
        &self,
        py: Python<'py>,
        values: Option<&Bound<'py, PyAny>>,
        requests: Option<&Bound<'py, PyAny>>,
        unchecked: bool,
    ) -> PyResult<StepObject<'py>> {
        let answer = Values::extract(values, requests, unchecked)?.into_answer();
        self.drive(py, |core| core.submit(&answer))
    }

    /// Continue after a `Redirect`, and return the wiki's next step.
    ///
    /// `url` is the full address that the third party sent the person back to; `body` is the body of that
    /// request, if it was a POST (application/x-www-form-urlencoded). What came back is passed on unchanged,
    /// even if it is not everything that the wiki waits for. `values` is for fields that the return does not
    /// fill in, and `unchecked` as with `submit`.
    ///
    /// Raises the errors of `submit`; `InvalidArgument` also for an address that is not the return URL.
    #[pyo3(
        signature = (
            url, *, body: "bytes | bytearray | memoryview | None" = None, values: "Values | None" = None,
            unchecked = false
        )
    )]
    fn resume<'py>(
        &self,
        py: Python<'py>,
        url: &Bound<'py, PyString>,
        body: Option<&Bound<'py, PyAny>>,
        values: Option<&Bound<'py, PyAny>>,
        unchecked: bool,
    ) -> PyResult<StepObject<'py>> {
        // The core's name for the argument
        let url = values::text("returned_url", url)?;
        let body = body.map(|body| values::bytes("body", body)).transpose()?.unwrap_or_default();
        let (url, body) = (Zeroizing::new(url), Zeroizing::new(body));
        let answer = Values::extract(values, None, unchecked)?.into_answer();
        self.drive(py, |core| core.resume_with(&url, &body, &answer))
    }

    /// Find out the state of the sign-up, above all after `OutcomeUnknown`, a cancelled call, or `load`.
    ///
    /// Returns `Pass` if the account was made, `Form` if a later step is pending, `Fail` if the account was
    /// not made. No password is sent. It may keep asking the wiki for as long as the setting `reconcile_wait`
    /// says, and the last query may take 10 seconds more. A pending step of a creation is read again from the
    /// wiki. Otherwise, if nothing is in doubt, it sends nothing and returns the current step: the form that
    /// was not submitted yet, or the final step.
    ///
    /// Raises `OutcomeUnknown` again if the wiki cannot tell: call it once more later; that works even if
    /// another flow was begun meanwhile. Raises `InvalidState` when nothing was begun.
    fn reconcile<'py>(&self, py: Python<'py>) -> PyResult<StepObject<'py>> {
        self.drive(py, Core::reconcile)
    }

    /// Find out what became of a creation without a saved flow, from what the host remembers.
    ///
    /// `since` is the wiki's time before the creation was sent, from `wiki_time`. Returns `Pass` if an
    /// account of that name was made at that time, `Fail` if it was made before (by somebody else) or not at
    /// all. No password is sent, and the pending step of this client is kept.
    ///
    /// Raises `OutcomeUnknown` if the wiki cannot tell, `InvalidArgument` for a name that no request can
    /// carry.
    #[pyo3(signature = (username, since: "datetime"))]
    fn reconcile_name<'py>(
        &self,
        py: Python<'py>,
        username: &Bound<'py, PyString>,
        since: SystemTime,
    ) -> PyResult<StepObject<'py>> {
        let username = values::text("username", username)?;
        self.drive(py, |core| core.reconcile_name(&username, since))
    }

    /// Log in, to create accounts for others, and return the wiki's step.
    ///
    /// With a bot password ("Name@app"), or with a main account's, which may lead to further steps before
    /// `Pass`. The step is a `Form` with the status "FORM" if the wiki wants more than name and password at
    /// once, for instance a captcha: nothing was sent yet, so fill in all its fields. A wrong password is a
    /// step: `Fail`.
    ///
    /// Raises the errors of the package.
    fn login<'py>(
        &self,
        py: Python<'py>,
        username: &Bound<'py, PyString>,
        password: &Bound<'py, PyString>,
    ) -> PyResult<StepObject<'py>> {
        let username = values::text("username", username)?;
        let password = Secret::from(values::text("password", password)?);
        self.drive(py, |core| core.login(&username, &password))
    }

    /// Ask whether this session may create accounts, and return a `Verdict`.
    ///
    /// Raises the errors of the package. It is not an error if the wiki does not say: the verdict's answer is None.
    #[pyo3(signature = () -> "Verdict")]
    fn can_create<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, Core::can_create)
    }

    /// Ask whether an account of this name can be made, and how the wiki would write it; return a `Verdict`.
    ///
    /// Raises the errors of the package. It is not an error if the wiki does not say: the verdict's answer is None.
    #[pyo3(signature = (username) -> "Verdict")]
    fn check_username<'py>(
        &self,
        py: Python<'py>,
        username: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let username = values::text("username", username)?;
        self.ask(py, |core| core.check_username(&username))
    }

    /// Ask whether the wiki accepts this password, for an account of that name if one is given; return a `Verdict`.
    ///
    /// The password is sent. Raises the errors of the package. It is not an error if the wiki does not say: the
    /// verdict's answer is None.
    #[pyo3(signature = (password, username = None) -> "Verdict")]
    fn check_password<'py>(
        &self,
        py: Python<'py>,
        password: &Bound<'py, PyString>,
        username: Option<&Bound<'py, PyString>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let password = Secret::from(values::text("password", password)?);
        let username = username.map(|username| values::text("username", username)).transpose()?;
        self.ask(py, |core| core.check_password(&password, username.as_deref()))
    }

    /// Fetch the picture of the pending captcha, in the session that it belongs to.
    ///
    /// Raises `InvalidState` when there is no picture, `ProtocolError` when the wiki sends something else.
    fn captcha_image<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let image = self.call(py, Core::captcha_image)?;
        Ok(PyBytes::new(py, &image))
    }

    /// Return the conversation as bytes, for `load`: cookies, token and pending step, not the settings.
    ///
    /// Treat the bytes as a password: whoever has them can finish the sign-up. They are worthless once the
    /// wiki forgets the session, usually an hour after its last use.
    ///
    /// With a `seal_key` they are sealed: nobody without the key can read or change them. Without a key, keep
    /// them where only you can write, and load only bytes that nobody else could change: whoever changes them
    /// can forge a `Pass`, or capture what the person types next. Even a sealed flow does not show how old it
    /// is: an earlier state of the same flow loads as well.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let data = self.call(py, |core| core.save())?;
        Ok(PyBytes::new(py, &data))
    }

    /// Go through the whole sign-up, and return the `Pass`.
    ///
    /// `answer` is called with each `Form`, and returns the values to submit; and with each `Redirect`, and
    /// returns the address that the person came back to. It may raise to give up. It continues from a step
    /// that is already pending. A `Restart` begins again once, with the login kept.
    ///
    /// Raises `Failed`, whose `step` is a final step other than `Pass`, and the errors of the package.
    #[pyo3(signature = (answer: "Callable[[Form | Redirect], Values | str]") -> "Pass")]
    fn run<'py>(slf: &Bound<'py, Self>, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("createaccount._run")?.call_method1("run", (slf, answer))
    }

    /// Cancel the call that is in progress on this client, from another thread or a signal handler.
    ///
    /// It raises `Cancelled` within a second, or `OutcomeUnknown` if a creation was already on its way.
    /// Without a call in progress nothing happens. The client can be used again.
    fn cancel(&self) {
        if self.process == process::id() {
            self.canceller.cancel();
        }
    }

    /// Forget the conversation, cookies and all. A call in progress on another thread is cancelled.
    ///
    /// Every later call raises `InvalidState`; closing again does nothing.
    fn close(&self) {
        self.host.closed.set();
        if self.process != process::id() {
            return;
        }
        self.canceller.cancel();
        // Otherwise a call is in progress, and forgets the core when it ends.
        if let Ok(mut core) = self.core.try_lock() {
            self.forget(&mut core);
        }
    }

    /// The step that is pending or that ended the flow, also right after `load`.
    ///
    /// None if nothing was begun, or while the outcome is unknown. During a call it is still the step before
    /// that call.
    #[getter]
    fn step<'py>(&self, py: Python<'py>) -> Option<StepObject<'py>> {
        lock(&self.step).as_ref().map(|(_, object)| StepObject(object.bind(py).clone()))
    }

    /// The wiki's time, in whole seconds; None before the first form was read, and during a call.
    ///
    /// A host that stores it with the name before it submits can call `reconcile_name` later, in any process.
    #[getter]
    fn wiki_time(&self) -> Option<SystemTime> {
        self.core.try_lock().ok()?.as_ref()?.wiki_time()
    }

    /// The address of the wiki's api.php.
    #[getter]
    fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Whether `close` was called.
    #[getter]
    fn closed(&self) -> bool {
        self.host.closed.is_set()
    }

    #[pyo3(signature = () -> "Self")]
    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    #[pyo3(signature = (
        _type: "type[BaseException] | None",
        _value: "BaseException | None",
        _traceback: "TracebackType | None",
        /,
    ))]
    fn __exit__(
        &self,
        _type: Option<&Bound<'_, PyAny>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        self.close();
    }

    #[pyo3(signature = () -> "NoReturn")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Client can be neither pickled nor copied, because it is one session with the wiki; \
             save() and Client.load() move it elsewhere",
        ))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.host.sender.visit(&visit)?;
        match self.step.try_lock() {
            Ok(step) => visit.call(step.as_ref().map(|(_, object)| object)),
            Err(_) => Ok(()),
        }
    }

    fn __clear__(&self) {
        self.host.sender.clear();
        let step = lock(&self.step).take();
        drop(step);
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let step = match self.step(py) {
            Some(step) => step.0.getattr("status")?.extract::<String>()?,
            None => "none".to_owned(),
        };
        let closed = if self.closed() { ", closed" } else { "" };
        Ok(format!("<createaccount.Client {}, step {step}{closed}>", self.api_url))
    }
}

impl Client {
    fn around(core: Core, host: Host) -> Self {
        Self {
            step: Mutex::default(),
            host,
            canceller: core.canceller(),
            api_url: core.api_url().to_string(),
            process: process::id(),
            core: Mutex::new(Some(core)),
        }
    }

    fn drive<'py>(
        &self,
        py: Python<'py>,
        call: impl FnOnce(&mut Core) -> createaccount::Result<Step> + Send,
    ) -> PyResult<StepObject<'py>> {
        let step = self.call(py, call)?;
        let own =
            lock(&self.step).as_ref().filter(|(own, _)| own.ptr_eq(&step)).map(|(_, o)| o.clone_ref(py));
        match own {
            Some(own) => Ok(StepObject(own.into_bound(py))),
            // It is about an earlier attempt, and is not the client's step.
            None => convert::step(py, &step),
        }
    }

    /// Keeps the core's step for the getter `step`, as the same object for as long as the step is the same.
    fn keep(&self, py: Python<'_>, step: Option<Step>) -> PyResult<()> {
        let is_known = |step: &Step| lock(&self.step).as_ref().is_some_and(|(known, _)| known.ptr_eq(step));
        if step.as_ref().is_some_and(is_known) {
            return Ok(());
        }
        let kept = step.map(|step| convert::step(py, &step).map(|object| (step, object.0.unbind())));
        // Drop the previous one without the lock: dropping it may run the code of other objects.
        let before = mem::replace(&mut *lock(&self.step), kept.transpose()?);
        drop(before);
        Ok(())
    }

    fn ask<'py>(
        &self,
        py: Python<'py>,
        call: impl FnOnce(&mut Core) -> createaccount::Result<Verdict> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        convert::verdict(py, &self.call(py, call)?)
    }

    /// Makes one call of the core, detached from the interpreter. An exception that the host's own code
    /// raised meanwhile (Ctrl-C above all) replaces the result; the client's step is the core's in any
    /// case.
    fn call<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&mut Core) -> createaccount::Result<T> + Send,
    ) -> PyResult<T> {
        let mut held = self.hold()?;
        let Some(core) = held.as_mut() else { return Err(closed()) };
        self.host.raised.clear();
        let result = py.detach(|| call(core)).map_err(|error| errors::raise(py, error));
        let step = core.step();
        if self.closed() {
            self.forget(&mut held);
        }
        drop(held);
        let kept = self.keep(py, step);
        match self.host.raised.take() {
            Some(raised) => Err(raised),
            None => kept.and(result),
        }
    }

    fn forget(&self, core: &mut Option<Core>) {
        *core = None;
        self.host.sender.clear();
    }

    /// Locks the core for this thread. It never waits: the thread that holds the lock may be waiting for
    /// this one.
    fn hold(&self) -> PyResult<MutexGuard<'_, Option<Core>>> {
        if self.process != process::id() {
            return Err(InvalidState::new_err(
                "The client was made by another process, and one session cannot be shared: make a client after the \
                 fork, or pass one on with save and load.",
            ));
        }
        if self.closed() {
            return Err(closed());
        }
        match self.core.try_lock() {
            Ok(core) => Ok(core),
            Err(TryLockError::WouldBlock) => Err(InvalidState::new_err(
                "The client is in the middle of a call; one can be made at a time.",
            )),
            Err(TryLockError::Poisoned(_)) => {
                Err(InvalidState::new_err("An earlier call of the client broke off; make a new client."))
            }
        }
    }
}

fn closed() -> PyErr {
    InvalidState::new_err("The client is closed.")
}

/// Locks a value that a panic cannot leave half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
