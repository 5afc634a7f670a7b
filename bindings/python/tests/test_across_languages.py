"""Flows that begin in C, go on in Python and end in C: each reads what the other one saved, and refuses the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

import createaccount
import pytest
from conftest import RETURN_URL, follow
from createaccount import Client, Form, OutcomeUnknown, Pass, Redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Wiki
    from typing_extensions import Self

REPOSITORY = Path(__file__).parents[3]


@dataclass
class Reached:
    """What a call came to, in either language."""

    status: str
    """Of the step; of a client without one "NONE", and of a call that failed its error's."""
    target: str = ""
    field: str = ""
    message: str = ""
    username: str = ""
    fields: tuple[str, ...] = ()


class Host(Protocol):
    """A program in one of the languages, with one client."""

    def new(self, api_url: str, timeout: float = 60) -> Reached: ...
    def load(self, api_url: str, data: bytes) -> Reached: ...
    def save(self) -> bytes: ...
    def begin(self) -> Reached: ...
    def submit(self, **values: str | list[str]) -> Reached: ...
    def resume(self, url: str) -> Reached: ...
    def reconcile(self) -> Reached: ...


class InPython:
    """A host in Python: this process."""

    client: Client

    def new(self, api_url: str, timeout: float = 60) -> Reached:
        self.client = Client(api_url, return_url=RETURN_URL, timeout=timeout)
        return self.reach(lambda: self.client.step)

    def load(self, api_url: str, data: bytes) -> Reached:
        def load() -> createaccount.Step | None:
            self.client = Client.load(api_url, data, return_url=RETURN_URL)
            return self.client.step

        return self.reach(load)

    def save(self) -> bytes:
        return self.client.save()

    def begin(self) -> Reached:
        return self.reach(self.client.begin)

    def submit(self, **values: str | list[str]) -> Reached:
        return self.reach(lambda: self.client.submit(values))

    def resume(self, url: str) -> Reached:
        return self.reach(lambda: self.client.resume(url))

    def reconcile(self) -> Reached:
        return self.reach(self.client.reconcile)

    @staticmethod
    def reach(call: Callable[[], createaccount.Step | None]) -> Reached:
        try:
            step = call()
        except createaccount.InvalidArgument as error:
            return Reached("INVALID_ARGUMENT", field=error.field or "", message=error.message)
        except OutcomeUnknown as error:
            return Reached("OUTCOME_UNKNOWN", message=error.message)
        reached = Reached(step.status if step else "NONE")
        match step:
            case Form(fields=fields, message=message):
                reached.fields, reached.message = fields.names, message or ""
            case Redirect(target=target, fields=fields):
                reached.target, reached.fields = target, fields.names
            case Pass(username=name):
                reached.username = name
        return reached


