"""The command createaccount, on pseudo-terminals and without one."""

from __future__ import annotations

import json
import re
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import PASSWORD, make_wiki
from terminal import COMMAND, Terminal, browser, environment, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Wiki


def creations(wiki: Wiki) -> int:
    """Count the attempts that the wiki saw."""
    return sum("action=createaccount" in request["body"] for request in wiki.window("_requests"))


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def secret(tmp_path: Path) -> str:
    file = tmp_path / "secret"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return f"--from-file=password={file}"


def sign_up(terminal: Terminal, name: str = "alice_b") -> None:
    terminal.asks("Username", name)
    terminal.asks("Password", PASSWORD)
    terminal.asks("", PASSWORD, prompt="Once more: ")
    terminal.asks("Email", "")
    terminal.asks("Real name", "")


def test_plain(wiki: Wiki) -> None:
    with Terminal("signup", wiki.api_url) as terminal:
        sign_up(terminal)
        terminal.says("The account Alice b is made.")
        assert terminal.ends() == 0
        assert "This name is free, and written Alice b." in terminal.text
        assert PASSWORD not in terminal.raw
    assert wiki.users()[-1] == "Alice b"


def test_on_the_real_wiki(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("stock")
    with Terminal("signup", wiki.api_url, "email=alice@example.org", "realname=") as terminal:
        terminal.asks("Username", "Taken")
        terminal.asks("Username", "alice_b")
        terminal.asks("Password", PASSWORD)
        terminal.asks("", PASSWORD, prompt="Once more: ")
        terminal.says("The account Alice b is made.")
        assert terminal.ends() == 0
    assert wiki.window("_users")[-1]["email"] == "alice@example.org"


def test_what_the_wiki_would_refuse_costs_no_attempt(wiki: Wiki) -> None:
    with Terminal("signup", wiki.api_url) as terminal:
        terminal.asks("Username", "Taken")
        terminal.says("Somebody has this username already.")
        terminal.asks("Username", "Alice")
        terminal.asks("Password", "short")
        terminal.asks("", "short", prompt="Once more: ")
        terminal.says("A password has 8 characters or more.")
        terminal.asks("Password", PASSWORD)
        terminal.asks("", "another", prompt="Once more: ")
        terminal.says("These two differ.")
        terminal.asks("", PASSWORD)
        terminal.asks("", PASSWORD, prompt="Once more: ")
        terminal.asks("Email", "")
        assert creations(wiki) == 0
        terminal.asks("Real name", "")
        assert terminal.ends() == 0
    assert creations(wiki) == 1


def test_a_wrong_captcha_asks_for_nothing_else_again(make: Callable[[str], Wiki]) -> None:
    wiki = make("questy")
    with Terminal("signup", wiki.api_url) as terminal:
        sign_up(terminal, "Alice")
        terminal.asks("Which planet do we live on?", "mars")
        terminal.says("That is not the answer to the CAPTCHA.")
        terminal.asks("Which planet do we live on?", "earth")
        assert terminal.ends() == 0
        assert terminal.text.count("Username") == 1
        assert terminal.text.count("Once more:") == 1
    assert wiki.users()[-1] == "Alice"
    assert creations(wiki) == 2


def test_a_failure_asks_for_what_it_is_about(make: Callable[[str], Wiki]) -> None:
    wiki = make("questy")
    with Terminal("signup", wiki.api_url) as terminal:
        terminal.asks("Username", "Alice")
        terminal.asks("Password", PASSWORD)
        terminal.asks("", PASSWORD, prompt="Once more: ")
        terminal.asks("Email", "nowhere")
        terminal.asks("Real name", "Alice B")
        terminal.asks("planet", "earth")
        terminal.says("That does not look like an email address.")
        terminal.asks("Email", "alice@example.org")
        terminal.asks("planet", "earth")
        assert "keeps nowhere" not in terminal.text
        assert terminal.ends() == 0
        assert terminal.text.count("Real name") == 1
    assert wiki.window("_users")[-1] == {
        "name": "Alice",
        "email": "alice@example.org",
        "realname": "Alice B",
        "password": True,
    }


@pytest.mark.usefixtures("make")
def test_a_filter_that_warns_is_passed_by_the_same_answer(secret: str) -> None:
    wiki = make_wiki("CREATEACCOUNT_WIKI_1_43", "abusefilter")
    with Terminal("signup", wiki.api_url, "username=Warned person", "email=", "realname=", secret) as terminal:
        terminal.asks("Shall I try the same once more?", "y", prompt="[Y/n] ")
        assert terminal.ends() == 0
    assert wiki.users()[-1] == "Warned person"


@pytest.mark.parametrize("method", ["get", "post"])
def test_redirect(steps: Wiki, tmp_path: Path, method: str) -> None:
    more = "&method=post" if method == "post" else ""
    with Terminal("signup", steps.api_url, BROWSER=browser(tmp_path), AND=more) as terminal:
        terminal.asks("How do you want to go on?", "2")
        terminal.asks("Username", "Alice")
        terminal.asks("Chain", "3")
        terminal.asks("Email", "")
        terminal.asks("Real name", "")
        terminal.says("The sign-up goes on at")
        terminal.says("The account Alice is made.")
        assert terminal.ends() == 0
    (target,) = re.findall(r"return=(\S+?)&state", terminal.raw)
    assert len(re.findall(r"return%2F([\w-]{32})$", target)) == 1


def test_an_address_can_be_pasted(steps: Wiki) -> None:
    answers = ("username=Alice", "stepStart=1", "stepChain=redirect", "email=", "realname=")
    with Terminal("signup", steps.api_url, *answers, "--no-browser") as terminal:
        terminal.says("This is the address:")
        terminal.child.expect(r"return=(\S+?)&state=(\w+)")
        matched = terminal.child.match
        assert isinstance(matched, re.Match)
        back = f"{matched[1].replace('%3A', ':').replace('%2F', '/')}?code=third-party-code&state={matched[2]}"
        terminal.says("paste its address here.")
        terminal.child.sendline("http://elsewhere.example/")
        terminal.says("paste its address here.")
        terminal.child.sendline(back)
        terminal.says("The account Alice is made.")
        assert terminal.ends() == 0


def test_every_kind_of_field(steps: Wiki) -> None:
    answers = ("username=Alice", "stepStart=1", "stepChain=ui", "email=", "realname=")
    with Terminal("signup", steps.api_url, *answers) as terminal:
        terminal.says("Please answer every question.")
        terminal.says("Information: Read this.")
        terminal.asks("How do you want to go on?", "1")
        terminal.asks("Code", "1234")
        terminal.asks("Pin", "99")
        terminal.asks("Note (optional)", "")
        terminal.asks("Colour", "4")
        terminal.asks("Please give a number from 1 to 3.", "green")
        terminal.asks("Topics", "1 3")
        terminal.asks("I agree", "yes", prompt="[y/N] ")
        terminal.asks("Send me news", "", prompt="[y/N] ")
        assert terminal.ends() == 0
        assert "99" not in terminal.text
    (given,) = [
        request["fields"] for request in steps.window("_received")[-1]["requests"] if "color" in request["fields"]
    ]
    assert (given["color"], given["topics"], given["agree"], given["news"]) == ("green", ["art", "a|b"], True, False)


def test_a_step_can_be_skipped(steps: Wiki) -> None:
    answers = ("username=Alice", "stepStart=1", "stepChain=ui", "email=", "realname=")
    with Terminal("signup", steps.api_url, *answers) as terminal:
        terminal.asks("2 Skip", "2")
        assert terminal.ends() == 0
    assert steps.users()[-1] == "Alice"


def test_restart(steps: Wiki) -> None:
    with Terminal("signup", steps.api_url, "username=Alice", "email=", "realname=") as terminal:
        terminal.asks("How do you want to go on?", "2")
        terminal.asks("Chain", "The status RESTART")
        terminal.says("Please start again.")
        terminal.asks("How do you want to go on?", "1")
        terminal.asks("Password", PASSWORD)
        terminal.asks("", PASSWORD, prompt="Once more: ")
        assert terminal.ends() == 0
    assert steps.users()[-1] == "Alice"


def test_a_login_elsewhere_becomes_an_account(make: Callable[[str], Wiki]) -> None:
    wiki = make("login-link")
    with Terminal("signup", wiki.api_url, "--by-login") as terminal:
        terminal.asks("How do you want to go on?", "2")
        terminal.asks("Outside name", "Known Alice")
        terminal.asks("Outside key", "outside-key")
        terminal.asks("Stay logged in", "", prompt="[y/N] ")
        terminal.says("The sign-up begins again, and keeps your login.")
        terminal.asks("Email", "")
        terminal.asks("Real name", "")
        terminal.says("The account Known Alice is made.")
        assert terminal.ends() == 0
    assert wiki.window("_links") == {"Known Alice": "Known Alice"}


@pytest.mark.parametrize("sealed", [False, True])
def test_an_interrupted_sign_up_is_resumed(steps: Wiki, tmp_path: Path, sealed: bool) -> None:  # noqa: FBT001
    file, key = tmp_path / "flow", tmp_path / "key"
    sealing = ("--key-file", str(key)) if sealed else ()
    answers = ("username=Alice", "stepStart=1", "stepChain=chain", "email=", "realname=")
    with Terminal("signup", steps.api_url, *answers, "--save", str(file), *sealing) as terminal:
        terminal.says("Please enter the code.")
        terminal.press("c")
        terminal.says("createaccount signup --resume")
        assert terminal.ends() == 130
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if sealed:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert b"cookie" not in file.read_bytes().lower()
        assert run("signup", "--resume", str(file), "code=1234").returncode == 2
    with Terminal("signup", "--resume", str(file), *sealing, BROWSER=browser(tmp_path)) as terminal:
        terminal.asks("Code", "1234")
        terminal.says("The sign-up goes on at")
        terminal.asks("Topics", "law")
        terminal.asks("Confirm", "y", prompt="[y/N] ")
        assert terminal.ends() == 0
    assert steps.users()[-1] == "Alice"
    assert not file.exists()


def test_a_saved_sign_up_that_others_can_read_is_not_resumed(steps: Wiki, tmp_path: Path) -> None:
    file = tmp_path / "flow"
    answers = ("username=Alice", "stepStart=1", "stepChain=chain")
    assert run("signup", steps.api_url, *answers, "--save", str(file)).returncode == 5
    file.chmod(0o644)
    ended = run("signup", "--resume", str(file), "code=1234")
    assert ended.returncode == 2
    assert "Others can read" in ended.stderr


def test_killed_while_the_answer_is_on_its_way(steps: Wiki, tmp_path: Path) -> None:
    file = tmp_path / "flow"
    answers = ("username=Alice", "stepStart=1", "stepChain=slow")
    command = [*COMMAND, "signup", steps.api_url, *answers, "--save", str(file)]
    with subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL) as killed:
        while not creations(steps):
            assert killed.poll() is None
        killed.kill()
    ended = run("signup", "--resume", str(file), "--json")
    assert events(ended.stdout)[-1] == {"event": "made", "username": "Alice"}
    assert ended.returncode == 0
    assert creations(steps) == 1


