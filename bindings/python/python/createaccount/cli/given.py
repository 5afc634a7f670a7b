"""Answers given beforehand: on the command line, in files, in the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from createaccount import FieldType
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from createaccount import Field, Form, Value

YES = frozenset({"1", "y", "yes", "true", "on"})
NO = frozenset({"", "0", "n", "no", "false", "off"})
PASSWORDS = frozenset({"password", "retype"})  # known before the wiki has listed its fields


@dataclass
class Given:
    """The values that were given, by the names of fields."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    visible: set[str] = field(default_factory=set)  # given where others on this machine can read them

    @classmethod
    def read(cls, pairs: Iterable[str], files: Iterable[str] = (), variables: Iterable[str] = ()) -> Given:
        """Read NAME=VALUE of the command line, NAME=FILE and NAME=VARIABLE."""
        given = cls()
        for pair in pairs:
            name, value = parted(pair)
            if name in PASSWORDS:
                raise click.UsageError(not_here(name))
            given.add(name, value)
            given.visible.add(name)
        for pair in files:
            name, file = parted(pair)
            given.add(name, first_line(file))
        for pair in variables:
            name, variable = parted(pair)
            if variable not in os.environ:
                message = _("The environment has no {variable}.", variable=variable)
                raise click.UsageError(message)
            given.add(name, os.environ[variable])
        return given

    def add(self, name: str, value: str) -> None:
        """Add a value; several values of one name are several choices."""
        self.texts.setdefault(name, []).append(value)

    def values(self, form: Form) -> dict[str, Value]:
        """Return the given values for the fields of a form."""
        return {field.name: self.value(field) for field in form.fields if field.name in self.texts}

    def value(self, field: Field) -> Value:
        """Turn what was given for a field into what is submitted."""
        if field.name in self.visible and field.type is FieldType.PASSWORD:
            raise click.UsageError(not_here(field.name))
        texts = self.texts[field.name]
        if field.type is FieldType.MULTISELECT and len(texts) > 1:
            return [choice_of(field, text) for text in texts]
        if len(texts) > 1:
            message = _("{field} was given more than once, and takes one value.", field=field.name)
            raise click.UsageError(message)
        return value_of(field, texts[0])


def value_of(field: Field, text: str) -> Value:
    """Turn a text into the value of a field; several choices are separated by semicolons."""
    match field.type:
        case FieldType.CHECKBOX | FieldType.BUTTON:
            if text.lower() not in YES | NO:
                message = _("{field} is yes or no, not {text}.", field=field.name, text=text)
                raise click.UsageError(message)
            return text.lower() in YES
        case FieldType.SELECT:
            return choice_of(field, text)
        case FieldType.MULTISELECT:
            return [choice_of(field, part.strip()) for part in text.split(";") if part.strip()]
        case _:
            return text


def choice_of(field: Field, text: str) -> str:
    """Find a choice by its value, or else by its caption."""
    for choice in field.choices:
        if text == choice.value:
            return text
    return next((choice.value for choice in field.choices if choice.label.casefold() == text.casefold()), text)


def parted(pair: str) -> tuple[str, str]:
    """Split NAME=VALUE."""
    name, equals, value = pair.partition("=")
    if not name or not equals:
        message = _("{text} is not NAME=VALUE.", text=pair)
        raise click.UsageError(message)
    return name, value


def first_line(file: str) -> str:
    """Read a secret from a file, or from the standard input for ``-``."""
    try:
        text = sys.stdin.readline() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = _("{file} cannot be read: {error}", file=file, error=error)
        raise click.UsageError(message) from error
    return text.split("\n", 1)[0].rstrip("\r")


def not_here(name: str) -> str:
    """Return a message that says where passwords do not belong, and where they do."""
    return _(
        "{field} is a secret, and others can read command lines. Leave it out to be asked for it, or give it by "
        "--from-file {field}=FILE or --from-env {field}=VARIABLE.",
        field=name,
    )
