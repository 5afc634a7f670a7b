"""Each public name misused: a clear error that names the culprit, and nothing sent."""

from __future__ import annotations

import copy
import pickle
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import createaccount
import pytest
from conftest import PASSWORD, chain
from createaccount import Client, Form, InvalidArgument, InvalidState, Pass

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

API_URL = "https://wiki.example/w/api.php"


@pytest.mark.parametrize(
    "url", ["", "wiki.example", "ftp://wiki.example/", "http://wiki.example/w/api.php", "https://a:b@c/"]
)
def test_addresses(url: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Client(url)
    assert caught.value.field == "api_url"
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user_agent", "line\nbreak"),
        ("language", "en_GB!"),
        ("message_format", "markdown"),
        ("error_format", "markdown"),
        ("error_language", ""),
        ("return_url", "/relative"),
        ("timeout", 0),
        ("timeout", -1.0),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("connect_timeout", 0.0),
        ("deadline", 0.0),
        ("retry_budget", -0.5),
        ("retry_budget", 1e300),
        ("reconcile_wait", -1),
        ("proxy", "no proxy"),
        ("ca_file", "/does/not/exist.pem"),
        ("bearer_token", "gänsefüßchen"),
        ("basic_auth", ("with:colon", "secret")),
        ("headers", {"Cookie": "a=b"}),
        ("headers", {"X-Gateway": "line\nbreak"}),
    ],
)
def test_settings_that_cannot_be_used(name: str, value: object) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(InvalidArgument) as caught:
        Client(API_URL, **settings)
    assert caught.value.field == name
    assert caught.value.message == str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user_agent", b"bytes"),
        ("language", 1),
        ("timeout", "60"),
        ("timeout", None),
        ("allow_http", "yes"),
        ("merge_fields", 1),
        ("ca_file", 5),
        ("environment_proxies", "no"),
        ("basic_auth", "user:password"),
        ("basic_auth", ("user", 5)),
        ("headers", [("X-Gateway", "key")]),
        ("headers", {"X-Gateway": 5}),
        ("seal_key", "text"),
        ("open_keys", 32),
        ("open_keys", ["text"]),
        ("transport", "not callable"),
        ("tiemout", 60),
    ],
)
def test_settings_of_another_type(name: str, value: object) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(TypeError, match=name):
        Client(API_URL, **settings)
    positional: list[Any] = [API_URL, "signup/1.0"]
    with pytest.raises(TypeError, match="positional"):
        Client(*positional)


def test_keys_that_cannot_be_used() -> None:
    for settings, field in [
        ({"seal_key": bytes(31)}, "seal_key"),
        ({"seal_key": bytes(32), "open_keys": [bytes(32), b""]}, "open_key"),
        ({"open_keys": [bytes(32)]}, "open_key"),
        ({"transport": print, "proxy": "http://127.0.0.1:1"}, "proxy"),
        ({"transport": print, "ca_file": "any.pem"}, "ca_file"),
    ]:
        with pytest.raises(InvalidArgument) as caught:
            Client(API_URL, **settings)  # type: ignore[arg-type]
        assert caught.value.field == field


def test_image_type_takes_bytes() -> None:
    with pytest.raises(TypeError, match="data must be bytes"):
        createaccount.image_type("text")  # type: ignore[arg-type]
    assert createaccount.image_type(bytearray(b"GIF89a")) == "image/gif"
    assert createaccount.image_type(b"<svg/>") is None


def test_settings_may_be_left_to_their_defaults(tmp_path: Path) -> None:
    Client(API_URL, user_agent=None, language=None, message_format=None, ca_file=None, transport=None)
    file = tmp_path / "empty.pem"
    file.write_bytes(b"")
    with pytest.raises(InvalidArgument, match="no certificate"):
        Client(API_URL, ca_file=file)


