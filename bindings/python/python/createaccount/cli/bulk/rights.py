"""The rights of a session on its wiki, as the wiki lists them."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, build_opener
from urllib.request import Request as HttpRequest

from createaccount import Client, CreateAccountError, Request, Response

if TYPE_CHECKING:
    from createaccount import Settings


def rights_of(client: Client, settings: Settings) -> frozenset[str] | None:
    """List the rights of a client's session; None if the wiki does not say.

    `can_create` asks the wiki for them, but returns only its conclusion. A copy of the client asks again, over a
    transport that reads the answer as well.
    """
    window = Window(settings)
    over_it = settings.copy()
    over_it["transport"] = window
    over_it.pop("proxy", None)
    over_it.pop("ca_file", None)
    try:
        with Client.load(client.api_url, client.save(), **over_it) as double:
            double.can_create()
    except CreateAccountError:
        return None
    return window.rights


class Stay(HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        """Leave redirects to the library."""


class Window:
    """A transport of the standard library, which keeps the rights that it finds in answers."""

    def __init__(self, settings: Settings) -> None:
        proxy = settings.get("proxy")
        proxies = ProxyHandler({"http": proxy, "https": proxy} if proxy else None)
        trusted = ssl.create_default_context(cafile=settings.get("ca_file"))
        self.opener: OpenerDirector = build_opener(Stay, proxies, HTTPSHandler(context=trusted))
        self.rights: frozenset[str] | None = None

    def __call__(self, request: Request) -> Response:
        """Send one request."""
        asked = HttpRequest(request.url, request.body, dict(request.headers), method=request.method)  # noqa: S310
        asked.remove_header("Accept-encoding")
        try:
            answer = self.opener.open(asked, timeout=request.timeout)
        except HTTPError as error:
            answer = error
        with answer:
            body = answer.read(request.body_limit)
            response = Response(answer.status, list(answer.headers.items()), body)
        self.look(body)
        return response

    def look(self, body: bytes) -> None:
        """Keep the rights, if the body lists them."""
        try:
            rights = json.loads(body)["query"]["userinfo"]["rights"]
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(rights, list):
            self.rights = frozenset(map(str, rights))
