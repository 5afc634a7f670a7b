#!/usr/bin/env bash
# Builds the documentation into target/docs, warnings being errors, and checks its links (`make docs`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${CREATEACCOUNT_PYTHON:-target/venv/bin/python}
site=target/docs
# All anew: what Sphinx kept of the last time names files of Doxygen that a renamed type no longer has.
rm -rf $site target/docs-doxygen target/docs-doctrees
mkdir -p target/docs-doxygen

doxygen docs/Doxyfile
"$python" -W ignore:createaccount -m sphinx -q -W --keep-going -d target/docs-doctrees docs $site
mkdir -p $site/rust
RUSTDOCFLAGS=-Dwarnings cargo doc --quiet --no-deps -p createaccount
cp -r "${CARGO_TARGET_DIR:-target}/doc/." $site/rust
# rustdoc has a first page for each crate only, but refers to one for all.
echo '<meta http-equiv="refresh" content="0; url=createaccount/index.html">' >$site/rust/index.html
"$python" tests/docs.py $site
