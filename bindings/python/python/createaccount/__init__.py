"""Make accounts on MediaWiki wikis, by way of ``action=createaccount``.

A wiki makes an account in steps: it lists fields, takes their values, and answers with success, failure, further
fields, or a visit to a third party. A `Client` takes these steps with one wiki; every call returns the wiki's answer,
a step:

>>> import createaccount
>>> with createaccount.Client(api_url, user_agent="signup/1.0 (me@example.org)") as client:
...     form = client.begin()
...     assert isinstance(form, createaccount.Form)
...     print([field.name for field in form.fields if field.required])
...     step = client.submit({"username": "Alice", "password": "correct horse battery"})
['username', 'password', 'retype']
>>> step
Pass(username='Alice')

The loop of a host that is ready for anything:

>>> from collections.abc import Callable
>>> def sign_up(
...     client: createaccount.Client,
...     ask: Callable[[createaccount.Field], createaccount.Value],
...     visit: Callable[[str], str],
... ) -> str:
...     step = client.begin()
...     while True:
...         match step:
...             case createaccount.Form(fields=fields):
...                 step = client.submit({field.name: ask(field) for field in fields if field.asks})
...             case createaccount.Redirect(target=url):
...                 step = client.resume(visit(url))
...             case createaccount.Restart():
...                 step = client.begin(preserve_state=True)
...             case createaccount.Pass(username=name):
...                 return f"made {name}"
...             case createaccount.Fail(reason=reason, message=text):
...                 return f"{reason}: {text}"
...             case other:
...                 return f"the wiki answered {other.status}"
>>> values = {"username": "Taken", "password": "correct horse battery", "retype": "correct horse battery"}
>>> with createaccount.Client(api_url) as client:
...     outcome = sign_up(client, ask=lambda field: values.get(field.name), visit=input)
>>> outcome.partition(":")[0]
'name_taken'

Where to read more: ``help(createaccount.Client)`` for the calls (`begin`, `submit`, `resume`, `reconcile`, `login`,
`save`, `load` and more) and the settings, ``help(createaccount.Form)`` and its like for the steps,
``help(createaccount.Reason)`` for why a wiki refuses; `find_api` finds the address of a wiki's API.

`createaccount.aio` has the same names for ``asyncio``. Errors have one root, `CreateAccountError`; a FAIL of the wiki
is not an error. Log lines go to the logger ``createaccount``: DEBUG and INFO only, and never a secret. They begin with
the wiki's host and the client's number in this process.
"""

from __future__ import annotations

import os

from createaccount._createaccount import DEBUG as _DEBUG
from createaccount._createaccount import Client, __version__, image_type

# That of `typing`, which takes its time to be imported; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from createaccount._enums import CaptchaKind, CaptchaService, FieldType, Problem, Reason, Required, TransportFailure
    from createaccount._errors import (
        ApiError,
        BadHttp,
        Cancelled,
        CertificateRejected,
        ConnectFailed,
        ConnectionLost,
        CreateAccountError,
        DeadlinePassed,
        Failed,
        InvalidArgument,
        InvalidState,
        NameNotFound,
        NotSent,
        OutcomeUnknown,
        ProtocolError,
        ProxyFailed,
        TlsFailed,
        TooLarge,
        TransportError,
        TransportTimeout,
    )
    from createaccount._find import find_api
    from createaccount._steps import (
        AuthRequest,
        Captcha,
        Choice,
        Fail,
        Field,
        Fields,
        Form,
        Other,
        Pass,
        Redirect,
        Restart,
        Step,
        Verdict,
    )
    from createaccount._transport import Request, Response, Transport
    from createaccount._types import Settings, Value, Values

__all__ = [
    "ApiError",
    "AuthRequest",
    "BadHttp",
    "Cancelled",
    "Captcha",
    "CaptchaKind",
    "CaptchaService",
    "CertificateRejected",
    "Choice",
    "Client",
    "ConnectFailed",
    "ConnectionLost",
    "CreateAccountError",
    "DeadlinePassed",
    "Fail",
    "Failed",
    "Field",
    "FieldType",
    "Fields",
    "Form",
    "InvalidArgument",
    "InvalidState",
    "NameNotFound",
    "NotSent",
    "Other",
    "OutcomeUnknown",
    "Pass",
    "Problem",
    "ProtocolError",
    "ProxyFailed",
    "Reason",
    "Redirect",
    "Request",
    "Required",
    "Response",
    "Restart",
    "Settings",
    "Step",
    "TlsFailed",
    "TooLarge",
    "Transport",
    "TransportError",
    "TransportFailure",
    "TransportTimeout",
    "Value",
    "Values",
    "Verdict",
    "__version__",
    "find_api",
    "image_type",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a class when it is first asked for: `dataclasses` takes longer than all that a client needs."""
        from importlib import import_module  # noqa: PLC0415

        public = globals()
        for home in ("_enums", "_steps", "_errors", "_transport", "_types", "_find") if name in __all__ else ():
            module = import_module(f"{__name__}.{home}")
            for known in vars(module).keys() & __all__:
                value = public[known] = vars(module)[known]
                # People see the public names, in tracebacks, help() and pickles alike.
                if isinstance(value, type) and value.__module__ == module.__name__:
                    value.__module__ = __name__
            if name in public:
                return public[name]
        text = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(text)

    def __dir__() -> list[str]:
        return sorted(__all__)

    def _import_all() -> None:
        """Import what is imported when it is first asked for."""
        from createaccount import _run  # noqa: F401, PLC0415

        for name in __all__:
            if name not in globals():
                __getattr__(name)

    # A process forked while another thread imports would wait for it for ever.
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_import_all)


if _DEBUG:
    import warnings

    warnings.warn(
        "createaccount is a debug build, slow and for development only; build it with --release",
        RuntimeWarning,
        stacklevel=2,
    )
