"""The texts of our own, and the language of the visitor."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

from createaccount._language import code_of

FROM_RIGHT = frozenset(
    {"ar", "arc", "ary", "arz", "azb", "bcc", "bqi", "ckb", "dv", "fa", "glk", "he", "khw", "ks", "ku-arab", "lrc"}
    | {"mzn", "nqo", "pnb", "ps", "sd", "skr", "ug", "ur", "yi"}
)
DEFAULT = "en"


@dataclass(frozen=True)
class Language:
    """A language with texts of our own."""

    code: str
    name: str
    texts: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts[key]

    @property
    def direction(self) -> str:
        """Say in which direction it is written."""
        return direction_of(self.code)


def read_all() -> dict[str, Language]:
    """Read all texts; each file is named for its language."""
    found = {}
    folder = files("createaccount.web") / "i18n"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        code = file.name.removesuffix(".json")
        texts = json.loads(file.read_text(encoding="utf-8"))
        found[code] = Language(code, texts["language"], texts)
    return found


LANGUAGES = read_all()


def own_language(code: str) -> Language:
    """Give the texts that come closest to the visitor's language."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or LANGUAGES[DEFAULT]


def direction_of(code: str) -> str:
    """Say in which direction a language is written."""
    return "rtl" if code in FROM_RIGHT else "ltr"


def language_of(uselang: str | None, accepted: str | None) -> str:
    """Choose the language: what the address says, or else what the browser likes best."""
    wanted = [uselang] if uselang else ranked(accepted or "")
    return next(filter(None, map(code_of, wanted)), DEFAULT)


def ranked(accepted: str) -> list[str]:
    """Sort the languages of an Accept-Language header."""
    found = []
    for part in accepted[:1000].split(","):
        name, _, weight = part.partition(";")
        match = re.fullmatch(r"\s*q\s*=\s*([01](\.\d{0,3})?)\s*", weight)
        quality = float(match[1]) if match else 1.0
        if quality > 0:
            found.append((quality, name.strip()))
    return [name for _, name in sorted(found, key=lambda one: -one[0])]
