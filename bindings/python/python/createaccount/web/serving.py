"""Serving the application with uvicorn, in any number of worker processes."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from createaccount.web.application import app
from createaccount.web.stores import FileStore, RedisStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.applications import Starlette

HANDED_ON = "CREATEACCOUNT_WEB"  # passes the options to the workers; all users can read command lines
KEYS = "CREATEACCOUNT_SEAL_KEYS"


def serve(  # noqa: PLR0913  one for each option
    api_url: str,
    *,
    site: str,
    redis_url: str | None = None,
    state: str | os.PathLike[str] | None = None,
    ask_first: bool = True,
    captcha_scripts: Iterable[str] = (),
    wiki_name: str | None = None,
    wiki_url: str | None = None,
    theme: str | os.PathLike[str] | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    **settings: Any,  # noqa: ANN401  strings and numbers among createaccount.Settings
) -> None:
    """Serve the application until SIGTERM or Ctrl-C; `app` explains what is not explained here.

    * redis_url, state: where flows are kept: in Redis, or in a folder of this machine. Exactly one must be given.
    * host, port: where to listen. Put a reverse proxy with TLS in front, unless visitors are on this machine.
    * workers: the number of processes.

    The keys that seal flows come from the environment variable CREATEACCOUNT_SEAL_KEYS: 64 hexadecimal digits
    (``openssl rand -hex 32``), and after a comma the previous key for as long as its flows live. For flows in a
    folder, a key is made there if the variable is not set.
    """
    if (redis_url is None) == (state is None):
        raise ValueError("give one place for flows: redis_url, or state")
    about = {
        "api_url": api_url,
        "site": site,
        "redis_url": redis_url,
        "state": None if state is None else os.fspath(state),
        "seal_keys": os.environ.get(KEYS) or (None if state is None else key_in(Path(state))),
        "ask_first": ask_first,
        "captcha_scripts": [str(service) for service in captcha_scripts],
        "wiki_name": wiki_name,
        "wiki_url": wiki_url,
        "theme": None if theme is None else os.fspath(theme),
        "settings": {name: value for name, value in settings.items() if value is not None},
    }
    if about["seal_keys"] is None:
        message = f"flows in Redis need a key that seals them: set {KEYS} to what `openssl rand -hex 32` prints"
        raise ValueError(message)
    os.environ[HANDED_ON] = json.dumps(about)
    application()  # so that errors are raised here, once

    import uvicorn  # noqa: PLC0415  needed only to serve

    uvicorn.run(
        "createaccount.web.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        # The addresses of returns from third parties hold secrets.
        access_log=False,
        log_level="warning",
        server_header=False,
        # Clients could forge the headers of a proxy.
        proxy_headers=False,
        timeout_graceful_shutdown=60,
    )


def application() -> Starlette:
    """Make the application from the options that `serve` passed on."""
    about = json.loads(os.environ[HANDED_ON])
    redis_url, state = about.pop("redis_url"), about.pop("state")
    keys = [bytes.fromhex(key) for key in about.pop("seal_keys").split(",")]
    store = RedisStore(redis_url) if redis_url else FileStore(state)
    return app(about.pop("api_url"), store=store, seal_keys=keys, **about.pop("settings"), **about)


def key_in(folder: Path) -> str:
    """Return the key that is kept beside the flows; make it the first time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "seal.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        key = secrets.token_hex(32)
        opened.write(key + "\n")
    return key
