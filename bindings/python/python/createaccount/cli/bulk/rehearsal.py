"""The dry run: what would become of each row. It changes nothing on the wiki."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from createaccount import ApiError, FieldType, Form, Verdict
from createaccount.cli.bulk.journal import State
from createaccount.cli.bulk.people import NAME, same_name, twins
from createaccount.cli.bulk.rights import rights_of
from createaccount.cli.given import value_of
from createaccount.cli.words import _, count

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount import Client, Field, Settings
    from createaccount.cli.bulk.journal import Journal
    from createaccount.cli.bulk.people import Person

# MediaWiki's check of e-mail addresses, which is HTML's definition
ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+@[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
UNTHROTTLED = "noratelimit"
MOST = 6  # accounts per day from one address, MediaWiki's default


@dataclass
class Finding:
    """What was found about a row: how its name is written, and what is wrong with it."""

    canonical: str | None = None
    wrong: list[str] = field(default_factory=list)


@dataclass
class Rehearsal:
    """Checks a list. `obstacles` prevent all of it, `remarks` are worth knowing."""

    client: Client
    settings: Settings
    journal: Journal
    people: list[Person]
    obstacles: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def check(self, tell: Callable[[Person, Finding], None]) -> bool:
        """Check everything, report each row, and return whether all of it is right."""
        form = self.client.begin()
        if isinstance(form, Form):
            self.check_form(form)
        self.check_rights()
        again, right = twins(self.people), not self.obstacles
        written: dict[str, Person] = {}
        for person in self.people:
            finding = self.check_person(person, form if isinstance(form, Form) else None)
            first = again.get(person.row) or written.setdefault(finding.canonical or person.key, person)
            if first is not person:
                finding.wrong.append(same_name(first))
            right = right and not finding.wrong
            tell(person, finding)
        return right

    def check_form(self, form: Form) -> None:
        """Check the columns against the wiki's fields."""
        columns = {column: None for person in self.people for column in person.values}
        if unknown := [column for column in columns if column not in form.fields]:
            self.obstacles.append(_("The wiki has no field {field}.", field=", ".join(unknown)))
        if form.captcha and form.captcha.answer_field not in columns:
            self.obstacles.append(_("The wiki asks for a captcha. Log in with an account that it spares."))

    def check_rights(self) -> None:
        """Check what this session may do."""
        verdict = self.client.can_create()
        if verdict.answer is False:
            self.obstacles.append(verdict.message or _("You may not make accounts here."))
        rights = rights_of(self.client, self.settings)
        if rights is None:
            self.remarks.append(_("The wiki does not tell whether it limits how many accounts you make."))
        elif UNTHROTTLED in rights:
            self.remarks.append(_("The wiki does not limit how many accounts you make."))
        elif len(self.people) > MOST:
            self.remarks.append(
                _(
                    "The wiki may limit how many accounts you make: this login has no right {right}. Wikis are "
                    "shipped with a limit of {number} a day from one address.",
                    right=UNTHROTTLED,
                    number=count(MOST),
                )
            )

    def check_person(self, person: Person, form: Form | None) -> Finding:
        """Check one row."""
        entry = self.journal.get(person.key)
        if entry.state is State.MADE:
            return Finding(entry.canonical)
        finding = Finding()
        if not person.name:
            finding.wrong.append(_("There is no name."))
            return finding
        verdict = self.ask(lambda: self.client.check_username(person.name))
        finding.canonical = verdict.canonical
        if verdict.answer is False and entry.state is State.WAITING:
            finding.wrong.append(verdict.message or _("This name cannot be had."))
        if password := person.values.get("password"):
            verdict = self.ask(lambda: self.client.check_password(password, person.name))
            if verdict.answer is False:
                finding.wrong.append(verdict.message or _("This password is not accepted."))
        if (address := person.values.get("email")) and not ADDRESS.fullmatch(address):
            finding.wrong.append(_("{address} is not an e-mail address.", address=address))
        finding.wrong += gaps(person, form) if form else []
        return finding

    def ask(self, question: Callable[[], Verdict]) -> Verdict:
        """Ask the wiki; an API error counts as no answer."""
        try:
            return question()
        except ApiError:
            return Verdict()


def gaps(person: Person, form: Form) -> list[str]:
    """List the required fields that a row leaves empty, and the values that are none of a field's choices."""
    wrong = []
    for wanted in form.fields:
        text = person.values.get(wanted.name)
        mailed = wanted.type is FieldType.PASSWORD and "mailpassword" in person.values
        follows = wanted.name == "retype" and "password" in person.values
        if (
            text is None
            and wanted.required
            and wanted.value is None
            and wanted.name != NAME
            and not (mailed or follows)
        ):
            wrong.append(_("The wiki wants {field}.", field=wanted.name))
        if text is not None and (misfit := misfit_of(wanted, text)):
            wrong.append(misfit)
    return wrong


def misfit_of(wanted: Field, text: str) -> str | None:
    """Say why a field cannot have this value, read as the run will read it; None if it can."""
    try:
        value = value_of(wanted, text)
    except click.UsageError as error:
        return error.message
    chosen = value if isinstance(value, list) else [value] if wanted.type is FieldType.SELECT else []
    if all(any(choice.value == key for choice in wanted.choices) for key in chosen):
        return None
    return _("{field} cannot be {text}.", field=wanted.name, text=text)
