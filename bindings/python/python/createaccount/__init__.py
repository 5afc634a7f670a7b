"""Make accounts on MediaWiki wikis, by way of ``action=createaccount``.

A wiki makes an account in steps: it lists fields, takes their values, and answers with success, failure, further
fields, or a redirect to a third party. A `Client` goes through these steps with one wiki; every call returns the
wiki's answer, a step:

>>> import createaccount
>>> with createaccount.Client(api_url, user_agent="signup/1.0 (me@example.org)") as client:
...     form = client.begin()
...     assert isinstance(form, createaccount.Form)
...     print([field.name for field in form.fields if field.required])
...     step = client.submit({"username": "Alice", "password": "correct horse battery"})
['username', 'password', 'retype']
>>> step
Pass(username='Alice')

A loop that handles every step:

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
`save`, `load` and more) and the settings; `find_api` finds the address of a wiki's API, and `image_type` returns
the type of a picture. Every class has its own help, such as ``help(createaccount.Form)``:

* steps: `Form`, `Redirect`, `Restart`, `Pass`, `Fail` and `Other`; `Step` is any of them
* in steps: `Fields`, `Field`, `Choice`, `Captcha`, `AuthRequest`; what a check found: `Verdict`
* enumerations: `Reason` (why a wiki refuses), `FieldType`, `Required`, `Problem`, `CaptchaKind`, `CaptchaService`,
  `TransportFailure`
* what a program passes: `Settings`, `Values`, `Value`; a `Transport` of its own, which takes a `Request`, and
  returns a `Response` or raises `NotSent`
* errors, all of them subclasses of `CreateAccountError`: `InvalidArgument`, `InvalidState`, `ApiError`,
  `ProtocolError`, `OutcomeUnknown`, `Cancelled`, `Failed` and `TransportError`
* subclasses of `TransportError`: `NameNotFound`, `ConnectFailed`, `ProxyFailed`, `CertificateRejected`, `TlsFailed`,
  `ConnectionLost`, `BadHttp`, `TooLarge`, `TransportTimeout`, `DeadlinePassed`

A FAIL of the wiki is not an error. `createaccount.aio` has the same names for ``asyncio``. Log lines go to the logger
``createaccount``: DEBUG and INFO only, and never a secret. They begin with the wiki's host and the client's number in
this process.
"""

from __future__ import annotations

import os

from createaccount._createaccount import DEBUG as _DEBUG
from createaccount._createaccount import Client, __version__, image_type

# In place of that of `typing`, which is slow to import; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from createaccount._enums import CaptchaKind as CaptchaKind
    from createaccount._enums import CaptchaService as CaptchaService
    from createaccount._enums import FieldType as FieldType
    from createaccount._enums import Problem as Problem
    from createaccount._enums import Reason as Reason
    from createaccount._enums import Required as Required
    from createaccount._enums import TransportFailure as TransportFailure
    from createaccount._errors import ApiError as ApiError
    from createaccount._errors import BadHttp as BadHttp
    from createaccount._errors import Cancelled as Cancelled
    from createaccount._errors import CertificateRejected as CertificateRejected
    from createaccount._errors import ConnectFailed as ConnectFailed
    from createaccount._errors import ConnectionLost as ConnectionLost
    from createaccount._errors import CreateAccountError as CreateAccountError
    from createaccount._errors import DeadlinePassed as DeadlinePassed
    from createaccount._errors import Failed as Failed
    from createaccount._errors import InvalidArgument as InvalidArgument
    from createaccount._errors import InvalidState as InvalidState
    from createaccount._errors import NameNotFound as NameNotFound
    from createaccount._errors import NotSent as NotSent
    from createaccount._errors import OutcomeUnknown as OutcomeUnknown
    from createaccount._errors import ProtocolError as ProtocolError
    from createaccount._errors import ProxyFailed as ProxyFailed
    from createaccount._errors import TlsFailed as TlsFailed
    from createaccount._errors import TooLarge as TooLarge
    from createaccount._errors import TransportError as TransportError
    from createaccount._errors import TransportTimeout as TransportTimeout
    from createaccount._find import find_api
    from createaccount._steps import AuthRequest as AuthRequest
    from createaccount._steps import Captcha as Captcha
    from createaccount._steps import Choice as Choice
    from createaccount._steps import Fail as Fail
    from createaccount._steps import Field as Field
    from createaccount._steps import Fields as Fields
    from createaccount._steps import Form as Form
    from createaccount._steps import Other as Other
    from createaccount._steps import Pass as Pass
    from createaccount._steps import Redirect as Redirect
    from createaccount._steps import Restart as Restart
    from createaccount._steps import Step as Step
    from createaccount._steps import Verdict as Verdict
    from createaccount._transport import Request as Request
    from createaccount._transport import Response as Response
    from createaccount._transport import Transport as Transport
    from createaccount._types import Settings as Settings
    from createaccount._types import Value as Value
    from createaccount._types import Values as Values

# What a program begins with. help() prints all of these in full, and would be too long with every class.
__all__ = ["Client", "__version__", "find_api", "image_type"]
_PUBLIC = (
    *__all__,
    "ApiError",
    "AuthRequest",
    "BadHttp",
    "Cancelled",
    "Captcha",
    "CaptchaKind",
    "CaptchaService",
    "CertificateRejected",
    "Choice",
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
)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a class on first use: importing `dataclasses` takes longer than everything that a client needs."""
        from importlib import import_module  # noqa: PLC0415

        public = globals()
        for home in ("_enums", "_steps", "_errors", "_transport", "_types", "_find") if name in _PUBLIC else ():
            module = import_module(f"{__name__}.{home}")
            for known in vars(module).keys() & _PUBLIC:
                value = public[known] = vars(module)[known]
                # Tracebacks, help() and pickles then name the public module.
                if isinstance(value, type) and value.__module__ == module.__name__:
                    value.__module__ = __name__
            if name in public:
                return public[name]
        text = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(text)

    def __dir__() -> list[str]:
        return sorted(_PUBLIC)

    def _import_all() -> None:
        """Import everything that is otherwise imported on first use."""
        from createaccount import _run  # noqa: F401, PLC0415

        for name in _PUBLIC:
            if name not in globals():
                __getattr__(name)

    # A process forked while another thread imports a module would wait for that import forever.
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_import_all)


if _DEBUG:
    import warnings

    warnings.warn(
        "createaccount is a debug build, slow and for development only; build it with --release",
        RuntimeWarning,
        stacklevel=2,
    )
