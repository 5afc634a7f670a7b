"""The wikis that the tests run against; see tests/wiki/README.md of the repository."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest

try:
    import createaccount
    import redis
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is not installed: run `make test SECTION=python`, which installs it")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PASSWORD = "correct horse battery 7"
RETURN_URL = "http://127.0.0.1:9/return?path=secret"
EMBEDDED = "CREATEACCOUNT_WIKI_EMBEDDED"


@dataclass(frozen=True)
class Wiki:
    """One fresh wiki: an instance of its own."""

    base: str

    @property
    def api_url(self) -> str:
        return f"{self.base}/api.php"

    def window(self, name: str) -> Any:
        """Look at what really happened there."""
        with urlopen(f"{self.base}/{name}", timeout=30) as answer:
            return json.load(answer)

    def users(self) -> list[str]:
        return [user["name"] for user in self.window("_users")]

    def requests(self) -> list[str]:
        return [request["method"] for request in self.window("_requests")]


_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-wikis", action="store_true", help="leave out the tests that need a wiki")


def pytest_configure(config: pytest.Config) -> None:
    if not (config.getoption("--without-wikis") or EMBEDDED in os.environ):
        pytest.exit(
            f"{EMBEDDED} is not set: run `make test SECTION=python`, or pytest --without-wikis",
            returncode=pytest.ExitCode.USAGE_ERROR,
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--without-wikis"):
        needing = [item for item in items if {"make", "make_any"} & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]


def make_wiki(variable: str, profiles: str) -> Wiki:
    address = os.environ[variable]
    instance = f"python-{os.getpid()}-{time.time_ns():x}-{next(_numbers)}"
    return Wiki(f"{address}/w/{profiles}/{instance}")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let programs that a test starts be interrupted: where SIGINT is ignored (`nohup`, `&`) they would inherit it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def make() -> Callable[[str], Wiki]:
    """Make embedded wikis of given profiles."""
    return lambda profiles: make_wiki(EMBEDDED, profiles)


@pytest.fixture(params=["EMBEDDED", "1_39", "1_43"])
def make_any(request: pytest.FixtureRequest) -> Callable[[str], Wiki]:
    """Make wikis of given profiles: embedded ones, and two versions of MediaWiki."""
    return lambda profiles: make_wiki(f"CREATEACCOUNT_WIKI_{request.param}", profiles)


@pytest.fixture
def wiki(make: Callable[[str], Wiki]) -> Wiki:
    """Make an embedded wiki with the stock form."""
    return make("stock")


@pytest.fixture
def steps(make: Callable[[str], Wiki]) -> Wiki:
    """Make an embedded wiki with the test extension's steps."""
    return make("steps")


@pytest.fixture
def client(wiki: Wiki) -> Iterator[createaccount.Client]:
    """Open a client on the wiki with the stock form."""
    with createaccount.Client(wiki.api_url) as opened:
        yield opened


@pytest.fixture
def stepper(steps: Wiki) -> Iterator[createaccount.Client]:
    """Open a client on the wiki with steps."""
    with createaccount.Client(steps.api_url, return_url=RETURN_URL) as opened:
        yield opened


@pytest.fixture
def silent() -> Iterator[str]:
    """Listen as a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/api.php"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """Start a Redis that keeps nothing on disk."""
    with serving_redis('save ""', "appendonly no") as url:
        yield url


@contextmanager
def serving_redis(*settings: str) -> Iterator[str]:
    """Start a Redis, and give its address."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.fail("redis-server is not installed: run `tests/prepare.sh test`", pytrace=False)
    port, password = free_port(), "of no use to anybody else"
    common = (f"port {port}", "bind 127.0.0.1", f'requirepass "{password}"', "loglevel warning")
    with subprocess.Popen([server, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stdin
        process.stdin.write("\n".join([*common, *settings, ""]))
        process.stdin.close()
        url = f"redis://:{password.replace(' ', '%20')}@127.0.0.1:{port}/0"
        try:
            wait_for(lambda: connect(url).ping(), redis.exceptions.RedisError)
            yield url
        finally:
            process.terminate()


@pytest.fixture(params=["redis", "state"])
def place(request: pytest.FixtureRequest, redis_url: str, tmp_path: Path) -> list[str]:
    """Say where flows lie."""
    return ["--redis", redis_url] if request.param == "redis" else ["--state", str(tmp_path / "flows")]


def chain(client: createaccount.Client, name: str, username: str = "Alice", **values: str) -> createaccount.Step:
    """Begin, and start one of the test extension's chains."""
    client.begin()
    return client.submit({"username": username, "stepStart": True, "stepChain": name, **values})


def follow(target: str) -> str:
    """Play the browser: go where the wiki sends us, and return where we are sent from there."""

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        build_opener(Stay).open(target, timeout=30).close()
    except HTTPError as answer:
        with answer:
            return str(answer.headers["location"])
    pytest.fail(f"{target} sends us nowhere")


def free_port() -> int:
    """Find one below those that Linux gives to connections: they could take it before its server does."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def touch(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def wait_for(ready: Callable[[], object], *not_yet: type[Exception]) -> None:
    """Wait until something that was started answers."""
    end = time.monotonic() + 60
    while True:
        try:
            ready()
        except not_yet:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return
