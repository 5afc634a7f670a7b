"""Transports of the host."""

from __future__ import annotations

import gc
import logging
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from weakref import WeakSet

import createaccount
import pytest
from conftest import PASSWORD
from createaccount import (
    Client,
    InvalidState,
    NotSent,
    OutcomeUnknown,
    Pass,
    ProtocolError,
    Request,
    Response,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

ANSWER = {"username": "Alice", "password": PASSWORD}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def by_urllib(request: Request) -> Response:
    """Send a request by the standard library."""
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
    message = urllib.request.Request(request.url, request.body, dict(request.headers), method=request.method)
    try:
        try:
            answer = opener.open(message, timeout=request.timeout)
        except HTTPError as error:
            answer = error
        with answer:
            return Response(answer.status, answer.headers.items(), answer.read(request.body_limit + 1))
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise NotSent(str(error.reason)) from error.reason
        raise


def failing_at_post(failure: Callable[[Request], Response]) -> Callable[[Request], Response]:
    return lambda request: by_urllib(request) if request.method == "GET" else failure(request)


def raising(error: BaseException) -> Callable[[Request], Response]:
    def fail(_: Request) -> Response:
        raise error

    return fail


def test_an_account_is_made_by_urllib(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with Client(wiki.api_url, user_agent="tests/1.0", transport=by_urllib) as client:
        client.begin()
        assert isinstance(client.submit(ANSWER), Pass)
    assert "Alice" in wiki.users()


def test_the_hosts_headers_are_on_every_request(wiki: Wiki) -> None:
    seen: list[Request] = []

    def watching(request: Request) -> Response:
        seen.append(request)
        return by_urllib(request)

    with Client(
        wiki.api_url,
        basic_auth=("Aladdin", "open sesame"),
        headers={"X-Gateway": "key"},
        environment_proxies=False,
        transport=watching,
    ) as client:
        client.begin()
        client.submit(ANSWER)
    for request in seen:
        headers = dict(request.headers)
        assert headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        assert headers["x-gateway"] == "key"
    assert len(seen) == 2


def test_what_a_transport_is_given(wiki: Wiki) -> None:
    seen: list[Request] = []

    def watching(request: Request) -> Response:
        seen.append(request)
        assert not request.poll()
        return by_urllib(request)

    with Client(
        wiki.api_url, user_agent="tests/1.0", timeout=7, connect_timeout=3, transport=watching, bearer_token=None
    ) as client:
        client.begin()
        client.submit(ANSWER)
    form, creation = seen
    assert (form.method, form.body) == ("GET", None)
    assert form.url.startswith(wiki.api_url + "?action=query")
    assert dict(form.headers)["user-agent"].startswith("tests/1.0 libcreateaccount/")
    assert "cookie" in dict(creation.headers)
    assert isinstance(creation.body, bytes)
    assert b"username=Alice" in creation.body
    assert (creation.timeout, creation.connect_timeout) == (7.0, 3.0)
    assert creation.body_limit >= 1024 * 1024
    assert repr(creation) == f"Request(method='POST', url={wiki.api_url!r})"


def test_headers_may_be_a_mapping(wiki: Wiki) -> None:
    # One cookie is enough for an anonymous session.
    def mapped(request: Request) -> Response:
        answer = by_urllib(request)
        return Response(answer.status, dict(answer.headers), bytearray(answer.body))  # type: ignore[arg-type]

    with Client(wiki.api_url, transport=mapped) as client:
        client.begin()
        assert isinstance(client.submit(ANSWER), Pass)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ConnectionResetError("gone"), TransportError),
        (TimeoutError("late"), createaccount.TransportTimeout),
        (ZeroDivisionError("oops"), TransportError),
        (NotSent("no such host"), TransportError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(3), SystemExit),
    ],
)
def test_what_a_transport_raises_is_the_cause(raised: BaseException, expected: type[BaseException]) -> None:
    with Client("https://wiki.example/api.php", transport=raising(raised)) as client:
        with pytest.raises(expected) as caught:
            client.begin()
        assert type(caught.value) is expected
        if isinstance(raised, Exception):
            assert caught.value.__cause__ is raised
            assert str(raised) in str(caught.value)
        else:
            assert caught.value is raised


def test_a_lost_answer_is_an_unknown_outcome(wiki: Wiki) -> None:
    reset = ConnectionResetError("gone")

    def losing(request: Request) -> Response:
        by_urllib(request)
        raise reset

    with Client(wiki.api_url, transport=failing_at_post(losing)) as client:
        client.begin()
        with pytest.raises(OutcomeUnknown) as caught:
            client.submit(ANSWER)
        assert caught.value.__cause__ is reset
        assert client.reconcile() == Pass(username="Alice")


def test_not_sent_is_certain(wiki: Wiki) -> None:
    down = [True]

    def sometimes(request: Request) -> Response:
        if down[0]:
            raise NotSent("refused") from ConnectionRefusedError(111, "refused")
        return by_urllib(request)

    with Client(wiki.api_url, transport=failing_at_post(sometimes)) as client:
        client.begin()
        with pytest.raises(TransportError) as caught:
            client.submit(ANSWER)
        assert isinstance(caught.value.__cause__, NotSent)
        down[0] = False
        assert isinstance(client.submit(ANSWER), Pass)


