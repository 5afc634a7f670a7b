"""What a transport of the host takes and returns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """One HTTP request, ready to be sent.

    A transport must not follow redirects, must not send a request twice, must not keep or add cookies, must not log
    headers or bodies, and must check certificates.

    * method: ``"GET"`` or ``"POST"``.
    * url: The absolute address, query included.
    * headers: Header names (lower case) and values, the cookies included. ``cookie`` and ``authorization`` are secret.
    * body: The body of a POST (``application/x-www-form-urlencoded``). It is secret.
    * timeout: Seconds for the whole exchange.
    * connect_timeout: Seconds for name resolution, connection and TLS.
    * body_limit: The largest body to receive, in bytes after decoding.
    * poll: Handles signals, and returns whether the call was cancelled. A transport that blocks should call it
      several times a second.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | None
    timeout: float
    connect_timeout: float
    body_limit: int
    poll: Callable[[], bool]

    def __repr__(self) -> str:
        return f"Request(method={self.method!r}, url={self.url.partition('?')[0]!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """One complete HTTP response, whatever its status.

    * status: The status code.
    * headers: Header names (any case) and values. Give pairs where a name may come twice, as ``set-cookie`` does.
    * body: The body, decoded if it was compressed.
    """

    status: int
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Response(status={self.status}, body=<{len(self.body)} bytes>)"


Transport = Callable[[Request], Response]
"""Sends one request and returns its response. It is called on the thread that called the client.

It raises `NotSent` if the request was certainly not sent. An exception from it becomes the ``__cause__`` of a
`TransportError` (a `TransportTimeout` after a `TimeoutError`), or of an `OutcomeUnknown` if the account may have been
made.
"""
