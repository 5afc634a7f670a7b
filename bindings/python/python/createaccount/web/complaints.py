"""Problems that a visitor is told of, and the field that each is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import ApiError, CreateAccountError, Fail, Form, InvalidArgument, Other, Problem, Reason

if TYPE_CHECKING:
    from createaccount import Restart, Step

CAPTCHA = "captcha"  # stands for the field of the captcha's answer, whatever its name is in the next form

FIELDS = {
    Reason.NAME_TAKEN: "username",
    Reason.NAME_INVALID: "username",
    Reason.NAME_FORBIDDEN: "username",
    Reason.BUSY: "username",
    Reason.PASSWORD: "password",
    Reason.PASSWORD_MISMATCH: "retype",
    Reason.EMAIL: "email",
    Reason.CAPTCHA: CAPTCHA,
    Reason.CAPTCHA_SERVICE: CAPTCHA,
}

# Problems for which we have texts of our own, in the visitor's language.
TEXTS = {
    Problem.REQUIRED: "missing",
    Problem.NOT_TICKED: "tick",
    Problem.NOT_A_CHOICE: "choose",
    Problem.NO_WAY: "no_way",
    Problem.SEVERAL_WAYS: "several_ways",
    Problem.CONTROL_CHARACTER: "characters",
    Problem.NOT_UTF8: "characters",
}


@dataclass
class Complaint:
    """A problem that the visitor is told of.

    * field: The name of the field, empty if the problem is about the whole form.
    * text: The key of one of our own texts.
    * words: The message of the wiki or the library.
    * wait: How many seconds to wait.
    """

    field: str = ""
    text: str = ""
    words: str = ""
    wait: float | None = None


def of_step(step: Fail | Restart | Other) -> Complaint:
    """Make the complaint for a step that made no account."""
    if isinstance(step, Other):
        return Complaint(text="other_end", words=step.message or step.status)
    field = FIELDS.get(step.reason, "") if isinstance(step, Fail) else ""
    return Complaint(field, words=step.message or step.status, wait=getattr(step, "retry_after", None))


def of_error(error: CreateAccountError, step: Step | None = None) -> Complaint:
    """Make the complaint for an error, at the field of the step that it is about."""
    field = error.field if error.field and isinstance(step, Form) and error.field in step.fields else ""
    match error:
        case InvalidArgument(problem=Problem() as problem) if problem in TEXTS:
            return Complaint(field, text=TEXTS[problem])
        case InvalidArgument():
            return Complaint(field, words=error.message)
        case ApiError():
            return Complaint(words=error.message, wait=error.retry_after)
        case _:
            return Complaint(text="no_answer_text", words=error.message, wait=error.retry_after)
