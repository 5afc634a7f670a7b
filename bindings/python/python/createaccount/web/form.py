"""A form of the wiki: how it is shown, and how the browser's answer is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import CaptchaKind, CaptchaService, Field, FieldType, Form, Required
from createaccount.web.complaints import CAPTCHA, Complaint

if TYPE_CHECKING:
    from collections.abc import Collection

    from createaccount import AuthRequest, Captcha, Value
    from createaccount.web.flow import Typed

PREFIX = "field-"  # keeps the wiki's names of fields apart from ours

# By the names of MediaWiki's own fields; https://html.spec.whatwg.org/#autofill
AUTOCOMPLETE = {
    "username": "username",
    "password": "new-password",
    "retype": "new-password",
    "email": "email",
    "realname": "name",
    "OATHToken": "one-time-code",
}

# The field in which a widget's script leaves its token.
TOKENS = {
    CaptchaService.HCAPTCHA: "h-captcha-response",
    CaptchaService.TURNSTILE: "cf-turnstile-response",
    CaptchaService.RECAPTCHA: "g-recaptcha-response",
}


@dataclass(frozen=True)
class Control:
    """One field, ready to be shown."""

    field: Field
    values: tuple[str, ...]
    problems: tuple[Complaint, ...]
    optional: bool
    of_captcha: bool

    @property
    def id(self) -> str:
        """Return its id in the page."""
        return PREFIX + self.field.name

    @property
    def label(self) -> str:
        """Return its caption, without a colon at the end."""
        return self.field.label.rstrip(": \u00a0：") or self.field.name  # noqa: RUF001  a Chinese colon

    @property
    def value(self) -> str:
        """Return the text that its input shows."""
        return "".join(self.values)

    @property
    def input_type(self) -> str:
        """Return the type of its input."""
        if self.field.type is FieldType.PASSWORD:
            return "password"
        return "email" if self.field.name == "email" else "text"

    @property
    def autocomplete(self) -> str | None:
        """Return what to tell browsers and password managers about it."""
        return AUTOCOMPLETE.get(self.field.name, "off" if self.field.sensitive else None)

    @property
    def exact(self) -> bool:
        """Whether browsers should neither capitalize nor spell-check it."""
        return self.field.name in {"username", "email"} or self.field.sensitive

    @property
    def help(self) -> str:
        """Return its help text; none for MediaWiki's own fields, whose help texts only repeat the captions."""
        return "" if self.of_captcha or self.field.name in AUTOCOMPLETE else self.field.help

    @property
    def described_by(self) -> str:
        """Return the ids of the elements that explain it."""
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join([*parts, f"{self.id}-problem"] if self.problems else parts)


@dataclass(frozen=True)
class Way:
    """Another way to answer the form: a button, and the fields that belong to it."""

    button: Control
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class View:
    """A form, ready to be shown.

    * controls: The fields to fill in.
    * captcha: The captcha, if there is one.
    * answer: The control for its answer, unless a widget provides that.
    * ways: Other ways to answer.
    * problems: What is wrong with the form as a whole.
    * all_problems: The same, and what is wrong with fields, each with its control.
    """

    controls: tuple[Control, ...]
    captcha: Captcha | None
    answer: Control | None
    ways: tuple[Way, ...]
    problems: tuple[Complaint, ...]

    @property
    def all_problems(self) -> list[tuple[Control | None, Complaint]]:
        """Return all problems in the order of the page, each with its control, or None for the whole form."""
        controls = [*self.controls, *([self.answer] if self.answer else [])]
        for way in self.ways:
            controls += [*way.controls, way.button]
        general: list[tuple[Control | None, Complaint]] = [(None, problem) for problem in self.problems]
        return general + [(control, problem) for control in controls for problem in control.problems]

    @property
    def has_password(self) -> bool:
        """Whether it asks for a password, which is never kept and has to be typed again."""
        return any(control.field.type is FieldType.PASSWORD for control in self.controls)


def view(form: Form, typed: Typed, problems: list[Complaint]) -> View:
    """Lay a form out."""
    captcha = form.captcha
    answer = captcha.answer_field if captcha else ""
    answer_shown = "" if captcha and captcha.kind is CaptchaKind.WIDGET else answer
    placed: set[str] = set()

    def control(field: Field) -> Control:
        placed.add(field.name)
        wrong = tuple(p for p in problems if p.field == field.name or (p.field == CAPTCHA and field.name == answer))
        return Control(field, values_of(field, typed), wrong, is_optional(form, field), field.name == answer)

    of_captcha = captcha.fields if captcha else ()
    shown = [f for f in form.fields if f.type is not FieldType.HIDDEN and f.name not in of_captcha]
    buttons = [field for field in shown if field.type is FieldType.BUTTON]
    theirs = {button.name: own_fields(form, button) for button in buttons}
    elsewhere = set().union(*theirs.values()) if theirs else set()
    answered = control(form.fields[answer_shown]) if answer_shown in form.fields else None
    main = tuple(control(f) for f in shown if f.type is not FieldType.BUTTON and f.name not in elsewhere)
    ways = tuple(
        Way(control(button), tuple(control(f) for f in shown if f.name in theirs[button.name])) for button in buttons
    )
    rest = tuple(problem for problem in problems if problem.field not in placed and problem.field != CAPTCHA)
    if answered is None:
        rest += tuple(problem for problem in problems if problem.field == CAPTCHA)
    return View(main, captcha, answered, ways, rest)


