#!/usr/bin/env bash
# Writes the type stubs of the native module from its source; with --check it only tells whether they are up to date.
# maturin and ruff must be in PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

checked_in=python/createaccount/_createaccount.pyi
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
stubs=$new/$checked_in

maturin generate-stubs --quiet --profile dev --features stubs --out "$new/python" >"$new/log" 2>&1 ||
	{ cat "$new/log" >&2 && exit 1; }

# What the signatures in src/ name
cat >"$new/imports" <<'END'
from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import NoReturn
from typing_extensions import Self, Unpack
from createaccount._steps import Form, Pass, Redirect, Verdict
from createaccount._types import Settings, Values
END
sed -i "/^from typing import/r $new/imports" "$stubs"
# As if it lay where it belongs
as_ours=(--config pyproject.toml --config 'lint.isort.known-first-party = ["createaccount"]')
ruff check --quiet "${as_ours[@]}" --fix-only --unsafe-fixes --extend-select D212 "$stubs"
ruff format --quiet "${as_ours[@]}" "$stubs"
ruff check --quiet "${as_ours[@]}" "$stubs"

if [ "${1:-}" = --check ]; then
	diff -u "$checked_in" "$stubs" || { echo "run bindings/python/stubs.sh" >&2 && exit 1; }
else
	cp "$stubs" "$checked_in"
fi
