"""Working through a list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from createaccount.cli.bulk.halted import Halted
from createaccount.cli.bulk.journal import Entry, State
from createaccount.cli.bulk.people import same_name, twins
from createaccount.cli.ends import End

if TYPE_CHECKING:
    from createaccount.cli.bulk.journal import Journal
    from createaccount.cli.bulk.maker import Maker
    from createaccount.cli.bulk.people import Person
    from createaccount.cli.bulk.show import Show

# How the command ends, by the worst state of a row
ENDS = {State.SENT: End.UNKNOWN, State.WAITING: End.FURTHER, State.REFUSED: End.REFUSED}


@dataclass
class Work(ABC):
    """Works through a list, and shows the progress."""

    journal: Journal
    people: list[Person]
    show: Show

    @cached_property
    def again(self) -> dict[int, Person]:
        """The rows that repeat an earlier name, and are not made: the earlier person, by the number of the row."""
        return twins(self.people)

    @abstractmethod
    def carry_out(self) -> None:
        """Make what is not made yet, and show each row. Raises `Halted`."""

    def run(self) -> End:
        """Do the work, and return how it ended."""
        end = None
        try:
            with self.show.working(len(self.people)):
                self.carry_out()
        except Halted as halted:
            self.show.stopped(halted.why)
            end = halted.end
        counts = Counter(entry.state for _, entry in self.entries())
        self.show.done(counts)
        if end is not None:
            return end
        return next((ENDS[state] for state in ENDS if counts[state]), End.MADE)

    def entries(self) -> list[tuple[Person, Entry]]:
        """Return what is known of each row."""
        return [
            (person, Entry(State.REFUSED, reason="twice", message=same_name(self.again[person.row])))
            if person.row in self.again
            else (person, self.journal.get(person.key))
            for person in self.people
        ]


@dataclass
class Here(Work):
    """Works through a list in this process."""

    maker: Maker

    def carry_out(self) -> None:
        """Find out what became of rows whose answer an earlier run did not get, then make one account after another."""
        for person, entry in self.entries():
            if entry.state is State.SENT:
                self.maker.look(person)
        for person, entry in self.entries():
            self.show.row(person, entry if person.row in self.again else self.maker.make(person))
