"""The asyncio face."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import createaccount
import pytest
from conftest import PASSWORD, RETURN_URL, follow
from createaccount import Form, InvalidArgument, InvalidState, OutcomeUnknown, Pass, Redirect, aio

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

SLOW: createaccount.Values = {"username": "Alice", "stepStart": True, "stepChain": "slow"}


def test_the_names_are_the_same() -> None:
    assert set(dir(aio)) == set(dir(createaccount)) - {"__version__"}
    for name in dir(aio):
        if name not in {"Client", "find_api"}:
            assert getattr(aio, name) is getattr(createaccount, name)
    public = {name for name in dir(createaccount.Client) if not name.startswith("_")}
    assert {name for name in dir(aio.Client) if not name.startswith("_")} == public


def test_an_account_is_made(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")

    async def sign_up() -> None:
        async with aio.Client(wiki.api_url, user_agent="tests/1.0", language="en") as client:
            assert (await client.can_create()).answer is True
            assert (await client.check_username("Alice")).answer is True
            assert (await client.check_password(PASSWORD, "Alice")).answer is True
            form = await client.begin()
            assert isinstance(form, Form)
            assert client.step is form
            with pytest.raises(InvalidArgument):
                await client.submit({"username": "Alice"})
            step = await client.submit({"username": "Alice", "password": PASSWORD})
            assert isinstance(step, Pass)
            assert repr(client) == f"<createaccount.aio.Client {wiki.api_url}, step PASS>"
        assert client.closed
        with pytest.raises(InvalidState):
            await client.begin()

    asyncio.run(sign_up())
    assert "Alice" in wiki.users()


def test_the_whole_way_in_one_call(steps: Wiki) -> None:
    answers: list[createaccount.Values] = [
        {"username": "Alice", "stepStart": True, "stepChain": "chain"},
        {"code": "1234"},
        {"topics": ["art"]},
    ]

    async def answer(step: Form | Redirect) -> createaccount.Values | str:
        if isinstance(step, Redirect):
            return await asyncio.to_thread(follow, step.target)
        return answers.pop(0)

    async def sign_up() -> Pass:
        async with aio.Client(steps.api_url, return_url=RETURN_URL) as client:
            return await client.run(answer)

    assert asyncio.run(sign_up()).username == "Alice"


def test_an_unchecked_answer(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url, return_url=RETURN_URL) as client:
            await client.begin()
            await client.submit({"username": "Alice", "stepStart": True, "stepChain": "odd"})
            with pytest.raises(InvalidArgument):
                await client.submit({"domain": "y"})
            assert isinstance(await client.submit({"domain": "y"}, unchecked=True), Pass)
            await client.begin()
            await client.submit({"username": "Bob", "stepStart": True, "stepChain": "redirect"})
            with pytest.raises(InvalidArgument):
                await client.resume(RETURN_URL, values={"state": "guessed"})
            step = await client.resume(RETURN_URL, values={"state": "guessed"}, unchecked=True)
            assert step.status == "FAIL"

    asyncio.run(sign_up())


def test_run_takes_plain_functions_too(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url) as client:
            with pytest.raises(createaccount.Failed):
                await client.run(lambda _: {"username": "Taken", "password": PASSWORD})
            with pytest.raises(TypeError, match="mapping"):
                await client.run(lambda _: "http://example.org/")

    asyncio.run(sign_up())


def test_other_tasks_run_meanwhile(steps: Wiki) -> None:
    async def sign_up() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        async with aio.Client(steps.api_url) as client:
            await client.begin()
            ticker = asyncio.create_task(tick())
            task = asyncio.create_task(client.submit(SLOW))
            await asyncio.sleep(0.1)
            with pytest.raises(InvalidState, match="middle of a call"):
                await client.begin()
            assert isinstance(await task, Pass)
            ticker.cancel()
        return ticks

    assert asyncio.run(sign_up()) > 50


def test_cancelling_the_task_cancels_the_call(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url, reconcile_wait=10) as client:
            await client.begin()
            task = asyncio.create_task(client.submit(SLOW))
            await asyncio.sleep(0.3)
            started = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - started < 1.2
            with pytest.raises(InvalidState, match="reconcile"):
                await client.submit(SLOW)
            assert isinstance(await client.reconcile(), Pass)

    asyncio.run(sign_up())


def test_cancelling_at_once(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url) as client:
            await client.begin()
            for _ in range(20):
                task = asyncio.create_task(client.begin())
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert isinstance(await client.begin(), Form)

    asyncio.run(sign_up())


def test_wait_for(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url) as client:
            await client.begin()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.submit(SLOW), timeout=0.5)

    complaints: list[dict[str, Any]] = []

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        await sign_up()
        gc.collect()
        await asyncio.sleep(0.1)

    started = time.monotonic()
    asyncio.run(watched())
    assert time.monotonic() - started < 2.5
    assert not complaints


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
def test_timeout(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url, reconcile_wait=10) as client:
            await client.begin()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await client.submit(SLOW)
            assert isinstance(await client.reconcile(), Pass)

    asyncio.run(sign_up())


def test_cancelling_again_waits_as_well(silent: str) -> None:
    async def sign_up() -> None:
        async with aio.Client(silent) as client:
            task = asyncio.create_task(client.begin())
            for _ in range(5):
                await asyncio.sleep(0)
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # The call has ended: the next one may begin.
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.begin(), timeout=0.1)

    asyncio.run(sign_up())


def test_cancelling_waits_for_a_transport() -> None:
    returned: list[float] = []

    def slowly(_: createaccount.Request) -> createaccount.Response:
        time.sleep(0.5)
        returned.append(time.monotonic())
        raise createaccount.NotSent("too late")

    async def sign_up() -> None:
        async with aio.Client("https://wiki.example/w/api.php", transport=slowly) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.begin(), timeout=0.1)
            assert returned

    asyncio.run(sign_up())


def test_closing_ends_the_call_that_another_task_awaits(silent: str) -> None:
    async def sign_up() -> None:
        client = aio.Client(silent)
        task = asyncio.create_task(client.begin())
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await client.close()
        assert time.monotonic() - started < 1.2
        with pytest.raises(createaccount.Cancelled):
            await task

    asyncio.run(sign_up())


def test_closing_needs_no_executor() -> None:
    async def sign_up() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1) as executor:
            loop.set_default_executor(executor)
            busy = loop.run_in_executor(None, release.wait)
            await asyncio.wait_for(aio.Client("https://wiki.example/w/api.php").close(), timeout=5)
            release.set()
            await busy
        await asyncio.wait_for(aio.Client("https://wiki.example/w/api.php").close(), timeout=5)

    release = threading.Event()
    asyncio.run(sign_up())


def test_context_variables_are_seen(wiki: Wiki) -> None:
    visitor: ContextVar[str] = ContextVar("visitor", default="nobody")
    seen: set[str] = set()

    class Watching(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            seen.add(visitor.get())

    async def sign_up() -> None:
        async with aio.Client(wiki.api_url) as client:
            visitor.set("Alice")
            await client.begin()

    logger, watching = logging.getLogger("createaccount"), Watching()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(watching)
    try:
        asyncio.run(sign_up())
    finally:
        logger.removeHandler(watching)
        logger.setLevel(logging.NOTSET)
    assert seen == {"Alice"}


WAITING = """
import asyncio, sys, createaccount.aio

