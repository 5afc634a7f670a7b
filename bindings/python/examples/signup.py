#!/usr/bin/env python3
"""Make an account on a wiki, step by step, on the terminal.

    signup.py API_URL [NAME=VALUE…] [--then NAME=VALUE…]… [--listen PORT] [--visit]

NAME=VALUE answers a field beforehand (for a checkbox or button 1 or 0, for several choices with commas in between,
for none a comma).
Where a step has such answers, only what is missing is asked for; elsewhere everything is. After a failure the answers
behind the next --then are taken.

--listen PORT   where to wait on 127.0.0.1 for the return from a third party (any free port if not given)
--visit         go to the third party ourselves, as a browser without a person would

The exit status is 0 only when the account was made.
"""

from __future__ import annotations

import dataclasses
import secrets
import sys
import tempfile
import threading
from dataclasses import dataclass
from getpass import getpass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NoReturn
from urllib.request import urlopen

import createaccount
from createaccount import CaptchaKind, FieldType

if TYPE_CHECKING:
    from typing_extensions import Self

USER_AGENT = "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)"


def main() -> int:
    """Sign up as the arguments say, and return the exit status."""
    options = Options.read(sys.argv[1:])
    with Door(options.port) as door:
        client = createaccount.Client(options.api_url, user_agent=USER_AGENT, return_url=door.url)
        try:
            with client:
                return sign_up(client, door, options)
        except createaccount.CreateAccountError as error:
            print(f"{type(error).__name__}: {error}")
            return 1


def sign_up(client: createaccount.Client, door: Door, options: Options) -> int:
    """Go from step to step until one is final."""
    groups = iter(options.groups)
    answers = next(groups)
    step = client.begin()
    while True:
        try:
            match step:
                case createaccount.Form():
                    step = fill_in(client, step, answers)
                case createaccount.Redirect(target=target):
                    print(f"\nGo to {target}\nand come back.", flush=True)
                    if options.visit:
                        threading.Thread(target=visit, args=(target,)).start()
                    url, body = door.wait()
                    step = client.resume(url, body=body)
                case createaccount.Restart(can_preserve_state=keep):
                    print("\nThere is no account for this login yet; it will belong to the new one.")
                    step = client.begin(preserve_state=keep)
                case createaccount.Fail(reason=reason, message=message, can_preserve_state=keep):
                    print(f"\nFailed ({reason}): {message}")
                    if step.retry_after is not None:
                        print(f"Try again in {step.retry_after:.0f} seconds.")
                    following = next(groups, None)
                    if following is None and not sys.stdin.isatty():
                        return 1
                    answers = following or {}
                    step = client.begin(preserve_state=keep)
                case createaccount.Pass(username=name):
                    print(f"\nThe account {name} is made.")
                    return 0
                case other:
                    print(f"\nThe wiki answered {other.status}, which this program does not know.")
                    return 1
        except createaccount.OutcomeUnknown as error:
            print(f"\n{error}\nAsking …")
            step = client.reconcile()


def fill_in(client: createaccount.Client, form: createaccount.Form, answers: dict[str, str]) -> createaccount.Step:
    """Show a form, collect the answers, and submit them."""
    show(client, form)
    prepared = any(field.name in answers for field in form.fields)
    values: dict[str, createaccount.Value] = {}
    for field in form.fields:
        if field.name in answers:
            answer = answers.pop(field.name)
            print(f"{caption(field)}: {'***' if field.sensitive else answer}")
            values[field.name] = value_of(field, answer)
        elif field.asks and not prepared:
            values[field.name] = value_of(field, ask(field))
    while True:
        try:
            return client.submit(values)
        except createaccount.InvalidArgument as error:
            # Nothing was sent: ask for the one that is wrong.
            wrong = form.fields.get(error.field or "")
            if wrong is None:
                raise
            print(error)
            correction = ask(wrong)
            if correction is None:
                raise
            values[wrong.name] = value_of(wrong, correction)


def show(client: createaccount.Client, form: createaccount.Form) -> None:
    """Print what is to be known before answering."""
    print(f"\n{form.message or 'The wiki asks:'}")
    of_captcha = form.captcha.fields if form.captcha else ()
    for field in form.fields:
        if field.type is FieldType.NULL and field.name not in of_captcha:
            print(f"{caption(field)}: {field.value}")
    match form.captcha:
        case None:
            pass
        case createaccount.Captcha(kind=CaptchaKind.IMAGE):
            with tempfile.NamedTemporaryFile(prefix="captcha-", suffix=".png", delete=False) as picture:
                picture.write(client.captcha_image())
            print(f"Read the letters in {picture.name}")
        case createaccount.Captcha(kind=CaptchaKind.WIDGET, service=service, site_key=key):
            print(f"Solve the captcha of {service} with the site key {key} in a browser; its token is the answer.")
        case createaccount.Captcha(text=text):
            print(text)


