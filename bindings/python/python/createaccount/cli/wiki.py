"""The wiki that a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from createaccount import find_api

if TYPE_CHECKING:
    from createaccount import Settings


def find(address: str, settings: Settings) -> str:
    """Find the api.php of a wiki from any address of it; the address of an api.php is used as it is."""
    if urlsplit(address).path.endswith("/api.php"):
        return address
    return find_api(address, **settings)


def host_of(api_url: str) -> str:
    """Return the host of an address, which is what people know."""
    return urlsplit(api_url).netloc
