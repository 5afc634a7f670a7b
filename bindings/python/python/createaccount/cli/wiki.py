"""The wiki that a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from createaccount import Settings


def find(address: str, settings: Settings) -> str:
    """Find the api.php of a wiki by any address of it."""
    del settings
    return address


def host_of(api_url: str) -> str:
    """Give the part of an address that people know."""
    return urlsplit(api_url).netloc
