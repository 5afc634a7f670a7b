"""``createaccount fields``: what a wiki asks of whoever wants an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from createaccount import CaptchaKind, Client, CreateAccountError, FieldType, Form
from createaccount.cli.ends import End, end_of
from createaccount.cli.lines import Lines
from createaccount.cli.options import Common, common
from createaccount.cli.screen import Screen, notices
from createaccount.cli.ways import caption_of
from createaccount.cli.wiki import find, host_of
from createaccount.cli.words import N_, _

if TYPE_CHECKING:
    from createaccount import Field

KINDS = {
    FieldType.STRING: N_("text"),
    FieldType.PASSWORD: N_("password"),
    FieldType.SELECT: N_("one of"),
    FieldType.MULTISELECT: N_("any of"),
    FieldType.CHECKBOX: N_("yes or no"),
    FieldType.BUTTON: N_("a button"),
}
CAPTCHAS = {
    CaptchaKind.IMAGE: N_("letters in a picture"),
    CaptchaKind.QUESTION: N_("a question"),
    CaptchaKind.ARITHMETIC: N_("a sum"),
    CaptchaKind.WIDGET: N_("a widget that only works in a browser"),
}


@click.command()
@click.argument("wiki")
@common
def command(common: Common, wiki: str) -> int:
    """List what WIKI asks, with the names for NAME=VALUE and for the columns of a list."""
    voice: Screen | Lines = Lines() if common.as_json else Screen()
    try:
        api_url = find(wiki, common.settings)
        with Client(api_url, **common.settings) as client:
            form = client.begin()
    except CreateAccountError as error:
        voice.error(error)
        return end_of(error)
    if isinstance(form, Form):
        if isinstance(voice, Lines):
            voice.begin(api_url)
            voice.form(form)
        else:
            draw(voice, api_url, form)
    return End.MADE


def draw(screen: Screen, api_url: str, form: Form) -> None:
    """List the fields, for people."""
    screen.line(_("{wiki} asks for a new account:", wiki=host_of(api_url)), "strong")
    for field in form.fields:
        if field.asks:
            screen.line()
            screen.pair(field.name, about(form, field))
            screen.under(": ".join(text for text in (caption_of(field), field.help) if text))
            for choice in field.choices:
                screen.under(f"{choice.value}: {choice.label}" if choice.label != choice.value else choice.value, "")
    for field in notices(form):
        screen.line()
        screen.line(f"{caption_of(field)}: {field.value}")


def about(form: Form, field: Field) -> str:
    """Describe in a few words what a field takes."""
    words = [_(KINDS.get(field.type, "text"))]
    if form.captcha and field.name == form.captcha.answer_field:
        words = [_("captcha: {kind}", kind=_(CAPTCHAS.get(form.captcha.kind, N_("see its words"))))]
    if not field.required and field.type not in {FieldType.BUTTON, FieldType.CHECKBOX}:
        words.append(_("optional"))
    return ", ".join(words)
