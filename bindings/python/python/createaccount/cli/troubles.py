"""Errors, in words for a person."""

from __future__ import annotations

from createaccount import (
    CreateAccountError,
    OutcomeUnknown,
    Problem,
    ProtocolError,
    TransportError,
    TransportFailure,
)
from createaccount.cli.words import N_, _

PROBLEMS = {
    Problem.REQUIRED: N_("{field} is missing."),
    Problem.NOT_TICKED: N_("{field} must be ticked."),
    Problem.NOT_A_CHOICE: N_("{field} is none of the choices."),
    Problem.CONTROL_CHARACTER: N_("{field} has a character that the wiki does not take."),
    Problem.NOT_UTF8: N_("{field} has a character that the wiki does not take."),
    Problem.UNKNOWN_FIELD: N_("The wiki has no field {field}."),
    Problem.SEVERAL_WAYS: N_("{field} belongs to another way of making the account."),
    Problem.NO_WAY: N_("Please take one of the ways of making the account."),
}
FAILURES = {
    TransportFailure.NAME: N_("This address leads nowhere."),
    TransportFailure.CONNECT: N_("The wiki cannot be reached."),
    TransportFailure.PROXY: N_("The proxy does not let us through."),
    TransportFailure.CERTIFICATE: N_("The wiki cannot show that it is the wiki: its certificate is not trusted."),
    TransportFailure.TLS: N_("There is no safe connection to the wiki."),
}
BROKE = N_("The connection to the wiki broke.")
LATE = N_("The wiki did not answer in time.")
NO_WIKI = N_("What answered is not MediaWiki.")
LOST = N_("The wiki's answer got lost. It is not certain whether the account was made.")


def sentence(error: CreateAccountError) -> str:
    """Describe an error in the person's language, or else in the words of the wiki or the library."""
    if error.problem in PROBLEMS:
        return _(PROBLEMS[error.problem], field=error.field or "")
    match error:
        case OutcomeUnknown():
            return _(LOST)
        case ProtocolError():
            return _(NO_WIKI)
        case TransportError() if error.failure:
            late = error.failure is TransportFailure.DEADLINE or error.failure.startswith("timeout")
            return _(LATE if late else FAILURES.get(error.failure, BROKE))
        case _:
            return error.message


def details(error: CreateAccountError) -> str | None:
    """Return the library's own message, where it says more."""
    further = isinstance(error, (OutcomeUnknown, ProtocolError, TransportError)) and error.message != sentence(error)
    return error.message if further else None
