"""Two HTTP libraries that people have, `requests` and `httpx`, driven through `transport=`."""

from __future__ import annotations

import gzip
import http.client
import socket
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import createaccount
import httpx
import pytest
import requests
from conftest import PASSWORD, RETURN_URL, follow
from createaccount import (
    Client,
    Fail,
    Form,
    NotSent,
    OutcomeUnknown,
    Pass,
    ProtocolError,
    Redirect,
    Request,
    Response,
    Transport,
    TransportError,
    TransportTimeout,
)
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message

    from conftest import Wiki

ANSWER = {"username": "Alice", "password": PASSWORD}


def by_requests(request: Request) -> Response:
    """Send a request by `requests`. Sessions are not kept: they would keep cookies."""
    timeout = (request.connect_timeout, request.timeout)
    with requests.Session() as session:
        session.trust_env = False  # no password from .netrc
        try:
            with session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = bytearray()
                for part in answer.iter_content(65536):
                    body += part
                    if len(body) > request.body_limit:
                        break
                return Response(answer.status_code, answer.raw.headers.items(), bytes(body))
        except requests.Timeout as error:
            raise (NotSent if isinstance(error, requests.ConnectTimeout) else TimeoutError)(str(error)) from error
        except requests.ConnectionError as error:
            # The same class also stands for connections that break later.
            reason = getattr(error.args[0], "reason", None) if error.args else None
            if isinstance(reason, NewConnectionError | ConnectTimeoutError):
                raise NotSent(str(reason)) from error
            raise


def by_httpx(request: Request) -> Response:
    """Send a request by `httpx`. Clients are not kept: they would keep cookies."""
    timeout = httpx.Timeout(request.timeout, connect=request.connect_timeout)
    try:
        with (
            httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream(request.method, request.url, headers=request.headers, content=request.body) as answer,
        ):
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > request.body_limit:
                    break
            return Response(answer.status_code, answer.headers.multi_items(), bytes(body))
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NotSent(str(error)) from error
    except httpx.TimeoutException as error:
        raise TimeoutError(str(error)) from error


