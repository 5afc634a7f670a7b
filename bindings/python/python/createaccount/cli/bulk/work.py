"""Carrying a list out."""

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

# How the command ends, by the worst that became of a row
ENDS = {State.SENT: End.UNKNOWN, State.WAITING: End.FURTHER, State.REFUSED: End.REFUSED}


@dataclass
class Work(ABC):
    """Carries a list out, and tells how far it is."""

    journal: Journal
    people: list[Person]
    show: Show

    @cached_property
    def again(self) -> dict[int, Person]:
        """Who stands in the list twice, and is made once: by row, whom they repeat."""
        return twins(self.people)

    @abstractmethod
    def carry_out(self) -> None:
        """Make what is not made yet, and show each row. Raises `Halted`."""

    def run(self) -> End:
        """Do the work, and say how it ended."""
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
        """Give what is known of each row."""
        return [
            (person, Entry(State.REFUSED, reason="twice", message=same_name(self.again[person.row])))
            if person.row in self.again
            else (person, self.journal.get(person.key))
            for person in self.people
        ]


@dataclass
class Here(Work):
    """Carries a list out in this process."""

    maker: Maker

    def carry_out(self) -> None:
        """Make one after the other; ask first what became of those whose answer an earlier run has not read."""
        for person, entry in self.entries():
            if entry.state is State.SENT:
                self.maker.look(person)
        for person, entry in self.entries():
            self.show.row(person, entry if person.row in self.again else self.maker.make(person))
