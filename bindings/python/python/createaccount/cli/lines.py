"""Output for programs: one JSON object per line."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import click

from createaccount import CreateAccountError, image_type

if TYPE_CHECKING:
    from pathlib import Path

    from createaccount import Fail, Field, Form, Other, Redirect, Restart, Verdict


class Lines:
    """Prints events; docs/terminal.md has their members."""

    def say(self, event: str, **members: object) -> None:
        """Print one line, without the members that are None."""
        known = {name: value for name, value in members.items() if value is not None}
        click.echo(json.dumps({"event": event, **known}))

    def begin(self, api_url: str) -> None:
        """Say which wiki it is."""
        self.say("wiki", api=api_url)

    def form(self, form: Form, picture: bytes | None = None) -> None:
        """Say what is asked."""
        captcha = form.captcha
        image = None if picture is None else f"data:{image_type(picture)};base64,{base64.b64encode(picture).decode()}"
        shown = captcha and {
            "kind": captcha.kind,
            "text": captcha.text,
            "answer_field": captcha.answer_field,
            "service": captcha.service,
            "site_key": captcha.site_key,
            "image": image,
        }
        self.say(
            "form",
            status=form.status,
            message=form.message,
            code=form.message_code,
            fields=[described(field) for field in form.fields],
            captcha=shown,
        )

    def redirect(self, step: Redirect) -> None:
        """Say where the person has to go."""
        self.say("redirect", target=step.target, return_url=step.return_url, message=step.message)

    def restart(self, step: Restart) -> None:
        """Say that the sign-up begins again."""
        self.say("restart", message=step.message, code=step.message_code)

    def failed(self, step: Fail) -> None:
        """Say why the wiki made no account."""
        self.say(
            "failed",
            reason=step.reason,
            message=step.message,
            messages=list(step.message_parts) or None,
            code=step.message_code,
            retry_after=step.retry_after,
        )

    def other(self, step: Other) -> None:
        """Report a status that this version does not know."""
        self.say("other", status=step.status, message=step.message, code=step.message_code)

    def made(self, name: str) -> None:
        """Say that the account was made."""
        self.say("made", username=name)

    def known(self, name: str) -> None:
        """Say that a login led to an account that exists already."""
        self.say("known", username=name)

    def unknown(self, error: CreateAccountError) -> None:
        """Say that an answer was lost."""
        self.say("unknown", message=error.message)

    def checked(self, what: str, verdict: Verdict, _asked: str | None = None) -> None:
        """Say how the wiki answered a check."""
        self.say(
            "checked",
            what=what,
            answer=verdict.answer,
            message=verdict.message,
            code=verdict.code,
            canonical=verdict.canonical,
        )

    def missing(self, fields: list[Field]) -> None:
        """Name the required fields that nobody can be asked for."""
        self.say("missing", fields=[field.name for field in fields])

    def error(self, error: CreateAccountError) -> None:
        """Say what went wrong."""
        self.say(
            "error",
            kind=type(error).__name__,
            message=error.message,
            field=error.field,
            code=error.api_code,
            reason=error.reason,
            retry_after=error.retry_after,
            failure=error.failure,
        )

    def saved(self, file: Path) -> None:
        """Name the file that the sign-up can be continued from."""
        self.say("saved", file=str(file))

    def note(self, text: str) -> None:
        """Say nothing: remarks are for people."""


def described(field: Field) -> dict[str, Any]:
    """Describe a field."""
    about: dict[str, Any] = {"name": field.name, "type": field.type, "label": field.label, "help": field.help}
    about |= {"required": field.required, "sensitive": field.sensitive, "asks": field.asks}
    if field.value is not None and field.asks and not field.sensitive:
        about["value"] = field.value
    if field.choices:
        about["choices"] = [{"value": choice.value, "label": choice.label} for choice in field.choices]
    return about
