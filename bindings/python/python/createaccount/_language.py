"""MediaWiki's codes for languages, from the names that browsers and systems use."""

from __future__ import annotations

import re

# Regions for which MediaWiki has translations of its own. It answers other combinations in English.
REGIONS = frozenset(
    {"de-at", "de-ch", "en-ca", "en-gb", "es-419", "pt-br", "zh-cn", "zh-hk", "zh-mo", "zh-my", "zh-sg", "zh-tw"}
)
RENAMED = {"no": "nb", "iw": "he", "in": "id", "sr-cyrl": "sr-ec", "sr-latn": "sr-el"}


def code_of(tag: str) -> str | None:
    """Turn a BCP 47 tag into a MediaWiki code: ``pt-BR`` into ``pt-br``, ``pl-PL`` into ``pl``."""
    tag = tag.lower()
    if not re.fullmatch(r"[a-z]{2,8}(-[a-z0-9]{1,8}){0,3}", tag):
        return None
    language, _, rest = tag.partition("-")
    second = rest.partition("-")[0]
    # A region has two letters or three digits; what is longer is a script or a variant.
    code = f"{language}-{second}" if tag in REGIONS or len(second) > len("419") else language
    return RENAMED.get(code, code)
