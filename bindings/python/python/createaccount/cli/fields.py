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

if TYPE_CHECKING:
    from createaccount import Field

KINDS = {
    FieldType.STRING: "text",
    FieldType.PASSWORD: "password",
    FieldType.SELECT: "one of",
    FieldType.MULTISELECT: "any of",
    FieldType.CHECKBOX: "yes or no",
    FieldType.BUTTON: "a button",
}
CAPTCHAS = {
    CaptchaKind.IMAGE: "letters in a picture",
    CaptchaKind.QUESTION: "a question",
    CaptchaKind.ARITHMETIC: "a sum",
    CaptchaKind.WIDGET: "a widget that only works in a browser",
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
    screen.line(f"{host_of(api_url)} asks for a new account:", "strong")
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
    """Say in some words what a field takes."""
    words = [KINDS.get(field.type, "text")]
    if form.captcha and field.name == form.captcha.answer_field:
        words = [f"captcha: {CAPTCHAS.get(form.captcha.kind, 'see its words')}"]
    if not field.required and field.type not in {FieldType.BUTTON, FieldType.CHECKBOX}:
        words.append("optional")
    return ", ".join(words)