def test_a_lost_answer_is_found_out(steps: Wiki) -> None:
    answers = ("username=Alice", "stepStart=1", "stepChain=slow")
    ended = run("signup", steps.api_url, *answers, "--timeout", "1.5")
    assert ended.returncode == 0, ended.stdout
    assert "Asking the wiki what became of the account" in ended.stdout
    assert steps.users()[-1] == "Alice"


def test_an_outcome_that_nobody_knows(make: Callable[[str], Wiki]) -> None:
    wiki = make("steps+private")
    answers = ("username=Alice", "stepStart=1", "stepChain=crash")
    ended = run("signup", wiki.api_url, *answers, "--json")
    assert ended.returncode == 4, ended.stdout
    assert events(ended.stdout)[-1]["event"] == "unknown"


def test_narrow_and_without_colours(make: Callable[[str], Wiki]) -> None:
    wiki = make("questy")
    with Terminal("signup", wiki.api_url, columns=32, NO_COLOR="1") as terminal:
        sign_up(terminal)
        terminal.asks("planet", "mars")
        terminal.asks("planet", "earth")
        assert terminal.ends() == 0
        assert "  What people outside of the" in terminal.lines
        assert "  wiki call you." in terminal.lines
        assert not re.search(r"\x1b\[[0-9;]*[34][0-9]", terminal.raw)
    with Terminal("fields", wiki.api_url, columns=80) as terminal:
        assert terminal.ends() == 0
        assert any(line.startswith("captchaWord  captcha: a question") for line in terminal.lines)


