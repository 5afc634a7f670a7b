"""The command's own texts in the person's language. The wiki translates its texts itself.

`i18n` has a gettext catalogue for each language, which is read as it is: nothing has to be compiled. Everything else
(other languages, the text of --help) is English.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.units import format_unit

if TYPE_CHECKING:
    from datetime import datetime

ENGLISH = Locale("en")


class Language:
    """One language: its words, and how it writes numbers and dates."""

    def __init__(self, locale: Locale, words: NullTranslations) -> None:
        self.locale, self.words = locale, words

    @property
    def code(self) -> str:
        """Return its code for HTML."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """Return the direction in which it is written."""
        return "rtl" if self.locale.character_order == "right-to-left" else "ltr"


@cache
def read(code: str) -> Language:
    """Read the catalogue of a language; English if there is none."""
    language, _, region = code.partition("-")
    file = files("createaccount.cli") / "i18n" / f"{language}.po"
    if not file.is_file():
        return Language(ENGLISH, NullTranslations())
    compiled = io.BytesIO()
    with file.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=language))
    compiled.seek(0)
    try:
        locale = Locale.parse(f"{language}_{region.upper()}" if region else language)
    except UnknownLocaleError:
        locale = Locale(language)
    return Language(locale, GNUTranslations(compiled))


class Spoken:
    """The current language."""

    language = Language(ENGLISH, NullTranslations())


def speak(code: str | None) -> None:
    """Set the current language, by its MediaWiki code."""
    Spoken.language = read((code or "en").lower())


def spoken() -> Language:
    """Return the current language."""
    return Spoken.language


def N_(text: str) -> str:  # noqa: N802  the name that tools know
    """Mark a text that is translated where it is used."""
    return text


def _(text: str, /, **values: object) -> str:
    """Translate a text, and put values into it."""
    return Spoken.language.words.gettext(text).format(**values)


def plural(one: str, many: str, number: int, /, **values: object) -> str:
    """Translate a text with a number in it."""
    text = Spoken.language.words.ngettext(one, many, number)
    return text.format(number=count(number), **values)


def count(number: int) -> str:
    """Format a number."""
    return format_decimal(number, locale=Spoken.language.locale)


def duration(seconds: float, length: Literal["long", "narrow"] = "long") -> str:
    """Format a duration, in a unit that people would use."""
    number, unit = max(1, round(seconds)), "second"
    for larger, of_it in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * of_it or (seconds >= of_it and seconds % of_it == 0):
            number, unit = round(seconds / of_it), larger
            break
    return format_unit(number, f"duration-{unit}", length=length, locale=Spoken.language.locale)


def day_and_time(moment: datetime) -> str:
    """Format a day and a time."""
    locale = Spoken.language.locale
    return f"{format_date(moment, 'long', locale=locale)}, {format_time(moment, 'short', locale=locale)}"
