"""``createaccount signup``: one account, with whatever the wiki asks for."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from createaccount import Client, CreateAccountError, Redirect
from createaccount.cli.asking import Asking
from createaccount.cli.ends import Ended, end_of
from createaccount.cli.filling import Filling
from createaccount.cli.given import Given
from createaccount.cli.keep import Keeper, Kept, key_of
from createaccount.cli.lines import Lines
from createaccount.cli.listener import Listener
from createaccount.cli.options import Common, common
from createaccount.cli.screen import Screen
from createaccount.cli.session import Session
from createaccount.cli.steps import SignUp
from createaccount.cli.visiting import Visiting
from createaccount.cli.wiki import find, host_of
from createaccount.cli.words import _

if TYPE_CHECKING:
    from createaccount import Step


@click.command()
@click.argument("wiki", required=False)
@click.argument("answers", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--from-file", "files", metavar="NAME=FILE", multiple=True, help="Answer with a file's first line.")
@click.option("--from-env", "variables", metavar="NAME=VARIABLE", multiple=True, help="Answer from the environment.")
@click.option("--by-login", is_flag=True, help="Begin with a login elsewhere that the wiki offers.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Keep the sign-up here until it is done.")
@click.option("--resume", type=click.Path(dir_okay=False, path_type=Path), help="Go on with what was kept.")
@click.option("--key-file", type=click.Path(dir_okay=False, path_type=Path), help="A key that seals what is kept.")
@click.option("--returned", metavar="URL", help="With --resume: where a third party sent the browser back to.")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0, help="Seconds to wait for a third party, where nobody is asked."
)
@click.option("--no-browser", is_flag=True, help="Open no browser; only print the address.")
@common
def command(  # noqa: PLR0913  one for each option
    *,
    common: Common,
    wiki: str | None,
    answers: tuple[str, ...],
    files: tuple[str, ...],
    variables: tuple[str, ...],
    by_login: bool,
    save: Path | None,
    resume: Path | None,
    key_file: Path | None,
    returned: str | None,
    wait: float,
    no_browser: bool,
) -> int:
    """Make an account on WIKI, and ask for what the wiki wants to know.

    NAME=VALUE answers one of the wiki's fields beforehand; `createaccount fields WIKI` lists them. Passwords are asked
    for, or come from --from-file or --from-env, because others can read command lines.
    """
    if resume and wiki and "=" in wiki:
        answers, wiki = (wiki, *answers), None
    if not wiki and not resume:
        raise click.UsageError(_("Which wiki? Give an address of it, or a file with --resume."))
    if returned and not resume:
        raise click.UsageError(_("--returned goes with --resume."))
    given = Given.read(answers, files, variables)
    voice: Screen | Lines = Lines() if common.as_json else Screen()
    asking = Asking(voice) if isinstance(voice, Screen) and sys.stdin.isatty() and sys.stdout.isatty() else None
    kept = Kept.read(resume) if resume else None
    settings = common.settings
    if key_file:
        settings["seal_key"] = key_of(key_file, make=save is not None and kept is None)
    with ExitStack() as stack:
        try:
            listener = listen(stack, kept)
            if listener:
                settings["return_url"] = listener.url
            api_url = find(wiki, settings) if wiki else ""
            if kept and wiki and api_url != kept.wiki:
                message = _("{file} holds a sign-up on {wiki}.", file=resume, wiki=host_of(kept.wiki))
                raise click.UsageError(message)
            client = stack.enter_context(
                Client.load(kept.wiki, kept.flow, **settings) if kept else Client(api_url, **settings)
            )
            file = save or resume
            keeper = Keeper(file, settings, kept.return_url if kept else settings["return_url"]) if file else None
            session = Session(client, voice, asking, keeper)
            sign_up = SignUp(session, Filling(session, given), Visiting(session, listener, not no_browser, wait))
            voice.begin(client.api_url)
            begin = client.begin_login if by_login else client.begin
            step = go_on(session, kept, returned) if kept else begin()
            return sign_up.run(step, login=by_login)
        except CreateAccountError as error:
            voice.error(error)
            return end_of(error)
        except Ended as ended:
            return ended.end


def listen(stack: ExitStack, kept: Kept | None) -> Listener | None:
    """Listen for returns, at the return URL of a saved sign-up if there is one."""
    try:
        return stack.enter_context(Listener(kept.return_url if kept else None))
    except OSError:
        return None  # another program listens there: the person can still paste the address


def go_on(session: Session, kept: Kept, returned: str | None) -> Step:
    """Return the current step of a saved sign-up."""
    step = session.client.step
    if kept.unknown or step is None:
        return session.find_out()
    if returned and isinstance(step, Redirect):
        return session.send(lambda client: client.resume(returned))
    return step
