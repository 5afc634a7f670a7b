"""One client against a hostile server, or a hostile file in the place of a saved flow: what an attack costs in Python.

Prints the growth of memory in KiB, the milliseconds of the processor, and what came of it.
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


def load(api_url: str, data: bytes, seal_key: bytes | None) -> str:
    """Load a flow that somebody changed, and look at it."""
    try:
        step = createaccount.Client.load(api_url, data, seal_key=seal_key).step
    except createaccount.CreateAccountError as error:
        return f"refused {error}"
    # Its text is not copied once more: that would be the memory of this program.
    return f"loaded {len(step.raw or ()) if step else 0}"


api_url, *stored = sys.argv[1:]
data = Path(stored[0]).read_bytes() if stored else b""
key = stored[1].encode() if len(stored) > 1 else None
client = None if stored else createaccount.Client(api_url)
Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
before, started = status("VmRSS"), time.process_time()
outcome = play(client) if client else load(api_url, data, key)
taken = round((time.process_time() - started) * 1000)
sys.stdout.write(f"{status('VmHWM') - before} {taken} {outcome}\n")
