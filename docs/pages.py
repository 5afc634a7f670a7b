#!/usr/bin/env python3
"""Writes the front of the site into the folder that is named: index.html, and the guides of this folder as pages."""

from __future__ import annotations

import sys
from pathlib import Path

import markdown

GUIDES = {
    "states": "The steps, and what a host does at each",
    "network": "The way to the wiki: connections, certificates, proxies, limits",
    "web": "A sign-up page for a wiki",
    "other-languages": "Binding another language",
    "performance": "What a sign-up costs, and where it goes",
    "wiki": "What wikis really do",
}
REFERENCES = {
    "c/createaccount_8h.html": "C: createaccount.h",
    "c/createaccount_8hpp.html": "C++: createaccount.hpp",
    "python/createaccount.html": "Python: createaccount",
    "python/createaccount/aio.html": "Python: createaccount.aio",
    "python/createaccount/web.html": "Python: createaccount.web",
    "rust/createaccount/index.html": "Rust: createaccount",
}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ border: 1px solid #ccc; padding: .2rem .5rem; text-align: left; vertical-align: top }}
table {{ border-collapse: collapse }}
</style>
{body}
</html>
"""


def main() -> None:
    """Write all pages."""
    site = Path(sys.argv[1])
    for name in GUIDES:
        text = Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8")
        # On the site the guides stand beside each other as pages.
        for guide in GUIDES:
            text = text.replace(f"({guide}.md", f"({guide}.html")
        write(site / f"{name}.html", name, '<p><a href="index.html">libcreateaccount</a></p>\n' + render(text))
    # rustdoc has a first page for each crate only, but refers to one for all.
    write(site / "rust/index.html", "Rust", '<meta http-equiv="refresh" content="0; url=createaccount/index.html">')
    guides = "".join(f'<li><a href="{name}.html">{title}</a>\n' for name, title in GUIDES.items())
    references = "".join(f'<li><a href="{page}">{title}</a>\n' for page, title in REFERENCES.items())
    body = (
        f"<h1>libcreateaccount</h1>\n<h2>Guides</h2>\n<ul>\n{guides}</ul>\n<h2>Reference</h2>\n<ul>\n{references}</ul>"
    )
    write(site / "index.html", "libcreateaccount", body)


def render(text: str) -> str:
    """Turn Markdown into HTML; headings get anchors."""
    return markdown.markdown(text, extensions=["fenced_code", "tables", "toc"], output_format="html")


def write(path: Path, title: str, body: str) -> None:
    """Write one page."""
    path.write_text(PAGE.format(title=title, body=body), encoding="utf-8")


if __name__ == "__main__":
    main()
