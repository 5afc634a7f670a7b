"""What the command and the workers of a queue share, in Redis: the journal of a wiki, and the progress of a run."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from redis.exceptions import LockError, RedisError

from createaccount.cli.bulk.halted import Halted
from createaccount.cli.bulk.journal import Entry
from createaccount.cli.ends import End

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis
    from redis.lock import Lock

LEASE = 20.0  # seconds for which a worker keeps a row unless it renews the lease
LIFETIME = 7 * 86400  # seconds for which a run is remembered

# Writes an entry, if the row still belongs to the worker that writes
PUT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
"""


class Taken(Exception):
    """Another worker has this row, or has taken it over."""


class SharedJournal:
    """The journal of a wiki. Whoever writes holds the row's lease: two workers never work on one row."""

    def __init__(self, redis: Redis, api_url: str) -> None:
        self.redis = redis
        self.place = f"createaccount:journal:{api_url}"
        self.script = redis.register_script(PUT)
        self.leases: dict[str, Lock] = {}

    def get(self, key: str) -> Entry:
        """Return what is known of an account."""
        found = self.redis.hget(self.place, key)
        return Entry() if found is None else read(found)

    def put(self, key: str, entry: Entry) -> None:
        """Store an entry. Raises `Taken` when the lease has expired, and another worker may have this row."""
        lease = self.leases[key]
        if not self.script(keys=[lease.name, self.place], args=[lease.local.token, key, json.dumps(entry.stored())]):
            raise Taken

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold the lease of a row; it expires by itself if this process dies. Raises `Taken`."""
        lease = self.redis.lock(f"{self.place}:{key}", timeout=LEASE, blocking=False, thread_local=False)
        if not lease.acquire():
            raise Taken
        self.leases[key] = lease
        done = threading.Event()
        renewing = threading.Thread(target=renew, args=(lease, done), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()
            del self.leases[key]
            with suppress(LockError):
                lease.release()


def renew(lease: Lock, done: threading.Event) -> None:
    """Renew a lease until the row is done. If it is lost, the next `put` fails."""
    while not done.wait(LEASE / 4):
        with suppress(LockError, RedisError):
            lease.reacquire()


def read(text: bytes | str) -> Entry:
    """Read an entry."""
    return Entry.restored(*json.loads(text))


class Run:
    """The progress of one run of the command: the rows that are done, a pause, and why it ends early."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.redis, self.name = redis, name
        self.place, self.end = f"createaccount:run:{name}", f"createaccount:end:{name}"
        self.rest = f"createaccount:pause:{name}"

    def finish(self, row: int) -> None:
        """Record that a row is done."""
        with self.redis.pipeline() as both:
            both.sadd(self.place, row)
            both.expire(self.place, LIFETIME)
            both.execute()

    def finished(self) -> set[int]:
        """Return the rows that are done."""
        return {int(row) for row in self.redis.smembers(self.place)}

    def has_finished(self, row: int) -> bool:
        """Tell whether a row is done."""
        return bool(self.redis.sismember(self.place, str(row)))

    def halt(self, halted: Halted) -> None:
        """Make the workers skip the remaining rows."""
        about = json.dumps([halted.why, halted.end])
        self.redis.set(self.end, about, ex=LIFETIME, nx=True)

    def halted(self) -> Halted | None:
        """Return why the run ends early, or None."""
        found = self.redis.get(self.end)
        if found is None:
            return None
        why, end = json.loads(found)
        return Halted(why, None if end is None else End(end))

    def pause(self, seconds: float) -> None:
        """Record that a worker waits."""
        self.redis.set(self.rest, seconds, px=max(1, int(seconds * 1000)))

    def pauses(self) -> float | None:
        """Return how long a worker waits, or None."""
        found = self.redis.get(self.rest)
        return None if found is None else float(found)
