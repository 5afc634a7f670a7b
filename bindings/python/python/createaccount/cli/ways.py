"""The ways to answer a form, of which the person takes one: a password, a button of another provider, skipping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import FieldType, Required
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Container

    from createaccount import AuthRequest, Field, Form


@dataclass(frozen=True)
class Way:
    """One way to answer a form.

    * caption: Its caption.
    * fields: The fields that it asks for, in the order of the form.
    * button: The name of the button that it presses.
    """

    caption: str
    help: str
    fields: tuple[Field, ...]
    button: str | None = None


def ways_of(form: Form) -> list[Way]:
    """List the ways of a form; most have one. With a login that is kept there is only one."""
    if form.has_preserved_state:
        return [way(form, None, None)]
    buttons = [(request, field) for request in form.requests for field in request.fields if is_button(field)]
    ways = [
        way(form, request, None)
        for request in form.requests
        if request.required is Required.PRIMARY_REQUIRED and not any(map(is_button, request.fields))
    ]
    if not ways and any(request.required is Required.REQUIRED and asks(request) for request in form.requests):
        ways = [way(form, None, None)]
    return ways + [way(form, request, button) for request, button in buttons] or [way(form, None, None)]


def way(form: Form, taken: AuthRequest | None, button: Field | None) -> Way:
    """Make the way that uses this request, and presses this button of it."""
    # In a later step a button is an answer by itself; on the first form the other fields are asked for as well.
    alone = button is not None and form.status == "UI"
    used = [
        request
        for request in form.requests
        if request is taken
        or not (alone or request.required is Required.PRIMARY_REQUIRED or any(map(is_button, request.fields)))
    ]
    names = {field.name for request in used for field in request.fields}
    fields = tuple(field for field in form.fields if field.name in names and field.asks and not is_button(field))
    if button is not None:
        return Way(caption_of(button), button.help, fields, button.name)
    return Way(title_of(taken) if taken else _("Fill in the form"), "", fields)


def way_given(ways: list[Way], given: Container[str]) -> Way | None:
    """Find the way that the values given beforehand belong to."""
    for way in ways:
        others = {field.name for other in ways if other is not way for field in other.fields}
        own = {field.name for field in way.fields} - others | {way.button}
        if any(name in given for name in own if name):
            return way
    return ways[0] if len(ways) == 1 else None


def caption_of(field: Field) -> str:
    """Return the wiki's caption without its colon, or else the name."""
    return field.label.rstrip(": \u00a0：") or field.name  # noqa: RUF001  the colon of Chinese and Japanese


def title_of(request: AuthRequest) -> str:
    """Return the name of a request's provider if it is for people, or else the captions of its fields."""
    if request.provider and "\\" not in request.provider:
        return request.provider
    return ", ".join(caption_of(field) for field in request.fields if field.asks)


def asks(request: AuthRequest) -> bool:
    """Tell whether a request asks for more than pressing a button."""
    return any(field.asks and not is_button(field) for field in request.fields)


def is_button(field: Field) -> bool:
    """Tell whether a field is a button."""
    return field.type is FieldType.BUTTON
