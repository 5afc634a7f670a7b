#!/usr/bin/env python3
"""Writes LICENSE-THIRD-PARTY: the notices of every crate that is linked into the C library or the Python module.

With --check it only tells whether the file is up to date. The texts are those that the crates bring along, so that
cargo must have them (`cargo fetch`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "LICENSE-THIRD-PARTY"
PRODUCTS = ("createaccount", "createaccount-python")
# What is built for these is covered: a crate that only another system links is left out.
TARGETS = (
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
)
INTRODUCTION = """\
libcreateaccount is under MIT or Apache-2.0 (LICENSE-MIT, LICENSE-APACHE). Built libraries and wheels hold the crates
below as well, and Rust's standard library. Where a crate offers a choice of licences that has MIT in it, MIT is chosen.

Made by packaging/licences.py; do not edit.

"""
LINE = "-" * 100

# As cargo describes it
Crate = dict[str, Any]


def main() -> int:
    made = render(linked_crates())
    if "--check" not in sys.argv[1:]:
        FILE.write_text(made, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != made:
        print("LICENSE-THIRD-PARTY is stale: run packaging/licences.py", file=sys.stderr)
        return 1
    return 0


def linked_crates() -> list[Crate]:
    crates: dict[str, Crate] = {}
    for target in TARGETS:
        crates.update(linked_for(target))
    return sorted(crates.values(), key=lambda crate: (crate["name"], crate["version"]))


def linked_for(target: str) -> dict[str, Crate]:
    command = ["cargo", "metadata", "--locked", "--format-version=1", f"--filter-platform={target}"]
    metadata = json.loads(subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen: set[str] = set()
    open_ends = [key for key, package in packages.items() if package["source"] is None and package["name"] in PRODUCTS]
    while open_ends:
        key = open_ends.pop()
        # A procedural macro runs in the compiler, and nothing of it is linked.
        if key in seen or any("proc-macro" in made["kind"] for made in packages[key]["targets"]):
            continue
        seen.add(key)
        open_ends.extend(
            dependency["pkg"]
            for dependency in nodes[key]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        )
    return {key: packages[key] for key in seen if packages[key]["source"] is not None}


def render(crates: list[Crate]) -> str:
    users: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for crate in crates:
        for text in notices(crate):
            same = " ".join(text.split())
            texts.setdefault(same, text)
            users.setdefault(same, []).append(f"{crate['name']} {crate['version']}")
    listed = [f"  {crate['name']} {crate['version']} ({crate['license']})" for crate in crates]
    standard = (ROOT / "LICENSE-MIT").read_text(encoding="utf-8")
    standard = re.sub(r"Copyright .*", "Copyright (c) The Rust Project Contributors", standard, count=1)
    parts = [
        INTRODUCTION + "\n".join(listed) + "\n",
        f"{LINE}\nRust's standard library\n{LINE}\n\n{standard.strip()}\n",
    ]
    for same, text in sorted(texts.items(), key=lambda item: users[item[0]]):
        parts.append(f"{LINE}\n{wrapped(users[same])}\n{LINE}\n\n{text.strip()}\n")
    return "\n".join(parts)


def notices(crate: Crate) -> list[str]:
    folder = Path(crate["manifest_path"]).parent
    found = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and re.match(r"(un)?licen[cs]e|copying|copyright|notice", path.name, re.IGNORECASE)
    )
    alternatives = re.split(r" OR |/", crate["license"])
    if "MIT" in alternatives:
        chosen = [path for path in found if re.search(r"mit|copyright|notice", path.name, re.IGNORECASE)]
        found = chosen or found
        if not found:
            found = [ROOT / "LICENSE-MIT"]
            text = found[0].read_text(encoding="utf-8")
            holders = ", ".join(crate["authors"]) or f"the authors of {crate['name']}"
            return [re.sub(r"Copyright .*", lambda _: f"Copyright (c) {holders}", text, count=1)]
    if not found:
        complaint = f"{crate['name']} {crate['version']} ({crate['license']}) brings no text of its licence"
        raise SystemExit(complaint)
    return [tidy(path.read_text(encoding="utf-8")) for path in found]


def tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\f", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def wrapped(names: list[str]) -> str:
    lines = [""]
    for name in names:
        more = f"{lines[-1]}, {name}" if lines[-1] else name
        if len(more) > len(LINE):
            lines[-1] += ","
            lines.append(name)
        else:
            lines[-1] = more
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
