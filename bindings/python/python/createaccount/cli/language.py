"""The person's language, as POSIX and gettext define it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from createaccount import _language

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPTS = {"cyrillic": "cyrl", "iqtelif": "latn", "latin": "latn"}


def language_of(environment: Mapping[str, str]) -> str | None:
    """Read the language from the environment; None if it names none."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    if code_of(locale) is None:
        return None
    # gettext's list takes precedence over the locale, unless that is C
    preferred = environment.get("LANGUAGE", "").split(":")[0] or locale
    return code_of(preferred) or code_of(locale)


def code_of(locale: str) -> str | None:
    """Turn the name of a locale into a MediaWiki code: ``pt_BR.UTF-8`` into ``pt-br``, ``pl_PL`` into ``pl``."""
    name, _, modifier = locale.partition("@")
    name = name.partition(".")[0].replace("_", "-")
    if name.lower() in {"c", "posix"}:
        return None
    if script := SCRIPTS.get(modifier.lower()):
        name = f"{name.partition('-')[0]}-{script}"
    return _language.code_of(name)
