"""The sign-up page under attack; each test is an attack, or a family of them.

What the page promises against them stands in SECURITY.md.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from conftest import PASSWORD, Wiki, connect, follow
from createaccount.web import FileStore, app
from createaccount.web.flow import key_of
from createaccount.web.security import LARGEST
from signup_site import HTTPS_SITE, SITE, Visitor, browsing, passing_on, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

KEYS = [b"k" * 32]
BAD = "\"'><script>alert('1')</script>{{7777*7}}"


def test_forms_of_other_sites(steps: Wiki, place: list[str]) -> None:
    with serving(steps, place) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        body = urlencode(page.filled_in({"username": ["Alice"], "stepStart": ["1"], "stepChain": ["redirect"]}))
        # They come without the cookie, or from another origin, or without the ticket.
        cookie, visitor.cookie = visitor.cookie, ""
        assert visitor.exchange("POST", "/", body)[0] == 303
        visitor.cookie = cookie
        for header in [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": f"{SITE}.evil.example"},
            {"origin": f"{SITE}:81"},
            {"origin": SITE.replace("http", "https")},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ]:
            assert visitor.exchange("POST", "/", body, headers=header)[0] == 403
        fields = parse_qsl(body, keep_blank_values=True)
        for ticket in [[], [("ticket", "")], [("ticket", "x" * 32)], [("ticket", "\u0660")]]:
            forged = urlencode([*(field for field in fields if field[0] != "ticket"), *ticket])
            assert visitor.exchange("POST", "/", forged, headers={"origin": SITE})[0] == 303
        # An address is not a form.
        assert visitor.exchange("GET", f"/?{body}")[0] == 200
        assert steps.window("_received") == []


def test_a_form_that_is_sent_again(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["ui"]}
        visitor.submit(page, answers)
        for _ in range(3):
            visitor.submit(page, answers)
        assert len(steps.window("_received")) == 1


def test_handles_of_others(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        # A handle that we did not give is not taken, however it looks.
        for handle in ["x" * 43, "x" * 5000, "..", "a:returned", '"', "%00"]:
            visitor.cookie = f"signup={handle}"
            visitor.request("GET", "/")
            assert visitor.handle != handle
        # Whoever knew the handle before the account was made is left behind: after a minute it leads nowhere.
        before = visitor.handle
        assert visitor.sign_up("plain").made
        assert visitor.handle != before
        opened = connect(redis_url)
        (old,) = opened.scan_iter(f"*{key_of(before)}")
        assert 0 < int(opened.ttl(old)) <= 60
        opened.delete(old)
        other = Visitor(workers, "Mallory")
        other.cookie = f"signup={before}"
        assert "field-username" in other.request("GET", "/").controls


def test_cookies_from_elsewhere_or_in_the_open(wiki: Wiki, tmp_path: Path) -> None:
    async def visit() -> httpx.Response:
        async with browsing(app(wiki.api_url, site=HTTPS_SITE, store=FileStore(tmp_path), seal_keys=KEYS)) as browser:
            return await browser.get("/")

    given = asyncio.run(visit()).headers["set-cookie"]
    assert given.startswith("__Host-signup=")
    assert set(given.split("; ")[1:]) == {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=lax", "Secure"}


def test_returns_of_others(steps: Wiki, place: list[str]) -> None:
    with serving(steps, place) as workers:
        visitor, other = Visitor(workers, "Alice"), Visitor(workers, "Mallory")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["redirect"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        assert visitor.handle not in page.links[0]
        url = urlsplit(follow(page.links[0]))
        # Neither another visitor nor another address comes back in the visitor's place.
        other.request("GET", "/")
        for somebody, path in [(other, url.path), (visitor, "/return/"), (visitor, "/return/0")]:
            assert somebody.exchange("GET", f"{path}?{url.query}")[0] in {303, 404}
        assert len(steps.window("_received")) == 1
        assert visitor.request("GET", f"{url.path}?{url.query}").made


def test_returns_that_are_posted_by_strangers(steps: Wiki, place: list[str]) -> None:
    with serving(steps, place) as workers:
        visitor, third_party = Visitor(workers, "Alice"), Visitor(workers, "")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["redirect"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        url = urlsplit(follow(page.links[0]))
        # Such a request comes without the cookie. It does nothing by itself.
        status, headers, _ = third_party.exchange("POST", url.path, url.query, headers={"origin": "https://id.example"})
        assert (status, third_party.cookie) == (303, "")
        assert len(steps.window("_received")) == 1
        assert third_party.exchange("GET", headers["location"])[0] == 303
        assert len(steps.window("_received")) == 1
        assert visitor.request("GET", headers["location"]).made
        # Nothing is kept for addresses that belong to nobody.
        assert third_party.exchange("POST", f"/return/{'0' * 64}", "a=b")[1]["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:80@localhost"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "evil.example"},
        {"forwarded": "host=evil.example;proto=https"},
    ],
)
def test_hosts_that_a_request_names(wiki: Wiki, redis_url: str, headers: dict[str, str]) -> None:
    with serving(wiki, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        body = urlencode(page.filled_in({"username": ["Alice"]}))
        for method, path in [
            ("GET", "/"),
            ("POST", "/"),
            ("GET", "/captcha/"),
            ("GET", "/style.css/"),
            ("GET", "/returned/0"),
            ("GET", "http://evil.example/"),
            ("GET", "/nothing"),
        ]:
            _, answered, html = visitor.exchange(method, path, body if method == "POST" else "", headers=headers)
            assert "evil" not in str(answered)
            assert b"evil" not in html
            assert answered["location"] in {None, "/"}


def test_addresses_that_lead_away(wiki: Wiki, redis_url: str) -> None:
    with serving(wiki, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        for path in [
            "//evil.example",
            "//evil.example/captcha/",
            "/%2f%2fevil.example",
            "/\\evil.example",
            "/return//evil.example",
            "/return/%2f%2fevil.example?//evil.example",
            "/returned//evil.example",
            "/returned/..%2f..%2f%2fevil.example",
            "/?uselang=//evil.example",
            "/?returnto=//evil.example",
            "/return/a%0d%0aX-Evil:%20evil?%0d%0aX-Evil:%20evil",
        ]:
            for method in ("GET", "POST"):
                _, headers, html = visitor.exchange(method, path)
                assert "evil" not in str(headers).lower(), path
                assert b"evil" not in html, path


def test_files_that_are_no_pages(wiki: Wiki, redis_url: str) -> None:
    with serving(wiki, ["--redis", redis_url], 1) as workers:
        for path in ["/style.css/../page.html", "/../seal.key", "/%2e%2e/seal.key", "/static/style.css", "/docs"]:
            assert Visitor(workers, "Alice").exchange("GET", path)[0] == 404


def test_what_is_too_large(wiki: Wiki, redis_url: str) -> None:
    with serving(wiki, ["--redis", redis_url], 1) as workers:
        visitor = Visitor(workers, "Alice")
        visitor.request("GET", "/")
        for path in ["/", f"/return/{key_of(visitor.handle)}"]:
            assert visitor.exchange("POST", path, "a" * (LARGEST + 1))[0] == 413
            # Nor without a length.
            connection = http.client.HTTPConnection("127.0.0.1", workers.ports[0], timeout=60)
            pieces = iter([b"a=" + b"a" * (LARGEST // 2)] * 3)
            connection.request("POST", path, pieces, {"cookie": visitor.cookie}, encode_chunked=True)
            with connection.getresponse() as answer:
                assert answer.status == 413
            connection.close()
        # As many fields as there can be are read in no time, and none of them is kept.
        many = "&".join(["field-x="] * (LARGEST // 10))
        assert visitor.exchange("POST", "/", many)[0] == 303


class Tags(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")


def expect_no_markup(html: str) -> None:
    """Expect none but ours."""
    seen = Tags(html)
    assert not seen.tags & {"script", "style", "iframe", "object", "embed", "base"}
    assert [name for name in seen.attributes if name.startswith("on") or name in {"style", "srcdoc"}] == []
    for address in seen.attributes.get("href", set()) | seen.attributes.get("src", set()):
        assert address.startswith(("http", "/", "#"))
    assert seen.attributes.get("action", {"/"}) == {"/"}
    assert "54439" not in html


def test_markup_of_the_visitor(wiki: Wiki, redis_url: str) -> None:
    with serving(wiki, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        typed = {name: [BAD] for name in ("username", "email", "realname")}
        page = visitor.submit(page, {**typed, "password": [PASSWORD], "retype": [PASSWORD]})
        expect_no_markup(page.html)
        assert page.checked["field-username"] == [BAD]
        assert PASSWORD not in page.html
        for path in [f"/?uselang={BAD}", f"/{BAD}", f"/?{BAD}"]:
            status, _, html = visitor.exchange("GET", path.replace(" ", "%20"))
            assert status in {200, 404}
            expect_no_markup(html.decode())


def test_markup_of_the_wiki(wiki: Wiki, redis_url: str) -> None:
    with passing_on(wiki.base) as between, serving(Wiki(between.address), ["--redis", redis_url], 1) as workers:
        Visitor(workers, "Alice").request("GET", "/")
        between.answer("authmanagerinfo", 200, {"Content-Type": "application/json"}, spoilt_form(wiki))
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        assert BAD in page.text
        expect_no_markup(page.html)
        refusal = {"createaccount": {"status": "FAIL", "message": BAD, "messagecode": BAD}}
        between.answer("action=createaccount", 200, {"Content-Type": "application/json"}, json.dumps(refusal).encode())
        page = visitor.submit(page, {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]})
        assert BAD in page.text
        expect_no_markup(page.html)


def spoilt_form(wiki: Wiki) -> bytes:
    """Give the wiki's form with markup wherever a wiki can put it."""
    asked = [one["query"] for one in wiki.window("_requests") if "authmanagerinfo" in one["query"]]
    with urlopen(f"{wiki.api_url}?{asked[-1]}", timeout=30) as answer:
        reply = json.load(answer)
    for request in reply["query"]["authmanagerinfo"]["requests"]:
        fields = request["fields"]
        for field in fields.values():
            field["label"] = field["help"] = BAD
        for number, kind in enumerate(["string", "select", "multiselect", "checkbox", "button", "null"]):
            options = {"options": {BAD: BAD}} if "select" in kind else {}
            fields[f"{BAD}{number}"] = {
                "type": kind,
                "label": BAD,
                "help": BAD,
                "value": BAD,
                "optional": True,
                **options,
            }
        break
    return json.dumps(reply).encode()


