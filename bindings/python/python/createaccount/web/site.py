"""The address of the application, as visitors see it."""

from __future__ import annotations

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


class Site:
    """The address of the application. It is never taken from a request.

    * url: The address, without a slash at its end.
    * path: Its path; empty if the application is at the root of its host.
    * origin: The origin of the pages, as browsers write it.
    * secure: Whether the address is https.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in PORTS or not host or not url.isascii() or not set("?#@").isdisjoint(url):
            message = f"the site is an address as https://signup.example.org or https://example.org/join, not {url}"
            raise ValueError(message)
        # As browsers write it.
        named = f"[{host}]" if ":" in host else host
        port = "" if parts.port in {None, PORTS[parts.scheme]} else f":{parts.port}"
        self.origin = f"{parts.scheme}://{named}{port}"
        self.path = parts.path.rstrip("/")
        self.url = self.origin + self.path
        self.secure = parts.scheme == "https"
