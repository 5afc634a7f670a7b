"""An early end of the work on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from createaccount.cli.ends import End


class Halted(Exception):
    """No more accounts can be made for the time being.

    * why: The message for the person.
    * end: How the command ends; None if the states of the rows decide that.
    """

    def __init__(self, why: str, end: End | None = None) -> None:
        super().__init__(why)
        self.why, self.end = why, end
