"""A whole sign-up in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from createaccount._errors import Failed
from createaccount._steps import Form, Pass, Redirect, Restart

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount._createaccount import Client
    from createaccount._types import Values


def run(client: Client, answer: Callable[[Form | Redirect], Values | str]) -> Pass:
    """Implement `Client.run`."""
    step = client.step
    if step is None or step.is_final:
        step = client.begin()
    restarted = False
    while True:
        match step:
            case Pass():
                return step
            case Form():
                step = client.submit(values_of(answer(step)))
            case Redirect():
                step = client.resume(address_of(answer(step)))
            case Restart(can_preserve_state=keep) if not restarted:
                restarted = True
                step = client.begin(preserve_state=keep)
            case end:
                raise Failed(end)


def values_of(answer: Values | str) -> Values:
    """Check the type of the answer to a form."""
    if isinstance(answer, str):
        del answer
        raise TypeError("the answer to a Form is a mapping from names to values, not str")
    return answer


def address_of(answer: Values | str) -> str:
    """Check the type of the answer to a redirect."""
    if not isinstance(answer, str):
        message = f"the answer to a Redirect is the address that was returned to, not {type(answer).__name__}"
        # Tools that print the local variables of frames would show it.
        del answer
        raise TypeError(message)
    return answer
