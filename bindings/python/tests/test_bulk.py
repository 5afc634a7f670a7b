"""The command createaccount bulk: a list, killed and gone on with."""

from __future__ import annotations

import csv
import json
import random
import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import createaccount
import pytest
from conftest import PASSWORD, make_wiki
from createaccount.cli.bulk.pace import Pace
from terminal import COMMAND, Terminal, environment, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Wiki

ROWS, KILLS = 1000, 20


@pytest.fixture
def login(tmp_path: Path) -> list[str]:
    file = tmp_path / "login"
    file.write_text("admin-secret-42\n", encoding="utf-8")
    return ["--login", "Admin", "--password-file", str(file)]


def write(file: Path, *rows: str) -> Path:
    file.write_text("\n".join(["username,email,password", *rows, ""]), encoding="utf-8")
    return file


def events(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def creations(wiki: Wiki) -> int:
    return sum("action=createaccount" in request["body"] for request in wiki.window("_requests"))


def test_a_dry_run_finds_what_is_wrong_and_changes_nothing(wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(
        tmp_path / "people.csv",
        f"alice_b,a@wiki.example,{PASSWORD}",
        f"Taken,,{PASSWORD}",
        "Carla,,short",
        f"Dora,nowhere@,{PASSWORD}",
        f"alice b,,{PASSWORD}",
    )
    ended = run("bulk", wiki.api_url, str(people), *login, "--dry-run", "--json")
    assert ended.returncode == 2, ended.stdout + ended.stderr
    lines = events(ended)
    found = {line["row"]: line["wrong"] for line in lines if line.get("what") == "row"}
    assert [bool(found[row]) for row in range(2, 7)] == [False, True, True, True, True]
    assert lines[-1]["obstacles"] == []
    assert creations(wiki) == 0


def test_a_dry_run_reads_values_as_the_run_does(make: Callable[[str], Wiki], tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    rows = ["ann,art; LAW,yes", "ben,law,no", "cem,art;four,yes", "dan,Art,perhaps"]
    lines = ["username,password,areas,letter", *(row.replace(",", f",{PASSWORD},", 1) for row in rows), ""]
    people.write_text("\n".join(lines), encoding="utf-8")
    ended = run("bulk", make("preset").api_url, str(people), "--dry-run", "--json")
    found = {line["row"]: line["wrong"] for line in events(ended) if line.get("what") == "row"}
    assert found[4] == ["areas cannot be art;four."]
    assert found[5] == ["letter is yes or no, not perhaps."]
    assert found.get(2, []) == found.get(3, []) == []


def test_a_database_of_another_program_is_no_journal(wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", f"alice,,{PASSWORD}")
    other = tmp_path / "mail.db"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE mail (text TEXT)")
    before = other.read_bytes()
    ended = run("bulk", wiki.api_url, str(people), *login, "--journal", str(other))
    assert ended.returncode == 2
    assert "is not a journal" in ended.stderr
    assert other.read_bytes() == before
    assert creations(wiki) == 0


@pytest.mark.usefixtures("make")
def test_a_dry_run_tells_of_rights_and_limits(make: Callable[[str], Wiki], tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(7)))

    def told(profiles: str, *more: str) -> tuple[int, str, str]:
        ended = run("bulk", make(profiles).api_url, str(people), *more, "--dry-run", "--json")
        people.with_suffix(".journal").unlink()
        rehearsal = events(ended)[-1]
        return ended.returncode, " ".join(rehearsal["obstacles"]), " ".join(rehearsal["remarks"])

    assert told("stock", *login) == (0, "", "The wiki does not limit how many accounts you make.")
    code, obstacles, remarks = told("stock")
    assert (code, obstacles) == (0, "")
    assert "no right noratelimit" in remarks
    code, obstacles, _ = told("closed")
    assert code == 2
    assert obstacles
    code, obstacles, _ = told("questy")
    assert code == 2
    assert "asks for a captcha" in obstacles


@pytest.mark.usefixtures("make")
def test_a_list_is_made_and_reported(tmp_path: Path, login: list[str]) -> None:
    wiki = make_wiki("CREATEACCOUNT_WIKI_1_43", "stock")
    people = write(tmp_path / "people.csv", *(f"learner_{n},,{PASSWORD} {n}" for n in range(30)))
    page, sheet = tmp_path / "report.html", tmp_path / "report.csv"
    reports = ["--report", str(page), "--report", str(sheet)]
    ended = run("bulk", wiki.api_url, str(people), *login, "--set", "reason=A course", *reports)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    names = [f"Learner {n}" for n in range(30)]
    assert set(names) <= set(wiki.users())
    with sheet.open(encoding="utf-8-sig", newline="") as text:
        assert [(row["account"], row["result"]) for row in csv.DictReader(text)] == [(name, "made") for name in names]
    assert all(name in page.read_text(encoding="utf-8") for name in names)
    assert PASSWORD not in page.read_text(encoding="utf-8") + sheet.read_text(encoding="utf-8-sig")
    assert PASSWORD.encode() not in people.with_suffix(".journal").read_bytes()


def test_a_bar_tells_how_far_it_is(wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(99)), "Taken,,")
    for columns in (80, 40):
        with Terminal("bulk", wiki.api_url, str(people), *login, columns=columns) as terminal:
            terminal.child.expect("[1-9][0-9]?/100")
            terminal.says("left")
            terminal.says("Row 101, Taken:")
            terminal.says("99 accounts made")
            terminal.says("1 not made")
            assert terminal.ends() == 1
            assert re.search("[0-9]+/(s|min)", terminal.raw)
        people = write(tmp_path / "more.csv", *(f"further {n},,{PASSWORD} {n}" for n in range(99)), "Taken,,")


class Busy(BaseHTTPRequestHandler):
    """Stands before a wiki, and wants a pause of two seconds before the first creation."""

    wiki: str
    passed: bool

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if b"action=createaccount" in body and not self.passed:
            type(self).passed = True
            self.send_response(429)
            self.send_header("Retry-After", "2")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.forward(body)

    def do_GET(self) -> None:
        self.forward(None)

    def forward(self, body: bytes | None) -> None:
        kept = {name: value for name, value in self.headers.items() if name.lower() in {"cookie", "content-type"}}
        with urlopen(Request(self.wiki + self.path, body, kept), timeout=30) as answer:
            read = answer.read()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() in {"set-cookie", "content-type"}:
                    self.send_header(name, value)
        self.send_header("Content-Length", str(len(read)))
        self.end_headers()
        self.wfile.write(read)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def busy(wiki: Wiki) -> Iterator[str]:
    address = urlsplit(wiki.base)
    handler = type("BusyHere", (Busy,), {"wiki": f"{address.scheme}://{address.netloc}", "passed": False})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{address.path}/api.php"
        server.shutdown()


def test_a_pause_that_the_wiki_wants_is_made(busy: str, wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(3)))
    begun = time.monotonic()
    ended = run("bulk", busy, str(people), *login, "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [line for line in events(ended) if line["event"] == "pause"] == [{"event": "pause", "seconds": 2}]
    assert time.monotonic() - begun >= 2
    assert len(wiki.users()) == 5


def test_a_longer_pause_ends_the_command(busy: str, wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(3)))
    ended = run("bulk", busy, str(people), *login, "--max-wait", "1")
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "a pause of up to 2 seconds" in ended.stdout
    assert "1 not certain" in ended.stdout
    assert "2 not tried yet" in ended.stdout
    assert creations(wiki) == 0
    assert run("bulk", busy, str(people), *login, "--max-wait", "1").returncode == 0


def test_pauses_grow_where_the_wiki_does_not_say_how_long() -> None:
    told: list[float] = []
    pace = Pace(600, told.append, lambda _: None)
    for _ in range(3):
        pace.wait(createaccount.TransportError("broken"))
    pace.moved()
    pace.wait(createaccount.TransportError("broken"))
    assert told == [5, 10, 20, 5]


def test_a_lost_answer_in_the_middle_of_a_list(make: Callable[[str], Wiki], tmp_path: Path) -> None:
    for profile in ("lost-answer", "lost-request"):
        wiki = make(profile)
        people = write(tmp_path / f"{profile}.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(3)))
        ended = run("bulk", wiki.api_url, str(people), "--json")
        assert ended.returncode == 0, ended.stdout
        assert wiki.users()[2:] == [f"Person {n}" for n in range(3)]


def test_a_list_that_is_interrupted_goes_on_where_it_was(wiki: Wiki, tmp_path: Path, login: list[str]) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(300)))
    with Terminal("bulk", wiki.api_url, str(people), *login) as terminal:
        terminal.child.expect("[1-9][0-9]+/300")
        terminal.press("c")
        terminal.says("Interrupted.")
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.raw
    assert 0 < len(wiki.users()) - 2 < 300
    ended = run("bulk", wiki.api_url, str(people), *login)
    assert ended.returncode == 0, ended.stdout
    assert "300 accounts made" in ended.stdout
    assert len(wiki.users()) == 302


