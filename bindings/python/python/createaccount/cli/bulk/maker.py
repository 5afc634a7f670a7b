"""Making the accounts of a list: each at most once, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from createaccount import (
    ApiError,
    CreateAccountError,
    Fail,
    Fields,
    Form,
    InvalidArgument,
    OutcomeUnknown,
    Pass,
    ProtocolError,
    Reason,
    TransportError,
)
from createaccount.cli.bulk.halted import Halted
from createaccount.cli.bulk.journal import Entry, State, sending
from createaccount.cli.ends import End, end_of
from createaccount.cli.given import value_of
from createaccount.cli.troubles import BROKE, sentence
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount import Client, Step, Value
    from createaccount.cli.bulk.journal import Journal
    from createaccount.cli.bulk.pace import Pace
    from createaccount.cli.bulk.people import Person

# Reasons that hold for the whole list, not for one row
FOR_ALL = {Reason.PERMISSION, Reason.BLOCKED}
# Reasons that `reconcile` finds for a name; with any other it only knows that no account was made
ABOUT_THE_NAME = {Reason.NAME_TAKEN, Reason.NAME_INVALID}
LOSSES = 3  # lost answers for one account after which the run ends
LOGGED_OUT = {"assertuserfailed", "assertnameduserfailed", "assertbotfailed"}


class NotMade(Exception):
    """The answer to a creation was lost, and no account was made; the wiki may not even have got the request."""


class Maker:
    """Makes accounts with one client. `log_in` is called when the wiki has forgotten the client's login."""

    def __init__(self, client: Client, journal: Journal, pace: Pace, log_in: Callable[[], None]) -> None:
        self.client, self.journal, self.pace, self.log_in = client, journal, pace, log_in

    def make(self, person: Person) -> Entry:
        """Make one account, unless it is made already, and return what became of it.

        First find out what became of a creation that an earlier run sent. Raises `Halted`.
        """
        self.look(person)
        entry = self.journal.get(person.key)
        if entry.state in {State.MADE, State.SENT}:
            return entry
        again, lost = False, 0
        while True:
            try:
                step = self.attempt(person, entry)
            except NotMade as error:
                self.keep(person, entry)
                lost += 1
                if lost == LOSSES:
                    raise Halted(_(BROKE), End.NETWORK) from error
                continue
            except OutcomeUnknown as error:
                return self.keep(person, replace(self.journal.get(person.key), message=sentence(error)))
            except InvalidArgument as error:
                return self.keep(
                    person, replace(entry, state=State.REFUSED, reason=error.field, message=sentence(error))
                )
            except CreateAccountError as error:
                # Nothing was executed: the earlier entry still holds
                self.keep(person, entry)
                if error.api_code in LOGGED_OUT and not again:
                    self.log_in()
                    again = True
                elif error.reason not in FOR_ALL and self.pace.passes(error):
                    self.pace.wait(error)
                else:
                    raise halted_by(error) from error
                continue
            if isinstance(step, Fail) and step.reason not in FOR_ALL and self.pace.passes(step):
                self.keep(person, entry)
                self.pace.wait(step)
                continue
            self.pace.moved()
            return self.keep(person, self.entry_after(person, entry, step))

    def look(self, person: Person) -> None:
        """Find out what became of an account, if that is in doubt."""
        entry = self.journal.get(person.key)
        if entry.state is State.SENT:
            self.keep(person, self.find_out(person, entry))

    def attempt(self, person: Person, entry: Entry) -> Step:
        """Send a creation, and return its final answer. It is in the journal before it is sent."""
        form = self.client.step
        if not isinstance(form, Form) or form.status != "FORM":
            form = self.client.begin()  # which sends nothing if the form of an account made before can be used again
        values = values_of(form.fields if isinstance(form, Form) else Fields(), person)
        self.keep(person, sending(entry, self.client.wiki_time))
        try:
            return self.client.submit(values)
        except (OutcomeUnknown, ProtocolError) as error:
            return self.settle(error)

    def settle(self, lost: OutcomeUnknown | ProtocolError) -> Step:
        """Ask the wiki what became of a creation whose answer was lost, or came from something other than MediaWiki."""
        if lost.retry_after is not None:
            self.pace.wait(lost)
        try:
            step = self.client.reconcile()
        except CreateAccountError as error:
            raise OutcomeUnknown(error.message) from error
        if isinstance(step, Fail) and step.reason not in ABOUT_THE_NAME:
            raise NotMade from lost
        return step

    def entry_after(self, person: Person, entry: Entry, step: Step) -> Entry:
        """Return the new entry after an answer."""
        match step:
            case Pass(username=name):
                return Entry(State.MADE, name)
            case Fail(reason=Reason.NAME_TAKEN) if entry.since:
                # Perhaps by an earlier attempt of ours, whose answer was lost
                found = self.find_out(person, entry)
                return found if found.state is State.MADE else refused(entry, step)
            case Fail(reason=reason) if reason in FOR_ALL:
                self.keep(person, entry)
                raise Halted(step.message or str(reason), End.REFUSED)
            case Fail():
                return refused(entry, step)
            case _:
                about = _("The wiki wants a further step ({status}).", status=step.status)
                return replace(self.journal.get(person.key), reason="step", message=step.message or about)

    def find_out(self, person: Person, entry: Entry) -> Entry:
        """Ask the wiki what became of a creation that was sent."""
        if entry.since is None:
            return replace(entry, state=State.WAITING)
        while True:
            try:
                step = self.client.reconcile_name(person.name, entry.since)
            except OutcomeUnknown as error:
                return replace(entry, state=State.SENT, message=sentence(error))
            except (TransportError, ApiError) as error:
                if not self.pace.passes(error):
                    raise halted_by(error) from error
                self.pace.wait(error)
                continue
            if isinstance(step, Pass):
                return Entry(State.MADE, step.username)
            return replace(entry, state=State.WAITING, reason=None, message=None)

    def keep(self, person: Person, entry: Entry) -> Entry:
        """Store an entry, and return it."""
        self.journal.put(person.key, entry)
        return entry


def values_of(fields: Fields, person: Person) -> dict[str, Value]:
    """Turn a row into the values of a form; the library refuses a column that the form does not have."""
    return {name: value_of(fields[name], text) if name in fields else text for name, text in person.values.items()}


def refused(entry: Entry, step: Fail) -> Entry:
    """Return the entry of an account that the wiki refused."""
    return replace(entry, state=State.REFUSED, reason=str(step.reason), message=step.message)


def halted_by(error: CreateAccountError) -> Halted:
    """Return the `Halted` for an error that ends the work."""
    return Halted(sentence(error), end_of(error))
