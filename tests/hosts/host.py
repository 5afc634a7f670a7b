"""A host that plays the scenarios with the Python package; README.md beside this file has its protocol."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import createaccount

if TYPE_CHECKING:
    from collections.abc import Iterator

Line = list[str]

STATUSES: dict[type, str] = {
    createaccount.InvalidArgument: "INVALID_ARGUMENT",
    createaccount.InvalidState: "INVALID_STATE",
    createaccount.TransportTimeout: "TIMEOUT",
    createaccount.TransportError: "TRANSPORT",
    createaccount.Cancelled: "CANCELLED",
    createaccount.ApiError: "API",
    createaccount.ProtocolError: "PROTOCOL",
    createaccount.OutcomeUnknown: "OUTCOME_UNKNOWN",
}


def main() -> None:
    """Answer commands until the input ends."""
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    host = Host()
    for command in sys.stdin:
        name, *arguments = [unescape(part) for part in command.removesuffix("\n").split("\t")]
        try:
            lines = list(getattr(host, f"do_{name}")(*arguments))
        except createaccount.CreateAccountError as error:
            lines = [error_line(error), *given("reason", error.reason)]
        for line in lines:
            print("\t".join(escape(part) for part in line))
        print(".", flush=True)


class Host:
    """One client, and the answer to its form so far."""

    client: createaccount.Client

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.values: dict[str, str | list[str]] = {}
        self.requests: list[str] = []
        self.unchecked = False

    def do_new(self, api_url: str, *settings: str) -> Iterator[Line]:
        self.client = createaccount.Client(api_url, **read_settings(settings))
        yield from ()

    def do_load(self, api_url: str, data: str, *settings: str) -> Iterator[Line]:
        self.client = createaccount.Client.load(api_url, bytes.fromhex(data), **read_settings(settings))
        if self.client.step is not None:
            yield from step_lines(self.client.step)

    def do_find_api(self, url: str, *settings: str) -> Iterator[Line]:
        yield ["api_url", createaccount.find_api(url, **read_settings(settings))]

    def do_begin(self, *flags: str) -> Iterator[Line]:
        self.forget()
        yield from step_lines(self.client.begin(preserve_state="preserve_state" in flags))

    def do_begin_login(self) -> Iterator[Line]:
        self.forget()
        yield from step_lines(self.client.begin_login())

    def do_login(self, username: str, password: str) -> Iterator[Line]:
        yield from step_lines(self.client.login(username, password))

    def do_use(self, request: str) -> Iterator[Line]:
        self.requests.append(request)
        yield from ()

    def do_set(self, name: str, value: str) -> Iterator[Line]:
        self.values[name] = value
        yield from ()

    def do_unset(self, name: str) -> Iterator[Line]:
        self.values.pop(name, None)
        yield from ()

    def do_choose(self, name: str, key: str) -> Iterator[Line]:
        chosen = self.values.get(name)
        self.values[name] = [*chosen, key] if isinstance(chosen, list) else [key]
        yield from ()

    def do_unchecked(self, unchecked: str) -> Iterator[Line]:
        self.unchecked = unchecked == "1"
        yield from ()

    def do_submit(self) -> Iterator[Line]:
        step = self.client.submit(self.values, requests=self.requests, unchecked=self.unchecked)
        self.forget()
        yield from step_lines(step)

    def do_resume(self, url: str, body: str) -> Iterator[Line]:
        step = self.client.resume(url, body=body.encode(), values=self.values, unchecked=self.unchecked)
        self.forget()
        yield from step_lines(step)

    def do_reconcile(self) -> Iterator[Line]:
        yield from step_lines(self.client.reconcile())

    def do_reconcile_name(self, username: str, since: str) -> Iterator[Line]:
        yield from step_lines(self.client.reconcile_name(username, datetime.fromtimestamp(int(since), timezone.utc)))

    def do_wiki_time(self) -> Iterator[Line]:
        time = self.client.wiki_time
        yield ["time", "-1" if time is None else f"{time.timestamp():.0f}"]

    def do_captcha_image(self) -> Iterator[Line]:
        image = self.client.captcha_image()
        yield ["image", image.hex(), createaccount.image_type(image) or ""]

    def do_can_create(self) -> Iterator[Line]:
        yield verdict_line(self.client.can_create())

    def do_check_username(self, name: str) -> Iterator[Line]:
        yield verdict_line(self.client.check_username(name))

    def do_check_password(self, password: str, username: str) -> Iterator[Line]:
        yield verdict_line(self.client.check_password(password, username or None))

    def do_save(self) -> Iterator[Line]:
        yield ["data_hex", self.client.save().hex()]


def read_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """Turn the names of the C setters into those of Python."""
    read: dict[str, Any] = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        if key.endswith("_ms"):
            read[key.removesuffix("_ms")] = int(value) / 1000
        elif key in {"allow_http", "merge_fields"}:
            read[key] = value == "1"
        elif key == "seal_key":
            read[key] = bytes.fromhex(value)
        elif key == "open_key":
            read.setdefault("open_keys", []).append(bytes.fromhex(value))
        else:
            read[key] = value
    return read


def step_lines(step: createaccount.Step) -> Iterator[Line]:
    yield ["step", step.status]
    match step:
        case createaccount.Pass(username=str(name)) | createaccount.Form(account=str(name)):
            yield ["username", name]
    if isinstance(step, createaccount.Pass) and step.is_login:
        yield ["is_login"]
    yield from given("message", getattr(step, "message", None))
    for text in getattr(step, "message_parts", ()):
        yield ["message_part", text]
    yield from given("message_code", getattr(step, "message_code", None))
    match step:
        case createaccount.Fail():
            yield ["reason", str(step.reason)]
            yield from given("retry_after", seconds(step.retry_after))
        case createaccount.Redirect():
            yield ["target", step.target]
            if step.data is not None:
                yield ["data", to_json(step.data)]
    if getattr(step, "can_preserve_state", False):
        yield ["can_preserve_state"]
    for field in getattr(step, "fields", ()):
        yield from field_lines(field)
    for request in getattr(step, "requests", ()):
        names = ",".join(field.name for field in request.fields)
        metadata = to_json(request.metadata)
        yield ["request", request.id, str(request.required), request.provider, request.account, metadata, names]
    match step:
        case createaccount.Form(captcha=createaccount.Captcha() as captcha):
            site_key, image_url = captcha.site_key or "", captcha.image_url or ""
            kind = str(captcha.kind)
            service, fields = str(captcha.service), ",".join(captcha.fields)
            shown = [captcha.text, captcha.mime, site_key, image_url, captcha.answer_field]
            yield ["captcha", kind, *shown, service, fields]


def field_lines(field: createaccount.Field) -> Iterator[Line]:
    value = "" if field.value is None else f"={field.value}"
    flags = " ".join(["required"] * field.required + ["sensitive"] * field.sensitive)
    yield ["field", field.name, str(field.type), field.label, field.help, value, flags]
    for choice in field.choices:
        yield ["choice", field.name, choice.value, choice.label, *["preset"] * choice.preset]


def verdict_line(verdict: createaccount.Verdict) -> Line:
    answer = {True: "yes", False: "no", None: "unknown"}[verdict.answer]
    return ["verdict", answer, verdict.code or "", verdict.message or "", verdict.canonical or ""]


def error_line(error: createaccount.CreateAccountError) -> Line:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    numbers = ["" if error.http_status is None else str(error.http_status), seconds(error.retry_after) or ""]
    failure = "" if error.failure is None else str(error.failure)
    return [
        "error",
        status,
        error.message,
        error.api_code or "",
        error.field or "",
        *numbers,
        failure,
        str(error.problem or ""),
    ]


def given(key: str, value: str | None) -> Iterator[Line]:
    if value is not None:
        yield [key, value]


def seconds(wait: float | None) -> str | None:
    return None if wait is None else str(int(wait))


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def escape(part: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in "%\t\n\r\0" else c for c in part)


def unescape(part: str) -> str:
    for code, character in (("%09", "\t"), ("%0A", "\n"), ("%0D", "\r"), ("%00", "\0"), ("%25", "%")):
        part = part.replace(code, character)
    return part


if __name__ == "__main__":
    main()
