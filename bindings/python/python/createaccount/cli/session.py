"""What the parts of a sign-up share: the client, the output, the person and the file; and how answers are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import ApiError, OutcomeUnknown, Reason, TransportError
from createaccount.cli.ends import End, Ended, end_of
from createaccount.cli.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount import Client, Step
    from createaccount.cli.asking import Asking
    from createaccount.cli.keep import Keeper
    from createaccount.cli.lines import Lines
    from createaccount.cli.screen import Screen

# Reasons that no further attempt of this person will change
HOPELESS = {Reason.PERMISSION, Reason.BLOCKED, Reason.THROTTLED}


@dataclass
class Session:
    """The context of one sign-up. `asking` is None if nobody can be asked, `keeper` if nothing is saved."""

    client: Client
    voice: Screen | Lines
    asking: Asking | None = None
    keeper: Keeper | None = None

    def send(self, answer: Callable[[Client], Step]) -> Step:
        """Send an answer, and find out what became of it if the wiki's reply is lost."""
        if self.keeper:
            self.keeper.rehearse(self.client, answer)
        while True:
            try:
                return answer(self.client)
            except OutcomeUnknown as error:
                self.voice.unknown(error)
                return self.find_out()
            except KeyboardInterrupt:
                if self.client.step is not None:
                    raise
                self.voice.note("\n" + _("The wiki may have got it already."))
                return self.find_out()
            except (TransportError, ApiError) as error:
                # Nothing was executed, and the same answer can be sent again
                self.voice.error(error)
                if error.reason in HOPELESS or not self.once_more(_("Shall I send it once more?")):
                    raise Ended(end_of(error)) from error

    def find_out(self) -> Step:
        """Ask the wiki what became of the account."""
        while True:
            self.voice.note(_("Asking the wiki what became of the account …"))
            try:
                return self.client.reconcile()
            except OutcomeUnknown as error:
                if self.keeper:
                    self.keeper.keep(self.client, unknown=True)
                self.voice.unknown(error)
                if not self.once_more(_("Shall I ask once more?")):
                    raise Ended(End.UNKNOWN) from error

    def once_more(self, question: str) -> bool:
        """Ask whether to go on; False if nobody can be asked."""
        return self.asking is not None and self.asking.sure(question, default=True)
