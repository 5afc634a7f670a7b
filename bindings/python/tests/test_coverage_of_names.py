"""Every public name of the package stands in a test that uses it, and what can be called in one that misuses it.

The names are collected from the package. What the tests do is read from their sources: a test deals with ``Class.name``
when it names the class (a fixture's annotation counts) and reaches for the name; inside ``with pytest.raises`` that is
a misuse, elsewhere a use.
"""

from __future__ import annotations

import ast
import inspect
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import createaccount
from createaccount import aio

if TYPE_CHECKING:
    from collections.abc import Iterator

# What can be called, but not misused, and why.
NO_MISUSE = {
    "Settings": "only the type of a mapping; the calls that take the settings refuse wrong ones",
    "Transport": "only the type of a function",
    "Values": "only the type of a mapping",
    "Fields.count": "counts any object",
    "Fields.get": "gives a default for whatever is not there",
    "Client.cancel": "takes nothing, and may be called at any time",
    "Client.close": "takes nothing, and may be called at any time",
    "aio.Client.cancel": "takes nothing, and may be called at any time",
    "aio.Client.close": "takes nothing, and may be called at any time",
}


def public_names() -> Iterator[tuple[str, bool]]:
    """Give every public name, and every public attribute of a class, and whether it can be called."""
    for name in dir(createaccount):
        value = getattr(createaccount, name)
        yield name, callable(value)
        # Python 3.10 takes aliases like Values for classes.
        if inspect.isclass(value) and not get_args(value):
            yield from attributes_of(name, value)
    yield from attributes_of("aio.Client", aio.Client)


def attributes_of(name: str, value: type) -> Iterator[tuple[str, bool]]:
    """Give the public attributes that a class of the package defines itself, or says to have."""
    own = {**vars(value), **inspect.get_annotations(value)}
    # The members of enumerations are values, and strings; TypedDicts have keys.
    methods = {} if issubclass(value, dict) else own
    for attribute in sorted(methods):
        if not attribute.startswith("_"):
            member = inspect.getattr_static(value, attribute, None)
            calls = inspect.isroutine(member) or isinstance(member, classmethod)
            yield f"{name}.{attribute}", calls and not issubclass(value, Enum)


def dealings() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Give all pairs of names that stand together in one test: those in uses, and those in misuses."""
    used: set[tuple[str, str]] = set()
    misused: set[tuple[str, str]] = set()
    for path in Path(__file__).parent.glob("*.py"):
        if path == Path(__file__):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        aliases = clients_of(tree)
        for function in tree.body:
            # A list or helper of a module belongs to the tests of the module.
            expected = {id(node) for block in raises_in(function) for node in ast.walk(block)}
            names = words_in(ast.walk(function), aliases)
            outside = words_in((node for node in ast.walk(function) if id(node) not in expected), aliases)
            inside = words_in((node for node in ast.walk(function) if id(node) in expected), aliases)
            used |= {(owner, name) for owner in names for name in outside}
            misused |= {(owner, name) for owner in names for name in inside}
    return used, misused


def clients_of(tree: ast.Module) -> str:
    """Tell which of the two clients a file means by ``Client`` alone."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "createaccount.aio"]
    return "aio.Client" if imports else "Client"


def raises_in(function: ast.AST) -> Iterator[ast.AST]:
    """Give what stands in the blocks that expect an exception."""
    for node in ast.walk(function):
        if isinstance(node, ast.With | ast.AsyncWith) and any(
            isinstance(item.context_expr, ast.Call)
            and isinstance(item.context_expr.func, ast.Attribute)
            and item.context_expr.func.attr == "raises"
            for item in node.items
        ):
            yield from node.body


def words_in(nodes: Iterator[ast.AST], client: str) -> set[str]:
    """Give the names and attributes that are reached for; the clients are told apart by their modules."""
    words: set[str] = set()
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="aio"), attr="Client"):
                words.add("aio.Client")
            case ast.Attribute(value=ast.Name(id="createaccount"), attr="Client"):
                words.add("Client")
            case ast.Name(id="Client"):
                words.add(client)
            case ast.Attribute(attr=word) | ast.Name(id=word):
                words.add(word)
            case ast.MatchClass(kwd_attrs=attributes):
                words.update(attributes)
            case ast.keyword(arg=str(word)):
                words.add(word)
    return words


def missing(names: list[str], found: set[tuple[str, str]]) -> list[str]:
    """Give the names that do not stand together with their class; a class stands with itself."""
    parts = [(name, *name.rpartition(".")[::2]) for name in names]
    return [name for name, owner, attribute in parts if (owner or attribute, attribute) not in found]


def test_each_name_is_used() -> None:
    used, _ = dealings()
    names = [name for name, _ in public_names()]
    assert len(names) > 150
    unused = missing(names, used)
    assert not unused, f"no test uses {unused}"


def test_each_callable_is_misused() -> None:
    _, misused = dealings()
    harmless = missing([name for name, calls in public_names() if calls], misused)
    neglected = [name for name in harmless if name not in NO_MISUSE]
    assert not neglected, f"no test misuses {neglected}"
    assert len(harmless) == len(NO_MISUSE), "the list of what cannot be misused is too long"
