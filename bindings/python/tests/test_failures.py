"""Each failure on the way to the wiki has a class of its own. The servers are made here, so that they can misbehave."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest
from createaccount import (
    BadHttp,
    CertificateRejected,
    Client,
    ConnectFailed,
    ConnectionLost,
    CreateAccountError,
    DeadlinePassed,
    NameNotFound,
    ProxyFailed,
    TlsFailed,
    TooLarge,
    TransportError,
    TransportFailure,
    TransportTimeout,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n"
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + bytes(5_000_000)


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """Start servers that read what comes, answer with the given bytes, and end the connection."""
    listeners: list[socket.socket] = []

    def serve(listener: socket.socket, answer: bytes) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(answer)
                except OSError:
                    # The client has what it needs to give up.
                    continue

    def start(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=(listener, answer), daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def nowhere() -> str:
    """Give an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def failure_of(api_url: str, **settings: Any) -> CreateAccountError:
    with Client(api_url, **settings) as client, pytest.raises(TransportError) as caught:
        client.begin()
    return caught.value


def test_the_way_there(nowhere: str, answering: Callable[[bytes], str]) -> None:
    error = failure_of("https://wiki.invalid/api.php", environment_proxies=False)
    assert (type(error), error.failure) == (NameNotFound, TransportFailure.NAME)
    error = failure_of(f"http://{nowhere}/api.php")
    assert (type(error), error.failure) == (ConnectFailed, TransportFailure.CONNECT)
    error = failure_of("http://wiki.invalid/api.php", allow_http=True, proxy=f"http://{nowhere}")
    assert (type(error), error.failure) == (ProxyFailed, TransportFailure.PROXY)
    error = failure_of(f"https://{answering(b'no TLS')}/api.php")
    assert (type(error), error.failure) == (TlsFailed, TransportFailure.TLS)


def test_the_environment_can_be_left_out(nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://{nowhere}")
    assert type(failure_of("https://wiki.invalid/api.php")) is ProxyFailed
    assert type(failure_of("https://wiki.invalid/api.php", environment_proxies=False)) is NameNotFound


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def greet(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, pytest.raises(OSError):  # noqa: PT011  the client hangs up, in one way or another
            context.wrap_socket(connection, server_side=True).recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=greet, args=(listener,))
        server.start()
        error = failure_of(f"https://localhost:{listener.getsockname()[1]}/api.php")
        server.join()
    assert (type(error), error.failure) == (CertificateRejected, TransportFailure.CERTIFICATE)


def test_the_way_back(answering: Callable[[bytes], str]) -> None:
    error = failure_of(f"http://{answering(b'HTTP/1.1 200 OK')}/api.php")
    assert (type(error), error.failure) == (ConnectionLost, TransportFailure.LOST)
    error = failure_of(f"http://{answering(b'SSH-2.0-OpenSSH' + bytes(100))}/api.php")
    assert (type(error), error.failure) == (BadHttp, TransportFailure.PROTOCOL)
    error = failure_of(f"http://{answering(LARGE)}/api.php")
    assert (type(error), error.failure) == (TooLarge, TransportFailure.BOUND)


def test_no_time_left(answering: Callable[[bytes], str]) -> None:
    error = failure_of(f"http://{answering(BUSY)}/api.php", deadline=5, retry_budget=60)
    assert (type(error), error.failure) == (DeadlinePassed, TransportFailure.DEADLINE)
    assert isinstance(error, TransportTimeout)


def test_failures_made_wrongly() -> None:
    with pytest.raises(TypeError, match="status"):
        NameNotFound("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        ConnectFailed("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        ProxyFailed("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        CertificateRejected("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        TlsFailed("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        ConnectionLost("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        BadHttp("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        TooLarge("Text.", status=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        DeadlinePassed("Text.", status=1)  # type: ignore[call-arg]
