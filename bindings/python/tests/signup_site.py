"""The sign-up page as it is served: worker processes at ports of their own, and visitors who use any of them."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode, urlsplit

import httpx
from conftest import PASSWORD, follow, free_port, touch, wait_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from http.client import HTTPMessage

    from conftest import Wiki
    from starlette.applications import Starlette

SEAL_KEYS = f"{'5a' * 32},{'5b' * 32}"
# What stands in front of the workers in real life. Here each visitor chooses a worker for each request.
SITE = "http://localhost"
HTTPS_SITE = "https://signup.example"
ANSWERS = {"code": ["1234"], "pin": ["98 76"], "color": ["green"], "topics": ["art", "a|b"], "agree": ["1"]}
# The steps after the first form, and so the entries in the providers' record, for each way to sign up.
LATER_STEPS = {"plain": 0, "ui": 1, "redirect": 1, "chain": 3}


class Site:
    """Worker processes before one wiki, each at a port of its own.

    `place` says where flows lie, `site` how visitors reach the page, with ``{port}`` where they do so directly.
    """

    def __init__(self, wiki: Wiki, place: list[str], number: int, *options: str, site: str = SITE) -> None:
        self.wiki, self.place = wiki, place
        self.ports = [free_port() for _ in range(number)]
        self.options = [*place, *options]
        self.workers = {port: self.start(port, site) for port in self.ports}

    def wait(self) -> None:
        """Wait until all workers listen."""
        for port in self.ports:
            wait_for(partial(self.touch, port), OSError)

    def touch(self, port: int) -> None:
        """Connect to a worker, if it has not ended."""
        assert self.workers[port].poll() is None, "a worker has ended"
        touch(port)

    def start(self, port: int, site: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-W", "ignore:createaccount is a debug build"]
        if "--workers" in self.options:
            # uvicorn's own process leaves its socket to the end.
            command += ["-W", "ignore:unclosed <socket"]
        command += ["-m", "createaccount"]
        command += [
            "serve",
            self.wiki.api_url,
            "--site",
            site.format(port=port),
            "--port",
            str(port),
            "--name",
            "Test Wiki",
        ]
        command += ["--home", f"{self.wiki.base}/index.php", *self.options]
        environment = {**os.environ, "CREATEACCOUNT_SEAL_KEYS": SEAL_KEYS}
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def kill(self, port: int) -> None:
        """End a worker as a crash does."""
        self.ports.remove(port)
        self.workers[port].kill()
        self.workers[port].wait()

    def stop(self) -> str:
        """End all workers, and return what they complained about."""
        for worker in self.workers.values():
            worker.terminate()
        return "".join(worker.communicate()[1] for worker in self.workers.values())


@contextmanager
def serving(
    wiki: Wiki, place: list[str], number: int = 2, *options: str, site: str = SITE, complaints: str = ""
) -> Iterator[Site]:
    """Serve the page, without complaints of the server but those that are expected."""
    opened = Site(wiki, place, number, *options, site=site)
    try:
        opened.wait()
        yield opened
    except BaseException:
        sys.stderr.write(opened.stop())
        raise
    said = opened.stop()
    assert complaints in said
    assert [line for line in said.splitlines() if not (complaints and complaints in line)] == []


class Between(ThreadingHTTPServer):
    """Stands in front of a wiki, passes requests on to it, and answers some itself."""

    daemon_threads = True

    def __init__(self, base: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.wiki = urlsplit(base)
        self.address = f"http://127.0.0.1:{self.server_address[1]}{self.wiki.path}"
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def answer(self, about: str, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """From now on answer requests with these words in address or body."""
        self.answers[about] = (status, headers, body)


class Passing(BaseHTTPRequestHandler):
    """One connection."""

    server: Between
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = f"{self.path} {sent.decode()}"
        found = next((answer for about, answer in self.server.answers.items() if about in asked), None)
        status, headers, body = found or self.passed_on(sent)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the names are Python's

    def passed_on(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        wiki = http.client.HTTPConnection(self.server.wiki.netloc, timeout=60)
        try:
            wiki.request(self.command, self.path, sent, {**dict(self.headers), "host": self.server.wiki.netloc})
            with wiki.getresponse() as answer:
                framing = {"content-length", "transfer-encoding", "connection", "date", "server"}
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in framing}
                return answer.status, kept, answer.read()
        finally:
            wiki.close()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def passing_on(base: str) -> Iterator[Between]:
    """Stand before a wiki."""
    with Between(base) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Page(HTMLParser):
    """What a browser sees of a page: its text, its controls, its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.text = html, ""
        self.controls: dict[str, list[str]] = {}
        self.checked: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.attributes: dict[str, dict[str, str]] = {}
        self.select = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.attributes[given["id"]] = given
        # The links of ours lead on this site, those of the wiki and of third parties elsewhere.
        if tag == "a" and given["href"].startswith("http"):
            self.links.append(given["href"])
        if tag == "select":
            self.select = given["name"]
        if tag == "option":
            given = {**given, "name": self.select, **({"checked": ""} if "selected" in given else {})}
        if tag in {"input", "button", "option"} and "name" in given:
            self.controls.setdefault(given["name"], []).append(given.get("value", ""))
            if given.get("type") in {"text", "email", "password", "hidden"} or "checked" in given:
                values = self.checked.setdefault(given["name"], [])
                if given["name"] != "ticket" or not values:
                    values.append(given.get("value", ""))

    def filled_in(self, answers: dict[str, list[str]]) -> list[tuple[str, str]]:
        """Give what a browser sends when somebody fills the form in."""
        values = dict(self.checked)
        for name, texts in answers.items():
            if f"field-{name}" in self.controls:
                values[f"field-{name}"] = texts
        return [(name, text) for name, texts in values.items() for text in texts]

    @property
    def made(self) -> bool:
        """Whether it says that the account is made."""
        return "is now an account on" in self.text


