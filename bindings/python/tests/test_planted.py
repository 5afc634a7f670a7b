"""Secrets are planted in all that the package is given and sent; no log, no text and no frame of ours shows them."""

from __future__ import annotations

import asyncio
import json
import linecache
import logging
import sys
import threading
import tokenize
import traceback
from typing import TYPE_CHECKING, Any

import createaccount.aio
import pytest
from createaccount import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

API = "https://wiki.example/w/api.php"
RETURN = "https://host.example/back?flow=PLANTED-flow"
ANSWERS = {
    "username": "Al",
    "password": "PLANTED-password",
    "email": "PLANTED@example.org",
    "captchaWord": "PLANTED-answer",
}
SETTINGS: Any = {
    "bearer_token": "PLANTED-bearer",
    "seal_key": b"PLANTED-key-of-thirty-two-bytes!",
    "open_keys": [b"PLANTED-key-that-was-used-before"],
    "return_url": RETURN,
}


def form() -> str:
    fields: dict[str, object] = {name: {"type": "string"} for name in ANSWERS}
    fields["colour"] = {"type": "select", "optional": True, "options": {"red": "Red"}}
    fields["state"] = {"type": "hidden", "value": "PLANTED-hidden"}
    requests = [{"id": "A", "required": "required", "fields": fields}]
    return json.dumps(
        {"query": {"authmanagerinfo": {"requests": requests}, "tokens": {"createaccounttoken": "PLANTED+\\"}}}
    )


def status(name: str, **more: object) -> str:
    return json.dumps({"createaccount": {"status": name, **more}})


VISIT = status(
    "REDIRECT",
    redirecttarget="https://third.example/?state=PLANTED-state",
    requests=[{"id": "B", "required": "required", "fields": {"code": {"type": "string"}}}],
)


class Wiki:
    """A transport that gives replies in order, and looks around in the middle of each exchange."""

    def __init__(self, *replies: str | Exception) -> None:
        self.replies = list(replies)
        self.seen: list[str] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, request: Request) -> Response:
        self.seen.append(repr(request))
        for frame in sys._current_frames().values():
            self.look(frame for frame, _ in traceback.walk_stack(frame))
        for task in asyncio.all_tasks(self.loop) if self.loop else ():
            self.seen.append(repr(task))
            self.look(frames_of(task.get_coro()))
        self.seen.extend(repr(thread) for thread in threading.enumerate())
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return Response(200, [("Set-Cookie", "session=PLANTED-cookie; path=/")], reply.encode())

    def look(self, frames: Iterator[FrameType]) -> None:
        """Print the locals of frames, as debuggers and reporters of errors do; not those of this file."""
        for frame in frames:
            # asyncio's debug mode reads the lines of this file.
            if frame.f_code.co_filename not in {__file__, linecache.__file__, tokenize.__file__, traceback.__file__}:
                self.seen.extend(f"{where(frame.f_code)}: {name} = {shown(x)}" for name, x in frame.f_locals.items())

    def caught(self, error: BaseException) -> None:
        self.seen += [repr(error), str(error), *map(str, getattr(error, "__notes__", ()))]
        # Not the whole traceback, which shows the lines of this file.
        self.seen += traceback.format_exception_only(error)
        self.look(frame for frame, _ in traceback.walk_tb(error.__traceback__))


def frames_of(coroutine: Any) -> Iterator[FrameType]:
    while coroutine is not None:
        if frame := getattr(coroutine, "cr_frame", None):
            yield frame
        coroutine = getattr(coroutine, "cr_await", None)


def where(code: CodeType) -> str:
    return f"{code.co_filename}:{code.co_name}"


