"""Steps and what they are made of, as Python values."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Sequence
from pathlib import Path
from rlcompleter import Completer
from typing import get_args

import createaccount
import pytest
from conftest import PASSWORD, chain
from createaccount import (
    AuthRequest,
    Captcha,
    CaptchaKind,
    CaptchaService,
    Fail,
    Field,
    Fields,
    FieldType,
    Form,
    Other,
    Pass,
    Reason,
    Redirect,
    Required,
    Restart,
    Verdict,
    _enums,
    _errors,
    _steps,
    _transport,
    aio,
)

SECRET = "hunter2-hunter2"


def some_form() -> Form:
    fields = Fields(
        [
            Field(name="username", required=True),
            Field(name="pin", type=FieldType.PASSWORD, sensitive=True, value=SECRET),
            Field(name="ticket", type=FieldType.HIDDEN, value=SECRET, asks=False),
        ],
    )
    return Form(status="UI", fields=fields, message="Hello", raw={"secret": SECRET})


def some_steps() -> list[createaccount.Step]:
    return [
        some_form(),
        Redirect(
            target=f"https://third.example/?state={SECRET}",
            return_url=f"https://me.example/{SECRET}",
            raw={"t": SECRET},
        ),
        Restart(message="Again", can_preserve_state=True),
        Pass(username="Alice"),
        Fail(reason=Reason.NAME_TAKEN, message="Taken."),
        Other(status="TOMORROW", raw={"secret": SECRET}),
    ]


def test_steps_show_no_secret() -> None:
    for step in some_steps():
        assert SECRET not in repr(step)
        assert repr(step).startswith(type(step).__name__ + "(")
    assert "value='***'" in repr(some_form())


def test_clients_show_no_secret(stepper: createaccount.Client) -> None:
    form = chain(stepper, "ui")
    assert form.raw is not None
    ticket = form.raw["requests"][0]["fields"]["ticket"]["value"]
    assert ticket.startswith("T-")
    assert ticket not in repr(form) + repr(stepper)
    assert repr(stepper) == f"<createaccount.Client {stepper.api_url}, step UI>"


def test_steps_are_values() -> None:
    for step in some_steps():
        assert isinstance(step, createaccount.Step)
        assert pickle.loads(pickle.dumps(step)) == step == copy.deepcopy(step)
        assert hash(step) == hash(copy.copy(step))
        with pytest.raises((AttributeError, TypeError)):
            step.status = "PASS"  # type: ignore[misc]
        with pytest.raises((AttributeError, TypeError)):
            step.surprise = 1  # type: ignore[union-attr]
    assert [step.status for step in some_steps()] == ["UI", "REDIRECT", "RESTART", "PASS", "FAIL", "TOMORROW"]
    assert [step.is_final for step in some_steps()] == [False, False, True, True, True, True]
    assert {type(step) for step in some_steps()} == set(get_args(createaccount.Step))


def test_parts_of_a_step_are_made_once(stepper: createaccount.Client) -> None:
    form = chain(stepper, "ui")
    assert isinstance(form, Form)
    again = pickle.loads(pickle.dumps(form))
    assert again == form
    assert (again.fields, again.requests, again.raw) == (form.fields, form.requests, form.raw)
    for part in ("fields", "requests", "raw"):
        assert getattr(form, part) is getattr(form, part)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(form, part, getattr(form, part))


def test_steps_that_say_the_same_are_equal() -> None:
    for step in some_steps():
        same = dataclasses.replace(step, raw={"read": "from elsewhere"})
        assert same == step
        assert hash(same) == hash(step)
    assert Pass(username="Alice") != Pass(username="Bob")
    redirect = Redirect(target="https://third.example/", return_url="https://me.example/")
    assert dataclasses.replace(redirect, data={"n": 1}) != redirect
    assert hash(dataclasses.replace(redirect, data={"n": 1})) == hash(redirect)
    form = some_form()
    assert dataclasses.replace(form, message_params=(1,)) != form


def test_steps_match_by_what_they_are_about() -> None:
    match Pass(username="Alice"):
        case Pass(name):
            assert name == "Alice"
    match Redirect(target="https://third.example/", return_url="https://me.example/"):
        case Redirect(target):
            assert target == "https://third.example/"


def test_steps_match() -> None:
    def name(step: createaccount.Step) -> str:  # noqa: PLR0911
        match step:
            case Form(fields=fields):
                return f"form of {len(fields)}"
            case Redirect(target=target):
                return f"redirect to {target[:8]}"
            case Restart():
                return "restart"
            case Pass(username=username):
                return username
            case Fail(reason=Reason.NAME_TAKEN, message=text):
                return f"taken: {text}"
            case Other(status=status):
                return status
        return "never"

    assert [name(step) for step in some_steps()] == [
        *("form of 3", "redirect to https://", "restart", "Alice", "taken: Taken.", "TOMORROW"),
    ]


def test_fields_are_a_sequence_with_names() -> None:
    fields = some_form().fields
    assert len(fields) == 3
    assert fields[0] is fields["username"] is fields.get("username")
    assert fields[-1].name == "ticket"
    assert fields[:2].names == ("username", "pin")
    assert "pin" in fields
    assert fields[1] in fields
    assert "email" not in fields
    assert 5 not in fields
    assert fields.get("email") is None
    assert fields.get("email", 7) == 7
    assert [field.name for field in reversed(fields)] == ["ticket", "pin", "username"]
    assert fields.index(fields["pin"]) == fields.index("pin") == 1
    assert (fields.count("pin"), fields.count("email")) == (1, 0)
    assert isinstance(fields, Sequence)
    match fields:
        case [Field(name="username"), *rest]:
            assert len(rest) == 2
        case _:
            pytest.fail("no sequence to match")
    with pytest.raises(ValueError, match="not in"):
        fields.index("email")
    assert fields == Fields(list(fields))
    assert fields != list(fields)
    with pytest.raises(KeyError):
        fields["email"]
    with pytest.raises(IndexError):
        fields[3]


def test_enumerations_are_strings() -> None:
    assert str(Reason.NAME_TAKEN) == "name_taken" == f"{Reason.NAME_TAKEN}"
    assert f"{Reason.BUSY:>6}" == "  busy"
    assert Reason("captcha") is Reason.CAPTCHA
    assert Field(name="info", type=FieldType.NULL).type == "null"
    assert str(Required.PRIMARY_REQUIRED) == "primary-required"
    assert str(CaptchaKind.WIDGET) == "widget"
    words: dict[str, int] = {Reason.BUSY: 1}
    assert words["busy"] == 1
    with pytest.raises(ValueError, match="nonsense"):
        Reason("nonsense")


def test_enumerations_are_those_of_the_engine() -> None:
    sources = Path(__file__).parents[3] / "src/protocol"
    for source, words in (
        ("../error.rs", createaccount.TransportFailure),
        ("../problem.rs", createaccount.Problem),
        ("reason.rs", Reason),
        ("field.rs", FieldType),
        ("captcha.rs", CaptchaService),
        ("request.rs", Required),
    ):
        text = (sources / source).read_text().partition(f"impl {words.__name__} ")[2]
        names = re.findall(r'^            Self::[\w:()]+ => "([\w-]+)",$', text, re.MULTILINE)
        assert names == [str(word) for word in words]


def test_the_rest_shows_itself() -> None:
    assert repr(Captcha(kind=CaptchaKind.QUESTION, text="2 + 2?")) == (
        "Captcha(kind='question', text='2 + 2?', answer_field='captchaWord')"
    )
    request = AuthRequest(id="X", required=Required.OPTIONAL, fields=some_form().fields)
    assert repr(request) == "AuthRequest(id='X', required='optional', fields=['username', 'pin', 'ticket'])"
    assert repr(Verdict(answer=False, code="userexists")) == "Verdict(answer=False, code='userexists')"


@pytest.mark.parametrize(
    "error",
    [
        createaccount.InvalidArgument("Text.", field="username"),
        createaccount.InvalidState("Text."),
        createaccount.TransportError("Text.", http_status=503, retry_after=5.0),
        createaccount.TransportTimeout("Text.", failure=createaccount.TransportFailure.TIMEOUT_BODY),
        createaccount.ApiError("Text.", api_code="readonly", reason=Reason.READ_ONLY, http_status=200),
        createaccount.ProtocolError("Text.", http_status=404),
        createaccount.OutcomeUnknown("Text."),
        createaccount.Cancelled("Text."),
    ],
)
def test_errors_are_values(error: createaccount.CreateAccountError) -> None:
    assert str(error) == error.message == "Text."
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again)) == ("Text.", vars(error))
    assert again.reason is error.reason
    assert repr(error) == f"{type(error).__name__}('Text.')"
    assert isinstance(error, createaccount.CreateAccountError)


def test_kin_of_errors() -> None:
    assert issubclass(createaccount.TransportTimeout, (createaccount.TransportError, TimeoutError))
    assert issubclass(createaccount.TransportTimeout, TimeoutError)
    error = createaccount.Failed(Fail(reason=Reason.EMAIL, message="No such address."))
    assert str(error) == "No such address."
    again = pickle.loads(pickle.dumps(error))
    assert again.step == error.step
    assert str(createaccount.Failed(Other(status="TOMORROW"))) == "The wiki answered TOMORROW."


def test_the_account_of_a_pass(client: createaccount.Client) -> None:
    client.begin()
    step = client.submit({"username": "some_body", "password": PASSWORD})
    assert step == Pass(username="Some body")
    assert step.raw == {"status": "PASS", "username": "Some body"}


def test_a_form_is_at_hand_in_a_repl() -> None:
    form = some_form()
    assert form["username"] is form.fields["username"]
    names = ["username", "pin", "ticket"]
    assert form._ipython_key_completions_() == form.fields._ipython_key_completions_() == names
    visit = Redirect(target="https://third.example/", return_url="https://me.example/", fields=form.fields)
    assert visit["pin"] is form["pin"]
    assert visit._ipython_key_completions_() == names
    with pytest.raises(KeyError, match="no field 'mail'; there are: username, pin, ticket"):
        form["mail"]


def test_names_complete_in_a_repl() -> None:
    repl = Completer({"createaccount": createaccount, "form": some_form()})
    assert repl.complete("createaccount.Cl", 0) == "createaccount.Client("
    assert repl.complete("form.fi", 0) == "form.fields"


def test_dir_shows_what_is_public() -> None:
    for module in (createaccount, aio):
        names = dir(module)
        assert set(module.__all__) < set(names)
        assert {name for name in names if name.startswith("_")} <= {"__version__"}
        assert all(hasattr(module, name) for name in names)
    for home in (_enums, _errors, _steps, _transport):
        defined = {name for name, value in vars(home).items() if getattr(value, "__module__", "") == home.__name__}
        assert not [name for name in defined if not name.startswith("_")]
