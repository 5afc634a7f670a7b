"""The package for ``asyncio``: the same names, with coroutines for the calls that wait.

>>> import asyncio
>>> import createaccount.aio
>>> async def sign_up() -> createaccount.aio.Step:
...     async with createaccount.aio.Client(api_url) as client:
...         await client.begin()
...         return await client.submit({"username": "Alice", "password": "correct horse battery"})
>>> asyncio.run(asyncio.wait_for(sign_up(), timeout=30))
Pass(username='Alice')
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from inspect import isawaitable
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import createaccount
from createaccount import ApiError as ApiError
from createaccount import AuthRequest as AuthRequest
from createaccount import BadHttp as BadHttp
from createaccount import Cancelled as Cancelled
from createaccount import Captcha as Captcha
from createaccount import CaptchaKind as CaptchaKind
from createaccount import CaptchaService as CaptchaService
from createaccount import CertificateRejected as CertificateRejected
from createaccount import Choice as Choice
from createaccount import ConnectFailed as ConnectFailed
from createaccount import ConnectionLost as ConnectionLost
from createaccount import CreateAccountError as CreateAccountError
from createaccount import DeadlinePassed as DeadlinePassed
from createaccount import Fail as Fail
from createaccount import Failed as Failed
from createaccount import Field as Field
from createaccount import Fields as Fields
from createaccount import FieldType as FieldType
from createaccount import Form as Form
from createaccount import InvalidArgument as InvalidArgument
from createaccount import InvalidState as InvalidState
from createaccount import NameNotFound as NameNotFound
from createaccount import NotSent as NotSent
from createaccount import Other as Other
from createaccount import OutcomeUnknown as OutcomeUnknown
from createaccount import Pass as Pass
from createaccount import Problem as Problem
from createaccount import ProtocolError as ProtocolError
from createaccount import ProxyFailed as ProxyFailed
from createaccount import Reason as Reason
from createaccount import Redirect as Redirect
from createaccount import Request as Request
from createaccount import Required as Required
from createaccount import Response as Response
from createaccount import Restart as Restart
from createaccount import Settings as Settings
from createaccount import Step as Step
from createaccount import TlsFailed as TlsFailed
from createaccount import TooLarge as TooLarge
from createaccount import Transport as Transport
from createaccount import TransportError as TransportError
from createaccount import TransportFailure as TransportFailure
from createaccount import TransportTimeout as TransportTimeout
from createaccount import Value as Value
from createaccount import Values as Values
from createaccount import Verdict as Verdict
from createaccount import image_type
from createaccount._createaccount import Search
from createaccount._run import address_of, values_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from contextvars import Context
    from datetime import datetime
    from types import TracebackType

    from typing_extensions import ParamSpec, Self, Unpack

    _P = ParamSpec("_P")

__all__ = ["Client", "find_api", "image_type"]


def __dir__() -> list[str]:
    return [name for name in dir(createaccount) if name != "__version__"]


_T = TypeVar("_T")


class _Call(Generic[_T]):
    """A call with its arguments, hidden from tools that print the local variables of frames."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        self._function = partial(function, *args, **kwargs)

    def __call__(self) -> _T:
        return self._function()


async def find_api(url: str, **settings: Unpack[Settings]) -> str:
    """Find the ``api.php`` of a wiki; see `createaccount.find_api`. Cancelling the task cancels the search."""
    make = _Call(Search, url, **settings)
    del settings
    search = make()
    work = _begin(search.run)
    done = _awaitable(work)
    await _wait(work, done, search.cancel)
    return done.result()


