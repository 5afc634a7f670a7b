#!/usr/bin/env python3
"""Checks the site that is named: no link within it is dead, and each program in the guides is run by a test."""

from __future__ import annotations

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
TEXTS = [
    "README.md",
    "bindings/python/README.md",
    "bindings/testwiki/README.md",
    *(f"docs/{path.name}" for path in sorted(ROOT.glob("docs/*.md"))),
]

# The programs among the fenced blocks, by text and language, and the test that runs each.
PROGRAMS = {
    ("README.md", "python"): "tests/readme.rs",
    ("README.md", "c"): "tests/readme.rs",
    ("README.md", "cpp"): "tests/readme.rs",
    ("README.md", "rust"): "tests/readme.rs",
    ("README.md", "sh"): "packaging/route.sh",
    ("bindings/python/README.md", "python"): "bindings/python/tests/test_readme.py",
    ("bindings/testwiki/README.md", "python"): "bindings/testwiki/check.sh",
    ("docs/by-hand.md", "python"): "bindings/python/tests/test_documents.py",
    ("docs/cookbook.md", "c"): "tests/cookbook/main.rs",
    ("docs/cookbook.md", "cpp"): "tests/cookbook/main.rs",
    ("docs/cookbook.md", "rust"): "tests/cookbook/main.rs",
    ("docs/cookbook.md", "python"): "bindings/python/tests/test_documents.py",
    ("docs/many.md", "python"): "bindings/python/tests/test_documents.py",
}
# The blocks that are not programs, by text and first words.
NO_PROGRAMS = {
    ("README.md", "begin                submit"): "a drawing",
    ("README.md", "make demo"): "commands of this Makefile, which the tests are started by",
    ("bindings/testwiki/README.md", "pip install"): "for the wheel; bindings/testwiki/check.sh installs it",
    ("docs/other-languages.md", "php -d"): "what tests/other_languages.rs does as well",
    ("docs/terminal.md", "pip install"): "for the wheel; bindings/python/tests/test_terminal.py runs the command",
    ("docs/terminal.md", "createaccount bulk"): "bindings/python/tests/test_bulk.py runs it",
    ("docs/terminal.md", "export CREATEACCOUNT_REDIS"): "bindings/python/tests/test_queue.py starts such workers",
    ("docs/web.md", "pip install"): "for the wheel; bindings/python/tests/test_web.py starts the command",
    ("docs/web.md", "limit_req_zone"): "settings of nginx",
}


def main() -> None:
    """Print what is wrong, and end with a failure if anything is."""
    wrong = [*dead_links(Path(sys.argv[1]).resolve()), *unknown_blocks()]
    for line in wrong:
        print(line)  # noqa: T201
    if wrong:
        sys.exit(1)


def dead_links(site: Path) -> list[str]:
    """Follow every link of every page that stays on the site."""
    pages = sorted(site.rglob("*.html"))
    found = []
    followed = 0
    for page in pages:
        for link in read(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            followed += 1
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists():
                found.append(f"{page.relative_to(site)}: {link} leads nowhere")
            elif target.suffix == ".html" and not has_anchor(target, parts.fragment):
                found.append(f"{page.relative_to(site)}: {link} has no such anchor")
    print(f"{len(pages)} pages, {followed} links within them")  # noqa: T201
    return found


def has_anchor(page: Path, anchor: str) -> bool:
    """Tell whether a page has that place; ranges of lines are made by a script when they are shown."""
    lines = re.fullmatch(r"(\d+)-\d+", anchor)
    anchors = read(page).anchors
    return not anchor or (lines[1] if lines else anchor) in anchors or unquote(anchor) in anchors


def unknown_blocks() -> list[str]:
    """Compare the fenced blocks of the texts with the two lists above."""
    found = []
    used = set()
    for text in TEXTS:
        blocks = re.findall(
            r"^```(\S*)[^\n]*\n(.*?)^```$", (ROOT / text).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
        for language, block in blocks:
            # A directive of Sphinx
            if language.startswith("{"):
                continue
            begins = {
                (where, words) for where, words in NO_PROGRAMS if text == where and block.lstrip().startswith(words)
            }
            used |= begins or {(text, language)}
            if not begins and (text, language) not in PROGRAMS:
                found.append(f"{text}: no test runs the block {block.lstrip()[:40]!r}")
    for (text, words), why in (PROGRAMS | NO_PROGRAMS).items():
        if (text, words) not in used:
            found.append(f"{text}: there is no block {words!r} any more")
        tests = re.findall(r"\S+/\S+\.(?:py|rs|sh)\b", why)
        found.extend(f"{text}: {test} is not there" for test in tests if not (ROOT / test).exists())
    return found


class Page(HTMLParser):
    """The links and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what leads somewhere, and what can be led to. Scripts without content may be missing."""
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.anchors.add(value)
            elif name in {"href", "src"} and value and tag in {"a", "img", "link"}:
                self.links.append(value)


@cache
def read(path: Path) -> Page:
    """Read a page once."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


if __name__ == "__main__":
    main()