class InC:
    """The host in C, tests/hosts/host.c, in a process of its own."""

    def __init__(self, program: Path) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0

    def new(self, api_url: str, timeout: float = 60) -> Reached:
        return self.reach("new", api_url, f"return_url={RETURN_URL}", f"timeout_ms={timeout * 1000:.0f}")

    def load(self, api_url: str, data: bytes) -> Reached:
        return self.reach("load", api_url, data.hex(), f"return_url={RETURN_URL}")

    def save(self) -> bytes:
        return bytes.fromhex(self.call("save")[0][1])

    def begin(self) -> Reached:
        return self.reach("begin")

    def submit(self, **values: str | list[str]) -> Reached:
        for name, value in values.items():
            for text in [value] if isinstance(value, str) else value:
                assert self.call("set" if isinstance(value, str) else "choose", name, text) == []
        return self.reach("submit")

    def resume(self, url: str) -> Reached:
        return self.reach("resume", url, "")

    def reconcile(self) -> Reached:
        return self.reach("reconcile")

    def reach(self, *command: str) -> Reached:
        reached = Reached("NONE")
        for key, *parts in self.call(*command):
            match key:
                case "error":
                    reached.status, reached.message, _, reached.field, *_ = [*parts, "", "", "", ""]
                case "step":
                    reached.status = parts[0]
                case "target":
                    reached.target = parts[0]
                case "message":
                    reached.message = parts[0]
                case "username":
                    reached.username = parts[0]
                case "field":
                    reached.fields += (parts[0],)
        return reached

    def call(self, *command: str) -> list[list[str]]:
        """Send one line, and give the lines that answer it, as tests/hosts/README.md has it."""
        assert self.process.stdin
        assert self.process.stdout
        escaped = (re.sub(r"[%\t\n\r\0]", lambda found: f"%{ord(found[0]):02X}", part) for part in command)
        self.process.stdin.write("\t".join(escaped) + "\n")
        self.process.stdin.flush()
        lines = iter(self.process.stdout.readline, ".\n")
        return [[unquote(part) for part in line.removesuffix("\n").split("\t")] for line in lines]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the host in C against the library."""
    compiled = tmp_path_factory.mktemp("host") / "host-c"
    library = library_folder()
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{REPOSITORY}/include"]
    command += [f"{REPOSITORY}/tests/hosts/host.c", f"-L{library}", "-lcreateaccount", f"-Wl,-rpath,{library}"]
    subprocess.run([*command, "-o", compiled], check=True)
    return compiled


def library_folder() -> Path:
    """Find libcreateaccount: where CREATEACCOUNT_LIBRARY_DIR says, or else where cargo puts it."""
    if given := os.environ.get("CREATEACCOUNT_LIBRARY_DIR"):
        return Path(given).absolute()
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.fail("cargo is not installed, and CREATEACCOUNT_LIBRARY_DIR is not set", pytrace=False)
    command = [cargo, "build", "--quiet", "--package", "createaccount", "--lib", "--message-format", "json"]
    built = subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    messages: list[dict[str, Any]] = [json.loads(line) for line in built.stdout.splitlines()]
    files = [file for message in messages for file in message.get("filenames", ())]
    (library,) = [
        Path(file) for file in files if Path(file).stem == "libcreateaccount" and not file.endswith((".a", ".rlib"))
    ]
    return library.parent


@pytest.fixture
def c(program: Path) -> Iterator[InC]:
    with InC(program) as host:
        yield host


@pytest.fixture
def hosts(program: Path) -> Iterator[list[Host]]:
    """Take turns: C, Python, C, Python, each with a process or client of its own."""
    with InC(program) as first, InC(program) as second:
        yield [first, InPython(), second, InPython()]


def begin_chain(host: Host, wiki: Wiki, chain: str, timeout: float = 60) -> Reached:
    assert host.new(wiki.api_url, timeout).status == "NONE"
    assert host.begin().status == "FORM"
    return host.submit(username="Alice", stepStart="1", stepChain=chain)


@pytest.mark.parametrize("turn", ["C first", "Python first"])
def test_a_flow_changes_languages_at_every_step(turn: str, hosts: list[Host], make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    first, second, third, fourth = hosts if turn == "C first" else [*hosts[1:], hosts[0]]

    asked = begin_chain(first, wiki, "chain")
    assert (asked.status, asked.fields) == ("UI", ("code",))
    # In UI …
    assert second.load(wiki.api_url, first.save()) == asked
    away = second.submit(code="1234")
    assert away.status == "REDIRECT"
    # … and in REDIRECT,
    assert third.load(wiki.api_url, second.save()) == away
    returned = follow(away.target)
    topics = third.resume(returned)
    assert (topics.status, topics.fields) == ("UI", ("topics", "confirmTopics"))
    # and the wiki says the same when it is asked again.
    assert fourth.load(wiki.api_url, third.save()) == topics
    again = fourth.reconcile()
    assert (again.status, again.fields) == ("UI", topics.fields)
    made = fourth.submit(topics=["art", "a|b"])
    assert (made.status, made.username) == ("PASS", "Alice")

    assert "Alice" in wiki.users()
    phases = [received["phase"] for received in wiki.window("_received")]
    assert phases == ["begin", "continue", "continue", "continue"]


@pytest.mark.parametrize("turn", ["C first", "Python first"])
def test_a_form_is_answered_in_the_other_language(
    turn: str, hosts: list[Host], make_any: Callable[[str], Wiki]
) -> None:
    wiki = make_any("stock")
    first, second, *_ = hosts if turn == "C first" else hosts[1:]
    first.new(wiki.api_url)
    form = first.begin()
    assert second.load(wiki.api_url, first.save()) == form
    made = second.submit(username="Alice", password="correct horse battery 7")
    assert (made.status, made.username) == ("PASS", "Alice")
    ended = first.load(wiki.api_url, second.save())
    assert (ended.status, ended.username) == ("PASS", "Alice")
    assert first.begin().status == "FORM"


@pytest.mark.parametrize("turn", ["C first", "Python first"])
def test_a_lost_answer_is_reconciled_in_the_other_language(
    turn: str, hosts: list[Host], make_any: Callable[[str], Wiki]
) -> None:
    wiki = make_any("steps")
    first, second, *_ = hosts if turn == "C first" else hosts[1:]
    # The wiki takes three seconds.
    assert begin_chain(first, wiki, "slow", timeout=1).status == "OUTCOME_UNKNOWN"
    assert second.load(wiki.api_url, first.save()).status == "NONE"
    made = second.reconcile()
    assert (made.status, made.username) == ("PASS", "Alice")
    assert wiki.users().count("Alice") == 1


def spoiled(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    """Give bytes that are not what was saved, with what is said of them."""
    head, _, rest = good.partition(b"\n")
    digest, payload = rest[:32], rest[32:]
    assert hashlib.sha256(payload).digest() == digest

    for length in sorted({*range(len(head) + 40), *range(len(head) + 40, len(good), 97), len(good) - 1}):
        yield f"cut at {length}", good[:length], "" if length <= len(head) else "cut short"
    yield "longer", good + b"\n", "changed"
    yield "twice", good + good, "changed"

    yield "of another program", b"\x89PNG\r\n\x1a\n" + bytes(64), "not written by save"
    yield "text", b'{"flow":{}}', "not written by save"
    yield "zeros", bytes(4096), "not written by save"
    yield "with another program before it", b"\n" + good, "not written by save"

    for version in [0, 1, 3, 10, 99]:
        older = re.sub(rb"\d+$", str(version).encode(), head)
        if older != head:
            yield f"version {version}", older + b"\n" + rest, "another version"

    for position in sorted({*range(0, len(good), 61), len(head) + 1, len(head) + 33, len(good) - 1}):
        changed = bytearray(good)
        changed[position] ^= 1
        yield f"a bit at {position}", bytes(changed), ""
    yield "another wiki", good.replace(b"/w/steps/", b"/w/stock/", 1), "changed"

    # Mending the checksum as well does not help bytes that are not a flow.
    for text in [b"", b"null", b"[]", b"{}", b'{"flow":{},"cookies":"{}"}', b"\xff", payload[:-1], b"[" * 100_000]:
        yield f"a payload {text[:30]!r}", head + b"\n" + hashlib.sha256(text).digest() + text, "cannot be read"


@pytest.mark.parametrize("step", ["UI", "REDIRECT"])
def test_spoiled_bytes_are_refused_the_same_way(step: str, c: InC, steps: Wiki) -> None:
    python = InPython()
    assert begin_chain(python, steps, {"UI": "ui", "REDIRECT": "redirect"}[step]).status == step
    good = python.save()
    kept = c.load(steps.api_url, good)
    assert kept.status == step

    number = 0
    for what, data, why in spoiled(good):
        refused = c.load(steps.api_url, data)
        assert (refused.status, refused.field) == ("INVALID_ARGUMENT", "data"), what
        assert why in refused.message, what
        assert refused.message.startswith("The saved flow "), what
        assert InPython().load(steps.api_url, data) == refused, what
        number += 1
    assert number > 100

    # A client that is there already is not touched by what could not be loaded.
    assert c.reconcile().status == step
    assert steps.requests()[-1] == "GET"
