"""The command's own words: every language has all of them, and they are what people see."""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import createaccount.cli
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from conftest import PASSWORD
from createaccount.cli import words
from createaccount.cli.given import NO, YES
from terminal import Terminal, run

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message
    from conftest import Wiki

FOLDER = Path(createaccount.cli.__file__).parent
LANGUAGES = sorted(file.stem for file in (FOLDER / "i18n").iterdir())


def catalogue(language: str) -> Catalog:
    with (FOLDER / "i18n" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def said() -> set[str | tuple[str, ...]]:
    """Find all texts in the sources."""
    found = extract_from_dir(
        FOLDER,
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        keywords={"_": None, "N_": None, "plural": (1, 2), "text": None},
    )
    return {message for _, _, message, _, _ in found}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def test_there_are_languages() -> None:
    assert {"ar", "de", "es", "fr", "ko", "pl", "pt"} <= set(LANGUAGES)
    assert len(said()) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete(language: str) -> None:
    read = catalogue(language)
    messages = [message for message in read if message.id]
    assert {message.id for message in messages} == said()
    assert not read.obsolete
    for message in messages:
        asked = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        assert len(forms(message)) == (1 if len(asked) == 1 else read.num_plurals), message.id
        for text in forms(message):
            assert text.strip(), message.id
            assert not message.fuzzy, message.id
            if len(asked) == 1:
                assert places(text) == places(asked[0]), message.id
            else:  # one, two and none can be words
                assert places(text) <= places(asked[1]), message.id
            for part in (" ", "\n"):
                assert text.endswith(part) == asked[0].endswith(part), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_and_a_no_can_be_told_apart(language: str) -> None:
    words.speak(language)
    yes, no = set(words._("y yes").split()), set(words._("n no").split())
    words.speak(None)
    assert not (yes | YES) & (no | NO)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_up_in_each_language(wiki: Wiki, language: str) -> None:
    words.speak(language)
    again, free = words._("Once more: "), words._("This name is free.")
    made = words._("The account {name} is made.", name="Alice")
    words.speak(None)
    with Terminal("signup", wiki.api_url, "email=", "realname=", LANG=f"{language}.UTF-8") as terminal:
        terminal.asks("", "Alice")
        terminal.says(free)
        terminal.asks("", PASSWORD)
        terminal.asks("", PASSWORD, prompt=again.rstrip())
        terminal.says(made)
        assert terminal.ends() == 0
    assert free != "This name is free."


def test_numbers_are_counted_as_the_language_does() -> None:
    words.speak("pl")
    counted = [words.plural("{number} account made", "{number} accounts made", number) for number in (1, 3, 5, 22)]
    words.speak(None)
    assert counted == ["Utworzono 1 konto", "Utworzono 3 konta", "Utworzono 5 kont", "Utworzono 22 konta"]


def test_other_languages_are_english() -> None:
    ended = run("check", "http://127.0.0.1:9/api.php", "--lang", "tlh")
    assert ended.returncode == 3
    assert "The wiki cannot be reached." in ended.stdout
    ended = run("check", "http://127.0.0.1:9/api.php", "--lang", "de-at")
    assert "Das Wiki ist nicht zu erreichen." in ended.stdout
    ended = run("bulk", "http://127.0.0.1:9/api.php", "/dev/null", "--lang", "pt-br")
    assert "não tem nenhuma coluna username" in ended.stderr