def test_ctrl_c_in_a_transport_travels_as_itself(wiki: Wiki) -> None:
    with Client(wiki.api_url, transport=failing_at_post(raising(KeyboardInterrupt())), reconcile_wait=0) as client:
        client.begin()
        with pytest.raises(KeyboardInterrupt):
            client.submit(ANSWER)
        step = client.reconcile()
        assert isinstance(step, createaccount.Fail)
        assert "no account" in (step.message or "")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        (200, [], b""),
        Response("200"),  # type: ignore[arg-type]
        Response(99999),
        Response(200, [("a", 1)]),  # type: ignore[list-item]
        Response(200, 5),  # type: ignore[arg-type]
        Response(200, (), "text"),  # type: ignore[arg-type]
    ],
)
def test_answers_that_are_none(answer: Any) -> None:
    with (
        Client("https://wiki.example/api.php", transport=lambda _: answer) as client,
        pytest.raises(TransportError) as caught,
    ):
        client.begin()
    assert isinstance(caught.value.__cause__, (TypeError, OverflowError))


def test_warnings_of_the_wiki_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    warned = b'{"warnings": [{"code": "unrecognizedparams", "text": "Unrecognized parameter: colour."}], "query": {}}'
    caplog.set_level(logging.DEBUG, "createaccount")
    with (
        Client("https://wiki.example/api.php", transport=lambda _: Response(200, (), warned)) as client,
        pytest.raises(ProtocolError),
    ):
        client.begin()
    assert any("the wiki warns: " in line and "parameter: colour" in line for line in caplog.messages)


def test_larger_answers_than_asked_for_are_refused() -> None:
    def endless(request: Request) -> Response:
        return Response(200, (), b" " * (request.body_limit + 1))

    with (
        Client("https://wiki.example/api.php", transport=endless) as client,
        pytest.raises(TransportError, match="larger"),
    ):
        client.begin()


def test_a_transport_learns_of_a_cancellation() -> None:
    def waiting(request: Request) -> Response:
        end = time.monotonic() + 10
        while not request.poll() and time.monotonic() < end:
            time.sleep(0.02)
        raise NotSent("cancelled")

    client = Client("https://wiki.example/api.php", transport=waiting)
    timer = threading.Timer(0.2, client.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(TransportError):
        client.begin()
    assert time.monotonic() - started < 1.5
    timer.join()


def test_a_transport_cannot_call_its_client() -> None:
    def nosy(_: Request) -> Response:
        client.begin()
        return Response(200)

    client = Client("https://wiki.example/api.php", transport=nosy)
    with pytest.raises(TransportError) as caught:
        client.begin()
    assert isinstance(caught.value.__cause__, InvalidState)


def test_a_client_and_its_host_are_collected(wiki: Wiki) -> None:
    class Host:
        def __init__(self) -> None:
            self.client = Client(wiki.api_url, transport=self.send)

        def send(self, request: Request) -> Response:
            gc.collect()
            return by_urllib(request)

    alive: WeakSet[object] = WeakSet()
    for calls in range(3):
        host = Host()
        alive.update((host, host.client))
        for _ in range(calls):
            form = host.client.begin()
            # A step may lead back as well.
            assert form.raw is not None
            form.raw["host"] = host
        assert len(alive) == 2
        del host
        form = None  # type: ignore[assignment]
        gc.collect()
        assert not alive


def test_a_client_is_collected_only_after_its_call() -> None:
    entered, proceed = threading.Event(), threading.Event()

    def waiting(_: Request) -> Response:
        entered.set()
        proceed.wait(10)
        return Response(500)

    ended: list[object] = []

    def call() -> None:
        with pytest.raises(createaccount.ProtocolError):
            Client("https://wiki.example/api.php", transport=waiting).begin()
        ended.append(True)

    thread = threading.Thread(target=call)
    thread.start()
    entered.wait(10)
    gc.collect()
    proceed.set()
    thread.join()
    assert ended


def test_a_closed_client_lets_its_transport_go() -> None:
    def unused(_: Request) -> Response:
        raise NotSent

    alive: WeakSet[object] = WeakSet([unused])
    client = Client("https://wiki.example/api.php", transport=unused)
    del unused
    assert len(alive) == 1
    client.close()
    assert not alive


def test_a_busy_wiki_is_asked_again_within_the_budget(wiki: Wiki) -> None:
    answers = [Response(503, {"Retry-After": "1"}, b"busy")]

    def busy(request: Request) -> Response:
        return answers.pop() if answers else by_urllib(request)

    with Client(wiki.api_url, transport=busy, retry_budget=5) as client:
        assert client.begin().status == "FORM"
    answers.append(Response(503, {"Retry-After": "7"}, b"busy"))
    with Client(wiki.api_url, transport=busy) as client, pytest.raises(createaccount.ProtocolError) as caught:
        client.begin()
    assert (caught.value.http_status, caught.value.retry_after) == (503, 7.0)
