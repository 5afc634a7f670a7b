"""The package as a whole: documentation, stubs, examples."""

from __future__ import annotations

import ast
import doctest
import importlib.metadata
import inspect
import os
import pydoc
import re
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints
from urllib.parse import urlsplit
from urllib.request import urlopen

import createaccount
import pytest
from conftest import follow
from createaccount import _createaccount, aio

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Wiki

EXAMPLE = Path(__file__).parents[1] / "examples/signup.py"


def test_every_public_name_is_there_and_documented() -> None:
    for module in (createaccount, aio):
        assert module.__doc__
        for name in dir(module):
            public = getattr(module, name)
            if inspect.isclass(public) and not get_args(public):
                assert public.__doc__, name
                assert public.__module__ in {"createaccount", "createaccount.aio"}, name
                explained = explained_in(public)
                for member, value in vars(public).items():
                    if not member.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
                        assert value.__doc__ or member in explained, f"{name}.{member}"
    assert importlib.metadata.version("createaccount") == createaccount.__version__


def test_the_annotations_can_be_read_at_run_time() -> None:
    assert createaccount.Settings in public_classes()
    for public in public_classes():
        hints = get_type_hints(public)
        assert hints.keys() >= inspect.get_annotations(public).keys()
        for function in vars(public).values():
            if inspect.isfunction(function):
                get_type_hints(function)
    assert get_type_hints(createaccount.Form)["fields"] is createaccount.Fields
    assert get_type_hints(createaccount.Settings)["transport"] == createaccount.Transport | None


def test_the_stub_says_what_help_says() -> None:
    stub = Path(createaccount.__file__).with_name("_createaccount.pyi").read_text()
    tree = ast.parse(stub)
    (client,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Client"]
    assert ast.get_docstring(client) == inspect.getdoc(createaccount.Client)
    documented = {
        node.name: ast.get_docstring(node)
        for node in client.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    for name, text in documented.items():
        assert text == inspect.getdoc(getattr(createaccount.Client, name)), name
    assert documented.keys() == {name for name in dir(createaccount.Client) if not name.startswith("_")}


def test_the_stubs_are_true() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "createaccount._createaccount"],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_signatures_are_shown() -> None:
    assert (
        str(inspect.signature(createaccount.Client.submit))
        == "(self, values=None, /, *, requests=None, unchecked=False)"
    )
    assert "timeout=60.0" in str(inspect.signature(createaccount.Client))
    text = pydoc.plain(pydoc.render_doc(createaccount.Client))
    assert "retry_budget" in text
    assert "Answer the pending form" in text


def test_settings_are_the_same_everywhere() -> None:
    parameters = inspect.signature(createaccount.Client).parameters
    settings = [name for name in parameters if name != "api_url"]
    assert settings == list(createaccount.Settings.__annotations__)
    loading = inspect.signature(createaccount.Client.load).parameters
    assert [name for name in loading if name not in {"api_url", "data"}] == settings
    assert explained_in(createaccount.Client) == settings


def test_every_attribute_is_explained_by_help() -> None:
    # The settings are explained where they are given.
    for public in set(public_classes()) - {createaccount.Client, createaccount.Settings}:
        members = {**vars(public), **inspect.get_annotations(public)}
        own = {member for member in members if not member.startswith("_")}
        values = {member for member in own if not has_text(inspect.getattr_static(public, member, None))}
        assert sorted(explained_in(public)) == sorted(values), public
    assert "NAME_TAKEN: The name belongs to somebody" in pydoc.plain(pydoc.render_doc(createaccount.Reason))


def test_help_is_short_where_it_can_be() -> None:
    for module, most in ((createaccount, 400), (aio, 200)):
        text = pydoc.plain(pydoc.render_doc(module))
        assert "begin(self" in text
        assert len(text.splitlines()) < most, (module, len(text.splitlines()))
    for public in public_classes():
        lines = pydoc.plain(pydoc.render_doc(public)).splitlines()
        assert len(lines) < (300 if public is createaccount.Client else 200), (public, len(lines))
        assert "casefold" not in dir(public)


def test_the_overview_names_everything() -> None:
    overview = createaccount.__doc__ or ""
    missing = [name for name in dir(createaccount) if not re.search(rf"\b{name}\b", overview)]
    assert missing == ["__version__"]


def public_classes() -> list[type]:
    public = [getattr(createaccount, name) for name in dir(createaccount)]
    # Python 3.10 takes aliases like Values for classes.
    return [value for value in public if inspect.isclass(value) and not get_args(value)]


def has_text(member: object) -> bool:
    return (inspect.isroutine(member) or isinstance(member, property)) and bool(member.__doc__)


def explained_in(public: type) -> list[str]:
    return re.findall(r"^ \|  \* (\w+): \S", pydoc.plain(pydoc.render_doc(public)), re.MULTILINE)


@pytest.mark.parametrize("module", [createaccount, aio])
def test_the_examples_of_the_documentation(module: object, make: Callable[[str], Wiki]) -> None:
    for test in doctest.DocTestFinder(recurse=False).find(module, extraglobs={"api_url": make("stock").api_url}):
        # In the documentation the address stands for any wiki; each example has one of its own here.
        assert test.examples
        results = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test)
        assert results.failed == 0


STUBS = """
import createaccount
def ask(field: createaccount.Field) -> createaccount.Value: raise NotImplementedError
def visit(url: str) -> str: raise NotImplementedError
api_url = ""
"""


