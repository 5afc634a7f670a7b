"""The native half of the package. Use `createaccount`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Final, NoReturn, final

from typing_extensions import Self, Unpack

from createaccount._steps import Form, Pass, Redirect, Step, Verdict
from createaccount._types import Settings, Values

__all__ = ["DEBUG", "Client", "Search", "__version__", "image_type"]

DEBUG: Final[bool]
__version__: Final[str]

@final
class Client:
    """A conversation with one wiki: one session, one flow at a time.

    Each call sends what is needed and returns the wiki's answer, a step. Calls that wait release the
    interpreter, and Ctrl-C ends them within a second with `KeyboardInterrupt`; the client can be used again
    afterwards. A client can be used by one thread at a time (a second one gets `InvalidState`), in the
    process that made it; only `cancel` and `close` may be called from another thread meanwhile. It is a
    context manager that closes itself.

    All settings are given by name:

    * user_agent: names the program and a way to contact its authors, as wikis ask of clients.
    * language: the language of labels and messages, a MediaWiki code, for instance "pl"; by default the
      wiki's own.
    * message_format: the format of labels and messages: "wikitext" (the wiki's default), "html",
      "plaintext" (text without markup), "raw" or "none".
    * error_format: the format of API errors and verdicts: "plaintext" (the default), "html", "wikitext",
      "raw", "none" or "bc".
    * error_language: the language of API errors and verdicts; by default that of the messages.
    * return_url: where third parties send the person back to: an absolute https address of yours, or an http
      one on loopback (elsewhere only with allow_http), without user name, password or fragment. It should
      contain an unguessable value that belongs to one person's flow; otherwise an attacker could make another
      person's browser return into the wrong flow.
    * timeout: seconds for one exchange with the wiki, from name resolution to the last byte.
    * connect_timeout: seconds for name resolution, connection and TLS.
    * deadline: seconds for one call, including all its redirects, retries, waits and queries; `reconcile` has
      its own limit, `reconcile_wait` plus 10 seconds.
    * retry_budget: how many seconds one call may wait in total to retry requests that changed nothing. A
      request that may have made an account is never repeated.
    * reconcile_wait: how many seconds after a lost answer `reconcile` keeps asking.
    * proxy: the address of a proxy, with ``http://``, ``https://``, ``socks4://`` or ``socks5://``; by
      default the usual environment variables apply.
    * environment_proxies: whether those variables apply if no proxy is given.
    * ca_file: a PEM file with the only certificates to trust, instead of the platform's.
    * bearer_token: an OAuth 2 access token; the client then acts as its owner.
    * basic_auth: user name and password for a web server that asks for HTTP authentication before the wiki is
      reached; cannot be combined with a bearer token.
    * headers: further headers for every request to the wiki's origin, and to no other, by name; for instance one that a
      gateway in front of the wiki asks for.
    * seal_key: 32 random bytes, a secret key that seals what `save` returns, bound to the wiki of the flow;
      `load` then refuses anything that is not sealed. Without it what `save` returns is neither secret nor
      protected against changes.
    * open_keys: further keys for `load` only, for instance those used before; `seal_key` must be given as
      well.
    * allow_http: allows unencrypted http for the API, for redirect targets and for the return URL, and
      redirect targets on loopback. Always allowed are http for an API or return URL on loopback, and redirect
      targets on loopback if the wiki is on loopback.
    * merge_fields: lets the wiki merge the fields of later steps instead of the library.
    * transport: a callable that takes a `Request` and returns a `Response`, to send the requests in place
      of the package. `proxy` and `ca_file` are then refused.

    Raises `InvalidArgument`, whose `field` names the setting that cannot be used, and `TypeError`. Nothing is sent.
    """

    def __enter__(self, /) -> Self: ...
    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None, /
    ) -> None: ...
    def __new__(cls, /, api_url: str, **settings: Unpack[Settings]) -> Self: ...
    def __reduce__(self, /) -> NoReturn: ...
    @property
    def api_url(self, /) -> str:
        """The address of the wiki's api.php."""
    def begin(self, /, *, preserve_state: bool = False) -> Step:
        """Begin a creation, or begin again: fetch the wiki's fields, and return them as a `Form`.

        `preserve_state` keeps what the wiki remembers of a login that ended in `Restart`. A flow that was
        under way is abandoned. After a success on the same client nothing is sent if the form from before can
        be used again.

        Raises the errors of the package; no account is made by this call.
        """
    def begin_login(self, /) -> Step:
        """Begin a login with whatever the wiki asks for: fetch its fields, and return them as a `Form`.

        `Pass` means that the client is logged in; `Restart` leads to a creation that keeps the login. For
        just a name and a password `login` is simpler. A flow that was under way is abandoned.

        Raises the errors of the package.
        """
    def can_create(self, /) -> Verdict:
        """Ask whether this session may create accounts, and return a `Verdict`.

        Raises the errors of the package. It is not an error if the wiki does not say: the verdict's answer is None.
        """
    def cancel(self, /) -> None:
        """Cancel the call that is in progress on this client, from another thread or a signal handler.

        It raises `Cancelled` within a second, or `OutcomeUnknown` if a creation was already on its way.
        Without a call in progress nothing happens. The client can be used again.
        """
    def captcha_image(self, /) -> bytes:
        """Fetch the picture of the pending captcha, in the session that it belongs to.

        Raises `InvalidState` when there is no picture, `ProtocolError` when the wiki sends something else.
        """
    def check_password(self, /, password: str, username: str | None = None) -> Verdict:
        """Ask whether the wiki accepts this password, for an account of that name if one is given; return a `Verdict`.

        The password is sent. Raises the errors of the package. It is not an error if the wiki does not say: the
        verdict's answer is None.
        """
    def check_username(self, /, username: str) -> Verdict:
        """Ask whether an account of this name can be made, and how the wiki would write it; return a `Verdict`.

        Raises the errors of the package. It is not an error if the wiki does not say: the verdict's answer is None.
        """
    def close(self, /) -> None:
        """Forget the conversation, cookies and all. A call in progress on another thread is cancelled.

        Every later call raises `InvalidState`; closing again does nothing.
        """
    @property
    def closed(self, /) -> bool:
        """Whether `close` was called."""
    @classmethod
    def load(cls, /, api_url: str, data: bytes | bytearray | memoryview, **settings: Unpack[Settings]) -> Self:
        """Continue with what `save` wrote for the wiki at `api_url`, in any process, on this or another machine.

        `settings` are those of the class; they are not part of the bytes, except for the return URL of a flow
        that was begun. `step` is the step that was saved, None if there was none or the outcome was unknown;
        `reconcile` finds out the state of the sign-up in any case.

        Raises `InvalidArgument` when the bytes are truncated, of another version, or of another wiki's flow;
        with a `seal_key` also when they were changed, or sealed with none of the keys. Without a key only
        accidental changes are noticed.
        """
    def login(self, /, username: str, password: str) -> Step:
        """Log in, to create accounts for others, and return the wiki's step.

        With a bot password ("Name@app"), or with a main account's, which may lead to further steps before
        `Pass`. The step is a `Form` with the status "FORM" if the wiki wants more than name and password at
        once, for instance a captcha: nothing was sent yet, so fill in all its fields. A wrong password is a
        step: `Fail`.

        Raises the errors of the package.
        """
    def reconcile(self, /) -> Step:
        """Find out the state of the sign-up, above all after `OutcomeUnknown`, a cancelled call, or `load`.

        Returns `Pass` if the account was made, `Form` if a later step is pending, `Fail` if the account was
        not made. No password is sent. It may keep asking the wiki for as long as the setting `reconcile_wait`
        says, and the last query may take 10 seconds more. A pending step of a creation is read again from the
        wiki. Otherwise, if nothing is in doubt, it sends nothing and returns the current step: the form that
        was not submitted yet, or the final step.

        Raises `OutcomeUnknown` again if the wiki cannot tell: call it once more later; that works even if
        another flow was begun meanwhile. Raises `InvalidState` when nothing was begun.
        """
    def reconcile_name(self, /, username: str, since: datetime) -> Step:
        """Find out what became of a creation without a saved flow, from what the host remembers.

        `since` is the wiki's time before the creation was sent, from `wiki_time`. Returns `Pass` if an
        account of that name was made at that time, `Fail` if it was made before (by somebody else) or not at
        all. No password is sent, and the pending step of this client is kept.

        Raises `OutcomeUnknown` if the wiki cannot tell, `InvalidArgument` for a name that no request can
        carry.
        """
    def resume(
        self,
        /,
        url: str,
        *,
        body: bytes | bytearray | memoryview | None = None,
        values: Values | None = None,
        unchecked: bool = False,
    ) -> Step:
        """Continue after a `Redirect`, and return the wiki's next step.

        `url` is the full address that the third party sent the person back to; `body` is the body of that
        request, if it was a POST (application/x-www-form-urlencoded). What came back is passed on unchanged,
        even if it is not everything that the wiki waits for. `values` is for fields that the return does not
        fill in, and `unchecked` as with `submit`.

        Raises the errors of `submit`; `InvalidArgument` also for an address that is not the return URL.
        """
    def run(self, /, answer: Callable[[Form | Redirect], Values | str]) -> Pass:
        """Go through the whole sign-up, and return the `Pass`.

        `answer` is called with each `Form`, and returns the values to submit; and with each `Redirect`, and
        returns the address that the person came back to. It may raise to give up. It continues from a step
        that is already pending. A `Restart` begins again once, with the login kept.

        Raises `Failed`, whose `step` is a final step other than `Pass`, and the errors of the package.
        """
    def save(self, /) -> bytes:
        """Return the conversation as bytes, for `load`: cookies, token and pending step, not the settings.

        Treat the bytes as a password: whoever has them can finish the sign-up. They are worthless once the
        wiki forgets the session, usually an hour after its last use.

        With a `seal_key` they are sealed: nobody without the key can read or change them. Without a key, keep
        them where only you can write, and load only bytes that nobody else could change: whoever changes them
        can forge a `Pass`, or capture what the person types next. Even a sealed flow does not show how old it
        is: an earlier state of the same flow loads as well.
        """
    @property
    def step(self, /) -> Step | None:
        """The step that is pending or that ended the flow, also right after `load`.

        None if nothing was begun, or while the outcome is unknown. During a call it is still the step before
        that call.
        """
    def submit(
        self, values: Values | None = None, /, *, requests: Iterable[str] | None = None, unchecked: bool = False
    ) -> Step:
        """Answer the pending form, and return the wiki's next step.

        `values` gives fields their values by name: a str (a line of text, or the value of a choice), a bool
        (a checkbox or button), or an iterable of str (the choices of a multiselect). None leaves a field out:
        hidden fields are sent back automatically, "retype" is filled in from "password", and any other field
        is sent with its preset, a ticked checkbox too. `requests` names the requests to use, by their ids, if
        not all.

        `unchecked` sends the answer without checking it against the form. Without it, the library refuses what
        MediaWiki itself would refuse or drop; an extension may read its fields differently, and accept what is
        refused. It changes what is refused, not what is sent: the values that were given, and for every other
        field of the requests in use its preset, or an empty text if it has none. What no parameter can carry is
        still refused: control characters, field names that PHP changes, and names that are parameters of the
        API.

        Raises `InvalidArgument` when the wiki would refuse or silently drop a value: its `field` names the field,
        nothing was sent, and the form can be answered again; `TypeError` for a value of another type. Raises
        `OutcomeUnknown` when the answer was lost on its way, or when it says that the name is taken by an account that
        was made at this very moment: ask `reconcile`.
        """
    @property
    def wiki_time(self, /) -> datetime | None:
        """The wiki's time, in whole seconds; None before the first form was read, and during a call.

        A host that stores it with the name before it submits can call `reconcile_name` later, in any process.
        """

@final
class Search:
    """One search, which another thread may cancel. Use `find_api`."""

    def __new__(cls, /, url: str, **settings: Unpack[Settings]) -> Self: ...
    def cancel(self, /) -> None:
        """Cancel the search, from any thread."""
    def run(self, /) -> str:
        """Run the search. It can be run once."""

def image_type(data: bytes | bytearray | memoryview, /) -> str | None:
    """Return the MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or "image/webp".

    None for anything else: formats in which a browser would run code or load links (SVG, HTML) do not count
    as pictures, whatever the server calls them. `Client.captcha_image` returns only pictures that have a
    type.
    """
