"""The sign-up page as it is served: flows in a store, and worker processes of which any continues any flow."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import createaccount
import pytest
from conftest import PASSWORD, Wiki, connect, make_wiki, wait_for
from signup_site import LATER_STEPS, SITE, Page, Visitor, passing_on, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize(("which", "number"), [("EMBEDDED", 200), ("1_39", 20), ("1_43", 20)])
def test_any_worker_continues_any_flow(which: str, number: int, redis_url: str) -> None:
    sign_many_up(make_wiki(f"CREATEACCOUNT_WIKI_{which}", "steps"), ["--redis", redis_url], number)


def test_any_worker_of_one_machine_continues_any_flow(steps: Wiki, tmp_path: Path) -> None:
    sign_many_up(steps, ["--state", str(tmp_path / "flows")], 50)


def sign_many_up(wiki: Wiki, place: list[str], number: int) -> None:
    ways = list(LATER_STEPS)
    # One flow in four has every click doubled.
    flows = [(f"Visitor {i}", ways[i % 4], i // 4 % 4 == 0) for i in range(number)]

    def sign_up(name: str, way: str, doubled: bool) -> tuple[str, int]:  # noqa: FBT001
        visitor = Visitor(workers, name)
        try:
            page = visitor.sign_up(way, doubled=doubled)
        except (AssertionError, OSError) as error:
            return f"{name} ({way}): {error!r}", 0
        return "" if page.made and name in page.text else f"{name} ({way}): {page.text}", len(visitor.used)

    with serving(wiki, place, 4) as workers, ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(sign_up, *zip(*flows, strict=True)))
    assert [lost for lost, _ in ends if lost] == []
    assert sum(used > 1 for _, used in ends) > number / 2

    made = [name for name in wiki.users() if name.startswith("Visitor ")]
    assert sorted(made) == sorted(name for name, _, _ in flows)
    # A second submission would fail, but it would reach the providers.
    phases = [received["phase"] for received in wiki.window("_received")]
    assert phases.count("begin") == number
    assert phases.count("continue") == sum(LATER_STEPS[way] for _, way, _ in flows)


def test_one_command_serves_with_several_processes(steps: Wiki, place: list[str]) -> None:
    with serving(steps, place, 1, "--workers", "3") as workers:
        for name in ("Alice", "Bob", "Carol"):
            assert Visitor(workers, name).sign_up("chain").made
    assert steps.users()[2:] == ["Alice", "Bob", "Carol"]


def test_a_person_unticks_what_the_wiki_has_ticked(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with serving(make_any("steps"), ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        first = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["odd"]}
        page = visitor.submit(visitor.request("GET", "/"), first)
        assert page.checked["field-news"] == ["", "1"]
        assert page.checked["field-topics"] == ["", "art", "law"]
        unticked = {"news": [""], "topics": [""], "domain": ["x"], "teacher": [""]}
        page = visitor.submit(page, unticked)
        # What was missing is asked for again, and nothing is ticked by that.
        assert page.attributes["field-teacher"]["aria-invalid"] == "true"
        assert (page.checked["field-news"], page.checked["field-topics"]) == ([""], [""])
        page = visitor.submit(page, {"teacher": ["", "1"], "topics": [""]})
        assert page.made
        odd = workers.wiki.window("_received")[-1]["requests"][0]["fields"]
        assert odd == {"news": False, "topics": [], "domain": "x", "campaign": ""}


def test_a_worker_dies_between_two_steps(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with serving(make_any("steps"), ["--redis", redis_url], 3) as workers:
        visitor = Visitor(workers, "Alice")
        first, second, *_ = workers.ports
        page = visitor.request("GET", "/", port=first)
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["chain"]}
        page = visitor.submit(page, answers, port=first)
        workers.kill(first)
        page = visitor.submit(page, {}, port=second)
        workers.kill(second)
        page = visitor.submit(visitor.come_back(page), {})
        assert page.made
        assert "Alice" in workers.wiki.users()


def test_a_worker_dies_in_the_middle_of_a_step(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with serving(make_any("steps"), ["--redis", redis_url]) as workers, ThreadPoolExecutor(1) as threads:
        visitor = Visitor(workers, "Alice")
        first, *_ = workers.ports
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["slow"]}
        lost = threads.submit(visitor.submit, page, answers, port=first)
        wait_for(lambda: workers.wiki.window("_received")[0], IndexError)
        workers.kill(first)
        with pytest.raises(OSError, match=r"reset|closed"):
            lost.result()
        # The dead worker's lock runs out.
        run_out(redis_url)
        shown = visitor.request("GET", "/")
        assert "We do not know yet" in shown.text
        assert "Alice" in shown.text
        # The person clicks on the old page all the same, and twice.
        page = visitor.submit(page, answers, clicks=2)
        assert page.made
        assert [received["phase"] for received in workers.wiki.window("_received")] == ["begin"]
        assert workers.wiki.users().count("Alice") == 1


def run_out(redis_url: str) -> None:
    """Let the time of all locks be over."""
    opened = connect(redis_url)
    for lock in opened.scan_iter("*:lock:*"):
        opened.pexpire(lock, 1)


def test_a_lost_answer_is_looked_for_at_once(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url], 1, "--timeout", "1") as workers:
        visitor = Visitor(workers, "Alice")
        # The wiki makes the account after three seconds, when nobody waits for its answer any more.
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["slow"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        for _ in range(5):
            if page.made:
                break
            assert "We do not know yet" in page.text
            page = visitor.submit(page, {})
        assert page.made
        assert steps.users().count("Alice") == 1


def test_what_cannot_be_known_is_said(steps: Wiki, make: Callable[[str], Wiki], redis_url: str) -> None:
    del steps
    # A private wiki does not list its users.
    with serving(make("steps+private"), ["--redis", redis_url], 1, "--timeout", "1") as workers:
        visitor = Visitor(workers, "Alice")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["slow"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        assert "We do not know yet" in page.text
        assert "Nothing will be sent twice" in page.text
        page = visitor.submit(page, {})
        assert "The wiki cannot tell yet." in page.text
        # Whoever does not want to wait begins again.
        page = visitor.request("POST", "/", urlencode({**dict(page.filled_in({})), "again": "1"}))
        assert "field-username" in page.controls
        assert [received["phase"] for received in workers.wiki.window("_received")] == ["begin"]


def test_a_refusal_is_shown_and_corrected(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    wiki = make_any("stock")
    with createaccount.Client(wiki.api_url) as client:
        taken = str(client.check_username("Taken").message).split()
    with serving(wiki, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.submit(visitor.request("GET", "/"), {"username": ["Alice"]})
        # All that is missing at once, each at its field.
        for name in ("password", "retype"):
            described = page.attributes[f"field-{name}"]
            assert described["aria-invalid"] == "true"
            assert f"field-{name}-problem" in described["aria-describedby"].split()
            assert f"field-{name}-problem" in page.attributes
        assert page.checked["field-username"] == ["Alice"]
        passwords = {"password": [PASSWORD], "retype": [PASSWORD]}
        page = visitor.submit(page, {"username": ["Taken"], "realname": ['A <b> & "c"'], **passwords})
        assert " ".join(taken) in " ".join(page.text.split())
        assert page.attributes["field-username"]["aria-invalid"] == "true"
        # What was typed is still there, but for the passwords.
        assert page.checked["field-realname"] == ['A <b> & "c"']
        assert page.checked["field-password"] == [""]
        assert PASSWORD not in page.html
        page = visitor.submit(page, {"username": ["Alice"], **passwords})
        assert page.made
        page = visitor.request("POST", "/", urlencode({**dict(page.filled_in({})), "again": "1"}))
        assert page.checked["field-username"] == [""]
        assert workers.wiki.users()[2:] == ["Alice"]


def test_the_wiki_is_asked_before_an_attempt_is_spent(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with serving(make_any("questy+strict"), ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        typed = {"username": ["Taken"], "password": ["short"], "retype": ["short"], "captchaWord": ["earth"]}
        page = visitor.submit(page, typed)
        # Both are wrong, and both are said, each at its field.
        for name in ("username", "password"):
            assert page.attributes[f"field-{name}"]["aria-invalid"] == "true"
        assert attempts(workers.wiki) == 0
        # The answer to the captcha was not sent, and serves the attempt that follows.
        assert page.checked["field-captchaWord"] == ["earth"]
        assert visitor.submit(page, {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}).made
        assert attempts(workers.wiki) == 1


def test_two_passwords_that_differ_cost_no_request(wiki: Wiki, redis_url: str) -> None:
    with serving(wiki, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        before = len(wiki.window("_requests"))
        page = visitor.submit(page, {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD + "7"]})
        assert "The two passwords are not the same." in page.text
        assert page.attributes["field-retype"]["aria-invalid"] == "true"
        assert len(wiki.window("_requests")) == before


def test_what_asking_first_costs(make: Callable[[str], Wiki], redis_url: str) -> None:
    answers = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}
    # A form, a name, a password, and the creation; fields that a wiki has not are not asked about.
    for profiles, options, cost in [("stock", [], 4), ("stock", ["--no-ask-first"], 2), ("private", [], 4)]:
        with serving(make(profiles), ["--redis", redis_url], 2, *options) as workers:
            before = len(workers.wiki.window("_requests"))
            visitor = Visitor(workers, "Alice")
            assert visitor.submit(visitor.request("GET", "/"), answers).made
            assert len(workers.wiki.window("_requests")) - before == cost
    button = {"username": ["Alice"], "signupElsewhere": ["1"]}
    with serving(make("optbutton"), ["--redis", redis_url]) as workers:
        before = len(workers.wiki.window("_requests"))
        visitor = Visitor(workers, "Alice")
        assert visitor.submit(visitor.request("GET", "/"), button).made
        assert len(workers.wiki.window("_requests")) - before == 3


def test_a_wiki_that_asks_for_a_pause_is_not_sent_the_attempt(wiki: Wiki, redis_url: str) -> None:
    with passing_on(wiki.base) as between, serving(Wiki(between.address), ["--redis", redis_url], 1) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        answers = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]}
        between.answer("usprop=cancreate", 429, {"Retry-After": "120"}, b"Too many requests.")
        page = visitor.submit(page, answers)
        assert "Please wait before the next try: 2 min" in page.text
        # A wiki that cannot say is not a reason to send nothing.
        between.answer("usprop=cancreate", 200, {}, b'{"error": {"code": "unknown_action", "info": "No such thing."}}')
        assert visitor.submit(page, answers).made
    assert attempts(wiki) == 1


def attempts(wiki: Wiki) -> int:
    """Count the attempts that the wiki saw."""
    return sum("action=createaccount" in request["body"] for request in wiki.window("_requests"))


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ("restart", "Please start again."),
        ("other", "A status of tomorrow."),
        ("fail", "The step test refuses this account."),
        ("late-fail", "The step test refuses this account."),
    ],
)
def test_whatever_ends_a_try_another_one_follows(
    make_any: Callable[[str], Wiki], redis_url: str, chain: str, words: str
) -> None:
    with serving(make_any("steps"), ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        answers = {"username": ["Alice"], "email": ["alice@example.org"], "stepStart": ["1"], "stepChain": [chain]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        if chain == "late-fail":
            page = visitor.submit(page, {})
        assert words in page.text
        assert page.checked["field-username"] == ["Alice"]
        assert page.checked["field-email"] == ["alice@example.org"]
        # Reloading says it again, and sends nothing.
        assert words in visitor.request("GET", "/").text
        assert visitor.submit(page, {"password": [PASSWORD], "retype": [PASSWORD]}).made


def test_an_exception_of_the_wiki_is_no_failure_for_sure(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        answers = {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["crash"]}
        page = visitor.submit(visitor.request("GET", "/"), answers)
        # The wiki was asked at once, and no account was made.
        assert page.checked["field-username"] == ["Alice"]
        assert visitor.submit(page, {"password": [PASSWORD], "retype": [PASSWORD]}).made


def test_a_form_serves_once(steps: Wiki, place: list[str]) -> None:
    with serving(steps, place) as workers:
        visitor = Visitor(workers, "Alice")
        first = visitor.request("GET", "/")
        other_tab = visitor.request("GET", "/")
        page = visitor.submit(first, {"username": ["Alice"], "stepStart": ["1"], "stepChain": ["ui"]})
        assert "field-code" in page.controls
        wait_for(lambda: said_to_have_moved(visitor, other_tab), AssertionError)
        # Back in the browser shows where the sign-up stands.
        assert "field-code" in visitor.request("GET", "/").controls
        assert visitor.submit(page, {}).made
        assert [received["phase"] for received in steps.window("_received")] == ["begin", "continue"]


def said_to_have_moved(visitor: Visitor, old: Page) -> None:
    """Send an old form. A moment later it is not a second click any more."""
    page = visitor.submit(old, {"username": ["Somebody else"]})
    assert "field-code" in page.controls
    assert "had already moved on" in page.text


def test_a_captcha_is_fetched_in_the_session_of_the_flow(make_any: Callable[[str], Wiki], redis_url: str) -> None:
    with serving(make_any("fancy"), ["--redis", redis_url]) as workers:
        visitor = Visitor(workers, "Alice")
        page = visitor.request("GET", "/")
        visitor.exchange("GET", "/captcha")
        # Another picture, and what was typed stays.
        typed = {"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD], "captchaWord": ["unread"]}
        page = visitor.request("POST", "/", urlencode([*page.filled_in(typed), ("picture", "1")]))
        assert page.checked["field-username"] == ["Alice"]
        assert page.checked["field-captchaWord"] == [""]
        status, headers, picture = visitor.exchange("GET", "/captcha")
        assert (status, headers["content-type"], picture[:4]) == (200, "image/png", b"\x89PNG")
        shown = [parse_qs(one["query"]) for one in workers.wiki.window("_requests") if "wpCaptchaId" in one["query"]]
        assert len({query["wpCaptchaId"][0] for query in shown}) == 2
        page = visitor.submit(page, {**typed, "captchaWord": ["wrong"]})
        assert page.attributes["field-captchaWord"]["aria-invalid"] == "true"
        visitor.exchange("GET", "/captcha")
        typed["captchaWord"] = [word_of(workers.wiki)]
        assert visitor.submit(page, typed).made


def word_of(wiki: Wiki) -> str:
    """Read the letters of the picture that was fetched last."""
    shown = next(request for request in reversed(wiki.window("_requests")) if "wpCaptchaId" in request["query"])
    word: str = wiki.window(f"_captcha?id={parse_qs(shown['query'])['wpCaptchaId'][0]}")["answer"]
    return word


@pytest.mark.parametrize("service", ["hcaptcha", "turnstile", "recaptcha"])
def test_a_widget_is_shown_where_the_host_allows_it(make: Callable[[str], Wiki], redis_url: str, service: str) -> None:
    token, host = {
        "hcaptcha": ("h-captcha-response", "https://*.hcaptcha.com"),
        "turnstile": ("cf-turnstile-response", "https://challenges.cloudflare.com"),
        "recaptcha": ("g-recaptcha-response", "https://www.google.com/recaptcha/"),
    }[service]
    wiki = make(service)
    with serving(wiki, ["--redis", redis_url], 1) as workers:
        _, headers, html = Visitor(workers, "Alice").exchange("GET", "/")
        assert b"<script" not in html
        assert "script-src" not in headers["content-security-policy"]
        assert "may not show" in html.decode()
    with serving(wiki, ["--redis", redis_url], 1, "--captcha-script", service) as workers:
        visitor = Visitor(workers, "Alice")
        _, headers, html = visitor.exchange("GET", "/")
        assert b'data-sitekey="site-key-10000000"' in html
        policy = headers["content-security-policy"]
        assert {"script-src", "frame-src"} <= {part.split()[0] for part in policy.split("; ")}
        assert host in policy
        assert "unsafe" not in policy
        filled = Page(html.decode()).filled_in({"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]})
        page = visitor.request("POST", "/", urlencode(filled))
        assert "Please solve the check." in page.text
        filled = page.filled_in({"username": ["Alice"], "password": [PASSWORD], "retype": [PASSWORD]})
        assert visitor.request("POST", "/", urlencode([*filled, (token, "widget-token")])).made


def test_what_is_refused_before_it_is_sent_is_said_in_the_visitors_language(steps: Wiki, redis_url: str) -> None:
    with serving(steps, ["--redis", redis_url], 1) as workers:
        visitor = Visitor(workers, "Alice")
        visitor.request("GET", "/?uselang=pl")
        page = visitor.submit(visitor.request("GET", "/"), {"username": ["Alice"]})
        assert "Wypełnij jeden ze sposobów" in page.text
        page = visitor.submit(page, {"username": ["Ali\x07ce"], "password": [PASSWORD], "retype": [PASSWORD]})
        assert "którego wiki nie przyjmuje" in page.text
        assert page.attributes["field-username"]["aria-invalid"] == "true"
        assert steps.window("_received") == []


def test_any_address_of_the_wiki_will_do(steps: Wiki, tmp_path: Path) -> None:
    # What follows the sign is for browsers, and is left out.
    with serving(Wiki(f"{steps.base}/api.php?action=help#"), ["--state", str(tmp_path)], 1) as workers:
        assert "field-username" in Visitor(workers, "Alice").request("GET", "/").controls


def test_a_wiki_that_does_not_answer(redis_url: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with serving(Wiki(address), ["--redis", redis_url], 1) as workers:
            status, headers, html = Visitor(workers, "Alice").exchange("GET", "/?uselang=ko")
            assert (status, headers["retry-after"]) == (503, "30")
            assert "계정은 만들어지지 않았습니다." in Page(html.decode()).text


def test_what_is_missing_for_serving_is_said(wiki: Wiki) -> None:
    for options, words in [
        ([], "give one place for flows"),
        (["--redis", "redis://localhost"], "CREATEACCOUNT_SEAL_KEYS"),
    ]:
        command = [sys.executable, "-m", "createaccount", "serve", wiki.api_url, "--site", SITE, *options]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, env={}, timeout=60)
        assert ended.returncode == 2
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr


def test_the_module_does_without_what_the_page_needs() -> None:
    code = """
import sys
for name in ("starlette", "uvicorn", "jinja2", "redis", "cryptography", "click"):
    sys.modules[name] = None
import createaccount, createaccount.aio
try:
    import createaccount.web
except ModuleNotFoundError as error:
    print(error)
"""
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert ended.stdout == "createaccount.web needs a few more packages: pip install 'createaccount[web]'\n"
