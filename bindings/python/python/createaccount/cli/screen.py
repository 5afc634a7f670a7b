"""Output for people: the wiki's words as text, at any width, with and without colours."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from createaccount import Captcha, CaptchaKind, CreateAccountError, FieldType
from createaccount.cli.troubles import details, sentence
from createaccount.cli.ways import caption_of
from createaccount.cli.wiki import host_of
from createaccount.cli.words import N_, _, duration

if TYPE_CHECKING:
    from pathlib import Path

    from createaccount import Fail, Field, Form, Other, Redirect, Restart, Verdict

INDENT = "  "
WIDEST = 88  # beyond that lines are hard to read
THEME = Theme({"good": "green", "bad": "red", "quiet": "dim", "strong": "bold"})
TAKEN = {
    "visitor": N_("You may make accounts here."),
    "username": N_("This name is free."),
    "password": N_("This password is accepted."),
}
REFUSED = {
    "visitor": N_("You may not make accounts here."),
    "username": N_("This name cannot be had."),
    "password": N_("This password is not accepted."),
}
UNTOLD = {
    "visitor": N_("The wiki does not tell whether you may make accounts."),
    "username": N_("The wiki does not tell whether this name is free."),
    "password": N_("The wiki does not tell whether it accepts this password."),
}
WIDGETS = {"hcaptcha": "hCaptcha", "turnstile": "Turnstile", "recaptcha": "reCAPTCHA"}


class Screen:
    """Prints what happens."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(theme=THEME, highlight=False, markup=False, emoji=False)
        self.console.width = min(self.console.width, WIDEST)
        plain = (self.console.encoding or "").lower().replace("-", "") != "utf8"
        self.yes, self.no = ("+", "!") if plain else ("✓", "✗")

    def line(self, text: str = "", style: str = "") -> None:
        """Print a paragraph. Its text may come from the wiki, and is never taken for markup."""
        self.console.print(Text(text, style=style))

    def under(self, text: str, style: str = "quiet") -> None:
        """Print an explanation of the line above."""
        self.hanging("", text, style)

    def good(self, text: str) -> None:
        """Print a success."""
        self.hanging(self.yes, text, "good")

    def bad(self, text: str) -> None:
        """Print a problem."""
        self.hanging(self.no, text, "bad")

    def hanging(self, mark: str, text: str, style: str) -> None:
        """Print a paragraph after a mark, with a hanging indent."""
        width = max(self.console.width - len(INDENT), 1)
        for line in Text(text).wrap(self.console, width):
            line.rstrip()
            self.console.print(Text(f"{mark:{len(INDENT)}}").append(line), style=style)
            mark = ""

    def pair(self, name: str, about: str) -> None:
        """Print a name and its description."""
        self.console.print(Text.assemble((name, "strong"), "  ", about))

    def whole(self, text: str) -> None:
        """Print an address or a command in one piece, so that it can be copied."""
        self.console.print(Text(text), soft_wrap=True)

    def begin(self, api_url: str) -> None:
        """Say which wiki it is."""
        self.line(_("A new account on {wiki}", wiki=host_of(api_url)), "strong")

    def form(self, form: Form, picture: bytes | None = None) -> None:
        """Print what comes before the questions of a form."""
        del picture  # it is shown when its field is asked for
        if form.message:
            self.line()
            self.line(form.message)
        for field in notices(form):
            self.line()
            self.line(f"{caption_of(field)}: {field.value or ''}")

    def captcha(self, captcha: Captcha) -> None:
        """Say what the captcha asks."""
        if captcha.kind is CaptchaKind.WIDGET:
            service = WIDGETS.get(captcha.service) or _("somebody else")
            self.line(
                _(
                    "This wiki has a captcha of {service}, which only works on the wiki's own page in a browser. "
                    "If you have its answer (a long token), paste it here.",
                    service=service,
                )
            )
        elif captcha.text:
            self.line(captcha.text)

    def redirect(self, step: Redirect) -> None:
        """Say where the person has to go."""
        self.line()
        self.line(_("The sign-up goes on at {place}", place=host_of(step.target)), "strong")
        if step.message:
            self.line(step.message)
        self.line(_("You come back here when you are done there. This is the address:"))
        self.whole(step.target)

    def restart(self, step: Restart) -> None:
        """Say that the sign-up begins again."""
        self.line()
        self.line(step.message or _("There is no account here for this login yet."))
        keeps = step.can_preserve_state
        self.under(_("The sign-up begins again, and keeps your login.") if keeps else _("The sign-up begins again."))

    def failed(self, step: Fail) -> None:
        """Say why the wiki made no account."""
        self.line()
        for message in step.message_parts or (step.message or _("The wiki made no account."),):
            self.bad(message)
        if step.retry_after is not None:
            self.under(_("It takes another attempt in {time} at the latest.", time=duration(step.retry_after)))

    def other(self, step: Other) -> None:
        """Report a status that this version does not know."""
        self.line()
        self.bad(step.message or _("The wiki answered {status}.", status=step.status))
        self.under(_("This program does not know the status {status}, and cannot go on.", status=step.status))

    def made(self, name: str) -> None:
        """Say that the account was made."""
        self.line()
        self.good(_("The account {name} is made.", name=name))

    def known(self, name: str) -> None:
        """Say that a login led to an account that exists already."""
        self.line()
        self.bad(_("You have an account here already: {name}.", name=name))

    def unknown(self, error: CreateAccountError) -> None:
        """Say that an answer was lost."""
        self.error(error)

    def checked(self, what: str, verdict: Verdict, asked: str | None = None) -> None:
        """Say how the wiki answered a check; `asked` is the name that was checked."""
        if verdict.answer is None:
            self.under(_(UNTOLD[what]))
        elif verdict.answer:
            as_asked = not asked or verdict.canonical in {None, asked}
            free = _("This name is free, and written {name}.", name=verdict.canonical)
            self.good(_(TAKEN[what]) if as_asked else free)
        else:
            self.bad(verdict.message or _(REFUSED[what]))

    def missing(self, fields: list[Field]) -> None:
        """Name the required fields that nobody can be asked for."""
        self.bad(
            _("Nobody can be asked here, and the wiki wants to know more. Give these by NAME=VALUE or --from-file:")
        )
        for field in fields:
            self.under(f"{field.name}: {caption_of(field)}", "")

    def error(self, error: CreateAccountError) -> None:
        """Say what went wrong."""
        self.line()
        self.bad(sentence(error))
        if more := details(error):
            self.under(more)
        if error.retry_after is not None:
            self.under(_("Try again in {time}.", time=duration(error.retry_after)))

    def saved(self, file: Path) -> None:
        """Name the file that the sign-up can be continued from."""
        self.line()
        self.line(_("To go on later:"))
        self.whole(f"{INDENT}createaccount signup --resume {quote(str(file))}")

    def note(self, text: str) -> None:
        """Print a remark."""
        self.line(text, "quiet")


def notices(form: Form) -> list[Field]:
    """List the fields that only display something, except those of the captcha, which is shown separately."""
    apart = form.captcha.fields if form.captcha else ()
    return [field for field in form.fields if field.type is FieldType.NULL and field.name not in apart and field.value]
