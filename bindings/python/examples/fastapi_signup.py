#!/usr/bin/env python3
"""A service that makes accounts for a page of yours.

API_URL=https://wiki.example/w/api.php uvicorn fastapi_signup:service
"""

from __future__ import annotations

import os

import createaccount
from createaccount import aio
from fastapi import FastAPI, HTTPException

service = FastAPI()


@service.post("/accounts", status_code=201)
async def make(values: dict[str, str]) -> dict[str, str]:
    """Make an account with these values of fields, and give its name."""
    async with aio.Client(os.environ["API_URL"], message_format="plaintext") as client:
        await client.begin()
        try:
            step = await client.submit(values)
        except createaccount.InvalidArgument as error:
            raise HTTPException(422, {"field": error.field, "problem": error.problem}) from None
        except createaccount.OutcomeUnknown:
            step = await client.reconcile()
    match step:
        case createaccount.Pass(username=name):
            return {"username": name}
        case createaccount.Fail(reason=reason, message=message):
            raise HTTPException(409, {"reason": reason, "message": message})
        case other:
            raise HTTPException(501, f"the wiki wants a further step: {other.status}")
