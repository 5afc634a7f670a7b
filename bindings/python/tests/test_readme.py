"""The program in the README of the package, with a person's part played."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import PASSWORD

if TYPE_CHECKING:
    import createaccount
    from conftest import Wiki


def test_the_program_of_the_readme(wiki: Wiki) -> None:
    names = run(wiki, {"username": "Reader", "password": PASSWORD, "retype": PASSWORD})
    assert names["name"] == "Reader"
    assert "Reader" in wiki.users()


@pytest.mark.timeout(20)
def test_the_program_ends_with_a_status_that_it_does_not_know(steps: Wiki) -> None:
    with pytest.raises(SystemExit, match="the wiki answered TOMORROW"):
        run(steps, {"username": "Reader", "stepStart": True, "stepChain": "other"})


def run(wiki: Wiki, answers: createaccount.Values) -> dict[str, object]:
    """Run the program, with a person who knows these answers, and return its variables."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert "https://wiki.example/w/api.php" in program
    program = program.replace("https://wiki.example/w/api.php", wiki.api_url)

    def ask(field: createaccount.Field) -> createaccount.Value:
        return answers.get(field.name)

    names: dict[str, object] = {"ask": ask}
    exec(compile(program, "README.md", "exec"), names)  # noqa: S102  it is ours
    return names
