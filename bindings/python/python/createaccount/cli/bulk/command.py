"""The command ``createaccount bulk``."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from getpass import getpass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from createaccount import Client, CreateAccountError
from createaccount.cli.asking import Asking
from createaccount.cli.bulk import people, report
from createaccount.cli.bulk.journal import FileJournal
from createaccount.cli.bulk.login import log_in
from createaccount.cli.bulk.maker import Maker
from createaccount.cli.bulk.pace import Pace
from createaccount.cli.bulk.rehearsal import Rehearsal
from createaccount.cli.bulk.show import ForPeople, ForPrograms, Show
from createaccount.cli.bulk.work import Here
from createaccount.cli.ends import End, Ended, end_of
from createaccount.cli.given import PASSWORDS, first_line, parted
from createaccount.cli.lines import Lines
from createaccount.cli.options import Common, common
from createaccount.cli.screen import Screen
from createaccount.cli.session import Session
from createaccount.cli.wiki import find
from createaccount.cli.words import _

if TYPE_CHECKING:
    from types import ModuleType

    from createaccount.cli.bulk.journal import Journal
    from createaccount.cli.bulk.work import Work

INSTALL = "pip install 'createaccount[queue]'"


@click.command()
@click.argument("wiki")
@click.argument("list", metavar="PEOPLE.CSV", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--login", metavar="NAME", help="Log in first, with an account or a bot password (Name@app).")
@click.option("--password-file", metavar="FILE", help="The login's password: a file's first line, - for the input.")
@click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="A field of all rows, for instance a reason.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Remembers what became of each row.")
@click.option("--queue", is_flag=True, help="Let the workers of a queue do it; needs the extra queue.")
@click.option("--dry-run", is_flag=True, help="Check every row, and change nothing.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A page if it ends in .html, else CSV; may be given twice.",
)
@click.option(
    "--max-wait",
    type=click.FloatRange(min=0),
    default=600,
    help="Seconds to wait at most when the wiki wants a pause (600).",
)
@common
def command(  # noqa: PLR0913  one for each option
    *,
    common: Common,
    wiki: str,
    list: Path,  # noqa: A002  the argument's name
    login: str | None,
    password_file: str | None,
    sets: tuple[str, ...],
    journal: Path | None,
    queue: bool,
    dry_run: bool,
    reports: tuple[Path, ...],
    max_wait: float,
) -> int:
    """Make the accounts of a list on WIKI.

    The first row of PEOPLE.CSV names the wiki's fields, as `createaccount fields WIKI` lists them; each further row is
    an account. What became of each is kept in a journal (PEOPLE.journal beside the list if --journal is not given):
    run the same command again after an interruption, and it goes on where it was.
    """
    constant = dict(map(parted, sets))
    if secret := PASSWORDS & constant.keys():
        message = _(
            "{field} does not belong on the command line: make it a column, or --set mailpassword=1.",
            field=min(secret),
        )
        raise click.UsageError(message)
    rows = people.read(list, constant)
    screen = Screen()
    show: Show = ForPrograms(Lines()) if common.as_json else ForPeople(screen)
    asking = Asking(screen) if not common.as_json and sys.stdin.isatty() and sys.stdout.isatty() else None
    if queue and journal:
        raise click.UsageError(_("--journal does not go with --queue: the journal is in the queue's Redis."))
    away = import_queue() if queue else None
    password = password_of(login, password_file, asking) if login and (dry_run or not away) else ""
    with ExitStack() as stack:
        try:
            api_url = find(wiki, common.settings)
            show.begin(api_url)
            kept: Journal = (
                away.journal_of(api_url)
                if away
                else stack.enter_context(FileJournal(journal or list.with_suffix(".journal"), api_url))
            )
            if away and not dry_run:
                work: Work = away.Elsewhere(kept, rows, show, away.Terms(api_url, common.settings, login, max_wait))
            else:
                client = stack.enter_context(Client(api_url, **common.settings))
                session = Session(client, show.voice, asking)

                def come_in() -> None:
                    if login:
                        log_in(session, login, password)

                come_in()
                if dry_run:
                    return rehearse(Rehearsal(client, common.settings, kept, rows), show)
                work = Here(kept, rows, show, Maker(client, kept, Pace(max_wait, show.waits), come_in))
            try:
                return work.run()
            finally:
                for file in reports:
                    report.write(file, api_url, work.entries())
                    show.reported(file)
        except CreateAccountError as error:
            show.voice.error(error)
            return end_of(error)
        except Ended as ended:
            return ended.end


def import_queue() -> ModuleType:
    """Import the module that works with a queue."""
    try:
        return import_module("createaccount.cli.bulk.queue")
    except ModuleNotFoundError as error:
        message = _("--queue needs one more package, {name}: {command}", name=error.name, command=INSTALL)
        raise click.UsageError(message) from None


def password_of(login: str, file: str | None, asking: Asking | None) -> str:
    """Get the login's password."""
    if file:
        return first_line(file)
    if asking is None:
        raise click.UsageError(_("Nobody can be asked for the password here: give it by --password-file."))
    return getpass(_("Password of {name}: ", name=login))


def rehearse(rehearsal: Rehearsal, show: Show) -> End:
    """Check a list."""
    with show.working(len(rehearsal.people)):
        right = rehearsal.check(show.rehearsed)
    show.rehearsal(rehearsal, right=right)
    return End.MADE if right else End.USAGE
