"""The example web_signup.py: flows in Redis, and worker processes of which any continues any flow."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import createaccount
import pytest
import redis
from conftest import PASSWORD, follow, make_wiki

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPMessage

    from conftest import Wiki

SEAL_KEYS = f"{'5a' * 32},{'5b' * 32}"
EXAMPLE = Path(__file__).parents[1] / "examples/web_signup.py"
# What stands before the workers in real life. Here each visitor chooses a worker for each request.
SITE = "http://localhost"
ANSWERS = {"code": ["1234"], "pin": ["98 76"], "color": ["green"], "topics": ["art", "a|b"], "agree": ["1"]}
# The steps after the first form, and so the entries in the providers' record, for each way to sign up.
LATER_STEPS = {"plain": 0, "ui": 1, "redirect": 1, "chain": 3}


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """Start a Redis that keeps nothing on disk."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.fail("redis-server is not installed: run `tests/prepare.sh test`", pytrace=False)
    port, password = free_port(), "of no use to anybody else"
    settings = f'port {port}\nbind 127.0.0.1\nrequirepass "{password}"\nsave ""\nappendonly no\nloglevel warning\n'
    with subprocess.Popen([server, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stdin
        process.stdin.write(settings)
        process.stdin.close()
        url = f"redis://:{password.replace(' ', '%20')}@127.0.0.1:{port}/0"
        try:
            wait_for(lambda: connect(url).ping(), redis.exceptions.RedisError)
            yield url
        finally:
            process.terminate()


class Site:
    """Worker processes of the example, each at a port of its own, before one wiki."""

    def __init__(self, wiki: Wiki, redis_url: str, number: int) -> None:
        self.wiki, self.redis = wiki, connect(redis_url)
        self.ports = [free_port() for _ in range(number)]
        command = [sys.executable, "-W", "error", "-W", "ignore:createaccount is a debug build", str(EXAMPLE)]
        self.workers = {
            port: subprocess.Popen(
                [*command, wiki.api_url, SITE, str(port)],
                env={**os.environ, "REDIS_URL": redis_url, "SEAL_KEYS": SEAL_KEYS},
                stderr=subprocess.PIPE,
                text=True,
            )
            for port in self.ports
        }
        for port in self.ports:
            wait_for(partial(touch, port), OSError)

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
def site(wiki: Wiki, redis_url: str, number: int = 2) -> Iterator[Site]:
    opened = Site(wiki, redis_url, number)
    try:
        yield opened
    finally:
        complaints = opened.stop()
    assert complaints == ""


class Page(HTMLParser):
    """What a browser sees of a page: its text, its controls, its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.text = html, ""
        self.controls: dict[str, list[str]] = {}
        self.checked: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given["href"])
        if tag in {"input", "button"} and "name" in given:
            self.controls.setdefault(given["name"], []).append(given.get("value", ""))
            if given.get("type") in {"text", "password", "hidden"} or "checked" in given:
                self.checked.setdefault(given["name"], []).append(given.get("value", ""))

    def filled_in(self, answers: dict[str, list[str]]) -> list[tuple[str, str]]:
        """Give what a browser sends when somebody fills the form in."""
        values = dict(self.checked)
        for name, texts in answers.items():
            if f"field-{name}" in self.controls:
                values[f"field-{name}"] = texts
        return [(name, text) for name, texts in values.items() for text in texts]


class Visitor:
    """A person with a browser. Every request goes to a worker at random."""

    def __init__(self, site: Site, name: str) -> None:
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
        self, method: str, path: str, body: str = "", *, port: int | None = None
    ) -> tuple[int, HTTPMessage, bytes]:
        port = port or random.choice(self.site.ports)
        self.used.add(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
        headers = {"cookie": self.cookie, "content-type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, headers)
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
    def flow(self) -> str:
        """The id of the flow."""
        return self.cookie.partition("=")[2]


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize(("which", "number"), [("EMBEDDED", 200), ("1_39", 20), ("1_43", 20)])
def test_any_worker_continues_any_flow(which: str, number: int, redis_url: str) -> None:
    wiki = make_wiki(f"CREATEACCOUNT_WIKI_{which}", "steps")
    ways = list(LATER_STEPS)
    # One flow in four has every click doubled.
    flows = [(f"Visitor {i}", ways[i % 4], i // 4 % 4 == 0) for i in range(number)]

    def sign_up(name: str, way: str, doubled: bool) -> tuple[str, int]:  # noqa: FBT001
        visitor = Visitor(workers, name)
        try:
            page = visitor.sign_up(way, doubled=doubled)
        except (AssertionError, OSError) as error:
            return f"{name} ({way}): {error!r}", 0
        return "" if f"The account {name} is made." in page.text else f"{name} ({way}): {page.text}", len(visitor.used)

    with site(wiki, redis_url, 4) as workers, ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(sign_up, *zip(*flows, strict=True)))
    assert [lost for lost, _ in ends if lost] == []
    assert sum(used > 1 for _, used in ends) > number / 2

    made = [name for name in wiki.users() if name.startswith("Visitor ")]
    assert sorted(made) == sorted(name for name, _, _ in flows)
    # A second submission would fail, but it would reach the providers.
    phases = [received["phase"] for received in wiki.window("_received")]
    assert phases.count("begin") == number
    assert phases.count("continue") == sum(LATER_STEPS[way] for _, way, _ in flows)


def test_a_person_unticks_what_the_wiki_has_ticked(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with site(make_any("steps"), redis_url) as workers:
        visitor = Visitor(workers, "Alice")
        first = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["odd"]}
        page = visitor.submit(visitor.request("GET", "/"), first)
        assert page.checked["field-news"] == ["", "1"]
        assert page.checked["field-topics"] == ["", "art", "law"]
        unticked = {"news": [""], "topics": [""], "domain": ["x"]}
        page = visitor.submit(page, unticked)
        # What was missing is asked for again, and nothing is ticked by that.
        assert "teacher" in page.text
        assert (page.checked["field-news"], page.checked["field-topics"]) == ([""], [""])
        page = visitor.submit(page, {"teacher": ["", "1"], "topics": [""]})
        assert "The account Alice is made." in page.text
        odd = workers.wiki.window("_received")[-1]["requests"][0]["fields"]
        assert odd == {"news": False, "topics": [], "domain": "x", "campaign": ""}


def test_a_worker_dies_between_two_steps(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with site(make_any("steps"), redis_url, 3) as workers:
        visitor = Visitor(workers, "Alice")
        first, second, *_ = workers.ports
        page = visitor.request("GET", "/", port=first)
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["chain"]}
        page = visitor.submit(page, answers, port=first)
        workers.kill(first)
        page = visitor.submit(page, {}, port=second)
        workers.kill(second)
        page = visitor.submit(visitor.come_back(page), {})
        assert "The account Alice is made." in page.text
        assert "Alice" in workers.wiki.users()


def test_a_worker_dies_in_the_middle_of_a_step(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with site(make_any("steps"), redis_url) as workers, ThreadPoolExecutor(1) as threads:
        visitor = Visitor(workers, "Alice")
        first, *_ = workers.ports
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["slow"]}
        lost = threads.submit(visitor.submit, page, answers, port=first)
        wait_for(lambda: workers.wiki.window("_received")[0], IndexError)
        workers.kill(first)
        with pytest.raises(OSError, match=r"reset|closed"):
            lost.result()
        # The dead worker's lock runs out; the person has been clicking meanwhile.
        (lock,) = workers.redis.scan_iter(f"*:lock:{visitor.flow}")
        workers.redis.pexpire(lock, 1)
        page = visitor.submit(page, answers, clicks=2)
        assert "The account Alice is made." in page.text
        assert [received["phase"] for received in workers.wiki.window("_received")] == ["begin"]
        assert workers.wiki.users().count("Alice") == 1


def test_a_refusal_is_shown_and_corrected(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    wiki = make_any("stock")
    with createaccount.Client(wiki.api_url) as client:
        taken = str(client.check_username("Taken").message)
    with site(wiki, redis_url) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.submit(visitor.request("GET", "/"), {"username": ["Alice"]})
        assert "password" in page.text
        passwords = {"password": [PASSWORD], "retype": [PASSWORD]}
        page = visitor.submit(page, {"username": ["Taken"], "realname": ['A <b> & "c"'], **passwords})
        assert taken in page.text
        # What was typed is still there, but for the passwords.
        assert page.checked["field-realname"] == ['A <b> & "c"']
        assert page.checked["field-password"] == [""]
        assert PASSWORD not in page.html
        page = visitor.submit(page, {"username": ["Alice"], **passwords})
        assert "The account Alice is made." in page.text
        page = visitor.request("POST", "/", urlencode({**dict(page.filled_in({})), "again": "1"}))
        assert "field-username" in page.controls
        assert workers.wiki.users()[2:] == ["Alice"]


def test_nothing_of_the_wiki_or_the_visitor_is_markup(wiki: Wiki, redis_url: str) -> None:
    with site(wiki, redis_url) as workers:
        visitor = Visitor(workers, "Alice")
        bad = "\"><script>alert('1')</script>"
        answers = {"username": [bad], "password": [PASSWORD], "retype": [PASSWORD], "email": [bad]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        assert "<script" not in page.html
        assert page.checked["field-username"] == [bad]
        _, headers, _ = visitor.exchange("GET", "/")
        assert "default-src 'none'" in headers["content-security-policy"]


def test_a_captcha_is_fetched_in_the_session_of_the_flow(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with site(make_any("fancy"), redis_url) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        assert 'src="/captcha"' in page.html
        status, headers, picture = visitor.exchange("GET", "/captcha")
        assert (status, headers["content-type"], picture[:4]) == (200, "image/png", b"\x89PNG")
        shown = next(
            request for request in reversed(workers.wiki.window("_requests")) if "wpCaptchaId" in request["query"]
        )
        wanted = parse_qs(shown["query"])["wpCaptchaId"][0]
        word = workers.wiki.window(f"_captcha?id={wanted}")["answer"]
        answers = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD], "captchaWord": [word]}
        assert "The account Alice is made." in visitor.submit(page, answers).text


def test_flows_are_for_their_visitors_only(steps: Wiki, redis_url: str) -> None:
    with site(steps, redis_url) as workers:
        visitor, other = Visitor(workers, "Alice"), Visitor(workers, "Mallory")
        # An id that we did not give is not taken.
        visitor.cookie = f"flow={'x' * 43}"
        page = visitor.request("GET", "/")
        assert visitor.cookie != f"flow={'x' * 43}"
        _, headers, _ = visitor.exchange("GET", "/")
        assert "; HttpOnly; SameSite=Lax; Max-Age=3600" in headers["set-cookie"]
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["redirect"]}

        # A form that another site sends comes without the cookie.
        cookie, visitor.cookie = visitor.cookie, ""
        assert visitor.exchange("POST", "/", urlencode(page.filled_in(answers)))[0] == 303
        visitor.cookie = cookie
        assert steps.window("_received") == []

        page = visitor.submit(page, answers)
        url = urlsplit(follow(page.links[0]))
        # Neither another visitor nor another address comes back in the visitor's place.
        assert visitor.flow not in page.links[0]
        other.request("GET", "/")
        for somebody, path in [(other, url.path), (visitor, "/return/"), (visitor, "/return/0")]:
            assert somebody.exchange("GET", f"{path}?{url.query}")[0] == 303
        assert len(steps.window("_received")) == 1
        page = visitor.request("GET", f"{url.path}?{url.query}")
        assert "The account Alice is made." in page.text


def test_flows_expire(steps: Wiki, redis_url: str) -> None:
    with site(steps, redis_url) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["ui"]}
        page = visitor.submit(page, answers)
        (key,) = workers.redis.scan_iter(f"*{visitor.flow}")
        assert 3500 < int(workers.redis.ttl(key)) <= 3600
        before = visitor.cookie
        workers.redis.delete(key)
        page = visitor.submit(page, {})
        assert "field-username" in page.controls
        assert visitor.cookie != before
        # Of a finished flow nothing is kept but the name.
        page = visitor.submit(page, {**answers, "stepChain": ["none"]})
        (key,) = workers.redis.scan_iter(f"*{visitor.flow}")
        assert workers.redis.get(key) == b'[false, 1, "", "Alice"]\n'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def touch(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def wait_for(ready: Callable[[], object], *not_yet: type[Exception]) -> None:
    """Wait until something that was started answers."""
    end = time.monotonic() + 30
    while True:
        try:
            ready()
        except not_yet:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return