def ask(field: createaccount.Field) -> str | None:
    """Ask on the terminal, and do not show what is typed if it is secret; None at the end of the input."""
    if field.help:
        print(f"  {field.help}")
    for choice in field.choices:
        print(f"  {choice.value}: {choice.label}")
    preset = ",".join(choice.value for choice in field.choices if choice.preset) or field.value
    if preset is not None and not field.sensitive:
        print(f"  Without an answer: {preset}")
    hint = {
        FieldType.CHECKBOX: " [1 for yes, 0 for no]",
        FieldType.BUTTON: " [1 for yes, 0 for no]",
        FieldType.MULTISELECT: " [a,b,c or a comma for none]",
    }.get(field.type, "")
    prompt = f"{caption(field)}{hint}{' (required)' if field.required else ''}: "
    try:
        return getpass(prompt) if field.sensitive and sys.stdin.isatty() else input(prompt)
    except EOFError:
        print()
        return None


def value_of(field: createaccount.Field, answer: str | None) -> createaccount.Value:
    """Turn what was said into what is submitted; None leaves the field as the wiki has it."""
    if answer and field.type is FieldType.MULTISELECT:
        return [choice for choice in answer.split(",") if choice]
    return answer or None


def caption(field: createaccount.Field) -> str:
    """Give the wiki's caption without its colon, or else the name."""
    return field.label.rstrip(": ") or field.name


def visit(url: str) -> None:
    """Play the browser, with no cookies of the wiki: third parties must not see them."""
    with urlopen(url, timeout=60) as answer:  # noqa: S310  the client has checked the scheme
        answer.read()


class Door(ThreadingHTTPServer):
    """Where third parties send the person back to: a server on this machine, at an address that nobody can guess.

    Each connection has a thread of its own: browsers open some in advance, and send nothing on them.
    """

    # How long a look for connections takes, in seconds
    timeout = 0.1

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Visitor)
        self.path = f"/return/{secrets.token_urlsafe(16)}"
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.returned: tuple[str, bytes] | None = None

    @property
    def url(self) -> str:
        """The address to return to."""
        return self.origin + self.path

    def wait(self) -> tuple[str, bytes]:
        """Wait for the return, and give the address that was called, and what was posted to it."""
        self.returned = None
        while self.returned is None:
            self.handle_request()
        return self.returned


class Visitor(BaseHTTPRequestHandler):
    """One request to the door."""

    server: Door

    def do_GET(self) -> None:
        """Take a return by address."""
        self.take(b"")

    def do_POST(self) -> None:
        """Take a return by a form."""
        length = int(self.headers.get("content-length", 0))
        self.take(self.rfile.read(min(length, 65536)))

    def take(self, body: bytes) -> None:
        """Keep what came, if it came to the right address."""
        found = self.path.partition("?")[0] == self.server.path
        self.send_response(200 if found else 404)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"Thank you. You can close this page.\n" if found else b"There is nothing here.\n")
        if found:
            # Last, because the program may end soon afterwards.
            self.server.returned = (self.server.origin + self.path, body)

    def log_message(self, *_: object) -> None:
        """Log nothing: the address holds secrets."""


@dataclass
class Options:
    """What the command line says."""

    api_url: str
    groups: list[dict[str, str]] = dataclasses.field(default_factory=lambda: [{}])
    port: int = 0
    visit: bool = False

    @classmethod
    def read(cls, arguments: list[str]) -> Self:
        """Read the command line."""
        if not arguments or arguments[0].startswith("-"):
            usage()
        options = cls(arguments[0])
        rest = iter(arguments[1:])
        for argument in rest:
            match argument.partition("="):
                case ("--then", "", ""):
                    options.groups.append({})
                case ("--listen", "", "") if (port := next(rest, "")).isdecimal():
                    options.port = int(port)
                case ("--visit", "", ""):
                    options.visit = True
                case (name, "=", value) if name and not name.startswith("-"):
                    options.groups[-1][name] = value
                case _:
                    usage()
        return options


def usage() -> NoReturn:
    """End with the explanation of the command line."""
    sys.exit(__doc__)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
