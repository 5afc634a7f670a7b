"""Filling in a form: with what was given beforehand, what was right in the last attempt, and the person's answers."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from createaccount import ApiError, CaptchaKind, InvalidArgument
from createaccount.cli.ends import End, Ended
from createaccount.cli.picture import shown
from createaccount.cli.ways import way_given, ways_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from createaccount import Field, Form, Step, Value
    from createaccount.cli.asking import Asking
    from createaccount.cli.given import Given
    from createaccount.cli.session import Session
    from createaccount.cli.ways import Way


class Filling:
    """Fills in form after form."""

    def __init__(self, session: Session, given: Given) -> None:
        self.session, self.given = session, given
        self.said: dict[str, Value] = {}  # the last answer
        self.kept: dict[str, Value] = {}  # the part of it that need not be asked again

    def begin_again(self, wrong: Collection[str] | None) -> None:
        """After a failure, keep the answers of all but these fields, or none if it is not known which were wrong."""
        for name in self.said:
            self.given.texts.pop(name, None)
        if wrong is None:
            self.kept = {}
        else:
            # Wrong values are not offered as defaults either
            self.said = self.kept = {name: value for name, value in self.said.items() if name not in wrong}

    def answer(self, form: Form) -> Step:
        """Answer a form, and return the wiki's next step."""
        picture = None
        if form.captcha and form.captcha.kind is CaptchaKind.IMAGE:
            picture = self.session.client.captcha_image()
        self.session.voice.form(form, picture)
        way = self.way(form)
        values = self.known(form, way)
        if self.session.asking:
            for field in in_order(form, way):
                if field.name not in values and not (field.name == "retype" and "password" in values):
                    self.ask(self.session.asking, form, field, values, picture)
        elif missing := [field for field in way.fields if is_missing(field, values)]:
            self.session.voice.missing(missing)
            raise Ended(End.USAGE if form.status == "FORM" else End.FURTHER)
        if way.button:
            values[way.button] = True
        self.said, self.kept = values, {}
        return self.submit(form, values, picture)

    def way(self, form: Form) -> Way:
        """Choose a way to answer."""
        ways = ways_of(form)
        chosen = way_given(ways, {*self.given.texts, *self.kept})
        if chosen is None and self.session.asking:
            chosen = self.session.asking.way(ways)
        return chosen or ways[0]

    def known(self, form: Form, way: Way) -> dict[str, Value]:
        """Collect the values that need not be asked for, except those that the wiki would refuse."""
        values = {name: value for name, value in self.kept.items() if name in form.fields}
        if form.preserved_username:  # the login that is kept requires this name
            values["username"] = form.preserved_username
        if form.captcha:
            values.pop(form.captcha.answer_field, None)
        asked = {field.name for field in way.fields}
        for name, value in self.given.values(form).items():
            field = form.fields[name]
            if name in asked or not field.asks:
                values[name] = value
                if not self.accepted(field, values):
                    if self.session.asking is None:
                        raise Ended(End.USAGE)
                    del values[name]
        return values

    def ask(self, asking: Asking, form: Form, field: Field, values: dict[str, Value], picture: bytes | None) -> None:
        """Ask for a field until the wiki does not object to the value."""
        offered = None if field.sensitive else self.said.get(field.name)
        while True:
            if is_captcha(form, field) and form.captcha:
                asking.screen.line()
                with shown(asking.screen, picture) if picture else nullcontext():
                    asking.screen.captcha(form.captcha)
                    values[field.name] = asking.field(field)
            else:
                values[field.name] = asking.field(field, offered)
            if self.accepted(field, values):
                return
            offered = None

    def accepted(self, field: Field, values: dict[str, Value]) -> bool:
        """Ask the wiki about a name or password before an attempt is spent on it. If it does not say, return True."""
        value, name = values[field.name], values.get("username")
        if not isinstance(value, str) or not value or field.name not in {"username", "password"}:
            return True
        client = self.session.client
        try:
            if field.name == "username":
                verdict = client.check_username(value)
            else:
                verdict = client.check_password(value, name if isinstance(name, str) else None)
        except ApiError:
            return True
        if verdict.answer is not None:
            self.session.voice.checked(field.name, verdict, value if field.name == "username" else None)
        return verdict.answer is not False

    def submit(self, form: Form, values: dict[str, Value], picture: bytes | None) -> Step:
        """Send an answer; ask again for a value that the library refuses before sending."""
        while True:
            try:
                return self.session.send(lambda client: client.submit(values))
            except InvalidArgument as error:
                self.session.voice.error(error)
                wrong = form.fields.get(error.field or "")
                if self.session.asking is None or wrong is None:
                    raise Ended(End.USAGE) from error
                values.pop(wrong.name, None)
                self.ask(self.session.asking, form, wrong, values, picture)


def in_order(form: Form, way: Way) -> list[Field]:
    """List the fields to ask for in the wiki's order, but the captcha last: it is valid for one attempt."""
    return sorted(way.fields, key=lambda field: is_captcha(form, field))


def is_captcha(form: Form, field: Field) -> bool:
    """Tell whether a field takes the answer to the captcha."""
    return form.captcha is not None and field.name == form.captcha.answer_field


def is_missing(field: Field, values: dict[str, Value]) -> bool:
    """Tell whether a field is required and has no value."""
    if field.name == "retype" and "password" in values:
        return False
    return field.required and field.value is None and values.get(field.name) is None
