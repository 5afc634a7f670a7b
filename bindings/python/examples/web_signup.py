#!/usr/bin/env python3
r"""A site of your own with the sign-up page of a wiki below /join. FastAPI mounts it by the same call.

    API_URL=https://wiki.example/w/api.php SITE_URL=https://www.example.org STATE=/var/lib/join SEAL_KEY=HEX \
        uvicorn --workers 4 --no-access-log web_signup:site

SEAL_KEY is 64 hexadecimal digits (openssl rand -hex 32), the same for all workers. Behind several machines put a
RedisStore in place of the FileStore. The addresses of returns hold secrets, so nothing should log them.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from createaccount.web import FileStore, app
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

store = FileStore(os.environ["STATE"])
join = app(
    os.environ["API_URL"],
    site=os.environ["SITE_URL"] + "/join",
    store=store,
    seal_keys=[bytes.fromhex(os.environ["SEAL_KEY"])],
    user_agent="example-signup/1.0 (me@example.org)",
)


async def front(request: Request) -> HTMLResponse:
    """Show a page of your own."""
    return HTMLResponse(f'<!doctype html><title>Example</title><a href="{request.url_for("join", path="/")}">Join</a>')


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Close the store at the end: what is mounted is not told of it."""
    yield
    await store.close()


site = Starlette(routes=[Route("/", front), Mount("/join", join, name="join")], lifespan=lifespan)