def shown(value: object) -> str:
    # What pytest and this file hold is theirs.
    kind = type(value)
    return repr(value) if not kind.__module__.startswith(("_pytest", "pytest", "pluggy", __name__)) else kind.__name__


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Keep all that is logged, by whomever and on whichever level."""
    kept: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(f"{record.getMessage()} {record.__dict__}")

    root, package, keeper = logging.getLogger(), logging.getLogger("createaccount"), Keeper(1)
    before = root.level, package.level
    root.addHandler(keeper)
    root.setLevel(1)
    package.setLevel(1)
    yield kept
    root.removeHandler(keeper)
    root.setLevel(before[0])
    package.setLevel(before[1])


def holds_none(texts: list[str], *lines: str) -> None:
    assert len(texts) + len(lines) > 10
    for text in (*texts, *lines):
        assert "PLANTED" not in text


def test_the_package_tells_nothing(lines: list[str]) -> None:
    wiki = Wiki(form(), VISIT, OSError("no way"), form())
    client = createaccount.Client(API, transport=wiki, **SETTINGS)
    wiki.seen += [repr(client), repr(client.begin())]
    with pytest.raises(createaccount.InvalidArgument) as refused:
        client.submit({**ANSWERS, "colour": "PLANTED-colour"})
    wiki.caught(refused.value)
    saved = client.save()
    wiki.seen.append(saved.decode("latin-1"))
    client = createaccount.Client.load(API, saved, transport=wiki, **SETTINGS)
    with pytest.raises(createaccount.InvalidArgument) as refused:
        createaccount.Client.load(API, saved[1:], transport=wiki, **SETTINGS)
    wiki.caught(refused.value)
    wiki.seen.append(repr(client.submit(ANSWERS)))
    with pytest.raises(createaccount.OutcomeUnknown) as lost:
        client.resume(f"{RETURN}&code=PLANTED-code", body=b"x=PLANTED-body")
    wiki.caught(lost.value)
    for to_form, to_visit in (("PLANTED-answer", ""), (ANSWERS, {"code": "PLANTED-code"})):
        answers: list[Any] = [to_form, to_visit]
        client = createaccount.Client(API, transport=Wiki(form(), VISIT), **SETTINGS)
        with pytest.raises(TypeError) as mistaken:
            client.run(lambda step: answers[step.status == "REDIRECT"])  # noqa: B023
        wiki.caught(mistaken.value)
    holds_none(wiki.seen, *lines)


def test_a_proxy_that_cannot_be_used_is_told_without_its_password() -> None:
    wiki = Wiki()
    for proxy in ("ftp://me:PLANTED-proxy@127.0.0.1:1", "http://me:PLANTED-proxy@127.0.0.1:1"):
        with pytest.raises(createaccount.CreateAccountError) as refused:
            createaccount.Client(API, proxy=proxy, **SETTINGS).begin()
        wiki.caught(refused.value)
    holds_none(wiki.seen, *[""] * 10)


def test_asyncio_shows_nothing(lines: list[str]) -> None:
    wiki = Wiki(form(), VISIT, OSError("no way"), OSError("no"), OSError("no"), form(), VISIT)

    async def play() -> None:
        wiki.loop = asyncio.get_running_loop()
        client = createaccount.aio.Client(API, transport=wiki, **SETTINGS)
        wiki.seen += [repr(client), repr(await client.begin())]
        task = asyncio.create_task(client.submit({**ANSWERS, "colour": "PLANTED-colour"}))
        with pytest.raises(createaccount.InvalidArgument) as refused:
            await task
        wiki.seen.append(repr(task))
        wiki.caught(refused.value)
        client = createaccount.aio.Client.load(API, client.save(), transport=wiki, **SETTINGS)
        with pytest.raises(createaccount.InvalidArgument) as refused:
            createaccount.aio.Client.load(API, b"PLANTED-data", transport=wiki, **SETTINGS)
        wiki.caught(refused.value)
        with pytest.raises(createaccount.InvalidArgument) as refused:
            createaccount.aio.Client(API, proxy="ftp://me:PLANTED-proxy@127.0.0.1:1", **SETTINGS)
        wiki.caught(refused.value)
        wiki.seen.append(repr(await asyncio.create_task(client.submit(ANSWERS))))
        with pytest.raises(createaccount.OutcomeUnknown) as lost:
            await asyncio.create_task(client.resume(f"{RETURN}&code=PLANTED-code", body=b"x=PLANTED-body"))
        wiki.caught(lost.value)
        client = createaccount.aio.Client(API, transport=wiki, **{**SETTINGS, "bearer_token": None})
        for call in (client.check_password("PLANTED-password", "Al"), client.login("Al@bot", "PLANTED-password")):
            with pytest.raises(createaccount.TransportError) as failed:
                await asyncio.create_task(call)
            wiki.caught(failed.value)
        with pytest.raises(TypeError) as mistaken:
            await client.run(lambda step: ANSWERS if step.status == "FORM" else {"code": "PLANTED-code"})
        wiki.caught(mistaken.value)

    asyncio.run(play(), debug=True)
    holds_none(wiki.seen, *lines)
