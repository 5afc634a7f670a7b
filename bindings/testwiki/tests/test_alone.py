"""The wiki without libcreateaccount, for hosts with a client of their own."""

from __future__ import annotations

import json
import re
from http.client import RemoteDisconnected
from http.cookiejar import CookieJar
from importlib.metadata import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from createaccount_testwiki import Wiki


def test_every_profile_of_the_readme(testwiki: Callable[..., Wiki]) -> None:
    readme = metadata("createaccount-testwiki").json["description"]
    assert isinstance(readme, str)
    table = readme.partition("| profile | the wiki |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    profiles = [name for cell in cells for name in re.findall(r"[a-z-]+", cell)]
    assert len(profiles) > 15
    for profile in profiles:
        assert testwiki(profile).users() == ["Admin", "Taken"]


def test_an_account_by_hand(testwiki: Callable[..., Wiki]) -> None:
    wiki = testwiki()
    assert create(wiki, browser(), "Alice")["createaccount"]["status"] == "PASS"
    assert wiki.users() == ["Admin", "Taken", "Alice"]


@pytest.mark.parametrize(("profile", "is_made"), [("lost-request", False), ("lost-answer", True)])
def test_an_answer_is_lost_once(testwiki: Callable[..., Wiki], profile: str, *, is_made: bool) -> None:
    wiki, web = testwiki(profile), browser()
    with pytest.raises(RemoteDisconnected):
        create(wiki, web, "Alice")
    assert ("Alice" in wiki.users()) is is_made
    assert create(wiki, web, "Bob")["createaccount"]["status"] == "PASS"


def browser() -> OpenerDirector:
    """Open addresses with cookies, and without the proxies of the environment."""
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))


def create(wiki: Wiki, web: OpenerDirector, name: str) -> Any:
    """Make an account in two requests."""

    def call(**parameters: str) -> Any:
        address, body = wiki.api_url, None
        if parameters["action"] == "query":
            address += "?" + urlencode(parameters)
        else:
            body = urlencode(parameters).encode()
        with web.open(address, body, timeout=30) as answer:
            return json.load(answer)

    tokens = call(action="query", meta="tokens", type="createaccount", format="json")["query"]["tokens"]
    return call(
        action="createaccount",
        format="json",
        createtoken=tokens["createaccounttoken"],
        createreturnurl="https://www.example.org/",
        username=name,
        password="correct horse battery",
        retype="correct horse battery",
        email="",
        realname="",
    )