async def sign_up():
    client = createaccount.aio.Client(sys.argv[1])
    call = asyncio.ensure_future(client.begin())
    await asyncio.sleep(0.2)
    print("go", flush=True)
    await call

try:
    asyncio.new_event_loop().run_until_complete(sign_up())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.usefixtures("interruptible")
def test_the_interpreter_ends_while_a_call_waits(silent: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WAITING, silent],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "go\n"
        started = time.monotonic()
        child.send_signal(signal.SIGINT)
        try:
            output, _ = child.communicate(timeout=10)
        finally:
            child.kill()
    assert time.monotonic() - started < 3
    assert (output, child.returncode) == ("interrupted\n", 0)


def test_another_task_cancels(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url) as client:
            await client.begin()
            asyncio.get_running_loop().call_later(0.3, client.cancel)
            with pytest.raises(OutcomeUnknown):
                await client.submit(SLOW)

    asyncio.run(sign_up())


def test_save_and_load(steps: Wiki) -> None:
    async def sign_up() -> None:
        async with aio.Client(steps.api_url) as client:
            await client.begin()
            await client.submit({"username": "Alice", "stepStart": True, "stepChain": "late-fail"})
            data = client.save()
        async with aio.Client.load(steps.api_url, data, language="en") as client:
            assert client.step is not None
            assert client.step.status == "UI"
            assert client.api_url == steps.api_url
            step = await client.submit({"code": "1"})
            assert step.status == "FAIL"
            assert (await client.login("Taken", "taken-secret-42")).status == "PASS"
            assert (await client.begin_login()).status == "FORM"
            with pytest.raises(InvalidState):
                await client.captcha_image()
            with pytest.raises(InvalidState):
                await client.resume("http://127.0.0.1/")

    asyncio.run(sign_up())


def test_find_api(wiki: Wiki) -> None:
    assert asyncio.run(aio.find_api(f"{wiki.base}/index.php/Main_Page")) == wiki.api_url
    with pytest.raises(createaccount.InvalidArgument):
        asyncio.run(aio.find_api(""))


def test_cancelling_the_task_ends_a_search(silent: str) -> None:
    async def search() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(aio.find_api(silent), timeout=0.3)

    started = time.monotonic()
    asyncio.run(search())
    assert time.monotonic() - started < 5