def test_an_unreadable_file_is_the_cause() -> None:
    with pytest.raises(InvalidArgument) as caught:
        Client(API_URL, ca_file=Path("/does/not/exist.pem"))
    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"nickname": "Al"}, "nickname"),
        ({"username": "Al"}, "password"),
        ({"username": "", "password": PASSWORD}, "username"),
        ({"username": True}, "username"),
        ({"username": ["Al"]}, "username"),
        ({"username": "A\x00l"}, "username"),
        ({"username": "A\ud800l"}, "username"),
        ({"username": "Al", "password": PASSWORD, "stepChain": "no such chain"}, "stepChain"),
        ({"stepStart": "yes", "username": "Al"}, "stepStart"),
    ],
)
def test_values_that_a_wiki_would_refuse(stepper: Client, steps: Wiki, values: dict[str, Any], field: str) -> None:
    stepper.begin()
    with pytest.raises(InvalidArgument) as caught:
        stepper.submit(values)
    assert caught.value.field == field
    assert steps.requests() == ["GET"]
    assert isinstance(stepper.submit({"username": "Al", "password": PASSWORD}), Pass)


SECRET = "hunter2-\ud800"


def with_setting(name: str, _: Client) -> Client:
    settings: dict[str, Any] = {name: SECRET}
    return Client(API_URL, **settings)


LONE_SURROGATES: list[tuple[str, Callable[[Client], object]]] = [
    ("api_url", lambda _: Client(SECRET)),
    *(
        (name, partial(with_setting, name))
        for name in (
            *("user_agent", "language", "message_format", "error_format", "error_language"),
            *("return_url", "proxy", "ca_file", "bearer_token"),
        )
    ),
    ("username", lambda client: client.login(SECRET, PASSWORD)),
    ("password", lambda client: client.login("Al", SECRET)),
    ("username", lambda client: client.check_username(SECRET)),
    ("password", lambda client: client.check_password(SECRET)),
    ("username", lambda client: client.check_password(PASSWORD, SECRET)),
    ("returned_url", lambda client: client.resume(SECRET)),
    ("password", lambda client: client.submit({"username": "Al", "password": SECRET})),
    ("topics", lambda client: client.submit({"topics": ["art", SECRET]})),
    ("values", lambda client: client.submit({SECRET: "Al"})),
    ("requests", lambda client: client.submit({"username": "Al"}, requests=[SECRET])),
    ("password", lambda client: client.run(lambda _: {"password": SECRET})),
]


@pytest.mark.parametrize(("field", "call"), LONE_SURROGATES)
def test_lone_surrogates_are_refused_and_not_shown(
    client: Client, field: str, call: Callable[[Client], object]
) -> None:
    client.begin()
    with pytest.raises(InvalidArgument) as caught:
        call(client)
    assert caught.value.field == field
    shown: BaseException | None = caught.value
    while shown is not None:
        assert "hunter2" not in f"{shown!r} {vars(shown)}"
        assert not isinstance(shown, UnicodeError)
        shown = shown.__cause__ or shown.__context__


def test_text_of_another_type(client: Client) -> None:
    anything: Any = b"bytes"
    for call in (
        lambda: Client(anything),
        lambda: client.login(anything, PASSWORD),
        lambda: client.login("Al", anything),
        lambda: client.check_username(anything),
        lambda: client.check_password(anything),
        lambda: client.check_password(PASSWORD, anything),
        lambda: client.resume(anything),
    ):
        with pytest.raises(TypeError, match="bytes"):
            call()


@pytest.mark.parametrize("value", [1, 1.5, b"bytes", ["a", 1], {"a": 1}.values(), object()])
def test_values_of_another_type_name_their_field(client: Client, value: object) -> None:
    client.begin()
    values: dict[str, Any] = {"username": "Al", "realname": value}
    with pytest.raises(TypeError, match="realname"):
        client.submit(values)


