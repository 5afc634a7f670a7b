"""The commands, each imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from createaccount import __version__
from createaccount.cli.ends import INTERRUPTED
from createaccount.cli.words import _

COMMANDS = {
    "signup": "createaccount.cli.signup:command",
    "fields": "createaccount.cli.fields:command",
    "check": "createaccount.cli.check:command",
    "serve": "createaccount.cli.serve:command",
    "bulk": "createaccount.cli.bulk.command:command",
}


class Commands(click.Group):
    """Commands that are found by the places of their functions."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List them in the order in which people need them."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Make accounts on MediaWiki wikis.

    WIKI is any address of the wiki: a page of it, or its api.php.

    \b
    Exit status:
      0  the account was made (all of a list were)
      1  the wiki refused
      2  the command cannot be carried out, or a value was refused before anything was sent
      3  the network, or something on the way to the wiki
      4  it is not known whether the account was made
      5  a further step is needed
    """  # noqa: D301  click's mark for lines to be left alone


def main() -> int:
    """Run the command line, and return the exit status."""
    try:
        result = commands.main(prog_name="createaccount", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):  # click has ended the line
        sys.stderr.write(_("Interrupted.") + "\n")
        return INTERRUPTED
    return int(result or 0)
