"""What became of a list: as CSV, and as a page to be read and printed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from createaccount.cli.bulk.journal import State
from createaccount.cli.wiki import host_of
from createaccount.cli.words import N_, _, count, day_and_time, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from createaccount.cli.bulk.journal import Entry
    from createaccount.cli.bulk.people import Person

RESULTS = {
    State.MADE: N_("made"),
    State.REFUSED: N_("not made"),
    State.SENT: N_("not certain"),
    State.WAITING: N_("not tried yet"),
}


@dataclass(frozen=True)
class Line:
    """A row of the report."""

    row: int
    asked: str
    name: str
    state: State
    reason: str
    message: str
    renamed: bool


def lines_of(rows: list[tuple[Person, Entry]]) -> list[Line]:
    """Turn entries into lines."""
    return [
        Line(
            person.row,
            person.name,
            entry.canonical or person.name,
            entry.state,
            entry.reason or "",
            entry.message or "",
            entry.state is State.MADE and person.is_renamed(entry.canonical or person.name),
        )
        for person, entry in rows
    ]


def write(file: Path, api_url: str, rows: list[tuple[Person, Entry]]) -> None:
    """Write a report: a page if the file's name ends in .html, else CSV. Neither contains a password."""
    lines = lines_of(rows)
    page = file.suffix.lower() in {".html", ".htm"}
    try:
        if page:
            file.write_text(as_page(api_url, lines), encoding="utf-8")
        else:
            file.write_text(as_csv(lines), encoding="utf-8-sig", newline="")
    except OSError as error:
        message = _("{file} cannot be written: {error}", file=file, error=error.strerror)
        raise click.UsageError(message) from error


def as_csv(lines: list[Line]) -> str:
    """Return the lines as CSV for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "username", "account", "result", "reason", "message"])
    for line in lines:
        cells = (line.asked, line.name, RESULTS[line.state], line.reason, line.message)
        writer.writerow([line.row, *map(harmless, cells)])
    return text.getvalue()


def harmless(cell: str) -> str:
    """Keep spreadsheets from taking a cell for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def as_page(api_url: str, lines: list[Line]) -> str:
    """Return the lines as a page."""
    environment = Environment(
        loader=PackageLoader("createaccount.cli.bulk", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        host=host_of(api_url),
        login=f"{api_url.removesuffix('api.php')}index.php?title=Special:UserLogin",
        day=day_and_time(datetime.now().astimezone()),
        lines=lines,
        counts=Counter(line.state for line in lines),
        states=RESULTS,
        made=State.MADE,
        language=spoken(),
        text=_,
        number=count,
    )