def test_arguments_of_another_type(client: Client) -> None:
    client.begin()
    with pytest.raises(TypeError, match="mapping"):
        client.submit([("username", "Al")])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name of a field"):
        client.submit({1: "Al"})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="requests"):
        client.submit({}, requests="MediaWiki")
    with pytest.raises(TypeError, match="requests"):
        client.submit({}, requests=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="keyword"):
        client.submit(values={})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="body"):
        client.resume("http://127.0.0.1/", body="a=b")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="data"):
        Client.load("https://wiki.example/api.php", "text")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        client.begin(True)  # type: ignore[call-arg]  # noqa: FBT003
    with pytest.raises(TypeError):
        client.login("Al")  # type: ignore[call-arg]
    with pytest.raises(InvalidArgument) as caught:
        client.check_username("")
    assert caught.value.field == "username"


def test_an_iterable_that_fails_says_so(client: Client) -> None:
    client.begin()
    with pytest.raises(ZeroDivisionError):
        client.submit({"username": (str(1 // number) for number in (1, 0))})


def test_calls_out_of_turn(client: Client) -> None:
    assert client.step is None
    calls: list[Callable[[], object]] = [
        client.reconcile,
        lambda: client.submit({}),
        lambda: client.resume("http://127.0.0.1/"),
    ]
    for call in calls:
        with pytest.raises(InvalidState) as caught:
            call()
        assert isinstance(caught.value, RuntimeError)


def test_a_return_from_elsewhere(stepper: Client) -> None:
    chain(stepper, "redirect")
    for url in ("http://127.0.0.1:9/other?path=secret&code=x&state=y", "https://evil.example/return", "nonsense"):
        with pytest.raises(InvalidArgument) as caught:
            stepper.resume(url)
        assert caught.value.field == "returned_url"
    # What the host alone fills in must be complete.
    with pytest.raises(InvalidArgument) as caught:
        stepper.resume("http://127.0.0.1:9/return?path=secret&error=access_denied", values={"state": "guessed"})
    assert caught.value.field == "code"
    assert "access_denied" in caught.value.message


def test_a_closed_client(client: Client) -> None:
    client.begin()
    client.close()
    client.close()
    assert client.closed
    assert isinstance(client.step, Form)
    for call in (client.begin, client.save, client.can_create, lambda: client.submit({})):
        with pytest.raises(InvalidState, match="closed"):
            call()
    assert "closed" in repr(client)
    client.cancel()


def test_clients_cannot_be_copied_or_pickled(client: Client) -> None:
    duplicates: list[Callable[[object], object]] = [copy.copy, copy.deepcopy, pickle.dumps]
    for duplicate in duplicates:
        with pytest.raises(TypeError, match=r"neither pickled nor copied.*save\(\)"):
            duplicate(client)


def test_clients_cannot_be_extended() -> None:
    with pytest.raises(TypeError):
        type("Mine", (Client,), {})


def test_answers_of_the_wiki_that_are_errors(make_any: Callable[[str], Wiki], wiki: Wiki) -> None:
    with Client(make_any("readonly").api_url) as client:
        client.begin()
        with pytest.raises(createaccount.ApiError) as caught:
            client.submit({"username": "Al", "password": PASSWORD})
    error = caught.value
    assert (error.code, error.api_code, error.http_status) == ("readonly", "readonly", 200)
    assert error.reason is createaccount.Reason.READ_ONLY
    assert error.info == error.message
    assert "Maintenance until noon." in error.info
    with Client(wiki.base + "/nothing") as client, pytest.raises(createaccount.ProtocolError) as caught_other:
        client.begin()
    assert caught_other.value.http_status == 404
    assert caught_other.value.api_code is None
    assert caught_other.value.reason is None


def test_errors_of_the_network() -> None:
    with Client("http://127.0.0.1:9/api.php") as client, pytest.raises(createaccount.TransportError) as caught:
        client.begin()
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert not isinstance(caught.value, createaccount.TransportTimeout)
    assert caught.value.failure is createaccount.TransportFailure.CONNECT