class Ports(Protocol):
    """Where to reach the page."""

    ports: list[int]


class Visitor:
    """A person with a browser. Every request goes to a worker at random."""

    def __init__(self, site: Ports, name: str) -> None:
        self.site, self.name = site, name
        self.cookie = ""
        self.used: set[int] = set()

    def request(self, method: str, path: str, body: str = "", *, port: int | None = None) -> Page:
        """Go to a page, and to where that sends us."""
        status, headers, html = self.exchange(method, path, body, port=port)
        if status == 303:
            return self.request("GET", headers["location"], port=port)
        assert status == 200, f"{status}: {html.decode()}"
        return Page(html.decode())

    def exchange(
        self, method: str, path: str, body: str = "", *, port: int | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, HTTPMessage, bytes]:
        port = port or random.choice(self.site.ports)
        self.used.add(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
        sent = {"cookie": self.cookie, "content-type": "application/x-www-form-urlencoded", **(headers or {})}
        try:
            connection.request(method, path, body, sent)
            with connection.getresponse() as answer:
                if given := answer.headers["set-cookie"]:
                    self.cookie = given.partition(";")[0]
                return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def submit(self, page: Page, answers: dict[str, list[str]], *, clicks: int = 1, port: int | None = None) -> Page:
        """Send a form, perhaps with a doubled click: both requests are on their way at once."""
        body = urlencode(page.filled_in({**ANSWERS, **answers}))
        with ThreadPoolExecutor(clicks) as threads:
            pages = [threads.submit(self.request, "POST", "/", body, port=port) for _ in range(clicks)]
        shown = [sent.result() for sent in pages]
        # Whichever the browser shows in the end: both show where the sign-up stands.
        assert len({tuple(page.filled_in({})) for page in shown}) == 1
        return random.choice(shown)

    def sign_up(self, way: str, *, doubled: bool = False) -> Page:
        """Go the whole way."""
        clicks = 2 if doubled else 1
        first = {"username": [self.name], "password": [PASSWORD], "retype": [PASSWORD]}
        if way != "plain":
            first = {"username": [self.name], "stepStart": ["1"], "stepChain": [way]}
        page = self.submit(self.request("GET", "/"), first, clicks=clicks)
        for _ in range(LATER_STEPS[way]):
            page = self.come_back(page, clicks=clicks) if page.links else self.submit(page, {}, clicks=clicks)
        return page

    def come_back(self, page: Page, *, clicks: int = 1) -> Page:
        """Visit the third party, and come back; a reload comes back twice."""
        url = urlsplit(follow(page.links[0]))
        assert f"{url.scheme}://{url.netloc}" == SITE
        for _ in range(clicks):
            page = self.request("GET", f"{url.path}?{url.query}")
        return page

    @property
    def handle(self) -> str:
        """The handle of the flow."""
        return self.cookie.partition("=")[2]


@asynccontextmanager
async def browsing(application: Starlette, base: str = HTTPS_SITE) -> AsyncIterator[httpx.AsyncClient]:
    """Open a browser before the application."""
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url=base, follow_redirects=True, timeout=60) as opened:
        yield opened
