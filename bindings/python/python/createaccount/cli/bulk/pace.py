"""How long to wait before another attempt, by what the wiki says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from createaccount import CreateAccountError, Reason, TransportError
from createaccount.cli.bulk.halted import Halted
from createaccount.cli.troubles import sentence
from createaccount.cli.words import _, duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount import Fail

# Seconds to wait if the wiki does not say how long; twice as many each further time in a row. Most wikis count a
# throttle by the day: waiting that long is the person's decision.
USUAL = {
    Reason.BUSY: 5.0,
    Reason.RATE_LIMITED: 30.0,
    Reason.CAPTCHA_SERVICE: 30.0,
    Reason.READ_ONLY: 60.0,
    Reason.THROTTLED: 86400.0,
}
AFTER_A_FAILURE = 5.0  # of the network


class Pace:
    """Waits, up to `longest` seconds at a time. `tell` is called with the seconds before each wait."""

    def __init__(
        self, longest: float, tell: Callable[[float], None], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.longest, self.tell, self.sleep = longest, tell, sleep
        self.in_a_row = 0

    def passes(self, answer: Fail | CreateAccountError) -> bool:
        """Tell whether waiting can help after this answer."""
        return answer.reason in USUAL or answer.retry_after is not None or isinstance(answer, TransportError)

    def wait(self, answer: Fail | CreateAccountError) -> None:
        """Wait until the same may be tried again. Raises `Halted` if that takes longer than `longest`."""
        usual = USUAL.get(answer.reason, AFTER_A_FAILURE) if answer.reason else AFTER_A_FAILURE
        seconds = answer.retry_after if answer.retry_after is not None else usual * 2**self.in_a_row
        if seconds > self.longest:
            said = (sentence(answer) if isinstance(answer, CreateAccountError) else answer.message) or ""
            wait = _("The wiki wants a pause of up to {time}. Run the same command again then.", time=duration(seconds))
            raise Halted(f"{said} {wait}".strip())
        self.in_a_row += 1
        self.tell(seconds)
        self.sleep(seconds)

    def moved(self) -> None:
        """Forget the waits so far: an attempt was answered."""
        self.in_a_row = 0
