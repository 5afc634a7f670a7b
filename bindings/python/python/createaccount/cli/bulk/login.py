"""Logging in, to make accounts for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from createaccount import Fail, Form, Pass
from createaccount.cli.ends import End, Ended
from createaccount.cli.filling import Filling
from createaccount.cli.given import Given
from createaccount.cli.words import _

if TYPE_CHECKING:
    from createaccount.cli.session import Session


def log_in(session: Session, name: str, password: str) -> None:
    """Log a session in. A person, if there is one, is asked for a second factor, a captcha and the like."""
    step = session.client.login(name, password)
    filling = Filling(session, Given({"username": [name], "password": [password]}))
    while isinstance(step, Form):
        step = filling.answer(step)
    match step:
        case Pass():
            return
        case Fail():
            session.voice.failed(step)
            raise Ended(End.REFUSED)
        case _:
            session.voice.note(_("The wiki wants {name} to go on elsewhere. Log in with a bot password.", name=name))
            raise Ended(End.FURTHER)
