"""Rows processed by Celery on Redis, by any number of workers on any number of machines.

The command puts each row into the queue as an order, sealed, and watches. A worker that takes an order holds the row's
lease, first finds out what became of anything sent before, and writes to the journal as the command does without a
queue. If an order is delivered twice, because its worker was killed or slow, the second worker finds the row done, or
its lease held.

Workers are started by Celery's own command: ``celery -A createaccount.cli.bulk.queue worker``.
"""

from __future__ import annotations

import base64
import functools
import hmac
import json
import os
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click
from celery import Celery
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from redis import Redis
from redis.exceptions import RedisError

from createaccount import Client, CreateAccountError
from createaccount.cli.bulk.halted import Halted
from createaccount.cli.bulk.journal import State
from createaccount.cli.bulk.login import log_in
from createaccount.cli.bulk.maker import Maker, halted_by
from createaccount.cli.bulk.pace import Pace
from createaccount.cli.bulk.people import Person
from createaccount.cli.bulk.shared import LEASE, Run, SharedJournal, Taken
from createaccount.cli.bulk.work import Work
from createaccount.cli.ends import End, Ended
from createaccount.cli.given import first_line
from createaccount.cli.lines import Lines
from createaccount.cli.session import Session
from createaccount.cli.words import _, speak

if TYPE_CHECKING:
    from celery import Task

    from createaccount import Settings

REDIS = "CREATEACCOUNT_REDIS"
KEYS = "CREATEACCOUNT_SEAL_KEYS"
PASSWORD_FILE = "CREATEACCOUNT_PASSWORD_FILE"  # noqa: S105  a name
VISIBLE = 30  # seconds after which an order that was not acknowledged goes back into the queue
STILL = VISIBLE + LEASE  # seconds within which every order that a worker has makes progress
LOOKS = 0.2  # seconds between two looks at the progress of the workers

app = Celery("createaccount", broker=os.environ.get(REDIS, "redis://localhost"), set_as_current=False)
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Keeps other programs that use Celery apart
        "global_keyprefix": "createaccount:",
        "visibility_timeout": VISIBLE,
        "unacked_mutex_expire": VISIBLE,
        "unacked_restore_throttle": 1,
    },
    # An order is acknowledged when its row is done, and a worker takes one at a time
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    worker_redirect_stdouts=False,
)


@dataclass(frozen=True)
class Terms:
    """What holds for all rows: all that a worker must know, except the login's password."""

    api_url: str
    settings: Settings
    login: str | None
    max_wait: float


