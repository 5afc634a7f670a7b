"""Where third parties send the person back to: an address on this machine that nobody can guess."""

from __future__ import annotations

import os
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from createaccount.cli.words import _, spoken

if TYPE_CHECKING:
    from typing_extensions import Self

MAX_LENGTH = 65536  # bytes of a form that is posted back
PAGE = """<!doctype html>
<html lang="{language.code}" dir="{language.direction}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}}</style>
<h1>{title}</h1><p>{text}</p>
"""  # noqa: E501


class Listener:
    """A listener on loopback. `returned` is the return: the address that was requested, and what was posted to it.

    Its file descriptor can be read from once there is a return, for ``select``.
    """

    def __init__(self, url: str | None = None) -> None:
        """Listen at the address of an earlier listener, or at a new one. Raises OSError if it is in use."""
        parts = urlsplit(url or "")
        self.server = Server(("127.0.0.1", parts.port or 0), Visitor)
        self.server.listener = self
        self.path = parts.path or f"/return/{secrets.token_urlsafe(24)}"
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self.origin + self.path
        self.returned: tuple[str, bytes] | None = None
        self.came, self.comes = os.pipe()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        os.close(self.came)
        os.close(self.comes)

    def fileno(self) -> int:
        """Return the descriptor that can be read from once there is a return."""
        return self.came

    def open(self) -> None:
        """Forget an earlier return, so that a new one can come."""
        if self.returned is not None:
            os.read(self.came, 1)
            self.returned = None

    def take(self, path: str, body: bytes) -> None:
        """Keep the first return."""
        if self.returned is None:
            self.returned = (self.origin + path, body)
            os.write(self.comes, b".")


class Server(ThreadingHTTPServer):
    """Each connection has a thread of its own: browsers open some in advance, and send nothing on them."""

    daemon_threads = True
    block_on_close = False
    listener: Listener


class Visitor(BaseHTTPRequestHandler):
    """One request to the listener."""

    server: Server
    timeout = 30

    def do_GET(self) -> None:
        """Handle a return by GET."""
        self.take(b"")

    def do_POST(self) -> None:
        """Handle a return by POST."""
        length = self.headers.get("content-length", "")
        self.take(self.rfile.read(min(int(length), MAX_LENGTH)) if length.isdecimal() else b"")

    def take(self, body: bytes) -> None:
        """Answer, and keep the return if it came to the right address."""
        listener = self.server.listener
        found = secrets.compare_digest(self.path.partition("?")[0].encode(), listener.path.encode())
        self.send_response(200 if found else 404)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page(found=found).encode())
        if found:
            listener.take(self.path, body)  # last, because the program may end soon afterwards

    def log_message(self, *_: object) -> None:
        """Log nothing: the address holds secrets."""


def page(*, found: bool) -> str:
    """Return a page that says whether this was a return."""
    if found:
        title, text = _("Thank you"), _("The sign-up goes on in your terminal. You can close this page.")
    else:
        title, text = _("Nothing here"), _("This address belongs to no sign-up.")
    return PAGE.format(language=spoken(), title=title, text=text)
