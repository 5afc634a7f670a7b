"""How a host tests its sign-up: this one makes an account with a name and a password, and answers a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import createaccount
import pytest
from createaccount_testwiki import Wiki, serve

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct horse battery"


def sign_up(api_url: str, **values: str) -> createaccount.Step:
    with createaccount.Client(api_url) as client:
        client.begin()
        return client.submit(values)


def test_an_account(testwiki: Callable[..., Wiki]) -> None:
    wiki = testwiki()
    step = sign_up(wiki.api_url, username="alice", password=PASSWORD, email="alice@example.org")
    assert isinstance(step, createaccount.Pass)
    assert wiki.users() == ["Admin", "Taken", "Alice"]
    assert wiki.user("Alice")["email"] == "alice@example.org"
    assert [request["method"] for request in wiki.requests()] == ["GET", "POST"]
    assert [entry["phase"] for entry in wiki.received()] == ["begin"]
    assert [mail["to"] for mail in wiki.mails()] == ["alice@example.org"]
    with pytest.raises(KeyError, match="Bob"):
        wiki.user("Bob")


def test_a_taken_name(testwiki: Callable[..., Wiki]) -> None:
    step = sign_up(testwiki().api_url, username="Taken", password=PASSWORD)
    assert isinstance(step, createaccount.Fail)
    assert step.reason == "name_taken"


def test_a_question(testwiki: Callable[..., Wiki]) -> None:
    wiki = testwiki("questy")
    wrong = sign_up(wiki.api_url, username="Alice", password=PASSWORD, captchaWord="mars")
    assert isinstance(wrong, createaccount.Fail)
    assert isinstance(
        sign_up(wiki.api_url, username="Alice", password=PASSWORD, captchaWord="earth"), createaccount.Pass
    )


@pytest.mark.parametrize(
    ("profile", "outcome"), [("lost-answer", createaccount.Pass), ("lost-request", createaccount.Fail)]
)
def test_a_lost_answer(
    testwiki: Callable[..., Wiki], profile: str, outcome: type[createaccount.Pass | createaccount.Fail]
) -> None:
    wiki = testwiki(profile)
    with createaccount.Client(wiki.api_url, reconcile_wait=1) as client:
        client.begin()
        with pytest.raises(createaccount.OutcomeUnknown):
            client.submit({"username": "Alice", "password": PASSWORD})
        assert isinstance(client.reconcile(), outcome)
    assert ("Alice" in wiki.users()) is (outcome is createaccount.Pass)


def test_wikis_share_nothing(testwiki: Callable[..., Wiki]) -> None:
    first, second = testwiki("throttle"), testwiki("throttle")
    sign_up(first.api_url, username="Alice", password=PASSWORD)
    assert second.users() == ["Admin", "Taken"]


def test_a_profile_that_is_none(testwiki: Callable[..., Wiki]) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        testwiki("nonsense")


def test_without_pytest() -> None:
    with serve() as server:
        wiki = server.wiki("closed")
        with createaccount.Client(wiki.api_url) as client:
            assert client.can_create().answer is False
    with pytest.raises(OSError, match="refused"):
        wiki.users()
