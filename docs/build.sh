#!/usr/bin/env bash
# Builds the documentation into target/docs, warnings being errors, and checks its links (`make docs`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${CREATEACCOUNT_PYTHON:-target/venv/bin/python}
site=target/docs
rm -rf $site
mkdir -p $site/rust

RUSTDOCFLAGS=-Dwarnings cargo doc --quiet --no-deps -p createaccount
cp -r "${CARGO_TARGET_DIR:-target}/doc/." $site/rust
doxygen docs/Doxyfile
# pdoc does not find the lines of the attributes that asyncio's errors take over, and says so.
"$python" -W ignore -m pdoc --output-directory $site/python createaccount createaccount.aio createaccount.web
"$python" docs/pages.py $site
"$python" tests/docs.py $site
