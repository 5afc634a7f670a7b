"""Output about the work on a list, for people and for programs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
from rich.table import Column
from rich.text import Text

from createaccount.cli.bulk.journal import State
from createaccount.cli.bulk.report import RESULTS
from createaccount.cli.screen import INDENT
from createaccount.cli.wiki import host_of
from createaccount.cli.words import _, count, duration, plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.progress import Task

    from createaccount.cli.bulk.journal import Entry
    from createaccount.cli.bulk.people import Person
    from createaccount.cli.bulk.rehearsal import Finding, Rehearsal
    from createaccount.cli.lines import Lines
    from createaccount.cli.screen import Screen


class ForPeople:
    """Prints text, and a progress bar in terminals."""

    def __init__(self, screen: Screen) -> None:
        self.voice = screen
        self.bar = Progress(
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            Rate(table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[now]}", table_column=Column(no_wrap=True)),
            console=screen.console,
            transient=True,
            expand=True,
            disable=not screen.console.is_terminal,
        )
        self.task = self.bar.add_task("", now="", total=None)

    def begin(self, api_url: str) -> None:
        """Say which wiki it is."""
        self.voice.line(_("New accounts on {wiki}", wiki=host_of(api_url)), "strong")
        self.voice.line()

    @contextmanager
    def working(self, total: int) -> Iterator[None]:
        """Show the progress of the work."""
        self.bar.reset(self.task, total=total)
        with self.bar:
            yield

    def row(self, person: Person, entry: Entry) -> None:
        """Report what became of a row; accounts that were made are only counted."""
        if entry.state is not State.MADE:
            self.voice.bad(f"{place(person)}: {entry.message or _(RESULTS[entry.state])}")
        self.bar.update(self.task, advance=1, now="")

    def waits(self, seconds: float) -> None:
        """Report a pause."""
        self.bar.update(self.task, now=_("waiting {time}", time=duration(seconds, "narrow")))
        if self.bar.disable:
            self.voice.note(_("The wiki wants a pause of {time}.", time=duration(seconds)))

    def rehearsed(self, person: Person, finding: Finding) -> None:
        """Report what is wrong with a row, or how the wiki would write its name."""
        for wrong in finding.wrong:
            self.voice.bad(f"{place(person)}: {wrong}")
        if not finding.wrong and finding.canonical and person.is_renamed(finding.canonical):
            self.voice.note(f"{place(person)}: " + _("will be written {name}", name=finding.canonical))
        self.bar.update(self.task, advance=1)

    def rehearsal(self, rehearsal: Rehearsal, *, right: bool) -> None:
        """Report what holds for the whole list."""
        self.voice.line()
        for obstacle in rehearsal.obstacles:
            self.voice.bad(obstacle)
        for remark in rehearsal.remarks:
            self.voice.under(remark)
        if right:
            self.voice.good(
                plural(
                    "All is well with {number} row. Nothing was changed.",
                    "All is well with {number} rows. Nothing was changed.",
                    len(rehearsal.people),
                )
            )
        else:
            self.voice.bad(_("This list cannot be carried out as it is. Nothing was changed."))

    def done(self, counts: dict[State, int]) -> None:
        """Report how many rows are in each state."""
        self.voice.line()
        for state in State:
            if number := counts.get(state):
                (self.voice.good if state is State.MADE else self.voice.bad)(summary(state, number))

    def stopped(self, why: str) -> None:
        """Report why the work ends early."""
        self.voice.line()
        self.voice.bad(why)

    def reported(self, file: Path) -> None:
        """Name the file of a report."""
        self.voice.whole(INDENT + _("Report: {file}", file=file))


class ForPrograms:
    """Prints JSON."""

    def __init__(self, lines: Lines) -> None:
        self.voice = lines

    def begin(self, api_url: str) -> None:
        """Say which wiki it is."""
        self.voice.begin(api_url)

    @contextmanager
    def working(self, total: int) -> Iterator[None]:
        """Say how many rows there are."""
        self.voice.say("list", rows=total)
        yield

    def row(self, person: Person, entry: Entry) -> None:
        """Say what became of a row."""
        self.voice.say(
            "row",
            row=person.row,
            username=person.name,
            state=entry.state.value,
            account=entry.canonical,
            reason=entry.reason,
            message=entry.message,
        )

    def waits(self, seconds: float) -> None:
        """Say that there is a pause."""
        self.voice.say("pause", seconds=seconds)

    def rehearsed(self, person: Person, finding: Finding) -> None:
        """Say what was found about a row."""
        self.voice.say(
            "checked",
            what="row",
            row=person.row,
            username=person.name,
            canonical=finding.canonical,
            wrong=finding.wrong,
        )

    def rehearsal(self, rehearsal: Rehearsal, *, right: bool) -> None:
        """Say what holds for the whole list."""
        self.voice.say("rehearsal", right=right, obstacles=rehearsal.obstacles, remarks=rehearsal.remarks)

    def done(self, counts: dict[State, int]) -> None:
        """Say how many rows are in each state."""
        self.voice.say("done", **{state.value: counts.get(state, 0) for state in State})

    def stopped(self, why: str) -> None:
        """Say why the work ends early."""
        self.voice.say("stopped", message=why)

    def reported(self, file: Path) -> None:
        """Name the file of a report."""
        self.voice.say("report", file=str(file))


class Rate(ProgressColumn):
    """The speed of the work, and the time that is left."""

    def render(self, task: Task) -> Text:
        """Return both, if they are known."""
        if not task.speed or task.remaining is None:
            return Text("")
        by_second = task.speed >= 1
        rate = f"{task.speed:.0f}/s" if by_second else f"{task.speed * 60:.0f}/min"
        left = _("{time} left", time=duration(task.remaining / task.speed, "narrow"))
        return Text(f"{rate}  {left}", style="quiet")


def place(person: Person) -> str:
    """Return words that name a row."""
    where = _("Row {row}", row=person.row)
    return f"{where}, {person.name}" if person.name else where


def summary(state: State, number: int) -> str:
    """Return words that say how many rows are in a state."""
    match state:
        case State.MADE:
            return plural("{number} account made", "{number} accounts made", number)
        case State.REFUSED:
            return _("{number} not made", number=count(number))
        case State.SENT:
            return _("{number} not certain: run the same command again to find out", number=count(number))
        case State.WAITING:
            return _("{number} not tried yet: run the same command again to go on", number=count(number))


Show = ForPeople | ForPrograms
