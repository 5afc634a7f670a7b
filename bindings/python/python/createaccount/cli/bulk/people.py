"""The list: one person per row, with columns named like the wiki's fields."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "username"


@dataclass(frozen=True)
class Person:
    """One row.

    * row: The number of the row in the file, counted as spreadsheets do.
    * name: The name as the row has it.
    * values: Its values for the wiki's fields, the name included, without empty cells.
    """

    row: int
    name: str
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """The name in one form for all spellings that any wiki takes for the same name."""
        words = " ".join(unicodedata.normalize("NFC", self.name).replace("_", " ").split())
        return words[:1].upper() + words[1:]

    def is_renamed(self, canonical: str) -> bool:
        """Tell whether the wiki writes the name in a way that nobody would expect."""
        return canonical not in {self.name, self.key}


def read(file: Path, common: Mapping[str, str]) -> list[Person]:
    """Read a list as spreadsheets write it: UTF-8, with commas, semicolons or tabs."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = _("{file} cannot be read: {error}", file=file, error=error.strerror)
        raise click.UsageError(message) from error
    except UnicodeDecodeError as error:
        message = _("{file} is not UTF-8. Save it as “CSV UTF-8”.", file=file)
        raise click.UsageError(message) from error
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        if NAME not in columns:
            message = _(
                "{file} has no column {name}. Its first row must name the wiki's fields: see createaccount fields.",
                file=file,
                name=NAME,
            )
            raise click.UsageError(message)
        people = []
        for cells in reader:
            values = {
                column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()
            }
            if len(cells) > len(columns):
                message = _(
                    "Line {line} of {file} has more cells than the first row has columns.",
                    line=reader.line_num,
                    file=file,
                )
                raise click.UsageError(message)
            if values:
                people.append(Person(reader.line_num, values.get(NAME, ""), {**common, **values}))
    except csv.Error as error:
        message = _("Line {line} of {file} is not CSV: {error}.", line=reader.line_num, file=file, error=error)
        raise click.UsageError(message) from error
    return people


def twins(people: list[Person]) -> dict[int, Person]:
    """Find the rows that repeat the name of an earlier one: the earlier person, by the number of the row."""
    first: dict[str, Person] = {}
    return {person.row: first[person.key] for person in people if first.setdefault(person.key, person) is not person}


def same_name(first: Person) -> str:
    """Return a message that says which row has the same name."""
    return _("The same name stands in row {row}.", row=first.row)
