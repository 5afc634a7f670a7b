"""Asking a person on the terminal: one field after another, with the wiki's caption and help."""

from __future__ import annotations

from getpass import getpass
from typing import TYPE_CHECKING

from createaccount import FieldType
from createaccount.cli.given import NO, YES
from createaccount.cli.ways import caption_of
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from createaccount import Field, Value
    from createaccount.cli.screen import Screen
    from createaccount.cli.ways import Way

PROMPT = "> "


class Asking:
    """Asks a person. Secrets are not shown while they are typed."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    def field(self, field: Field, kept: Value = None) -> Value:
        """Ask for a field, and offer the earlier answer; None leaves the wiki's preset."""
        self.heading(field)
        match field.type:
            case FieldType.SELECT:
                return self.one(field, kept)
            case FieldType.MULTISELECT:
                return self.several(field, kept)
            case FieldType.CHECKBOX | FieldType.BUTTON:
                return self.yes_or_no(kept if isinstance(kept, bool) else field.value is not None)
            case _ if field.sensitive:
                return self.secret(twice=field.name == "password")
            case _:
                return self.text(field, kept)

    def way(self, ways: Sequence[Way]) -> Way:
        """Ask which way to take."""
        self.screen.line()
        self.screen.line(_("How do you want to go on?"), "strong")
        self.numbered([(way.caption, way.help) for way in ways])
        while True:
            typed = self.typed() or "1"
            if typed.isdecimal() and 0 < int(typed) <= len(ways):
                return ways[int(typed) - 1]
            self.screen.bad(_("Please give a number from 1 to {last}.", last=len(ways)))

    def sure(self, question: str, *, default: bool) -> bool:
        """Ask a yes-or-no question of the program's own."""
        self.screen.line()
        self.screen.line(question)
        return self.yes_or_no(default)

    def heading(self, field: Field) -> None:
        """Print the caption and the help of a field."""
        self.screen.line()
        title = caption_of(field)
        if not field.required and field.type not in {FieldType.CHECKBOX, FieldType.BUTTON}:
            title = _("{field} (optional)", field=title)
        self.screen.line(title, "strong")
        if field.help:
            self.screen.under(field.help)

    def text(self, field: Field, kept: Value) -> str | None:
        """Ask for a line of text."""
        before = kept if isinstance(kept, str) and kept else field.value
        if before:
            self.screen.under(_("Enter keeps {answer}", answer=before))
        while True:
            if typed := self.typed():
                return typed
            if before or not field.required:
                return before
            self.screen.bad(_("The wiki wants an answer here."))

    def secret(self, *, twice: bool) -> str:
        """Ask for a secret, twice where a typing error would lock the person out."""
        while True:
            first = self.hidden(PROMPT)
            if not first or not twice:
                return first
            if self.hidden(_("Once more: ")) == first:
                return first
            self.screen.bad(_("These two differ. Please type it again."))

    def one(self, field: Field, kept: Value) -> str | None:
        """Ask for one of the choices."""
        self.numbered([(choice.label, "") for choice in field.choices])
        before = kept if isinstance(kept, str) and kept else field.value
        if shown := [choice.label for choice in field.choices if choice.value == before]:
            self.screen.under(_("Enter keeps {answer}", answer=shown[0]))
        while True:
            typed = self.typed()
            if not typed and (before or not field.required):
                return before
            if (value := pick(field, typed)) is not None:
                return value
            self.screen.bad(_("Please give a number from 1 to {last}.", last=len(field.choices)))

    def several(self, field: Field, kept: Value) -> list[str]:
        """Ask for any of the choices."""
        self.numbered([(choice.label, "") for choice in field.choices])
        before = kept if isinstance(kept, list) else [choice.value for choice in field.choices if choice.preset]
        labels = ", ".join(choice.label for choice in field.choices if choice.value in before)
        hint = _("Enter keeps {answer}; 0 for none", answer=labels) if labels else _("Enter for none")
        self.screen.under(_("Several numbers with blanks between them.") + f" {hint}")
        while True:
            typed = self.typed().replace(",", " ").split()
            if not typed:
                return before
            if typed == ["0"]:
                return []
            values = [pick(field, part) for part in typed]
            if None not in values:
                return [value for value in dict.fromkeys(values) if value is not None]
            self.screen.bad(_("Please give numbers from 1 to {last}.", last=len(field.choices)))

    def yes_or_no(self, default: bool) -> bool:  # noqa: FBT001
        """Ask for a yes or no."""
        while True:
            typed = self.typed(_("[Y/n] ") if default else _("[y/N] ")).casefold()
            if not typed:
                return default
            if typed in YES or typed in _("y yes").split():
                return True
            if typed in NO or typed in _("n no").split():
                return False
            self.screen.bad(_("Please answer y or n."))

    def numbered(self, choices: Sequence[tuple[str, str]]) -> None:
        """List choices."""
        width = len(str(len(choices)))
        for number, (label, about) in enumerate(choices, start=1):
            self.screen.under(f"{number:{width}}  {label}", "")
            if about:
                self.screen.under(f"{'':{width}}  {about}")

    def typed(self, prompt: str = PROMPT) -> str:
        """Read a line."""
        return self.screen.console.input(prompt, markup=False, emoji=False).strip()

    def hidden(self, prompt: str) -> str:
        """Read a line that is not shown."""
        return getpass(prompt)


def pick(field: Field, typed: str) -> str | None:
    """Find the choice that was typed: its number, or else its value or caption."""
    if typed.isdecimal() and 0 < int(typed) <= len(field.choices):
        return field.choices[int(typed) - 1].value
    for choice in field.choices:
        if typed.casefold() in {choice.value.casefold(), choice.label.casefold()}:
            return choice.value
    return None
