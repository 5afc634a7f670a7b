"""A terminal with the command createaccount in it, as a person has it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

COMMAND = [sys.executable, "-W", "ignore", "-m", "createaccount"]
# A browser without a person: goes where it is sent, and posts a form that it finds there.
BROWSER = """
import os, re, sys, urllib.parse, urllib.request
target = sys.argv[1] + os.environ.get("AND", "")
with urllib.request.urlopen(target, timeout=30) as answer:
    page = answer.read().decode()
if form := re.search(r'<form method="post" action="([^"]+)">', page):
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    urllib.request.urlopen(form[1], urllib.parse.urlencode(fields).encode(), timeout=30).close()
"""


def environment(**more: str) -> dict[str, str]:
    """Give a plain environment, whatever that of the tests is."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "BROWSER": "true", "PYTHONUTF8": "1", **more}


def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        capture_output=True,
        input=stdin,
        text=True,
        timeout=120,
        env=environment(**more),
    )


def interruptible() -> None:
    """Take Ctrl-C where the tests themselves ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Terminal:
    """A pseudo-terminal; `screen` has what is to be seen on it."""

    def __init__(self, *arguments: str, columns: int = 80, command: Sequence[str] = COMMAND, **more: str) -> None:
        self.screen = pyte.Screen(columns, 200)
        self.stream = pyte.Stream(self.screen)
        self.child = pexpect.spawn(
            command[0],
            [*command[1:], *arguments],
            dimensions=(200, columns),
            env=environment(**more),
            encoding="utf-8",
            timeout=30,
            preexec_fn=interruptible,
        )
        self.child.delaybeforesend = None
        self.child.logfile_read = self
        self.raw = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    def write(self, text: str) -> None:
        """Take what the command prints."""
        self.raw += text
        self.stream.feed(text)

    def flush(self) -> None:
        """Have nothing to do: pexpect asks for it."""

    def says(self, text: str) -> None:
        """Wait until a text is printed, wherever its lines break."""
        self.child.expect(r"\s+".join(map(re.escape, text.split())))

    def asks(self, about: str, answer: str, *, prompt: str = "> ") -> None:
        """Wait for a question, and answer it."""
        self.says(about)
        self.child.expect(re.escape(prompt))
        self.child.sendline(answer)

    def press(self, key: str) -> None:
        """Press a key together with Ctrl."""
        self.child.sendcontrol(key)

    def ends(self) -> int | None:
        """Wait for the end, and give the exit status."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus

    @property
    def lines(self) -> list[str]:
        """What is to be seen."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The same in one piece, with the lines that belong together joined."""
        return " ".join(" ".join(self.lines).split())


def browser(folder: Path) -> str:
    """Make a browser without a person, for the environment variable of that name."""
    program = folder / "browser.py"
    program.write_text(BROWSER, encoding="utf-8")
    return f"{sys.executable} {program} %s"
