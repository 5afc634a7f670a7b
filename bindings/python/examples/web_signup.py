#!/usr/bin/env python3
"""A web sign-up for a wiki. Any number of worker processes serve it, and any of them continues any visitor's sign-up.

    REDIS_URL=rediss://:PASSWORD@HOST:6379/0 SEAL_KEYS=HEX web_signup.py API_URL SITE_URL PORT

REDIS_URL is the Redis that all workers share, SITE_URL the origin that visitors see, as in https://signup.example.org;
what answers there passes requests on to the workers, each at a PORT of its own on 127.0.0.1.

Each request loads the visitor's flow from Redis, makes one step with the wiki, and saves it again. A lock for each flow
(SET NX PX) keeps a doubled click from submitting twice. Before each answer the flow is saved as if its reply were lost
already: should this process die in the middle, the next one asks the wiki what became of the account.

A saved flow is worth a password, so each is sealed with a key that Redis does not know: SEAL_KEYS has the key of all
workers, 64 hexadecimal digits (openssl rand -hex 32), and after a comma the one before it while its flows live. Whoever
can write to Redis can still put an older state of a flow in place of a newer one, and read the messages beside it:
give it a password, no persistence (save "", appendonly no), and TLS unless it is on the same machine. Flows expire
when the wiki forgets their sessions. Nothing is logged.

A wiki that limits the accounts made from one address counts all visitors as this server: ask it for an exemption.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from dataclasses import dataclass, replace
from html import escape
from http.cookies import SimpleCookie
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import createaccount
import redis
from createaccount import (
    Client,
    Fail,
    Field,
    FieldType,
    Form,
    Other,
    OutcomeUnknown,
    Pass,
    Redirect,
    Restart,
    Step,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Reply = tuple[str, list[tuple[str, str]], bytes]
    Answer = Callable[[Client], Step | None]
    Typed = dict[str, list[str]]

LIFETIME = 60 * 60  # seconds; so long does MediaWiki remember a session
TIMEOUT = 15  # seconds for one exchange with the wiki
LOCK = 120  # seconds; longer than that lets any step take
PATIENCE = 60  # seconds that a second click waits for the first
AGENT = "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)"
CONTENT_POLICY = "default-src 'none'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"
HEADERS = [("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff")]
HEADERS.append(("Content-Security-Policy", CONTENT_POLICY))
ELSEWHERE: Reply = ("303 See Other", [("Location", "/")], b"")
KEY = f"createaccount-{createaccount.__version__}"  # another version could not read what this one saves


@dataclass
class Flow:
    """One visitor's sign-up, as Redis keeps it."""

    id: str  # the visitor's cookie, which nobody can guess
    saved: bytes = b""  # what the client saved; a secret
    unknown: bool = False  # whether an answer of the wiki may be lost
    serial: int = 0  # counts the answers: a form is taken once
    message: str = ""
    made: str = ""  # the account, in the end


