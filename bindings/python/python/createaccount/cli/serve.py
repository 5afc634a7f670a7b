"""``createaccount serve``: a sign-up page for a wiki. Its dependencies come with the extra ``web``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from createaccount import CaptchaService, CreateAccountError, TransportError, find_api
from createaccount.cli.options import USER_AGENT

if TYPE_CHECKING:
    from createaccount import Settings

SERVICES = [str(service) for service in CaptchaService if service is not CaptchaService.OTHER]


@click.command()
@click.argument("wiki")
@click.option("--site", metavar="URL", required=True, help="The address of the page, as visitors see it.")
@click.option("--redis", "redis_url", metavar="URL", envvar="CREATEACCOUNT_REDIS", help="The Redis of all workers.")
@click.option("--state", metavar="DIR", help="A folder in place of Redis, for the workers of one machine.")
@click.option(
    "--ask-first/--no-ask-first",
    default=True,
    show_default=True,
    help="Ask the wiki about name and password before an attempt is spent on them.",
)
@click.option(
    "--captcha-script",
    "captcha_scripts",
    type=click.Choice(SERVICES),
    multiple=True,
    help="Load this service's script where the wiki wants its widget.",
)
@click.option("--name", "wiki_name", help="How the wiki is called; by its address if not given.")
@click.option("--home", "wiki_url", metavar="URL", help="Where to go once the account is made.")
@click.option("--theme", metavar="DIR", help="Templates and a style.css of your own.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Where to listen.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes.")
@click.option("--user-agent", default=USER_AGENT, help="How to introduce yourself to the wiki.")
@click.option("--proxy", metavar="URL", help="An http, https, socks4 or socks5 proxy.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="The only certificates to trust.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=15, help="Seconds for one exchange (15).")
@click.option("--allow-http", is_flag=True, help="Talk to the wiki without encryption.")
def command(  # noqa: PLR0913  one for each option
    *,
    wiki: str,
    user_agent: str,
    proxy: str | None,
    ca_file: str | None,
    timeout: float,
    allow_http: bool,
    **others: Any,  # noqa: ANN401  those of `serve`
) -> int:
    """Serve a page on which people sign up at WIKI.

    The keys that seal sign-ups come from CREATEACCOUNT_SEAL_KEYS (`openssl rand -hex 32`), the address of a Redis with
    a password better from CREATEACCOUNT_REDIS than from the command line.
    """
    try:
        from createaccount.web import Unavailable, serve  # noqa: PLC0415  needs the extra
    except ModuleNotFoundError as error:
        raise click.ClickException(str(error)) from None
    settings: Settings = {"user_agent": user_agent, "proxy": proxy, "ca_file": ca_file}
    settings |= {"timeout": timeout, "allow_http": allow_http}
    try:
        serve(api_of(wiki, settings), **others, **settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except (CreateAccountError, OSError, Unavailable) as error:
        raise click.ClickException(str(error)) from None
    return 0


def api_of(wiki: str, settings: Settings) -> str:
    """Find the wiki's API. The address of an api.php is used even if the wiki is down, so that the page can start."""
    try:
        return find_api(wiki, **settings)
    except TransportError:
        if urlsplit(wiki).path.endswith("/api.php"):
            return wiki
        raise
