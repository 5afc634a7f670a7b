"""How a command ends: the exit statuses, and the errors that lead to them."""

from __future__ import annotations

from enum import IntEnum

from createaccount import ApiError, CreateAccountError, InvalidArgument, InvalidState, OutcomeUnknown

INTERRUPTED = 130  # the status that shells report for a program ended by SIGINT


class End(IntEnum):
    """The exit status of a command."""

    MADE = 0
    REFUSED = 1
    USAGE = 2
    NETWORK = 3
    UNKNOWN = 4
    FURTHER = 5


class Ended(Exception):
    """The command is over, and the person was told why."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


def end_of(error: CreateAccountError) -> End:
    """Return the exit status of a command that this error ends."""
    match error:
        case OutcomeUnknown():
            return End.UNKNOWN
        case ApiError():
            return End.REFUSED
        case InvalidArgument() | InvalidState():
            return End.USAGE
        case _:
            return End.NETWORK
