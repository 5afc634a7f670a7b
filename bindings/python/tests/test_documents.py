"""The programs in the pages of the documentation, a notebook and a service among the examples, as they stand there."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import webbrowser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import httpx
import nbformat
import pytest
from conftest import PASSWORD
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = Path(__file__).parents[1] / "examples"
ADDRESS = "https://wiki.example/w/api.php"

# By heading: the profile of the wiki, and what is printed.
PROGRAMS = {
    "With and without the library": ("stock", "PASS\nPASS\n"),
    "Many accounts": ("stock", "PASS\n"),
    "Check a name": ("stock", "True Alice smith\n"),
    "Keep what was right after a FAIL": ("stock", "PASS\n"),
    "Show the picture of a captcha": ("fancy", "image/png answers captchaWord\n"),
    "Save, and go on in another process": ("stock", "PASS\n"),
    "Visit a third party, and wait for the return on this machine": ("steps", "PASS\n"),
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
    heading: str,
    make: Callable[[str], Wiki],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    profile, printed = PROGRAMS[heading]
    caplog.set_level(logging.NOTSET, "createaccount")  # what a program sets is undone afterwards
    monkeypatch.setattr(webbrowser, "open", lambda url: threading.Thread(target=visit, args=(url,)).start())
    program = programs()[heading].replace(ADDRESS, make(profile).api_url)
    exec(compile(program, heading, "exec"), {"__name__": "program"})  # noqa: S102  it is ours
    assert capsys.readouterr().out == printed


def test_the_notebook(wiki: Wiki) -> None:
    written = (EXAMPLES / "signup.ipynb").read_text("utf-8")
    assert ADDRESS in written
    notebook = nbformat.reads(written.replace(ADDRESS, wiki.api_url), as_version=4)  # type: ignore[no-untyped-call]
    assert all(cell.get("outputs", []) == [] for cell in notebook.cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown = [
        output.data["text/plain"] for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output
    ]
    assert "'username'" in shown[0]
    assert "Reader of notebooks" in shown[1]
    assert shown[2] == "Pass(username='Reader of notebooks')"
    assert "Reader of notebooks" in wiki.users()


@pytest.mark.parametrize("profile", ["stock", "lost-answer"])
def test_the_service(make: Callable[[str], Wiki], monkeypatch: pytest.MonkeyPatch, profile: str) -> None:
    wiki = make(profile)
    monkeypatch.setenv("API_URL", wiki.api_url)
    spec = spec_from_file_location("fastapi_signup", EXAMPLES / "fastapi_signup.py")
    assert spec
    assert spec.loader
    example = module_from_spec(spec)
    spec.loader.exec_module(example)

    async def posts() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=example.service)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.example") as browser:
            return [
                await browser.post("/accounts", json={"username": name, "password": PASSWORD, **more})
                for name, more in (("reader", {}), ("taken", {}), ("other", {"age": "7"}))
            ]

    made, refused, unknown = asyncio.run(posts())
    assert (made.status_code, made.json()) == (201, {"username": "Reader"})
    assert (refused.status_code, refused.json()["detail"]["reason"]) == (409, "name_taken")
    assert (unknown.status_code, unknown.json()["detail"]) == (422, {"field": "age", "problem": "unknown_field"})
    assert wiki.users() == ["Admin", "Taken", "Reader"]


def visit(url: str) -> None:
    """Play the person's browser."""
    urlopen(url, timeout=30).close()
