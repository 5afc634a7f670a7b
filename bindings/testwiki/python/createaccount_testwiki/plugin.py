"""The fixtures for pytest, which finds them by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from createaccount_testwiki import Server, Wiki, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def testwiki_server() -> Iterator[Server]:
    """One server for the whole run."""
    with serve() as server:
        yield server


@pytest.fixture
def testwiki(testwiki_server: Server) -> Callable[..., Wiki]:
    """Make wikis: ``testwiki()``, or ``testwiki("questy+throttle")`` with profiles. Each call gives a fresh one."""
    return testwiki_server.wiki
