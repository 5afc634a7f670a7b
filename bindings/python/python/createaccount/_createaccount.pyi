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

    Each call sends what is needed and returns the wiki's answer, a step. Calls that wait release the interpreter, and
    Ctrl-C ends them within a second with `KeyboardInterrupt`; the client can be used again afterwards. A client is used
    by one thread at a time (a second one gets `InvalidState`) and by the process that made it; only `cancel` and
    `close` are for other threads. It is a context manager that closes itself.

    All settings are given by name:

    * user_agent: names the program and a way to reach its makers, as wikis ask of their clients.
    * language: of labels and messages, by MediaWiki's code, for instance "pl"; without it the wiki's own.
    * message_format: of labels and messages: "wikitext" (the wiki's default), "html", "plaintext" (text without
      markup), "raw" or "none".
    * error_format: of API errors and of verdicts: "plaintext" (the default), "html", "wikitext", "raw", "none" or "bc".
    * error_language: of API errors; without it that of the messages.
    * return_url: where third parties send the person back to: an absolute https address of yours, or an http one on
      loopback (elsewhere only with allow_http), without user name, password and fragment. It should hold something that
      cannot be guessed and belongs to one person's flow, or somebody could make another's browser return into a flow
      that is not theirs.
    * timeout: seconds for one exchange with the wiki, from name resolution to the last byte.
    * connect_timeout: seconds for name resolution, connection and TLS.
    * deadline: seconds for one call, whatever redirects, retries, waits and questions it takes; `reconcile` has a time
      of its own, `reconcile_wait` and 10 seconds.
    * retry_budget: how many seconds one call may wait in all to repeat requests that changed nothing. A request that
      may have made an account is never repeated.
    * reconcile_wait: how many seconds after a lost answer `reconcile` goes on asking.
    * proxy: its address, with ``http://``, ``https://``, ``socks4://`` or ``socks5://``; without it the usual
      environment variables decide.
    * environment_proxies: whether those count where no proxy is given.
    * ca_file: a PEM file of the only certificates to trust, instead of the platform's.
    * bearer_token: an OAuth 2 access token; the client then acts as its owner.
    * basic_auth: user name and password for a web server that asks for HTTP authentication before the wiki is reached;
      not beside a bearer token.
    * headers: further headers for every request to the wiki's origin, and to no other, by name; for instance one that a
      gateway in front of the wiki asks for.
    * seal_key: 32 random bytes, a secret key that seals what `save` returns, for the wiki that the flow is with; `load`
      then takes nothing that was not sealed. Without it the bytes are neither secret nor protected against changes.
    * open_keys: further keys for `load` only, for instance those in use before; they need a `seal_key` beside them.
    * allow_http: allows unencrypted http for the API, for redirect targets and for the return URL, and redirect targets
      on loopback. From a wiki on loopback these are allowed anyway; so is http for an API or return URL there.
    * merge_fields: lets the wiki merge the fields of later steps instead of the library.
    * transport: sends requests by your own means: a callable from `Request` to `Response`. `proxy` and `ca_file` are
      refused beside it.

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

        `preserve_state` keeps what the wiki remembers of a login that ended in `Restart`. A flow that was under way is
        abandoned. After a success on the same client nothing is sent when the form that is known still serves.

        Raises the errors of the package; no account is made by this call.
        """
    def begin_login(self, /) -> Step:
        """Begin a login, whatever the wiki asks for: fetch its fields, and return them as a `Form`.

        Its `Pass` logs the client in, its `Restart` leads to a creation that keeps the login. For a name and a password
        alone `login` is shorter. A flow that was under way is abandoned.

        Raises the errors of the package.
        """
    def can_create(self, /) -> Verdict:
        """Ask whether this session may create accounts, and return a `Verdict`.

        Raises the errors of the package. It is not an error if the wiki does not say: the verdict's answer is None.
        """
    def cancel(self, /) -> None:
        """Cancel the call that another thread (or a signal handler) has this client in.

        It raises `Cancelled` within a second, or `OutcomeUnknown` if a creation was on its way already. Without a call
        in progress nothing happens. The client can be used again.
        """
    def captcha_image(self, /) -> bytes:
        """Fetch the picture of the pending captcha, in the session that it belongs to.

        Raises `InvalidState` when there is no picture, `ProtocolError` when something else comes.
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
        """Forget the conversation, cookies and all. A call that another thread is in is cancelled.

        Every later call raises `InvalidState`; closing again does nothing.
        """
    @property
    def closed(self, /) -> bool:
        """Whether `close` was called."""
    @classmethod
    def load(cls, /, api_url: str, data: bytes | bytearray | memoryview, **settings: Unpack[Settings]) -> Self:
        """Continue with what `save` wrote for the wiki at `api_url`, in any process, on this or another machine.

        `settings` are those of the class; they are not part of the bytes, but for the return URL of a flow that was
        begun. `step` has the step that was saved, None if there was none or the outcome was unknown; `reconcile` finds
        out where the sign-up stands in any case.

        Raises `InvalidArgument` when the bytes are cut short, of another version, or of another wiki's flow; with a
        `seal_key` also when they were changed, or sealed with none of the keys. Without one only accidental changes are
        noticed.
        """
    def login(self, /, username: str, password: str) -> Step:
        """Log in, to create accounts for others, and return the wiki's step.

        With a bot password ("Name@app"), or with a main account's, which may lead to further steps before `Pass`. A
        `Form` with the status "FORM" comes when the wiki wants more than name and password at once, for instance a
        captcha: nothing was sent yet, answer it as a whole. A wrong password is a step: `Fail`.

        Raises the errors of the package.
        """
    def reconcile(self, /) -> Step:
        """Find out where the sign-up stands, above all after `OutcomeUnknown`, a cancelled call, or `load`.

        Returns `Pass` when the account was made, `Form` when a later step waits, `Fail` when it was not made. No
        password is sent. It may ask for as long as the setting `reconcile_wait` says, and the last question may take
        the time of one exchange. A step of a creation that was pending is read again from the wiki. Where nothing is in
        doubt it sends nothing and returns the step that is known: the form that was not sent yet, or the end.

        Raises `OutcomeUnknown` again when the wiki cannot tell; it can be asked once more later, also after another
        `begin`. Raises `InvalidState` when nothing was begun.
        """
    def reconcile_name(self, /, username: str, since: datetime) -> Step:
        """Find out what became of a creation that the host remembers, without a saved flow.

        `since` is the wiki's time before it was sent, as `wiki_time` tells. Returns `Pass` when an account of that name
        was made at that time, `Fail` when it was made before (by somebody else) or not at all. No password is sent, and
        the client's own step stays.

        Raises `OutcomeUnknown` when the wiki cannot tell, `InvalidArgument` for a name that no request can carry.
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
        """Go on after a `Redirect`, and return the wiki's next step.

        `url` is the full address that the third party sent the person back to; `body` is the body of the request, if it
        came by POST (application/x-www-form-urlencoded). What came back is passed on as it is, whether or not it is all
        that the wiki waits for. `values` is for fields that the return does not fill in, and `unchecked` as with
        `submit`.

        Raises the errors of `submit`; `InvalidArgument` also for an address that is not the return URL.
        """
    def run(self, /, answer: Callable[[Form | Redirect], Values | str]) -> Pass:
        """Go the whole way to the account, and return the `Pass`.

        `answer` is called with each `Form`, and returns the values to submit; and with each `Redirect`, and returns the
        address that the person came back to. It may raise to give up. It goes on from a step that is already pending. A
        `Restart` begins again once, with the login kept.

        Raises `Failed`, whose `step` is the end that was no `Pass`, and the errors of the package.
        """
    def save(self, /) -> bytes:
        """Return the conversation as bytes, for `load`: cookies, token and pending step, not the settings.

        Treat the bytes as a password: whoever has them can finish the sign-up. They are worth nothing once the wiki
        forgets the session, usually an hour after its last use.

        With a `seal_key` they are sealed: nobody without the key can read or change them. Without one they are for a
        store that only you write to, and must never have left your hands: whoever changes them can make up a `Pass`, or
        take over what the person types next. No key tells how old the bytes are: an earlier state of the same flow
        loads as well.
        """
    @property
    def step(self, /) -> Step | None:
        """The step that is pending or that ended the flow, also right after `load`.

        None where nothing was begun, and while the outcome is unknown. In the middle of a call the one before it.
        """
    def submit(
        self, values: Values | None = None, /, *, requests: Iterable[str] | None = None, unchecked: bool = False
    ) -> Step:
        """Answer the pending form, and return the wiki's next step.

        `values` gives fields their values by name: a str (a line of text, or the value of a choice), a bool (a checkbox
        or button), or an iterable of str (the choices of a multiselect). None leaves a field out: hidden fields go back
        by themselves, "retype" follows "password", and any other goes as the wiki has preset it, a ticked checkbox too.
        `requests` names the requests to use, by their ids, if not all.

        `unchecked` sends the answer whatever the library makes of it: what MediaWiki refuses or drops by itself is
        otherwise refused here, but an extension may load its fields in its own way. It changes what is refused,
        not what is sent: the values that were given; for every other field of the requests in use its preset, and an
        empty text where there is none. Refused all the same is what no parameter can carry: control characters, the
        name of a field that PHP changes, a name that means something else to the API.

        Raises `InvalidArgument` when the wiki would refuse or silently drop a value: its `field` names the field,
        nothing was sent, and the form can be answered again; `TypeError` for a value of another type. Raises
        `OutcomeUnknown` when the answer was lost on its way, or when it says that the name is taken by an account that
        was made at this very moment: ask `reconcile`.
        """
    @property
    def wiki_time(self, /) -> datetime | None:
        """The wiki's time, in whole seconds; None before the first form was read, and in the middle of a call.

        A host that keeps it with a name before it submits can ask `reconcile_name` later, in any process.
        """

@final
class Search:
    """One search, which another thread may cancel. Use `find_api`."""

    def __new__(cls, /, url: str, **settings: Unpack[Settings]) -> Self: ...
    def cancel(self, /) -> None:
        """End the search, from any thread and for good."""
    def run(self, /) -> str:
        """Search, once."""

def image_type(data: bytes | bytearray | memoryview, /) -> str | None:
    """Return the MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or "image/webp".

    None for anything else: what a browser would run or follow links in (SVG, HTML) is not a picture here, whatever a
    server calls it. `Client.captcha_image` returns only pictures that have a type.
    """
