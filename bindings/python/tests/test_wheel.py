"""A person with nothing but the wheel: a fresh environment, and the command in it."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import PASSWORD
from terminal import Terminal, environment

if TYPE_CHECKING:
    from conftest import Wiki

MANIFEST = Path(__file__).parents[1] / "Cargo.toml"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the wheel, install it with its extra where nothing else is, and give the command."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "maturin", "build", "--quiet", "--profile", "dev", "--manifest-path", str(MANIFEST)]
    subprocess.run([*build, "--out", str(folder)], check=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        f"createaccount[cli] @ {wheel.as_uri()}",
    ]
    subprocess.run([str(python), *install], check=True, env=environment())
    return str(python.with_name("createaccount"))


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
