"""The options that the commands share, and the settings that they stand for."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from createaccount import Settings, __version__
from createaccount.cli.language import language_of
from createaccount.cli.words import speak

if TYPE_CHECKING:
    from collections.abc import Callable

USER_AGENT = f"createaccount/{__version__} (https://www.mediawiki.org/wiki/API:Account_creation)"


@dataclass(frozen=True)
class Common:
    """The values of the shared options."""

    settings: Settings
    as_json: bool


def common(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command the shared options, as one argument ``common``."""

    @click.option("--lang", metavar="CODE", help="The language to speak; that of the locale if not given.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, and ask nothing.")
    @click.option("--user-agent", default=USER_AGENT, help="How to introduce yourself to the wiki.")
    @click.option("--proxy", metavar="URL", help="An http, https, socks4 or socks5 proxy.")
    @click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="The only certificates to trust.")
    @click.option("--timeout", type=click.FloatRange(min=0.1), default=60, help="Seconds for one exchange (60).")
    @click.option("--allow-http", is_flag=True, help="Talk to the wiki without encryption.")
    @functools.wraps(command)
    def wrapped(  # noqa: PLR0913  one for each option
        *arguments: object,
        lang: str | None,
        as_json: bool,
        user_agent: str,
        proxy: str | None,
        ca_file: str | None,
        timeout: float,
        allow_http: bool,
        **others: object,
    ) -> object:
        language = lang or language_of(os.environ)
        speak(language)
        settings = Settings(
            message_format="plaintext",
            language=language,
            user_agent=user_agent,
            proxy=proxy,
            ca_file=ca_file,
            timeout=timeout,
            allow_http=allow_http,
        )
        return command(*arguments, common=Common(settings, as_json), **others)

    return wrapped
