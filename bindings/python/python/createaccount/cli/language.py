"""The person's language, as MediaWiki names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where MediaWiki has words of its own for a region. It answers other combinations in English.
REGIONS = frozenset(
    {"de-at", "de-ch", "en-ca", "en-gb", "es-419", "pt-br", "zh-cn", "zh-hk", "zh-mo", "zh-my", "zh-sg", "zh-tw"}
)
SCRIPTS = {"sr@latin": "sr-el", "sr@cyrillic": "sr-ec", "uz@cyrillic": "uz-cyrl", "tt@iqtelif": "tt-latn"}
RENAMED = {"no": "nb", "iw": "he", "in": "id"}


def language_of(environment: Mapping[str, str]) -> str | None:
    """Read the language from what POSIX and gettext have for it; None where nothing says one."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    if code_of(locale) is None:
        return None
    # gettext's list goes before the locale, but for that of C
    preferred = environment.get("LANGUAGE", "").split(":")[0] or locale
    return code_of(preferred) or code_of(locale)


def code_of(locale: str) -> str | None:
    """Turn the name of a locale into a code of MediaWiki: ``pt_BR.UTF-8`` into ``pt-br``, ``pl_PL`` into ``pl``."""
    name, _, modifier = locale.partition("@")
    name = name.partition(".")[0].replace("_", "-").lower()
    language = name.partition("-")[0]
    if not language.isalpha() or language in {"c", "posix"}:
        return None
    if script := SCRIPTS.get(f"{language}@{modifier.lower()}"):
        return script
    return name if name in REGIONS else RENAMED.get(language, language)