def test_ctrl_c_and_ctrl_d(wiki: Wiki) -> None:
    for key in "cd":
        with Terminal("signup", wiki.api_url) as terminal:
            terminal.says("Username")
            terminal.child.expect("> ")
            terminal.press(key)
            terminal.says("Interrupted.")
            assert terminal.ends() == 130
            assert "Traceback" not in terminal.raw
    assert creations(wiki) == 0


def test_a_picture_is_drawn_or_named(make: Callable[[str], Wiki]) -> None:
    wiki = make("fancy")
    answers = ("username=Alice", "email=", "realname=")
    for columns, shown in ((80, "\N{LOWER HALF BLOCK}|\N{UPPER HALF BLOCK}"), (40, r"/captcha\.png")):
        with Terminal("signup", wiki.api_url, *answers, columns=columns, COLORTERM="truecolor") as terminal:
            terminal.asks("Password", PASSWORD)
            terminal.asks("", PASSWORD, prompt="Once more: ")
            terminal.child.expect(shown)
            terminal.asks("CAPTCHA", "wrong")
            terminal.says("That is not the answer")
            terminal.child.expect("> ")
            terminal.press("c")
            assert terminal.ends() == 130


def test_a_widget_needs_a_browser(make: Callable[[str], Wiki]) -> None:
    wiki = make("hcaptcha")
    with Terminal("signup", wiki.api_url) as terminal:
        sign_up(terminal)
        terminal.says("a captcha of hCaptcha")
        terminal.asks("", "widget-token")
        assert terminal.ends() == 0