class SignUp:
    """The WSGI application."""

    def __init__(self, api_url: str, site: str, flows: redis.Redis, seal_keys: str) -> None:
        self.api_url, self.site, self.redis = api_url, site.rstrip("/"), flows
        self.seal_key, *self.open_keys = map(bytes.fromhex, seal_keys.split(","))
        secure = site.startswith("https:")
        self.cookie = "__Host-flow" if secure else "flow"
        # SameSite=Lax keeps other sites from posting here. A third party that returns by POST would need None.
        self.flags = f"; Path=/; HttpOnly; SameSite=Lax; Max-Age={LIFETIME}{'; Secure' * secure}"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            status, headers, body = self.reply(environ)
        except (redis.exceptions.LockError, createaccount.CreateAccountError):
            status, headers, body = "503 Busy", [("Retry-After", "5")], b"Please come back in a moment.\n"
        start_response(status, [*HEADERS, *headers])
        return [body]

    def reply(self, environ: WSGIEnvironment) -> Reply:
        """Find the visitor's flow, go on with it, and keep it."""
        path, cookie = environ["PATH_INFO"], SimpleCookie(environ.get("HTTP_COOKIE", "")).get(self.cookie)
        if path not in {"/", "/captcha"} and not path.startswith("/return/"):
            return "404 Not Found", [], b""
        flow_id = cookie.value if cookie else ""
        if not self.redis.exists(f"{KEY}:flow:{flow_id}"):
            if (environ["REQUEST_METHOD"], path) != ("GET", "/"):
                return ELSEWHERE
            # Whoever sent an id that is not known may not be the only one to know it.
            flow_id = secrets.token_urlsafe(32)
        posted = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), 65536))
        typed, step = parse_qs(posted.decode(errors="replace"), keep_blank_values=True), None
        with self.redis.lock(f"{KEY}:lock:{flow_id}", timeout=LOCK, blocking_timeout=PATIENCE) as lock:
            flow = self.load(flow_id)
            if path == "/captcha":
                with self.open(flow) as client:
                    picture = client.captcha_image()
                    return "200 OK", [("Content-Type", createaccount.image_type(picture) or "")], picture
            if path == "/":
                wanted = typed.get("serial") == [str(flow.serial)]  # else the click was doubled, or the page is old
                if again := wanted and "again" in typed:
                    flow = Flow(flow_id, serial=flow.serial + 1)
                step = self.go_on(flow, (lambda client: submit(client, typed)) if wanted and not again else None)
            elif path == urlsplit(self.return_url(flow)).path:
                url = f"{self.site}{path}?{environ.get('QUERY_STRING', '')}"
                self.go_on(flow, lambda c: c.resume(url, body=posted) if isinstance(c.step, Redirect) else c.step)
            lock.reacquire()  # which fails if this took so long that another worker is at it
            self.keep(flow)
        if path != "/":
            return ELSEWHERE  # away from an address that holds secrets
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", f"{self.cookie}={flow_id}{self.flags}")]
        return "200 OK", headers, page(flow, step, typed if flow.message else {}).encode()

    def go_on(self, flow: Flow, answer: Answer | None) -> Step | None:
        """Make one step with the wiki, and give the step that is to be shown."""
        with self.open(flow) as client:
            try:
                if answer or flow.unknown:
                    flow.serial, flow.message = flow.serial + 1, ""
                if flow.unknown:
                    step: Step | None = client.reconcile()
                elif answer:
                    self.rehearse(flow, answer)
                    step = answer(client)
                else:
                    step = client.step or (None if flow.made else client.begin())
                match step:
                    case Pass(username=name):
                        flow.made = name
                    case Fail() | Restart() | Other():
                        flow.message = step.message or f"The wiki answered {step.status}."
                        client.begin(preserve_state=getattr(step, "can_preserve_state", False))
                flow.unknown = False
            except OutcomeUnknown:
                flow.message, flow.unknown = "It is not certain yet whether the account was made.", True
            except createaccount.CreateAccountError as error:
                flow.message = str(error)
            flow.saved = b"" if flow.made else client.save()
            return client.step

    def rehearse(self, flow: Flow, answer: Answer) -> None:
        """Keep the flow as it will be if the wiki's reply to this answer gets lost. Nothing is sent."""

        def lose(_: createaccount.Request) -> NoReturn:
            raise ConnectionAbortedError

        with self.open(flow, lose) as client:
            try:
                answer(client)
            except OutcomeUnknown:
                self.keep(replace(flow, saved=client.save(), unknown=True))

    def open(self, flow: Flow, transport: createaccount.Transport | None = None) -> Client:
        """Open the client of a flow."""
        url = self.return_url(flow)
        settings = createaccount.Settings(user_agent=AGENT, timeout=TIMEOUT, return_url=url, transport=transport)
        settings["seal_key"], settings["open_keys"] = self.seal_key, self.open_keys
        return Client.load(self.api_url, flow.saved, **settings) if flow.saved else Client(self.api_url, **settings)

    def return_url(self, flow: Flow) -> str:
        """Give the address that third parties send this visitor back to. It does not tell them the flow's id."""
        return f"{self.site}/return/{hashlib.sha256(flow.id.encode()).hexdigest()}"

    def load(self, flow_id: str) -> Flow:
        """Get a flow from Redis."""
        kept = self.redis.get(f"{KEY}:flow:{flow_id}")
        about, _, saved = (kept if isinstance(kept, bytes) else b"[]").partition(b"\n")
        return Flow(flow_id, saved, *json.loads(about))

    def keep(self, flow: Flow) -> None:
        """Put a flow into Redis, for as long as the wiki remembers its session."""
        about = json.dumps([flow.unknown, flow.serial, flow.message, flow.made]).encode()
        self.redis.set(f"{KEY}:flow:{flow.id}", about + b"\n" + flow.saved, ex=LIFETIME)