def test_the_examples_are_typed(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    programs = {"readme": "".join(re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL))}
    for module in (createaccount, aio):
        examples = doctest.DocTestParser().get_examples(module.__doc__ or "")
        programs[module.__name__.replace(".", "_")] = "".join(example.source for example in examples)
    for name, program in programs.items():
        assert "submit(" in program
        (tmp_path / f"example_{name}.py").write_text(STUBS + program, encoding="utf-8")
    check_types(tmp_path)


def test_every_public_name_can_be_imported_by_typed_programs(tmp_path: Path) -> None:
    for module in (createaccount, aio):
        program = f"from {module.__name__} import {', '.join(dir(module))}\n"
        (tmp_path / f"imports_{module.__name__.replace('.', '_')}.py").write_text(program)
    check_types(tmp_path)


def check_types(folder: Path) -> None:
    """Check the programs in a folder as strictly as a user may."""
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", *folder.glob("*.py")],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


LOADS = """
import sys
before = set(sys.modules)
import createaccount
print(*sorted(set(sys.modules) - before))
with createaccount.Client(sys.argv[1]) as client:
    client.begin()
    assert client.submit({"username": "Loads", "password": "correct horse battery"}).status == "PASS"
print(*sorted(set(sys.modules) - before))
"""


def test_a_plain_sign_up_loads_little(wiki: Wiki) -> None:
    program = [sys.executable, "-W", "ignore", "-c", LOADS, wiki.api_url]
    run = subprocess.run(program, check=True, capture_output=True, text=True, timeout=30)
    imported, used = (set(line.split()) for line in run.stdout.splitlines())
    assert imported - {"__future__", "warnings"} == {"createaccount", "createaccount._createaccount"}
    own = {f"createaccount.{name}" for name in ("_createaccount", "_enums", "_steps")}
    assert {module for module in used if module.startswith("createaccount.")} == own
    assert not used & {"asyncio", "concurrent", "json", "logging", "ssl", "threading", "traceback", "urllib"}


def test_a_debug_build_says_so() -> None:
    program = "import createaccount"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=30)
    assert ("debug build" in run.stderr) == _createaccount.DEBUG


SUBINTERPRETERS = next((name for name in ("_interpreters", "_xxsubinterpreters") if find_spec(name)), None)
SECOND = """
import importlib, sys
import createaccount

interpreters = importlib.import_module(sys.argv[1])
second = interpreters.create("legacy") if sys.argv[1] == "_interpreters" else interpreters.create(isolated=False)
interpreters.run_string(second, '''
try:
    import createaccount
except ImportError as error:
    print(error, flush=True)
''')
interpreters.destroy(second)
print(createaccount.Pass(username="Alice"))
"""


@pytest.mark.skipif(SUBINTERPRETERS is None, reason="this Python has no module for it")
def test_a_second_interpreter_is_refused() -> None:
    assert SUBINTERPRETERS
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SECOND, SUBINTERPRETERS],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.stdout.splitlines() == [
        "createaccount can be used by one interpreter of a process only",
        "Pass(username='Alice')",
    ]


def run_example(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(EXAMPLE), *arguments],
        check=False,
        capture_output=True,
        input=stdin,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_the_example_signs_up(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("questy")
    run = run_example(
        wiki.api_url,
        *("username=Taken", "password=correct horse battery 7", "captchaWord=mars", "--then"),
        *("username=Taken", "password=correct horse battery 7", "captchaWord=earth", "--then"),
        *("username=Alice", "password=correct horse battery 7", "captchaWord=earth"),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Which planet do we live on?" in run.stdout
    assert "name_taken" in run.stdout
    assert "horse" not in run.stdout + run.stderr
    assert "Alice" in wiki.users()


def test_the_example_goes_several_steps(make_any: Callable[[str], Wiki]) -> None:
    wiki = make_any("steps")
    run = run_example(
        wiki.api_url,
        "--visit",
        *("username=Alice", "stepStart=1", "stepChain=chain", "code=1234", "topics=art", "confirmTopics=1"),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "127.0.0.1" in run.stdout
    assert "Alice" in wiki.users()


def test_the_example_is_not_held_up_by_an_idle_connection(steps: Wiki) -> None:
    command = [sys.executable, "-W", "ignore", str(EXAMPLE), steps.api_url]
    answers = ["username=Alice", "stepStart=1", "stepChain=redirect"]
    with subprocess.Popen([*command, *answers], stdout=subprocess.PIPE, text=True) as example:
        try:
            assert example.stdout is not None
            target = next(line.split()[2] for line in example.stdout if line.startswith("Go to "))
            address = urlsplit(follow(target))
            with socket.create_connection((address.hostname, address.port)):
                time.sleep(0.2)
                with urlopen(address.geturl(), timeout=10) as answer:
                    assert b"Thank you" in answer.read()
                rest, _ = example.communicate(timeout=10)
        finally:
            example.kill()
    assert example.returncode == 0
    assert "The account Alice is made." in rest


def test_the_example_asks_on_the_terminal(wiki: Wiki) -> None:
    password = "correct horse battery 7"
    run = run_example(wiki.api_url, stdin=f"Alice\n{password}\n{password}\n\n\n")
    assert run.returncode == 0, run.stdout + run.stderr
    run = run_example(wiki.api_url, f"password={password}", stdin="\nBob\n")
    assert run.returncode == 0, run.stdout + run.stderr
    assert wiki.users()[-2:] == ["Alice", "Bob"]


def test_the_example_ends_with_the_last_answer(wiki: Wiki) -> None:
    run = run_example(wiki.api_url, "username=Taken", "password=correct horse battery 7")
    assert run.returncode != 0
    assert "name_taken" in run.stdout
