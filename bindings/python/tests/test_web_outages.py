"""The sign-up page when what it stands on fails: Redis, the disk, at any moment of a sign-up."""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from conftest import PASSWORD, connect, free_port, wait_for
from createaccount.web import FileStore, RedisStore, Unavailable, app
from signup_site import Page, Visitor, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPMessage
    from pathlib import Path

    from conftest import Wiki

SITE = "https://signup.example"
ANSWERS = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}


@contextmanager
def a_redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Redis that keeps nothing on disk."""
    command = [shutil.which("redis-server") or "redis-server", "--port", str(port), "--bind", "127.0.0.1"]
    with subprocess.Popen([*command, "--save", "", "--loglevel", "warning"], stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: connect(address(port)).ping(), OSError, Exception)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()


def address(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


def expect_a_break(answer: tuple[int, HTTPMessage, bytes]) -> None:
    """Expect the page that says so, in the visitor's language, with the same headers as any."""
    status, headers, html = answer
    assert (status, headers["retry-after"]) == (503, "30")
    assert "지금은 가입할 수 없습니다" in html.decode()
    assert "style.css" in html.decode()
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


KOREAN = {"accept-language": "ko"}


def test_redis_goes_and_comes_back(wiki: Wiki) -> None:
    port = free_port()
    # That the store fails is what the server has to log.
    with serving(wiki, ["--redis", address(port)], 1, complaints="The store of the sign-ups fails") as workers:
        visitor = Visitor(workers, "Alice")
        expect_a_break(visitor.exchange("GET", "/", headers=KOREAN))
        with a_redis(port) as process:
            page = visitor.request("GET", "/")
            # One that does not answer is as good as none.
            process.send_signal(signal.SIGSTOP)
            body = urlencode(page.filled_in(ANSWERS))
            expect_a_break(visitor.exchange("POST", "/", body, headers=KOREAN))
            process.send_signal(signal.SIGCONT)
            assert visitor.submit(page, ANSWERS).made
        expect_a_break(visitor.exchange("GET", "/", headers=KOREAN))
        # The style sheet is there all the same.
        assert visitor.exchange("GET", "/style.css")[0] == 200
        with a_redis(port):
            assert "field-username" in visitor.request("GET", "/").controls
    assert wiki.users().count("Alice") == 1


def test_a_redis_that_takes_no_more(wiki: Wiki, redis_url: str) -> None:
    opened = connect(redis_url)
    with serving(wiki, ["--redis", redis_url], 1, complaints="maxmemory") as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        opened.config_set("maxmemory", 1)
        try:
            body = urlencode(page.filled_in(ANSWERS))
            expect_a_break(visitor.exchange("POST", "/", body, headers=KOREAN))
        finally:
            opened.config_set("maxmemory", 0)
        # Nothing was sent to the wiki that could not have been kept.
        assert wiki.users()[2:] == []
        assert visitor.submit(page, ANSWERS).made


def test_a_disk_that_is_full(wiki: Wiki, tmp_path: Path) -> None:
    with serving(
        wiki, ["--state", str(tmp_path / "flows")], 1, complaints="The store of the sign-ups fails"
    ) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        (worker,) = workers.workers.values()
        # No file may grow any more.
        before = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        body = urlencode(page.filled_in(ANSWERS))
        expect_a_break(visitor.exchange("POST", "/", body, headers=KOREAN))
        assert wiki.users()[2:] == []
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, before)
        assert visitor.submit(page, ANSWERS).made


def test_a_folder_that_is_gone(wiki: Wiki, tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    with serving(wiki, ["--state", str(folder)], 1, complaints="unable to open database file") as workers:
        folder.rename(tmp_path / "elsewhere")
        expect_a_break(Visitor(workers, "Alice").exchange("GET", "/", headers=KOREAN))
        (tmp_path / "elsewhere").rename(folder)
        assert Visitor(workers, "Alice").sign_up("plain").made


@pytest.mark.parametrize("failing", range(1, 6))
def test_a_store_that_fails_in_the_middle_of_a_step(wiki: Wiki, tmp_path: Path, failing: int) -> None:
    class Failing(FileStore):
        left = 1000

        async def do(self, statement: str, **values: object) -> list[tuple[bytes]]:
            if statement.startswith("INSERT OR REPLACE"):
                self.left -= 1
                if self.left == 0:
                    raise Unavailable("the disk is full")
            return await super().do(statement, **values)

    async def sign_up() -> Page:
        store = Failing(tmp_path)
        application = app(wiki.api_url, site=SITE, store=store, seal_keys=[b"k" * 32])
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(
            transport=transport, base_url=SITE, follow_redirects=True, timeout=60, headers={"origin": SITE}
        ) as browser:
            page = Page((await browser.get("/")).text)
            # Before the attempt, after it, at the change of the handle.
            store.left = failing
            await browser.post("/", content=urlencode(page.filled_in(ANSWERS)))
            page = Page((await browser.get("/")).text)
            # Whatever stands there now: people go on by its main button.
            for _ in range(2):
                if not page.made:
                    page = Page((await browser.post("/", content=urlencode(page.filled_in(ANSWERS)))).text)
            return page

    assert asyncio.run(sign_up()).made
    assert wiki.users().count("Alice") == 1
    attempts = [one for one in wiki.window("_requests") if "action=createaccount" in one["body"]]
    assert len(attempts) == 1


def test_a_store_says_that_it_fails(tmp_path: Path) -> None:
    async def play() -> None:
        redis, file = RedisStore(address(free_port())), FileStore(tmp_path / "flows")
        file.file.unlink()
        file.file.mkdir()
        stores: list[Any] = [redis, file]
        for store in stores:
            for failing in (store.get("a"), store.put("a", b"b", 60), store.drop("a")):
                with pytest.raises(Unavailable):
                    await failing
            with pytest.raises(Unavailable):
                async with store.lock("a", hold=60, patience=1):
                    pass
            await store.close()
        (tmp_path / "file").touch()
        with pytest.raises(Unavailable):
            FileStore(tmp_path / "file")

    asyncio.run(play())