def submit(client: Client, typed: Typed) -> Step:
    """Answer the form that was shown."""
    fields = client.step.fields if isinstance(client.step, Form) else ()
    values = {field.name: value_of(field, typed.get(f"field-{field.name}", [])) for field in fields}
    return client.submit(values)


def value_of(field: Field, texts: list[str]) -> Value:
    """Turn what a browser sent of a field into what is submitted; None if it was not shown."""
    match field.type:
        case FieldType.MULTISELECT if texts:
            return [text for text in texts if text]
        case FieldType.CHECKBOX if texts:
            return any(texts)
        case _:
            return texts[0] if texts else None


def page(flow: Flow, step: Step | None, typed: Typed) -> str:
    """Show where the sign-up stands."""
    parts = [f"<p role=status>{escape(flow.message)}</p>"] if flow.message else []
    if flow.made:
        parts.append(f"<p>The account {escape(flow.made)} is made.</p>")
    elif flow.unknown:
        parts.append("<p><button>Look again</button></p>")
    elif isinstance(step, Redirect):
        parts.append(f'<p><a href="{escape(step.target)}">Go on to {escape(urlsplit(step.target).netloc)}</a></p>')
    elif isinstance(step, Form):
        parts.append(f"<p>{escape(step.message or '')}</p>")
        if step.captcha:
            picture = '<img src="/captcha" alt="Letters to be read">' if step.captcha.image_url else ""
            parts.append(f"<p>{picture}{escape(step.captcha.text)}</p>")
        # The captcha is shown already, but for the field of its answer.
        of_captcha = step.captcha.fields if step.captcha else ()
        shown = [field for field in step.fields if field.asks or field.name not in of_captcha]
        shown = [field for field in shown if field.type is not FieldType.HIDDEN]
        # Enter presses the first button, which is to be none of the wiki's.
        parts += [control(field, typed) for field in shown if field.type is not FieldType.BUTTON]
        parts += ["<p><button>Go on</button></p>"]
        parts += [control(field, typed) for field in shown if field.type is FieldType.BUTTON]
    parts.append(f"<input type=hidden name=serial value={flow.serial}><button name=again value=1>Start over</button>")
    title = "<!doctype html><html lang=en><meta charset=utf-8><title>Sign up</title><h1>Sign up</h1>"
    return f"{title}<form method=post action=/>{''.join(parts)}</form>\n"


def control(field: Field, typed: Typed) -> str:
    """Show one field."""
    name, label = f'name="field-{escape(field.name)}"', escape(field.label or field.name)
    preset = [choice.value for choice in field.choices if choice.preset] or [field.value or ""]
    values = [] if field.sensitive else typed.get(f"field-{field.name}", preset)
    match field.type:
        case FieldType.NULL:
            html = f"{label}: {escape(field.value or '')}"
        case FieldType.BUTTON:
            html = f"<button {name} value=1>{label}</button>"
        case FieldType.SELECT | FieldType.MULTISELECT | FieldType.CHECKBOX:
            kind, html = "radio" if field.type is FieldType.SELECT else "checkbox", label
            # Of a box that is unticked a browser sends nothing.
            html += f" <input type=hidden {name}>" * (kind == "checkbox")
            for value, text in [(choice.value, choice.label) for choice in field.choices] or [("1", "")]:
                chosen = " checked" if value in values else ""
                html += f' <label><input type={kind} {name} value="{escape(value)}"{chosen}>{escape(text)}</label>'
        case _:
            kind, value = "password" if field.type is FieldType.PASSWORD else "text", "".join(values)
            html = f'<label>{label} <input type={kind} {name} value="{escape(value)}"></label>'
    return f"<p>{html} <small>{escape(field.help)}</small></p>"


class Server(ThreadingMixIn, WSGIServer):
    """Serves each request on a thread of its own."""


class Quiet(WSGIRequestHandler):
    """Logs no requests: the addresses of returns hold secrets."""

    def log_request(self, *_: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    flows = redis.Redis.from_url(os.environ["REDIS_URL"])
    application = SignUp(sys.argv[1], sys.argv[2], flows, os.environ["SEAL_KEYS"])
    make_server("127.0.0.1", int(sys.argv[3]), application, Server, Quiet).serve_forever()