@pytest.mark.timeout(900)
def test_a_list_that_is_killed_makes_nobody_twice_and_loses_nobody(
    wiki: Wiki, tmp_path: Path, login: list[str]
) -> None:
    people = write(tmp_path / "people.csv", *(f"person {n},,{PASSWORD} {n}" for n in range(ROWS)))
    journal = tmp_path / "journal"
    arguments = ["bulk", wiki.api_url, str(people), *login, "--journal", str(journal)]
    chance, doubts = random.Random(7), 0
    for limit in sorted(chance.sample(range(5, ROWS - 5), KILLS)):
        with subprocess.Popen([*COMMAND, *arguments], env=environment(), stdout=subprocess.DEVNULL) as killed:
            while len(wiki.users()) < limit:
                assert killed.poll() is None
            time.sleep(chance.uniform(0, 0.1))
            killed.kill()
        with closing(sqlite3.connect(journal)) as database:
            doubts += database.execute("SELECT count(*) FROM accounts WHERE state = 'sent'").fetchone()[0]
    before = creations(wiki)
    ended = run(*arguments, "--json")
    assert ended.returncode == 0, ended.stdout[-2000:]
    done = json.loads(ended.stdout.splitlines()[-1])
    made = [name for name in wiki.users() if name.startswith("Person ")]
    requests = len(wiki.window("_requests"))
    sys.stdout.write(
        f"\n{KILLS} kills, {doubts} in the middle of a creation; {before} creations sent by then\n"
        f"{requests / ROWS:.3f} requests and {creations(wiki) / ROWS:.3f} creations for each account\n"
    )
    assert (done["made"], done["refused"], done["sent"], done["waiting"]) == (ROWS, 0, 0, 0)
    assert sorted(made) == sorted({f"Person {n}" for n in range(ROWS)})
