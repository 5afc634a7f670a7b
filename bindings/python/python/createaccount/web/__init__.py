"""A sign-up page for a wiki: an ASGI application, and a server for it.

>>> from createaccount.web import FileStore, app
>>> application = app(
...     "https://wiki.example/w/api.php",
...     site="https://signup.example.org",
...     store=FileStore("/var/lib/signup"),
...     seal_keys=[bytes.fromhex("5a" * 32)],
... )

It shows whatever form the wiki sends, in the visitor's language, and works without JavaScript. Any number of worker
processes can serve it, and each can continue any visitor's sign-up: flows are kept, sealed, in a store that all share.

Its dependencies come with an extra: ``pip install createaccount[web]``.
"""

from __future__ import annotations

try:
    import cryptography  # noqa: F401
    import jinja2  # noqa: F401
    import redis  # noqa: F401
    import starlette  # noqa: F401
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "createaccount.web needs a few more packages: pip install 'createaccount[web]'", name=_error.name
    ) from None

from createaccount.web.application import app
from createaccount.web.serving import serve
from createaccount.web.stores import Busy, FileStore, RedisStore, Store, Unavailable

__all__ = ["Busy", "FileStore", "RedisStore", "Store", "Unavailable", "app", "serve"]
