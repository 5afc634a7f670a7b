"""What became of each account, in an SQLite file that stays intact if the program is killed at any moment.

It holds names, times and states, but no passwords and no cookies. Only one run at a time can use it.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Protocol

import click

from createaccount.cli.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self


class State(Enum):
    """The state of an account.

    * WAITING: Nothing was sent, or what was sent certainly made no account.
    * SENT: A creation was sent, and its answer is not known.
    * MADE: The account exists.
    * REFUSED: The wiki, or the library before sending, said no.
    """

    WAITING = "waiting"
    SENT = "sent"
    MADE = "made"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """What is known of an account.

    * state: Its state.
    * canonical: Its name as the wiki writes it, once that is known.
    * since: The wiki's time before the first creation whose answer is not known.
    * reason, message: Why it was refused, or why it is not known whether it was made.
    """

    state: State = State.WAITING
    canonical: str | None = None
    since: datetime | None = None
    reason: str | None = None
    message: str | None = None

    def stored(self) -> tuple[str, str | None, int | None, str | None, str | None]:
        """Return it as values that a database takes."""
        since = None if self.since is None else int(self.since.timestamp())
        return self.state.value, self.canonical, since, self.reason, self.message

    @classmethod
    def restored(
        cls, state: str, canonical: str | None, since: int | None, reason: str | None, message: str | None
    ) -> Entry:
        """Make an entry from stored values."""
        time = None if since is None else datetime.fromtimestamp(since, timezone.utc)
        return cls(State(state), canonical, time, reason, message)


class Journal(Protocol):
    """Keeps entries by the key of a person. An entry is on disk when `put` returns."""

    def get(self, key: str) -> Entry:
        """Return what is known of an account."""
        ...

    def put(self, key: str, entry: Entry) -> None:
        """Store an entry."""
        ...


def sending(entry: Entry, now: datetime | None) -> Entry:
    """Return the entry for a creation that is about to be sent: an earlier doubt keeps its time."""
    return replace(entry, state=State.SENT, since=entry.since or now, reason=None, message=None)


SCHEMA = """
CREATE TABLE IF NOT EXISTS wiki (api TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, state TEXT NOT NULL, canonical TEXT, since INTEGER, reason TEXT, message TEXT
) WITHOUT ROWID;
"""
APPLICATION = 0x63726163  # marks our files, for file(1)


class FileJournal:
    """A journal in a file of its own."""

    def __init__(self, file: Path, api_url: str) -> None:
        if not file.exists():
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        self.database = sqlite3.connect(file, timeout=0, isolation_level=None)
        try:
            self.database.execute("PRAGMA locking_mode=EXCLUSIVE")
            if self.is_of_another_program():
                raise not_a_journal(file)
            # EXTRA syncs the folder as well, so that no commit is undone by a loss of power
            for pragma in ("synchronous=EXTRA", f"application_id={APPLICATION}"):
                self.database.execute(f"PRAGMA {pragma}")
            self.database.executescript(SCHEMA)
            self.database.execute("INSERT INTO wiki SELECT ? WHERE NOT EXISTS (SELECT * FROM wiki)", (api_url,))
            (wiki,) = self.database.execute("SELECT api FROM wiki").fetchone()
        except sqlite3.OperationalError as error:
            locked = "locked" in str(error)
            message = _("{file} is in use by another run.", file=file) if locked else f"{file}: {error}."
            raise click.UsageError(message) from error
        except sqlite3.DatabaseError as error:
            raise not_a_journal(file) from error
        if wiki != api_url:
            message = _("{file} is the journal of another wiki, {wiki}.", file=file, wiki=wiki)
            raise click.UsageError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def is_of_another_program(self) -> bool:
        """Whether the file is a database, but neither new nor a journal."""
        (application,) = self.database.execute("PRAGMA application_id").fetchone()
        (tables,) = self.database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return application != APPLICATION and bool(application or tables)

    def get(self, key: str) -> Entry:
        """Return what is known of an account."""
        found = self.database.execute(
            "SELECT state, canonical, since, reason, message FROM accounts WHERE name = ?", (key,)
        ).fetchone()
        return Entry() if found is None else Entry.restored(*found)

    def put(self, key: str, entry: Entry) -> None:
        """Store an entry."""
        self.database.execute(
            "REPLACE INTO accounts (name, state, canonical, since, reason, message) VALUES (?, ?, ?, ?, ?, ?)",
            (key, *entry.stored()),
        )


def not_a_journal(file: Path) -> click.UsageError:
    """Return what to raise for a file of something else."""
    return click.UsageError(_("{file} is not a journal.", file=file))
