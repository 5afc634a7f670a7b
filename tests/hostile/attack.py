"""One client against a hostile server: what an attack costs in Python.

Prints the growth of memory in KiB, the milliseconds, and what came of it.
"""

import sys
import time
from pathlib import Path

import createaccount


def status(key: str) -> int:
    """Read a figure of this process in KiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key + ":"))


def play(client: createaccount.Client) -> str:
    """Go as far as the server lets one, and look at all that it said."""
    try:
        step = client.begin()
        seen = len(repr(step.raw)) + sum(len(repr(request.metadata)) for request in getattr(step, "requests", ()))
        step = client.submit({"username": "Al"})
        return f"{step.status} {seen + len(step.raw or ())}"
    except createaccount.CreateAccountError as error:
        return type(error).__name__


client = createaccount.Client(sys.argv[1])
Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
before, started = status("VmRSS"), time.monotonic()
outcome = play(client)
taken = round((time.monotonic() - started) * 1000)
sys.stdout.write(f"{status('VmHWM') - before} {taken} {outcome}\n")
