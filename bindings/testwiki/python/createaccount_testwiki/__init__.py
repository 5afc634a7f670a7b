"""A small wiki on loopback that makes accounts as MediaWiki does, to test sign-ups against.

With pytest ask for the fixture ``testwiki``:

>>> def test_a_taken_name(testwiki):
...     wiki = testwiki("throttle")
...     ...  # sign up at wiki.api_url
...     assert wiki.users() == ["Admin", "Taken"]

Without it `serve` starts one:

>>> with serve() as server:
...     wiki = server.wiki("stock")
...     users = wiki.users()
>>> users
['Admin', 'Taken']
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Server", "Wiki", "__version__", "serve"]
__version__ = version("createaccount-testwiki")


@dataclass(frozen=True)
class Wiki:
    """One wiki, which shares nothing with others: neither users nor sessions nor throttles.

    It has two users: ``Admin`` (password ``admin-secret-42``, a sysop) and ``Taken`` (``taken-secret-42``).

    * base: The address that those of the API and of the windows begin with.
    """

    base: str

    @property
    def api_url(self) -> str:
        """What a sign-up is given."""
        return f"{self.base}/api.php"

    def users(self) -> list[str]:
        """Give the names of all users, in the order in which they were made."""
        return [user["name"] for user in self.window("users")]

    def user(self, name: str) -> Mapping[str, Any]:
        """Give what the wiki knows of a user: name, email, realname, and whether there is a password.

        Raises `KeyError` if there is none of that name.
        """
        for user in self.window("users"):
            if user["name"] == name:
                return dict(user)
        raise KeyError(name)

    def received(self) -> list[Mapping[str, Any]]:
        """Give what the wiki took from each step of a creation, oldest first: its requests with their fields."""
        return list(self.window("received"))

    def requests(self) -> list[Mapping[str, Any]]:
        """Give the HTTP requests so far, oldest first: method, path, query, body, headers."""
        return list(self.window("requests"))

    def mails(self) -> list[Mapping[str, Any]]:
        """Give the mails that the wiki sent, oldest first: to, subject, body."""
        return list(self.window("mails"))

    def window(self, name: str, **query: str) -> Any:  # noqa: ANN401  JSON
        """Look at, or change, what no client can: see the README for the windows that there are."""
        address = f"{self.base}/_{name}" + (f"?{urlencode(query)}" if query else "")
        # Loopback is asked for without the proxies of the environment.
        with build_opener(ProxyHandler({})).open(address, timeout=30) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Server:
    """Serves any number of wikis on one port of loopback.

    * address: ``http://127.0.0.1:PORT``.
    """

    address: str

    def wiki(self, profiles: str = "stock") -> Wiki:
        """Give a fresh wiki. ``profiles`` are names joined by ``+``; the README lists them.

        Raises `ValueError` for a profile that is not known.
        """
        wiki = Wiki(f"{self.address}/w/{profiles}/test-{os.getpid()}-{next(_numbers)}")
        try:
            wiki.window("users")
        except OSError as error:
            text = f"there is no profile {profiles!r}"
            raise ValueError(text) from error
        return wiki


@contextmanager
def serve() -> Iterator[Server]:
    """Start a server, which ends with the block, or with this process."""
    command = [_program(), "--until-eof"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        if process.stdin is None or process.stdout is None:
            text = "the server has no pipes"
            raise RuntimeError(text)
        try:
            yield Server(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.wait()


_numbers = itertools.count()


def _program() -> str:
    """Find the program that was installed with this package."""
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    for scheme in schemes:
        program = Path(sysconfig.get_path("scripts", scheme)) / "embedded-wiki"
        if program.exists():
            return str(program)
    text = "embedded-wiki is not where packages have their programs; install createaccount-testwiki again"
    raise FileNotFoundError(text)