def test_a_script_as_a_third_party(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["script"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        assert "javascript:" not in page.html
        expect_no_markup(page.html)


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "image/png"])
def test_a_picture_that_is_none(make: Callable[[str], Wiki], redis_url: str, kind: str) -> None:
    wiki = make("fancy")
    with passing_on(wiki.base) as between, serving(Wiki(between.address), ["--redis", redis_url], 1) as workers:
        visitor = Visitor(workers, "Alice")
        visitor.request("GET", "/")
        between.answer("wpCaptchaId", 200, {"Content-Type": kind}, b"<svg onload='alert(1)'/>")
        status, headers, body = visitor.exchange("GET", "/captcha")
        assert status == 503
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert b"onload" not in body


def test_what_other_sites_can_read_or_frame(wiki: Wiki, tmp_path: Path) -> None:
    async def answers() -> list[httpx.Response]:
        store = FileStore(tmp_path / "flows")
        async with browsing(app(wiki.api_url, site=HTTPS_SITE, store=store, seal_keys=KEYS)) as browser:
            browser.headers["origin"] = "https://evil.example"
            found = [
                await browser.get("/"),
                await browser.get("/nothing"),
                await browser.request("OPTIONS", "/"),
                await browser.request("DELETE", "/"),
                await browser.get("/captcha"),
                await browser.get("/return/0", follow_redirects=False),
                await browser.post("/", content=b"a" * (LARGEST + 1), headers={"origin": HTTPS_SITE}),
                await browser.post("/", content=b"a"),
            ]
            store.folder.rename(tmp_path / "elsewhere")
            return [*found, await browser.get("/"), await browser.get("/style.css")]

    shown = asyncio.run(answers())
    assert [answer.status_code for answer in shown] == [200, 404, 405, 405, 404, 303, 413, 403, 503, 200]
    for answer in shown:
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in str(policy)
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert [name for name in answer.headers if name.startswith("access-control")] == []
    assert {answer.headers["cache-control"] for answer in shown[:-1]} == {"no-store"}
    assert "immutable" in shown[-1].headers["cache-control"]