def test_without_a_terminal_nothing_is_asked(wiki: Wiki, secret: str) -> None:
    ended = run("signup", wiki.api_url, "username=Alice", stdin="a\nb\nc\nd\n")
    assert ended.returncode == 2
    assert "password: Password" in ended.stdout
    ended = run("signup", wiki.api_url, "--json", "username=alice", secret)
    assert ended.returncode == 0
    assert [event["event"] for event in events(ended.stdout)] == ["wiki", "form", "checked", "checked", "made"]
    assert events(ended.stdout)[-1]["username"] == "Alice"


def test_how_commands_end(make: Callable[[str], Wiki], secret: str, tmp_path: Path) -> None:
    alice = ("username=Alice", secret)

    def end_on(profiles: str, *arguments: str) -> int:
        return run("signup", make(profiles).api_url, *arguments).returncode

    assert end_on("stock", *alice) == 0
    assert end_on("readonly", *alice) == 1
    assert end_on("blocked", *alice) == 1
    assert end_on("questy", *alice, "captchaWord=mars") == 1
    assert end_on("stock", "username=Taken", secret) == 2
    assert end_on("stock", *alice, "password=seen") == 2
    assert end_on("stock", *alice, "--from-file", "retype=/nowhere") == 2
    assert end_on("steps", "username=Alice", "stepStart=1", "stepChain=chain") == 5
    assert end_on("steps", "username=Alice", "stepStart=1", "stepChain=redirect") == 5
    assert end_on("steps", "username=Alice", "stepStart=1", "stepChain=other") == 5
    with socket.create_server(("127.0.0.1", 0)) as server:
        nowhere = f"http://127.0.0.1:{server.getsockname()[1]}/api.php"
    assert run("signup", nowhere, *alice).returncode == 3
    assert run("signup", "--resume", str(tmp_path / "nothing")).returncode == 2
    assert run("signup").returncode == 2
    assert run("--help").returncode == 0


