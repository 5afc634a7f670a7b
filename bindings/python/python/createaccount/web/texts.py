"""Our own texts, and the visitor's language."""

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
    """A language that we have texts in."""

    code: str
    name: str
    texts: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts[key]

    @property
    def direction(self) -> str:
        """Return the direction in which it is written."""
        return direction_of(self.code)


def read_all() -> dict[str, Language]:
    """Read all texts; each file is named after its language."""
    found = {}
    folder = files("createaccount.web") / "i18n"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        code = file.name.removesuffix(".json")
        texts = json.loads(file.read_text(encoding="utf-8"))
        found[code] = Language(code, texts["language"], texts)
    return found


LANGUAGES = read_all()


def own_language(code: str) -> Language:
    """Return the texts in the language closest to the visitor's."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or LANGUAGES[DEFAULT]


def direction_of(code: str) -> str:
    """Return the direction in which a language is written."""
    return "rtl" if code in FROM_RIGHT else "ltr"


def language_of(uselang: str | None, accepted: str | None) -> str:
    """Choose the language: the one in the address, or else the browser's first choice."""
    wanted = [uselang] if uselang else ranked(accepted or "")
    return next(filter(None, map(code_of, wanted)), DEFAULT)


def ranked(accepted: str) -> list[str]:
    """List the languages of an Accept-Language header, the preferred one first."""
    found = []
    for part in accepted[:1000].split(","):
        name, _, weight = part.partition(";")
        match = re.fullmatch(r"\s*q\s*=\s*([01](\.\d{0,3})?)\s*", weight)
        quality = float(match[1]) if match else 1.0
        if quality > 0:
            found.append((quality, name.strip()))
    return [name for _, name in sorted(found, key=lambda one: -one[0])]
