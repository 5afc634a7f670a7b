"""The loop over the steps of a sign-up, until the account is made or nothing can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from createaccount import Fail, Form, Other, Pass, Reason, Redirect, Restart
from createaccount.cli.ends import End, Ended
from createaccount.cli.session import HOPELESS
from createaccount.cli.words import _

if TYPE_CHECKING:
    from createaccount import Step
    from createaccount.cli.filling import Filling
    from createaccount.cli.session import Session
    from createaccount.cli.visiting import Visiting

# The fields that a failure is about. The others were right, except a captcha, which is valid for one attempt.
ABOUT: dict[Reason, set[str]] = {
    Reason.NAME_TAKEN: {"username"},
    Reason.NAME_INVALID: {"username"},
    Reason.NAME_FORBIDDEN: {"username"},
    Reason.PASSWORD: {"password", "retype"},
    Reason.PASSWORD_MISMATCH: {"password", "retype"},
    Reason.EMAIL: {"email"},
    Reason.CAPTCHA: set(),
    Reason.SESSION_LOST: set(),
}
# Failures after which the same answers may succeed
PASSING = {Reason.CAPTCHA_SERVICE, Reason.READ_ONLY, Reason.BUSY, Reason.RATE_LIMITED, Reason.FILTER}


class SignUp:
    """Goes from step to step."""

    def __init__(self, session: Session, filling: Filling, visiting: Visiting) -> None:
        self.session, self.filling, self.visiting = session, filling, visiting

    def run(self, step: Step, *, login: bool = False) -> End:
        """Go on from a step, and return how it ended. PASS of a login is no account; its RESTART begins a creation."""
        client, voice, keeper = self.session.client, self.session.voice, self.session.keeper
        try:
            while True:
                if keeper and not step.is_final:
                    keeper.keep(client)
                match step:
                    case Form():
                        step = self.filling.answer(step)
                    case Redirect():
                        step = self.visiting.visit(step)
                    case Restart(can_preserve_state=keep):
                        voice.restart(step)
                        step, login = client.begin(preserve_state=keep), False
                    case Fail():
                        self.learn(step)
                        keep = step.can_preserve_state
                        step = client.begin_login() if login else client.begin(preserve_state=keep)
                    case Pass(username=name) if login:
                        voice.known(name)
                        raise Ended(End.REFUSED)  # noqa: TRY301  one way out
                    case Pass(username=name):
                        voice.made(name)
                        raise Ended(End.MADE)  # noqa: TRY301
                    case Other():
                        voice.other(step)
                        raise Ended(End.FURTHER)  # noqa: TRY301
        except Ended as ended:
            self.leave(ended.end)
            return ended.end
        except (KeyboardInterrupt, EOFError):
            self.leave(End.FURTHER)
            raise

    def learn(self, step: Fail) -> None:
        """Report a failure, and choose the fields that are asked for again."""
        voice, asking = self.session.voice, self.session.asking
        voice.failed(step)
        if asking is None or step.reason in HOPELESS:
            raise Ended(End.REFUSED)
        if step.reason in PASSING:
            again = self.session.once_more(_("Shall I try the same once more?"))
            wrong: set[str] | None = set()
        elif step.reason in ABOUT:
            again, wrong = True, ABOUT[step.reason]
        else:
            again, wrong = asking.sure(_("Do you want to change something, and try again?"), default=True), None
        if not again:
            raise Ended(End.REFUSED)
        self.filling.begin_again(wrong)

    def leave(self, end: End) -> None:
        """Remove the file of a sign-up that is over; say how to continue one that is not."""
        keeper = self.session.keeper
        if keeper is None:
            return
        if end in {End.MADE, End.REFUSED}:
            keeper.forget()
        elif keeper.file.exists():
            self.session.voice.saved(keeper.file)
