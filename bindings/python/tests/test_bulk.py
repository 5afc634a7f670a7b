"""The command createaccount bulk: a list, killed and gone on with."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from conftest import PASSWORD, make_wiki
from terminal import COMMAND, environment, run

if TYPE_CHECKING:
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
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    found = {line["row"]: line["wrong"] for line in lines if line.get("what") == "row"}
    assert [bool(found[row]) for row in range(2, 7)] == [False, True, True, True, True]
    assert lines[-1]["obstacles"] == []
    assert creations(wiki) == 0


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