def test_a_redirect_goes_on_in_another_run(steps: Wiki, tmp_path: Path) -> None:
    file = tmp_path / "flow"
    answers = ("username=Alice", "stepStart=1", "stepChain=redirect")
    ended = run("signup", steps.api_url, *answers, "--save", str(file), "--json")
    assert ended.returncode == 5
    redirect, saved = events(ended.stdout)[-2:]
    assert saved == {"event": "saved", "file": str(file)}
    state = redirect["target"].rpartition("state=")[2]
    returned = f"{redirect['return_url']}?code=third-party-code&state={state}"
    ended = run("signup", "--resume", str(file), "--returned", returned, "--json")
    assert ended.returncode == 0
    assert steps.users()[-1] == "Alice"


def test_passwords_stay_off_the_command_line(wiki: Wiki) -> None:
    ended = run("signup", wiki.api_url, "username=Alice", f"password={PASSWORD}")
    assert ended.returncode == 2
    assert "--from-file password=FILE" in ended.stderr
    ended = run("signup", wiki.api_url, "username=Alice", "--from-env", "password=SECRET", SECRET=PASSWORD)
    assert ended.returncode == 0


def test_fields(make: Callable[[str], Wiki]) -> None:
    wiki = make("questy+steps")
    ended = run("fields", wiki.api_url)
    assert ended.returncode == 0
    assert "  redirect: A redirect\n" in ended.stdout
    (_, form) = events(run("fields", wiki.api_url, "--json").stdout)
    assert form["captcha"]["text"] == "Which planet do we live on?"
    assert {field["name"] for field in form["fields"] if field["asks"]} >= {"username", "password", "stepStart"}


def test_any_address_of_the_wiki_will_do(wiki: Wiki) -> None:
    lines = events(run("fields", f"{wiki.base}/index.php?title=Main_Page", "--json").stdout)
    assert lines[0] == {"event": "wiki", "api": wiki.api_url}


def test_check(wiki: Wiki, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("short", encoding="utf-8")
    ended = run("check", wiki.api_url, "--username", "alice_b", "--password-file", str(file), "--json")
    assert ended.returncode == 1
    visitor, username, password = events(ended.stdout)
    assert visitor["answer"] is True
    assert (username["answer"], username["canonical"]) == (True, "Alice b")
    assert (password["answer"], password["message"]) == (False, "A password has 8 characters or more.")
    with Terminal("check", wiki.api_url, "--password") as terminal:
        terminal.asks("", PASSWORD, prompt="Password: ")
        terminal.says("This password is accepted.")
        assert terminal.ends() == 0
    assert creations(wiki) == 0


@pytest.mark.parametrize(
    ("locale", "asked"),
    [("pl_PL.UTF-8", "pl"), ("pt_BR.UTF-8", "pt-br"), ("C.UTF-8", None), ("sr_RS@latin", "sr-el"), ("zh_TW", "zh-tw")],
)
def test_the_language_is_the_persons(wiki: Wiki, locale: str, asked: str | None) -> None:
    assert run("fields", wiki.api_url, LANG=locale, LC_ALL=locale).returncode == 0
    (query,) = [request["query"] for request in wiki.window("_requests")]
    assert re.findall(r"uselang=([\w-]+)", query) == ([asked] if asked else [])


def test_the_library_wants_nothing_of_the_extra() -> None:
    program = """
import sys, createaccount
extra = {"babel", "celery", "click", "jinja2", "PIL", "rich", "textual_image"}
assert not extra & set(sys.modules)
sys.modules["click"] = None
import runpy
runpy.run_module("createaccount", run_name="__main__")
"""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stderr == "The command needs a few more packages: pip install 'createaccount[cli]'\n"
