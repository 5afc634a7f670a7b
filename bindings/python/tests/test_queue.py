"""The command createaccount bulk --queue: workers of Celery on a Redis, one of them killed."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import PASSWORD, connect, serving_redis
from createaccount.cli.bulk.journal import Entry, State
from createaccount.cli.bulk.shared import SharedJournal, Taken, read
from terminal import COMMAND, environment, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Wiki

ROWS = 200
CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "createaccount.cli.bulk.queue", "worker"]


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start a Redis that keeps all on disk, and give what command and workers must know."""
    password = tmp_path / "login"
    password.write_text("admin-secret-42\n", encoding="utf-8")
    folder = tmp_path / "redis"
    folder.mkdir()
    with serving_redis('save ""', "appendonly yes", "appendfsync always", f"dir {folder}") as url:
        yield {
            "CREATEACCOUNT_REDIS": url,
            "CREATEACCOUNT_SEAL_KEYS": secrets.token_hex(32),
            "CREATEACCOUNT_PASSWORD_FILE": str(password),
        }


@contextmanager
def worker(name: str, log: Path, surroundings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker as Celery's documentation says, in a process group of its own."""
    options = ["--hostname", f"{name}@%h", "--concurrency", "1", "--loglevel", "INFO"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*CELERY, *options], env=environment(**surroundings), stdout=output, stderr=output, start_new_session=True
        ) as started,
    ):
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def people(folder: Path, number: int) -> Path:
    file = folder / "people.csv"
    rows = (f"person {n},person{n}@wiki.example,{PASSWORD} {n}" for n in range(number))
    file.write_text("\n".join(["username,email,password", *rows, ""]), encoding="utf-8")
    return file


def creations(wiki: Wiki) -> int:
    return sum("action=createaccount" in request["body"] for request in wiki.window("_requests"))


def sent(journal: SharedJournal) -> set[bytes | str]:
    entries = journal.redis.hgetall(journal.place)
    return {key for key, entry in entries.items() if read(entry).state is State.SENT}


def kill_in_a_creation(wiki: Wiki, journal: SharedJournal, process: int) -> None:
    """Kill a process, or a group of them, while the answer to a creation of theirs is on its way."""
    send = os.kill if process > 0 else lambda group, number: os.killpg(-group, number)
    while True:
        send(process, signal.SIGSTOP)
        before, users = sent(journal), len(wiki.users())
        # Once the other worker has made two accounts, it is no longer at the row that it was at
        while (now := len(wiki.users())) < users + 2:
            assert now < ROWS, "the list is done, and nothing was killed"
        if before & sent(journal):
            break
        send(process, signal.SIGCONT)
        time.sleep(0.005)
    send(process, signal.SIGKILL)


@pytest.mark.timeout(400)
def test_a_list_of_two_workers_of_which_one_is_killed(wiki: Wiki, tmp_path: Path, surroundings: dict[str, str]) -> None:
    report = tmp_path / "report.csv"
    arguments = ["bulk", wiki.api_url, str(people(tmp_path, ROWS)), "--login", "Admin", "--queue", "--json"]
    logs = [tmp_path / f"worker-{name}" for name in "ab"]
    with (
        worker("a", logs[0], surroundings) as first,
        worker("b", logs[1], surroundings) as second,
        subprocess.Popen(
            [*COMMAND, *arguments, "--report", str(report)],
            env=environment(**surroundings),
            stdout=subprocess.PIPE,
            text=True,
        ) as command,
    ):

        def made(number: int) -> None:
            while len(wiki.users()) < number:
                assert command.poll() is None, [log.read_text(encoding="utf-8")[-2000:] for log in logs]
                time.sleep(0.01)

        redis = connect(surroundings["CREATEACCOUNT_REDIS"])
        journal = SharedJournal(redis, wiki.api_url)
        try:
            made(60)
            (child,) = children(second.pid)
            kill_in_a_creation(wiki, journal, child)
            made(100)
            # What a worker has from Redis, but not noted there, is lost with it
            assert redis.rpop("createaccount:celery")
            kill_in_a_creation(wiki, journal, -first.pid)
            output, _ = command.communicate()
        finally:
            command.kill()
    assert command.returncode == 0, output[-2000:]
    done = json.loads(output.splitlines()[-2])
    sys.stdout.write(
        f"\n2 workers killed in the middle of a creation; {creations(wiki)} creations for {ROWS} accounts\n"
    )
    assert (done["made"], done["refused"], done["sent"], done["waiting"]) == (ROWS, 0, 0, 0)
    names = [name for name in wiki.users() if name.startswith("Person ")]
    assert sorted(names) == sorted({f"Person {n}" for n in range(ROWS)})
    assert creations(wiki) <= ROWS + 2
    assert report.read_text(encoding="utf-8-sig").count(",made,") == ROWS
    kept = b"".join(file.read_bytes() for file in (tmp_path / "redis").rglob("*") if file.is_file())
    seen = kept + b"".join(log.read_bytes() for log in logs)
    assert b"Person 7" in kept
    assert PASSWORD.encode() not in seen
    assert b"admin-secret-42" not in seen
    assert b"person7@wiki.example" not in seen