def test_whoever_reads_or_writes_the_store(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        opened = connect(redis_url)
        opened.flushall()
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["ui"], "email": ["alice@example.org"]}
        page = visitor.submit(page, answers)
        (key,) = opened.scan_iter("*")
        assert 3500 < int(opened.ttl(key)) <= 3600
        value = opened.get(key)
        assert isinstance(value, bytes)
        assert visitor.handle.encode() not in key + value
        for plain in (b"Alice", b"alice@", b"127.0.0.1", b"ticket"):
            assert plain not in value
        # A record that was moved to another visitor's place, or changed, opens nothing.
        other = Visitor(workers, "Mallory")
        other.request("GET", "/")
        (place,) = set(opened.scan_iter("*")) - {key}
        opened.set(place, value)
        assert "field-username" in other.request("GET", "/").controls
        opened.set(key, value[:-1] + b"A")
        before = visitor.cookie
        page = visitor.submit(page, {})
        assert "field-username" in page.controls
        assert "was forgotten" in page.text
        assert visitor.cookie != before


def test_other_users_of_the_machine(steps: Wiki, tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    with serving(steps, ["--state", str(folder)], 1) as workers:
        assert Visitor(workers, "Alice").sign_up("plain").made
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
        content = b"".join(file.read_bytes() for file in folder.iterdir())
        assert b"Alice" not in content
        assert PASSWORD.encode() not in content