class Server(ThreadingHTTPServer):
    """Stands in front of a wiki, and answers as `answer` says; at first it passes everything on."""

    daemon_threads = True

    def __init__(self, wiki: Wiki) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wiki = wiki
        self.api_url = f"http://127.0.0.1:{self.server_port}{urlsplit(wiki.api_url).path}"
        self.answer: Callable[[Handler], None] = Handler.pass_on
        self.seen: list[tuple[str, str, Message]] = []
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def stop(self) -> None:
        """Listen no longer."""
        self.shutdown()
        self.thread.join()
        self.server_close()

    @property
    def methods(self) -> list[str]:
        return [method for method, _, _ in self.seen]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    body: bytes

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.command, self.path, self.headers))
        self.server.answer(self)

    def do_POST(self) -> None:
        self.do_GET()

    def ask(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the wiki."""
        connection = http.client.HTTPConnection(urlsplit(self.server.wiki.api_url).netloc, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        try:
            connection.request(self.command, self.path, self.body, headers)
            with connection.getresponse() as answer:
                return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def pass_on(self) -> None:
        self.send(*self.ask())

    def compress(self) -> None:
        status, headers, body = self.ask()
        assert "gzip" in self.headers["accept-encoding"]
        self.send(status, [*headers, ("content-encoding", "gzip")], gzip.compress(body))

    def cut(self) -> None:
        """Send half of the answer to a creation."""
        status, headers, body = self.ask()
        self.send(status, headers, body, cut=len(body) // 2 if self.command == "POST" else 0)

    def reset(self) -> None:
        """Reset the connection in place of the answer to a creation."""
        status, headers, body = self.ask()
        if self.command == "GET":
            self.send(status, headers, body)
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def send(self, status: int, headers: list[tuple[str, str]], body: bytes = b"", *, cut: int = 0) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - cut])

    def log_message(self, *_: object) -> None:
        pass


def serving(wiki: Wiki) -> Iterator[Server]:
    server = Server(wiki)
    yield server
    server.stop()


@pytest.fixture
def relay(make_any: Callable[[str], Wiki]) -> Iterator[Server]:
    """Stand before each of the wikis."""
    yield from serving(make_any("stock"))


@pytest.fixture
def server(wiki: Wiki) -> Iterator[Server]:
    """Stand before the embedded wiki."""
    yield from serving(wiki)


@pytest.fixture(params=[by_requests, by_httpx])
def transport(request: pytest.FixtureRequest) -> Transport:
    chosen: Transport = request.param
    return chosen


def users(server: Server) -> list[str]:
    return server.wiki.users()[2:]


def test_an_account_is_made(transport: Transport, make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with Client(wiki.api_url, user_agent="tests/1.0", transport=transport) as client:
        client.begin()
        taken = client.submit({**ANSWER, "username": "Taken"})
        assert isinstance(taken, Fail)
        assert taken.reason is createaccount.Reason.NAME_TAKEN
        client.begin()
        assert isinstance(client.submit(ANSWER), Pass)
    assert wiki.users()[2:] == ["Alice"]
    agents = {request["headers"]["user-agent"] for request in wiki.window("_requests")}
    assert len(agents) == 1
    assert agents.pop().startswith("tests/1.0 libcreateaccount/")


def test_several_steps(transport: Transport, make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with Client(wiki.api_url, return_url=RETURN_URL, transport=transport) as client:
        client.begin()
        assert isinstance(client.submit({"username": "Alice", "stepStart": True, "stepChain": "chain"}), Form)
        away = client.submit({"code": "1234"})
        assert isinstance(away, Redirect)
        assert isinstance(client.resume(follow(away.target)), Form)
        assert isinstance(client.submit({"topics": ["art", "a|b"]}), Pass)
    assert wiki.window("_received")[-1]["requests"][0]["fields"]["topics"] == ["art", "a|b"]


def test_answers_come_compressed(transport: Transport, relay: Server) -> None:
    relay.answer = Handler.compress
    with Client(relay.api_url, transport=transport) as client:
        client.begin()
        assert isinstance(client.submit(ANSWER), Pass)
    assert users(relay) == ["Alice"]


@pytest.mark.parametrize("trouble", [Handler.cut, Handler.reset])
def test_a_lost_answer_is_an_unknown_outcome(
    trouble: Callable[[Handler], None], transport: Transport, relay: Server
) -> None:
    relay.answer = trouble
    with Client(relay.api_url, transport=transport) as client:
        client.begin()
        with pytest.raises(OutcomeUnknown) as caught:
            client.submit(ANSWER)
        assert isinstance(caught.value.__cause__, requests.RequestException | httpx.TransportError)
        assert isinstance(client.reconcile(), Pass)
    assert relay.methods == ["GET", "POST", "GET"]
    assert users(relay) == ["Alice"]


def test_a_refused_connection_is_certain(transport: Transport, relay: Server) -> None:
    with Client(relay.api_url, transport=transport) as client:
        client.begin()
        relay.stop()
        with pytest.raises(TransportError) as caught:
            client.submit(ANSWER)
        assert isinstance(caught.value.__cause__, NotSent)
        assert isinstance(caught.value.__cause__.__cause__, requests.ConnectionError | httpx.ConnectError)
        assert client.step is not None
        assert client.step.status == "FORM"
    assert users(relay) == []


def test_a_name_that_is_not_found_is_certain(transport: Transport) -> None:
    with Client("https://wiki.invalid/api.php", transport=transport) as client:
        with pytest.raises(TransportError) as caught:
            client.begin()
        assert isinstance(caught.value.__cause__, NotSent)


def test_time_limits(transport: Transport, server: Server) -> None:
    release = threading.Event()
    server.answer = lambda handler: handler.pass_on() if handler.command == "GET" else drop(release.wait(30))
    with Client(server.api_url, transport=transport, timeout=0.5, reconcile_wait=0) as client:
        client.begin()
        with pytest.raises(OutcomeUnknown) as caught:
            client.submit(ANSWER)
        assert isinstance(caught.value.__cause__, TimeoutError)
        server.answer = lambda _: drop(release.wait(30))
        with pytest.raises(TransportTimeout):
            client.begin()
    release.set()


def drop(_: object) -> None:
    pass


def test_what_a_transport_raises_is_the_cause(transport: Transport, server: Server) -> None:
    oops = ZeroDivisionError("oops")

    def failing(request: Request) -> Response:
        if request.method == failing_at:
            raise oops
        return transport(request)

    with Client(server.api_url, transport=failing, reconcile_wait=0) as client:
        failing_at = "GET"
        with pytest.raises(TransportError, match="oops") as certain:
            client.begin()
        assert certain.value.__cause__ is oops

        failing_at = "POST"
        client.begin()
        with pytest.raises(OutcomeUnknown, match="oops") as caught:
            client.submit(ANSWER)
        assert caught.value.__cause__ is oops
        assert isinstance(client.reconcile(), Fail)
    assert users(server) == []


def test_cookies_are_the_librarys(transport: Transport, server: Server) -> None:
    given = [
        ("set-cookie", "one=1; Path=/"),
        ("set-cookie", "two=2; Path=/; HttpOnly"),
        ("set-cookie", "away=3; Path=/x"),
    ]

    def answer(handler: Handler) -> None:
        status, headers, body = handler.ask()
        handler.send(status, [*headers, *given], body)

    server.answer = answer
    with Client(server.api_url, transport=transport) as client, Client(server.api_url, transport=transport) as other:
        client.begin()
        client.submit({**ANSWER, "username": "Taken"})
        other.begin()
    (_, _, first), (_, _, second), *_, (_, _, third) = server.seen
    assert first["cookie"] is None
    assert len(second.get_all("cookie") or []) == 1
    pairs = set(second["cookie"].split("; "))
    assert {"one=1", "two=2"} <= pairs
    assert "away=3" not in pairs
    # Another client has cookies of its own.
    assert third["cookie"] is None


def test_redirects_are_the_librarys(transport: Transport, server: Server) -> None:
    def to_another_path(handler: Handler) -> None:
        if handler.command == "GET" and "hop=" not in handler.path:
            handler.send(302, [("location", f"{handler.path}&hop=1"), ("set-cookie", "hop=taken; Path=/")])
        else:
            handler.pass_on()

    server.answer = to_another_path
    with Client(server.api_url, transport=transport) as client:
        client.begin()
        assert isinstance(client.submit(ANSWER), Pass)
    assert server.methods == ["GET", "GET", "POST"]
    # The cookie of the answer that redirects is sent to where it redirects.
    assert server.seen[1][2]["cookie"] == "hop=taken"
    assert users(server) == ["Alice"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_go_to_no_other_origin_and_take_no_creation(
    status: int, transport: Transport, server: Server, wiki: Wiki
) -> None:
    server.answer = lambda handler: handler.send(status, [("location", f"{wiki.api_url}?hop=2")])
    with Client(server.api_url, transport=transport) as client, pytest.raises(ProtocolError, match="redirects"):
        client.begin()

    def at_post(handler: Handler) -> None:
        if handler.command == "POST":
            handler.send(status, [("location", f"{handler.path}?hop=3")])
        else:
            handler.pass_on()

    server.answer = at_post
    with Client(server.api_url, transport=transport) as client:
        client.begin()
        with pytest.raises(ProtocolError, match="redirects"):
            client.submit(ANSWER)
    # After a page in place of an answer the wiki is asked what became of it.
    assert server.methods == ["GET", "GET", "POST", "GET"]
    assert [request for request in wiki.window("_requests") if "hop" in request["query"]] == []


def test_redirects_without_end(transport: Transport, server: Server) -> None:
    server.answer = lambda handler: handler.send(302, [("location", handler.path)])
    with Client(server.api_url, transport=transport) as client, pytest.raises(TransportError, match="without end"):
        client.begin()
    assert 2 < len(server.seen) < 20


@pytest.mark.parametrize("compressed", [False, True])
def test_limits_are_the_librarys(compressed: bool, transport: Transport, server: Server) -> None:  # noqa: FBT001
    def large(handler: Handler) -> None:
        body = bytes(5 * 1024 * 1024)
        headers = [("content-type", "application/json"), *([("content-encoding", "gzip")] if compressed else [])]
        # Nobody waits for the end of it.
        with suppress(OSError):
            handler.send(200, headers, gzip.compress(body) if compressed else body)

    server.answer = large
    with Client(server.api_url, transport=transport) as client, pytest.raises(TransportError, match="larger"):
        client.begin()
