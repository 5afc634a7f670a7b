"""The sign-ups with one wiki: each belongs to the visitor who has its handle, and is kept sealed in the store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import createaccount
from createaccount import aio
from createaccount.web.flow import LIFETIME, Flow, Seal, from_bytes, key_of, new_handle, to_bytes
from createaccount.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from createaccount import Settings
    from createaccount.web.site import Site
    from createaccount.web.stores import Store

HOLD = 120.0  # seconds after which a lock expires if it is not renewed
PATIENCE = 45.0  # seconds for which a second click waits for the first
RECONCILE_WAIT = 5.0  # seconds; few, because the visitor waits for the page
GRACE = 60.0  # seconds for which an old handle leads to the new one, and a posted return is held


class SignUp:
    """The sign-ups with one wiki."""

    def __init__(  # noqa: PLR0913  one for each option
        self, api_url: str, site: Site, store: Store, seal_keys: Sequence[bytes], settings: Settings, *, ask_first: bool
    ) -> None:
        self.api_url, self.site, self.store, self.ask_first = api_url, site, store, ask_first
        self.seal = Seal(seal_keys)
        keys: Settings = {"seal_key": seal_keys[0], "open_keys": seal_keys[1:]}
        ours: Settings = {"message_format": "plaintext", "reconcile_wait": RECONCILE_WAIT}
        self.settings: Settings = {**ours, **settings, **keys}
        # A wrong setting is an error at the start, not for the first visitor.
        tried: Settings = {**self.settings, "return_url": self.return_url("")}
        createaccount.Client(api_url, **tried).close()

    @asynccontextmanager
    async def visit(self, handle: str, language: str | None = None) -> AsyncIterator[Visit | None]:
        """Lock a flow and work on it. An unknown handle yields None, or a new flow if a language is given."""
        flow = await self.get(handle) if handle else None
        if flow is None:
            if language is None:
                yield None
                return
            # Do not use the handle that was sent: somebody else may know it.
            handle, flow = new_handle(), Flow(language)
        while True:
            async with self.store.lock(key_of(handle), hold=HOLD, patience=PATIENCE) as lease:
                flow = await self.get(handle) or flow
                if not flow.successor:
                    yield Visit(self, handle, flow, lease)
                    return
            handle = flow.successor

    async def rotate(self, visit: Visit) -> None:
        """Go on under a new handle. A minute later the old one no longer leads to the flow."""
        old, visit.handle = visit.handle, new_handle()
        await self.put(visit.handle, visit.flow)
        # The second request of a double click still has the old one, which must lead here.
        await self.put(old, Flow(visit.flow.language, successor=visit.handle), GRACE)

    async def get(self, handle: str) -> Flow | None:
        """Get a flow from the store."""
        key = key_of(handle)
        content = self.seal.open(key, await self.store.get(key))
        return from_bytes(content) if content else None

    async def put(self, handle: str, flow: Flow, seconds: float = LIFETIME) -> None:
        """Store a flow, for as long as the wiki remembers its session."""
        key = key_of(handle)
        await self.store.put(key, self.seal.close(key, to_bytes(flow)), seconds)

    async def hold(self, path_key: str, url: str, body: bytes) -> bool:
        """Keep what a third party posted until the visitor's browser fetches it; False if there is no such flow."""
        if await self.store.get(path_key) is None:
            return False
        place = f"{path_key}:returned"
        await self.store.put(place, self.seal.close(place, url.encode() + b"\n" + body), GRACE)
        return True

    async def take_held(self, handle: str) -> tuple[str, bytes] | None:
        """Return what `hold` kept, and forget it."""
        place = f"{key_of(handle)}:returned"
        content = self.seal.open(place, await self.store.get(place))
        await self.store.drop(place)
        if content is None:
            return None
        url, _, body = content.partition(b"\n")
        return url.decode(), body

    def open(self, handle: str, flow: Flow, more: Settings) -> aio.Client:
        """Open the client of a flow."""
        url = self.return_url(handle)
        settings: Settings = {**self.settings, "language": flow.language, "return_url": url, **more}
        if flow.saved:
            return aio.Client.load(self.api_url, flow.saved, **settings)
        return aio.Client(self.api_url, **settings)

    def return_url(self, handle: str) -> str:
        """Return the address that third parties send a visitor back to. It does not reveal the handle."""
        return f"{self.site.url}/return/{key_of(handle)}"
