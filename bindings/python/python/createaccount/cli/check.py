"""``createaccount check``: whether a wiki would accept a name and a password. It changes nothing."""

from __future__ import annotations

import sys

import click

from createaccount import Client, CreateAccountError, Verdict
from createaccount.cli.asking import Asking
from createaccount.cli.ends import End, end_of
from createaccount.cli.given import first_line
from createaccount.cli.lines import Lines
from createaccount.cli.options import Common, common
from createaccount.cli.screen import Screen
from createaccount.cli.wiki import find
from createaccount.cli.words import _


@click.command()
@click.argument("wiki")
@click.option("--username", metavar="NAME", help="Would an account of this name be made, and how is it written?")
@click.option("--password", is_flag=True, help="Would a password be taken? It is asked for.")
@click.option("--password-file", metavar="FILE", help="The same, from the first line of a file; - for the input.")
@common
def command(
    *,
    common: Common,
    wiki: str,
    username: str | None,
    password: bool,
    password_file: str | None,
) -> int:
    """Ask WIKI whether it lets you make accounts, and what it would accept. Nothing is changed by it."""
    voice: Screen | Lines = Lines() if common.as_json else Screen()
    secret = first_line(password_file) if password_file else None
    if password and secret is None:
        if common.as_json or not sys.stdin.isatty():
            raise click.UsageError(_("Nobody can be asked for the password here: give it by --password-file."))
        secret = Asking(Screen()).hidden(_("Password: "))
    try:
        with Client(find(wiki, common.settings), **common.settings) as client:
            verdicts = {"visitor": client.can_create()}
            if username is not None:
                verdicts["username"] = client.check_username(username)
            if secret is not None:
                verdicts["password"] = client.check_password(secret, username)
    except CreateAccountError as error:
        voice.error(error)
        return end_of(error)
    for what, verdict in verdicts.items():
        voice.checked(what, verdict, username if what == "username" else None)
    return result(list(verdicts.values()))


def result(verdicts: list[Verdict]) -> End:
    """Return how the command ends: an answer that the wiki does not give is not a refusal."""
    return End.REFUSED if any(verdict.answer is False for verdict in verdicts) else End.MADE
