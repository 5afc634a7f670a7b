"""The site of the documentation (`make docs`): Sphinx over the Markdown files of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent

project = "libcreateaccount"
author = project_copyright = "the authors of libcreateaccount"
version = release = re.findall(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)[
    0
]

extensions = ["breathe", "myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
myst_heading_anchors = 3
exclude_patterns = ["parts"]
# What the site shows of other languages is for reading.
highlight_language = "text"

# The reference of Python, of the docstrings and, for what is written in Rust, of the stubs
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_preserve_defaults = True

# The references of C and C++, of what docs/build.sh has Doxygen write
breathe_projects = {"headers": str(ROOT / "target/docs-doxygen/xml")}
breathe_default_project = "headers"
breathe_domain_by_extension = {"h": "c", "hpp": "cpp"}
# Breathe declares the enumerators of an enumeration without a name of its own twice.
suppress_warnings = ["duplicate_declaration.c"]

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = f"libcreateaccount {release}"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]

# Pages that stand elsewhere in the repository, and where links to them lead on the site.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "bindings/testwiki/README.md": "testing.md",
}
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def lead_to_pages(_app: Sphinx, _path: Path, _parent: str, content: list[str]) -> None:
    """Let links of included files lead to pages of the site; what is only in the repository is named."""

    def link(found: re.Match[str]) -> str:
        text, target, anchor = found[1], found[2].removeprefix("../"), found[3] or ""
        page = PAGES.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else None)
        return f"[{text}]({page}{anchor})" if page else f"{text} (`{target}`)"

    content[0] = LINK.sub(link, content[0])


def setup(app: Sphinx) -> None:
    """Register the hook above."""
    app.connect("include-read", lead_to_pages)