def is_optional(form: Form, field: Field) -> bool:
    """Tell whether to mark a field as optional. Those of alternative ways are not: one of the ways must be taken."""
    ways = [request for request in form.requests if request.required is Required.PRIMARY_REQUIRED]
    in_way = any(field.name in request.fields for request in ways)
    return not (field.required or in_way or field.type is FieldType.CHECKBOX)


def own_fields(form: Form, button: Field) -> set[str]:
    """Return the names of the fields that only the button's request asks for, without the button."""
    requests = [request for request in form.requests if button.name in request.fields]
    others = {name for request in form.requests if request not in requests for name in request.fields.names}
    return {name for request in requests for name in request.fields.names} - others - {button.name}


def values_of(field: Field, typed: Typed) -> tuple[str, ...]:
    """Return what a field shows: what was typed, or else the wiki's preset; nothing for secrets."""
    if field.type is FieldType.PASSWORD or field.sensitive:
        return ()
    if field.name in typed:
        return tuple(typed[field.name])
    chosen = [choice.value for choice in field.choices if choice.preset]
    return tuple(chosen or ([field.value] if field.value else []))


def read(form: Form, posted: list[tuple[str, str]]) -> Typed:
    """Read the fields of a form from what a browser posted."""
    typed: Typed = {}
    for name, text in posted:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) in form.fields:
            typed.setdefault(name.removeprefix(PREFIX), []).append(text)
    if form.captcha and (token := TOKENS.get(form.captcha.service)):
        typed.pop(form.captcha.answer_field, None)
        if tokens := [text for name, text in posted if name == token and text]:
            typed[form.captcha.answer_field] = tokens
    pressed = [field for field in form.fields if field.type is FieldType.BUTTON and any(typed.get(field.name, []))]
    for name in given_up(form, pressed):
        typed.pop(name, None)
    return typed


def given_up(form: Form, pressed: list[Field]) -> set[str]:
    """Return the names of the fields that belong only to ways that were not taken."""

    def taken(request: AuthRequest) -> bool:
        buttons = [field.name for field in request.fields if field.type is FieldType.BUTTON]
        if buttons:
            return any(button.name in buttons for button in pressed)
        return not (pressed and request.required is Required.PRIMARY_REQUIRED)

    used = {name for request in form.requests if taken(request) for name in request.fields.names}
    return {name for request in form.requests for name in request.fields.names} - used


def kept(form: Form, typed: Typed) -> Typed:
    """Return what was typed, without what must not be kept."""
    secret = {field.name for field in form.fields if field.sensitive or field.type is FieldType.PASSWORD}
    if form.captcha and form.captcha.kind is CaptchaKind.WIDGET:
        secret |= {form.captcha.answer_field}
    return {
        name: texts
        for name, texts in typed.items()
        if name not in secret and form.fields[name].type is not FieldType.BUTTON
    }


def answers(form: Form, typed: Typed) -> dict[str, Value]:
    """Turn what a browser sent into what is submitted."""
    return {field.name: answer(field, typed.get(field.name, [])) for field in form.fields}


def answer(field: Field, texts: list[str]) -> Value:
    """Turn the texts of one field into its value; None if it was not shown or not filled in."""
    match field.type:
        case FieldType.MULTISELECT if texts:
            return [text for text in texts if text]
        case FieldType.CHECKBOX if texts:
            return any(texts)
        case FieldType.BUTTON:
            return True if any(texts) else None
        case FieldType.SELECT:
            return next(filter(None, texts), None)
        case _:
            return texts[-1] if texts else None


def problems(form: Form, typed: Typed) -> list[Complaint]:
    """List all that the wiki would certainly refuse, without asking it."""
    found = missing(form, typed)
    if not found and "retype" in typed and typed.get("password") != typed["retype"]:
        found.append(Complaint("retype", text="mismatch"))
    return found


def missing(form: Form, typed: Typed) -> list[Complaint]:
    """List the required fields that are empty."""
    pressed = [field for field in form.fields if field.type is FieldType.BUTTON and any(typed.get(field.name, []))]
    unasked: Collection[str] = given_up(form, pressed)
    return [
        Complaint(field.name, text=empty_text(form, field))
        for field in form.fields
        if field.required and field.asks and field.name not in unasked
        if field.type is not FieldType.BUTTON and not any(typed.get(field.name, []))
    ]


def empty_text(form: Form, field: Field) -> str:
    """Return the key of the text that says what to do about an empty field."""
    if form.captcha and form.captcha.kind is CaptchaKind.WIDGET and field.name == form.captcha.answer_field:
        return "widget_missing"
    match field.type:
        case FieldType.CHECKBOX:
            return "tick"
        case FieldType.SELECT | FieldType.MULTISELECT:
            return "choose"
        case _:
            return "missing"
