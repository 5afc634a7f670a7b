#!/usr/bin/env python3
"""Make an account on a wiki, step by step, on the terminal.

    signup.py API_URL [NAME=VALUE…] [--then NAME=VALUE…] [--listen PORT] [--visit]

NAME=VALUE answers a field beforehand; all other fields are asked for. For a checkbox or button VALUE is 1 or 0, for
several choices it has commas in between. After a failure the answers behind the next --then are taken.

--listen PORT   where to wait on 127.0.0.1 for the return from a third party (any free port if not given)
--visit         go to the third party ourselves, as a browser without a person would

The exit status is 0 only when the account was made.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from getpass import getpass
from http.server import BaseHTTPRequestHandler, HTTPServer
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
        match step:
            case createaccount.Form():
                step = submit(client, step, answers)
            case createaccount.Redirect(target=target):
                print(f"\nGo to {target}\nand come back.")
                if options.visit:
                    threading.Thread(target=visit, args=(target,)).start()
                url, body = door.wait()
                step = client.resume(url, body=body)
            case createaccount.Restart(message=message, can_preserve_state=keep):
                print(f"\n{message}")
                step = client.begin(preserve_state=keep)
            case createaccount.Fail(reason=reason, message=message, retry_after=wait):
                print(f"\nFailed ({reason}): {message}")
                if wait is not None:
                    print(f"Try again in {wait:.0f} seconds.")
                following = next(groups, None)
                if following is None and not sys.stdin.isatty():
                    return 1
                answers = following or {}
                step = client.begin()
            case createaccount.Pass(username=name):
                print(f"\nThe account {name} is made.")
                return 0
            case other:
                print(f"\nThe wiki answered {other.status}, which this program does not know: {other.message}")
                return 1


def submit(client: createaccount.Client, form: createaccount.Form, answers: dict[str, str]) -> createaccount.Step:
    """Show what the wiki asks, and send what the person says."""
    show(client, form)
    while True:
        values = {asked.name: ask(asked, answers) for asked in form.fields if asked.asks}
        try:
            return client.submit(values)
        except createaccount.InvalidArgument as error:
            # Nothing was sent. Whoever sits at the terminal can do better.
            if error.field is None or not sys.stdin.isatty():
                raise
            print(error)
            answers = {name: answer for name, answer in answers.items() if name != error.field}
        except createaccount.OutcomeUnknown as error:
            print(f"\n{error}\nAsking …")
            return client.reconcile()


def show(client: createaccount.Client, form: createaccount.Form) -> None:
    """Print what is to be known before answering."""
    print(f"\n{form.message or 'The wiki asks:'}")
    for shown in form.fields:
        if shown.type is FieldType.NULL and shown.value and form.captcha is None:
            print(f"{caption(shown)}: {shown.value}")
    match form.captcha:
        case None:
            pass
        case createaccount.Captcha(kind=CaptchaKind.IMAGE):
            with tempfile.NamedTemporaryFile(prefix="captcha-", suffix=".png", delete=False) as picture:
                picture.write(client.captcha_image())
            print(f"Read the letters in {picture.name}")
        case createaccount.Captcha(kind=CaptchaKind.WIDGET, site_key=key):
            print(f"Solve the captcha with the site key {key} in a browser; its token is the answer.")
        case createaccount.Captcha(text=text):
            print(text)


def ask(asked: createaccount.Field, answers: dict[str, str]) -> createaccount.Value:
    """Take the answer to one field from the command line, else from the terminal; None leaves the field out."""
    prompt = f"  {caption(asked)}{'' if asked.required else ' (optional)'}: "
    if asked.name in answers:
        answer: str | None = answers[asked.name]
        print(f"{prompt}{'***' if asked.sensitive else answer}")
    elif asked.name == "retype":
        # It follows the password by itself.
        return None
    else:
        explain(asked)
        answer = read_secret(prompt) if asked.sensitive else read_line(prompt)
    if not answer:
        return None
    match asked.type:
        case FieldType.CHECKBOX | FieldType.BUTTON:
            return {"y": True, "yes": True, "1": True, "n": False, "no": False, "0": False}.get(answer.lower(), answer)
        case FieldType.MULTISELECT:
            return [choice.strip() for choice in answer.split(",")]
        case _:
            return answer


def explain(asked: createaccount.Field) -> None:
    """Print what helps to answer a field."""
    if asked.help:
        print(f"  {asked.help}")
    for choice in asked.choices:
        print(f"    {choice.value}: {choice.label}")
    if asked.type in {FieldType.CHECKBOX, FieldType.BUTTON}:
        print("    yes or no")


def caption(asked: createaccount.Field) -> str:
    """Give the wiki's caption without its colon, or else the name."""
    return asked.label.rstrip(": ") or asked.name


def read_line(prompt: str) -> str | None:
    """Ask on the terminal; None when nobody answers."""
    try:
        return input(prompt)
    except EOFError:
        print()
        return None


def read_secret(prompt: str) -> str | None:
    """Ask without showing what is typed."""
    return getpass(prompt) if sys.stdin.isatty() else read_line(prompt)


def visit(url: str) -> None:
    """Play the browser, with no cookies of the wiki: third parties must not see them."""
    with urlopen(url, timeout=60) as answer:  # noqa: S310  the client has checked the scheme
        answer.read()


class Door(HTTPServer):
    """Where third parties send the person back to: a server on this machine, at an address that nobody can guess."""

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
        if found:
            self.server.returned = (self.server.origin + self.path, body)
        self.send_response(200 if found else 404)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"Thank you. You can close this page.\n" if found else b"There is nothing here.\n")

    def log_message(self, *_: object) -> None:
        """Log nothing: the address holds secrets."""


@dataclass
class Options:
    """What the command line says."""

    api_url: str
    groups: list[dict[str, str]] = field(default_factory=lambda: [{}])
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
