"""The sign-up page in a browser, as people meet it: by mouse, keyboard, on a telephone, without JavaScript.

Every state is looked at wide and light, narrow and dark, checked by axe, and photographed into the folder that
CREATEACCOUNT_SHOTS names (target/shots without it).
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from conftest import PASSWORD, Wiki, make_wiki
from playwright.sync_api import Page, expect, sync_playwright
from signup_site import passing_on, serving
from test_web import word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext
    from signup_site import Site

    Met = tuple[Callable[[str], Wiki], str]

pytestmark = pytest.mark.usefixtures("make")

SHOTS = Path(os.environ.get("CREATEACCOUNT_SHOTS", Path(__file__).parents[3] / "target/shots"))
LOOKS: list[tuple[Literal["light", "dark"], int, int]] = [("light", 1280, 900), ("dark", 360, 780)]
DIRECTIONS = {"en": "ltr", "ko": "ltr", "ar": "rtl"}
# localhost, while the wiki and its third party are at 127.0.0.1: another site, as in life.
HERE = "http://localhost:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed: run `tests/prepare.sh test`", pytrace=False)
    SHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        # Tests may run as root, for whom Chromium has no sandbox.
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[("EMBEDDED", "en"), ("1_43", "en"), ("1_43", "ko"), ("1_43", "ar")], ids="-".join)
def met(request: pytest.FixtureRequest) -> Met:
    """Say which wikis somebody meets, and what they speak. Only the real one speaks more than English."""
    which, language = request.param
    return lambda profiles: make_wiki(f"CREATEACCOUNT_WIKI_{which}", profiles), language


@pytest.fixture(params=list(DIRECTIONS))
def language(request: pytest.FixtureRequest) -> str:
    """Say what the person speaks."""
    return str(request.param)


class Person:
    """Somebody with a browser before the page."""

    def __init__(self, context: BrowserContext, site: Site, language: str, name: str) -> None:
        self.page: Page = context.new_page()
        self.language, self.name, self.wiki = language, name, site.wiki
        self.url = HERE.format(port=site.ports[0])
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self) -> None:
        """Open the page."""
        self.page.goto(self.url)
        expect(self.page.locator("html")).to_have_attribute("dir", DIRECTIONS[self.language])

    def fill(self, **values: str) -> None:
        """Fill in fields."""
        for name, value in values.items():
            self.page.locator(f"[id='field-{name}']").fill(value)

    def send(self) -> None:
        """Press the main button."""
        self.page.locator("button.main").click()

    def look(self, state: str) -> None:
        """Look at the page in either width and colour; nobody is kept out by any of them."""
        for colour, width, height in LOOKS:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.emulate_media(color_scheme=colour)
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{state}, {width}, {colour}: {found.generate_report()}"
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state} is wider"
            self.page.screenshot(path=SHOTS / f"{self.name}-{state}-{self.language}-{width}.png", full_page=True)

    def expect_problem(self, name: str) -> None:
        """Expect a problem at a field: told with it, listed above, and the list in focus."""
        field = self.page.locator(f"[id='field-{name}']")
        expect(field).to_have_attribute("aria-invalid", "true")
        told = (field.get_attribute("aria-describedby") or "").split()
        assert f"field-{name}-problem" in told
        expect(self.page.locator(f"[id='field-{name}-problem']")).not_to_be_empty()
        expect(self.page.locator(".problems")).to_be_focused()
        expect(self.page.locator(f".problems a[href='#field-{name}']")).to_be_visible()

    def expect_made(self, username: str = "Alice") -> None:
        """Expect that the account is made, and is."""
        expect(self.page.locator(".made")).to_be_visible()
        expect(self.page.locator(".lead strong")).to_have_text(username)
        assert username in self.wiki.users()


@contextmanager
def somebody(
    browser: Browser, wiki: Wiki, folder: Path, language: str, *options: str, complaints: str = "", **context: Any
) -> Iterator[Person]:
    """Serve the page to one person."""
    name = re.sub(
        r"\W+", "-", os.environ["PYTEST_CURRENT_TEST"].partition("::test_")[2].partition("[")[0].partition(" ")[0]
    )
    kind = "mediawiki" if wiki.base.startswith(os.environ["CREATEACCOUNT_WIKI_1_43"]) else "embedded"
    with serving(wiki, ["--state", str(folder / "flows")], 1, *options, site=HERE, complaints=complaints) as site:
        opened = browser.new_context(locale=language, **context)
        opened.set_default_timeout(20_000)
        try:
            person = Person(opened, site, language, f"{name}-{kind}")
            yield person
        finally:
            opened.close()
        # A policy that is broken, a script that fails: all of it would be said there.
        expected = re.compile("favicon|status of (404|503)")
        assert [text for text in person.complaints if not expected.search(text)] == []


def test_plain(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("stock"), tmp_path, language) as person:
        person.open()
        person.look("form")
        for name, kind in [("username", "username"), ("password", "new-password"), ("email", "email")]:
            expect(person.page.locator(f"#field-{name}")).to_have_attribute("autocomplete", kind)
        person.send()
        person.expect_problem("username")
        person.expect_problem("password")
        person.look("missing")
        person.fill(username="Taken", password=PASSWORD, retype=PASSWORD, realname="Alice Liddell")
        person.send()
        person.expect_problem("username")
        expect(person.page.locator("#field-username")).to_have_value("Taken")
        expect(person.page.locator("#field-realname")).to_have_value("Alice Liddell")
        expect(person.page.locator("#field-password")).to_have_value("")
        person.look("refused")
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD)
        person.send()
        person.expect_made()
        person.look("made")


def test_question(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("questy"), tmp_path, language) as person:
        person.open()
        expect(person.page.get_by_label("Which planet do we live on?")).to_be_visible()
        person.look("form")
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD, captchaWord="mars")
        person.send()
        person.expect_problem("captchaWord")
        person.look("wrong")
        person.fill(password=PASSWORD, retype=PASSWORD, captchaWord="earth")
        person.send()
        person.expect_made()


def test_sum(browser: Browser, make: Callable[[str], Wiki], tmp_path: Path) -> None:
    with somebody(browser, make("arithmetic"), tmp_path, "en") as person:
        person.open()
        question = person.page.locator("label[for='field-captchaWord']").inner_text()
        left, sign, right = re.findall(r"\d+|[+\u2212-]", question)[:3]
        person.look("form")
        result = int(left) + int(right) if sign == "+" else int(left) - int(right)
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD, captchaWord=str(result))
        person.send()
        person.expect_made()


def test_picture(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("fancy"), tmp_path, language) as person:
        person.open()
        person.look("form")
        person.fill(username="Alice", realname="Alice Liddell")
        person.page.locator("button[name=picture]").click()
        expect(person.page.locator("#field-realname")).to_have_value("Alice Liddell")
        picture = person.page.locator(".picture img")
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        person.fill(password=PASSWORD, retype=PASSWORD, captchaWord=word_of(person.wiki))
        # Enter presses the main button, not the one beside the picture.
        person.page.keyboard.press("Enter")
        person.expect_made()


def test_step(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("steps"), tmp_path, language) as person:
        person.open()
        person.look("ways")
        person.fill(username="Alice")
        person.page.locator("#field-stepChain").select_option("ui")
        person.page.locator("#field-stepStart").click()
        person.look("step")
        person.fill(code="9999", pin="98 76")
        person.page.locator("#field-color").select_option("green")
        person.page.locator("#field-topics-3").check()
        person.page.locator("#field-agree").check()
        person.send()
        # That code is wrong; the rest is kept, but for secrets.
        expect(person.page.locator(".problems")).to_be_focused()
        expect(person.page.locator("#field-color")).to_have_value("green")
        expect(person.page.locator("#field-topics-3")).to_be_checked()
        expect(person.page.locator("#field-agree")).to_be_checked()
        expect(person.page.locator("#field-code")).to_have_value("")
        person.look("wrong")
        person.fill(code="1234", pin="98 76")
        person.send()
        person.expect_made()


@pytest.mark.parametrize("method", ["get", "post"])
def test_redirect(browser: Browser, met: Met, tmp_path: Path, method: str) -> None:
    make, language = met
    with somebody(browser, make("steps"), tmp_path, language) as person:
        person.open()
        person.fill(username="Alice")
        person.page.locator("#field-stepChain").select_option("redirect")
        person.page.locator("#field-stepStart").click()
        there = person.page.locator("a.main")
        expect(there).to_be_visible()
        if method == "get":
            person.look("away")
            there.click()
        else:
            person.page.goto(f"{there.get_attribute('href')}&method=post")
            person.page.locator("form").evaluate("form => form.submit()")
        person.expect_made()
        # What came back stands in no address, and going back sends nothing.
        assert person.page.url.rstrip("/") == person.url
        person.page.go_back()
        assert [one["phase"] for one in person.wiki.window("_received")] == ["begin", "continue"]


def test_without_javascript(browser: Browser, make: Callable[[str], Wiki], tmp_path: Path) -> None:
    with somebody(browser, make("steps"), tmp_path, "en", java_script_enabled=False) as person:
        person.open()
        person.fill(username="Alice")
        person.page.locator("#field-stepChain").select_option("chain")
        person.page.locator("#field-stepStart").click()
        person.fill(code="1234")
        person.send()
        person.page.locator("a.main").click()
        person.page.locator("#field-topics-1").check()
        person.send()
        person.expect_made()


def test_by_keyboard(browser: Browser, wiki: Wiki, tmp_path: Path) -> None:
    with somebody(browser, wiki, tmp_path, "en") as person:
        person.open()
        keys = person.page.keyboard
        for text in ("Taken", PASSWORD, PASSWORD):
            keys.press("Tab")
            keys.type(text)
        keys.press("Enter")
        person.expect_problem("username")
        # From the list of problems to the field: a link, and one sees where one is.
        keys.press("Tab")
        expect(person.page.locator(".problems a")).to_be_focused()
        person.look("focus")
        keys.press("Enter")
        expect(person.page.locator("#field-username")).to_be_focused()
        keys.press("Control+A")
        keys.type("Alice")
        for _ in range(2):
            keys.press("Tab")
            keys.type(PASSWORD)
        keys.press("Enter")
        person.expect_made()


def test_restart(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("steps"), tmp_path, language) as person:
        person.open()
        person.fill(username="Alice", realname="Alice Liddell")
        person.page.locator("#field-stepChain").select_option("restart")
        person.page.locator("#field-stepStart").click()
        # The wiki's words stand above a form that keeps what was typed.
        expect(person.page.locator(".problems")).to_be_focused()
        expect(person.page.locator("#field-username")).to_have_value("Alice")
        expect(person.page.locator("#field-realname")).to_have_value("Alice Liddell")
        person.look("restart")
        person.fill(password=PASSWORD, retype=PASSWORD)
        person.send()
        person.expect_made()


def test_second_click_back_and_two_tabs(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("steps"), tmp_path, language) as person:
        person.open()
        other = person.page.context.new_page()
        other.goto(person.url)
        person.fill(username="Alice")
        person.page.locator("#field-stepChain").select_option("ui")
        person.page.locator("#field-stepStart").dblclick()
        expect(person.page.locator("#field-code")).to_be_visible()
        person.page.go_back()
        expect(person.page.locator("#field-code")).to_be_visible()
        other.wait_for_timeout(3500)
        other.locator("#field-username").fill("Bob")
        other.locator("button.main").click()
        expect(other.locator(".note")).to_be_visible()
        expect(other.locator("#field-code")).to_be_visible()
        person.page = other
        person.look("moved")
        assert [one["phase"] for one in person.wiki.window("_received")] == ["begin"]


def test_a_lost_answer(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("steps+private"), tmp_path, language, "--timeout", "1") as person:
        person.open()
        person.fill(username="Alice")
        person.page.locator("#field-stepChain").select_option("slow")
        person.page.locator("#field-stepStart").click()
        expect(person.page.locator("strong")).to_have_text("Alice")
        person.look("unknown")
        person.send()
        expect(person.page.locator(".note")).to_be_focused()
        person.look("still")


@pytest.mark.parametrize("service", ["hcaptcha", "turnstile", "recaptcha"])
def test_widget(browser: Browser, make: Callable[[str], Wiki], tmp_path: Path, service: str) -> None:
    token, script = {
        "hcaptcha": ("h-captcha-response", "https://js.hcaptcha.com/1/api.js*"),
        "turnstile": ("cf-turnstile-response", "https://challenges.cloudflare.com/turnstile/v0/api.js*"),
        "recaptcha": ("g-recaptcha-response", "https://www.google.com/recaptcha/api.js*"),
    }[service]
    # Stands in for the service: its script leaves the token where the real one does.
    stand_in = f"""
        const token = document.createElement("input");
        Object.assign(token, {{type: "hidden", name: "{token}", value: "widget-token"}});
        document.querySelector("[data-sitekey]").append("I am a person ✓", token);
    """
    with somebody(browser, make(service), tmp_path, "en", "--captcha-script", service) as person:
        person.page.route(script, lambda route: route.fulfill(body=stand_in, content_type="text/javascript"))
        person.open()
        expect(person.page.get_by_text("I am a person")).to_be_visible()
        person.look("form")
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD)
        person.send()
        person.expect_made()


def test_what_else_is_said(browser: Browser, make: Callable[[str], Wiki], tmp_path: Path, language: str) -> None:
    with somebody(browser, make("hcaptcha"), tmp_path, language) as person:
        person.open()
        # There is no use in a form that cannot be sent, least of all in typing a password into it.
        expect(person.page.locator("input[type=password]")).to_have_count(0)
        expect(person.page.locator("a.main")).to_be_visible()
        person.look("widget-off")
        person.page.goto(f"{person.url}/nothing")
        person.look("not-found")


def test_a_break(browser: Browser, wiki: Wiki, tmp_path: Path, language: str) -> None:
    with (
        passing_on(wiki.base) as between,
        somebody(browser, Wiki(between.address), tmp_path, language, complaints="unable to open") as person,
    ):
        person.open()
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD)
        (tmp_path / "flows").rename(tmp_path / "elsewhere")
        person.send()
        expect(person.page.locator("a.main")).to_be_visible()
        person.look("unavailable")
        (tmp_path / "elsewhere").rename(tmp_path / "flows")
        person.page.locator("a.main").click()
        expect(person.page.locator("#field-username")).to_be_visible()
        between.answer("/api.php", 503, {"Retry-After": "90"}, b"Down for a moment.")
        person.page.context.clear_cookies()
        person.page.reload()
        expect(person.page.locator("a.main")).to_be_visible()
        person.look("no-answer")


def test_what_the_wiki_says_before_an_attempt(browser: Browser, met: Met, tmp_path: Path) -> None:
    make, language = met
    with somebody(browser, make("questy+strict"), tmp_path, language, java_script_enabled=False) as person:
        person.open()
        person.fill(username="Taken", password="short", retype="short", captchaWord="earth")
        person.send()
        for name in ("username", "password"):
            expect(person.page.locator(f"#field-{name}-problem")).not_to_be_empty()
        expect(person.page.locator("#field-captchaWord")).to_have_value("earth")
        # Nothing was sent that would have cost the answer.
        person.fill(username="Alice", password=PASSWORD, retype=PASSWORD)
        person.send()
        person.expect_made()
        sent = [one["body"] for one in person.wiki.window("_requests")]
        assert sum("action=createaccount" in body for body in sent) == 1


def test_a_language_by_the_address(browser: Browser, wiki: Wiki, tmp_path: Path) -> None:
    with somebody(browser, wiki, tmp_path, "en") as person:
        person.open()
        for code, direction in [("he", "rtl"), ("pl", "ltr"), ("pt", "ltr"), ("en", "ltr")]:
            person.page.locator(f"nav a[lang={code}]").click()
            expect(person.page.locator("html")).to_have_attribute("lang", code)
            expect(person.page.locator("html")).to_have_attribute("dir", direction)
            person.look(code)
