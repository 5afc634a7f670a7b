"""What the other tests leave out: each attribute with a value that a wiki gave it, each word, and each wrong call.

`test_coverage_of_names.py` says what is missing here.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import createaccount
import pytest
from conftest import PASSWORD, RETURN_URL, follow
from createaccount import (
    ApiError,
    AuthRequest,
    Cancelled,
    Captcha,
    CaptchaKind,
    CaptchaService,
    Choice,
    Client,
    CreateAccountError,
    Fail,
    Failed,
    Field,
    Fields,
    FieldType,
    Form,
    InvalidArgument,
    InvalidState,
    NotSent,
    Other,
    OutcomeUnknown,
    Pass,
    Problem,
    ProtocolError,
    Reason,
    Redirect,
    Request,
    Required,
    Response,
    Restart,
    TransportError,
    TransportFailure,
    TransportTimeout,
    Verdict,
    aio,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

    from conftest import Wiki

API_URL = "https://wiki.example/w/api.php"
ALICE: dict[str, createaccount.Value] = {"username": "Alice", "password": PASSWORD}

PASSWORDS = {
    "id": "PasswordRequest",
    "metadata": {"purpose": "tests"},
    "required": "primary-required",
    "provider": "Passwords",
    "account": "Local",
    "fields": {
        "username": {
            "type": "string",
            "label": {"key": "userlogin-yourname", "params": [1]},
            "help": {"key": "authmanager-username-help", "params": ["a", "b"]},
        },
        "password": {"type": "password", "label": "Password", "help": "", "sensitive": True},
        "colour": {
            "type": "select",
            "label": "Colour",
            "help": "Which you like best.",
            "optional": True,
            "value": "red",
            "options": {"red": "Red", "green": "Green"},
        },
    },
}
PICTURE = {
    "id": "CaptchaAuthenticationRequest",
    "metadata": {},
    "required": "required",
    "provider": "Captcha",
    "account": "Captcha",
    "fields": {
        "captchaId": {"type": "hidden", "value": "7", "label": "", "help": ""},
        "captchaInfo": {"type": "null", "value": "/w/captcha.png?id=7", "label": "", "help": ""},
        "captchaWord": {"type": "string", "label": "Letters", "help": ""},
    },
}
THIRD = {
    "id": "ReturnRequest",
    "metadata": {},
    "required": "required",
    "provider": "Elsewhere",
    "account": "Elsewhere",
    "fields": {"code": {"type": "string", "label": "Code", "help": ""}},
}


class Canned:
    """A transport that plays a wiki: the form to a GET, and the next answer to a POST."""

    def __init__(self, *answers: dict[str, Any], requests: list[dict[str, Any]] | None = None, **info: object) -> None:
        self.answers = list(answers)
        listed = {"cancreateaccounts": True, "requests": requests or [PASSWORDS], **info}
        self.form = {"query": {"authmanagerinfo": listed, "tokens": {"createaccounttoken": "t+\\"}}}

    def __call__(self, request: Request) -> Response:
        body = self.form if request.method == "GET" else {"createaccount": self.answers.pop(0)}
        return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


def begun(transport: createaccount.Transport) -> Client:
    client = Client(API_URL, transport=transport, return_url=RETURN_URL, message_format="raw")
    client.begin()
    return client


def answered(answer: dict[str, Any]) -> createaccount.Step:
    return begun(Canned(answer)).submit(ALICE)


def test_forms() -> None:
    form = begun(Canned(haspreservedstate=True, preservedusername="Known person")).step
    assert isinstance(form, Form)
    assert (form.status, form.is_final, form.can_create) == ("FORM", False, True)
    assert (form.message, form.message_code, form.message_params, form.account) == (None, None, (), None)
    assert (form.has_preserved_state, form.preserved_username) == (True, "Known person")
    assert form.captcha is None
    assert form.raw["requests"] == [PASSWORDS]

    step = answered(
        {"status": "UI", "message": {"key": "more", "params": [2]}, "messagecode": "x", "requests": [THIRD]}
    )
    assert isinstance(step, Form)
    assert (step.status, step.message, step.message_params, step.message_code) == ("UI", "more", (2,), "x")
    assert not step.message_is_own


def test_requests() -> None:
    form = begun(Canned()).step
    assert isinstance(form, Form)
    (request,) = form.requests
    assert isinstance(request, AuthRequest)
    assert (request.id, request.required) == ("PasswordRequest", Required.PRIMARY_REQUIRED)
    assert (request.provider, request.account, request.metadata) == ("Passwords", "Local", {"purpose": "tests"})
    assert request.fields.names == ("username", "password", "colour")


def test_fields() -> None:
    form = begun(Canned()).step
    assert isinstance(form, Form)
    name, password, colour = form.fields
    assert isinstance(name, Field)
    assert (name.type, name.label, name.label_params) == (FieldType.STRING, "userlogin-yourname", (1,))
    assert (name.help, name.help_params) == ("authmanager-username-help", ("a", "b"))
    assert (name.required, name.asks, name.value, name.choices) == (True, True, None, ())
    assert (password.type, password.sensitive, name.sensitive) == (FieldType.PASSWORD, True, False)
    assert (colour.type, colour.required, colour.value) == (FieldType.SELECT, False, "red")
    assert colour.choices == (Choice(value="red", label="Red"), Choice(value="green", label="Green"))
    assert not colour.choices[0].preset


def test_captchas(make: Callable[[str], Wiki]) -> None:
    form = begun(Canned(requests=[PASSWORDS, PICTURE])).step
    assert isinstance(form, Form)
    assert isinstance(form.captcha, Captcha)
    assert form.captcha.service is CaptchaService.OTHER
    assert form.captcha.fields == ("captchaId", "captchaInfo", "captchaWord")
    for profile, service in (("turnstile", CaptchaService.TURNSTILE), ("recaptcha", CaptchaService.RECAPTCHA)):
        with Client(make(profile).api_url) as client:
            form = client.begin()
            assert isinstance(form, Form)
            assert isinstance(form.captcha, Captcha)
            assert (form.captcha.service, form.captcha.fields) == (service, ("captchaWord",))
    seen = {}
    for profile in ("fancy", "questy", "arithmetic", "hcaptcha"):
        with Client(make(profile).api_url) as client:
            form = client.begin()
            assert isinstance(form, Form)
            assert isinstance(form.captcha, Captcha)
            assert form.captcha.answer_field == "captchaWord"
            seen[form.captcha.kind] = form.captcha
    assert seen.keys() == set(CaptchaKind) - {CaptchaKind.OTHER}
    assert seen[CaptchaKind.IMAGE].mime == "image/png"
    assert (seen[CaptchaKind.IMAGE].image_url or "").startswith("http://127.0.0.1:")
    assert seen[CaptchaKind.QUESTION].text == "Which planet do we live on?"
    assert seen[CaptchaKind.ARITHMETIC].image_url is None
    assert seen[CaptchaKind.WIDGET].site_key == "site-key-10000000"
    assert seen[CaptchaKind.WIDGET].service is CaptchaService.HCAPTCHA


def test_redirects() -> None:
    step = answered(
        {
            "status": "REDIRECT",
            "redirecttarget": "https://third.example/?state=1",
            "redirectdata": {"n": 1},
            "requests": [THIRD],
        }
    )
    assert isinstance(step, Redirect)
    assert (step.status, step.is_final, step.target) == ("REDIRECT", False, "https://third.example/?state=1")
    assert (step.return_url, step.catches_return, step.data) == (RETURN_URL, True, {"n": 1})
    assert (step.fields.names, [request.id for request in step.requests]) == (("code",), ["ReturnRequest"])
    assert (step.message, step.message_params, step.message_code) == (None, (), None)
    assert (step.message_is_own, step.raw["status"]) == (False, "REDIRECT")
    with Client(
        API_URL, transport=Canned({"status": "REDIRECT", "redirecttarget": "https://third.example/"})
    ) as client:
        client.begin()
        step = client.submit(ALICE)
        assert isinstance(step, Redirect)
        assert step.message_is_own, "nothing will notice the return"


def test_ends() -> None:
    message = {"message": {"key": "words", "params": ["a", 1]}, "messagecode": "code"}
    restart = answered({"status": "RESTART", "canpreservestate": True, "requests": [PASSWORDS], **message})
    assert isinstance(restart, Restart)
    assert (restart.is_final, restart.can_preserve_state) == (True, True)
    assert (restart.message, restart.message_params, restart.message_code) == ("words", ("a", 1), "code")
    assert [request.id for request in restart.requests] == ["PasswordRequest"]
    assert restart.fields.names == ("username", "password", "colour")
    assert not restart.message_is_own

    fail = answered({"status": "FAIL", **message, "messagecode": "userexists"})
    assert isinstance(fail, Fail)
    assert (fail.is_final, fail.reason, fail.message_code) == (True, Reason.NAME_TAKEN, "userexists")
    assert (fail.message, fail.message_params, fail.retry_after) == ("words", ("a", 1), None)
    assert not fail.message_is_own

    other = answered({"status": "TOMORROW", **message})
    assert isinstance(other, Other)
    assert (other.is_final, other.status) == (True, "TOMORROW")
    assert (other.message, other.message_params, other.message_code) == ("words", ("a", 1), "code")
    assert not other.message_is_own

    done = answered({"status": "PASS", "username": "Alice"})
    assert isinstance(done, Pass)
    assert (done.is_final, done.status, done.username) == (True, "PASS", "Alice")


def test_several_errors() -> None:
    several = {"message": {"key": "rawmessage", "params": ["* Too short.\n* Too common."]}, "messagecode": "___1____2"}
    fail = answered({"status": "FAIL", **several})
    assert isinstance(fail, Fail)
    assert (fail.reason, fail.message) == (Reason.OTHER, "Too short.\nToo common.")
    assert fail.message_parts == ("Too short.", "Too common.")
    form = answered({"status": "UI", "requests": [THIRD], **several})
    assert isinstance(form, Form)
    assert form.message_parts == fail.message_parts
    restart = answered({"status": "RESTART", "requests": [], **several})
    assert isinstance(restart, Restart)
    assert restart.message_parts == fail.message_parts
    other = answered({"status": "TOMORROW", **several})
    assert isinstance(other, Other)
    assert other.message_parts == fail.message_parts
    redirect = answered({"status": "REDIRECT", "redirecttarget": "https://third.example/", "requests": [], **several})
    assert isinstance(redirect, Redirect)
    assert redirect.message_parts == fail.message_parts


def test_verdicts(client: Client) -> None:
    verdict = client.check_username("taken")
    assert isinstance(verdict, Verdict)
    assert (verdict.answer, verdict.code, verdict.canonical) == (False, "userexists", "Taken")
    assert verdict.message
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(Verdict(answer=True))
    with pytest.raises(TypeError):
        Verdict(True)  # type: ignore[call-arg]  # noqa: FBT003


def test_names_and_strings_never_change() -> None:
    words: dict[type[Enum], dict[Enum, str]] = {
        Reason: {
            Reason.OTHER: "other",
            Reason.NAME_TAKEN: "name_taken",
            Reason.NAME_INVALID: "name_invalid",
            Reason.NAME_FORBIDDEN: "name_forbidden",
            Reason.PASSWORD: "password",
            Reason.PASSWORD_MISMATCH: "password_mismatch",
            Reason.EMAIL: "email",
            Reason.CAPTCHA: "captcha",
            Reason.CAPTCHA_SERVICE: "captcha_service",
            Reason.PERMISSION: "permission",
            Reason.BLOCKED: "blocked",
            Reason.THROTTLED: "throttled",
            Reason.RATE_LIMITED: "rate_limited",
            Reason.READ_ONLY: "read_only",
            Reason.BUSY: "busy",
            Reason.SESSION_LOST: "session_lost",
            Reason.NO_PRIMARY: "no_primary",
            Reason.FILTER: "filter",
        },
        Problem: {
            Problem.INVALID: "invalid",
            Problem.REQUIRED: "required",
            Problem.NOT_TICKED: "not_ticked",
            Problem.NOT_PRESSED: "not_pressed",
            Problem.NOT_A_CHOICE: "not_a_choice",
            Problem.WRONG_TYPE: "wrong_type",
            Problem.CONTROL_CHARACTER: "control_character",
            Problem.NOT_UTF8: "not_utf8",
            Problem.UNKNOWN_FIELD: "unknown_field",
            Problem.UNKNOWN_REQUEST: "unknown_request",
            Problem.TOO_MANY: "too_many",
            Problem.HIDDEN: "hidden",
            Problem.SHOWN_ONLY: "shown_only",
            Problem.NOT_SENDABLE: "not_sendable",
            Problem.NOT_IN_USE: "not_in_use",
            Problem.SEVERAL_WAYS: "several_ways",
            Problem.NO_WAY: "no_way",
            Problem.CONFLICTING: "conflicting",
            Problem.KEPT_NAME: "kept_name",
        },
        FieldType: {
            FieldType.STRING: "string",
            FieldType.PASSWORD: "password",
            FieldType.SELECT: "select",
            FieldType.MULTISELECT: "multiselect",
            FieldType.CHECKBOX: "checkbox",
            FieldType.BUTTON: "button",
            FieldType.HIDDEN: "hidden",
            FieldType.NULL: "null",
            FieldType.OTHER: "other",
        },
        CaptchaKind: {
            CaptchaKind.OTHER: "other",
            CaptchaKind.IMAGE: "image",
            CaptchaKind.QUESTION: "question",
            CaptchaKind.ARITHMETIC: "arithmetic",
            CaptchaKind.WIDGET: "widget",
        },
        Required: {
            Required.OPTIONAL: "optional",
            Required.REQUIRED: "required",
            Required.PRIMARY_REQUIRED: "primary-required",
        },
    }
    for kind, members in words.items():
        assert set(kind) == members.keys()
        for member, text in members.items():
            assert (member.value, str(member)) == (text, text)


def test_strings_that_are_no_members() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        CaptchaKind("nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        CaptchaService("nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        FieldType("nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        Problem("nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        Required("nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        TransportFailure("nonsense")


def test_failures() -> None:
    assert [str(failure) for failure in TransportFailure] == [
        *("name", "connect", "proxy", "certificate", "tls", "lost", "protocol", "bound"),
        *("timeout_name", "timeout_connect", "timeout_proxy", "timeout_tls"),
        *("timeout_send", "timeout_answer", "timeout_body", "deadline"),
    ]
    way = (TransportFailure.NAME, TransportFailure.CONNECT, TransportFailure.PROXY)
    tls = (TransportFailure.CERTIFICATE, TransportFailure.TLS)
    answer = (TransportFailure.LOST, TransportFailure.PROTOCOL, TransportFailure.BOUND)
    before = (
        *(TransportFailure.TIMEOUT_NAME, TransportFailure.TIMEOUT_CONNECT),
        *(TransportFailure.TIMEOUT_PROXY, TransportFailure.TIMEOUT_TLS),
    )
    after = (TransportFailure.TIMEOUT_SEND, TransportFailure.TIMEOUT_ANSWER, TransportFailure.TIMEOUT_BODY)
    assert [*way, *tls, *answer, *before, *after, TransportFailure.DEADLINE] == list(TransportFailure)


def test_values_made_wrongly() -> None:
    """Members go by name, so that later versions can add some; what a value cannot be without is asked for."""
    with pytest.raises(TypeError, match="status"):
        Form(fields=Fields())  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="return_url"):
        Redirect(target="https://third.example/")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Restart("Again")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="username"):
        Pass()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="reason"):
        Fail(message="Taken.")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        Other()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="name"):
        Field(type=FieldType.STRING)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="not iterable"):
        Fields(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="label"):
        Choice(value="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="required"):
        AuthRequest(id="PasswordRequest")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="kind"):
        Captcha(text="2 + 2?")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="url"):
        Request(method="GET")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        Response(body=b"")  # type: ignore[call-arg]


def test_errors_made_wrongly() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        CreateAccountError("Text.", nonsense=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        InvalidArgument("Text.", "username")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        InvalidState("Text.", "username")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        TransportError("Text.", status=503)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        TransportTimeout("Text.", status=5.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="code"):
        ApiError("Text.", code="readonly")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="status"):
        ProtocolError("Text.", status=404)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        OutcomeUnknown("Text.", "username")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Cancelled("Text.", "username")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="step"):
        Failed()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="keyword"):
        NotSent(reason="refused")  # type: ignore[call-arg]


def test_a_closed_client_refuses_every_call(client: Client) -> None:
    client.close()
    with pytest.raises(InvalidState, match="closed"):
        client.can_create()
    with pytest.raises(InvalidState, match="closed"):
        client.check_username("Alice")
    with pytest.raises(InvalidState, match="closed"):
        client.check_password(PASSWORD)
    with pytest.raises(InvalidState, match="closed"):
        client.reconcile()
    with pytest.raises(InvalidState, match="closed"):
        client.reconcile_name("Alice", datetime.now(timezone.utc))
    with pytest.raises(InvalidState, match="closed"):
        client.save()
    with pytest.raises(InvalidState, match="closed"):
        client.login("Alice", PASSWORD)
    with pytest.raises(InvalidState, match="closed"):
        client.begin_login()
    with pytest.raises(InvalidState, match="closed"):
        client.captcha_image()
    with pytest.raises(InvalidState, match="closed"):
        client.run(lambda _: ALICE)


def test_a_closed_client_of_asyncio_refuses_every_call(wiki: Wiki) -> None:
    async def misuse() -> None:
        client = aio.Client(wiki.api_url)
        await client.close()
        await client.close()
        client.cancel()
        with pytest.raises(InvalidState, match="closed"):
            await client.can_create()
        with pytest.raises(InvalidState, match="closed"):
            await client.check_username("Alice")
        with pytest.raises(InvalidState, match="closed"):
            await client.check_password(PASSWORD)
        with pytest.raises(InvalidState, match="closed"):
            await client.reconcile()
        with pytest.raises(InvalidState, match="closed"):
            await client.reconcile_name("Alice", datetime.now(timezone.utc))
        with pytest.raises(InvalidState, match="closed"):
            await client.login("Alice", PASSWORD)
        with pytest.raises(InvalidState, match="closed"):
            await client.begin_login()
        with pytest.raises(InvalidState, match="closed"):
            client.save()
        with pytest.raises(InvalidArgument):
            aio.Client.load("https://wiki.example/api.php", b"cut short")

    asyncio.run(misuse())


def test_asyncio_goes_all_ways(make: Callable[[str], Wiki]) -> None:
    async def visit() -> None:
        client = aio.Client(make("steps").api_url, return_url=RETURN_URL)
        await client.begin()
        step = await client.submit({"username": "Alice", "stepStart": True, "stepChain": "redirect"})
        assert isinstance(step, Redirect)
        step = await client.resume(await asyncio.to_thread(follow, step.target))
        assert isinstance(step, Pass)
        await client.close()
        assert client.closed

    async def look() -> None:
        async with aio.Client(make("fancy").api_url) as client:
            await client.begin()
            assert client.wiki_time is not None
            step = await client.reconcile_name("Taken", client.wiki_time + timedelta(hours=1))
            assert isinstance(step, Fail)
            assert (await client.captcha_image()).startswith(b"\x89PNG")

    asyncio.run(visit())
    asyncio.run(look())
