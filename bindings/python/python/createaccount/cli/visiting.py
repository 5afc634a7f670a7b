"""A visit to a third party: the browser is sent there, and caught when it comes back."""

from __future__ import annotations

import os
import select
import sys
import time
import webbrowser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from createaccount import InvalidArgument
from createaccount.cli.ends import End, Ended
from createaccount.cli.words import _

if TYPE_CHECKING:
    from createaccount import Redirect, Step
    from createaccount.cli.listener import Listener
    from createaccount.cli.session import Session


@dataclass
class Visiting:
    """Waits for a return at the listener, or for the address that the person pastes.

    * listener: None if another program uses its address.
    * browser: Whether to open a browser.
    * patience: Seconds to wait if nobody can be asked.
    """

    session: Session
    listener: Listener | None
    browser: bool
    patience: float

    def visit(self, step: Redirect) -> Step:
        """Send the person there, and return the wiki's next step."""
        voice, asking = self.session.voice, self.session.asking
        listener = self.listener if self.listener and step.return_url == self.listener.url else None
        if listener:
            listener.open()
        voice.redirect(step)
        voice.note("")
        if asking and not (self.browser and webbrowser.open(step.target)):
            voice.note(_("Please open it in a browser."))
        if asking:
            if listener:
                voice.note(_("Waiting for you to come back."))
            voice.note(_("Should the browser end on a page that cannot be reached, paste its address here."))
        returned = self.wait(listener)
        if returned is None:
            raise Ended(End.FURTHER)
        url, body = returned
        try:
            return self.session.send(lambda client: client.resume(url, body=body or None))
        except InvalidArgument as error:
            voice.error(error)
            if asking is None:
                raise Ended(End.USAGE) from error
            return step

    def wait(self, listener: Listener | None) -> tuple[str, bytes] | None:
        """Wait for the browser to come back; None when the time is up, or the input ends."""
        typed = sys.stdin.fileno() if self.session.asking else None
        until = None if self.session.asking else time.monotonic() + self.patience
        sources = [source for source in (listener, typed) if source is not None]
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            ready = select.select(sources, [], [], left)[0]
            if not ready:
                return None
            if listener in ready and listener:
                return listener.returned
            line = os.read(sys.stdin.fileno(), 65536)
            if not line:  # the end of the input
                return None
            if address := line.decode(errors="replace").strip():
                return address, b""
