"""The application of the sign-up page, called without a server: mounting, headers, languages, stores, seals."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from conftest import PASSWORD
from createaccount.web import FileStore, RedisStore, app, serve
from createaccount.web.complaints import Complaint
from createaccount.web.flow import LIFETIME, Flow, Seal, from_bytes, key_of, to_bytes
from createaccount.web.site import Site
from createaccount.web.stores import Busy
from createaccount.web.texts import LANGUAGES, language_of, own_language
from signup_site import HTTPS_SITE, Page, browsing

if TYPE_CHECKING:
    from conftest import Wiki
    from createaccount.web import Store

KEYS = [b"k" * 32]


def test_the_example_is_mounted(steps: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = "https://www.example.org"
    known = {"API_URL": steps.api_url, "SITE_URL": where, "STATE": str(tmp_path), "SEAL_KEY": KEYS[0].hex()}
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    spec = spec_from_file_location("web_signup", Path(__file__).parents[1] / "examples/web_signup.py")
    assert spec
    assert spec.loader
    example = module_from_spec(spec)
    spec.loader.exec_module(example)

    async def sign_up() -> Page:
        async with browsing(example.site, where) as browser:
            assert "/join/" in (await browser.get("/")).text
            page = Page((await browser.get("/join")).text)
            answers = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}
            headers = {"content-type": "application/x-www-form-urlencoded", "origin": where}
            answer = await browser.post("/join/", content=urlencode(page.filled_in(answers)), headers=headers)
            assert urlsplit(str(answer.url)).path == "/join/"
            assert (await browser.get("/join/style.css")).status_code == 200
            return Page(answer.text)

    assert asyncio.run(sign_up()).made
    assert steps.users()[2:] == ["Alice"]


def test_a_theme_takes_the_place_of_ours(wiki: Wiki, tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "style.css").write_text("body { color: teal }", encoding="utf-8")
    (theme / "made.html").write_text('{% extends "page.html" %}{% block main %}Hooray{% endblock %}', encoding="utf-8")

    async def sign_up() -> tuple[str, str]:
        store = FileStore(tmp_path / "flows")
        application = app(
            wiki.api_url, site=HTTPS_SITE, store=store, seal_keys=KEYS, wiki_name="My <wiki>", theme=theme
        )
        async with browsing(application) as browser:
            page = Page((first := await browser.get("/")).text)
            assert "Create an account on My &lt;wiki&gt;" in first.text
            answers = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}
            filled = urlencode(page.filled_in(answers))
            return (await browser.get("/style.css")).text, (await browser.post("/", content=filled)).text

    style, made = asyncio.run(sign_up())
    assert "teal" in style
    assert "Hooray" in made


def test_a_fault_here_is_no_blank_page(wiki: Wiki, tmp_path: Path) -> None:
    class Broken(FileStore):
        async def do(self, *_: object, **__: object) -> list[tuple[bytes]]:
            raise ZeroDivisionError

    async def visit() -> httpx.Response:
        application = app(wiki.api_url, site=HTTPS_SITE, store=Broken(tmp_path), seal_keys=KEYS)
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HTTPS_SITE) as browser:
            return await browser.get("/", headers={"accept-language": "pl"})

    answer = asyncio.run(visit())
    assert answer.status_code == 500
    assert "Coś poszło u nas nie tak" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("uselang", "accepted", "code"),
    [
        (None, "pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        (None, "en;q=0.5, ko", "ko"),
        (None, "pt-BR", "pt-br"),
        (None, "iw", "he"),
        (None, "zh-TW", "zh-tw"),
        (None, "zh-Hans-CN", "zh-hans"),
        (None, "sr-Latn-RS", "sr-el"),
        (None, "de-AT", "de-at"),
        (None, "es-MX", "es"),
        (None, "de-DE;q=0", "en"),
        (None, "*", "en"),
        (None, "x" * 100_000, "en"),
        (None, None, "en"),
        ("ar", "pl", "ar"),
        ('"><script>', "pl", "en"),
    ],
)
def test_the_language(uselang: str | None, accepted: str | None, code: str) -> None:
    assert language_of(uselang, accepted) == code


def test_languages_have_the_same_texts() -> None:
    known = LANGUAGES
    assert {"ar", "en", "ko", "pl", "pt"} <= known.keys()
    for language in known.values():
        assert list(language.texts) == list(known["en"].texts)
        for key, text in language.texts.items():
            assert text, (language.code, key)
            # What is filled in must be known; {name} must not get lost.
            wanted, found = ({*re.findall(r"{\w+}", one)} for one in (known["en"].texts[key], text))
            assert found <= wanted, (language.code, key)
            assert "{name}" not in wanted - found, (language.code, key)
    assert own_language("pt-br").code == "pt"
    assert own_language("fr").code == "en"
    assert own_language("he").direction == "rtl"


def test_every_text_is_used() -> None:
    folder = Path(str(app.__code__.co_filename)).parent
    sources = "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.suffix in {".py", ".html"})
    unused = [key for key in LANGUAGES["en"].texts if not re.search(rf"\bt\.{key}\b|\"{key}\"|'{key}'", sources)]
    # Notices and what is said of a status add "_text" to their key.
    assert [key for key in unused if not key.endswith("_text")] == []


def test_a_seal_keeps_its_place() -> None:
    old, new = b"1" * 32, b"2" * 32
    flow = Flow("ko", saved=b"\x00\xff", typed={"email": ["a@b"]}, problems=[Complaint("email", words="no")])
    sealed = Seal([old]).close("here", to_bytes(flow))
    assert b"a@b" not in sealed
    opened = Seal([new, old]).open("here", sealed)
    assert opened
    assert from_bytes(opened) == flow
    assert Seal([old]).open("there", sealed) is None
    assert Seal([new]).open("here", sealed) is None
    assert Seal([old]).open("here", sealed[:-2] + b"AA") is None
    assert Seal([old]).open("here", None) is None
    assert Seal([old]).fernet.extract_timestamp(sealed) > time.time() - LIFETIME


@pytest.mark.parametrize("kind", ["redis", "file"])
def test_a_store(kind: str, redis_url: str, tmp_path: Path) -> None:
    def make() -> Store:
        return RedisStore(redis_url) if kind == "redis" else FileStore(tmp_path)

    async def play() -> None:
        # Two workers, as it were.
        one, other = make(), make()
        key = key_of(os.urandom(8).hex())
        assert await one.get(key) is None
        await one.put(key, b"a", 60)
        await other.put(key, b"b", 60)
        assert await one.get(key) == b"b"
        await one.drop(key)
        assert await other.get(key) is None
        await one.put(key, b"c", 0.1)
        async with one.lock(key, hold=60, patience=1):
            with pytest.raises(Busy):
                async with other.lock(key, hold=60, patience=0.2):
                    pass
        # What its holder has left, or kept for too long, somebody else can take.
        async with one.lock(key, hold=0.2, patience=1) as lost, other.lock(key, hold=60, patience=10) as held:
            with pytest.raises(Busy):
                await lost.renew()
            await held.renew()
        async with one.lock(key, hold=60, patience=1):
            pass
        assert await one.get(key) is None
        await one.close()
        await other.close()

    asyncio.run(play())


def test_workers_make_a_store_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        for number in range(100):
            list(workers.map(FileStore, [tmp_path / str(number)] * 8))


def test_serving_wants_one_place_and_a_key(wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREATEACCOUNT_SEAL_KEYS", raising=False)
    with pytest.raises(ValueError, match="one place"):
        serve(wiki.api_url, site=HTTPS_SITE)
    with pytest.raises(ValueError, match="CREATEACCOUNT_SEAL_KEYS"):
        serve(wiki.api_url, site=HTTPS_SITE, redis_url="redis://localhost")
    for keys in ([], [b"short"]):
        with pytest.raises(ValueError, match="64 hexadecimal"):
            app(wiki.api_url, site=HTTPS_SITE, store=FileStore(tmp_path), seal_keys=keys)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"site": "signup.example"}, "the site is an address"),
        ({"site": "ftp://signup.example"}, "the site is an address"),
        ({"site": "https://user:word@signup.example"}, "the site is an address"),
        ({"site": "https://signup.example/?a=b"}, "the site is an address"),
        ({"site": "https://zapisy.przykład"}, "the site is an address"),
        # Passwords would go unencrypted.
        ({"site": "http://signup.example"}, "https"),
        ({"user_agent": "two\nlines"}, "printable ASCII"),
        ({"captcha_scripts": ["other"]}, "other"),
        ({"captcha_scripts": ["unheard-of"]}, "unheard-of"),
        ({"theme": "/nowhere"}, "not a folder"),
    ],
)
def test_what_cannot_be_is_said_at_once(wiki: Wiki, tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    settings = {"site": HTTPS_SITE, "store": FileStore(tmp_path), "seal_keys": KEYS, **changed}
    with pytest.raises(ValueError, match=words):
        app(wiki.api_url, **settings)


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://signup.example", "https://signup.example", ""),
        ("https://Signup.Example:443/join/", "https://signup.example", "/join"),
        ("http://localhost:8000/", "http://localhost:8000", ""),
        ("https://[2001:DB8::1]:8443/a/b", "https://[2001:db8::1]:8443", "/a/b"),
    ],
)
def test_a_site_is_named_as_browsers_name_it(url: str, origin: str, path: str) -> None:
    site = Site(url)
    assert (site.origin, site.path, site.url) == (origin, path, origin + path)


def test_the_texts_are_json() -> None:
    folder = Path(str(app.__code__.co_filename)).parent / "i18n"
    for file in folder.iterdir():
        content = file.read_text(encoding="utf-8")
        assert json.dumps(json.loads(content), ensure_ascii=False, indent="\t") + "\n" == content
