"""The main job, on all three wikis."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import createaccount
import pytest
from conftest import PASSWORD, RETURN_URL, chain, follow
from createaccount import Fail, FieldType, Form, Pass, Reason, Redirect, Required, Restart

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki


def test_an_account_is_made(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with createaccount.Client(wiki.api_url, user_agent="tests/1.0 (tests@example.org)", language="en") as client:
        form = client.begin()
        assert isinstance(form, Form)
        assert form.status == "FORM"
        assert {"username", "password", "retype"} <= {field.name for field in form.fields if field.required}
        step = client.submit({"username": "Alice Éé", "password": PASSWORD, "email": "alice@example.org"})
        assert step == Pass(username="Alice Éé", raw=step.raw)
        assert client.step is step
    assert "Alice Éé" in wiki.users()
    assert wiki.window("_users")[-1] == {
        "name": "Alice Éé",
        "email": "alice@example.org",
        "realname": "",
        "password": True,
    }


def test_a_taken_name_is_a_failure_with_a_reason(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with createaccount.Client(wiki.api_url) as client:
        client.begin()
        step = client.submit({"username": "Taken", "password": PASSWORD})
    assert isinstance(step, Fail)
    assert step.reason is Reason.NAME_TAKEN
    assert str(step.reason) == f"{step.reason}" == "name_taken"
    assert step.message_code == "userexists"
    assert step.message
    assert step.raw is not None
    assert step.raw["status"] == "FAIL"


def test_every_type_of_field(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with createaccount.Client(wiki.api_url) as client:
        step = chain(client, "ui")
        assert isinstance(step, Form)
        assert step.status == "UI"
        assert step.message == "Please answer every question."
        fields = step.fields
        assert [str(field.type) for field in fields][:9] == [
            *("string", "password", "string", "select", "multiselect", "checkbox", "checkbox", "hidden", "null"),
        ]
        assert [field.name for field in fields if not field.asks] == ["ticket", "info"]
        assert fields["info"].value == "Read this."
        assert fields["color"].choices[2] == createaccount.Choice(value="1", label="The number one")
        assert fields["code"].help == "The code is 1234."
        answer: createaccount.Values = {
            "code": "1234",
            "pin": "99",
            "color": "1",
            "topics": ["a|b", "art"],
            "agree": True,
            "news": False,
        }
        step = client.submit({**answer, "note": None})
        assert isinstance(step, Pass)
    received = wiki.window("_received")[-1]["requests"][0]["fields"]
    assert set(received["topics"]) == {"art", "a|b"}
    assert (received["color"], received["agree"], received["news"], received["note"]) == ("1", True, False, "")


def test_several_steps_with_a_redirect(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with createaccount.Client(wiki.api_url, return_url=RETURN_URL) as client:
        step = chain(client, "chain")
        assert isinstance(step, Form)
        step = client.submit({"code": "9999"})
        assert isinstance(step, Form)
        assert step.message == "That code is wrong."
        step = client.submit({"code": "1234"})
        assert isinstance(step, Redirect)
        assert step.catches_return
        assert step.return_url == RETURN_URL
        assert step.data == {"purpose": "tests", "n": 1}
        assert step.fields.names == ("code", "state")
        step = client.resume(follow(step.target))
        assert isinstance(step, Form)
        step = client.submit({"topics": ["law"], "confirmTopics": True})
        assert isinstance(step, Pass)
    assert "Alice" in wiki.users()


def test_a_return_by_post(stepper: createaccount.Client) -> None:
    step = chain(stepper, "redirect")
    assert isinstance(step, Redirect)
    returned = follow(step.target)
    body = returned.partition("?")[2].partition("&")[2].encode()
    assert isinstance(stepper.resume(RETURN_URL, body=memoryview(body)), Pass)


def test_values_beside_a_return(stepper: createaccount.Client) -> None:
    step = chain(stepper, "redirect-optional")
    assert isinstance(step, Redirect)
    assert isinstance(stepper.resume(follow(step.target), values={"hint": "from me"}), Pass)


def test_presets_and_an_unchecked_answer(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with createaccount.Client(wiki.api_url, return_url=RETURN_URL) as client:
        step = chain(client, "odd")
        assert isinstance(step, Form)
        assert step.fields["news"].value == "1"
        topics = step.fields["topics"].choices
        assert [(choice.value, choice.preset) for choice in topics] == [("art", True), ("law", True), ("a|b", False)]
        with pytest.raises(createaccount.InvalidArgument) as caught:
            client.submit({"domain": "y", "news": False, "topics": []})
        assert caught.value.field == "domain"
        step = client.submit({"domain": "y", "news": False, "topics": [], "survey": "yes"}, unchecked=True)
        assert isinstance(step, Pass)
        assert "survey=yes" in wiki.window("_requests")[-1]["body"]
        odd, lenient = (request["fields"] for request in wiki.window("_received")[-1]["requests"])
        assert odd == {"news": False, "topics": [], "domain": "y", "campaign": ""}
        assert lenient == {"domain": "y"}

        # On the way back, too
        step = chain(client, "denied", "Bob")
        with pytest.raises(createaccount.InvalidArgument):
            client.resume(RETURN_URL, values={"survey": "yes"})
        step = client.resume(f"{RETURN_URL}&error=denied", values={"survey": "yes"}, unchecked=True)
        assert isinstance(step, Pass)
        assert "error=denied&survey=yes" in wiki.window("_requests")[-1]["body"]


def test_a_restart_and_an_unknown_status(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with createaccount.Client(wiki.api_url) as client:
        step = chain(client, "restart")
        assert isinstance(step, Restart)
        assert step.can_preserve_state
        assert step.message == "Please start again."
        step = chain(client, "other")
        match step:
            case createaccount.Other(status=status, raw={"surprise": {"a": [1, 2]}}):
                assert status == "TOMORROW"
            case _:
                pytest.fail(repr(step))


def test_one_of_several_ways(make: Callable[[str], Wiki]) -> None:
    wiki = make("button")
    with createaccount.Client(wiki.api_url) as client:
        form = client.begin()
        assert isinstance(form, Form)
        assert form.fields["signupElsewhere"].type is FieldType.BUTTON
        button = form.requests[1]
        assert (button.required, button.fields.names) == (Required.PRIMARY_REQUIRED, ("signupElsewhere",))
        username = next(request.id for request in form.requests if request.fields.names == ("username",))
        with pytest.raises(createaccount.InvalidArgument) as caught:
            client.submit({"username": "Bob", "signupElsewhere": True}, requests=["NoSuchRequest"])
        assert caught.value.field == "requests"
        step = client.submit({"username": "Bob", "signupElsewhere": True}, requests=iter([button.id, username]))
        assert isinstance(step, Pass)
    assert "createrequests=" in wiki.window("_requests")[-1]["body"]


def test_a_second_account_takes_one_request(client: createaccount.Client, wiki: Wiki) -> None:
    client.begin()
    client.submit({"username": "One", "password": PASSWORD})
    before = len(wiki.requests())
    client.begin()
    client.submit({"username": "Two", "password": PASSWORD})
    assert wiki.requests()[before:] == ["POST"]
    assert wiki.users()[-2:] == ["One", "Two"]


def test_raw_messages(make: Callable[[str], Wiki]) -> None:
    wiki = make("throttle")
    with createaccount.Client(wiki.api_url, message_format="raw") as client:
        form = client.begin()
        assert isinstance(form, Form)
        assert form.fields["username"].label == "userlogin-yourname"
        for number in range(4):
            client.begin()
            step = client.submit({"username": f"User {number}", "password": PASSWORD})
    assert isinstance(step, Fail)
    assert step.reason is Reason.THROTTLED
    assert step.message == "acct_creation_throttle_hit"
    assert step.message_params
    assert step.retry_after == 86400.0


def test_captchas(make: Callable[[str], Wiki]) -> None:
    with createaccount.Client(make("questy").api_url) as client:
        form = client.begin()
        assert isinstance(form, Form)
        assert form.captcha is not None
        assert form.captcha.kind is createaccount.CaptchaKind.QUESTION
        assert form.captcha.text == "Which planet do we live on?"
        answer = {"username": "Eve", "password": PASSWORD}
        step = client.submit({**answer, form.captcha.answer_field: "mars"})
        assert isinstance(step, Fail)
        assert step.reason is Reason.CAPTCHA
        client.begin()
        assert isinstance(client.submit({**answer, "captchaWord": "earth"}), Pass)


def test_the_picture_of_a_captcha(make_any: Callable[[str], Wiki]) -> None:
    with createaccount.Client(make_any("fancy").api_url) as client:
        form = client.begin()
        assert isinstance(form, Form)
        assert form.captcha is not None
        assert form.captcha.kind is createaccount.CaptchaKind.IMAGE
        assert form.captcha.image_url is not None
        assert client.captcha_image().startswith(b"\x89PNG")


def test_there_is_no_picture_without_a_captcha(client: createaccount.Client) -> None:
    client.begin()
    with pytest.raises(createaccount.InvalidState):
        client.captcha_image()


def test_creating_for_others(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("closed")
    with createaccount.Client(wiki.api_url) as client:
        verdict = client.can_create()
        assert verdict.answer is False
        assert isinstance(client.login("Admin", "wrong"), Fail)
        step = client.login("Admin", "admin-secret-42")
        assert isinstance(step, Pass)
        assert client.can_create().answer is True
        form = client.begin()
        assert isinstance(form, Form)
        assert {"mailpassword", "reason"} <= set(form.fields.names)
        answer: createaccount.Values = {
            "username": "Guest",
            "email": "guest@example.org",
            "mailpassword": True,
            "reason": "for the workshop",
        }
        assert isinstance(client.submit(answer), Pass)
    (mail,) = wiki.window("_mails")
    assert "guest@example.org" in mail["to"]


def test_a_login_by_its_own_form(wiki: Wiki, client: createaccount.Client) -> None:
    form = client.begin_login()
    assert isinstance(form, Form)
    assert "rememberMe" in form.fields
    assert isinstance(client.submit({"username": "Taken", "password": "taken-secret-42"}), Pass)
    assert wiki.users() == ["Admin", "Taken"]


def test_asking_first(make_any: Callable[[str], Wiki]) -> None:
    with createaccount.Client(make_any("strict").api_url, language="en") as client:
        free = client.check_username("some_body")
        assert (free.answer, free.canonical) == (True, "Some body")
        taken = client.check_username("Taken")
        assert (taken.answer, taken.code) == (False, "userexists")
        assert taken.message
        assert client.check_username("a#b").answer is False
        assert client.check_password(PASSWORD).answer is True
        weak = client.check_password("short", "Somebody")
        assert (weak.answer, weak.code) == (False, "passwordtooshort")
        assert client.can_create().answer is True
        with pytest.raises(TypeError, match="answer"):
            bool(free)


def test_a_private_wiki_does_not_tell(make_any: Callable[[str], Wiki]) -> None:
    with createaccount.Client(make_any("private").api_url) as client:
        verdict = client.check_username("Somebody")
        assert verdict.answer is None
        assert repr(verdict).startswith("Verdict(answer=None")


def test_the_whole_way_in_one_call(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    answers: list[createaccount.Values] = [
        {"username": "Alice", "stepStart": True, "stepChain": "chain"},
        {"code": "1234"},
        {"topics": ["art"]},
    ]

    def answer(step: Form | Redirect) -> createaccount.Values | str:
        return follow(step.target) if isinstance(step, Redirect) else answers.pop(0)

    with createaccount.Client(wiki.api_url, return_url=RETURN_URL) as client:
        assert client.run(answer).username == "Alice"
    assert "Alice" in wiki.users()


def test_a_name_that_the_host_remembers(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with createaccount.Client(wiki.api_url) as client:
        assert client.wiki_time is None
        client.begin()
        before = client.wiki_time
        assert before is not None
        assert before.tzinfo is not None
        made = client.submit({"username": "Alice", "password": PASSWORD})
    # Another process knows the name and the time.
    with createaccount.Client(wiki.api_url) as client:
        assert client.reconcile_name("Alice", before) == made
        taken = client.reconcile_name("Taken", before + timedelta(hours=1))
        assert isinstance(taken, Fail)
        assert (taken.reason, taken.raw, taken.message_is_own) == (Reason.NAME_TAKEN, None, True)
        assert client.step is None


def test_run_reports_other_ends(stepper: createaccount.Client) -> None:
    with pytest.raises(createaccount.Failed) as caught:
        stepper.run(lambda _: {"username": "Taken", "password": PASSWORD})
    assert isinstance(caught.value.step, Fail)
    assert caught.value.step.reason is Reason.NAME_TAKEN
    assert str(caught.value.step.message) in str(caught.value)
    with pytest.raises(createaccount.Failed) as caught:
        stepper.run(lambda _: {"username": "Alice", "stepStart": True, "stepChain": "restart"})
    assert isinstance(caught.value.step, Restart)


def test_run_wants_fitting_answers(stepper: createaccount.Client) -> None:
    with pytest.raises(TypeError, match="mapping"):
        stepper.run(lambda _: "http://example.org/")
    with pytest.raises(ZeroDivisionError):
        stepper.run(lambda _: {"username": str(1 // 0)})
    assert isinstance(chain(stepper, "redirect"), Redirect)
    with pytest.raises(TypeError, match="address"):
        stepper.run(lambda _: {"code": "x"})


def test_a_flow_survives_its_process(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    with createaccount.Client(wiki.api_url) as client:
        before = chain(client, "ui")
        data = client.save()
    assert isinstance(data, bytes)
    with createaccount.Client.load(wiki.api_url, bytearray(data), user_agent="another process") as client:
        assert client.step == before
        assert client.api_url == wiki.api_url
        assert client.reconcile().status == "UI"
        answer: createaccount.Values = {"code": "1234", "pin": "1", "color": "red", "agree": True}
        assert isinstance(client.submit(answer), Pass)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"createaccount flow 9\nxxx", b"createaccount flow 2\nxxx"])
def test_bytes_that_are_no_flow(data: bytes) -> None:
    with pytest.raises(createaccount.InvalidArgument) as caught:
        createaccount.Client.load("https://wiki.example/api.php", data)
    assert caught.value.field == "data"


def test_find_api(wiki: Wiki) -> None:
    page = f"{wiki.base}/index.php/Main_Page"
    assert createaccount.find_api(page, user_agent="tests/1.0") == wiki.api_url
    with pytest.raises(createaccount.InvalidArgument) as refused:
        createaccount.find_api("http://wiki.example")
    assert refused.value.field == "url"
    with pytest.raises(createaccount.ProtocolError, match="Special:Version"):
        createaccount.find_api(wiki.base.partition("/w/")[0])
    with pytest.raises(TypeError, match="find_api"):
        createaccount.find_api(page, colour="red")  # type: ignore[call-arg]
    with pytest.raises(createaccount.InvalidArgument, match="find_api") as refused:
        createaccount.Client(page.partition("://")[2])
    assert refused.value.field == "api_url"


def test_a_refusal_names_its_problem(client: createaccount.Client) -> None:
    client.begin()
    values: list[tuple[createaccount.Values, str]] = [
        ({"username": "Alice"}, "required"),
        ({"username": "Al\x07ice", "password": PASSWORD}, "control_character"),
        ({"username": "Alice", "colour": "red"}, "unknown_field"),
    ]
    for given, problem in values:
        with pytest.raises(createaccount.InvalidArgument) as refused:
            client.submit(given)
        assert refused.value.problem == problem
        assert isinstance(refused.value.problem, createaccount.Problem)
    with pytest.raises(createaccount.InvalidArgument) as refused:
        client.check_password("")
    assert (refused.value.field, refused.value.problem) == ("password", createaccount.Problem.REQUIRED)
    assert createaccount.CreateAccountError("No.").problem is None
    with pytest.raises(createaccount.InvalidState) as state:
        client.resume("https://host.example/")
    assert state.value.problem is None


def test_a_login_is_told_from_an_account(wiki: Wiki) -> None:
    with createaccount.Client(wiki.api_url) as client:
        match client.login("Admin", "admin-secret-42"):
            case Pass(username=name, is_login=is_login):
                assert (name, is_login) == ("Admin", True)
            case other:
                pytest.fail(f"{other}")
        assert repr(client.step) == "Pass(username='Admin', is_login=True)"
        with createaccount.Client.load(wiki.api_url, client.save()) as loaded:
            assert isinstance(loaded.step, Pass)
            assert loaded.step.is_login
        client.begin()
        made = client.submit({"username": "Alice", "password": PASSWORD})
        assert isinstance(made, Pass)
        assert not made.is_login