@dataclass(frozen=True)
class Order:
    """One row to be processed."""

    terms: Terms
    person: Person

    def sealed(self) -> str:
        """Seal it: it may contain passwords and e-mail addresses."""
        return seal().encrypt(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def opened(cls, sealed: str) -> Order:
        """Open one. Raises `InvalidToken` if no key of this worker has sealed it."""
        about = json.loads(seal().decrypt(sealed))
        return cls(Terms(**about["terms"]), Person(**about["person"]))


@dataclass
class Elsewhere(Work):
    """Works through a list by means of the queue's workers."""

    journal: SharedJournal
    terms: Terms

    def carry_out(self) -> None:
        """Put the rows that are not made into the queue, and watch."""
        run = Run(self.journal.redis, secrets.token_hex(8))
        ordered = {}
        for person, entry in self.entries():
            if person.row in self.again or entry.state is State.MADE:
                self.show.row(person, entry)
            else:
                ordered[person.row] = person
        self.order(run, ordered)
        if ordered and not app.control.ping(timeout=1):
            self.show.voice.note(
                _("No worker answers. Start one: {command}", command="celery -A createaccount.cli.bulk.queue worker")
            )
        self.watch(run, ordered)

    def watch(self, run: Run, ordered: dict[int, Person]) -> None:
        """Show the rows as they are done."""
        pause, moved = None, time.monotonic()
        while ordered:
            for row in sorted(run.finished() & ordered.keys()):
                person, moved = ordered.pop(row), time.monotonic()
                self.show.row(person, self.journal.get(person.key))
            if end := run.halted():
                raise end
            if seconds := run.pauses():
                moved = time.monotonic()
                if seconds != pause:
                    self.show.waits(seconds)
            pause = seconds
            # Redis hands an order out before it records to whom: a worker killed in between loses the order
            if time.monotonic() > moved + STILL and not waiting():
                self.order(run, ordered)
                moved = time.monotonic()
            time.sleep(LOOKS if ordered else 0)

    def order(self, run: Run, people: dict[int, Person]) -> None:
        """Put rows into the queue. A row that is there already, or is done, is not made twice."""
        for person in people.values():
            work_off.apply_async((run.name, Order(self.terms, person).sealed()))


class Workplace(threading.local):
    """The client of a worker, which stays logged in from one row to the next."""

    def __init__(self) -> None:
        self.open = ExitStack()
        self.client: Client | None = None
        self.terms: Terms | None = None

    def maker(self, terms: Terms, journal: SharedJournal, run: Run) -> Maker:
        """Return a maker of accounts on these terms. Raises the errors of a login."""
        if self.client is None or self.terms != terms:
            self.leave()
            client = self.open.enter_context(Client(terms.api_url, **terms.settings))
            log_in_for(terms, client)
            self.client, self.terms = client, terms
        client = self.client
        return Maker(client, journal, Pace(terms.max_wait, run.pause), lambda: log_in_for(terms, client))

    def leave(self) -> None:
        """Close the client."""
        self.open.close()
        self.client = self.terms = None


workplace = Workplace()


@app.task(name="createaccount.row", bind=True, autoretry_for=(RedisError,), retry_backoff=True, max_retries=None)
def work_off(task: Task, run_name: str, sealed: str) -> None:  # type: ignore[type-arg]  # not generic when it runs
    """Process one order. An error that concerns all of them ends the run."""
    run = Run(connected(), run_name)
    if run.halted():
        return
    try:
        order = Order.opened(sealed)
        speak(order.terms.settings.get("language"))
        journal = SharedJournal(connected(), order.terms.api_url)
        with journal.held(order.person.key):
            if not run.has_finished(order.person.row):
                workplace.maker(order.terms, journal, run).make(order.person)
                run.finish(order.person.row)
    except Taken:
        raise task.retry(countdown=LEASE / 2) from None
    except RedisError:
        raise  # Celery runs the order again
    except Halted as end:
        run.halt(end)
    except CreateAccountError as error:
        run.halt(halted_by(error))
    except Ended as ended:
        run.halt(Halted(_("A worker could not log in. Its output says why."), ended.end))
    except click.ClickException as error:
        run.halt(Halted(error.message, End.USAGE))
    except InvalidToken:
        run.halt(
            Halted(_("A worker has another key: {variable} must be the same everywhere.", variable=KEYS), End.USAGE)
        )
    except Exception:
        run.halt(Halted(_("A worker failed. Its output says why.")))
        raise


def waiting() -> int:
    """Count the orders that no worker has taken."""
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel  # its declared type lacks most of its methods
        count: int = channel.queue_declare(app.conf.task_default_queue).message_count
        return count


def log_in_for(terms: Terms, client: Client) -> None:
    """Log a worker in. Nobody is there to be asked: the password is in a file."""
    if terms.login is None:
        return
    if PASSWORD_FILE not in os.environ:
        message = _(
            "The workers need the password of {name} in a file that {variable} names.",
            name=terms.login,
            variable=PASSWORD_FILE,
        )
        raise click.UsageError(message)
    log_in(Session(client, Lines()), terms.login, first_line(os.environ[PASSWORD_FILE]))


@functools.cache
def connected() -> Redis:
    """Connect to the Redis of the queue, once in each process."""
    if REDIS not in os.environ:
        message = _("Which Redis? Set {variable}, for this command and for the workers.", variable=REDIS)
        raise click.UsageError(message)
    return Redis.from_url(os.environ[REDIS])


@functools.cache
def seal() -> MultiFernet:
    """Return what seals orders: the keys that the command and the workers share, the newest first."""
    try:
        keys = [bytes.fromhex(key) for key in os.environ[KEYS].split(",")]
        # Derived, because the keys themselves seal what the web page saves
        derived = [hmac.digest(key, b"createaccount.cli.bulk", "sha256") for key in keys]
    except (KeyError, ValueError):
        message = _(
            "Set {variable}, here and for the workers, to what {command} prints.",
            variable=KEYS,
            command="openssl rand -hex 32",
        )
        raise click.UsageError(message) from None
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def journal_of(api_url: str) -> SharedJournal:
    """Return the journal of a wiki; refuse a Redis that would lose it in a restart."""
    seal()  # so that a missing key is an error before anything is done
    redis = connected()
    try:
        on_disk = redis.info("persistence").get("aof_enabled")
    except RedisError as error:
        message = _("The Redis cannot be used: {error}", error=error)
        raise click.UsageError(message) from error
    if not on_disk:
        message = _(
            "This Redis would forget the journal when it is restarted. Set {first} and {second}.",
            first="appendonly yes",
            second="appendfsync always",
        )
        raise click.UsageError(message)
    return SharedJournal(redis, api_url)