def test_what_ends_a_run(wiki: Wiki, make: Callable[[str], Wiki], tmp_path: Path, surroundings: dict[str, str]) -> None:
    file = str(people(tmp_path, 5))

    def bulk(*arguments: str, **more: str) -> tuple[int, list[dict[str, Any]]]:
        ended = run("bulk", *arguments, "--queue", "--json", **{**surroundings, **more})
        return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]

    del surroundings["CREATEACCOUNT_PASSWORD_FILE"]
    with worker("a", tmp_path / "log", surroundings):
        code, events = bulk(make("throttle").api_url, file)
        assert (code, events[-1]["made"], events[-1]["waiting"]) == (5, 3, 2)
        assert "a pause of up to 1 day" in events[-2]["message"]
        code, events = bulk(wiki.api_url, file, "--login", "Admin")
        assert (code, events[-1]["waiting"]) == (2, 5)
        assert "CREATEACCOUNT_PASSWORD_FILE" in events[-2]["message"]
        other = secrets.token_hex(32)
        code, events = bulk(wiki.api_url, file, CREATEACCOUNT_SEAL_KEYS=other)
        assert (code, events[-1]["waiting"]) == (2, 5)
        assert "another key" in events[-2]["message"]
        # Rows that were refused are tried again, and who is made already is not
        taken = tmp_path / "taken.csv"
        taken.write_text(f"username,password\nTaken,{PASSWORD}\nPerson 0,{PASSWORD}\nperson_0,{PASSWORD}\n")
        for _ in range(2):
            code, events = bulk(wiki.api_url, str(taken))
            assert (code, events[-1]["made"], events[-1]["refused"]) == (1, 1, 2)
        assert creations(wiki) == 3


def test_what_a_command_wants_of_its_redis(wiki: Wiki, tmp_path: Path, redis_url: str) -> None:
    arguments = ("bulk", wiki.api_url, str(people(tmp_path, 1)), "--queue")
    keys = secrets.token_hex(32)

    def refused(**surroundings: str) -> str:
        ended = run(*arguments, **surroundings)
        assert ended.returncode == 2, ended.stdout
        return ended.stderr

    assert "CREATEACCOUNT_REDIS" in refused(CREATEACCOUNT_SEAL_KEYS=keys)
    assert "CREATEACCOUNT_SEAL_KEYS" in refused(CREATEACCOUNT_REDIS=redis_url)
    assert "appendonly yes" in refused(CREATEACCOUNT_REDIS=redis_url, CREATEACCOUNT_SEAL_KEYS=keys)
    assert "cannot be used" in refused(CREATEACCOUNT_REDIS="redis://127.0.0.1:9", CREATEACCOUNT_SEAL_KEYS=keys)


def test_a_row_belongs_to_one_worker(redis_url: str) -> None:
    ours, theirs = (SharedJournal(connect(redis_url), "https://wiki.example/api.php") for _ in range(2))
    entry = Entry(State.SENT, since=datetime(2026, 1, 2, tzinfo=timezone.utc))
    with ours.held("Alice"):
        ours.put("Alice", entry)
        with pytest.raises(Taken), theirs.held("Alice"):
            pass
        ours.redis.delete(f"{ours.place}:Alice")  # as if it had run out
        with theirs.held("Alice"):
            with pytest.raises(Taken):
                ours.put("Alice", Entry(State.REFUSED))
            assert theirs.get("Alice") == entry
            theirs.put("Alice", Entry(State.MADE, "Alice"))
    assert ours.get("Alice") == Entry(State.MADE, "Alice")
    with ours.held("Alice"):
        pass
