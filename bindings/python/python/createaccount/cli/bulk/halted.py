"""The end of the work on a list before all of it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from createaccount.cli.ends import End


class Halted(Exception):
    """Nothing more can be made for the time being.

    * why: What the person is told.
    * end: How the command ends; None if what became of the rows says that.
    """

    def __init__(self, why: str, end: End | None = None) -> None:
        super().__init__(why)
        self.why, self.end = why, end
