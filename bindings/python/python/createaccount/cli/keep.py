"""A sign-up saved in a file, to be continued after an interruption.

Only the file's owner can read it. Its first line is JSON: the wiki, the return URL, and whether an answer may have been
lost. After it come the bytes that the library saved, which are sealed if there is a key.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import click

from createaccount import Client, OutcomeUnknown
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from createaccount import Request, Settings

KEY_LENGTH = 32
GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass
class Kept:
    """A sign-up as a file holds it."""

    wiki: str
    return_url: str | None
    unknown: bool
    flow: bytes

    @classmethod
    def read(cls, file: Path) -> Kept:
        """Read a file that `Keeper` wrote."""
        try:
            if file.stat().st_mode & GROUP_AND_OTHERS:
                message = _(
                    "Others can read or change {file}; whoever does can take the sign-up over. Start a new one.",
                    file=file,
                )
                raise click.UsageError(message)
            head, flow = (*file.read_bytes().split(b"\n", 1), b"")[:2]
            about = json.loads(head)
            return cls(str(about["wiki"]), about["return_url"], bool(about["unknown"]), flow)
        except OSError as error:
            message = _("{file} cannot be read: {error}", file=file, error=error.strerror)
            raise click.UsageError(message) from error
        except (ValueError, KeyError, TypeError) as error:
            message = _("{file} holds no sign-up.", file=file)
            raise click.UsageError(message) from error


class Keeper:
    """Keeps a client's state in a file, from step to step."""

    def __init__(self, file: Path, settings: Settings, return_url: str | None) -> None:
        self.file, self.settings, self.return_url = file, settings, return_url

    def keep(self, client: Client, *, unknown: bool = False) -> None:
        """Write the client's state."""
        about = {"wiki": client.api_url, "return_url": self.return_url, "unknown": unknown}
        write(self.file, json.dumps(about).encode() + b"\n" + client.save())

    def rehearse(self, client: Client, answer: Callable[[Client], object]) -> None:
        """Write the client's state as if the reply to this answer were lost: this program may die before it comes."""

        def lose(_request: Request) -> NoReturn:
            raise ConnectionAbortedError

        settings = self.settings.copy()
        settings["transport"] = lose
        with Client.load(client.api_url, client.save(), **settings) as double:
            try:
                answer(double)
            except OutcomeUnknown:
                self.keep(double, unknown=True)

    def forget(self) -> None:
        """Remove the file: the sign-up has come to its end."""
        self.file.unlink(missing_ok=True)


def write(file: Path, data: bytes) -> None:
    """Replace a file atomically; nobody else can read it at any time."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = _("{file} cannot be written: {error}", file=file, error=error.strerror)
        raise click.UsageError(message) from error


def key_of(file: Path, *, make: bool) -> bytes:
    """Read a key, 32 bytes or 64 hexadecimal digits; with `make`, one that does not exist is made."""
    if make and not file.exists():
        write(file, secrets.token_bytes(KEY_LENGTH))
    try:
        data = file.read_bytes()
    except OSError as error:
        message = _("{file} cannot be read: {error}", file=file, error=error.strerror)
        raise click.UsageError(message) from error
    if len(data) == KEY_LENGTH:
        return data
    try:
        key = bytes.fromhex(data.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        message = _("{file} is not a key: it has neither 32 bytes nor 64 hexadecimal digits.", file=file)
        raise click.UsageError(message)
    return key
