"""The texts of our own, and the language of the visitor."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

# Where MediaWiki's name for a language is not what browsers say.
RENAMED = {
    "no": "nb",
    "iw": "he",
    "in": "id",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hk",
}
# Other regions have no words of their own in MediaWiki, which would then answer in English.
REGIONS = frozenset({"de-at", "de-ch", "en-ca", "en-gb", "es-419", "pt-br", "zh-hans", "zh-hant", "zh-hk"})
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


def code_of(name: str) -> str | None:
    """Turn what a browser calls a language into MediaWiki's code: ``pt-BR`` into ``pt-br``, ``pl-PL`` into ``pl``."""
    name = name.lower()
    if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,8}){0,3}", name):
        return None
    name = RENAMED.get(name, name)
    if name in REGIONS or len(name.partition("-")[2]) > len("xxx"):
        return name
    language = name.partition("-")[0]
    return RENAMED.get(language, language)
