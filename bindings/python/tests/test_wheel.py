"""A person with nothing but the wheel: a fresh environment, and the command in it."""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from conftest import PASSWORD, free_port, touch, wait_for
from signup_site import Visitor
from terminal import Terminal, environment

if TYPE_CHECKING:
    from conftest import Wiki

MANIFEST = Path(__file__).parents[1] / "Cargo.toml"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "maturin", "build", "--quiet", "--profile", "dev", "--manifest-path", str(MANIFEST)]
    subprocess.run([*build, "--out", str(folder)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path) -> str:
    """Give the command as it comes with its extra."""
    return install(wheel, "cli")


def install(wheel: Path, extra: str) -> str:
    """Install the wheel with an extra where nothing else is, and give the command."""
    folder = wheel.parent / extra
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"createaccount[{extra}] @ {wheel.as_uri()}"], check=True, env=environment())
    return str(folder / "bin/createaccount")


@pytest.mark.timeout(400)
def test_an_account_in_one_command(wiki: Wiki, command: str) -> None:
    with Terminal("signup", wiki.base, command=[command], LANG="pl_PL.UTF-8", PYTHONWARNINGS="ignore") as terminal:
        terminal.says("Nowe konto na")
        terminal.asks("Nazwa użytkownika", "Alice")
        terminal.says("Ta nazwa jest wolna.")
        terminal.asks("Hasło", PASSWORD)
        terminal.asks("", PASSWORD, prompt="Jeszcze raz: ")
        terminal.asks("(opcjonalnie)", "")
        terminal.asks("(opcjonalnie)", "")
        terminal.says("Konto Alice zostało utworzone.")
        assert terminal.ends() == 0
    assert wiki.users()[-1] == "Alice"


@pytest.mark.timeout(400)
def test_a_list_in_one_command(wiki: Wiki, command: str, tmp_path: Path) -> None:
    people, page = tmp_path / "people.csv", tmp_path / "report.html"
    people.write_text(f"username,password\nAlice,{PASSWORD}\nBob,{PASSWORD}\n", encoding="utf-8")
    arguments = ["bulk", wiki.base, str(people), "--report", str(page)]
    ended = subprocess.run([command, *arguments], check=False, env=environment(), capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert wiki.users()[-2:] == ["Alice", "Bob"]
    assert "Bob" in page.read_text(encoding="utf-8")
    # What only the queue needs is not there, and is named
    ended = subprocess.run(
        [command, *arguments, "--queue"], check=False, env=environment(), capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert "pip install 'createaccount[queue]'" in ended.stderr


@pytest.mark.timeout(400)
def test_a_page_in_one_command(wheel: Path, steps: Wiki, tmp_path: Path) -> None:
    command, port = install(wheel, "web"), free_port()
    serve = [command, "serve", steps.base, "--site", f"http://127.0.0.1:{port}", "--port", str(port)]
    serve += ["--state", "flows", "--workers", "2", "--name", "Test Wiki"]
    clean = {**environment(), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(serve, cwd=tmp_path, env=clean, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for(partial(touch, port), OSError)
            for way in ("plain", "ui"):
                visitor = Visitor(SimpleNamespace(ports=[port]), f"Visitor {way}")
                assert visitor.sign_up(way).made
                status, headers, _ = visitor.exchange("GET", "/style.css")
                assert (status, headers["content-type"]) == (200, "text/css; charset=utf-8")
        finally:
            process.terminate()
            _, complaints = process.communicate()
    assert complaints == ""
    assert steps.users()[2:] == ["Visitor plain", "Visitor ui"]
