"""Carrying a list out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import CreateAccountError
from createaccount.cli.bulk.journal import Entry, State
from createaccount.cli.bulk.maker import Stopped
from createaccount.cli.bulk.pace import TooLong
from createaccount.cli.bulk.people import twins
from createaccount.cli.ends import End, end_of
from createaccount.cli.screen import duration

if TYPE_CHECKING:
    from createaccount.cli.bulk.maker import Maker
    from createaccount.cli.bulk.people import Person
    from createaccount.cli.bulk.show import Show

# How the command ends, by the worst that became of a row
ENDS = {State.SENT: End.UNKNOWN, State.WAITING: End.FURTHER, State.REFUSED: End.REFUSED}


@dataclass
class Work:
    """Carries a list out."""

    maker: Maker
    people: list[Person]
    show: Show

    def entries(self) -> list[tuple[Person, Entry]]:
        """Give what is known of each row. Who stands in the list twice is made once."""
        again = twins(self.people)
        return [
            (
                person,
                Entry(State.REFUSED, reason="twice", message=f"The same name stands in row {again[person.row].row}."),
            )
            if person.row in again
            else (person, self.maker.journal.get(person.key))
            for person in self.people
        ]

    def run(self) -> End:
        """Make what is not made yet."""
        end = None
        try:
            with self.show.working(len(self.people)):
                self.find_out()
                self.make()
        except TooLong as pause:
            wait = duration(pause.seconds)
            self.show.stopped(
                f"{pause.answer.message} The wiki wants a pause of up to {wait}. Run the same command again then."
            )
        except Stopped as stopped:
            self.show.stopped(f"{stopped.error.message}")
            end = end_of(stopped.error) if isinstance(stopped.error, CreateAccountError) else End.REFUSED
        counts = Counter(entry.state for _, entry in self.entries())
        self.show.done(counts)
        if end is not None:
            return end
        return next((ENDS[state] for state in ENDS if counts[state]), End.MADE)

    def find_out(self) -> None:
        """Ask first what became of those whose answer an earlier run has not read."""
        for person, entry in self.entries():
            if entry.state is State.SENT:
                self.maker.look(person)

    def make(self) -> None:
        """Make one after the other."""
        again = twins(self.people)
        for person, entry in self.entries():
            self.show.row(person, entry if person.row in again else self.maker.make(person))