class Client:
    """`createaccount.Client` for ``asyncio``; it explains the settings, and what each call does.

    Each call runs on a thread of its own, with the context variables of the task that awaits it. Cancelling the task
    cancels the call, and waits for its end, so that the client can be used again: ``asyncio.timeout`` and
    ``asyncio.wait_for`` work. If a creation was on its way already, its outcome is then unknown, as after
    `OutcomeUnknown`: call `reconcile`.

    A second call while one is awaited raises `InvalidState`. A `transport` is a plain function, and is called on the
    call's thread; cancelling waits until it returns, so it should call ``request.poll()`` regularly.
    """

    def __init__(self, api_url: str, **settings: Unpack[Settings]) -> None:
        make = _Call(createaccount.Client, api_url, **settings)
        del settings
        self._start(make())

    @classmethod
    def load(cls, api_url: str, data: bytes | bytearray | memoryview, **settings: Unpack[Settings]) -> Self:
        """Continue with what `save` wrote; see `createaccount.Client.load`."""
        client, load = cls.__new__(cls), _Call(createaccount.Client.load, api_url, data, **settings)
        del data, settings
        client._start(load())  # noqa: SLF001
        return client

    async def begin(self, *, preserve_state: bool = False) -> Step:
        """Begin a creation, or begin again; see `createaccount.Client.begin`."""
        return await self._call(_Call(self._client.begin, preserve_state=preserve_state))

    async def begin_login(self) -> Step:
        """Begin a login with whatever the wiki asks for; see `createaccount.Client.begin_login`."""
        return await self._call(_Call(self._client.begin_login))

    async def submit(
        self, values: Values | None = None, /, *, requests: Iterable[str] | None = None, unchecked: bool = False
    ) -> Step:
        """Answer the pending form; see `createaccount.Client.submit`."""
        call = _Call(self._client.submit, values, requests=requests, unchecked=unchecked)
        del values
        return await self._call(call)

    async def resume(
        self,
        url: str,
        *,
        body: bytes | bytearray | memoryview | None = None,
        values: Values | None = None,
        unchecked: bool = False,
    ) -> Step:
        """Continue after a `Redirect`; see `createaccount.Client.resume`."""
        call = _Call(self._client.resume, url, body=body, values=values, unchecked=unchecked)
        del url, body, values
        return await self._call(call)

    async def reconcile(self) -> Step:
        """Find out the state of the sign-up; see `createaccount.Client.reconcile`."""
        return await self._call(_Call(self._client.reconcile))

    async def reconcile_name(self, username: str, since: datetime) -> Step:
        """Find out what became of a creation; see `createaccount.Client.reconcile_name`."""
        return await self._call(_Call(self._client.reconcile_name, username, since))

    async def login(self, username: str, password: str) -> Step:
        """Log in, to create accounts for others; see `createaccount.Client.login`."""
        call = _Call(self._client.login, username, password)
        del password
        return await self._call(call)

    async def can_create(self) -> Verdict:
        """Ask whether this session may create accounts; see `createaccount.Client.can_create`."""
        return await self._call(_Call(self._client.can_create))

    async def check_username(self, username: str) -> Verdict:
        """Ask whether an account of this name can be made; see `createaccount.Client.check_username`."""
        return await self._call(_Call(self._client.check_username, username))

    async def check_password(self, password: str, username: str | None = None) -> Verdict:
        """Ask whether the wiki accepts this password; see `createaccount.Client.check_password`."""
        call = _Call(self._client.check_password, password, username)
        del password
        return await self._call(call)

    async def captcha_image(self) -> bytes:
        """Fetch the picture of the pending captcha; see `createaccount.Client.captcha_image`."""
        return await self._call(_Call(self._client.captcha_image))

    async def run(
        self,
        answer: Callable[[Form | Redirect], Values | str | Awaitable[Values | str]],
    ) -> Pass:
        """Go through the whole sign-up; see `createaccount.Client.run`. `answer` may be a coroutine function."""
        step = self.step
        if step is None or step.is_final:
            step = await self.begin()
        restarted = False
        while True:
            match step:
                case Pass():
                    return step
                case Form():
                    step = await self.submit(values_of(await _settle(answer(step))))
                case Redirect():
                    step = await self.resume(address_of(await _settle(answer(step))))
                case Restart(can_preserve_state=keep) if not restarted:
                    restarted = True
                    step = await self.begin(preserve_state=keep)
                case end:
                    raise Failed(end)

    async def close(self) -> None:
        """Forget the conversation; cancel a call that is under way, and wait for its end."""
        self._client.close()
        if self._work is not None:
            await asyncio.wait([_awaitable(self._work)])

    def save(self) -> bytes:
        """Return the conversation as bytes; see `createaccount.Client.save`."""
        return self._client.save()

    def cancel(self) -> None:
        """Cancel the call that another task awaits; see `createaccount.Client.cancel`."""
        self._client.cancel()

    @property
    def step(self) -> Step | None:
        """The step that is pending or that ended the flow; see `createaccount.Client.step`."""
        return self._client.step

    @property
    def wiki_time(self) -> datetime | None:
        """The wiki's time; see `createaccount.Client.wiki_time`."""
        return self._client.wiki_time

    @property
    def api_url(self) -> str:
        """The address of the wiki's api.php."""
        return self._client.api_url

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._client.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        # A traceback may show an instance whose settings were refused, which has no client.
        client = getattr(self, "_client", None)
        return (
            repr(client).replace("createaccount.Client", "createaccount.aio.Client") if client else super().__repr__()
        )

    def _start(self, client: createaccount.Client) -> None:
        self._client = client
        self._work: Future[Any] | None = None

    async def _call(self, call: _Call[_T]) -> _T:
        if self._work is not None and not self._work.done():
            raise InvalidState("The client is in the middle of a call; one can be awaited at a time.")
        if self._client.closed:
            raise InvalidState("The client is closed.")
        work = _begin(call)
        self._work = work
        done = _awaitable(work)
        try:
            await _wait(work, done, self._client.cancel)
            return done.result()
        finally:
            # The traceback of an error leads to what was submitted: keep no reference to it here.
            if self._work is work and work.done():
                self._work = None
            del work, done


def _begin(function: Callable[[], _T]) -> Future[_T]:
    """Call a function on a thread of its own, which does not keep the interpreter from exiting."""
    work: Future[_T] = Future()
    # From here on only the client can cancel it.
    work.set_running_or_notify_cancel()
    Thread(target=_do, args=(work, copy_context(), function), name="createaccount", daemon=True).start()
    return work


async def _wait(work: Future[Any], done: asyncio.Future[Any], cancel: Callable[[], None]) -> None:
    """Wait for the end of a call, even if this task is cancelled."""
    try:
        await asyncio.wait([done])
    except asyncio.CancelledError:
        _cancel_until_done(work, cancel)
        # Go on waiting if cancelled again: the client can be used again only when the call has ended.
        while not done.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([done])
        raise


def _cancel_until_done(work: Future[Any], cancel: Callable[[], None]) -> None:
    """Cancel the call repeatedly until it ends: cancelling has no effect before it has begun."""
    if not work.done():
        cancel()
        asyncio.get_running_loop().call_later(0.05, _cancel_until_done, work, cancel)


def _do(work: Future[_T], context: Context, function: Callable[[], _T]) -> None:
    try:
        result = context.run(function)
    except BaseException as error:  # noqa: BLE001  it is raised where the call is awaited
        work.set_exception(error)
        # The error's traceback refers to this frame: avoid a reference cycle.
        del work, function
    else:
        work.set_result(result)


def _awaitable(work: Future[_T]) -> asyncio.Future[_T]:
    """Wrap the work for asyncio. If nobody retrieves its exception any more, asyncio does not warn."""
    done = asyncio.wrap_future(work)
    done.add_done_callback(asyncio.Future.exception)
    return done


async def _settle(result: _T | Awaitable[_T]) -> _T:
    return await result if isawaitable(result) else result
