"""The programs in the pages of the documentation, as they stand there."""

from __future__ import annotations

import re
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

DOCS = Path(__file__).parents[3] / "docs"
ADDRESS = "https://wiki.example/w/api.php"

# By heading: the profile of the wiki, and what is printed.
PROGRAMS = {
    "By hand, beside with the library": ("stock", "PASS\nPASS\n"),
    "Many accounts": ("stock", "PASS\n"),
    "Check a name": ("stock", "True Alice smith\n"),
    "Keep what was right after a FAIL": ("stock", "PASS\n"),
    "Show the picture of a captcha": ("fancy", "image/png answers captchaWord\n"),
    "Save, and go on in another process": ("stock", "PASS\n"),
    "Visit a third party, and wait on this machine": ("steps", "PASS\n"),
    "Cancel": ("steps", "it was on its way: PASS\n"),
    "Wait after a rate limit": ("ratelimit", "Two waits for 60 seconds\nThree waits for 60 seconds\n"),
    "When the outcome is unknown": ("lost-answer", "PASS\n"),
    "Log": ("stock", "True\n"),
    "A transport of your own": ("stock", "PASS\n"),
    "A proxy, and certificates of your own": ("stock", ""),
}


def programs() -> dict[str, str]:
    """Return the programs under each heading, joined."""
    found: dict[str, str] = {}
    part = re.compile(r"^#+ ([^\n]+)$|^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for page in sorted(DOCS.glob("*.md")):
        heading = ""
        for title, block in part.findall(page.read_text("utf-8")):
            heading = title or heading
            if block:
                found[heading] = found.get(heading, "") + block
    return found


def test_every_program_is_known() -> None:
    assert programs().keys() == PROGRAMS.keys()


@pytest.mark.parametrize("heading", PROGRAMS)
def test_program(
    heading: str, make: Callable[[str], Wiki], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    profile, printed = PROGRAMS[heading]
    monkeypatch.setattr(webbrowser, "open", lambda url: threading.Thread(target=visit, args=(url,)).start())
    program = programs()[heading].replace(ADDRESS, make(profile).api_url)
    exec(compile(program, heading, "exec"), {"__name__": "program"})  # noqa: S102  it is ours
    assert capsys.readouterr().out == printed


def visit(url: str) -> None:
    """Play the person's browser."""
    urlopen(url, timeout=30).close()
