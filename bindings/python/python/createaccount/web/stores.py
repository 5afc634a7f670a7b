"""Where flows are kept between requests: a Redis that all workers share, or a file for the workers of one machine."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import LockError, RedisError

import createaccount

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

POLL = 0.05  # seconds between two attempts to get a lock
ANSWERS = 3.0  # seconds: the timeout for Redis
RETRIES = Retry(ExponentialBackoff(cap=0.5, base=0.05), 1)  # Redis may have been restarted since a connection was made


class Busy(Exception):
    """Another request has the lock, or has taken it over."""


class Unavailable(Exception):
    """The store cannot be reached, or cannot be written."""


@contextmanager
def reported(*errors: type[Exception]) -> Iterator[None]:
    """Turn the errors of a store's library into `Unavailable`."""
    try:
        yield
    except errors as error:
        raise Unavailable(str(error)) from error


class Lease(Protocol):
    """A lock that is held."""

    async def renew(self) -> None:
        """Hold the lock for longer. Raises `Busy` when it was lost, and another worker may have it."""


class Store(Protocol):
    """What the application needs of a store. Values are sealed already; keys reveal nothing about visitors.

    All methods raise `Unavailable` when the store fails; visitors are then asked to try again in a few minutes.
    """

    async def get(self, key: str) -> bytes | None:
        """Return a value; None if there is none."""

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Store a value for that many seconds."""

    async def drop(self, key: str) -> None:
        """Delete a value."""

    def lock(self, key: str, *, hold: float, patience: float) -> AbstractAsyncContextManager[Lease]:
        """Hold the lock of that name, for `hold` seconds unless renewed; raise `Busy` after waiting for `patience`."""

    async def close(self) -> None:
        """Close all connections."""


class RedisStore:
    """Flows in Redis, given by its address, for instance ``rediss://:PASSWORD@HOST:6379/0``.

    Redis need not keep anything on disk: a flow lives for an hour at most.
    """

    def __init__(self, url: str) -> None:
        self.redis = redis.asyncio.Redis.from_url(
            url, socket_timeout=ANSWERS, socket_connect_timeout=ANSWERS, retry=RETRIES
        )
        # Another version could not read what this one saves.
        self.prefix = f"createaccount:{createaccount.__version__}:"

    async def get(self, key: str) -> bytes | None:
        """Return a value; None if there is none."""
        with redis_reported():
            value = await self.redis.get(self.prefix + key)
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Store a value for that many seconds."""
        with redis_reported():
            await self.redis.set(self.prefix + key, value, px=int(seconds * 1000))

    async def drop(self, key: str) -> None:
        """Delete a value."""
        with redis_reported():
            await self.redis.delete(self.prefix + key)

    @asynccontextmanager
    async def lock(self, key: str, *, hold: float, patience: float) -> AsyncIterator[Lease]:
        """Hold a lock. It expires by itself if its worker dies."""
        lock = self.redis.lock(
            f"{self.prefix}lock:{key}", timeout=hold, sleep=POLL, blocking_timeout=patience, thread_local=False
        )
        with redis_reported():
            acquired = await lock.acquire()
        if not acquired:
            raise Busy
        lease = RedisLease(lock)
        try:
            yield lease
        finally:
            await lease.release()

    async def close(self) -> None:
        """Close all connections."""
        await self.redis.aclose()


class RedisLease:
    """A lock in Redis."""

    def __init__(self, lock: redis.asyncio.lock.Lock) -> None:
        self.lock = lock

    async def renew(self) -> None:
        """Hold the lock for longer."""
        with redis_reported():
            try:
                await self.lock.reacquire()
            except LockError:
                raise Busy from None

    async def release(self) -> None:
        """Release the lock. It may have expired, and Redis may be down."""
        with suppress(RedisError, OSError):
            await self.lock.release()


def redis_reported() -> AbstractContextManager[None]:
    """Turn the errors of Redis into `Unavailable`."""
    return reported(RedisError, OSError)


TABLES = """
CREATE TABLE IF NOT EXISTS flows (key TEXT PRIMARY KEY, value BLOB NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS locks (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
"""
TAKE = """
INSERT INTO locks VALUES (:key, :owner, :until)
ON CONFLICT (key) DO UPDATE SET owner = :owner, until = :until WHERE until < :now
"""


class FileStore:
    """Flows in a folder of this machine, which is made if it does not exist, for its owner only."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        # By version, as in Redis.
        self.file = self.folder / f"flows-{createaccount.__version__}.sqlite3"
        with reported(sqlite3.Error, OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.file.touch(mode=0o600)
            with closing(sqlite3.connect(self.file)) as database:
                database.executescript(TABLES)

    async def get(self, key: str) -> bytes | None:
        """Return a value; None if there is none."""
        rows = await self.do("SELECT value FROM flows WHERE key = :key AND until > :now", key=key)
        return rows[0][0] if rows else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Store a value for that many seconds, and delete those that have expired."""
        await self.do("DELETE FROM flows WHERE until < :now")
        values = {"key": key, "value": value, "until": time.time() + seconds}
        await self.do("INSERT OR REPLACE INTO flows VALUES (:key, :value, :until)", **values)

    async def drop(self, key: str) -> None:
        """Delete a value."""
        await self.do("DELETE FROM flows WHERE key = :key", key=key)

    @asynccontextmanager
    async def lock(self, key: str, *, hold: float, patience: float) -> AsyncIterator[Lease]:
        """Hold a lock. It expires by itself if its worker dies."""
        lease = FileLease(self, key, hold)
        end = time.monotonic() + patience
        while not await lease.take():
            if time.monotonic() > end:
                raise Busy
            await asyncio.sleep(POLL)
        try:
            yield lease
        finally:
            await lease.release()

    async def close(self) -> None:
        """Do nothing: no connection is kept."""

    async def do(self, statement: str, **values: object) -> list[tuple[bytes]]:
        """Execute one statement on a thread."""
        return await asyncio.to_thread(self.do_now, statement, {"now": time.time(), **values})

    def do_now(self, statement: str, values: dict[str, object]) -> list[tuple[bytes]]:
        """Execute one statement, and return the rows."""
        with (
            reported(sqlite3.Error, OSError),
            closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as database,
        ):
            # A power failure may lose the latest flows: their visitors have left anyway by the restart.
            database.execute("PRAGMA synchronous = OFF")
            database.execute("PRAGMA secure_delete = ON")
            return database.execute(statement, values).fetchall()


class FileLease:
    """A lock in the file of a `FileStore`."""

    def __init__(self, store: FileStore, key: str, hold: float) -> None:
        self.store, self.key, self.hold = store, key, hold
        self.owner = secrets.token_hex(16)

    async def take(self) -> bool:
        """Try to get the lock."""
        return bool(await self.store.do(TAKE + "RETURNING key", until=time.time() + self.hold, **self.who))

    async def renew(self) -> None:
        """Hold the lock for longer."""
        until = time.time() + self.hold
        own = "UPDATE locks SET until = :until WHERE key = :key AND owner = :owner RETURNING key"
        if not await self.store.do(own, until=until, **self.who):
            raise Busy

    async def release(self) -> None:
        """Release the lock. It may have expired, and the file may not be writable."""
        with suppress(Unavailable):
            await self.store.do("DELETE FROM locks WHERE key = :key AND owner = :owner", **self.who)

    @property
    def who(self) -> dict[str, str]:
        """Return the parameters that name the lock and its owner."""
        return {"key": self.key, "owner": self.owner}
